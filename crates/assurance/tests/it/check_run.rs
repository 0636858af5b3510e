//! Checks run from tables to verdict, with the whole interval asked for: every state, on real data.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use dualtrack_assurance::check::{
    Check, Correction, Data, Judged, NotMeasured, Outcome, Selection, Threshold, TooLittle, judge_all, run,
};
use dualtrack_assurance::measure::quality;
use dualtrack_assurance::{Format, Measurement, Options, Part, Roles, ScanOptions, Tables, scan};
use serde_json::Value;

#[test]
fn a_ranking_passes_fails_or_straddles_by_its_whole_interval() {
    let tables = credit();
    for (least, outcome) in [(0.3, Outcome::Pass), (0.5, Outcome::Fail), (0.4, STRADDLES)] {
        let judged = on(&tables, &at_least("performance.ks", least));
        assert_eq!(judged.outcome, outcome, "{least}");
        let [deciding] = judged.deciding.as_slice() else { panic!("one measurement decides") };
        let interval = deciding.interval().unwrap();
        assert!(interval.low < 0.404 && 0.404 < interval.upper(), "{interval:?}");
    }
    assert_eq!(on(&tables, &at_least("performance.average_precision", 0.45)).outcome, Outcome::Pass);
    assert_eq!(on(&tables, &rule("performance.lift", "decile.1", 2.0, f64::MAX)).outcome, Outcome::Pass);
}

#[test]
fn calibration_is_judged_by_its_whole_interval_of_all_rows_and_of_each_group() {
    let tables = credit();
    let mut check = rule("calibration.ece", "equal-mass.10", 0.0, 0.2);
    assert_eq!(on(&tables, &check).outcome, Outcome::Pass);
    check.of.attribute = Some("sex".into());
    assert_eq!(on(&tables, &check).outcome, Outcome::Pass);
    assert_eq!(on(&tables, &rule("calibration.mce", "equal-width.15", 0.9, 1.0)).outcome, Outcome::Fail);
}

#[test]
fn drift_is_judged_by_its_whole_interval() {
    let (reference, current) = (table("taiwan-credit-drift", 0), table("taiwan-credit-drift", 1));
    let data = Data { tables: &current, reference: Some(&reference), reference_period: None };
    for id in
        ["drift.psi", "drift.jensen_shannon", "drift.hellinger", "drift.total_variation", "drift.cramers_v"]
    {
        let judged = run(&at_most(id, 50.0), data, &Options::default());
        assert_eq!(judged.outcome, Outcome::Pass, "{id}");
        assert!(judged.deciding.iter().all(|deciding| deciding.interval().is_some()), "{id}");
        assert_eq!(run(&at_most(id, -0.1), data, &Options::default()).outcome, Outcome::Fail, "{id}");
    }
    for id in ["drift.ks", "drift.wasserstein_normalised"] {
        assert_eq!(run(&at_most(id, 50.0), data, &Options::default()).outcome, Outcome::Pass, "{id}");
    }
}

#[test]
fn regression_is_judged_by_its_whole_interval() {
    let tables = table("diabetes", 0);
    let judged = on(&tables, &at_least("performance.r2", 0.0));
    assert!(judged.deciding.iter().all(|deciding| deciding.interval().is_some()));
    assert_eq!(judged.outcome, Outcome::Pass);
    assert_eq!(on(&tables, &at_most("performance.rmse", 1.0)).outcome, Outcome::Fail);
}

#[test]
fn too_few_rows_are_neither_a_pass_nor_a_failure() {
    let mut check = at_least("performance.ks", 0.3);
    check.threshold.least_rows = Some(1_000_000);
    let outcome = Outcome::TooLittleData { because: TooLittle::TooFewRows };
    assert_eq!(on(&credit(), &check).outcome, outcome);
}

#[test]
fn what_has_no_interval_or_no_second_sample_is_not_measured() {
    let tables = credit();
    for (id, because) in [
        ("quality.constant", NotMeasured::NoInterval),
        ("calibration.hosmer_lemeshow", NotMeasured::NoInterval),
        ("drift.psi", NotMeasured::NothingToCompareWith),
    ] {
        assert_eq!(on(&tables, &at_most(id, 1.0)).outcome, Outcome::NotMeasured { because }, "{id}");
    }
}

