//! Gates, approvals, waivers, suspension and deployment.

use std::collections::BTreeMap;

use dualtrack_catalogue::{Bilingual, Digest, Stage};
use dualtrack_inventory::{
    Approval, ApprovalId, Containment, Deployment, DeploymentId, DeploymentSchema, Document, Incident,
    Judgement, Key, Kind, Measure, Mode, Part, PastStage, PastSuspension, Remark, Running, Suspension, Tier,
    Use, UseId, Waiver, gate, snapshot, verdicts_of,
};
use serde_json::json;

use super::uses::retired;
use super::words;
use crate::command::Command;
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Moves a use through a gate that is open.
pub(super) fn advance(view: &View<'_>, id: &UseId, to: Stage) -> Result<Decision, Refusal> {
    let of = view.of_use(id)?;
    if to <= of.stage || to == Stage::Retired {
        return Err(Refusal::not(
            format!("`{id}` is in {} already; to go back, step back or retire it", of.stage.as_str()),
            format!("「{id}」已處於該階段；如要退回，請使用退回或退役"),
        ));
    }
    let inventory = view.inventory()?;
    let standing = view.catalogue.on(view.day());
    let verdicts = verdicts_of(&standing, inventory, of, &[]);
    let outcome = gate(&standing, inventory, of, to, &verdicts);
    if !outcome.open {
        return Err(Refusal::Shut(Box::new(outcome)));
    }
    // What the gate went by, as this program saw it: a newer one is held against it.
    let states = verdicts.iter().map(|verdict| (verdict.control.clone(), verdict.state));
    let judgement = Judgement::new(view.product.program(), (id, view.day(), view.tier_of(of)?), states);
    let mut decision = Decision::put([
        Document::Use(Box::new(moved(of, to, None, view))),
        Document::Judgement(Box::new(judgement)),
    ]);
    // What the gate went by: a reader recomputes it from the record of that moment.
    decision.clear.push(("gate", json!({"asked": outcome.asked, "content": outcome.content})));
    decision.clear.push(("snapshot", json!(snapshot(inventory, of).digest)));
    Ok(decision)
}

/// Takes a use back to an earlier stage.
pub(super) fn step_back(view: &View<'_>, id: &UseId, to: Stage, because: &str) -> Result<Decision, Refusal> {
    let of = view.of_use(id)?;
    let because = words("because", because)?;
    if of.stage == Stage::Retired {
        return Err(retired(of));
    }
    if to >= of.stage {
        return Err(Refusal::not(
            format!("`{id}` is in {}; {} is not before it", of.stage.as_str(), to.as_str()),
            format!("「{id}」所處階段並不在該階段之後"),
        ));
    }
    let left = remark(view, because);
    Ok(Decision::put([Document::Use(Box::new(moved(of, to, Some(left), view)))]))
}

/// Ends a use for good, and with it what runs.
pub(super) fn retire(view: &View<'_>, id: &UseId, because: &str) -> Result<Decision, Refusal> {
    let of = view.of_use(id)?;
    let because = words("because", because)?;
    if of.stage == Stage::Retired {
        return Err(retired(of));
    }
    let left = remark(view, because);
    let mut puts = vec![Document::Use(Box::new(moved(of, Stage::Retired, Some(left), view)))];
    for document in view.of_kind(Kind::Deployment) {
        if let Document::Deployment(deployment) = document
            && deployment.use_id == *id
            && deployment.ended.is_none()
        {
            let ended = Deployment { ended: Some(view.now), ..(**deployment).clone() };
            puts.push(Document::Deployment(Box::new(ended)));
        }
    }
    Ok(Decision::put(puts))
}

fn remark(view: &View<'_>, because: String) -> Remark {
    Remark { by: view.who.clone(), on: view.day(), because }
}

fn moved(of: &Use, to: Stage, left: Option<Remark>, view: &View<'_>) -> Use {
    let mut history = of.history.clone();
    history.push(PastStage { stage: of.stage, since: of.stage_since, left });
    Use { stage: to, stage_since: view.day(), history, ..of.clone() }
}

/// Stops a use at once. A use that runs can always be stopped.
pub(super) fn suspend(view: &View<'_>, id: &UseId, because: &Bilingual) -> Result<Decision, Refusal> {
    let of = view.of_use(id)?;
    words("because.en", &because.en)?;
    words("because.zh-Hant", &because.zh_hant)?;
    if of.stage == Stage::Retired {
        return Err(retired(of));
    }
    if let Some(suspension) = &of.suspended {
        return Err(Refusal::not(
            format!("`{id}` is suspended since {}", suspension.on),
            format!("「{id}」自{}起已暫停", suspension.on),
        ));
    }
    let suspended = Some(Suspension { on: view.day(), by: view.who.clone(), because: because.clone() });
    Ok(Decision::put([Document::Use(Box::new(Use { suspended, ..of.clone() }))]))
}

