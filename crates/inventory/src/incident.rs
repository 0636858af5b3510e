//! Incidents: what went wrong, what was done at once, and whether the authorities are told, each with its clock.

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DeploymentId, IncidentId, PersonId, Severity, UseId};

/// Something that went wrong with uses that run.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// Always `dualtrack.incident/1`.
    pub schema: IncidentSchema,
    /// Names it.
    pub id: IncidentId,
    /// The uses that it concerns.
    pub uses: BTreeSet<UseId>,
    /// What happened, in a line.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// When it was found out; the clocks of notifications run from here.
    pub discovered: Timestamp,
    /// Who entered it.
    pub by: PersonId,
    /// How many people it touched, once that is known.
    #[serde(default)]
    pub affected: Option<u64>,
    /// What happened since, oldest first.
    #[serde(default)]
    pub time_line: Vec<Happening>,
    /// What was done at once.
    #[serde(default)]
    pub containments: Vec<Containment>,
    /// Whether each authority is told.
    #[serde(default)]
    pub notifications: Vec<Notification>,
    /// That it is over, and why.
    #[serde(default)]
    pub closed: Option<Happening>,
}

/// Something that happened in an incident.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// Who says so.
    pub by: PersonId,
    /// What.
    pub what: String,
}

/// Something done at once, so that no more harm is done.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Containment {
    /// What was done.
    pub measure: Measure,
    /// Where; everywhere the uses run, if left out.
    #[serde(default)]
    pub deployment: Option<DeploymentId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: PersonId,
    /// The second person, for a use of high tier.
    #[serde(default)]
    pub second: Option<PersonId>,
    /// Why.
    pub because: String,
    /// That it no longer holds.
    #[serde(default)]
    pub lifted: Option<Happening>,
}

/// What can be done at once.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Nothing runs.
    Pause,
    /// A person looks at every outcome before it counts.
    ForceReview,
    /// What ran before runs again.
    RollBack,
}

/// The decision whether an authority is told.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// Who would be told: `hkma`, `pcpd`, `sfc`, `ia`, or another by name.
    pub authority: String,
    /// Until when it has to be decided or told; without delay, when it was found out.
    pub due: Timestamp,
    /// Where that comes from.
    #[serde(default, skip_serializing_if = "Basis::is_named")]
    pub basis: Basis,
    /// What was decided.
    #[serde(default)]
    pub decision: Option<NotificationDecision>,
}

/// Where the time comes from by which it is decided whether an authority is told.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Whoever opened the incident named it.
    #[default]
    Named,
    /// The institution's own rule: `authority_hours` of `institution.yaml`.
    OwnRule,
    /// No period is known: it is decided without delay.
    WithoutDelay,
}

impl Basis {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
    fn is_named(&self) -> bool {
        *self == Self::Named
    }
}

/// What was decided about telling an authority.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct NotificationDecision {
    /// Whether it is told.
    pub notify: bool,
    /// Who decided.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: String,
    /// When it was told, and under what reference.
    #[serde(default)]
    pub sent: Option<Happening>,
}

/// The schema tag of an incident.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum IncidentSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.incident/1")]
    V1,
}
