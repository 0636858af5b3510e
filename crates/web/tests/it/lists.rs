//! A list shows exactly what the pages of its items allow: to whoever asks, of every kind, now and at any instant; and
//! so does what waits for a person. Who asks, and what names them, is drawn by chance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use dualtrack_governance::{AsOf, Command, Due};
use dualtrack_inventory::{Document, Key, Kind, PersonId, Role, hong_kong_day};
use jiff::{SignedDuration, Span, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::bank::officer;
use crate::server::Server;

/// Somebody who asks: offices, and what names them, each with a number to choose details by.
#[derive(Clone, Debug)]
struct Somebody {
    roles: BTreeSet<Role>,
    parts: Vec<(u8, u32)>,
}

fn somebody() -> impl Strategy<Value = Somebody> {
    // Those who see only a part are of most interest.
    let some = prop::sample::select(vec![Role::Partner, Role::Partner, Role::Educator, Role::Supervisor]);
    let all = prop::sample::select(Role::ALL.to_vec());
    let roles = prop_oneof![
        3 => some.prop_map(|role| BTreeSet::from([role])),
        2 => prop::collection::btree_set(all, 0..3),
    ];
    (roles, prop::collection::vec((0..PARTS, any::<u32>()), 1..9))
        .prop_map(|(roles, parts)| Somebody { roles, parts })
}

#[test]
fn a_list_and_an_inbox_show_exactly_what_the_pages_of_their_items_allow() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let server = runtime.block_on(Server::with_everything());
    let count = AtomicUsize::new(0);
    let tries = |somebody: Somebody, limit: usize, instant: Option<prop::sample::Index>| {
        let person = format!("somebody-{}", count.fetch_add(1, Ordering::Relaxed));
        runtime.block_on(async {
            let instants = comes_in(&server, &person, &somebody).await;
            let then = instant.map_or(instants[1], |instant| *instant.get(&instants));
            for as_of in [None, Some(then)] {
                for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_single()) {
                    a_list_is_its_pages(&server, &person, kind, as_of, limit).await;
                }
            }
            an_inbox_is_its_pages(&server, &person).await;
        });
    };
    // Whose gate is shut may not be who may see it, and what lapses for a person may not name her.
    for (role, parts) in [(Role::Educator, vec![(0, 0)]), (Role::Partner, vec![(0, 0), (12, 1), (13, 0)])] {
        tries(Somebody { roles: BTreeSet::from([role]), parts }, 50, None);
    }
    let config = Config { cases: 4, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    let drawn = (somebody(), 2_usize..60, any::<prop::sample::Index>());
    let tried = TestRunner::new(config).run(&drawn, |(somebody, limit, instant)| {
        tries(somebody, limit, Some(instant));
        Ok(())
    });
    tried.unwrap();
}

