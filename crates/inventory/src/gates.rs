//! `gates.yaml`: what each gate asks for, who approves, how changes are classed, when running evidence falls due.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, Principle, Stage, Strength, Timing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ChangeClass, Part, Role, Tier};

/// `gates.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Gates {
    /// Always `dualtrack.gates/1`.
    pub schema: GatesSchema,
    /// The gates, by the stage they lead to.
    pub gates: BTreeMap<Stage, GateRule>,
    /// How a change of each part is classed. A part that is not listed is material.
    pub changes: BTreeMap<Part, ChangeRule>,
    /// How many minor changes one approval carries.
    pub most_minor_changes: u8,
    /// When running evidence falls due.
    pub running_evidence: RunningEvidence,
    /// How long after entry into production a use counts as in early deployment, in days.
    pub early_deployment_days: u16,
}

impl Gates {
    /// Every office whose approval some gate asks for.
    pub fn offices(&self) -> BTreeSet<Role> {
        let rules = self.gates.values().flat_map(|gate| gate.approvals.values());
        rules.flat_map(|rule| rule.roles.iter().chain(&rule.including).copied()).collect()
    }
}

/// What one gate asks for.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct GateRule {
    /// The controls it asks for: those that match any of these.
    pub asks: Vec<Ask>,
    /// The approvals it asks for, by tier.
    pub approvals: BTreeMap<Tier, ApprovalRule>,
    /// Why it asks this and not more.
    pub because: Bilingual,
}

/// A set of controls. Left out: any.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Put this strongly or more.
    pub at_least: Strength,
    /// Serving one of these principles.
    #[serde(default)]
    pub principles: BTreeSet<Principle>,
    /// Due at one of these times.
    #[serde(default)]
    pub timings: BTreeSet<Timing>,
}

/// How many approvals a gate asks for, and in which offices.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// How many different people.
    pub people: u8,
    /// The offices that may approve.
    pub roles: BTreeSet<Role>,
    /// The offices of which one person each must be among them.
    #[serde(default)]
    pub including: BTreeSet<Role>,
}

/// How a change of a part is classed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ChangeRule {
    /// The class.
    pub class: ChangeClass,
    /// Why.
    pub because: Bilingual,
}

/// When running evidence falls due: so many days after entry into a stage in which the use runs.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RunningEvidence {
    /// The first stage in which a use runs.
    pub from: Stage,
    /// Days for each timing.
    pub after_days: BTreeMap<Timing, u16>,
    /// Days for a timing that is not listed.
    pub otherwise_days: u16,
    /// Why.
    pub because: Bilingual,
}

/// The schema tag of `gates.yaml`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum GatesSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.gates/1")]
    V1,
}
