//! What the targets that read data share: one scan with every role, of the fuzzer's bytes.

use dualtrack_assurance::roles::{Decision, Feature, Group, HigherMeans, Label, Period, Score, Time};
use dualtrack_assurance::{Format, Part, Roles, ScanOptions, scan};
use std::fs::File;
use std::io::Write;
use std::sync::atomic::AtomicBool;

/// The bytes as an open file.
pub fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file can be made");
    file.write_all(bytes).expect("a temporary file can be written");
    file
}

/// Scans the bytes; any answer will do, as long as there is one and an error is one line.
pub fn run(format: Format, bytes: &[u8]) {
    let column = |name: &str| name.to_owned();
    let roles = Roles {
        label: Some(Label { column: column("y"), positive: Some("1".into()), favourable: Some("0".into()) }),
        score: Some(Score { column: column("p"), higher_means: HigherMeans::Positive, probability: true }),
        decision: Some(Decision::Column { column: column("d"), favourable: "1".into() }),
        weight: Some(column("w")),
        time: Some(Time { column: column("t"), period: Period::Month }),
        groups: vec![
            Group { attribute: column("g"), ..Group::default() },
            Group { attribute: column("a"), bins: Some(vec![30.0, 60.0]), ..Group::default() },
        ],
        features: vec![Feature { column: column("x"), ..Feature::default() }],
        ..Roles::default()
    };
    let part = Part { name: "data".into(), format, file: file(bytes) };
    if let Err(error) = scan(&[part], &roles, &ScanOptions::default(), &|_| {}, &AtomicBool::new(false)) {
        assert_eq!(error.to_string().lines().count(), 1);
    }
}