/// What is on record of somebody after each thing that names them; the instants in between.
async fn comes_in(server: &Server, person: &str, somebody: &Somebody) -> Vec<Timestamp> {
    let bank = &server.bank;
    let mut instants = vec!["2026-11-27T00:00:00Z".parse().unwrap(), bank.now()];
    let does = async |who: &str, action: &str, mut fields: Value| {
        fields["action"] = json!(action);
        let command: Command =
            serde_json::from_value(fields).unwrap_or_else(|error| panic!("{action}: {error}"));
        // What is refused names nobody.
        bank.act(who, command).await.ok()
    };
    let name = json!({ "en": person, "zh-Hant": person });
    let competence = json!([{ "what": name, "on": "2026-01-01", "expires": "2026-12-31" }]);
    let document = json!({ "id": person, "name": name, "roles": [], "competences": competence });
    does("only-administrator", "invite-person", json!({ "document": document })).await.unwrap();
    for role in &somebody.roles {
        let grant = json!({ "person": person, "role": role });
        // An administrator holds no office that approves.
        let Some(done) = does("only-administrator", "grant-role", grant).await else { continue };
        if let Some(proposal) = done.proposal {
            let confirm = json!({ "proposal": proposal });
            does("only-compliance-officer", "confirm-proposal", confirm).await.unwrap();
        }
    }
    instants.push(bank.now());
    for (part, number) in &somebody.parts {
        let id = format!("{person}-{number}");
        // Few things, so that what names them is about the same.
        let few = *number as usize % 4;
        let uses = bank.desk.documents(Kind::Use, "", 100).await.unwrap();
        let of = &uses[few / 2 % uses.len()].key.id;
        match part {
            0..=6 => {
                let Some(Document::Use(known)) = uses[few / 2 % uses.len()].document.clone() else {
                    continue;
                };
                let digests = known.digests.clone();
                let mut document = Document::Use(known).value();
                let groups = ["owners", "builders", "requesters", "validators", "approvers"];
                for (place, group) in groups.into_iter().enumerate() {
                    let there = document["people"].get(group).and_then(Value::as_array);
                    let mut people: BTreeSet<String> =
                        there.into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect();
                    // They come in, or go again.
                    if place == usize::from(*part) {
                        people.insert(person.to_owned());
                    } else if *part > 4 {
                        people.remove(person);
                    }
                    document["people"][group] = json!(people);
                }
                let change = json!({ "document": document, "digests": digests });
                does("only-compliance-officer", "change-use", change).await;
            }
            7 => {
                let models = bank.desk.documents(Kind::Model, "", 100).await.unwrap();
                let known = models[few % models.len()].document.clone().unwrap();
                let digests = known.digests().cloned().unwrap_or_default();
                let mut document = known.value();
                document["builders"] = json!([person]);
                let given = json!({ "kind": "model", "document": document, "digests": digests });
                does("only-developer", "change-foundation", json!({ "given": given })).await;
            }
            8 => {
                let evidence = json!({
                    "id": id, "kind": "decision-log", "about": { "use": of }, "controls": ["hkma-ai-2019.audit-logs"],
                    "statement": name, "by": person, "on": "2026-11-27", "expires": "2027-11-26",
                });
                does(person, "add-evidence", json!({ "documents": [evidence] })).await;
            }
            9 => {
                let task =
                    json!({ "id": id, "use": of, "assignee": person, "what": "Look.", "due": "2026-12-24" });
                does("only-operations", "give-task", task).await;
            }
            10 => {
                let contract = json!({
                    "schema": "dualtrack.contract/1", "id": id, "provider": "lantau-models", "entity": "harbour-bank",
                    "reference": "Contract", "starts": "2026-01-01", "ends": "2027-01-15", "owner": person,
                });
                let given = json!({ "kind": "contract", "document": contract });
                does("only-operations", "change-foundation", json!({ "given": given })).await;
            }
            11 => {
                let delegation = json!({
                    "id": id, "to": person, "roles": ["risk-officer"], "on": "2026-11-27", "expires": "2026-12-31",
                    "because": "On leave.",
                });
                does("only-risk-officer", "delegate", delegation).await;
            }
            12 => {
                let incident = json!({
                    "id": id, "uses": [of], "title": "It is wrong.", "severity": "low",
                    "discovered": "2026-11-27T01:00:00Z", "authorities": { "hkma": "2026-12-01T01:00:00Z" },
                });
                does(
                    if few.is_multiple_of(2) { person } else { "only-operations" },
                    "open-incident",
                    incident,
                )
                .await;
            }
            13 => {
                let waiver = json!({
                    "id": id, "use": of, "control": "hkma-ai-2019.log-retention", "because": name,
                    "expires": "2027-01-31",
                });
                let waived = does("only-risk-officer", "waive", waiver).await;
                if let Some(proposal) = waived.and_then(|done| done.proposal)
                    && few.is_multiple_of(2)
                {
                    let confirm = json!({ "proposal": proposal });
                    does("only-committee-member", "confirm-proposal", confirm).await;
                }
            }
            _ => {
                let finding = json!({ "id": id, "use": of, "severity": "low", "statement": "It is wrong." });
                does(person, "find", finding).await;
            }
        }
        instants.push(bank.now());
    }
    let behind = bank.now().duration_since(server.now());
    server.move_clock(behind.max(SignedDuration::ZERO) + SignedDuration::from_secs(1));
    instants
}

/// What a page answers: the status, and the version if it is shown.
async fn page(server: &Server, token: &str, key: &Key, as_of: &str) -> (StatusCode, Option<Value>) {
    let path = format!("/api/v1/{}/{}{as_of}", key.kind.plural(), key.id);
    let answer = server.as_person(token, "GET", &path, "").await;
    let is_shown = answer.status == StatusCode::OK;
    assert!(
        is_shown || matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND),
        "{path}: {}",
        answer.body
    );
    (answer.status, is_shown.then(|| answer.body["version"].clone()))
}

