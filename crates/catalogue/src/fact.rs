//! Facts about a use that guidelines ask for, and the values a condition may demand of them.
//!
//! Some facts a person states, some are derived (from the architecture, the stage, the purpose); which is which
//! is said at each. What people are asked, in both languages, is in `labels.rs`.

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

impl Fact {
    /// Every fact, in the order of their names.
    pub const ALL: [Self; 20] = [
        Self::AffectsCustomers,
        Self::Agentic,
        Self::Aml,
        Self::AutomatedDecision,
        Self::Credit,
        Self::CrossBorder,
        Self::CustomerFacing,
        Self::DevelopsModel,
        Self::EarlyDeployment,
        Self::Generative,
        Self::GroupDelegated,
        Self::HighRisk,
        Self::MainlandData,
        Self::MaterialChange,
        Self::OpenSource,
        Self::PersonalData,
        Self::RegulatoryRecords,
        Self::Stage,
        Self::SupervisorySandbox,
        Self::ThirdParty,
    ];

    /// The word for it in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AffectsCustomers => "affects_customers",
            Self::Agentic => "agentic",
            Self::Aml => "aml",
            Self::AutomatedDecision => "automated_decision",
            Self::Credit => "credit",
            Self::CrossBorder => "cross_border",
            Self::CustomerFacing => "customer_facing",
            Self::DevelopsModel => "develops_model",
            Self::EarlyDeployment => "early_deployment",
            Self::Generative => "generative",
            Self::GroupDelegated => "group_delegated",
            Self::HighRisk => "high_risk",
            Self::MainlandData => "mainland_data",
            Self::MaterialChange => "material_change",
            Self::OpenSource => "open_source",
            Self::PersonalData => "personal_data",
            Self::RegulatoryRecords => "regulatory_records",
            Self::Stage => "stage",
            Self::SupervisorySandbox => "supervisory_sandbox",
            Self::ThirdParty => "third_party",
        }
    }

    /// Whether the product derives it from other statements instead of asking for it.
    pub fn is_derived(self) -> bool {
        matches!(self, Self::DevelopsModel | Self::HighRisk | Self::MaterialChange | Self::Stage)
    }
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

/// Reads the conditions of a control and refuses a stage where true or false is meant, and the reverse.
pub(crate) fn conditions<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Fact, FactValue>, D::Error> {
    let conditions = BTreeMap::<Fact, FactValue>::deserialize(deserializer)?;
    for (fact, value) in &conditions {
        match (fact, value) {
            (Fact::Stage, FactValue::Bool(_)) => {
                return Err(de::Error::custom("`stage` asks for a stage, not for true or false"));
            }
            (Fact::Stage, FactValue::Stage(_)) | (_, FactValue::Bool(_)) => {}
            (other, FactValue::Stage(stage)) => {
                let (fact, stage) = (other.as_str(), stage.as_str());
                return Err(de::Error::custom(format!(
                    "`{fact}` asks for true or false, not for stage `{stage}`"
                )));
            }
        }
    }
    Ok(conditions)
}
