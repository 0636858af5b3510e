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
    /// Open addressing by the shifted key; half empty, so that a probe is one cache line.
    entries: Vec<Entry>,
    /// Σw by label; empty while rows carry no weights.
    weights: Vec<[i128; 3]>,
    /// Rows of new keys that came when the table was full. They wait, because widening the bins for
    /// many at once is cheaper than for each: the bins depend on all of them only.
    waiting: Vec<Waiting>,
    /// What was moved out before a counter could overflow.
    settled: Option<Box<Histogram>>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The key shifted right by the dropped bits; [`EMPTY`] if there is none.
    key: u64,
    /// The sum of the dropped bits, modulo 2⁶⁴, and how often it wrapped.
    offset: u64,
    wraps: u32,
    rows: [u32; 3],
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    key: u64,
    label: u8,
    weight: i128,
}

impl Table {
    /// An empty table for a histogram of at most `limit` bins.
    pub(crate) fn new(limit: usize, weighted: bool) -> Self {
        Self {
            limit: limit.max(2),
            dropped: 0,
            len: 0,
            entries: vec![Entry::NONE; SMALLEST],
            weights: vec![[0; 3]; if weighted { SMALLEST } else { 0 }],
            waiting: Vec::new(),
            settled: None,
        }
    }

    /// Counts one row. The number must not be NaN; the weight matters only if the table is weighted.
    #[inline]
    pub(crate) fn add(&mut self, number: f64, label: u8, weight: i128) {
        self.add_key(ordered(number), label.min(UNLABELLED), weight);
    }

    /// The bins so far.
    pub(crate) fn histogram(mut self) -> Histogram {
        self.admit_waiting();
        let now = self.current();
        self.settled.map_or(now.clone(), |settled| settled.merge(&now))
    }

    #[inline]
    fn add_key(&mut self, key: u64, label: u8, weight: i128) {
        let place = self.probe(key >> self.dropped);
        let entry = &mut self.entries[place];
        let label_at = usize::from(label);
        if entry.key == EMPTY || entry.rows[label_at] == FULL {
            self.add_elsewhere(key, label, weight);
            return;
        }
        entry.rows[label_at] += 1;
        let (offset, wrapped) = entry.offset.overflowing_add(key & ((1 << self.dropped) - 1));
        entry.offset = offset;
        entry.wraps += u32::from(wrapped);
        if let Some(weights) = self.weights.get_mut(place) {
            weights[label_at] = weights[label_at].saturating_add(weight);
        }
    }

    /// Counts a row whose key is new, or whose counter is full.
    #[cold]
    fn add_elsewhere(&mut self, key: u64, label: u8, weight: i128) {
        let place = self.probe(key >> self.dropped);
        if self.entries[place].key != EMPTY {
            self.settle();
        } else if self.len < self.limit {
            if (self.len + 1) * 2 > self.entries.len() {
                self.rebuild(self.entries.len() * 4, 0);
            }
            let place = self.probe(key >> self.dropped);
            self.entries[place].key = key >> self.dropped;
            self.len += 1;
        } else {
            self.waiting.push(Waiting { key, label, weight });
            if self.waiting.len() >= self.limit * PATIENCE {
                self.admit_waiting();
            }
            return;
        }
        self.add_key(key, label, weight);
    }

