//! A verdict: what a control comes to for a use on a day, with its reasons.

use std::collections::BTreeSet;

use dualtrack_catalogue::{
    Bilingual, Binding, ControlId, EvidenceKind, GuidelineId, Principle, Status, Strength, Timing, Version,
};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Because, EvidenceId, UseId};

/// What one control comes to for one use on one day.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Verdict {
    /// The use.
    #[serde(rename = "use")]
    pub use_id: UseId,
    /// The guideline.
    pub guideline: GuidelineId,
    /// Exactly one version of it.
    pub version: Version,
    /// The control; its key is the part after the dot.
    pub control: ControlId,
    /// The control's title.
    pub title: Bilingual,
    /// The source paragraph.
    pub paragraph: Option<String>,
    /// The principle it serves.
    pub principle: Principle,
    /// How strongly it is put.
    pub strength: Strength,
    /// Whether its guideline binds.
    pub status: Status,
    /// When it is due.
    pub timing: BTreeSet<Timing>,
    /// The kinds of evidence it needs.
    pub needs: BTreeSet<EvidenceKind>,
    /// What it comes to.
    pub state: VerdictState,
    /// Whether it can shut a gate, adoptions included, and if not, why.
    #[schemars(with = "serde_json::Value")]
    pub binding: Binding,
    /// What a gate may ask of it today.
    pub due: Due,
    /// The evidence that counted.
    pub evidence: BTreeSet<EvidenceId>,
    /// The checks of this run that counted.
    pub checks: BTreeSet<String>,
    /// Why.
    pub because: Because,
}

/// What a control comes to.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictState {
    /// Evidence shows that it holds.
    Met,
    /// Evidence shows that it does not.
    NotMet,
    /// No evidence that counts.
    Missing,
    /// The evidence has expired.
    Stale,
    /// Gone without, for a reason, by two people, for a time.
    Waived,
    /// A fact is unknown, or there is too little data.
    NotAssessable,
    /// It does not apply here, or is not due yet.
    NotApplicable,
}

impl VerdictState {
    /// Every state, worst first.
    pub const ALL: [Self; 7] = [
        Self::NotMet,
        Self::NotAssessable,
        Self::Missing,
        Self::Stale,
        Self::Waived,
        Self::Met,
        Self::NotApplicable,
    ];

    /// Whether a gate is content with it.
    pub fn satisfies(self) -> bool {
        match self {
            Self::Met | Self::Waived | Self::NotApplicable => true,
            Self::NotMet | Self::Missing | Self::Stale | Self::NotAssessable => false,
        }
    }
}

/// What a gate may ask of a control today.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Due {
    /// Nothing: it does not apply, or nothing happened that makes it due.
    No,
    /// That it be shown.
    Shown,
    /// That the means be set up; running evidence falls due later, or never before it runs.
    Means {
        /// Whether they are.
        set_up: bool,
        /// The day from which running evidence is due, once the use runs.
        evidence_from: Option<Date>,
    },
}
