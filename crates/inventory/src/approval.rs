//! Which approvals count, and whether something material changed since the last one.
//!
//! An approval counts while the use is in the state that was approved, or differs from it only by changes that
//! `gates.yaml` classes as minor or planned and that were settled by somebody else. A change nobody classed, or
//! that cannot be told apart, is material.

use std::collections::BTreeSet;

use dualtrack_catalogue::Stage;
use jiff::civil::Date;

use crate::barred::barred_now;
use crate::{
    Approval, ApprovalReading, ApprovalRule, Change, ChangeClass, CheckOutcome, Inventory, Objection, Part,
    Snapshot, Use, barred, snapshot,
};

/// Reads the approvals on record by `day` for a use to enter a stage, each with the objections to it.
pub fn approvals(
    inventory: &Inventory,
    of: &Use,
    stage: Stage,
    rule: Option<&ApprovalRule>,
    day: Date,
) -> Vec<ApprovalReading> {
    approvals_of(inventory, of, &snapshot(inventory, of), stage, rule, day)
}

/// Reads the approvals on record by `day` as far as they cover a given state of a use.
pub(crate) fn approvals_of(
    inventory: &Inventory,
    of: &Use,
    state: &Snapshot,
    stage: Stage,
    rule: Option<&ApprovalRule>,
    day: Date,
) -> Vec<ApprovalReading> {
    let mut people = BTreeSet::new();
    let mut readings = Vec::new();
    for approval in on_record(inventory, of, day).filter(|approval| approval.stage == stage) {
        let mut objections = objections_to_person(inventory, of, approval, rule, day);
        objections.extend(objections_to_state(inventory, of, approval, state, day));
        if let Some(on) = approval.expires.filter(|expires| *expires < day) {
            objections.push(Objection::Expired { on });
        }
        // Who stands in for another does not make two of one: neither counts again.
        let signers: Vec<_> =
            [Some(&approval.by), approval.on_behalf_of.as_ref()].into_iter().flatten().collect();
        if objections.is_empty() {
            if signers.iter().any(|person| people.contains(person)) {
                objections.push(Objection::SamePerson);
            } else {
                people.extend(signers);
            }
        }
        readings.push(ApprovalReading {
            approval: approval.id.clone(),
            by: approval.by.clone(),
            role: approval.role,
            on: approval.on,
            conditions: approval.conditions.clone(),
            objections,
        });
    }
    readings
}

/// The day of the approval since which something material changed, if something did by `day`.
pub(crate) fn material_change(inventory: &Inventory, of: &Use, day: Date) -> Option<Date> {
    let state = snapshot(inventory, of);
    let unsettled = |approval: &Approval| {
        objections_to_state(inventory, of, approval, &state, day)
            .iter()
            .any(|objection| !matches!(objection, Objection::NotConfirmed { .. }))
    };
    let last = on_record(inventory, of, day).map(|approval| approval.on).max()?;
    let all_changed = on_record(inventory, of, day).all(unsettled);
    all_changed.then_some(last)
}

/// The approvals of a use dated by `day`, oldest first.
fn on_record<'a>(inventory: &'a Inventory, of: &'a Use, day: Date) -> impl Iterator<Item = &'a Approval> {
    let mut approvals: Vec<_> = inventory
        .approvals()
        .values()
        .filter(|approval| approval.use_id == of.id && approval.on <= day)
        .collect();
    approvals.sort_by_key(|approval| (approval.on, &approval.id));
    approvals.into_iter()
}

fn objections_to_person(
    inventory: &Inventory,
    of: &Use,
    approval: &Approval,
    rule: Option<&ApprovalRule>,
    day: Date,
) -> Vec<Objection> {
    let mut objections = Vec::new();
    let mut bars = barred(inventory, of, approval.stage, &approval.by, day).from_approving;
    if let Some(behalf) = &approval.on_behalf_of {
        bars.extend(barred(inventory, of, approval.stage, behalf, day).from_approving);
    }
    if !bars.is_empty() {
        objections.push(Objection::Barred { bars });
    }
    let role = approval.role;
    let behalf = approval.on_behalf_of.as_ref();
    // Who stands in needs to have done so when it was signed; an office of one's own has to be held still.
    let held_on = if behalf.is_some() { approval.on } else { day };
    if !inventory.holds_office(&approval.by, behalf, role, held_on) {
        objections.push(Objection::NotInOffice { role });
    }
    if rule.is_some_and(|rule| !rule.roles.contains(&role) && !rule.including.contains(&role)) {
        objections.push(Objection::OfficeNotAsked { role });
    }
    objections
}

