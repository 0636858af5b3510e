//! Exact binomial draws: inversion for small means, transformed rejection (BTRS) for the rest.
//!
//! Hörmann, W. (1993), The generation of binomial random variates, J. Statist. Comput. Simul. 46, 101–110. Both take
//! constant time on average, so a draw costs the same for a thousand rows and for a billion.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// A uniform draw from \[0, 1) with 53 bits.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
pub(super) fn uniform(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// The number of successes in `trials` independent trials of the given chance.
pub fn binomial(random: &mut ChaCha8Rng, trials: u64, chance: f64) -> u64 {
    if trials == 0 || chance <= 0.0 {
        0
    } else if chance >= 1.0 {
        trials
    } else if chance > 0.5 {
        trials - unlikely(random, trials, 1.0 - chance)
    } else {
        unlikely(random, trials, chance)
    }
}

/// A draw for a chance of at most one half.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn unlikely(random: &mut ChaCha8Rng, trials: u64, chance: f64) -> u64 {
    if trials as f64 * chance < 10.0 {
        inversion(random, trials, chance)
    } else {
        rejection(random, trials, chance)
    }
}

/// Walks up the distribution until the uniform draw is used up; the mean is below 10, so the walk is short.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn inversion(random: &mut ChaCha8Rng, trials: u64, chance: f64) -> u64 {
    let odds = chance / (1.0 - chance);
    let scale = (trials as f64 + 1.0) * odds;
    let none = (trials as f64 * (-chance).ln_1p()).exp();
    loop {
        let (mut left, mut weight) = (uniform(random), none);
        for successes in 0..=trials.min(WALK) {
            if left < weight {
                return successes;
            }
            left -= weight;
            weight *= scale / (successes as f64 + 1.0) - odds;
        }
        // Rounding can leave a sliver beyond the walk, about once in 1e15 draws: draw again.
    }
}

/// BTRS, algorithm 3 of the paper, for means of at least 10.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "row counts stay far below 2^53, and the candidate is checked against 0 and the trials"
)]
fn rejection(random: &mut ChaCha8Rng, trials: u64, chance: f64) -> u64 {
    let size = trials as f64;
    let spread = (size * chance * (1.0 - chance)).sqrt();
    let b = 1.15 + 2.53 * spread;
    let a = -0.0873 + 0.0248 * b + 0.01 * chance;
    let centre = size * chance + 0.5;
    let squeeze = 0.92 - 4.2 / b;
    loop {
        let u = uniform(random) - 0.5;
        let v = 1.0 - uniform(random);
        let us = 0.5 - u.abs();
        let candidate = ((2.0 * a / us + b) * u + centre).floor();
        if us >= 0.07 && v <= squeeze {
            return candidate as u64;
        }
        if candidate < 0.0 || candidate > size {
            continue;
        }
        let alpha = (2.83 + 5.1 / b) * spread;
        let mode = ((size + 1.0) * chance).floor();
        let bound = (v * alpha / (a / (us * us) + b)).ln();
        let odds = (chance / (1.0 - chance)).ln();
        let log_ratio =
            stirling(mode) + stirling(size - mode) - stirling(candidate) - stirling(size - candidate)
                + (mode + 0.5) * ((mode + 1.0) / (candidate + 1.0)).ln()
                + (size - mode + 0.5) * ((size - mode + 1.0) / (size - candidate + 1.0)).ln()
                + (candidate - mode) * (((size - candidate + 1.0) / (candidate + 1.0)).ln() + odds);
        if bound <= log_ratio {
            return candidate as u64;
        }
    }
}

/// What Stirling's formula leaves out of `ln k!` when written in `k + 1`: `ln k! − [(k+½)ln(k+1) − (k+1) + ½ln 2π]`.
fn stirling(k: f64) -> f64 {
    let table = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_09,
        0.016_644_691_189_821_19,
        0.013_876_128_823_070_75,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_09,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number that is not negative; beyond the table the series is used"
    )]
    if let Some(value) = table.get(k as usize) {
        return *value;
    }
    let next = k + 1.0;
    let square = next * next;
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / next
}

/// With a mean below 10, more successes than this have a chance below 1e-60.
const WALK: u64 = 110;

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;
    use statrs::distribution::{Binomial, Discrete};

    use super::*;
    use crate::significance::chi_square::upper_tail;

    #[test]
    fn draws_follow_the_distribution() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for (trials, chance) in [(5, 0.3), (40, 0.9), (1_000, 0.004), (60, 0.4), (10_000, 0.37), (300, 0.97)]
        {
            let law = Binomial::new(chance, trials).unwrap();
            let draws = 200_000;
            let mut counts = vec![0.0; usize::try_from(trials).unwrap() + 1];
            for _ in 0..draws {
                counts[usize::try_from(binomial(&mut random, trials, chance)).unwrap()] += 1.0;
            }
            let (mut statistic, mut cells, mut rest, mut rest_seen) = (0.0, 0.0, 0.0, 0.0);
            for (k, seen) in counts.iter().enumerate() {
                let expected = law.pmf(k as u64) * f64::from(draws);
                if expected >= 10.0 {
                    statistic += (seen - expected).powi(2) / expected;
                    cells += 1.0;
                } else {
                    rest += expected;
                    rest_seen += seen;
                }
            }
            statistic += (rest_seen - rest_seen.min(rest)).powi(2) / rest.max(10.0);
            let p = upper_tail(statistic, cells);
            assert!(p > 1e-4, "{trials} {chance} {statistic} {cells} {p}");
        }
    }

    #[test]
    fn certain_and_impossible_chances_need_no_draw() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        assert_eq!(binomial(&mut random, 9, 0.0), 0);
        assert_eq!(binomial(&mut random, 9, 1.0), 9);
        assert_eq!(binomial(&mut random, 0, 0.5), 0);
    }
}
