//! What the evidence on file shows of one kind for one control.
//!
//! Evidence counts only if it is of the kind, about the use or something it stands on, names the control (itself, or
//! through the check that made it), is dated by the day, has not expired, comes from a person whose word counts here,
//! and belongs to the state of the use as it is, where it is bound to one.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use dualtrack_catalogue::{
    CheckId, CheckLink, ControlId, EvidenceKind, Extent, Stage, Standing, StandingControl,
};
use jiff::civil::Date;

use crate::barred::barred_now;
use crate::{
    Barred, Because, CheckOutcome, CheckResult, Digest, Evidence, EvidenceId, Gate, Inventory, PersonId,
    Reason, Use,
};

/// The ground on which the controls of one use are judged.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) standing: &'a Standing<'a>,
    pub(crate) inventory: &'a Inventory,
    pub(crate) of: &'a Use,
    /// The results of this run for this use.
    pub(crate) results: &'a [&'a CheckResult],
    /// The evidence about the use and what it stands on, by kind, each dated by the day, the newest first.
    pub(crate) evidence: &'a BTreeMap<EvidenceKind, Vec<Piece<'a>>>,
    /// What bars the people who gave it, worked out once for each.
    pub(crate) bars: &'a Bars,
    /// The state of the use.
    pub(crate) state: Digest,
    pub(crate) day: Date,
}

/// A piece of evidence, with the controls that it names by the ids that they go by on the day.
#[derive(Debug)]
pub(crate) struct Piece<'a> {
    evidence: &'a Evidence,
    controls: Vec<&'a ControlId>,
}

/// What bars each person from a use now.
#[derive(Debug, Default)]
pub(crate) struct Bars(RefCell<BTreeMap<PersonId, Rc<Barred>>>);

impl Bars {
    fn of(&self, ground: Ground<'_>, person: &PersonId) -> Rc<Barred> {
        if let Some(known) = self.0.borrow().get(person) {
            return Rc::clone(known);
        }
        let barred = Rc::new(barred_now(ground.inventory, ground.of, person, ground.day));
        self.0.borrow_mut().insert(person.clone(), Rc::clone(&barred));
        barred
    }
}

/// The evidence about a use and what it stands on that is dated by the day, by kind, the newest first.
pub(crate) fn evidence_by_kind<'a>(
    standing: &Standing<'a>,
    inventory: &'a Inventory,
    of: &Use,
) -> BTreeMap<EvidenceKind, Vec<Piece<'a>>> {
    let mut by_kind: BTreeMap<EvidenceKind, Vec<Piece<'_>>> = BTreeMap::new();
    for evidence in inventory.evidence_about(of).filter(|evidence| evidence.on <= standing.date()) {
        let controls = evidence.controls.iter().filter_map(|id| standing.control(id));
        let controls = controls.map(|control| control.id()).collect();
        by_kind.entry(evidence.kind).or_default().push(Piece { evidence, controls });
    }
    for group in by_kind.values_mut() {
        let newest = |piece: &Piece<'_>| std::cmp::Reverse(piece.evidence.on);
        group.sort_by(|one, other| {
            newest(one).cmp(&newest(other)).then_with(|| one.evidence.id.cmp(&other.evidence.id))
        });
    }
    by_kind
}

/// A control and the checks that can show it.
pub(crate) struct Asked<'a> {
    pub(crate) control: StandingControl<'a>,
    links: OnceCell<Vec<CheckLink<'a>>>,
}

impl<'a> Asked<'a> {
    /// A control; its checks are looked up once they are asked for.
    pub(crate) fn of(control: StandingControl<'a>) -> Self {
        Self { control, links: OnceCell::new() }
    }

