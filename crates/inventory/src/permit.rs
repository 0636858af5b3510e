//! Permits: whether a deployment may run right now, why not, and until when. Derived, never typed in.
//!
//! A permit looks at the state that was deployed, not at the draft beside it; and at what is seen to run. Unknown is no.

use std::collections::BTreeSet;

use dualtrack_catalogue::{Stage, Standing};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::approval::{approvals_of, class};
use crate::passage::of_approvals;
use crate::{
    Blocker, ChangeClass, Deployment, Inventory, Measure, Part, Snapshot, Use, Verdict, VerdictState, gate,
    snapshot, tier,
};

/// Whether a deployment may run.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Permit {
    /// Why it may not; empty when it may.
    pub shut: Vec<Shut>,
    /// The last day on which what it rests on holds, if nothing is done: the earliest expiry beneath it.
    pub until: Option<Date>,
}

/// Why a deployment may not run.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(tag = "shut", rename_all = "kebab-case")]
pub enum Shut {
    /// It was ended.
    Ended,
    /// The use is suspended.
    Suspended,
    /// The use is retired.
    Retired,
    /// An incident paused it.
    Paused,
    /// The use is not in the stage for which it was deployed.
    OtherStage {
        /// The stage it is in.
        stage: Stage,
    },
    /// The state that was deployed cannot be read any more.
    UnknownState,
    /// What runs differs from what was approved.
    RunsOther {
        /// In which parts.
        parts: BTreeSet<Part>,
    },
    /// What let it in no longer holds.
    Gate {
        /// What to do.
        blocker: Box<Blocker>,
    },
}

impl Permit {
    /// Whether it may run.
    pub fn is_open(&self) -> bool {
        self.shut.is_empty()
    }
}

/// Decides whether a deployment may run on the day of `standing`.
///
/// `deployed` holds the use and what it stands on as they were deployed, with the evidence, approvals and waivers of
/// today; `now` is the use as it is today, which alone says stage and suspension. `verdicts` are those of `deployed`.
pub fn permit(
    standing: &Standing<'_>,
    deployed: &Inventory,
    now: &Use,
    deployment: &Deployment,
    paused: &BTreeSet<Measure>,
    verdicts: &[Verdict],
) -> Permit {
    let mut shut = Vec::new();
    if deployment.ended.is_some() {
        shut.push(Shut::Ended);
    }
    if now.suspended.is_some() {
        shut.push(Shut::Suspended);
    }
    if paused.contains(&Measure::Pause) {
        shut.push(Shut::Paused);
    }
    if now.stage == Stage::Retired {
        shut.push(Shut::Retired);
    } else if now.stage < deployment.stage {
        shut.push(Shut::OtherStage { stage: now.stage });
    }
    let Some(of) = deployed.uses().get(&deployment.use_id) else {
        shut.push(Shut::UnknownState);
        return Permit { shut, until: None };
    };
    if snapshot(deployed, of).digest != deployment.snapshot {
        shut.push(Shut::UnknownState);
    }
    shut.extend(of_running(standing, deployed, of, deployment));
    // As deployed, it was in that stage; whether it is suspended today was asked above.
    let as_deployed = Use { stage: deployment.stage, suspended: None, ..of.clone() };
    let outcome = gate(standing, deployed, &as_deployed, deployment.stage, verdicts);
    shut.extend(outcome.blockers.into_iter().map(|blocker| Shut::Gate { blocker: Box::new(blocker) }));
    Permit { shut, until: until(deployed, of, verdicts, standing.date()) }
}

/// What runs must be covered by the approvals just as a change of the use would have to be.
fn of_running(
    standing: &Standing<'_>,
    deployed: &Inventory,
    of: &Use,
    deployment: &Deployment,
) -> Option<Shut> {
    let running = deployment.running.as_ref()?;
    let mut parts = deployment.parts.clone();
    parts.extend(running.parts.iter().map(|(part, digest)| (*part, *digest)));
    let seen = Snapshot { digest: Snapshot::digest_of(&parts), parts };
    if seen.digest == deployment.snapshot {
        return None;
    }
    let differing = seen.differing(&deployment.parts);
    let material = differing.iter().any(|part| class(deployed, *part) == ChangeClass::Material);
    let day = standing.date();
    let risk = tier(deployed, of, day, deployed.tiers()).tier;
    let rule = deployed.gates().gates.get(&deployment.stage).and_then(|rule| rule.approvals.get(&risk));
    let readings = approvals_of(deployed, of, &seen, deployment.stage, rule, day);
    let lacks = rule.and_then(|rule| of_approvals(deployed, of, rule, risk, &readings)).is_some();
    (material || lacks).then_some(Shut::RunsOther { parts: differing })
}

/// The earliest expiry among the evidence and waivers that verdicts rest on, and the approvals.
fn until(deployed: &Inventory, of: &Use, verdicts: &[Verdict], day: Date) -> Option<Date> {
    let own = || verdicts.iter().filter(|verdict| verdict.use_id == of.id && verdict.state.satisfies());
    let evidence = own()
        .filter(|verdict| verdict.state == VerdictState::Met)
        .flat_map(|verdict| &verdict.evidence)
        .filter_map(|id| deployed.evidence().get(id))
        .map(|evidence| evidence.expires);
    let waivers = deployed
        .waivers()
        .values()
        .filter(|waiver| waiver.use_id == of.id)
        .filter(|waiver| {
            own().any(|verdict| verdict.state == VerdictState::Waived && verdict.control == waiver.control)
        })
        .map(|waiver| waiver.expires);
    let approvals = deployed
        .approvals()
        .values()
        .filter(|approval| approval.use_id == of.id)
        .filter_map(|approval| approval.expires);
    evidence.chain(waivers).chain(approvals).filter(|expires| *expires >= day).min()
}
