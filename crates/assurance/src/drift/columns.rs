//! The drift of one column: every measure of two samples of a number or of a category, with intervals.

use std::collections::BTreeMap;

use super::bins::Paired;
use super::distance::{Binned, wasserstein};
use super::resampling::{self, BinnedIntervals};
use super::settled;
use crate::definition::DefinitionId;
use crate::histogram::{Bin, Histogram};
use crate::interval::wilson::wilson;
use crate::measure::Wanted;
use crate::measurement::{Because, Estimate, Interval, Measurement, Slice};
use crate::options::Options;
use crate::profile::ColumnProfile;
use crate::significance::kolmogorov::kolmogorov_smirnov;

/// Every measure of two samples of a number.
pub(super) fn of_numbers(
    reference: &Histogram,
    current: &Histogram,
    options: &Options,
    wanted: Wanted<'_>,
    slice: &Slice,
) -> Vec<Measurement> {
    let paired = Paired::new(reference, current);
    let (x, y) = paired.rows();
    let new =
        |id, estimate| Measurement::new(id, settled((x, y), options, estimate), x + y).of(slice.clone());
    let deciles = paired.by_reference_quantiles(10);
    let mut all: Vec<Measurement> =
        of_bins(&deciles).into_iter().map(|(id, estimate)| new(id, estimate)).collect();
    all.push(new(PSI_WIDTH, Estimate::plain(paired.by_reference_width(10).stability_index())));
    all.push(new(PSI_STURGES, Estimate::plain(paired.by_sturges().stability_index())));
    let points = paired.points.iter().map(|(value, x, y)| (*value, count(*x), count(*y)));
    let widest = paired
        .binned
        .then(|| reference.error_bound().max(current.error_bound()))
        .filter(|bound| bound.is_finite());
    let test = kolmogorov_smirnov(points.clone().map(|(_, x, y)| (x, y)));
    all.push(new(
        KS,
        test.map_or(Estimate::undefined(Because::EmptySample), |test| {
            Estimate::tested(test.statistic, test.p_value)
        }),
    ));
    let distance = wasserstein(points.clone());
    all.push(new(
        WASSERSTEIN,
        distance.map_or(Estimate::undefined(Because::EmptySample), Estimate::plain).within(widest),
    ));
    let deviation = deviation(points.map(|(value, x, _)| (value, x)));
    let normalised = match (distance, deviation) {
        (Some(distance), Some(deviation)) if deviation > 0.0 => {
            Estimate::plain(distance / deviation).within(widest.map(|bound| bound / deviation))
        }
        (None, _) => Estimate::undefined(Because::EmptySample),
        _ => Estimate::undefined(Because::Constant),
    };
    all.push(new(WASSERSTEIN_NORMALISED, normalised));
    if x.min(y) >= options.least_rows.max(1) && wanted.any(&RESAMPLED) {
        let value = |id| all.iter().find(|measurement| measurement.definition == id)?.value();
        // A constant reference leaves the normalised distance undefined, and so without an interval.
        let exact = value(KS).zip(value(WASSERSTEIN)).filter(|_| wanted.curves);
        let exact = exact.map(|(ks, plain)| [ks, plain, value(WASSERSTEIN_NORMALISED).unwrap_or(f64::NAN)]);
        let found = resampling::of_numbers(&paired, exact, options);
        let [by_deciles, by_width, by_sturges] = found.stability;
        let [plain, normalised] = found.wasserstein;
        give(&mut all, found.binned.by_definition());
        give(&mut all, [(PSI, by_deciles), (PSI_WIDTH, by_width), (PSI_STURGES, by_sturges)]);
        give(&mut all, [(KS, found.ks), (WASSERSTEIN, plain), (WASSERSTEIN_NORMALISED, normalised)]);
    }
    all
}

/// Gives measurements their intervals.
fn give(all: &mut [Measurement], found: impl IntoIterator<Item = (DefinitionId, Option<Interval>)>) {
    for (id, interval) in found {
        let of_id = all.iter_mut().filter(|measurement| measurement.definition == id);
        of_id.for_each(|measurement| measurement.give(interval));
    }
}

impl BinnedIntervals {
    fn by_definition(&self) -> [(DefinitionId, Option<Interval>); 5] {
        [
            (JENSEN_SHANNON, self.jensen_shannon),
            (JENSEN_SHANNON_DISTANCE, self.jensen_shannon_distance),
            (HELLINGER, self.hellinger),
            (TOTAL_VARIATION, self.total_variation),
            (CRAMERS_V, self.cramers_v),
        ]
    }
}

