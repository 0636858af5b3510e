//! The decision cube: how many rows fell into each combination of groups, label, decision and period.
//!
//! A cube holds counts and integer sums, no rows. Cubes add up exactly and in any order. Metrics
//! ask for a [`DecisionCube::marginal`] or an [`DecisionCube::assignment`] of cells to groups and
//! never walk keys themselves. Nothing here reads data or computes a metric.

use crate::fixed::{SCALE_BITS, unfixed};
use crate::roles::same_value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value of a column in canonical text form, or its absence, which sorts first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Value(pub Option<String>);

impl Value {
    /// No value.
    pub const MISSING: Self = Self(None);

    /// The text, if there is one.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether this is the declared value, by [`same_value`]. A missing value never is.
    pub fn is(&self, declared: &str) -> bool {
        self.text().is_some_and(|text| same_value(text, declared))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(Some(text.into()))
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.text().unwrap_or("(missing)"))
    }
}

/// One protected attribute with the groups that occurred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// The column's name.
    pub name: String,
    /// The groups in sorted order; missing, if it occurred, first.
    pub values: Vec<Value>,
    /// The group the others are compared with.
    pub reference: Option<String>,
    /// Whether rows without a value are counted in no group.
    pub missing_left_out: bool,
}

/// Where a cell lies: indices into the cube's lists of values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Index into [`DecisionCube::periods`].
    pub period: u32,
    /// Index into each attribute's values, in the order of [`DecisionCube::attributes`].
    pub groups: Box<[u32]>,
    /// Index into [`DecisionCube::labels`].
    pub label: u32,
    /// Index into [`DecisionCube::decisions`].
    pub decision: u32,
}

/// Counts and sums of the rows of one cell. Sums are integers in units of 2⁻⁶⁰ ([`unfixed`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Rows.
    pub n: u64,
    /// Rows that have a score; zero when no score is summed (none declared, or a numeric target is).
    pub scored: u64,
    /// Σw; equal to n without weights.
    pub w: i128,
    /// Σw².
    pub w2: i128,
    /// Σs over the rows that have a score.
    pub s: i128,
    /// Σs².
    pub s2: i128,
    /// Σws.
    pub ws: i128,
    /// Σws².
    pub ws2: i128,
}

impl Cell {
    /// A cell of unweighted rows without scores.
    pub fn of_rows(rows: u64) -> Self {
        let weight = i128::from(rows) << SCALE_BITS;
        Self { n: rows, w: weight, w2: weight, ..Self::default() }
    }

    /// The rows and their weight.
    pub fn count(&self) -> Count {
        Count { n: self.n, w: unfixed(self.w) }
    }

    /// Adds another cell; `None` when a sum outgrows 128 bits.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            n: self.n.checked_add(other.n)?,
            scored: self.scored.checked_add(other.scored)?,
            w: self.w.checked_add(other.w)?,
            w2: self.w2.checked_add(other.w2)?,
            s: self.s.checked_add(other.s)?,
            s2: self.s2.checked_add(other.s2)?,
            ws: self.ws.checked_add(other.ws)?,
            ws2: self.ws2.checked_add(other.ws2)?,
        })
    }
}

/// A number of rows and their weight, which is the same number when nothing is weighted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// Rows.
    pub n: u64,
    /// Their weight.
    pub w: f64,
}

impl std::ops::Add for Count {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { n: self.n.saturating_add(other.n), w: self.w + other.w }
    }
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Which label value counts as positive, and which decision as predicted positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// Fairness: positive is what is good for the person.
    Favourable,
    /// Performance: positive is the declared event, and predicted positive the decision that goes
    /// with it (the unfavourable decision when the event is the unfavourable label).
    Event,
}

