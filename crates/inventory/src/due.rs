//! When a control falls due: before a gate, while the use runs, or after something happened.
//!
//! Of a duty that runs on, the means are due at once and what they show a stated interval after the use began to run.

use std::collections::BTreeSet;

use dualtrack_catalogue::{EvidenceKind, Timing};
use jiff::{ToSpan as _, civil::Date};

use crate::showing::{Asked, Ground, KindState, Showing};
use crate::{Because, EventKind, Reason};

/// What decides when the controls of one use fall due.
#[derive(Clone, Copy)]
pub(crate) struct Duty<'a> {
    pub(crate) ground: Ground<'a>,
    /// The day of the approval since which something material changed.
    pub(crate) material_change: Option<Date>,
}

/// What makes a control due.
pub(crate) struct Calls {
    /// It must be shown before a gate.
    pub(crate) before_gate: bool,
    /// It runs on.
    pub(crate) running: bool,
    /// Something happened, and nothing older than this answers it.
    pub(crate) since: Option<Date>,
    pub(crate) because: Vec<Because>,
}

impl Duty<'_> {
    /// What makes a control due, of the times it names.
    pub(crate) fn calls(&self, timing: &[Timing]) -> Calls {
        let before_gate: BTreeSet<_> =
            timing.iter().copied().filter(|timing| is_before_gate(*timing)).collect();
        let running = timing.iter().any(|timing| is_running(*timing));
        let mut because = Vec::new();
        let mut since = None;
        if timing.contains(&Timing::OnMaterialChange) {
            match self.material_change {
                Some(approved) => {
                    since = since.max(Some(self.changed_since(approved)));
                    because.push(Reason::MaterialChange { approved });
                }
                None => because.push(Reason::NothingMaterialChanged),
            }
        }
        for (trigger, kind) in
            [(Timing::OnIncident, EventKind::Incident), (Timing::OnRequest, EventKind::Request)]
        {
            if !timing.contains(&trigger) {
                continue;
            }
            let events = self.ground.of.events.iter();
            let last = events
                .filter(|event| event.kind == kind && event.on <= self.ground.day)
                .max_by_key(|event| event.on);
            match last {
                Some(event) => {
                    since = since.max(Some(event.on));
                    because.push(Reason::Happened { kind, on: event.on, what: event.what.clone() });
                }
                None => because.push(Reason::NothingHappened { kind }),
            }
        }
        let is_due_before_gate = !before_gate.is_empty();
        if is_due_before_gate {
            because.insert(0, Reason::DueBeforeGate { timing: before_gate });
        }
        let because = because.into_iter().map(Because::leaf).collect();
        Calls { before_gate: is_due_before_gate, running, since, because }
    }

    /// The first day on which evidence can know of the change: that of the last recorded one, or the day after the
    /// approval.
    fn changed_since(&self, approved: Date) -> Date {
        let changes = self.ground.of.changes.iter().map(|change| change.on);
        let last = changes.filter(|on| approved <= *on && *on <= self.ground.day).max();
        last.unwrap_or_else(|| approved.saturating_add(1.day()))
    }

    /// For each kind, the means by which a duty that runs on is met: a monitor, or evidence that is already there.
    pub(crate) fn means(&self, asked: &Asked<'_>, showings: &[Showing<'_>]) -> Vec<Reason> {
        let lacking = showings.iter().filter(|showing| showing.state != KindState::Shown);
        lacking.map(|showing| self.means_of_kind(asked, showing.kind)).collect()
    }

    fn means_of_kind(&self, asked: &Asked<'_>, kind: EvidenceKind) -> Reason {
        let monitor = self.ground.of.monitors.iter().find(|monitor| {
            monitor.kinds.contains(&kind)
                && monitor.since <= self.ground.day
                && monitor.controls.iter().any(|id| asked.goes_by(self.ground.standing, id))
        });
        match monitor {
            Some(monitor) => Reason::MeansSetUp {
                kind,
                monitor: monitor.id.clone(),
                every_days: monitor.every_days,
                since: monitor.since,
            },
            None => Reason::MeansNotSetUp { kind },
        }
    }

    /// The day from which running evidence is due; `None` while the use does not run.
    pub(crate) fn running_since(&self, timing: &[Timing]) -> Option<Date> {
        let of = self.ground.of;
        let rule = &self.ground.inventory.gates().running_evidence;
        if of.stage < rule.from {
            return None;
        }
        let by_timing = timing
            .iter()
            .filter(|timing| is_running(**timing))
            .map(|timing| rule.after_days.get(timing).copied().unwrap_or(rule.otherwise_days))
            .min()
            .unwrap_or(rule.otherwise_days);
        // A use may owe its evidence sooner than the rule; it cannot put it off.
        let days = of.running_evidence_after_days.map_or(by_timing, |days| days.min(by_timing));
        Some(of.stage_since.saturating_add(i64::from(days).days()))
    }
}

fn is_before_gate(timing: Timing) -> bool {
    match timing {
        Timing::Design | Timing::BeforeLaunch | Timing::Once | Timing::OnContract | Timing::OnTransfer => {
            true
        }
        Timing::OnMaterialChange
        | Timing::Continuous
        | Timing::Periodic
        | Timing::EachDecision
        | Timing::EachInteraction
        | Timing::OnIncident
        | Timing::OnRequest => false,
    }
}

fn is_running(timing: Timing) -> bool {
    match timing {
        Timing::Continuous | Timing::Periodic | Timing::EachDecision | Timing::EachInteraction => true,
        Timing::Design
        | Timing::BeforeLaunch
        | Timing::Once
        | Timing::OnContract
        | Timing::OnTransfer
        | Timing::OnMaterialChange
        | Timing::OnIncident
        | Timing::OnRequest => false,
    }
}

/// Whether the means of a kind are set up.
pub(crate) fn is_set_up(reason: &Reason) -> bool {
    !matches!(reason, Reason::MeansNotSetUp { .. })
}
