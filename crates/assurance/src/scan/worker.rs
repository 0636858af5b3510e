//! One thread's share of a scan: takes batches, checks their values, and counts them.

use super::cells::{Cells, Weights};
use super::coder::Coder;
use super::features::{FeatureCounter, Labelled};
use super::numbers::Numbers;
use super::plan::Plan;
use super::segments::{Scored, Segments};
use super::table::UNLABELLED;
use super::time::{Periods, Untimely};
use crate::cube::{FAVOURABLE, UNFAVOURABLE};
use crate::error::ScanError;
use crate::fixed::fixed;
use crate::read::Batch;
use crate::roles::{CutOff, Decision, Group, Period};
use arrow::array::{Array, ArrayRef, Float64Array};
use arrow::datatypes::DataType;

/// What one thread has counted so far.
pub(crate) struct Worker<'a> {
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) rows: u64,
    pub(crate) periods: Periods,
    pub(crate) groups: Vec<Coder>,
    pub(crate) labels: Coder,
    pub(crate) decisions: Coder,
    pub(crate) cells: Cells,
    pub(crate) segments: Vec<Segments>,
    pub(crate) features: Vec<FeatureCounter<'a>>,
    codes: Codes,
}

/// The codes of the batch at hand.
#[derive(Default)]
struct Codes {
    period: Vec<u32>,
    groups: Vec<Vec<u32>>,
    label: Vec<u32>,
    decision: Vec<u32>,
    /// Positive 0, negative 1, neither 2.
    class: Vec<u8>,
}

impl<'a> Worker<'a> {
    /// A worker that has counted nothing.
    pub(crate) fn new(plan: &'a Plan<'a>) -> Self {
        let mut decisions = Coder::new(true);
        if matches!(plan.roles.decision, Some(Decision::CutOff(_))) {
            decisions.code(FAVOURABLE);
            decisions.code(UNFAVOURABLE);
        }
        let options = plan.options;
        let limit = |attributes: &Vec<usize>| {
            if attributes.is_empty() { options.score_bins } else { options.group_score_bins }
        };
        let segments = if plan.score.is_some() { plan.segments.as_slice() } else { &[] };
        let features = plan.roles.features.iter().zip(&plan.features);
        Self {
            plan,
            rows: 0,
            periods: Periods::new(plan.roles.time.as_ref().map_or(Period::AsIs, |time| time.period)),
            groups: plan.groups.iter().map(|_| Coder::new(false)).collect(),
            labels: Coder::new(true),
            decisions,
            cells: Cells::default(),
            segments: segments.iter().map(|s| Segments::new(s.clone(), limit(s))).collect(),
            features: features.map(|(f, (_, kind))| FeatureCounter::new(f, *kind, options.profile)).collect(),
            codes: Codes { groups: vec![Vec::new(); plan.groups.len()], ..Codes::default() },
        }
    }

    /// Counts a batch.
    pub(crate) fn take(&mut self, batch: &Batch<'_>) -> Result<(), ScanError> {
        let plan = self.plan;
        let weights = plan.weight.map(|column| weights(plan, batch, column)).transpose()?;
        let scores = plan.score.map(|column| scores(plan, batch, column)).transpose()?;
        let targets = plan.target.map(|column| numbers(plan, batch, column, "a target")).transpose()?;
        self.encode(batch, scores.as_ref())?;
        self.count_cells(batch.rows, weights.as_ref(), scores.as_ref().filter(|_| targets.is_none()))?;
        if let Some(scores) = &scores {
            let labels = std::mem::take(&mut self.codes.class);
            let (targets, weights) = (targets.as_ref(), weights.as_ref());
            self.count_segments(&Scored { rows: batch.rows, scores, targets, labels: &labels, weights });
            self.codes.class = labels;
        }
        let rows =
            Labelled { periods: &self.codes.period, labels: &self.codes.class, weights: weights.as_ref() };
        for (counter, &(column, _)) in self.features.iter_mut().zip(&plan.features) {
            let array = array(plan, batch, column)?;
            counter
                .count(array, &rows)
                .map_err(|kind| wrong_type(plan, batch, column, &kind, "a feature"))?;
        }
        self.rows += batch.rows as u64;
        self.within_limits()
    }

