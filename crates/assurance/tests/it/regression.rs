//! Intervals of regression metrics, which are made from sums of errors alone, against resampling the rows.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use dualtrack_assurance::measure::performance;
use dualtrack_assurance::roles::Score;
use dualtrack_assurance::{Format, Interval, Options, Part, Roles, ScanOptions, scan};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

#[test]
fn intervals_are_about_as_wide_as_those_of_resampled_rows() {
    let found = measured(&roles(None), "diabetes.csv");
    let rows = rows();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut series = vec![Vec::new(); 3];
    for _ in 0..2_000 {
        let drawn: Vec<(f64, f64)> = rows
            .iter()
            .map(|_| *rows.get(usize::try_from(random.next_u64() % 442).unwrap()).unwrap())
            .collect();
        series.iter_mut().zip(statistics(&drawn)).for_each(|(series, value)| series.push(value));
    }
    for ((id, tolerance), mut series) in
        [("performance.mae", 0.1), ("performance.rmse", 0.25), ("performance.r2", 0.25)]
            .into_iter()
            .zip(series)
    {
        series.sort_by(f64::total_cmp);
        let (low, high) = (*series.get(50).unwrap(), *series.get(1_949).unwrap());
        let interval = of(&found, id);
        let off = (interval.low - low).abs().max((interval.upper() - high).abs());
        assert!(off < tolerance * (high - low), "{id}: {interval:?}, by rows {low} to {high}");
    }
}

#[test]
fn weights_count_at_their_effective_size_and_are_marked_approximate() {
    // The age serves as a weight here; what it means does not matter.
    let (plain, weighted) =
        (measured(&roles(None), "diabetes.csv"), measured(&roles(Some("age")), "diabetes.csv"));
    for id in ["performance.mae", "performance.rmse", "performance.r2"] {
        let (plain, weighted) = (of(&plain, id), of(&weighted, id));
        assert!(weighted.approximate && !plain.approximate, "{id}");
        let ratio = (weighted.upper() - weighted.low) / (plain.upper() - plain.low);
        assert!(ratio > 0.95 && ratio < 1.3, "{id}: {ratio}");
    }
}

/// Mean absolute error, root mean squared error and R² of (target, prediction).
fn statistics(rows: &[(f64, f64)]) -> [f64; 3] {
    let count = f64::from(u32::try_from(rows.len()).unwrap());
    let mean = rows.iter().map(|(y, _)| y).sum::<f64>() / count;
    let squared: f64 = rows.iter().map(|(y, p)| (p - y).powi(2)).sum();
    let spread: f64 = rows.iter().map(|(y, _)| (y - mean).powi(2)).sum();
    let absolute: f64 = rows.iter().map(|(y, p)| (p - y).abs()).sum();
    [absolute / count, (squared / count).sqrt(), 1.0 - squared / spread]
}

fn rows() -> Vec<(f64, f64)> {
    let mut reader = csv::Reader::from_reader(open("diabetes.csv"));
    let number = |record: &csv::StringRecord, index: usize| record.get(index).unwrap().parse().unwrap();
    reader.records().map(Result::unwrap).map(|record| (number(&record, 4), number(&record, 5))).collect()
}

fn roles(weight: Option<&str>) -> Roles {
    Roles {
        target: Some("progression".into()),
        score: Some(Score { column: "predicted".into(), ..score() }),
        weight: weight.map(str::to_owned),
        ..Roles::default()
    }
}

fn score() -> Score {
    serde_json::from_value(serde_json::json!({ "column": "predicted" })).unwrap()
}

fn measured(roles: &Roles, file: &str) -> Vec<dualtrack_assurance::Measurement> {
    let part = Part { name: file.into(), format: Format::Csv, file: open(file) };
    let stop = AtomicBool::new(false);
    let tables = scan(&[part], roles, &ScanOptions::default(), &|_| {}, &stop).unwrap();
    performance(&tables, &Options::default())
}

fn of(all: &[dualtrack_assurance::Measurement], id: &str) -> Interval {
    let found = all.iter().find(|m| m.definition.as_str() == id && m.slice.attribute.is_none());
    found.unwrap().interval().unwrap_or_else(|| panic!("{id} has no interval"))
}

fn open(name: &str) -> File {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "golden", name].iter().collect();
    File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
