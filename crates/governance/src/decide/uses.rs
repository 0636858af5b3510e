//! What is said of uses and of what they stand on.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, Digest, Stage};
use dualtrack_inventory::{
    Change, ChangePlan, ChangePlanId, Contract, Coverage, DeclaredCheck, Document, EvidenceId, ExitPlan, Key,
    Kind, Monitor, Part, PersonId, Use, UseId, UsePeople, snapshot,
};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{read, read_given, words};
use crate::command::{FOUNDATIONS, Given};
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Registers a use as an idea.
pub(super) fn register(
    view: &View<'_>,
    document: &Value,
    digests: &BTreeMap<String, Digest>,
) -> Result<Decision, Refusal> {
    let mut of = of_use(document, digests)?;
    view.must_be_new(&Key::new(Kind::Use, &of.id))?;
    names_are_own(view, &of, None)?;
    *of = begun(view, *of);
    Ok(Decision::put([Document::Use(of)]))
}

/// A use as it begins on record: an idea, with nothing that only actions say of it.
pub(super) fn begun(view: &View<'_>, of: Use) -> Use {
    let of = Use { stage: Stage::Idea, stage_since: view.day(), history: Vec::new(), ..of };
    // Whoever brings a use in asks for it.
    let people = UsePeople { formerly: BTreeSet::from([view.who.clone()]), ..of.people.clone() };
    Use { people, ..undecided(of) }
}

/// A use without what only actions say of it, as it stands in its stage.
pub(super) fn undecided(of: Use) -> Use {
    Use {
        suspended: None,
        past_suspensions: Vec::new(),
        inherited: None,
        changes: Vec::new(),
        coverage: Coverage::Attested,
        ..of
    }
}

/// Changes what is said of a use; what has its own action stays as it is.
pub(super) fn change(
    view: &View<'_>,
    document: &Value,
    digests: &BTreeMap<String, Digest>,
) -> Result<Decision, Refusal> {
    let of = of_use(document, digests)?;
    let now = view.of_use(&of.id)?;
    if now.stage == Stage::Retired {
        return Err(retired(now));
    }
    names_are_own(view, &of, Some(now))?;
    Ok(Decision::put([Document::Use(Box::new(kept(*of, now)))]))
}

/// Refuses a plan of changes, a threshold or a monitor that is new or differs and that names another than whoever hands it
/// in: who stands beside it is who signed in.
pub(super) fn names_are_own(view: &View<'_>, of: &Use, before: Option<&Use>) -> Result<(), Refusal> {
    let before_has = |plan: &ChangePlan| before.is_some_and(|before| before.change_plans.contains(plan));
    let mut plans = of.change_plans.iter().filter(|plan| !before_has(plan));
    if let Some(ChangePlan { id, approved_by, .. }) = plans.find(|plan| plan.approved_by != *view.who) {
        return Err(Refusal::wrong(
            format!(
                "field `change_plans`: `{id}` is approved by `{approved_by}`; a plan is handed in by whoever approves it"
            ),
            format!("欄位 `change_plans`：「{id}」由「{approved_by}」批准；更改計劃須由批准者本人提交"),
        ));
    }
    let before_has = |check: &DeclaredCheck| before.is_some_and(|before| before.checks.contains(check));
    let mut checks = of.checks.iter().filter(|check| !before_has(check));
    if let Some(check) = checks.find(|check| check.set_by != *view.who) {
        let (key, by, who) = (check.key(), &check.set_by, view.who);
        return Err(Refusal::wrong(
            format!(
                "field `checks`: `{key}` is set by `{by}`; a threshold that is new or differs is set by whoever hands it in, `{who}`"
            ),
            format!("欄位 `checks`：「{key}」由「{by}」設定；新訂或更改的門檻須由提交者「{who}」本人設定"),
        ));
    }
    let before_has = |monitor: &Monitor| before.is_some_and(|before| before.monitors.contains(monitor));
    let mut monitors = of.monitors.iter().filter(|monitor| !before_has(monitor));
    if let Some(monitor) = monitors.find(|monitor| monitor.set_up_by != *view.who) {
        let (id, by, who) = (&monitor.id, &monitor.set_up_by, view.who);
        return Err(Refusal::wrong(
            format!(
                "field `monitors`: `{id}` is set up by `{by}`; a monitor that is new or differs is set up by whoever hands it in, `{who}`"
            ),
            format!("欄位 `monitors`：「{id}」由「{by}」設置；新設或更改的監察須由提交者「{who}」本人設置"),
        ));
    }
    Ok(())
}

/// A use as it is handed in, with what only actions change as it is on record.
pub(super) fn kept(of: Use, now: &Use) -> Use {
    let mut people = of.people;
    people.formerly = formerly(now, &people);
    Use {
        people,
        stage: now.stage,
        stage_since: now.stage_since,
        suspended: now.suspended.clone(),
        past_suspensions: now.past_suspensions.clone(),
        history: now.history.clone(),
        inherited: now.inherited.clone(),
        changes: now.changes.clone(),
        coverage: now.coverage,
        ..of
    }
}

/// Who had a part of the first line in a use and has it no more: what barred them is not taken back with it.
pub(super) fn formerly(now: &Use, after: &UsePeople) -> BTreeSet<PersonId> {
    let still = |person: &&PersonId| {
        [&after.owners, &after.builders, &after.requesters].iter().any(|group| group.contains(*person))
    };
    now.people.ever_of_first_line().filter(|person| !still(person)).cloned().collect()
}

