//! `dualtrack ledger`: one module for each group of its commands.

mod erase;
pub(crate) mod init;
pub(crate) mod reading;
mod serve;
pub(crate) mod status;
mod witness;

use std::process::ExitCode;

use jiff::Timestamp;

use crate::cli::{LedgerCommand, WitnessCommand};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Runs the command; `now` is the time.
pub(crate) fn run(command: &LedgerCommand, terminal: Terminal, now: Timestamp) -> Result<ExitCode, Failure> {
    match command {
        LedgerCommand::Init { folder, name, keys, register, key_environment, key_command } => {
            let source = init::chosen(key_environment.as_deref(), key_command.as_deref());
            init::run(folder, name, keys.as_deref(), register.as_deref(), source, terminal, now)?;
        }
        LedgerCommand::Status { place, html } => status::run(place, html.as_deref(), terminal, now)?,
        LedgerCommand::Fsck(place) => return reading::fsck(place, terminal),
        LedgerCommand::Proof { index, place, out, entry_out } => {
            reading::proof(*index, place, out.as_deref(), entry_out.as_deref())?;
        }
        LedgerCommand::Disclose { index, fields, place, out } => {
            reading::disclose(*index, fields, place, out, terminal, now)?;
        }
        LedgerCommand::Export { place, from, to, out, tiles } => {
            reading::export(place, *from, *to, out.as_deref(), tiles.as_deref(), terminal)?;
        }
        LedgerCommand::Erase(arguments) => return erase::run(arguments, terminal, now),
        LedgerCommand::Witness(WitnessCommand::Serve { key, state, logs, listen }) => {
            witness::serve(key, state, logs, *listen, terminal)?;
        }
        LedgerCommand::Witness(WitnessCommand::Ask { url, witness, place }) => {
            witness::ask(url, witness, place, terminal)?;
        }
        LedgerCommand::Serve { place, listen } => serve::run(place, *listen, terminal)?,
    }
    Ok(ExitCode::SUCCESS)
}
