//! Column profiles: what a feature's values look like, in counts that add up.
//!
//! A profile answers drift and quality questions without the rows: how many values are missing, not
//! numbers, out of range or unexpected, which categories occur how often, and how numbers are
//! distributed, each by label. Two profiles can be compared with any bin rule afterwards.

use crate::cube::{Count, Value};
use crate::fixed::{ExactSum, unfixed};
use crate::histogram::{Bin, Histogram, Segment};
use crate::roles::FeatureKind;
use std::collections::BTreeMap;

/// The values of one feature in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnProfile {
    /// The column.
    pub name: String,
    /// Numbers or categories.
    pub kind: FeatureKind,
    /// When; missing when no time is declared.
    pub period: Value,
    /// Rows.
    pub rows: u64,
    /// Rows without a value.
    pub nulls: u64,
    /// Values that are not a number (NaN), of a numeric feature.
    pub not_a_number: u64,
    /// Infinite values, of a numeric feature.
    pub infinite: u64,
    /// Values outside the declared range.
    pub out_of_range: u64,
    /// Values that are none of the declared categories.
    pub unexpected: u64,
    /// Values that are not of the declared kind, such as text in a numeric feature.
    pub type_surprises: u64,
    /// The finite numbers by value and label; empty for a categorical feature.
    pub values: Histogram,
    /// The categories by label; empty for a numeric feature.
    pub categories: Categories,
}

impl ColumnProfile {
    /// A profile of no rows.
    pub fn new(name: &str, kind: FeatureKind, period: Value, limits: ProfileLimits) -> Self {
        Self {
            name: name.into(),
            kind,
            period,
            rows: 0,
            nulls: 0,
            not_a_number: 0,
            infinite: 0,
            out_of_range: 0,
            unexpected: 0,
            type_surprises: 0,
            values: Histogram::new(limits.bins),
            categories: Categories::new(limits.categories),
        }
    }

    /// Adds a profile of the same column and period.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        Self {
            name: self.name.clone(),
            kind: self.kind,
            period: self.period.clone(),
            rows: self.rows.saturating_add(other.rows),
            nulls: self.nulls.saturating_add(other.nulls),
            not_a_number: self.not_a_number.saturating_add(other.not_a_number),
            infinite: self.infinite.saturating_add(other.infinite),
            out_of_range: self.out_of_range.saturating_add(other.out_of_range),
            unexpected: self.unexpected.saturating_add(other.unexpected),
            type_surprises: self.type_surprises.saturating_add(other.type_surprises),
            values: self.values.merge(&other.values),
            categories: self.categories.merge(&other.categories),
        }
    }

    /// Whether all rows that have a value have the same one.
    pub fn constant(&self) -> bool {
        let odd = self.not_a_number + self.infinite + self.type_surprises;
        let distinct = match self.kind {
            FeatureKind::Numeric if self.values.is_exact() => self.values.len() as u64,
            FeatureKind::Numeric => 2,
            FeatureKind::Categorical => {
                self.categories.counts.len() as u64 + u64::from(self.categories.rest.rows() > 0)
            }
        };
        distinct + u64::from(odd > 0) <= 1
    }
}

/// How fine profiles are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfileLimits {
    /// The greatest number of bins of a numeric feature.
    pub bins: usize,
    /// The greatest number of categories that are counted one by one.
    pub categories: usize,
}

impl Default for ProfileLimits {
    fn default() -> Self {
        Self { bins: 4_096, categories: 1_024 }
    }
}

/// Categories counted one by one up to a limit, the others together.
///
/// Which ones are kept beyond the limit is a function of the set of categories only (those with the
/// smallest hash of their name), so the counts of the kept ones are exact and profiles add up in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Categories {
    limit: usize,
    // INVARIANT: at most `limit` entries, those of the smallest (hash, name).
    counts: BTreeMap<(u64, String), Bin>,
    /// The rows of the categories that are not kept.
    pub rest: Bin,
}

