//! A gate: the passage of a use from one stage to the next. What shuts it, in the order in which to act.

use std::collections::BTreeSet;

use dualtrack_catalogue::{Bilingual, CheckId, ControlId, EvidenceKind, Fact, HighRiskSense, Stage};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    ApprovalId, Bar, ChangeClass, Digest, FindingId, Part, PersonId, Role, Tier, UseId, VerdictState,
};

/// The passage from one stage to the next.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gate {
    /// From this stage.
    pub from: Stage,
    /// Into this one.
    pub to: Stage,
}

impl Gate {
    /// The gate that lies ahead of a stage, if any does.
    pub fn after(from: Stage) -> Option<Self> {
        let to = match from {
            Stage::Idea => Stage::Sandbox,
            Stage::Sandbox => Stage::Pilot,
            Stage::Pilot => Stage::Production,
            Stage::Production | Stage::Retired => return None,
        };
        Some(Self { from, to })
    }
}

/// What a gate comes to for a use on a day.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct GateOutcome {
    /// The use.
    #[serde(rename = "use")]
    pub use_id: UseId,
    /// The gate.
    pub gate: Gate,
    /// Why this gate asks what it asks, from `gates.yaml`.
    pub because: Bilingual,
    /// Whether the use may pass.
    pub open: bool,
    /// How many controls the gate asks for.
    pub asked: usize,
    /// How many of them it is content with.
    pub content: usize,
    /// What shuts it, in the order in which to act.
    pub blockers: Vec<Blocker>,
    /// What later gates will ask, in the same order: work one can start on.
    pub preparation: Vec<Preparation>,
    /// The approvals on record for it and whether each counts.
    pub approvals: Vec<ApprovalReading>,
}

/// One thing that shuts a gate.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Blocker {
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
    /// The controls it would settle; empty for approvals and the like.
    pub controls: Vec<BlockedControl>,
    /// Who may do it.
    pub who: Vec<Actor>,
}

/// A control that shuts a gate.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct BlockedControl {
    /// Which.
    pub control: ControlId,
    /// Its title.
    pub title: Bilingual,
    /// The source paragraph.
    pub paragraph: Option<String>,
    /// What it comes to now.
    pub state: VerdictState,
}

/// Work that a later gate will ask for.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Preparation {
    /// The first gate that asks for it.
    pub gate: Gate,
    /// What it is.
    #[serde(flatten)]
    pub blocker: Blocker,
}

/// What to do to open a gate. In the order in which to act.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// The use is suspended: lift the suspension first. It can be retired at any time.
    LiftSuspension {
        /// Since when it is suspended.
        since: Date,
    },
    /// The gate is not the next one.
    PassEarlierGate {
        /// The gate to pass first.
        gate: Gate,
    },
    /// The use has ended.
    Retired,
    /// Its practice is of the DPO's unacceptable tier.
    StopUnacceptablePractice,
    /// Put right what a validator found, and have a validator close it: its severity is high.
    SettleFinding {
        /// Which.
        finding: FindingId,
    },
    /// State a fact.
    StateFact {
        /// Which.
        fact: Fact,
        /// In whose sense of high risk.
        sense: Option<HighRiskSense>,
    },
    /// Attest something.
    Attest {
        /// With which kind of evidence.
        kind: EvidenceKind,
    },
    /// Set up a monitor or another standing means.
    SetUpMeans {
        /// For which kind of evidence.
        kind: EvidenceKind,
    },
    /// Renew evidence that has expired.
    Renew {
        /// Of which kind.
        kind: EvidenceKind,
    },
    /// Declare and run a check.
    RunCheck {
        /// Which kind of evidence it makes.
        kind: EvidenceKind,
        /// A few that would show it, the best known first.
        examples: Vec<CheckId>,
    },
    /// Have evidence made by somebody who is not barred.
    HaveAnotherPerson {
        /// Of which kind.
        kind: EvidenceKind,
        /// Who is barred.
        person: PersonId,
    },
    /// Bring more data.
    BringMoreData {
        /// For which checks.
        checks: BTreeSet<String>,
    },
    /// Make a check measurable.
    MakeMeasurable {
        /// Which checks.
        checks: BTreeSet<String>,
    },
    /// Mend what a check found, or ask for a waiver.
    Mend {
        /// Which checks or pieces of evidence found it.
        found_by: BTreeSet<String>,
    },
    /// Confirm or test a recorded change.
    SettleChange {
        /// Which part changed.
        part: Part,
        /// How it is classed.
        class: ChangeClass,
    },
    /// Have somebody approve.
    Approve {
        /// How many more approvals.
        more: usize,
        /// In which offices.
        roles: BTreeSet<Role>,
        /// The offices of which one person each must be among them.
        including: BTreeSet<Role>,
        /// For uses of which tier.
        tier: Tier,
        /// The snapshot to approve.
        snapshot: Digest,
    },
}

impl Action {
    /// Takes in another action of the same sort about other checks; whether it did.
    pub(crate) fn takes_in(&mut self, other: &Self) -> bool {
        match (self, other) {
            (Self::BringMoreData { checks }, Self::BringMoreData { checks: more })
            | (Self::MakeMeasurable { checks }, Self::MakeMeasurable { checks: more })
            | (Self::Mend { found_by: checks }, Self::Mend { found_by: more }) => {
                checks.extend(more.iter().cloned());
                true
            }
            _ => false,
        }
    }
}

/// Who may do something.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(tag = "actor", content = "id", rename_all = "kebab-case")]
pub enum Actor {
    /// This person.
    Person(PersonId),
    /// Anyone in this office who is not barred.
    Holder(Role),
    /// Anyone who is not barred from validating.
    IndependentPerson,
}

/// An approval on record and whether it counts.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct ApprovalReading {
    /// Which.
    pub approval: ApprovalId,
    /// Who approved.
    pub by: PersonId,
    /// In which office.
    pub role: Role,
    /// When.
    pub on: Date,
    /// On which conditions.
    pub conditions: Vec<Bilingual>,
    /// Why it does not count; empty when it does.
    pub objections: Vec<Objection>,
}

/// Why an approval does not count.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(tag = "objection", rename_all = "kebab-case")]
pub enum Objection {
    /// The person may not approve this use.
    Barred {
        /// Why not.
        bars: BTreeSet<Bar>,
    },
    /// The person does not hold the office.
    NotInOffice {
        /// Which.
        role: Role,
    },
    /// The office is none of those the gate asks for.
    OfficeNotAsked {
        /// Which.
        role: Role,
    },
    /// It has expired.
    Expired {
        /// The last day on which it counted.
        on: Date,
    },
    /// The use has changed materially since.
    Changed {
        /// What changed; empty when one cannot tell.
        parts: BTreeSet<Part>,
    },
    /// A minor change waits for a second person.
    NotConfirmed {
        /// Which part.
        part: Part,
    },
    /// More minor changes have added up than one approval carries.
    TooManyMinor {
        /// How many.
        changes: usize,
        /// How many it carries.
        cap: usize,
    },
    /// A planned change lacks its plan or its tests.
    OutsidePlan {
        /// Which part.
        part: Part,
    },
    /// The same person approved before.
    SamePerson,
}
