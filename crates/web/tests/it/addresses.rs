//! Guesses are counted by the address from which they come: who guesses at many accounts waits, and nobody else does.

use axum::http::StatusCode;
use dualtrack_store::operations::Failures;
use dualtrack_web::sign_in::limit::{failed_from_address, window_of_address};
use dualtrack_web::sign_in::token;
use serde_json::{Value, json};

use crate::server::{Server, Set};

const SIGN_IN: &str = "/api/v1/sign-in";
const LINKS: &str = "/api/v1/links";

fn password(name: &str, password: &str) -> Value {
    json!({ "name": name, "password": password })
}

/// A link that nobody was given, and that costs no hash of a password.
fn wrong_link() -> Value {
    json!({ "secret": "A".repeat(43), "password": "a fair wind from Lantau" })
}

/// Makes so many guesses from an address, none of which is refused for their number.
async fn guess(server: &Server, peer: &str, forwarded: &str, times: usize) {
    for _ in 0..times {
        let answer = server.from(peer, forwarded, LINKS, &wrong_link()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{peer} {forwarded}: {}", answer.body);
    }
}

async fn waits(server: &Server, peer: &str, forwarded: &str) -> bool {
    server.from(peer, forwarded, LINKS, &wrong_link()).await.status == StatusCode::TOO_MANY_REQUESTS
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_fails_at_many_accounts_waits_and_no_other_does() {
    let server = Server::new().await;
    server.account("only-developer", "a fair wind from Lantau").await;
    let good = password("only-developer", "a fair wind from Lantau");
    for number in 0..30 {
        let guess = password(&format!("person-{number}"), "guess");
        let answer = server.from("203.0.113.9", "", SIGN_IN, &guess).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{number}: {}", answer.body);
    }
    let refused = server.from("203.0.113.9", "", SIGN_IN, &password("one-more", "guess")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers["retry-after"], "600");
    assert!(refused.body["detail"].as_str().unwrap().contains("from your network"), "{}", refused.body);
    assert!(waits(&server, "203.0.113.9", "").await, "links are counted with passwords");
    assert_eq!(server.from("203.0.113.9", "", SIGN_IN, &good).await.status, StatusCode::TOO_MANY_REQUESTS);
    // A right password from elsewhere is not hindered, and what waits there makes the account wait no longer.
    assert_eq!(server.from("203.0.113.10", "", SIGN_IN, &good).await.status, StatusCode::OK);
    server.wait(10);
    assert_eq!(server.from("203.0.113.9", "", SIGN_IN, &good).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn right_passwords_are_not_counted() {
    let server = Server::new().await;
    server.account("only-developer", "a fair wind from Lantau").await;
    let good = password("only-developer", "a fair wind from Lantau");
    guess(&server, "203.0.113.9", "", 28).await;
    for _ in 0..4 {
        assert_eq!(server.from("203.0.113.9", "", SIGN_IN, &good).await.status, StatusCode::OK);
    }
    guess(&server, "203.0.113.9", "", 2).await;
    assert!(waits(&server, "203.0.113.9", "").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ipv6_a_whole_network_is_counted_as_one() {
    let server = Server::new().await;
    for host in 1..=30 {
        guess(&server, &format!("2001:db8:1:2::{host:x}"), "", 1).await;
    }
    assert!(waits(&server, "2001:db8:1:2:ffff::1", "").await);
    assert!(!waits(&server, "2001:db8:1:3::1", "").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_that_is_named_each_is_counted_by_what_the_proxy_saw() {
    let server = Server::with(Set { proxies: vec!["10.0.0.0/8", "127.0.0.1"], ..Set::default() }).await;
    for number in 0..30 {
        guess(&server, "10.0.0.1", &format!("198.51.100.{number}, 203.0.113.9, 10.0.0.2"), 1).await;
    }
    assert!(waits(&server, "127.0.0.1", "203.0.113.9").await);
    assert!(!waits(&server, "10.0.0.1", "203.0.113.10").await, "others behind the proxy are not hindered");
    // Nobody else is believed.
    for number in 0..30 {
        guess(&server, "192.0.2.1", &format!("198.51.100.{number}"), 1).await;
    }
    assert!(waits(&server, "192.0.2.1", "198.51.100.77").await);
    assert!(!waits(&server, "10.0.0.1", "198.51.100.1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_on_this_machine_that_is_not_named_keeps_nobody_out() {
    let server = Server::new().await;
    guess(&server, "127.0.0.1", "203.0.113.9", 40).await;
    guess(&server, "127.0.0.1", "", 30).await;
    assert!(waits(&server, "127.0.0.1", "").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessed_tokens_are_answered_later_and_keep_no_good_one_out() {
    let server = Server::new().await;
    let good = server.token("only-developer", &[]).await;
    for _ in 0..30 {
        let guessed = token::make().unwrap();
        let answer = server.as_person(guessed.reveal(), "GET", "/api/v1/me", "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let guessed = token::make().unwrap();
    let answer = server.as_person(guessed.reveal(), "GET", "/api/v1/me", "").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.body);
    assert_eq!(server.as_person(&good, "GET", "/api/v1/me", "").await.status, StatusCode::OK);
    // Nor does a program with an old token keep people from signing in.
    let link = server.ask("POST", LINKS, &[], &wrong_link().to_string()).await;
    assert_eq!(link.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_count_as_the_rule_says_and_forget() {
    let server = Server::new().await;
    let operations = server.bank.desk.store().operations();
    let mut expected = Failures::default();
    let minute = 60_000;
    for now in [5, 5, 6, 14, 15, 16, 30, 500, 499, 480, 481, 495].map(|at| at * minute) {
        expected = failed_from_address(&expected, now);
        let (since, until) = window_of_address(now);
        let counted = operations.count_failure_within("address/x", now, since, until).await.unwrap();
        assert_eq!(counted, expected, "{now}");
    }
    operations.take_failure_back("address/x").await.unwrap();
    assert_eq!(operations.failures("address/x").await.unwrap().times, expected.times - 1);
    operations.count_failure("account/x", 495 * minute).await.unwrap();
    operations.sweep(0, 0, (495 + 61) * minute).await.unwrap();
    assert_eq!(operations.failures("address/x").await.unwrap(), Failures::default());
    assert_eq!(
        operations.failures("account/x").await.unwrap().times,
        1,
        "an account is remembered for a day"
    );
}
