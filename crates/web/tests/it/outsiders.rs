//! A validator from outside: sees what names her, and nothing else of the bank.

use dualtrack_governance::Command;
use dualtrack_inventory::{Document, Key, Kind, PersonId, Role};

use crate::bank::documents;
use crate::server::{Server, person};

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

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_from_somebody_is_not_in_the_lists_of_the_past() {
    let server = Server::new().await;
    let uni = person("outsider", &[Role::Partner]);
    let invite = Command::InvitePerson { document: Document::Person(Box::new(uni)).value() };
    server.bank.act("first-administrator", invite).await.unwrap();
    let owned = async |owner: &str| {
        let contract = serde_json::json!({
            "schema": "dualtrack.contract/1", "id": "lantau", "provider": "lantau-models", "entity": "harbour-bank",
            "reference": "Contract 12", "starts": "2026-01-01", "owner": owner,
        });
        let given = serde_json::from_value(serde_json::json!({ "kind": "contract", "document": contract }));
        let change = Command::ChangeFoundation { given: given.unwrap() };
        server.bank.act("only-compliance-officer", change).await.unwrap();
    };
    owned("outsider").await;
    let token = server.token("outsider", &[]).await;
    let at = server.bank.now();
    let path = format!("/api/v1/contracts?as_of={at}");
    let there =
        async || server.as_person(&token, "GET", &path, "").await.body["items"].as_array().unwrap().len();
    assert_eq!(there().await, 1);
    owned("mok-lai-sheung").await;
    assert_eq!(there().await, 0);
    let page = server.as_person(&token, "GET", &format!("/api/v1/contracts/lantau?as_of={at}"), "").await;
    assert_eq!(page.status, axum::http::StatusCode::FORBIDDEN);
}

/// The use that names somebody from outside.
const NAMING: &str = "client-assistant";

async fn stored_use(server: &Server) -> serde_json::Value {
    let key = Key::new(Kind::Use, NAMING);
    let stored = server.bank.desk.document(&key, dualtrack_governance::AsOf::Now).await.unwrap();
    stored.document.unwrap().value()
}
