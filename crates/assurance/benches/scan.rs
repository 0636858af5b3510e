//! How long scans take: medians of several runs, wall and processor time. Asserts nothing.
//!
//! ```text
//! cargo run --release -p dualtrack-assurance --example generate -- DIRECTORY 1000000
//! BENCH_DATA=DIRECTORY cargo bench -p dualtrack-assurance --bench scan
//! ```
//!
//! A peer measures the same files: `decisions.parquet` (GROUP BY sex, `age_band`, region, label,
//! decision) and the twenty columns of `reference.parquet` and `current.parquet`.
#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

use dualtrack_assurance::exact::drift;
use dualtrack_assurance::roles::{Decision, Feature, Group, HigherMeans, Label, Score};
use dualtrack_assurance::{Format, Part, Roles, ScanOptions, scan};
use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark is told here where its data is")]
    let directory = std::env::var("BENCH_DATA").map(PathBuf::from);
    let Ok(directory) = directory else {
        println!("set BENCH_DATA to a directory made by the `generate` example");
        return Ok(());
    };
    println!("{:<44} {:>10} {:>10} {:>12}", "", "wall ms", "cpu ms", "peak KiB");
    let decisions = directory.join("decisions.parquet");
    report("decision cube, three attributes", || run(&decisions, &roles(false)))?;
    report("the same with score histograms", || run(&decisions, &roles(true)))?;
    let features = Roles {
        features: (0..20)
            .map(|number| Feature { column: format!("f{number:02}"), ..Feature::default() })
            .collect(),
        ..Roles::default()
    };
    report("profiles of 20 columns, two files", || {
        run(&directory.join("reference.parquet"), &features)?;
        run(&directory.join("current.parquet"), &features)
    })?;
    report("exact drift of 20 columns", || {
        let (reference, current) = (directory.join("reference.parquet"), directory.join("current.parquet"));
        for feature in &features.features {
            let (reference, current) = (part(&reference)?, part(&current)?);
            let stop = AtomicBool::new(false);
            std::hint::black_box(drift(&[reference], &[current], &feature.column, &stop)?);
        }
        Ok(())
    })?;
    Ok(())
}

fn roles(score: bool) -> Roles {
    let group = |name: &str| Group { attribute: name.into(), ..Group::default() };
    Roles {
        label: Some(Label {
            column: "label".into(),
            positive: Some("1".into()),
            favourable: Some("0".into()),
        }),
        decision: Some(Decision::Column { column: "decision".into(), favourable: "1".into() }),
        score: score.then(|| Score {
            column: "score".into(),
            higher_means: HigherMeans::Positive,
            probability: true,
        }),
        groups: vec![group("sex"), group("age_band"), group("region")],
        intersections: vec![vec!["sex".into(), "age_band".into(), "region".into()]],
        ..Roles::default()
    }
}

fn run(path: &Path, roles: &Roles) -> Result<(), Box<dyn Error>> {
    let tables = scan(&[part(path)?], roles, &ScanOptions::default(), &|_| {}, &AtomicBool::new(false))?;
    std::hint::black_box(tables);
    Ok(())
}

fn part(path: &Path) -> Result<Part, Box<dyn Error>> {
    Ok(Part { name: path.display().to_string(), format: Format::Parquet, file: File::open(path)? })
}

fn report(name: &str, mut run: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    let mut walls = Vec::new();
    let mut processors = Vec::new();
    for _ in 0..RUNS {
        let (start, before) = (Instant::now(), processor_time());
        run()?;
        walls.push(start.elapsed());
        processors.push(processor_time().saturating_sub(before));
    }
    walls.sort_unstable();
    processors.sort_unstable();
    let median = |times: &[Duration]| times.get(RUNS / 2).map_or(0.0, Duration::as_secs_f64) * 1e3;
    println!("{name:<44} {:>10.1} {:>10.1} {:>12}", median(&walls), median(&processors), peak_kib());
    Ok(())
}

/// Processor time of the process so far, in steps of a hundredth of a second; zero where unknown.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// The greatest memory of the process so far; zero where unknown.
fn peak_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

const RUNS: usize = 9;
