//! Every route of the router, asked by nobody and by everybody: nothing is reachable that should not be.

use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use dualtrack_governance::Command;
use dualtrack_inventory::{Document, Key, Kind, PersonId, Role};
use dualtrack_web::api::{Needs, routes};

use crate::bank::{documents, officer};
use crate::server::{Server, person};

/// The path of a route with ids that exist.
fn filled(path: &str) -> String {
    let id = match path.split('/').nth(3).unwrap_or_default() {
        "uses" => "client-assistant",
        "people" => "wong-ka-wing",
        "models" => "qwen-local",
        "datasets" => "bank-faq",
        "providers" => "lantau-models",
        _ => "no-such-thing",
    };
    path.replace("{id}", id).replace("{digest}", &"0".repeat(64))
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_anything_but_the_door() {
    let server = Server::new().await;
    for route in routes() {
        let answer = server.ask(route.method.as_str(), &filled(&route.path), &[], "{}").await;
        if route.needs == Needs::Nothing {
            assert!(answer.status.is_client_error(), "{route:?}: {}", answer.status);
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{route:?}");
            assert_eq!(answer.headers["content-type"], "application/problem+json");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reaches_what_is_what_the_policies_say() {
    let server = Server::new().await;
    let mut table = String::new();
    for role in Role::ALL {
        let person = format!("only-{}", role.as_str());
        let token = server.token(&person, &[]).await;
        let mut reached = Vec::new();
        for route in routes() {
            let Needs::Action(action) = route.needs else { continue };
            if route.method != Method::GET {
                continue;
            }
            let path = filled(&route.path);
            let answer = server.as_person(&token, "GET", &path, "").await;
            let own = Key::new(Kind::Institution, Kind::Institution);
            let may =
                server.bank.desk.may(&officer(&person), action, &own, false, server.bank.now()).await.is_ok();
            let is_list = answer.body.get("items").is_some();
            match answer.status {
                // A list shows what there is to see, which may be nothing.
                StatusCode::OK if is_list && !may => {
                    let items = answer.body["items"].as_array().unwrap();
                    let own = items.iter().all(|item| item["id"] == person.as_str());
                    assert!(own, "{person} sees {route:?}");
                }
                StatusCode::OK => {
                    assert!(may, "{person} reaches {route:?}");
                    reached.push(route.operation.clone());
                }
                StatusCode::FORBIDDEN => assert!(!may, "{person} should reach {route:?}: {}", answer.body),
                StatusCode::NOT_FOUND => {}
                status => panic!("{person}: {route:?} answers {status}: {}", answer.body),
            }
        }
        let _ = writeln!(table, "{}: {}", role.as_str(), reached.join(", "));
    }
    insta::assert_snapshot!(table);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_from_outside_sees_what_names_her_and_nothing_else() {
    let server = Server::new().await;
    let mut document = stored_use(&server).await;
    document["people"]["validators"] = serde_json::json!(["outsider"]);
    let uni = person("outsider", &[Role::Partner]);
    let invite = Command::InvitePerson { document: Document::Person(Box::new(uni)).value() };
    server.bank.act("first-administrator", invite).await.unwrap();
    let id = PersonId::parse("outsider").unwrap();
    let grant = Command::GrantRole { person: id, role: Role::Validator };
    let proposal = server.bank.act("first-administrator", grant).await.unwrap().proposal.unwrap();
    server.bank.act("only-compliance-officer", Command::ConfirmProposal { proposal }).await.unwrap();
    let digests =
        documents().iter().find(|one| one.key() == Key::new(Kind::Use, NAMING)).unwrap().digests().cloned();
    let change = Command::ChangeUse { document, digests: digests.unwrap_or_default() };
    server.bank.act("only-compliance-officer", change).await.unwrap();
    let token = server.token("outsider", &[]).await;
    let mut seen = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_single()) {
        let path = format!("/api/v1/{}?limit=500", kind.plural());
        let listed = server.as_person(&token, "GET", &path, "").await;
        let items = listed.body["items"].as_array().cloned().unwrap_or_default();
        seen.extend(items.iter().map(|item| format!("{kind}/{}", item["id"].as_str().unwrap())));
    }
    seen.retain(|one| !one.starts_with("activation/") && !one.starts_with("adoption/"));
    assert_eq!(seen, ["person/outsider", "use/client-assistant"]);
}

/// The use that names somebody from outside.
const NAMING: &str = "client-assistant";

async fn stored_use(server: &Server) -> serde_json::Value {
    let key = Key::new(Kind::Use, NAMING);
    let stored = server.bank.desk.document(&key, dualtrack_governance::AsOf::Now).await.unwrap();
    stored.document.unwrap().value()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_shows_exactly_what_the_pages_of_its_items_allow() {
    let server = Server::new().await;
    let uses = ["client-assistant", "credit-card-default", "research-assistant", "transaction-monitoring"];
    let people: Vec<String> = Role::ALL
        .iter()
        .map(|role| format!("only-{}", role.as_str()))
        .chain(["wong-ka-wing", "mok-lai-sheung", "cheung-mei-ling"].map(ToOwned::to_owned))
        .collect();
    for person in people {
        let token = server.token(&person, &[]).await;
        let listed = server.as_person(&token, "GET", "/api/v1/uses?limit=500", "").await;
        let listed: Vec<&str> = listed.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        for id in uses {
            let page = server.as_person(&token, "GET", &format!("/api/v1/uses/{id}"), "").await;
            assert_eq!(page.status == StatusCode::OK, listed.contains(&id), "{person} and {id}");
        }
        for (plural, kind) in
            [("evidence", Kind::Evidence), ("people", Kind::Person), ("providers", Kind::Provider)]
        {
            let listed = server.as_person(&token, "GET", &format!("/api/v1/{plural}?limit=500"), "").await;
            let listed: Vec<String> = listed.body["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned())
                .collect();
            for stored in server.bank.desk.documents(kind, "", 30).await.unwrap() {
                let path = format!("/api/v1/{plural}/{}", stored.key.id);
                let page = server.as_person(&token, "GET", &path, "").await;
                assert_eq!(
                    page.status == StatusCode::OK,
                    listed.contains(&stored.key.id),
                    "{person} and {path}"
                );
            }
        }
    }
}
