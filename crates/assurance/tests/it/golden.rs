//! The engine against independent libraries on real data: every value of `golden/*.json`.
//!
//! See `golden/README.md` for what the files hold and how a value matches.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use dualtrack_assurance::definition::Uncertainty;
use dualtrack_assurance::measure::{drift, fairness, measure_all, quality_with};
use dualtrack_assurance::measurement::{Estimate, Measurement, Method, Slice};
use dualtrack_assurance::options::Options;
use dualtrack_assurance::{Format, Part, ProfileLimits, Roles, ScanOptions, Tables, scan};
use serde_json::Value;

#[test]
fn taiwan_credit() {
    compare("taiwan-credit");
}

#[test]
fn taiwan_credit_with_weights() {
    compare("taiwan-credit-weighted");
}

#[test]
fn taiwan_credit_with_a_score_that_points_the_other_way() {
    compare("taiwan-credit-points");
}

#[test]
fn titanic() {
    compare("titanic");
}

#[test]
fn breast_cancer() {
    compare("breast-cancer");
}

#[test]
fn regression() {
    compare("diabetes");
}

#[test]
fn several_classes() {
    compare("digits");
    compare("wine");
}

#[test]
fn drift_of_credit() {
    compare("taiwan-credit-drift");
}

#[test]
fn drift_of_titanic() {
    compare("titanic-drift");
}

#[test]
fn bootstrap_intervals() {
    compare("taiwan-credit-bootstrap");
}

#[test]
fn groups_under_thirty_rows_are_too_few_by_default() {
    let golden: Value = serde_json::from_reader(open("taiwan-credit.json")).unwrap();
    let tables = scanned(&golden);
    let found = fairness(&tables[0], &Options { replicates: 10, ..Options::default() });
    for small in golden["groups_under_30_rows"].as_array().unwrap() {
        let of = |m: &&Measurement| {
            m.definition.as_str() == "fairness.selection_rate"
                && m.slice.attribute.as_deref() == small["attribute"].as_str()
                && m.slice.group.as_deref() == small["group"].as_str()
        };
        let measurement = found.iter().find(of).unwrap();
        let rows = small["rows"].as_u64().unwrap();
        assert_eq!(measurement.estimate, Estimate::TooFew { rows, least: 30 });
    }
}

