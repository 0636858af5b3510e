//! The text of a mail: plain text, in the person's language, with headers that nothing anybody typed can add to.

use std::time::SystemTime;

use dualtrack_catalogue::Language;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message};
use sha2::{Digest as _, Sha256};

use super::Notice;
use super::words::one_line;

/// What a mail says.
pub(super) struct Letter {
    id: String,
    subject: String,
    text: String,
}

impl Letter {
    /// Of one notice.
    pub(super) fn of(notice: &Notice, language: Language) -> Self {
        Self {
            id: notice.id.clone(),
            subject: one_line(notice.title.in_language(language), 200),
            text: text(notice, language),
        }
    }

    /// Of several, one line each: the same ones make the same letter.
    pub(super) fn together(notices: &[Notice], language: Language) -> Self {
        let ids: Vec<_> = notices.iter().map(|notice| notice.id.as_str()).collect();
        Self {
            id: format!("together-{}", digest(&ids.join(" "))),
            subject: match language {
                Language::En => format!("{} notices", notices.len()),
                Language::ZhHant => format!("{}則通知", notices.len()),
            },
            text: digest_text(notices, language),
        }
    }
}

/// The mail that tells `address` what a letter says, or why there can be none.
///
/// Its `Message-ID` comes from the letter and the address alone: a mail sent twice is known to be the same.
pub(super) fn message(
    letter: Letter,
    from: &Mailbox,
    address: &str,
    name: Option<&str>,
    language: Language,
    now: Timestamp,
) -> Result<Message, &'static str> {
    let wrong = "the person's e-mail address cannot be written to; correct it";
    if address.len() > 254 || address.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return Err(wrong);
    }
    let address: Address = address.parse().map_err(|_| wrong)?;
    // Not for looks: lettre panics on a name that holds a control character.
    let name = name.map(|name| one_line(name, 100)).filter(|name| !name.is_empty());
    let id = format!("<{}.{}@{}>", letter.id, digest(address.as_ref()), from.email.domain());
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(name, address))
        .subject(letter.subject)
        .date(SystemTime::from(now.max(Timestamp::UNIX_EPOCH)))
        .message_id(Some(id))
        // RFC 3834: nobody's holiday notice answers this.
        .raw_header(plain_header("Auto-Submitted", "auto-generated"))
        .raw_header(plain_header("Content-Language", language.tag()))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(letter.text))
        .map_err(|_| "the mail cannot be written; the settings of the mail server name a sender that cannot be used")
}

