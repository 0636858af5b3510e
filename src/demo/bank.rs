//! Filling a demo: the example bank from the program, its record, its assessment, and a day of work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dualtrack_assurance::Options;
use dualtrack_catalogue::Language;
use dualtrack_governance::{Command, Desk, Given};
use dualtrack_inventory::{Document, PersonId};
use dualtrack_report::UseMeasured;
use dualtrack_web::Files;
use include_dir::{Dir, include_dir};
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::accounts::ADMINISTRATOR;
use super::act;
use crate::assess::{Request, assess as measure};
use crate::commands::code::documents;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::ledger::refused;
use crate::{product, record};

static BANK: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/examples/harbour-bank");

/// Writes the files of the example bank below a data folder.
pub(super) fn unpack(data: &Path) -> Result<PathBuf, Failure> {
    let folder = data.join("harbour-bank");
    let failed = |error: std::io::Error| {
        Failure::file("write", &folder, &error, "make room, or name another folder with --data")
    };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    BANK.extract(&folder).map_err(failed)?;
    // The console runs checks on these files.
    let settings = "schema: dualtrack.server/1\nassessed_data: harbour-bank\n";
    std::fs::write(data.join("server.yaml"), settings).map_err(failed)?;
    Ok(folder)
}

/// Founds the record of the bank.
pub(super) async fn found(desk: &Arc<Desk>, folder: &Path, now: Timestamp) -> Result<(), Failure> {
    let given = documents(folder)?.iter().map(given).collect();
    act(desk, ADMINISTRATOR, Command::FoundRecord { documents: given }, now).await?;
    Ok(())
}

fn given(document: &Document) -> Given {
    Given {
        kind: document.key().kind.to_string(),
        document: document.value(),
        digests: document.digests().cloned().unwrap_or_default(),
    }
}

/// Assesses the uses on the real data, keeps what was measured as files, and enters what was found as evidence.
pub(super) async fn assess(
    desk: &Arc<Desk>,
    (data, folder): (&Path, &Path),
    bar: &ProgressBar,
    language: Language,
    now: Timestamp,
) -> Result<(), Failure> {
    let (pieces, measured) = measured(folder, bar, language, now)?;
    let (files, _) = Files::open(data.join("files"), u64::MAX, desk.book()).map_err(refused)?;
    let mut documents = Vec::new();
    let mut digests = BTreeMap::new();
    for one in measured {
        let bytes = serde_json::to_vec(&one).map_err(refused)?;
        let name = format!("measured/{}-{}.json", one.use_id, now.as_second());
        digests.insert(name.clone(), files.add(&bytes, desk.book()).await.map_err(refused)?);
        for piece in pieces.get(&one.use_id).into_iter().flatten() {
            let mut piece = piece.clone();
            if let Some(fields) = piece.as_object_mut() {
                fields.insert("files".into(), json!([name]));
            }
            documents.push(piece);
        }
    }
    act(desk, RUNS_CHECKS, Command::RecordResults { documents, digests }, now).await?;
    Ok(())
}

type Found = (BTreeMap<String, Vec<Value>>, Vec<UseMeasured>);

fn measured(folder: &Path, bar: &ProgressBar, language: Language, now: Timestamp) -> Result<Found, Failure> {
    let catalogue = product::catalogue(None)?;
    let stop = AtomicBool::new(false);
    let folder = Folder::read(folder, &catalogue, &stop)?;
    let by = PersonId::parse(RUNS_CHECKS).map_err(refused)?;
    let day = dualtrack_inventory::hong_kong_day(now);
    let request = Request {
        catalogue: &catalogue,
        uses: folder.inventory.uses().values().collect(),
        folder: &folder,
        instant: now,
        day,
        as_of: false,
        by: Some(by.clone()),
        cubes: BTreeMap::new(),
        language,
        wanted: None,
        only: None,
        options: Options {
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            ..Options::default()
        },
    };
    let assessed = measure(&request, bar, &stop)?;
    let pieces = record::pieces(&folder, &catalogue, &assessed.results, &by, day);
    let pieces = pieces.into_iter().map(|(of, pieces)| (of.to_string(), pieces)).collect();
    let uses = assessed.assessment.uses.iter();
    Ok((pieces, uses.map(|one| UseMeasured::of(&assessed.assessment, one)).collect()))
}

/// What people of the bank did today, so that there is something to look at.
pub(super) async fn work(desk: &Arc<Desk>, now: Timestamp) -> Result<(), Failure> {
    let day = dualtrack_inventory::hong_kong_day(now);
    let later = |days: i64| {
        day.checked_add(jiff::Span::new().days(days)).map(|day| day.to_string()).unwrap_or_default()
    };
    for (person, action, fields) in [
        (
            "ho-kwok-wai",
            "find",
            json!({
                "id": "client-assistant-fees", "use": "client-assistant", "severity": "medium",
                "statement": "Asked about fees in Cantonese, it names last year's list.", "due": later(45),
            }),
        ),
        (
            "leung-suk-fan",
            "give-task",
            json!({
                "id": "board-paper", "use": "credit-card-default", "assignee": "wong-ka-wing", "due": later(14),
                "what": "Write the paper for the committee on the fairness result of the pilot.",
            }),
        ),
        (
            "siu-ka-lok",
            "open-incident",
            json!({
                "id": "late-alerts", "uses": ["transaction-monitoring"], "severity": "medium",
                "title": "Alerts of the night batch came four hours late.", "discovered": now,
                "authorities": { "hkma": now.checked_add(jiff::SignedDuration::from_hours(24)).unwrap_or(now) },
            }),
        ),
        (
            "siu-ka-lok",
            "note-incident",
            json!({
                "incident": "late-alerts", "affected": 12,
                "what": "The feed stopped at 02:10; the backlog was read by 06:30.",
            }),
        ),
        (
            "leung-suk-fan",
            "waive",
            json!({
                "id": "audit-log-format", "use": "client-assistant", "control": "hkma-ai-2019.audit-logs",
                "because": {
                    "en": "The vendor's log format changes in the next release; until then samples are kept by hand.",
                    "zh-Hant": "供應商將於下一版本更改日誌格式；在此之前以人手保存樣本。",
                },
                "expires": later(60),
            }),
        ),
    ] {
        let mut fields = fields;
        if let Value::Object(fields) = &mut fields {
            fields.insert("action".into(), json!(action));
        }
        let command: Command = serde_json::from_value(fields).map_err(refused)?;
        act(desk, person, command, now).await?;
    }
    Ok(())
}

/// Who runs the checks of the demo.
const RUNS_CHECKS: &str = "siu-ka-lok";
