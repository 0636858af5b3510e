//! What people and machines put on record: evidence, waivers, adoptions and approvals.
//!
//! Records live in lists, one or more files a kind. None of them overrides a verdict by being typed: each counts
//! only under the conditions that `verdict` and `gate` state.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, CheckId, ControlId, EvidenceKind, Stage};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    AdoptionId, ApprovalId, CheckOutcome, DatasetId, Digest, EntityId, EvidenceId, ModelId, Part, PersonId,
    ProviderId, Role, UseId, WaiverId,
};

/// `evidence/*.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    /// Always `dualtrack.evidence/1`.
    pub schema: EvidenceSchema,
    /// The evidence.
    pub evidence: Vec<Evidence>,
}

/// A dated, expiring fact about a use or what it stands on.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Names it.
    pub id: EvidenceId,
    /// What kind of evidence it is.
    pub kind: EvidenceKind,
    /// What it is about.
    pub about: Subject,
    /// The controls an attestation speaks for. Kind alone never meets a control.
    #[serde(default)]
    pub controls: BTreeSet<ControlId>,
    /// The check that made it; it speaks for the controls `checks.yaml` gives that check.
    #[serde(default)]
    pub check: Option<CheckId>,
    /// Which declaration of the check, where the use declares it more than once.
    #[serde(default)]
    pub key: Option<String>,
    /// What the check came to. An attestation says that it holds.
    #[serde(default = "pass")]
    pub outcome: CheckOutcome,
    /// What it says.
    pub statement: Bilingual,
    /// The deciding number, as shown to people.
    #[serde(default)]
    pub measured: Option<String>,
    /// Who gave it, or who ran the check.
    pub by: PersonId,
    /// For which line of defence. Left out: the second for a validator of the use, otherwise the first.
    #[serde(default)]
    pub line: Option<Line>,
    /// The stage it was supplied for, where it is for one only.
    #[serde(default)]
    pub for_stage: Option<Stage>,
    /// When it was made.
    pub on: Date,
    /// The last day on which it counts.
    pub expires: Date,
    /// The snapshot it is bound to, if it holds for one state of the use only. A record of a check always does.
    #[serde(default)]
    pub snapshot: Option<Digest>,
    /// Documents, by paths inside the folder.
    #[serde(default)]
    pub files: Vec<String>,
    /// The digests of `files`, taken at the edge.
    #[serde(skip_deserializing, default)]
    #[schemars(skip)]
    pub digests: BTreeMap<String, Digest>,
}

impl Evidence {
    /// Which declared check it records; none for an attestation.
    pub fn check_key(&self) -> Option<String> {
        self.check.as_ref().map(|check| self.key.clone().unwrap_or_else(|| check.to_string()))
    }
}

fn pass() -> CheckOutcome {
    CheckOutcome::Pass
}

/// What evidence is about: a use, or something it stands on.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A use.
    Use(UseId),
    /// A model.
    Model(ModelId),
    /// A dataset.
    Dataset(DatasetId),
    /// A provider.
    Provider(ProviderId),
    /// A legal entity and so every use of it.
    Entity(EntityId),
}

/// A line of defence.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// Those who own, build and run.
    First,
    /// Those who challenge: risk, compliance, validation.
    Second,
    /// Audit.
    Third,
}

/// `waivers/*.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct WaiverFile {
    /// Always `dualtrack.waiver/1`.
    pub schema: WaiverSchema,
    /// The waivers.
    pub waivers: Vec<Waiver>,
}

/// A decision to go without a control for a time. Counts only with a reason, a second person and an expiry.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Names it.
    pub id: WaiverId,
    /// For which use.
    #[serde(rename = "use")]
    pub use_id: UseId,
    /// From which control.
    pub control: ControlId,
    /// Why.
    pub because: Bilingual,
    /// Who decided.
    pub by: PersonId,
    /// Who agreed. Must be somebody else.
    pub second: PersonId,
    /// Since when.
    pub on: Date,
    /// The last day on which it counts.
    pub expires: Date,
}

/// `adoptions/*.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct AdoptionFile {
    /// Always `dualtrack.adoption/1`.
    pub schema: AdoptionSchema,
    /// The adoptions.
    pub adoptions: Vec<Adoption>,
}

/// A compliance officer's record that a reported control, or the institution's reading of one, binds here.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    /// Names it.
    pub id: AdoptionId,
    /// Which control.
    pub control: ControlId,
    /// For one entity only. Left out: for all.
    #[serde(default)]
    pub entity: Option<EntityId>,
    /// Who adopted it; must be a compliance officer.
    pub by: PersonId,
    /// Why.
    pub because: Bilingual,
    /// How the institution reads the control, where it has its own reading.
    #[serde(default)]
    pub reading: Option<Bilingual>,
    /// Since when.
    pub on: Date,
}

/// `approvals/*.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ApprovalFile {
    /// Always `dualtrack.approval/1`.
    pub schema: ApprovalSchema,
    /// The approvals.
    pub approvals: Vec<Approval>,
}

/// One person's approval that a use, in exactly one state, enters a stage.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Names it.
    pub id: ApprovalId,
    /// Which use.
    #[serde(rename = "use")]
    pub use_id: UseId,
    /// Which stage it may enter.
    pub stage: Stage,
    /// The snapshot that was approved.
    pub snapshot: Digest,
    /// The digests of the parts of that snapshot. With them a later change can be classed; without, it is material.
    #[serde(default)]
    pub parts: BTreeMap<Part, Digest>,
    /// Who approved.
    pub by: PersonId,
    /// For whom, where a person stands in for another.
    #[serde(default)]
    pub on_behalf_of: Option<PersonId>,
    /// In which office.
    pub role: Role,
    /// When.
    pub on: Date,
    /// The last day on which it counts, if it ends.
    #[serde(default)]
    pub expires: Option<Date>,
    /// On which conditions.
    #[serde(default)]
    pub conditions: Vec<Bilingual>,
}

/// The schema tag of an evidence file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum EvidenceSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.evidence/1")]
    V1,
}

/// The schema tag of a waiver file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum WaiverSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.waiver/1")]
    V1,
}

/// The schema tag of an adoption file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum AdoptionSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.adoption/1")]
    V1,
}

/// The schema tag of an approval file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum ApprovalSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.approval/1")]
    V1,
}
