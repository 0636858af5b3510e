//! What the targets of the ledger share with its tests: what each parser keeps to, and a disk in memory.

#[path = "../../crates/ledger/tests/it/parsers.rs"]
pub mod parsers;
#[path = "../../crates/ledger/tests/it/simulated.rs"]
mod simulated;