#[test]
fn a_correction_widens_the_interval_that_decides() {
    let tables = credit();
    let mut check = at_least("fairness.demographic_parity_ratio", 0.0);
    check.of.attribute = Some("age_band".into());
    let plain = on(&tables, &check);
    let low = plain.deciding.iter().find_map(Measurement::interval).unwrap().low;
    // A bound that the interval just clears, and the wider one does not.
    check.threshold.at_least = Some(low - 1e-9);
    assert_eq!(on(&tables, &check).outcome, Outcome::Pass);
    check.threshold.correct = Correction::Holm;
    let corrected = on(&tables, &check);
    assert_eq!(corrected.outcome, STRADDLES);
    assert!(corrected.deciding.iter().all(|deciding| deciding.interval().unwrap().level > 0.95));
}

#[test]
fn representation_is_compared_with_the_shares_the_check_expects() {
    let tables = credit();
    let shares: BTreeMap<String, f64> = quality(&tables, &Options::default())
        .iter()
        .filter(|found| found.definition.as_str() == "quality.representation")
        .filter(|found| found.slice.attribute.as_deref() == Some("sex"))
        .map(|found| (found.slice.group.clone().unwrap(), found.value().unwrap()))
        .collect();
    let mut check = rule("quality.representation_difference", "", -0.05, 0.05);
    check.of.attribute = Some("sex".into());
    let nothing = Outcome::NotMeasured { because: NotMeasured::NothingSelected };
    assert_eq!(on(&tables, &check).outcome, nothing);
    check.expected = shares.clone();
    assert_eq!(on(&tables, &check).outcome, Outcome::Pass);
    check.expected = shares.into_iter().map(|(group, share)| (group, share - 0.2)).collect();
    assert_eq!(on(&tables, &check).outcome, Outcome::Fail);
}

#[test]
fn judging_many_at_once_comes_to_the_same_as_running_each() {
    let tables = credit();
    let data = Data { tables: &tables, reference: None, reference_period: None };
    let checks = [at_least("performance.ks", 0.4), rule("calibration.ece", "equal-mass.10", 0.0, 0.2)];
    let together = judge_all(&checks, data, &Options::default());
    let alone: Vec<Judged> = checks.iter().map(|check| on(&tables, check)).collect();
    assert_eq!(together, alone);
}

const STRADDLES: Outcome = Outcome::TooLittleData { because: TooLittle::IntervalStraddles };

fn on(tables: &Tables, check: &Check) -> Judged {
    run(check, Data { tables, reference: None, reference_period: None }, &Options::default())
}

fn at_least(id: &str, least: f64) -> Check {
    let threshold = Threshold { at_least: Some(least), whole_interval: true, ..Threshold::default() };
    Check { check: id.into(), threshold, ..Check::default() }
}

fn at_most(id: &str, most: f64) -> Check {
    let threshold = Threshold { at_most: Some(most), whole_interval: true, ..Threshold::default() };
    Check { check: id.into(), threshold, ..Check::default() }
}

fn rule(id: &str, rule: &str, least: f64, most: f64) -> Check {
    let threshold = Threshold { between: Some((least, most)), whole_interval: true, ..Threshold::default() };
    let rule = (!rule.is_empty()).then(|| rule.into());
    Check { check: id.into(), rule, threshold, of: Selection::default(), ..Check::default() }
}

fn credit() -> Tables {
    table("taiwan-credit", 0)
}

/// Scans one of the CSV files of a golden data set.
fn table(name: &str, index: usize) -> Tables {
    let golden: Value = serde_json::from_reader(open(&format!("{name}.json"))).unwrap();
    let mut roles: Roles = serde_json::from_value(golden["roles"].clone()).unwrap();
    roles.intersections.clear();
    let file = golden["csv"][index].as_str().unwrap();
    let part = Part { name: file.into(), format: Format::Csv, file: open(file) };
    let options = ScanOptions { partial: true, ..ScanOptions::default() };
    scan(&[part], &roles, &options, &|_| {}, &AtomicBool::new(false)).unwrap()
}

fn open(name: &str) -> File {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "golden", name].iter().collect();
    File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
