//! The roles of columns in the data of a use, as the use declares them.
//!
//! A plain mirror of what the measuring engine needs; the engine decides what the values mean. Nothing is
//! guessed: the favourable value and the direction of a score are always declared.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which column plays which part.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// What really happened.
    #[serde(default)]
    pub label: Option<LabelColumn>,
    /// A numeric target, for regression; excludes `label`.
    #[serde(default)]
    pub target: Option<String>,
    /// The model's score.
    #[serde(default)]
    pub score: Option<ScoreColumn>,
    /// The decision.
    #[serde(default)]
    pub decision: Option<DecisionRule>,
    /// The weight of a row.
    #[serde(default)]
    pub weight: Option<String>,
    /// The time of a row.
    #[serde(default)]
    pub time: Option<TimeColumn>,
    /// Protected attributes: column → how its groups are formed.
    #[serde(default)]
    pub groups: Vec<GroupColumn>,
    /// Combinations of attributes to look at together.
    #[serde(default)]
    pub intersections: Vec<Vec<String>>,
    /// Columns the model reads.
    #[serde(default)]
    pub features: Vec<FeatureColumn>,
}

/// The label column.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct LabelColumn {
    /// Its name.
    pub column: String,
    /// The value of the event, such as a default. Left out for more than two classes.
    #[serde(default)]
    pub positive: Option<String>,
    /// The value that is good for the person.
    pub favourable: String,
}

/// The score column.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ScoreColumn {
    /// Its name.
    pub column: String,
    /// Which way it points.
    pub higher_means: ScoreDirection,
    /// Whether it is the probability of the positive label.
    #[serde(default)]
    pub probability: bool,
}

/// Which way a score points.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreDirection {
    /// A higher score makes the positive label likelier.
    Positive,
    /// A higher score makes it less likely.
    Negative,
}

/// How the decision is known: a column, or a cut-off on the score.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DecisionRule {
    /// A column of decisions; needs `favourable`.
    #[serde(default)]
    pub column: Option<String>,
    /// The decision that is good for the person.
    #[serde(default)]
    pub favourable: Option<String>,
    /// Favourable when the score is below this.
    #[serde(default)]
    pub favourable_below: Option<f64>,
    /// Favourable when the score is at least this.
    #[serde(default)]
    pub favourable_at_least: Option<f64>,
}

/// The time column.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct TimeColumn {
    /// Its name.
    pub column: String,
    /// How rows are gathered into periods.
    pub period: Period,
}

/// A length of time into which rows are gathered.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// A day.
    Day,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
    /// The values as they stand.
    AsIs,
}

/// A protected attribute.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct GroupColumn {
    /// Its column.
    pub column: String,
    /// The group others are compared with.
    #[serde(default)]
    pub reference: Option<String>,
    /// What happens to rows without a value.
    #[serde(default)]
    pub missing: MissingGroup,
    /// For a numeric attribute, the inner edges of its groups, ascending.
    #[serde(default)]
    pub bins: Vec<f64>,
    /// Names for values, for people: value → name.
    #[serde(default)]
    pub names: BTreeMap<String, dualtrack_catalogue::Bilingual>,
}

/// What happens to rows without a value of an attribute.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum MissingGroup {
    /// They form a group of their own.
    #[default]
    OwnGroup,
    /// They are left out.
    LeftOut,
}

/// A column the model reads.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct FeatureColumn {
    /// Its name.
    pub column: String,
    /// Numeric or categorical. Left out: by its type.
    #[serde(default)]
    pub kind: Option<FeatureKind>,
    /// The range its values must lie in: lowest, highest.
    #[serde(default)]
    pub range: Option<(f64, f64)>,
    /// The categories it may have.
    #[serde(default)]
    pub categories: Option<Vec<String>>,
}

/// Whether a feature is a number or a category.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureKind {
    /// A number.
    Numeric,
    /// A category.
    Categorical,
}
