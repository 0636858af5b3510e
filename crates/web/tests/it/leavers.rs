//! What becomes of accounts when somebody leaves, whoever goes away in the middle of it.

use std::time::Duration;

use axum::http::StatusCode;
use dualtrack_governance::Command;
use dualtrack_store::operations::Account;
use serde_json::{Value, json};

use crate::bank::HOLDER;
use crate::server::Server;

fn asked(value: Value) -> Command {
    serde_json::from_value(value).unwrap()
}

async fn account(server: &Server, person: &str) -> Option<Account> {
    server.bank.desk.store().operations().account_of(person).await.unwrap()
}

/// Somebody with an account who holds no office any more.
async fn leaver(server: &Server, office: &str) -> String {
    let person = format!("only-{office}");
    server.account(&person, "a fair wind from Lantau").await;
    let revoke = json!({ "action": "revoke-role", "person": person, "role": office });
    server.bank.act("first-administrator", asked(revoke)).await.unwrap();
    person
}

/// Asks for an action, and is gone while it waits for the index.
async fn asks_and_hangs_up(server: &Server, cookie: &str, action: &str, body: &Value) {
    let writing = server.bank.desk.store().change(HOLDER).await.unwrap();
    let path = format!("/api/v1/actions/{action}");
    let asking = server.in_session(cookie, &path, body);
    assert!(tokio::time::timeout(Duration::from_secs(1), asking).await.is_err(), "it waits");
    drop(writing);
}

/// Waits until something holds of an account.
async fn becomes(server: &Server, person: &str, holds: impl Fn(Option<Account>) -> bool) -> bool {
    for _ in 0..100 {
        if holds(account(server, person).await) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_closes_although_whoever_asked_hangs_up() {
    let server = Server::new().await;
    let person = leaver(&server, "educator").await;
    let token = server.token(&person, &[]).await;
    let cookie = server.session("only-administrator").await;
    asks_and_hangs_up(&server, &cookie, "close-account", &json!({ "person": person })).await;
    assert!(becomes(&server, &person, |account| account.unwrap().closed.is_some()).await);
    let refused = server.as_person(&token, "GET", "/api/v1/me", "").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_forgotten_although_whoever_asked_hangs_up() {
    let server = Server::new().await;
    let person = leaver(&server, "educator").await;
    let cookie = server.session("only-data-protection-officer").await;
    let body = json!({ "person": person, "rule": "PDPO section 26" });
    asks_and_hangs_up(&server, &cookie, "erase-person", &body).await;
    assert!(becomes(&server, &person, |account| account.is_none()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_closes_and_forgets_what_the_record_says() {
    let server = Server::new().await;
    let bank = &server.bank;
    let left = leaver(&server, "educator").await;
    let erased = leaver(&server, "partner").await;
    let again = leaver(&server, "operations").await;
    server.account("only-developer", "a fair wind from Lantau").await;
    // The server ends after each of these entries.
    for person in [&left, &again] {
        let close = json!({ "action": "close-account", "person": person });
        bank.act("first-administrator", asked(close)).await.unwrap();
    }
    for person in [&erased, &again] {
        let erase = json!({ "action": "erase-person", "person": person, "rule": "PDPO section 26" });
        bank.act("only-data-protection-officer", asked(erase)).await.unwrap();
    }
    // Her name is given to somebody else, who has an account of her own.
    bank.desk.store().operations().forget(&again).await.unwrap();
    let both = json!({ "en": "Another", "zh-Hant": "另一人" });
    let invite = json!({
        "action": "invite-person", "document": { "id": again, "name": both, "roles": ["educator"] },
    });
    bank.act("first-administrator", asked(invite)).await.unwrap();
    let open = json!({ "action": "open-account", "person": again, "name": "another" });
    bank.act("first-administrator", asked(open)).await.unwrap();
    server.account(&again, "a fair wind from Lamma").await;

    assert_eq!(bank.desk.settle_accounts(&bank.reader(), server.now()).await.unwrap(), 2);
    let closed = account(&server, &left).await.unwrap();
    assert!(closed.closed.is_some() && closed.password.is_none());
    assert!(account(&server, &erased).await.is_none());
    for person in [again.as_str(), "only-developer"] {
        assert_eq!(account(&server, person).await.unwrap().closed, None, "{person}");
    }
    assert_eq!(bank.desk.settle_accounts(&bank.reader(), server.now()).await.unwrap(), 0);
}
