//! Intervals of what is read off the ranking of scores: KS, average precision, gain and lift, by the bootstrap over at
//! most [`MOST_CELLS`] cells of neighbouring scores.

use crate::bootstrap::bins::{join, resample};
use crate::definition::{DefinitionId, GAIN_IDS, LIFT_IDS};
use crate::measurement::Interval;
use crate::options::Options;
use crate::scores::{ScoreBin, Scores};

use super::ranking::{AVERAGE_PRECISION, KS};

/// The interval of each metric of the ranking.
pub(super) fn intervals(
    scores: &Scores,
    weighted: bool,
    options: &Options,
) -> Vec<(DefinitionId, Option<Interval>)> {
    let cells = Cells::new(&scores.bins);
    let exact: Vec<Side> = scores.bins.iter().map(|bin| (bin.positive, bin.negative)).collect();
    let (exact, joined) = (read(&exact), read(&cells.observed()));
    let workspace = || vec![(0.0, 0.0); cells.mean_weights.len()];
    let draws = resample([&cells.rows], WIDTH, options, workspace, |sides, [drawn], values| {
        for ((side, counts), means) in sides.iter_mut().zip(drawn.chunks_exact(2)).zip(&cells.mean_weights) {
            if let [positive, negative] = counts {
                *side = (count(*positive) * means.0, count(*negative) * means.1);
            }
        }
        values.copy_from_slice(&read(sides));
    });
    let interval = |index: usize| {
        let moved = exact.get(index)? - joined.get(index)?;
        Some(draws.interval(index, options.level, moved, (0.0, 1.0))?.weighted(weighted))
    };
    let mut all = vec![(KS, interval(0)), (AVERAGE_PRECISION, interval(1))];
    for (tenths, (gain, lift)) in (1_u32..).zip(GAIN_IDS.into_iter().zip(LIFT_IDS)) {
        let share = f64::from(tenths) / 10.0;
        let found = usize::try_from(tenths).ok().and_then(|tenths| interval(tenths + 1));
        let stretched = found.map(|found| Interval {
            low: found.low / share,
            high: found.high.map(|high| high / share),
            ..found
        });
        all.push((DefinitionId::new(gain), found));
        all.push((DefinitionId::new(lift), stretched));
    }
    all
}

/// Weight of positives and of negatives.
type Side = (f64, f64);

/// Neighbouring scores joined: rows of positives and negatives of each cell in turn, and their mean weights.
struct Cells {
    rows: Vec<u64>,
    mean_weights: Vec<Side>,
}

impl Cells {
    fn new(bins: &[ScoreBin]) -> Self {
        let rows: Vec<f64> = bins.iter().map(|bin| count(bin.rows)).collect();
        let mut sums: Vec<[(u64, f64); 2]> = Vec::new();
        for (bin, cell) in bins.iter().zip(join(&rows, MOST_CELLS, |_| false)) {
            if sums.len() <= cell {
                sums.push([(0, 0.0); 2]);
            }
            if let Some([positive, negative]) = sums.last_mut() {
                *positive = (positive.0 + bin.positive_rows, positive.1 + bin.positive);
                *negative = (negative.0 + bin.rows - bin.positive_rows, negative.1 + bin.negative);
            }
        }
        let mean = |(rows, weight): (u64, f64)| if rows > 0 { weight / count(rows) } else { 0.0 };
        Self {
            rows: sums.iter().flatten().map(|(rows, _)| *rows).collect(),
            mean_weights: sums
                .iter()
                .map(|[positive, negative]| (mean(*positive), mean(*negative)))
                .collect(),
        }
    }

    fn observed(&self) -> Vec<Side> {
        let counts = self.rows.chunks_exact(2).zip(&self.mean_weights);
        counts
            .filter_map(|(counts, means)| match counts {
                [positive, negative] => Some((count(*positive) * means.0, count(*negative) * means.1)),
                _ => None,
            })
            .collect()
    }
}

/// KS, average precision and the gains of the top 1 to 10 tenths, in one pass from the highest score down.
fn read(sides: &[Side]) -> [f64; WIDTH] {
    let (positives, negatives) =
        sides.iter().fold((0.0, 0.0), |(p, n), (positive, negative)| (p + positive, n + negative));
    let (mut hits, mut misses, mut separation, mut precision) = (0.0, 0.0, 0.0_f64, 0.0);
    let mut values = [f64::NAN; WIDTH];
    if positives <= 0.0 || negatives <= 0.0 {
        return values;
    }
    let (mut gains, tenth) = (values.iter_mut().skip(2).peekable(), (positives + negatives) / 10.0);
    let mut target = tenth;
    for &(positive, negative) in sides.iter().rev() {
        let weight = positive + negative;
        if weight <= 0.0 {
            continue;
        }
        // Rows tied across a cut enter in proportion.
        while target <= hits + misses + weight
            && let Some(gain) = gains.next()
        {
            *gain = ((hits + positive * (target - hits - misses) / weight) / positives).min(1.0);
            target += tenth;
        }
        hits += positive;
        misses += negative;
        separation = separation.max((hits / positives - misses / negatives).abs());
        precision += positive * hits / (hits + misses);
    }
    // Rounding may leave the last target a hair above the last row.
    gains.for_each(|gain| *gain = 1.0);
    let [first, second, ..] = &mut values;
    (*first, *second) = (separation, precision / positives);
    values
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn count(rows: u64) -> f64 {
    rows as f64
}

/// Cells of neighbouring scores: finer ones would not move an end by a hundredth of the interval's width.
const MOST_CELLS: usize = 1_024;
/// KS, average precision and ten gains.
const WIDTH: usize = 12;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::interval::close;
    use crate::performance::ranking::{average_precision, gain};

    proptest! {
        #[test]
        fn one_pass_agrees_with_each_metric_by_itself(
            counts in prop::collection::vec((0_u32..9, 0_u32..9), 2..60),
        ) {
            let bins: Vec<ScoreBin> = (0_u32..)
                .zip(&counts)
                .map(|(score, (x, y))| ScoreBin::counted(f64::from(score), *x, *y))
                .collect();
            let cells = Cells::new(&bins);
            let found = read(&cells.observed());
            prop_assume!(counts.iter().any(|(x, _)| *x > 0) && counts.iter().any(|(_, y)| *y > 0));
            close(found[1], average_precision(&bins).unwrap(), 1e-12);
            for (tenths, gained) in (1_u32..).zip(found.iter().skip(2)) {
                close(*gained, gain(&bins, f64::from(tenths) / 10.0).unwrap(), 1e-9);
            }
        }
    }
}
