//! The map of data flows: from where data lies, on the left, to those who receive it, on the right.
//!
//! A band is as thick as there are uses behind it. What it carries is told by its filling and by a letter on it; what
//! crosses the border is marked at its end. It draws what it is given, and works nothing out.

use super::svg::{Anchor, Svg, fitted};
use super::{Chart, LABEL, Table};
use crate::locale::Words;

/// What a map shows.
#[derive(Clone, Debug)]
pub struct FlowMap {
    /// Unique on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What a reader should take from it.
    pub summary: String,
    /// What stands above the left ends and above the right ends.
    pub sides: (String, String),
    /// Where data comes from.
    pub from: Vec<End>,
    /// Where it goes.
    pub to: Vec<End>,
    /// What goes.
    pub bands: Vec<Band>,
    /// How to read it.
    pub legend: Vec<String>,
    /// The same as a table.
    pub table: Table,
}

/// An end of bands.
#[derive(Clone, Debug)]
pub struct End {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// Where its name leads; may be empty.
    pub link: String,
    /// Whether it lies beyond the border.
    pub beyond: bool,
}

/// Data that goes from one end to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The position of the left end.
    pub from: usize,
    /// The position of the right end.
    pub to: usize,
    /// What it holds.
    pub holds: Holds,
    /// How many uses are behind it.
    pub uses: u64,
}

/// What data holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    /// Personal data.
    Personal,
    /// Nobody knows.
    Unknown,
    /// No personal data.
    Nothing,
}

impl Holds {
    /// The letter on a band.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Personal => "P",
            Self::Unknown => "?",
            Self::Nothing => "–",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Unknown => "unknown",
            Self::Nothing => "clean",
        }
    }
}

/// Draws the map.
pub fn flows_chart(map: &FlowMap, words: Words) -> Chart {
    let most = map.bands.iter().map(|band| band.uses).max().unwrap_or(1).max(1);
    let thick = |band: &Band| THIN + THICKER * precise(band.uses) / precise(most);
    let left = Side::of(map.from.len(), map.bands.iter().map(|band| (band.from, thick(band))));
    let right = Side::of(map.to.len(), map.bands.iter().map(|band| (band.to, thick(band))));
    let height = left.height.max(right.height);
    let mut svg = Svg::new(WIDE, TOP + height + 8.0);
    svg.text("t small muted", (0.0, 14.0), Anchor::Start, &map.sides.0);
    svg.text("t small muted", (RIGHT + 14.0, 14.0), Anchor::Start, &map.sides.1);
    let (mut left_used, mut right_used) = (left.tops(height), right.tops(height));
    for band in &map.bands {
        let thick = thick(band);
        let (Some(from), Some(to)) = (left_used.get_mut(band.from), right_used.get_mut(band.to)) else {
            continue;
        };
        let class = format!("flow {}", band.holds.class());
        svg.band(&class, (LEFT, *from, *from + thick), (RIGHT, *to, *to + thick));
        // Letters stand near their ends, where bands lie beside each other and do not cross.
        let text = format!("{} {}", band.holds.sign(), words.whole(band.uses));
        let class = format!("t small on-{}", band.holds.class());
        svg.text(&class, (RIGHT - 6.0, *to + thick / 2.0 + 4.0), Anchor::End, &text);
        *from += thick;
        *to += thick;
    }
    let tops = left.tops(height);
    for (end, (top, high)) in map.from.iter().zip(tops.into_iter().zip(&left.high)) {
        svg.rectangle("end", (LEFT - 5.0, top), (5.0, *high));
        label(&mut svg, end, (LEFT - 14.0, top + high / 2.0), Anchor::End, LEFT - 14.0);
    }
    let tops = right.tops(height);
    for (end, (top, high)) in map.to.iter().zip(tops.into_iter().zip(&right.high)) {
        svg.rectangle(if end.beyond { "end beyond" } else { "end" }, (RIGHT, top), (5.0, *high));
        label(&mut svg, end, (RIGHT + 14.0, top + high / 2.0), Anchor::Start, WIDE - RIGHT - 14.0);
    }
    Chart {
        // It keeps its size on a phone and is moved sideways there: smaller, nobody could read its names.
        svg: svg.finish(&map.id, "group", &map.title, &map.summary).replacen(
            "class=\"chart\"",
            "class=\"chart wide\"",
            1,
        ),
        legend: map.legend.clone(),
        table: map.table.clone(),
        title: map.title.clone(),
        definitions: Vec::new(),
        summary: map.summary.clone(),
    }
}