/// What became of a row, in some orientation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Positive, and predicted so.
    TruePositive,
    /// Negative, but predicted positive.
    FalsePositive,
    /// Positive, but predicted negative.
    FalseNegative,
    /// Negative, and predicted so.
    TrueNegative,
    /// Predicted positive; no label, or none of two values.
    UnlabelledPositive,
    /// Predicted negative; no label, or none of two values.
    UnlabelledNegative,
    /// Positive; no decision.
    UndecidedPositive,
    /// Negative; no decision.
    UndecidedNegative,
    /// Neither label nor decision.
    Unknown,
}

/// A confusion table, with the rows that lack a label or a decision beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcomes {
    /// True positives.
    pub tp: Count,
    /// False positives.
    pub fp: Count,
    /// False negatives.
    pub fn_: Count,
    /// True negatives.
    pub tn: Count,
    /// Without a label, predicted positive (in the favourable orientation: decided favourably).
    pub unlabelled_favourable: Count,
    /// Without a label, predicted negative.
    pub unlabelled_unfavourable: Count,
    /// With a positive label, without a decision.
    pub undecided_positive: Count,
    /// With a negative label, without a decision.
    pub undecided_negative: Count,
    /// With neither.
    pub unknown: Count,
}

impl Outcomes {
    /// Adds rows to one outcome.
    pub fn add(&mut self, outcome: Outcome, count: Count) {
        *match outcome {
            Outcome::TruePositive => &mut self.tp,
            Outcome::FalsePositive => &mut self.fp,
            Outcome::FalseNegative => &mut self.fn_,
            Outcome::TrueNegative => &mut self.tn,
            Outcome::UnlabelledPositive => &mut self.unlabelled_favourable,
            Outcome::UnlabelledNegative => &mut self.unlabelled_unfavourable,
            Outcome::UndecidedPositive => &mut self.undecided_positive,
            Outcome::UndecidedNegative => &mut self.undecided_negative,
            Outcome::Unknown => &mut self.unknown,
        } += count;
    }

    /// All rows.
    pub fn total(&self) -> Count {
        self.tp
            + self.fp
            + self.fn_
            + self.tn
            + self.unlabelled_favourable
            + self.unlabelled_unfavourable
            + self.undecided_positive
            + self.undecided_negative
            + self.unknown
    }
}

/// One group of a marginal.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupOutcomes {
    /// The values of the attributes asked for, in that order.
    pub group: Vec<Value>,
    /// Its confusion table.
    pub outcomes: Outcomes,
    /// Σw², for the effective number of rows (Σw)²/Σw².
    pub squared_weight: f64,
}

/// To which group and outcome each cell of a cube belongs, for replicates that redraw the cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The groups in sorted order.
    pub groups: Vec<Vec<Value>>,
    /// For each cell in the order of [`DecisionCube::cells`]: its group (index into `groups`) and
    /// outcome; `None` when the cell is outside the period or left out for a missing attribute.
    pub cells: Vec<Option<(usize, Outcome)>>,
}

/// Rows counted by group combination, label, decision and period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecisionCube {
    /// The protected attributes.
    pub attributes: Vec<Attribute>,
    /// The label's values in sorted order; a single missing value when no label is declared.
    pub labels: Vec<Value>,
    /// The decision's values in sorted order; a single missing value when none is declared.
    pub decisions: Vec<Value>,
    /// The periods in sorted order; a single missing value when no time is declared.
    pub periods: Vec<Value>,
    /// The label value that is the event.
    pub positive_label: Option<String>,
    /// The label value that is good for the person.
    pub favourable_label: Option<String>,
    /// The decision that is good for the person.
    pub favourable_decision: Option<String>,
    /// The cells that occurred.
    pub cells: BTreeMap<Key, Cell>,
}

/// The decision values of a cut-off.
pub const FAVOURABLE: &str = "favourable";
/// The decision values of a cut-off.
pub const UNFAVOURABLE: &str = "unfavourable";

impl DecisionCube {
    /// All rows of all cells.
    pub fn rows(&self) -> u64 {
        self.cells.values().map(|cell| cell.n).fold(0, u64::saturating_add)
    }

