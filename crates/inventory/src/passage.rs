//! Whether a use may pass a gate, and if not, what to do, in the order in which to do it.
//!
//! A gate asks only for controls that bind. Of duties that run on it asks that the means be set up, and that nothing
//! on file speaks against them. A suspended use may pass no gate, but any use can be retired at any time.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, Binding, Stage, Standing};

use crate::actions::{self, actions};
use crate::{
    Action, ApprovalReading, ApprovalRule, BlockedControl, Blocker, ChangeClass, Due, Gate, GateOutcome,
    GateRule, Inventory, Objection, Preparation, Severity, Tier, Use, Verdict, VerdictState, approvals,
    snapshot, tier,
};

/// Decides whether a use may enter a stage, or, where it is in that stage already, whether it may stay.
///
/// To stay it must hold what it was let in for, and evidence that runs on must be there once it is due.
/// `verdicts` may hold those on other uses too; only the use's own count.
pub fn gate(
    standing: &Standing<'_>,
    inventory: &Inventory,
    of: &Use,
    to: Stage,
    verdicts: &[Verdict],
) -> GateOutcome {
    let passage = Gate { from: of.stage, to };
    let goes_back = of.stage != Stage::Retired && to < of.stage || to == Stage::Retired;
    let stays = to == of.stage;
    if of.stage == Stage::Retired && !goes_back {
        return ended(of, passage);
    }
    let Some(rule) = inventory.gates().gates.get(&to).filter(|_| !goes_back) else {
        return always_open(of, passage);
    };
    let own: Vec<_> = verdicts.iter().filter(|verdict| verdict.use_id == of.id).collect();
    let asked: Vec<_> = own.iter().copied().filter(|verdict| rule.asks_for(verdict)).collect();
    let risk = tier(inventory, of, standing.date(), inventory.tiers()).tier;
    let approval_rule = rule.approvals.get(&risk);
    let approvals = approvals(inventory, of, to, approval_rule, standing.date());
    let mut blockers = obstacles(inventory, of, to);
    let discontent =
        || asked.iter().copied().filter(|verdict| !is_content(verdict.state, verdict.due, stays));
    blockers.extend(of_controls(standing, inventory, of, discontent()));
    blockers.extend(of_changes(inventory, of, &approvals));
    blockers.extend(approval_rule.and_then(|rule| of_approvals(inventory, of, rule, risk, &approvals)));
    blockers.sort_by(|one, other| one.action.cmp(&other.action));
    let shut_by = discontent().count();
    GateOutcome {
        use_id: of.id.clone(),
        gate: passage,
        because: rule.because.clone(),
        open: blockers.is_empty(),
        asked: asked.len(),
        content: asked.len() - shut_by,
        blockers,
        preparation: preparation(standing, inventory, of, to, &own),
        approvals,
    }
}

impl GateRule {
    /// Whether the gate asks for a control, by the verdict on it.
    fn asks_for(&self, verdict: &Verdict) -> bool {
        let is_askable = verdict.binding == Binding::Binds && verdict.due != Due::No;
        is_askable
            && self.asks.iter().any(|ask| {
                verdict.strength >= ask.at_least
                    && (ask.principles.is_empty() || ask.principles.contains(&verdict.principle))
                    && (ask.timings.is_empty() || !ask.timings.is_disjoint(&verdict.timing))
            })
    }
}

/// Whether a gate is content with a control; a use that `stays` owes running evidence as soon as it is due.
pub(crate) fn is_content(state: VerdictState, due: Due, stays: bool) -> bool {
    match due {
        Due::No => true,
        Due::Shown => state.satisfies(),
        Due::Means { set_up, .. } => {
            let holds = if stays { state.satisfies() } else { state != VerdictState::NotMet };
            state == VerdictState::Waived || set_up && holds
        }
    }
}

/// What shuts any gate, whatever the controls say.
fn obstacles(inventory: &Inventory, of: &Use, to: Stage) -> Vec<Blocker> {
    let owners = || actions::owners(of);
    let mut blockers = Vec::new();
    let mut add = |action| blockers.push(Blocker { action, controls: Vec::new(), who: owners() });
    if let Some(suspension) = &of.suspended {
        add(Action::LiftSuspension { since: suspension.on });
    }
    if of.dpo.unacceptable_practice == Some(true) {
        add(Action::StopUnacceptablePractice);
    }
    // What runs is stopped by suspending it; a finding keeps a use from going further.
    let found = inventory.findings().values().filter(|finding| finding.use_id == of.id);
    for finding in found.filter(|finding| finding.severity == Severity::High && finding.closed.is_none()) {
        if to > of.stage {
            add(Action::SettleFinding { finding: finding.id.clone() });
        }
    }
    match Gate::after(of.stage) {
        Some(next) if next.to < to => add(Action::PassEarlierGate { gate: next }),
        _ => {}
    }
    blockers
}

