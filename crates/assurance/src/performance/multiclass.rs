//! Performance of decisions among several classes: accuracy, and precision, recall and F1 averaged over the classes.
//!
//! A class is any value of the label or of the decision. Sokolova, M. and Lapalme, G. (2009), A systematic analysis of
//! performance measures for classification tasks, Information Processing and Management 45, 427–437.

use std::collections::BTreeMap;

use crate::Tables;
use crate::bootstrap::replicate;
use crate::cube::Value;
use crate::definition::DefinitionId;
use crate::interval::wilson::wilson;
use crate::measurement::{Because, Estimate, Interval, Measurement};
use crate::options::Options;

/// The averages of one table of label against decision; NaN where undefined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Averages {
    /// Rows decided as labelled / rows.
    pub accuracy: f64,
    /// Mean of the classes' precision.
    pub macro_precision: f64,
    /// Mean of the classes' recall.
    pub macro_recall: f64,
    /// Mean of the classes' F1.
    pub macro_f1: f64,
    /// F1 of the counts summed over classes.
    pub micro_f1: f64,
    /// Mean of the classes' F1, weighted by how often each is the label.
    pub weighted_f1: f64,
}

/// The averages of a square table, `table[label][decision]`.
pub fn averages(table: &[Vec<f64>]) -> Averages {
    let classes = table.len();
    let at =
        |row: usize, column: usize| table.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0.0);
    let total: f64 = table.iter().flatten().sum();
    let (mut hits, mut precision, mut recall, mut f1, mut weighted) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for class in 0..classes {
        let tp = at(class, class);
        let labelled: f64 = (0..classes).map(|column| at(class, column)).sum();
        let decided: f64 = (0..classes).map(|row| at(row, class)).sum();
        let class_f1 = 2.0 * tp / (labelled + decided);
        hits += tp;
        precision += tp / decided;
        recall += tp / labelled;
        f1 += class_f1;
        if labelled > 0.0 {
            weighted += labelled * class_f1;
        }
    }
    let classes = count(classes);
    Averages {
        accuracy: hits / total,
        macro_precision: precision / classes,
        macro_recall: recall / classes,
        macro_f1: f1 / classes,
        // One label and one decision a row: false positives and false negatives are the same rows.
        micro_f1: hits / total,
        weighted_f1: weighted / total,
    }
}

impl Averages {
    fn values(self) -> [f64; 6] {
        [
            self.accuracy,
            self.macro_precision,
            self.macro_recall,
            self.macro_f1,
            self.micro_f1,
            self.weighted_f1,
        ]
    }
}

/// Every multiclass measurement; rows without a label or a decision are left out.
pub(super) fn of_classes(tables: &Tables, options: &Options, period: Option<&Value>) -> Vec<Measurement> {
    let confusion = tables.cube.confusion(period);
    let known =
        confusion.iter().filter(|((label, decision), _)| label.text().is_some() && decision.text().is_some());
    let mut classes: BTreeMap<&Value, usize> =
        known.clone().flat_map(|((label, decision), _)| [(label, 0), (decision, 0)]).collect();
    classes.values_mut().enumerate().for_each(|(index, place)| *place = index);
    let size = classes.len();
    let (mut weights, mut rows) = (vec![0.0; size * size], vec![0_u64; size * size]);
    for ((label, decision), found) in known {
        if let (Some(row), Some(column)) = (classes.get(label), classes.get(decision))
            && let (Some(weight), Some(count)) =
                (weights.get_mut(row * size + column), rows.get_mut(row * size + column))
        {
            *weight += found.w;
            *count += found.n;
        }
    }
    let total: u64 = rows.iter().sum();
    let square = |flat: &[f64]| flat.chunks(size.max(1)).map(<[f64]>::to_vec).collect::<Vec<_>>();
    let values = averages(&square(&weights)).values();
    let intervals = intervals(&weights, &rows, size, options);
    let reasons = [
        Because::NoRows,
        Because::NoPredictedPositive,
        Because::NoPositive,
        Because::NoRows,
        Because::NoRows,
        Because::NoRows,
    ];
    let mut all = Vec::new();
    for (index, ((id, value), (interval, because))) in
        IDS.into_iter().zip(values).zip(intervals.into_iter().zip(reasons)).enumerate()
    {
        // Accuracy is a plain rate; its twin, micro F1, likewise.
        let closed = matches!(index, 0 | 4) && !tables.weighted;
        let interval =
            if closed { wilson(value * counted(total), counted(total), options.level) } else { interval };
        let estimate = if value.is_nan() {
            Estimate::undefined(because)
        } else if total < options.least_rows {
            Estimate::TooFew { rows: total, least: options.least_rows }
        } else {
            Estimate::with(value, interval.map(|interval| interval.weighted(tables.weighted)))
        };
        all.push(Measurement::new(id, estimate, total));
    }
    all
}

/// Percentile intervals of the six averages over replicates of the table.
fn intervals(weights: &[f64], rows: &[u64], size: usize, options: &Options) -> Vec<Option<Interval>> {
    let means: Vec<f64> = weights
        .iter()
        .zip(rows)
        .map(|(weight, rows)| if *rows > 0 { weight / counted(*rows) } else { 0.0 })
        .collect();
    let workspace = || vec![vec![0.0; size]; size];
    let series = replicate(rows, IDS.len(), options, workspace, |table, drawn, values| {
        let scaled = drawn.iter().zip(&means).map(|(count, mean)| counted(*count) * mean);
        table.iter_mut().flatten().zip(scaled).for_each(|(cell, value)| *cell = value);
        values.copy_from_slice(&averages(table).values());
    });
    series.intervals(options.level)
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn counted(rows: u64) -> f64 {
    rows as f64
}

#[expect(clippy::cast_precision_loss, reason = "classes are counted in thousands at most")]
fn count(classes: usize) -> f64 {
    classes as f64
}

const IDS: [DefinitionId; 6] = [
    DefinitionId::new("performance.multiclass.accuracy"),
    DefinitionId::new("performance.multiclass.macro_precision"),
    DefinitionId::new("performance.multiclass.macro_recall"),
    DefinitionId::new("performance.multiclass.macro_f1"),
    DefinitionId::new("performance.multiclass.micro_f1"),
    DefinitionId::new("performance.multiclass.weighted_f1"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    #[test]
    fn three_classes_by_hand() {
        // Labels down, decisions across.
        let found = averages(&[vec![2.0, 1.0, 0.0], vec![0.0, 3.0, 1.0], vec![1.0, 0.0, 2.0]]);
        close(found.accuracy, 0.7, 1e-15);
        close(found.macro_precision, (2.0 / 3.0 + 0.75 + 2.0 / 3.0) / 3.0, 1e-15);
        close(found.macro_recall, (2.0 / 3.0 + 0.75 + 2.0 / 3.0) / 3.0, 1e-15);
        close(found.weighted_f1, (3.0 * 2.0 / 3.0 + 4.0 * 0.75 + 3.0 * 2.0 / 3.0) / 10.0, 1e-15);
    }

    #[test]
    fn a_class_that_is_never_decided_leaves_macro_precision_undefined() {
        let found = averages(&[vec![2.0, 0.0], vec![1.0, 0.0]]);
        assert!(found.macro_precision.is_nan());
        close(found.macro_f1, 0.8 / 2.0, 1e-15);
    }
}
