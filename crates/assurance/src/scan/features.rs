//! Column profiles as one thread fills them.

use super::cells::Weights;
use super::coder::Coder;
use super::numbers::Numbers;
use super::table::{RUN, Table, UNLABELLED};
use crate::cube::Value;
use crate::fixed::SCALE_BITS;
use crate::histogram::Bin;
use crate::profile::{ColumnProfile, ProfileLimits};
use crate::roles::{Feature, FeatureKind, same_value};
use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;

/// Profiles one feature.
#[derive(Debug)]
pub(crate) struct FeatureCounter<'a> {
    feature: &'a Feature,
    kind: FeatureKind,
    limits: ProfileLimits,
    coder: Coder,
    codes: Vec<u32>,
    /// By the period's code.
    periods: Vec<Option<InPeriod>>,
}

#[derive(Debug)]
struct InPeriod {
    profile: ColumnProfile,
    table: Table,
    /// Rows by label of each code of the coder, not yet in the profile.
    pending: Vec<Bin>,
}

/// The rows of a batch, as far as they concern features.
pub(crate) struct Labelled<'a> {
    /// Empty when no time is declared.
    pub(crate) periods: &'a [u32],
    /// Empty when nothing is labelled.
    pub(crate) labels: &'a [u8],
    pub(crate) weights: Option<&'a Weights>,
}

impl Labelled<'_> {
    /// Whether the rows have neither periods nor labels nor weights.
    fn plain(&self) -> bool {
        self.periods.is_empty() && self.labels.is_empty() && self.weights.is_none()
    }

    fn period(&self, row: usize) -> usize {
        self.periods.get(row).map_or(0, |&code| code as usize)
    }

    fn label(&self, row: usize) -> u8 {
        self.labels.get(row).copied().unwrap_or(UNLABELLED)
    }

    fn weight(&self, row: usize) -> i128 {
        self.weights.and_then(|weights| weights.fixed.get(row)).copied().unwrap_or(1 << SCALE_BITS)
    }
}

impl<'a> FeatureCounter<'a> {
    /// A counter of one feature.
    pub(crate) fn new(feature: &'a Feature, kind: FeatureKind, limits: ProfileLimits) -> Self {
        Self { feature, kind, limits, coder: Coder::new(false), codes: Vec::new(), periods: Vec::new() }
    }

    /// Counts a batch. `Err` is the type of a column that cannot be profiled.
    pub(crate) fn count(&mut self, array: &ArrayRef, rows: &Labelled<'_>) -> Result<(), DataType> {
        match self.kind {
            FeatureKind::Numeric => self.numbers(array, rows),
            FeatureKind::Categorical => self.categories(array, rows),
        }
    }

    /// The profiles by period.
    pub(crate) fn finish(mut self, periods: Option<&[Value]>) -> Vec<ColumnProfile> {
        self.settle();
        let named = self.periods.into_iter().enumerate().filter_map(|(code, part)| Some((code, part?)));
        let profile = named.map(|(code, part)| ColumnProfile {
            period: periods.and_then(|periods| periods.get(code)).cloned().unwrap_or_default(),
            values: part.table.histogram(),
            ..part.profile
        });
        profile.collect()
    }

