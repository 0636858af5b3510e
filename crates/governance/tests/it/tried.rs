//! One of everything: an example bank at which every command was done once, so that there is a document of every kind.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Digest, GuidelineId, parse};
use dualtrack_governance::{AsOf, Command, Done, Officer};
use dualtrack_inventory::{Document, Key, Kind, Notification, ProposalId, snapshot};
use serde_json::{Value, json};

use crate::bank::{Bank, officer, root};

/// A bank, and what was done at it.
struct Tried<'b> {
    bank: &'b Bank,
    done: BTreeSet<String>,
}

/// Does one of everything at a bank that was founded; says which actions that were.
pub(crate) async fn one_of_everything(bank: &Bank) -> BTreeSet<String> {
    let mut tried = Tried { bank, done: BTreeSet::new() };
    people(&mut tried).await;
    foundations(&mut tried).await;
    challenge(&mut tried).await;
    running(&mut tried).await;
    incident(&mut tried).await;
    elsewhere(&mut tried).await;
    tried.done
}

impl Tried<'_> {
    /// Somebody does what is allowed, as a program would ask for it.
    async fn does(&mut self, person: &str, action: &str, fields: Value) -> Done {
        let mut asked = fields;
        asked["action"] = action.into();
        let command: Command =
            serde_json::from_value(asked).unwrap_or_else(|error| panic!("{action}: {error}"));
        // What checks came to is entered by the run that measured it.
        let runs_checks = matches!(command, Command::RecordResults { .. });
        let who = Officer { runs_checks, ..officer(person) };
        let done = self.bank.desk.act(who, command, None, self.bank.now()).await;
        let done = done.unwrap_or_else(|refusal| panic!("{person} may {action}: {refusal}"));
        assert!(!done.entries.is_empty(), "{action} entered nothing");
        self.done.insert(action.to_owned());
        done
    }

    /// The same, of what takes two.
    async fn do_both(&mut self, (person, second): (&str, &str), action: &str, fields: Value) {
        let proposal = self.proposes(person, action, fields).await;
        self.does(second, "confirm-proposal", json!({ "proposal": proposal })).await;
    }

    async fn proposes(&mut self, person: &str, action: &str, fields: Value) -> ProposalId {
        let done = self.does(person, action, fields).await;
        done.proposal.unwrap_or_else(|| panic!("{action} takes a second person"))
    }

    async fn stored(&self, kind: Kind, id: &str) -> Document {
        self.bank.desk.document(&Key::new(kind, id), AsOf::Now).await.unwrap().document.unwrap()
    }

    async fn snapshot(&self, of: &str) -> Digest {
        let whole = self.bank.desk.whole(of, AsOf::Now, self.bank.now()).await.unwrap();
        snapshot(&whole.inventory, &whole.of).digest
    }
}

fn both(text: &str) -> Value {
    json!({ "en": text, "zh-Hant": format!("{text}（中文）") })
}

async fn people(tried: &mut Tried<'_>) {
    let person = "new-hand";
    let hand = json!({ "id": person, "name": both("New hand"), "roles": ["developer"] });
    tried.does("first-administrator", "invite-person", json!({ "document": hand })).await;
    let hand = json!({ "id": person, "name": both("Newer hand"), "roles": ["developer"] });
    tried.does("first-administrator", "change-person", json!({ "document": hand })).await;
    let account = json!({ "person": person, "name": "new", "email": "new@bank.example" });
    tried.does("first-administrator", "open-account", account).await;
    tried.does("first-administrator", "reset-credentials", json!({ "person": person })).await;
    let office = json!({ "person": person, "role": "validator" });
    tried.do_both(("first-administrator", "leung-suk-fan"), "grant-role", office.clone()).await;
    tried.does("first-administrator", "revoke-role", office).await;
    let task = json!({ "id": "hand-over", "assignee": person, "what": "Hand over." });
    tried.does("siu-ka-lok", "give-task", task).await;
    let leave = json!({ "person": person, "successor": "siu-ka-lok" });
    tried.does("first-administrator", "leave", leave).await;
    tried.does("siu-ka-lok", "finish-task", json!({ "task": "hand-over", "because": "Done." })).await;
    tried.does("first-administrator", "close-account", json!({ "person": person })).await;
    tried.does("yip-hoi-ying", "erase-person", json!({ "person": person, "rule": "PDPO section 26" })).await;
    let delegation = json!({
        "id": "while-away", "to": "tam-yat-long", "roles": ["compliance-officer"], "on": "2026-11-27",
        "expires": "2026-12-31", "because": "On leave.",
    });
    tried.do_both(("leung-suk-fan", "fung-wai-man"), "delegate", delegation).await;
    tried.does("leung-suk-fan", "revoke-delegation", json!({ "delegation": "while-away" })).await;
}

