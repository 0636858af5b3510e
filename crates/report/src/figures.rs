//! Which charts a set of measurements gives, in the order a reader meets them.
//!
//! Rates by group for each attribute, one dot plot a declared check between groups, reliability, scores, drift. A
//! measurement without a chart is still in the tables; nothing is computed here but where a threshold line stands.

use dualtrack_assurance::{Estimate, Family, Measurement, Unit as Measured};
use dualtrack_inventory::DeclaredCheck;

use crate::assessment::ScoreDistribution;
use crate::chart::{
    Chart, DriftCell, DriftMap, RateRow, Rates, Unit, drift_chart, rates_chart, reliability_chart,
    scores_chart,
};
use crate::labels::{definition_family, definition_of, unit};
use crate::locale::Words;
use crate::names::Names;

/// What charts are drawn from.
pub(crate) struct Figures<'a> {
    /// What ids start with, so that they are unique on a page of several datasets.
    pub(crate) prefix: String,
    pub(crate) measurements: &'a [Measurement],
    pub(crate) checks: Vec<&'a DeclaredCheck>,
    pub(crate) scores: &'a [ScoreDistribution],
    pub(crate) names: Names<'a>,
}

impl Figures<'_> {
    /// Draws every chart of a family; ids are unique within the page.
    pub(crate) fn draw(&self, family: Family) -> Vec<Chart> {
        let words = self.names.words;
        match family {
            Family::Performance => self.draw_scores(words),
            Family::Calibration => self.draw_reliability(words),
            Family::Fairness => self.draw_rates(words),
            Family::Drift => self.draw_drift(words),
            Family::Quality => Vec::new(),
        }
    }

    fn draw_scores(&self, words: Words) -> Vec<Chart> {
        let drawn = self.scores.iter().enumerate().map(|(index, scores)| {
            let title = titled(&words.say("scores-title"), scores.slice.as_deref(), words);
            scores_chart(&format!("{}scores-{}", self.prefix, index + 1), &title, scores, words)
        });
        drawn.collect()
    }

    fn draw_reliability(&self, words: Words) -> Vec<Chart> {
        let points: Vec<_> = self
            .measurements
            .iter()
            .filter(|m| m.definition.as_str() == RELIABILITY && m.slice.attribute.is_none())
            .collect();
        if points.is_empty() {
            return Vec::new();
        }
        vec![reliability_chart(
            &format!("{}reliability", self.prefix),
            &words.say("reliability-title"),
            &points,
            words,
        )]
    }

    fn draw_rates(&self, words: Words) -> Vec<Chart> {
        let mut charts = Vec::new();
        for (definition, attribute) in self.group_measures() {
            let rows: Vec<_> = self
                .measurements
                .iter()
                .filter(|m| m.definition.as_str() == definition && is_group_of(m, &attribute))
                .collect();
            charts.push(rates_chart(&self.rates(definition, &attribute, &rows, charts.len(), words), words));
        }
        charts
    }

    /// Selection rates of every attribute, then what declared checks compare, without repeats.
    fn group_measures(&self) -> Vec<(&str, String)> {
        let mut wanted: Vec<(&str, String)> = Vec::new();
        let mut want = |definition, attribute: String| {
            if !wanted.iter().any(|(d, a)| *d == definition && *a == attribute) {
                wanted.push((definition, attribute));
            }
        };
        for measurement in self.measurements {
            if measurement.definition.as_str() == SELECTION_RATE
                && let Some(attribute) = &measurement.slice.attribute
                && is_group_of(measurement, attribute)
            {
                want(SELECTION_RATE, attribute.clone());
            }
        }
        for check in &self.checks {
            let attribute = check.group.clone().unwrap_or_else(|| check.intersection.join("+"));
            let Some(definition) = definition_of(check) else { continue };
            let measured = self.measurements.iter().any(|m| {
                m.definition == definition
                    && definition_family(m) == Some(Family::Fairness)
                    && is_group_of(m, &attribute)
            });
            if measured {
                want(definition.as_str(), attribute);
            }
        }
        wanted.sort_by_key(|(_, attribute)| self.first_seen(attribute));
        wanted
    }

    fn first_seen(&self, attribute: &str) -> Option<usize> {
        self.measurements.iter().position(|m| m.slice.attribute.as_deref() == Some(attribute))
    }

    fn rates(
        &self,
        definition: &str,
        attribute: &str,
        measured: &[&Measurement],
        index: usize,
        words: Words,
    ) -> Rates {
        let reference = self.reference(attribute);
        let name = measured.first().map_or_else(String::new, |m| words.measured(m));
        let share = measured.first().and_then(|m| unit(m)) == Some(Measured::Share);
        let rows: Vec<_> = measured.iter().map(|m| self.rate_row(m, reference.as_deref())).collect();
        let mut rates = Rates {
            id: format!("{}rates-{}", self.prefix, index + 1),
            title: words.say_with("rates-title", &[("measure", &name), ("attribute", attribute)]),
            definition: definition.to_owned(),
            group_head: attribute.to_owned(),
            rows,
            at_least: None,
            at_most: None,
            threshold: String::new(),
            unit: if share { Unit::Share } else { Unit::Number },
        };
        self.set_threshold(&mut rates, attribute, words);
        rates
    }

    /// The threshold of a declared check on this measure; on selection rates, that of a declared parity ratio times
    /// the reference's rate.
    fn set_threshold(&self, rates: &mut Rates, attribute: &str, words: Words) {
        if let Some(check) = self.check_of(&rates.definition, attribute) {
            rates.at_least = check.between.map(|(low, _)| low).or(check.at_least);
            rates.at_most = check.between.map(|(_, high)| high).or(check.at_most);
            rates.threshold = match (rates.at_least, rates.at_most) {
                (Some(least), None) => format!("≥ {}", rates.unit.show(words, least)),
                (None, Some(most)) => format!("≤ {}", rates.unit.show(words, most)),
                (Some(least), Some(most)) => words.say_with(
                    "threshold-between",
                    &[("low", &rates.unit.show(words, least)), ("high", &rates.unit.show(words, most))],
                ),
                (None, None) => String::new(),
            };
            return;
        }
        if rates.definition != SELECTION_RATE {
            return;
        }
        let Some(check) = self.check_of(PARITY_RATIO, attribute) else { return };
        let Some(base) = rates.rows.iter().find(|row| row.reference).and_then(|row| row.value) else {
            return;
        };
        rates.at_least = check.between.map(|(low, _)| low).or(check.at_least).map(|ratio| ratio * base);
        rates.at_most = check.between.map(|(_, high)| high).or(check.at_most).map(|ratio| ratio * base);
        let ratio = check.between.map(|(low, _)| low).or(check.at_least).or(check.at_most).unwrap_or(1.0);
        rates.threshold = words.say_with("threshold-of-reference", &[("ratio", &words.decimal(ratio, 2))]);
    }

    fn check_of(&self, definition: &str, attribute: &str) -> Option<&DeclaredCheck> {
        self.checks.iter().copied().find(|check| {
            reads(check, definition)
                && (check.group.as_deref() == Some(attribute) || check.intersection.join("+") == attribute)
        })
    }

    /// The group that others of the attribute are compared with.
    fn reference(&self, attribute: &str) -> Option<String> {
        let of_attribute = |m: &&Measurement| m.slice.attribute.as_deref() == Some(attribute);
        self.measurements
            .iter()
            .filter(of_attribute)
            .filter(|m| definition_family(m) == Some(Family::Fairness))
            .find_map(|m| m.slice.reference.clone())
    }

    fn rate_row(&self, measurement: &Measurement, reference: Option<&str>) -> RateRow {
        let slice = &measurement.slice;
        let (attribute, group) = (slice.attribute.as_deref(), slice.group.as_deref());
        RateRow {
            group: self.names.group(attribute.unwrap_or_default(), group.unwrap_or_default()),
            value: measurement.value(),
            interval: measurement.interval().map(|interval| (interval.low, interval.upper())),
            note: match measurement.estimate {
                Estimate::Value(_) => String::new(),
                Estimate::TooFew { .. } | Estimate::Undefined { .. } => {
                    self.names.words.estimate(measurement)
                }
            },
            rows: measurement.rows,
            reference: reference.is_some() && reference == group,
        }
    }

    fn draw_drift(&self, words: Words) -> Vec<Chart> {
        let mut definitions: Vec<&str> = Vec::new();
        for measurement in self.measurements.iter().filter(|m| is_drift_cell(m)) {
            let id = measurement.definition.as_str();
            let wanted = id == STABILITY || self.checks.iter().any(|check| reads(check, id));
            if wanted && !definitions.contains(&id) {
                definitions.push(id);
            }
        }
        let drawn = definitions
            .iter()
            .enumerate()
            .map(|(index, id)| drift_chart(&self.drift(id, index, words), words));
        drawn.collect()
    }

    fn drift(&self, definition: &str, index: usize, words: Words) -> DriftMap {
        let cells: Vec<_> = self
            .measurements
            .iter()
            .filter(|m| m.definition.as_str() == definition && is_drift_cell(m))
            .collect();
        let mut periods: Vec<String> = Vec::new();
        let mut columns: Vec<String> = Vec::new();
        for cell in &cells {
            let period = period_of(cell, words);
            if !periods.contains(&period) {
                periods.push(period);
            }
            let column = column_of(cell, words);
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        periods.sort();
        let rows = columns.into_iter().map(|column| {
            let of_column: Vec<_> = cells.iter().filter(|cell| column_of(cell, words) == column).collect();
            let row = periods
                .iter()
                .map(|period| {
                    let found = of_column.iter().find(|cell| period_of(cell, words) == *period);
                    found.map_or(DriftCell::Absent, |cell| drift_cell(cell, words))
                })
                .collect();
            (column, row)
        });
        let check = self.checks.iter().find(|check| reads(check, definition));
        let at_most = check.and_then(|check| check.between.map(|(_, high)| high).or(check.at_most));
        DriftMap {
            id: format!("{}drift-{}", self.prefix, index + 1),
            title: words.say_with(
                "drift-title",
                &[("measure", &cells.first().map_or_else(String::new, |cell| words.measured(cell)))],
            ),
            definition: definition.to_owned(),
            reference: cells.iter().find_map(|cell| cell.slice.reference.clone()).unwrap_or_default(),
            columns: rows.collect(),
            periods,
            at_most,
            threshold: at_most.map_or_else(String::new, |most| words.decimal(most, 3)),
        }
    }
}

