//! Incidents: opened, noted, contained, decided upon, closed.

use dualtrack_inventory::{
    Basis, Containment, DeploymentId, Document, Happening, Incident, IncidentId, IncidentSchema, Key, Kind,
    Measure, Notification, NotificationDecision, Tier, notifications,
};

use super::words;
use crate::command::Command;
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Opens an incident.
pub(super) fn open(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::OpenIncident { id, uses, title, severity, discovered, authorities } = command else {
        return Err(Refusal::wrong("this is no incident", "這不是一宗事故"));
    };
    view.must_be_new(&Key::new(Kind::Incident, id))?;
    if uses.is_empty() {
        return Err(Refusal::wrong(
            "field `uses` is empty; name the uses that it concerns",
            "欄位 `uses`：未有填寫；請列明所涉的用例",
        ));
    }
    let uses_known = uses.iter().map(|of| view.of_use(of)).collect::<Result<Vec<_>, _>>()?;
    if *discovered > view.now {
        return Err(Refusal::wrong(
            "field `discovered` lies in the future; say when it was found out",
            "欄位 `discovered`：時間尚未到來；請填寫發現的時間",
        ));
    }
    // Whoever the institution answers to has a clock, whether somebody thought of it or not.
    let inventory = view.inventory()?;
    let entities = uses_known.iter().filter_map(|of| inventory.entity(of));
    let mut clocks = notifications(inventory.institution(), entities, *discovered);
    for (authority, due) in authorities {
        let authority = words("authorities", authority)?;
        let named =
            Notification { authority: authority.clone(), due: *due, basis: Basis::Named, decision: None };
        // Nobody puts off what the institution's own rule says.
        let is_put_off = |clock: &Notification| clock.basis == Basis::OwnRule && clock.due < *due;
        if !clocks.get(&authority).is_some_and(is_put_off) {
            clocks.insert(authority, named);
        }
    }
    let incident = Incident {
        schema: IncidentSchema::V1,
        id: id.clone(),
        uses: uses.clone(),
        title: words("title", title)?,
        severity: *severity,
        discovered: *discovered,
        by: view.who.clone(),
        affected: None,
        time_line: Vec::new(),
        containments: Vec::new(),
        notifications: clocks.into_values().collect(),
        closed: None,
    };
    Ok(put(incident))
}

/// Adds to the time line.
pub(super) fn note(
    view: &View<'_>,
    id: &IncidentId,
    what: &str,
    affected: Option<u64>,
) -> Result<Decision, Refusal> {
    let mut incident = running(view, id)?.clone();
    if incident.time_line.len() >= LONGEST_TIME_LINE {
        return Err(Refusal::wrong(
            format!("the time line has {LONGEST_TIME_LINE} lines; open another incident"),
            format!("時間線已有{LONGEST_TIME_LINE}項；請另開一宗事故"),
        ));
    }
    incident.time_line.push(happening(view, words("what", what)?));
    incident.affected = affected.or(incident.affected);
    Ok(put(incident))
}

/// Does something at once.
///
/// A pause never waits: to stop takes one person, to start again takes two where the tier is high.
pub(super) fn contain(
    view: &View<'_>,
    id: &IncidentId,
    measure: Measure,
    deployment: Option<&DeploymentId>,
    because: &str,
) -> Result<Decision, Refusal> {
    let mut incident = running(view, id)?.clone();
    if let Some(deployment) = deployment {
        let deployment = view.deployment(deployment)?;
        if !incident.uses.contains(&deployment.use_id) {
            return Err(Refusal::wrong(
                format!("deployment `{}` runs a use that this incident does not concern", deployment.id),
                format!("部署「{}」所運行的用例與此事故無關", deployment.id),
            ));
        }
    }
    let second = measure == Measure::RollBack && is_high(view, &incident)?;
    incident.containments.push(Containment {
        measure,
        deployment: deployment.cloned(),
        at: view.now,
        by: view.who.clone(),
        second: None,
        because: words("because", because)?,
        lifted: None,
    });
    Ok(put(incident).by_two(second))
}

/// Lifts what was done at once.
pub(super) fn lift(
    view: &View<'_>,
    id: &IncidentId,
    measure: Measure,
    because: &str,
) -> Result<Decision, Refusal> {
    let mut incident = running(view, id)?.clone();
    let lifted = happening(view, words("because", because)?);
    let mut any = false;
    for containment in &mut incident.containments {
        if containment.measure == measure && containment.lifted.is_none() {
            containment.lifted = Some(lifted.clone());
            any = true;
        }
    }
    if !any {
        return Err(Refusal::not("nothing of the kind is in force", "沒有該類措施正在生效"));
    }
    let high = is_high(view, &incident)?;
    Ok(put(incident).by_two(high))
}

/// Decides whether an authority is told.
pub(super) fn decide_notification(
    view: &View<'_>,
    id: &IncidentId,
    authority: &str,
    notify: bool,
    because: &str,
) -> Result<Decision, Refusal> {
    let mut incident = running(view, id)?.clone();
    let because = words("because", because)?;
    let decision = NotificationDecision { notify, by: view.who.clone(), at: view.now, because, sent: None };
    let Some(notification) = incident.notifications.iter_mut().find(|one| one.authority == authority) else {
        return Err(Refusal::wrong(
            format!("incident `{id}` has no clock for `{authority}`"),
            format!("事故「{id}」並無向「{authority}」通報的時限"),
        ));
    };
    if let Some(decided) = &notification.decision {
        return Err(Refusal::not(
            format!("it was decided by `{}` already", decided.by),
            format!("「{}」已作決定", decided.by),
        ));
    }
    notification.decision = Some(decision);
    Ok(put(incident))
}

/// Closes an incident, once nothing is left to decide or to lift.
pub(super) fn close(view: &View<'_>, id: &IncidentId, because: &str) -> Result<Decision, Refusal> {
    let mut incident = running(view, id)?.clone();
    if let Some(open) = incident.notifications.iter().find(|one| one.decision.is_none()) {
        return Err(Refusal::not(
            format!("whether `{}` is told is not decided", open.authority),
            format!("尚未決定是否通知「{}」", open.authority),
        ));
    }
    if incident.containments.iter().any(|containment| containment.lifted.is_none()) {
        return Err(Refusal::not(
            "a containment is still in force; lift it first",
            "仍有遏制措施生效；請先解除",
        ));
    }
    incident.closed = Some(happening(view, words("because", because)?));
    Ok(put(incident))
}

fn running<'v>(view: &'v View<'_>, id: &IncidentId) -> Result<&'v Incident, Refusal> {
    let incident = view.incident(id)?;
    if incident.closed.is_some() {
        return Err(Refusal::not(format!("incident `{id}` is closed"), format!("事件「{id}」已結束")));
    }
    Ok(incident)
}

fn is_high(view: &View<'_>, incident: &Incident) -> Result<bool, Refusal> {
    for id in &incident.uses {
        if view.tier_of(view.of_use(id)?)? == Tier::High {
            return Ok(true);
        }
    }
    Ok(false)
}

fn happening(view: &View<'_>, what: String) -> Happening {
    Happening { at: view.now, by: view.who.clone(), what }
}

fn put(incident: Incident) -> Decision {
    Decision::put([Document::Incident(Box::new(incident))])
}

const LONGEST_TIME_LINE: usize = 1_000;
