//! What goes wrong at the edge, as one line each: what, where, what to do.

use std::path::Path;

use dualtrack_catalogue::{Bilingual, Language};

/// Why a command did not finish.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is wrong; every line names one thing to mend.
    Input(Vec<String>),
    /// The person pressed Ctrl-C.
    Interrupted,
}

impl Failure {
    /// One wrong input.
    pub(crate) fn input(line: impl Into<String>) -> Self {
        Self::Input(vec![line.into()])
    }

    /// One wrong input, in the language of whoever reads it.
    pub(crate) fn said(words: impl Into<Bilingual>, language: Language) -> Self {
        Self::input(words.into().in_language(language))
    }

    /// A name that nothing has: the nearest that something has, or where to find them all.
    pub(crate) fn unknown(what: &str, found: &str, known: &[String], otherwise: &str) -> Self {
        let hint = match dualtrack_catalogue::nearest(found, known) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => otherwise.to_owned(),
        };
        Self::input(format!("there is no {what} `{found}`; {hint}"))
    }

    /// A file or folder that cannot be read or written, with what to do.
    pub(crate) fn file(what: &str, path: &Path, error: &std::io::Error, advice: &str) -> Self {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound if what == "write" => "its folder cannot be made".to_owned(),
            std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
            std::io::ErrorKind::AlreadyExists => "a file stands where its folder would be".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
            std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
            std::io::ErrorKind::NotADirectory => "it is not a folder".to_owned(),
            std::io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
            _ => error.to_string().to_lowercase(),
        };
        Self::input(format!("cannot {what} `{}`: {reason}; {advice}", path.display()))
    }
}
