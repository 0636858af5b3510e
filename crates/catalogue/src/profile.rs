//! The profile of a use: the facts that decide which controls apply, and the evaluation over them.
//!
//! A fact that nobody stated is *unknown*, never false. One false fact makes a control not applicable even if
//! another is unknown; otherwise one unknown fact makes it undecided, and the answer names the facts to supply.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A fact about a use that a guideline may ask for.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Its outcome reaches customers, directly or through a decision about them.
    AffectsCustomers,
    /// It acts on its own through tools.
    Agentic,
    /// It serves anti-money-laundering monitoring.
    Aml,
    /// It decides without a person.
    AutomatedDecision,
    /// It bears on credit.
    Credit,
    /// Data crosses the border of Hong Kong.
    CrossBorder,
    /// Customers meet it.
    CustomerFacing,
    /// The institution develops the model in the sense of SFC 24EC55 paras 14–15. Derived, not asked.
    DevelopsModel,
    /// It is in its first period of service.
    EarlyDeployment,
    /// It generates text, images, sound or code.
    Generative,
    /// A company of the group performs part of the duty.
    GroupDelegated,
    /// High risk in the sense of the guideline that asks. Derived, not asked.
    HighRisk,
    /// Data of or about people in the Mainland is involved, or data goes there.
    MainlandData,
    /// Something material changed since the approval. Derived, not asked.
    MaterialChange,
    /// It stands on an open-source model.
    OpenSource,
    /// It processes personal data.
    PersonalData,
    /// Records that a regulator requires are kept with an outside provider.
    RegulatoryRecords,
    /// The stage the use is in now. Derived, not asked.
    Stage,
    /// It takes part in a sandbox of the authorities (programme, cohort, regulator).
    SupervisorySandbox,
    /// A third party supplies the model, the system or its hosting.
    ThirdParty,
}

/// The value a fact must have.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(untagged)]
pub enum FactValue {
    /// True or false.
    Bool(bool),
    /// A stage of the life cycle.
    Stage(Stage),
}

impl<'de> Deserialize<'de> for FactValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FactValueVisitor)
    }
}

struct FactValueVisitor;

impl Visitor<'_> for FactValueVisitor {
    type Value = FactValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("true, false or a stage (idea, sandbox, pilot, production, retired)")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<FactValue, E> {
        Ok(FactValue::Bool(value))
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<FactValue, E> {
        let stage = Stage::ALL.into_iter().find(|stage| stage.as_str() == word);
        stage.map(FactValue::Stage).ok_or_else(|| E::invalid_value(de::Unexpected::Str(word), &self))
    }
}

/// A stage of the life cycle of a use. Our sandbox is not the authorities' GenA.I. Sandbox.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// An idea, not yet tried.
    Idea,
    /// Tried apart from customers.
    Sandbox,
    /// Tried on few, under caps.
    Pilot,
    /// At work.
    Production,
    /// Ended.
    Retired,
}

impl Stage {
    /// Every stage, in the order a use passes through them.
    pub const ALL: [Self; 5] = [Self::Idea, Self::Sandbox, Self::Pilot, Self::Production, Self::Retired];

    /// The word for it in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idea => "idea",
            Self::Sandbox => "sandbox",
            Self::Pilot => "pilot",
            Self::Production => "production",
            Self::Retired => "retired",
        }
    }
}

/// How a guideline itself understands "high risk".
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum HighRiskSense {
    /// Investment advice, recommendation or research for clients (SFC 24EC55 para 8, fn 3).
    AdviceRecommendationResearch,
    /// Likely to have a significant impact on a person (PCPD Model Framework).
    SignificantImpact,
    /// The high tier of the DPO's four tiers.
    DpoHighTier,
}

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

/// Whether a control applies.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// Every fact it asks for holds.
    Applies,
    /// This fact does not hold.
    DoesNotApply {
        /// The first fact that does not hold.
        fact: Fact,
    },
    /// No fact speaks against it, but these are unknown.
    Unknown {
        /// The facts to supply.
        facts: Vec<Fact>,
    },
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
                Some(false) => return Applicability::DoesNotApply { fact },
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
