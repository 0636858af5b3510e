//! Every route of the router, asked by nobody and by everybody, whatever its method: nothing is reachable that should
//! not be, and nothing is refused that the policies allow.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use dualtrack_governance::Officer;
use dualtrack_inventory::{Document, Key, Kind, Role};
use dualtrack_web::api::{Needs, Route, routes};
use dualtrack_web::sign_in::token;
use serde_json::{Value, json};

use crate::bank::officer;
use crate::server::{Answer, Server};
use crate::tries::{Try, resource, tries};

/// Somebody who asks, with what shows who that is.
struct Asker {
    officer: Officer,
    headers: Vec<(&'static str, String)>,
}

impl Asker {
    /// In a session that was begun just now.
    async fn in_session(server: &Server, person: &str) -> Self {
        let cookie = server.begun(person).await;
        let headers = vec![("cookie", cookie), ("sec-fetch-site", "same-origin".to_owned())];
        Self { officer: officer(person), headers }
    }

    /// With a token, for everything or for some actions.
    async fn with_token(server: &Server, person: &str, scopes: &[&str]) -> Self {
        let token = server.token(person, scopes).await;
        let named: BTreeSet<String> = scopes.iter().map(ToString::to_string).collect();
        let scopes = (!named.is_empty()).then_some(named);
        let officer = Officer { stepped_up: false, scopes, ..officer(person) };
        Self { officer, headers: vec![("authorization", format!("Bearer {token}"))] }
    }

    async fn ask(&self, server: &Server, route: &Route, path: &str, body: &Value) -> Answer {
        let mut headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // Whatever version there is: the policies are asked, not the clock of changes.
        headers.push(("if-match", "*"));
        let body = if route.method == Method::POST { body.to_string() } else { String::new() };
        server.ask(route.method.as_str(), path, &headers, &body).await
    }

