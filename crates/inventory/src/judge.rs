//! Verdicts: each control that stands on a day, for each use, with its reasons.
//!
//! Asked in a fixed order: whose duty, which kind of institution, which mechanism or programme, which facts, when
//! due, what evidence, which waiver. The same inputs give the same verdicts, whatever order the files came in.

use std::collections::BTreeSet;

use dualtrack_catalogue::{
    Applicability, Fact, FactValue, Force, InstitutionKind, Profile, Standing, StandingControl,
};
use jiff::{Timestamp, civil::Date, tz};

use crate::due::{Duty, is_set_up};
use crate::passage::is_content;
use crate::showing::{Asked, Bars, Ground, KindState, Showing, evidence_by_kind, showing};
use crate::{
    Because, CheckResult, Due, Inventory, Reason, Use, Verdict, VerdictState, approval, bindings, facts,
    snapshot, waiver,
};

/// What every control comes to for every use, on the day of `standing`.
///
/// Only what is dated by that day counts. `results` are the checks of this run; with none, only records speak.
pub fn verdicts(standing: &Standing<'_>, inventory: &Inventory, results: &[CheckResult]) -> Vec<Verdict> {
    let uses = inventory.uses().values();
    uses.flat_map(|of| verdicts_of(standing, inventory, of, results)).collect()
}

/// What every control comes to for one use, on the day of `standing`.
pub fn verdicts_of(
    standing: &Standing<'_>,
    inventory: &Inventory,
    of: &Use,
    results: &[CheckResult],
) -> Vec<Verdict> {
    judging(standing, inventory, of, results, |judge| {
        standing.controls().map(|control| judge.verdict(control)).collect()
    })
}

/// The state of every control for one use, in the order of [`verdicts_of`], and the verdicts that may shut a gate.
///
/// What [`crate::gate`] says of these it says of all, but for how many controls it asks for and is content with: a board
/// of many uses needs no more.
pub fn states_of(
    standing: &Standing<'_>,
    inventory: &Inventory,
    of: &Use,
) -> (Vec<VerdictState>, Vec<Verdict>) {
    judging(standing, inventory, of, &[], |judge| {
        let mut open = Vec::new();
        let mut states = Vec::new();
        for control in standing.controls() {
            let judged = judge.judged(control);
            let Finding { state, due, .. } = judged.finding;
            states.push(state);
            if [false, true].into_iter().any(|stays| !is_content(state, due, stays)) {
                open.push(judge.explained(control, judged));
            }
        }
        (states, open)
    })
}

fn judging<T>(
    standing: &Standing<'_>,
    inventory: &Inventory,
    of: &Use,
    results: &[CheckResult],
    judge: impl FnOnce(&Judge<'_>) -> T,
) -> T {
    let day = standing.date();
    let mut own: Vec<_> =
        results.iter().filter(|result| result.use_id == of.id && hong_kong_day(result.at) <= day).collect();
    own.sort_by_key(|result| (&result.check, &result.key, result.at));
    let state = snapshot(inventory, of).digest;
    let evidence = evidence_by_kind(standing, inventory, of);
    let bars = Bars::default();
    judge(&Judge {
        ground: Ground {
            standing,
            inventory,
            of,
            results: &own,
            evidence: &evidence,
            bars: &bars,
            state,
            day,
        },
        profile: facts::profile(inventory, of, day),
        kinds: inventory.entity(of).map(crate::Entity::kinds).unwrap_or_default(),
        material_change: approval::material_change(inventory, of, day),
    })
}

/// The day in Hong Kong at an instant. Hong Kong has kept UTC+8 without summer time since 1979.
pub fn hong_kong_day(at: Timestamp) -> Date {
    tz::Offset::constant(8).to_datetime(at).date()
}

struct Judge<'a> {
    ground: Ground<'a>,
    profile: Profile,
    kinds: BTreeSet<InstitutionKind>,
    material_change: Option<Date>,
}

/// What was asked of a control, and what it comes to.
struct Judged<'c, 'a> {
    asked: Asked<'c>,
    finding: Finding<'a>,
}

