//! Tasks, portfolios and records that come from elsewhere, and candidates.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::Stage;
use dualtrack_inventory::{
    Candidate, CandidateId, Comment, CommentSchema, Coverage, Disposal, Document, Inherited, Key, Kind,
    PastStage, Remark, Task, TaskId, TaskSchema, Use, UseId,
};
use serde_json::{Value, json};

use super::{read, words};
use crate::command::{Command, Imported};
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Gives a task.
pub(super) fn give(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::GiveTask { id, use_id, assignee, what, due } = command else {
        return Err(Refusal::wrong("this is no task", "這不是一件事項"));
    };
    view.must_be_new(&Key::new(Kind::Task, id))?;
    super::people::holds_an_office(view, assignee)?;
    if let Some(use_id) = use_id {
        view.of_use(use_id)?;
    }
    let task = Task {
        schema: TaskSchema::V1,
        id: id.clone(),
        use_id: use_id.clone(),
        assignee: assignee.clone(),
        what: words("what", what)?,
        due: *due,
        by: view.who.clone(),
        on: view.day(),
        done: None,
    };
    Ok(Decision::put([Document::Task(Box::new(task))]))
}

/// Marks a task as done.
pub(super) fn finish(view: &View<'_>, id: &TaskId, because: &str) -> Result<Decision, Refusal> {
    let key = Key::new(Kind::Task, id);
    let Some(Document::Task(task)) = view.document(&key) else { return Err(Refusal::Unknown(key)) };
    if task.done.is_some() {
        return Err(Refusal::not(format!("task `{id}` is done"), format!("事項「{id}」已完成")));
    }
    if task.assignee != *view.who && task.by != *view.who {
        return Err(Refusal::not(
            format!("task `{id}` is finished by whoever has it or gave it"),
            format!("事項「{id}」須由負責人或交辦人完成"),
        ));
    }
    let done = Some(remark(view, because)?);
    Ok(Decision::put([Document::Task(Box::new(Task { done, ..(**task).clone() }))]))
}

/// Says something of a use.
pub(super) fn comment(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::Comment { id, use_id, what, dissents } = command else {
        return Err(Refusal::wrong("this is no comment", "這不是一則留言"));
    };
    view.of_use(use_id)?;
    view.must_be_new(&Key::new(Kind::Comment, id))?;
    let comment = Comment {
        schema: CommentSchema::V1,
        id: id.clone(),
        use_id: use_id.clone(),
        what: words("what", what)?,
        dissents: *dissents,
        by: view.who.clone(),
        at: view.now,
    };
    Ok(Decision::put([Document::Comment(Box::new(comment))]))
}

/// Brings uses from a list: live ones as inherited, with no approval made up for them.
pub(super) fn import(view: &View<'_>, from: &str, uses: &[Imported]) -> Result<Decision, Refusal> {
    let from = words("from", from)?;
    let mut ids = BTreeSet::new();
    let mut puts = Vec::new();
    for imported in uses {
        let Document::Use(mut of) = read(Kind::Use, &imported.document, &BTreeMap::new())? else {
            return Err(Refusal::wrong("this is no use", "這不是一個用例"));
        };
        view.must_be_new(&Key::new(Kind::Use, &of.id))?;
        if !ids.insert(of.id.clone()) {
            return Err(Refusal::wrong(
                format!("`{}` is on the list twice", of.id),
                format!("「{}」在清單上重複出現", of.id),
            ));
        }
        super::uses::names_are_own(view, &of, None)?;
        *of = super::uses::undecided(*of);
        // Whoever brings a use in asks for it.
        of.people.formerly = BTreeSet::from([view.who.clone()]);
        if imported.live {
            let runs = matches!(of.stage, Stage::Sandbox | Stage::Pilot | Stage::Production);
            if !runs || of.stage_since > view.day() {
                return Err(Refusal::wrong(
                    format!(
                        "`{}` runs, so it is in sandbox, pilot or production since a day that has come",
                        of.id
                    ),
                    format!("「{}」正在運作，故須處於沙盒、試行或生產階段，且進入日期不得為將來", of.id),
                ));
            }
            // What a list says of the past has no reasons that anybody here signed.
            for past in &mut of.history {
                past.left = None;
            }
            if imported.catch_up.is_empty() {
                return Err(Refusal::wrong(
                    format!(
                        "`{}` runs and has no plan to catch up; say in `catch_up` what and by when",
                        of.id
                    ),
                    format!("「{}」正在運作而沒有補辦計劃；請於 `catch_up` 列明事項及限期", of.id),
                ));
            }
            of.inherited =
                Some(Inherited { on: view.day(), from: from.clone(), catch_up: imported.catch_up.clone() });
        } else {
            of.stage = Stage::Idea;
            of.stage_since = view.day();
            of.history = Vec::new();
            of.inherited = Some(Inherited { on: view.day(), from: from.clone(), catch_up: Vec::new() });
        }
        puts.push(Document::Use(of));
    }
    if puts.is_empty() {
        return Err(Refusal::wrong("the list is empty", "清單是空的"));
    }
    Ok(Decision::put(puts))
}

