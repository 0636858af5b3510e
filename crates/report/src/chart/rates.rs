//! A dot plot of one measure by group, with whiskers for intervals and a band for the declared threshold.

use super::scale::Scale;
use super::svg::{Anchor, Svg, fitted, text_width};
use super::{Chart, LABEL, Table, WIDTH};
use crate::locale::Words;

/// What a dot plot shows.
pub(crate) struct Rates {
    /// Unique on the page.
    pub(crate) id: String,
    /// The measure and the attribute, in the reader's language.
    pub(crate) title: String,
    /// The id of the definition.
    pub(crate) definition: String,
    /// What the first column of the table twin holds, such as the attribute's name.
    pub(crate) group_head: String,
    /// One row a group.
    pub(crate) rows: Vec<RateRow>,
    /// The lowest acceptable value.
    pub(crate) at_least: Option<f64>,
    /// The highest acceptable value.
    pub(crate) at_most: Option<f64>,
    /// The threshold in words; empty without one.
    pub(crate) threshold: String,
    /// How values are written.
    pub(crate) unit: Unit,
}

/// One group of a dot plot.
pub(crate) struct RateRow {
    /// Its name.
    pub(crate) group: String,
    /// The value, when there is one.
    pub(crate) value: Option<f64>,
    /// The ends of the interval, when there is one.
    pub(crate) interval: Option<(f64, f64)>,
    /// Why there is no value; empty when there is one.
    pub(crate) note: String,
    /// The rows it rests on.
    pub(crate) rows: u64,
    /// Whether others are compared with it.
    pub(crate) reference: bool,
}

/// How values are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A share, shown as `83.1%`.
    Share,
    /// A bare number, shown as `0.865`.
    Number,
}

impl Unit {
    /// The value in words.
    pub(crate) fn show(self, words: Words, value: f64) -> String {
        match self {
            Self::Share => words.percent(value),
            Self::Number => words.decimal(value, 3),
        }
    }

    fn tick(self, words: Words, value: f64, decimals: usize) -> String {
        match self {
            Self::Share => format!("{}%", words.decimal(value * 100.0, decimals.saturating_sub(2))),
            Self::Number => words.decimal(value, decimals),
        }
    }
}

impl RateRow {
    /// Whether the value itself lies beyond the threshold.
    fn outside(&self, rates: &Rates) -> bool {
        self.value.is_some_and(|value| {
            rates.at_least.is_some_and(|least| value < least)
                || rates.at_most.is_some_and(|most| value > most)
        })
    }

    /// Whether the value lies within the threshold and a part of its interval beyond.
    fn straddles(&self, rates: &Rates) -> bool {
        !self.outside(rates)
            && self.interval.is_some_and(|(low, high)| {
                rates.at_least.is_some_and(|least| low < least)
                    || rates.at_most.is_some_and(|most| high > most)
            })
    }

    fn interval_text(&self, words: Words, unit: Unit) -> String {
        self.interval.map_or_else(
            || "–".to_owned(),
            |(low, high)| format!("[{}, {}]", unit.show(words, low), unit.show(words, high)),
        )
    }
}

/// Draws the dot plot.
pub(crate) fn rates_chart(rates: &Rates, words: Words) -> Chart {
    let longest = rates.rows.iter().map(|row| text_width(&row.group, LABEL)).fold(0.0, f64::max);
    let left = (longest + GAP).clamp(PLOT_LEFT.0, PLOT_LEFT.1);
    let bottom = TOP + ROW * count(rates.rows.len());
    let mut svg = Svg::new(WIDTH, bottom + 26.0);
    let values = rates.rows.iter().flat_map(|row| {
        let (low, high) = row.interval.unzip();
        [row.value, low, high].into_iter().flatten().filter(|end| end.is_finite())
    });
    let limits = if rates.unit == Unit::Share { (0.0, 1.0) } else { (f64::MIN, f64::MAX) };
    let scale = Scale::around(values.chain(rates.at_least).chain(rates.at_most), limits, (left, PLOT_RIGHT));
    threshold_band(&mut svg, rates, &scale, (left, bottom));
    axis(&mut svg, rates.unit, &scale, (left, bottom), words);
    for (index, row) in rates.rows.iter().enumerate() {
        draw_row(&mut svg, rates, row, &scale, (left, TOP + ROW * (count(index) + 0.5)), words);
    }
    let summary = summary(rates, words);
    Chart {
        svg: svg.finish(&rates.id, "img", &rates.title, &summary),
        legend: legend(rates, words),
        table: table(rates, words),
        title: rates.title.clone(),
        definitions: vec![rates.definition.clone()],
        summary,
    }
}

fn threshold_band(svg: &mut Svg, rates: &Rates, scale: &Scale, (start, bottom): (f64, f64)) {
    if rates.at_least.is_none() && rates.at_most.is_none() {
        return;
    }
    let left = rates.at_least.map_or(start, |least| scale.place(least));
    let right = rates.at_most.map_or(PLOT_RIGHT, |most| scale.place(most));
    svg.rectangle("band", (left, TOP - 4.0), (right - left, bottom - TOP + 4.0));
    for end in rates.at_least.iter().chain(&rates.at_most) {
        let x = scale.place(*end);
        svg.line("limit", (x, TOP - 6.0), (x, bottom));
    }
    let (x, anchor) = if rates.at_least.is_some() {
        let anchor = if left < f64::midpoint(start, PLOT_RIGHT) { Anchor::Start } else { Anchor::End };
        (left, anchor)
    } else {
        let anchor = if right < f64::midpoint(start, PLOT_RIGHT) { Anchor::Start } else { Anchor::End };
        (right, anchor)
    };
    svg.text("t small", (x, TOP - 10.0), anchor, &rates.threshold);
}

