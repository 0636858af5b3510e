//! Segregation of duties: who may neither validate nor approve a use, and why. Computed here and nowhere else.

use std::collections::BTreeSet;

use dualtrack_catalogue::Stage;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Evidence, EvidenceId, Gate, Inventory, Line, ModelId, PersonId, Use};

/// What bars a person from validating or approving a use.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(tag = "bar", rename_all = "kebab-case")]
pub enum Bar {
    /// Answers for the use.
    Owner,
    /// Builds it.
    Builder,
    /// Built a model it stands on.
    ModelBuilder {
        /// Which.
        model: ModelId,
    },
    /// Asks for its approval.
    Requester,
    /// Owned it, built it or asked for its approval before.
    Formerly,
    /// Supplied evidence for the first line.
    FirstLineEvidence {
        /// Which.
        evidence: EvidenceId,
    },
    /// Validates it, or gave an opinion or raised a finding of it; bars from approving only.
    Validator,
}

/// What a person may not do for a use at a stage.
#[derive(Clone, Debug, Default, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Barred {
    /// Why the person may not validate; empty when the person may.
    pub from_validating: BTreeSet<Bar>,
    /// Why the person may not approve; empty when the person may.
    pub from_approving: BTreeSet<Bar>,
}

/// Decides what `person` may not do for `of` at `stage`, by what is on record on `day`.
///
/// Evidence a validator made as a validator (for the second line) does not bar her from validating.
pub fn barred(inventory: &Inventory, of: &Use, stage: Stage, person: &PersonId, day: Date) -> Barred {
    let mut bars = BTreeSet::new();
    let people = &of.people;
    for (group, bar) in [
        (&people.owners, Bar::Owner),
        (&people.builders, Bar::Builder),
        (&people.requesters, Bar::Requester),
        (&people.formerly, Bar::Formerly),
    ] {
        if group.contains(person) {
            bars.insert(bar);
        }
    }
    let built = inventory.models_of(of).filter(|model| model.builders.contains(person));
    bars.extend(built.map(|model| Bar::ModelBuilder { model: model.id.clone() }));
    let first_line = inventory
        .evidence_about(of)
        .filter(|evidence| &evidence.by == person && evidence.on <= day)
        .filter(|evidence| evidence.for_stage.is_none_or(|for_stage| for_stage == stage))
        .filter(|evidence| line_of(inventory, of, evidence) == Line::First);
    bars.extend(first_line.map(|evidence| Bar::FirstLineEvidence { evidence: evidence.id.clone() }));
    let mut from_approving = bars.clone();
    if people.validators.contains(person) || challenged(inventory, of, person, day) {
        from_approving.insert(Bar::Validator);
    }
    Barred { from_validating: bars, from_approving }
}

/// Decides what `person` may not do for `of` now: at the stage it is in, or for the gate ahead of it.
pub fn barred_now(inventory: &Inventory, of: &Use, person: &PersonId, day: Date) -> Barred {
    let mut now = barred(inventory, of, of.stage, person, day);
    if let Some(gate) = Gate::after(of.stage) {
        let ahead = barred(inventory, of, gate.to, person, day);
        now.from_validating.extend(ahead.from_validating);
        now.from_approving.extend(ahead.from_approving);
    }
    now
}

/// Whether somebody validated a use by what she did, whatever she is named.
fn challenged(inventory: &Inventory, of: &Use, person: &PersonId, day: Date) -> bool {
    let opinions = inventory.opinions().values().map(|opinion| (&opinion.use_id, &opinion.by, opinion.on));
    let findings = inventory.findings().values().map(|finding| (&finding.use_id, &finding.by, finding.on));
    opinions.chain(findings).any(|(use_id, by, on)| *use_id == of.id && by == person && on <= day)
}

/// For which line of defence a piece of evidence was given.
///
/// Whoever holds offices of the first line only speaks for the first line, whatever the record says.
fn line_of(inventory: &Inventory, of: &Use, evidence: &Evidence) -> Line {
    let giver = inventory.people().get(&evidence.by);
    if giver.is_none_or(|person| person.roles.iter().all(|role| role.is_of_first_line())) {
        return Line::First;
    }
    evidence.line.unwrap_or_else(|| {
        if of.people.validators.contains(&evidence.by) { Line::Second } else { Line::First }
    })
}
