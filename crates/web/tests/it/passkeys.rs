//! Passkeys: added in a fresh sign-in, they let their person in and nobody else, once for each challenge.

use axum::http::StatusCode;
use dualtrack_web::sign_in::passkey::LASTS;
use serde_json::{Value, json};

use crate::authenticator::{Device, coded};
use crate::server::{Answer, Server};

const PERSON: &str = "only-committee-member";
const OPTIONS: &str = "/api/v1/sign-in/passkey/options";
const SIGN_IN: &str = "/api/v1/sign-in/passkey";

async fn options(server: &Server, cookie: &str, path: &str) -> Value {
    let answer = server.in_session(cookie, path, &json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

/// A device whose passkey was added to the account of a person who signed in.
async fn added(server: &Server, cookie: &str, mut device: Device) -> Device {
    let asked = options(server, cookie, "/api/v1/me/passkeys/options").await;
    let made = device.make(&asked, "A phone");
    let answer = server.in_session(cookie, "/api/v1/me/passkeys", &made).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    device.counter += 1;
    device
}

async fn asked(server: &Server) -> Value {
    server.ask("POST", OPTIONS, &[], "").await.body
}

async fn signs_in(server: &Server, device: &Device) -> Answer {
    let signed = device.signs(&asked(server).await);
    server.ask("POST", SIGN_IN, &[], &signed.to_string()).await
}

fn cookie(answer: &Answer) -> String {
    answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_in_and_shows_again_who_one_is() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    for (seed, device) in [(1, Device::new(1)), (2, Device::ed25519(2))] {
        let mut device = added(&server, &cookie, device).await;
        let entered = signs_in(&server, &device).await;
        assert_eq!(entered.status, StatusCode::OK, "{seed}: {}", entered.body);
        assert_eq!(entered.body["person"], PERSON);
        let own = self::cookie(&entered);
        let me = server.ask("GET", "/api/v1/me", &[("cookie", &own)], "").await;
        assert_eq!(me.body["stepped_up"], json!(true));

        // Later she shows again who she is; the old name of the session is dead.
        server.wait(15);
        let me = server.ask("GET", "/api/v1/me", &[("cookie", &own)], "").await;
        assert_eq!(me.body["stepped_up"], json!(false));
        device.counter += 1;
        let asked = options(&server, &own, "/api/v1/sign-in/again/passkey/options").await;
        assert_eq!(asked["allowCredentials"].as_array().unwrap().len(), seed);
        let again = server.in_session(&own, "/api/v1/sign-in/again/passkey", &device.signs(&asked)).await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.body);
        let new = self::cookie(&again);
        let me = server.ask("GET", "/api/v1/me", &[("cookie", &new)], "").await;
        assert_eq!(me.body["stepped_up"], json!(true));
        assert_eq!(
            server.ask("GET", "/api/v1/me", &[("cookie", &own)], "").await.status,
            StatusCode::UNAUTHORIZED
        );
        server.wait(-15);
    }
    let list = server.ask("GET", "/api/v1/me/passkeys", &[("cookie", &cookie)], "").await;
    assert_eq!(list.body.as_array().unwrap().len(), 2, "{}", list.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_good_once_for_five_minutes_and_for_what_it_was_made() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    let mut device = added(&server, &cookie, Device::new(1)).await;
    let signed = device.signs(&asked(&server).await).to_string();
    assert_eq!(server.ask("POST", SIGN_IN, &[], &signed).await.status, StatusCode::OK);
    let replayed = server.ask("POST", SIGN_IN, &[], &signed).await;
    assert_eq!(replayed.status, StatusCode::UNAUTHORIZED);
    assert!(replayed.headers.get("set-cookie").is_none());

    device.counter += 1;
    let late = asked(&server).await;
    server.wait(LASTS / 60_000);
    assert_eq!(
        server.ask("POST", SIGN_IN, &[], &device.signs(&late).to_string()).await.status,
        StatusCode::UNAUTHORIZED
    );
    server.wait(-5);

    // One for showing again who one is signs nobody in, nor the other way round.
    let again = options(&server, &cookie, "/api/v1/sign-in/again/passkey/options").await;
    let answer = server.ask("POST", SIGN_IN, &[], &device.signs(&again).to_string()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
    let entrance = asked(&server).await;
    let answer = server.in_session(&cookie, "/api/v1/sign-in/again/passkey", &device.signs(&entrance)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
    // A challenge of nobody's making.
    let made_up = json!({ "challenge": "A".repeat(43) });
    let answer = server.ask("POST", SIGN_IN, &[], &device.signs(&made_up).to_string()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(signs_in(&server, &device).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_page_another_server_an_unverified_person_or_another_key_signs_nobody_in() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    let device = added(&server, &cookie, Device::new(1)).await;
    let twist: [Twist; 9] = [
        ("another page", |device| device.origin = "http://localhost.evil.example".into()),
        ("the same name over https", |device| device.origin = "https://localhost".into()),
        ("another port", |device| device.origin = "http://localhost:8600".into()),
        ("another server", |device| device.party = "evil.example".into()),
        ("nobody verified", |device| device.flags = 0x01),
        ("nobody there", |device| device.flags = 0x04),
        ("another purpose", |device| device.kind = Some("webauthn.create")),
        ("no account named", |device| device.handle = None),
        ("another account named", |device| device.handle = Some("AAAA".into())),
    ];
    for (about, twist) in twist {
        let mut twisted = device.clone();
        twist(&mut twisted);
        let answer = signs_in(&server, &twisted).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{about}: {}", answer.body);
        assert!(answer.headers.get("set-cookie").is_none(), "{about}");
        let operations = server.bank.desk.store().operations();
        operations.clear_failures(&format!("passkey/{PERSON}")).await.unwrap();
    }
    // Somebody else's key under the same id, and an id that is not kept.
    let mut other = Device::new(9);
    other.handle.clone_from(&device.handle);
    assert_eq!(signs_in(&server, &other).await.status, StatusCode::UNAUTHORIZED);
    other.credential.clone_from(&device.credential);
    other.counter = 50;
    assert_eq!(signs_in(&server, &other).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(signs_in(&server, &device).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_counts_no_further_may_be_a_copy() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    let mut device = added(&server, &cookie, Device::new(1)).await;
    device.counter = 7;
    assert_eq!(signs_in(&server, &device).await.status, StatusCode::OK);
    for counter in [7, 6, 0] {
        device.counter = counter;
        let answer = signs_in(&server, &device).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{counter}");
        assert!(answer.body["detail"].as_str().unwrap().contains("copy"), "{}", answer.body);
    }
    device.counter = 8;
    assert_eq!(signs_in(&server, &device).await.status, StatusCode::OK);

    // One that never counts is taken as it is.
    let mut still = Device::new(2);
    still.counter = 0;
    let mut still = added(&server, &cookie, still).await;
    still.counter = 0;
    for _ in 0..2 {
        assert_eq!(signs_in(&server, &still).await.status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_in_a_fresh_sign_in_by_a_person() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    let mut device = Device::new(1);
    let asked = options(&server, &cookie, "/api/v1/me/passkeys/options").await;
    assert_eq!(asked["attestation"], "none");
    assert_eq!(asked["rp"]["id"], "localhost");
    assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
    let made = device.make(&asked, "A phone");
    // Another person's browser cannot finish what she began.
    let other = server.session("only-developer").await;
    let answer = server.in_session(&other, "/api/v1/me/passkeys", &made).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);

    server.wait(11);
    for path in ["/api/v1/me/passkeys/options", "/api/v1/me/passkeys"] {
        let answer = server.in_session(&cookie, path, &made).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.body);
    }
    let token = server.token(PERSON, &[]).await;
    for path in
        ["/api/v1/me/passkeys/options", "/api/v1/me/passkeys", "/api/v1/sign-in/again/passkey/options"]
    {
        let answer = server.as_person(&token, "POST", path, &made.to_string()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_says_of_itself_is_checked_where_it_says_anything() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    for (good, status) in [(false, StatusCode::UNAUTHORIZED), (true, StatusCode::CREATED)] {
        let mut device = Device::new(3);
        let asked = options(&server, &cookie, "/api/v1/me/passkeys/options").await;
        let made = device.make_with_statement(&asked, "A key", good);
        let answer = server.in_session(&cookie, "/api/v1/me/passkeys", &made).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    // The same passkey is not added twice, by nobody.
    let other = server.session("only-developer").await;
    let asked = options(&server, &other, "/api/v1/me/passkeys/options").await;
    let answer = server.in_session(&other, "/api/v1/me/passkeys", &Device::new(3).make(&asked, "Mine")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    for spoilt in ["", "AAAA", "oA", "!"] {
        let asked = options(&server, &other, "/api/v1/me/passkeys/options").await;
        let mut made = Device::new(4).make(&asked, "Mine");
        made["attestation"] = json!(spoilt);
        let answer = server.in_session(&other, "/api/v1/me/passkeys", &made).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{spoilt}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_passkey_lets_nobody_in_and_nobody_removes_anothers() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    let mut device = added(&server, &cookie, Device::new(1)).await;
    let own = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let list = server.ask("GET", "/api/v1/me/passkeys", &own, "").await;
    let path = format!("/api/v1/me/passkeys/{}", list.body[0]["id"].as_str().unwrap());
    let other = server.session("only-developer").await;
    let others = [("cookie", other.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(server.ask("DELETE", &path, &others, "").await.status, StatusCode::NOT_FOUND);
    let rename = |name: &str| json!({ "name": name });
    let named = server.in_session(&cookie, &format!("{path}/name"), &rename(" Her key ")).await;
    assert_eq!(named.status, StatusCode::NO_CONTENT, "{}", named.body);
    for name in ["", " ", "a\u{7}b", &"x".repeat(101)] {
        let refused = server.in_session(&cookie, &format!("{path}/name"), &rename(name)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
    }
    let list = server.ask("GET", "/api/v1/me/passkeys", &own, "").await;
    assert_eq!(list.body[0]["name"], "Her key");
    assert_eq!(signs_in(&server, &device).await.status, StatusCode::OK);
    assert_eq!(server.ask("DELETE", &path, &own, "").await.status, StatusCode::NO_CONTENT);
    device.counter += 1;
    assert_eq!(signs_in(&server, &device).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn reset_credentials_and_a_closed_account_end_passkeys() {
    let server = Server::new().await;
    for (seed, person) in [(1, PERSON), (2, "only-educator")] {
        let cookie = server.session(person).await;
        let device = added(&server, &cookie, Device::new(seed)).await;
        let operations = server.bank.desk.store().operations();
        let now = server.now().as_millisecond();
        if seed == 1 {
            operations.reset_account(person, now).await.unwrap();
        } else {
            operations.close_account(person, now).await.unwrap();
        }
        assert!(operations.passkeys_of(person).await.unwrap().is_empty());
        assert_eq!(signs_in(&server, &device).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_at_the_provider_does_not_go_round_it() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    let mut device = added(&server, &cookie, Device::new(1)).await;
    // As an account that the provider vouches for: it has no password here.
    let operations = server.bank.desk.store().operations();
    let mut rows = operations.rows("account").await.unwrap();
    for row in rows.iter_mut().filter(|row| row["person"] == PERSON) {
        row.remove("password");
        row.insert("issuer".into(), json!("https://id.bank.example"));
        row.insert("subject".into(), json!("42"));
    }
    let passkeys = operations.rows("passkey").await.unwrap();
    operations.forget(PERSON).await.unwrap();
    rows.retain(|row| row["person"] == PERSON);
    operations.put_rows("account", &rows).await.unwrap();
    operations.put_rows("passkey", &passkeys).await.unwrap();
    let answer = signs_in(&server, &device).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
    assert!(answer.body["detail"].as_str().unwrap().contains("institution"), "{}", answer.body);
    // In a session that the provider began it shows who she is.
    let cookie = server.begun(PERSON).await;
    device.counter += 1;
    let asked = options(&server, &cookie, "/api/v1/sign-in/again/passkey/options").await;
    let again = server.in_session(&cookie, "/api/v1/sign-in/again/passkey", &device.signs(&asked)).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_counted_and_passwords_that_fail_keep_no_passkey_waiting() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    let mut device = added(&server, &cookie, Device::new(1)).await;
    let wrong = json!({ "name": PERSON, "password": "a foul wind from Lantau" }).to_string();
    for _ in 0..6 {
        server.ask("POST", "/api/v1/sign-in", &[], &wrong).await;
    }
    assert_eq!(
        server.ask("POST", "/api/v1/sign-in", &[], &wrong).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(signs_in(&server, &device).await.status, StatusCode::OK);
    let mut forged = device.clone();
    forged.flags = 0x01;
    let mut last = StatusCode::OK;
    for _ in 0..7 {
        last = signs_in(&server, &forged).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    server.wait(61);
    device.counter += 1;
    assert_eq!(signs_in(&server, &device).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_else_is_refused_without_breaking() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    let device = added(&server, &cookie, Device::new(1)).await;
    let long = "A".repeat(20_000);
    for field in ["id", "client_data", "authenticator_data", "signature", "user_handle"] {
        for spoilt in ["", "A", "AA==", "é", "\u{0}", "-_-_", &long, &coded(b"{}"), &coded(b"null")] {
            let mut signed = device.signs(&asked(&server).await);
            signed[field] = json!(spoilt);
            let answer = server.from("192.0.2.7", "", SIGN_IN, &signed).await;
            assert!(answer.status.is_client_error(), "{field} {spoilt:.20}: {}", answer.status);
            let operations = server.bank.desk.store().operations();
            operations.clear_failures(&format!("passkey/{PERSON}")).await.unwrap();
            operations.clear_failures("address/192.0.2.7").await.unwrap();
        }
    }
}

/// A try and what it is about.
type Twist = (&'static str, fn(&mut Device));
