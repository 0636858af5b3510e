//! What is left of somebody who was erased: no byte of her name in the files of the tables or in their logs, and an id
//! that signed something is given to nobody else.

use dualtrack_governance::{Command, Done, Refusal};
use dualtrack_store::Engine;
use dualtrack_store::operations::Account;
use serde_json::{Value, json};

use crate::bank::{Bank, engine};

async fn does(bank: &Bank, person: &str, fields: Value) -> Result<Done, Refusal> {
    bank.act(person, serde_json::from_value::<Command>(fields).unwrap()).await
}

/// Somebody with a name like no other.
fn invite(id: &str) -> Value {
    let name = json!({ "en": format!("{} ({id})", NAMES[0]), "zh-Hant": format!("{}（{id}）", NAMES[1]) });
    let competence =
        json!([{ "what": { "en": NAMES[2], "zh-Hant": "甲" }, "on": "2026-01-01", "expires": "2027-01-01" }]);
    let document = json!({ "id": id, "name": name, "roles": ["operations"], "competences": competence });
    json!({ "action": "invite-person", "document": document })
}

async fn leaves_and_is_erased(bank: &Bank, id: &str) {
    let leave = json!({ "action": "leave", "person": id, "successor": "siu-ka-lok" });
    does(bank, "first-administrator", leave).await.unwrap();
    let erase = json!({ "action": "erase-person", "person": id, "rule": "PDPO section 26" });
    does(bank, "yip-hoi-ying", erase).await.unwrap();
    bank.desk.forget_erased().await.unwrap();
}

/// The files of the tables in which one of these texts stands, however short what they hold.
fn files_with(bank: &Bank, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(bank.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !path.is_file() || !name.contains(".db") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for text in texts.iter().filter(|text| holds(&bytes, text)) {
            found.push(format!("{name}: {text}"));
        }
    }
    found
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_an_erased_persons_name_is_left_in_the_tables_or_their_logs() {
    let bank = Bank::founded().await;
    if !matches!(engine(bank.folder.path()), Engine::Sqlite(_)) {
        // PostgreSQL takes away what was erased when it vacuums; its files are its own.
        return;
    }
    does(&bank, "first-administrator", invite("quillfeather")).await.unwrap();
    // Versions of her that are long over as well, on pages that were freed since.
    for times in 1..20 {
        let mut change = invite("quillfeather");
        change["action"] = "change-person".into();
        change["document"]["name"]["en"] = format!("{} {}", NAMES[0], "x".repeat(times * 12)).into();
        does(&bank, "first-administrator", change).await.unwrap();
    }
    let account = Account {
        person: "quillfeather".into(),
        name: NAMES[3].into(),
        email: Some(NAMES[4].into()),
        password: None,
        language: "en".into(),
        identity: None,
        made: 0,
        closed: None,
    };
    bank.desk.store().operations().add_account(&account).await.unwrap();
    let before = files_with(&bank, &NAMES);
    assert!(NAMES.iter().all(|name| before.iter().any(|found| found.ends_with(name))), "{before:?}");

    leaves_and_is_erased(&bank, "quillfeather").await;
    // Whatever is begun anew looks at what is left, not at what is in memory.
    let bank = bank.restarted().await;
    assert_eq!(files_with(&bank, &NAMES), Vec::<String>::new());
    // Nor is it in the ledger, in clear or where keys are left to read it.
    assert_eq!(bank.rebuilt_difference().await, None);
    assert_eq!(files_with(&bank, &NAMES), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_signed_something_is_never_given_to_somebody_else() {
    let bank = Bank::founded().await;
    does(&bank, "first-administrator", invite("quillfeather")).await.unwrap();
    let evidence = json!([{
        "id": "seen", "kind": "decision-log", "about": { "use": "client-assistant" },
        "controls": ["hkma-ai-2019.audit-logs"], "statement": { "en": "Kept.", "zh-Hant": "已保存。" },
        "by": "quillfeather", "on": "2026-11-27", "expires": "2027-11-26",
    }]);
    let hand_in = json!({ "action": "add-evidence", "documents": evidence });
    does(&bank, "quillfeather", hand_in).await.unwrap();
    // Another was named in a version that is over.
    does(&bank, "first-administrator", invite("quillwort")).await.unwrap();
    let contract = |owner: &str| {
        json!({ "action": "change-foundation", "given": { "kind": "contract", "document": {
            "schema": "dualtrack.contract/1", "id": "lantau", "provider": "lantau-models", "entity": "harbour-bank",
            "reference": "Contract 12", "starts": "2026-01-01", "owner": owner,
        } } })
    };
    for owner in ["quillwort", "mok-lai-sheung"] {
        does(&bank, "leung-suk-fan", contract(owner)).await.unwrap();
    }
    // A third was named by nothing.
    does(&bank, "first-administrator", invite("quillback")).await.unwrap();
    for id in ["quillfeather", "quillwort", "quillback"] {
        leaves_and_is_erased(&bank, id).await;
    }
    let bank = bank.restarted().await;
    for id in ["quillfeather", "quillwort"] {
        let refused = does(&bank, "first-administrator", invite(id)).await.unwrap_err();
        assert!(refused.to_string().contains("choose another id"), "{refused}");
        let given = json!([{ "kind": "person", "document": invite(id)["document"] }]);
        let apply = json!({ "action": "apply", "documents": given });
        assert!(does(&bank, "leung-suk-fan", apply).await.is_err(), "{id} came in as a file");
    }
    // What stood for nobody's signature does no harm, and the desk goes on.
    does(&bank, "first-administrator", invite("quillback")).await.unwrap();
    assert_eq!(bank.desk.stopped(), None);
    assert_eq!(bank.rebuilt_difference().await, None);
}

const NAMES: [&str; 5] =
    ["Zephyrina Quillfeather", "葵羽靈妍", "bassoon-restoration", "zephyrina.q", "zq@bank.example"];