async fn foundations(tried: &mut Tried<'_>) {
    let contract = json!({
        "schema": "dualtrack.contract/1", "id": "lantau", "provider": "lantau-models", "entity": "harbour-bank",
        "reference": "Contract 12", "starts": "2026-01-01", "owner": "mok-lai-sheung",
        "exit_plan": { "plan": "Move to the other one.", "alternatives": ["meridian-inference"] },
    });
    let given = json!({ "kind": "contract", "document": contract });
    tried.does("leung-suk-fan", "change-foundation", json!({ "given": given })).await;
    let trial = json!({ "contract": "lantau", "next_trial": "2027-06-30" });
    tried.does("siu-ka-lok", "try-exit", trial).await;
    let Document::Provider(provider) = tried.stored(Kind::Provider, "lantau-models").await else { panic!() };
    let mut provider = Document::Provider(provider).value();
    provider["contact"] = "desk@lantau-models.example".into();
    let apply = json!({
        "documents": [{ "kind": "provider", "document": provider }], "versions": { "provider/lantau-models": 1 },
    });
    tried.does("leung-suk-fan", "apply", apply).await;
    let adoption = json!({
        "id": "own-reading", "control": "hkma-ai-2019.audit-logs", "because": both("It fits."),
        "by": "leung-suk-fan", "on": "2026-11-27",
    });
    tried.does("leung-suk-fan", "adopt", json!({ "document": adoption })).await;
    // From here on the gates ask for one approval and nothing else, so that a use can pass.
    let text = std::fs::read_to_string(root().join("policies/gates.yaml")).unwrap();
    let mut gates: Value = parse("gates.yaml", &text).unwrap();
    for gate in ["sandbox", "pilot", "production"] {
        gates["gates"][gate]["asks"] = json!([]);
        for tier in ["low", "medium", "high"] {
            gates["gates"][gate]["approvals"][tier] = json!({ "people": 1, "roles": ["compliance-officer"] });
        }
    }
    let rules = json!({ "given": { "kind": "gates", "document": gates } });
    tried.do_both(("leung-suk-fan", "fung-wai-man"), "change-rules", rules).await;
    let text = std::fs::read_to_string(root().join("policies/tiers.yaml")).unwrap();
    let tiers: Value = parse("tiers.yaml", &text).unwrap();
    let rules = json!({ "given": { "kind": "tiers", "document": tiers } });
    tried.do_both(("leung-suk-fan", "fung-wai-man"), "change-rules", rules).await;
    let guideline = "sfc-genai-2024".parse::<GuidelineId>().unwrap();
    let Document::Activation(active) = tried.stored(Kind::Activation, "sfc-genai-2024-1").await else {
        panic!()
    };
    assert_eq!(active.guideline, guideline);
    let again = json!({
        "id": "sfc-genai-2024-again", "guideline": guideline, "version": active.version, "digest": active.digest,
        "effective": "2027-01-01",
    });
    tried.do_both(("leung-suk-fan", "fung-wai-man"), "activate-guideline", again).await;
}

