//! Telling people and programs what happened: by e-mail, and by webhooks signed as standardwebhooks.com specifies.
//!
//! A notice says which thing, what kind of event and where to read on, never the content: a mailbox is read by strangers.
//! One call is one attempt. Whose turn it is, and what was tried before, is kept by the outbox of the index; here is only
//! how to deliver, what came of it, and when to try again.

mod mail;
mod reach;
#[cfg(test)]
mod real;
mod retry;
mod secret;
mod smtp;
mod webhook;
mod words;

use std::fmt;
use std::time::Duration;

use dualtrack_catalogue::{Bilingual, Language};
use jiff::Timestamp;

use self::mail::Letter;
pub(crate) use self::retry::next_attempt;
pub(crate) use self::secret::{Secret, SigningSecret};
pub(crate) use self::smtp::{Login, Security, SmtpSettings};
use crate::failure::Failure;

/// Something that happened which somebody asked to be told of.
///
/// Holds no more than what a stranger may read in a mailbox: which thing, what kind of event, a link; never the content.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// What a receiver knows a repetition by: letters, digits, `_` and `-`, no more than 64.
    pub(crate) id: String,
    /// The kind of event, as programs name it: `use.suspended`.
    pub(crate) kind: String,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// What it happened to: `use/credit-card-default`.
    pub(crate) about: String,
    /// What happened, in a few words.
    pub(crate) title: Bilingual,
    /// Where the details are, behind a sign-in.
    pub(crate) link: String,
    /// The entry of the ledger that records it.
    pub(crate) entry: Option<u64>,
}

/// Who is told.
#[derive(Clone)]
pub(crate) enum Target {
    /// A person, by e-mail.
    Mail {
        /// Where to.
        address: String,
        /// What the person is called.
        name: Option<String>,
        /// What the person reads.
        language: Language,
    },
    /// A program, by an HTTP request.
    Webhook {
        /// Where to.
        url: String,
        /// What it is signed with, the newest first: two while the receiver moves from one to the next.
        secrets: Vec<SigningSecret>,
    },
}

/// Without the address: what is printed for a programmer may end in a log, and an address of a webhook may hold a token.
impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail { language, .. } => {
                formatter.debug_struct("Mail").field("language", language).finish_non_exhaustive()
            }
            Self::Webhook { secrets, .. } => {
                formatter.debug_struct("Webhook").field("secrets", &secrets.len()).finish_non_exhaustive()
            }
        }
    }
}

/// What came of one attempt. The reasons are one line each and name neither a person nor an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivered {
    /// The other side took it.
    Done,
    /// Not now: worth another attempt.
    Later(String),
    /// Not at all, until somebody changes something.
    Never(String),
}

/// How mail and webhooks leave this machine.
#[derive(Debug, Default)]
pub(crate) struct PostSettings {
    /// The mail server; without one, mail waits.
    pub(crate) smtp: Option<SmtpSettings>,
    /// Whether webhooks may go to this machine and to the institution's own network.
    pub(crate) allow_private: bool,
    /// Certificates (PEM) of the authorities to trust, in place of the well-known ones.
    pub(crate) authorities: Option<Vec<u8>>,
}

/// Delivers notices, one attempt at a time. It blocks: no step takes longer than ten seconds.
pub(crate) struct Postman {
    mail: Option<smtp::MailServer>,
    hooks: webhook::Caller,
}

impl Postman {
    /// Takes the settings, or says what is wrong with them. Nothing is connected to yet.
    pub(crate) fn new(settings: PostSettings) -> Result<Self, Failure> {
        let authorities = settings.authorities.as_deref();
        let mail = settings.smtp.map(|smtp| smtp::MailServer::new(smtp, authorities)).transpose()?;
        Ok(Self { mail, hooks: webhook::Caller::new(settings.allow_private, authorities)? })
    }

    /// Tries once to deliver `notice`. The same notice delivered again is the same to the receiver, by its id.
    pub(crate) fn deliver(&self, notice: &Notice, target: &Target, now: Timestamp) -> Delivered {
        if !can_be_an_id(&notice.id) {
            return Delivered::Never("the id of a notice is 1 to 64 letters, digits, `_` and `-`".into());
        }
        match target {
            Target::Mail { address, name, language } => match &self.mail {
                Some(mail) => {
                    mail.send(Letter::of(notice, *language), address, name.as_deref(), *language, now)
                }
                None => Delivered::Later("no mail server is set up; name one in the settings".into()),
            },
            Target::Webhook { url, secrets } => self.hooks.send(notice, url, secrets, now),
        }
    }

    /// Tries once to deliver several notices to a person in one mail.
    pub(crate) fn deliver_together(
        &self,
        notices: &[Notice],
        (address, language): (&str, Language),
        now: Timestamp,
    ) -> Delivered {
        match &self.mail {
            Some(mail) => mail.send(Letter::together(notices, language), address, None, language, now),
            None => Delivered::Later("no mail server is set up; name one in the settings".into()),
        }
    }
}

/// An id stands in headers, and in what is signed between full stops, so it holds neither a line break nor a full stop.
fn can_be_an_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// How long any one step of a delivery may take.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    /// A notice as the server makes it.
    pub(super) fn notice(id: &str) -> Notice {
        Notice {
            id: id.into(),
            kind: "use.suspended".into(),
            at: "2026-11-27T07:04:05Z".parse().unwrap(),
            about: "use/credit-card-default".into(),
            title: Bilingual {
                en: "Credit card default was suspended".into(),
                zh_hant: "「信用卡違約」已被暫停".into(),
            },
            link: "https://dualtrack.example/uses/credit-card-default".into(),
            entry: Some(123),
        }
    }

    pub(super) fn person() -> Target {
        Target::Mail {
            address: "owner@bank.example".into(),
            name: Some("A Person".into()),
            language: Language::En,
        }
    }

    #[test]
    fn a_notice_is_tried_ten_times_within_some_two_days() {
        let mut due = vec![Timestamp::UNIX_EPOCH];
        while let Some(next) = next_attempt(u32::try_from(due.len()).unwrap(), *due.last().unwrap(), 100) {
            due.push(next);
        }
        assert_eq!(due.len(), 10);
        assert_eq!(due.last().unwrap().to_string(), "1970-01-03T02:49:50.5Z");
    }

    #[test]
    fn without_a_mail_server_mail_waits() {
        let postman = Postman::new(PostSettings::default()).unwrap();
        let came = postman.deliver(&notice("n1"), &person(), Timestamp::UNIX_EPOCH);
        assert!(matches!(came, Delivered::Later(why) if why.contains("no mail server")));
    }

    #[test]
    fn an_id_that_could_break_a_header_or_a_signature_is_refused() {
        let postman = Postman::new(PostSettings::default()).unwrap();
        for id in ["", "a.b", "a b", "a\r\nBcc: x", "é", &"a".repeat(65)] {
            let came = postman.deliver(&notice(id), &person(), Timestamp::UNIX_EPOCH);
            assert!(matches!(came, Delivered::Never(_)), "{id:?}");
        }
    }

    #[test]
    fn neither_an_address_nor_a_secret_is_printed_with_a_target() {
        let hook = Target::Webhook {
            url: "https://hooks.example/token-in-the-path".into(),
            secrets: vec![SigningSecret::make().unwrap()],
        };
        let printed = format!("{:?} {hook:?}", person());
        assert!(!printed.contains("owner@") && !printed.contains("token"), "{printed}");
    }
}
