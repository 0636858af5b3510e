//! The assessment as `JUnit` XML, for CI: one suite a use, one case a judged control and a declared check.
//!
//! A case fails when it holds the next gate shut; what cannot be told, does not apply or holds no gate is skipped with
//! its reason, so that a green build never hides it. Written by hand: forty lines of elements with one escaping
//! function that the charts use as well are less than another dependency.

use dualtrack_catalogue::Language;
use dualtrack_inventory::{CheckOutcome, VerdictState};

use crate::assessment::{Assessment, CheckAnswer, ControlResult, UseAssessment};
use crate::chart::escaped;
use crate::locale::Words;

/// The assessment as `JUnit` XML with its messages in `language`, with a line break at its end.
pub fn junit(assessment: &Assessment, language: Language) -> String {
    let words = Words::of(language);
    let suites: Vec<_> = assessment.uses.iter().map(|one| suite(one, words)).collect();
    let counts = suites.iter().fold(Counts::default(), |sum, suite| sum.plus(suite.counts));
    let name = escaped(words.pick(&assessment.institution));
    let (attributes, instant) = (counts.attributes(), assessment.instant);
    let suites: String = suites.into_iter().map(|suite| suite.xml).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"{name}\" {attributes} timestamp=\"{instant}\">\n{suites}</testsuites>\n"
    )
}

struct Suite {
    counts: Counts,
    xml: String,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    tests: u64,
    failures: u64,
    skipped: u64,
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            skipped: self.skipped + other.skipped,
        }
    }

    fn attributes(self) -> String {
        format!(
            "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
            self.tests, self.failures, self.skipped
        )
    }
}

/// What a case came to.
#[derive(Clone, Copy)]
enum Case {
    Passed,
    Failed,
    Skipped,
}

fn suite(one: &UseAssessment, words: Words) -> Suite {
    let mut counts = Counts::default();
    let mut cases = String::new();
    for control in one.controls.iter().filter(|control| control.verdict.is_some()) {
        let name = format!("{}: {}", control.id, words.pick(&control.title));
        let kind = words.verdict(control.verdict);
        let class = format!("{}.{}", one.id, control.id.guideline());
        cases.push_str(&case(
            &class,
            &name,
            &kind,
            words.pick(&control.reason),
            control_case(control),
            &mut counts,
        ));
    }
    for check in &one.checks {
        let name = format!("{}: {}", check.declared.key(), words.pick(&check.name));
        let kind = check.outcome.label(words.language);
        let class = format!("{}.checks", one.id);
        cases.push_str(&case(&class, &name, kind, words.pick(&check.reason), check_case(check), &mut counts));
    }
    let name = escaped(&one.id);
    let xml = format!("  <testsuite name=\"{name}\" {}>\n{cases}  </testsuite>\n", counts.attributes());
    Suite { counts, xml }
}

fn control_case(control: &ControlResult) -> Case {
    match control.verdict {
        _ if control.blocks => Case::Failed,
        Some(VerdictState::Met | VerdictState::Waived) => Case::Passed,
        Some(
            VerdictState::NotMet
            | VerdictState::Missing
            | VerdictState::Stale
            | VerdictState::NotAssessable
            | VerdictState::NotApplicable,
        )
        | None => Case::Skipped,
    }
}

fn check_case(check: &CheckAnswer) -> Case {
    match check.outcome {
        _ if check.blocks => Case::Failed,
        CheckOutcome::Pass => Case::Passed,
        CheckOutcome::Fail | CheckOutcome::TooLittleData | CheckOutcome::NotMeasured => Case::Skipped,
    }
}

fn case(class: &str, name: &str, kind: &str, reason: &str, came_to: Case, counts: &mut Counts) -> String {
    counts.tests += 1;
    let opening = format!("    <testcase classname=\"{}\" name=\"{}\"", escaped(class), escaped(name));
    let message = escaped(&format!("{kind}: {reason}"));
    match came_to {
        Case::Passed => format!("{opening}/>\n"),
        Case::Failed => {
            counts.failures += 1;
            format!(
                "{opening}><failure type=\"{}\" message=\"{message}\">{message}</failure></testcase>\n",
                escaped(kind)
            )
        }
        Case::Skipped => {
            counts.skipped += 1;
            format!("{opening}><skipped message=\"{message}\"/></testcase>\n")
        }
    }
}