/// Takes an import back, as long as nobody did anything with what it brought.
pub(super) fn undo_import(view: &View<'_>, from: &str) -> Result<Decision, Refusal> {
    let from = words("from", from)?;
    let about: BTreeMap<Key, Key> = view
        .documents()
        .filter(|document| document.key().kind != Kind::Judgement)
        .flat_map(|document| document.links().into_iter().map(|(_, to)| (to, document.key())))
        .collect();
    let mut puts = Vec::new();
    for document in view.of_kind(Kind::Use) {
        let Document::Use(of) = document else { continue };
        if of.inherited.as_ref().is_none_or(|inherited| inherited.from != from) || of.stage == Stage::Retired
        {
            continue;
        }
        if view.version(&document.key()) > 1 {
            return Err(Refusal::not(
                format!("`{}` was changed since it was brought in; retire it by itself", of.id),
                format!("「{}」在帶入後已被更改；請個別退役", of.id),
            ));
        }
        if let Some(work) = about.get(&document.key()) {
            return Err(Refusal::not(
                format!("`{}` has `{work}` since it was brought in; retire it by itself", of.id),
                format!("「{}」在帶入後已有「{work}」；請個別退役", of.id),
            ));
        }
        let mut history = of.history.clone();
        history.push(PastStage { stage: of.stage, since: of.stage_since, left: None });
        let retired = Use { stage: Stage::Retired, stage_since: view.day(), history, ..(**of).clone() };
        puts.push(Document::Use(Box::new(retired)));
    }
    if puts.is_empty() {
        return Err(Refusal::not(
            format!("no use was brought in from `{from}`"),
            format!("沒有用例由「{from}」帶入"),
        ));
    }
    Ok(Decision::put(puts))
}

/// Notes decisions that were made elsewhere; the use is then held as `imported`.
pub(super) fn import_records(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::ImportRecords { use_id, records, from, to, digest, outcomes } = command else {
        return Err(Refusal::wrong("these are no records", "這些不是決定紀錄"));
    };
    let of = view.of_use(use_id)?;
    if *records == 0 || to < from || *to > view.now {
        return Err(Refusal::wrong(
            "fields `records`, `from`, `to`: at least one record, dated before now",
            "欄位 `records`、`from`、`to`：至少須有一項紀錄，日期須在現時之前",
        ));
    }
    let sum = outcomes.values().try_fold(0_u64, |sum, many| sum.checked_add(*many));
    if !outcomes.is_empty() && sum != Some(*records) {
        return Err(Refusal::wrong(
            "field `outcomes`: the outcomes do not add up to the records",
            "欄位 `outcomes`：各項結果相加與 `records` 的數目不符",
        ));
    }
    let mut decision = match of.coverage {
        Coverage::Attested => {
            Decision::put([Document::Use(Box::new(Use { coverage: Coverage::Imported, ..of.clone() }))])
        }
        Coverage::Enforced | Coverage::Imported => Decision::default(),
    };
    decision.clear = vec![
        ("use", json!(use_id)),
        ("records", json!(records)),
        ("from", json!(from)),
        ("to", json!(to)),
        ("digest", json!(digest)),
    ];
    decision.sealed = vec![("outcomes", json!(outcomes))];
    Ok(decision)
}

/// Adds candidates; one that is there already is brought up to date.
pub(super) fn add_candidates(view: &View<'_>, documents: &[Value]) -> Result<Decision, Refusal> {
    let mut puts = Vec::new();
    for value in documents {
        let Document::Candidate(candidate) = read(Kind::Candidate, value, &BTreeMap::new())? else {
            return Err(Refusal::wrong("this is no candidate", "這不是一個候選用例"));
        };
        let disposed = match view.document(&Key::new(Kind::Candidate, &candidate.id)) {
            Some(Document::Candidate(before)) => before.disposed.clone(),
            _ => None,
        };
        puts.push(Document::Candidate(Box::new(Candidate { disposed, ..*candidate })));
    }
    if puts.is_empty() {
        return Err(Refusal::wrong("no candidate is handed in", "未有提交候選用例"));
    }
    Ok(Decision::put(puts))
}

/// Says what a candidate is.
pub(super) fn dispose(
    view: &View<'_>,
    id: &CandidateId,
    use_id: Option<&UseId>,
    because: &str,
) -> Result<Decision, Refusal> {
    let key = Key::new(Kind::Candidate, id);
    let Some(Document::Candidate(candidate)) = view.document(&key) else { return Err(Refusal::Unknown(key)) };
    if let Some(use_id) = use_id {
        view.of_use(use_id)?;
    }
    let disposed = Some(Disposal { use_id: use_id.cloned(), remark: remark(view, because)? });
    Ok(Decision::put([Document::Candidate(Box::new(Candidate { disposed, ..(**candidate).clone() }))]))
}

fn remark(view: &View<'_>, because: &str) -> Result<Remark, Refusal> {
    Ok(Remark { by: view.who.clone(), on: view.day(), because: words("because", because)? })
}