    /// The link by which a check shows the control with a kind of evidence.
    fn link(&self, kind: EvidenceKind, check: &CheckId) -> Option<&CheckLink<'a>> {
        let links = self.links.get_or_init(|| self.control.checks());
        links.iter().find(|link| link.evidence == kind && link.check.covers(check))
    }

    /// Whether the control ever went by this id.
    pub(crate) fn goes_by(&self, standing: &Standing<'_>, id: &ControlId) -> bool {
        let own = self.control.id();
        let guideline = |id: &ControlId| id.as_str().len() - id.key().len();
        id == own
            || id.as_str().get(..guideline(id)) == own.as_str().get(..guideline(own))
                && standing.control(id).is_some_and(|found| found.id() == own)
    }
}

/// What one kind of evidence comes to for a control, and what was found of it. It is told only to whoever asks: a board
/// of many uses does not.
pub(crate) struct Showing<'a> {
    pub(crate) kind: EvidenceKind,
    pub(crate) state: KindState,
    found: Vec<Found<'a>>,
}

/// What was found of a kind of evidence, in the order in which a reader asks about it.
enum Found<'a> {
    /// It would have counted but for who gave it.
    Barred(Reason),
    /// A check of this run counted.
    Ran(&'a CheckResult, Extent),
    /// It counted.
    Counted(&'a Evidence, Extent),
    /// It has expired.
    Expired(&'a Evidence),
    /// It names the control and does not count.
    Refused(Reason),
    /// It does not name the control.
    Silent(&'a Evidence),
}

impl Showing<'_> {
    /// Why it comes to that.
    pub(crate) fn because(&self) -> Because {
        let kind = self.kind;
        let reason = match self.state {
            KindState::Shown => Reason::KindShown { kind },
            KindState::Fails => Reason::KindFails { kind },
            KindState::Undecided => Reason::KindUndecided { kind },
            KindState::Stale | KindState::Missing => Reason::KindNotShown { kind },
        };
        let said = self.found.iter().filter(|found| {
            // What says nothing is of interest only where nothing else says anything.
            self.state == KindState::Missing || !matches!(found, Found::Silent(_))
        });
        Because::of(reason, said.map(|found| Because::leaf(found.reason())).collect())
    }

    /// The evidence that counted.
    pub(crate) fn evidence(&self) -> impl Iterator<Item = &EvidenceId> {
        self.found.iter().filter_map(|found| match found {
            Found::Counted(evidence, _) => Some(&evidence.id),
            _ => None,
        })
    }

    /// The checks of this run that counted.
    pub(crate) fn checks(&self) -> impl Iterator<Item = &str> {
        self.found.iter().filter_map(|found| match found {
            Found::Ran(result, _) => Some(result.key.as_str()),
            _ => None,
        })
    }
}

impl Found<'_> {
    fn reason(&self) -> Reason {
        match self {
            Self::Barred(reason) | Self::Refused(reason) => reason.clone(),
            Self::Ran(result, extent) => Reason::CheckRan {
                check: result.check.clone(),
                key: result.key.clone(),
                extent: *extent,
                outcome: result.outcome,
                statement: result.statement.clone(),
                measured: result.measured.clone(),
            },
            Self::Counted(evidence, extent) => reading(evidence, *extent),
            Self::Expired(evidence) => {
                Reason::EvidenceExpired { evidence: evidence.id.clone(), on: evidence.expires }
            }
            Self::Silent(evidence) => Reason::EvidenceSilent { evidence: evidence.id.clone() },
        }
    }
}

/// Whether a kind of evidence is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KindState {
    Shown,
    Fails,
    Undecided,
    Stale,
    Missing,
}

/// Reads what is there of one kind for a control. Nothing older than `since` counts.
pub(crate) fn showing<'a>(
    ground: Ground<'a>,
    asked: &Asked<'_>,
    kind: EvidenceKind,
    since: Option<Date>,
) -> Showing<'a> {
    let mut tally = Tally::default();
    tally.add_results(ground, asked, kind);
    tally.add_evidence(ground, asked, kind, since);
    let state = tally.state();
    // What would have counted but for who gave it comes first: it is what a reader asks about.
    let mut found = tally.barred;
    found.append(&mut tally.counted);
    found.append(&mut tally.expired);
    found.append(&mut tally.refused);
    found.append(&mut tally.silent);
    Showing { kind, state, found }
}

