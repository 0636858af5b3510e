//! Reasons in words: the whole tree for those who open it, and one line for those who do not.

use dualtrack_catalogue::{Bilingual, Language};
use dualtrack_inventory::{self as inventory, Reason, Verdict, VerdictState};

use crate::assessment::Because;

impl Because {
    /// A reason with its words in both languages, and all below it.
    pub fn of(because: &inventory::Because) -> Self {
        Self {
            text: worded(&because.reason),
            reason: because.reason.clone(),
            because: because.because.iter().map(Self::of).collect(),
        }
    }
}

/// The reasons of a verdict that tell a reader in a line what decided it.
pub fn short_reason(verdict: &Verdict) -> Bilingual {
    if matches!(verdict.state, VerdictState::Met) {
        return worded(&verdict.because.reason);
    }
    let decisive: Vec<_> =
        verdict.because.reasons().into_iter().filter(|reason| decides(reason)).take(MOST_REASONS).collect();
    if decisive.is_empty() {
        return worded(&verdict.because.reason);
    }
    both(|language| {
        let texts: Vec<_> = decisive.iter().map(|reason| reason.text(language)).collect();
        texts.join(language.pick(("; ", "；")))
    })
}

fn decides(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::EvidenceByBarred { .. }
            | Reason::KindNotShown { .. }
            | Reason::KindFails { .. }
            | Reason::KindUndecided { .. }
            | Reason::MeansNotSetUp { .. }
            | Reason::FactUnknown { .. }
            | Reason::FactDiffers { .. }
            | Reason::OtherKindOfInstitution { .. }
            | Reason::NotDeclared { .. }
            | Reason::NotInSupervisorySandbox
            | Reason::DutyOfAnother { .. }
            | Reason::NotDueYet { .. }
            | Reason::NotDueBeforeItRuns { .. }
            | Reason::NothingHappened { .. }
            | Reason::NothingMaterialChanged
            | Reason::WaiverCounts { .. }
            | Reason::EvidenceExpired { .. }
    )
}

fn worded(reason: &Reason) -> Bilingual {
    both(|language| reason.text(language))
}

fn both(text: impl Fn(Language) -> String) -> Bilingual {
    Bilingual { en: text(Language::En), zh_hant: text(Language::ZhHant) }
}

const MOST_REASONS: usize = 3;
