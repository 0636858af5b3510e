//! Reads arbitrary bytes as a receipt and the proof in it.
#![no_main]

#[expect(dead_code, reason = "each target calls one of them")]
mod ledger;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| ledger::parsers::receipt(bytes));