/// What a control comes to, and why: first whether it applies and is due, then what is shown, then what follows.
struct Finding<'a> {
    state: VerdictState,
    due: Due,
    applied: Vec<Because>,
    showings: Vec<Showing<'a>>,
    follows: Vec<Because>,
    /// Without the waiver, where one counts.
    unwaived: Option<VerdictState>,
}

impl<'a> Judge<'a> {
    fn verdict(&self, control: StandingControl<'_>) -> Verdict {
        self.explained(control, self.judged(control))
    }

    /// What a control comes to, waivers included.
    fn judged<'c>(&self, control: StandingControl<'c>) -> Judged<'c, 'a> {
        let asked = Asked::of(control);
        let mut finding = self.finding(&asked);
        if !finding.state.satisfies() {
            let waivers = waiver::read(self.ground, &asked);
            if waivers.counts {
                finding.unwaived = Some(finding.state);
                finding.state = VerdictState::Waived;
            }
            finding.follows.extend(waivers.because);
        }
        Judged { asked, finding }
    }

    /// The same with everything that a reader asks about.
    fn explained(&self, control: StandingControl<'_>, judged: Judged<'_, '_>) -> Verdict {
        let Judged { asked, finding } = judged;
        let binding = bindings::read(self.ground, &asked);
        let mut because: Vec<Because> =
            finding.unwaived.into_iter().map(|state| Because::leaf(root(state))).collect();
        because.extend(finding.applied);
        because.extend(finding.showings.iter().map(Showing::because));
        because.extend(finding.follows);
        because.extend(binding.because);
        because.push(Because::leaf(source(control)));
        let guideline = control.guideline();
        Verdict {
            use_id: self.ground.of.id.clone(),
            guideline: guideline.id.clone(),
            version: guideline.version,
            control: control.id().clone(),
            title: control.control.title.clone(),
            paragraph: control.control.source_ref.clone(),
            principle: control.control.principle,
            strength: control.control.strength,
            status: guideline.status,
            timing: control.control.timing.iter().copied().collect(),
            needs: control.control.evidence.iter().copied().collect(),
            state: finding.state,
            binding: binding.binding,
            due: finding.due,
            evidence: finding.showings.iter().flat_map(Showing::evidence).cloned().collect(),
            checks: finding.showings.iter().flat_map(Showing::checks).map(ToOwned::to_owned).collect(),
            because: Because::of(root(finding.state), because),
        }
    }

    fn finding(&self, asked: &Asked<'_>) -> Finding<'a> {
        match self.applicability(asked.control) {
            Applied::Yes(because) => self.finding_when_applied(asked, because),
            Applied::No(because) => Finding::without_evidence(VerdictState::NotApplicable, Due::No, because),
            Applied::Unknown(because) => {
                Finding::without_evidence(VerdictState::NotAssessable, Due::Shown, because)
            }
        }
    }

    fn duty(&self) -> Duty<'_> {
        Duty { ground: self.ground, material_change: self.material_change }
    }

    fn applicability(&self, control: StandingControl<'_>) -> Applied {
        let of = self.ground.of;
        let sense = |fact: Fact| control.guideline().high_risk.filter(|_| fact == Fact::HighRisk);
        let in_programme = control.guideline().force != Force::Programme || of.supervisory_sandbox.is_some();
        match control.applies(&self.kinds, &of.voluntary, &self.profile) {
            Applicability::OthersDuty { holder } => no(Reason::DutyOfAnother { holder }),
            Applicability::OtherInstitutions { addressed } => no(Reason::OtherKindOfInstitution {
                entity: of.entity.clone(),
                addressed: addressed.into_iter().collect(),
            }),
            Applicability::NotDeclared { mechanism } => no(Reason::NotDeclared { guideline: mechanism }),
            _ if !in_programme => no(Reason::NotInSupervisorySandbox),
            Applicability::DoesNotApply { fact, wanted } => no(Reason::FactDiffers {
                fact,
                sense: sense(fact),
                stage: match wanted {
                    FactValue::Stage(stage) => Some(stage),
                    FactValue::Bool(_) => None,
                },
            }),
            Applicability::Unknown { facts } => {
                let unknown = facts.into_iter().map(|fact| Reason::FactUnknown { fact, sense: sense(fact) });
                Applied::Unknown(unknown.map(Because::leaf).collect())
            }
            Applicability::Applies => {
                let facts = control.control.applies_when.keys().copied().collect();
                Applied::Yes(vec![Because::leaf(Reason::FactsHold { facts })])
            }
        }
    }

    fn finding_when_applied(&self, asked: &Asked<'_>, mut applied: Vec<Because>) -> Finding<'a> {
        let timing = &asked.control.control.timing;
        let duty = self.duty();
        let calls = duty.calls(timing);
        applied.extend(calls.because);
        if !calls.before_gate && !calls.running && calls.since.is_none() {
            return Finding::without_evidence(VerdictState::NotApplicable, Due::No, applied);
        }
        let kinds = asked.control.control.evidence.iter();
        let showings: Vec<_> = kinds.map(|kind| showing(self.ground, asked, *kind, calls.since)).collect();
        let shown = state(&showings);
        if calls.before_gate || calls.since.is_some() {
            let follows = Vec::new();
            return Finding { state: shown, due: Due::Shown, applied, showings, follows, unwaived: None };
        }
        let means = duty.means(asked, &showings);
        let running = duty.running_since(timing);
        let is_set_up = means.iter().all(is_set_up);
        let due = Due::Means { set_up: is_set_up, evidence_from: running };
        let mut follows: Vec<Because> = means.into_iter().map(Because::leaf).collect();
        let not_there = matches!(shown, VerdictState::Missing | VerdictState::Stale);
        let state = match running {
            _ if !not_there => shown,
            _ if !is_set_up => VerdictState::Missing,
            Some(from) if from <= self.ground.day => {
                follows.push(Because::leaf(Reason::RunningEvidenceDue { since: from }));
                shown
            }
            Some(until) => {
                follows.push(Because::leaf(Reason::NotDueYet { until }));
                VerdictState::NotApplicable
            }
            None => {
                let from = self.ground.inventory.gates().running_evidence.from;
                follows.push(Because::leaf(Reason::NotDueBeforeItRuns { stage: self.ground.of.stage, from }));
                VerdictState::NotApplicable
            }
        };
        Finding { state, due, applied, showings, follows, unwaived: None }
    }
}

