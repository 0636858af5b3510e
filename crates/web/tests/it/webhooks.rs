//! Webhooks: each that comes, gets another secret or goes stands in the ledger, and an old secret signs only for a while.

use axum::http::StatusCode;
use dualtrack_governance::Noted;
use dualtrack_store::operations::Webhook;
use serde_json::{Value, json};

use crate::bank::officer;
use crate::server::Server;

const ADMINISTRATOR: &str = "only-administrator";

/// What the trail says was done, newest first, and by whom.
async fn done(server: &Server) -> Vec<(String, String)> {
    let trail = server.bank.desk.trail(None, u64::MAX, 4).await.unwrap();
    trail.into_iter().map(|entry| (entry.action, entry.actor.unwrap_or_default())).collect()
}

async fn webhooks(server: &Server) -> Vec<Webhook> {
    server.bank.desk.store().operations().webhooks().await.unwrap()
}

fn by_administrator(action: &str) -> (String, String) {
    (action.to_owned(), ADMINISTRATOR.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_stands_in_the_ledger_and_its_old_secret_signs_only_for_a_while() {
    let server = Server::new().await;
    let token = server.token(ADMINISTRATOR, &["write-webhook"]).await;
    let ask = async |method: &str, path: &str, body: Value| {
        let body = if method == "DELETE" { String::new() } else { body.to_string() };
        server.as_person(&token, method, path, &body).await
    };
    let new =
        json!({ "id": "watch", "url": "https://hooks.bank.example/secret-path", "kinds": ["clock.due"] });
    let added = ask("POST", "/api/v1/webhooks", new.clone()).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    assert_eq!(done(&server).await[0], by_administrator("add-webhook"));
    let size = server.bank.reader().size();
    let entry = String::from_utf8(server.bank.reader().entry(size - 1).unwrap()).unwrap();
    assert!(!entry.contains("watch") && !entry.contains("bank.example"), "{entry}");
    // What cannot be added is not entered.
    assert_eq!(ask("POST", "/api/v1/webhooks", new).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nobodys = server.token("only-developer", &[]).await;
    for path in ["/api/v1/webhooks/watch/rotate", "/api/v1/webhooks"] {
        let refused =
            server.as_person(&nobodys, "POST", path, r#"{"id": "x", "url": "https://x.example"}"#).await;
        assert!(refused.status.is_client_error(), "{}", refused.body);
    }
    assert_eq!(server.bank.reader().size(), size);

    let rotated = ask("POST", "/api/v1/webhooks/watch/rotate", json!({ "hours": 2 })).await;
    assert_eq!(rotated.status, StatusCode::OK, "{}", rotated.body);
    assert_eq!(done(&server).await[0], by_administrator("rotate-webhook"));
    let (first, second) = (&added.body["secret"], &rotated.body["secret"]);
    let now = server.now().as_millisecond();
    assert_eq!(rotated.body["old_until"], now + 7_200_000);
    let signing = |webhook: &Webhook, at: i64| json!(webhook.signing(at));
    let watch = webhooks(&server).await.swap_remove(0);
    assert_eq!(signing(&watch, now), json!([second, first]));
    assert_eq!(signing(&watch, now + 7_199_999), json!([second, first]));
    assert_eq!(signing(&watch, now + 7_200_000), json!([second]));
    // Another in between: of those before only the last signs on.
    let third = ask("POST", "/api/v1/webhooks/watch/rotate", json!({})).await.body["secret"].clone();
    let watch = webhooks(&server).await.swap_remove(0);
    assert_eq!(signing(&watch, now), json!([third, second]));
    let shown = server.as_person(&token, "GET", "/api/v1/webhooks", "").await;
    assert_eq!(shown.body[0]["old_until"], now + 24 * 3_600_000);
    assert!(!shown.body.to_string().contains("whsec_"));
    // One that leaked is good for nothing at once, and what signs no more is not kept.
    let last =
        ask("POST", "/api/v1/webhooks/watch/rotate", json!({ "hours": 0 })).await.body["secret"].clone();
    server.bank.desk.store().operations().forget_old_secrets(now).await.unwrap();
    assert_eq!(json!(webhooks(&server).await[0].secrets), json!([last]));
    let long = ask("POST", "/api/v1/webhooks/watch/rotate", json!({ "hours": 169 })).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", long.body);

    assert_eq!(ask("DELETE", "/api/v1/webhooks/watch", json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(done(&server).await[0], by_administrator("stop-webhook"));
    let size = server.bank.reader().size();
    assert_eq!(ask("DELETE", "/api/v1/webhooks/watch", json!({})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.bank.reader().size(), size);
    assert_eq!(server.bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_whose_end_was_entered_is_stopped_by_the_next_start() {
    let server = Server::new().await;
    let token = server.token(ADMINISTRATOR, &[]).await;
    for id in ["gone", "stays"] {
        let new = json!({ "id": id, "url": "https://hooks.bank.example" });
        server.as_person(&token, "POST", "/api/v1/webhooks", &new.to_string()).await;
    }
    let gone = Noted::WebhookStopped { id: "gone".into() };
    let desk = &server.bank.desk;
    desk.note(officer(ADMINISTRATOR), "write-webhook", gone.clone(), server.bank.now()).await.unwrap();
    let refused = desk.note(officer("only-validator"), "write-webhook", gone, server.bank.now()).await;
    assert!(refused.is_err());
    for stopped in [1, 0] {
        let settled = desk.settle_webhooks(&server.bank.reader(), server.bank.now()).await.unwrap();
        assert_eq!(settled, stopped);
    }
    let left: Vec<_> = webhooks(&server).await.into_iter().map(|webhook| webhook.id).collect();
    assert_eq!(left, ["stays"]);
}
