//! What can be wrong with a log on disk, one line each: what, where, what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::key_store::KeyStoreError;

/// Why a log cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file system refuses.
    #[error("cannot {what} `{}`: {}", path.display(), reason(error))]
    File {
        /// What was tried: read, write, sync, …
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system answered.
        error: io::Error,
    },
    /// There is no log here.
    #[error("`{}` holds no log: there is no segment of entries in it", .0.display())]
    Absent(PathBuf),
    /// A log stands here already.
    #[error("`{}` holds a log already; it is never overwritten", .0.display())]
    Exists(PathBuf),
    /// A file is damaged or was changed, at or after an entry.
    #[error("`{}` is damaged at entry {entry}: {what}; restore it from a backup and run fsck", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The index of the first entry that cannot be relied on.
        entry: u64,
        /// What is wrong there.
        what: String,
    },
    /// A segment is not there.
    #[error("the segment with the entries from {first} on is missing from `{}`; restore it from a backup", folder.display())]
    Missing {
        /// The folder of segments.
        folder: PathBuf,
        /// The index of the first missing entry.
        first: u64,
    },
    /// The log is shorter than what was signed.
    #[error("the log holds {size} entries, but {signed} were signed for according to `{}`: entries were lost or an old backup was put back; nothing is signed until the missing ones are restored", seen.display())]
    Behind {
        /// What it holds.
        size: u64,
        /// What was signed.
        signed: u64,
        /// Where the signed checkpoint stands.
        seen: PathBuf,
    },
    /// The log holds other entries than were signed for.
    #[error("the first {size} entries are not those that were signed for according to `{}`: the log was rewritten; nothing is signed", seen.display())]
    Forked {
        /// The size at which both differ.
        size: u64,
        /// Where the signed checkpoint stands.
        seen: PathBuf,
    },
    /// A signed checkpoint cannot be used.
    #[error("`{}` is not a checkpoint that this log signed: {what}", file.display())]
    Checkpoint {
        /// The file.
        file: PathBuf,
        /// Why.
        what: String,
    },
    /// Another process writes to this log.
    #[error("process {0} writes to this log; only one may: stop it first")]
    Held(String),
    /// The clock stands before the last entry.
    #[error("the clock is {by} s behind the last entry; set it right first")]
    Clock {
        /// By how many seconds.
        by: u64,
    },
    /// The disk is nearly full.
    #[error("only {free} bytes are free where the log is, and {needed} must stay free; make room first")]
    Full {
        /// How many are free.
        free: u64,
        /// How many must stay free.
        needed: u64,
    },
    /// There are not so many entries.
    #[error("there is no entry {index}; the log holds {size}, the first of which is 0")]
    Beyond {
        /// What was asked for.
        index: u64,
        /// How many there are.
        size: u64,
    },
    /// The keys of people cannot be used.
    #[error(transparent)]
    Keys(KeyStoreError),
    /// A thread cannot be started, or ended for a reason of its own.
    #[error("the ledger cannot go on: {0}")]
    Thread(String),
    /// It stopped earlier.
    #[error("the ledger stopped earlier: {0}")]
    Stopped(String),
    /// Nothing can be signed.
    #[error("the checkpoint cannot be signed: {0}")]
    Signature(String),
}

impl LedgerError {
    /// For `map_err`: what was tried, on which file.
    pub(crate) fn file(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { what, path, error }
    }

    pub(crate) fn damaged(file: &Path, entry: u64, what: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), entry, what: what.into() }
    }
}

/// An answer of the system in few words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::StorageFull => "the disk is full".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".into(),
        io::ErrorKind::AlreadyExists => "it exists already".into(),
        _ => error.to_string().to_lowercase(),
    }
}