fn reads(check: &DeclaredCheck, definition: &str) -> bool {
    definition_of(check).is_some_and(|id| id.as_str() == definition)
}

fn titled(title: &str, slice: Option<&str>, words: Words) -> String {
    slice.map_or_else(
        || title.to_owned(),
        |slice| words.say_with("measure-of", &[("measure", title), ("slice", slice)]),
    )
}

fn is_group_of(measurement: &Measurement, attribute: &str) -> bool {
    let slice = &measurement.slice;
    slice.attribute.as_deref() == Some(attribute)
        && slice.group.is_some()
        && slice.period.is_none()
        && slice.bin.is_none()
}

fn is_drift_cell(measurement: &Measurement) -> bool {
    definition_family(measurement) == Some(Family::Drift)
        && measurement.slice.attribute.is_none()
        && measurement.slice.bin.is_none()
}

fn period_of(measurement: &Measurement, words: Words) -> String {
    measurement.slice.period.clone().unwrap_or_else(|| words.say("all-periods"))
}

fn column_of(measurement: &Measurement, words: Words) -> String {
    measurement.slice.column.clone().unwrap_or_else(|| words.say("whole-data"))
}

fn drift_cell(measurement: &Measurement, words: Words) -> DriftCell {
    measurement.value().map_or_else(|| DriftCell::Note(words.estimate(measurement)), DriftCell::Value)
}

const SELECTION_RATE: &str = "fairness.selection_rate";
const PARITY_RATIO: &str = "fairness.demographic_parity_ratio";
const RELIABILITY: &str = "calibration.reliability.equal-mass.10";
const STABILITY: &str = "drift.psi.reference-deciles";
