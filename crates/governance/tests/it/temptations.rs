//! What every history ends with: everything that must be refused is tried once, by somebody who holds the office for it.
//!
//! Nothing is asserted here. Whatever is let through is on record, and the invariants are read from there.

use std::collections::BTreeMap;

use dualtrack_catalogue::{Digest, Stage};
use dualtrack_governance::{AsOf, Command, Done};
use dualtrack_inventory::{Document, Kind, PersonId, Role, snapshot};
use jiff::Span;
use serde_json::{Value, json};

use crate::bank::{Bank, guideline_files};
use crate::steps::both;

/// Owners, builders, validators and bystanders of the first line's side who get an office that judges, so that only their
/// part in a use stands in their way.
const OFFICES: [(&str, Role); 6] = [
    ("wong-ka-wing", Role::Validator),
    ("mok-lai-sheung", Role::ComplianceOfficer),
    ("lee-hiu-tung", Role::RiskOfficer),
    ("lau-chi-ho", Role::Validator),
    ("ho-kwok-wai", Role::RiskOfficer),
    ("tam-yat-long", Role::Validator),
];

/// Who has a part in which use, and the office to approve with.
const PARTS: [(&str, &str, Role); 6] = [
    ("wong-ka-wing", "credit-card-default", Role::RiskOfficer),
    ("mok-lai-sheung", "client-assistant", Role::ComplianceOfficer),
    ("lee-hiu-tung", "research-assistant", Role::RiskOfficer),
    ("lau-chi-ho", "credit-card-default", Role::RiskOfficer),
    // She validates it.
    ("ho-kwok-wai", "client-assistant", Role::RiskOfficer),
    ("tsang-kin-fai", "transaction-monitoring", Role::ComplianceOfficer),
];

/// What a history begins with: people who are tempted, and somebody who did something and was erased. What was handed out
/// for what she did.
pub(crate) async fn begins(bank: &Bank) -> BTreeMap<u64, String> {
    for (person, role) in OFFICES {
        let person = PersonId::parse(person).unwrap();
        let granted = bank.act("first-administrator", Command::GrantRole { person, role }).await.unwrap();
        let proposal = granted.proposal.unwrap();
        bank.act("leung-suk-fan", Command::ConfirmProposal { proposal }).await.unwrap();
    }
    let mut receipts = BTreeMap::new();
    for (by, action) in [
        (
            LEAVER,
            json!({ "action": "give-task", "id": "by-the-erased", "assignee": LEAVER, "what": "Look at it." }),
        ),
        (LEAVER, json!({ "action": "finish-task", "task": "by-the-erased", "because": "It is done." })),
        ("first-administrator", json!({ "action": "leave", "person": LEAVER, "successor": "yip-hoi-ying" })),
        ("yip-hoi-ying", json!({ "action": "erase-person", "person": LEAVER, "rule": "PDPO section 26" })),
    ] {
        let done = does(bank, by, action).await.unwrap();
        receipts.insert(done.entries[0], done.receipt.unwrap());
    }
    receipts
}

