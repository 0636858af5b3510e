//! The declared checks: what each came to, by which numbers, and who set the threshold, when and why.

use dualtrack_assurance::{DefinitionId, Measurement};
use dualtrack_inventory::CheckOutcome;

use super::parts::{Badge, with_code};
use crate::assessment::{CheckAnswer, Measured, UseAssessment, UseMeasured};
use crate::labels::{definition_of, outcome_sign};
use crate::locale::Words;
use crate::names::Names;

pub(crate) struct CheckView {
    pub(crate) badge: Badge,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) definition: Option<String>,
    pub(crate) slice: String,
    pub(crate) reason: String,
    pub(crate) set: String,
    pub(crate) because: String,
    pub(crate) deciding: Vec<String>,
    pub(crate) blocks: bool,
    pub(crate) controls: Vec<String>,
}

/// The checks of a use; `measured` says which definitions the page explains.
pub(crate) fn checks(
    one: &UseAssessment,
    measured: impl Fn(DefinitionId) -> bool + Copy,
    words: Words,
) -> Vec<CheckView> {
    sorted(&one.checks).map(|check| check_view(check, measured, names_for(one, check, words))).collect()
}

/// The checks of a run by itself, what asks for work first; their answers hold no markup.
pub(crate) fn answers(run: &UseMeasured, words: Words) -> Vec<CheckView> {
    let views = sorted(&run.checks).map(|check| {
        let mut view = check_view(check, |_| false, names_in(&run.measured, check, words));
        if !view.reason.is_empty() {
            view.reason = words.sentence(&check.reason);
        }
        view
    });
    views.collect()
}

/// Checks with what asks for work first, otherwise in the order declared.
fn sorted(checks: &[CheckAnswer]) -> impl Iterator<Item = &CheckAnswer> {
    let urgency = |check: &&CheckAnswer| match check.outcome {
        _ if check.blocks => 0,
        CheckOutcome::Fail => 1,
        CheckOutcome::TooLittleData => 2,
        CheckOutcome::NotMeasured => 3,
        CheckOutcome::Pass => 4,
    };
    let mut checks: Vec<_> = checks.iter().collect();
    checks.sort_by_key(urgency);
    checks.into_iter()
}

/// The names of groups in the data a check looked at.
fn names_for<'a>(one: &'a UseAssessment, check: &CheckAnswer, words: Words) -> Names<'a> {
    names_in(&one.measured, check, words)
}

fn names_in<'a>(measured: &'a [Measured], check: &CheckAnswer, words: Words) -> Names<'a> {
    let dataset = check.declared.dataset.as_ref();
    let found = measured.iter().find(|data| dataset.is_none_or(|id| id.as_str() == data.dataset));
    Names { words, groups: found.map_or(&[], |measured| measured.groups.as_slice()) }
}

fn check_view(check: &CheckAnswer, measured: impl Fn(DefinitionId) -> bool, names: Names<'_>) -> CheckView {
    let words = names.words;
    let declared = &check.declared;
    let class = match check.outcome {
        _ if check.blocks => "blocks",
        CheckOutcome::Pass => "met",
        CheckOutcome::Fail | CheckOutcome::TooLittleData | CheckOutcome::NotMeasured => "pending",
    };
    let mut slice: Vec<String> = declared.group.iter().cloned().collect();
    if !declared.intersection.is_empty() {
        slice.push(declared.intersection.join("+"));
    }
    slice.extend(declared.column.clone());
    slice.extend(declared.dataset.as_ref().map(ToString::to_string));
    CheckView {
        badge: Badge {
            class,
            sign: outcome_sign(check.outcome),
            word: check.outcome.label(words.language).to_owned(),
        },
        name: words.say_with(
            "check-and-threshold",
            &[("check", words.pick(&check.name)), ("threshold", &words.threshold(declared))],
        ),
        id: declared.check.to_string(),
        definition: definition_of(declared).filter(|id| measured(*id)).map(|id| id.as_str().to_owned()),
        slice: slice.join(&words.say("list-comma")),
        reason: match check.outcome {
            // The numbers that decided say it, with groups by their names.
            CheckOutcome::Pass | CheckOutcome::Fail if !check.deciding.is_empty() => String::new(),
            _ => with_code(&words.sentence(&check.reason)),
        },
        set: words.say_with(
            "set-by-on",
            &[("person", words.pick(&check.set_by)), ("date", &words.date(declared.on))],
        ),
        because: words.sentence(&declared.because),
        deciding: check.deciding.iter().map(|m| decided(m, names)).collect(),
        blocks: check.blocks,
        controls: check.controls.iter().map(ToString::to_string).collect(),
    }
}

/// `women against men: 1.045 [1.023, 1.068]`.
fn decided(measurement: &Measurement, names: Names<'_>) -> String {
    let words = names.words;
    let value = format!("{} {}", words.estimate(measurement), words.interval(measurement));
    let slice = names.slice(measurement);
    if slice.is_empty() {
        return value.trim_end().to_owned();
    }
    words.say_with("measure-of", &[("measure", &slice), ("slice", value.trim_end())])
}
