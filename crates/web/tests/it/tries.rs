//! What is sent to each action so that the policies are asked and nothing comes of it: of every command there is a
//! try, with the name by which the policies know it. The names are written here once more, apart from the product.

use dualtrack_inventory::{Document, Key, Kind};
use serde_json::{Value, json};

use crate::server::Server;

/// A request, and the question to the policies that it comes down to.
pub(crate) struct Try {
    /// The action, as policies know it.
    pub(crate) asks: &'static str,
    /// Whether it is about whoever asks.
    pub(crate) is_own: bool,
    /// What is sent.
    pub(crate) body: Value,
}

/// What is tried of one action. Everything it names is on record: see `tried.rs`.
pub(crate) async fn tries(server: &Server, action: &str) -> Vec<Try> {
    let asks = |asks: &'static str, body: Value| vec![Try { asks, is_own: false, body }];
    let of = |action: &'static str| asks(action, about(action));
    match action {
        "confirm-proposal" => proposals(server, json!({})).await,
        "reject-proposal" => proposals(server, json!({ "because": "" })).await,
        "delegate" => vec![Try { asks: "delegate", is_own: true, body: about("delegate") }],
        "apply" => asks("change-foundation", about("apply")),
        "change-use" | "record-change" | "assign" => asks("change-use", about(action)),
        "change-foundation" | "try-exit" => asks("change-foundation", about(action)),
        "advance" | "step-back" => asks("advance", about(action)),
        "deploy" | "end-deployment" => asks("deploy", about(action)),
        "give-opinion" | "claim-validation" => asks("validate", about(action)),
        "open-incident" | "note-incident" => asks("open-incident", about(action)),
        "contain" | "lift-containment" => asks("contain", about(action)),
        "invite-person" | "change-person" | "open-account" => asks("invite-person", about(action)),
        "grant-role" | "revoke-role" => asks("grant-role", about(action)),
        "leave" | "close-account" => asks("close-account", about(action)),
        "change-rules" | "activate-guideline" => asks("change-rules", about(action)),
        "give-task" | "finish-task" => asks("manage-tasks", about(action)),
        "import-portfolio" | "undo-import" => asks("import-portfolio", about(action)),
        "add-candidates" | "dispose-candidate" => asks("dispose-candidate", about(action)),
        "revoke-delegation" => asks("delegate", about(action)),
        // These are known by their own names.
        "found-record" => of("found-record"),
        "register-use" => of("register-use"),
        "add-evidence" => of("add-evidence"),
        "record-results" => of("record-results"),
        "comment" => of("comment"),
        "retire" => of("retire"),
        "suspend" => of("suspend"),
        "resume" => of("resume"),
        "approve" => of("approve"),
        "waive" => of("waive"),
        "adopt" => of("adopt"),
        "confirm-change" => of("confirm-change"),
        "find" => of("find"),
        "answer-finding" => of("answer-finding"),
        "close-finding" => of("close-finding"),
        "report-running" => of("report-running"),
        "decide-notification" => of("decide-notification"),
        "close-incident" => of("close-incident"),
        "reset-credentials" => of("reset-credentials"),
        "erase-person" => of("erase-person"),
        "import-records" => of("import-records"),
        action => panic!("`{action}` is tried by nobody: add it here, with what the policies call it"),
    }
}

