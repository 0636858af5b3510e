//! The reliability curve: how often the event happened among cases with about the same score.
//!
//! Above the diagonal the model promised too little, below it too much. Dots grow with the rows of their bin.

use dualtrack_assurance::Measurement;

use super::scale::Scale;
use super::svg::{Anchor, Svg};
use super::{Chart, Table, WIDTH};
use crate::locale::Words;

/// Draws the curve from the measurements of its bins; a bin with too few rows is not drawn.
pub(crate) fn reliability_chart(id: &str, title: &str, bins: &[&Measurement], words: Words) -> Chart {
    let points: Vec<_> = bins.iter().filter_map(|bin| point(bin)).collect();
    let mut svg = Svg::new(WIDTH, BOTTOM + 40.0);
    let values = points
        .iter()
        .flat_map(|point| [Some(point.mean_score), Some(point.observed), point.high].into_iter().flatten());
    let reach = Scale::around(values.chain([0.0]), (0.0, 1.0), (0.0, 1.0)).high();
    let across = Scale::new((0.0, reach), (LEFT, RIGHT));
    let up = Scale::new((0.0, reach), (BOTTOM, TOP));
    axes(&mut svg, &across, &up, words);
    svg.line("diagonal", (across.place(0.0), up.place(0.0)), (across.place(reach), up.place(reach)));
    let line: Vec<_> =
        points.iter().map(|point| (across.place(point.mean_score), up.place(point.observed))).collect();
    svg.polyline("curve", &line);
    let most = points.iter().map(|point| point.rows).max().unwrap_or(1).max(1);
    for point in &points {
        let (x, y) = (across.place(point.mean_score), up.place(point.observed));
        if let (Some(low), Some(high)) = (point.low, point.high) {
            svg.line("whisker", (x, up.place(low)), (x, up.place(high)));
        }
        svg.circle("dot", (x, y), 1.5 + 3.0 * share(point.rows, most).sqrt());
    }
    let summary = summary(&points, words);
    Chart {
        svg: svg.finish(id, "img", title, &summary),
        legend: vec![words.say("legend-bin"), words.say("legend-diagonal")],
        table: table(title, &points, words),
        title: title.to_owned(),
        definitions: bins.first().map(|bin| bin.definition.as_str().to_owned()).into_iter().collect(),
        summary,
    }
}

/// One bin of the curve.
struct Point {
    mean_score: f64,
    observed: f64,
    low: Option<f64>,
    high: Option<f64>,
    rows: u64,
}

fn point(bin: &Measurement) -> Option<Point> {
    let interval = bin.interval();
    Some(Point {
        mean_score: bin.point?.mean_score,
        observed: bin.value()?,
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.upper()),
        rows: bin.rows,
    })
}

fn axes(svg: &mut Svg, across: &Scale, up: &Scale, words: Words) {
    let (ticks, decimals) = across.ticks();
    for tick in ticks {
        let label = format!("{}%", words.decimal(tick * 100.0, decimals.saturating_sub(2)));
        let (x, y) = (across.place(tick), up.place(tick));
        svg.line("grid", (x, TOP), (x, BOTTOM));
        svg.line("grid", (LEFT, y), (RIGHT, y));
        svg.text("t small muted", (x, BOTTOM + 15.0), Anchor::Middle, &label);
        svg.text("t small muted", (LEFT - 6.0, y + 4.0), Anchor::End, &label);
    }
    svg.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    svg.line("axis", (LEFT, TOP), (LEFT, BOTTOM));
    svg.text("t small", (RIGHT, BOTTOM + 33.0), Anchor::End, &words.say("axis-score"));
    svg.text("t small", (LEFT - 6.0, TOP - 12.0), Anchor::Start, &words.say("axis-observed"));
}

/// Names the bin that lies farthest from the diagonal.
fn summary(points: &[Point], words: Words) -> String {
    let gap = |point: &&Point| (point.observed - point.mean_score).abs();
    match points.iter().max_by(|a, b| gap(a).total_cmp(&gap(b))) {
        Some(point) => words.say_with(
            "reliability-summary",
            &[
                ("bins", &words.whole(points.len() as u64)),
                ("score", &words.percent(point.mean_score)),
                ("observed", &words.percent(point.observed)),
            ],
        ),
        None => words.say("nothing-measured"),
    }
}

fn table(title: &str, points: &[Point], words: Words) -> Table {
    let rows = points.iter().enumerate().map(|(index, point)| {
        let interval = match (point.low, point.high) {
            (Some(low), Some(high)) => format!("[{}, {}]", words.percent(low), words.percent(high)),
            _ => "–".to_owned(),
        };
        vec![
            (index + 1).to_string(),
            words.percent(point.mean_score),
            words.percent(point.observed),
            interval,
            words.whole(point.rows),
        ]
    });
    Table {
        caption: title.to_owned(),
        rows: rows.collect(),
        heads: vec![
            words.say("head-bin"),
            words.say("head-mean-score"),
            words.say("head-observed"),
            words.say("head-interval"),
            words.say("head-rows"),
        ],
    }
}

#[expect(clippy::cast_precision_loss, reason = "only the size of a dot depends on it")]
fn share(rows: u64, most: u64) -> f64 {
    rows as f64 / most as f64
}

const LEFT: f64 = 48.0;
const RIGHT: f64 = WIDTH - 12.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 300.0;
