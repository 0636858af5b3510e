//! Limits: how long to wait after wrong passwords, and how many requests one may make. Times are in milliseconds.
//!
//! An account is never locked for good: an attacker could lock people out. Five wrong passwords cost nothing; then each
//! further try waits 1, 2, 4, 8, 16, 32, and from then on 60 minutes. A right password, or a day without a wrong one,
//! begins anew. An address has 30 failures in ten minutes, whatever accounts it tries.
//!
//! A clock that was once far ahead locks nobody out either: what lies in the future costs no waiting, and a new failure is
//! dated by the clock as it is.
//!
//! **Count before you look.** The caller adds the failure *before* it compares the password, in the same step as it asks
//! [`wait`], and takes it back when the password was right. Otherwise a thousand tries at once all find no failure yet.

use std::collections::{BTreeMap, HashMap};

use dualtrack_catalogue::Language;
use dualtrack_store::operations::Failures;
use sha2::{Digest as _, Sha256};

/// How many seconds an account waits after these failures; none if one may try now.
pub fn wait(failures: &Failures, now: i64) -> Option<u64> {
    let beyond = failures.times.saturating_sub(FREE);
    if beyond < 0 || is_ahead(failures.last, now) {
        return None;
    }
    let whole = (1_i64 << beyond.min(6)).min(MOST_MINUTES) * MINUTE;
    let until = failures.last.saturating_add(whole);
    // A clock that lags does not make one wait longer than that.
    seconds(until.saturating_sub(now).min(whole))
}

/// The failures of an account with one more. A day without any begins anew.
pub fn failed(failures: &Failures, now: i64) -> Failures {
    one_more(failures, now.saturating_sub(failures.last) > DAY, now)
}

/// How many seconds an address waits after these failures; none if it may try now.
pub fn wait_of_address(failures: &Failures, now: i64) -> Option<u64> {
    if failures.times < MOST_OF_ADDRESS || is_ahead(failures.first, now) {
        return None;
    }
    let until = failures.first.saturating_add(WINDOW);
    seconds(until.saturating_sub(now).min(WINDOW))
}

/// The failures of an address with one more. Ten minutes after the first the count begins anew.
pub fn failed_from_address(failures: &Failures, now: i64) -> Failures {
    let over = now.saturating_sub(failures.first) >= WINDOW;
    one_more(failures, over || is_ahead(failures.first, now), now)
}

/// When the first failure of an address must have been for its count to go on: after one time, and by another.
pub fn window_of_address(now: i64) -> (i64, i64) {
    (now.saturating_sub(WINDOW), now.saturating_add(LAG))
}

fn one_more(failures: &Failures, anew: bool, now: i64) -> Failures {
    if failures.times <= 0 || anew {
        return Failures { times: 1, first: now, last: now };
    }
    Failures { times: failures.times.saturating_add(1), first: failures.first, last: now }
}

/// Whether a time was written by a clock that has since been set back.
fn is_ahead(then: i64, now: i64) -> bool {
    then.saturating_sub(now) > LAG
}

fn seconds(left: i64) -> Option<u64> {
    u64::try_from(left).ok().filter(|left| *left > 0).map(|left| left.div_ceil(1_000))
}

/// What a person is told who has to wait for her account.
pub fn words(seconds: u64, language: Language) -> String {
    let minutes = seconds.div_ceil(60);
    language.pick((
        format!(
            "too many wrong passwords; try again in {}, or ask an administrator for a new link",
            english(minutes)
        ),
        format!("密碼多次輸入錯誤；請於{minutes}分鐘後再試，或向系統管理員索取新連結"),
    ))
}

/// What a person is told whose address has to wait.
pub fn words_for_address(seconds: u64, language: Language) -> String {
    let minutes = seconds.div_ceil(60);
    language.pick((
        format!(
            "too many failed sign-ins from your network; try again in {}, or ask an administrator",
            english(minutes)
        ),
        format!("你所用的網絡登入失敗次數過多；請於{minutes}分鐘後再試，或聯絡系統管理員"),
    ))
}

fn english(minutes: u64) -> String {
    format!("{minutes} {}", if minutes == 1 { "minute" } else { "minutes" })
}

