//! Links that are good once: for the first administrator, for an invitation, and after a lost password.
//!
//! A link holds 32 random bytes, the store their digest. The store takes a link and marks it as used in one statement,
//! so that of two who use it at once one comes too late; what is decided here is how long it is good, and why not.

use dualtrack_catalogue::Language;
use dualtrack_store::operations::Link;

use super::secret::{NoRandom, Secret, is_random};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The first start of a record.
    First,
    /// Somebody new.
    Invitation,
    /// A lost password.
    Reset,
}

impl Purpose {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// For how many hours a link is good.
    pub fn hours(self) -> i64 {
        match self {
            Self::First | Self::Reset => 24,
            // Invitations wait for people who are not at work yet.
            Self::Invitation => 72,
        }
    }
}

/// Whether a link still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Good,
    /// It was used.
    Used,
    /// Its time is over.
    Expired,
}

/// Why a text is no secret of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the link is mistyped or cut off; copy it again")]
pub struct LinkError;

/// Makes a link for a person: the secret that is handed over, and what is kept. Times are in milliseconds.
pub fn make(person: &str, purpose: Purpose, now: i64) -> Result<(Secret, Link), NoRandom> {
    let secret = Secret::random()?;
    let link = Link {
        hash: secret.digest(),
        person: person.to_owned(),
        purpose: purpose.as_str().to_owned(),
        made: now,
        expires: now.saturating_add(purpose.hours() * HOUR),
    };
    Ok((secret, link))
}

/// Reads the secret of a link as it was presented, before anything is looked up.
pub fn parse(text: &str) -> Result<Secret, LinkError> {
    if is_random(text) { Ok(Secret::new(text)) } else { Err(LinkError) }
}

/// Whether a link counts at an instant, and no longer than three days whatever its row says.
pub fn standing(link: &Link, used: Option<i64>, now: i64) -> Standing {
    let longest = link.made.saturating_add(Purpose::Invitation.hours() * HOUR);
    if used.is_some() {
        Standing::Used
    } else if now >= link.expires.min(longest) {
        Standing::Expired
    } else {
        Standing::Good
    }
}

/// What a person is told whose link does not count. It does not say which: a stranger who tries links learns nothing.
pub fn words(language: Language) -> &'static str {
    language.pick((
        "the link was used, has expired, or is mistyped; ask an administrator for another",
        "連結已使用、過期或有誤；請向系統管理員索取另一條",
    ))
}

const HOUR: i64 = 3_600_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_is_good_for_its_hours_and_once() {
        for (purpose, hours) in [(Purpose::First, 24), (Purpose::Reset, 24), (Purpose::Invitation, 72)] {
            let (_, link) = make("mok", purpose, 1_000).unwrap();
            let end = 1_000 + hours * HOUR;
            assert_eq!(standing(&link, None, end - 1), Standing::Good);
            assert_eq!(standing(&link, None, end), Standing::Expired);
            assert_eq!(standing(&link, Some(2_000), 2_000), Standing::Used);
        }
    }

    #[test]
    fn the_secret_is_kept_as_its_digest_and_never_prints() {
        let (secret, link) = make("mok", Purpose::Invitation, 0).unwrap();
        assert_eq!(link.hash, secret.digest());
        assert_eq!(parse(secret.reveal()).unwrap(), secret);
        assert!(!format!("{secret:?} {link:?} {:?}", parse(secret.reveal())).contains(secret.reveal()));
    }

    #[test]
    fn a_row_with_a_wrong_end_does_not_make_a_link_last() {
        let (_, link) = make("mok", Purpose::First, 0).unwrap();
        let wrong = Link { expires: i64::MAX, ..link };
        assert_eq!(standing(&wrong, None, 72 * HOUR), Standing::Expired);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}", now: i64) {
            prop_assert_eq!(parse(&text).is_ok(), is_random(&text));
            let (_, link) = make("mok", Purpose::First, now).unwrap();
            let _ = standing(&link, None, now);
        }
    }
}