    /// What the policies say.
    async fn may(&self, server: &Server, action: &str, key: &Key) -> bool {
        server.bank.desk.may(&self.officer, action, key, false, server.now()).await.is_ok()
    }
}

/// The path of a route with ids of what is on record; none of it names one of those who ask.
async fn filled(server: &Server, path: &str) -> String {
    if path.contains("{digest}") {
        return path.replace("{digest}", &named_file(server).await);
    }
    if !path.contains("{id}") {
        return path.to_owned();
    }
    let plural = path.split('/').nth(3).unwrap_or_default();
    let kind = Kind::ALL.into_iter().find(|kind| kind.plural() == plural);
    let id = match kind {
        Some(Kind::Person) => "wong-ka-wing".to_owned(),
        Some(kind) => {
            let stored = server.bank.desk.documents(kind, "", 1).await.unwrap();
            stored.first().map_or("none".to_owned(), |stored| stored.key.id.clone())
        }
        None if plural == "accounts" => "wong-ka-wing".to_owned(),
        None => "no-such-thing".to_owned(),
    };
    path.replace("{id}", &id)
}

/// A file that a piece of evidence names, and nothing else.
async fn named_file(server: &Server) -> String {
    let mut named: BTreeMap<String, BTreeSet<Kind>> = BTreeMap::new();
    for kind in Kind::ALL {
        for stored in server.bank.desk.documents(kind, "", usize::MAX).await.unwrap() {
            let digests = stored.document.as_ref().and_then(Document::digests);
            for digest in digests.into_iter().flat_map(|digests| digests.values()) {
                named.entry(digest.to_string()).or_default().insert(kind);
            }
        }
    }
    let evidence = BTreeSet::from([Kind::Evidence]);
    named.into_iter().find(|(_, kinds)| *kinds == evidence).unwrap().0
}

/// What is sent to a route that is none of an action on the record.
fn body(route: &Route) -> Value {
    match route.operation.as_str() {
        "plan" => json!({ "documents": [] }),
        "makeToken" => json!({ "name": "", "days": 0 }),
        "addWebhook" => json!({ "id": "", "url": "" }),
        "signInAgain" => json!({ "password": "no such password" }),
        _ => json!({}),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_anything_but_the_door() {
    let server = Server::new().await;
    let guessed = format!("Bearer {}", token::make().unwrap().reveal());
    let nobody = format!("__Host-dualtrack={}", "A".repeat(43));
    let strangers = [vec![], vec![("cookie", nobody.as_str()), ("sec-fetch-site", "same-origin")]];
    for route in routes() {
        let path = filled(&server, &route.path).await;
        for headers in &strangers {
            let answer = server.ask(route.method.as_str(), &path, headers, "{}").await;
            if route.operation == "beginPasskeySignIn" {
                // A challenge says nothing of anybody.
                assert_eq!(answer.status, StatusCode::OK, "{route:?}: {}", answer.body);
            } else if route.needs == Needs::Nothing {
                assert!(answer.status.is_client_error(), "{route:?}: {}", answer.status);
                assert_ne!(answer.status, StatusCode::FORBIDDEN, "{route:?}: {}", answer.body);
            } else {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{route:?}");
                assert_eq!(answer.headers["content-type"], "application/problem+json");
            }
        }
    }
    let answer = server.ask("GET", "/api/v1/me", &[("authorization", &guessed)], "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_is_made_to_send_changes_nothing() {
    let server = Server::new().await;
    let cookie = server.begun("only-compliance-officer").await;
    let before = server.bank.reader().size();
    for route in routes().iter().filter(|route| route.needs != Needs::Nothing) {
        if route.method == Method::GET {
            continue;
        }
        let path = filled(&server, &route.path).await;
        for elsewhere in [vec![], vec![("sec-fetch-site", "cross-site")]] {
            let headers = [vec![("cookie", cookie.as_str())], elsewhere].concat();
            let answer = server.ask(route.method.as_str(), &path, &headers, "{}").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route:?}");
            assert_eq!(answer.body["type"], "/problems/forged", "{route:?}");
        }
    }
    assert_eq!(server.bank.reader().size(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reaches_what_is_what_the_policies_say() {
    let server = Server::with_everything().await;
    let mut table = String::new();
    for role in Role::ALL {
        let person = format!("only-{}", role.as_str());
        let asker = Asker::in_session(&server, &person).await;
        let reached = reaches(&server, asker).await;
        let _ = writeln!(table, "{}: {}", role.as_str(), reached.join(", "));
    }
    insta::assert_snapshot!(table);

    // With a token it is the same, without what takes a person and what lies outside its scopes.
    let person = "only-compliance-officer";
    let whole = reaches(&server, Asker::in_session(&server, person).await).await;
    for scopes in [vec![], vec!["view-use", "suspend", "approve"]] {
        let with_token = reaches(&server, Asker::with_token(&server, person, &scopes).await).await;
        let has = |operation: &str| with_token.iter().any(|reached| reached == operation);
        assert!(with_token.iter().all(|reached| whole.contains(reached)), "{with_token:?}");
        assert!(has("suspend") && has("use") && !has("approve"), "{with_token:?}");
        assert_eq!(has("person"), scopes.is_empty(), "{with_token:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scope_is_listed_with_what_needs_it() {
    let server = Server::with_everything().await;
    let token = server.token("only-educator", &["view-guideline"]).await;
    let answer = server.as_person(&token, "GET", "/api/v1/token-scopes", "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let listed: BTreeMap<String, Value> = answer
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            assert!(
                item["who"].as_str().is_some_and(|who| !who.is_empty()) && item["who_zh"] != "",
                "{item}"
            );
            (item["scope"].as_str().unwrap().to_owned(), item["operations"].clone())
        })
        .collect();
    let needs = |scope: &str, operation: &str| {
        listed.get(scope).is_some_and(|operations| operations.as_array().unwrap().contains(&json!(operation)))
    };
    for route in routes() {
        if let Needs::Action(action) = route.needs {
            // No token is good for what takes a person's fresh sign-in.
            let is_of_person = action.parse().is_ok_and(dualtrack_governance::Action::takes_fresh_sign_in);
            assert!(is_of_person != needs(action, &route.operation), "{route:?} needs `{action}`");
        } else if route.path.starts_with("/api/v1/actions/") && route.operation != "apply" {
            for Try { asks, .. } in tries(&server, &route.operation).await {
                let takes_person =
                    asks.parse::<dualtrack_governance::Action>().unwrap().takes_fresh_sign_in();
                assert!(takes_person || needs(asks, &route.operation), "{route:?} needs `{asks}`");
                assert!(!takes_person || !listed.contains_key(asks), "{asks} takes a person");
            }
        }
    }
}

/// Asks for every route; the operations that the policies allow. What they do not is refused, and nothing else is.
async fn reaches(server: &Server, mut asker: Asker) -> Vec<String> {
    let mut reached = Vec::new();
    let is_person = asker.officer.stepped_up;
    for route in routes() {
        server.move_clock(jiff::SignedDuration::from_millis(100));
        let path = filled(server, &route.path).await;
        let name = asker.officer.person.to_string();
        let may = match &route.needs {
            Needs::Nothing => continue,
            Needs::SignIn if route.path.starts_with("/api/v1/actions/") => {
                if acts(server, &asker, &route).await {
                    reached.push(route.operation.clone());
                }
                continue;
            }
            Needs::SignIn => true,
            Needs::Action(action) => {
                let is_own = route.path.starts_with("/api/v1/me/");
                // A file is judged with the document that names it.
                let is_related = route.operation == "keepFile";
                let (about, now) = (resource(is_own, &name), server.now());
                server.bank.desk.may(&asker.officer, action, &about, is_related, now).await.is_ok()
            }
        };
        let answer = asker.ask(server, &route, &path, &body(&route)).await;
        let is_list = route.method == Method::GET && answer.body.get("items").is_some();
        if route.operation == "makeToken" && !is_person && may {
            // A token makes no other.
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {route:?}");
            continue;
        }
        let scopes = asker.officer.scopes.as_ref();
        if matches!(route.operation.as_str(), "notices" | "setMails")
            && scopes.is_some_and(|scopes| !scopes.contains("view-inbox"))
        {
            // What she is told is for tokens that may read what waits for her; a body is read before.
            let expected = [StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY];
            assert!(expected.contains(&answer.status), "{name}: {route:?}: {}", answer.status);
            continue;
        }
        if is_list && !may {
            // A list shows what there is to see: nothing, or oneself.
            assert_eq!(answer.status, StatusCode::OK);
            let items = answer.body["items"].as_array().unwrap();
            assert!(items.iter().all(|item| item["id"] == name.as_str()), "{name} sees {route:?}");
            continue;
        }
        is_as_decided(&name, &route, &answer, may);
        if may {
            is_what_was_meant(&route, &answer);
            reached.push(route.operation.clone());
        }
        if route.operation == "signOut" && is_person {
            asker = Asker::in_session(server, &name).await;
        }
    }
    reached
}

/// Tries an action in every way; whether one of them is allowed.
async fn acts(server: &Server, asker: &Asker, route: &Route) -> bool {
    let name = asker.officer.person.to_string();
    let mut may_one = false;
    for Try { asks, is_own, body } in tries(server, &route.operation).await {
        let may = asker.may(server, asks, &resource(is_own, &name)).await;
        let answer = asker.ask(server, route, &route.path, &body).await;
        is_as_decided(&name, route, &answer, may);
        // What is refused before anybody is asked would show nothing of who may do it.
        assert_ne!(answer.status, StatusCode::NOT_FOUND, "{name}: {route:?}: {}", answer.body);
        may_one |= may;
    }
    may_one
}

fn is_as_decided(name: &str, route: &Route, answer: &Answer, may: bool) {
    let (status, said) = (answer.status, &answer.body);
    if may {
        assert_ne!(status, StatusCode::FORBIDDEN, "{name} should reach {route:?}: {said}");
        assert!(!status.is_server_error(), "{name}: {route:?} answers {status}: {said}");
        // Whoever shows again who she is and does not know her password is told so.
        let is_again = route.operation == "signInAgain";
        assert!(is_again || status != StatusCode::UNAUTHORIZED, "{name}: {route:?}: {said}");
    } else {
        assert_eq!(status, StatusCode::FORBIDDEN, "{name} reaches {route:?}: {said}");
        assert_eq!(said["type"], "/problems/denied", "{name}: {route:?}: {said}");
    }
}

/// A page that is allowed is there, where there is something to be shown.
fn is_what_was_meant(route: &Route, answer: &Answer) {
    if route.method != Method::GET {
        return;
    }
    // It was named and never uploaded.
    let expected = if route.operation == "file" { StatusCode::NOT_FOUND } else { StatusCode::OK };
    assert_eq!(answer.status, expected, "{route:?}: {}", answer.body);
}
