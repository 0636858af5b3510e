//! Scores as metrics see them: positives and negatives per distinct score, in rising order of how strongly the score
//! speaks for the event.
//!
//! A score that points the other way (a credit score) is turned round here, once.

use crate::Tables;
use crate::histogram::{Histogram, Segment};
use crate::interval::delong::{Area, area};
use crate::roles::{HigherMeans, Roles};

/// The labelled rows of one segment by score.
#[derive(Clone, Debug)]
pub struct Scores {
    /// The bins in rising order of the event's likelihood.
    pub bins: Vec<ScoreBin>,
    /// Labelled rows.
    pub rows: u64,
    /// Rows per effective row (Kish); 1 without weights.
    pub design_effect: f64,
    /// Whether some bin holds several distinct scores.
    pub binned: bool,
    /// Whether the scores are declared probabilities and lie within 0 to 1.
    pub probabilities: bool,
}

/// The rows of one score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreBin {
    /// The score; the mean score of a bin that holds several.
    pub score: f64,
    /// Positives: sum of weights.
    pub positive: f64,
    /// Negatives: sum of weights.
    pub negative: f64,
    /// Rows, whatever their weight.
    pub rows: u64,
    /// Positive rows, whatever their weight.
    pub positive_rows: u64,
    /// How far apart two scores of the bin can be.
    pub width: f64,
}

impl ScoreBin {
    /// A bin of unweighted rows.
    #[cfg(test)]
    pub(crate) fn counted(score: f64, positive: u32, negative: u32) -> Self {
        let rows = u64::from(positive + negative);
        let (positive_rows, positive, negative) =
            (u64::from(positive), f64::from(positive), f64::from(negative));
        Self { score, positive, negative, rows, positive_rows, width: 0.0 }
    }

    /// The weight of all rows.
    pub fn weight(&self) -> f64 {
        self.positive + self.negative
    }
}

impl Scores {
    /// The scores of a histogram in the orientation the roles declare; unlabelled rows are left out.
    pub fn new(histogram: &Histogram, roles: &Roles, design_effect: f64) -> Self {
        let turned = roles.score.as_ref().is_some_and(|score| score.higher_means == HigherMeans::Negative);
        let declared = roles.score.as_ref().is_some_and(|score| score.probability);
        let mut bins: Vec<ScoreBin> = histogram
            .points()
            .filter(|point| point.positive.n + point.negative.n > 0)
            .map(|point| ScoreBin {
                score: if turned && declared {
                    1.0 - point.mean
                } else if turned {
                    -point.mean
                } else {
                    point.mean
                },
                positive: point.positive.w,
                negative: point.negative.w,
                rows: point.positive.n + point.negative.n,
                positive_rows: point.positive.n,
                width: point.high - point.low,
            })
            .collect();
        if turned {
            bins.reverse();
        }
        Self {
            rows: bins.iter().map(|bin| bin.rows).sum(),
            probabilities: declared && bins.iter().all(|bin| (0.0..=1.0).contains(&bin.score)),
            binned: !histogram.is_exact(),
            bins,
            design_effect,
        }
    }

    /// The scores of a segment over all periods or in one.
    pub fn of(
        tables: &Tables,
        segment: &Segment,
        period: Option<&crate::Value>,
        design_effect: f64,
    ) -> Option<Self> {
        let histogram = match period {
            Some(period) => tables.histogram(segment, period)?.scores.clone(),
            None => tables.scores(segment)?,
        };
        Some(Self::new(&histogram, &tables.roles, design_effect))
    }

    /// Sums of the weights of positives and negatives.
    pub fn totals(&self) -> (f64, f64) {
        self.bins.iter().fold((0.0, 0.0), |(p, n), bin| (p + bin.positive, n + bin.negative))
    }

    /// The area under the curve with its variance; none unless both labels occur.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    pub fn area(&self) -> Option<Area> {
        let positives: u64 = self.bins.iter().map(|bin| bin.positive_rows).sum();
        let effective = |rows: u64| rows as f64 / self.design_effect;
        area(
            self.bins.iter().map(|bin| (bin.positive, bin.negative)),
            effective(positives),
            effective(self.rows - positives),
        )
    }

    /// How far binning can have moved the area: half of the pairs that share a bin of several scores.
    pub fn area_bound(&self) -> Option<f64> {
        let (positives, negatives) = self.totals();
        let shared: f64 =
            self.bins.iter().filter(|bin| bin.width > 0.0).map(|bin| bin.positive * bin.negative).sum();
        let bound = shared / 2.0 / positives / negatives;
        (self.binned && bound.is_finite()).then_some(bound)
    }

    /// How far binning can have moved a single score.
    pub fn score_bound(&self) -> Option<f64> {
        self.binned.then(|| self.bins.iter().map(|bin| bin.width).fold(0.0, f64::max))
    }
}
