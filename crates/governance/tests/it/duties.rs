//! What keeps duties apart is not taken back by changing who is named, nor by one person acting as two.

use std::collections::BTreeSet;

use dualtrack_catalogue::Stage;
use dualtrack_governance::{Command, Officer, Refusal};
use dualtrack_inventory::{
    Action, Bar, Document, FindingId, Key, Kind, PersonId, Role, Severity, UseId, barred_now, gate,
    verdicts_of,
};
use dualtrack_store::Moment;
use serde_json::{Value, json};

use crate::bank::{Bank, documents, officer};

const USE: &str = "client-assistant";

fn use_id() -> UseId {
    UseId::parse(USE).unwrap()
}

async fn stored(bank: &Bank, kind: Kind, id: &str) -> Document {
    let mut connection = bank.desk.store().read().await.unwrap();
    let found = connection.reading().document(&Key::new(kind, id), Moment::Now).await.unwrap();
    found.unwrap().document.unwrap()
}

async fn bars(bank: &Bank, person: &str) -> BTreeSet<Bar> {
    let whole = bank.desk.whole(USE, dualtrack_governance::AsOf::Now, bank.now()).await.unwrap();
    let person = PersonId::parse(person).unwrap();
    barred_now(&whole.inventory, &whole.of, &person, whole.day).from_approving
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_owned_a_use_stays_barred_when_taken_out_of_it() {
    let bank = Bank::founded().await;
    let mut value = stored(&bank, Kind::Use, USE).await.value();
    let owner = value["people"]["owners"][0].as_str().unwrap().to_owned();
    value["people"]["owners"] = json!(["leung-suk-fan"]);
    value["people"]["requesters"] = json!(["leung-suk-fan"]);
    // What the file says about it is not believed.
    value["people"]["formerly"] = json!([]);
    bank.act("leung-suk-fan", Command::ChangeUse { document: value, digests: files_of(USE) }).await.unwrap();
    assert!(bars(&bank, &owner).await.contains(&Bar::Formerly));
    let Document::Use(of) = stored(&bank, Kind::Use, USE).await else { panic!("it is a use") };
    assert_eq!(of.people.formerly, BTreeSet::from([PersonId::parse(&owner).unwrap()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_builder_of_a_model_is_not_taken_out_of_it() {
    let bank = Bank::founded().await;
    let found = documents().into_iter().find_map(|document| match document {
        Document::Model(model) if !model.builders.is_empty() => Some(model),
        _ => None,
    });
    let model = found.expect("the example has a model that somebody built");
    let document = Document::Model(model);
    let mut value = document.value();
    value["builders"] = json!([]);
    let given = serde_json::from_value(json!({ "kind": "model", "document": value })).unwrap();
    let refused = bank.act("leung-suk-fan", Command::ChangeFoundation { given }).await.unwrap_err();
    assert!(refused.to_string().contains("stays among its builders"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lifts_alone_what_they_imposed() {
    let bank = Bank::founded().await;
    let because =
        serde_json::from_value(json!({ "en": "It answers wrongly.", "zh-Hant": "回答有誤。" })).unwrap();
    bank.act("leung-suk-fan", Command::Suspend { use_id: use_id(), because }).await.unwrap();
    let lift = Command::Resume { use_id: use_id(), because: "It was mended.".into() };
    let done = bank.act("leung-suk-fan", lift).await.unwrap();
    assert!(done.proposal.is_some(), "it waits for a second person");
    let Document::Use(of) = stored(&bank, Kind::Use, USE).await else { panic!("it is a use") };
    assert!(of.suspended.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_finding_of_high_severity_shuts_the_gate_ahead() {
    let bank = Bank::founded().await;
    let shuts = async |bank: &Bank| {
        let whole = bank.desk.whole(USE, dualtrack_governance::AsOf::Now, bank.now()).await.unwrap();
        let standing = whole.common.catalogue.on(whole.day);
        let verdicts = verdicts_of(&standing, &whole.inventory, &whole.of, &[]);
        let outcome = gate(&standing, &whole.inventory, &whole.of, Stage::Pilot, &verdicts);
        outcome.blockers.iter().any(|blocker| matches!(blocker.action, Action::SettleFinding { .. }))
    };
    assert!(!shuts(&bank).await);
    let finding = FindingId::parse("wrong-answers").unwrap();
    let find = Command::Find {
        id: finding.clone(),
        use_id: use_id(),
        control: None,
        severity: Severity::High,
        statement: "It answers wrongly in Cantonese.".into(),
        due: None,
    };
    bank.act("ho-kwok-wai", find).await.unwrap();
    assert!(shuts(&bank).await);
    bank.act("ho-kwok-wai", Command::CloseFinding { finding, because: "It was mended.".into() })
        .await
        .unwrap();
    assert!(!shuts(&bank).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_worth_nothing_once_its_proposer_may_not_do_it_any_more() {
    let bank = Bank::founded().await;
    let because =
        serde_json::from_value(json!({ "en": "It answers wrongly.", "zh-Hant": "回答有誤。" })).unwrap();
    bank.act("leung-suk-fan", Command::Suspend { use_id: use_id(), because }).await.unwrap();
    let lift = Command::Resume { use_id: use_id(), because: "It was mended.".into() };
    let proposal = bank.act("leung-suk-fan", lift).await.unwrap().proposal.unwrap();
    let person = PersonId::parse("leung-suk-fan").unwrap();
    let revoke = Command::RevokeRole { person, role: Role::ComplianceOfficer };
    bank.act("first-administrator", revoke).await.unwrap();
    let confirm = Command::ConfirmProposal { proposal };
    let refused = bank.act("ng-siu-ming", confirm).await.unwrap_err();
    assert!(matches!(refused, Refusal::Denied { .. }), "{refused}");
    let Document::Use(of) = stored(&bank, Kind::Use, USE).await else { panic!("it is a use") };
    assert!(of.suspended.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_of_many_documents_says_which_part_each_entry_is() {
    let bank = Bank::founded().await;
    let documents: Vec<Value> = (0..150)
        .map(|number| {
            json!({
                "schema": "dualtrack.candidate/1", "id": format!("candidate-{number}"), "service": "ChatGPT",
                "source": "proxy", "first_seen": "2026-11-01", "last_seen": "2026-11-02", "times": 3,
            })
        })
        .collect();
    let done = bank.act("leung-suk-fan", Command::AddCandidates { documents }).await.unwrap();
    assert_eq!(done.entries.len(), 3);
    let reader = bank.reader();
    for (part, place) in (1..).zip(&done.entries) {
        let entry: Value = serde_json::from_slice(&reader.entry(*place).unwrap()).unwrap();
        assert!(entry.to_string().contains(&format!("\"part\":[{part},3]")), "{entry}");
    }
    assert_eq!(bank.rebuilt_difference().await, None);
}

/// An action as a program asks for it.
fn asked(value: Value) -> Command {
    serde_json::from_value(value).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_agrees_that_one_containment_is_lifted_is_named_as_second_of_no_other() {
    let bank = Bank::founded().await;
    let opened = json!({
        "action": "open-incident", "id": "wrong-scores", "uses": ["credit-card-default"],
        "title": "It scores wrongly.", "severity": "high", "discovered": "2026-11-27T01:00:00Z",
    });
    bank.act("siu-ka-lok", asked(opened)).await.unwrap();
    for measure in ["pause", "force-review"] {
        let contain = json!({
            "action": "contain", "incident": "wrong-scores", "measure": measure, "because": "At once.",
        });
        assert_eq!(bank.act("siu-ka-lok", asked(contain)).await.unwrap().proposal, None);
    }
    let lift = json!({
        "action": "lift-containment", "incident": "wrong-scores", "measure": "pause", "because": "Mended.",
    });
    let proposal = bank.act("leung-suk-fan", asked(lift)).await.unwrap().proposal.expect("the tier is high");
    bank.act("fung-wai-man", Command::ConfirmProposal { proposal }).await.unwrap();
    let Document::Incident(incident) = stored(&bank, Kind::Incident, "wrong-scores").await else { panic!() };
    let [pause, review] = incident.containments.as_slice() else { panic!("{incident:?}") };
    assert!(pause.lifted.is_some() && review.lifted.is_none());
    assert_eq!((&pause.second, &review.second), (&None, &None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_counts_for_no_day_after_however_often_it_is_taken_back() {
    let bank = Bank::founded().await;
    let delegation = json!({
        "action": "delegate", "id": "while-away", "to": "tam-yat-long", "roles": ["compliance-officer"],
        "on": "2026-11-27", "expires": "2026-12-31", "because": "On leave.",
    });
    let proposal =
        bank.act("leung-suk-fan", asked(delegation)).await.unwrap().proposal.expect("it takes two");
    bank.act("fung-wai-man", Command::ConfirmProposal { proposal }).await.unwrap();
    let back = || asked(json!({ "action": "revoke-delegation", "delegation": "while-away" }));
    bank.act("leung-suk-fan", back()).await.unwrap();
    bank.move_clock(jiff::SignedDuration::from_hours(72));
    let refused = bank.act("leung-suk-fan", back()).await.unwrap_err();
    assert_eq!(refused.to_string(), "`while-away` was taken back on 2026-11-27");
    let Document::Delegation(kept) = stored(&bank, Kind::Delegation, "while-away").await else { panic!() };
    assert!(!kept.counts_on("2026-11-28".parse().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_hands_over_contracts_too() {
    let bank = Bank::founded().await;
    let contract = json!({
        "schema": "dualtrack.contract/1", "id": "lantau", "provider": "lantau-models", "entity": "harbour-bank",
        "reference": "Contract 12", "starts": "2026-01-01", "owner": "kwan-chun-kit",
    });
    let given =
        json!({ "action": "change-foundation", "given": { "kind": "contract", "document": contract } });
    bank.act("leung-suk-fan", asked(given)).await.unwrap();
    let leave = |successor: Value| {
        asked(json!({ "action": "leave", "person": "kwan-chun-kit", "successor": successor }))
    };
    let refused = bank.act("first-administrator", leave(Value::Null)).await.unwrap_err();
    assert!(refused.to_string().contains("leaves contracts to nobody"), "{refused}");
    bank.act("first-administrator", leave(json!("siu-ka-lok"))).await.unwrap();
    let Document::Contract(kept) = stored(&bank, Kind::Contract, "lantau").await else { panic!() };
    assert_eq!(kept.owner.as_str(), "siu-ka-lok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_hands_over_before_her_account_closes() {
    let bank = Bank::founded().await;
    // Her only office goes by itself; what she owns stays with her.
    let revoke = json!({ "action": "revoke-role", "person": "mok-lai-sheung", "role": "business-owner" });
    bank.act("first-administrator", asked(revoke)).await.unwrap();
    let close = || asked(json!({ "action": "close-account", "person": "mok-lai-sheung" }));
    let erase =
        || asked(json!({ "action": "erase-person", "person": "mok-lai-sheung", "rule": "PDPO section 26" }));
    let refused = bank.act("first-administrator", close()).await.unwrap_err();
    insta::assert_snapshot!(
        refused,
        @"`mok-lai-sheung` still has `use/client-assistant`; hand over with the action `leave` first"
    );
    insta::assert_snapshot!(
        refused.text(dualtrack_catalogue::Language::ZhHant),
        @"「mok-lai-sheung」名下仍有「use/client-assistant」；請先以 leave 移交"
    );
    let refused = bank.act("yip-hoi-ying", erase()).await.unwrap_err();
    assert!(refused.to_string().contains("use/client-assistant"), "{refused}");

    // Nobody without an office takes over, and nobody hands such a person a task.
    let leave = |person: &str, successor: &str| {
        asked(json!({ "action": "leave", "person": person, "successor": successor }))
    };
    let refused = bank.act("first-administrator", leave("wong-ka-wing", "mok-lai-sheung")).await.unwrap_err();
    insta::assert_snapshot!(
        refused,
        @"`mok-lai-sheung` holds no office, so nothing is handed to them; name somebody who does"
    );
    let task = json!({ "action": "give-task", "id": "look", "assignee": "mok-lai-sheung", "what": "Look." });
    let refused = bank.act("siu-ka-lok", asked(task)).await.unwrap_err();
    assert!(refused.to_string().contains("holds no office"), "{refused}");

    bank.act("first-administrator", leave("mok-lai-sheung", "wong-ka-wing")).await.unwrap();
    bank.act("first-administrator", close()).await.unwrap();
    bank.act("yip-hoi-ying", erase()).await.unwrap();
    assert_eq!(bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_waits_is_left_with_whoever_leaves() {
    let bank = Bank::founded().await;
    let hand = json!({ "id": "new-hand", "name": { "en": "New", "zh-Hant": "新" }, "roles": ["developer"] });
    bank.act("first-administrator", asked(json!({ "action": "invite-person", "document": hand })))
        .await
        .unwrap();
    let refused = async |bank: &Bank| {
        let close = json!({ "action": "close-account", "person": "new-hand" });
        bank.act("first-administrator", asked(close)).await.unwrap_err().to_string()
    };
    let task = json!({ "action": "give-task", "id": "look", "assignee": "new-hand", "what": "Look." });
    bank.act("siu-ka-lok", asked(task)).await.unwrap();
    let delegation = json!({
        "action": "delegate", "id": "while-away", "to": "new-hand", "roles": ["compliance-officer"],
        "on": "2026-11-27", "expires": "2026-12-31", "because": "On leave.",
    });
    let proposal =
        bank.act("leung-suk-fan", asked(delegation)).await.unwrap().proposal.expect("it takes two");
    bank.act("fung-wai-man", Command::ConfirmProposal { proposal }).await.unwrap();
    let revoke = json!({ "action": "revoke-role", "person": "new-hand", "role": "developer" });
    bank.act("first-administrator", asked(revoke)).await.unwrap();
    assert!(
        refused(&bank).await.contains("`delegation/while-away`, `task/look`;"),
        "{}",
        refused(&bank).await
    );
    let finish = json!({ "action": "finish-task", "task": "look", "because": "Looked." });
    bank.act("siu-ka-lok", asked(finish)).await.unwrap();
    let back = json!({ "action": "revoke-delegation", "delegation": "while-away" });
    bank.act("leung-suk-fan", asked(back)).await.unwrap();
    bank.act("first-administrator", asked(json!({ "action": "close-account", "person": "new-hand" })))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_only_made_is_not_read_to_hand_over_what_waits_for_her() {
    let bank = Bank::founded().await;
    let mut made: Vec<String> = documents().iter().filter_map(author_of_evidence).collect();
    made.dedup();
    let mut connection = bank.desk.store().read().await.unwrap();
    for person in ["mok-lai-sheung".to_owned()].into_iter().chain(made) {
        let parts = connection.reading().parts_of(&person).await.unwrap();
        let kinds: BTreeSet<Kind> = parts.iter().map(|part| part.key.kind).collect();
        assert!(!kinds.contains(&Kind::Evidence), "{person}: {kinds:?}");
        let mut keys: Vec<Key> = parts.into_iter().map(|part| part.key).collect();
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all, "{person}: each is read once");
        assert!(person != "mok-lai-sheung" || keys.contains(&Key::new(Kind::Use, USE)));
    }
}

fn author_of_evidence(document: &Document) -> Option<String> {
    match document {
        Document::Evidence(evidence) => Some(evidence.by.to_string()),
        _ => None,
    }
}

/// Somebody from outside with offices, named by one model as its builder and by one use as its validator.
async fn outsider(bank: &Bank, roles: &[&str]) {
    let person = json!({ "id": "uni", "name": { "en": "Uni", "zh-Hant": "大學" }, "roles": ["partner"] });
    bank.act("first-administrator", asked(json!({ "action": "invite-person", "document": person })))
        .await
        .unwrap();
    for role in roles {
        let grant = asked(json!({ "action": "grant-role", "person": "uni", "role": role }));
        if let Some(proposal) = bank.act("first-administrator", grant).await.unwrap().proposal {
            bank.act("leung-suk-fan", Command::ConfirmProposal { proposal }).await.unwrap();
        }
    }
}

fn model(id: &str, builders: &[&str]) -> Value {
    json!({
        "schema": "dualtrack.model/1", "id": id, "version": "1.0", "kind": "lightgbm",
        "name": { "en": "Theirs", "zh-Hant": "其模型" }, "open_source": false, "builders": builders,
    })
}

fn change_model(document: &Value) -> Command {
    asked(json!({ "action": "change-foundation", "given": { "kind": "model", "document": document } }))
}

fn evidence(id: &str, about: &Value) -> Value {
    json!({
        "id": id, "kind": "robustness-test", "about": about, "controls": ["fstb-2024.risk-based-approach"],
        "outcome": "pass", "statement": { "en": "Tried.", "zh-Hant": "已試。" }, "by": "uni",
        "on": "2026-11-27", "expires": "2027-11-27",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_supplies_what_names_the_partner_and_nothing_else() {
    let bank = Bank::founded().await;
    outsider(&bank, &[]).await;
    bank.act("leung-suk-fan", change_model(&model("theirs", &["uni"]))).await.unwrap();
    bank.act("leung-suk-fan", change_model(&model("others", &["lau-chi-ho"]))).await.unwrap();
    let mut theirs = model("theirs", &["uni"]);
    theirs["version"] = "1.1".into();
    bank.act("uni", change_model(&theirs)).await.unwrap();
    // What is handed in makes nobody a part of it.
    let refused = bank.act("uni", change_model(&model("others", &["lau-chi-ho", "uni"]))).await.unwrap_err();
    assert!(matches!(refused, Refusal::Denied { .. }), "{refused}");
    let refused = bank.act("uni", change_model(&model("new", &["uni"]))).await.unwrap_err();
    assert!(matches!(refused, Refusal::Denied { .. }), "{refused}");

    let add = |documents: Value| asked(json!({ "action": "add-evidence", "documents": documents }));
    let own = || evidence("own", &json!({ "model": "theirs" }));
    for other in [json!({ "model": "others" }), json!({ "use": USE }), json!({ "entity": "harbour-bank" })] {
        // Nor is it a part in one thing that lets in what is about another.
        let both = json!([own(), evidence("other", &other)]);
        let refused = bank.act("uni", add(both)).await.unwrap_err();
        assert!(matches!(refused, Refusal::Denied { .. }), "{refused}");
    }
    bank.act("uni", add(json!([own()]))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_from_outside_validates_what_names_her_and_nothing_else() {
    let bank = Bank::founded().await;
    outsider(&bank, &["validator"]).await;
    let find = |id: &str, of: &str| {
        asked(json!({
            "action": "find", "id": id, "use": of, "severity": "low", "statement": "It could be shorter.",
        }))
    };
    let refused = bank.act("uni", find("first", USE)).await.unwrap_err();
    assert!(refused.to_string().contains("only what names the partner"), "{refused}");
    let mut value = stored(&bank, Kind::Use, USE).await.value();
    value["people"]["validators"] = json!(["uni"]);
    bank.act("leung-suk-fan", Command::ChangeUse { document: value, digests: files_of(USE) }).await.unwrap();
    bank.act("uni", find("first", USE)).await.unwrap();
    let refused = bank.act("uni", find("second", "credit-card-default")).await.unwrap_err();
    assert!(matches!(refused, Refusal::Denied { .. }), "{refused}");
    let suspend = json!({
        "action": "suspend", "use": USE, "because": { "en": "Stop.", "zh-Hant": "停。" },
    });
    let refused = bank.act("uni", asked(suspend)).await.unwrap_err();
    assert!(matches!(refused, Refusal::Denied { .. }), "{refused}");
    // A task that she is given she finishes herself.
    let task = json!({ "action": "give-task", "id": "look", "assignee": "uni", "what": "Look." });
    bank.act("siu-ka-lok", asked(task)).await.unwrap();
    let done = json!({ "action": "finish-task", "task": "look", "because": "Looked." });
    bank.act("uni", asked(done)).await.unwrap();
}

fn files_of(id: &str) -> std::collections::BTreeMap<String, dualtrack_catalogue::Digest> {
    documents()
        .into_iter()
        .find(|document| document.key() == Key::new(Kind::Use, id))
        .and_then(|document| document.digests().cloned())
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_proposed_before_a_change_does_not_undo_it() {
    let bank = Bank::founded().await;
    let stop = |why: &str| {
        asked(
            json!({ "action": "suspend", "use": "credit-card-default", "because": { "en": why, "zh-Hant": why } }),
        )
    };
    let go = || asked(json!({ "action": "resume", "use": "credit-card-default", "because": "Mended." }));
    bank.act("siu-ka-lok", stop("Smoke.")).await.unwrap();
    let first = bank.act("leung-suk-fan", go()).await.unwrap().proposal.expect("the tier is high");
    let second = bank.act("ng-siu-ming", go()).await.unwrap().proposal.expect("the tier is high");
    bank.act("fung-wai-man", Command::ConfirmProposal { proposal: first }).await.unwrap();
    bank.act("siu-ka-lok", stop("It leaks.")).await.unwrap();
    let refused = bank.act("fung-wai-man", Command::ConfirmProposal { proposal: second }).await.unwrap_err();
    assert!(refused.to_string().contains("changed since it was proposed"), "{refused}");
    let Document::Use(of) = stored(&bank, Kind::Use, "credit-card-default").await else { panic!() };
    assert_eq!(of.suspended.unwrap().because.en, "It leaks.");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_alone_changes_what_an_institution_is_licensed_as() {
    let bank = Bank::founded().await;
    let Document::Institution(institution) = stored(&bank, Kind::Institution, "institution").await else {
        panic!()
    };
    let mut changed = Document::Institution(institution).value();
    changed["entities"][0]["kinds"] = json!(["svf-licensee"]);
    let apply = || {
        asked(json!({
            "action": "apply", "documents": [{ "kind": "institution", "document": changed }],
            "versions": { "institution/institution": 1 },
        }))
    };
    let refused = bank.act("first-administrator", apply()).await.unwrap_err();
    assert!(matches!(refused, Refusal::Denied { .. }), "{refused}");
    let done = bank.act("leung-suk-fan", apply()).await.unwrap();
    assert!(done.proposal.is_some(), "it takes two");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_use_brings_no_signatures_of_others() {
    let bank = Bank::founded().await;
    let Document::Use(of) = stored(&bank, Kind::Use, USE).await else { panic!() };
    let mut forged = Document::Use(of).value();
    forged["id"] = "twin".into();
    forged["stage"] = "idea".into();
    forged["history"] = json!([]);
    forged["coverage"] = "enforced".into();
    forged["people"] = json!({ "owners": ["mok-lai-sheung"] });
    forged["checks"] = json!([]);
    forged["prompts"] = json!([]);
    forged["monitors"] = json!([]);
    forged["change_plans"] = json!([]);
    forged["past_suspensions"] = json!([{
        "suspension": { "on": "2026-01-01", "by": "siu-ka-lok", "because": { "en": "No.", "zh-Hant": "否。" } },
        "lifted": { "by": "leung-suk-fan", "on": "2026-01-02", "because": "Fine." },
    }]);
    let apply = asked(json!({ "action": "apply", "documents": [{ "kind": "use", "document": forged }] }));
    bank.act("mok-lai-sheung", apply).await.unwrap();
    let Document::Use(of) = stored(&bank, Kind::Use, "twin").await else { panic!() };
    assert!(of.past_suspensions.is_empty() && of.changes.is_empty() && of.suspended.is_none());
    assert_eq!(of.coverage, dualtrack_inventory::Coverage::Attested);
    assert!(of.people.formerly.contains(&PersonId::parse("mok-lai-sheung").unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_check_came_to_is_typed_by_nobody_but_a_pipeline_of_operations() {
    let bank = Bank::founded().await;
    let of = "credit-card-default";
    let whole = bank.desk.whole(of, dualtrack_governance::AsOf::Now, bank.now()).await.unwrap();
    let piece = |id: &str, by: &str| {
        json!({
            "id": id, "kind": "validation-report", "about": { "use": of }, "check": "performance.auc",
            "key": "performance.auc", "outcome": "too-little-data", "by": by, "on": "2026-11-27",
            "expires": "2027-11-27", "snapshot": dualtrack_inventory::snapshot(&whole.inventory, &whole.of).digest,
            "statement": { "en": "Too few.", "zh-Hant": "太少。" },
        })
    };
    let asks =
        |action: &str, id: &str, by: &str| asked(json!({ "action": action, "documents": [piece(id, by)] }));
    let pipeline = |person: &str| Officer {
        scopes: Some(BTreeSet::from(["record-results".to_owned()])),
        ..officer(person)
    };
    // Not as evidence, nor from a file, nor as a result; whoever asks, and whatever her office.
    for person in ["siu-ka-lok", "cheung-mei-ling", "leung-suk-fan", "lau-chi-ho"] {
        let refused = bank.act(person, asks("add-evidence", "typed", person)).await.unwrap_err();
        assert!(
            refused.to_string().contains("run") || matches!(refused, Refusal::Denied { .. }),
            "{refused}"
        );
        let given = json!({ "kind": "evidence", "document": piece("typed", person) });
        let file = asked(json!({ "action": "apply", "documents": [given] }));
        assert!(bank.act(person, file).await.is_err());
        let refused = bank.act(person, asks("record-results", "typed", person)).await.unwrap_err();
        assert!(refused.to_string().contains("entered by the run that measured it"), "{refused}");
    }
    // A pipeline of operations may; one of whom the result judges, or of another office, may not.
    for person in ["lau-chi-ho", "cheung-mei-ling", "leung-suk-fan"] {
        let command = asks("record-results", "piped", person);
        let refused = bank.desk.act(pipeline(person), command, None, bank.now()).await.unwrap_err();
        assert!(matches!(refused, Refusal::Denied { .. }), "{person}: {refused}");
    }
    let command = asks("record-results", "piped", "siu-ka-lok");
    bank.desk.act(pipeline("siu-ka-lok"), command, None, bank.now()).await.unwrap();
    // A use that she does not own covers none that she owns.
    let mut value = stored(&bank, Kind::Use, USE).await.value();
    value["people"]["owners"] = json!(["siu-ka-lok"]);
    bank.act("leung-suk-fan", Command::ChangeUse { document: value, digests: files_of(USE) }).await.unwrap();
    let mut own = piece("own", "siu-ka-lok");
    own["about"] = json!({ "use": USE });
    let both = json!({ "action": "record-results", "documents": [piece("other", "siu-ka-lok"), own] });
    let refused = bank.desk.act(pipeline("siu-ka-lok"), asked(both), None, bank.now()).await.unwrap_err();
    assert!(matches!(refused, Refusal::Denied { .. }), "{refused}");
    // What is no result of a check of a use is none, whoever measured it.
    let run = Officer { runs_checks: true, ..officer("cheung-mei-ling") };
    for wrong in ["check", "snapshot"] {
        let mut none = piece("none", "cheung-mei-ling");
        none.as_object_mut().unwrap().remove(wrong);
        let command = asked(json!({ "action": "record-results", "documents": [none] }));
        let refused = bank.desk.act(run.clone(), command, None, bank.now()).await.unwrap_err();
        assert!(refused.to_string().contains(wrong), "{refused}");
    }
}
