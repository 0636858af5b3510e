//! Logistic recalibration: `logit P(y = 1) = a + b · logit(score)`, by maximum likelihood.
//!
//! The likelihood is concave with two unknowns, so Newton's method with step halving finds its top; with counts per
//! score each step is linear in the distinct scores. Cox, D. R. (1958), Two further applications of a model for binary
//! regression, Biometrika 45, 562–565.

use crate::scores::{ScoreBin, Scores};

/// A fitted line on the logit scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recalibration {
    /// The intercept `a`: 0 when calibrated.
    pub intercept: f64,
    /// The slope `b`: 1 when calibrated.
    pub slope: f64,
    /// The standard error of the intercept, from the observed information.
    pub intercept_error: f64,
    /// The standard error of the slope.
    pub slope_error: f64,
}

/// Fits the line; none when only one label or score occurs, or the scores separate the labels.
pub fn recalibrate(scores: &Scores) -> Option<Recalibration> {
    let (positives, negatives) = scores.totals();
    if positives <= 0.0 || negatives <= 0.0 || scores.bins.len() < 2 || separated(&scores.bins) {
        return None;
    }
    let (mut a, mut b) = (0.0, 1.0);
    let mut likelihood = log_likelihood(&scores.bins, a, b);
    for _ in 0..200 {
        let step = information(&scores.bins, a, b);
        let determinant = step.aa * step.bb - step.ab * step.ab;
        if determinant <= 0.0 || !determinant.is_finite() {
            return None;
        }
        let move_a = (step.bb * step.score_a - step.ab * step.score_b) / determinant;
        let move_b = (step.aa * step.score_b - step.ab * step.score_a) / determinant;
        let mut scale = 1.0;
        let mut next = log_likelihood(&scores.bins, a + move_a, b + move_b);
        while next < likelihood - 1e-9 * likelihood.abs() && scale > 1e-6 {
            scale /= 2.0;
            next = log_likelihood(&scores.bins, a + scale * move_a, b + scale * move_b);
        }
        (a, b, likelihood) = (a + scale * move_a, b + scale * move_b, next);
        if move_a.abs() <= 1e-13 * a.abs().max(1.0) && move_b.abs() <= 1e-13 * b.abs().max(1.0) {
            break;
        }
    }
    let fitted = information(&scores.bins, a, b);
    let determinant = fitted.aa * fitted.bb - fitted.ab * fitted.ab;
    let error = |part: f64| (part / determinant * scores.design_effect).sqrt();
    // With weights the information is in units of weight; scale it to rows before the design effect.
    let per_row = mean_weight(scores).sqrt();
    let fit = Recalibration {
        intercept: a,
        slope: b,
        intercept_error: error(fitted.bb) * per_row,
        slope_error: error(fitted.aa) * per_row,
    };
    (fit.slope_error.is_finite() && fit.slope.is_finite() && fit.intercept.is_finite()).then_some(fit)
}

/// The logit of a score, cut so that 0 and 1 stay finite.
pub(crate) fn logit(score: f64) -> f64 {
    let cut = score.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    (cut / (1.0 - cut)).ln()
}

/// Gradient and information of the likelihood.
#[derive(Default)]
struct Step {
    score_a: f64,
    score_b: f64,
    aa: f64,
    ab: f64,
    bb: f64,
}

fn information(bins: &[ScoreBin], a: f64, b: f64) -> Step {
    let mut step = Step::default();
    for bin in bins {
        let x = logit(bin.score);
        let p = 1.0 / (1.0 + (-(a + b * x)).exp());
        let gap = bin.positive - bin.weight() * p;
        let spread = bin.weight() * p * (1.0 - p);
        step.score_a += gap;
        step.score_b += gap * x;
        step.aa += spread;
        step.ab += spread * x;
        step.bb += spread * x * x;
    }
    step
}

fn log_likelihood(bins: &[ScoreBin], a: f64, b: f64) -> f64 {
    // ln(1 + e^z) without overflow.
    let softplus = |z: f64| z.max(0.0) + (-z.abs()).exp().ln_1p();
    bins.iter()
        .map(|bin| {
            let z = a + b * logit(bin.score);
            -(bin.positive * softplus(-z) + bin.negative * softplus(z))
        })
        .sum()
}

/// Whether some cut puts all positives on one side and all negatives on the other, so that the slope has no bound.
fn separated(bins: &[ScoreBin]) -> bool {
    let ends = |has: fn(&ScoreBin) -> bool| Some((bins.iter().position(has)?, bins.iter().rposition(has)?));
    match (ends(|bin| bin.positive > 0.0), ends(|bin| bin.negative > 0.0)) {
        (Some((first_positive, last_positive)), Some((first_negative, last_negative))) => {
            last_negative <= first_positive || last_positive <= first_negative
        }
        _ => true,
    }
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn mean_weight(scores: &Scores) -> f64 {
    let (positives, negatives) = scores.totals();
    (positives + negatives) / scores.rows.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    fn of(bins: Vec<ScoreBin>) -> Scores {
        let rows = bins.iter().map(|bin| bin.rows).sum();
        Scores { bins, rows, design_effect: 1.0, binned: false, probabilities: true }
    }

    #[test]
    fn perfectly_calibrated_scores_have_slope_one_and_intercept_zero() {
        let fit = recalibrate(&of(vec![
            ScoreBin::counted(0.2, 20, 80),
            ScoreBin::counted(0.5, 50, 50),
            ScoreBin::counted(0.9, 90, 10),
        ]))
        .unwrap();
        close(fit.slope, 1.0, 1e-12);
        close(fit.intercept, 0.0, 1e-12);
    }

    #[test]
    fn two_scores_are_fitted_exactly() {
        // Two points determine the line: logit(0.3) = a + b logit(0.2), logit(0.6) = a + b logit(0.8).
        let fit =
            recalibrate(&of(vec![ScoreBin::counted(0.2, 30, 70), ScoreBin::counted(0.8, 60, 40)])).unwrap();
        let slope = (logit(0.6) - logit(0.3)) / (logit(0.8) - logit(0.2));
        close(fit.slope, slope, 1e-12);
        close(fit.intercept, logit(0.3) - slope * logit(0.2), 1e-12);
    }

    #[test]
    fn scores_that_separate_the_labels_cannot_be_fitted() {
        assert_eq!(recalibrate(&of(vec![ScoreBin::counted(0.2, 0, 9), ScoreBin::counted(0.8, 5, 0)])), None);
        assert_eq!(
            recalibrate(&of(vec![
                ScoreBin::counted(0.2, 0, 9),
                ScoreBin::counted(0.5, 1, 1),
                ScoreBin::counted(0.8, 5, 0)
            ])),
            None
        );
    }
}