/// Tries everything that must be refused.
pub(crate) async fn everything_is_tried(bank: &Bank) {
    for (person, of, role) in PARTS {
        judges(bank, person, of, role).await;
        waives(bank, person, of, "In my own cause.", 30).await;
    }
    // Whoever validated approves nothing of it, whatever she is named.
    opines(bank, "tam-yat-long", "transaction-monitoring").await;
    approves(bank, "tam-yat-long", "transaction-monitoring", Role::ComplianceOfficer).await;
    does(bank, "tam-yat-long", find("tried-by-tam", "credit-card-default")).await;
    approves(bank, "tam-yat-long", "credit-card-default", Role::ComplianceOfficer).await;
    // Whoever supplied evidence for the first line judges it no more.
    let evidence = json!([{
        "id": "tried-evidence", "kind": "decision-log", "about": { "use": "credit-card-default" },
        "controls": ["hkma-ai-2019.audit-logs"], "statement": both("Kept."), "by": "ng-siu-ming", "line": "first",
        "on": today(bank, 0), "expires": today(bank, 300),
    }]);
    does(bank, "ng-siu-ming", json!({ "action": "add-evidence", "documents": evidence })).await;
    approves(bank, "ng-siu-ming", "credit-card-default", Role::RiskOfficer).await;
    // Whoever was taken out of a use.
    taken_out(bank, "mok-lai-sheung", "client-assistant").await;
    judges(bank, "mok-lai-sheung", "client-assistant", Role::ComplianceOfficer).await;

    waives(bank, "leung-suk-fan", "credit-card-default", " ", 30).await;
    waives(bank, "leung-suk-fan", "credit-card-default", "For a while.", -1).await;
    waives(bank, "leung-suk-fan", "credit-card-default", "For a while.", 30).await;
    for by in ["leung-suk-fan", "first-administrator", "fung-wai-man"] {
        // Whoever proposed it first.
        confirms_everything(bank, by).await;
    }
    change_is_confirmed_by_its_author(bank).await;
    material_change(bank, "credit-card-default").await;
    switches(bank).await;
    does(
        bank,
        "yip-hoi-ying",
        json!({ "action": "erase-person", "person": LEAVER, "rule": "PDPO section 26" }),
    )
    .await;
}

async fn does(bank: &Bank, person: &str, action: Value) -> Option<Done> {
    let command: Command = serde_json::from_value(action).unwrap();
    // Whoever was erased or holds no office any more is refused as anybody is.
    bank.act(person, command).await.ok()
}

fn today(bank: &Bank, days: i64) -> Value {
    json!(dualtrack_inventory::hong_kong_day(bank.now()).checked_add(Span::new().days(days)).unwrap())
}

async fn judges(bank: &Bank, person: &str, of: &str, role: Role) {
    approves(bank, person, of, role).await;
    opines(bank, person, of).await;
    does(bank, person, find(&format!("tried-by-{person}-{of}"), of)).await;
}

async fn approves(bank: &Bank, person: &str, of: &str, role: Role) {
    let whole = bank.desk.whole(of, AsOf::Now, bank.now()).await.unwrap();
    let state = snapshot(&whole.inventory, &whole.of).digest;
    for stage in [Stage::Sandbox, Stage::Pilot, Stage::Production] {
        let approval =
            json!({ "action": "approve", "use": of, "stage": stage, "role": role, "snapshot": state });
        does(bank, person, approval).await;
    }
}

async fn opines(bank: &Bank, person: &str, of: &str) {
    let whole = bank.desk.whole(of, AsOf::Now, bank.now()).await.unwrap();
    let opinion = json!({
        "action": "give-opinion", "id": format!("tried-by-{person}-{of}"), "use": of,
        "snapshot": snapshot(&whole.inventory, &whole.of).digest, "fitness": "fit", "limitations": "Few rows.",
        "not_tested": "Nothing.",
    });
    does(bank, person, opinion).await;
}

fn find(id: &str, of: &str) -> Value {
    json!({ "action": "find", "id": id, "use": of, "severity": "low", "statement": "It is wrong." })
}

async fn waives(bank: &Bank, person: &str, of: &str, because: &str, days: i64) {
    let length = because.len();
    let waiver = json!({
        "action": "waive", "id": format!("tried-by-{person}-{of}-{length}-{}", days.unsigned_abs()), "use": of,
        "control": "hkma-ai-2019.audit-logs", "because": both(because), "expires": today(bank, days),
    });
    does(bank, person, waiver).await;
}

async fn confirms_everything(bank: &Bank, by: &str) {
    for stored in bank.desk.documents(Kind::Proposal, "", usize::MAX).await.unwrap() {
        let Some(Document::Proposal(proposal)) = stored.document else { continue };
        if proposal.settled.is_none() {
            does(bank, by, json!({ "action": "confirm-proposal", "proposal": proposal.id })).await;
        }
    }
}

