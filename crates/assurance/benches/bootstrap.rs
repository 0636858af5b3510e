//! How long the statistics take on a finished cube: three attributes and their full intersection. Asserts nothing.
//!
//! ```text
//! cargo bench -p dualtrack-assurance --bench bootstrap
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

use dualtrack_assurance::cube::Key;
use dualtrack_assurance::fairness::fairness_of;
use dualtrack_assurance::measure::fairness;
use dualtrack_assurance::options::{Intervals, Options};
use dualtrack_assurance::roles::{Decision, Label};
use dualtrack_assurance::{Attribute, Cell, DecisionCube, Roles, Tables, Value};
use std::time::{Duration, Instant};

fn main() {
    for rows in [30_000, 1_000_000, 10_000_000] {
        let tables = tables(rows);
        let cells = tables.cube.cells.len();
        println!("{rows} rows, {cells} cells, 1,000 replicates, one thread");
        let bootstrap = Options { intervals: Intervals::Bootstrap, ..Options::default() };
        let once = Options { replicates: 1, ..bootstrap };
        report("ten decision metrics, all by bootstrap", || {
            fairness_of(&tables, &bootstrap, None, &|id| TEN.contains(&id.as_str())).len()
        });
        report("the same with a single replicate", || {
            fairness_of(&tables, &once, None, &|id| TEN.contains(&id.as_str())).len()
        });
        report("every fairness measurement, closed forms first", || {
            fairness(&tables, &Options::default()).len()
        });
        report("every fairness measurement, all by bootstrap", || fairness(&tables, &bootstrap).len());
    }
}

/// The median wall time of several runs, and their mean processor time.
fn report(what: &str, run: impl Fn() -> usize) {
    let mut times: Vec<Duration> = Vec::new();
    let mut count = run();
    let before = processor_time();
    for _ in 0..RUNS {
        let start = Instant::now();
        count = count.max(run());
        times.push(start.elapsed());
    }
    let processor = processor_time().saturating_sub(before).as_secs_f64() / f64::from(RUNS) * 1e3;
    times.sort();
    if let (Some(least), Some(median)) = (times.first(), times.get(times.len() / 2)) {
        let (least, median) = (least.as_secs_f64() * 1e3, median.as_secs_f64() * 1e3);
        println!(
            "  {what:<50} {count:>6} measurements, median {median:>7.2} ms, least {least:>7.2} ms, processor {processor:>7.2} ms"
        );
    }
}

/// Processor time of the process so far, in steps of a hundredth of a second; zero where unknown.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// A cube of 2 × 6 × 7 groups with skewed sizes and rates.
fn tables(rows: u64) -> Tables {
    let sizes = [2_u32, 6, 7];
    let names = ["sex", "age_band", "region"];
    let values =
        |count: u32| (0..count).map(|value| Value::from(format!("v{value}").as_str())).collect::<Vec<_>>();
    let binary = vec![Value::from("0"), Value::from("1")];
    let mut cube = DecisionCube {
        attributes: names
            .iter()
            .zip(sizes)
            .map(|(name, size)| Attribute {
                name: (*name).into(),
                values: values(size),
                reference: Some("v0".into()),
                missing_left_out: false,
            })
            .collect(),
        labels: binary.clone(),
        decisions: binary,
        periods: vec![Value::MISSING],
        positive_label: Some("1".into()),
        favourable_label: Some("0".into()),
        favourable_decision: Some("1".into()),
        ..DecisionCube::default()
    };
    let mut state = 42_u64;
    let mut share = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) % 1_000 + 20) * ((state >> 20) % 500 + 5)
    };
    let keys: Vec<(Key, u64)> = (0..sizes.iter().product::<u32>() * 4)
        .map(|index| {
            let group = index / 4;
            let key = Key {
                period: 0,
                groups: [group % 2, group / 2 % 6, group / 12].into(),
                label: index % 2,
                decision: index / 2 % 2,
            };
            (key, share())
        })
        .collect();
    let total: u64 = keys.iter().map(|(_, share)| share).sum();
    cube.cells =
        keys.into_iter().map(|(key, share)| (key, Cell::of_rows(share * rows / total + 1))).collect();
    Tables {
        roles: Roles {
            label: Some(Label {
                column: "label".into(),
                positive: Some("1".into()),
                favourable: Some("0".into()),
            }),
            decision: Some(Decision::Column { column: "decision".into(), favourable: "1".into() }),
            intersections: vec![names.map(String::from).into()],
            ..Roles::default()
        },
        rows: cube.rows(),
        cube,
        ..Tables::default()
    }
}

const TEN: [&str; 10] = [
    "fairness.selection_rate",
    "fairness.demographic_parity_difference",
    "fairness.demographic_parity_ratio",
    "fairness.tpr",
    "fairness.fpr",
    "fairness.ppv",
    "fairness.for",
    "fairness.accuracy",
    "fairness.balanced_accuracy",
    "fairness.equalised_odds.max",
];

const RUNS: u32 = 21;