/// All pages of a list together are what the pages of the documents show.
async fn a_list_is_its_pages(
    server: &Server,
    person: &str,
    kind: Kind,
    as_of: Option<Timestamp>,
    limit: usize,
) {
    server.move_clock(SignedDuration::from_secs(1));
    let token = server.token(person, &[]).await;
    let mut listed = BTreeMap::new();
    let mut after = String::new();
    loop {
        let as_of = as_of.map(|at| format!("&as_of={at}")).unwrap_or_default();
        let path = format!("/api/v1/{}?limit={limit}{after}{as_of}", kind.plural());
        let answer = server.as_person(&token, "GET", &path, "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        let items = answer.body["items"].as_array().unwrap();
        assert!(items.len() <= limit, "{path}");
        for item in items {
            let twice = listed.insert(item["id"].as_str().unwrap().to_owned(), item["version"].clone());
            assert_eq!(twice, None, "{path} shows {item} twice");
        }
        let Some(next) = answer.body["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let as_of = as_of.map(|at| format!("?as_of={at}")).unwrap_or_default();
    let mut shown = BTreeMap::new();
    for stored in server.bank.desk.documents(kind, "", usize::MAX).await.unwrap() {
        if let (_, Some(version)) = page(server, &token, &stored.key, &as_of).await {
            shown.insert(stored.key.id, version);
        }
    }
    assert_eq!(listed, shown, "{person} and the list of {kind}{as_of}");
}

/// An inbox holds what waits for the person and what her pages show, and nothing else.
async fn an_inbox_is_its_pages(server: &Server, person: &str) {
    let token = server.token(person, &[]).await;
    let inbox = server.as_person(&token, "GET", "/api/v1/inbox", "").await;
    if inbox.status == StatusCode::FORBIDDEN {
        return;
    }
    assert_eq!(inbox.status, StatusCode::OK, "{}", inbox.body);
    let ids = |field: &str| -> BTreeSet<String> {
        let items = inbox.body[field].as_array().unwrap().iter();
        items.map(|item| item["id"].as_str().or(item.as_str()).unwrap().to_owned()).collect()
    };
    let mut expected: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for kind in [Kind::Task, Kind::Proposal, Kind::Use] {
        for stored in server.bank.desk.documents(kind, "", usize::MAX).await.unwrap() {
            let field = match stored.document.as_ref().unwrap() {
                Document::Task(task) if task.done.is_none() && task.assignee.as_str() == person => "tasks",
                Document::Proposal(proposal)
                    if proposal.settled.is_none() && proposal.by.as_str() != person =>
                {
                    "proposals"
                }
                Document::Use(of) if of.people.owners.iter().any(|owner| owner.as_str() == person) => {
                    "blocked"
                }
                _ => continue,
            };
            // Of proposals only those that wait for her: she could confirm them.
            if let Some(Document::Proposal(proposal)) = &stored.document {
                let confirm = Command::ConfirmProposal { proposal: proposal.id.clone() };
                if server.bank.desk.may_act(&officer(person), &confirm, server.now()).await.is_err() {
                    continue;
                }
            }
            if page(server, &token, &stored.key, "").await.0 == StatusCode::OK
                && waits(server, &stored.key).await
            {
                expected.entry(field).or_default().insert(stored.key.id);
            }
        }
    }
    for field in ["tasks", "proposals", "blocked"] {
        assert_eq!(ids(field), expected.remove(field).unwrap_or_default(), "{person}: {field}");
    }
    let due: BTreeSet<String> = inbox.body["due"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["about"].as_str().unwrap().to_owned())
        .collect();
    let id = PersonId::parse(person).unwrap();
    let last = hong_kong_day(server.now()).checked_add(Span::new().days(90)).unwrap();
    let mut shown = BTreeSet::new();
    for clock in server.bank.desk.clocks_of(&id, last, server.now()).await.unwrap() {
        if clock.what != Due::Task && page(server, &token, &clock.about, "").await.0 == StatusCode::OK {
            shown.insert(clock.about.to_string());
        }
    }
    assert_eq!(due, shown, "{person}: due");
}

/// Of a use, whether the gate ahead is shut; of anything else, that it waits was seen already.
async fn waits(server: &Server, key: &Key) -> bool {
    if key.kind != Kind::Use {
        return true;
    }
    let whole = server.bank.desk.whole(&key.id, AsOf::Now, server.now()).await.unwrap();
    let line = dualtrack_governance::line(
        &whole.common.catalogue,
        &whole.inventory,
        &whole.of,
        whole.version,
        whole.day,
    );
    line.next.is_some_and(|next| !next.open)
}

/// How many ways there are to be named.
const PARTS: u8 = 15;
