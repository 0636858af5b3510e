//! Changes to a use: what changed since an approval, and how much that matters.
//!
//! A change is classed by `gates.yaml`: material voids the approval, minor needs a second person and has a cap,
//! planned stays inside a plan approved beforehand with its tests. A change nobody classed is material.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, CheckId};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ChangePlanId, Digest, EvidenceId, Part, PersonId};

/// A change that somebody recorded.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// When.
    pub on: Date,
    /// Which parts of the snapshot.
    pub parts: BTreeSet<Part>,
    /// The snapshot it led to.
    pub to: Digest,
    /// The digests of the parts of that snapshot. A running system notes them; nobody types them.
    #[serde(default)]
    pub state: BTreeMap<Part, Digest>,
    /// What and why.
    pub because: Bilingual,
    /// Who made it.
    pub by: PersonId,
    /// The second person who confirmed that it is minor.
    #[serde(default)]
    pub confirmed_by: Option<PersonId>,
    /// The plan it stays inside of.
    #[serde(default)]
    pub plan: Option<ChangePlanId>,
    /// The tests of the plan, passed after the change.
    #[serde(default)]
    pub tests: BTreeSet<EvidenceId>,
}

/// Changes approved in advance, with the tests each must pass.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ChangePlan {
    /// Names it within the use.
    pub id: ChangePlanId,
    /// What may change and within which bounds.
    pub what: Bilingual,
    /// Which parts of the snapshot it may touch.
    pub parts: BTreeSet<Part>,
    /// The checks that must pass after each change.
    pub tests: BTreeSet<CheckId>,
    /// Who approved it.
    pub approved_by: PersonId,
    /// Since when.
    pub on: Date,
    /// The last day on which it counts.
    pub expires: Date,
}

/// How much a change matters.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeClass {
    /// Inside a plan approved beforehand, its tests passed.
    Planned,
    /// A second person confirms it; only so many add up.
    Minor,
    /// Voids the approval.
    Material,
}