/// What to do about controls a gate is not content with: one blocker for each thing to do.
fn of_controls<'a>(
    standing: &Standing<'_>,
    inventory: &Inventory,
    of: &Use,
    verdicts: impl Iterator<Item = &'a Verdict>,
) -> Vec<Blocker> {
    let mut by_action: BTreeMap<Action, Vec<BlockedControl>> = BTreeMap::new();
    for verdict in verdicts {
        for action in actions(standing, verdict) {
            by_action.entry(action).or_default().push(BlockedControl {
                control: verdict.control.clone(),
                title: verdict.title.clone(),
                paragraph: verdict.paragraph.clone(),
                state: verdict.state,
            });
        }
    }
    let mut blockers: Vec<Blocker> = Vec::new();
    for (action, controls) in by_action {
        let who = actions::who(inventory, of, &action);
        // The same thing to do for several checks of the same controls, by the same people, is one thing to do.
        let taken_in = blockers
            .iter_mut()
            .any(|one| one.controls == controls && one.who == who && one.action.takes_in(&action));
        if !taken_in {
            blockers.push(Blocker { action, controls, who });
        }
    }
    blockers
}

/// Changes that wait for a second person or for the tests of their plan.
fn of_changes(inventory: &Inventory, of: &Use, approvals: &[ApprovalReading]) -> Vec<Blocker> {
    let unsettled: BTreeSet<_> = approvals
        .iter()
        .flat_map(|reading| &reading.objections)
        .filter_map(|objection| match objection {
            Objection::NotConfirmed { part } => Some((*part, ChangeClass::Minor)),
            Objection::OutsidePlan { part } => Some((*part, ChangeClass::Planned)),
            _ => None,
        })
        .collect();
    let blocker = |(part, class)| {
        let action = Action::SettleChange { part, class };
        let who = actions::who(inventory, of, &action);
        Blocker { action, controls: Vec::new(), who }
    };
    unsettled.into_iter().map(blocker).collect()
}

/// The approvals that are still to come.
pub(crate) fn of_approvals(
    inventory: &Inventory,
    of: &Use,
    rule: &ApprovalRule,
    risk: Tier,
    approvals: &[ApprovalReading],
) -> Option<Blocker> {
    let counting: Vec<_> = approvals.iter().filter(|reading| reading.objections.is_empty()).collect();
    let held: BTreeSet<_> = counting.iter().map(|reading| reading.role).collect();
    let needed: BTreeSet<_> = rule.including.difference(&held).copied().collect();
    let more = usize::from(rule.people).saturating_sub(counting.len()).max(needed.len());
    if more == 0 {
        return None;
    }
    let roles = if needed.len() == more { needed.clone() } else { &rule.roles | &needed };
    let state = snapshot(inventory, of).digest;
    let action = Action::Approve { more, roles, including: needed, tier: risk, snapshot: state };
    let who = actions::who(inventory, of, &action);
    Some(Blocker { action, controls: Vec::new(), who })
}

/// What later gates will ask and this one does not: work one can start on.
fn preparation(
    standing: &Standing<'_>,
    inventory: &Inventory,
    of: &Use,
    to: Stage,
    verdicts: &[&Verdict],
) -> Vec<Preparation> {
    let mut settled: BTreeSet<_> = BTreeSet::new();
    if let Some(rule) = inventory.gates().gates.get(&to) {
        settled.extend(asked_by(rule, verdicts));
    }
    let mut preparation = Vec::new();
    let mut ahead = Gate::after(to);
    while let Some(gate) = ahead {
        if let Some(rule) = inventory.gates().gates.get(&gate.to) {
            let asked = asked_by(rule, verdicts);
            let new = verdicts.iter().copied().filter(|verdict| {
                asked.contains(&verdict.control)
                    && !settled.contains(&verdict.control)
                    && !is_content(verdict.state, verdict.due, false)
            });
            let blockers = of_controls(standing, inventory, of, new);
            preparation.extend(blockers.into_iter().map(|blocker| Preparation { gate, blocker }));
            settled.extend(asked);
        }
        ahead = Gate::after(gate.to);
    }
    preparation
}

fn asked_by<'a>(rule: &GateRule, verdicts: &[&'a Verdict]) -> BTreeSet<&'a dualtrack_catalogue::ControlId> {
    verdicts.iter().filter(|verdict| rule.asks_for(verdict)).map(|verdict| &verdict.control).collect()
}

/// A use that has ended stays ended, whatever else is on file.
fn ended(of: &Use, gate: Gate) -> GateOutcome {
    GateOutcome {
        because: Bilingual {
            en: "A use that has ended passes no gate.".to_owned(),
            zh_hant: "已停用的用例不得通過任何關卡。".to_owned(),
        },
        open: false,
        blockers: vec![Blocker { action: Action::Retired, controls: Vec::new(), who: actions::owners(of) }],
        ..always_open(of, gate)
    }
}

/// Going back or retiring asks for nothing: a use can always be stopped.
fn always_open(of: &Use, gate: Gate) -> GateOutcome {
    GateOutcome {
        use_id: of.id.clone(),
        gate,
        because: Bilingual {
            en: "A use can be taken back, stopped and retired at any time.".to_owned(),
            zh_hant: "用例可隨時退回較早階段、停止及停用。".to_owned(),
        },
        open: true,
        asked: 0,
        content: 0,
        blockers: Vec::new(),
        preparation: Vec::new(),
        approvals: Vec::new(),
    }
}
