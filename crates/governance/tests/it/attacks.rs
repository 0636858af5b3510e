//! What somebody with an office, and bad intentions, tried against the record, and what it answers now.

use std::collections::BTreeMap;

use dualtrack_governance::{AsOf, Command, Refusal};
use dualtrack_inventory::{Document, Kind, snapshot};
use serde_json::{Value, json};

use crate::bank::{Bank, documents, given};

const USE: &str = "client-assistant";
const OWNER: &str = "mok-lai-sheung";

/// An action as a program asks for it.
fn asked(value: Value) -> Command {
    serde_json::from_value(value).unwrap()
}

async fn of_use(bank: &Bank) -> dualtrack_inventory::Use {
    bank.desk.whole(USE, AsOf::Now, bank.now()).await.unwrap().of
}

async fn refused(bank: &Bank, person: &str, action: Value) -> String {
    bank.act(person, asked(action)).await.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_founded_once() {
    let bank = Bank::founded().await;
    let mut all = documents();
    for document in &mut all {
        if let Document::Person(person) = document
            && person.id.as_str() == OWNER
        {
            person.roles.insert(dualtrack_inventory::Role::ComplianceOfficer);
        }
    }
    let again = Command::FoundRecord { documents: given(&all) };
    let refused = bank.act("first-administrator", again).await.unwrap_err().to_string();
    assert!(refused.contains("the record is begun"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_overflow_are_refused_and_the_desk_goes_on() {
    let bank = Bank::founded().await;
    let action = json!({
        "action": "import-records", "use": USE, "records": 5, "from": "2026-11-01T00:00:00Z",
        "to": "2026-11-02T00:00:00Z", "digest": format!("sha256:{}", "0".repeat(64)),
        "outcomes": { "yes": u64::MAX, "no": 6 },
    });
    let said = refused(&bank, "siu-ka-lok", action).await;
    assert!(said.contains("do not add up"), "{said}");
    assert_eq!(bank.desk.stopped(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_guideline_comes_in_with_the_text_of_another() {
    let bank = Bank::founded().await;
    let stored = bank.desk.documents(Kind::Activation, "", 100).await.unwrap();
    let activations: Vec<_> = stored
        .into_iter()
        .filter_map(|stored| match stored.document {
            Some(Document::Activation(activation)) => Some(activation),
            _ => None,
        })
        .collect();
    let (one, other) = (&activations[0], &activations[1]);
    let mut text: BTreeMap<String, String> = one.text.clone();
    text.extend(other.text.clone());
    let action = json!({
        "action": "activate-guideline", "id": "with-another", "guideline": one.guideline, "version": one.version,
        "digest": one.digest, "effective": "2027-01-01", "text": text,
    });
    let said = refused(&bank, "leung-suk-fan", action).await;
    assert!(said.contains("one file"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_changes_is_handed_in_by_whoever_approves_it() {
    let bank = Bank::founded().await;
    let mut value = Document::Use(Box::new(of_use(&bank).await)).value();
    value["change_plans"] = json!([{
        "id": "prompts", "what": { "en": "Prompts.", "zh-Hant": "提示。" }, "parts": ["prompts"], "tests": [],
        "approved_by": "leung-suk-fan", "on": "2026-11-01", "expires": "2027-11-01",
    }]);
    let change = json!({ "action": "change-use", "document": value, "digests": of_use(&bank).await.digests });
    let said = refused(&bank, OWNER, change.clone()).await;
    assert!(said.contains("handed in by whoever approves it"), "{said}");
    bank.act("leung-suk-fan", asked(change)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_and_a_monitor_are_set_by_whoever_hands_them_in() {
    let bank = Bank::founded().await;
    let of = async |id: &str| {
        let whole = bank.desk.whole(id, AsOf::Now, bank.now()).await.unwrap().of;
        (Document::Use(Box::new(whole.clone())).value(), whole.digests)
    };
    for (id, owner, field, name, changes) in [
        ("credit-card-default", "wong-ka-wing", "checks", "set_by", ("whole_interval", json!(true))),
        (USE, OWNER, "monitors", "set_up_by", ("every_days", json!(6))),
    ] {
        let (before, digests) = of(id).await;
        let changed = |by: &str| {
            let mut value = before.clone();
            let flipped =
                if value[field][0][changes.0] == changes.1 { json!(false) } else { changes.1.clone() };
            value[field][0][changes.0] = flipped;
            value[field][0][name] = by.into();
            json!({ "action": "change-use", "document": value, "digests": digests })
        };
        let named = before[field][0][name].as_str().unwrap().to_owned();
        assert_ne!(named, owner);
        // In the name of whoever set the one before, or of anybody else; also as files and from a list.
        for by in [named.as_str(), "leung-suk-fan"] {
            let said = refused(&bank, owner, changed(by)).await;
            assert!(
                said.contains(&format!("field `{field}`")) && said.contains("whoever hands it in"),
                "{said}"
            );
        }
        let given = json!({ "kind": "use", "document": changed(&named)["document"], "digests": digests });
        let apply =
            json!({ "action": "apply", "documents": [given], "versions": { format!("use/{id}"): 1 } });
        let said = refused(&bank, owner, apply).await;
        assert!(said.contains("whoever hands it in"), "{said}");
        let mut listed = before.clone();
        listed["id"] = format!("{id}-again").into();
        listed["change_plans"] = json!([]);
        let import = json!({ "action": "import-portfolio", "from": "list", "uses": [{ "document": listed, "live": false }] });
        let said = refused(&bank, "leung-suk-fan", import).await;
        assert!(said.contains("whoever hands it in"), "{said}");
        // What stays as it was keeps the name that it has.
        bank.act(owner, asked(changed(owner))).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_what_differs_and_not_what_it_is_called() {
    let bank = Bank::founded().await;
    let mut of = of_use(&bank).await;
    let path = of.digests.keys().next().unwrap().clone();
    of.digests.insert(path, dualtrack_inventory::Digest::of(b"another prompt"));
    let document = Document::Use(Box::new(of.clone())).value();
    bank.act(OWNER, asked(json!({ "action": "change-use", "document": document, "digests": of.digests })))
        .await
        .unwrap();
    let record = |parts: Value| {
        json!({
            "action": "record-change", "use": USE, "parts": parts,
            "because": { "en": "A better prompt.", "zh-Hant": "更佳的提示。" },
        })
    };
    let said = refused(&bank, OWNER, record(json!(["thresholds"]))).await;
    assert!(said.contains("[prompts], not [thresholds]"), "{said}");
    bank.act(OWNER, asked(record(json!(["prompts"])))).await.unwrap();
    // Nothing differs from what was recorded last.
    let said = refused(&bank, OWNER, record(json!(["prompts"]))).await;
    assert!(said.contains("[], not [prompts]"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_registers_a_use_does_not_approve_it() {
    let bank = Bank::founded().await;
    let mut of = of_use(&bank).await;
    of.id = dualtrack_inventory::UseId::parse("another-assistant").unwrap();
    (of.change_plans, of.checks, of.monitors) = (Vec::new(), Vec::new(), Vec::new());
    let document = Document::Use(Box::new(of.clone())).value();
    let register = json!({ "action": "register-use", "document": document, "digests": of.digests });
    bank.act("leung-suk-fan", asked(register)).await.unwrap();
    let whole = bank.desk.whole("another-assistant", AsOf::Now, bank.now()).await.unwrap();
    let approve = json!({
        "action": "approve", "use": "another-assistant", "stage": "sandbox", "role": "compliance-officer",
        "snapshot": snapshot(&whole.inventory, &whole.of).digest,
    });
    let said = bank.act("leung-suk-fan", asked(approve)).await.unwrap_err();
    assert!(matches!(said, Refusal::Denied { .. }), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_for_a_later_stage_bars_from_approving_that_stage_ahead() {
    let bank = Bank::founded().await;
    let given = json!({
        "action": "add-evidence", "documents": [{
            "id": "for-production", "kind": "decision-log", "about": { "use": USE }, "for_stage": "production",
            "controls": ["hkma-ai-2019.audit-logs"], "by": "ng-siu-ming", "line": "first", "on": "2026-11-27",
            "expires": "2027-11-27", "statement": { "en": "It is complete.", "zh-Hant": "齊備。" },
        }],
    });
    bank.act("ng-siu-ming", asked(given)).await.unwrap();
    let whole = bank.desk.whole(USE, AsOf::Now, bank.now()).await.unwrap();
    let approve = json!({
        "action": "approve", "use": USE, "stage": "production", "role": "risk-officer",
        "snapshot": snapshot(&whole.inventory, &whole.of).digest,
    });
    let said = bank.act("ng-siu-ming", asked(approve)).await.unwrap_err();
    assert!(matches!(said, Refusal::Denied { .. }), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_line_lifts_no_pause_alone_and_every_reason_stays_readable() {
    let bank = Bank::founded().await;
    let because = json!({ "en": "It answers wrongly.", "zh-Hant": "回答有誤。" });
    let suspend = json!({ "action": "suspend", "use": USE, "because": because });
    bank.act("leung-suk-fan", asked(suspend)).await.unwrap();
    let resume = json!({ "action": "resume", "use": USE, "because": "Mended and tried." });
    match bank.act(OWNER, asked(resume.clone())).await {
        Ok(done) => assert!(done.proposal.is_some(), "it waits for a second person"),
        Err(refusal) => assert!(matches!(refusal, Refusal::Denied { .. }), "{refusal}"),
    }
    let proposal = bank.act("ng-siu-ming", asked(resume)).await.unwrap().proposal;
    if let Some(proposal) = proposal {
        bank.act("fung-wai-man", Command::ConfirmProposal { proposal }).await.unwrap();
    }
    let lifted = of_use(&bank).await.past_suspensions;
    assert_eq!(lifted.len(), 1);
    assert_eq!(lifted[0].lifted.because, "Mended and tried.");
    assert_eq!(lifted[0].suspension.because.en, "It answers wrongly.");
    let retire = json!({ "action": "retire", "use": USE, "because": "Nobody uses it." });
    bank.act(OWNER, asked(retire)).await.unwrap();
    let left = of_use(&bank).await.history.pop().unwrap().left.unwrap();
    assert_eq!((left.because.as_str(), left.by.as_str()), ("Nobody uses it.", OWNER));
    assert_eq!(bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_on_record_is_replaced_by_somebody_who_does_not_say_what_they_compared() {
    let bank = Bank::founded().await;
    let model = documents().into_iter().find(|document| document.key().kind == Kind::Model).unwrap();
    let mut value = model.value();
    value["name"] = json!({ "en": "Another name", "zh-Hant": "另一名稱" });
    let one = json!({ "kind": "model", "document": value, "digests": model.digests() });
    let apply = |versions: Value| json!({ "action": "apply", "documents": [one], "versions": versions });
    let said = refused(&bank, "leung-suk-fan", apply(json!({}))).await;
    assert!(said.contains("name in `versions`"), "{said}");
    bank.act("leung-suk-fan", asked(apply(json!({ model.key().to_string(): 1 })))).await.unwrap();
}
