//! Bins of a calibration curve: equal width, or equal mass between type-7 quantiles.
//!
//! Every bin is (low, high], the first closed. Equal quantiles are merged, so tied scores stay together.

use crate::interval::percentile::rank;
use crate::scores::{ScoreBin, Scores};

/// How scores are put into bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinRule {
    /// This many bins of equal width over 0 to 1.
    EqualWidth(u32),
    /// This many bins between quantiles of the scores.
    EqualMass(u32),
}

/// The rows of one bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveBin {
    /// Its place, counted from 1, empty bins included.
    pub place: usize,
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Sum of weights.
    pub weight: f64,
    /// Rows.
    pub rows: u64,
    /// The mean score.
    pub mean_score: f64,
    /// The share of positives.
    pub mean_label: f64,
}

impl CurveBin {
    /// How far label and score are apart.
    pub fn gap(&self) -> f64 {
        (self.mean_label - self.mean_score).abs()
    }
}

/// The bins that hold rows, in rising order.
pub fn curve(scores: &Scores, rule: BinRule) -> Vec<CurveBin> {
    let edges = match rule {
        BinRule::EqualWidth(bins) => (1..bins).map(|k| f64::from(k) / f64::from(bins)).collect(),
        BinRule::EqualMass(bins) => {
            quantile_edges(scores.bins.iter().map(|bin| (bin.score, bin.rows)), scores.rows, bins)
        }
    };
    let mut curve: Vec<CurveBin> = Vec::new();
    let mut rest = scores.bins.as_slice();
    for place in 0..=edges.len() {
        let high = edges.get(place).copied();
        let inside = high.map_or(rest.len(), |high| rest.partition_point(|bin| bin.score <= high));
        let (bins, above) = rest.split_at(inside);
        rest = above;
        let low = place.checked_sub(1).and_then(|below| edges.get(below)).copied().unwrap_or(0.0);
        curve.extend(gather(bins, place + 1, (low, high.unwrap_or(1.0))));
    }
    curve
}

/// Type-7 quantiles at 1/bins … (bins − 1)/bins of values that occur `rows` times each, equal ones merged.
pub(crate) fn quantile_edges(values: impl Iterator<Item = (f64, u64)>, rows: u64, bins: u32) -> Vec<f64> {
    let length = usize::try_from(rows).unwrap_or(usize::MAX);
    let mut ranks = (1..bins).filter_map(|k| rank(length, f64::from(k) / f64::from(bins))).peekable();
    let mut edges: Vec<f64> = Vec::new();
    let mut push = |edge: f64| {
        if edges.last().is_none_or(|last| *last < edge) {
            edges.push(edge);
        }
    };
    // `through` rows have a value up to this one; a quantile between two values waits for the second.
    let mut through = 0_usize;
    let mut waiting: Vec<(f64, f64)> = Vec::new();
    for (value, count) in values.filter(|(_, count)| *count > 0) {
        for (lower, part) in waiting.drain(..) {
            push(lower + part * (value - lower));
        }
        through += usize::try_from(count).unwrap_or(usize::MAX);
        while let Some((whole, part)) = ranks.next_if(|(whole, _)| *whole < through) {
            if part > 0.0 && whole + 1 >= through {
                waiting.push((value, part));
            } else {
                push(value);
            }
        }
    }
    edges
}

/// The rows of neighbouring scores as one bin; none without rows.
fn gather(bins: &[ScoreBin], place: usize, (low, high): (f64, f64)) -> Option<CurveBin> {
    let weight: f64 = bins.iter().map(ScoreBin::weight).sum();
    if weight <= 0.0 {
        return None;
    }
    let positive: f64 = bins.iter().map(|bin| bin.positive).sum();
    let score: f64 = bins.iter().map(|bin| bin.score * bin.weight()).sum();
    Some(CurveBin {
        place,
        low,
        high,
        weight,
        rows: bins.iter().map(|bin| bin.rows).sum(),
        mean_score: score / weight,
        mean_label: positive / weight,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::interval::close;
    use crate::interval::percentile::quantile;

    fn scores(rows: &[(f64, bool)]) -> Scores {
        let mut sorted = rows.to_vec();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut bins: Vec<ScoreBin> = Vec::new();
        for (score, label) in sorted {
            if bins.last().is_none_or(|bin| bin.score < score) {
                bins.push(ScoreBin {
                    score,
                    positive: 0.0,
                    negative: 0.0,
                    rows: 0,
                    positive_rows: 0,
                    width: 0.0,
                });
            }
            let bin = bins.last_mut().unwrap();
            bin.rows += 1;
            if label {
                bin.positive += 1.0;
                bin.positive_rows += 1;
            } else {
                bin.negative += 1.0;
            }
        }
        Scores { bins, rows: rows.len() as u64, design_effect: 1.0, binned: false, probabilities: true }
    }

    #[test]
    fn a_score_on_an_edge_belongs_to_the_bin_below() {
        let curve = curve(
            &scores(&[(0.0, false), (0.1, true), (0.100_000_1, true), (1.0, true)]),
            BinRule::EqualWidth(10),
        );
        let places: Vec<_> = curve.iter().map(|bin| (bin.place, bin.rows)).collect();
        assert_eq!(places, [(1, 2), (2, 1), (10, 1)]);
        close(curve[0].mean_label, 0.5, 0.0);
        close(curve[0].mean_score, 0.05, 1e-15);
    }

    #[test]
    fn tied_scores_stay_together() {
        let rows: Vec<_> = (0..40).map(|i| (if i < 30 { 0.2 } else { 0.7 }, i % 2 == 0)).collect();
        let curve = curve(&scores(&rows), BinRule::EqualMass(10));
        assert_eq!(curve.iter().map(|bin| bin.rows).collect::<Vec<_>>(), [30, 10]);
    }

    proptest! {
        #[test]
        fn edges_are_the_quantiles_of_the_rows(values in prop::collection::vec(0_u8..30, 1..200), bins in 2_u32..16) {
            let mut rows: Vec<f64> = values.iter().map(|v| f64::from(*v) / 7.0).collect();
            let mut expected: Vec<f64> = Vec::new();
            for k in 1..bins {
                let edge = quantile(&mut rows, f64::from(k) / f64::from(bins)).unwrap();
                if expected.last().is_none_or(|last| *last < edge) {
                    expected.push(edge);
                }
            }
            let binned = scores(&rows.iter().map(|v| (*v, true)).collect::<Vec<_>>());
            let found = quantile_edges(binned.bins.iter().map(|b| (b.score, b.rows)), binned.rows, bins);
            prop_assert_eq!(found, expected);
        }
    }
}