    /// The position of an attribute.
    pub fn attribute(&self, name: &str) -> Option<usize> {
        self.attributes.iter().position(|attribute| attribute.name == name)
    }

    /// The confusion table of every group of the given attributes (none: one group of all rows), in
    /// one period or all of them. Empty when an attribute or the period is unknown.
    pub fn marginal(
        &self,
        attributes: &[&str],
        period: Option<&Value>,
        orientation: Orientation,
    ) -> Vec<GroupOutcomes> {
        let assignment = self.assignment(attributes, period, orientation);
        let mut groups: Vec<GroupOutcomes> = assignment
            .groups
            .into_iter()
            .map(|group| GroupOutcomes { group, outcomes: Outcomes::default(), squared_weight: 0.0 })
            .collect();
        for (place, cell) in assignment.cells.iter().zip(self.cells.values()) {
            if let Some((group, outcome)) = place
                && let Some(group) = groups.get_mut(*group)
            {
                group.outcomes.add(*outcome, cell.count());
                group.squared_weight += unfixed(cell.w2);
            }
        }
        groups
    }

    /// Assigns each cell to a group of the given attributes and to an outcome.
    pub fn assignment(
        &self,
        attributes: &[&str],
        period: Option<&Value>,
        orientation: Orientation,
    ) -> Assignment {
        let Some(positions) = attributes.iter().map(|name| self.attribute(name)).collect::<Option<Vec<_>>>()
        else {
            return Assignment { groups: Vec::new(), cells: vec![None; self.cells.len()] };
        };
        let wanted = period.map(|period| self.periods.binary_search(period));
        let groups_of: Vec<Option<Vec<u32>>> = self
            .cells
            .keys()
            .map(|key| match wanted {
                Some(Err(_)) => None,
                Some(Ok(period)) if u32::try_from(period) != Ok(key.period) => None,
                _ => self.group_of(key, &positions),
            })
            .collect();
        let mut order: BTreeMap<&[u32], usize> =
            groups_of.iter().flatten().map(|g| (g.as_slice(), 0)).collect();
        order.values_mut().enumerate().for_each(|(index, place)| *place = index);
        let table = self.outcome_table(orientation);
        let cells = groups_of
            .iter()
            .zip(self.cells.keys())
            .map(|(group, key)| {
                let group = *order.get(group.as_ref()?.as_slice())?;
                Some((group, table.of(key)))
            })
            .collect();
        let groups = order.keys().map(|codes| self.values_of(codes, &positions)).collect();
        Assignment { groups, cells }
    }

    /// Rows by label and decision value, for multi-class measures.
    pub fn confusion(&self, period: Option<&Value>) -> BTreeMap<(Value, Value), Count> {
        let mut table: BTreeMap<(Value, Value), Count> = BTreeMap::new();
        for (key, cell) in &self.cells {
            let this = value_at(&self.periods, key.period);
            if period.is_none_or(|period| *period == this) {
                let place = (value_at(&self.labels, key.label), value_at(&self.decisions, key.decision));
                *table.entry(place).or_default() += cell.count();
            }
        }
        table
    }

    /// The outcome of a cell's label and decision.
    pub fn outcome(&self, key: &Key, orientation: Orientation) -> Outcome {
        self.outcome_table(orientation).of(key)
    }

