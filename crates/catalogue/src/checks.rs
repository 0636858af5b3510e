//! From control to check: which executable checks can show which controls, with which kind of evidence, and why.
//!
//! `guidelines/checks.yaml` is the one place that says so. An id covers the definitions beneath it: `calibration.ece`
//! stands for `calibration.ece.equal-mass.15` as well. Running a check is the business of other crates.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bilingual, ControlId, EvidenceKind};

/// The file of checks.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// Always `dualtrack.checks/1`.
    pub schema: ChecksSchema,
    /// What checks look at and what they can show, in sets that share both.
    pub checks: Vec<CheckSet>,
}

/// Checks that show the same kind of evidence for the same controls.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct CheckSet {
    /// The checks; each covers the definitions beneath it.
    pub ids: Vec<CheckId>,
    /// What passing one of them says.
    pub passes_when: Bilingual,
    /// The kind of evidence a run of them is.
    pub evidence: EvidenceKind,
    /// The controls they can show.
    pub controls: BTreeMap<ControlId, Showing>,
}

/// How far a check shows a control, and why.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Showing {
    /// Whether passing is all of this kind of evidence that the control asks for.
    pub extent: Extent,
    /// Why.
    pub because: Bilingual,
}

/// How much of one kind of evidence for one control a passed check is.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// Passing shows this kind; failing makes the control not met.
    Whole,
    /// Failing makes the control not met; passing leaves evidence of this kind by a person still to be supplied.
    Part,
}

/// The id of a check, such as `fairness.demographic_parity_ratio` or `calibration.ece.equal-mass.15`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(try_from = "String", into = "String")]
#[schemars(!try_from, !into, transparent)]
pub struct CheckId(#[schemars(regex(pattern = r"^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+$"))] String);

/// A text that is not a check id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("check id `{0}` is not a family and a name joined by a dot, such as `drift.psi`")]
pub struct CheckIdError(String);

/// The schema tag of the file of checks.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum ChecksSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.checks/1")]
    V1,
}

/// One line of the map from checks to controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckLink<'a> {
    /// The check as the file lists it; it covers the definitions beneath it.
    pub check: &'a CheckId,
    /// The control it can show.
    pub control: &'a ControlId,
    /// The kind of evidence a run of it is.
    pub evidence: EvidenceKind,
    /// How far and why.
    pub showing: &'a Showing,
    /// What passing says.
    pub passes_when: &'a Bilingual,
}

/// Where a link stands among the sets of checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    set: usize,
    check: usize,
    control: usize,
}

impl Checks {
    /// Every link from a check to a control.
    pub fn links(&self) -> impl Iterator<Item = CheckLink<'_>> {
        self.checks.iter().flat_map(|set| {
            set.ids.iter().flat_map(move |check| {
                set.controls.iter().map(move |(control, showing)| CheckLink {
                    check,
                    control,
                    evidence: set.evidence,
                    showing,
                    passes_when: &set.passes_when,
                })
            })
        })
    }

    /// Where each link stands: the set, the check in it, and the control.
    pub(crate) fn positions(&self) -> impl Iterator<Item = (Position, &ControlId)> {
        self.checks.iter().enumerate().flat_map(|(set, checks)| {
            (0..checks.ids.len()).flat_map(move |check| {
                let controls = checks.controls.keys().enumerate();
                controls.map(move |(place, control)| (Position { set, check, control: place }, control))
            })
        })
    }

    /// The link at a position.
    pub(crate) fn at(&self, position: Position) -> Option<CheckLink<'_>> {
        let set = self.checks.get(position.set)?;
        let (control, showing) = set.controls.iter().nth(position.control)?;
        Some(CheckLink {
            check: set.ids.get(position.check)?,
            control,
            evidence: set.evidence,
            showing,
            passes_when: &set.passes_when,
        })
    }

    /// What a check can show.
    pub fn shown_by(&self, check: &CheckId) -> impl Iterator<Item = CheckLink<'_>> {
        self.links().filter(move |link| link.check.covers(check))
    }

    /// The checks that can show a control.
    pub fn showing(&self, control: &ControlId) -> impl Iterator<Item = CheckLink<'_>> {
        self.links().filter(move |link| link.control == control)
    }
}

impl CheckId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The family: `fairness`, `drift`, `inventory`.
    pub fn family(&self) -> &str {
        self.0.split_once('.').map_or(self.as_str(), |(family, _)| family)
    }

    /// Whether `other` is this check or a definition beneath it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.strip_prefix(self.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl TryFrom<String> for CheckId {
    type Error = CheckIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_word = |word: &str| {
            let mut letters = word.bytes();
            letters.next().is_some_and(|first| first.is_ascii_lowercase() || first.is_ascii_digit())
                && letters
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
        };
        if text.contains('.') && text.split('.').all(is_word) {
            Ok(Self(text))
        } else {
            Err(CheckIdError(text))
        }
    }
}

impl FromStr for CheckId {
    type Err = CheckIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<CheckId> for String {
    fn from(id: CheckId) -> Self {
        id.0
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str) -> Result<CheckId, CheckIdError> {
        CheckId::try_from(id.to_owned())
    }

    #[test]
    fn a_check_covers_the_definitions_beneath_it_and_nothing_that_only_begins_alike() {
        let ece = check("calibration.ece").unwrap();
        assert!(ece.covers(&ece));
        assert!(ece.covers(&check("calibration.ece.equal-mass.15").unwrap()));
        assert!(!ece.covers(&check("calibration.ecelike").unwrap()));
        assert!(!check("calibration.ece.equal-mass.15").unwrap().covers(&ece));
    }

    #[test]
    fn an_id_needs_a_family_and_a_name() {
        for wrong in ["", "drift", "drift.", ".psi", "Drift.psi", "drift..psi", "drift.p si"] {
            assert_eq!(check(wrong), Err(CheckIdError(wrong.to_owned())));
        }
        assert_eq!(check("drift.psi").unwrap().family(), "drift");
    }
}
