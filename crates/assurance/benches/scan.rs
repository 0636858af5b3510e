//! How long scans and what is measured of them take, and how much memory. Asserts nothing.
//!
//! ```text
//! cargo run --release -p dualtrack-assurance --example generate -- DIRECTORY 1000000
//! BENCH_DATA=DIRECTORY cargo bench -p dualtrack-assurance --bench scan [-- WORD IN THE NAME]
//! ```
//!
//! Each task has a process of its own. Wall time is the median of its runs, processor time (both threads) their mean;
//! growth is how far the memory peaked above what the process held before. A peer measures the same files:
//! `decisions.parquet` (GROUP BY sex, `age_band`, region, label, decision) and the twenty columns of
//! `reference.parquet` and `current.parquet`.
#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

use dualtrack_assurance::fairness::fairness_of;
use dualtrack_assurance::measure::{calibration, drift, performance};
use dualtrack_assurance::options::Intervals;
use dualtrack_assurance::roles::{Decision, Feature, Group, HigherMeans, Label, Score};
use dualtrack_assurance::{Format, Options, Part, Roles, ScanOptions, Tables, exact, scan};
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    #[expect(clippy::disallowed_methods, reason = "a benchmark is told here where its data is")]
    let directory = std::env::var("BENCH_DATA").map(PathBuf::from);
    let Ok(directory) = directory else {
        println!("set BENCH_DATA to a directory made by the `generate` example");
        return Ok(());
    };
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--bench"));
    let word = arguments.next();
    if word.as_deref() == Some(ALONE) {
        let name = arguments.next();
        let task = TASKS.into_iter().find(|(task, _)| Some(*task) == name.as_deref());
        return task.map_or(Ok(()), |(name, work)| report(name, || work(&directory)));
    }
    println!("{:<44} {:>10} {:>10} {:>12} {:>12}", "", "wall ms", "cpu ms", "peak KiB", "growth KiB");
    for (name, _) in TASKS {
        if word.as_ref().is_none_or(|word| name.contains(word.as_str())) {
            Command::new(std::env::current_exe()?).args([ALONE, name]).status()?;
        }
    }
    Ok(())
}

/// How a task is called, and what it does with the files of a directory.
type Task = (&'static str, fn(&Path) -> Outcome);

const TASKS: [Task; 7] = [
    ("decision cube, three attributes", |data| {
        black_box(tables(&data.join("decisions.parquet"), &roles(false))?);
        Ok(())
    }),
    ("ten fairness metrics, 1,000 replicates", |data| {
        let tables = tables(&data.join("decisions.parquet"), &roles(false))?;
        black_box(fairness_of(&tables, &options(), None, &|id| TEN.contains(&id.as_str())));
        Ok(())
    }),
    ("the same with score histograms", |data| {
        black_box(tables(&data.join("decisions.parquet"), &roles(true))?);
        Ok(())
    }),
    ("AUC and calibration", |data| {
        let tables = tables(&data.join("decisions.parquet"), &roles(true))?;
        let scores = ["fairness.auc", "fairness.ece.equal-mass.10"];
        black_box(fairness_of(&tables, &Options::default(), None, &|id| scores.contains(&id.as_str())));
        black_box((performance(&tables, &Options::default()), calibration(&tables, &Options::default())));
        Ok(())
    }),
    ("profiles of 20 columns, two files", |data| {
        black_box(profiles(data)?);
        Ok(())
    }),
    ("drift of 20 columns, binned", |data| {
        let (reference, current) = profiles(data)?;
        black_box(drift(&reference, &current, &options()));
        Ok(())
    }),
    ("drift of 20 columns, exact", |data| {
        for feature in features().features {
            let [reference, current] =
                ["reference", "current"].map(|name| part(&data.join(name).with_extension("parquet")));
            black_box(exact::drift(&[reference?], &[current?], &feature.column, &AtomicBool::new(false))?);
        }
        Ok(())
    }),
];

fn options() -> Options {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Options { threads, intervals: Intervals::Bootstrap, ..Options::default() }
}

fn profiles(data: &Path) -> Result<(Tables, Tables), Box<dyn Error>> {
    let features = features();
    let reference = tables(&data.join("reference.parquet"), &features)?;
    Ok((reference, tables(&data.join("current.parquet"), &features)?))
}

fn features() -> Roles {
    let feature = |number| Feature { column: format!("f{number:02}"), ..Feature::default() };
    Roles { features: (0..20).map(feature).collect(), ..Roles::default() }
}

fn roles(score: bool) -> Roles {
    let group = |name: &str, reference: &str| Group {
        attribute: name.into(),
        reference: Some(reference.into()),
        ..Group::default()
    };
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
        groups: vec![group("sex", "male"), group("age_band", "35-49"), group("region", "Central")],
        intersections: vec![vec!["sex".into(), "age_band".into(), "region".into()]],
        ..Roles::default()
    }
}

fn tables(path: &Path, roles: &Roles) -> Result<Tables, Box<dyn Error>> {
    Ok(scan(&[part(path)?], roles, &ScanOptions::default(), &|_| {}, &AtomicBool::new(false))?)
}

fn part(path: &Path) -> Result<Part, Box<dyn Error>> {
    Ok(Part { name: path.display().to_string(), format: Format::Parquet, file: File::open(path)? })
}

/// Runs a task for a while and prints what it cost. The first run warms the file up and shows the memory.
fn report(name: &str, run: impl Fn() -> Outcome) -> Outcome {
    let held = memory_kib("VmRSS:");
    run()?;
    let peak = memory_kib("VmHWM:");
    let (begun, before) = (Instant::now(), processor_time());
    let mut walls: Vec<Duration> = Vec::new();
    while walls.len() < LEAST_RUNS || (walls.len() < MOST_RUNS && begun.elapsed() < PATIENCE) {
        let start = Instant::now();
        run()?;
        walls.push(start.elapsed());
    }
    let runs = u32::try_from(walls.len()).unwrap_or(u32::MAX);
    let processor = processor_time().saturating_sub(before).as_secs_f64() / f64::from(runs) * 1e3;
    walls.sort_unstable();
    let wall = walls.get(walls.len() / 2).map_or(0.0, Duration::as_secs_f64) * 1e3;
    let growth = peak.saturating_sub(held);
    println!("{name:<44} {wall:>10.1} {processor:>10.1} {peak:>12} {growth:>12}");
    Ok(())
}

/// Processor time of the process so far with its threads, in steps of a hundredth of a second; zero where unknown.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// A line of the process's memory; zero where unknown.
fn memory_kib(line: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|text| text.strip_prefix(line));
    line.and_then(|line| line.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

const ALONE: &str = "alone";
const LEAST_RUNS: usize = 3;
const MOST_RUNS: usize = 31;
const PATIENCE: Duration = Duration::from_secs(3);
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