/// Fails with every value that does not match.
fn compare(name: &str) {
    let golden: Value = serde_json::from_reader(open(&format!("{name}.json"))).unwrap();
    let found = measured(&golden);
    let index: HashMap<(String, Slice), &Measurement> = found
        .iter()
        .map(|measurement| ((measurement.definition.to_string(), measurement.slice.clone()), measurement))
        .collect();
    for measurement in &found {
        assert!(
            measurement.definition.definition().is_some(),
            "`{}` is not in the registry",
            measurement.definition
        );
    }
    let mut wrong = Vec::new();
    let (mut compared, mut absent) = (0, 0);
    for expected in golden["values"].as_array().unwrap() {
        if expected["edge_sensitive"] == true
            || NOT_OFFERED.contains(&expected["definition"].as_str().unwrap())
        {
            continue;
        }
        let slice: Slice = serde_json::from_value(expected["slice"].clone()).unwrap();
        let key = (expected["definition"].as_str().unwrap().to_owned(), slice);
        match index.get(&key) {
            Some(measurement) => {
                compared += 1;
                if let Some(difference) = difference(measurement, expected) {
                    wrong.push(format!("{} {:?}: {difference}", key.0, key.1));
                }
            }
            None if expected["optional"] == true => absent += 1,
            None => wrong.push(format!("{} {:?}: not measured", key.0, key.1)),
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 0 && absent < compared, "{name}: compared {compared}, left {absent}");
}

/// Measures everything the CSV files allow.
fn measured(golden: &Value) -> Vec<Measurement> {
    let options = Options { least_rows: 1, replicates: 4_000, threads: 2, ..Options::default() };
    measured_with(golden, &options)
}

fn measured_with(golden: &Value, options: &Options) -> Vec<Measurement> {
    match scanned(golden).as_slice() {
        [reference, current] => drift(reference, current, options),
        [tables] => {
            let expected: BTreeMap<String, BTreeMap<String, f64>> =
                serde_json::from_value(golden.get("expected").cloned().unwrap_or(serde_json::json!({})))
                    .unwrap();
            let mut all = measure_all(tables, options);
            let differs = |m: &Measurement| m.definition.as_str() == "quality.representation_difference";
            all.extend(quality_with(tables, options, &expected).into_iter().filter(differs));
            all
        }
        _ => panic!("one table or two"),
    }
}

/// Every measured value that promises an interval has one, by the method its definition names.
#[test]
fn every_value_has_the_interval_its_definition_promises() {
    for name in ["taiwan-credit", "titanic", "diabetes", "digits", "taiwan-credit-drift", "titanic-drift"] {
        let golden: Value = serde_json::from_reader(open(&format!("{name}.json"))).unwrap();
        let wrong: Vec<String> = measured_with(&golden, &Options::default())
            .iter()
            .filter(|measurement| measurement.value().is_some())
            .filter(|measurement| !PENDING.contains(&measurement.definition.as_str()))
            .filter(|measurement| {
                let promised = match measurement.definition.definition().unwrap().uncertainty {
                    Uncertainty::Wilson => Some(Method::Wilson),
                    Uncertainty::Newcombe => Some(Method::Newcombe),
                    Uncertainty::Koopman => Some(Method::Koopman),
                    Uncertainty::DeLong | Uncertainty::DeLongDraws => Some(Method::DeLong),
                    Uncertainty::Bootstrap | Uncertainty::NearZero | Uncertainty::Extreme => {
                        Some(Method::CellBootstrap)
                    }
                    Uncertainty::Mean
                    | Uncertainty::Fit
                    | Uncertainty::Moments
                    | Uncertainty::Determination => Some(Method::Wald),
                    Uncertainty::Test | Uncertainty::Fact => None,
                };
                measurement.interval().map(|interval| interval.method) != promised
            })
            .map(|measurement| format!("{} {:?}", measurement.definition, measurement.slice))
            .collect();
        assert!(wrong.is_empty(), "{name}: {} differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// Scans the CSV files.
fn scanned(golden: &Value) -> Vec<Tables> {
    let mut roles: Roles = serde_json::from_value(golden["roles"].clone()).unwrap();
    // The drift files carry the intersections of the whole data set without its groups.
    roles
        .intersections
        .retain(|names| names.iter().all(|name| roles.groups.iter().any(|g| g.attribute == *name)));
    golden["csv"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let name = file.as_str().unwrap();
            let part = Part { name: name.into(), format: Format::Csv, file: open(name) };
            // Exact where libraries are; `partial` because a decision among several classes favours nobody.
            let limits = ScanOptions {
                group_score_bins: 65_536,
                profile: ProfileLimits { bins: 65_536, ..ProfileLimits::default() },
                partial: true,
                ..ScanOptions::default()
            };
            scan(&[part], &roles, &limits, &|_| {}, &AtomicBool::new(false)).unwrap()
        })
        .collect()
}

/// How a measurement differs from the golden value, if it does.
fn difference(found: &Measurement, expected: &Value) -> Option<String> {
    let tolerance = expected["tolerance"].as_f64().unwrap();
    let bootstrapped = expected["method"] == "cell-bootstrap" || expected["method"] == "bootstrap";
    let off = |found: f64, expected: f64, tolerance: f64| {
        (found - expected).abs() > tolerance * expected.abs().max(1.0)
    };
    let Estimate::Value(value) = &found.estimate else {
        return (expected["undefined"] != true).then(|| format!("{:?}, expected {expected}", found.estimate));
    };
    if expected["undefined"] == true {
        return Some(format!("{}, expected to be undefined", value.value));
    }
    if let Some(number) = expected["value"].as_f64()
        && off(value.value, number, if bootstrapped { 1e-9 } else { tolerance })
    {
        return Some(format!("{}, expected {number}", value.value));
    }
    let loose = match expected["method"].as_str() {
        Some("koopman" | "wald") => 1e-7,
        _ => tolerance,
    };
    if let Some(ends) = expected["interval"].as_array() {
        let Some(interval) = value.interval else { return Some("no interval".into()) };
        let method = serde_json::to_value(interval.method).unwrap();
        if !bootstrapped && method != expected["method"] {
            return Some(format!("interval by {method}, expected {}", expected["method"]));
        }
        let high = ends[1].as_f64();
        if off(interval.low, ends[0].as_f64().unwrap(), loose)
            || high.is_some() != interval.high.is_some()
            || high.is_some_and(|high| off(interval.upper(), high, loose))
        {
            return Some(format!("{} to {:?}, expected {ends:?}", interval.low, interval.high));
        }
    }
    p_values(value.p_value.zip(Some(value.adjusted_p)), expected, tolerance)
}

/// How the p-values differ, if they do.
fn p_values(
    found: Option<(f64, Option<dualtrack_assurance::measurement::AdjustedP>)>,
    expected: &Value,
    tolerance: f64,
) -> Option<String> {
    let wanted = expected["p_value"].as_f64()?;
    let Some((p_value, adjusted)) = found else { return Some("no p-value".into()) };
    if (p_value - wanted).abs() > tolerance.max(1e-9) {
        return Some(format!("p {p_value}, expected {wanted}"));
    }
    let both = expected["adjusted_p"].as_object()?;
    let Some(adjusted) = adjusted else { return Some("no adjusted p-value".into()) };
    for (name, found) in [("holm", adjusted.holm), ("benjamini-hochberg", adjusted.benjamini_hochberg)] {
        let wanted = both[name].as_f64().unwrap();
        if (found - wanted).abs() > tolerance.max(1e-9) {
            return Some(format!("{name} p {found}, expected {wanted}"));
        }
    }
    None
}

fn open(name: &str) -> File {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "golden", name].iter().collect();
    File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Intervals of scores by group that are written and not yet called.
const PENDING: [&str; 5] = [
    "fairness.auc_ratio",
    "fairness.auc_spread",
    "fairness.auc_min_ratio",
    "fairness.worst_group.auc",
    "fairness.ece.equal-mass.10",
];

/// Row passes, and a number beyond what the engine offers.
const NOT_OFFERED: [&str; 2] = ["quality.duplicate_rows", "calibration.intercept_given_slope_one"];
