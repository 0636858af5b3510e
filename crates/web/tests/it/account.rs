//! The page of one's own account, and passkeys in forms.

use axum::http::StatusCode;
use form_urlencoded::Serializer;
use serde_json::{Value, json};

use crate::authenticator::Device;
use crate::server::{Answer, Server};

const PERSON: &str = "only-developer";

fn form(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn sent(server: &Server, cookie: &str, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin")];
    server.ask("POST", path, &headers, &form(pairs)).await
}

async fn page(server: &Server, cookie: &str, path: &str, language: &str) -> String {
    let headers = [("cookie", cookie), ("accept-language", language)];
    let answer = server.ask("GET", path, &headers, "").await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
    // What has no words is shown as its id in brackets.
    assert!(!text.contains("[account-") && !text.contains("[passkey-"), "{text}");
    text
}

fn to(answer: &Answer) -> &str {
    answer.headers["location"].to_str().unwrap()
}

fn cookie(answer: &Answer) -> String {
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-dualtrack="), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

/// The token of the form that is sent to an address.
fn token_of<'page>(page: &'page str, action: &str) -> &'page str {
    let form = page.split(&format!("action=\"{action}\"")).nth(1).unwrap();
    form.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap()
}

async fn device(server: &Server, cookie: &str) -> Device {
    let asked = server.in_session(cookie, "/api/v1/me/passkeys/options", &json!({})).await.body;
    let mut device = Device::new(1);
    let mut made = device.make(&asked, "");
    made.as_object_mut().unwrap().remove("name");
    let answer =
        sent(server, cookie, "/account/passkeys", &[("name", "A phone"), ("passkey", &made.to_string())])
            .await;
    assert_eq!((answer.status, to(&answer)), (StatusCode::SEE_OTHER, "/account?said=passkey-added"));
    device.counter += 1;
    device
}