async fn challenge(tried: &mut Tried<'_>) {
    let of = "client-assistant";
    let idea = json!({
        "schema": "dualtrack.use/1", "id": "branch-forecast", "name": both("Branch forecast"),
        "entity": "harbour-bank", "purpose": both("Foresees queues."), "purposes": ["customer-support"],
        "decides": both("Nothing."), "affects": both("Staff."), "stage": "idea", "stage_since": "2026-11-27",
        "coverage": "attested", "people": { "owners": ["mok-lai-sheung"] },
    });
    tried.does("mok-lai-sheung", "register-use", json!({ "document": idea })).await;
    let Document::Use(now) = tried.stored(Kind::Use, of).await else { panic!() };
    let digests = now.digests.clone();
    let mut changed = Document::Use(now).value();
    changed["next_review"] = "2027-03-31".into();
    changed["datasets"]["validation"] = json!(["bank-faq"]);
    tried.does("mok-lai-sheung", "change-use", json!({ "document": changed, "digests": digests })).await;
    let evidence = json!({
        "id": "logs", "kind": "decision-log", "about": { "use": of }, "controls": ["hkma-ai-2019.audit-logs"],
        "statement": both("Logs are kept."), "by": "siu-ka-lok", "on": "2026-11-27", "expires": "2027-11-26",
    });
    tried.does("siu-ka-lok", "add-evidence", json!({ "documents": [evidence] })).await;
    let result = json!({
        "id": "screened", "kind": "owner-assigned", "about": { "use": of }, "check": "inventory.owner_named",
        "outcome": "fail", "statement": both("Nobody is named."), "by": "ho-kwok-wai", "on": "2026-11-27",
        "expires": "2027-11-26", "snapshot": tried.snapshot(of).await,
    });
    tried.does("ho-kwok-wai", "record-results", json!({ "documents": [result] })).await;
    let change = json!({ "use": of, "parts": ["validation-data"], "because": both("More of it.") });
    tried.does("mok-lai-sheung", "record-change", change).await;
    tried.does("ho-kwok-wai", "confirm-change", json!({ "use": of })).await;
    let finding =
        json!({ "id": "wrong-fee", "use": of, "severity": "high", "statement": "It names a wrong fee." });
    tried.does("cheung-mei-ling", "claim-validation", json!({ "use": of })).await;
    let said = json!({ "id": "said", "use": of, "what": "Too soon, I think.", "dissents": true });
    tried.does("cheung-mei-ling", "comment", said).await;
    let many = json!({
        "uses": [of, "credit-card-default"], "part": "builder", "person": "lee-hiu-tung",
    });
    tried.does("leung-suk-fan", "assign", many).await;
    tried.does("ho-kwok-wai", "find", finding).await;
    let answer = json!({ "finding": "wrong-fee", "answer": "The list was old." });
    tried.does("mok-lai-sheung", "answer-finding", answer).await;
    let close = json!({ "finding": "wrong-fee", "because": "It names the right one." });
    tried.does("ho-kwok-wai", "close-finding", close).await;
    let opinion = json!({
        "id": "fit", "use": of, "snapshot": tried.snapshot(of).await, "fitness": "fit-with-conditions",
        "conditions": ["A person reads along."], "limitations": "Few rows.", "not_tested": "Other languages.",
    });
    tried.does("ho-kwok-wai", "give-opinion", opinion).await;
    let waiver = |id: &str| {
        json!({
            "id": id, "use": of, "control": "hkma-ai-2019.log-retention", "because": both("For a while."),
            "expires": "2027-06-30",
        })
    };
    tried.do_both(("leung-suk-fan", "fung-wai-man"), "waive", waiver("for-a-while")).await;
    let proposal = tried.proposes("leung-suk-fan", "waive", waiver("not-at-all")).await;
    let refusal = json!({ "proposal": proposal, "because": "Mend it instead." });
    tried.does("fung-wai-man", "reject-proposal", refusal).await;
}

