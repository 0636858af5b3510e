//! Who has a part in a use reaches what the part gives and not what it takes away, and of somebody else's use exactly what
//! those of the same offices reach who have a part in nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use dualtrack_inventory::{Document, Key, Kind, Role};
use dualtrack_web::api::{Needs, routes};
use serde_json::{Value, json};

use crate::bank::documents;
use crate::server::{Server, Set, person};
use crate::tries::about;

/// What somebody is for a use, or nothing.
const PARTS: [&str; 8] =
    ["none", "owner", "builder", "requester", "formerly", "supplier", "validator", "approver"];

/// The offices of those who are tried, by what they are called: what a part gives shows where the office gives little, and
/// what it takes away where the office gives much.
const OFFICES: [(&str, &[Role]); 3] = [
    ("developer", &[Role::Developer]),
    ("second-line", &[Role::Validator, Role::ComplianceOfficer, Role::RiskOfficer, Role::CommitteeMember]),
    ("partner", &[Role::Partner]),
];

/// The use in which they have a part, and one in which they have none.
const USES: [&str; 2] = ["client-assistant", "credit-card-default"];

/// The actions that name a use themselves.
const OF_A_USE: [&str; 15] = [
    "change-use",
    "record-change",
    "confirm-change",
    "advance",
    "step-back",
    "retire",
    "suspend",
    "resume",
    "approve",
    "waive",
    "find",
    "give-opinion",
    "deploy",
    "open-incident",
    "import-records",
];

/// The actions that name something that is about the first use.
const OF_WHAT_IS_ABOUT_IT: [&str; 5] =
    ["answer-finding", "close-finding", "report-running", "end-deployment", "contain"];

/// A bank where somebody of each office has each part.
async fn server() -> Server {
    let Some(Document::Use(mut of)) =
        documents().into_iter().find(|one| one.key() == Key::new(Kind::Use, USES[0]))
    else {
        unreachable!()
    };
    let mut also = Vec::new();
    for (office, roles) in OFFICES {
        for part in PARTS {
            let someone = person(&format!("{part}-{office}"), roles);
            let id = someone.id.clone();
            also.push(Document::Person(Box::new(someone)));
            match part {
                "owner" => _ = of.people.owners.insert(id),
                "builder" => _ = of.people.builders.insert(id),
                "requester" => _ = of.people.requesters.insert(id),
                "formerly" => _ = of.people.formerly.insert(id),
                "validator" => _ = of.people.validators.insert(id),
                "approver" => _ = of.people.approvers.insert(id),
                "supplier" => also.push(supplied(id.as_str())),
                _ => {}
            }
        }
    }
    also.push(Document::Use(of));
    Server::with_everything_and(Set { also, ..Set::default() }).await
}

/// Evidence that somebody gave for the first line.
fn supplied(by: &str) -> Document {
    let evidence = json!({
        "id": format!("by-{by}"), "kind": "decision-log", "about": { "use": USES[0] },
        "controls": ["hkma-ai-2019.audit-logs"], "statement": { "en": "Kept.", "zh-Hant": "已保存。" },
        "by": by, "line": "first", "on": "2026-11-01", "expires": "2027-10-31",
    });
    Document::read(Kind::Evidence, &evidence, BTreeMap::new()).unwrap()
}

/// What is asked of a use: each route with what is sent.
fn asked_of(of: &str) -> Vec<(Method, String, String, Value)> {
    let mut asked = Vec::new();
    for action in OF_A_USE.iter().chain(OF_WHAT_IS_ABOUT_IT.iter().filter(|_| of == USES[0])) {
        let text = about(action).to_string();
        // What is sent names the first use, or the one that was retired since.
        let text = USES
            .iter()
            .chain(["research-assistant"].iter())
            .fold(text, |text, other| text.replace(&format!("\"{other}\""), &format!("\"{of}\"")));
        let mut body: Value = serde_json::from_str(&text).unwrap();
        if *action == "retire" {
            // Without a reason nothing comes of it.
            body["because"] = "".into();
        }
        if *action == "find" && of != USES[0] {
            // The finding that there is would bring the use in that it is about.
            body["id"] = "another".into();
        }
        asked.push((Method::POST, (*action).to_owned(), format!("/api/v1/actions/{action}"), body));
    }
    for route in routes() {
        if route.method == Method::GET && route.path.starts_with("/api/v1/uses/{id}") {
            assert_ne!(route.needs, Needs::Nothing, "{route:?}");
            asked.push((Method::GET, route.operation, route.path.replace("{id}", of), Value::Null));
        }
    }
    asked
}

/// What somebody reaches of a use.
async fn reaches(server: &Server, cookie: &str, of: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    for (method, name, path, body) in asked_of(of) {
        let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin"), ("if-match", "*")];
        let body = if method == Method::POST { body.to_string() } else { String::new() };
        let answer = server.ask(method.as_str(), &path, &headers, &body).await;
        assert!(!answer.status.is_server_error(), "{name}: {}", answer.body);
        assert_ne!(answer.status, StatusCode::NOT_FOUND, "{name}: {}", answer.body);
        if answer.status == StatusCode::FORBIDDEN {
            assert_eq!(answer.body["type"], "/problems/denied", "{name}: {}", answer.body);
        } else {
            reached.insert(name);
        }
    }
    reached
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_in_a_use_gives_and_takes_of_that_use_and_of_no_other() {
    let server = server().await;
    let before = server.bank.reader().size();
    let mut table = String::new();
    for (office, _) in OFFICES {
        let mut without = BTreeMap::new();
        for part in PARTS {
            let person = format!("{part}-{office}");
            let cookie = server.begun(&person).await;
            for of in USES {
                let reached = reaches(&server, &cookie, of).await;
                let names = |names: BTreeSet<&String>| {
                    names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
                };
                let Some(others) = without.get(of) else {
                    let _ = writeln!(table, "{office}, {of}: {}", names(reached.iter().collect()));
                    without.insert(of, reached);
                    continue;
                };
                if of != USES[0] {
                    assert_eq!(reached, *others, "{person} and somebody else's use");
                    continue;
                }
                let more = names(reached.difference(others).collect());
                let less = names(others.difference(&reached).collect());
                let _ = writeln!(table, "{office}, {part}: more [{more}] less [{less}]");
            }
        }
    }
    // What was deployed is deployed again and ended by whoever may; nothing came of anything else.
    for entry in server.bank.desk.trail(None, u64::MAX, usize::MAX).await.unwrap() {
        assert!(
            entry.place < before || entry.action.ends_with("deploy") || entry.action == "end-deployment",
            "{entry:?}"
        );
    }
    insta::assert_snapshot!(table);
}
