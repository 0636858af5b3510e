//! Intervals of areas under the curve of several groups: independent, each normal with `DeLong`'s variance.

use rand_xoshiro::rand_core::Rng;
use statrs::distribution::{ContinuousCDF, Normal};

use super::delong::Area;
use super::normal_quantile;
use super::percentile::percentile_interval;
use crate::bootstrap::stream;
use crate::measurement::{Interval, Method};
use crate::options::Options;

/// The interval of the ratio of two independent areas, on the scale of its logarithm: by the delta method the variance
/// is the sum of each variance over its squared area.
pub fn ratio(ours: Area, theirs: Area, level: f64) -> Option<Interval> {
    let relative = |area: Area| Some(area.variance? / area.area / area.area);
    let reach = normal_quantile(level) * (relative(ours)? + relative(theirs)?).sqrt();
    let value = ours.area / theirs.area;
    let (low, high) = (value * (-reach).exp(), value * reach.exp());
    high.is_finite().then(|| Interval::between(low, high, level, Method::DeLong))
}

/// The intervals of greatest − least, least / greatest and least of the areas: percentiles (type 7) of as many normal
/// draws of all areas as the options ask replicates for. None without a variance of each.
///
/// As greatest and least are picked anew from each draw, the interval of the first lies too high, that of the other two
/// too low, when the areas hardly differ.
pub fn over_groups(areas: &[Area], options: &Options) -> [Option<Interval>; 3] {
    let deviations: Option<Vec<(f64, f64)>> =
        areas.iter().map(|area| Some((area.area, area.variance?.sqrt()))).collect();
    let Some(deviations) = deviations.filter(|all| all.len() >= 2) else { return [None; 3] };
    let normal = Normal::standard();
    let mut series: [Vec<f64>; 3] = Default::default();
    for replicate in 0..u64::from(options.replicates) {
        let mut random = stream(options.seed, replicate);
        let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
        for (area, deviation) in &deviations {
            let drawn = (area + deviation * normal.inverse_cdf(uniform(&mut random))).clamp(0.0, 1.0);
            (least, greatest) = (least.min(drawn), greatest.max(drawn));
        }
        let values = [greatest - least, least / greatest, least];
        series.iter_mut().zip(values).for_each(|(series, value)| series.push(value));
    }
    series.map(|mut series| {
        let found = percentile_interval(&mut series, options.level)?;
        Some(Interval { method: Method::DeLong, ..found })
    })
}

/// A uniform draw from (0, 1), never an end.
#[expect(clippy::cast_precision_loss, reason = "52 bits and a half fit a double exactly")]
fn uniform(random: &mut impl Rng) -> f64 {
    ((random.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    fn area(area: f64, deviation: f64) -> Area {
        Area { area, variance: Some(deviation * deviation) }
    }

    #[test]
    fn the_ratio_of_two_areas_by_hand() {
        let found = ratio(area(0.8, 0.02), area(0.75, 0.015), 0.95).unwrap();
        let reach = 1.959_963_984_540_054 * (0.025_f64.powi(2) + 0.02_f64.powi(2)).sqrt();
        close(found.low, 0.8 / 0.75 * (-reach).exp(), 1e-12);
        close(found.upper(), 0.8 / 0.75 * reach.exp(), 1e-12);
    }

    #[test]
    fn far_apart_areas_spread_like_their_difference() {
        let options = Options { replicates: 4_000, ..Options::default() };
        let [spread, ratio, least] = over_groups(&[area(0.9, 0.01), area(0.6, 0.02)], &options);
        let reach = 1.96 * (0.01_f64.powi(2) + 0.02_f64.powi(2)).sqrt();
        close(spread.unwrap().low, 0.3 - reach, 0.003);
        close(spread.unwrap().upper(), 0.3 + reach, 0.003);
        assert!(ratio.unwrap().low < 2.0 / 3.0 && ratio.unwrap().upper() > 2.0 / 3.0);
        close(least.unwrap().low, 0.6 - 1.96 * 0.02, 0.003);
        assert_eq!(over_groups(&[area(0.9, 0.01)], &options), [None; 3]);
    }
}