fn plain_header(name: &'static str, value: &'static str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Tells the mails of two people apart, without their addresses.
fn digest(address: &str) -> String {
    let digest = Sha256::digest(address.to_lowercase());
    digest.first_chunk().map(|first| format!("{:016x}", u64::from_be_bytes(*first))).unwrap_or_default()
}

/// What the person reads of several notices: what happened when, and where to read on.
fn digest_text(notices: &[Notice], language: Language) -> String {
    let lines: Vec<_> = notices
        .iter()
        .map(|notice| {
            let title = one_line(notice.title.in_language(language), 500);
            let entry = notice.entry.map_or_else(String::new, |entry| match language {
                Language::En => format!(" (entry {entry})"),
                Language::ZhHant => format!("（第 {entry} 項）"),
            });
            format!("{}  {title}{entry}", hong_kong_time(notice.at))
        })
        .collect();
    let lines = lines.join("\n");
    let link = notices.first().map(|notice| one_line(&notice.link, 2_000)).unwrap_or_default();
    let (times, end) = match language {
        Language::En => ("Times are Hong Kong time.", END.0),
        Language::ZhHant => ("時間為香港時間。", END.1),
    };
    format!("{lines}\n\n{times}\n{link}\n\n{end}")
}

fn hong_kong_time(at: Timestamp) -> String {
    let at = at.to_zoned(crate::hong_kong());
    format!("{:04}-{:02}-{:02} {:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute())
}

/// What every mail ends with.
const END: (&str, &str) = (
    "-- \nDualtrack sent this mail by itself; nobody reads an answer to it.\n\
     The details are in the record, after you sign in, and not in this mail.\n",
    "-- \n此電郵由 Dualtrack 自動發出，請勿回覆。\n\
     詳情只載於紀錄之內，登入後可閱，不會在電郵中列出。\n",
);

/// What the person reads.
fn text(notice: &Notice, language: Language) -> String {
    let line = |text: &str| one_line(text, 500);
    let (title, about) = (line(notice.title.in_language(language)), line(&notice.about));
    let (kind, link) = (line(&notice.kind), one_line(&notice.link, 2_000));
    let at = hong_kong_time(notice.at);
    match language {
        Language::En => {
            let entry = notice.entry.map(|entry| format!("Record: entry {entry}\n")).unwrap_or_default();
            format!(
                "{title}\n\nAbout:  {about}\nEvent:  {kind}\nWhen:   {at} (Hong Kong time)\n{entry}\n{link}\n\n{}",
                END.0
            )
        }
        Language::ZhHant => {
            let entry = notice.entry.map(|entry| format!("紀錄：第 {entry} 項\n")).unwrap_or_default();
            format!(
                "{title}\n\n對象：{about}\n事件：{kind}\n時間：{at}（香港時間）\n{entry}\n{link}\n\n{}",
                END.1
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use dualtrack_catalogue::Bilingual;
    use proptest::prelude::*;

    use super::super::tests::notice;
    use super::*;

    fn mail(
        notice: &Notice,
        address: &str,
        name: Option<&str>,
        language: Language,
    ) -> Result<String, &'static str> {
        let from = "Dualtrack <dualtrack@bank.example>".parse().unwrap();
        let letter = Letter::of(notice, language);
        let message = message(letter, &from, address, name, language, Timestamp::UNIX_EPOCH)?;
        Ok(String::from_utf8(message.formatted()).unwrap())
    }

    /// The names of the headers, in order, with folded lines joined.
    fn headers(mail: &str) -> Vec<String> {
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split_once(':').unwrap().0.to_owned()).collect()
    }

    const HEADERS: [&str; 10] = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "Content-Language",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    ];

    fn expected() -> Vec<&'static str> {
        let mut expected = HEADERS.to_vec();
        expected.sort_unstable();
        expected
    }

    #[test]
    fn a_mail_in_english_is_plain_text() {
        insta::assert_snapshot!(
            mail(&notice("n1"), "owner@bank.example", Some("A Person"), Language::En).unwrap()
        );
    }

    #[test]
    fn a_mail_in_chinese_says_the_same() {
        insta::assert_snapshot!(text(&notice("n1"), Language::ZhHant));
    }

    #[test]
    fn a_morning_mail_has_a_line_for_each_notice_and_is_the_same_for_the_same_ones() {
        let other = Notice { entry: None, ..notice("n2") };
        let together = Letter::together(&[notice("n1"), other.clone()], Language::En);
        assert_eq!(together.subject, "2 notices");
        insta::assert_snapshot!(together.text);
        insta::assert_snapshot!(Letter::together(&[notice("n1"), other.clone()], Language::ZhHant).text);
        assert_eq!(together.id, Letter::together(&[notice("n1"), other.clone()], Language::ZhHant).id);
        assert_ne!(together.id, Letter::together(&[other.clone(), notice("n1")], Language::En).id);
        let evil = Notice { title: Bilingual { en: "x\r\n.\r\ny".into(), ..other.title.clone() }, ..other };
        assert!(Letter::together(&[evil], Language::En).text.contains("  x . y\n"));
    }

    #[test]
    fn a_mail_sent_again_has_the_same_id_and_that_to_another_person_another() {
        let id = |notice: &Notice, address, language| {
            let mail = mail(notice, address, None, language).unwrap();
            mail.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned()
        };
        let first = id(&notice("n1"), "owner@bank.example", Language::En);
        assert_eq!(first, id(&notice("n1"), "owner@bank.example", Language::ZhHant));
        assert!(first.contains("<n1.") && first.ends_with("@bank.example>"), "{first}");
        assert_ne!(first, id(&notice("n1"), "other@bank.example", Language::En));
        assert_ne!(first, id(&notice("n2"), "owner@bank.example", Language::En));
    }

    #[test]
    fn a_line_break_in_a_name_or_a_title_adds_no_header() {
        let evil = "Evil\r\nBcc: everyone@bank.example\r\n\r\nbody\u{2028}x\u{202e}y";
        let mut notice = notice("n1");
        notice.title.en = evil.into();
        notice.title.zh_hant = format!("壞{evil}");
        notice.about = evil.into();
        notice.kind = evil.into();
        notice.link = evil.into();
        for language in Language::ALL {
            let mail = mail(&notice, "owner@bank.example", Some(evil), language).unwrap();
            let mut found = headers(&mail);
            found.sort_unstable();
            assert_eq!(found, expected());
        }
    }

    #[test]
    fn an_address_that_could_name_a_second_person_or_break_a_line_is_refused() {
        for address in [
            "",
            "owner",
            "@bank.example",
            "owner@",
            "a@b.example, c@d.example",
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example>\r\nDATA",
            "<a@b.example>",
            "A <a@b.example>",
            "a b@c.example",
            "\"a\r\nb\"@c.example",
            &format!("{}@bank.example", "a".repeat(260)),
        ] {
            assert!(mail(&notice("n1"), address, None, Language::En).is_err(), "{address:?}");
        }
    }

    proptest! {
        #[test]
        fn no_name_and_no_title_adds_a_header(
            name in "[\\x00-\\x7f中\u{85}\u{2028}]{0,120}",
            title in "[\\x00-\\x7f中\u{85}\u{2028}]{0,300}",
        ) {
            let mut notice = notice("n1");
            notice.title.en = title;
            let mail = mail(&notice, "owner@bank.example", Some(&name), Language::En).unwrap();
            let mut found = headers(&mail);
            found.sort_unstable();
            prop_assert_eq!(found, expected());
            prop_assert!(mail.is_ascii() || mail.contains("8bit"));
        }

        #[test]
        fn no_letter_of_any_script_breaks_the_writing(name: String, title: String) {
            let mut notice = notice("n1");
            notice.title.zh_hant = title;
            let mail = mail(&notice, "owner@bank.example", Some(&name), Language::ZhHant).unwrap();
            prop_assert_eq!(headers(&mail).len(), HEADERS.len());
        }

        #[test]
        fn no_address_of_a_stranger_breaks_the_writing(address in ".{0,60}(@.{0,20})?") {
            if let Ok(mail) = mail(&notice("n1"), &address, None, Language::En) {
                prop_assert_eq!(headers(&mail).len(), HEADERS.len());
            }
        }
    }
}
