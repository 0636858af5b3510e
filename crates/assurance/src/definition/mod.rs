//! The registry of definitions: every number this crate can measure, by id, with its formula and its conventions.
//!
//! Libraries disagree about names such as "equalised odds" or "PSI"; an id names one formula, one orientation, one bin
//! rule and one zero rule. [`page`] renders the registry as `docs/definitions.md`.

mod calibration;
mod drift;
mod fairness;
mod page;
mod performance;
mod quality;
mod uncertainty;
mod unit;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use fairness::{AUC_IDS, rate_ids};
pub use page::page;
pub(crate) use performance::{GAIN_IDS, LIFT_IDS};
pub use uncertainty::Uncertainty;
pub use unit::Unit;

/// All definitions, in the order of the page.
pub fn definitions() -> &'static [Definition] {
    static ALL: LazyLock<Vec<Definition>> = LazyLock::new(|| {
        let mut all = [
            performance::definitions(),
            calibration::definitions(),
            fairness::definitions(),
            drift::definitions(),
            quality::definitions(),
        ]
        .concat();
        for definition in &mut all {
            definition.uncertainty = Uncertainty::of(definition.id, definition.family);
        }
        all
    });
    &ALL
}

/// One definition: what a number means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Definition {
    /// Its id.
    pub id: DefinitionId,
    /// The family it belongs to.
    pub family: Family,
    /// Its name in English.
    pub english: Cow<'static, str>,
    /// Its name in Traditional Chinese.
    pub chinese: Cow<'static, str>,
    /// The formula, in plain text.
    pub formula: Cow<'static, str>,
    /// Which label and decision count as positive.
    pub orientation: Orientation,
    /// How values are put into bins, if they are.
    pub bin_rule: Option<&'static str>,
    /// What happens where the formula divides by zero or takes the logarithm of zero.
    pub zero_rule: &'static str,
    /// What the number is measured in.
    pub unit: Unit,
    /// Where the definition comes from.
    pub source: &'static str,
    /// The interval it comes with.
    pub uncertainty: Uncertainty,
}

/// The id of a definition, such as `performance.auc`.
///
/// Made only from the registry, so every `DefinitionId` in memory can be looked up there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(with = "String")]
pub struct DefinitionId(&'static str);

impl DefinitionId {
    /// An id that the registry holds; a test keeps this true.
    pub(crate) const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The id as text.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// What the id stands for.
    pub fn definition(self) -> Option<&'static Definition> {
        static BY_ID: LazyLock<HashMap<DefinitionId, &'static Definition>> =
            LazyLock::new(|| definitions().iter().map(|definition| (definition.id, definition)).collect());
        BY_ID.get(&self).copied()
    }
}

impl std::fmt::Display for DefinitionId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}

/// A text that names no definition.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no definition `{0}`")]
pub struct UnknownDefinition(String);

impl TryFrom<String> for DefinitionId {
    type Error = UnknownDefinition;

    fn try_from(text: String) -> Result<Self, UnknownDefinition> {
        let found = definitions().iter().find(|definition| definition.id.0 == text);
        found.map(|definition| definition.id).ok_or(UnknownDefinition(text))
    }
}

// By hand, because the derive would borrow the text from the input for ever.
impl<'de> Deserialize<'de> for DefinitionId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The families of measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// How well the model ranks and decides.
    Performance,
    /// Whether scores mean what they say.
    Calibration,
    /// Whether groups of people are treated alike.
    Fairness,
    /// Whether the data have moved.
    Drift,
    /// Whether the data are sound.
    Quality,
}

impl Family {
    /// The family's name in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Performance => "Performance",
            Self::Calibration => "Calibration",
            Self::Fairness => "Fairness",
            Self::Drift => "Drift",
            Self::Quality => "Data quality",
        }
    }

    /// The family's name in Traditional Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Performance => "模型表現",
            Self::Calibration => "校準",
            Self::Fairness => "公平性",
            Self::Drift => "數據漂移",
            Self::Quality => "數據質素",
        }
    }
}

/// Which label and which decision count as positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// The declared event (such as default); predicted positive is the decision that goes with it.
    Event,
    /// What is good for the person: the favourable label and the favourable decision.
    Favourable,
    /// Neither: the number has no such direction.
    Neither,
}

impl Orientation {
    /// The orientation in words.
    pub fn english(self) -> &'static str {
        match self {
            Self::Event => "positive is the event",
            Self::Favourable => "positive is the favourable outcome",
            Self::Neither => "none",
        }
    }
}

/// The shortest way to write a definition down; the tables of each family use it.
const fn define(
    id: &'static str,
    family: Family,
    (english, chinese): (&'static str, &'static str),
    formula: &'static str,
) -> Definition {
    Definition {
        id: DefinitionId::new(id),
        family,
        english: Cow::Borrowed(english),
        chinese: Cow::Borrowed(chinese),
        formula: Cow::Borrowed(formula),
        orientation: Orientation::Neither,
        bin_rule: None,
        zero_rule: "undefined without rows",
        unit: Unit::Share,
        source: "",
        uncertainty: Uncertainty::Fact,
    }
}

impl Definition {
    const fn event(mut self) -> Self {
        self.orientation = Orientation::Event;
        self
    }

    const fn favourable(mut self) -> Self {
        self.orientation = Orientation::Favourable;
        self
    }

    const fn binned(mut self, rule: &'static str) -> Self {
        self.bin_rule = Some(rule);
        self
    }

    const fn zero(mut self, rule: &'static str) -> Self {
        self.zero_rule = rule;
        self
    }

    const fn in_unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    const fn from(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_start_with_their_family() {
        let mut seen = HashSet::new();
        for definition in definitions() {
            assert!(seen.insert(definition.id), "`{}` is defined twice", definition.id);
            let family = format!("{:?}.", definition.family).to_lowercase();
            assert!(definition.id.as_str().starts_with(&family), "{}", definition.id);
        }
    }

    #[test]
    fn every_definition_is_complete() {
        for definition in definitions() {
            let id = definition.id;
            assert!(!definition.english.is_empty() && !definition.formula.is_empty(), "{id}");
            assert!(!definition.source.is_empty(), "{id} names no source");
            assert!(!definition.chinese.is_ascii(), "{id} has no Chinese name");
            assert!(!definition.chinese.contains(','), "{id}: use Chinese punctuation");
        }
    }

    #[test]
    fn an_unknown_id_is_refused_with_its_text() {
        let error = serde_json::from_str::<DefinitionId>("\"performance.luck\"").unwrap_err();
        assert!(error.to_string().starts_with("there is no definition `performance.luck`"));
        let id: DefinitionId = serde_json::from_str("\"performance.auc\"").unwrap();
        assert_eq!(id.definition().unwrap().english, "Area under the ROC curve");
    }
}
