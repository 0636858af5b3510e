//! Reads arbitrary bytes as a segment of entries, as they are and with right sums.
#![no_main]

#[expect(dead_code, reason = "each target calls one of them")]
mod ledger;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| ledger::parsers::segment(bytes));
