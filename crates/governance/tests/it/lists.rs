//! A list that was brought in is taken back only as long as nobody worked on what it brought.

use dualtrack_governance::Command;
use serde_json::{Value, json};

use crate::bank::Bank;

fn asked(value: Value) -> Command {
    serde_json::from_value(value).unwrap()
}

/// A list of one use.
fn list(from: &str, id: &str) -> Command {
    let both = |text: &str| json!({ "en": text, "zh-Hant": text });
    let document = json!({
        "schema": "dualtrack.use/1", "id": id, "name": both("Letters"), "entity": "harbour-bank",
        "purpose": both("Sorts letters."), "purposes": ["customer-support"], "decides": both("Who reads a letter."),
        "affects": both("Customers."), "stage": "idea", "stage_since": "2024-03-01", "coverage": "attested",
        "people": { "owners": ["wong-ka-wing"] },
    });
    asked(json!({
        "action": "import-portfolio", "from": from, "uses": [{ "document": document, "live": false }],
    }))
}

fn undo(from: &str) -> Command {
    asked(json!({ "action": "undo-import", "from": from }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_on_which_somebody_worked_is_not_taken_back() {
    let bank = Bank::founded().await;
    bank.act("leung-suk-fan", list("list A", "of-list-a")).await.unwrap();
    let task = json!({
        "action": "give-task", "id": "look", "use": "of-list-a", "assignee": "siu-ka-lok", "what": "Look.",
    });
    bank.act("siu-ka-lok", asked(task)).await.unwrap();
    let refused = bank.act("leung-suk-fan", undo("list A")).await.unwrap_err();
    insta::assert_snapshot!(refused, @"`of-list-a` has `task/look` since it was brought in; retire it by itself");
    insta::assert_snapshot!(
        refused.text(dualtrack_catalogue::Language::ZhHant),
        @"「of-list-a」在帶入後已有「task/look」；請個別退役"
    );
    // A program that judges is nobody.
    bank.act("leung-suk-fan", list("list B", "of-list-b")).await.unwrap();
    bank.desk.record_judgements(bank.now()).await.unwrap();
    bank.act("leung-suk-fan", undo("list B")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_taken_back_by_the_name_it_was_brought_in_by() {
    let bank = Bank::founded().await;
    bank.act("leung-suk-fan", list(" list B ", "of-list-b")).await.unwrap();
    bank.act("leung-suk-fan", undo(" list B ")).await.unwrap();
}
