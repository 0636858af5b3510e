//! What is put into the outbox: for a webhook at once, for a person at once or in the morning, as she asked.

use std::collections::BTreeSet;

use dualtrack_catalogue::Digest;
use dualtrack_governance::Desk;
use dualtrack_store::StoreError;
use dualtrack_store::operations::{Account, Outgoing, OutgoingState};
use jiff::Timestamp;
use serde_json::Value;

/// How people are told.
pub(super) struct Mailing {
    has_mail: bool,
    /// Who has mails sent together each morning.
    daily: BTreeSet<String>,
}

impl Mailing {
    pub(super) async fn of(desk: &Desk, has_mail: bool) -> Result<Self, StoreError> {
        Ok(Self { has_mail, daily: desk.store().operations().daily_mail().await? })
    }

    /// Tells a person: by mail where it can be, and on her page in any case.
    pub(super) async fn tell(
        &self,
        desk: &Desk,
        id: &str,
        account: &Account,
        body: &Value,
    ) -> Result<(), StoreError> {
        let now = crate::now();
        let due = if self.daily.contains(&account.person) { next_morning(now) } else { now };
        let goes = self.has_mail && account.email.is_some();
        let state = if goes { OutgoingState::Waiting } else { OutgoingState::Kept };
        put(desk, (&format!("{id}-{}", account.person), "mail", &account.person), body, (now, due), state)
            .await
    }
}

/// Tells a program.
pub(super) async fn call(desk: &Desk, id: &str, webhook: &str, body: &Value) -> Result<(), StoreError> {
    let now = crate::now();
    let name = format!("{id}-{webhook}");
    put(desk, (&name, "webhook", webhook), body, (now, now), OutgoingState::Waiting).await
}

async fn put(
    desk: &Desk,
    (id, channel, target): (&str, &str, &str),
    body: &Value,
    (now, due): (Timestamp, Timestamp),
    state: OutgoingState,
) -> Result<(), StoreError> {
    let outgoing = Outgoing {
        id: fitting(id),
        channel: channel.to_owned(),
        target: target.to_owned(),
        body: body.to_string(),
        made: now.as_millisecond(),
        due: due.as_millisecond(),
        attempts: 0,
        state,
        said: None,
    };
    desk.store().operations().post(&outgoing).await
}

/// The next eight o'clock in Hong Kong, where no clock is ever put forward or back.
fn next_morning(now: Timestamp) -> Timestamp {
    let here = now.to_zoned(crate::hong_kong());
    let today = here.date().at(8, 0, 0, 0).to_zoned(crate::hong_kong());
    let morning = today.map_or(now, |at| at.timestamp());
    if morning > now {
        morning
    } else {
        morning.saturating_add(jiff::SignedDuration::from_hours(24)).unwrap_or(now)
    }
}

/// A name that every receiver takes, the same for the same thing: as it is, or with a digest in the place of its end.
fn fitting(id: &str) -> String {
    let can_stay = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.len() <= LONGEST_ID && id.bytes().all(can_stay) {
        return id.to_owned();
    }
    let digest = Digest::of(id.as_bytes()).to_string();
    let digest: String = digest.chars().skip_while(|letter| *letter != ':').skip(1).take(32).collect();
    let begins: String =
        id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    format!("{}-{digest}", begins.get(..begins.len().min(31)).unwrap_or_default())
}

/// How long the name of a notice may be.
const LONGEST_ID: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_about_something_with_a_long_id_can_be_delivered() {
        let short = "task-due-task-look-2026-12-01-7-siu-ka-lok";
        assert_eq!(fitting(short), short);
        let long = format!("task-due-task-{}-2026-12-01-7-siu-ka-lok", "look-at-it-".repeat(17));
        let name = fitting(&long);
        assert!(name.starts_with("task-due-task-look-at-it-") && name.len() == LONGEST_ID, "{name}");
        assert_eq!(fitting(&long), name);
        assert_ne!(fitting(&long.replace("-7-", "-1-")), name);
        assert!(
            fitting("task-due-task-a.b").bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        );
    }

    #[test]
    fn in_the_morning_is_eight_o_clock_in_hong_kong() {
        for (now, morning) in [
            ("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"),
            ("2026-11-30T23:59:59Z", "2026-12-01T00:00:00Z"),
            ("2026-12-01T15:59:59Z", "2026-12-02T00:00:00Z"),
            ("2026-12-31T16:00:00Z", "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(next_morning(now.parse().unwrap()), morning.parse().unwrap(), "{now}");
        }
    }
}
