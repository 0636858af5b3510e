//! Judgements: what every control came to for a use, as a program recorded it.
//!
//! Verdicts are computed and never stored, so that the same record always gives the same ones. A judgement is what was
//! computed once, with the program that computed it: a newer program is held against it.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::ControlId;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Tier, UseId, VerdictState};

/// What every control came to for a use on a day.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Always `dualtrack.judgement/1`.
    pub schema: JudgementSchema,
    /// The use; a use has one judgement, in as many versions as it came to something else.
    pub id: UseId,
    /// The day for which it was computed, from what was recorded before its entry.
    pub on: Date,
    /// The program that computed it, with the digest of the checks that it brings.
    pub program: String,
    /// How risky the use was.
    pub tier: Tier,
    /// The controls that came to each state. One that is named nowhere did not apply.
    pub verdicts: BTreeMap<VerdictState, BTreeSet<ControlId>>,
}

impl Judgement {
    /// What a program computed for a use on a day: its tier, and the state of each control.
    pub fn new(
        program: &str,
        (id, on, tier): (&UseId, Date, Tier),
        states: impl IntoIterator<Item = (ControlId, VerdictState)>,
    ) -> Self {
        let mut verdicts: BTreeMap<VerdictState, BTreeSet<ControlId>> = BTreeMap::new();
        for (control, state) in states.into_iter().filter(|(_, state)| *state != VerdictState::NotApplicable)
        {
            verdicts.entry(state).or_default().insert(control);
        }
        Self { schema: JudgementSchema::V1, id: id.clone(), on, program: program.to_owned(), tier, verdicts }
    }

    /// What a control came to.
    pub fn of(&self, control: &ControlId) -> VerdictState {
        let found = self.verdicts.iter().find(|(_, controls)| controls.contains(control));
        found.map_or(VerdictState::NotApplicable, |(state, _)| *state)
    }

    /// Every control that applied.
    pub fn controls(&self) -> BTreeSet<&ControlId> {
        self.verdicts.values().flatten().collect()
    }

    /// Whether another says the same of the use, whatever the day and the program.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (self.tier, &self.verdicts) == (other.tier, &other.verdicts)
    }
}

/// The schema tag of a judgement.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum JudgementSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.judgement/1")]
    V1,
}