/// Whether a control applies, and why.
enum Applied {
    Yes(Vec<Because>),
    No(Vec<Because>),
    Unknown(Vec<Because>),
}

impl Finding<'_> {
    fn without_evidence(state: VerdictState, due: Due, applied: Vec<Because>) -> Self {
        Self { state, due, applied, showings: Vec::new(), follows: Vec::new(), unwaived: None }
    }
}

fn no(reason: Reason) -> Applied {
    Applied::No(vec![Because::leaf(reason)])
}

/// What the kinds of evidence come to together: every one is needed.
fn state(showings: &[Showing<'_>]) -> VerdictState {
    let any = |wanted| showings.iter().any(|showing| showing.state == wanted);
    if any(KindState::Fails) {
        VerdictState::NotMet
    } else if any(KindState::Undecided) {
        VerdictState::NotAssessable
    } else if any(KindState::Missing) {
        VerdictState::Missing
    } else if any(KindState::Stale) {
        VerdictState::Stale
    } else {
        VerdictState::Met
    }
}

fn root(state: VerdictState) -> Reason {
    match state {
        VerdictState::Met => Reason::EveryKindShown,
        VerdictState::NotMet => Reason::Contradicted,
        VerdictState::Missing => Reason::SomethingMissing,
        VerdictState::Stale => Reason::OutOfDate,
        VerdictState::Waived => Reason::GoneWithout,
        VerdictState::NotAssessable => Reason::Undecided,
        VerdictState::NotApplicable => Reason::NotAsked,
    }
}

fn source(control: StandingControl<'_>) -> Reason {
    Reason::Source {
        guideline: control.guideline().id.clone(),
        version: control.guideline().version,
        control: control.id().clone(),
        paragraph: control.control.source_ref.clone(),
        strength: control.control.strength,
        confidence: control.control.confidence,
    }
}
