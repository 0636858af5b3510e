//! The `dualtrack` command: arguments, the clock, files and exit codes. What is decided is decided in the crates.

mod assess;
mod assessor;
mod bug;
mod cli;
mod commands;
mod data;
mod demo;
mod discovery;
mod failure;
mod fetch;
mod folder;
mod http;
mod ledger;
mod notices;
mod output;
mod portfolio;
mod product;
mod progress;
mod record;
mod remote;
mod roles;
mod server;
mod sheet;
mod terminal;
mod verify;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::cli::{Cli, Command};
use crate::failure::Failure;
use crate::terminal::{Terminal, printable};

/// Gives back what a computation took; what the C library keeps would stay with the server for good.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The program and its version, as documents name it.
const PROGRAM: &str = concat!("dualtrack ", env!("CARGO_PKG_VERSION"));

fn main() -> ExitCode {
    let ended = bug::guarded(|| match Cli::try_parse() {
        Ok(cli) => run(&cli),
        Err(error) => usage(&error),
    });
    match ended {
        Ok(Ok(code)) => code,
        Ok(Err(Failure::Input(lines))) => {
            complain(&lines);
            ExitCode::from(2)
        }
        Ok(Err(Failure::Interrupted)) => {
            complain(&["interrupted; nothing was written".to_owned()]);
            ExitCode::from(130)
        }
        Err(line) => {
            complain(&[format!("this is a bug in dualtrack: {line}; please tell us what you ran")]);
            ExitCode::from(101)
        }
    }
}

/// Help and version as they are; a wrong argument as one line, without the usage that `--help` shows.
fn usage(error: &clap::Error) -> Result<ExitCode, Failure> {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let code = u8::try_from(error.exit_code()).unwrap_or(2);
        return error
            .print()
            .map(|()| ExitCode::from(code))
            .map_err(|error| Failure::input(format!("cannot write the help: {error}")));
    }
    let text = error.render().to_string();
    let parts = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let mut line = String::new();
    for part in parts.filter(|part| !part.is_empty() && !part.starts_with("For more information")) {
        let joint = if line.is_empty() {
            ""
        } else if line.ends_with(':') {
            " "
        } else {
            "; "
        };
        line = format!("{line}{joint}{}", part.trim_start_matches("error: ").trim_start_matches("tip: "));
    }
    Err(Failure::input(line + "; `--help` shows what there is"))
}

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let terminal = Terminal::detect(cli.colour, no_color(), cli.language.into());
    remote::speak(cli.language.into());
    match &cli.command {
        Command::Guidelines(command) => {
            commands::guidelines::run(command, terminal, today()).map(|()| ExitCode::SUCCESS)
        }
        Command::Approval(arguments) => commands::approval::run(arguments).map(|()| ExitCode::SUCCESS),
        Command::Measure(arguments) => {
            commands::measure::run(arguments, terminal).map(|()| ExitCode::SUCCESS)
        }
        Command::Cube(command) => commands::cube::run(command).map(|()| ExitCode::SUCCESS),
        Command::Ledger(command) => commands::ledger::run(command, terminal, now()),
        Command::Keys(command) => commands::keys::run(command, terminal, now()).map(|()| ExitCode::SUCCESS),
        Command::Verify(arguments) => commands::verify::run(arguments, terminal),
        Command::Serve(arguments) => {
            commands::serve::run(arguments, terminal, now()).map(|()| ExitCode::SUCCESS)
        }
        Command::Rebuild(arguments) => commands::serve::rebuild(arguments, terminal, now())
            .map(|differs| ExitCode::from(u8::from(differs))),
        Command::Backup(arguments) => {
            commands::serve::backup(arguments, terminal).map(|()| ExitCode::SUCCESS)
        }
        Command::Restore(arguments) => {
            commands::serve::restore(arguments, terminal, now()).map(|()| ExitCode::SUCCESS)
        }
        Command::Plan(arguments) => {
            commands::code::plan(arguments, false, terminal).map(|_| ExitCode::SUCCESS)
        }
        Command::Diff(arguments) => {
            commands::code::plan(arguments, true, terminal).map(|differs| ExitCode::from(u8::from(differs)))
        }
        Command::Apply(arguments) => commands::code::apply(arguments, terminal).map(|()| ExitCode::SUCCESS),
        Command::Export(arguments) => commands::code::export(arguments, terminal).map(|()| ExitCode::SUCCESS),
        Command::Evidence(command) => commands::code::evidence(command, terminal).map(|()| ExitCode::SUCCESS),
        Command::Account(command) => commands::account::run(command, terminal).map(|()| ExitCode::SUCCESS),
        Command::Act(arguments) => commands::account::act(arguments).map(|()| ExitCode::SUCCESS),
        Command::Records(command) => {
            commands::account::records(command, terminal).map(|()| ExitCode::SUCCESS)
        }
        Command::Portfolio(command) => {
            commands::portfolio::run(command, terminal, now()).map(|()| ExitCode::SUCCESS)
        }
        Command::Discovery(command) => {
            commands::discovery::run(command, terminal).map(|()| ExitCode::SUCCESS)
        }
        Command::Demo(arguments) => demo::run(arguments, terminal, now()).map(|()| ExitCode::SUCCESS),
        Command::Assess(arguments) => commands::assess::run(arguments, terminal, now(), today()),
    }
}

/// Today in Hong Kong, where the guidelines apply.
fn today() -> jiff::civil::Date {
    now().to_zoned(hong_kong()).date()
}

#[expect(clippy::disallowed_methods, reason = "the binary is where the clock is read")]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Hong Kong has kept one offset since 1979.
pub(crate) fn hong_kong() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::fixed(jiff::tz::offset(8))
}

/// Whether the environment asks for no colour (no-color.org).
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

pub(crate) fn complain(lines: &[String]) {
    let mut error = std::io::stderr().lock();
    for line in lines {
        let _ = writeln!(error, "error: {}", printable(line));
    }
}
