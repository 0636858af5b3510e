//! Work that waits for people: tasks, candidate uses to look into, proposals that need a second person, and the
//! switch to a version of a guideline.

use std::collections::BTreeMap;

use dualtrack_catalogue::{Digest, GuidelineId, Version};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ActivationId, CandidateId, CommentId, PersonId, ProposalId, Remark, TaskId, UseId};

/// Something that a person has to do.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Always `dualtrack.task/1`.
    pub schema: TaskSchema,
    /// Names it.
    pub id: TaskId,
    /// The use it is for.
    #[serde(rename = "use", default)]
    pub use_id: Option<UseId>,
    /// Whose it is.
    pub assignee: PersonId,
    /// What to do.
    pub what: String,
    /// Until when.
    #[serde(default)]
    pub due: Option<Date>,
    /// Who gave it.
    pub by: PersonId,
    /// When.
    pub on: Date,
    /// That it is done.
    #[serde(default)]
    pub done: Option<Remark>,
}

/// A use of AI that somebody seems to make without having registered it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Always `dualtrack.candidate/1`.
    pub schema: CandidateSchema,
    /// Names it.
    pub id: CandidateId,
    /// The service that was seen.
    pub service: String,
    /// Where it was seen: `proxy`, `expenses`, or another list by name.
    pub source: String,
    /// The first day on which it was seen.
    pub first_seen: Date,
    /// The last.
    pub last_seen: Date,
    /// How often.
    pub times: u64,
    /// By how many people; who they are is not kept.
    #[serde(default)]
    pub people: Option<u64>,
    /// What was spent, as amount and currency.
    #[serde(default)]
    pub spend: Option<String>,
    /// What became of it.
    #[serde(default)]
    pub disposed: Option<Disposal>,
}

/// What became of a candidate.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Disposal {
    /// The use that it became or belongs to; none if it is no use of AI or was stopped.
    #[serde(rename = "use", default)]
    pub use_id: Option<UseId>,
    /// Who decided, and why.
    pub remark: Remark,
}

/// What somebody says of a use. It decides nothing, and is never changed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// Always `dualtrack.comment/1`.
    pub schema: CommentSchema,
    /// Names it.
    pub id: CommentId,
    /// The use it is about.
    #[serde(rename = "use")]
    pub use_id: UseId,
    /// What is said, in the language it was written in.
    pub what: String,
    /// Whether it speaks against what is asked for: those who decide are shown it.
    #[serde(default)]
    pub dissents: bool,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Something that one person wants and that counts once a second confirms it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Always `dualtrack.proposal/1`.
    pub schema: ProposalSchema,
    /// Names it.
    pub id: ProposalId,
    /// What would be done, as it was asked for.
    pub action: serde_json::Value,
    /// The version of what it is about, as its proposer saw it: what changes meanwhile is not overwritten.
    #[serde(default)]
    pub version: Option<u64>,
    /// Who wants it.
    pub by: PersonId,
    /// When it was asked for.
    pub at: Timestamp,
    /// After which it no longer can be confirmed.
    pub expires: Timestamp,
    /// What came of it.
    #[serde(default)]
    pub settled: Option<Settlement>,
}

/// What came of a proposal.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// Whether it was done.
    pub confirmed: bool,
    /// The second person; the proposer where it was taken back.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    #[serde(default)]
    pub because: Option<String>,
}

/// The switch to a version of a guideline.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// Always `dualtrack.activation/1`.
    pub schema: ActivationSchema,
    /// Names it: the guideline and the version.
    pub id: ActivationId,
    /// Which guideline.
    pub guideline: GuidelineId,
    /// Which version.
    pub version: Version,
    /// The digest of the text that was activated.
    pub digest: Digest,
    /// From which day it counts; never one that has passed, so that no verdict of the past changes.
    pub effective: Date,
    /// Who switched.
    pub by: PersonId,
    /// When.
    pub on: Date,
    /// The text, so that a later binary cannot change it.
    pub text: BTreeMap<String, String>,
}

/// The schema tag of a task.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum TaskSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.task/1")]
    V1,
}

/// The schema tag of a candidate.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum CandidateSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.candidate/1")]
    V1,
}

/// The schema tag of a proposal.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum ProposalSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.proposal/1")]
    V1,
}

/// The schema tag of a comment.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum CommentSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.comment/1")]
    V1,
}

/// The schema tag of an activation.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum ActivationSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.activation/1")]
    V1,
}