    /// Adds another cube of the same attributes. `Err` says in one line why that cannot be.
    pub fn merge(&self, other: &Self) -> Result<Self, String> {
        let names = |cube: &Self| cube.attributes.iter().map(|a| a.name.clone()).collect::<Vec<_>>();
        if names(self) != names(other) {
            return Err(format!(
                "the cubes have different attributes: {} and {}",
                names(self).join(", "),
                names(other).join(", ")
            ));
        }
        if (&self.positive_label, &self.favourable_label, &self.favourable_decision)
            != (&other.positive_label, &other.favourable_label, &other.favourable_decision)
        {
            return Err("the cubes declare different positive or favourable values".into());
        }
        let mut sum = Self {
            labels: union(&self.labels, &other.labels),
            decisions: union(&self.decisions, &other.decisions),
            periods: union(&self.periods, &other.periods),
            cells: BTreeMap::new(),
            ..self.clone()
        };
        for (mine, theirs) in sum.attributes.iter_mut().zip(&other.attributes) {
            mine.values = union(&mine.values, &theirs.values);
        }
        for cube in [self, other] {
            for (key, cell) in &cube.cells {
                let key = sum.rekeyed(cube, key)?;
                let total = sum.cells.entry(key).or_default();
                *total = total.plus(cell).ok_or("a sum of the merged cube outgrows 128 bits")?;
            }
        }
        Ok(sum)
    }

    pub(crate) fn rekeyed(&self, from: &Self, key: &Key) -> Result<Key, String> {
        let find = |to: &[Value], from: &[Value], code: u32| {
            let value = from.get(code as usize).ok_or("a cell of the cube points at no value")?;
            let place = to.binary_search(value).map_err(|_| "a cell of the cube points at no value")?;
            u32::try_from(place).map_err(|_| "the cube has too many values")
        };
        let groups = self.attributes.iter().zip(&from.attributes).zip(&key.groups);
        Ok(Key {
            period: find(&self.periods, &from.periods, key.period)?,
            groups: groups
                .map(|((to, from), &code)| find(&to.values, &from.values, code))
                .collect::<Result<_, _>>()?,
            label: find(&self.labels, &from.labels, key.label)?,
            decision: find(&self.decisions, &from.decisions, key.decision)?,
        })
    }

    fn group_of(&self, key: &Key, positions: &[usize]) -> Option<Vec<u32>> {
        positions
            .iter()
            .map(|&position| {
                let attribute = self.attributes.get(position)?;
                let code = *key.groups.get(position)?;
                let missing = attribute.values.get(code as usize)? == &Value::MISSING;
                (!(missing && attribute.missing_left_out)).then_some(code)
            })
            .collect()
    }

    fn values_of(&self, codes: &[u32], positions: &[usize]) -> Vec<Value> {
        codes
            .iter()
            .zip(positions)
            .map(|(&code, &position)| {
                self.attributes.get(position).map_or(Value::MISSING, |a| value_at(&a.values, code))
            })
            .collect()
    }

    fn outcome_table(&self, orientation: Orientation) -> OutcomeTable {
        let label = match orientation {
            Orientation::Favourable => self.favourable_label.as_deref(),
            Orientation::Event => self.positive_label.as_deref(),
        };
        let against = orientation == Orientation::Event
            && match (&self.positive_label, &self.favourable_label) {
                (Some(positive), Some(favourable)) => !same_value(positive, favourable),
                _ => false,
            };
        let sides = |values: &[Value], positive: Option<&str>, turned: bool| {
            values
                .iter()
                .map(|value| value.text().and(positive).map(|positive| value.is(positive) != turned))
                .collect()
        };
        OutcomeTable {
            labels: sides(&self.labels, label, false),
            decisions: sides(&self.decisions, self.favourable_decision.as_deref(), against),
        }
    }
}

/// Whether each label and each decision is positive; `None` when it is neither.
struct OutcomeTable {
    labels: Vec<Option<bool>>,
    decisions: Vec<Option<bool>>,
}

impl OutcomeTable {
    fn of(&self, key: &Key) -> Outcome {
        let label = self.labels.get(key.label as usize).copied().flatten();
        let decision = self.decisions.get(key.decision as usize).copied().flatten();
        match (label, decision) {
            (Some(true), Some(true)) => Outcome::TruePositive,
            (Some(false), Some(true)) => Outcome::FalsePositive,
            (Some(true), Some(false)) => Outcome::FalseNegative,
            (Some(false), Some(false)) => Outcome::TrueNegative,
            (None, Some(true)) => Outcome::UnlabelledPositive,
            (None, Some(false)) => Outcome::UnlabelledNegative,
            (Some(true), None) => Outcome::UndecidedPositive,
            (Some(false), None) => Outcome::UndecidedNegative,
            (None, None) => Outcome::Unknown,
        }
    }
}