fn axis(svg: &mut Svg, unit: Unit, scale: &Scale, (start, bottom): (f64, f64), words: Words) {
    let (ticks, decimals) = scale.ticks();
    for tick in ticks {
        let x = scale.place(tick);
        svg.line("grid", (x, TOP - 2.0), (x, bottom));
        svg.text("t small muted", (x, bottom + 15.0), Anchor::Middle, &unit.tick(words, tick, decimals));
    }
    svg.line("axis", (start, bottom), (PLOT_RIGHT, bottom));
}

fn draw_row(svg: &mut Svg, rates: &Rates, row: &RateRow, scale: &Scale, (left, y): (f64, f64), words: Words) {
    svg.text("t", (0.0, y - 1.0), Anchor::Start, &fitted(&row.group, LABEL, left - GAP + 2.0));
    let rows = words.count("rows-short", row.rows);
    svg.text("t small muted", (0.0, y + 12.0), Anchor::Start, &rows);
    let Some(value) = row.value else {
        let note = fitted(&row.note, LABEL, WIDTH - left);
        svg.text("t muted", (left + 4.0, y + 4.0), Anchor::Start, &note);
        return;
    };
    if let Some((low, high)) = row.interval {
        let (from, to) = (scale.place(low), scale.place(high));
        svg.line("whisker", (from, y), (to, y));
        for end in [from, to] {
            svg.line("whisker", (end, y - 4.0), (end, y + 4.0));
        }
    }
    let centre = (scale.place(value), y);
    if row.outside(rates) {
        svg.diamond("dot alert", centre, 6.5);
    } else if row.reference {
        svg.circle("dot open", centre, 5.0);
    } else {
        svg.circle("dot", centre, 5.0);
    }
    svg.text("t number", (WIDTH, y + 4.0), Anchor::End, &rates.unit.show(words, value));
}

fn legend(rates: &Rates, words: Words) -> Vec<String> {
    let mut legend = vec![words.say("legend-dot")];
    if rates.rows.iter().any(|row| row.reference) {
        legend.push(words.say("legend-reference"));
    }
    if rates.rows.iter().any(|row| row.outside(rates)) {
        legend.push(words.say("legend-outside"));
    }
    if rates.at_least.is_some() || rates.at_most.is_some() {
        legend.push(words.say("legend-threshold"));
    }
    legend
}

/// Names the extremes and what lies beyond the threshold.
fn summary(rates: &Rates, words: Words) -> String {
    let measured = || rates.rows.iter().filter_map(|row| row.value.map(|value| (row, value)));
    let lowest = measured().min_by(|a, b| a.1.total_cmp(&b.1));
    let highest = measured().max_by(|a, b| a.1.total_cmp(&b.1));
    let mut text = match (lowest, highest) {
        (Some((row, value)), Some((other, _))) if row.group == other.group => words.say_with(
            "rates-summary-one",
            &[("value", &rates.unit.show(words, value)), ("group", &row.group)],
        ),
        (Some((low_row, low)), Some((high_row, high))) => words.say_with(
            "rates-summary",
            &[
                ("low", &rates.unit.show(words, low)),
                ("lowgroup", &low_row.group),
                ("high", &rates.unit.show(words, high)),
                ("highgroup", &high_row.group),
            ],
        ),
        _ => words.say("nothing-measured"),
    };
    let named = |rows: &dyn Fn(&RateRow) -> bool| {
        let groups: Vec<_> =
            rates.rows.iter().filter(|row| rows(row)).map(|row| row.group.as_str()).collect();
        groups.join(&words.say("list-comma"))
    };
    let outside = named(&|row| row.outside(rates));
    if !outside.is_empty() {
        text.push_str(&words.say("sentence-gap"));
        text.push_str(&words.say_with("rates-outside", &[("groups", &outside)]));
    }
    let straddling = named(&|row| row.straddles(rates));
    if !straddling.is_empty() {
        text.push_str(&words.say("sentence-gap"));
        text.push_str(&words.say_with("rates-straddle", &[("groups", &straddling)]));
    }
    text
}

fn table(rates: &Rates, words: Words) -> Table {
    let rows = rates
        .rows
        .iter()
        .map(|row| {
            let value = row.value.map_or_else(|| row.note.clone(), |value| rates.unit.show(words, value));
            let group = if row.reference {
                words.say_with("reference-group", &[("group", &row.group)])
            } else {
                row.group.clone()
            };
            vec![group, value, row.interval_text(words, rates.unit), words.whole(row.rows)]
        })
        .collect();
    Table {
        caption: rates.title.clone(),
        heads: vec![
            rates.group_head.clone(),
            words.say("head-value"),
            words.say("head-interval"),
            words.say("head-rows"),
        ],
        rows,
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows of a chart stay far below 2^53")]
fn count(rows: usize) -> f64 {
    rows as f64
}

const TOP: f64 = 26.0;
const ROW: f64 = 36.0;
/// Where the plot begins, at the earliest and at the latest: labels stand before it.
const PLOT_LEFT: (f64, f64) = (96.0, 196.0);
const GAP: f64 = 16.0;
const PLOT_RIGHT: f64 = WIDTH - 64.0;
