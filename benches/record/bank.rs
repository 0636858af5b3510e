//! A large institution made from the example bank: every use, model and piece of evidence is one of its, renamed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dualtrack_governance::{Command, Desk, Given};
use dualtrack_inventory::{
    ApprovalId, Digest, Document, Evidence, EvidenceId, Kind, ModelId, Subject, Use, UseId, documents_of,
    files_to_digest,
};
use dualtrack_store::operations::TokenRow;
use dualtrack_web::sign_in::token;
use jiff::Timestamp;
use serde_json::json;

/// How many uses.
pub(crate) const USES: usize = 2_000;
/// How many pieces of evidence for each.
const PIECES: usize = 50;
/// Who gives evidence while it is measured.
pub(crate) const GIVER: &str = "siu-ka-lok";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of the guidelines.
pub(crate) fn guidelines() -> Vec<(String, String)> {
    let mut files = Vec::new();
    read(&root().join("guidelines"), "guidelines", &mut files);
    files
}

fn read(folder: &Path, name: &str, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let file = path.file_name().unwrap().to_str().unwrap();
        let inner = if name.is_empty() { file.to_owned() } else { format!("{name}/{file}") };
        if path.is_dir() {
            read(&path, &inner, files);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push((inner, std::fs::read_to_string(path).unwrap()));
        }
    }
}

/// The whole institution.
pub(crate) fn given() -> Vec<Given> {
    let folder = root().join("examples/harbour-bank");
    let mut files = Vec::new();
    read(&folder, "", &mut files);
    let texts = || files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let digests: BTreeMap<String, Digest> = files_to_digest(texts())
        .into_iter()
        .map(|path| {
            let digest = Digest::of(&std::fs::read(folder.join(&path)).unwrap());
            (path, digest)
        })
        .collect();
    let example = documents_of(texts(), &digests).unwrap();
    let uses: Vec<&Use> = of(&example, |document| match document {
        Document::Use(of) => Some(&**of),
        _ => None,
    });
    let evidence: Vec<&Evidence> = of(&example, |document| match document {
        Document::Evidence(evidence) => Some(&**evidence),
        _ => None,
    });
    let mut all: Vec<Document> = example.iter().filter(|one| one.key().kind != Kind::Use).cloned().collect();
    for number in 0..USES {
        let original = uses[number % uses.len()];
        let id = UseId::parse(&format!("{}-{number:04}", original.id)).unwrap();
        let mut copy = original.clone();
        copy.id = id.clone();
        // Every fifth use stands on a model of its own, the others share.
        if number % 5 == 0
            && let Some(model) = original.models.iter().next()
            && let Some(Document::Model(model)) =
                example.iter().find(|document| document.key().id == model.as_str())
        {
            let mut model = (**model).clone();
            model.id = ModelId::parse(&format!("{}-{number:04}", model.id)).unwrap();
            copy.models.insert(model.id.clone());
            all.push(Document::Model(Box::new(model)));
        }
        let own: Vec<&&Evidence> =
            evidence.iter().filter(|piece| piece.about == Subject::Use(original.id.clone())).collect();
        for piece in 0..PIECES {
            let mut copy = (**own[piece % own.len()]).clone();
            copy.id = EvidenceId::parse(&format!("{}-{number:04}-{piece:02}", copy.id)).unwrap();
            copy.about = Subject::Use(id.clone());
            all.push(Document::Evidence(Box::new(copy)));
        }
        for document in &example {
            if let Document::Approval(approval) = document
                && approval.use_id == original.id
            {
                let mut copy = (**approval).clone();
                copy.id = ApprovalId::parse(&format!("{}-{number:04}", copy.id)).unwrap();
                copy.use_id = id.clone();
                all.push(Document::Approval(Box::new(copy)));
            }
        }
        // What a change names as its tests stays with the original.
        for change in &mut copy.changes {
            change.tests.clear();
        }
        all.push(Document::Use(Box::new(copy)));
    }
    // What is about the uses of the example went with their copies.
    all.retain(|document| {
        let about = document.links().into_iter().filter(|(_, key)| key.kind == Kind::Use);
        about.into_iter().all(|(_, key)| {
            key.id.rsplit('-').next().is_some_and(|end| end.len() == 4 && end.parse::<u32>().is_ok())
        })
    });
    all.into_iter()
        .map(|document| Given {
            kind: document.key().kind.to_string(),
            digests: document.digests().cloned().unwrap_or_default(),
            document: document.value(),
        })
        .collect()
}

fn of<'a, T>(documents: &'a [Document], pick: impl Fn(&'a Document) -> Option<&'a T>) -> Vec<&'a T> {
    documents.iter().filter_map(pick).collect()
}

/// A piece of evidence about one of the uses.
pub(crate) fn evidence(number: usize, now: Timestamp) -> Command {
    let day = dualtrack_inventory::hong_kong_day(now);
    let id = format!("measured-{}-{number}", now.as_millisecond());
    Command::AddEvidence {
        documents: vec![json!({
            "id": id, "kind": "decision-log", "about": { "use": use_id(number) },
            "controls": ["hkma-ai-2019.audit-logs"], "outcome": "pass",
            "statement": { "en": "The log of the week is complete.", "zh-Hant": "本週記錄齊備。" },
            "by": GIVER, "on": day, "expires": day.saturating_add(jiff::Span::new().days(30)),
        })],
        digests: BTreeMap::new(),
    }
}

/// The name of a use: the four of the example take turns.
pub(crate) fn use_id(number: usize) -> String {
    let originals =
        ["client-assistant", "credit-card-default", "research-assistant", "transaction-monitoring"];
    let number = number % USES;
    format!("{}-{number:04}", originals[number % originals.len()])
}

/// Tokens with which programs of the bank read and add evidence: one for each of a few people, since each may make
/// only so many requests a second.
pub(crate) async fn tokens(desk: &Desk, now: Timestamp) -> Vec<String> {
    let mut tokens = Vec::new();
    let people = [
        GIVER,
        "tsang-kin-fai",
        "wong-ka-wing",
        "cheung-mei-ling",
        "fung-wai-man",
        "leung-suk-fan",
        "ng-siu-ming",
        "yip-hoi-ying",
    ];
    for person in people {
        let secret = token::make().unwrap();
        let now = now.as_millisecond();
        let row = TokenRow {
            hash: secret.digest(),
            id: format!("bench-{person}"),
            name: "bench".into(),
            person: person.to_owned(),
            scopes: std::collections::BTreeSet::new(),
            made: now,
            expires: now + 300 * 86_400_000,
            last_used: None,
            revoked: None,
        };
        desk.store().operations().add_token(&row).await.unwrap();
        tokens.push(secret.reveal().to_owned());
    }
    tokens
}