/// How many requests each may make: a burst, and so many a second after it.
///
/// Bounded in memory: each name is kept as a digest of 32 bytes, and when there are too many the one that asked longest
/// ago is dropped, so that a crowd of new names shuts nobody out. One that comes back after that has a full bucket.
#[derive(Debug)]
pub struct Buckets {
    burst: f64,
    each_second: f64,
    most: usize,
    turn: u64,
    levels: HashMap<Name, Level>,
    /// Who asked when, to find the one that asked longest ago without looking at all.
    turns: BTreeMap<u64, Name>,
}

type Name = [u8; 32];

#[derive(Clone, Copy, Debug)]
struct Level {
    left: f64,
    at: i64,
    turn: u64,
}

impl Buckets {
    /// Buckets with a burst and a rate, for at most so many names.
    pub fn new(burst: f64, each_second: f64, most: usize) -> Self {
        Self { burst, each_second, most, turn: 0, levels: HashMap::new(), turns: BTreeMap::new() }
    }

    /// Takes a request, or says how many seconds to wait.
    pub fn take(&mut self, name: &str, now: i64) -> Result<(), u64> {
        let name: Name = Sha256::digest(name.as_bytes()).into();
        let (left, at) = match self.levels.get(&name) {
            Some(level) => {
                self.turns.remove(&level.turn);
                let left = refilled(level.left, level.at, now, self.each_second).min(self.burst);
                (left, if is_ahead(level.at, now) { now } else { level.at.max(now) })
            }
            None => (self.burst, now),
        };
        let taken = left >= 1.0;
        self.turn += 1;
        let left_over = if taken { left - 1.0 } else { left };
        self.levels.insert(name, Level { left: left_over, at, turn: self.turn });
        self.turns.insert(self.turn, name);
        while self.levels.len() > self.most
            && let Some((_, oldest)) = self.turns.pop_first()
        {
            self.levels.remove(&oldest);
        }
        if taken { Ok(()) } else { Err(whole_seconds((1.0 - left) / self.each_second)) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds between two requests stay far below 2^53")]
fn refilled(left: f64, at: i64, now: i64, rate: f64) -> f64 {
    left + now.saturating_sub(at).max(0) as f64 / 1_000.0 * rate
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded up, at least one, and a cast of what is too large gives the largest"
)]
fn whole_seconds(seconds: f64) -> u64 {
    seconds.ceil().max(1.0) as u64
}

/// How many wrong passwords cost no waiting.
const FREE: i64 = 5;
const MOST_MINUTES: i64 = 60;
/// How many failures an address has in [`WINDOW`].
const MOST_OF_ADDRESS: i64 = 30;
const MINUTE: i64 = 60_000;
const WINDOW: i64 = 10 * MINUTE;
const DAY: i64 = 86_400_000;
/// How far the clock may lag behind what was written, because requests overtake each other.
const LAG: i64 = MINUTE;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        assert_eq!(failed(&failures, 1_000 + 2 * DAY).times, 1);
    }

    #[test]
    fn an_address_has_thirty_failures_in_ten_minutes() {
        let mut failures = Failures::default();
        for minute in 0..29 {
            failures = failed_from_address(&failures, minute * 1_000);
            assert_eq!(wait_of_address(&failures, minute * 1_000), None);
        }
        failures = failed_from_address(&failures, 60_000);
        assert_eq!(wait_of_address(&failures, 60_000), Some(540));
        assert_eq!(wait_of_address(&failures, WINDOW), None);
        assert_eq!(failed_from_address(&failures, WINDOW).times, 1);
    }

    #[test]
    fn a_clock_that_was_once_far_ahead_locks_nobody_out() {
        let ahead = 70 * 365 * DAY;
        let failures = Failures { times: 40, first: ahead, last: ahead };
        assert_eq!((wait(&failures, 0), wait_of_address(&failures, 0)), (None, None));
        // One try, and then the hour as ever: the count was not forgotten.
        assert_eq!(wait(&failed(&failures, 0), 0), Some(3_600));
        assert_eq!(failed_from_address(&failures, 0).times, 1);
        let mut buckets = Buckets::new(1.0, 1.0, 2);
        assert!(buckets.take("one", ahead).is_ok());
        assert!(buckets.take("one", 0).is_err());
        assert!(buckets.take("one", 1_000).is_ok());
    }

