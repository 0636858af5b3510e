//! What falls due: a finding reminds who puts it right, and an incident has a clock for each authority that the institution
//! answers to, whoever thought of it.

use std::collections::BTreeSet;

use dualtrack_governance::{Clock, Command, Due};
use dualtrack_inventory::{Document, Kind};
use serde_json::{Value, json};

use crate::bank::Bank;

async fn does(bank: &Bank, person: &str, action: Value) -> Result<(), String> {
    let command: Command = serde_json::from_value(action).unwrap();
    bank.act(person, command).await.map(|_| ()).map_err(|refusal| refusal.to_string())
}

/// The clocks about something, each with whose it is; as everybody's and as one person's they are the same.
async fn clocks(bank: &Bank, about: &str) -> Vec<(Clock, BTreeSet<String>)> {
    let until = "2027-12-31".parse().unwrap();
    let mut all = bank.desk.clocks(until, bank.now()).await.unwrap();
    all.retain(|clock| clock.about.to_string() == about);
    for clock in &all {
        for person in &clock.people {
            let own = bank.desk.clocks_of(person, until, bank.now()).await.unwrap();
            assert!(own.contains(clock), "{person} is not told of {clock:?}");
        }
    }
    all.into_iter()
        .map(|clock| (clock.clone(), clock.people.iter().map(ToString::to_string).collect()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_with_a_day_reminds_the_owner_and_once_it_is_answered_who_raised_it() {
    let bank = Bank::founded().await;
    let find = |id: &str, due: Value| {
        json!({
            "action": "find", "id": id, "use": "client-assistant", "severity": "low", "statement": "Wrong.", "due": due,
        })
    };
    does(&bank, "ho-kwok-wai", find("dated", json!("2026-12-24"))).await.unwrap();
    does(&bank, "ho-kwok-wai", find("undated", Value::Null)).await.unwrap();
    assert!(clocks(&bank, "finding/undated").await.is_empty());
    let owners = BTreeSet::from(["mok-lai-sheung".to_owned()]);
    let (clock, people) = clocks(&bank, "finding/dated").await.swap_remove(0);
    assert_eq!((clock.day.to_string().as_str(), clock.what.name()), ("2026-12-24", "finding-due"));
    assert!(people.is_superset(&owners) && !people.contains("ho-kwok-wai"), "{people:?}");
    let answer = json!({ "action": "answer-finding", "finding": "dated", "answer": "It was mended." });
    does(&bank, "mok-lai-sheung", answer).await.unwrap();
    let (_, people) = clocks(&bank, "finding/dated").await.swap_remove(0);
    assert!(people.is_superset(&owners) && people.contains("ho-kwok-wai"), "{people:?}");
    // It is to be done still when its day has passed, and no more once it is closed.
    bank.move_clock(jiff::SignedDuration::from_hours(24 * 60));
    assert_eq!(clocks(&bank, "finding/dated").await.len(), 1);
    let close = json!({ "action": "close-finding", "finding": "dated", "because": "It is right." });
    does(&bank, "ho-kwok-wai", close).await.unwrap();
    assert!(clocks(&bank, "finding/dated").await.is_empty());
}

fn opened(id: &str, uses: &[&str], authorities: &Value) -> Value {
    json!({
        "action": "open-incident", "id": id, "uses": uses, "title": "It answers wrongly.", "severity": "low",
        "discovered": "2026-11-27T01:00:00Z", "authorities": authorities,
    })
}

/// The authorities of an incident, each with its clock.
async fn told(bank: &Bank, id: &str) -> Vec<String> {
    clocks(bank, &format!("incident/{id}"))
        .await
        .into_iter()
        .map(|(clock, people)| {
            assert!(people.contains("leung-suk-fan"), "{people:?}");
            assert!(matches!(clock.what, Due::Authority { .. }), "{clock:?}");
            let words = clock.what.words();
            assert_eq!(words.en.contains("without delay"), words.zh_hant.contains("立即"), "{words:?}");
            format!("{} · {}", words.en, clock.at.unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_has_a_clock_for_each_authority_that_the_institution_answers_to() {
    let bank = Bank::founded().await;
    let now = |name: &str| format!("decide without delay whether `{name}` is told · 2026-11-27T01:00:00Z");
    does(&bank, "siu-ka-lok", opened("of-the-bank", &["client-assistant"], &json!({}))).await.unwrap();
    assert_eq!(told(&bank, "of-the-bank").await, [now("hkma"), now("pcpd")]);
    let both = ["client-assistant", "research-assistant"];
    let named = json!({ "fca": "2026-11-30T01:00:00Z", "sfc": "2026-11-28T01:00:00Z" });
    does(&bank, "siu-ka-lok", opened("of-both", &both, &named)).await.unwrap();
    let named = |name: &str, at: &str| format!("decide whether `{name}` is told · {at}");
    assert_eq!(
        told(&bank, "of-both").await,
        [
            now("hkma"),
            now("pcpd"),
            named("sfc", "2026-11-28T01:00:00Z"),
            named("fca", "2026-11-30T01:00:00Z")
        ]
    );

    // It is not over before of each it was decided, with a reason.
    let close = json!({ "action": "close-incident", "incident": "of-the-bank", "because": "It is over." });
    for authority in ["hkma", "pcpd"] {
        let said = does(&bank, "leung-suk-fan", close.clone()).await.unwrap_err();
        assert!(said.contains(&format!("whether `{authority}` is told is not decided")), "{said}");
        let decide = |because: &str| {
            json!({
                "action": "decide-notification", "incident": "of-the-bank", "authority": authority, "notify": false,
                "because": because,
            })
        };
        let said = does(&bank, "leung-suk-fan", decide(" ")).await.unwrap_err();
        assert!(said.contains("because"), "{said}");
        does(&bank, "leung-suk-fan", decide("Nobody lost anything.")).await.unwrap();
    }
    does(&bank, "leung-suk-fan", close).await.unwrap();

    // The institution's own rule gives the time, which nobody puts off and anybody may cut short.
    let stored = bank.desk.documents(Kind::Institution, "", 1).await.unwrap().swap_remove(0);
    let mut institution = stored.document.unwrap().value();
    institution["authority_hours"] = json!({ "hkma": 12 });
    let key = stored.key.to_string();
    let apply = json!({
        "action": "apply", "documents": [{ "kind": "institution", "document": institution }],
        "versions": { key: stored.version },
    });
    // It is a rule, so it takes Compliance and a second person.
    let apply: Command = serde_json::from_value(apply).unwrap();
    let proposal = bank.act("leung-suk-fan", apply).await.unwrap().proposal.expect("it takes two");
    bank.act("fung-wai-man", Command::ConfirmProposal { proposal }).await.unwrap();
    for (id, named_for, due) in [
        ("own-rule", Value::Null, "2026-11-27T13:00:00Z"),
        ("put-off", json!("2026-12-27T01:00:00Z"), "2026-11-27T13:00:00Z"),
        ("cut-short", json!("2026-11-27T02:00:00Z"), "2026-11-27T02:00:00Z"),
    ] {
        let authorities = if named_for.is_null() { json!({}) } else { json!({ "hkma": named_for }) };
        does(&bank, "siu-ka-lok", opened(id, &["client-assistant"], &authorities)).await.unwrap();
        assert_eq!(told(&bank, id).await, [now("pcpd"), named("hkma", due)], "{id}");
    }
    let stored = bank.desk.documents(Kind::Incident, "", 100).await.unwrap();
    assert!(stored.iter().all(|one| matches!(one.document, Some(Document::Incident(_)))));
    assert_eq!(bank.rebuilt_difference().await, None);
}
