//! Performance of scores: AUC, KS, average precision, gain and lift, and the losses of probabilities.

use super::curves;
use crate::calibration::wald;
use crate::definition::{DefinitionId, GAIN_IDS, LIFT_IDS};
use crate::measure::Wanted;
use crate::measurement::{Because, Estimate, Interval, Measurement, Method};
use crate::options::Options;
use crate::scores::{ScoreBin, Scores};
use crate::significance::kolmogorov::kolmogorov_smirnov;

/// Every measurement of a set of scores.
pub(super) fn of_scores(
    scores: &Scores,
    weighted: bool,
    options: &Options,
    wanted: Wanted<'_>,
) -> Vec<Measurement> {
    let few = (scores.rows > 0 && scores.rows < options.least_rows)
        .then_some(Estimate::TooFew { rows: scores.rows, least: options.least_rows });
    let settle = |estimate: Estimate| few.clone().unwrap_or(estimate);
    let new = |id: DefinitionId, estimate| Measurement::new(id, settle(estimate), scores.rows);
    let (auc, gini) = areas(scores, weighted, options.level);
    let mut all = vec![new(AUC, auc), new(GINI, gini), new(KS, separation(scores))];
    let precision = average_precision(&scores.bins);
    all.push(new(AVERAGE_PRECISION, precision.map_or_else(no_positive, Estimate::plain)));
    for (tenths, (gain_id, lift_id)) in (1_u32..).zip(GAIN_IDS.into_iter().zip(LIFT_IDS)) {
        let share = f64::from(tenths) / 10.0;
        let gain = gain(&scores.bins, share);
        let lift = gain.map(|gain| gain / share);
        all.push(new(DefinitionId::new(gain_id), gain.map_or_else(no_positive, Estimate::plain)));
        all.push(new(DefinitionId::new(lift_id), lift.map_or_else(no_positive, Estimate::plain)));
    }
    // All but the two areas at the front are resampled.
    let resampled = all.iter().skip(2).any(|measurement| (wanted.of)(measurement.definition));
    if wanted.curves && few.is_none() && resampled {
        for (id, interval) in curves::intervals(scores, weighted, options) {
            if let Some(measurement) = all.iter_mut().find(|measurement| measurement.definition == id) {
                measurement.give(interval);
            }
        }
    }
    if scores.probabilities {
        for (id, loss) in [(LOG_LOSS, log_loss as fn(f64, bool) -> f64), (BRIER, squared_error)] {
            all.push(new(id, mean_loss(scores, loss, weighted, options.level)));
        }
    }
    all
}

/// Σ (Rₖ − Rₖ₋₁) Pₖ over falling distinct scores; none without positives.
pub fn average_precision(bins: &[ScoreBin]) -> Option<f64> {
    let positives: f64 = bins.iter().map(|bin| bin.positive).sum();
    if positives <= 0.0 {
        return None;
    }
    let (mut hits, mut rows, mut sum) = (0.0, 0.0, 0.0);
    for bin in bins.iter().rev().filter(|bin| bin.weight() > 0.0) {
        hits += bin.positive;
        rows += bin.weight();
        sum += bin.positive / positives * (hits / rows);
    }
    Some(sum)
}

/// The share of the positives among the given share of rows with the highest scores; tied rows across the cut enter in
/// proportion. None without positives.
pub fn gain(bins: &[ScoreBin], share: f64) -> Option<f64> {
    let positives: f64 = bins.iter().map(|bin| bin.positive).sum();
    let rows: f64 = bins.iter().map(ScoreBin::weight).sum();
    if positives <= 0.0 {
        return None;
    }
    let mut left = share * rows;
    let mut hits = 0.0;
    for bin in bins.iter().rev().filter(|bin| bin.weight() > 0.0) {
        let taken = (left / bin.weight()).min(1.0);
        hits += taken * bin.positive;
        left -= bin.weight();
        if left <= 0.0 {
            break;
        }
    }
    Some((hits / positives).min(1.0))
}

