//! Loads arbitrary bytes as saved tables; what loads must merge and save again.
#![no_main]

#[expect(dead_code, reason = "only the open file is needed here")]
mod common;

use dualtrack_assurance::saved::{load, save};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(tables) = load("data", &common::file(bytes)) {
        let _ = tables.merge(&tables);
        let _ = save(&tables, Vec::new());
    }
});