fn value_at(values: &[Value], code: u32) -> Value {
    values.get(code as usize).cloned().unwrap_or_default()
}

pub(crate) fn union(left: &[Value], right: &[Value]) -> Vec<Value> {
    let mut values: Vec<Value> = left.iter().chain(right).cloned().collect();
    values.sort();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Women and men, label 1 is repaid and favourable, decision yes is favourable; default (0) is the event.
    fn cube(counts: &[(&str, &str, &str, u64)]) -> DecisionCube {
        let collect = |pick: fn(&(&str, &str, &str, u64)) -> String| {
            union(&counts.iter().map(|row| Value(Some(pick(row)))).collect::<Vec<_>>(), &[])
        };
        let mut cube = DecisionCube {
            attributes: vec![Attribute {
                name: "sex".into(),
                values: collect(|row| row.0.into()),
                reference: Some("m".into()),
                missing_left_out: false,
            }],
            labels: collect(|row| row.1.into()),
            decisions: collect(|row| row.2.into()),
            periods: vec![Value::MISSING],
            positive_label: Some("0".into()),
            favourable_label: Some("1".into()),
            favourable_decision: Some("yes".into()),
            cells: BTreeMap::new(),
        };
        for (sex, label, decision, n) in counts {
            let code = |values: &[Value], text: &str| {
                u32::try_from(values.binary_search(&text.into()).unwrap()).unwrap()
            };
            let key = Key {
                period: 0,
                groups: [code(&cube.attributes[0].values, sex)].into(),
                label: code(&cube.labels, label),
                decision: code(&cube.decisions, decision),
            };
            cube.cells.insert(key, Cell::of_rows(*n));
        }
        cube
    }

    #[test]
    fn a_marginal_is_the_confusion_table_of_each_group() {
        let cube =
            cube(&[("f", "1", "yes", 3), ("f", "0", "yes", 1), ("m", "1", "no", 2), ("m", "0", "no", 5)]);
        let groups = cube.marginal(&["sex"], None, Orientation::Favourable);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].group, [Value::from("f")]);
        assert_eq!((groups[0].outcomes.tp.n, groups[0].outcomes.fp.n), (3, 1));
        assert_eq!((groups[1].outcomes.fn_.n, groups[1].outcomes.tn.n), (2, 5));
        assert_eq!(cube.marginal(&[], None, Orientation::Favourable)[0].outcomes.total().n, 11);
        assert!(cube.marginal(&["age"], None, Orientation::Favourable).is_empty());
    }

    #[test]
    fn when_the_event_is_unfavourable_a_refusal_predicts_it() {
        let cube = cube(&[("f", "0", "no", 4), ("f", "0", "yes", 1), ("f", "1", "yes", 7)]);
        let table = cube.marginal(&[], None, Orientation::Event)[0].outcomes;
        assert_eq!((table.tp.n, table.fn_.n, table.tn.n), (4, 1, 7));
    }

    #[test]
    fn cubes_with_different_values_add_up_in_either_order() {
        let left = cube(&[("f", "1", "yes", 3), ("m", "0", "no", 2)]);
        let right = cube(&[("m", "0", "no", 5), ("x", "1", "no", 1)]);
        let sum = left.merge(&right).unwrap();
        assert_eq!(sum, right.merge(&left).unwrap());
        assert_eq!(sum.rows(), 11);
        assert_eq!(sum.attributes[0].values.len(), 3);
    }

    #[test]
    fn cubes_of_different_attributes_do_not_add_up() {
        let left = cube(&[("f", "1", "yes", 3)]);
        let mut right = left.clone();
        right.attributes[0].name = "age".into();
        assert_eq!(left.merge(&right).unwrap_err(), "the cubes have different attributes: sex and age");
    }
}