async fn taken_out(bank: &Bank, person: &str, of: &str) {
    let now = bank.desk.whole(of, AsOf::Now, bank.now()).await.unwrap().of;
    let digests = now.digests.clone();
    let mut document = Document::Use(Box::new(now)).value();
    document["people"]["owners"] = json!(["tsang-kin-fai"]);
    document["people"]["requesters"] = json!([]);
    let action = json!({ "action": "change-use", "document": document, "digests": digests });
    does(bank, person, action).await;
}

async fn change_is_confirmed_by_its_author(bank: &Bank) {
    let of = "client-assistant";
    let now = bank.desk.whole(of, AsOf::Now, bank.now()).await.unwrap().of;
    let digests = now.digests.clone();
    let mut document = Document::Use(Box::new(now)).value();
    let has_any = document["datasets"]["validation"].as_array().is_some_and(|there| !there.is_empty());
    document["datasets"]["validation"] = if has_any { json!([]) } else { json!(["bank-faq"]) };
    // An office that may change any use and confirm changes.
    let by = "leung-suk-fan";
    does(bank, by, json!({ "action": "change-use", "document": document, "digests": digests })).await;
    let record = json!({
        "action": "record-change", "use": of, "parts": ["validation-data"], "because": both("More of it."),
    });
    does(bank, by, record).await;
    does(bank, by, json!({ "action": "confirm-change", "use": of })).await;
}

async fn material_change(bank: &Bank, of: &str) {
    let now = bank.desk.whole(of, AsOf::Now, bank.now()).await.unwrap().of;
    let digests = now.digests.clone();
    let mut document = Document::Use(Box::new(now)).value();
    document["decides"]["en"] = "Something else altogether.".into();
    let change = json!({ "action": "change-use", "document": document, "digests": digests });
    does(bank, "leung-suk-fan", change).await;
}

/// Another text under a version that is published, with the digest that it has; and a switch that is dated back.
async fn switches(bank: &Bank) {
    let stored = bank.desk.documents(Kind::Activation, "", usize::MAX).await.unwrap();
    let known = stored.into_iter().find_map(|stored| match stored.document {
        Some(Document::Activation(one)) if one.guideline.to_string() == FORGED.0 => Some(one),
        _ => None,
    });
    let Some(known) = known else { return };
    let (text, digest) = forged(known.version);
    for (id, digest, effective, text) in [
        ("tried-forged", digest, today(bank, 1), json!(text)),
        ("tried-back", known.digest, today(bank, -30), json!({})),
    ] {
        let activate = json!({
            "action": "activate-guideline", "id": id, "guideline": known.guideline, "version": known.version,
            "digest": digest, "effective": effective, "text": text,
        });
        if let Some(proposal) = does(bank, "leung-suk-fan", activate).await.and_then(|done| done.proposal) {
            does(bank, "fung-wai-man", json!({ "action": "confirm-proposal", "proposal": proposal })).await;
        }
    }
}

fn forged(version: dualtrack_catalogue::Version) -> (BTreeMap<String, String>, Digest) {
    static FOUND: std::sync::OnceLock<(BTreeMap<String, String>, Digest)> = std::sync::OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let mut files = guideline_files();
        let (path, text) = files.iter_mut().find(|(path, _)| path == FORGED.1).unwrap();
        text.push_str("\n# Another text under the same version.\n");
        let given = BTreeMap::from([(path.clone(), text.clone())]);
        let product = dualtrack_governance::Product::load("dualtrack 0", files).unwrap();
        let guideline = FORGED.0.parse().unwrap();
        (given, product.catalogue().edition(&guideline, version).unwrap().digest())
    });
    found.clone()
}

/// Whoever does something, leaves, and is erased.
const LEAVER: &str = "kwan-chun-kit";
const FORGED: (&str, &str) = ("sfc-genai-2024", "guidelines/sfc-genai-2024.yaml");
