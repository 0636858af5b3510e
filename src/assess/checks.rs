//! A declared check as the measuring engine takes it, and what it came to in the inventory's words.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_assurance::check::{
    Check, Compare, Correction, Judged, NotMeasured, Outcome, Selection, Threshold,
};
use dualtrack_catalogue::{Bilingual, Language};
use dualtrack_inventory::{self as inventory, CheckOutcome, DeclaredCheck};
use dualtrack_report::reading;

/// What a check comes to whose dataset has no rows in the folder.
pub(super) fn nothing_to_measure() -> Judged {
    let outcome = Outcome::NotMeasured { because: NotMeasured::NothingSelected };
    Judged { outcome, deciding: Vec::new(), left_out: Vec::new() }
}

/// How much an outcome asks for: what fails on one dataset fails.
pub(super) fn severity(judged: &Judged) -> u8 {
    match judged.outcome {
        Outcome::Pass => 0,
        Outcome::NotMeasured { .. } => 1,
        Outcome::TooLittleData { .. } => 2,
        Outcome::Fail => 3,
    }
}

/// The check as the measuring engine takes it.
pub(super) fn check(declared: &DeclaredCheck) -> Check {
    Check {
        expected: BTreeMap::new(),
        check: declared.check.to_string(),
        rule: declared.rule.clone(),
        of: Selection {
            attribute: declared.group.clone(),
            intersection: (!declared.intersection.is_empty()).then(|| declared.intersection.clone()),
            group: None,
            reference: declared.reference.clone(),
            column: declared.column.clone(),
            period: declared.period.clone(),
        },
        threshold: Threshold {
            at_least: declared.at_least,
            at_most: declared.at_most,
            between: declared.between,
            whole_interval: declared.whole_interval,
            least_rows: declared.least_rows,
            compare: Compare::Value,
            correct: match declared.correct {
                inventory::Correction::None => Correction::None,
                inventory::Correction::Holm => Correction::Holm,
                inventory::Correction::BenjaminiHochberg => Correction::BenjaminiHochberg,
            },
        },
    }
}

/// The outcome in the inventory's words.
pub(crate) fn outcome(outcome: Outcome) -> CheckOutcome {
    match outcome {
        Outcome::Pass => CheckOutcome::Pass,
        Outcome::Fail => CheckOutcome::Fail,
        Outcome::TooLittleData { .. } => CheckOutcome::TooLittleData,
        Outcome::NotMeasured { .. } => CheckOutcome::NotMeasured,
    }
}

/// What a check came to, in a line.
pub(crate) fn statement(judged: &Judged) -> Bilingual {
    let label = |language| outcome(judged.outcome).label(language).to_owned();
    let (en, zh_hant) = match judged.outcome {
        Outcome::Pass | Outcome::Fail => match judged.deciding.first() {
            Some(deciding) => (
                format!("{}: {}", label(Language::En), reading(deciding, Language::En)),
                format!("{}：{}", label(Language::ZhHant), reading(deciding, Language::ZhHant)),
            ),
            None => (label(Language::En), label(Language::ZhHant)),
        },
        Outcome::TooLittleData { because } => (
            format!("{}: {}", label(Language::En), because.english()),
            format!("{}：{}", label(Language::ZhHant), because.chinese()),
        ),
        Outcome::NotMeasured { because } => (
            format!("{}: {}", label(Language::En), because.english()),
            format!("{}：{}", label(Language::ZhHant), because.chinese()),
        ),
    };
    let left_out = left_out(judged);
    if left_out.is_empty() {
        return Bilingual { en, zh_hant };
    }
    Bilingual {
        en: format!("{en}; left out, since too few or undefined: {}", left_out.join(", ")),
        zh_hant: format!("{zh_hant}；因數目太少或未能界定而不計：{}", left_out.join("、")),
    }
}

/// The groups, columns or periods that a check could not compare.
fn left_out(judged: &Judged) -> Vec<String> {
    let slices = judged.left_out.iter().map(|one| &one.slice);
    let names = slices.filter_map(|slice| {
        slice.group.clone().or_else(|| slice.column.clone()).or_else(|| slice.period.clone())
    });
    names.collect::<BTreeSet<_>>().into_iter().collect()
}
