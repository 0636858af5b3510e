//! Performance of decisions: the confusion table of the event and the rates read off it.

use crate::Tables;
use crate::bootstrap::replicate;
use crate::confusion::{Confusion, Rate};
use crate::cube::{Orientation, Value};
use crate::definition::DefinitionId;
use crate::interval::wilson::wilson;
use crate::measurement::{Because, Estimate, Interval, Measurement};
use crate::options::Options;

/// Everything that follows from the confusion table; rates rest on their denominators.
pub(super) fn of_decisions(tables: &Tables, options: &Options, period: Option<&Value>) -> Vec<Measurement> {
    let marginal = tables.cube.marginal(&[], period, Orientation::Event);
    let Some(whole) = marginal.first() else { return Vec::new() };
    let weights = Confusion::weights(&whole.outcomes);
    let rows = Confusion::rows(&whole.outcomes);
    let total = whole.outcomes.total();
    let effect = design_effect(total.n, total.w, whole.squared_weight);
    let mut all: Vec<Measurement> = [(TP, weights.tp), (FP, weights.fp), (FN, weights.fn_), (TN, weights.tn)]
        .map(|(id, count)| Measurement::new(id, Estimate::plain(count), decided(&rows)))
        .into();
    for (id, rate) in RATES {
        let interval =
            rate.fraction(&rows).zip(rate.fraction(&weights)).and_then(|((_, n), (top, below))| {
                let effective = n / effect;
                wilson(top / below * effective, effective, options.level)
            });
        let support = count(rate.support(&rows));
        all.push(rated(id, (rate.value(&weights), interval, rate.because()), support, tables, options));
    }
    let drawn = bootstrap(tables, &rows, &weights, options);
    let values =
        [(BALANCED_ACCURACY, balanced(&weights), Because::OneLabel), (F1, f1(&weights), Because::NoPositive)];
    for ((id, value, because), interval) in values.into_iter().zip(drawn) {
        all.push(rated(id, (value, interval, because), decided(&rows), tables, options));
    }
    all
}

/// A rate as a measurement, unless it rests on too few rows or none.
fn rated(
    id: DefinitionId,
    (value, interval, because): (f64, Option<Interval>, Because),
    rows: u64,
    tables: &Tables,
    options: &Options,
) -> Measurement {
    let estimate = if value.is_nan() {
        Estimate::undefined(because)
    } else if rows < options.least_rows {
        Estimate::TooFew { rows, least: options.least_rows }
    } else {
        Estimate::with(value, interval.map(|interval| interval.weighted(tables.weighted)))
    };
    Measurement::new(id, estimate, rows)
}

/// Balanced accuracy and F1 over replicates of the four cells.
fn bootstrap(
    tables: &Tables,
    rows: &Confusion,
    weights: &Confusion,
    options: &Options,
) -> Vec<Option<Interval>> {
    let cells = [rows.tp, rows.fp, rows.fn_, rows.tn].map(count);
    let mean = |weight: f64, rows: f64| if rows > 0.0 { weight / rows } else { 0.0 };
    let scale = [
        mean(weights.tp, rows.tp),
        mean(weights.fp, rows.fp),
        mean(weights.fn_, rows.fn_),
        mean(weights.tn, rows.tn),
    ];
    let series = replicate(
        &cells,
        2,
        options,
        || (),
        |(), drawn, values| {
            if let (&[tp, fp, fn_, tn], [first, second]) = (drawn, values) {
                let table = Confusion {
                    tp: size(tp) * scale[0],
                    fp: size(fp) * scale[1],
                    fn_: size(fn_) * scale[2],
                    tn: size(tn) * scale[3],
                    ..Confusion::default()
                };
                (*first, *second) = (balanced(&table), f1(&table));
            }
        },
    );
    let intervals = series.intervals(options.level);
    intervals
        .into_iter()
        .map(|interval| interval.map(|interval| interval.weighted(tables.weighted)))
        .collect()
}

fn balanced(table: &Confusion) -> f64 {
    Rate::BalancedAccuracy.value(table)
}

/// `2 tp / (2 tp + fp + fn)`; NaN when all three are zero.
fn f1(table: &Confusion) -> f64 {
    2.0 * table.tp / (2.0 * table.tp + table.fp + table.fn_)
}

fn decided(rows: &Confusion) -> u64 {
    count(rows.tp + rows.fp + rows.fn_ + rows.tn)
}

/// `n Σw² / (Σw)²`, the rows behind one effective row.
fn design_effect(rows: u64, weight: f64, squared_weight: f64) -> f64 {
    let effect = size(rows) * squared_weight / (weight * weight);
    if effect.is_finite() { effect.max(1.0) } else { 1.0 }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count that is held as a double"
)]
fn count(rows: f64) -> u64 {
    rows as u64
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn size(rows: u64) -> f64 {
    rows as f64
}

const RATES: [(DefinitionId, Rate); 4] = [
    (DefinitionId::new("performance.accuracy"), Rate::Accuracy),
    (DefinitionId::new("performance.precision"), Rate::PositivePredictive),
    (DefinitionId::new("performance.recall"), Rate::TruePositive),
    (DefinitionId::new("performance.specificity"), Rate::TrueNegative),
];
const BALANCED_ACCURACY: DefinitionId = DefinitionId::new("performance.balanced_accuracy");
const F1: DefinitionId = DefinitionId::new("performance.f1");
const TP: DefinitionId = DefinitionId::new("performance.confusion.tp");
const FP: DefinitionId = DefinitionId::new("performance.confusion.fp");
const FN: DefinitionId = DefinitionId::new("performance.confusion.fn");
const TN: DefinitionId = DefinitionId::new("performance.confusion.tn");
