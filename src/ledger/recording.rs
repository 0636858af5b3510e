//! What an assessment enters: one entry for the run, and one for each piece of evidence and each verdict that changed.
//!
//! In clear stand ids, outcomes and digests only. What a check says in words is sealed under its use, and who ran it
//! under that person, so that either can be shown alone and the person erased.

use std::collections::BTreeMap;

use dualtrack_catalogue::Digest;
use dualtrack_inventory::{CheckOutcome, CheckResult, VerdictState};
use dualtrack_ledger::seal::{Content, Sealed};
use dualtrack_ledger::{Acknowledged, Draft, Entry, LedgerError, Reader, Statement, canonical};
use dualtrack_report::LedgerShown;
use serde_json::{Map, Value, json};

use super::{Found, Opened, refused};
use crate::assess::{Assessed, Request};
use crate::failure::Failure;

/// Enters an assessment, and says where.
pub(crate) fn enter(
    found: &Found,
    opened: &mut Opened,
    request: &Request<'_>,
    assessed: &Assessed,
) -> Result<LedgerShown, Failure> {
    let known = Known::read(&found.reader()?)?;
    let run = opened.statement("assessment.run", run_fields(request, assessed));
    let run = opened.enter(vec![draft(run, Vec::new())?])?;
    let run = run.first().ok_or_else(|| refused("the run was not acknowledged"))?;

    let secret = {
        let mut keys = opened.keys.lock().map_err(|_| refused("the key store cannot be used"))?;
        keys.key_for(FINGERPRINTS).map_err(refused)?
    };
    let mut drafts = Vec::new();
    for result in assessed.results.iter().filter(|result| result.outcome != CheckOutcome::NotMeasured) {
        let document = document_of_result(result)?;
        let fingerprint = secret.fingerprint(&document);
        let key = (result.use_id.to_string(), result.key.clone());
        if known.evidence.get(&key) != Some(&fingerprint) {
            drafts.push(evidence_of_check(opened, result, (&document, &fingerprint), run.index)?);
        }
    }
    for evidence in request.folder.inventory.evidence().values() {
        let document = serde_json::to_vec(evidence).map_err(refused)?;
        let fingerprint = secret.fingerprint(&document);
        // The name of a record of a run holds that of a person.
        let id = secret.fingerprint(evidence.id.to_string().as_bytes());
        if known.evidence.get(&(String::new(), id.clone())) == Some(&fingerprint) {
            continue;
        }
        let clear = vec![
            ("evidence", json!(id)),
            ("evidence_kind", json!(evidence.kind)),
            ("fingerprint", json!(fingerprint)),
        ];
        let statement = linked(opened.statement("evidence.added", clear), run.index);
        let fields = vec![
            ("by".to_owned(), json!(evidence.by)),
            ("evidence".to_owned(), json!(evidence.id)),
            ("digest".to_owned(), json!(Digest::of(&document))),
        ];
        let by = seal(opened, &format!("person/{}", evidence.by), fields, &statement, "staff-names")?;
        drafts.push(draft(statement, vec![by])?);
    }
    for one in &assessed.assessment.uses {
        for control in &one.controls {
            let Some(state) = control.verdict else { continue };
            let state = json!(state);
            let before = known.verdicts.get(&(one.id.clone(), control.id.to_string()));
            if before.is_some_and(|before| json!(before) == state) {
                continue;
            }
            // That a control never applied is no change.
            if before.is_none() && control.verdict == Some(VerdictState::NotApplicable) {
                continue;
            }
            let mut clear = vec![
                ("use", json!(one.id)),
                ("controls", json!([control.id])),
                ("version", json!(control.version)),
                ("verdict", state),
            ];
            clear.extend(before.map(|before| ("before", json!(before))));
            let statement = linked(opened.statement("verdict.changed", clear), run.index);
            drafts.push(draft(statement, Vec::new())?);
        }
    }
    let changed = drafts.len() as u64;
    let kept = opened.enter(drafts)?;
    shown(found, run, kept.last().unwrap_or(run), changed)
}

/// The place of the run in the ledger, with the receipt that the report carries.
fn shown(
    found: &Found,
    run: &Acknowledged,
    last: &Acknowledged,
    changed: u64,
) -> Result<LedgerShown, Failure> {
    let receipt = run.receipt().ok_or_else(|| refused("the ledger gave no receipt"))?;
    let keys = found.known()?.iter().map(ToString::to_string).collect();
    Ok(LedgerShown {
        log: found.settings.origin.clone(),
        index: run.index,
        changed,
        checkpoint: last.checkpoint().to_owned(),
        entry: String::from_utf8_lossy(run.entry()).into_owned(),
        receipt: receipt.to_string(),
        keys,
    })
}

/// What the ledger knew before: the fingerprint of each piece of evidence, and each verdict.
#[derive(Default)]
struct Known {
    evidence: BTreeMap<(String, String), String>,
    verdicts: BTreeMap<(String, String), String>,
}

impl Known {
    fn read(reader: &Reader) -> Result<Self, Failure> {
        let mut known = Self::default();
        let read = reader.entries(0..reader.size(), |_, bytes| {
            if let Ok(entry) = Entry::parse(bytes) {
                known.note(&entry);
            }
            Ok::<(), LedgerError>(())
        });
        read.map_err(refused)?;
        Ok(known)
    }

