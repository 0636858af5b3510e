//! Wald intervals of regression metrics from sums of errors alone, by the delta method.
//!
//! The sums hold no fourth moment, so a shape supplies it: the generalised normal law whose ratio of mean absolute to
//! root mean squared error is that of the errors (Geary 1935, The ratio of the mean deviation to the standard deviation
//! as a test of normality, Biometrika 27; Varanasi and Aazhang 1989, Parametric generalized Gaussian density estimation,
//! JASA 86(4), 1404–1415). Normal errors give the normal-theory interval, heavier tails a wider one.

use statrs::function::gamma::ln_gamma;

use super::normal_quantile;
use crate::measurement::{Interval, Method};

/// The interval of a root mean squared error over `size` effective rows: standard error `RMSE √((κ − 1) / 4n)`, κ the
/// kurtosis about zero. None for fewer than two rows.
pub fn root_mean_square(mean_absolute: f64, root: f64, size: f64, level: f64) -> Option<Interval> {
    let error = root * ((kurtosis(mean_absolute / root) - 1.0) / 4.0 / size).sqrt();
    around(root, error, size, level, (0.0, f64::INFINITY))
}

/// The interval of a coefficient of determination over `size` effective rows: variance `(4 R² + 2 / n) (1 − R²)² / n`.
///
/// Olkin and Finn 1995, Correlations redux, Psychological Bulletin 118, 155–164, for jointly normal values and errors
/// unrelated to the prediction; `2 / n` is what remains of the variance at zero. Below zero, where the prediction is
/// worse than the mean, a target unrelated to the prediction gives `4 |R²| / (1 − R²)` in place of `4 R²`.
pub fn determination(value: f64, size: f64, level: f64) -> Option<Interval> {
    let share = if value < 0.0 { -value / (1.0 - value) } else { value };
    let error = (1.0 - value) * ((4.0 * share + 2.0 / size) / size).sqrt();
    around(value, error, size, level, (f64::NEG_INFINITY, 1.0))
}

fn around(value: f64, error: f64, size: f64, level: f64, (least, greatest): (f64, f64)) -> Option<Interval> {
    let reach = normal_quantile(level) * error;
    let (low, high) = ((value - reach).max(least), (value + reach).min(greatest));
    (size > 1.0 && reach.is_finite()).then(|| Interval::between(low, high, level, Method::Wald))
}

/// The kurtosis of the generalised normal law with this ratio of mean absolute to root mean squared value.
///
/// With shape β the ratio is `Γ(2/β) / √(Γ(1/β) Γ(3/β))`, rising with β, and κ is `Γ(5/β) Γ(1/β) / Γ(3/β)²`. Shapes are
/// kept between 0.3 and 20, that is κ between about 40 and 1.8.
fn kurtosis(ratio: f64) -> f64 {
    let of = |shape: f64, k: f64| ln_gamma(k / shape);
    let ratio_of = |shape: f64| (of(shape, 2.0) - f64::midpoint(of(shape, 1.0), of(shape, 3.0))).exp();
    let (mut low, mut high) = (0.3, 20.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if ratio_of(middle) < ratio { low = middle } else { high = middle }
    }
    (of(low, 5.0) + of(low, 1.0) - 2.0 * of(low, 3.0)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    #[test]
    fn the_shape_gives_the_kurtosis_of_known_laws() {
        close(kurtosis((2.0 / std::f64::consts::PI).sqrt()), 3.0, 1e-9);
        // Laplace: mean absolute value b, root mean square b√2, kurtosis 6.
        close(kurtosis(0.5_f64.sqrt()), 6.0, 1e-9);
        assert!(kurtosis(0.01) > 25.0 && kurtosis(1.0) < 1.9);
    }

    #[test]
    fn normal_errors_give_the_normal_theory_interval() {
        // Standard error of a standard deviation: σ / √(2n).
        let found = root_mean_square((2.0 / std::f64::consts::PI).sqrt() * 3.0, 3.0, 200.0, 0.95).unwrap();
        close(found.upper() - 3.0, 1.959_963_984_540_054 * 3.0 / 20.0, 1e-9);
    }

    #[test]
    fn a_determination_never_passes_one_and_keeps_a_width_at_zero() {
        let found = determination(0.99, 20.0, 0.95).unwrap();
        assert!(found.low > 0.9 && found.upper() <= 1.0);
        let found = determination(0.0, 100.0, 0.95).unwrap();
        close(found.upper(), 1.959_963_984_540_054 * 2.0_f64.sqrt() / 100.0, 1e-12);
        assert_eq!(determination(0.5, 1.0, 0.95), None);
    }
}
