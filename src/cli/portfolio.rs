//! The command line of what comes from elsewhere: a portfolio in a spreadsheet, uses that logs and expenses show.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;

use super::Server;

#[derive(Debug, Subcommand)]
pub(crate) enum PortfolioCommand {
    /// Bring an existing portfolio in from CSV or XLSX. Without --commit it only says what would come in and what is wrong.
    #[command(after_help = "Examples:
  dualtrack portfolio import portfolio.xlsx                          # a dry run: every row error, nothing is changed
  dualtrack portfolio import portfolio.xlsx --catch-up 2027-06-30    # one day for all that runs and has no plan
  dualtrack portfolio import portfolio.csv --map columns.yaml --commit

A use that runs comes in as inherited, with a dated plan to catch up. No approval is made up for it. One wrong row, and
nothing comes in; the exit code is 2.")]
    Import {
        /// A .csv file in UTF-8, or an .xlsx workbook.
        file: PathBuf,
        /// The sheet of the workbook, if it has several.
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
        /// A YAML file that says which column holds which field; otherwise usual headings are understood.
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
        /// The day until which a live use catches up, where its row does not say.
        #[arg(long, value_name = "DATE")]
        catch_up: Option<Date>,
        /// Bring it in.
        #[arg(long)]
        commit: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Take an import back: its uses are retired, if nobody did anything with them since.
    #[command(after_help = "Example:\n  dualtrack portfolio undo 'portfolio.xlsx 2026-11-27T17:15:30'")]
    Undo {
        /// The name of the import, as `import --commit` printed it.
        from: String,
        #[command(flatten)]
        server: Server,
    },
    /// Print a CSV file to fill in: headings and one example row.
    #[command(after_help = "Example:\n  dualtrack portfolio template --language zh-Hant > portfolio.csv")]
    Template,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DiscoveryCommand {
    /// Find AI services in an extract of a proxy log or of expenses, and enter them as candidates.
    #[command(after_help = "Examples:
  dualtrack discovery import proxy.csv --kind proxy
  dualtrack discovery import expenses.xlsx --kind expense --map columns.yaml

Counts and days leave this machine, names of people never do. A file replaces what one of its kind said before; the
days seen add up.")]
    Import {
        /// A .csv file in UTF-8, or an .xlsx workbook.
        file: PathBuf,
        /// What it holds.
        #[arg(long, value_enum)]
        kind: ExportKind,
        /// The sheet of the workbook, if it has several.
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
        /// A YAML file that says which column holds which field; otherwise usual headings are understood.
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
        #[command(flatten)]
        server: Server,
    },
    /// List the candidates, and what became of each.
    List {
        #[command(flatten)]
        server: Server,
    },
}

/// What an export holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportKind {
    /// Lines of a proxy log: user, host, time, bytes.
    Proxy,
    /// Expenses: date, merchant, amount, department.
    Expense,
}
