//! Suppression: removing what a small number of people could be recognised by, before tables are given away.

use crate::cube::{DecisionCube, Key, union};
use crate::histogram::{Bin, Histogram};
use crate::profile::Categories;
use crate::tables::{Suppressed, Tables};
use std::collections::BTreeMap;

impl Tables {
    /// The tables without counts below `least` rows.
    ///
    /// Cells of the cube with fewer rows are removed, and how many rows that cost is noted in
    /// [`Tables::suppressed`]. Histograms and residuals of segments with fewer rows are removed; in
    /// the others a bin with fewer is joined to its neighbour, so that scores move by more than
    /// the error bound tells. Categories with fewer are counted among the rest.
    #[must_use]
    pub fn suppressed_below(&self, least: u64) -> Self {
        let mut open = self.clone();
        let small: Vec<Key> =
            open.cube.cells.iter().filter(|(_, cell)| cell.n < least).map(|(key, _)| key.clone()).collect();
        let mut removed = Suppressed { below: least.max(self.suppressed.below), ..self.suppressed };
        for key in small {
            if let Some(cell) = open.cube.cells.remove(&key) {
                removed.cells += 1;
                removed.rows += cell.n;
            }
        }
        open.cube = open.cube.without_unused_values();
        open.histograms.retain(|part| part.scores.rows() >= least);
        open.residuals.retain(|sums| sums.n >= least);
        for part in &mut open.histograms {
            part.scores = joined(&part.scores, least);
        }
        for column in &mut open.columns {
            column.values = joined(&column.values, least);
            column.categories = fewer(&column.categories, least);
        }
        open.suppressed = removed;
        open
    }
}

impl DecisionCube {
    /// The cube without the names of groups, labels and periods that no cell has any more.
    fn without_unused_values(&self) -> Self {
        let kept = |values: &[crate::Value], used: &mut dyn Iterator<Item = u32>| {
            let used: Vec<crate::Value> =
                used.filter_map(|code| values.get(code as usize).cloned()).collect();
            union(&used, &[])
        };
        let mut smaller = Self { cells: BTreeMap::new(), ..self.clone() };
        smaller.periods = kept(&self.periods, &mut self.cells.keys().map(|key| key.period));
        smaller.labels = kept(&self.labels, &mut self.cells.keys().map(|key| key.label));
        smaller.decisions = kept(&self.decisions, &mut self.cells.keys().map(|key| key.decision));
        for (place, attribute) in smaller.attributes.iter_mut().enumerate() {
            let codes = &mut self.cells.keys().filter_map(|key| key.groups.get(place).copied());
            attribute.values = kept(&attribute.values, codes);
        }
        // The smaller lists are subsets of mine, so that every key is found in them.
        for (key, cell) in &self.cells {
            if let Ok(key) = smaller.rekeyed(self, key) {
                smaller.cells.insert(key, *cell);
            }
        }
        smaller
    }
}

/// Joins neighbouring bins until each has enough rows; what is left over joins the last.
fn joined(histogram: &Histogram, least: u64) -> Histogram {
    let mut bins: BTreeMap<u64, Bin> = BTreeMap::new();
    let mut pending: Option<(u64, Bin)> = None;
    for (&key, bin) in histogram.bins() {
        let (at, sum) = match pending.take() {
            Some((before, sum)) => (if sum.rows() > bin.rows() { before } else { key }, sum.plus(bin)),
            None => (key, *bin),
        };
        if sum.rows() >= least {
            bins.insert(at, sum);
        } else {
            pending = Some((at, sum));
        }
    }
    if let Some((_, left)) = pending
        && let Some(mut last) = bins.last_entry()
    {
        let sum = last.get().plus(&left);
        last.insert(sum);
    }
    Histogram::from_bins(histogram.limit(), histogram.dropped_bits(), bins)
}

fn fewer(categories: &Categories, least: u64) -> Categories {
    let mut kept = Categories::new(categories.limit());
    kept.rest = categories.rest;
    for (name, bin) in categories.sorted() {
        if bin.rows() >= least {
            kept.add(name, &bin);
        } else {
            kept.rest = kept.rest.plus(&bin);
        }
    }
    kept
}