    fn numbers(&mut self, array: &ArrayRef, rows: &Labelled<'_>) -> Result<(), DataType> {
        let numbers = match Numbers::of(array) {
            Ok(numbers) => numbers,
            Err(DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)) => {
                Numbers { values: arrow::array::Float64Array::new_null(array.len()), odd: all_valid(array) }
            }
            Err(kind) => return Err(kind),
        };
        let range = self.feature.range;
        let (values, nulls) = (numbers.values.values(), numbers.values.nulls());
        let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
        let weighted = rows.weights.is_some();
        let plain = rows.plain() && nulls.is_none();
        let outside = |value: f64| range.is_some_and(|(low, high)| value < low || value > high);
        let mut start = 0;
        while start < values.len() {
            let period = rows.period(start);
            let run = rows.periods.get(start..).unwrap_or_default();
            let same = run.iter().take_while(|&&code| code as usize == period).count();
            let end = if rows.periods.is_empty() { values.len() } else { start + same.max(1) };
            let end = end.min(start + RUN);
            let Some(part) = self.part(period, weighted) else { break };
            part.profile.rows += (end - start) as u64;
            let run = values.get(start..end).unwrap_or_default();
            if plain && part.table.add_run(run) {
                if range.is_some() {
                    part.profile.out_of_range += run.iter().filter(|value| outside(**value)).count() as u64;
                }
                start = end;
                continue;
            }
            for (row, &value) in values.iter().enumerate().take(end).skip(start) {
                if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                    part.profile.nulls += 1;
                } else if value.is_finite() {
                    part.profile.out_of_range += u64::from(outside(value));
                    part.table.add(value, rows.label(row), if weighted { rows.weight(row) } else { 0 });
                } else if value.is_nan() {
                    part.profile.not_a_number += 1;
                } else {
                    part.profile.infinite += 1;
                }
            }
            start = end;
        }
        for row in numbers.odd {
            if let Some(part) = self.part(rows.period(row), weighted) {
                part.profile.nulls -= 1;
                part.profile.type_surprises += 1;
            }
        }
        Ok(())
    }

    fn categories(&mut self, array: &ArrayRef, rows: &Labelled<'_>) -> Result<(), DataType> {
        let mut codes = std::mem::take(&mut self.codes);
        self.coder.encode(array, &mut codes)?;
        let known = self.coder.len();
        for (row, &code) in codes.iter().enumerate() {
            let Some(part) = self.part(rows.period(row), rows.weights.is_some()) else { continue };
            part.profile.rows += 1;
            if part.pending.len() < known {
                part.pending.resize(known, Bin::default());
            }
            let Some(bin) = part.pending.get_mut(code as usize) else { continue };
            let tally = match rows.label(row) {
                0 => &mut bin.positive,
                1 => &mut bin.negative,
                _ => &mut bin.unlabelled,
            };
            tally.n += 1;
            tally.w = tally.w.saturating_add(rows.weight(row));
        }
        self.codes = codes;
        if known > MANY_CODES {
            self.settle();
        }
        Ok(())
    }

    /// Moves what is pending into the profiles and forgets the codes.
    fn settle(&mut self) {
        let expected = self.feature.categories.as_ref();
        let unexpected: Vec<bool> = self
            .coder
            .values()
            .iter()
            .map(|value| match (expected, value.text()) {
                (Some(expected), Some(text)) => !expected.iter().any(|declared| same_value(text, declared)),
                _ => false,
            })
            .collect();
        for part in self.periods.iter_mut().flatten() {
            for ((bin, value), &unexpected) in part
                .pending
                .drain(..)
                .zip(self.coder.values())
                .zip(&unexpected)
                .filter(|((bin, _), _)| bin.rows() > 0)
            {
                match value.text() {
                    None => part.profile.nulls += bin.rows(),
                    Some(text) => part.profile.categories.add(text, &bin),
                }
                part.profile.unexpected += if unexpected { bin.rows() } else { 0 };
            }
        }
        self.coder = Coder::new(false);
    }

    fn part(&mut self, period: usize, weighted: bool) -> Option<&mut InPeriod> {
        if self.periods.len() <= period {
            self.periods.resize_with(period + 1, || None);
        }
        let (feature, kind, limits) = (self.feature, self.kind, self.limits);
        Some(self.periods.get_mut(period)?.get_or_insert_with(|| InPeriod {
            profile: ColumnProfile::new(&feature.column, kind, Value::MISSING, limits),
            table: Table::new(limits.bins, weighted),
            pending: Vec::new(),
        }))
    }
}

fn all_valid(array: &ArrayRef) -> Vec<usize> {
    (0..array.len()).filter(|&row| array.is_valid(row)).collect()
}

/// How many distinct categories are held before they are settled.
const MANY_CODES: usize = 8_192;

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Float64Array, StringArray};
    use std::sync::Arc;

    fn profile(feature: &Feature, kind: FeatureKind, array: impl Array + 'static) -> ColumnProfile {
        let mut counter = FeatureCounter::new(feature, kind, ProfileLimits::default());
        let rows = Labelled { periods: &[], labels: &[], weights: None };
        counter.count(&(Arc::new(array) as ArrayRef), &rows).unwrap();
        counter.finish(None).pop().unwrap()
    }

    #[test]
    fn a_numeric_feature_tells_missing_odd_and_out_of_range_values_apart() {
        let feature = Feature { column: "x".into(), range: Some((0.0, 10.0)), ..Feature::default() };
        let numbers = vec![Some(1.0), None, Some(f64::NAN), Some(f64::INFINITY), Some(11.0)];
        let profile_of = profile(&feature, FeatureKind::Numeric, Float64Array::from(numbers));
        assert_eq!((profile_of.rows, profile_of.nulls, profile_of.not_a_number), (5, 1, 1));
        assert_eq!((profile_of.infinite, profile_of.out_of_range, profile_of.values.rows()), (1, 1, 2));
        let texts = StringArray::from(vec![Some("1"), Some("one"), None]);
        let profile_of = profile(&feature, FeatureKind::Numeric, texts);
        assert_eq!((profile_of.rows, profile_of.nulls, profile_of.type_surprises), (3, 1, 1));
    }

    #[test]
    fn a_categorical_feature_tells_unexpected_categories() {
        let feature = Feature {
            column: "x".into(),
            categories: Some(vec!["a".into(), "1".into()]),
            ..Feature::default()
        };
        let texts = StringArray::from(vec![Some("a"), Some("b"), None, Some("1.0")]);
        let profile = profile(&feature, FeatureKind::Categorical, texts);
        assert_eq!((profile.rows, profile.nulls, profile.unexpected), (4, 1, 1));
        assert_eq!(profile.categories.len(), 3);
    }

    #[test]
    fn more_categories_than_are_held_are_all_counted() {
        let feature = Feature { column: "x".into(), ..Feature::default() };
        let names: Vec<String> = (0..20_000).map(|number| format!("c{number}")).collect();
        let profile = profile(&feature, FeatureKind::Categorical, StringArray::from(names));
        assert_eq!(profile.categories.len(), ProfileLimits::default().categories);
        let kept: u64 = profile.categories.sorted().values().map(Bin::rows).sum();
        assert_eq!(kept + profile.categories.rest.rows(), 20_000);
    }
}