/// Why an approval does not cover the present state of the use.
fn objections_to_state(
    inventory: &Inventory,
    of: &Use,
    approval: &Approval,
    state: &Snapshot,
    day: Date,
) -> Vec<Objection> {
    if approval.snapshot == state.digest {
        return Vec::new();
    }
    if approval.parts.is_empty() {
        return vec![Objection::Changed { parts: BTreeSet::new() }];
    }
    let differing = state.differing(&approval.parts);
    let mut recorded: Vec<_> =
        of.changes.iter().filter(|change| approval.on <= change.on && change.on <= day).collect();
    // Stable: changes of one day stay in the order of the file.
    recorded.sort_by_key(|change| change.on);
    if recorded.last().is_none_or(|last| last.to != state.digest) {
        return vec![Objection::Changed { parts: differing }];
    }
    let mut material = BTreeSet::new();
    let mut objections = Vec::new();
    for part in differing {
        let changes: Vec<_> =
            recorded.iter().copied().filter(|change| change.parts.contains(&part)).collect();
        match class(inventory, part) {
            _ if changes.is_empty() => _ = material.insert(part),
            ChangeClass::Material => _ = material.insert(part),
            ChangeClass::Minor if changes.iter().all(|change| is_confirmed(inventory, of, change, day)) => {}
            ChangeClass::Minor => objections.push(Objection::NotConfirmed { part }),
            ChangeClass::Planned
                if changes.iter().all(|change| is_planned(inventory, of, change, part, day)) => {}
            ChangeClass::Planned => objections.push(Objection::OutsidePlan { part }),
        }
    }
    let is_minor = |part: &Part| class(inventory, *part) == ChangeClass::Minor;
    let minor = recorded.iter().filter(|change| change.parts.iter().any(is_minor)).count();
    let cap = usize::from(inventory.gates().most_minor_changes);
    if minor > cap {
        objections.push(Objection::TooManyMinor { changes: minor, cap });
    }
    if !material.is_empty() {
        objections.insert(0, Objection::Changed { parts: material });
    }
    objections
}

/// How a change of a part is classed. A part nobody classed is material.
pub(crate) fn class(inventory: &Inventory, part: Part) -> ChangeClass {
    inventory.gates().changes.get(&part).map_or(ChangeClass::Material, |rule| rule.class)
}

/// Whether a second person, who may validate the use, confirmed a change.
fn is_confirmed(inventory: &Inventory, of: &Use, change: &Change, day: Date) -> bool {
    change.confirmed_by.as_ref().is_some_and(|second| {
        *second != change.by && barred_now(inventory, of, second, day).from_validating.is_empty()
    })
}

fn is_planned(inventory: &Inventory, of: &Use, change: &Change, part: Part, day: Date) -> bool {
    let plan = of.change_plans.iter().find(|plan| change.plan.as_ref() == Some(&plan.id));
    plan.is_some_and(|plan| {
        let approver = barred_now(inventory, of, &plan.approved_by, day);
        let in_time = plan.on <= change.on && change.on <= plan.expires;
        let tested = plan.tests.iter().all(|test| {
            let tests = change.tests.iter().filter_map(|id| inventory.evidence().get(id));
            tests.into_iter().any(|evidence| {
                evidence.check.as_ref() == Some(test)
                    && evidence.outcome == CheckOutcome::Pass
                    && evidence.snapshot == Some(change.to)
                    && change.on <= evidence.on
                    && evidence.on <= day
            })
        });
        plan.parts.contains(&part)
            && in_time
            && tested
            && plan.approved_by != change.by
            && approver.from_approving.is_empty()
    })
}
