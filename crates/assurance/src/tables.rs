//! The tables of one scan: everything the metrics are computed from, and no row.
//!
//! Tables of two parts of a data set add up to the tables of the whole, exactly and in any order.

use crate::cube::DecisionCube;
use crate::histogram::{ScoreHistogram, Segment};
use crate::profile::{ColumnProfile, ResidualSums};
use crate::roles::Roles;
use crate::{FeatureKind, Value};
use std::collections::BTreeMap;

/// What one scan of a data set left behind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// The roles the data was read with.
    pub roles: Roles,
    /// Rows read.
    pub rows: u64,
    /// Whether rows carry weights.
    pub weighted: bool,
    /// Rows by groups, label, decision and period.
    pub cube: DecisionCube,
    /// Scores by segment and period, in the order of segment and period.
    pub histograms: Vec<ScoreHistogram>,
    /// The features, in the order of name and period.
    pub columns: Vec<ColumnProfile>,
    /// Residuals by segment and period, in that order; empty unless a numeric target is declared.
    pub residuals: Vec<ResidualSums>,
    /// What was removed before the tables were given away.
    pub suppressed: Suppressed,
}

/// What small-cell suppression removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Suppressed {
    /// Cells, bins and categories with fewer rows than this were removed or joined; 0 for none.
    pub below: u64,
    /// Cells of the cube that were removed.
    pub cells: u64,
    /// Their rows.
    pub rows: u64,
}

impl Tables {
    /// The histogram of a segment in one period.
    pub fn histogram(&self, segment: &Segment, period: &Value) -> Option<&ScoreHistogram> {
        self.histograms.iter().find(|histogram| histogram.segment == *segment && histogram.period == *period)
    }

    /// The histogram of a segment over all periods.
    pub fn scores(&self, segment: &Segment) -> Option<crate::Histogram> {
        let mut parts = self.histograms.iter().filter(|histogram| histogram.segment == *segment);
        let first = parts.next()?.scores.clone();
        Some(parts.fold(first, |sum, part| sum.merge(&part.scores)))
    }

    /// The profile of a column over all periods.
    pub fn column(&self, name: &str) -> Option<ColumnProfile> {
        let mut parts = self.columns.iter().filter(|column| column.name == name);
        let mut first = parts.next()?.clone();
        first.period = Value::MISSING;
        Some(parts.fold(first, |sum, part| sum.merge(part)))
    }

    /// Adds the tables of another part of the data. `Err` says in one line why they do not fit together.
    pub fn merge(&self, other: &Self) -> Result<Self, String> {
        if self.roles != other.roles {
            return Err("the tables were made with different roles".into());
        }
        Ok(Self {
            roles: self.roles.clone(),
            rows: self.rows.saturating_add(other.rows),
            weighted: self.weighted || other.weighted,
            cube: self.cube.merge(&other.cube)?,
            histograms: joined(
                &self.histograms,
                &other.histograms,
                |part| (part.segment.clone(), part.period.clone()),
                |left, right| ScoreHistogram { scores: left.scores.merge(&right.scores), ..left.clone() },
            ),
            columns: joined(
                &self.columns,
                &other.columns,
                |part| (part.name.clone(), part.period.clone(), part.kind),
                ColumnProfile::merge,
            ),
            residuals: joined(
                &self.residuals,
                &other.residuals,
                |part| (part.segment.clone(), part.period.clone()),
                ResidualSums::merge,
            ),
            suppressed: Suppressed {
                below: self.suppressed.below.max(other.suppressed.below),
                cells: self.suppressed.cells.saturating_add(other.suppressed.cells),
                rows: self.suppressed.rows.saturating_add(other.suppressed.rows),
            },
        })
    }

    /// The kind each profiled column was read as.
    pub fn kinds(&self) -> BTreeMap<&str, FeatureKind> {
        self.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect()
    }
}

/// Both lists as one, in the order of their keys, adding what has the same key.
fn joined<T: Clone, K: Ord>(
    left: &[T],
    right: &[T],
    key: impl Fn(&T) -> K,
    add: impl Fn(&T, &T) -> T,
) -> Vec<T> {
    let mut sum: BTreeMap<K, T> = left.iter().map(|part| (key(part), part.clone())).collect();
    for part in right {
        sum.entry(key(part)).and_modify(|total| *total = add(total, part)).or_insert_with(|| part.clone());
    }
    sum.into_values().collect()
}
