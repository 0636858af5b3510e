//! Effective challenge: what a validator finds, what the owner answers, and the opinion that comes of it.
//!
//! Words that people write about a case stay in the language they were written in; nothing here is translated.

use std::collections::BTreeMap;

use dualtrack_catalogue::ControlId;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, FindingId, OpinionId, Part, PersonId, UseId};

/// Something a validator found wrong, open until a validator closes it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Always `dualtrack.finding/1`.
    pub schema: FindingSchema,
    /// Names it.
    pub id: FindingId,
    /// The use it is about.
    #[serde(rename = "use")]
    pub use_id: UseId,
    /// The control it speaks of, if it speaks of one.
    #[serde(default)]
    pub control: Option<ControlId>,
    /// How much it matters.
    pub severity: Severity,
    /// What was found.
    pub statement: String,
    /// Who found it.
    pub by: PersonId,
    /// When.
    pub on: Date,
    /// Until when it has to be put right.
    #[serde(default)]
    pub due: Option<Date>,
    /// What the owner says to it.
    #[serde(default)]
    pub answer: Option<Remark>,
    /// That it is put right, by a validator.
    #[serde(default)]
    pub closed: Option<Remark>,
}

/// What a person says, and when.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    /// Who.
    pub by: PersonId,
    /// When.
    pub on: Date,
    /// What.
    pub because: String,
}

/// How much something matters.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// To be put right in time.
    Low,
    /// To be put right before the next review.
    Medium,
    /// Shuts the gates ahead while it is open.
    High,
}

/// What a validator thinks of a use as it was, bound to that snapshot.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    /// Always `dualtrack.opinion/1`.
    pub schema: OpinionSchema,
    /// Names it.
    pub id: OpinionId,
    /// The use it is about.
    #[serde(rename = "use")]
    pub use_id: UseId,
    /// The state of the use that was judged.
    pub snapshot: Digest,
    /// The digests of the parts of that state.
    #[serde(default)]
    pub parts: BTreeMap<Part, Digest>,
    /// Who.
    pub by: PersonId,
    /// When.
    pub on: Date,
    /// Whether the use is fit for its purpose.
    pub fitness: Fitness,
    /// On what conditions.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// What limits the use and the validation.
    pub limitations: String,
    /// What was not tested, and why.
    pub not_tested: String,
}

/// Whether a use is fit for its purpose.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Fitness {
    /// As it is.
    Fit,
    /// As long as the conditions hold.
    FitWithConditions,
    /// Not as it is.
    NotFit,
}

/// The schema tag of a finding.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum FindingSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.finding/1")]
    V1,
}

/// The schema tag of an opinion.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum OpinionSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.opinion/1")]
    V1,
}
