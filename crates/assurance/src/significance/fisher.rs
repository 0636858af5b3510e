//! Fisher's exact test of a two by two table, two-sided: the chance of every table, with the same margins, that is no
//! likelier than the observed one (the rule of R and scipy, with R's relative tolerance of 1e-7 for ties).
//!
//! Probabilities come from the recurrence of the hypergeometric distribution outwards from its mode, so no factorial of
//! a large number is ever taken. Fisher, R. A. (1922), JRSS 85, 87–94.

/// The p-value of the table `[[a, b], [c, d]]`.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
pub fn fisher_exact([[a, b], [c, d]]: [[u64; 2]; 2]) -> f64 {
    let (row, other, column) = (a + b, c + d, a + c);
    let least = column.saturating_sub(other);
    let most = row.min(column);
    let mode = {
        let product = (row as f64 + 1.0) * (column as f64 + 1.0) / ((row + other) as f64 + 2.0);
        whole(product).clamp(least, most)
    };
    // P(k + 1) / P(k) of the hypergeometric distribution; relative to the mode.
    let up =
        |k: u64| (row - k) as f64 * (column - k) as f64 / ((k + 1) as f64 * (other + k + 1 - column) as f64);
    let mut weights = Vec::new();
    let mut weight = 1.0_f64;
    for k in mode..=most {
        weights.push((k, weight));
        if k == most || (weight < NEGLIGIBLE && k > a) {
            break;
        }
        weight *= up(k);
    }
    weight = 1.0;
    let mut k = mode;
    while k > least && !(weight < NEGLIGIBLE && k < a) {
        k -= 1;
        weight /= up(k);
        weights.push((k, weight));
    }
    let observed = weights.iter().find(|(k, _)| *k == a).map_or(0.0, |(_, weight)| *weight);
    let limit = observed * (1.0 + 1e-7);
    let mut parts: Vec<f64> = weights.iter().map(|(_, weight)| *weight).collect();
    parts.sort_unstable_by(f64::total_cmp);
    let total: f64 = parts.iter().sum();
    let extreme: f64 = parts.iter().filter(|weight| **weight <= limit).sum();
    (extreme / total).min(1.0)
}

/// Weights below this, relative to the mode, add nothing a double can hold.
const NEGLIGIBLE: f64 = 1e-300;

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the mode lies between two counts"
)]
fn whole(value: f64) -> u64 {
    value.floor() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    #[test]
    fn the_tea_tasting_lady() {
        // Fisher's own example: 34/70.
        close(fisher_exact([[3, 1], [1, 3]]), 34.0 / 70.0, 1e-14);
    }

    #[test]
    fn p_values_agree_with_scipy() {
        // scipy.stats.fisher_exact(table)[1]
        close(fisher_exact([[8, 2], [1, 5]]), 0.034_965_034_965_034_975, 1e-12);
        close(fisher_exact([[190, 800], [200, 900]]), 0.574_111_858_126_088_2, 1e-12);
        close(fisher_exact([[0, 5], [0, 7]]), 1.0, 1e-15);
        close(fisher_exact([[0, 0], [0, 0]]), 1.0, 1e-15);
        close(fisher_exact([[1_500, 8_500], [1_700, 8_300]]), 0.000_123_399_453_564_402_16, 1e-13);
    }
}
