//! Score histograms and residual sums of each segment, as one thread fills them.

use super::cells::Weights;
use super::slots::Slots;
use super::table::{Table, UNLABELLED};
use crate::cube::Value;
use crate::fixed::SCALE_BITS;
use crate::histogram::{Histogram, Segment};
use crate::profile::ResidualSums;
use arrow::array::{Array, Float64Array};

/// One kind of segment: all rows, an attribute, or an intersection.
#[derive(Debug)]
pub(crate) struct Segments {
    /// The attributes, as indices into the declared groups.
    pub(crate) attributes: Vec<usize>,
    limit: usize,
    slots: Slots,
    places: Vec<u32>,
    tables: Vec<Table>,
    residuals: Vec<ResidualSums>,
}

/// The rows of a batch, as far as they concern scores.
pub(crate) struct Scored<'a> {
    pub(crate) rows: usize,
    pub(crate) scores: &'a Float64Array,
    pub(crate) targets: Option<&'a Float64Array>,
    /// Empty when nothing is labelled.
    pub(crate) labels: &'a [u8],
    pub(crate) weights: Option<&'a Weights>,
}

impl Segments {
    /// Segments by these attributes, with histograms of at most `limit` bins.
    pub(crate) fn new(attributes: Vec<usize>, limit: usize) -> Self {
        Self {
            attributes,
            limit,
            slots: Slots::default(),
            places: Vec::new(),
            tables: Vec::new(),
            residuals: Vec::new(),
        }
    }

    /// How many combinations occurred.
    pub(crate) fn len(&self) -> usize {
        self.slots.keys().len()
    }

    /// Counts a batch; the columns are the period's codes, if there are periods, and the attributes'.
    pub(crate) fn count(&mut self, columns: &[&[u32]], sizes: &[usize], batch: &Scored<'_>) {
        self.slots.assign(columns, sizes, batch.rows, &mut self.places);
        let slots = self.slots.keys().len();
        if let Some(targets) = batch.targets {
            self.residuals.resize(slots, ResidualSums::default());
            self.add_residuals(targets, batch);
        }
        self.tables.resize_with(slots, || Table::new(self.limit, batch.weights.is_some()));
        let scores = batch.scores.values();
        for (row, (&place, &score)) in self.places.iter().zip(scores.iter()).enumerate() {
            if batch.scores.is_null(row) {
                continue;
            }
            let label = batch.labels.get(row).copied().unwrap_or(UNLABELLED);
            let weight = batch.weights.and_then(|weights| weights.fixed.get(row)).copied().unwrap_or(0);
            if let Some(table) = self.tables.get_mut(place as usize) {
                table.add(score, label, weight);
            }
        }
    }

    /// The segments with their period, scores and residuals. `values` gives the values of the periods
    /// (if there are periods) and of each attribute of the segment by code.
    pub(crate) fn finish(
        self,
        names: &[String],
        periods: Option<&[Value]>,
        values: &[&[Value]],
    ) -> Vec<(Segment, Value, Histogram, Option<ResidualSums>)> {
        let at = |values: &[Value], code: u32| values.get(code as usize).cloned().unwrap_or_default();
        let mut residuals = self.residuals.into_iter();
        let parts = self.slots.keys().iter().zip(self.tables).map(|(key, table)| {
            let mut codes = key.iter().copied();
            let period = periods.map_or(Value::MISSING, |periods| at(periods, codes.next().unwrap_or(0)));
            let groups = codes.zip(values).map(|(code, values)| at(values, code)).collect();
            let segment = Segment { attributes: names.to_vec(), groups };
            let residuals = residuals.next().map(|sums| ResidualSums {
                segment: segment.clone(),
                period: period.clone(),
                ..sums
            });
            (segment, period, table.histogram(), residuals)
        });
        parts.collect()
    }

    fn add_residuals(&mut self, targets: &Float64Array, batch: &Scored<'_>) {
        for (row, &place) in self.places.iter().enumerate() {
            if batch.scores.is_null(row) || targets.is_null(row) {
                continue;
            }
            let (weight, fixed) = batch
                .weights
                .and_then(|weights| Some((*weights.values.get(row)?, *weights.fixed.get(row)?)))
                .unwrap_or((1.0, 1 << SCALE_BITS));
            if let Some(sums) = self.residuals.get_mut(place as usize) {
                sums.add(batch.scores.value(row), targets.value(row), weight, fixed);
            }
        }
    }
}
