//! Row passes: what the tables of a scan cannot say, one column at a time.
//!
//! [`drift`] compares the numbers of one column of two data sets exactly, by sorting them;
//! [`duplicate_rows`] counts repeated rows. They hold eight and sixteen bytes a row while they run, and
//! neither is offered from saved tables.

use crate::error::ScanError;
use crate::fixed::ExactSum;
use crate::histogram::{ordered, unordered};
use crate::read::{Part, Wanted, guarded, open};
use crate::scan::Numbers;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

/// How the numbers of one column differ between two data sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactDrift {
    /// Finite numbers in the reference data.
    pub reference_rows: u64,
    /// Finite numbers in the current data.
    pub current_rows: u64,
    /// The two-sample Kolmogorov–Smirnov statistic.
    pub ks: f64,
    /// The Wasserstein-1 distance, in the column's unit.
    pub wasserstein: f64,
    /// The standard deviation of the reference (divisor n − 1), to normalise by; NaN for one row.
    pub reference_deviation: f64,
}

/// Compares the finite numbers of one column of two data sets. Missing and other values are left out.
pub fn drift(
    reference: &[Part],
    current: &[Part],
    column: &str,
    stop: &AtomicBool,
) -> Result<ExactDrift, ScanError> {
    let (reference, current) = std::thread::scope(|scope| {
        let other = scope.spawn(|| sorted(current, column, stop));
        let mine = sorted(reference, column, stop);
        (mine, other.join().unwrap_or_else(|_| Err(ScanError::Unfit("a reading thread failed".into()))))
    });
    let (reference, current) = (reference?, current?);
    let (ks, wasserstein) = distances(&reference, &current);
    Ok(ExactDrift {
        reference_rows: reference.len() as u64,
        current_rows: current.len() as u64,
        ks,
        wasserstein,
        reference_deviation: deviation(&reference),
    })
}

/// How many rows there are, and how many of them repeat an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicates {
    /// All rows.
    pub rows: u64,
    /// Rows that are equal to an earlier one in all the columns.
    pub repeated: u64,
}

/// Counts the rows that repeat an earlier one in all the given columns (all columns, if none is given).
///
/// Rows are compared by 128-bit hashes: among a thousand million distinct rows the chance of one false
/// repetition is below one in 10²⁰.
pub fn duplicate_rows(parts: &[Part], columns: &[&str], stop: &AtomicBool) -> Result<Duplicates, ScanError> {
    let all = match parts.first() {
        Some(part) if columns.is_empty() => crate::read::columns(part)?,
        _ => columns.iter().map(|&column| column.to_owned()).collect(),
    };
    let wanted: Vec<Wanted> = all.into_iter().map(|name| Wanted { name, coded: false }).collect();
    let mut hashes: Vec<[u64; 2]> = Vec::new();
    each(parts, &wanted, stop, &mut |columns, rows, _| {
        let start = hashes.len();
        hashes.resize(start + rows, SEED);
        if let Some(fresh) = hashes.get_mut(start..) {
            columns.iter().try_for_each(|column| add_hashes(column, fresh))?;
        }
        Ok(())
    })?;
    hashes.sort_unstable();
    let rows = hashes.len();
    hashes.dedup();
    Ok(Duplicates { rows: rows as u64, repeated: (rows - hashes.len()) as u64 })
}

/// The finite numbers of a column as ordered bits, rising.
fn sorted(parts: &[Part], column: &str, stop: &AtomicBool) -> Result<Vec<u64>, ScanError> {
    let wanted = [Wanted { name: column.into(), coded: false }];
    let mut keys = Vec::new();
    each(parts, &wanted, stop, &mut |columns, _, part| {
        let Some(array) = columns.first() else { return Ok(()) };
        let numbers = Numbers::of(array).map_err(|kind| ScanError::WrongType {
            column: column.into(),
            part: part.into(),
            kind: kind.to_string(),
            role: "a number",
        })?;
        if numbers.values.null_count() == 0 {
            keys.extend(numbers.values.values().iter().filter(|n| n.is_finite()).map(|&n| ordered(n)));
        } else {
            keys.extend(numbers.values.iter().flatten().filter(|n| n.is_finite()).map(ordered));
        }
        Ok(())
    })?;
    if keys.is_empty() {
        return Err(ScanError::Empty(format!("column `{column}` that hold a finite number")));
    }
    keys.sort_unstable();
    Ok(keys)
}

type Rows<'a> = dyn FnMut(&[ArrayRef], usize, &str) -> Result<(), ScanError> + 'a;