/// Every measure of two samples of a category; each category is a bin.
pub(super) fn of_categories(
    reference: &ColumnProfile,
    current: &ColumnProfile,
    options: &Options,
    wanted: Wanted<'_>,
    slice: &Slice,
) -> Vec<Measurement> {
    let (ours, theirs) = (reference.categories.sorted(), current.categories.sorted());
    let mut pairs: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (name, bin) in &ours {
        pairs.entry(name).or_default().0 += Bin::rows(bin);
    }
    for (name, bin) in &theirs {
        pairs.entry(name).or_default().1 += Bin::rows(bin);
    }
    let mut binned = Binned {
        reference: pairs.values().map(|(x, _)| count(*x)).collect(),
        current: pairs.values().map(|(_, y)| count(*y)).collect(),
    };
    // Categories beyond the limit share one bin: they are the same ones on both sides only if both kept all of them.
    let complete = reference.categories.complete() && current.categories.complete();
    binned.reference.push(count(reference.categories.rest.rows()));
    binned.current.push(count(current.categories.rest.rows()));
    let total = |profile: &ColumnProfile, sorted: &BTreeMap<&str, Bin>| {
        sorted.values().map(Bin::rows).sum::<u64>() + profile.categories.rest.rows()
    };
    let (x, y) = (total(reference, &ours), total(current, &theirs));
    let new = |id, estimate: Estimate, rows| {
        let estimate = if complete { estimate } else { Estimate::undefined(Because::TooManyCategories) };
        Measurement::new(id, settled((x, y), options, estimate), rows).of(slice.clone())
    };
    let mut all: Vec<Measurement> =
        of_bins(&binned).into_iter().map(|(id, estimate)| new(id, estimate, x + y)).collect();
    let index = Estimate::plain(binned.stability_index());
    all.extend([PSI_WIDTH, PSI_STURGES].map(|id| new(id, index.clone(), x + y)));
    let affordable = wanted.curves || pairs.len() <= CHEAP_CATEGORIES;
    if complete && affordable && x.min(y) >= options.least_rows.max(1) && wanted.any(&RESAMPLED) {
        let (ours, theirs): (Vec<u64>, Vec<u64>) = pairs.values().copied().unzip();
        let (stability, found) = resampling::of_bins(&ours, &theirs, options);
        give(&mut all, found.by_definition());
        give(&mut all, [PSI, PSI_WIDTH, PSI_STURGES].map(|id| (id, stability)));
    }
    let fresh: u64 =
        theirs.iter().filter(|(name, _)| !ours.contains_key(*name)).map(|(_, bin)| bin.rows()).sum();
    let interval = wilson(count(fresh), count(y), options.level);
    all.push(new(NEW_CATEGORIES, Estimate::with(count(fresh) / count(y), interval), y));
    all
}

/// The measures that need bins only.
fn of_bins(binned: &Binned) -> [(DefinitionId, Estimate); 7] {
    let divergence = binned.jensen_shannon();
    let (chi_square, cramers_v) = binned.association().map_or_else(
        || (Estimate::tested(0.0, 1.0), Estimate::plain(0.0)),
        |found| {
            (Estimate::tested(found.test.statistic, found.test.p_value), Estimate::plain(found.cramers_v))
        },
    );
    [
        (PSI, Estimate::plain(binned.stability_index())),
        (JENSEN_SHANNON, Estimate::plain(divergence)),
        (JENSEN_SHANNON_DISTANCE, Estimate::plain(divergence.sqrt())),
        (HELLINGER, Estimate::plain(binned.hellinger())),
        (TOTAL_VARIATION, Estimate::plain(binned.total_variation())),
        (CHI_SQUARE, chi_square),
        (CRAMERS_V, cramers_v),
    ]
}

/// The standard deviation, ddof 1, of values that occur this often; none below two rows.
fn deviation(points: impl Iterator<Item = (f64, f64)> + Clone) -> Option<f64> {
    let (rows, sum) =
        points.clone().fold((0.0, 0.0), |(rows, sum), (value, count)| (rows + count, sum + value * count));
    let mean = sum / rows;
    let squares: f64 = points.map(|(value, count)| count * (value - mean) * (value - mean)).sum();
    (rows > 1.0).then(|| (squares / (rows - 1.0)).sqrt())
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn count(rows: u64) -> f64 {
    rows as f64
}

const PSI: DefinitionId = DefinitionId::new("drift.psi.reference-deciles");
const PSI_WIDTH: DefinitionId = DefinitionId::new("drift.psi.equal-width.10");
const PSI_STURGES: DefinitionId = DefinitionId::new("drift.psi.sturges");
const JENSEN_SHANNON: DefinitionId = DefinitionId::new("drift.jensen_shannon.base2");
const JENSEN_SHANNON_DISTANCE: DefinitionId = DefinitionId::new("drift.jensen_shannon_distance.base2");
const HELLINGER: DefinitionId = DefinitionId::new("drift.hellinger");
const TOTAL_VARIATION: DefinitionId = DefinitionId::new("drift.total_variation");
pub(super) const KS: DefinitionId = DefinitionId::new("drift.ks");
const CHI_SQUARE: DefinitionId = DefinitionId::new("drift.chi_square");
const CRAMERS_V: DefinitionId = DefinitionId::new("drift.cramers_v");
pub(super) const WASSERSTEIN: DefinitionId = DefinitionId::new("drift.wasserstein");
pub(super) const WASSERSTEIN_NORMALISED: DefinitionId = DefinitionId::new("drift.wasserstein_normalised");
const NEW_CATEGORIES: DefinitionId = DefinitionId::new("drift.new_category_share");

/// What is measured over all values, not bins.
pub(super) const CURVES: [DefinitionId; 3] = [KS, WASSERSTEIN, WASSERSTEIN_NORMALISED];
/// What is resampled.
const RESAMPLED: [DefinitionId; 11] = [
    PSI,
    PSI_WIDTH,
    PSI_STURGES,
    JENSEN_SHANNON,
    JENSEN_SHANNON_DISTANCE,
    HELLINGER,
    TOTAL_VARIATION,
    CRAMERS_V,
    KS,
    WASSERSTEIN,
    WASSERSTEIN_NORMALISED,
];
/// Categories that are resampled where only bins are.
const CHEAP_CATEGORIES: usize = 64;