    #[test]
    fn who_has_to_wait_is_told_how_long_in_both_languages() {
        assert_eq!(
            words(61, Language::En),
            "too many wrong passwords; try again in 2 minutes, or ask an administrator for a new link"
        );
        assert!(words(1, Language::En).contains("in 1 minute,"));
        assert!(words(240, Language::ZhHant).contains("請於4分鐘後再試"));
        assert!(words_for_address(600, Language::En).contains("in 10 minutes,"));
        assert!(words_for_address(600, Language::ZhHant).contains("請於10分鐘後再試"));
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let mut buckets = Buckets::new(2.0, 0.5, 2);
        assert!(buckets.take("one", 0).is_ok() && buckets.take("one", 0).is_ok());
        assert_eq!(buckets.take("one", 0), Err(2));
        assert_eq!(buckets.take("one", 1_000), Err(1));
        assert!(buckets.take("one", 2_000).is_ok());
        // A clock that goes back and forth fills nothing twice.
        assert_eq!(buckets.take("one", 0), Err(2));
        assert_eq!(buckets.take("one", 2_000), Err(2));
    }

    #[test]
    fn of_too_many_names_the_one_that_asked_longest_ago_is_dropped() {
        let mut buckets = Buckets::new(1.0, 0.001, 2);
        assert!(buckets.take("one", 0).is_ok());
        assert!(buckets.take("two", 0).is_ok());
        assert!(buckets.take("one", 0).is_err(), "asking counts, even in vain");
        assert!(buckets.take("three", 0).is_ok(), "nobody is shut out");
        assert!(buckets.take("one", 0).is_err(), "`one` is still known");
        assert!(buckets.take("two", 0).is_ok(), "`two` was dropped");
    }

    #[test]
    fn two_hundred_thousand_names_take_the_room_of_a_hundred_thousand() {
        let mut buckets = Buckets::new(100.0, 20.0, 100_000);
        for number in 0..200_000 {
            assert!(buckets.take(&number.to_string(), 0).is_ok());
        }
        assert_eq!((buckets.levels.len(), buckets.turns.len()), (100_000, 100_000));
    }

    #[test]
    fn no_name_is_printed() {
        let mut buckets = Buckets::new(1.0, 1.0, 2);
        buckets.take("dtk_secret", 0).unwrap();
        assert!(!format!("{buckets:?}").contains("dtk_secret"));
    }

    proptest! {
        #[test]
        fn waits_never_get_shorter_with_more_failures(gaps in prop::collection::vec(0_i64..3_600_000, 1..30)) {
            let (mut failures, mut now, mut before) = (Failures::default(), 0, 0);
            for gap in gaps {
                now += gap;
                failures = failed(&failures, now);
                let waits = wait(&failures, now).unwrap_or(0);
                prop_assert!(waits >= before && waits <= 3_600);
                before = waits;
            }
        }

        #[test]
        fn nobody_waits_longer_than_an_hour_whatever_is_kept(times: i64, first: i64, last: i64, now: i64) {
            let failures = Failures { times, first, last };
            prop_assert!(wait(&failures, now).is_none_or(|seconds| seconds <= 3_600));
            prop_assert!(wait_of_address(&failures, now).is_none_or(|seconds| seconds <= 600));
            let more = failed(&failures, now);
            prop_assert!(more.times >= 1 && failed_from_address(&failures, now).times >= 1);
            let _ = (words(u64::MAX, Language::En), words_for_address(0, Language::ZhHant));
        }

        #[test]
        fn who_waits_as_told_may_try(times in 0_i64..50, ago in -200_000_i64..4_000_000) {
            let (now, failures) = (10_000_000, Failures { times, first: 10_000_000 - ago, last: 10_000_000 - ago });
            for wait in [wait, wait_of_address] {
                let told = wait(&failures, now).map_or(0, |seconds| i64::try_from(seconds).unwrap());
                let then = now + told * 1_000 + LAG;
                prop_assert!(wait(&failures, then).is_none() || is_ahead(failures.last, now));
            }
        }

        #[test]
        fn nobody_gets_more_than_the_burst_and_the_rate(steps in prop::collection::vec(0_i64..500, 1..300)) {
            let mut buckets = Buckets::new(5.0, 2.0, 10);
            let (mut now, mut taken) = (0, 0_i64);
            for step in steps {
                now += step;
                taken += i64::from(buckets.take("one", now).is_ok());
                prop_assert!(taken * 1_000 <= 5_000 + 2 * now);
            }
        }
    }
}