async fn signs(server: &Server, device: &mut Device, headers: &[(&str, &str)], path: &str) -> String {
    let asked: Value = server.ask("POST", path, headers, "").await.body;
    let signed = device.signs(&asked).to_string();
    device.counter += 1;
    signed
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_who_one_is_before_anything_is_changed_that_signs_in() {
    let server = Server::new().await;
    let cookie = server.session(PERSON).await;
    for language in ["en", "zh-HK"] {
        let fresh = page(&server, &cookie, "/account", language).await;
        assert!(fresh.contains("data-options=\"/api/v1/me/passkeys/options\""), "{fresh}");
        assert!(
            fresh.contains("action=\"/account/password\"") && !fresh.contains("action=\"/account/again\"")
        );
    }
    server.wait(11);
    let stale = page(&server, &cookie, "/account", "en").await;
    assert!(!stale.contains("/api/v1/me/passkeys/options") && !stale.contains("action=\"/account/tokens\""));
    let wrong = sent(&server, &cookie, "/account/again", &[("password", "a foul wind")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(String::from_utf8_lossy(&wrong.bytes).contains("role=\"alert\""));
    let right = sent(&server, &cookie, "/account/again", &[("password", "a fair wind from Lantau")]).await;
    assert_eq!((right.status, to(&right)), (StatusCode::SEE_OTHER, "/account"));
    assert!(
        page(&server, &self::cookie(&right), "/account", "en").await.contains("action=\"/account/tokens\"")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_in_on_the_page_and_what_was_typed_waits() {
    let server = Server::new().await;
    let session = server.session(PERSON).await;
    let mut device = device(&server, &session).await;
    let entrance = page(&server, "", "/sign-in?next=/uses", "zh-HK").await;
    assert!(entrance.contains("data-options=\"/api/v1/sign-in/passkey/options\""), "{entrance}");
    let here = [("sec-fetch-site", "same-origin")];
    let signed = signs(&server, &mut device, &[], "/api/v1/sign-in/passkey/options").await;
    let body = form(&[("next", "/uses"), ("name", ""), ("passkey", &signed)]);
    // A stranger's page signs nobody in.
    let forged = server.ask("POST", "/sign-in", &[("sec-fetch-site", "cross-site")], &body).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let entered = server.ask("POST", "/sign-in", &here, &body).await;
    assert_eq!((entered.status, to(&entered)), (StatusCode::SEE_OTHER, "/uses"));
    cookie(&entered);
    let replayed = server.ask("POST", "/sign-in", &here, &body).await;
    assert_eq!(replayed.status, StatusCode::UNAUTHORIZED);
    assert!(replayed.headers.get("set-cookie").is_none());
    let spoilt = form(&[("next", "/uses"), ("passkey", "{}"), ("kept.reason", "a long text")]);
    let spoilt = server.ask("POST", "/sign-in", &here, &spoilt).await;
    assert_eq!(spoilt.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        String::from_utf8_lossy(&spoilt.bytes).contains("value=\"a long text\""),
        "nothing typed is lost"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_does_in_the_place_of_the_password_in_any_form() {
    let server = Server::new().await;
    let session = server.session(PERSON).await;
    let mut device = device(&server, &session).await;
    server.wait(11);
    let form = page(&server, &session, "/do/delegate", "en").await;
    assert!(form.contains("data-options=\"/api/v1/sign-in/again/passkey/options\""), "{form}");
    let token = token_of(&form, "/do/delegate");
    let own = [("cookie", session.as_str()), ("sec-fetch-site", "same-origin")];
    let signed = signs(&server, &mut device, &own, "/api/v1/sign-in/again/passkey/options").await;
    let pairs = [("form", token), ("password", ""), ("passkey", signed.as_str())];
    let answer = sent(&server, &session, "/do/delegate", &pairs).await;
    // The form lacks what it asks for; she has shown who she is all the same.
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = cookie(&answer);
    let me = server.ask("GET", "/api/v1/me", &[("cookie", &new)], "").await;
    assert_eq!(me.body["stepped_up"], json!(true));

    // A passkey that does not count brings the form back, and no cookie.
    server.wait(11);
    let form = page(&server, &new, "/do/delegate", "en").await;
    let pairs =
        [("form", token_of(&form, "/do/delegate")), ("passkey", signed.as_str()), ("reason", "because")];
    let answer = sent(&server, &new, "/do/delegate", &pairs).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.headers.get("set-cookie").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_a_second_click_makes_no_other() {
    let server = Server::new().await;
    let session = server.session(PERSON).await;
    let whole = page(&server, &session, "/account", "en").await;
    let token = token_of(&whole, "/account/tokens").to_owned();
    let pairs = [
        ("form", token.as_str()),
        ("name", "Nightly"),
        ("days", "30"),
        ("scopes", "reading"),
        ("scopes", "add-evidence"),
    ];
    let made = sent(&server, &session, "/account/tokens", &pairs).await;
    assert_eq!(made.status, StatusCode::OK);
    let text = String::from_utf8(made.bytes.to_vec()).unwrap();
    let secret = text.split("dtk_").nth(1).unwrap().split('<').next().unwrap();
    let bearer = format!("dtk_{secret}");
    assert_eq!(server.as_person(&bearer, "GET", "/api/v1/me", "").await.status, StatusCode::OK);
    let again = sent(&server, &session, "/account/tokens", &pairs).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let place = to(&again).to_owned();
    let list = server.ask("GET", "/api/v1/me/tokens", &[("cookie", &session)], "").await;
    assert_eq!(list.body.as_array().unwrap().len(), 1, "{}", list.body);
    let scopes = list.body[0]["scopes"].as_array().unwrap();
    assert!(scopes.contains(&json!("view-use")) && scopes.contains(&json!("add-evidence")), "{scopes:?}");
    for language in ["en", "zh-HK"] {
        let one = page(&server, &session, &place, language).await;
        assert!(!one.contains(secret), "it is never shown again");
        assert!(!page(&server, &session, "/account", language).await.contains(secret));
    }
    let revoked = sent(&server, &session, &format!("{place}/revoke"), &[]).await;
    assert_eq!(to(&revoked), "/account?said=token-revoked");
    assert_eq!(server.as_person(&bearer, "GET", "/api/v1/me", "").await.status, StatusCode::UNAUTHORIZED);
    // What is wrong comes back at the form.
    let whole = page(&server, &session, "/account", "en").await;
    let pairs = [("form", token_of(&whole, "/account/tokens")), ("name", ""), ("days", "x")];
    let wrong = sent(&server, &session, "/account/tokens", &pairs).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_and_every_other_session_ends() {
    let server = Server::new().await;
    let session = server.session(PERSON).await;
    let other = server.begun(PERSON).await;
    let weak = sent(&server, &session, "/account/password", &[("new-password", "password")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let changed =
        sent(&server, &session, "/account/password", &[("new-password", "a new wind from Lamma")]).await;
    assert_eq!(to(&changed), "/account?said=password-changed");
    page(&server, &session, to(&changed), "zh-HK").await;
    assert_eq!(
        server.ask("GET", "/api/v1/me", &[("cookie", &other)], "").await.status,
        StatusCode::UNAUTHORIZED
    );
    let old = json!({ "name": PERSON, "password": "a fair wind from Lantau" }).to_string();
    assert_eq!(server.ask("POST", "/api/v1/sign-in", &[], &old).await.status, StatusCode::UNAUTHORIZED);
    server.wait(11);
    let late =
        sent(&server, &session, "/account/password", &[("new-password", "a newer wind from Lamma")]).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn passkeys_are_named_and_removed_and_other_sessions_end() {
    let server = Server::new().await;
    let session = server.session(PERSON).await;
    device(&server, &session).await;
    let whole = page(&server, &session, "/account", "en").await;
    let place = whole.split("href=\"/account/passkeys/").nth(1).unwrap().split('"').next().unwrap();
    let place = format!("/account/passkeys/{place}");
    page(&server, &session, &place, "zh-HK").await;
    let named = sent(&server, &session, &format!("{place}/name"), &[("name", "<b>Key</b> \u{202e}")]).await;
    assert_eq!(to(&named), "/account?said=passkey-named");
    let whole = page(&server, &session, "/account", "en").await;
    assert!(whole.contains("&#60;b&#62;Key") && !whole.contains("<b>Key"), "{whole}");
    let removed = sent(&server, &session, &format!("{place}/remove"), &[]).await;
    assert_eq!(to(&removed), "/account?said=passkey-removed");
    assert_eq!(server.ask("GET", &place, &[("cookie", &session)], "").await.status, StatusCode::NOT_FOUND);

    let other = server.begun(PERSON).await;
    assert!(page(&server, &session, "/account", "en").await.contains("action=\"/account/sessions\""));
    let ended = sent(&server, &session, "/account/sessions", &[]).await;
    assert_eq!(to(&ended), "/account?said=sessions-ended");
    assert_eq!(
        server.ask("GET", "/api/v1/me", &[("cookie", &other)], "").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_address_survives_the_sign_in() {
    let server = Server::new().await;
    let words = "x".repeat(150);
    let long = format!("/uses?q={words}&owner={words}");
    let answer = server.ask("GET", &long, &[], "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let entrance = page(&server, "", to(&answer), "en").await;
    assert!(entrance.contains(&words), "{entrance}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waited_signs_in_with_the_right_password() {
    let server = Server::new().await;
    server.session(PERSON).await;
    let given = |password: &str| json!({ "name": PERSON, "password": password }).to_string();
    let (wrong, right) = (given("a foul wind from Lantau"), given("a fair wind from Lantau"));
    for minutes in [0, 0, 0, 0, 0, 1, 2, 4] {
        server.wait(minutes);
        let answer = server.ask("POST", "/api/v1/sign-in", &[], &wrong).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "after {minutes} minutes");
    }
    let early = server.ask("POST", "/api/v1/sign-in", &[], &right).await;
    assert_eq!(early.status, StatusCode::TOO_MANY_REQUESTS);
    server.wait(8);
    let answer = server.ask("POST", "/api/v1/sign-in", &[], &right).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}
