//! Reminders: people are told of what falls due a month, a week and a day before, and when it is due.

use dualtrack_catalogue::Bilingual;
use dualtrack_governance::{Clock, Desk, Refusal};
use dualtrack_inventory::hong_kong_day;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::post::post;

/// Puts into the outbox what falls due. What was put there before is not put there again.
pub(super) async fn remind(desk: &Desk, has_mail: bool, now: Timestamp) -> Result<(), Refusal> {
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
            post(desk, &format!("{id}-{}", webhook.id), "webhook", &webhook.id, &body).await?;
        }
        let told = accounts.iter().filter(|account| {
            has_mail
                && account.closed.is_none()
                && account.email.is_some()
                && clock.people.iter().any(|person| person.as_str() == account.person)
        });
        for account in told {
            post(desk, &format!("{id}-{}", account.person), "mail", &account.person, &body).await?;
        }
    }
    Ok(())
}

/// How many days before it falls due somebody is told today: the last of these that was reached.
fn step(clock: &Clock, today: Date) -> Option<i64> {
    let left = i64::from((clock.day - today).get_days());
    STEPS.into_iter().find(|days| left <= *days)
}

/// What falls due, in the words of a title: never what it is about, which stands behind the sign-in.
pub(super) fn title(name: &str, about: &str, due: &str) -> Option<Bilingual> {
    let (_, en, zh) = TITLES.iter().find(|(known, ..)| *known == name)?;
    Some(Bilingual { en: format!("{about}: {en} {due}"), zh_hant: format!("{about}：{zh}{due}") })
}

/// The kind under which webhooks get reminders.
const KIND: &str = "clock.due";
const FARTHEST: i64 = 30;
const STEPS: [i64; 4] = [0, 1, 7, FARTHEST];
const TITLES: [(&str, &str, &str); 12] = [
    ("review-due", "periodic review due on", "定期檢討，限期："),
    ("catch-up-due", "to be caught up by", "補辦事項，限期："),
    ("competence-lapses", "competence lapses after", "勝任資格有效至："),
    ("contract-ends", "contract ends on", "合約期滿日："),
    ("exit-trial-due", "exit plan to be tried by", "測試退出計劃，限期："),
    ("authority-due", "decide whether an authority is told by", "決定是否通知監管機構，限期："),
    (
        "authority-without-delay",
        "decide without delay whether an authority is told; found out on",
        "立即決定是否通知監管機構；發現日期：",
    ),
    ("task-due", "task due on", "待辦事項，限期："),
    ("finding-due", "finding to be put right by", "發現事項，糾正限期："),
    ("waiver-lapses", "waiver lapses after", "豁免有效至："),
    ("approval-lapses", "approval lapses after", "批准有效至："),
    ("delegation-ends", "delegation ends after", "委託有效至："),
];

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

    #[test]
    fn every_clock_has_a_title_in_both_languages() {
        let text = || ("one".to_owned(), "一".to_owned());
        let all = [
            Due::Review,
            Due::CatchUp { en: text().0, zh_hant: text().1 },
            Due::Competence { en: text().0, zh_hant: text().1 },
            Due::ContractEnds,
            Due::ExitTrial,
            Due::Authority { name: "hkma".into(), without_delay: false },
            Due::Authority { name: "hkma".into(), without_delay: true },
            Due::Task,
            Due::Finding,
            Due::Waiver,
            Due::Approval,
            Due::Delegation,
        ];
        for due in all {
            let title = title(due.name(), "use/assistant", "2026-12-01").unwrap();
            assert!(
                title.en.ends_with(" 2026-12-01") && title.zh_hant.ends_with("：2026-12-01"),
                "{title:?}"
            );
            assert!(!title.en.contains("hkma"), "{title:?}");
        }
    }
}