fn label(svg: &mut Svg, end: &End, (x, y): (f64, f64), anchor: Anchor, room: f64) {
    if !end.link.is_empty() {
        svg.begin_link(&end.link, &format!("{} {}", end.name, end.place));
    }
    svg.text("t", (x, y - 1.0), anchor, &fitted(&end.name, LABEL, room));
    if !end.link.is_empty() {
        svg.end_link();
    }
    let class = if end.beyond { "t small strong" } else { "t small muted" };
    svg.text(class, (x, y + 13.0), anchor, &fitted(&end.place, 11.5, room));
}

/// The ends on one side: how high each is, and all of them with the room between.
struct Side {
    high: Vec<f64>,
    height: f64,
}

impl Side {
    fn of(ends: usize, bands: impl Iterator<Item = (usize, f64)>) -> Self {
        let mut high = vec![0.0; ends];
        for (end, thick) in bands {
            if let Some(sum) = high.get_mut(end) {
                *sum += thick;
            }
        }
        let height = high.iter().map(|high: &f64| high.max(LEAST) + BETWEEN).sum::<f64>() - BETWEEN;
        Self { high, height: height.max(0.0) }
    }

    /// Where each end begins, with all of them in the middle of a height.
    fn tops(&self, height: f64) -> Vec<f64> {
        let mut y = TOP + (height - self.height) / 2.0;
        let mut tops = Vec::new();
        for high in &self.high {
            let room = high.max(LEAST);
            tops.push(y + (room - high) / 2.0);
            y += room + BETWEEN;
        }
        tops
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place on a picture")]
fn precise(number: u64) -> f64 {
    number as f64
}

const WIDE: f64 = 600.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 366.0;
const TOP: f64 = 30.0;
/// How thick a band is at least, and how much more at most.
const THIN: f64 = 16.0;
const THICKER: f64 = 26.0;
/// How high an end is at least, so that two lines stand beside it.
const LEAST: f64 = 32.0;
const BETWEEN: f64 = 14.0;

#[cfg(test)]
mod tests {
    use dualtrack_catalogue::Language;

    use super::*;

    fn end(name: &str, beyond: bool) -> End {
        End { name: name.into(), place: "SG".into(), link: "/providers/x".into(), beyond }
    }

    #[test]
    fn each_band_is_drawn_once_with_its_letter_and_names_stay_text() {
        let map = FlowMap {
            id: "flows".into(),
            title: "Flows".into(),
            summary: "Two.".into(),
            sides: ("from".into(), "to".into()),
            from: vec![end("Bank", false)],
            to: vec![end("<script>", true), end("Near", false)],
            bands: vec![
                Band { from: 0, to: 0, holds: Holds::Personal, uses: 3 },
                Band { from: 0, to: 1, holds: Holds::Unknown, uses: 1 },
                // An end that is not there draws nothing.
                Band { from: 0, to: 7, holds: Holds::Nothing, uses: 1 },
            ],
            legend: Vec::new(),
            table: Table { caption: String::new(), heads: Vec::new(), rows: Vec::new() },
        };
        let chart = flows_chart(&map, Words::of(Language::En));
        assert_eq!(chart.svg.matches("<path").count(), 2);
        assert!(chart.svg.contains("P 3") && chart.svg.contains("? 1"));
        assert_eq!(chart.svg.matches("end beyond").count(), 1);
        assert!(!chart.svg.contains("<script"));
    }

    #[test]
    fn nothing_at_all_is_an_empty_picture() {
        let map = FlowMap {
            id: "flows".into(),
            title: String::new(),
            summary: String::new(),
            sides: (String::new(), String::new()),
            from: Vec::new(),
            to: Vec::new(),
            bands: Vec::new(),
            legend: Vec::new(),
            table: Table { caption: String::new(), heads: Vec::new(), rows: Vec::new() },
        };
        assert!(!flows_chart(&map, Words::of(Language::ZhHant)).svg.contains("<path"));
    }
}
