//! Ctrl-C, and files that change under the reader: one line, and nothing half-written.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::dualtrack::{command, contents, folder, run_in};
use crate::rows::{ROLES, Rows};

/// So many rows that reading them takes seconds.
fn write_many(path: &Path) {
    let text = Rows::many(10_000).csv();
    let (header, body) = text.split_once('\n').unwrap();
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(file, "{header}").unwrap();
    for _ in 0..150 {
        file.write_all(body.as_bytes()).unwrap();
    }
}

#[test]
fn ctrl_c_ends_a_measurement_in_one_line_and_leaves_nothing() {
    let place = folder();
    write_many(&place.path().join("rows.csv"));
    let before = contents(place.path());
    let line = format!("measure rows.csv {ROLES} --features all --save-cube cube.parquet --html page.html");
    let child = command(place.path())
        .args(line.split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(400));
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(told.success(), "it ended before it could be interrupted");
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), error.as_str()),
        (Some(130), "error: interrupted; nothing was written\n")
    );
    assert!(output.stdout.is_empty());
    assert_eq!(contents(place.path()), before);
}

#[test]
fn a_file_that_grows_while_it_is_read_is_refused() {
    let place = folder();
    let path = place.path().join("rows.csv");
    Rows::many(100_000).write(&path);
    let done = AtomicBool::new(false);
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = OpenOptions::new().append(true).open(&path).unwrap();
            while !done.load(Ordering::Relaxed) {
                file.write_all(b"0,0.5,male,1,decline\n").unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let line = format!("measure rows.csv {ROLES} --save-cube cube.parquet");
        let ran = run_in(place.path(), line.split_whitespace());
        done.store(true, Ordering::Relaxed);
        ran
    });
    insta::assert_snapshot!(ran.refusal(), @"`rows.csv` changed while it was read; run again when nobody writes to it");
    assert!(!place.path().join("cube.parquet").exists());
}
