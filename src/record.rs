//! `--record`: keeping the results of a run as an evidence file, with expiry and the runner's id.

use std::path::{Path, PathBuf};

use dualtrack_catalogue::{Catalogue, EvidenceKind};
use dualtrack_inventory::{CheckOutcome, CheckResult, PersonId, snapshot};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::folder::Folder;
use crate::output;

/// Writes the results that speak for a control as `evidence/checks-DATE-PERSON.yaml` and returns its path.
///
/// What was not measured is not evidence. Each piece is bound to the snapshot it was made on.
pub(crate) fn write(
    folder: &Folder,
    catalogue: &Catalogue,
    results: &[CheckResult],
    by: &PersonId,
    today: Date,
) -> Result<PathBuf, Failure> {
    let expires = today.checked_add(jiff::Span::new().days(VALID_DAYS)).unwrap_or(today);
    let mut evidence = Vec::new();
    for (position, result) in results.iter().enumerate() {
        if matches!(result.outcome, CheckOutcome::NotMeasured) {
            continue;
        }
        let Some(of) = folder.inventory.uses().get(&result.use_id) else { continue };
        let Some(kind) = kind(catalogue, result) else { continue };
        let mut item = json!({
            "id": format!("run-{today}-{by}-{:03}", position + 1),
            "kind": kind,
            "about": { "use": result.use_id },
            "check": result.check,
            "key": result.key,
            "outcome": result.outcome,
            "statement": result.statement,
            "by": by,
            "on": today,
            "expires": expires,
            "snapshot": snapshot(&folder.inventory, of).digest,
        });
        if let (Some(measured), Some(item)) = (&result.measured, item.as_object_mut()) {
            item.insert("measured".into(), Value::from(measured.clone()));
        }
        evidence.push(item);
    }
    let file = json!({ "schema": "dualtrack.evidence/1", "evidence": evidence });
    let text = serde_saphyr::to_string(&file)
        .map_err(|error| Failure::input(format!("the evidence cannot be written: {error}")))?;
    let path = folder.root.join("evidence").join(format!("run-{today}-{by}.yaml"));
    let heading = format!("# Written by {} assess --record.\n", crate::PROGRAM);
    output::write(&path, (heading + &text).as_bytes(), "make the institution's folder writable")?;
    Ok(shown(&path))
}

/// The kind of evidence that a check makes; none if it speaks for no control.
fn kind(catalogue: &Catalogue, result: &CheckResult) -> Option<EvidenceKind> {
    catalogue.checks()?.shown_by(&result.check).next().map(|link| link.evidence)
}

fn shown(path: &Path) -> PathBuf {
    std::env::current_dir()
        .ok()
        .and_then(|here| here.canonicalize().ok())
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned))
        .unwrap_or_else(|| path.to_owned())
}

/// How long a recorded run counts: a year. A use may renew it sooner.
const VALID_DAYS: i32 = 365;
