//! The board: what every use comes to today, kept in memory because lists are read far more often than records change.
//!
//! A line is a pure function of a use's scope, the guidelines and the day; it is computed again when one of these
//! changes, and never stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dualtrack_catalogue::{Bilingual, Catalogue, ControlId, GuidelineId, Stage, Version};
use dualtrack_inventory::{
    Action, Approval, Bar, CatchUp, Coverage, Digest, EntityId, FindingId, Fitness, Flow, Gate, GateOutcome,
    Inventory, Key, Kind, PersonId, Role, Severity, Tier, Use, UseId, VerdictState, barred_now, flows, gate,
    snapshot, states_of, tier,
};
use jiff::civil::Date;

/// What a use comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which use.
    pub id: UseId,
    /// The version of its document.
    pub version: u64,
    /// What it is called.
    pub name: Bilingual,
    /// The legal entity.
    pub entity: EntityId,
    /// The stage.
    pub stage: Stage,
    /// Whether it is suspended.
    pub suspended: bool,
    /// Whether it ran before it was registered here.
    pub inherited: bool,
    /// How it is held.
    pub coverage: Coverage,
    /// How risky it is.
    pub tier: Tier,
    /// Who answers for it.
    pub owners: BTreeSet<PersonId>,
    /// Who has any part in it.
    pub related: BTreeSet<PersonId>,
    /// Its snapshot.
    pub snapshot: Digest,
    /// The next gate: its stage, whether it is open, and how much is to be done. For a use in production, whether it
    /// may stay.
    pub next: Option<NextGate>,
    /// When it is reviewed next.
    pub next_review: Option<Date>,
    /// The approvals that the next gate waits for, if it waits for any.
    pub awaits: Option<Awaits>,
    /// What validators said of it.
    pub challenge: Challenge,
    /// Who may not approve it, with one reason of each sort. Whoever is barred only as its validator may validate it.
    pub barred: BTreeMap<PersonId, BTreeSet<Bar>>,
    /// What is caught up on it, if it was inherited.
    pub catch_up: Vec<CatchUp>,
    /// Waivers, and approvals of it as it is, with the last day on which each counts.
    pub lapses: Vec<(Date, Key)>,
    /// The models, datasets and providers that it stands on, directly or not.
    pub stands_on: BTreeSet<Key>,
    /// The data that goes to providers because of it.
    pub flows: Vec<Flow>,
    /// The findings that are open.
    pub findings: Vec<OpenFinding>,
    /// The verdict on each control, in the order of [`Columns`].
    pub states: Vec<VerdictState>,
}

/// A finding that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFinding {
    /// Which.
    pub id: FindingId,
    /// What was found.
    pub statement: String,
    /// By when it is put right, where a day is set.
    pub due: Option<Date>,
    /// Who raised it.
    pub by: PersonId,
    /// Whether it is answered, and waits to be closed.
    pub answered: bool,
}

/// The gate ahead of a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextGate {
    /// To which stage.
    pub to: Stage,
    /// Whether it is open.
    pub open: bool,
    /// How many things are to be done.
    pub blockers: usize,
}

/// Approvals that a gate waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaits {
    /// How many more.
    pub more: usize,
    /// In which offices.
    pub roles: BTreeSet<Role>,
    /// The offices of which one person each must be among them.
    pub including: BTreeSet<Role>,
    /// Who approved already, so that it counts.
    pub signed: BTreeSet<PersonId>,
    /// How many other things are to be done before the gate opens.
    pub others: usize,
}

/// What validators said of a use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// Who validates it.
    pub validators: BTreeSet<PersonId>,
    /// The severities of findings that are open, the worst first.
    pub open: Vec<Severity>,
    /// The last opinion, and whether it is of the use as it is now.
    pub opinion: Option<(Fitness, bool)>,
}

/// A control that stands on the day of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The guideline.
    pub guideline: GuidelineId,
    /// Its version.
    pub version: Version,
    /// The control.
    pub control: ControlId,
}

/// The controls of a board, in the order of guidelines and their files.
pub type Columns = Arc<Vec<Column>>;

/// What every use comes to on a day.
#[derive(Clone, Debug)]
pub struct Board {
    /// The day.
    pub day: Date,
    /// The controls.
    pub columns: Columns,
    /// The uses, by id.
    pub lines: BTreeMap<UseId, Arc<Line>>,
}

impl Board {
    /// A board without uses.
    pub(crate) fn empty(catalogue: &Catalogue, day: Date) -> Self {
        let standing = catalogue.on(day);
        let columns = standing.controls().map(|control| Column {
            guideline: control.guideline().id.clone(),
            version: control.guideline().version,
            control: control.id().clone(),
        });
        Self { day, columns: Arc::new(columns.collect()), lines: BTreeMap::new() }
    }
}

