//! Evidence: what people hand in as theirs, and what runs of checks came to.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::Digest;
use dualtrack_inventory::{Document, Evidence, Key, Kind, Line, Subject};
use serde_json::Value;

use super::read;
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Adds evidence in the name of the person who hands it in. What a check came to is not among it.
pub(super) fn add(
    view: &View<'_>,
    documents: &[Value],
    digests: &BTreeMap<String, Digest>,
) -> Result<Decision, Refusal> {
    let pieces = handed_in(view, documents, digests)?;
    pieces.iter().try_for_each(is_no_result)?;
    Ok(Decision::put(pieces.into_iter().map(|piece| Document::Evidence(Box::new(piece)))))
}

/// Records what checks came to; the policies let nobody but the run that measured it.
pub(super) fn record_results(
    view: &View<'_>,
    documents: &[Value],
    digests: &BTreeMap<String, Digest>,
) -> Result<Decision, Refusal> {
    let pieces = handed_in(view, documents, digests)?;
    for piece in &pieces {
        let Evidence { id, check, snapshot, about, .. } = piece;
        let Subject::Use(_) = about else {
            return Err(Refusal::wrong(
                format!("`{id}` is not about a use; checks are of a use"),
                format!("「{id}」並非關於用例；檢查只屬於用例"),
            ));
        };
        if check.is_none() || snapshot.is_none() {
            return Err(Refusal::wrong(
                format!(
                    "`{id}` names no `check` or no `snapshot`; hand in what is no result with `add-evidence`"
                ),
                format!("「{id}」未列明 `check` 或 `snapshot`；並非檢查結果者，請以 `add-evidence` 提交"),
            ));
        }
    }
    Ok(Decision::put(pieces.into_iter().map(|piece| Document::Evidence(Box::new(piece)))))
}

/// The pieces, each in the name of the person who hands it in.
fn handed_in(
    view: &View<'_>,
    documents: &[Value],
    digests: &BTreeMap<String, Digest>,
) -> Result<Vec<Evidence>, Refusal> {
    let mut pieces = Vec::new();
    let mut ids = BTreeSet::new();
    for value in documents {
        let Document::Evidence(mut evidence) = read(Kind::Evidence, value, &BTreeMap::new())? else {
            return Err(Refusal::wrong("this is no evidence", "這不是一項證據"));
        };
        let key = Key::new(Kind::Evidence, &evidence.id);
        view.must_be_new(&key)?;
        if !ids.insert(evidence.id.clone()) {
            return Err(Refusal::wrong(
                format!("`{}` is handed in twice", evidence.id),
                format!("「{}」重複提交", evidence.id),
            ));
        }
        if evidence.by != *view.who {
            return Err(Refusal::wrong(
                format!(
                    "`{}` is signed by `{}`; evidence is handed in by whoever gives it",
                    evidence.id, evidence.by
                ),
                format!("「{}」由「{}」簽署；證據須由提供者本人提交", evidence.id, evidence.by),
            ));
        }
        if evidence.on > view.day() {
            return Err(Refusal::wrong(
                format!("`{}` is dated {}, a day to come", evidence.id, evidence.on),
                format!("「{}」所載日期{}尚未到來", evidence.id, evidence.on),
            ));
        }
        fix_line(view, &[], &mut evidence)?;
        evidence.digests =
            evidence.files.iter().filter_map(|file| Some((file.clone(), *digests.get(file)?))).collect();
        pieces.push(*evidence);
    }
    if pieces.is_empty() {
        return Err(Refusal::wrong("no evidence is handed in", "未有提交證據"));
    }
    Ok(pieces)
}

/// Refuses what says what a check came to: that counts by being measured, and by nothing that is typed.
pub(super) fn is_no_result(evidence: &Evidence) -> Result<(), Refusal> {
    let Evidence { id, check: Some(check), .. } = evidence else { return Ok(()) };
    Err(Refusal::not(
        format!(
            "`{id}` says what check `{check}` came to, which is entered by the run that measured it: run the checks"
        ),
        format!("「{id}」所載為檢查「{check}」的結果，須由量度該結果的執行程序記入：請執行檢查"),
    ))
}

/// Says for which line evidence is given, by the offices of today: those of a later day change nothing of it. It may be
/// about a use that is `beside` it, on record for the first time.
pub(super) fn fix_line(view: &View<'_>, beside: &[Document], evidence: &mut Evidence) -> Result<(), Refusal> {
    let giver = view.person(&evidence.by)?;
    let of_first_line = giver.roles.iter().all(|role| role.is_of_first_line());
    if of_first_line && evidence.line.is_some_and(|line| line != Line::First) {
        return Err(Refusal::wrong(
            format!(
                "`{}` speaks for the second or third line, and `{}` holds no office of them",
                evidence.id, evidence.by
            ),
            format!("「{}」以第二或第三道防線名義提供，而「{}」並無該等防線的職能", evidence.id, evidence.by),
        ));
    }
    if evidence.line.is_none() {
        let validates = match &evidence.about {
            Subject::Use(id) => {
                let new = beside.iter().find_map(|document| match document {
                    Document::Use(of) if of.id == *id => Some(&**of),
                    _ => None,
                });
                let of = new.map_or_else(|| view.of_use(id), Ok)?;
                of.people.validators.contains(&evidence.by)
            }
            _ => false,
        };
        evidence.line = Some(if validates && !of_first_line { Line::Second } else { Line::First });
    }
    Ok(())
}
