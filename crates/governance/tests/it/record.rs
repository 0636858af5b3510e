//! What holds of the record whatever is done.

use dualtrack_catalogue::Bilingual;
use dualtrack_governance::{Command, Refusal};
use dualtrack_inventory::{Document, Key, Kind, UseId};
use dualtrack_store::Moment;

use crate::bank::{Bank, documents, given};

fn suspend(id: &str) -> Command {
    Command::Suspend {
        use_id: UseId::parse(id).unwrap(),
        because: Bilingual { en: "It answers wrongly.".into(), zh_hant: "回答有誤。".into() },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_bank_comes_in_whole_and_is_rebuilt_row_for_row() {
    let bank = Bank::founded().await;
    let mut connection = bank.desk.store().read().await.unwrap();
    for document in documents() {
        let stored = connection.reading().document(&document.key(), Moment::Now).await.unwrap().unwrap();
        assert_eq!(stored.document.as_ref(), Some(&document));
        assert_eq!(stored.version, 1);
    }
    drop(connection);
    assert_eq!(bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_is_there_after_a_restart_and_was_not_there_before() {
    let bank = Bank::founded().await;
    let before = bank.desk.store().read().await.unwrap().reading().watermark().await.unwrap().unwrap();
    bank.act("siu-ka-lok", suspend("transaction-monitoring")).await.unwrap();
    let bank = bank.restarted().await;
    let key = Key::new(Kind::Use, "transaction-monitoring");
    let mut connection = bank.desk.store().read().await.unwrap();
    let now = connection.reading().document(&key, Moment::Now).await.unwrap().unwrap();
    let then = connection.reading().document(&key, Moment::After(before)).await.unwrap().unwrap();
    let is_suspended = |document: Option<Document>| match document {
        Some(Document::Use(of)) => of.suspended.is_some(),
        _ => panic!("no use"),
    };
    assert!(is_suspended(now.document));
    assert!(!is_suspended(then.document));
    assert_eq!((then.version, now.version), (1, 2));
    drop(connection);
    assert_eq!(bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_who_change_one_thing_at_once_is_told() {
    let bank = Bank::founded().await;
    let documents = documents();
    let of = given(&documents).into_iter().find(|given| given.kind == "use").unwrap();
    let mut document = of.document.clone();
    document["next_review"] = "2027-01-31".into();
    let change = |document: &serde_json::Value| Command::ChangeUse {
        document: document.clone(),
        digests: of.digests.clone(),
    };
    bank.act_on("mok-lai-sheung", change(&document), Some(1)).await.unwrap();
    document["next_review"] = "2027-02-28".into();
    let refused = bank.act_on("lee-hiu-tung", change(&document), Some(1)).await.unwrap_err();
    assert!(matches!(refused, Refusal::Changed { version: 2, .. }), "{refused}");
    bank.act_on("lee-hiu-tung", change(&document), Some(2)).await.unwrap();
    assert_eq!(bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_rebuilt_as_erased() {
    let bank = Bank::founded().await;
    let person = dualtrack_inventory::PersonId::parse("siu-ka-lok").unwrap();
    bank.act("siu-ka-lok", suspend("transaction-monitoring")).await.unwrap();
    let successor = dualtrack_inventory::PersonId::parse("tsang-kin-fai").unwrap();
    bank.act("first-administrator", Command::Leave { person: person.clone(), successor: Some(successor) })
        .await
        .unwrap();
    bank.act("yip-hoi-ying", Command::ErasePerson { person, rule: "PDPO section 26".into() }).await.unwrap();
    let mut connection = bank.desk.store().read().await.unwrap();
    let gone =
        connection.reading().document(&Key::new(Kind::Person, "siu-ka-lok"), Moment::Now).await.unwrap();
    assert_eq!(gone, None);
    let trail = connection.reading().trail(None, u64::MAX, 10).await.unwrap();
    let suspension = trail.iter().find(|entry| entry.action == "suspend").unwrap();
    assert_eq!(suspension.actor, None);
    assert!(suspension.erased_by.is_some());
    drop(connection);
    assert_eq!(bank.rebuilt_difference().await, None);
    let bank = bank.restarted().await;
    assert_eq!(bank.rebuilt_difference().await, None);
    // What names the person still can be changed by others.
    bank.act(
        "leung-suk-fan",
        Command::Resume {
            use_id: UseId::parse("transaction-monitoring").unwrap(),
            because: "The vendor corrected it.".into(),
        },
    )
    .await
    .unwrap();
}

/// Candidates, each seen at a service of this name.
fn candidates(services: &[(&str, &str)]) -> Command {
    let candidate = |(id, service): &(&str, &str)| {
        serde_json::json!({
            "schema": "dualtrack.candidate/1", "id": id, "service": service, "source": "proxy",
            "first_seen": "2026-11-01", "last_seen": "2026-11-02", "times": 3,
        })
    };
    Command::AddCandidates { documents: services.iter().map(candidate).collect() }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_thing_twice_in_one_action_is_refused_before_it_is_entered() {
    let bank = Bank::founded().await;
    let size = bank.reader().size();
    let twice = candidates(&[("chat", "ChatGPT"), ("draw", "Midjourney"), ("chat", "Claude")]);
    let refused = bank.act("leung-suk-fan", twice).await.unwrap_err();
    assert_eq!(refused.to_string(), "candidate/chat is handed in twice");
    assert_eq!(bank.reader().size(), size);
    assert_eq!(bank.desk.stopped(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_entered_as_a_whole_is_not_begun() {
    let bank = Bank::founded().await;
    let size = bank.reader().size();
    // The last of three parts is longer than what is kept beside an entry.
    let ids: Vec<String> = (0..150).map(|number| format!("candidate-{number}")).collect();
    let long = "x".repeat(3 << 20);
    let all: Vec<(&str, &str)> =
        ids.iter().map(|id| (id.as_str(), if id == "candidate-149" { &*long } else { "ChatGPT" })).collect();
    let refused = bank.act("leung-suk-fan", candidates(&all)).await.unwrap_err();
    assert!(matches!(refused, Refusal::Wrong(_)), "{refused}");
    assert_eq!(bank.reader().size(), size);
    bank.act("siu-ka-lok", suspend("transaction-monitoring")).await.unwrap();
    assert_eq!(bank.rebuilt_difference().await, None);
}
