//! The command line: names, arguments and help texts. It decides nothing.

mod ledger;
mod portfolio;
mod server;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use dualtrack_catalogue::Language;
use jiff::civil::Date;

pub(crate) use ledger::{
    EraseArguments, ErasureReason, KeysCommand, LedgerCommand, LedgerPlace, VerifyArguments, WitnessCommand,
};

pub(crate) use portfolio::{DiscoveryCommand, ExportKind, PortfolioCommand};

pub(crate) use server::{
    AccountCommand, ActArguments, ApplyArguments, BackupArguments, CodeArguments, DemoArguments,
    EvidenceCommand, ExportArguments, RebuildArguments, RecordsCommand, RestoreArguments, ServeArguments,
    Server,
};

/// Puts AI in finance to work under Hong Kong's guidelines: a use of AI moves only as far as its evidence allows.
#[derive(Debug, Parser)]
#[command(name = "dualtrack", version, max_term_width = 100)]
#[command(after_help = "Examples:
  dualtrack demo
  dualtrack assess examples/harbour-bank
  dualtrack assess examples/harbour-bank --use credit-card-default --gate next
  dualtrack guidelines controls --for examples/harbour-bank/uses/client-assistant.yaml
  dualtrack measure scores.csv --label default=1 --favourable 0 --score pd \\
      --higher-means event --decision outcome=approve --groups sex=male

Exit codes: 0 the command ran; 1 a requested gate is shut; 2 the input is wrong; 101 a bug in dualtrack; 130 interrupted.")]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// The language of what is printed.
    #[arg(long, global = true, value_enum, default_value_t = CliLanguage::En)]
    pub(crate) language: CliLanguage,
    /// Whether to use colour. `auto` means only on a terminal, and not when `NO_COLOR` is set.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub(crate) colour: Colour,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the whole system with an example bank, and look around.
    Demo(DemoArguments),
    /// Assess the AI uses of an institution against the guidelines.
    Assess(AssessArguments),
    /// Print what an approver signs: an approval of a use as it is now, with blanks to fill in.
    Approval(ApprovalArguments),
    /// Read the guidelines: what they ask, of whom, and when.
    #[command(subcommand)]
    Guidelines(GuidelinesCommand),
    /// Measure a data set: performance, calibration, fairness, drift, data quality.
    Measure(Box<MeasureArguments>),
    /// Cubes: tables of counts and sums that hold no person.
    #[command(subcommand)]
    Cube(CubeCommand),
    /// The evidence ledger of an institution: begin, look, check, prove, hand over, erase, witness, serve.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Keys that sign: make, show, rotate, retire.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Verify a tamper-evident log, or what was handed over from one, offline and without its institution.
    Verify(VerifyArguments),
    /// Serve the record of an institution: its people, its actions, its API.
    Serve(ServeArguments),
    /// Make the index anew from the ledger, and compare it row for row with the one there is.
    Rebuild(RebuildArguments),
    /// Copy a data folder, while its server may run.
    Backup(BackupArguments),
    /// Put a backup into a new data folder, never so that it could sign a second history.
    Restore(RestoreArguments),
    /// Show which documents of a folder are new or differ from the record of a server.
    #[command(after_help = "Example:\n  dualtrack plan my-bank --server http://127.0.0.1:7878")]
    Plan(CodeArguments),
    /// Show field by field how a folder differs from the record; the exit code is 1 if it does.
    Diff(CodeArguments),
    /// Bring what is new or differs in a folder into the record of a server.
    Apply(ApplyArguments),
    /// Write the record of a server as YAML files.
    #[command(after_help = "Example:\n  dualtrack export my-bank-as-files")]
    Export(ExportArguments),
    /// Evidence from builds.
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// One's account on a server: a password, tokens.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Do something on a server: any action, by its name and fields.
    Act(ActArguments),
    /// Decisions that were made elsewhere.
    #[command(subcommand)]
    Records(RecordsCommand),
    /// An existing portfolio of uses, from a spreadsheet.
    #[command(subcommand)]
    Portfolio(PortfolioCommand),
    /// Uses of AI that nobody registered, as proxy logs and expenses show them.
    #[command(subcommand)]
    Discovery(DiscoveryCommand),
}

/// Arguments of `assess`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  dualtrack assess examples/harbour-bank
  dualtrack assess my-bank --use assistant --gate pilot      # exit code 1 while the gate is shut
  dualtrack assess my-bank --format junit > result.xml
  dualtrack assess my-bank --as-of 2026-06-30                # what was known that day; no check runs
  dualtrack assess my-bank --record --by validator-id        # keep the checks as evidence files")]
