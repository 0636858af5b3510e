//! How scores are distributed, mirrored by label: the event upwards, its absence downwards.
//!
//! Each side is drawn as shares of its own label, so that a rare event is as legible as a common one; the upper side is
//! filled and the lower hatched by outline, and a dashed line marks the declared cut-off.

use super::scale::Scale;
use super::svg::{Anchor, Svg};
use super::{Chart, Table, WIDTH};
use crate::assessment::{ScoreBin, ScoreDistribution};
use crate::locale::Words;

/// Draws the mirrored histogram.
pub(crate) fn scores_chart(id: &str, title: &str, scores: &ScoreDistribution, words: Words) -> Chart {
    let mut svg = Svg::new(WIDTH, BOTTOM + 38.0);
    let (positives, negatives) = totals(&scores.bins);
    let low = scores.bins.iter().map(|bin| bin.from).fold(f64::INFINITY, f64::min);
    let high = scores.bins.iter().map(|bin| bin.to).fold(f64::NEG_INFINITY, f64::max);
    let across = Scale::new(if low < high { (low, high) } else { (0.0, 1.0) }, (LEFT, RIGHT));
    let tallest = scores
        .bins
        .iter()
        .flat_map(|bin| [share(bin.positive, positives), share(bin.negative, negatives)])
        .fold(0.0, f64::max);
    let reach = Scale::new((0.0, tallest.max(0.01)), (0.0, MIDDLE - TOP));
    for bin in &scores.bins {
        let (x, width) = (across.place(bin.from), across.place(bin.to) - across.place(bin.from));
        let (above, below) =
            (reach.place(share(bin.positive, positives)), reach.place(share(bin.negative, negatives)));
        svg.rectangle("bar", (x + 0.5, MIDDLE - above), (width - 1.0, above));
        svg.rectangle("bar hollow", (x + 0.5, MIDDLE), (width - 1.0, below));
    }
    let (ticks, decimals) = across.ticks();
    for tick in ticks {
        let x = across.place(tick);
        svg.line("axis", (x, BOTTOM), (x, BOTTOM + 4.0));
        svg.text("t small muted", (x, BOTTOM + 17.0), Anchor::Middle, &words.decimal(tick, decimals));
    }
    svg.line("axis", (LEFT, MIDDLE), (RIGHT, MIDDLE));
    svg.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    side_label(&mut svg, TOP - 8.0, &scores.positive, positives, words);
    side_label(&mut svg, BOTTOM - 6.0, &scores.negative, negatives, words);
    if let Some(cut_off) = scores.cut_off {
        let x = across.place(cut_off);
        svg.line("limit", (x, TOP), (x, BOTTOM));
        let label = words.say_with("cut-off", &[("value", &words.decimal(cut_off, 3))]);
        let anchor = if x > f64::midpoint(LEFT, RIGHT) { Anchor::End } else { Anchor::Start };
        let gap = if x > f64::midpoint(LEFT, RIGHT) { -5.0 } else { 5.0 };
        svg.text("t small", (x + gap, TOP + 10.0), anchor, &label);
    }
    svg.text("t small", (RIGHT, BOTTOM + 34.0), Anchor::End, &words.say("axis-score"));
    let summary = summary(scores, words);
    Chart {
        svg: svg.finish(id, "img", title, &summary),
        legend: vec![words.say("legend-sides")],
        table: table(title, scores, words),
        title: title.to_owned(),
        definitions: Vec::new(),
        summary,
    }
}

fn side_label(svg: &mut Svg, y: f64, label: &str, rows: u64, words: Words) {
    let text = words.say_with("side-label", &[("label", label), ("rows", &words.whole(rows))]);
    svg.text("t small", (RIGHT, y), Anchor::End, &text);
}

/// Where the middle case of each label lies.
fn summary(scores: &ScoreDistribution, words: Words) -> String {
    let middle = |count: fn(&ScoreBin) -> u64| {
        let total: u64 = scores.bins.iter().map(count).sum();
        let mut seen = 0;
        scores.bins.iter().find(|bin| {
            seen += count(bin);
            total > 0 && seen * 2 >= total
        })
    };
    match (middle(|bin| bin.positive), middle(|bin| bin.negative)) {
        (Some(positive), Some(negative)) => words.say_with(
            "scores-summary",
            &[
                ("positive", &scores.positive),
                ("positivefrom", &words.decimal(positive.from, 2)),
                ("positiveto", &words.decimal(positive.to, 2)),
                ("negative", &scores.negative),
                ("negativefrom", &words.decimal(negative.from, 2)),
                ("negativeto", &words.decimal(negative.to, 2)),
            ],
        ),
        _ => words.say("nothing-measured"),
    }
}

fn table(title: &str, scores: &ScoreDistribution, words: Words) -> Table {
    let rows = scores.bins.iter().map(|bin| {
        vec![
            format!("{}–{}", words.decimal(bin.from, 3), words.decimal(bin.to, 3)),
            words.whole(bin.positive),
            words.whole(bin.negative),
        ]
    });
    Table {
        caption: title.to_owned(),
        rows: rows.collect(),
        heads: vec![words.say("axis-score"), scores.positive.clone(), scores.negative.clone()],
    }
}

fn totals(bins: &[ScoreBin]) -> (u64, u64) {
    (bins.iter().map(|bin| bin.positive).sum(), bins.iter().map(|bin| bin.negative).sum())
}

#[expect(clippy::cast_precision_loss, reason = "only the height of a bar depends on it")]
fn share(rows: u64, total: u64) -> f64 {
    if total == 0 { 0.0 } else { rows as f64 / total as f64 }
}

const LEFT: f64 = 8.0;
const RIGHT: f64 = WIDTH - 8.0;
const TOP: f64 = 26.0;
const MIDDLE: f64 = 130.0;
const BOTTOM: f64 = 240.0;
