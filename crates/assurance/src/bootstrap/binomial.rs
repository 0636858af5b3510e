//! Exact binomial draws: inversion for small means, transformed rejection (BTRD) for the rest.
//!
//! Hörmann, W. (1993), The generation of binomial random variates, J. Statist. Comput. Simul. 46, 101–110. Both take
//! constant time on average, so a draw costs the same for a thousand rows and for a billion.

use rand_xoshiro::rand_core::Rng;

use super::random::uniform;

/// The number of successes in `trials` independent trials of the given chance.
pub fn binomial(random: &mut impl Rng, trials: u64, chance: f64) -> u64 {
    Chance::new(chance).draw(random, trials)
}

/// A chance of success, with what each draw needs of it worked out once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance {
    /// The chance of the rarer outcome.
    rarer: f64,
    /// Whether the rarer outcome is failure.
    flipped: bool,
    /// The odds of the rarer outcome.
    odds: f64,
    /// The logarithm of the other outcome's chance.
    log_other: f64,
}

impl Chance {
    /// A chance; below 0 is taken as 0, above 1 as 1.
    pub(super) fn new(chance: f64) -> Self {
        let chance = chance.clamp(0.0, 1.0);
        let flipped = chance > 0.5;
        let rarer = if flipped { 1.0 - chance } else { chance };
        Self { rarer, flipped, odds: rarer / (1.0 - rarer), log_other: (-rarer).ln_1p() }
    }

    /// The number of successes in so many independent trials.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    pub(super) fn draw(&self, random: &mut impl Rng, trials: u64) -> u64 {
        let mean = trials.cast_signed() as f64 * self.rarer;
        let rarer = if mean >= 10.0 {
            self.rejection(random, trials)
        } else if mean > 0.0 {
            self.inversion(random, trials)
        } else {
            0
        };
        if self.flipped { trials - rarer } else { rarer }
    }

    /// Walks up the distribution until the uniform draw is used up; the mean is below 10, so the walk is short.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    fn inversion(&self, random: &mut impl Rng, trials: u64) -> u64 {
        let scale = (trials as f64 + 1.0) * self.odds;
        let none = (trials as f64 * self.log_other).exp();
        loop {
            let (mut left, mut weight) = (uniform(random), none);
            for successes in 0..=trials.min(WALK) {
                if left < weight {
                    return successes;
                }
                left -= weight;
                weight *= scale / (successes as f64 + 1.0) - self.odds;
            }
            // Rounding can leave a sliver beyond the walk, about once in 1e15 draws: draw again.
        }
    }

    /// Algorithm BTRD of the paper, for means of at least 10. Four draws in five end with the first candidate.
    #[inline]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "row counts stay far below 2^53, and so do candidates"
    )]
    fn rejection(&self, random: &mut impl Rng, trials: u64) -> u64 {
        let size = trials.cast_signed() as f64;
        let shape = Shape::new(size, self.rarer);
        loop {
            let first = uniform(random);
            let inner = 0.86 * shape.height;
            let (u, v) = if first <= inner {
                let u = first / shape.height - 0.43;
                return (shape.candidate(u) as i64).cast_unsigned();
            } else if first >= shape.height {
                (uniform(random) - 0.5, first)
            } else {
                let u = first / shape.height - 0.93;
                (0.5_f64.copysign(u) - u, uniform(random) * shape.height)
            };
            let candidate = shape.candidate(u).floor();
            if candidate >= 0.0 && candidate <= size && self.accepts(&shape, size, candidate, u, v) {
                return (candidate as i64).cast_unsigned();
            }
        }
    }

    /// Whether a candidate from the outer part of the hat lies under the distribution.
    fn accepts(&self, shape: &Shape, size: f64, candidate: f64, u: f64, v: f64) -> bool {
        let Shape { a, b, spread, .. } = *shape;
        let us = 0.5 - u.abs();
        let alpha = (2.83 + 5.1 / b) * spread;
        let v = v * alpha / (a / (us * us) + b);
        let mode = ((size + 1.0) * self.rarer).floor();
        let distance = (candidate - mode).abs();
        if distance <= 15.0 {
            return v <= self.relative(size, mode, candidate);
        }
        let variance = size * self.rarer * (1.0 - self.rarer);
        let v = v.ln();
        let part = distance / variance;
        let rho = part * (((distance / 3.0 + 0.625) * distance + 1.0 / 6.0) / variance + 0.5);
        let t = -distance * part / 2.0;
        if v < t - rho || v > t + rho {
            return v < t - rho;
        }
        let log_ratio =
            stirling(mode) + stirling(size - mode) - stirling(candidate) - stirling(size - candidate)
                + (mode + 0.5) * ((mode + 1.0) / (candidate + 1.0)).ln()
                + (size - mode + 0.5) * ((size - mode + 1.0) / (size - candidate + 1.0)).ln()
                + (candidate - mode) * (((size - candidate + 1.0) / (candidate + 1.0)).ln() + self.odds.ln());
        v <= log_ratio
    }

    /// The chance of a candidate near the mode over that of the mode, step by step.
    fn relative(&self, size: f64, mode: f64, candidate: f64) -> f64 {
        let (low, high) = (mode.min(candidate), mode.max(candidate));
        let scale = (size + 1.0) * self.odds;
        let (mut product, mut place) = (1.0, low);
        while place < high {
            place += 1.0;
            product *= scale / place - self.odds;
        }
        if candidate < mode { 1.0 / product } else { product }
    }
}

/// The hat over a binomial distribution, in the letters of the paper.
struct Shape {
    a: f64,
    b: f64,
    spread: f64,
    centre: f64,
    /// `v_r` of the paper.
    height: f64,
}

impl Shape {
    #[inline]
    fn new(size: f64, chance: f64) -> Self {
        let spread = (size * chance * (1.0 - chance)).sqrt();
        let b = 1.15 + 2.53 * spread;
        Self {
            a: -0.0873 + 0.0248 * b + 0.01 * chance,
            b,
            spread,
            centre: size * chance + 0.5,
            height: 0.92 - 4.2 / b,
        }
    }

    #[inline]
    fn candidate(&self, u: f64) -> f64 {
        (2.0 * self.a / (0.5 - u.abs()) + self.b) * u + self.centre
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

    use statrs::distribution::{Binomial, Discrete};

    use super::*;
    use crate::bootstrap::stream;
    use crate::significance::chi_square::upper_tail;

    #[test]
    fn draws_follow_the_distribution() {
        let mut random = stream(7, 0);
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
        let mut random = stream(7, 0);
        assert_eq!(binomial(&mut random, 9, 0.0), 0);
        assert_eq!(binomial(&mut random, 9, 1.0), 9);
        assert_eq!(binomial(&mut random, 0, 0.5), 0);
    }
}