/// What was found of one kind, sorted by what it does.
#[derive(Default)]
struct Tally<'a> {
    shown: bool,
    fails: bool,
    undecided: bool,
    counted: Vec<Found<'a>>,
    expired: Vec<Found<'a>>,
    barred: Vec<Found<'a>>,
    refused: Vec<Found<'a>>,
    silent: Vec<Found<'a>>,
    /// Checks of this run, which stand in the place of their recorded answers.
    ran: BTreeSet<&'a str>,
}

impl<'a> Tally<'a> {
    fn state(&self) -> KindState {
        if self.fails {
            KindState::Fails
        } else if self.undecided {
            KindState::Undecided
        } else if self.shown {
            KindState::Shown
        } else if self.expired.is_empty() {
            KindState::Missing
        } else {
            KindState::Stale
        }
    }

    fn count(&mut self, outcome: CheckOutcome, extent: Extent) {
        match (outcome, extent) {
            (CheckOutcome::Pass, Extent::Whole) => self.shown = true,
            // Passing a part leaves the rest to a person; what was not measured shows nothing either way.
            (CheckOutcome::Pass, Extent::Part) | (CheckOutcome::NotMeasured, _) => {}
            (CheckOutcome::Fail, _) => self.fails = true,
            (CheckOutcome::TooLittleData, _) => self.undecided = true,
        }
    }

    fn add_results(&mut self, ground: Ground<'a>, asked: &Asked<'_>, kind: EvidenceKind) {
        for result in ground.results {
            let Some(link) = asked.link(kind, &result.check) else { continue };
            self.count(result.outcome, link.showing.extent);
            self.ran.insert(&result.key);
            self.counted.push(Found::Ran(result, link.showing.extent));
        }
    }

    fn add_evidence(
        &mut self,
        ground: Ground<'a>,
        asked: &Asked<'_>,
        kind: EvidenceKind,
        since: Option<Date>,
    ) {
        let mut newer: Vec<&Evidence> = Vec::new();
        let mut answered = BTreeSet::new();
        for piece in ground.evidence.get(&kind).into_iter().flatten() {
            let evidence = piece.evidence;
            let Some(extent) = extent_of(piece, asked) else {
                if self.silent.len() < MOST_SILENT {
                    self.silent.push(Found::Silent(evidence));
                }
                continue;
            };
            match refusal(ground, evidence, since) {
                Some(barred @ Reason::EvidenceByBarred { .. }) => {
                    self.barred.push(Found::Barred(barred));
                    continue;
                }
                Some(refusal) => {
                    self.refused.push(Found::Refused(refusal));
                    continue;
                }
                None => {}
            }
            // The newest answer stands: an older one of the same check, or an older attestation, is history.
            let is_history = match evidence.check_key() {
                Some(key) => self.ran.contains(key.as_str()) || !answered.insert(key),
                None => newer.iter().any(|newer| supersedes(ground, newer, evidence)),
            };
            if is_history {
                continue;
            }
            if evidence.check.is_none() {
                newer.push(evidence);
            }
            if evidence.expires < ground.day {
                self.expired.push(Found::Expired(evidence));
                continue;
            }
            self.count(evidence.outcome, extent);
            self.counted.push(Found::Counted(evidence, extent));
        }
    }
}

/// How far a piece of evidence speaks for a control; `None` when it does not name it.
fn extent_of(piece: &Piece<'_>, asked: &Asked<'_>) -> Option<Extent> {
    if let Some(check) = &piece.evidence.check {
        return asked.link(piece.evidence.kind, check).map(|link| link.showing.extent);
    }
    // Both are of one catalogue, where a control is there once.
    let is_named = piece.controls.iter().any(|named| std::ptr::eq(*named, asked.control.id()));
    is_named.then_some(Extent::Whole)
}

