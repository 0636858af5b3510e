//! Fisher's exact test of a two by two table, two-sided: the chance of every table, with the same margins, that is no
//! likelier than the observed one (the rule of R and scipy, with R's relative tolerance of 1e-7 for ties).
//!
//! Probabilities come from the recurrence of the hypergeometric distribution outwards from its mode, so no factorial of
//! a large number is ever taken. Fisher, R. A. (1922), JRSS 85, 87–94.

/// The p-value of a table, given as its two rows.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
pub fn fisher_exact([[count, right], [below, across]]: [[u64; 2]; 2]) -> f64 {
    let (row, other, column) = (count + right, below + across, count + below);
    let least = column.saturating_sub(other);
    let most = row.min(column);
    let mode = {
        let product = (row as f64 + 1.0) * (column as f64 + 1.0) / ((row + other) as f64 + 2.0);
        whole(product).clamp(least, most)
    };
    // P(k + 1) / P(k) of the hypergeometric distribution; relative to the mode.
    let up =
        |k: u64| (row - k) as f64 * (column - k) as f64 / ((k + 1) as f64 * (other + k + 1 - column) as f64);
    // The side of the observed table first: it tells which weights count as extreme.
    let (mut observed, mut k) = (1.0_f64, mode);
    while k < count && observed > 0.0 {
        observed *= up(k);
        k += 1;
    }
    while k > count && observed > 0.0 {
        k -= 1;
        observed /= up(k);
    }
    if observed < f64::MIN_POSITIVE {
        // So unlikely that a double cannot say how unlikely.
        return 0.0;
    }
    let limit = observed * (1.0 + 1e-7);
    let negligible = observed * 1e-18;
    let (mut total, mut extreme) = (0.0, 0.0);
    let mut add = |weight: f64| {
        total += weight;
        if weight <= limit {
            extreme += weight;
        }
    };
    let (mut weight, mut k) = (1.0_f64, mode);
    while k <= most && weight > negligible {
        add(weight);
        weight *= up(k);
        k += 1;
    }
    (weight, k) = (1.0, mode);
    while k > least && weight > negligible {
        k -= 1;
        weight /= up(k);
        add(weight);
    }
    (extreme / total).min(1.0)
}

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
