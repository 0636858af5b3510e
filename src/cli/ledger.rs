//! The command line of the ledger: `ledger`, `keys` and `verify`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Which ledger, and where its keys and register lie if not where it was begun with.
#[derive(Args, Clone, Debug)]
pub(crate) struct LedgerPlace {
    /// The institution's folder, or that of its ledger.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) ledger: PathBuf,
    /// The folder of its keys, if it moved.
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// The file of its register, if it moved.
    #[arg(long, value_name = "FILE")]
    pub(crate) register: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Begin the ledger of an institution: `ledger/` in its folder, keys and register elsewhere.
    #[command(after_help = "Examples:
  dualtrack ledger init my-bank --name bank.example/ledger
  dualtrack ledger init my-bank --name bank.example/ledger --keys /secure/keys --register /other-disk/register
  dualtrack ledger init my-bank --name bank.example/ledger --key-environment LEDGER_KEY
  dualtrack ledger init my-bank --name bank.example/ledger --key-command 'kms-client decrypt ledger-key'

Keep keys and register apart from the ledger and from each other's backups: whoever has all three can begin anew.")]
    Init {
        /// The institution's folder.
        folder: PathBuf,
        /// The name of the log in its checkpoints, such as `bank.example/ledger`.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The folder of the keys; beside the user's other data if left out.
        #[arg(long, value_name = "DIR")]
        keys: Option<PathBuf>,
        /// The file of the last signed checkpoint, best on another disk; in the folder of the keys if left out.
        #[arg(long, value_name = "FILE")]
        register: Option<PathBuf>,
        /// Take the private key from this environment variable instead of making one.
        #[arg(long, value_name = "NAME", conflicts_with = "key_command")]
        key_environment: Option<String>,
        /// Take the private key from what this command prints, such as the client of a KMS.
        #[arg(long, value_name = "COMMAND")]
        key_command: Option<String>,
    },
    /// Show how the ledger stands: entries, batches, last checkpoint, keys, witnesses.
    #[command(after_help = "Examples:\n  dualtrack ledger status --ledger my-bank
  dualtrack ledger status --ledger my-bank --html ledger.html --language zh-hant")]
    Status {
        #[command(flatten)]
        place: LedgerPlace,
        /// Write a page with a picture of its growth.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Check every entry, batch, payload, tile and signed checkpoint where they lie. Repairs nothing.
    Fsck(LedgerPlace),
    /// Write the receipt of an entry, which shows anyone that it is in the ledger.
    #[command(after_help = "Example:
  dualtrack ledger proof 12 --ledger my-bank --out receipt.tlog-proof --entry-out entry.json
  dualtrack verify receipt.tlog-proof --entry entry.json --key NAME+HASH+KEY")]
    Proof {
        /// The index of the entry, from 0.
        index: u64,
        #[command(flatten)]
        place: LedgerPlace,
        /// Where to write the receipt; printed if left out.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Where to write the entry.
        #[arg(long, value_name = "FILE")]
        entry_out: Option<PathBuf>,
    },
    /// Show chosen sealed fields of an entry, and nothing else of it. That they were shown is entered.
    #[command(after_help = "Example:
  dualtrack ledger disclose 12 --fields statement --ledger my-bank --out shown.json
  dualtrack verify shown.json --key NAME+HASH+KEY")]
    Disclose {
        /// The index of the entry, from 0.
        index: u64,
        /// The fields to show.
        #[arg(long, value_delimiter = ',', required = true, value_name = "NAME,…")]
        fields: Vec<String>,
        #[command(flatten)]
        place: LedgerPlace,
        /// Where to write what is shown.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Hand over all entries of a range with what shows that they are all, or the whole log in the layout of others.
    #[command(after_help = "Examples:
  dualtrack ledger export --from 100 --to 200 --out quarter.bundle --ledger my-bank
  dualtrack ledger export --tiles public/ --ledger my-bank     # C2SP tlog-tiles, for any web server")]
    Export {
        #[command(flatten)]
        place: LedgerPlace,
        /// The index of the first entry.
        #[arg(long, value_name = "INDEX", default_value_t = 0)]
        from: u64,
        /// The index after the last entry; all if left out.
        #[arg(long, value_name = "INDEX")]
        to: Option<u64>,
        /// Where to write the bundle.
        #[arg(long, value_name = "FILE", required_unless_present = "tiles")]
        out: Option<PathBuf>,
        /// Write the whole log to this folder instead, as C2SP tlog-tiles.
        #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "from", "to"])]
        tiles: Option<PathBuf>,
    },
    /// Erase what is sealed about a person by destroying their key. No proof breaks; the erasure is entered.
    Erase(EraseArguments),
    /// Witness the logs of others, or have this one witnessed (C2SP tlog-witness).
    #[command(subcommand)]
    Witness(WitnessCommand),
    /// Serve the ledger to anyone over HTTP, as C2SP tlog-tiles. Entries hold nothing personal.
    #[command(after_help = "Example:\n  dualtrack ledger serve --ledger my-bank --listen 127.0.0.1:8080")]
    Serve {
        #[command(flatten)]
        place: LedgerPlace,
        /// The address to listen at.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8088")]
        listen: SocketAddr,
    },
}

/// Arguments of `ledger erase`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  dualtrack ledger erase --subject person/mei --reason request --rule 'PDPO s.26' \\
      --approved-by dpo-id --ledger my-bank

What must be kept is not erased before its time: seven years for dealing records, five for records against money
laundering, and whatever is under a legal hold (a line with the subject in the file `holds` beside the keys). A refusal
is entered too. Backups of the key store keep the key until they are replaced; opening the ledger with one destroys it again.")]
pub(crate) struct EraseArguments {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// The person, as named when their data was sealed.
    #[arg(long, value_name = "NAME")]
    pub(crate) subject: String,
    /// Why.
    #[arg(long, value_enum)]
    pub(crate) reason: ErasureReason,
    /// The rule relied on, such as `PDPO s.26`. Nothing personal: it stands in the entry.
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: String,
    /// Who approved it; kept sealed.
    #[arg(long, value_name = "PERSON")]
    pub(crate) approved_by: String,
}

/// Why a person's data is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ErasureReason {
    /// The person asked for it.
    Request,
    /// The person withdrew consent.
    ConsentWithdrawn,
    /// It need not be kept any longer.
    NoLongerNeeded,
    /// It should never have been kept.
    Mistake,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessCommand {
    /// Run a witness: cosign the checkpoints of logs whose keys are named, as long as each continues the last.
    #[command(after_help = "Example:
  dualtrack keys make --name witness.example/one --witness --out witness.key
  dualtrack ledger witness serve --key witness.key --state witnessed/ --log NAME+HASH+KEY")]
    Serve {
        /// The file of the witness's private key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The folder in which the last cosigned checkpoint of each log is kept.
        #[arg(long, value_name = "DIR")]
        state: PathBuf,
        /// The verifier key of a log to cosign; may be given several times.
        #[arg(long = "log", value_name = "KEY", required = true)]
        logs: Vec<String>,
        /// The address to listen at.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8089")]
        listen: SocketAddr,
    },
    /// Ask a witness to cosign the last checkpoint, and keep its cosignature.
    #[command(after_help = "Example:
  dualtrack ledger witness ask http://127.0.0.1:8089 --witness NAME+HASH+KEY --ledger my-bank")]
    Ask {
        /// The address of the witness.
        url: String,
        /// The verifier key of the witness.
        #[arg(long, value_name = "KEY")]
        witness: String,
        #[command(flatten)]
        place: LedgerPlace,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key. Its verifier key is printed; the private one only goes to the file, for its owner alone.
    #[command(after_help = "Example:\n  dualtrack keys make --name bank.example/ledger --out ledger.key")]
    Make {
        /// Whose key it is, such as `bank.example/ledger`.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The file to write, which must not exist.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// A key for cosigning the logs of others.
        #[arg(long)]
        witness: bool,
    },
    /// Show the verifier keys of a ledger, or of one private key.
    Show {
        /// The file of a private key; the keys of the ledger if left out.
        file: Option<PathBuf>,
        #[command(flatten)]
        place: LedgerPlace,
    },
    /// Add a new key to a ledger. Both sign, so that readers have time to learn of the new one, until one is retired.
    Rotate(LedgerPlace),
    /// Stop signing with a key of the ledger.
    Retire {
        /// The verifier key, or its eight hexadecimal digits.
        key: String,
        #[command(flatten)]
        place: LedgerPlace,
    },
}

/// Arguments of `verify`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  dualtrack verify my-bank/ledger --key bank.example/ledger+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx
  dualtrack verify receipt.tlog-proof --entry entry.json --key NAME+HASH+KEY
  dualtrack verify quarter.bundle --policy trusted.policy
  dualtrack verify https://log.example/ --key NAME+HASH+KEY --since checkpoint-of-last-year

Logs and receipts of anybody in the C2SP formats tlog-tiles, tlog-checkpoint and tlog-proof, and bundles and disclosures
of Dualtrack. The network is used only for an address. A policy is a C2SP tlog-policy file: whom you trust.

Exit codes: 0 verified; 1 not verified; 2 cannot tell.")]
pub(crate) struct VerifyArguments {
    /// A log's folder or address, or the file of a receipt, a bundle or a disclosure.
    #[arg(value_name = "PATH|URL")]
    pub(crate) path: String,
    /// A verifier key that you trust, as `NAME+HASH+KEY`; may be given several times.
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// Your trust policy: logs, witnesses, and how many of these must have cosigned.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The entry that the receipt is for.
    #[arg(long, value_name = "FILE")]
    pub(crate) entry: Option<PathBuf>,
    /// A checkpoint of the log that you kept from earlier: the log must continue it.
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,
}
