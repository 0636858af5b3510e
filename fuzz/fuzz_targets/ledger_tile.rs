//! Reads arbitrary bytes as the path of a tile and as a bundle of entries.
#![no_main]

#[expect(dead_code, reason = "each target calls one of them")]
mod ledger;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| ledger::parsers::tile(bytes));
