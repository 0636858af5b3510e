//! Checks: as a use declares them, and as a run answers them.
//!
//! Every threshold names who set it, why and when: no Hong Kong text found fixes one. The measuring engine runs
//! the check; its answer comes back as a [`CheckResult`] and counts for that run, made at its instant.

use std::collections::BTreeSet;

use dualtrack_catalogue::{Bilingual, CheckId};
use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DatasetId, Digest, PersonId, UseId};

/// A check with its threshold, as a use declares it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DeclaredCheck {
    /// What is measured, such as `fairness.demographic_parity_ratio`.
    pub check: CheckId,
    /// On which dataset. Left out: every assessment dataset of the use.
    #[serde(default)]
    pub dataset: Option<DatasetId>,
    /// For drift: the dataset compared with.
    #[serde(default)]
    pub reference_dataset: Option<DatasetId>,
    /// The protected attribute. Left out: the whole.
    #[serde(default)]
    pub group: Option<String>,
    /// A combination of attributes.
    #[serde(default)]
    pub intersection: Vec<String>,
    /// The group compared with, where other than the attribute's own.
    #[serde(default)]
    pub reference: Option<String>,
    /// The column looked at.
    #[serde(default)]
    pub column: Option<String>,
    /// The period looked at.
    #[serde(default)]
    pub period: Option<String>,
    /// The period compared with.
    #[serde(default)]
    pub reference_period: Option<String>,
    /// How values are gathered, where the definition leaves a choice.
    #[serde(default)]
    pub rule: Option<String>,
    /// The least value that passes.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// The greatest value that passes.
    #[serde(default)]
    pub at_most: Option<f64>,
    /// The lowest and highest values that pass.
    #[serde(default)]
    pub between: Option<(f64, f64)>,
    /// Whether the whole interval must pass, not only the estimate.
    #[serde(default)]
    pub whole_interval: bool,
    /// Fewer rows than this are too few to judge.
    #[serde(default)]
    pub least_rows: Option<u64>,
    /// How many comparisons at once are allowed for.
    #[serde(default)]
    pub correct: Correction,
    /// Who set the threshold.
    pub set_by: PersonId,
    /// Why it is there.
    pub because: Bilingual,
    /// When it was set.
    pub on: Date,
}

impl DeclaredCheck {
    /// Tells this check apart from the others of the same use: `fairness.x[group=sex]`.
    pub fn key(&self) -> String {
        let mut parts = Vec::new();
        for (name, value) in [
            ("dataset", self.dataset.as_ref().map(DatasetId::as_str)),
            ("reference_dataset", self.reference_dataset.as_ref().map(DatasetId::as_str)),
            ("group", self.group.as_deref()),
            ("reference", self.reference.as_deref()),
            ("column", self.column.as_deref()),
            ("period", self.period.as_deref()),
            ("reference_period", self.reference_period.as_deref()),
            ("rule", self.rule.as_deref()),
        ] {
            parts.extend(value.map(|value| format!("{name}={value}")));
        }
        if !self.intersection.is_empty() {
            parts.push(format!("intersection={}", self.intersection.join("+")));
        }
        if parts.is_empty() { self.check.to_string() } else { format!("{}[{}]", self.check, parts.join(",")) }
    }
}

/// How many comparisons at once are allowed for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Correction {
    /// Not at all.
    #[default]
    None,
    /// Holm's step-down procedure.
    Holm,
    /// Benjamini and Hochberg's procedure.
    BenjaminiHochberg,
}

/// The answer of a run to one check.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct CheckResult {
    /// For which use.
    pub use_id: UseId,
    /// The check, as `checks.yaml` names it.
    pub check: CheckId,
    /// Tells it apart from others of the same check: [`DeclaredCheck::key`]. For inventory checks, the check.
    pub key: String,
    /// What it came to.
    pub outcome: CheckOutcome,
    /// What was found, in words.
    pub statement: Bilingual,
    /// The deciding number with its interval, as shown to people.
    #[serde(default)]
    pub measured: Option<String>,
    /// The digests of what it was measured on.
    #[serde(default)]
    pub inputs: BTreeSet<Digest>,
    /// When it ran.
    pub at: Timestamp,
    /// Who ran it, where a person is known.
    #[serde(default)]
    pub by: Option<PersonId>,
}

/// What a check came to.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// Too little data to say.
    TooLittleData,
    /// It could not be measured.
    NotMeasured,
}
