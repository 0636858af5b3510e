//! Limits: how long to wait after wrong passwords, and how many requests one may make.
//!
//! An account is never locked for good: an attacker could lock people out. It waits longer and longer, up to an hour.

use std::collections::HashMap;

use dualtrack_catalogue::Language;
use dualtrack_store::operations::Failures;

/// How many seconds to wait after these failures; none if one may try now. Times are in milliseconds.
pub fn wait(failures: &Failures, now: i64) -> Option<u64> {
    let beyond = failures.times - FREE;
    if beyond < 0 {
        return None;
    }
    let minutes = 1_i64 << beyond.min(6);
    let until = failures.last + minutes.min(60) * 60_000;
    // A clock that went backwards does not make one wait longer than that.
    let left = (until - now).min(minutes.min(60) * 60_000);
    (left > 0).then(|| u64::try_from((left + 999) / 1_000).unwrap_or(u64::MAX))
}

/// The failures with one more. A day without any begins anew.
pub fn failed(failures: &Failures, now: i64) -> Failures {
    if failures.times == 0 || now - failures.last > 86_400_000 {
        Failures { times: 1, first: now, last: now }
    } else {
        Failures { times: failures.times + 1, first: failures.first, last: now }
    }
}

/// What a person is told who has to wait.
pub fn words(seconds: u64, language: Language) -> String {
    let minutes = seconds.div_ceil(60);
    language.pick((
        format!(
            "too many wrong passwords; try again in {minutes} {}, or ask an administrator for a new link",
            if minutes == 1 { "minute" } else { "minutes" }
        ),
        format!("密碼多次輸入錯誤；請於{minutes}分鐘後再試，或向系統管理員索取新連結"),
    ))
}

/// How many requests each may make: a burst, and so many a second after it. Bounded in memory.
#[derive(Debug)]
pub struct Buckets {
    burst: f64,
    each_second: f64,
    most: usize,
    levels: HashMap<String, (f64, i64)>,
}

impl Buckets {
    /// Buckets with a burst and a rate, for at most so many names.
    pub fn new(burst: f64, each_second: f64, most: usize) -> Self {
        Self { burst, each_second, most, levels: HashMap::new() }
    }

    /// Takes a request, or says how many seconds to wait.
    pub fn take(&mut self, name: &str, now: i64) -> Result<(), u64> {
        if !self.levels.contains_key(name) && self.levels.len() >= self.most {
            let (rate, burst) = (self.each_second, self.burst);
            // A bucket that is full again says nothing that a new one does not.
            self.levels.retain(|_, (level, at)| refilled(*level, *at, now, rate) < burst);
            if self.levels.len() >= self.most {
                return Err(1);
            }
        }
        let (level, at) = self.levels.get(name).copied().unwrap_or((self.burst, now));
        let level = refilled(level, at, now, self.each_second).min(self.burst);
        if level < 1.0 {
            return Err(1);
        }
        self.levels.insert(name.to_owned(), (level - 1.0, now));
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds between two requests stay far below 2^53")]
fn refilled(level: f64, at: i64, now: i64, rate: f64) -> f64 {
    level + (now - at).max(0) as f64 / 1_000.0 * rate
}

/// How many wrong passwords cost no waiting.
const FREE: i64 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_beyond_the_fifth_doubles_the_wait_up_to_an_hour() {
        let mut failures = Failures::default();
        let mut waits = Vec::new();
        for _ in 0..14 {
            failures = failed(&failures, 1_000);
            waits.push(wait(&failures, 1_000).unwrap_or(0) / 60);
        }
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
        assert_eq!(wait(&failures, 1_000 + 3_600_000), None);
        assert_eq!(failed(&failures, 1_000 + 2 * 86_400_000).times, 1);
    }

    #[test]
    fn a_bucket_empties_and_fills_and_there_are_only_so_many() {
        let mut buckets = Buckets::new(2.0, 1.0, 2);
        assert!(buckets.take("one", 0).is_ok() && buckets.take("one", 0).is_ok());
        assert_eq!(buckets.take("one", 0), Err(1));
        assert!(buckets.take("one", 1_000).is_ok());
        assert!(buckets.take("two", 1_000).is_ok());
        assert_eq!(buckets.take("three", 1_000), Err(1));
        assert!(buckets.take("three", 10_000).is_ok());
    }
}