async fn running(tried: &mut Tried<'_>) {
    let of = "client-assistant";
    let approval = json!({
        "use": of, "stage": "pilot", "role": "compliance-officer", "snapshot": tried.snapshot(of).await,
        "conditions": [both("At most 500 people.")], "expires": "2027-11-26",
    });
    tried.does("leung-suk-fan", "approve", approval).await;
    tried.does("mok-lai-sheung", "advance", json!({ "use": of, "to": "pilot" })).await;
    tried.does("siu-ka-lok", "deploy", json!({ "id": "app", "use": of })).await;
    let Document::Deployment(app) = tried.stored(Kind::Deployment, "app").await else { panic!() };
    let seen: BTreeMap<_, _> = app.parts.iter().take(2).collect();
    let running = json!({ "deployment": "app", "parts": seen });
    tried.does("siu-ka-lok", "report-running", running).await;
    let stop = json!({ "use": "transaction-monitoring", "because": both("It answers wrongly.") });
    tried.does("siu-ka-lok", "suspend", stop).await;
    let go = json!({ "use": "transaction-monitoring", "because": "It was mended." });
    tried.does("leung-suk-fan", "resume", go).await;
    let records = json!({
        "use": "transaction-monitoring", "records": 3, "from": "2026-11-01T00:00:00Z",
        "to": "2026-11-02T00:00:00Z", "digest": Digest::of(b"records"), "outcomes": { "read": 1, "sampled": 2 },
    });
    tried.does("siu-ka-lok", "import-records", records).await;
    let back = json!({ "use": "transaction-monitoring", "to": "pilot", "because": "It drifts." });
    tried.does("tsang-kin-fai", "step-back", back).await;
    let end = json!({ "use": "research-assistant", "because": "Nobody reads it." });
    tried.does("so-pak-hei", "retire", end).await;
}

async fn incident(tried: &mut Tried<'_>) {
    let id = "wrong-answers";
    let opened = json!({
        "id": id, "uses": ["client-assistant"], "title": "It names wrong fees.", "severity": "medium",
        "discovered": "2026-11-27T01:00:00Z", "authorities": { "hkma": "2026-11-30T01:00:00Z" },
    });
    tried.does("siu-ka-lok", "open-incident", opened).await;
    let note = json!({ "incident": id, "what": "Forty customers were told.", "affected": 40 });
    tried.does("siu-ka-lok", "note-incident", note).await;
    let pause = json!({ "incident": id, "measure": "pause", "deployment": "app", "because": "At once." });
    tried.does("siu-ka-lok", "contain", pause).await;
    let lift = json!({ "incident": id, "measure": "pause", "because": "It was mended." });
    tried.does("leung-suk-fan", "lift-containment", lift).await;
    let Document::Incident(open) = tried.stored(Kind::Incident, id).await else { panic!() };
    for Notification { authority, .. } in &open.notifications {
        let told = json!({
            "incident": id, "authority": authority, "notify": false, "because": "Nobody lost anything.",
        });
        tried.does("leung-suk-fan", "decide-notification", told).await;
    }
    tried.does("leung-suk-fan", "close-incident", json!({ "incident": id, "because": "It is over." })).await;
    tried.does("siu-ka-lok", "end-deployment", json!({ "deployment": "app" })).await;
}

async fn elsewhere(tried: &mut Tried<'_>) {
    let live = json!({
        "schema": "dualtrack.use/1", "id": "letter-sorting", "name": both("Letter sorting"),
        "entity": "harbour-bank", "purpose": both("Sorts letters."), "purposes": ["customer-support"],
        "decides": both("Who reads a letter."), "affects": both("Customers."), "stage": "production",
        "stage_since": "2024-03-01", "coverage": "attested", "people": { "owners": ["wong-ka-wing"] },
        "history": [{ "stage": "idea", "since": "2023-01-01" }],
    });
    let plan = json!([{ "what": both("Validate it."), "due": "2027-03-31", "by": "wong-ka-wing" }]);
    let list = json!({ "from": "list.csv", "uses": [{ "document": live, "live": true, "catch_up": plan }] });
    tried.does("leung-suk-fan", "import-portfolio", list).await;
    tried.does("leung-suk-fan", "undo-import", json!({ "from": "list.csv" })).await;
    let candidate = json!({
        "schema": "dualtrack.candidate/1", "id": "chat", "service": "ChatGPT", "source": "proxy",
        "first_seen": "2026-11-01", "last_seen": "2026-11-02", "times": 3,
    });
    tried.does("leung-suk-fan", "add-candidates", json!({ "documents": [candidate] })).await;
    let is = json!({ "candidate": "chat", "use": "client-assistant", "because": "They tried it out." });
    tried.does("leung-suk-fan", "dispose-candidate", is).await;
}
