//! How many controls have an executable check: the honest number behind "a machine can check it".

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{Automatable, Catalogue, Checks, Control, Edition, EvidenceKind, Extent};

/// How many controls have an executable check, by whether the researchers hold that a machine can check them.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct CheckCoverage {
    /// The counts for each degree.
    pub by_degree: BTreeMap<Automatable, CoveredControls>,
}

/// Counts of controls.
#[derive(Clone, Copy, Debug, Default, Serialize, PartialEq, Eq)]
pub struct CoveredControls {
    /// All of them.
    pub controls: usize,
    /// At least one kind of evidence it asks for has a check.
    pub some_kind: usize,
    /// Every kind of evidence it asks for has a check.
    pub every_kind: usize,
    /// Checks alone can show it: every kind has a check whose passing is all that kind asks for.
    pub wholly: usize,
}

impl Catalogue {
    /// How many controls of the newest versions have an executable check.
    pub fn coverage_of_checks(&self) -> CheckCoverage {
        let mut coverage = CheckCoverage::default();
        for edition in self.latest() {
            for control in &edition.guideline().controls {
                let counts = coverage.by_degree.entry(control.automatable).or_default();
                let (checked, wholly) = self.checked_kinds(edition, control);
                counts.controls += 1;
                counts.some_kind += usize::from(!checked.is_empty());
                counts.every_kind += usize::from(control.evidence.iter().all(|kind| checked.contains(kind)));
                counts.wholly += usize::from(control.evidence.iter().all(|kind| wholly.contains(kind)));
            }
        }
        coverage
    }

    /// The kinds of evidence of a control that have any check, and those that a check can show alone.
    fn checked_kinds(
        &self,
        edition: &Edition,
        control: &Control,
    ) -> (BTreeSet<EvidenceKind>, BTreeSet<EvidenceKind>) {
        let current = self.current_id(&control.id);
        let mut checked = BTreeSet::new();
        let mut wholly = BTreeSet::new();
        let links = self.checks().into_iter().flat_map(Checks::links);
        for link in links.filter(|link| link.control.guideline() == edition.guideline().id) {
            if self.current_id(link.control) == current && control.evidence.contains(&link.evidence) {
                checked.insert(link.evidence);
                if link.showing.extent == Extent::Whole {
                    wholly.insert(link.evidence);
                }
            }
        }
        (checked, wholly)
    }
}
