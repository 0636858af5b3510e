//! `--record`: keeping the results of a run as evidence files, with expiry and the runner's id.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dualtrack_catalogue::{Catalogue, EvidenceKind};
use dualtrack_inventory::{CheckOutcome, CheckResult, PersonId, UseId, snapshot};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::Output;

/// The results that speak for a control, as one file a use: `evidence/run-DATE-PERSON-USE.yaml`.
///
/// What was not measured is not evidence. Each piece is bound to the snapshot it was made on. Another run of the same
/// day by the same person takes the place of the first.
pub(crate) fn files(
    folder: &Folder,
    catalogue: &Catalogue,
    results: &[CheckResult],
    by: &PersonId,
    today: Date,
) -> Result<Vec<Output>, Failure> {
    pieces(folder, catalogue, results, by, today)
        .into_iter()
        .map(|(of, evidence)| {
            let file = json!({ "schema": "dualtrack.evidence/1", "evidence": evidence });
            let text = serde_saphyr::to_string(&file)
                .map_err(|error| Failure::input(format!("the evidence cannot be written: {error}")))?;
            let heading = format!("# Written by {} assess --record.\n", crate::PROGRAM);
            Ok(Output {
                path: folder.root.join("evidence").join(format!("run-{today}-{by}-{of}.yaml")),
                bytes: (heading + &text).into_bytes(),
                advice: "make the institution's folder writable",
            })
        })
        .collect()
}

/// The same as pieces of evidence, by use.
pub(crate) fn pieces<'r>(
    folder: &Folder,
    catalogue: &Catalogue,
    results: &'r [CheckResult],
    by: &PersonId,
    today: Date,
) -> BTreeMap<&'r UseId, Vec<Value>> {
    let mut evidence: BTreeMap<&UseId, Vec<Value>> = BTreeMap::new();
    for result in results {
        if matches!(result.outcome, CheckOutcome::NotMeasured) {
            continue;
        }
        for kind in kinds(catalogue, result) {
            let recorded = evidence.entry(&result.use_id).or_default();
            let id = format!("run-{today}-{by}-{}-{:03}", result.use_id, recorded.len() + 1);
            recorded.push(piece(folder, result, &id, kind, by, today));
        }
    }
    evidence
}

fn piece(
    folder: &Folder,
    result: &CheckResult,
    id: &str,
    kind: EvidenceKind,
    by: &PersonId,
    today: Date,
) -> Value {
    let expires = today.checked_add(jiff::Span::new().days(VALID_DAYS)).unwrap_or(today);
    let of = folder.inventory.uses().get(&result.use_id);
    let mut item = json!({
        "id": id,
        "kind": kind,
        "about": { "use": result.use_id },
        "check": result.check,
        "key": result.key,
        "outcome": result.outcome,
        "statement": result.statement,
        "by": by,
        "on": today,
        "expires": expires,
        "snapshot": of.map(|of| snapshot(&folder.inventory, of).digest),
    });
    if let (Some(measured), Some(item)) = (&result.measured, item.as_object_mut()) {
        item.insert("measured".into(), Value::from(measured.clone()));
    }
    item
}

/// A path as people who stand in the working directory write it.
pub(crate) fn shown(path: &Path) -> &Path {
    std::env::current_dir()
        .ok()
        .and_then(|here| here.canonicalize().ok())
        .and_then(|here| path.strip_prefix(here).ok())
        .unwrap_or(path)
}

/// The kinds of evidence that a check makes; none if it speaks for no control.
fn kinds(catalogue: &Catalogue, result: &CheckResult) -> BTreeSet<EvidenceKind> {
    let links = catalogue.checks().into_iter().flat_map(|checks| checks.shown_by(&result.check));
    links.map(|link| link.evidence).collect()
}

/// How long a recorded run counts: a year. A use may renew it sooner.
const VALID_DAYS: i32 = 365;