    fn encode(&mut self, batch: &Batch<'_>, scores: Option<&Float64Array>) -> Result<(), ScanError> {
        let (plan, codes) = (self.plan, &mut self.codes);
        if let Some(column) = plan.time {
            let array = array(plan, batch, column)?;
            self.periods.encode(array, &mut codes.period).map_err(|error| match error {
                Untimely::Type(kind) => wrong_type(plan, batch, column, &kind, "time"),
                Untimely::Row(row) => {
                    bad_value(plan, batch, column, row, "it is not a date that begins YYYY-MM-DD")
                }
            })?;
        }
        let groups =
            plan.roles.groups.iter().zip(&plan.groups).zip(self.groups.iter_mut().zip(&mut codes.groups));
        for ((group, &column), (coder, codes)) in groups {
            if let Some(edges) = &group.bins {
                let values = numbers(plan, batch, column, "an attribute with bins")?;
                bin(group, edges, &values, coder, codes);
            } else {
                let array = array(plan, batch, column)?;
                coder
                    .encode(array, codes)
                    .map_err(|kind| wrong_type(plan, batch, column, &kind, "an attribute"))?;
            }
        }
        if let Some(column) = plan.label {
            let array = array(plan, batch, column)?;
            self.labels
                .encode(array, &mut codes.label)
                .map_err(|kind| wrong_type(plan, batch, column, &kind, "a label"))?;
            if !self.segments.is_empty() || !self.features.is_empty() {
                self.classify();
            }
        }
        let codes = &mut self.codes;
        if let Some(column) = plan.decision {
            let array = array(plan, batch, column)?;
            self.decisions
                .encode(array, &mut codes.decision)
                .map_err(|kind| wrong_type(plan, batch, column, &kind, "a decision"))?;
        } else if let (Some(Decision::CutOff(cut)), Some(scores)) = (&plan.roles.decision, scores) {
            codes.decision.clear();
            codes.decision.extend(scores.iter().map(|score| match (score, cut) {
                (None, _) => 0,
                (Some(score), CutOff::Below(edge)) => 1 + u32::from(score >= *edge),
                (Some(score), CutOff::AtLeast(edge)) => 1 + u32::from(score < *edge),
            }));
        }
        Ok(())
    }

    fn classify(&mut self) {
        let positive = self.plan.roles.label.as_ref().and_then(|label| label.positive.as_deref());
        let class_of: Vec<u8> = self
            .labels
            .values()
            .iter()
            .map(|value| match positive {
                Some(positive) if value.text().is_some() => u8::from(!value.is(positive)),
                _ => UNLABELLED,
            })
            .collect();
        let codes = &mut self.codes;
        codes.class.clear();
        let classes =
            codes.label.iter().map(|&code| class_of.get(code as usize).copied().unwrap_or(UNLABELLED));
        codes.class.extend(classes);
    }

    fn count_cells(
        &mut self,
        rows: usize,
        weights: Option<&Weights>,
        scores: Option<&Float64Array>,
    ) -> Result<(), ScanError> {
        let (plan, codes) = (self.plan, &self.codes);
        let mut columns: Vec<&[u32]> = Vec::new();
        let mut sizes = Vec::new();
        if plan.time.is_some() {
            columns.push(&codes.period);
            sizes.push(self.periods.coder.len());
        }
        for (codes, coder) in codes.groups.iter().zip(&self.groups) {
            columns.push(codes);
            sizes.push(coder.len());
        }
        if plan.label.is_some() {
            columns.push(&codes.label);
            sizes.push(self.labels.len());
        }
        if plan.roles.decision.is_some() {
            columns.push(&codes.decision);
            sizes.push(self.decisions.len());
        }
        if weights.is_none() && scores.is_none() {
            self.cells.count(&columns, &sizes, rows);
            return Ok(());
        }
        self.cells.sum(&columns, &sizes, rows, weights, scores).map_err(|score| {
            let column = if score { plan.score } else { plan.weight };
            ScanError::Overflow(plan.name(column.unwrap_or_default()).into())
        })
    }

    fn count_segments(&mut self, batch: &Scored<'_>) {
        let codes = &self.codes;
        for segment in &mut self.segments {
            let mut columns: Vec<&[u32]> = Vec::new();
            let mut sizes = Vec::new();
            if self.plan.time.is_some() {
                columns.push(&codes.period);
                sizes.push(self.periods.coder.len());
            }
            for &attribute in &segment.attributes {
                if let (Some(codes), Some(coder)) = (codes.groups.get(attribute), self.groups.get(attribute))
                {
                    columns.push(codes);
                    sizes.push(coder.len());
                }
            }
            segment.count(&columns, &sizes, batch);
        }
    }

    fn within_limits(&self) -> Result<(), ScanError> {
        let plan = self.plan;
        let limit = plan.options.values_limit;
        let named = plan.groups.iter().zip(&self.groups).map(|(&column, coder)| (Some(column), coder, BIN));
        let others = [
            (plan.label, &self.labels, "declare a numeric outcome as `target`"),
            (plan.decision, &self.decisions, "a decision is one of a few words; use `cut_off` for a score"),
            (plan.time, &self.periods.coder, "choose a longer period"),
        ];
        for (column, coder, advice) in named.chain(others) {
            if coder.len() > limit + 1 {
                let what = format!("column `{}`", plan.name(column.unwrap_or_default()));
                return Err(ScanError::TooMany { what, limit, advice });
            }
        }
        let limit = plan.options.cells_limit;
        let most = self.segments.iter().map(Segments::len).chain([self.cells.slots.keys().len()]).max();
        if most.is_some_and(|most| most > limit) {
            let what = "the combination of groups, labels, decisions and periods".into();
            return Err(ScanError::TooMany {
                what,
                limit,
                advice: "declare fewer attributes or put them into bins",
            });
        }
        Ok(())
    }
}