fn each(parts: &[Part], wanted: &[Wanted], stop: &AtomicBool, take: &mut Rows<'_>) -> Result<(), ScanError> {
    for part in parts {
        guarded(&part.name, || {
            let opened = open(part, wanted)?;
            for piece in 0..opened.pieces {
                opened.read(piece, &mut |batch| {
                    if stop.load(Ordering::Relaxed) {
                        return Err(ScanError::Interrupted);
                    }
                    take(&batch.columns, batch.rows, batch.part)
                })?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The greatest difference of the two distribution functions, and the area between them.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn distances(left: &[u64], right: &[u64]) -> (f64, f64) {
    let (lefts, rights) = (left.len() as f64, right.len() as f64);
    let (mut i, mut j) = (0, 0);
    let (mut greatest, mut area) = (0.0_f64, 0.0);
    let mut last: Option<f64> = None;
    let mut gap = 0.0_f64;
    while let Some(key) = [left.get(i), right.get(j)].into_iter().flatten().min().copied() {
        let number = unordered(key);
        if let Some(last) = last {
            area += gap * (number - last);
        }
        while left.get(i) == Some(&key) {
            i += 1;
        }
        while right.get(j) == Some(&key) {
            j += 1;
        }
        gap = (i as f64 / lefts - j as f64 / rights).abs();
        greatest = greatest.max(gap);
        last = Some(number);
    }
    (greatest, area)
}

/// By two passes over the sorted numbers, so that the same rows always give the same bits.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn deviation(keys: &[u64]) -> f64 {
    let mut sum = ExactSum::default();
    let rows = keys.len() as f64;
    for &key in keys {
        sum.add(unordered(key));
    }
    let mean = sum.value() / rows;
    let squares: f64 = keys.iter().map(|&key| (unordered(key) - mean).powi(2)).sum();
    if keys.len() > 1 { (squares / (rows - 1.0)).sqrt() } else { f64::NAN }
}

fn add_hashes(array: &ArrayRef, hashes: &mut [[u64; 2]]) -> Result<(), ScanError> {
    match array.data_type() {
        DataType::Utf8 => add_each(array.as_string::<i32>().iter(), hashes),
        DataType::Int64 => add_each(array.as_primitive::<Int64Type>().iter(), hashes),
        DataType::Float64 => {
            add_each(array.as_primitive::<Float64Type>().iter().map(|n| n.map(ordered)), hashes);
        }
        kind => {
            let text = arrow::compute::cast(array, &DataType::Utf8).map_err(|_| {
                ScanError::Unfit(format!(
                    "columns of type {kind} cannot be compared; name the columns to compare"
                ))
            })?;
            add_each(text.as_string::<i32>().iter(), hashes);
        }
    }
    Ok(())
}

/// Two hashes that start apart are together one of 128 bits.
fn add_each(values: impl Iterator<Item = impl Hash>, hashes: &mut [[u64; 2]]) {
    for (hashes, value) in hashes.iter_mut().zip(values) {
        for hash in hashes {
            let mut hasher = DefaultHasher::new();
            hash.hash(&mut hasher);
            value.hash(&mut hasher);
            *hash = hasher.finish();
        }
    }
}

const SEED: [u64; 2] = [0x5eed, 0x5eed_5eed];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Format;
    use proptest::prelude::*;
    use std::io::Write;

    fn part(text: &str) -> Vec<Part> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        vec![Part { name: "a.csv".into(), format: Format::Csv, file }]
    }

    #[test]
    fn drift_of_a_small_column_is_what_it_is_by_hand() {
        let stop = AtomicBool::new(false);
        let result = drift(&part("x\n1\n2\n3\n4\n"), &part("x\n2\n3\n4\n5\n\n"), "x", &stop).unwrap();
        assert_eq!((result.reference_rows, result.current_rows), (4, 4));
        assert!((result.ks - 0.25).abs() < 1e-15 && (result.wasserstein - 1.0).abs() < 1e-15);
        assert!((result.reference_deviation - (5.0_f64 / 3.0).sqrt()).abs() < 1e-15);
        assert!(drift(&part("x,y\na,\nb,\n"), &part("x\n1\n"), "x", &stop).is_err());
    }

    #[test]
    fn repeated_rows_are_counted() {
        let stop = AtomicBool::new(false);
        let data = part("a,b\n1,x\n1,y\n1,x\n,x\n,x\n");
        assert_eq!(duplicate_rows(&data, &[], &stop).unwrap(), Duplicates { rows: 5, repeated: 2 });
        assert_eq!(duplicate_rows(&data, &["a"], &stop).unwrap(), Duplicates { rows: 5, repeated: 3 });
    }

    proptest! {
        #[test]
        fn wasserstein_of_equally_many_numbers_is_the_mean_distance_of_the_sorted(
            pairs in prop::collection::vec((-100.0_f64..100.0, -100.0_f64..100.0), 1..50),
        ) {
            let mut left: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
            let mut right: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
            left.sort_by(f64::total_cmp);
            right.sort_by(f64::total_cmp);
            let count = f64::from(u32::try_from(left.len()).unwrap());
            let mean = left.iter().zip(&right).map(|(a, b)| (a - b).abs()).sum::<f64>() / count;
            let keys = |numbers: &[f64]| numbers.iter().map(|&n| ordered(n)).collect::<Vec<_>>();
            let (ks, area) = distances(&keys(&left), &keys(&right));
            prop_assert!((area - mean).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&ks));
        }
    }
}
