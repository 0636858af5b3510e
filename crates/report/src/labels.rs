//! The words for measurements and thresholds. Vocabularies of guidelines and verdicts bring their own labels.
//!
//! One function a vocabulary, each a match without `_`, so that a new variant cannot be shown without a word for it.

use dualtrack_assurance::check::check_kind;
use dualtrack_assurance::definition::Orientation;
use dualtrack_assurance::{Because, DefinitionId, Estimate, Family, Measurement, Unit, definitions};
use dualtrack_catalogue::Language;
use dualtrack_inventory::{CheckOutcome, DeclaredCheck, VerdictState};

use crate::assessment::FoundationKind;
use crate::locale::Words;

impl Words {
    /// The verdict in words; without one, the control is shown and not judged.
    pub fn verdict(self, verdict: Option<VerdictState>) -> String {
        verdict.map_or_else(|| self.say("verdict-not-judged"), |state| state.label(self.language).to_owned())
    }

    pub(crate) fn foundation(self, kind: FoundationKind) -> String {
        match kind {
            FoundationKind::Model => self.say("foundation-model"),
            FoundationKind::Dataset => self.say("foundation-dataset"),
            FoundationKind::Prompt => self.say("foundation-prompt"),
            FoundationKind::Tool => self.say("foundation-tool"),
            FoundationKind::Provider => self.say("foundation-provider"),
        }
    }

    pub(crate) fn family(self, family: Family) -> &'static str {
        match self.language {
            Language::En => family.english(),
            Language::ZhHant => family.chinese(),
        }
    }

    /// The name of what was measured.
    pub(crate) fn measured(self, measurement: &Measurement) -> String {
        match (measurement.definition.definition(), self.language) {
            (Some(definition), Language::En) => definition.english.to_string(),
            (Some(definition), Language::ZhHant) => definition.chinese.to_string(),
            (None, _) => measurement.definition.as_str().to_owned(),
        }
    }

    pub(crate) fn orientation(self, orientation: Orientation) -> String {
        match orientation {
            Orientation::Event => self.say("orientation-event"),
            Orientation::Favourable => self.say("orientation-favourable"),
            Orientation::Neither => self.say("orientation-neither"),
        }
    }

    /// The name of a method of intervals.
    pub(crate) fn method(self, method: dualtrack_assurance::Method) -> &'static str {
        match self.language {
            Language::En => method.english(),
            Language::ZhHant => method.chinese(),
        }
    }

    /// A number in the unit of its definition: shares as percentages, rows as whole numbers.
    pub(crate) fn in_unit(self, value: f64, unit: Option<Unit>) -> String {
        match unit {
            Some(Unit::Share) => self.percent(value),
            Some(Unit::Rows) => self.decimal(value, 0),
            Some(Unit::Column | Unit::Statistic) => self.decimal(value, 2),
            Some(Unit::Difference | Unit::Ratio | Unit::Nats | Unit::Bits | Unit::Number) | None => {
                self.decimal(value, 3)
            }
        }
    }

    /// The value of a measurement, or why there is none.
    pub(crate) fn estimate(self, measurement: &Measurement) -> String {
        match &measurement.estimate {
            Estimate::Value(value) => self.in_unit(value.value, unit(measurement)),
            Estimate::TooFew { rows, least } => {
                self.say_with("too-few", &[("rows", &self.whole(*rows)), ("least", &self.whole(*least))])
            }
            Estimate::Undefined { because, .. } => {
                self.say_with("undefined", &[("because", self.because(*because))])
            }
        }
    }

    /// The interval of a measurement as `[82.0%, 84.2%]`; empty without one.
    pub(crate) fn interval(self, measurement: &Measurement) -> String {
        measurement.interval().map_or_else(String::new, |interval| {
            let unit = unit(measurement);
            format!("[{}, {}]", self.in_unit(interval.low, unit), self.in_unit(interval.upper(), unit))
        })
    }

    /// A declared threshold in words: `at least 0.800, with its whole interval`.
    pub(crate) fn threshold(self, check: &DeclaredCheck) -> String {
        let number = |value: f64| self.decimal(value, 3);
        let least = check.between.map(|(low, _)| low).or(check.at_least);
        let most = check.between.map(|(_, high)| high).or(check.at_most);
        let mut text = match (least, most) {
            (Some(low), Some(high)) => {
                self.say_with("threshold-between", &[("low", &number(low)), ("high", &number(high))])
            }
            (Some(low), None) => self.say_with("threshold-at-least", &[("value", &number(low))]),
            (None, Some(high)) => self.say_with("threshold-at-most", &[("value", &number(high))]),
            (None, None) => self.say("threshold-none"),
        };
        if check.whole_interval {
            text.push_str(&self.say("clause-comma"));
            text.push_str(&self.say("threshold-whole-interval"));
        }
        text
    }

    fn because(self, because: Because) -> &'static str {
        match self.language {
            Language::En => because.english(),
            Language::ZhHant => because.chinese(),
        }
    }
}

/// The definition a declared check reads, by its id and rule.
pub(crate) fn definition_of(check: &DeclaredCheck) -> Option<DefinitionId> {
    let id = check.check.as_str();
    match check_kind(id) {
        Some(kind) => kind.definition(check.rule.as_deref()),
        None => definitions().iter().map(|definition| definition.id).find(|known| known.as_str() == id),
    }
}

/// The unit a measurement is shown in: that of its definition, but for shares that nobody writes as percentages.
pub(crate) fn unit(measurement: &Measurement) -> Option<Unit> {
    let id = measurement.definition.as_str();
    if NO_PERCENTAGES.iter().any(|part| id.contains(part)) {
        return Some(Unit::Number);
    }
    measurement.definition.definition().map(|definition| definition.unit)
}

/// The sign of a verdict, so that it is never told by colour alone. All are one column wide in every terminal.
pub(crate) fn sign(verdict: Option<VerdictState>) -> &'static str {
    match verdict {
        Some(VerdictState::Met) => "✓",
        Some(VerdictState::NotMet) => "✗",
        Some(VerdictState::Missing) => "!",
        Some(VerdictState::Stale) => "~",
        Some(VerdictState::Waived) => "w",
        Some(VerdictState::NotAssessable) => "?",
        Some(VerdictState::NotApplicable) => "-",
        None => ".",
    }
}

/// The sign of a check's outcome.
pub(crate) fn outcome_sign(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Pass => "✓",
        CheckOutcome::Fail => "✗",
        CheckOutcome::TooLittleData => "?",
        CheckOutcome::NotMeasured => "-",
    }
}

/// The class that colours a verdict: settled, asking for work, or neither.
pub(crate) fn verdict_class(verdict: Option<VerdictState>, blocks: bool) -> &'static str {
    match verdict {
        _ if blocks => "blocks",
        Some(VerdictState::Met | VerdictState::Waived) => "met",
        Some(
            VerdictState::NotMet | VerdictState::Missing | VerdictState::Stale | VerdictState::NotAssessable,
        ) => "pending",
        Some(VerdictState::NotApplicable) | None => "none",
    }
}

/// The family of a measurement's definition.
pub(crate) fn definition_family(measurement: &Measurement) -> Option<Family> {
    measurement.definition.definition().map(|definition| definition.family)
}

const NO_PERCENTAGES: [&str; 8] =
    [".auc", "performance.ks", ".brier", ".average_precision", ".f1", "_f1", ".ece", ".mce"];