/// Lifts a suspension; whoever imposed it does not lift it alone, nor anybody for a use of high tier.
pub(super) fn resume(view: &View<'_>, id: &UseId, because: &str) -> Result<Decision, Refusal> {
    let of = view.of_use(id)?;
    let because = words("because", because)?;
    let Some(suspension) = of.suspended.clone() else {
        return Err(Refusal::not(format!("`{id}` is not suspended"), format!("「{id}」並未暫停")));
    };
    let own = suspension.by == *view.who;
    let high = view.tier_of(of)? == Tier::High;
    // Whom it stopped does not let it go on alone.
    let first_line = of.people.ever_of_first_line().any(|person| person == view.who);
    let mut past_suspensions = of.past_suspensions.clone();
    past_suspensions.push(PastSuspension { suspension, lifted: remark(view, because) });
    let resumed = Use { suspended: None, past_suspensions, ..of.clone() };
    Ok(Decision::put([Document::Use(Box::new(resumed))]).by_two(high || own || first_line))
}

/// Approves a use as it is now, if that is what was looked at.
pub(super) fn approve(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::Approve { use_id, stage, role, on_behalf_of, snapshot: seen, conditions, expires } = command
    else {
        return Err(Refusal::wrong("this is no approval", "這不是一項批准"));
    };
    let of = view.of_use(use_id)?;
    let inventory = view.inventory()?;
    let state = snapshot(inventory, of);
    if state.digest != *seen {
        return Err(Refusal::not(
            format!(
                "`{use_id}` changed since you looked: it is now {}; look again before you approve",
                state.digest
            ),
            format!("「{use_id}」在你審閱後已有更改；請重新審閱後再批准"),
        ));
    }
    // A use that changed is approved anew for the stage that it is in.
    if *stage < of.stage || *stage == Stage::Retired {
        return Err(Refusal::not(
            format!("`{use_id}` is in {}; approve it for that stage or a later one", of.stage.as_str()),
            format!("「{use_id}」已處於較後階段；請就該階段或其後階段作出批准"),
        ));
    }
    if !inventory.holds_office(view.who, on_behalf_of.as_ref(), *role, view.day()) {
        return Err(match on_behalf_of {
            None => Refusal::not(
                format!("you do not hold the office `{}`", role.as_str()),
                format!("你並非{}", role.label(dualtrack_catalogue::Language::ZhHant)),
            ),
            Some(of) => Refusal::not(
                format!("you do not stand in for `{of}` as `{}` today", role.as_str()),
                format!("你今日並未獲授權代「{of}」行事"),
            ),
        });
    }
    let expires = match expires {
        Some(expires) if *expires < view.day() => {
            return Err(Refusal::wrong(
                format!("field `expires`: {expires} is past; name a day to come"),
                format!("欄位 `expires`：{expires}已過；請填寫將來的日期"),
            ));
        }
        expires => *expires,
    };
    // It names nobody: ids stand where names may not. It is an id however long that of the use is.
    let of_use = use_id.as_str().get(..MOST_LETTERS).unwrap_or(use_id.as_str());
    let id = format!("{of_use}-{}-{}", stage.as_str(), super::proposals::random()?);
    let approval = Approval {
        id: ApprovalId::parse(&id).map_err(Refusal::broken)?,
        use_id: use_id.clone(),
        stage: *stage,
        snapshot: state.digest,
        parts: state.parts,
        by: view.who.clone(),
        on_behalf_of: on_behalf_of.clone(),
        role: *role,
        on: view.day(),
        expires,
        conditions: conditions.clone(),
    };
    view.must_be_new(&Key::new(Kind::Approval, &approval.id))?;
    Ok(Decision::put([Document::Approval(Box::new(approval))]))
}

/// Proposes to go without a control; the second person is whoever confirms.
pub(super) fn waive(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::Waive { id, use_id, control, because, expires } = command else {
        return Err(Refusal::wrong("this is no waiver", "這不是一項豁免"));
    };
    view.of_use(use_id)?;
    view.must_be_new(&Key::new(Kind::Waiver, id))?;
    words("because.en", &because.en)?;
    words("because.zh-Hant", &because.zh_hant)?;
    let day = view.day();
    if *expires <= day {
        return Err(Refusal::wrong(
            format!("field `expires`: {expires} is not a day to come"),
            format!("欄位 `expires`：{expires}並非將來的日期"),
        ));
    }
    let waiver = Waiver {
        id: id.clone(),
        use_id: use_id.clone(),
        control: control.clone(),
        because: because.clone(),
        by: view.who.clone(),
        // Set to the person who confirms.
        second: view.who.clone(),
        on: day,
        expires: *expires,
    };
    Ok(Decision::put([Document::Waiver(Box::new(waiver))]).by_two(true))
}

