//! What the chart of scores is drawn from; other charts are drawn from measurements.

use dualtrack_assurance::roles::{CutOff, Decision};
use dualtrack_assurance::scores::Scores;
use dualtrack_assurance::{Segment, Tables};
use dualtrack_report::{ScoreBin, ScoreDistribution};

/// The scores of all rows by label, in bins of equal width.
pub(crate) fn scores(tables: &Tables) -> Option<ScoreDistribution> {
    let scores = Scores::of(tables, &Segment::all(), None, 1.0)?;
    let (low, high) = if scores.probabilities {
        (0.0, 1.0)
    } else {
        (scores.bins.first()?.score, scores.bins.last()?.score)
    };
    let width = (high - low) / f64::from(BINS);
    if !width.is_finite() || width <= 0.0 {
        return None;
    }
    let mut bins: Vec<ScoreBin> = (0..BINS)
        .map(|bin| ScoreBin {
            from: low + width * f64::from(bin),
            to: low + width * f64::from(bin + 1),
            positive: 0,
            negative: 0,
        })
        .collect();
    for one in &scores.bins {
        // The edge of the last bin may round to just below the greatest score.
        let place = bins.iter().position(|bin| one.score <= bin.to).unwrap_or(bins.len() - 1);
        if let Some(bin) = bins.get_mut(place) {
            bin.positive += one.positive_rows;
            bin.negative += one.rows - one.positive_rows;
        }
    }
    let label = tables.roles.label.as_ref()?;
    let positive = label.positive.clone()?;
    let others = tables.cube.labels.iter().filter_map(|value| value.text());
    let negative = others.filter(|text| **text != positive).collect::<Vec<_>>().join(", ");
    let cut_off = match tables.roles.decision {
        Some(Decision::CutOff(CutOff::Below(score) | CutOff::AtLeast(score))) => Some(score),
        Some(Decision::Column { .. }) | None => None,
    };
    Some(ScoreDistribution {
        slice: None,
        positive: format!("{} = {positive}", label.column),
        negative: format!("{} = {negative}", label.column),
        cut_off,
        bins,
    })
}

const BINS: u32 = 40;
