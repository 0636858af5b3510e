//! The profile of a use: the facts that decide which controls apply, and the evaluation over them.
//!
//! A fact that nobody stated is *unknown*, never false. One false fact makes a control not applicable even if
//! another is unknown; otherwise one unknown fact makes it undecided, and the answer names the facts to supply.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Applicability, Fact, FactValue, HighRiskSense, Stage};

/// The facts of a use. A fact that is not in here is unknown.
///
/// `high_risk` differs by guideline and is therefore kept per sense.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub struct Profile {
    /// Facts stated or derived.
    pub facts: BTreeMap<Fact, bool>,
    /// The stage now.
    pub stage: Option<Stage>,
    /// "High risk" in each guideline's own sense.
    pub high_risk: BTreeMap<HighRiskSense, bool>,
}

impl Profile {
    /// Evaluates the conditions of a control, with "high risk" in the guideline's own sense.
    pub fn evaluate(
        &self,
        conditions: &BTreeMap<Fact, FactValue>,
        sense: Option<HighRiskSense>,
    ) -> Applicability {
        let mut unknown = Vec::new();
        for (&fact, &wanted) in conditions {
            match self.holds(fact, wanted, sense) {
                Some(true) => {}
                Some(false) => return Applicability::DoesNotApply { fact, wanted },
                None => unknown.push(fact),
            }
        }
        if unknown.is_empty() { Applicability::Applies } else { Applicability::Unknown { facts: unknown } }
    }

    fn holds(&self, fact: Fact, wanted: FactValue, sense: Option<HighRiskSense>) -> Option<bool> {
        match wanted {
            FactValue::Stage(stage) => self.stage.map(|now| now == stage),
            FactValue::Bool(wanted) => {
                let actual = match fact {
                    Fact::HighRisk => self.high_risk.get(&sense?).copied(),
                    _ => self.facts.get(&fact).copied(),
                };
                actual.map(|actual| actual == wanted)
            }
        }
    }
}
