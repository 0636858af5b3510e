//! Roles: what each column of a data set is for.
//!
//! Which value is favourable, which way a score points and which columns are protected
//! attributes is declared here and never guessed. This module holds declarations only: it
//! reads no data. How values are compared is documented at [`same_value`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the columns of a data set are for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Roles {
    /// The outcome that was observed, when it is a category.
    pub label: Option<Label>,
    /// The outcome that was observed, when it is a number (regression). Excludes `label`.
    pub target: Option<String>,
    /// The model's score; with `target` it is the predicted number.
    pub score: Option<Score>,
    /// What was decided, as a column or as a cut-off of the score.
    pub decision: Option<Decision>,
    /// The column of case weights, none negative.
    pub weight: Option<String>,
    /// The column of time, cut into periods.
    pub time: Option<Time>,
    /// The protected attributes.
    pub groups: Vec<Group>,
    /// Combinations of attributes that are reported as groups of their own, such as sex with age band.
    pub intersections: Vec<Vec<String>>,
    /// The columns the model was given, to be profiled for drift and quality.
    pub features: Vec<Feature>,
}

/// The observed outcome of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The column.
    pub column: String,
    /// The value that is the event the model predicts, such as `default`. Left out for a multi-class label.
    #[serde(default)]
    pub positive: Option<String>,
    /// The value that is good for the person, such as `repaid`. Fairness needs it.
    #[serde(default)]
    pub favourable: Option<String>,
}

/// The model's score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The column.
    pub column: String,
    /// Whether a higher score speaks for or against the label's positive value.
    #[serde(default)]
    pub higher_means: HigherMeans,
    /// Whether the score is the probability of the positive value; it must then lie in 0 to 1.
    #[serde(default)]
    pub probability: bool,
}

/// Which way a score points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HigherMeans {
    /// A higher score makes the positive label more likely.
    #[default]
    Positive,
    /// A higher score makes the positive label less likely, as with a credit score.
    Negative,
}

/// What was decided about a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// A column says so.
    Column {
        /// The column.
        column: String,
        /// The value that is good for the person, such as `approved`.
        favourable: String,
    },
    /// The score says so: which scores are decided in the person's favour.
    CutOff(CutOff),
}

/// The scores that are decided in the person's favour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CutOff {
    /// Scores strictly below this.
    Below(f64),
    /// Scores of at least this.
    AtLeast(f64),
}

/// The column of time and how it is cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Time {
    /// The column: a date, a timestamp, or text that begins `YYYY-MM-DD`.
    pub column: String,
    /// The length of a period.
    pub period: Period,
}

/// The length of a period. Timestamps are cut in the offset their column declares, else in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// `2026-03-31`
    Day,
    /// `2026-03`
    Month,
    /// `2026-Q1`
    Quarter,
    /// `2026`
    Year,
    /// The column's own values, such as `reference` and `current`.
    AsIs,
}

/// A protected attribute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The column, which also names the attribute.
    pub attribute: String,
    /// The group the others are compared with.
    #[serde(default)]
    pub reference: Option<String>,
    /// What happens to rows without a value.
    #[serde(default)]
    pub missing: Missing,
    /// For a numeric attribute: rising edges that cut it into groups `<30`, `30-40`, `>=40`, closed below.
    #[serde(default)]
    pub bins: Option<Vec<f64>>,
}

/// What happens to rows without a value of an attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// They are a group of their own.
    #[default]
    OwnGroup,
    /// They are counted in no group of that attribute.
    LeftOut,
}

/// A column the model was given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// The column.
    pub column: String,
    /// Numbers or categories; by the column's type when left out (text is then categorical).
    #[serde(default)]
    pub kind: Option<FeatureKind>,
    /// The least and greatest value to be expected, both included.
    #[serde(default)]
    pub range: Option<(f64, f64)>,
    /// The categories to be expected.
    #[serde(default)]
    pub categories: Option<Vec<String>>,
}

/// Whether a feature is a number or a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FeatureKind {
    /// A number.
    Numeric,
    /// A category.
    Categorical,
}

impl Roles {
    /// Whether the label has exactly two values.
    pub fn binary(&self) -> bool {
        self.label.as_ref().is_some_and(|label| label.positive.is_some())
    }

