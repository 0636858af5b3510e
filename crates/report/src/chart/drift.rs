//! Drift over time: one cell a column and period, with its value written in it.
//!
//! Shade grows with the value; a cell beyond the declared threshold has a heavy frame, so that print shows it too.

use super::svg::{Anchor, Svg, fitted, text_width};
use super::{Chart, LABEL, Table, WIDTH};
use crate::locale::Words;

/// Values of one drift measure by column and period.
pub(crate) struct DriftMap {
    /// Unique on the page.
    pub(crate) id: String,
    /// The measure, in the reader's language.
    pub(crate) title: String,
    /// The id of the definition.
    pub(crate) definition: String,
    /// The period or data set that others are compared with; empty when unknown.
    pub(crate) reference: String,
    /// The periods, in order.
    pub(crate) periods: Vec<String>,
    /// Column name and one cell a period.
    pub(crate) columns: Vec<(String, Vec<DriftCell>)>,
    /// The highest acceptable value.
    pub(crate) at_most: Option<f64>,
    /// The threshold in words; empty without one.
    pub(crate) threshold: String,
}

/// One cell: a value, a reason why there is none, or nothing measured.
pub(crate) enum DriftCell {
    /// The value.
    Value(f64),
    /// Why there is none.
    Note(String),
    /// Not measured for this column and period.
    Absent,
}

impl DriftCell {
    fn value(&self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(*value),
            Self::Note(_) | Self::Absent => None,
        }
    }
}

/// Draws the heat map.
pub(crate) fn drift_chart(map: &DriftMap, words: Words) -> Chart {
    let periods = count(map.periods.len().max(1));
    let longest = map.columns.iter().map(|(column, _)| text_width(column, LABEL)).fold(0.0, f64::max);
    let left = (longest + 12.0).clamp(LEFT.0, LEFT.1);
    let cell = ((WIDTH - left) / periods).clamp(46.0, 96.0);
    let width = left + cell * periods + 2.0;
    let height = TOP + ROW * count(map.columns.len()) + 4.0;
    let mut svg = Svg::new(width.max(WIDTH), height);
    for (index, period) in map.periods.iter().enumerate() {
        let x = left + cell * (count(index) + 0.5);
        svg.text("t small", (x, TOP - 8.0), Anchor::Middle, &fitted(period, 11.5, cell - 4.0));
    }
    let most = map
        .at_most
        .into_iter()
        .chain(map.columns.iter().flat_map(|(_, cells)| cells.iter().filter_map(DriftCell::value)))
        .fold(0.0, f64::max);
    for (index, (column, cells)) in map.columns.iter().enumerate() {
        let y = TOP + ROW * count(index);
        svg.text("t", (0.0, y + 17.0), Anchor::Start, &fitted(column, LABEL, left - 10.0));
        for (position, value) in cells.iter().enumerate() {
            let corner = (left + cell * count(position) + 1.0, y + 1.0);
            draw_cell(&mut svg, map, value, corner, (cell - 2.0, ROW - 2.0), most, words);
        }
    }
    let summary = summary(map, words);
    let mut legend = vec![words.say("legend-shade")];
    if map.at_most.is_some() {
        legend.push(words.say_with("legend-frame", &[("threshold", &map.threshold)]));
    }
    if !map.reference.is_empty() {
        legend.push(words.say_with("compared-with", &[("reference", &map.reference)]));
    }
    Chart {
        svg: svg.finish(&map.id, "img", &map.title, &summary),
        legend,
        table: table(map, words),
        title: map.title.clone(),
        definitions: vec![map.definition.clone()],
        summary,
    }
}

fn draw_cell(
    svg: &mut Svg,
    map: &DriftMap,
    cell: &DriftCell,
    corner: (f64, f64),
    size: (f64, f64),
    most: f64,
    words: Words,
) {
    let middle = (corner.0 + size.0 / 2.0, corner.1 + size.1 / 2.0 + 4.0);
    let Some(value) = cell.value() else {
        svg.rectangle("cell empty", corner, size);
        svg.text("t small muted", middle, Anchor::Middle, "–");
        return;
    };
    let beyond = map.at_most.is_some_and(|most| value > most);
    let shade = match value / most.max(f64::MIN_POSITIVE) {
        share if share < 0.1 => "s0",
        share if share < 0.3 => "s1",
        share if share < 0.6 => "s2",
        _ => "s3",
    };
    svg.rectangle(&format!("cell {shade}{}", if beyond { " beyond" } else { "" }), corner, size);
    let class = if beyond { "t small strong" } else { "t small" };
    svg.text(class, middle, Anchor::Middle, &words.decimal(value, 3));
}

/// Names the largest value and how many cells lie beyond the threshold.
fn summary(map: &DriftMap, words: Words) -> String {
    let cells = || {
        map.columns.iter().flat_map(|(column, cells)| {
            cells
                .iter()
                .zip(&map.periods)
                .filter_map(move |(cell, period)| Some((column, period, cell.value()?)))
        })
    };
    let Some((column, period, value)) = cells().max_by(|a, b| a.2.total_cmp(&b.2)) else {
        return words.say("nothing-measured");
    };
    let mut text = words.say_with(
        "drift-summary",
        &[("column", column), ("period", period), ("value", &words.decimal(value, 3))],
    );
    if let Some(most) = map.at_most {
        let beyond = cells().filter(|(_, _, value)| *value > most).count();
        text.push_str(&words.say("sentence-gap"));
        text.push_str(&words.count("drift-beyond", beyond as u64));
    }
    text
}

fn table(map: &DriftMap, words: Words) -> Table {
    let rows = map.columns.iter().map(|(column, cells)| {
        let mut row = vec![column.clone()];
        row.extend(cells.iter().map(|cell| match cell {
            DriftCell::Value(value) => words.decimal(*value, 4),
            DriftCell::Note(note) => note.clone(),
            DriftCell::Absent => "–".to_owned(),
        }));
        row
    });
    let mut heads = vec![words.say("head-column")];
    heads.extend(map.periods.iter().cloned());
    Table { caption: map.title.clone(), heads, rows: rows.collect() }
}

#[expect(clippy::cast_precision_loss, reason = "cells of a chart stay far below 2^53")]
fn count(cells: usize) -> f64 {
    cells as f64
}

/// The room for names of columns, at least and at most.
const LEFT: (f64, f64) = (90.0, 230.0);
const TOP: f64 = 24.0;
const ROW: f64 = 26.0;
