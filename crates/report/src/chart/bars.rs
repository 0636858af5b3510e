//! Bars of counts, each split into parts that stand in a fixed order, such as uses by tier on each provider.
//!
//! Each part is lighter than the one before and says its count where there is room, so that the order of the legend
//! tells them apart without colour.

use super::scale::Scale;
use super::svg::{Anchor, Svg, fitted, text_width};
use super::{Chart, LABEL, Table, WIDTH};
use crate::locale::Words;

/// What bars show.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Unique on the page.
    pub id: String,
    /// What they show.
    pub title: String,
    /// What a reader should take from it.
    pub summary: String,
    /// What the first column of the table holds.
    pub of: String,
    /// What the sum of the parts is called.
    pub total: String,
    /// The parts, in their order: at most five.
    pub parts: Vec<String>,
    /// The bars, from top to bottom.
    pub rows: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it is of.
    pub name: String,
    /// Something about it, smaller; may be empty.
    pub about: String,
    /// Where it leads; may be empty.
    pub to: String,
    /// The count of each part.
    pub counts: Vec<u64>,
}

impl Bar {
    fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// Draws the bars.
pub fn bars_chart(bars: &Bars, words: Words) -> Chart {
    let longest = bars.rows.iter().map(|row| text_width(&row.name, LABEL)).fold(0.0, f64::max);
    let left = (longest + GAP).clamp(PLOT_LEFT.0, PLOT_LEFT.1);
    let most = bars.rows.iter().map(Bar::total).max().unwrap_or(0);
    let across = Scale::new((0.0, precise(most.max(1))), (left, PLOT_RIGHT));
    let bottom = TOP + ROW * count(bars.rows.len());
    let mut svg = Svg::new(WIDTH, bottom + 6.0);
    for (index, row) in bars.rows.iter().enumerate() {
        let top = TOP + ROW * count(index);
        let total = words.whole(row.total());
        if !row.to.is_empty() {
            // The name of the link starts with what is seen, so that it can be spoken to.
            svg.begin_link(&row.to, &format!("{} {}: {total}", row.name, row.about));
        }
        svg.text("t", (0.0, top + 15.0), Anchor::Start, &fitted(&row.name, LABEL, left - GAP));
        svg.text("t small muted", (0.0, top + 29.0), Anchor::Start, &fitted(&row.about, 11.5, left - GAP));
        if !row.to.is_empty() {
            svg.end_link();
        }
        let mut sum = 0;
        for (part, counted) in row.counts.iter().enumerate() {
            let from = across.place(precise(sum));
            sum += counted;
            let to = across.place(precise(sum));
            if *counted == 0 {
                continue;
            }
            svg.rectangle(&format!("part p{}", part.min(4)), (from, top + 4.0), (to - from, HIGH));
            let text = words.whole(*counted);
            if text_width(&text, 11.5) + 4.0 < to - from {
                let middle = (f64::midpoint(from, to), top + 4.0 + HIGH / 2.0 + 4.0);
                svg.text(&format!("t small on-p{}", part.min(4)), middle, Anchor::Middle, &text);
            }
        }
        svg.text("t number", (across.place(precise(sum)) + 6.0, top + 20.0), Anchor::Start, &total);
    }
    svg.line("axis", (left, TOP - 2.0), (left, bottom));
    let head = [bars.of.clone(), bars.total.clone()];
    let rows = bars.rows.iter().map(|row| {
        let counts = row.counts.iter().map(|counted| words.whole(*counted));
        [row.name.clone(), words.whole(row.total())].into_iter().chain(counts).collect()
    });
    Chart {
        svg: svg.finish(&bars.id, "group", &bars.title, &bars.summary),
        legend: bars.parts.iter().zip(MARKS).map(|(part, mark)| format!("{mark} {part}")).collect(),
        table: Table {
            caption: bars.title.clone(),
            heads: head.into_iter().chain(bars.parts.iter().cloned()).collect(),
            rows: rows.collect(),
        },
        title: bars.title.clone(),
        definitions: Vec::new(),
        summary: bars.summary.clone(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place on a picture")]
fn precise(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "a place on a picture")]
fn count(number: usize) -> f64 {
    number as f64
}

/// What the parts look like, in a legend of letters.
const MARKS: [&str; 5] = ["█", "▓", "▒", "░", "□"];
const TOP: f64 = 6.0;
const ROW: f64 = 38.0;
const HIGH: f64 = 24.0;
const GAP: f64 = 12.0;
/// Where the bars begin, at the earliest and at the latest: names stand before them.
const PLOT_LEFT: (f64, f64) = (96.0, 204.0);
const PLOT_RIGHT: f64 = WIDTH - 34.0;

#[cfg(test)]
mod tests {
    use dualtrack_catalogue::Language;

    use super::*;

    #[test]
    fn every_count_stands_in_the_picture_or_in_the_table_and_hostile_names_stay_text() {
        let row = |name: &str, counts: [u64; 3]| Bar {
            name: name.into(),
            about: "HK".into(),
            to: "/providers/one".into(),
            counts: counts.to_vec(),
        };
        let bars = Bars {
            id: "concentration".into(),
            title: "Uses on providers".into(),
            summary: "Two uses rest on one.".into(),
            of: "Provider".into(),
            total: "Uses".into(),
            parts: ["high", "medium", "low"].map(String::from).to_vec(),
            rows: vec![
                row("<script>one</script>", [1, 0, 1]),
                row("非常之長的供應商名稱有限公司香港分公司", [0, 0, 0]),
            ],
        };
        let chart = bars_chart(&bars, Words::of(Language::En));
        assert!(!chart.svg.contains("<script"));
        assert_eq!(chart.svg.matches("class=\"part ").count(), 2, "nothing is drawn for nought");
        assert_eq!(chart.table.rows[0], ["<script>one</script>", "2", "1", "0", "1"]);
        assert_eq!(chart.table.heads.len(), 5);
        assert_eq!(chart.legend, ["█ high", "▓ medium", "▒ low"]);
    }
}
