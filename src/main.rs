//! The `dualtrack` command.
fn main() {}