impl Categories {
    /// No categories yet.
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), counts: BTreeMap::new(), rest: Bin::default() }
    }

    /// The limit.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The kept categories in the order of their names.
    pub fn sorted(&self) -> BTreeMap<&str, Bin> {
        self.counts.iter().map(|((_, name), bin)| (name.as_str(), *bin)).collect()
    }

    /// The number of kept categories.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there is no category.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether every category is kept.
    pub fn complete(&self) -> bool {
        self.rest.rows() == 0
    }

    /// Adds rows of one category.
    pub fn add(&mut self, name: &str, bin: &Bin) {
        self.add_hashed((hash(name), name.into()), bin);
    }

    /// Adds other categories; the lower limit of the two holds.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        sum.limit = self.limit.min(other.limit);
        sum.rest = sum.rest.plus(&other.rest);
        for (key, bin) in &other.counts {
            sum.add_hashed(key.clone(), bin);
        }
        sum.shrink();
        sum
    }

    fn add_hashed(&mut self, key: (u64, String), bin: &Bin) {
        if self.counts.len() >= self.limit
            && !self.counts.contains_key(&key)
            && self.counts.last_key_value().is_some_and(|(last, _)| *last < key)
        {
            self.rest = self.rest.plus(bin);
            return;
        }
        let total = self.counts.entry(key).or_default();
        *total = total.plus(bin);
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.counts.len() > self.limit {
            if let Some((_, bin)) = self.counts.pop_last() {
                self.rest = self.rest.plus(&bin);
            }
        }
    }
}

/// FNV-1a, finished so that short names spread: fixed for ever, since saved files depend on it.
fn hash(name: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Sums over a segment's rows that have both a prediction and a numeric target.
///
/// The residual e is the prediction less the target y; each sum is weighted (by one without weights).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResidualSums {
    /// Whose rows.
    pub segment: Segment,
    /// When; missing when no time is declared.
    pub period: Value,
    /// Rows.
    pub n: u64,
    /// Σw in units of 2⁻⁶⁰.
    pub w: i128,
    /// Σwe.
    pub error: ExactSum,
    /// Σw|e|.
    pub absolute: ExactSum,
    /// Σwe².
    pub squared: ExactSum,
    /// Σwy.
    pub target: ExactSum,
    /// Σwy².
    pub target_squared: ExactSum,
}

impl ResidualSums {
    /// The rows and their weight.
    pub fn count(&self) -> Count {
        Count { n: self.n, w: unfixed(self.w) }
    }

    /// Adds one row.
    pub fn add(&mut self, prediction: f64, target: f64, weight: f64, fixed_weight: i128) {
        let error = prediction - target;
        self.n += 1;
        self.w = self.w.saturating_add(fixed_weight);
        self.error.add(weight * error);
        self.absolute.add(weight * error.abs());
        self.squared.add(weight * error * error);
        self.target.add(weight * target);
        self.target_squared.add(weight * target * target);
    }

    /// Adds the sums of other rows of the same segment and period.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        sum.n = sum.n.saturating_add(other.n);
        sum.w = sum.w.saturating_add(other.w);
        sum.error.merge(&other.error);
        sum.absolute.merge(&other.absolute);
        sum.squared.merge(&other.squared);
        sum.target.merge(&other.target);
        sum.target_squared.merge(&other.target_squared);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histogram::Tally;
    use proptest::prelude::*;

    fn of(names: &[String], limit: usize) -> Categories {
        let mut categories = Categories::new(limit);
        let one = Bin { unlabelled: Tally::of_rows(1), ..Bin::default() };
        for name in names {
            categories.add(name, &one);
        }
        categories
    }

    proptest! {
        #[test]
        fn categories_add_up_whatever_the_split_and_order(
            mut names in prop::collection::vec("[a-d]{1,2}", 0..100), cut in 0_usize..100, limit in 1_usize..12,
        ) {
            let whole = of(&names, limit);
            names.reverse();
            let (left, right) = names.split_at(cut.min(names.len()));
            prop_assert_eq!(&of(left, limit).merge(&of(right, limit)), &whole);
            prop_assert_eq!(&of(right, limit).merge(&of(left, limit)), &whole);
            let kept: u64 = whole.sorted().values().map(Bin::rows).sum();
            prop_assert_eq!(kept + whole.rest.rows(), names.len() as u64);
        }
    }

    #[test]
    fn a_profile_of_one_value_is_constant() {
        let mut profile =
            ColumnProfile::new("x", FeatureKind::Numeric, Value::MISSING, ProfileLimits::default());
        let one = Bin { unlabelled: Tally::of_rows(1), ..Bin::default() };
        profile.values.add(3.0, &one);
        assert!(profile.constant());
        profile.values.add(4.0, &one);
        assert!(!profile.constant());
    }
}