pub(crate) struct AssessArguments {
    /// The institution's folder, with `institution.yaml`, `uses/`, `evidence/` and so on.
    pub(crate) folder: PathBuf,
    /// Assess only this use; may be given several times.
    #[arg(long = "use", value_name = "ID")]
    pub(crate) uses: Vec<String>,
    /// Where to write the HTML report. Never inside the assessed folder.
    #[arg(long, value_name = "DIR", default_value = "dualtrack-report")]
    pub(crate) out: PathBuf,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Exit with code 1 when this gate is shut for a use: `sandbox`, `pilot`, `production`, or `next`.
    ///
    /// A use that is beyond the named stage is not asked. `next` asks a use in production whether it may stay.
    #[arg(long, value_name = "NAME|next")]
    pub(crate) gate: Option<String>,
    /// Assess as of this day: only what is dated on or before it counts, and no check runs.
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with = "record")]
    pub(crate) as_of: Option<Date>,
    /// Keep the results of the checks as evidence files in the folder.
    #[arg(long, requires = "by")]
    pub(crate) record: bool,
    /// Who runs the checks, as a person in `people.yaml`.
    #[arg(long, value_name = "PERSON")]
    pub(crate) by: Option<String>,
    /// Show the controls that do not apply as well.
    #[arg(long)]
    pub(crate) all: bool,
    /// Read guidelines from this folder instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) guidelines: Option<PathBuf>,
    /// Take a data set's measurements from a saved cube instead of its rows.
    #[arg(long, value_name = "DATASET=FILE")]
    pub(crate) cube: Vec<String>,
    /// Replicates of each bootstrap interval.
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub(crate) replicates: u32,
    /// Enter the run into the ledger of this folder; that of the institution, where it has one.
    #[arg(long, value_name = "DIR", conflicts_with = "as_of")]
    pub(crate) ledger: Option<PathBuf>,
    /// Enter nothing into the institution's ledger.
    #[arg(long, conflicts_with = "ledger")]
    pub(crate) no_ledger: bool,
}

/// Arguments of `approval`.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  dualtrack approval my-bank --use assistant > signed.yaml
  # fill in `by`, `role` and `on`, then move it to my-bank/approvals/")]
pub(crate) struct ApprovalArguments {
    /// The institution's folder, with `institution.yaml`, `uses/`, `evidence/` and so on.
    pub(crate) folder: PathBuf,
    /// The use to approve.
    #[arg(long = "use", value_name = "ID")]
    pub(crate) use_id: String,
    /// Read guidelines from this folder instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) guidelines: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GuidelinesCommand {
    /// List the guidelines with status, date and number of controls.
    List(GuidelinesSource),
    /// Show one guideline with all its controls.
    #[command(after_help = "Example:\n  dualtrack guidelines show sfc-genai-2024 --language zh-hant")]
    Show {
        /// The guideline, such as `sfc-genai-2024`, or one control, such as `sfc-genai-2024.disclose-ai`.
        id: String,
        /// Which version; the one in force if left out.
        #[arg(long)]
        version: Option<u32>,
        #[command(flatten)]
        source: GuidelinesSource,
    },
    /// Show which controls apply to a use, which do not, and which facts are missing.
    #[command(after_help = "Example:
  dualtrack guidelines controls --for examples/harbour-bank/uses/client-assistant.yaml")]
    Controls {
        /// The use's file, inside an institution's folder.
        #[arg(long = "for", value_name = "USE.yaml")]
        file: PathBuf,
        #[command(flatten)]
        source: GuidelinesSource,
    },
    /// Show which checks exist, what they can show, and how many controls have one.
    Checks(GuidelinesSource),
    /// Show what changed between two versions of a guideline.
    Difference {
        /// The guideline.
        id: String,
        /// From this version.
        from: u32,
        /// To this version.
        to: u32,
        #[command(flatten)]
        source: GuidelinesSource,
    },
}

/// Which guidelines, and of which day.
#[derive(Args, Debug)]
pub(crate) struct GuidelinesSource {
    /// As of this day instead of today.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<Date>,
    /// Read guidelines from this folder instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) guidelines: Option<PathBuf>,
}

/// Which columns play which role. Values that matter to people are declared, never guessed.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Roles of the columns")]
pub(crate) struct RoleArguments {
    /// The label, and the value that is the event: `default=1`. Without `=VALUE` the label is multiclass.
    #[arg(long, value_name = "COLUMN[=EVENT]")]
    pub(crate) label: Option<String>,
    /// The value of the label that is good for the person: `0`. Needed for fairness.
    #[arg(long, value_name = "VALUE")]
    pub(crate) favourable: Option<String>,
    /// A numeric target (regression) instead of a label.
    #[arg(long, value_name = "COLUMN", conflicts_with = "label")]
    pub(crate) target: Option<String>,
    /// The model's score.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) score: Option<String>,
    /// Whether a higher score speaks for or against the event.
    #[arg(long, value_enum, value_name = "DIRECTION")]
    pub(crate) higher_means: Option<Direction>,
    /// The score is not a probability of the event: leave out calibration, log loss and Brier.
    #[arg(long)]
    pub(crate) not_probability: bool,
    /// The decision, and the value that is good for the person: `decision=approve`.
    #[arg(long, value_name = "COLUMN[=FAVOURABLE]")]
    pub(crate) decision: Option<String>,
    /// Instead of a decision column: favourable when the score is below this.
    #[arg(long, value_name = "SCORE", conflicts_with_all = ["decision", "favourable_at_least"])]
    pub(crate) favourable_below: Option<f64>,
    /// Instead of a decision column: favourable when the score is at least this.
    #[arg(long, value_name = "SCORE", conflicts_with = "decision")]
    pub(crate) favourable_at_least: Option<f64>,
    /// Protected attributes, each with its reference group if it has one: `sex=male,age_band`.
    #[arg(long, value_delimiter = ',', value_name = "COLUMN[=REFERENCE],…")]
    pub(crate) groups: Vec<String>,
    /// Intersections of attributes: `sex+age_band`.
    #[arg(long, value_delimiter = ',', value_name = "A+B,…")]
    pub(crate) intersections: Vec<String>,
    /// A column of weights.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) weight: Option<String>,
    /// A column of time, and how it is cut into periods: `month=as-is`, `date=quarter`.
    #[arg(long, value_name = "COLUMN[=PERIOD]")]
    pub(crate) time: Option<String>,
    /// Columns to profile for drift and data quality; `all` means every column without another role.
    #[arg(long, value_delimiter = ',', value_name = "COLUMN,…")]
    pub(crate) features: Vec<String>,
}