fn array<'b>(plan: &Plan<'_>, batch: &'b Batch<'_>, column: usize) -> Result<&'b ArrayRef, ScanError> {
    batch.columns.get(column).ok_or_else(|| ScanError::MissingColumn {
        part: batch.part.into(),
        column: plan.name(column).into(),
        hint: "all parts of a data set need the same columns".into(),
    })
}

fn numbers(
    plan: &Plan<'_>,
    batch: &Batch<'_>,
    column: usize,
    role: &'static str,
) -> Result<Float64Array, ScanError> {
    let numbers = Numbers::of(array(plan, batch, column)?)
        .map_err(|kind| wrong_type(plan, batch, column, &kind, role))?;
    if let Some(&row) = numbers.odd.first() {
        return Err(bad_value(plan, batch, column, row, &format!("it is not a number, as {role} must be")));
    }
    Ok(numbers.values)
}

/// Scores, all finite and, if they are probabilities, from 0 to 1.
fn scores(plan: &Plan<'_>, batch: &Batch<'_>, column: usize) -> Result<Float64Array, ScanError> {
    let scores = numbers(plan, batch, column, "a score")?;
    let probability = plan.roles.score.as_ref().is_some_and(|score| score.probability);
    let (low, high) = if probability { (0.0, 1.0) } else { (f64::MIN, f64::MAX) };
    let within = |score: &f64| *score >= low && *score <= high;
    if scores.null_count() == 0 && scores.values().iter().all(within) {
        return Ok(scores);
    }
    for (row, score) in scores.iter().enumerate() {
        let Some(score) = score.filter(|score| !within(score)) else { continue };
        let because = if score.is_finite() {
            format!(
                "{score} is no probability; probabilities lie from 0 to 1, so correct it or declare `probability: false`"
            )
        } else {
            format!("the score is {score}; leave it empty if there is none")
        };
        return Err(bad_value(plan, batch, column, row, &because));
    }
    Ok(scores)
}

fn weights(plan: &Plan<'_>, batch: &Batch<'_>, column: usize) -> Result<Weights, ScanError> {
    let values = numbers(plan, batch, column, "a weight")?;
    let mut weights = Weights::default();
    for (row, value) in values.iter().enumerate() {
        let because = match value {
            None => "the weight is missing; every row needs one",
            Some(value) if value.is_nan() || value.is_infinite() => "the weight is not a finite number",
            Some(value) if value < 0.0 => "the weight is negative; weights are zero or more",
            Some(value) => {
                let (Some(w), Some(w2)) = (fixed(value), fixed(value * value)) else {
                    return Err(ScanError::Overflow(plan.name(column).into()));
                };
                weights.values.push(value);
                weights.fixed.push(w);
                weights.squares.push(w2);
                continue;
            }
        };
        return Err(bad_value(plan, batch, column, row, because));
    }
    Ok(weights)
}

/// Codes of a numeric attribute that is cut at the edges; NaN is no value.
fn bin(group: &Group, edges: &[f64], values: &Float64Array, coder: &mut Coder, codes: &mut Vec<u32>) {
    debug_assert!(group.bins.is_some());
    let (Some(first), Some(last)) = (edges.first(), edges.last()) else { return };
    let mut names = vec![format!("<{first}")];
    names.extend(edges.iter().zip(edges.iter().skip(1)).map(|(low, high)| format!("{low}-{high}")));
    names.push(format!(">={last}"));
    let known: Vec<u32> = names.iter().map(|name| coder.code(name)).collect();
    codes.clear();
    codes.extend(values.iter().map(|value| {
        let value = value.filter(|value| !value.is_nan());
        value.and_then(|value| known.get(edges.partition_point(|&edge| edge <= value)).copied()).unwrap_or(0)
    }));
}

fn wrong_type(
    plan: &Plan<'_>,
    batch: &Batch<'_>,
    column: usize,
    kind: &DataType,
    role: &'static str,
) -> ScanError {
    let column = plan.name(column).into();
    ScanError::WrongType { column, part: batch.part.into(), kind: kind.to_string(), role }
}

fn bad_value(plan: &Plan<'_>, batch: &Batch<'_>, column: usize, row: usize, because: &str) -> ScanError {
    let column = plan.name(column).into();
    ScanError::Value { place: batch.place(row), column, because: because.into() }
}

const BIN: &str = "put its values into bins, or leave it out of the groups";
