//! The coverage matrix: how the controls of each guideline stand for each use.
//!
//! A pure count of verdicts; it decides nothing.

use dualtrack_catalogue::GuidelineId;
use dualtrack_inventory::VerdictState;

use crate::assessment::{ControlResult, CoverageCell, CoverageRow, GuidelineUsed, UseAssessment};

/// Counts verdicts, one row a guideline and one cell a use, both in the order given.
pub fn coverage(guidelines: &[GuidelineUsed], uses: &[UseAssessment]) -> Vec<CoverageRow> {
    guidelines
        .iter()
        .map(|guideline| CoverageRow {
            guideline: guideline.id.clone(),
            cells: uses.iter().map(|one| cell(&guideline.id, one)).collect(),
        })
        .collect()
}

/// How one guideline stands for one use, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A control holds the next gate shut.
    Blocks,
    /// A control is not met, missing, stale or not assessable, and shuts no gate now.
    Open,
    /// Every control that applies is met or waived.
    Met,
    /// No control applies now.
    NotApplicable,
}

impl Standing {
    /// The sign that stands for it without colour.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Blocks => "✗",
            Self::Open => "○",
            Self::Met => "✓",
            Self::NotApplicable => "–",
        }
    }

    /// The class that colours it.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Open => "pending",
            Self::Met => "met",
            Self::NotApplicable => "none",
        }
    }
}

impl CoverageCell {
    /// Controls that apply and are judged.
    pub(crate) fn due(&self) -> u64 {
        self.met + self.not_met + self.missing + self.stale + self.waived + self.not_assessable
    }

    /// Controls that are settled: met or waived.
    pub(crate) fn settled(&self) -> u64 {
        self.met + self.waived
    }

    /// The cell in a word.
    pub(crate) fn standing(&self) -> Standing {
        if self.blocking > 0 {
            Standing::Blocks
        } else if self.due() == 0 {
            Standing::NotApplicable
        } else if self.settled() == self.due() {
            Standing::Met
        } else {
            Standing::Open
        }
    }
}

fn cell(guideline: &GuidelineId, one: &UseAssessment) -> CoverageCell {
    let mut cell = CoverageCell { r#use: one.id.clone(), ..CoverageCell::default() };
    for control in one.controls.iter().filter(|control| control.id.guideline() == *guideline) {
        *count_of(&mut cell, control) += 1;
        cell.blocking += u64::from(control.blocks);
    }
    cell
}

fn count_of<'a>(cell: &'a mut CoverageCell, control: &ControlResult) -> &'a mut u64 {
    match control.verdict {
        Some(VerdictState::Met) => &mut cell.met,
        Some(VerdictState::NotMet) => &mut cell.not_met,
        Some(VerdictState::Missing) => &mut cell.missing,
        Some(VerdictState::Stale) => &mut cell.stale,
        Some(VerdictState::Waived) => &mut cell.waived,
        Some(VerdictState::NotAssessable) => &mut cell.not_assessable,
        Some(VerdictState::NotApplicable) => &mut cell.not_applicable,
        None => &mut cell.not_judged,
    }
}
