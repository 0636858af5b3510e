//! Gaps: the numbers that a source gave its entries, and which of them never came.

use std::collections::BTreeMap;

use crate::entry::Source;

/// What was seen of each start of each source.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    seen: BTreeMap<(String, u64), Numbers>,
    /// How many were too many to follow.
    unfollowed: u64,
}

#[derive(Clone, Copy, Debug)]
struct Numbers {
    count: u64,
    least: u64,
    greatest: u64,
}

/// Numbers that a source gave and that are not in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The source.
    pub instance: String,
    /// Its start.
    pub epoch: u64,
    /// How many entries are missing; negative if numbers were given twice.
    pub missing: i128,
}

impl Sources {
    /// Notes an entry of a source.
    pub fn note(&mut self, source: &Source) {
        let Source { instance, epoch, sequence } = source;
        let sequence = *sequence;
        let key = (instance.clone(), *epoch);
        if self.seen.len() >= MOST && !self.seen.contains_key(&key) {
            self.unfollowed += 1;
            return;
        }
        let numbers =
            self.seen.entry(key).or_insert(Numbers { count: 0, least: sequence, greatest: sequence });
        numbers.count += 1;
        numbers.least = numbers.least.min(sequence);
        numbers.greatest = numbers.greatest.max(sequence);
    }

    /// The gaps. Of a whole log, every source begins with 1; of a part, with whatever number comes first.
    pub fn gaps(&self, whole: bool) -> Vec<Gap> {
        let gap = |((instance, epoch), numbers): (&(String, u64), &Numbers)| {
            let from = if whole { 1 } else { i128::from(numbers.least) };
            let missing = i128::from(numbers.greatest) - from + 1 - i128::from(numbers.count);
            (missing != 0).then(|| Gap { instance: instance.clone(), epoch: *epoch, missing })
        };
        self.seen.iter().filter_map(gap).collect()
    }

    /// How many starts of sources were seen.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// How many entries could not be followed, because there were too many sources.
    pub fn unfollowed(&self) -> u64 {
        self.unfollowed
    }
}

const MOST: usize = 100_000;