/// What a use comes to, from everything in its scope.
pub fn line(catalogue: &Catalogue, inventory: &Inventory, of: &Use, version: u64, day: Date) -> Line {
    let standing = catalogue.on(day);
    // What an inventory worked out once, it knows of its own uses.
    let of = inventory.uses().get(&of.id).unwrap_or(of);
    let (states, verdicts) = states_of(&standing, inventory, of);
    let to = match of.stage {
        Stage::Retired => None,
        // There is no further gate, but what let it in must still hold.
        Stage::Production => Some(Stage::Production),
        Stage::Idea | Stage::Sandbox | Stage::Pilot => Gate::after(of.stage).map(|next| next.to),
    };
    let outcome = to.map(|to| gate(&standing, inventory, of, to, &verdicts));
    let next = outcome.as_ref().map(|outcome| NextGate {
        to: outcome.gate.to,
        open: outcome.open,
        blockers: outcome.blockers.len(),
    });
    let people = &of.people;
    let related =
        [&people.owners, &people.builders, &people.requesters, &people.validators, &people.approvers];
    Line {
        id: of.id.clone(),
        version,
        name: of.name.clone(),
        entity: of.entity.clone(),
        stage: of.stage,
        suspended: of.suspended.is_some(),
        inherited: of.inherited.is_some(),
        coverage: of.coverage,
        tier: tier(inventory, of, day, inventory.tiers()).tier,
        owners: people.owners.clone(),
        related: related.into_iter().flatten().cloned().collect(),
        snapshot: snapshot(inventory, of).digest,
        next,
        next_review: of.next_review,
        awaits: outcome.as_ref().and_then(awaits),
        challenge: challenge(inventory, of),
        barred: bars(inventory, of, day),
        catch_up: of.inherited.iter().flat_map(|inherited| inherited.catch_up.clone()).collect(),
        lapses: lapses(inventory, of),
        stands_on: stands_on(inventory, of),
        flows: flows(inventory, of),
        findings: findings(inventory, of),
        states,
    }
}

fn awaits(outcome: &GateOutcome) -> Option<Awaits> {
    let counting = outcome.approvals.iter().filter(|reading| reading.objections.is_empty());
    outcome.blockers.iter().find_map(|blocker| match &blocker.action {
        Action::Approve { more, roles, including, .. } => Some(Awaits {
            more: *more,
            roles: roles.clone(),
            including: including.clone(),
            signed: counting.clone().map(|reading| reading.by.clone()).collect(),
            others: outcome.blockers.len() - 1,
        }),
        _ => None,
    })
}

fn challenge(inventory: &Inventory, of: &Use) -> Challenge {
    let findings = inventory.findings().values();
    let findings = findings.filter(|finding| finding.use_id == of.id && finding.closed.is_none());
    let mut open: Vec<_> = findings.map(|finding| finding.severity).collect();
    open.sort_unstable_by(|one, other| other.cmp(one));
    let opinions = inventory.opinions().values().filter(|opinion| opinion.use_id == of.id);
    let last = opinions.max_by_key(|opinion| (opinion.on, &opinion.id));
    let state = snapshot(inventory, of).digest;
    Challenge {
        validators: of.people.validators.clone(),
        open,
        opinion: last.map(|opinion| (opinion.fitness, opinion.snapshot == state)),
    }
}

/// Who may not approve a use, with one reason of each sort: of a hundred pieces of evidence one says enough.
fn bars(inventory: &Inventory, of: &Use, day: Date) -> BTreeMap<PersonId, BTreeSet<Bar>> {
    let people = &of.people;
    let mut involved: BTreeSet<&PersonId> =
        [&people.owners, &people.builders, &people.requesters, &people.formerly, &people.validators]
            .into_iter()
            .flatten()
            .collect();
    involved.extend(inventory.models_of(of).flat_map(|model| &model.builders));
    involved.extend(inventory.evidence_about(of).map(|evidence| &evidence.by));
    let opinions = inventory.opinions().values().filter(|opinion| opinion.use_id == of.id);
    involved.extend(opinions.map(|opinion| &opinion.by));
    let findings = inventory.findings().values().filter(|finding| finding.use_id == of.id);
    involved.extend(findings.map(|finding| &finding.by));
    let mut barred = BTreeMap::new();
    for person in involved {
        let mut sorts = BTreeSet::new();
        for bar in barred_now(inventory, of, person, day).from_approving {
            if sorts.iter().all(|known| std::mem::discriminant(known) != std::mem::discriminant(&bar)) {
                sorts.insert(bar);
            }
        }
        if !sorts.is_empty() {
            barred.insert(person.clone(), sorts);
        }
    }
    barred
}

fn stands_on(inventory: &Inventory, of: &Use) -> BTreeSet<Key> {
    let models = inventory.models_of(of).map(|model| Key::new(Kind::Model, &model.id));
    let datasets = inventory.datasets_of(of).map(|dataset| Key::new(Kind::Dataset, &dataset.id));
    let providers = inventory.providers_of(of).map(|provider| Key::new(Kind::Provider, &provider.id));
    models.chain(datasets).chain(providers).collect()
}

fn findings(inventory: &Inventory, of: &Use) -> Vec<OpenFinding> {
    let open =
        inventory.findings().values().filter(|finding| finding.use_id == of.id && finding.closed.is_none());
    let open = open.map(|finding| OpenFinding {
        id: finding.id.clone(),
        statement: finding.statement.clone(),
        due: finding.due,
        by: finding.by.clone(),
        answered: finding.answer.is_some(),
    });
    open.collect()
}

fn lapses(inventory: &Inventory, of: &Use) -> Vec<(Date, Key)> {
    let waivers = inventory.waivers().values().filter(|waiver| waiver.use_id == of.id);
    let waivers = waivers.map(|waiver| (waiver.expires, Key::new(Kind::Waiver, &waiver.id)));
    // An approval of another state lapsed when the use changed.
    let state = snapshot(inventory, of).digest;
    let stands = |approval: &&Approval| approval.use_id == of.id && approval.snapshot == state;
    let approvals = inventory.approvals().values().filter(stands);
    let approvals =
        approvals.filter_map(|approval| Some((approval.expires?, Key::new(Kind::Approval, &approval.id))));
    waivers.chain(approvals).collect()
}
