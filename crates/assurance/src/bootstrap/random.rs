//! The source of chance: xoshiro256++, one stream for each replicate, the same numbers on every machine.
//!
//! Blackman, D. and Vigna, S. (2021), Scrambled linear pseudorandom number generators, ACM Trans. Math. Softw. 47, 36.
//! Not for secrets.

use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};

/// The stream of this number under this seed: its state is four outputs of `SplitMix64` that no other stream begins with.
pub(crate) fn stream(seed: u64, number: u64) -> Xoshiro256PlusPlus {
    let key = SplitMix64::seed_from_u64(seed).next_u64();
    Xoshiro256PlusPlus::seed_from_u64(key.wrapping_add(number.wrapping_mul(GOLDEN).wrapping_mul(4)))
}

/// A uniform draw from \[0, 1) with 53 bits.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
pub(super) fn uniform(random: &mut impl Rng) -> f64 {
    (random.next_u64() >> 11).cast_signed() as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// How far `SplitMix64` steps for each output: 2⁶⁴ divided by the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_and_seed_is_its_own() {
        let first = |seed, number| stream(seed, number).next_u64();
        assert_eq!(first(1, 0), first(1, 0));
        assert!(first(1, 0) != first(1, 1) && first(1, 0) != first(2, 0));
    }

    #[test]
    fn uniform_draws_have_the_mean_and_variance_of_the_unit_interval() {
        let mut random = stream(7, 0);
        let draws: Vec<f64> = (0..100_000).map(|_| uniform(&mut random)).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
        assert!((mean - 0.5).abs() < 0.005 && (variance - 1.0 / 12.0).abs() < 0.002);
        assert!(draws.iter().all(|x| (0.0..1.0).contains(x)));
    }
}
