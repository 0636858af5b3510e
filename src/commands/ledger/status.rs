//! `dualtrack ledger status`: how the ledger stands, in words or as a page.

use std::path::Path;

use crate::cli::LedgerPlace;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Shows it.
pub(crate) fn run(_place: &LedgerPlace, _html: Option<&Path>, _terminal: Terminal) -> Result<(), Failure> {
    Ok(())
}
