//! Tests of checks on measurements made by hand.

use super::*;
use crate::definition::DefinitionId;
use crate::measurement::{Estimate, Interval, Method, Slice};

const RATIO: DefinitionId = DefinitionId::new("fairness.demographic_parity_ratio");

fn ratio(group: &str, value: f64, low: f64, high: f64) -> Measurement {
    let interval = Interval::between(low, high, 0.95, Method::Koopman);
    Measurement::new(RATIO, Estimate::with(value, Some(interval)), 500)
        .of(Slice::group("sex", group).against("m"))
}

fn few(group: &str) -> Measurement {
    Measurement::new(RATIO, Estimate::TooFew { rows: 4, least: 30 }, 4)
        .of(Slice::group("sex", group).against("m"))
}

fn four_fifths(whole_interval: bool) -> Check {
    Check {
        check: "fairness.demographic_parity_ratio".into(),
        threshold: Threshold { between: Some((0.8, 1.25)), whole_interval, ..Threshold::default() },
        ..Check::default()
    }
}

#[test]
fn the_point_decides_unless_the_whole_interval_is_asked_for() {
    let measurements = [ratio("f", 0.85, 0.75, 0.96)];
    assert_eq!(four_fifths(false).judge(&measurements).outcome, Outcome::Pass);
    let judged = four_fifths(true).judge(&measurements);
    assert_eq!(judged.outcome, Outcome::TooLittleData { because: TooLittle::IntervalStraddles });
    assert_eq!(judged.deciding, measurements);
}

#[test]
fn an_interval_wholly_inside_passes_and_wholly_outside_fails_on_either_side() {
    for (measurement, outcome) in [
        (ratio("f", 0.9, 0.81, 0.99), Outcome::Pass),
        (ratio("f", 0.6, 0.5, 0.7), Outcome::Fail),
        (ratio("f", 1.5, 1.3, 1.7), Outcome::Fail),
    ] {
        assert_eq!(four_fifths(true).judge(&[measurement]).outcome, outcome);
    }
}

#[test]
fn the_worst_group_is_named_first() {
    let judged = four_fifths(false).judge(&[
        ratio("a", 0.7, 0.6, 0.8),
        ratio("b", 0.9, 0.8, 1.0),
        ratio("c", 0.5, 0.4, 0.6),
    ]);
    assert_eq!(judged.outcome, Outcome::Fail);
    let groups: Vec<_> = judged.deciding.iter().filter_map(|m| m.slice.group.as_deref()).collect();
    assert_eq!(groups, ["c", "a"]);
}

#[test]
fn small_groups_decide_nothing_and_are_named() {
    let judged = four_fifths(false).judge(&[ratio("a", 0.9, 0.8, 1.0), few("x")]);
    assert_eq!((judged.outcome, judged.left_out), (Outcome::Pass, vec![few("x")]));
    let judged = four_fifths(false).judge(&[few("x")]);
    assert_eq!(judged.outcome, Outcome::TooLittleData { because: TooLittle::TooFewRows });
}

#[test]
fn what_was_not_measured_is_not_passed() {
    let judged = four_fifths(false).judge(&[]);
    assert_eq!(judged.outcome, Outcome::NotMeasured { because: NotMeasured::NothingSelected });
    let undefined = Measurement::new(RATIO, Estimate::undefined(Because::ReferenceIsZero), 50);
    let judged = four_fifths(false).judge(&[undefined]);
    assert_eq!(
        judged.outcome,
        Outcome::NotMeasured { because: NotMeasured::Undefined(Because::ReferenceIsZero) }
    );
    let unknown = Check { check: "fairness.luck".into(), ..four_fifths(false) };
    assert_eq!(unknown.judge(&[]).outcome, Outcome::NotMeasured { because: NotMeasured::UnknownCheck });
    let boundless = Check { threshold: Threshold::default(), ..four_fifths(false) };
    assert_eq!(boundless.judge(&[]).outcome, Outcome::NotMeasured { because: NotMeasured::NoThreshold });
}

#[test]
fn selectors_narrow_what_is_looked_at() {
    let mut check = four_fifths(false);
    check.of.group = Some("b".into());
    let judged = check.judge(&[ratio("a", 0.7, 0.6, 0.8), ratio("b", 0.9, 0.8, 1.0)]);
    assert_eq!(judged.outcome, Outcome::Pass);
    check.of.attribute = Some("age".into());
    assert!(matches!(check.judge(&[ratio("b", 0.9, 0.8, 1.0)]).outcome, Outcome::NotMeasured { .. }));
}

#[test]
fn p_values_are_compared_as_corrected() {
    let id = DefinitionId::new("fairness.significance.fisher");
    let mut tests = [0.01, 0.02, 0.04]
        .map(|p| Measurement::new(id, Estimate::tested(0.5, p), 90).of(Slice::group("sex", "f")));
    for (test, adjusted) in
        tests.iter_mut().zip(crate::significance::multiplicity::adjust(&[0.01, 0.02, 0.04]))
    {
        *test.estimate.p_values_mut().unwrap().1 = Some(adjusted);
    }
    let check = |correct| Check {
        check: id.as_str().into(),
        threshold: Threshold {
            at_least: Some(0.035),
            compare: Compare::PValue,
            correct,
            ..Threshold::default()
        },
        ..Check::default()
    };
    assert_eq!(check(Correction::None).judge(&tests).deciding.len(), 2);
    assert_eq!(check(Correction::Holm).judge(&tests).deciding.len(), 1);
}

#[test]
fn looking_at_many_groups_widens_the_interval() {
    let mut check = four_fifths(true);
    crate::interval::close(check.level(0.95, 5), 0.95, 0.0);
    check.threshold.correct = Correction::Holm;
    assert!((check.level(0.95, 5) - 0.99).abs() < 1e-12);
}

#[test]
fn every_check_reads_known_definitions_and_speaks_both_languages() {
    for kind in check_ids() {
        assert!(!kind.reads.is_empty(), "{}", kind.id);
        for (_, definition) in &kind.reads {
            assert!(definition.definition().is_some(), "{definition}");
        }
        assert!(kind.english.ends_with("threshold") && kind.chinese.contains("檢查"), "{}", kind.id);
    }
    let ece = check_kind("calibration.ece").unwrap();
    assert_eq!(ece.definition(None).unwrap().as_str(), "calibration.ece.equal-mass.10");
    assert_eq!(ece.definition(Some("equal-width.15")).unwrap().as_str(), "calibration.ece.equal-width.15");
    assert_eq!(
        check_kind("drift.psi").unwrap().definition(None).unwrap().as_str(),
        "drift.psi.reference-deciles"
    );
}

#[test]
fn a_check_reads_like_a_sentence_of_yaml() {
    let check: Check = serde_json::from_value(serde_json::json!({
        "check": "fairness.demographic_parity_ratio",
        "of": { "intersection": ["sex", "age"] },
        "threshold": { "between": [0.8, 1.25], "whole_interval": true, "correct": "holm" },
    }))
    .unwrap();
    assert_eq!(check.of.attribute_name().as_deref(), Some("sex+age"));
    assert_eq!(check.threshold.bounds(), Some((0.8, 1.25)));
}
