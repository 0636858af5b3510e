//! A histogram as a scan fills it: one probe of a small table per number.
//!
//! The bins are those of [`Histogram`], so what one thread saw adds up with what another saw.
#![expect(clippy::indexing_slicing, reason = "a kernel: every index is masked to the table's size")]

mod bulk;

pub(crate) use bulk::RUN;

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
    /// Slot + 1 by magnitude less `base` and sign, for the greatest magnitudes.
    direct: Vec<u32>,
    base: u64,
    /// Slot + 1 by hash of the key, at most half full.
    hashed: Vec<u32>,
    /// The key of each slot, shifted right by the dropped bits.
    keys: Vec<u64>,
    counters: Vec<Counter>,
    /// Σw by label; empty while rows carry no weights.
    weights: Vec<[i128; 3]>,
    weighted: bool,
    /// Rows of new keys that came when the table was full. They wait, because widening the bins for
    /// many at once is cheaper than for each: the bins depend on all of them only.
    waiting: Vec<Waiting>,
    /// Their weights; empty while rows carry none.
    waiting_weights: Vec<i128>,
    /// What was moved out before a counter could overflow.
    settled: Option<Box<Histogram>>,
    /// Room for a run of numbers.
    sums: Vec<bulk::Sum>,
    elsewhere: Vec<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    /// The sum of the dropped bits, modulo 2⁶⁴, and how often it wrapped.
    offset: u64,
    wraps: u32,
    rows: [u32; 3],
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    key: u64,
    label: u8,
}

impl Table {
    /// An empty table for a histogram of at most `limit` bins.
    pub(crate) fn new(limit: usize, weighted: bool) -> Self {
        Self {
            limit: limit.max(2),
            dropped: 0,
            direct: Vec::new(),
            base: 0,
            hashed: vec![0; SMALLEST],
            keys: Vec::new(),
            counters: Vec::new(),
            weights: Vec::new(),
            weighted,
            waiting: Vec::new(),
            waiting_weights: Vec::new(),
            settled: None,
            sums: Vec::new(),
            elsewhere: Vec::new(),
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
        match self.settled {
            Some(settled) => settled.merge(&now),
            None => now,
        }
    }

    #[inline]
    fn add_key(&mut self, key: u64, label: u8, weight: i128) {
        let slot = match self.direct.get(direct_place(key >> self.dropped, self.dropped, self.base)) {
            Some(&slot) => slot,
            None => self.hashed[self.probe(key >> self.dropped)],
        };
        let label_at = usize::from(label);
        let Some(counter) = self.counters.get_mut((slot as usize).wrapping_sub(1)) else {
            return self.add_elsewhere(key, label, weight);
        };
        if counter.rows[label_at] >= FULL {
            self.settle();
            return self.add_elsewhere(key, label, weight);
        }
        counter.rows[label_at] += 1;
        let (offset, wrapped) = counter.offset.overflowing_add(key & ((1 << self.dropped) - 1));
        counter.offset = offset;
        counter.wraps += u32::from(wrapped);
        if self.weighted
            && let Some(weights) = self.weights.get_mut(slot as usize - 1)
        {
            weights[label_at] = weights[label_at].saturating_add(weight);
        }
    }

    /// Counts a row whose key is new, or whose counter was full.
    #[cold]
    #[inline(never)]
    fn add_elsewhere(&mut self, key: u64, label: u8, weight: i128) {
        let short = key >> self.dropped;
        if self.hashed[self.probe(short)] == 0 {
            if self.keys.len() >= self.limit {
                self.waiting.push(Waiting { key, label });
                if self.weighted {
                    self.waiting_weights.push(weight);
                }
                if self.waiting.len() >= self.limit * PATIENCE {
                    self.admit_waiting();
                }
                return;
            }
            self.push(short);
        }
        self.add_key(key, label, weight);
    }

    /// Gives a key a slot.
    fn push(&mut self, short: u64) -> usize {
        if (self.keys.len() + 1) * 2 > self.hashed.len() {
            self.hashed = vec![0; self.hashed.len() * 4];
            for slot in 0..self.keys.len() {
                let place = self.probe(self.keys[slot]);
                self.hashed[place] = number(slot + 1);
            }
        }
        let slot = self.keys.len();
        let place = self.probe(short);
        self.hashed[place] = number(slot + 1);
        if let Some(direct) = self.direct.get_mut(direct_place(short, self.dropped, self.base)) {
            *direct = number(slot + 1);
        }
        self.keys.push(short);
        self.counters.push(Counter::default());
        if self.weighted {
            self.weights.push([0; 3]);
        }
        slot
    }

    /// Widens the bins so far that the waiting rows fit, and counts those.
    fn admit_waiting(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut self.waiting);
        let weights = std::mem::take(&mut self.waiting_weights);
        let mut keys: Vec<u64> =
            self.keys.iter().copied().chain(waiting.iter().map(|row| row.key >> self.dropped)).collect();
        keys.sort_unstable();
        keys.dedup();
        self.widen(bits_to_fit(keys.into_iter(), self.limit));
        for (place, row) in waiting.iter().enumerate() {
            self.add_key(row.key, row.label, weights.get(place).copied().unwrap_or_default());
        }
    }

    fn settle(&mut self) {
        let now = self.current();
        let sum = self.settled.take().map_or_else(|| now.clone(), |settled| settled.merge(&now));
        self.settled = Some(Box::new(sum));
        self.counters.fill(Counter::default());
        self.weights.fill([0; 3]);
    }