/// Whether a newer attestation takes the place of an older one.
///
/// What speaks against a control is not talked away by those it speaks against: only its giver, or a person who may
/// validate the use, takes it back.
fn supersedes(ground: Ground<'_>, newer: &Evidence, older: &Evidence) -> bool {
    let may_take_back = || {
        let giver = &newer.by;
        *giver == older.by || ground.bars.of(ground, giver).from_validating.is_empty()
    };
    older.on < newer.on && (older.outcome == CheckOutcome::Pass || may_take_back())
}

/// Why a piece of evidence that names the control does not count, other than by its age.
fn refusal(ground: Ground<'_>, evidence: &Evidence, since: Option<Date>) -> Option<Reason> {
    let id = || evidence.id.clone();
    let bars = bars(ground, evidence);
    if !bars.is_empty() {
        let (person, name) = (evidence.by.clone(), ground.inventory.name_of(&evidence.by));
        return Some(Reason::EvidenceByBarred { evidence: id(), person, name, bars });
    }
    if let Some(key) = evidence.check_key().filter(|key| !is_declared(ground.of, key)) {
        return Some(Reason::RecordOfUndeclaredCheck { evidence: id(), key });
    }
    if let Some(snapshot) = evidence.snapshot.filter(|snapshot| *snapshot != ground.state) {
        return Some(Reason::EvidenceForOtherSnapshot { evidence: id(), snapshot });
    }
    // Where it bars nobody it counts for nothing: `barred_now` looks at these two stages.
    let ahead = Gate::after(ground.of.stage).map(|gate| gate.to);
    let elsewhere = |stage: &Stage| *stage != ground.of.stage && Some(*stage) != ahead;
    if let Some(stage) = evidence.for_stage.filter(elsewhere) {
        return Some(Reason::EvidenceForOtherStage { evidence: id(), stage });
    }
    let since = since.filter(|since| evidence.on < *since)?;
    Some(Reason::EvidenceTooOld { evidence: id(), on: evidence.on, since })
}

/// Whether a use declares a check, or the folder itself answers it.
fn is_declared(of: &Use, key: &str) -> bool {
    key.starts_with("inventory.") || of.checks.iter().any(|check| check.key() == key)
}

/// What bars the giver of a piece of evidence, by the duty the evidence stands for.
fn bars(ground: Ground<'_>, evidence: &Evidence) -> BTreeSet<crate::Bar> {
    let barred = || ground.bars.of(ground, &evidence.by);
    match evidence.kind {
        EvidenceKind::ValidationReport => barred().from_validating.clone(),
        EvidenceKind::BoardApproval => barred().from_approving.clone(),
        _ => BTreeSet::new(),
    }
}

fn reading(evidence: &Evidence, extent: Extent) -> Reason {
    let id = evidence.id.clone();
    let statement = evidence.statement.clone();
    if let Some(check) = &evidence.check {
        return Reason::RecordedCheck {
            evidence: id,
            check: check.clone(),
            key: evidence.check_key().unwrap_or_else(|| check.to_string()),
            extent,
            outcome: evidence.outcome,
            on: evidence.on,
            statement,
            measured: evidence.measured.clone(),
        };
    }
    let (on, by) = (evidence.on, evidence.by.clone());
    match evidence.outcome {
        CheckOutcome::Pass => {
            Reason::EvidenceCounts { evidence: id, on, expires: evidence.expires, by, statement }
        }
        outcome @ (CheckOutcome::Fail | CheckOutcome::TooLittleData | CheckOutcome::NotMeasured) => {
            Reason::EvidenceAgainst { evidence: id, outcome, on, by, statement }
        }
    }
}

/// How many pieces that do not name the control are shown: enough to see why, not a list of the whole folder.
const MOST_SILENT: usize = 3;
