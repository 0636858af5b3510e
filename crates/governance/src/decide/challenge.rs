//! Findings and opinions of validators, and what owners answer.

use dualtrack_inventory::{
    Document, Finding, FindingId, FindingSchema, Fitness, Key, Kind, Opinion, OpinionSchema, Remark, snapshot,
};

use super::words;
use crate::command::Command;
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Raises a finding.
pub(super) fn find(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::Find { id, use_id, control, severity, statement, due } = command else {
        return Err(Refusal::wrong("this is no finding", "這不是一項發現"));
    };
    view.of_use(use_id)?;
    view.must_be_new(&Key::new(Kind::Finding, id))?;
    if let Some(control) = control
        && view.catalogue.on(view.day()).control(control).is_none()
    {
        return Err(Refusal::wrong(
            format!("field `control`: no control has the id `{control}`"),
            format!("欄位 `control`：沒有代號為「{control}」的管控"),
        ));
    }
    let finding = Finding {
        schema: FindingSchema::V1,
        id: id.clone(),
        use_id: use_id.clone(),
        control: control.clone(),
        severity: *severity,
        statement: words("statement", statement)?,
        by: view.who.clone(),
        on: view.day(),
        due: *due,
        answer: None,
        closed: None,
    };
    Ok(Decision::put([Document::Finding(Box::new(finding))]))
}

/// Answers a finding.
pub(super) fn answer(view: &View<'_>, id: &FindingId, answer: &str) -> Result<Decision, Refusal> {
    let finding = open(view, id)?;
    let answer = Some(remark(view, words("answer", answer)?));
    Ok(Decision::put([Document::Finding(Box::new(Finding { answer, ..finding.clone() }))]))
}

/// Closes a finding.
pub(super) fn close(view: &View<'_>, id: &FindingId, because: &str) -> Result<Decision, Refusal> {
    let finding = open(view, id)?;
    let closed = Some(remark(view, words("because", because)?));
    Ok(Decision::put([Document::Finding(Box::new(Finding { closed, ..finding.clone() }))]))
}

/// Gives an opinion of a use as it is now, if that is what was looked at.
pub(super) fn opine(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::GiveOpinion { id, use_id, snapshot: seen, fitness, conditions, limitations, not_tested } =
        command
    else {
        return Err(Refusal::wrong("this is no opinion", "這不是一份意見"));
    };
    let of = view.of_use(use_id)?;
    view.must_be_new(&Key::new(Kind::Opinion, id))?;
    let state = snapshot(view.inventory()?, of);
    if state.digest != *seen {
        return Err(Refusal::not(
            format!("`{use_id}` changed since you looked: it is now {}; look again", state.digest),
            format!("「{use_id}」在你審閱後已有更改；請重新審閱"),
        ));
    }
    if (*fitness == Fitness::FitWithConditions) == conditions.is_empty() {
        return Err(Refusal::wrong(
            "field `conditions`: `fit-with-conditions` names them, the others have none",
            "欄位 `conditions`：只有 `fit-with-conditions` 須列明條件，其他結論不設條件",
        ));
    }
    let opinion = Opinion {
        schema: OpinionSchema::V1,
        id: id.clone(),
        use_id: use_id.clone(),
        snapshot: state.digest,
        parts: state.parts,
        by: view.who.clone(),
        on: view.day(),
        fitness: *fitness,
        conditions: conditions.iter().map(|one| words("conditions", one)).collect::<Result<_, _>>()?,
        limitations: words("limitations", limitations)?,
        not_tested: words("not_tested", not_tested)?,
    };
    Ok(Decision::put([Document::Opinion(Box::new(opinion))]))
}

fn open<'v>(view: &'v View<'_>, id: &FindingId) -> Result<&'v Finding, Refusal> {
    let finding = view.finding(id)?;
    match &finding.closed {
        None => Ok(finding),
        Some(closed) => Err(Refusal::not(
            format!("finding `{id}` was closed on {}", closed.on),
            format!("發現「{id}」已於{}結束", closed.on),
        )),
    }
}

fn remark(view: &View<'_>, because: String) -> Remark {
    Remark { by: view.who.clone(), on: view.day(), because }
}
