//! When to try again, and when to give up. Pure: the attempts, the instant and the chance come in.

use jiff::{SignedDuration, Timestamp};

/// When to try again after `attempt` attempts, the last of which failed at `at`; none when it is given up.
///
/// Up to a tenth is added, by `random`: what failed together should not come back together.
pub(crate) fn next_attempt(attempt: u32, at: Timestamp, random: u64) -> Option<Timestamp> {
    let Some(failed) = attempt.checked_sub(1) else { return Some(at) };
    let seconds = *WAITS.get(usize::try_from(failed).ok()?)?;
    let added = u64::from(seconds).checked_mul(random % 101)?;
    let wait = SignedDuration::from_secs(i64::from(seconds))
        .checked_add(SignedDuration::from_millis(i64::try_from(added).ok()?))?;
    at.checked_add(wait).ok()
}

/// 5 s, 30 s, 2 min, 10 min, 1 h, 3 h, 6 h, 12 h, 24 h: in seconds.
const WAITS: [u32; 9] = [5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_waits_grow_from_five_seconds_to_a_day_and_then_it_is_given_up() {
        let at = Timestamp::UNIX_EPOCH;
        let waits: Vec<_> =
            (1..=11).map(|attempt| next_attempt(attempt, at, 0).map(Timestamp::as_second)).collect();
        let hours = |hours: i64| Some(hours * 3_600);
        let expected =
            [Some(5), Some(30), Some(120), Some(600), hours(1), hours(3), hours(6), hours(12), hours(24)];
        assert_eq!(waits[..9], expected);
        assert_eq!(waits[9..], [None, None]);
    }

    #[test]
    fn what_was_never_tried_is_due_at_once() {
        assert_eq!(next_attempt(0, Timestamp::UNIX_EPOCH, 7), Some(Timestamp::UNIX_EPOCH));
    }

    proptest! {
        #[test]
        fn no_more_than_a_tenth_is_added(attempt in 1_u32..=9, random: u64) {
            let least = next_attempt(attempt, Timestamp::UNIX_EPOCH, 0).unwrap().as_millisecond();
            let wait = next_attempt(attempt, Timestamp::UNIX_EPOCH, random).unwrap().as_millisecond();
            prop_assert!(wait >= least && wait - least <= least / 10);
        }

        #[test]
        fn no_attempt_and_no_instant_overflows(attempt: u32, random: u64) {
            for at in [Timestamp::MIN, Timestamp::MAX] {
                let _ = next_attempt(attempt, at, random);
            }
        }
    }
}
