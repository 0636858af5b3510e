//! Corrections for testing many groups at once: Holm and Benjamini–Hochberg.
//!
//! Holm, S. (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 65–70.
//! Benjamini, Y. and Hochberg, Y. (1995), Controlling the false discovery rate, JRSS B 57, 289–300.

use crate::measurement::AdjustedP;

/// Both adjusted p-values of each test, in the order they came in.
pub fn adjust(p_values: &[f64]) -> Vec<AdjustedP> {
    let (holm, discovery) = (holm(p_values), benjamini_hochberg(p_values));
    holm.into_iter()
        .zip(discovery)
        .map(|(holm, benjamini_hochberg)| AdjustedP { holm, benjamini_hochberg })
        .collect()
}

/// Holm's adjusted p-values: the running maximum of `(m − i + 1) p₍ᵢ₎` over rising p, at most 1.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut largest = 0.0_f64;
    in_order(p_values, |tests, place, p| {
        largest = largest.max((tests - place) * p).min(1.0);
        largest
    })
}

/// Benjamini and Hochberg's adjusted p-values: the running minimum of `m p₍ᵢ₎ / i` over falling p, at most 1.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut smallest = 1.0_f64;
    // Falling p: the negated values rise; place 0 is the largest p, whose rank is m.
    let negated: Vec<f64> = p_values.iter().map(|p| -p).collect();
    in_order(&negated, |tests, place, negative| {
        smallest = smallest.min(-negative * tests / (tests - place));
        smallest
    })
}

/// Applies `adjusted(number of tests, place from 0, value)` in rising order and puts the results back in place.
#[expect(clippy::cast_precision_loss, reason = "tests are counted in hundreds")]
fn in_order(values: &[f64], mut adjusted: impl FnMut(f64, f64, f64) -> f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let tests = values.len() as f64;
    let mut placed: Vec<(usize, f64)> = order
        .into_iter()
        .enumerate()
        .map(|(place, (index, value))| (index, adjusted(tests, place as f64, value)))
        .collect();
    placed.sort_unstable_by_key(|(index, _)| *index);
    placed.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    #[test]
    fn adjusted_values_agree_with_r() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") and "BH"
        let p_values = [0.01, 0.04, 0.03, 0.005];
        for (found, expected) in holm(&p_values).into_iter().zip([0.03, 0.06, 0.06, 0.02]) {
            close(found, expected, 1e-15);
        }
        for (found, expected) in benjamini_hochberg(&p_values).into_iter().zip([0.02, 0.04, 0.04, 0.02]) {
            close(found, expected, 1e-15);
        }
    }

    #[test]
    fn no_tests_no_values() {
        assert!(adjust(&[]).is_empty());
    }
}
