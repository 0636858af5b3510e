//! What there is, as pages show it: providers and what rests on them, data flows, the ledger, people, settings.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;
use dualtrack_catalogue::Bilingual;
use dualtrack_report::{LedgerBatch, LedgerStanding};
use dualtrack_web::{Entered, Log, Verification, router};
use jiff::Timestamp;

use crate::server::{Answer, Server};

async fn page(server: &Server, person: &str, path: &str) -> Answer {
    let cookie = server.begun(person).await;
    server.ask("GET", path, &[("cookie", &cookie)], "").await
}

async fn text(server: &Server, person: &str, path: &str) -> String {
    let answer = page(server, person, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path} for {person}");
    let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
    // A message that is missing shows its own id.
    for inside in text.split('[').skip(1).filter_map(|rest| rest.split(']').next()) {
        let is_id =
            inside.contains('-') && inside.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(!is_id, "{path}: `{inside}` is asked for and not defined");
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn uses_are_counted_at_each_provider_and_shown_on_what_they_stand_on() {
    let server = Server::with_everything().await;
    let list = text(&server, "only-risk-officer", "/providers").await;
    assert!(list.contains("concentration-bars") && list.contains("/providers/meridian-inference"));
    let by_stage = text(&server, "only-risk-officer", "/providers?by=stage").await;
    assert!(by_stage.contains("Production"));
    for path in ["/providers/meridian-inference", "/models/meridian-chat", "/datasets/bank-faq"] {
        let one = text(&server, "only-risk-officer", path).await;
        assert!(one.contains("/uses/client-assistant"), "{path} names the use that stands on it");
        assert!(!one.contains("/uses/credit-card-default"), "{path} names no other");
    }
    let contracts = text(&server, "only-risk-officer", "/providers/lantau-models").await;
    assert!(contracts.contains("id=\"contract-lantau\""), "a contract stands on the page of its provider");
    let file = page(&server, "only-risk-officer", "/providers?format=csv").await;
    let file = String::from_utf8(file.bytes.to_vec()).unwrap();
    assert!(file.contains("meridian-inference"), "the table leaves as it was seen: {file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_goes_abroad_is_marked_and_what_is_unknown_is_not_taken_for_harmless() {
    let server = Server::with_everything().await;
    let map = text(&server, "only-data-protection-officer", "/flows").await;
    assert!(map.contains("flow-map") && map.contains("end beyond"), "Singapore lies beyond the border");
    let abroad = text(&server, "only-data-protection-officer", "/flows?where=beyond").await;
    assert!(abroad.contains("/providers/meridian-inference"));
    assert!(!abroad.contains("/providers/kestrel-transaction-systems"));
    let chinese = server.begun("only-data-protection-officer").await;
    let headers = [("cookie", chinese.as_str()), ("accept-language", "zh-HK")];
    let chinese = server.ask("GET", "/flows", &headers, "").await;
    assert!(String::from_utf8(chinese.bytes.to_vec()).unwrap().contains("新加坡"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_what_bars_her_and_an_office_how_far_it_reaches() {
    let server = Server::with_everything().await;
    let owner = text(&server, "only-risk-officer", "/people/mok-lai-sheung?use=client-assistant").await;
    assert!(owner.contains("may not validate this use, because this person owns the use"), "{owner}");
    assert!(owner.contains("/uses/client-assistant"));
    let validator = text(&server, "only-risk-officer", "/people/only-validator?use=client-assistant").await;
    assert!(validator.contains("may validate this use."));
    assert!(validator.contains("no office of this person allows it"), "a validator does not approve");
    // A use that is not there is said to be so on the page.
    let none = text(&server, "only-risk-officer", "/people/only-validator?use=no-such-use").await;
    assert!(none.contains("no-such-use"));
    let offices = text(&server, "only-educator", "/offices").await;
    assert!(offices.contains("id=\"erase-person\""));
    // Only whoever opens accounts sees them.
    server.account("mok-lai-sheung", "a fair wind from Lantau").await;
    let seen = text(&server, "only-administrator", "/people/mok-lai-sheung").await;
    assert!(seen.contains("signs in with a password"));
    let unseen = text(&server, "only-risk-officer", "/people/mok-lai-sheung").await;
    assert!(!unseen.contains("signs in with a password"));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_read_by_whoever_the_policies_let() {
    let server = Server::with_everything().await;
    for (path, who, others) in [
        ("/settings", "only-administrator", "only-developer"),
        ("/settings/rules", "only-developer", "only-educator"),
        ("/settings/program", "only-supervisor", "only-educator"),
        ("/settings/webhooks", "only-administrator", "only-compliance-officer"),
        ("/ledger", "only-developer", "only-educator"),
    ] {
        assert_ne!(page(&server, who, path).await.status, StatusCode::FORBIDDEN, "{path} for {who}");
        assert_eq!(page(&server, others, path).await.status, StatusCode::FORBIDDEN, "{path} for {others}");
    }
    let rules = text(&server, "only-developer", "/settings/rules").await;
    assert!(rules.contains("id=\"gate-production\"") && rules.contains("no rule is met"));
    for path in
        ["/settings/contracts", "/settings/delegations", "/settings/candidates", "/settings/taken-over"]
    {
        text(&server, "only-compliance-officer", path).await;
    }
    assert!(text(&server, "only-compliance-officer", "/settings/contracts").await.contains("lantau"));
    for person in ["only-business-owner", "only-supervisor"] {
        let design = text(&server, person, "/design").await;
        assert!(design.contains("lang=\"zh-Hant-HK\"") && design.contains("海港銀行集團"));
        let mut ids = BTreeSet::new();
        for part in design.split(" id=\"").skip(1) {
            let id = part.split('"').next().unwrap();
            assert!(ids.insert(id.to_owned()), "the id `{id}` stands twice on the page");
        }
    }
}

/// A log of two entries that holds, and how often it was verified.
fn log() -> (Log, Arc<AtomicU64>) {
    let verified = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&verified);
    let standing = || LedgerStanding {
        log: "test.example/ledger".into(),
        program: "test".into(),
        instant: Timestamp::UNIX_EPOCH,
        checkpoint: "test.example/ledger\n2\nroot\n".into(),
        size: 2,
        root: "root".into(),
        keys: vec!["test.example/ledger+00000000+key".into()],
        retired: Vec::new(),
        witnesses: Vec::new(),
        batches: vec![LedgerBatch { number: 0, instant: Timestamp::UNIX_EPOCH, entries: 2, size: 2 }],
    };
    let entry = |index| {
        Ok((index < 2).then(|| Entered {
            log: "test.example/ledger".into(),
            bytes: b"{\"v\":1}<script>".to_vec(),
            receipt: "c2sp.org/tlog-proof@v1\nindex 0\n".into(),
            size: 2,
            keys: vec!["test.example/ledger+00000000+key".into()],
        }))
    };
    let log = Log {
        standing: Box::new(move || Ok(standing())),
        entry: Box::new(entry),
        verify: Box::new(move |going| {
            assert!(going(1, 2));
            counted.fetch_add(1, Ordering::SeqCst);
            let line = |en: &str| Bilingual { en: en.into(), zh_hant: en.into() };
            Verification {
                holds: Some(true),
                checked: vec![line("all 2 entries lead to its root")],
                noticed: Vec::new(),
                left: vec![line("what was never entered")],
            }
        }),
    };
    (log, verified)
}

fn token(text: &str) -> String {
    let form = text.split("action=\"/ledger/verification\"").nth(1).unwrap();
    let value = form.split("name=\"form\" value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_shown_proven_and_verified_once_at_a_time() {
    let mut server = Server::new().await;
    let (log, verified) = log();
    server.router = router(server.web.clone().reading_log(log));
    let server = server;
    let cookie = server.begun("only-developer").await;
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let get = async |path: &str| {
        let answer = server.ask("GET", path, &headers, "").await;
        (answer.status, String::from_utf8(answer.bytes.to_vec()).unwrap())
    };
    let (status, ledger) = get("/ledger").await;
    assert_eq!(status, StatusCode::OK);
    assert!(ledger.contains("test.example/ledger") && ledger.contains("ledger-growth-title"));
    let (status, entry) = get("/ledger/entries/0").await;
    assert_eq!(status, StatusCode::OK);
    assert!(entry.contains("tlog-proof") && !entry.contains("<script>\""));
    assert!(!entry.contains("}<script>"), "what an entry holds is text on the page");
    let (_, receipt) = get("/ledger/entries/0/receipt").await;
    assert!(receipt.starts_with("c2sp.org/tlog-proof@v1"));
    for path in ["/ledger/entries/2", "/ledger/entries/none", "/ledger/entries/2/receipt"] {
        assert_eq!(get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    // A form of nobody's verifies nothing.
    let post = async |token: &str| {
        server.ask("POST", "/ledger/verification", &headers, &format!("form={token}")).await
    };
    assert_eq!(post("forged").await.status, StatusCode::CONFLICT);
    assert_eq!(verified.load(Ordering::SeqCst), 0);
    let token = token(&ledger);
    assert_eq!(post(&token).await.status, StatusCode::SEE_OTHER);
    for _ in 0..100 {
        if get("/ledger").await.1.contains("entries lead to its root") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let (_, after) = get("/ledger").await;
    assert!(after.contains("ll 2 entries lead to its root"), "{after}");
    // A moment later nothing runs again.
    assert_eq!(post(&token).await.status, StatusCode::SEE_OTHER);
    assert_eq!(verified.load(Ordering::SeqCst), 1);
    // Whoever may not see the ledger may have it verified all the same.
    let outside = server.begun("only-educator").await;
    let seen = server.ask("GET", "/ledger/verification", &[("cookie", &outside)], "").await;
    assert_eq!(seen.status, StatusCode::OK);
    let refused = server.ask("GET", "/ledger/entries/0", &[("cookie", &outside)], "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
