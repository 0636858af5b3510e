//! Why an action was not done: data for programs, words in both languages for people.

use dualtrack_catalogue::{Bilingual, Language};
use dualtrack_inventory::{DocumentError, GateOutcome, Key};
use dualtrack_store::StoreError;

/// Why an action was not done. Nothing was changed, except where it says so.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The person may not do it.
    #[error("{}", .reasons.iter().map(|reason| reason.en.as_str()).collect::<Vec<_>>().join("; "))]
    Denied {
        /// Why, and what would be needed.
        reasons: Vec<Bilingual>,
    },
    /// There is no such document, or the person may not know of it.
    #[error("there is no {0}")]
    Unknown(Key),
    /// There is such a document already.
    #[error("{0} is there already")]
    Exists(Key),
    /// Somebody changed it since the person last saw it.
    #[error(
        "{key} was changed since you read it: it is now version {version}; read it again and repeat your change"
    )]
    Changed {
        /// What was changed.
        key: Key,
        /// The version it has now.
        version: u64,
        /// The entry that made it so.
        entry: u64,
    },
    /// What was handed in is wrong, one line each.
    #[error("{}", .0.iter().map(|line| line.en.as_str()).collect::<Vec<_>>().join("; "))]
    Wrong(Vec<Bilingual>),
    /// It cannot be done as things stand.
    #[error("{}", .0.en)]
    Not(Box<Bilingual>),
    /// The gate is shut.
    #[error("the gate is shut: {} of {} controls are not content, {} things to do", .0.asked - .0.content, .0.asked, .0.blockers.len())]
    Shut(Box<GateOutcome>),
    /// A bug in this program kept it from being decided; nothing was changed.
    #[error("nothing was changed: this is a bug in dualtrack: {0}")]
    Broken(String),
    /// The index cannot be reached; nothing was entered.
    #[error("nothing was changed: {0}")]
    Index(StoreError),
    /// The ledger did not take it; nothing was changed.
    #[error("nothing was changed: {0}")]
    Ledger(dualtrack_ledger::Refusal),
    /// The writer has stopped: it was entered, and could not be applied. A restart applies it.
    #[error("the server has stopped taking changes: {0}; start it again, which applies what was entered")]
    Stopped(String),
}

impl Refusal {
    /// Something that cannot be done as things stand.
    pub(crate) fn not(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Not(Box::new(Bilingual::new(en, zh)))
    }

    /// One thing that is wrong with what was handed in.
    pub(crate) fn wrong(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Wrong(vec![Bilingual::new(en, zh)])
    }

    /// A document that cannot be read, or an id that is none.
    #[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
    pub(crate) fn unread(error: DocumentError) -> Self {
        Self::Wrong(vec![error.words()])
    }

    /// What cannot go wrong, and did.
    #[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
    pub(crate) fn broken(error: impl ToString) -> Self {
        Self::Broken(error.to_string())
    }

    /// The refusal in a language.
    pub fn text(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            Self::Denied { reasons: lines } | Self::Wrong(lines) => {
                lines.iter().map(|line| line.zh_hant.as_str()).collect::<Vec<_>>().join("；")
            }
            Self::Unknown(key) => format!("沒有「{key}」"),
            Self::Exists(key) => format!("「{key}」已經存在"),
            Self::Changed { key, version, .. } => {
                format!("「{key}」在你閱讀後已被更改，現為第{version}版；請重新閱讀，再作更改")
            }
            Self::Not(words) => words.zh_hant.clone(),
            Self::Shut(outcome) => format!(
                "關卡未開：{}項管控中有{}項未符合，尚有{}件事要做",
                outcome.asked,
                outcome.asked.saturating_sub(outcome.content),
                outcome.blockers.len()
            ),
            Self::Index(error) => format!("沒有作出任何更改：{error}"),
            Self::Ledger(error) => format!("沒有作出任何更改：{error}"),
            Self::Broken(reason) => format!("沒有作出任何更改：這是 dualtrack 的程式錯誤：{reason}"),
            Self::Stopped(reason) => {
                format!("伺服器已停止接受更改：{reason}；請重新啟動，以套用已記入的項目")
            }
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Index(error)
    }
}