    /// Every column the roles name, once, in the order of their declaration.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        let single = [
            self.label.as_ref().map(|label| label.column.as_str()),
            self.target.as_deref(),
            self.score.as_ref().map(|score| score.column.as_str()),
            match &self.decision {
                Some(Decision::Column { column, .. }) => Some(column.as_str()),
                Some(Decision::CutOff(_)) | None => None,
            },
            self.weight.as_deref(),
            self.time.as_ref().map(|time| time.column.as_str()),
        ];
        let groups = self.groups.iter().map(|group| group.attribute.as_str());
        let features = self.features.iter().map(|feature| feature.column.as_str());
        for column in single.into_iter().flatten().chain(groups).chain(features) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// Says, in one line, what contradicts itself in the declaration; `None` when nothing does.
    pub fn contradiction(&self) -> Option<String> {
        if self.label.is_some() && self.target.is_some() {
            return Some("`label` and `target` exclude each other: declare one outcome".into());
        }
        if matches!(self.decision, Some(Decision::CutOff(_))) && self.score.is_none() {
            return Some("the decision is a cut-off of the score, but no `score` is declared".into());
        }
        for (position, group) in self.groups.iter().enumerate() {
            let name = &group.attribute;
            if self.groups.iter().take(position).any(|other| other.attribute == *name) {
                return Some(format!("attribute `{name}` is declared twice"));
            }
            if group.bins.as_ref().is_some_and(|edges| !rising(edges)) {
                return Some(format!("the bins of attribute `{name}` must be finite numbers that rise"));
            }
        }
        for intersection in &self.intersections {
            for (position, name) in intersection.iter().enumerate() {
                if !self.groups.iter().any(|group| group.attribute == *name) {
                    return Some(format!("the intersection names `{name}`, which is not a declared group"));
                }
                if intersection.iter().take(position).any(|other| other == name) {
                    return Some(format!("the intersection names `{name}` twice"));
                }
            }
        }
        for (position, feature) in self.features.iter().enumerate() {
            let name = &feature.column;
            if self.features.iter().take(position).any(|other| other.column == *name) {
                return Some(format!("feature `{name}` is declared twice"));
            }
            if feature.range.is_some_and(|(low, high)| low.is_nan() || high.is_nan() || low > high) {
                return Some(format!("the range of feature `{name}` must be two numbers, the lesser first"));
            }
        }
        None
    }
}

/// Whether a value of the data is the declared one.
///
/// The canonical form of a value is text: integers print as integers, booleans as `true` and
/// `false`, floats in the shortest form that reads back the same (`1.0` prints as `1`), text as
/// it stands. Two values are the same if their texts are equal, or both read as finite numbers
/// and are equal (`1` and `1.0`), or both read as booleans in any case (`True` and `true`).
/// `1` is not `true`.
pub fn same_value(value: &str, declared: &str) -> bool {
    if value == declared {
        return true;
    }
    match (finite(value), finite(declared)) {
        (Some(left), Some(right)) => left.total_cmp(&right).is_eq() || (left == 0.0 && right == 0.0),
        _ => {
            matches!(value.to_ascii_lowercase().as_str(), "true" | "false")
                && value.eq_ignore_ascii_case(declared)
        }
    }
}

fn finite(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn rising(edges: &[f64]) -> bool {
    !edges.is_empty()
        && edges.iter().all(|edge| edge.is_finite())
        && edges.iter().zip(edges.iter().skip(1)).all(|(low, high)| low < high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_booleans_are_compared_by_meaning_and_text_by_letter() {
        assert!(same_value("1", "1.0"));
        assert!(same_value("True", "true"));
        assert!(same_value("-0.0", "0"));
        assert!(!same_value("1", "true"));
        assert!(!same_value("Female", "female"));
        assert!(!same_value("nan", "NaN"));
    }

    #[test]
    fn every_declared_column_is_listed_once() {
        let roles = Roles {
            label: Some(Label { column: "y".into(), ..Label::default() }),
            groups: vec![Group { attribute: "sex".into(), ..Group::default() }],
            features: vec![
                Feature { column: "sex".into(), ..Feature::default() },
                Feature { column: "income".into(), ..Feature::default() },
            ],
            ..Roles::default()
        };
        assert_eq!(roles.columns(), ["y", "sex", "income"]);
    }

    #[test]
    fn a_contradiction_is_named_in_one_line() {
        let roles = Roles { decision: Some(Decision::CutOff(CutOff::Below(0.5))), ..Roles::default() };
        assert!(roles.contradiction().is_some_and(|text| text.contains("no `score`")));
        let roles = Roles { intersections: vec![vec!["sex".into()]], ..Roles::default() };
        assert!(roles.contradiction().is_some_and(|text| text.contains("`sex`")));
        assert_eq!(Roles::default().contradiction(), None);
    }
}
