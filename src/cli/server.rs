//! The command line of the running system: `serve` and what speaks to it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use dualtrack_governance::Action;

/// Arguments of `serve`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  dualtrack serve --data my-bank-data
  dualtrack serve --data my-bank-data --listen 0.0.0.0:7878 --address https://ai.bank.example
  DUALTRACK_DATABASE=postgres://dualtrack@db.bank.example/dualtrack dualtrack serve --data my-bank-data

The first start prints a link with which the first administrator sets a password. `server.yaml` in the data folder
holds the address and the mail server. Put a proxy that speaks TLS before it, or keep it on this machine.")]
pub(crate) struct ServeArguments {
    /// The data folder: ledger, keys, tables, files. It is made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The address to listen at.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    pub(crate) listen: SocketAddr,
    /// The address at which people reach it, where that is another.
    #[arg(long, value_name = "URL")]
    pub(crate) address: Option<String>,
    /// The name of the ledger, on the first start.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Arguments of `demo`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  dualtrack demo
  dualtrack demo --data /tmp/harbour --listen 127.0.0.1:9000

It makes the data folder on the first start, with the example bank, its people and its assessments, and goes on with it
on later ones. Passwords are random for each folder. Remove the folder to begin again.")]
pub(crate) struct DemoArguments {
    /// The data folder of the demo.
    #[arg(long, value_name = "DIR", default_value = "dualtrack-demo")]
    pub(crate) data: PathBuf,
    /// The address to listen at.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    pub(crate) listen: SocketAddr,
    /// Let other machines reach it. Whoever sees the printed passwords can sign in.
    #[arg(long)]
    pub(crate) expose_demo: bool,
}

/// Where the tables are.
#[derive(Args, Debug)]
pub(crate) struct Database {
    /// A PostgreSQL database instead of SQLite in the data folder. With a password, use `DUALTRACK_DATABASE` instead.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

/// Arguments of `rebuild`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  dualtrack rebuild my-bank-data")]
pub(crate) struct RebuildArguments {
    /// The data folder. No server may run on it.
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Arguments of `backup`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  dualtrack backup my-bank-data --to /backups/2026-11-27

The server may run meanwhile. The folder holds keys and hashes of passwords: keep it as safe as the data itself.")]
pub(crate) struct BackupArguments {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// A new folder to write the backup to.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Arguments of `restore`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  dualtrack restore /backups/2026-11-27 --to my-bank-data --register /other-disk/register
  dualtrack restore /backups/2026-11-27 --to look-only --read-only

A ledger must never sign two histories. So a restore needs the last checkpoint that was signed (the register, or what a
witness or the ledger's readers hold): if the backup is older than that, it is refused. With --read-only the keys that
sign are left out: `dualtrack ledger fsck` and `dualtrack verify` read it, and nothing can be written.")]
pub(crate) struct RestoreArguments {
    /// The backup.
    pub(crate) backup: PathBuf,
    /// A new data folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// The last checkpoint that was signed: the register that survived, or a checkpoint that somebody holds.
    #[arg(long, value_name = "FILE", required_unless_present = "read_only")]
    pub(crate) register: Option<PathBuf>,
    /// Leave out the keys that sign.
    #[arg(long)]
    pub(crate) read_only: bool,
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Which server, and as whom. The token comes from the environment, where no list of programs shows it.
#[derive(Args, Clone, Debug)]
pub(crate) struct Server {
    /// The address of the server; also `DUALTRACK_SERVER`. The token is taken from `DUALTRACK_TOKEN`.
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Sign in under this account name, with its password, instead of using a token. What decides over the work of
    /// others (approvals, waivers, confirmations, rules) takes it.
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) account: Option<String>,
}

/// Arguments of `plan`, `diff` and `apply`.
#[derive(Args, Debug)]
pub(crate) struct CodeArguments {
    /// An institution's folder, with `institution.yaml`, `uses/` and so on.
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) server: Server,
}

/// Arguments of `apply`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  dualtrack apply my-bank                 # what is new or differs
  dualtrack apply --found my-bank         # a whole institution into an empty record, once

Applying removes nothing, and brings nothing that somebody has to sign: approvals, waivers and opinions are given by
their own actions. Founding brings those too, as signed before, in the name of the administrator who founds.")]
pub(crate) struct ApplyArguments {
    #[command(flatten)]
    pub(crate) code: CodeArguments,
    /// Bring a whole institution into an empty record.
    #[arg(long)]
    pub(crate) found: bool,
}

/// Arguments of `export`.
#[derive(Args, Debug)]
pub(crate) struct ExportArguments {
    /// A folder to write the record to as YAML files. It must be empty or not exist.
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Hand in evidence from a build: the pieces of a YAML file, with the files that they name.
    #[command(after_help = "Example:\n  dualtrack evidence push evidence/run.yaml --files .")]
    Push {
        /// An evidence file, as `assess --record` writes it.
        file: PathBuf,
        /// The folder in which the files lie that it names.
        #[arg(long, value_name = "DIR", default_value = ".")]
        files: PathBuf,
        #[command(flatten)]
        server: Server,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Set a password with a link that is good once. The password is asked for, or read from standard input.
    Accept {
        /// The link, as it was handed to you.
        link: String,
    },
    /// Make a token for programs. The password is asked for, or read from standard input.
    #[command(after_help = token_help())]
    Token {
        /// The name you sign in with.
        #[arg(long)]
        name: String,
        /// What the token is called.
        #[arg(long, default_value = "command line")]
        called: String,
        /// The actions that it is good for. Without, it is good for all that takes no fresh sign-in.
        #[arg(long, value_delimiter = ',', value_name = "ACTION,…")]
        scopes: Vec<String>,
        /// For how many days.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
        #[command(flatten)]
        server: Server,
    },
}

/// What stands under the help of `account token`: examples, and every scope there is.
fn token_help() -> String {
    let scopes = Action::ALL.into_iter().filter(|action| !action.takes_fresh_sign_in());
    let mut lines = String::new();
    let mut length = 0;
    for scope in scopes.map(Action::as_str) {
        if length + scope.len() > 98 {
            lines.push('\n');
            length = 0;
        }
        lines.push_str(if length == 0 { "  " } else { " " });
        lines.push_str(scope);
        length += scope.len() + 1;
    }
    format!(
        "Examples:
  dualtrack account token --name mok-lai-sheung --called 'my laptop'
  dualtrack account token --name siu-ka-lok --called ci --scopes add-evidence,record-results --days 90

Scopes, each with who may do it and what needs it at `/api/v1/token-scopes` of the server:
{lines}"
    )
}

/// Arguments of `act`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  dualtrack act suspend --set use=client-assistant --set because.en='It answers wrongly.' --set because.zh-Hant='回答有誤。'
  dualtrack act advance --set use=research-assistant --set to=pilot --version 4
  dualtrack act open-incident --json incident.json

`/api/v1/openapi.json` of the server lists every action with its fields.")]
pub(crate) struct ActArguments {
    /// The action.
    pub(crate) action: String,
    /// Fields, each as `name=value`; a dot goes into a field, and a value that reads as JSON is taken as JSON.
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    pub(crate) fields: Vec<String>,
    /// Fields from a JSON file; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// The version that you saw last; refused if somebody changed it since.
    #[arg(long, value_name = "N")]
    pub(crate) version: Option<u64>,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecordsCommand {
    /// Note decisions that were made elsewhere: counts by outcome and the digest of the file; no row leaves this machine.
    #[command(after_help = "Example:
  dualtrack records import decisions.csv --use credit-card-default --time decided_at --outcome decision")]
    Import {
        /// A CSV file of decisions, one a row.
        file: PathBuf,
        /// The use that made them.
        #[arg(long = "use", value_name = "ID")]
        use_id: String,
        /// The column of the time of each decision (RFC 3339, or a day).
        #[arg(long, value_name = "COLUMN")]
        time: String,
        /// The column of what was decided.
        #[arg(long, value_name = "COLUMN")]
        outcome: Option<String>,
        #[command(flatten)]
        server: Server,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_stands_in_the_help_and_on_the_page_about_the_server() {
        let (help, page) = (token_help(), include_str!("../../docs/server.md"));
        for action in Action::ALL {
            let name = action.as_str();
            let in_help = help.split_whitespace().any(|word| word == name);
            assert_eq!(in_help, !action.takes_fresh_sign_in(), "{name}");
            assert!(!in_help || page.contains(&format!("`{name}`")), "docs/server.md does not name `{name}`");
        }
    }
}
