//! What a person was told, at her page and by the API.

use axum::http::StatusCode;
use dualtrack_store::operations::{Outgoing, OutgoingState};
use serde_json::json;

use crate::server::Server;
use crate::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn one_reads_what_one_was_told_and_says_when_mails_come() {
    let server = Server::new().await;
    server.account("only-developer", "a fair wind from Lantau").await;
    let day = 24 * 60 * 60 * 1_000;
    let now = server.now().as_millisecond();
    for (id, target, age) in
        [("1", "only-developer", 0), ("2", "only-developer", 9 * day), ("3", "only-validator", 0)]
    {
        let body = json!({ "action": "suspend", "kind": "record.suspend", "about": "use/client-assistant", "entry": 3 });
        let outgoing = Outgoing {
            id: id.into(),
            channel: "mail".into(),
            target: target.into(),
            body: body.to_string(),
            made: now - age,
            due: now,
            attempts: 0,
            state: OutgoingState::Kept,
            said: None,
        };
        server.bank.desk.store().operations().post(&outgoing).await.unwrap();
    }
    let visitor = Visitor::of(&server, "only-developer").await;
    let page = visitor.page("/notices").await;
    assert_eq!(page.text.matches("Client assistant: suspended").count(), 1, "{}", page.text);
    let month = visitor.page("/notices?days=30").await;
    assert_eq!(month.text.matches("Client assistant: suspended").count(), 2, "{}", month.text);
    let chinese = Visitor::of(&server, "only-developer").await.in_chinese();
    assert!(chinese.page("/notices").await.text.contains("客戶助理：已暫停"));
    let file = visitor.get("/notices?days=30&format=csv").await;
    assert_eq!(file.text().matches("Client assistant: suspended").count(), 2);

    let token = server.token("only-developer", &[]).await;
    let own = async || server.as_person(&token, "GET", "/api/v1/notices", "").await.body;
    assert_eq!(own().await["daily_mail"], false);
    let sent = visitor.send(&page.form().typed("mails", "daily")).await;
    assert_eq!(sent.leads(), "/notices#mails");
    assert_eq!(own().await["daily_mail"], true);
    assert_eq!(own().await["notices"].as_array().unwrap().len(), 2);
    let wrong = visitor.send(&page.form().typed("mails", "weekly")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = server.as_person(&token, "POST", "/api/v1/notices/mails", r#"{"daily_mail": false}"#).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(own().await["daily_mail"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_something_else_reads_no_notices() {
    let server = Server::new().await;
    server.account("only-developer", "a fair wind from Lantau").await;
    let other = server.token("only-developer", &["add-evidence"]).await;
    for (method, path, body) in
        [("GET", "/api/v1/notices", ""), ("POST", "/api/v1/notices/mails", r#"{"daily_mail": true}"#)]
    {
        let answer = server.as_person(&other, method, path, body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let inbox = server.token("only-developer", &["view-inbox"]).await;
    assert_eq!(server.as_person(&inbox, "GET", "/api/v1/notices", "").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_would_call_is_no_webhook() {
    let server = Server::new().await;
    let token = server.token("only-administrator", &[]).await;
    for (id, url, is_taken) in [
        ("one", "https://hooks.bank.example/x", true),
        ("two", "http://127.0.0.1:9/x", true),
        ("three", "http://127.0.0.1.evil.example/x", false),
        ("four", "http://localhost.evil.example/x", false),
        ("five", "http://localhost@evil.example/x", false),
        ("six", "https://", false),
        ("seven", "https://@", false),
        ("eight", "https://evil.example:99999/", false),
        ("nine", "ftp://bank.example/", false),
    ] {
        let body = json!({ "id": id, "url": url }).to_string();
        let answer = server.as_person(&token, "POST", "/api/v1/webhooks", &body).await;
        let expected = if is_taken { StatusCode::CREATED } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(answer.status, expected, "{url}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_longer_than_anybody_reads_is_refused() {
    let server = Server::new().await;
    let token = server.token("only-business-owner", &[]).await;
    for (name, purpose, is_taken) in [(300, 20_000, true), (301, 10, false), (10, 20_001, false)] {
        let both = |length: usize| json!({ "en": "W".repeat(length), "zh-Hant": "字".repeat(length) });
        let document = json!({
            "schema": "dualtrack.use/1", "id": format!("long-{name}-{purpose}"), "name": both(name),
            "entity": "harbour-bank", "purpose": both(purpose), "purposes": [], "decides": both(1),
            "affects": both(1), "stage": "idea", "stage_since": "2026-01-01", "coverage": "attested",
            "people": { "owners": ["only-business-owner"] },
        });
        let body = json!({ "document": document }).to_string();
        let answer = server.as_person(&token, "POST", "/api/v1/actions/register-use", &body).await;
        assert_eq!(answer.status.is_success(), is_taken, "{name} {purpose}: {}", answer.body);
    }
}
