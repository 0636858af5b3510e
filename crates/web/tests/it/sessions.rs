//! A session begins anew when the offices of its person change.

use axum::http::StatusCode;
use dualtrack_governance::Command;
use dualtrack_inventory::{PersonId, Role};
use dualtrack_web::sign_in::secret::digest;
use serde_json::json;

use crate::server::{Answer, Server};

const COOKIE: &str = "__Host-dualtrack=";

/// The cookies of sessions that an answer sets.
fn set(answer: &Answer) -> Vec<String> {
    let values = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    values
        .filter(|value| value.starts_with(COOKIE))
        .map(|value| value.split(';').next().unwrap().into())
        .collect()
}

async fn grant(server: &Server, person: &str, role: Role) {
    let person = PersonId::parse(person).unwrap();
    server.bank.act("only-administrator", Command::GrantRole { person, role }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_anew_when_an_office_is_granted_or_taken() {
    let server = Server::new().await;
    let person = "only-business-owner";
    let mut cookie = server.session(person).await;
    for round in ["granted", "taken"] {
        let own = [("cookie", cookie.as_str())];
        let before = server.ask("GET", "/api/v1/me", &own, "").await;
        assert_eq!((set(&before).len(), &before.body["stepped_up"]), (0, &json!(true)), "{round}");
        let operations = server.bank.desk.store().operations();
        let old = operations.session(&digest(&cookie[COOKIE.len()..])).await.unwrap().unwrap();

        let (id, role) = (PersonId::parse(person).unwrap(), Role::Operations);
        if round == "granted" {
            grant(&server, person, role).await;
        } else {
            let revoke = Command::RevokeRole { person: id, role };
            server.bank.act("only-administrator", revoke).await.unwrap();
        }
        // Whatever is asked first, also what is refused, comes with the new cookie.
        let path = if round == "granted" { "/api/v1/me" } else { "/api/v1/uses/no-such-use" };
        let after = server.ask("GET", path, &own, "").await;
        let [new] = &set(&after)[..] else { panic!("{round}: one new cookie: {:?}", after.headers) };
        assert_ne!(*new, cookie);
        let row = operations.session(&digest(&new[COOKIE.len()..])).await.unwrap().unwrap();
        assert_ne!(row.csrf_seed, old.csrf_seed);
        assert_eq!((row.begun, row.stepped_up), (old.begun, None), "it does not last longer for it");
        // The old name is dead; the new one stays, and has shown nothing for approvals.
        assert_eq!(server.ask("GET", "/api/v1/me", &own, "").await.status, StatusCode::UNAUTHORIZED);
        let me = server.ask("GET", "/api/v1/me", &[("cookie", new)], "").await;
        assert_eq!((me.status, set(&me).len(), &me.body["stepped_up"]), (StatusCode::OK, 0, &json!(false)));
        let again = json!({ "password": "a fair wind from Lantau" });
        let again = server.in_session(new, "/api/v1/sign-in/again", &again).await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.body);
        cookie = set(&again).remove(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_sets_the_cookie_itself_sets_it_once() {
    let server = Server::new().await;
    let again = json!({ "password": "a fair wind from Lantau" });
    let cookie = server.session("only-business-owner").await;
    grant(&server, "only-business-owner", Role::Operations).await;
    let stepped_up = server.in_session(&cookie, "/api/v1/sign-in/again", &again).await;
    let [new] = &set(&stepped_up)[..] else { panic!("{:?}", stepped_up.headers) };
    let me = server.ask("GET", "/api/v1/me", &[("cookie", new)], "").await;
    assert_eq!(me.body["stepped_up"], json!(true), "{}", me.body);

    let cookie = server.session("only-developer").await;
    grant(&server, "only-developer", Role::Operations).await;
    let out = server.in_session(&cookie, "/api/v1/sign-out", &json!({})).await;
    assert_eq!((out.status, set(&out)), (StatusCode::NO_CONTENT, vec![COOKIE.to_owned()]));
    let operations = server.bank.desk.store().operations();
    assert!(
        operations.sessions_of("only-developer").await.unwrap().is_empty(),
        "signed out of the new one as well"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_at_once_one_goes_on_and_the_others_are_told_to_repeat() {
    let server = Server::new().await;
    let cookie = server.session("only-developer").await;
    grant(&server, "only-developer", Role::Operations).await;
    let own = [("cookie", cookie.as_str())];
    let ask = || server.ask("GET", "/api/v1/me", &own, "");
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    let renewed: Vec<_> = [&one, &two, &three].into_iter().flat_map(set).collect();
    assert_eq!(renewed.len(), 1);
    for answer in [&one, &two, &three] {
        assert_eq!(answer.status == StatusCode::OK, !set(answer).is_empty(), "{}", answer.body);
    }
    let me = server.ask("GET", "/api/v1/me", &[("cookie", &renewed[0])], "").await;
    assert_eq!(me.status, StatusCode::OK);
}
