//! Reminders: people are told of what falls due a month, a week and a day before, and when it is due.

use dualtrack_governance::{Clock, Desk, Refusal};
use dualtrack_inventory::hong_kong_day;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::mailing::{Mailing, call};

/// Puts into the outbox what falls due. What was put there before is not put there again.
pub(super) async fn remind(desk: &Desk, mailing: &Mailing, now: Timestamp) -> Result<(), Refusal> {
    let today = hong_kong_day(now);
    let until = today.saturating_add(jiff::Span::new().days(FARTHEST));
    let clocks = desk.clocks(until, now).await?;
    if clocks.is_empty() {
        return Ok(());
    }
    let operations = desk.store().operations();
    let accounts = operations.accounts().await?;
    let webhooks = operations.webhooks().await?;
    for clock in &clocks {
        let Some(days) = step(clock, today) else { continue };
        let about = clock.about.to_string();
        // The day is part of the name: what is put off is told anew.
        let id = format!("{}-{}-{}-{days}", clock.what.name(), about.replace('/', "-"), clock.day);
        let body = json!({
            "action": clock.what.name(), "kind": KIND, "about": about, "at": now.as_millisecond(),
            "due": clock.day.to_string(),
        });
        for webhook in
            webhooks.iter().filter(|one| one.kinds.is_empty() || one.kinds.iter().any(|kind| kind == KIND))
        {
            call(desk, &id, &webhook.id, &body).await?;
        }
        let told = accounts.iter().filter(|account| {
            account.closed.is_none() && clock.people.iter().any(|person| person.as_str() == account.person)
        });
        for account in told {
            mailing.tell(desk, &id, account, &body).await?;
        }
    }
    Ok(())
}

/// How many days before it falls due somebody is told today: the last of these that was reached.
fn step(clock: &Clock, today: Date) -> Option<i64> {
    let left = i64::from((clock.day - today).get_days());
    STEPS.into_iter().find(|days| left <= *days)
}

/// The kind under which webhooks get reminders.
const KIND: &str = "clock.due";
const FARTHEST: i64 = 30;
const STEPS: [i64; 4] = [0, 1, 7, FARTHEST];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use dualtrack_governance::Due;
    use dualtrack_inventory::{Key, Kind};

    use super::*;

    fn clock(day: &str) -> Clock {
        let about = Key::new(Kind::Use, "assistant");
        Clock { day: day.parse().unwrap(), at: None, what: Due::Review, about, people: BTreeSet::new() }
    }

    #[test]
    fn people_are_told_a_month_a_week_a_day_before_and_when_it_is_due() {
        let today: Date = "2026-11-30".parse().unwrap();
        let steps: Vec<_> = [
            "2026-12-31",
            "2026-12-30",
            "2026-12-08",
            "2026-12-07",
            "2026-12-02",
            "2026-12-01",
            "2026-11-30",
            "2026-11-01",
        ]
        .into_iter()
        .map(|day| step(&clock(day), today))
        .collect();
        assert_eq!(steps, [None, Some(30), Some(30), Some(7), Some(7), Some(1), Some(0), Some(0)]);
    }
}
