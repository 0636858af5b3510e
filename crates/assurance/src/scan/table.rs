//! A histogram as a scan fills it: one probe of a small table per number.
//!
//! The bins are those of [`Histogram`], so what one thread saw adds up with what another saw.
#![expect(clippy::indexing_slicing, reason = "a kernel: every index is masked to the table's size")]

use crate::fixed::SCALE_BITS;
use crate::histogram::{Bin, Histogram, Tally, bits_to_fit, ordered};
use std::collections::BTreeMap;

/// Which label a row has, as an index: positive 0, negative 1, none 2.
pub(crate) const UNLABELLED: u8 = 2;

/// Counts numbers by value and label.
#[derive(Debug)]
pub(crate) struct Table {
    limit: usize,
    dropped: u32,
    len: usize,
    /// Keys shifted right by the dropped bits; [`EMPTY`] where there is none.
    keys: Vec<u64>,
    entries: Vec<Entry>,
    /// Σw by label; empty while rows carry no weights.
    weights: Vec<[i128; 3]>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    rows: [u64; 3],
    offset: u128,
}

impl Table {
    /// An empty table for a histogram of at most `limit` bins.
    pub(crate) fn new(limit: usize, weighted: bool) -> Self {
        Self {
            limit: limit.max(2),
            dropped: 0,
            len: 0,
            keys: vec![EMPTY; SMALLEST],
            entries: vec![Entry::default(); SMALLEST],
            weights: vec![[0; 3]; if weighted { SMALLEST } else { 0 }],
        }
    }

    /// Counts one row. The number must not be NaN; the weight matters only if the table is weighted.
    #[inline]
    pub(crate) fn add(&mut self, number: f64, label: u8, weight: i128) {
        let key = ordered(number);
        let place = loop {
            let place = self.probe(key >> self.dropped);
            if self.keys[place] != EMPTY {
                break place;
            }
            if self.make_room(key >> self.dropped) {
                self.keys[place] = key >> self.dropped;
                self.len += 1;
                break place;
            }
        };
        let label = usize::from(label.min(UNLABELLED));
        let entry = &mut self.entries[place];
        entry.rows[label] += 1;
        entry.offset += u128::from(key & ((1 << self.dropped) - 1));
        if let Some(weights) = self.weights.get_mut(place) {
            weights[label] = weights[label].saturating_add(weight);
        }
    }

    /// The bins so far.
    pub(crate) fn histogram(&self) -> Histogram {
        let mut bins: Vec<(u64, Bin)> = (0..self.keys.len())
            .filter(|&place| self.keys[place] != EMPTY)
            .map(|place| (self.keys[place], self.bin(place)))
            .collect();
        bins.sort_unstable_by_key(|(key, _)| *key);
        let dropped = u8::try_from(self.dropped).unwrap_or(63);
        Histogram::from_bins(self.limit, dropped, bins.into_iter().collect::<BTreeMap<_, _>>())
    }

    fn bin(&self, place: usize) -> Bin {
        let entry = self.entries[place];
        let tally = |label: usize| match self.weights.get(place) {
            Some(weights) => Tally { n: entry.rows[label], w: weights[label] },
            None => Tally { n: entry.rows[label], w: i128::from(entry.rows[label]) << SCALE_BITS },
        };
        Bin { positive: tally(0), negative: tally(1), unlabelled: tally(2), offset: entry.offset }
    }

    /// Where a key is, or would go.
    #[inline]
    fn probe(&self, key: u64) -> usize {
        let mask = self.keys.len() - 1;
        let mut place = spread(key) & mask;
        while self.keys[place] != key && self.keys[place] != EMPTY {
            place = (place + 1) & mask;
        }
        place
    }

    /// Whether this key fits as things are; if not, the table was widened or its bins were.
    #[cold]
    fn make_room(&mut self, key: u64) -> bool {
        if self.len < self.limit && (self.len + 1) * 2 <= self.keys.len() {
            return true;
        }
        if self.len < self.limit {
            self.rebuild(self.keys.len() * 4, 0);
            return false;
        }
        let mut keys: Vec<u64> = self.keys.iter().copied().filter(|&key| key != EMPTY).collect();
        keys.push(key);
        keys.sort_unstable();
        self.rebuild(self.keys.len(), bits_to_fit(keys.into_iter(), self.limit));
        false
    }

    fn rebuild(&mut self, size: usize, more: u8) {
        let old = Self {
            limit: self.limit,
            dropped: self.dropped,
            len: 0,
            keys: std::mem::replace(&mut self.keys, vec![EMPTY; size]),
            entries: std::mem::replace(&mut self.entries, vec![Entry::default(); size]),
            weights: std::mem::take(&mut self.weights),
        };
        if !old.weights.is_empty() {
            self.weights = vec![[0; 3]; size];
        }
        self.dropped += u32::from(more);
        self.len = 0;
        for (place, &key) in old.keys.iter().enumerate().filter(|(_, key)| **key != EMPTY) {
            let entry = old.entries[place];
            let rows: u64 = entry.rows.iter().sum();
            let low = u128::from(key & ((1 << more) - 1)) << old.dropped;
            let at = self.probe(key >> more);
            if self.keys[at] == EMPTY {
                self.keys[at] = key >> more;
                self.len += 1;
            }
            let total = &mut self.entries[at];
            total.offset += entry.offset + low * u128::from(rows);
            total.rows.iter_mut().zip(entry.rows).for_each(|(total, more)| *total += more);
            if let (Some(total), Some(more)) = (self.weights.get_mut(at), old.weights.get(place)) {
                total.iter_mut().zip(more).for_each(|(total, more)| *total = total.saturating_add(*more));
            }
        }
    }
}

/// Spreads keys over the table by a multiplication; the high bits are the best mixed.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "only some bits are wanted")]
fn spread(key: u64) -> usize {
    let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)) as usize
}

/// The ordered bits of a NaN: no key.
const EMPTY: u64 = u64::MAX;
const SMALLEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dropping_bits_for_one_key_too_many_drops_as_few_as_a_histogram_would() {
        let mut table = Table::new(2, false);
        let mut histogram = Histogram::new(2);
        for number in [1.0, 2.0, f64::from_bits(1.0_f64.to_bits() + 1)] {
            table.add(number, 0, 0);
            histogram.add(number, &Bin { positive: Tally::of_rows(1), ..Bin::default() });
        }
        assert_eq!(table.histogram(), histogram);
        assert_eq!(histogram.dropped_bits(), 1);
    }

    proptest! {
        #[test]
        fn a_table_makes_the_histogram_of_its_numbers(
            numbers in prop::collection::vec((prop_oneof![-2.0_f64..2.0, (0..9_i32).prop_map(f64::from)], 0_u8..3), 0..300),
            limit in 2_usize..200, weighted in any::<bool>(),
        ) {
            let mut table = Table::new(limit, weighted);
            let mut histogram = Histogram::new(limit);
            for &(number, label) in &numbers {
                table.add(number, label, 1 << SCALE_BITS);
                let mut bin = Bin::default();
                *[&mut bin.positive, &mut bin.negative, &mut bin.unlabelled][usize::from(label)] = Tally::of_rows(1);
                histogram.add(number, &bin);
            }
            prop_assert_eq!(table.histogram(), histogram);
        }
    }
}