    fn current(&self) -> Histogram {
        let bins: BTreeMap<u64, Bin> =
            self.keys.iter().copied().zip((0..).map(|slot| self.bin(slot))).collect();
        Histogram::from_bins(self.limit, u8::try_from(self.dropped).unwrap_or(63), bins)
    }

    fn bin(&self, slot: usize) -> Bin {
        let counter = self.counters[slot];
        let tally = |label: usize| {
            let n = u64::from(counter.rows[label]);
            let w = self.weights.get(slot).map_or(i128::from(n) << SCALE_BITS, |weights| weights[label]);
            Tally { n, w }
        };
        Bin { positive: tally(0), negative: tally(1), unlabelled: tally(2), offset: counter.offset() }
    }

    /// Where a key's slot stands, or would stand.
    #[inline]
    fn probe(&self, short: u64) -> usize {
        let mask = self.hashed.len() - 1;
        let mut place = spread(short) & mask;
        while let Some(&key) = self.keys.get((self.hashed[place] as usize).wrapping_sub(1))
            && key != short
        {
            place = (place + 1) & mask;
        }
        place
    }

    /// Drops more bits and joins the bins that become one.
    fn widen(&mut self, more: u8) {
        // Joining bins must not overflow their counters.
        if self.counters.iter().any(|counter| counter.rows.iter().any(|&rows| rows > FULL / 64)) {
            self.settle();
        }
        let keys = std::mem::take(&mut self.keys);
        let counters = std::mem::take(&mut self.counters);
        let weights = std::mem::take(&mut self.weights);
        let dropped = self.dropped;
        self.dropped += u32::from(more);
        self.hashed.fill(0);
        self.lay_out(keys.iter().map(|key| key >> more));
        for (place, (key, counter)) in keys.iter().zip(&counters).enumerate() {
            let found = self.hashed[self.probe(key >> more)] as usize;
            let slot = if found == 0 { self.push(key >> more) } else { found - 1 };
            let total = &mut self.counters[slot];
            let rows: u64 = counter.rows.iter().map(|&rows| u64::from(rows)).sum();
            let low = u128::from(key & ((1 << more) - 1)) << dropped;
            let offset = total.offset() + counter.offset() + low * u128::from(rows);
            (total.wraps, total.offset) = halves(offset);
            total.rows.iter_mut().zip(counter.rows).for_each(|(total, more)| *total += more);
            if let (Some(total), Some(more)) = (self.weights.get_mut(slot), weights.get(place)) {
                total.iter_mut().zip(more).for_each(|(total, more)| *total = total.saturating_add(*more));
            }
        }
    }

    /// Looks keys up directly from now on, down from the greatest magnitude as far as there is room. What
    /// lies below, such as zero, is hashed. Most of the table is never touched: floats cluster.
    fn lay_out(&mut self, keys: impl Iterator<Item = u64> + Clone) {
        let magnitudes = keys.map(|key| magnitude(key, self.dropped).0);
        let high = magnitudes.clone().max().unwrap_or(0);
        let low = magnitudes.min().unwrap_or(0).max(high.saturating_sub((self.limit * ROOM) as u64));
        let spare = (high - low) / 8 + 64;
        self.base = low.saturating_sub(spare);
        let length = usize::try_from(high + spare - self.base).unwrap_or(0) * 2;
        self.direct = if self.dropped == 0 { Vec::new() } else { vec![0; length] };
    }
}

impl Counter {
    fn offset(&self) -> u128 {
        (u128::from(self.wraps) << 64) | u128::from(self.offset)
    }
}

/// A key without its sign, and the sign: 1 for positive numbers. Bins of either sign lie alike.
#[inline]
fn magnitude(short: u64, dropped: u32) -> (u64, u64) {
    let bits = 63 - dropped.min(63);
    let positive = short >> bits;
    ((short ^ positive.wrapping_sub(1)) & ((1 << bits) - 1), positive)
}

/// Where a key is looked up directly; far beyond the table if its magnitude lies below the base.
#[inline]
fn direct_place(short: u64, dropped: u32, base: u64) -> usize {
    let (magnitude, positive) = magnitude(short, dropped);
    usize::try_from((magnitude.wrapping_sub(base) << 1) | positive).unwrap_or(usize::MAX)
}

fn number(slot: usize) -> u32 {
    u32::try_from(slot).unwrap_or(u32::MAX)
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

const SMALLEST: usize = 64;
/// Magnitudes looked up directly, as a multiple of the limit.
const ROOM: usize = 4;
/// How many times the limit may wait.
const PATIENCE: usize = 2;
/// When a counter is full, with room for one more run. Tests must not need four thousand million rows.
const FULL: u32 = if cfg!(test) { 640 } else { 4_000_000_000 };

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
        fn numbers_counted_in_runs_make_the_same_histogram(
            numbers in prop::collection::vec(prop_oneof![-2.0_f64..2.0, (0..9_i32).prop_map(f64::from)], 0..3_000),
            limit in 2_usize..40,
        ) {
            let (mut one, mut all) = (Table::new(limit, false), Table::new(limit, false));
            for &number in &numbers {
                one.add(number, UNLABELLED, 0);
            }
            for run in numbers.chunks(700) {
                prop_assert!(all.add_run(run));
            }
            prop_assert!(!all.add_run(&[0.5, f64::NAN]) && !all.add_run(&[f64::NEG_INFINITY]));
            prop_assert_eq!(all.histogram(), one.histogram());
        }

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
