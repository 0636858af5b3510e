//! Saved tables come back as they were, and damaged files are errors.

use super::{load, save};
use crate::read::{Format, Part};
use crate::roles::{Decision, Feature, Group, HigherMeans, Label, Period, Roles, Score, Time};
use crate::{ScanOptions, Tables, Value, scan};
use proptest::prelude::*;
use std::fs::File;
use std::io::Write;
use std::sync::atomic::AtomicBool;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn tables(target: bool) -> Tables {
    let mut text = String::from("sex,bad,ok,p,y,w,on,income,job\n");
    for row in 0..400_u32 {
        let sex = ["f", "m", ""][row as usize % 3];
        let line = format!(
            "{sex},{},{},0.{:03},{row},{}.5,2026-0{}-01,{},j{}\n",
            row % 2,
            row % 5 % 2,
            row * 7919 % 1000,
            row % 4,
            row % 3 + 1,
            f64::from(row) * 1.37,
            row % 9
        );
        text.push_str(&line);
    }
    text.push_str("rare,1,1,0.5,1,1,2026-01-01,1,j1\n");
    let roles = Roles {
        label: (!target).then(|| Label {
            column: "bad".into(),
            positive: Some("1".into()),
            favourable: Some("0".into()),
        }),
        target: target.then(|| "y".into()),
        score: Some(Score { column: "p".into(), higher_means: HigherMeans::Positive, probability: true }),
        decision: Some(Decision::Column { column: "ok".into(), favourable: "1".into() }),
        weight: Some("w".into()),
        time: Some(Time { column: "on".into(), period: Period::Month }),
        groups: vec![Group { attribute: "sex".into(), ..Group::default() }],
        features: ["income", "job"]
            .map(|column| Feature { column: column.into(), ..Feature::default() })
            .into(),
        ..Roles::default()
    };
    let options = ScanOptions {
        group_score_bins: 50,
        profile: crate::ProfileLimits { bins: 60, categories: 5 },
        ..ScanOptions::default()
    };
    let part = Part { name: "a.csv".into(), format: Format::Csv, file: file(text.as_bytes()) };
    scan(&[part], &roles, &options, &|_| {}, &AtomicBool::new(false)).unwrap()
}

fn saved(tables: &Tables) -> Vec<u8> {
    let mut bytes = Vec::new();
    save(tables, &mut bytes).unwrap();
    bytes
}

#[test]
fn saved_tables_come_back_exactly() {
    for tables in [tables(false), tables(true)] {
        let bytes = saved(&tables);
        assert_eq!(load("a", &file(&bytes)).unwrap(), tables);
        assert_eq!(saved(&tables), bytes);
    }
}

#[test]
fn a_file_of_something_else_is_refused() {
    let message = load("a.cube", &file(b"not a cube")).unwrap_err().to_string();
    assert!(message.starts_with("`a.cube` cannot be read"), "{message}");
}

#[test]
fn what_few_rows_stand_behind_is_not_given_away() {
    let whole = tables(false);
    let open = whole.suppressed_below(5);
    assert!(open.cube.cells.values().all(|cell| cell.n >= 5));
    assert_eq!(open.cube.rows() + open.suppressed.rows, whole.rows);
    assert!(open.suppressed.cells > 0);
    assert!(!open.cube.attributes[0].values.contains(&Value::from("rare")));
    for part in &open.histograms {
        assert!(part.scores.points().all(|point| point.total().n >= 5));
    }
    assert_eq!(load("a", &file(&saved(&open))).unwrap(), open);
}

#[test]
fn saved_tables_of_two_days_add_up() {
    let tables = tables(false);
    let again = load("a", &file(&saved(&tables))).unwrap();
    let sum = tables.merge(&again).unwrap();
    assert_eq!(sum.rows, 802);
    assert_eq!(load("a", &file(&saved(&sum))).unwrap(), sum);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_damaged_file_is_an_error_or_read_but_never_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut bytes = saved(&tables(false));
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(read) = load("a", &file(&bytes)) {
            let _ = read.merge(&read);
        }
    }
}