/// What is sent: right enough that the policies are asked, and refused after that.
pub(crate) fn about(action: &str) -> Value {
    let none = json!({ "en": "", "zh-Hant": "" });
    let zero = format!("sha256:{}", "0".repeat(64));
    let of = "client-assistant";
    match action {
        "found-record" | "add-evidence" | "record-results" | "add-candidates" => json!({ "documents": [] }),
        "apply" => json!({ "documents": [{ "kind": "model", "document": { "id": "none" } }] }),
        "register-use" | "adopt" | "invite-person" => json!({ "document": {} }),
        "change-use" => json!({ "document": { "id": of } }),
        "change-foundation" | "change-rules" => json!({ "given": { "kind": "model", "document": {} } }),
        "assign" => json!({ "uses": [of], "part": "validator", "person": "mok-lai-sheung" }),
        "comment" => json!({ "id": "said", "use": of, "what": "" }),
        "advance" => json!({ "use": of, "to": "idea" }),
        "step-back" => json!({ "use": of, "to": "idea", "because": "" }),
        "retire" => json!({ "use": "research-assistant", "because": "It ended." }),
        "suspend" => json!({ "use": of, "because": none }),
        "resume" => json!({ "use": of, "because": "It runs." }),
        "approve" => json!({ "use": of, "stage": "pilot", "role": "educator", "snapshot": zero }),
        "waive" => json!({
            "id": "for-a-while", "use": of, "control": "hkma-ai-2019.log-retention", "because": none,
            "expires": "2020-01-01",
        }),
        "record-change" => json!({ "use": of, "parts": [], "because": none }),
        "confirm-change" | "claim-validation" => json!({ "use": of }),
        "find" => json!({ "id": "wrong-fee", "use": of, "severity": "low", "statement": "" }),
        "answer-finding" => json!({ "finding": "wrong-fee", "answer": "" }),
        "close-finding" => json!({ "finding": "wrong-fee", "because": "" }),
        "give-opinion" => json!({
            "id": "fit", "use": of, "snapshot": zero, "fitness": "fit", "limitations": "", "not_tested": "",
        }),
        "deploy" => json!({ "id": "app", "use": of }),
        "report-running" => json!({ "deployment": "app", "parts": {} }),
        "end-deployment" => json!({ "deployment": "app" }),
        "delegate" => json!({
            "id": "while-away", "to": "wong-ka-wing", "roles": [], "on": "2026-11-27", "expires": "2026-11-28",
            "because": "",
        }),
        "revoke-delegation" => json!({ "delegation": "while-away" }),
        "open-incident" => json!({
            "id": "wrong-answers", "uses": [of], "title": "", "severity": "low", "discovered": "2026-11-27T01:00:00Z",
        }),
        "note-incident" => json!({ "incident": "wrong-answers", "what": "" }),
        "contain" | "lift-containment" => {
            json!({ "incident": "wrong-answers", "measure": "pause", "because": "" })
        }
        "decide-notification" => {
            json!({ "incident": "wrong-answers", "authority": "hkma", "notify": false, "because": "" })
        }
        "close-incident" => json!({ "incident": "wrong-answers", "because": "" }),
        "change-person" => json!({ "document": { "id": "wong-ka-wing" } }),
        "open-account" => json!({ "person": "wong-ka-wing", "name": "" }),
        "reset-credentials" | "close-account" => json!({ "person": "wong-ka-wing" }),
        "grant-role" => json!({ "person": "wong-ka-wing", "role": "business-owner" }),
        "revoke-role" => json!({ "person": "wong-ka-wing", "role": "educator" }),
        "leave" => json!({ "person": "wong-ka-wing", "successor": "wong-ka-wing" }),
        "erase-person" => json!({ "person": "wong-ka-wing", "rule": "PDPO section 26" }),
        "activate-guideline" => json!({
            "id": "sfc-genai-2024-again", "guideline": "sfc-genai-2024", "version": 1, "digest": zero,
            "effective": "2027-01-01",
        }),
        "give-task" => json!({ "id": "hand-over", "assignee": "wong-ka-wing", "what": "" }),
        "finish-task" => json!({ "task": "hand-over", "because": "" }),
        "import-portfolio" => json!({ "from": "", "uses": [] }),
        "undo-import" => json!({ "from": "no-such-list" }),
        "import-records" => json!({
            "use": of, "records": 0, "from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z", "digest": zero,
        }),
        "dispose-candidate" => json!({ "candidate": "chat", "because": "" }),
        "try-exit" => json!({ "contract": "lantau", "next_trial": "2020-01-01" }),
        action => panic!("`{action}` is sent nothing"),
    }
}

/// Proposals that were settled: what it takes to settle one follows from what was proposed.
async fn proposals(server: &Server, fields: Value) -> Vec<Try> {
    let mut tries = Vec::new();
    for stored in server.bank.desk.documents(Kind::Proposal, "", 100).await.unwrap() {
        let Some(Document::Proposal(proposal)) = stored.document else { continue };
        assert!(proposal.settled.is_some(), "`{}` waits still", proposal.id);
        let asks = match proposal.action["action"].as_str().unwrap() {
            "grant-role" => "confirm-grant",
            "change-rules" | "activate-guideline" => "confirm-rules",
            "waive" | "delegate" => "confirm-proposal",
            other => panic!("`{other}` was proposed by nobody"),
        };
        let mut body = fields.clone();
        body["proposal"] = json!(proposal.id);
        tries.push(Try { asks, is_own: false, body });
    }
    assert_eq!(tries.len(), 7, "of each sort one was proposed");
    tries
}

/// What the policies are asked about by a try.
pub(crate) fn resource(is_own: bool, person: &str) -> Key {
    if is_own { Key::new(Kind::Person, person) } else { Key::new(Kind::Institution, Kind::Institution) }
}