/// Lets a use run as it is now, in the stage that it is in.
pub(super) fn deploy(
    view: &View<'_>,
    id: &DeploymentId,
    use_id: &UseId,
    mode: Mode,
) -> Result<Decision, Refusal> {
    let of = view.of_use(use_id)?;
    if of.stage != Stage::Pilot && of.stage != Stage::Production {
        return Err(Refusal::not(
            format!("`{use_id}` is in {}; only a pilot or production runs", of.stage.as_str()),
            format!("「{use_id}」只有在試行或投產階段才可部署"),
        ));
    }
    if mode == Mode::Observe && of.stage == Stage::Production {
        return Err(Refusal::not(
            "in production refusals bite; `observe` is for pilots",
            "投產後拒絕必須生效；「只觀察」僅限試行",
        ));
    }
    if let Some(incident) = pausing(view, use_id) {
        return Err(Refusal::not(
            format!("incident `{}` paused this use; lift the pause first", incident.id),
            format!("事故「{}」已暫停此用例；請先解除暫停", incident.id),
        ));
    }
    let inventory = view.inventory()?;
    let state = snapshot(inventory, of);
    let stands_on = [Kind::Use, Kind::Model, Kind::Dataset, Kind::Provider];
    let versions: BTreeMap<String, u64> = view
        .documents()
        .map(Document::key)
        .filter(|key| stands_on.contains(&key.kind))
        .map(|key| (key.to_string(), view.version(&key)))
        .collect();
    let key = Key::new(Kind::Deployment, id);
    if let Some(Document::Deployment(before)) = view.document(&key)
        && before.use_id != *use_id
    {
        return Err(Refusal::Exists(key));
    }
    // Deploying anew replaces what ran; what was seen to run is not known any more.
    let deployment = Deployment {
        schema: DeploymentSchema::V1,
        id: id.clone(),
        use_id: use_id.clone(),
        stage: of.stage,
        mode,
        snapshot: state.digest,
        parts: state.parts,
        versions,
        since: view.now,
        by: view.who.clone(),
        running: None,
        ended: None,
    };
    let outcome = crate::permits::of_deployment(view.catalogue, inventory, of, &deployment, view.day());
    if let Some(shut) = outcome.shut.first() {
        return Err(Refusal::not(
            format!("it would not be permitted to run: {}", crate::permits::words(shut).en),
            format!("不會獲准運行：{}", crate::permits::words(shut).zh_hant),
        ));
    }
    Ok(Decision::put([Document::Deployment(Box::new(deployment))]))
}

/// An incident that has a pause of a use in force: what is paused in one place is not deployed in another.
fn pausing<'v>(view: &'v View<'_>, of: &UseId) -> Option<&'v Incident> {
    view.of_kind(Kind::Incident).find_map(|document| match document {
        Document::Incident(incident) if incident.closed.is_none() && incident.uses.contains(of) => {
            let pauses = |one: &Containment| one.measure == Measure::Pause && one.lifted.is_none();
            incident.containments.iter().any(pauses).then_some(&**incident)
        }
        _ => None,
    })
}

/// Notes what was seen to run.
pub(super) fn report_running(
    view: &View<'_>,
    id: &DeploymentId,
    parts: &BTreeMap<Part, Digest>,
) -> Result<Decision, Refusal> {
    let deployment = view.deployment(id)?;
    if parts.is_empty() {
        return Err(Refusal::wrong(
            "field `parts` is empty; report the digest of at least one part",
            "欄位 `parts`：未有填寫；請至少申報一個部分的摘要值",
        ));
    }
    if deployment.ended.is_some() {
        return Err(Refusal::not(format!("`{id}` was ended"), format!("「{id}」已終止")));
    }
    // A part that nobody looked at this time is as it was seen last.
    let mut seen = deployment.running.as_ref().map(|running| running.parts.clone()).unwrap_or_default();
    seen.extend(parts.iter().map(|(part, digest)| (*part, *digest)));
    let running = Some(Running { parts: seen, at: view.now, by: view.who.clone() });
    Ok(Decision::put([Document::Deployment(Box::new(Deployment { running, ..deployment.clone() }))]))
}

/// Ends a deployment.
pub(super) fn end_deployment(view: &View<'_>, id: &DeploymentId) -> Result<Decision, Refusal> {
    let deployment = view.deployment(id)?;
    if deployment.ended.is_some() {
        return Err(Refusal::not(format!("`{id}` was ended"), format!("「{id}」已終止")));
    }
    let ended = Some(view.now);
    Ok(Decision::put([Document::Deployment(Box::new(Deployment { ended, ..deployment.clone() }))]))
}

/// The most letters of the id of a use that are repeated in that of an approval.
const MOST_LETTERS: usize = 160;
