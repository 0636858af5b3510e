//! Verifying what a log shows, by keys that the reader trusts and nothing else.
//!
//! Each check answers with lines of what it found, or with what does not hold, or with why it cannot tell.

mod log;
mod parts;
mod trust;

use crate::failure::Failure;

pub(crate) use log::{Place, in_folder, log, log_watched, text};
pub(crate) use parts::{bundle, disclosure, receipt};
pub(crate) use trust::Trust;

/// A line of the answer, in English and in Chinese.
pub(crate) type Line = (String, String);

/// What was found to hold, and what the reader should know beside it.
#[derive(Default)]
pub(crate) struct Verified {
    /// What was checked.
    pub(crate) checked: Vec<Line>,
    /// What is worth a look.
    pub(crate) noticed: Vec<Line>,
    /// What was not checked.
    pub(crate) left: Vec<Line>,
}

/// Why something is not verified.
pub(crate) enum Refusal {
    /// It does not hold.
    Refused(String, String),
    /// It could not be checked.
    Unknown(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Unknown(failure)
    }
}

impl From<dualtrack_ledger::LedgerError> for Refusal {
    fn from(error: dualtrack_ledger::LedgerError) -> Self {
        Self::Refused(error.to_string(), format!("日誌檔案有問題：{error}"))
    }
}

/// An answer that does not hold.
pub(crate) fn refuse<T>(english: impl Into<String>, chinese: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Refused(english.into(), chinese.into()))
}