    /// Widens the bins so far that the waiting rows fit, and counts those.
    fn admit_waiting(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut self.waiting);
        let known = self.entries.iter().map(|entry| entry.key).filter(|&key| key != EMPTY);
        let mut keys: Vec<u64> = known.chain(waiting.iter().map(|row| row.key >> self.dropped)).collect();
        keys.sort_unstable();
        keys.dedup();
        self.rebuild(self.entries.len(), bits_to_fit(keys.into_iter(), self.limit));
        for row in waiting {
            self.add_key(row.key, row.label, row.weight);
        }
    }

    fn settle(&mut self) {
        let now = self.current();
        let sum = self.settled.take().map_or_else(|| now.clone(), |settled| settled.merge(&now));
        self.settled = Some(Box::new(sum));
        for entry in &mut self.entries {
            *entry = Entry { key: entry.key, ..Entry::NONE };
        }
        self.weights.fill([0; 3]);
    }

    fn current(&self) -> Histogram {
        let mut bins: Vec<(u64, Bin)> = (0..self.entries.len())
            .filter(|&place| self.entries[place].key != EMPTY)
            .map(|place| (self.entries[place].key, self.bin(place)))
            .collect();
        bins.sort_unstable_by_key(|(key, _)| *key);
        let dropped = u8::try_from(self.dropped).unwrap_or(63);
        Histogram::from_bins(self.limit, dropped, bins.into_iter().collect::<BTreeMap<_, _>>())
    }

    fn bin(&self, place: usize) -> Bin {
        let entry = self.entries[place];
        let tally = |label: usize| {
            let n = u64::from(entry.rows[label]);
            let w = self.weights.get(place).map_or(i128::from(n) << SCALE_BITS, |weights| weights[label]);
            Tally { n, w }
        };
        let offset = (u128::from(entry.wraps) << 64) | u128::from(entry.offset);
        Bin { positive: tally(0), negative: tally(1), unlabelled: tally(2), offset }
    }

    /// Where a key is, or would go.
    #[inline]
    fn probe(&self, key: u64) -> usize {
        let mask = self.entries.len() - 1;
        let mut place = spread(key) & mask;
        while self.entries[place].key != key && self.entries[place].key != EMPTY {
            place = (place + 1) & mask;
        }
        place
    }

    fn rebuild(&mut self, size: usize, more: u8) {
        // What is settled has no bits to spare: joining bins could overflow their counters.
        if more > 0 && self.entries.iter().any(|entry| entry.rows.iter().any(|&rows| rows > FULL / 64)) {
            self.settle();
        }
        let old = std::mem::replace(&mut self.entries, vec![Entry::NONE; size]);
        let weighted = if self.weights.is_empty() { 0 } else { size };
        let weights = std::mem::replace(&mut self.weights, vec![[0; 3]; weighted]);
        let dropped = self.dropped;
        self.dropped += u32::from(more);
        self.len = 0;
        for (place, entry) in old.iter().enumerate().filter(|(_, entry)| entry.key != EMPTY) {
            let at = self.probe(entry.key >> more);
            let total = &mut self.entries[at];
            if total.key == EMPTY {
                total.key = entry.key >> more;
                self.len += 1;
            }
            let rows: u64 = entry.rows.iter().map(|&rows| u64::from(rows)).sum();
            let low = u128::from(entry.key & ((1 << more) - 1)) << dropped;
            let offset = ((u128::from(total.wraps) << 64) | u128::from(total.offset))
                + ((u128::from(entry.wraps) << 64) | u128::from(entry.offset))
                + low * u128::from(rows);
            (total.wraps, total.offset) = halves(offset);
            total.rows.iter_mut().zip(entry.rows).for_each(|(total, more)| *total += more);
            if let (Some(total), Some(more)) = (self.weights.get_mut(at), weights.get(place)) {
                total.iter_mut().zip(more).for_each(|(total, more)| *total = total.saturating_add(*more));
            }
        }
    }
}

impl Entry {
    const NONE: Self = Self { key: EMPTY, offset: 0, wraps: 0, rows: [0; 3] };
}

/// The high and the low half; a bin of 2³² rows of 63 bits stays below 2⁹⁶.
#[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
fn halves(offset: u128) -> (u32, u64) {
    ((offset >> 64) as u32, offset as u64)
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
/// How many times the limit may wait.
const PATIENCE: usize = 8;
/// When a counter is full. Tests must not need four thousand million rows.
const FULL: u32 = if cfg!(test) { 640 } else { u32::MAX };

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

    #[test]
    fn a_full_counter_is_settled_and_nothing_is_lost() {
        let mut table = Table::new(4, true);
        for row in 0..10_000_u32 {
            table.add(f64::from(row % 7), (row % 3) as u8, 1 << SCALE_BITS);
        }
        let histogram = table.histogram();
        assert_eq!(histogram.rows(), 10_000);
        let sum: f64 = histogram.points().map(|point| point.total().w).sum();
        assert!((sum - 10_000.0).abs() < 1e-9);
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