    fn note(&mut self, entry: &Entry) {
        let text = |name: &str| entry.clear.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        match entry.kind.as_str() {
            "evidence.added" if entry.clear.contains_key("evidence") => {
                self.evidence.insert((String::new(), text("evidence")), text("fingerprint"));
            }
            "evidence.added" => {
                self.evidence.insert((text("use"), text("check_key")), text("fingerprint"));
            }
            "verdict.changed" => {
                let control = entry.clear.get("controls").and_then(|controls| controls.get(0));
                let control = control.and_then(Value::as_str).unwrap_or_default().to_owned();
                self.verdicts.insert((text("use"), control), text("verdict"));
            }
            _ => {}
        }
    }
}

/// The digests of everything that the run rests on: plan, data, models, guidelines.
fn run_fields<'n>(request: &Request<'_>, assessed: &Assessed) -> Vec<(&'n str, Value)> {
    let inventory = &request.folder.inventory;
    let mut plan = Map::new();
    let mut uses = Map::new();
    let (mut data, mut models) = (Map::new(), Map::new());
    for of in &request.uses {
        plan.insert(of.id.to_string(), serde_json::to_value(&of.checks).unwrap_or_default());
        uses.insert(of.id.to_string(), json!(dualtrack_inventory::snapshot(inventory, of).digest));
        for dataset in inventory.datasets_of(of) {
            data.insert(dataset.id.to_string(), json!(dataset.digests));
        }
        for model in inventory.models_of(of) {
            models.insert(model.id.to_string(), json!(model.digests));
        }
    }
    let guidelines: Map<String, Value> = assessed
        .assessment
        .guidelines
        .iter()
        .map(|used| (format!("{}@{}", used.id, json!(used.version)), json!(used.digest)))
        .collect();
    let mut fields = vec![
        ("program", json!(crate::PROGRAM)),
        ("day", json!(request.day)),
        ("plan", json!(Digest::of(Value::Object(plan).to_string().as_bytes()))),
    ];
    // An institution of hundreds of models has more digests than an entry has room for; then their digest stands there.
    for (name, map) in [("snapshots", uses), ("data", data), ("models", models), ("guidelines", guidelines)] {
        let whole = Value::Object(map);
        let text = whole.to_string();
        let value = if text.len() <= 3_500 { whole } else { json!(Digest::of(text.as_bytes())) };
        fields.push((name, value));
    }
    fields
}

/// The entry of what a check of this run came to.
fn evidence_of_check(
    opened: &mut Opened,
    result: &CheckResult,
    (document, fingerprint): (&[u8], &str),
    run: u64,
) -> Result<Draft, Failure> {
    let clear = vec![
        ("use", json!(result.use_id)),
        ("check", json!(result.check)),
        ("check_key", json!(result.key)),
        ("out", json!(result.outcome)),
        ("fingerprint", json!(fingerprint)),
    ];
    let statement = linked(opened.statement("evidence.added", clear), run);
    let mut fields = vec![
        ("digest".to_owned(), json!(Digest::of(document))),
        ("statement".to_owned(), json!(result.statement.en)),
        ("statement_zh_hant".to_owned(), json!(result.statement.zh_hant)),
    ];
    fields.extend(result.measured.as_ref().map(|measured| ("measured".to_owned(), json!(measured))));
    let subject = format!("use/{}", result.use_id);
    let mut payloads = vec![seal(opened, &subject, fields, &statement, "assessment-records")?];
    if let Some(person) = &result.by {
        let fields = vec![("by".to_owned(), json!(person))];
        payloads.push(seal(opened, &format!("person/{person}"), fields, &statement, "staff-names")?);
    }
    draft(statement, payloads)
}

/// Seals fields under a subject.
pub(crate) fn seal(
    opened: &Opened,
    subject: &str,
    fields: Vec<(String, Value)>,
    statement: &Statement<'_>,
    class: &str,
) -> Result<Sealed, Failure> {
    let mut keys = opened.keys.lock().map_err(|_| refused("the key store cannot be used"))?;
    let key = keys.key_for(subject).map_err(refused)?;
    Sealed::new(Content { fields, more: Value::Null }, &key, statement.id, class).map_err(refused)
}

/// An entry of a statement and what is sealed beside it.
pub(crate) fn draft(statement: Statement<'_>, payloads: Vec<Sealed>) -> Result<Draft, Failure> {
    Draft::new(statement, payloads).map_err(refused)
}

fn linked(mut statement: Statement<'_>, index: u64) -> Statement<'_> {
    statement.links.push(index);
    statement
}

/// What a check came to, whenever it ran.
fn document_of_result(result: &CheckResult) -> Result<Vec<u8>, Failure> {
    let value = json!({
        "check": result.check,
        "inputs": result.inputs,
        "key": result.key,
        "measured": result.measured.clone().unwrap_or_default(),
        "outcome": result.outcome,
        "statement": result.statement,
        "use": result.use_id,
    });
    canonical(&value).map_err(refused)
}

/// Under this name lies the key of fingerprints: an entry holds no digest of words that somebody could guess.
const FINGERPRINTS: &str = "ledger/fingerprints";
