//! Scans arbitrary bytes as Csv: no panic, no endless loop, an error of one line.
#![no_main]

mod common;

use dualtrack_assurance::Format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| common::run(Format::Csv, bytes));
