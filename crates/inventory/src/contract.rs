//! Contracts with providers, and how one would leave them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ContractId, EntityId, PersonId, ProviderId};

/// A contract with a provider.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Always `dualtrack.contract/1`.
    pub schema: ContractSchema,
    /// Names it.
    pub id: ContractId,
    /// With whom.
    pub provider: ProviderId,
    /// Which legal entity signed it.
    pub entity: EntityId,
    /// Where the signed text is found.
    pub reference: String,
    /// From when.
    pub starts: Date,
    /// Until when; open if left out.
    #[serde(default)]
    pub ends: Option<Date>,
    /// How many days before it can be ended.
    #[serde(default)]
    pub notice_days: Option<u16>,
    /// Who answers for it.
    pub owner: PersonId,
    /// How one would leave.
    #[serde(default)]
    pub exit_plan: Option<ExitPlan>,
}

/// How one would leave a provider.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ExitPlan {
    /// What would be done.
    pub plan: String,
    /// Who could take its place.
    #[serde(default)]
    pub alternatives: BTreeSet<ProviderId>,
    /// When it was last tried.
    #[serde(default)]
    pub tried_on: Option<Date>,
    /// When it is tried next.
    #[serde(default)]
    pub next_trial: Option<Date>,
}

/// The schema tag of a contract.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum ContractSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.contract/1")]
    V1,
}