/// AUC with `DeLong`'s interval, and the Gini coefficient with the same interval stretched.
fn areas(scores: &Scores, weighted: bool, level: f64) -> (Estimate, Estimate) {
    let Some(found) = scores.area() else {
        return (Estimate::undefined(Because::OneLabel), Estimate::undefined(Because::OneLabel));
    };
    let interval = found.interval(level).map(|interval| interval.weighted(weighted));
    let stretched = interval.map(|interval| Interval {
        low: 2.0 * interval.low - 1.0,
        high: interval.high.map(|high| 2.0 * high - 1.0),
        method: Method::DeLong,
        ..interval
    });
    let bound = scores.area_bound();
    (
        Estimate::with(found.area, interval).within(bound),
        Estimate::with(2.0 * found.area - 1.0, stretched).within(bound.map(|bound| 2.0 * bound)),
    )
}

/// The Kolmogorov–Smirnov distance between positives and negatives.
fn separation(scores: &Scores) -> Estimate {
    let bins = scores.bins.iter().map(|bin| (bin.positive, bin.negative));
    kolmogorov_smirnov(bins)
        .map_or(Estimate::undefined(Because::OneLabel), |test| Estimate::tested(test.statistic, test.p_value))
}

/// The mean of a loss over the rows, with the Wald interval of a mean.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn mean_loss(scores: &Scores, loss: fn(f64, bool) -> f64, weighted: bool, level: f64) -> Estimate {
    let (mut weight, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for bin in &scores.bins {
        for (rows, label) in [(bin.positive, true), (bin.negative, false)] {
            // A label that does not occur at this score must not bring in the logarithm of zero.
            if rows > 0.0 {
                let loss = loss(bin.score, label);
                weight += rows;
                sum += rows * loss;
                squares += rows * loss * loss;
            }
        }
    }
    if weight <= 0.0 {
        return Estimate::undefined(Because::NoRows);
    }
    let mean = sum / weight;
    let size = scores.rows as f64 / scores.design_effect;
    let error = ((squares / weight - mean * mean).max(0.0) / (size - 1.0)).sqrt();
    Estimate::with(mean, wald(mean, error, level, weighted)).within(scores.score_bound())
}

/// The log loss of one row; scores are cut so that it stays finite.
fn log_loss(score: f64, label: bool) -> f64 {
    let cut = score.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    if label { -cut.ln() } else { -(-cut).ln_1p() }
}

/// The squared error of one row.
fn squared_error(score: f64, label: bool) -> f64 {
    let gap = score - f64::from(u8::from(label));
    gap * gap
}

fn no_positive() -> Estimate {
    Estimate::undefined(Because::NoPositive)
}

const AUC: DefinitionId = DefinitionId::new("performance.auc");
const GINI: DefinitionId = DefinitionId::new("performance.gini");
pub(super) const KS: DefinitionId = DefinitionId::new("performance.ks");
pub(super) const AVERAGE_PRECISION: DefinitionId = DefinitionId::new("performance.average_precision");
const LOG_LOSS: DefinitionId = DefinitionId::new("performance.log_loss");
const BRIER: DefinitionId = DefinitionId::new("performance.brier");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    #[test]
    fn average_precision_by_hand() {
        // sklearn's example: y = 0 0 1 1, scores 0.1 0.4 0.35 0.8 → 0.8333…
        let bins = [
            ScoreBin::counted(0.1, 0, 1),
            ScoreBin::counted(0.35, 1, 0),
            ScoreBin::counted(0.4, 0, 1),
            ScoreBin::counted(0.8, 1, 0),
        ];
        close(average_precision(&bins).unwrap(), 0.5 + 0.5 * 2.0 / 3.0, 1e-15);
    }

    #[test]
    fn tied_rows_across_the_cut_enter_in_proportion() {
        let bins = [ScoreBin::counted(0.2, 1, 5), ScoreBin::counted(0.7, 3, 1)];
        close(gain(&bins, 0.2).unwrap(), 2.0 / 4.0 * 3.0 / 4.0, 1e-15);
        close(gain(&bins, 0.7).unwrap(), (3.0 + 0.5) / 4.0, 1e-15);
        close(gain(&bins, 1.0).unwrap(), 1.0, 1e-15);
        assert_eq!(gain(&[ScoreBin::counted(0.2, 0, 5)], 0.5), None);
    }

    #[test]
    fn losses_of_certain_scores_stay_finite() {
        close(log_loss(1.0, true), 0.0, 1e-15);
        close(log_loss(0.0, true), -f64::EPSILON.ln(), 1e-12);
        close(squared_error(0.25, true), 0.5625, 1e-15);
    }
}