/// Arguments of `measure`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  dualtrack measure scores.csv --label default=1 --favourable 0 --score pd --higher-means event \\
      --favourable-below 0.3 --groups sex=male,age_band --intersections sex+age_band
  dualtrack measure day1.parquet day2.parquet --features all --save-cube days.cube.parquet
  dualtrack measure --cube monday.cube.parquet --cube tuesday.cube.parquet
  dualtrack measure current.parquet --against reference.parquet --features all")]
pub(crate) struct MeasureArguments {
    /// CSV, Parquet or Arrow IPC files of one data set, or a folder of them.
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) roles: RoleArguments,
    /// A reference data set for drift (file or folder).
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,
    /// Measure drift by exact row passes (sorting) instead of bins.
    #[arg(long, requires = "against")]
    pub(crate) exact: bool,
    /// Saved cubes to add up and measure instead of rows.
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    pub(crate) cube: Vec<PathBuf>,
    /// Save the cube of this scan (Parquet).
    #[arg(long, value_name = "FILE")]
    pub(crate) save_cube: Option<PathBuf>,
    /// Leave cells with fewer rows than this out of the saved cube.
    #[arg(long, value_name = "N", requires = "save_cube")]
    pub(crate) suppress_below: Option<u64>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = MeasureFormat::Text)]
    pub(crate) format: MeasureFormat,
    /// Write a page with charts to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// The level of the intervals.
    #[arg(long, default_value_t = 0.95)]
    pub(crate) level: f64,
    /// Replicates of each bootstrap interval.
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub(crate) replicates: u32,
    /// The seed of the bootstrap.
    #[arg(long, default_value_t = dualtrack_assurance::Options::default().seed)]
    pub(crate) seed: u64,
    /// Fewer rows than this are too few to measure a group.
    #[arg(long, default_value_t = 30, value_name = "N")]
    pub(crate) least_rows: u64,
    /// Only these families.
    #[arg(long, value_delimiter = ',', value_enum)]
    pub(crate) only: Vec<FamilyArgument>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CubeCommand {
    /// Print the query that makes the decision cube in your own warehouse, so that rows never leave it.
    #[command(after_help = "Example:
  dualtrack cube sql --dialect postgres --table scores --label default=1 --favourable 0 \\
      --decision outcome=approve --groups sex,age_band")]
    Sql {
        /// The warehouse.
        #[arg(long, default_value = "duckdb")]
        dialect: String,
        /// The table or view.
        #[arg(long)]
        table: String,
        #[command(flatten)]
        roles: Box<RoleArguments>,
    },
    /// Add up saved cubes of the same roles into one.
    Merge {
        /// Saved cubes.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        /// Leave cells with fewer rows than this out.
        #[arg(long, value_name = "N")]
        suppress_below: Option<u64>,
    },
    /// Read the answer of the printed query (CSV or Parquet) back as a cube.
    Import {
        /// The answer of the query.
        file: PathBuf,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        roles: Box<RoleArguments>,
    },
}

/// What `assess` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For machines; the schema is docs/schemas/assessment.schema.json.
    Json,
    /// For build servers.
    Junit,
}

/// What `measure` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MeasureFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// A family of measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FamilyArgument {
    /// How well the score or decision fits the label.
    Performance,
    /// Whether a probability means what it says.
    Calibration,
    /// How groups fare.
    Fairness,
    /// What moved.
    Drift,
    /// What is wrong with the data.
    Quality,
}

/// What a higher score speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Direction {
    /// For the event.
    Event,
    /// Against the event.
    NoEvent,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// Only on a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The language of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CliLanguage {
    /// English.
    En,
    /// Traditional Chinese (Hong Kong).
    #[value(name = "zh-hant", aliases = ["zh-Hant", "zh", "zh-hk", "zh-HK"])]
    ZhHant,
}

impl From<CliLanguage> for Language {
    fn from(language: CliLanguage) -> Self {
        match language {
            CliLanguage::En => Self::En,
            CliLanguage::ZhHant => Self::ZhHant,
        }
    }
}

/// Reads a day of the calendar.
fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "no such day; write it as 2026-06-30".to_owned())
}
