//! Reads arbitrary bytes as a key store.
#![no_main]

#[expect(dead_code, reason = "each target calls one of them")]
mod ledger;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| ledger::parsers::key_store(bytes));
