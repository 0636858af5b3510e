//! Why somebody who came back from the provider is not signed in, in words that say what to do.

use dualtrack_catalogue::Language;

/// Why somebody is not signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OidcRefusal {
    /// No such sign-in waits: another browser, another state, used, or too old.
    NotBegun,
    /// The provider said no, with its own short word.
    Declined(String),
    /// The provider could not be asked.
    Unreachable(String),
    /// What the provider handed over does not hold.
    NotProven(String),
    /// The provider did not verify the address by which the person would be found.
    UnverifiedEmail,
    /// Nobody of the record has this identity, or more than one could be meant.
    Unknown,
    /// The provider's groups carry none of the person's offices.
    NoOffice,
    /// The provider does not say when the person showed who she is.
    NoTime,
    /// It was too long ago.
    NotFresh,
    /// It was not done in the way that is asked for.
    WrongClass,
    /// Somebody else came back than who was signed in.
    SomebodyElse,
}

impl OidcRefusal {
    /// In words.
    pub fn text(&self, language: Language) -> String {
        let (english, chinese): (&str, &str) = match self {
            Self::NotBegun => (
                "this sign-in was not begun in this browser, was used already, or is more than ten minutes old; begin again",
                "此登入並非由此瀏覽器開始、已經使用，或已超過十分鐘；請重新開始",
            ),
            Self::Declined(_) => (
                "the provider of your institution did not sign you in; begin again, or ask whoever runs it",
                "貴機構的身分提供者未有讓你登入；請重新開始，或聯絡其管理人員",
            ),
            Self::Unreachable(_) => (
                "the provider of your institution cannot be reached; try again in a minute",
                "暫時無法連接貴機構的身分提供者；請於一分鐘後再試",
            ),
            Self::NotProven(_) => (
                "what the provider handed over does not hold; begin again, and tell an administrator if it goes on",
                "身分提供者所交付的內容未能通過核實；請重新開始，如持續出現請通知系統管理員",
            ),
            Self::UnverifiedEmail => (
                "the provider did not verify your e-mail address; ask whoever runs it, then sign in again",
                "身分提供者尚未核實你的電郵地址；請聯絡其管理人員，然後再登入",
            ),
            Self::Unknown => (
                "you have no account here; ask an administrator to open one",
                "你在此沒有帳戶；請向系統管理員申請開立",
            ),
            Self::NoOffice => (
                "the provider's groups carry none of your offices; ask an administrator, or whoever runs the provider",
                "身分提供者的群組並不包含你的任何職務；請聯絡系統管理員或身分提供者的管理人員",
            ),
            Self::NoTime => (
                "the provider does not say when you showed who you are (`auth_time`), so this counts for no approval; tell an administrator",
                "身分提供者沒有說明你何時驗證身分（`auth_time`），故不能用於批准；請通知系統管理員",
            ),
            Self::NotFresh => (
                "you showed the provider who you are too long ago; begin again and sign in there anew",
                "你上次向身分提供者驗證身分已是太久之前；請重新開始，並在該處再次登入",
            ),
            Self::WrongClass => (
                "you did not show who you are in the way that approvals need; begin again",
                "你驗證身分的方式不符合批准的要求；請重新開始",
            ),
            Self::SomebodyElse => (
                "somebody else came back from the provider than is signed in here; sign out first",
                "從身分提供者返回的人並非目前登入的人；請先登出",
            ),
        };
        let words = language.pick((english, chinese));
        match self {
            Self::Declined(said) | Self::Unreachable(said) | Self::NotProven(said) => {
                language.pick((format!("{words} ({said})"), format!("{words}（{said}）")))
            }
            _ => words.to_owned(),
        }
    }
}

/// A word that came from outside, as far as it is one: letters, digits and `_`, at most forty.
pub(super) fn word(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(40).collect()
}

impl OidcRefusal {
    /// What the provider said no with, made harmless.
    pub fn declined(said: &str) -> Self {
        Self::Declined(format!("`{}`", word(said)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_is_never_repeated_as_it_came() {
        let refusal = OidcRefusal::declined("access_denied<script>\u{202e}\n");
        assert!(refusal.text(Language::En).ends_with("(`access_deniedscript`)"));
        assert!(refusal.text(Language::ZhHant).ends_with("（`access_deniedscript`）"));
    }
}
