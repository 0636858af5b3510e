//! Signing in elsewhere, as far as it needs no provider: what is kept, what is tied, and what is answered when nobody is
//! there. `tests/oidc/run` signs in at a real one.

use axum::http::StatusCode;
use dualtrack_web::sign_in::oidc::{Provider, ProviderSettings};
use dualtrack_web::sign_in::secret::Secret;

use crate::server::{Server, Set};

/// A provider at a port where nobody listens.
fn nobody() -> Provider {
    let secret = Secret::new("a secret of a test");
    let settings = ProviderSettings::new("http://127.0.0.1:9", "dualtrack", &secret, "http://localhost");
    Provider::new(settings.unwrap(), "test")
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_there_is_no_such_door() {
    let server = Server::new().await;
    for path in ["/sign-in/oidc", "/sign-in/oidc?step_up=1", "/sign-in/oidc/callback?code=x&state=y"] {
        let answer = server.ask("GET", path, &[], "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body["detail"].as_str().unwrap().contains("server.yaml"), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_said_to_be_and_prints_no_secret() {
    let server = Server::with(Set { provider: Some(nobody()), ..Set::default() }).await;
    for (language, words) in [("en", "cannot be reached"), ("zh-HK", "暫時無法連接")] {
        let answer = server.ask("GET", "/sign-in/oidc", &[("accept-language", language)], "").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(words) && !detail.contains("a secret of a test"), "{detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_back_who_did_not_go() {
    let server = Server::with(Set { provider: Some(nobody()), ..Set::default() }).await;
    let state = "A".repeat(43);
    let long = "x".repeat(4_000);
    for query in ["", "?code=x", "?error=access_denied", &format!("?code={long}&state={state}")] {
        let path = format!("/sign-in/oidc/callback{query}");
        let cookie = format!("__Host-dualtrack-sign-in={state}");
        let answer = server.ask("GET", &path, &[("cookie", &cookie)], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{query}: {}", answer.body);
        assert!(answer.headers.get("set-cookie").is_none());
    }
    let answer = server.ask("GET", "/sign-in/oidc?step_up=1", &[], "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let answer = server.ask("GET", "/sign-in/oidc?step_up=2", &[], "").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_is_taken_once_in_time_and_no_crowd_fills_it_up() {
    let server = Server::new().await;
    let operations = server.bank.desk.store().operations();
    operations.keep_pending("one", "body", 1_000, 3).await.unwrap();
    assert_eq!(operations.take_pending("one", 1_000).await.unwrap(), None);
    assert_eq!(operations.take_pending("one", 999).await.unwrap().as_deref(), Some("body"));
    assert_eq!(operations.take_pending("one", 999).await.unwrap(), None);
    for at in 0..6 {
        operations.keep_pending(&format!("crowd-{at}"), "body", 2_000 + at, 3).await.unwrap();
    }
    let mut left = Vec::new();
    for at in 0..6 {
        left.push(operations.take_pending(&format!("crowd-{at}"), 0).await.unwrap().is_some());
    }
    assert_eq!(left, [false, false, false, true, true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_tied_to_one_identity_once() {
    let server = Server::new().await;
    server.account("mok-lai-sheung", "a fair wind from Lantau").await;
    server.account("wong-ka-wing", "a fair wind from Lamma").await;
    let operations = server.bank.desk.store().operations();
    let issuer = "https://login.bank.example";
    assert!(operations.set_identity("mok-lai-sheung", issuer, "1").await.unwrap());
    assert!(!operations.set_identity("mok-lai-sheung", issuer, "2").await.unwrap());
    assert!(operations.set_identity("wong-ka-wing", issuer, "1").await.is_err());
    let tied = operations.account_with_identity(issuer, "1").await.unwrap().unwrap();
    assert_eq!(tied.person, "mok-lai-sheung");
    assert!(operations.account_with_identity("https://other.example", "1").await.unwrap().is_none());
}
