//! How a ledger grew: its size over time as steps, and the entries of each batch below.

use jiff::Timestamp;

use super::scale::Scale;
use super::svg::{Anchor, Svg};
use super::{Chart, Table, WIDTH};
use crate::ledger::LedgerBatch;
use crate::locale::Words;

/// Draws the growth.
pub fn growth_chart(batches: &[LedgerBatch], words: Words) -> Chart {
    let seconds = |instant: Timestamp| precise(instant.as_millisecond().unsigned_abs());
    let first = batches.first().map_or(0.0, |batch| seconds(batch.instant));
    let last = batches.last().map_or(first, |batch| seconds(batch.instant));
    let largest = batches.last().map_or(0, |batch| batch.size);
    let most = batches.iter().map(|batch| batch.entries).max().unwrap_or(0);
    let across = Scale::new((first, last), (LEFT, WIDTH - 8.0));
    let up = Scale::new((0.0, precise(largest.max(1))), (BOTTOM, TOP));
    let high = Scale::new((0.0, precise(most.max(1))), (BARS_BOTTOM, BARS_TOP));
    let mut svg = Svg::new(WIDTH, HEIGHT);
    let mut ticks = up.ticks().0;
    ticks.retain(|tick| tick.fract().abs() < 1e-9);
    for tick in ticks {
        let y = up.place(tick);
        svg.line("grid", (LEFT, y), (WIDTH - 8.0, y));
        svg.text("t small number", (LEFT - 6.0, y + 4.0), Anchor::End, &words.whole(whole(tick)));
    }
    let mut points = Vec::new();
    let mut size = 0.0;
    for batch in batches {
        let x = across.place(seconds(batch.instant));
        points.push((x, up.place(size)));
        size = precise(batch.size);
        points.push((x, up.place(size)));
        let y = high.place(precise(batch.entries));
        svg.rectangle("bar", (x - 1.0, y), (2.0, BARS_BOTTOM - y));
    }
    svg.polyline("curve", &points);
    svg.line("axis", (LEFT, BOTTOM), (WIDTH - 8.0, BOTTOM));
    svg.line("axis", (LEFT, BARS_BOTTOM), (WIDTH - 8.0, BARS_BOTTOM));
    svg.text("t small number", (LEFT - 6.0, BARS_TOP + 8.0), Anchor::End, &words.whole(most));
    svg.text("t small muted", (LEFT, BARS_TOP - 6.0), Anchor::Start, &words.say("ledger-batch-axis"));
    let day =
        |batch: Option<&LedgerBatch>| batch.map_or_else(String::new, |batch| words.instant(batch.instant));
    svg.text("t small", (LEFT, HEIGHT - 20.0), Anchor::Start, &day(batches.first()));
    if batches.len() > 1 && last > first {
        svg.text("t small", (WIDTH - 8.0, HEIGHT - 4.0), Anchor::End, &day(batches.last()));
    }
    let title = words.say("ledger-growth-chart");
    let summary = words.say_with(
        "ledger-growth-summary",
        &[
            ("entries", &words.whole(largest)),
            ("batches", &words.whole(batches.last().map_or(0, |batch| batch.number + 1))),
            ("most", &words.whole(most)),
        ],
    );
    let rows = batches.iter().rev().take(MOST_ROWS).map(|batch| {
        vec![
            words.whole(batch.number + 1),
            words.instant(batch.instant),
            words.whole(batch.entries),
            words.whole(batch.size),
        ]
    });
    Chart {
        svg: svg.finish("ledger-growth", "img", &title, &summary),
        legend: vec![words.say("ledger-growth-legend")],
        table: Table {
            caption: words.say("ledger-growth-table"),
            heads: ["ledger-batch", "ledger-when", "ledger-entries", "ledger-size"]
                .map(|id| words.say(id))
                .to_vec(),
            rows: rows.collect(),
        },
        title,
        definitions: Vec::new(),
        summary,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place on a picture")]
fn precise(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole tick that is not negative"
)]
fn whole(tick: f64) -> u64 {
    tick as u64
}

const LEFT: f64 = 64.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 170.0;
const BARS_TOP: f64 = 206.0;
const BARS_BOTTOM: f64 = 256.0;
const HEIGHT: f64 = 294.0;
const MOST_ROWS: usize = 200;