/// Adds or changes something that uses stand on.
pub(super) fn change_foundation(view: &View<'_>, given: &Given) -> Result<Decision, Refusal> {
    let document = read_given(given)?;
    keeps_builders(view, &document)?;
    let kind = document.key().kind;
    if !FOUNDATIONS.contains(&kind) {
        return Err(Refusal::wrong(
            format!(
                "a `{kind}` is not something that uses stand on; hand in a model, dataset, provider or contract"
            ),
            format!(
                "`{kind}` 並非用例所依據之物；請提交模型（model）、數據集（dataset）、供應商（provider）或合約（contract）"
            ),
        ));
    }
    Ok(Decision::put([document]))
}

/// Refuses a model without a builder that it has: what one built bars from judging it.
pub(super) fn keeps_builders(view: &View<'_>, document: &Document) -> Result<(), Refusal> {
    if let Document::Model(model) = document
        && let Some(Document::Model(before)) = view.document(&document.key())
        && let Some(gone) = before.builders.iter().find(|person| !model.builders.contains(*person))
    {
        return Err(Refusal::not(
            format!("`{gone}` built model `{}` and stays among its builders; add others beside", model.id),
            format!("「{gone}」曾建構模型「{}」，須保留在建構人員之列；可另加他人", model.id),
        ));
    }
    Ok(())
}

/// Records a change, to be classed against the approvals there are.
pub(super) fn record_change(
    view: &View<'_>,
    id: &UseId,
    parts: &BTreeSet<Part>,
    because: &Bilingual,
    plan: Option<&ChangePlanId>,
    tests: &BTreeSet<EvidenceId>,
) -> Result<Decision, Refusal> {
    let mut of = view.of_use(id)?.clone();
    if parts.is_empty() {
        return Err(Refusal::wrong(
            "field `parts` is empty; name each part that changed",
            "欄位 `parts`：未有填寫；請列明每個有更改的部分",
        ));
    }
    words("because", &because.en)?;
    words("because", &because.zh_hant)?;
    let inventory = view.inventory()?;
    let now = snapshot(inventory, &of);
    // What changed is seen from what was there before: the last change, or else the last approval.
    let last_change = of.changes.last().filter(|change| !change.state.is_empty()).map(|change| &change.state);
    let approvals = inventory.approvals().values().filter(|approval| approval.use_id == *id);
    let last_approval =
        approvals.max_by_key(|approval| (approval.on, &approval.id)).map(|approval| &approval.parts);
    let Some(before) = last_change.or(last_approval).filter(|before| !before.is_empty()) else {
        return Err(Refusal::not(
            "nothing was approved that this could be a change of; change the use, and have it approved",
            "尚未有任何批准，故無更改可記；請直接更改用例並申請批准",
        ));
    };
    let differing = now.differing(before);
    if differing != *parts {
        let names = |parts: &BTreeSet<Part>| {
            parts
                .iter()
                .map(|part| json!(part).as_str().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (found, said) = (names(&differing), names(parts));
        return Err(Refusal::wrong(
            format!("field `parts`: what differs from before is [{found}], not [{said}]"),
            format!("欄位 `parts`：與先前不同之處為 [{found}]，而非 [{said}]"),
        ));
    }
    of.changes.push(Change {
        on: view.day(),
        parts: differing,
        to: now.digest,
        state: now.parts,
        because: because.clone(),
        by: view.who.clone(),
        confirmed_by: None,
        plan: plan.cloned(),
        tests: tests.clone(),
    });
    Ok(Decision::put([Document::Use(Box::new(of))]))
}

/// Confirms the last change as a second person.
pub(super) fn confirm_change(view: &View<'_>, id: &UseId) -> Result<Decision, Refusal> {
    let mut of = view.of_use(id)?.clone();
    let Some(last) = of.changes.last_mut().filter(|change| change.confirmed_by.is_none()) else {
        return Err(Refusal::not("no change waits to be confirmed", "沒有待確認的更改"));
    };
    if last.by == *view.who {
        return Err(Refusal::not("nobody confirms their own change", "任何人不得確認自己所作的更改"));
    }
    last.confirmed_by = Some(view.who.clone());
    Ok(Decision::put([Document::Use(Box::new(of))]))
}

/// Notes that leaving a provider was tried.
pub(super) fn try_exit(
    view: &View<'_>,
    id: &dualtrack_inventory::ContractId,
    next_trial: Option<Date>,
) -> Result<Decision, Refusal> {
    let contract = view.contract(id)?;
    let Some(plan) = &contract.exit_plan else {
        return Err(Refusal::not(
            format!("contract `{id}` has no exit plan to try"),
            format!("合約「{id}」沒有可演練的退出計劃"),
        ));
    };
    let exit_plan = Some(ExitPlan { tried_on: Some(view.day()), next_trial, ..plan.clone() });
    Ok(Decision::put([Document::Contract(Box::new(Contract { exit_plan, ..contract.clone() }))]))
}

pub(super) fn retired(of: &Use) -> Refusal {
    Refusal::not(format!("`{}` is retired", of.id), format!("「{}」已退役", of.id))
}

fn of_use(document: &Value, digests: &BTreeMap<String, Digest>) -> Result<Box<Use>, Refusal> {
    match read(Kind::Use, document, digests)? {
        Document::Use(mut of) => {
            of.digests =
                of.prompts.iter().filter_map(|file| Some((file.clone(), *digests.get(file)?))).collect();
            Ok(of)
        }
        _ => Err(Refusal::wrong("this is no use", "這不是一個用例")),
    }
}
