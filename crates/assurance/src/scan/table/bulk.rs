//! Whole runs of numbers at once: sums by slot first, into the counters afterwards.
//!
//! A run touches sixteen bytes a number that depend on nothing else, so the processor works on several at a time.

use super::{Counter, FULL, Table, UNLABELLED, direct_place, halves, number};
use crate::histogram::{bits_to_fit, ordered};

/// What one run adds to a slot.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    offset: u64,
    rows: u32,
}

impl Table {
    /// Counts a run of rows without label and weight; false, and nothing is counted, if a number is infinite or NaN.
    ///
    /// A run is no longer than [`RUN`], and the table must not be weighted.
    pub(crate) fn add_run(&mut self, run: &[f64]) -> bool {
        if self.direct.is_empty() || self.dropped > SAFE_BITS {
            if !run.iter().all(|number| number.is_finite()) {
                return false;
            }
            if self.dropped == 0 {
                self.look_ahead(run);
            }
        }
        if self.direct.is_empty() || self.dropped > SAFE_BITS {
            for &number in run {
                self.add(number, UNLABELLED, 0);
            }
            return true;
        }
        self.add_sums(run)
    }

    /// Widens the bins at once if the first numbers alone already ask for it. They must be counted next.
    fn look_ahead(&mut self, numbers: &[f64]) {
        let first = numbers.get(..self.limit * 2).unwrap_or(numbers).iter().map(|&number| ordered(number));
        let mut keys: Vec<u64> = self.keys.iter().copied().chain(first).collect();
        keys.sort_unstable();
        keys.dedup();
        let more = bits_to_fit(keys.iter().copied(), self.limit);
        if more == 0 {
            return;
        }
        self.widen(more);
        for key in &mut keys {
            *key >>= more;
        }
        keys.dedup();
        self.lay_out(keys.iter().copied());
        for slot in 0..self.keys.len() {
            if let Some(direct) = self.direct.get_mut(direct_place(self.keys[slot], self.dropped, self.base))
            {
                *direct = number(slot + 1);
            }
        }
        for key in keys {
            if self.hashed[self.probe(key)] == 0 {
                self.push(key);
            }
        }
    }

    fn add_sums(&mut self, run: &[f64]) -> bool {
        let mut sums = std::mem::take(&mut self.sums);
        let mut elsewhere = std::mem::take(&mut self.elsewhere);
        sums.clear();
        sums.resize(self.keys.len() + 1, Sum::default());
        let finite = count(run, (self.dropped, self.base), &self.direct, &mut sums, &mut elsewhere);
        if !finite {
            elsewhere.clear();
            (self.sums, self.elsewhere) = (sums, elsewhere);
            return false;
        }
        if self.counters.iter().any(|counter| counter.rows[LABEL] >= FULL) {
            self.settle();
        }
        for (counter, sum) in self.counters.iter_mut().zip(&sums[1..]) {
            counter.take(sum);
        }
        for key in elsewhere.drain(..) {
            self.add_key(key, UNLABELLED, 0);
        }
        (self.sums, self.elsewhere) = (sums, elsewhere);
        true
    }
}

/// Adds numbers to the sums of their slots; the keys of those that have none yet go elsewhere. Whether all were finite.
///
/// A function of its own, and arithmetic on the bits of the number itself, so that all of it stays in registers.
#[inline(never)]
fn count(
    run: &[f64],
    (dropped, base): (u32, u64),
    direct: &[u32],
    sums: &mut [Sum],
    elsewhere: &mut Vec<u64>,
) -> bool {
    let mask = (1 << dropped) - 1;
    let mut greatest = 0;
    for &number in run {
        // As in `ordered`: zero has one sign, and the bits of negative numbers are turned over.
        let bits = (number + 0.0).to_bits();
        let negative = bits >> 63;
        let unsigned = bits & (u64::MAX >> 1);
        greatest = greatest.max(unsigned);
        let magnitude = unsigned >> dropped;
        let place = (magnitude.wrapping_sub(base) << 1) | (negative ^ 1);
        let slot =
            usize::try_from(place).ok().and_then(|place| direct.get(place)).map_or(0, |&slot| slot as usize);
        // Slot 0 stands for keys that have none yet.
        if slot == 0 {
            elsewhere.push(ordered(number));
        }
        if let Some(sum) = sums.get_mut(slot) {
            sum.offset = sum.offset.wrapping_add((bits ^ negative.wrapping_neg()) & mask);
            sum.rows = sum.rows.wrapping_add(1);
        }
    }
    greatest < f64::INFINITY.to_bits()
}

impl Counter {
    #[inline]
    fn take(&mut self, sum: &Sum) {
        self.rows[LABEL] += sum.rows;
        (self.wraps, self.offset) = halves(self.offset() + u128::from(sum.offset));
    }
}

const LABEL: usize = UNLABELLED as usize;
/// So many numbers of so many dropped bits add up to less than 2⁶⁴.
pub(crate) const RUN: usize = 1 << 16;
const SAFE_BITS: u32 = 48;
