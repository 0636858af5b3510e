//! Requests, good and bad, as programs make them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_route_and_is_openapi() {
    let server = Server::new().await;
    let answer = server.ask("GET", "/api/v1/openapi.json", &[], "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    for route in dualtrack_web::api::routes() {
        let method = route.method.as_str().to_lowercase();
        assert!(answer.body["paths"][&route.path][&method].is_object(), "{route:?}");
    }
    // Every reference leads somewhere.
    let text = answer.body.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(answer.body["components"]["schemas"][name].is_object(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_begun_stepped_up_and_ended() {
    let server = Server::new().await;
    server.account("only-risk-officer", "a fair wind from Lantau").await;
    let wrong = json!({ "name": "only-risk-officer", "password": "a fair wind from Lamma" }).to_string();
    let refused = server.ask("POST", "/api/v1/sign-in", &[], &wrong).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let unknown = json!({ "name": "nobody", "password": "a fair wind from Lamma" }).to_string();
    let refused_too = server.ask("POST", "/api/v1/sign-in", &[], &unknown).await;
    assert_eq!(refused.body, refused_too.body, "a wrong name and a wrong password look the same");

    let good = json!({ "name": "only-risk-officer", "password": "a fair wind from Lantau" }).to_string();
    let signed_in = server.ask("POST", "/api/v1/sign-in", &[], &good).await;
    assert_eq!(signed_in.status, StatusCode::OK);
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap().to_owned();
    for part in ["__Host-dualtrack=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let me = server.ask("GET", "/api/v1/me", &[("cookie", &cookie)], "").await;
    assert_eq!(me.body["person"], "only-risk-officer");

    // A page of another site cannot change anything with it.
    let forged = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    let refused = server.ask("POST", "/api/v1/sign-out", &forged, "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let own = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let again = json!({ "password": "a fair wind from Lantau" }).to_string();
    let rotated = server.ask("POST", "/api/v1/sign-in/again", &own, &again).await;
    assert_eq!(rotated.status, StatusCode::OK);
    let new = rotated.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_ne!(new, cookie);
    let dead = server.ask("GET", "/api/v1/me", &[("cookie", &cookie)], "").await;
    assert_eq!(dead.status, StatusCode::UNAUTHORIZED);
    let own = [("cookie", new.as_str()), ("origin", "http://localhost")];
    assert_eq!(server.ask("POST", "/api/v1/sign-out", &own, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        server.ask("GET", "/api/v1/me", &[("cookie", &new)], "").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_passwords_gets_slower_and_says_how_long() {
    let server = Server::new().await;
    server.account("only-developer", "a fair wind from Lantau").await;
    let wrong = json!({ "name": "only-developer", "password": "guess" }).to_string();
    for _ in 0..5 {
        assert_eq!(server.ask("POST", "/api/v1/sign-in", &[], &wrong).await.status, StatusCode::UNAUTHORIZED);
    }
    let waits = server.ask("POST", "/api/v1/sign-in", &[], &wrong).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(waits.headers["retry-after"], "60");
    let chinese = server.ask("POST", "/api/v1/sign-in", &[("accept-language", "zh-HK,zh")], &wrong).await;
    assert!(chinese.body["detail"].as_str().unwrap().contains("分鐘後再試"), "{}", chinese.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_what_it_names_and_stops_when_it_is_revoked() {
    let server = Server::new().await;
    let token = server.token("only-operations", &["suspend"]).await;
    let body =
        json!({ "use": "client-assistant", "because": { "en": "Stop.", "zh-Hant": "停。" } }).to_string();
    let done = server.as_person(&token, "POST", "/api/v1/actions/suspend", &body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_eq!(done.body["documents"][0]["version"], 2);
    let other = json!({ "deployment": "x", "parts": {} }).to_string();
    let refused = server.as_person(&token, "POST", "/api/v1/actions/report-running", &other).await;
    assert!(refused.status == StatusCode::NOT_FOUND || refused.status == StatusCode::FORBIDDEN);
    let read = server.as_person(&token, "GET", "/api/v1/uses/client-assistant", "").await;
    assert_eq!(read.status, StatusCode::FORBIDDEN);
    assert!(read.body["detail"].as_str().unwrap().contains("token is not good for `view-use`"));
    let operations = server.bank.desk.store().operations();
    let id = operations.tokens_of("only-operations").await.unwrap().remove(0).id;
    assert!(operations.revoke_token("only-operations", &id, 5).await.unwrap());
    let dead = server.as_person(&token, "POST", "/api/v1/actions/suspend", &body).await;
    assert_eq!(dead.status, StatusCode::UNAUTHORIZED);
    assert!(dead.body["detail"].as_str().unwrap().contains("was revoked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_has_a_tag_and_a_stale_change_is_refused() {
    let server = Server::new().await;
    let token = server.token("only-compliance-officer", &[]).await;
    let read = server.as_person(&token, "GET", "/api/v1/uses/client-assistant", "").await;
    let tag = read.headers["etag"].to_str().unwrap().to_owned();
    assert!(tag.starts_with("\"1-"), "{tag}");
    let bearer = format!("Bearer {token}");
    let same = [("authorization", bearer.as_str()), ("if-none-match", tag.as_str())];
    let unchanged = server.ask("GET", "/api/v1/uses/client-assistant", &same, "").await;
    assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);
    let mut document = read.body["document"].clone();
    document["next_review"] = "2027-03-31".into();
    let body = json!({ "document": document, "digests": read.body["digests"] }).to_string();
    let blind = server.as_person(&token, "POST", "/api/v1/actions/change-use", &body).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED, "{}", blind.body);
    let first = [("authorization", bearer.as_str()), ("if-match", "\"1\"")];
    assert_eq!(server.ask("POST", "/api/v1/actions/change-use", &first, &body).await.status, StatusCode::OK);
    let stale = server.ask("POST", "/api/v1/actions/change-use", &first, &body).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(stale.body["more"]["version"], 2);
    // A model beneath it changes, and so does what the page says, though not the version of the use.
    let read = server.as_person(&token, "GET", "/api/v1/uses/client-assistant", "").await;
    let before = read.headers["etag"].to_str().unwrap().to_owned();
    let model = read.body["document"]["models"][0].as_str().unwrap().to_owned();
    let there = server.as_person(&token, "GET", &format!("/api/v1/models/{model}"), "").await;
    let mut document = there.body["document"].clone();
    document["version"] = "another".into();
    let given = json!({ "kind": "model", "document": document, "digests": there.body["digests"] });
    let version = there.headers["etag"].to_str().unwrap().to_owned();
    let headers = [("authorization", bearer.as_str()), ("if-match", version.as_str())];
    let body = json!({ "given": given }).to_string();
    let changed = server.ask("POST", "/api/v1/actions/change-foundation", &headers, &body).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let known = [("authorization", bearer.as_str()), ("if-none-match", before.as_str())];
    let again = server.ask("GET", "/api/v1/uses/client-assistant", &known, "").await;
    assert_eq!(again.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_are_answered_in_one_line() {
    let server = Server::new().await;
    let token = server.token("only-compliance-officer", &[]).await;
    let deep = format!("{{\"document\":{}", "[".repeat(10_000));
    let cases: [(&str, &str, &str, StatusCode); 11] = [
        ("POST", "/api/v1/actions/register-use", "{}", StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "/api/v1/actions/register-use", "not json", StatusCode::BAD_REQUEST),
        ("POST", "/api/v1/actions/register-use", &deep, StatusCode::BAD_REQUEST),
        (
            "POST",
            "/api/v1/actions/suspend",
            r#"{"use":"no","because":{"en":"x","zh-Hant":"x"}}"#,
            StatusCode::NOT_FOUND,
        ),
        (
            "POST",
            "/api/v1/actions/suspend",
            r#"{"use":"No Slug","because":{"en":"x","zh-Hant":"x"}}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "POST",
            "/api/v1/actions/suspend",
            r#"{"use":"client-assistant","becuase":1}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        ("GET", "/api/v1/uses?limit=0", "", StatusCode::UNPROCESSABLE_ENTITY),
        ("GET", "/api/v1/uses?nonsense=1", "", StatusCode::UNPROCESSABLE_ENTITY),
        ("GET", "/api/v1/uses/no-such-use", "", StatusCode::NOT_FOUND),
        ("GET", "/nowhere", "", StatusCode::NOT_FOUND),
        ("PUT", "/api/v1/uses", "", StatusCode::METHOD_NOT_ALLOWED),
    ];
    for (method, path, body, status) in cases {
        let answer = server.as_person(&token, method, path, body).await;
        let start: String = body.chars().take(60).collect();
        assert_eq!(answer.status, status, "{method} {path} {start}: {}", answer.body);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(!detail.is_empty() && !detail.contains('\n'), "{detail}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    let long = json!({ "document": "x".repeat(9 << 20) }).to_string();
    let answer = server.as_person(&token, "POST", "/api/v1/actions/register-use", &long).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_names_the_condition_that_failed() {
    let server = Server::new().await;
    let token = server.token("only-administrator", &[]).await;
    let reader = server.token("only-validator", &[]).await;
    let read = server.as_person(&reader, "GET", "/api/v1/uses/research-assistant", "").await;
    let body = json!({
        "use": "research-assistant", "stage": "production", "role": "risk-officer",
        "snapshot": read.body["snapshot"]["digest"],
    });
    let refused = server.as_person(&token, "POST", "/api/v1/actions/approve", &body.to_string()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let text = refused.body.to_string();
    assert!(text.contains("an administrator approves, validates and adopts nothing"), "{text}");
    // A token without scopes is no fresh sign-in.
    let token = server.token("only-risk-officer", &[]).await;
    let refused = server.as_person(&token, "POST", "/api/v1/actions/approve", &body.to_string()).await;
    assert!(refused.body["detail"].as_str().unwrap().contains("fresh sign-in"), "{}", refused.body);
    // Nor is one that names the action: only a person signs in afresh.
    let token = server.token("only-risk-officer", &["approve"]).await;
    let refused = server.as_person(&token, "POST", "/api/v1/actions/approve", &body.to_string()).await;
    assert!(refused.body["detail"].as_str().unwrap().contains("fresh sign-in"), "{}", refused.body);
    let session = server.session("only-risk-officer").await;
    let done = server.in_session(&session, "/api/v1/actions/approve", &body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_ne!(done.body["receipt"], Value::Null);
    let id = done.body["documents"][0]["id"].as_str().unwrap();
    assert!(!id.contains("only-risk-officer"), "an id names nobody: {id}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_alone_takes_over_the_account_of_an_approver() {
    let server = Server::new().await;
    let administrator = server.session("only-administrator").await;
    // Anybody's first account is opened by one.
    let body = json!({ "person": "only-developer", "name": "dev" });
    let opened = server.in_session(&administrator, "/api/v1/actions/open-account", &body).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    let link = opened.body["invitation"]["link"].as_str().unwrap();
    assert!(link.starts_with("http://localhost/link#"), "{link}");
    // An account that decides over others takes two.
    let officer = server.session("only-validator").await;
    let body = json!({ "person": "only-validator" });
    let again = json!({ "person": "only-validator", "name": "only-validator" });
    let refused = server.in_session(&administrator, "/api/v1/actions/open-account", &again).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    let asked = server.in_session(&administrator, "/api/v1/actions/reset-credentials", &body).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.body);
    assert_eq!(asked.body["invitation"], Value::Null);
    let confirm = json!({ "proposal": asked.body["proposal"] });
    for session in [&administrator, &officer] {
        let refused = server.in_session(session, "/api/v1/actions/confirm-proposal", &confirm).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    }
    let second = server.session("only-compliance-officer").await;
    let confirmed = server.in_session(&second, "/api/v1/actions/confirm-proposal", &confirm).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.body);
    assert!(confirmed.body["invitation"]["link"].is_string(), "{}", confirmed.body);
    // A token is never a fresh sign-in.
    let scopes = json!({ "name": "ci", "scopes": ["reset-credentials"], "days": 1 });
    let refused = server.in_session(&administrator, "/api/v1/me/tokens", &scopes).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_as_it_was_at_an_instant() {
    let server = Server::new().await;
    let token = server.token("only-compliance-officer", &[]).await;
    let body = json!({ "id": "look", "assignee": "only-compliance-officer", "what": "Look at it." });
    let given = server.as_person(&token, "POST", "/api/v1/actions/give-task", &body.to_string()).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.body);
    let now = server.as_person(&token, "GET", "/api/v1/tasks", "").await;
    assert_eq!(now.body["items"][0]["id"], "look", "{}", now.body);
    let entry = now.body["items"][0]["entry"].as_u64().unwrap();
    let trail = server.as_person(&token, "GET", "/api/v1/trail?limit=10", "").await;
    let items = trail.body["items"].as_array().unwrap();
    let given = items.iter().find(|item| item["entry"] == entry).unwrap()["at"].as_str().unwrap();
    let at: jiff::Timestamp = given.parse().unwrap();
    for (instant, seen) in [(at, 1), (at - jiff::SignedDuration::from_millis(1), 0)] {
        let then = server.as_person(&token, "GET", &format!("/api/v1/tasks?as_of={instant}"), "").await;
        assert_eq!(then.status, StatusCode::OK, "{}", then.body);
        assert_eq!(then.body["items"].as_array().unwrap().len(), seen, "{instant}");
    }
}
