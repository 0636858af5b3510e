//! The coverage heat map: guidelines down, uses across, one sign and one count a cell.
//!
//! Each cell links to the guideline's section on the page of the use. The table twin carries every count.

use super::svg::{Anchor, Svg, fitted};
use super::{Chart, LABEL, Table};
use crate::assessment::{Assessment, CoverageCell, CoverageRow};
use crate::coverage::Standing;
use crate::locale::Words;

/// Draws the matrix; `link` gives the address of the section of a guideline on the page of a use.
pub(crate) fn coverage_chart(
    assessment: &Assessment,
    link: impl Fn(&str, &str) -> String,
    words: Words,
) -> Chart {
    let uses = &assessment.uses;
    let left = (WIDEST - CELL.0 * count(uses.len())).clamp(LEFT.0, LEFT.1);
    let width = left + CELL.0 * count(uses.len());
    let mut svg = Svg::new(width, TOP + CELL.1 * count(assessment.coverage.len()) + 4.0);
    for (index, one) in uses.iter().enumerate() {
        let centre = left + CELL.0 * (count(index) + 0.5);
        for (line, text) in two_lines(words.pick(&one.name), CELL.0 - 12.0).iter().enumerate() {
            svg.text("t small", (centre, 16.0 + 14.0 * count(line)), Anchor::Middle, text);
        }
    }
    for (index, row) in assessment.coverage.iter().enumerate() {
        let y = TOP + CELL.1 * count(index);
        let guideline = assessment.guidelines.iter().find(|guideline| guideline.id == row.guideline);
        let title = guideline.map_or("", |guideline| words.pick(&guideline.title));
        svg.text("t", (0.0, y + 14.0), Anchor::Start, &fitted(title, LABEL, left - 14.0));
        svg.text("t small muted", (0.0, y + 27.0), Anchor::Start, row.guideline.as_str());
        for (position, cell) in row.cells.iter().enumerate() {
            let x = left + CELL.0 * count(position);
            let target = link(&cell.r#use, row.guideline.as_str());
            // The name of the link starts with what is seen, so that it can be spoken to.
            let name = format!("{} {title}: {}", seen(cell, words), in_words(cell, words));
            svg.begin_link(&target, &name);
            draw_cell(&mut svg, cell, (x + 1.0, y + 1.0), words);
            svg.end_link();
        }
    }
    let title = words.say("coverage-chart");
    let summary = summary(&assessment.coverage, words);
    Chart {
        // A picture with links in it is a group of its parts, not one image.
        svg: svg.finish("coverage", "group", &title, &summary),
        legend: [Standing::Met, Standing::Open, Standing::Blocks, Standing::NotApplicable]
            .map(|standing| format!("{} {}", standing.sign(), standing_word(standing, words)))
            .to_vec(),
        table: table(assessment, words),
        title,
        definitions: Vec::new(),
        summary,
    }
}

fn draw_cell(svg: &mut Svg, cell: &CoverageCell, corner: (f64, f64), words: Words) {
    let standing = cell.standing();
    svg.rectangle(&format!("tile {}", standing.class()), corner, (CELL.0 - 2.0, CELL.1 - 2.0));
    let middle = (corner.0 + CELL.0 / 2.0 - 1.0, corner.1 + 20.0);
    svg.text(&format!("t small on-{}", standing.class()), middle, Anchor::Middle, &seen(cell, words));
}

/// What stands in a cell: its sign, and how many of the controls are settled.
fn seen(cell: &CoverageCell, words: Words) -> String {
    let sign = cell.standing().sign();
    if cell.standing() == Standing::NotApplicable {
        return sign.to_owned();
    }
    let (settled, due) = (words.whole(cell.settled()), words.whole(cell.due()));
    format!("{sign} {}", words.say_with("settled-of", &[("settled", &settled), ("due", &due)]))
}

/// A cell in words: `4 of 6 settled, 2 block the next gate`.
pub(crate) fn in_words(cell: &CoverageCell, words: Words) -> String {
    if cell.standing() == Standing::NotApplicable {
        return words.say("standing-none");
    }
    let mut text = words.say_with(
        "cell-settled",
        &[("settled", &words.whole(cell.settled())), ("due", &words.whole(cell.due()))],
    );
    if cell.blocking > 0 {
        text.push_str(&words.say("clause-comma"));
        text.push_str(&words.count("cell-blocking", cell.blocking));
    }
    text
}

/// The word for how a guideline stands for a use.
pub(crate) fn standing_word(standing: Standing, words: Words) -> String {
    match standing {
        Standing::Blocks => words.say("standing-blocks"),
        Standing::Open => words.say("standing-open"),
        Standing::Met => words.say("standing-met"),
        Standing::NotApplicable => words.say("standing-none"),
    }
}

fn summary(rows: &[CoverageRow], words: Words) -> String {
    let blocking = rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.blocking > 0).count();
    words.count("coverage-summary", blocking as u64)
}

fn table(assessment: &Assessment, words: Words) -> Table {
    let mut heads = vec![words.say("head-guideline")];
    heads.extend(assessment.uses.iter().map(|one| words.pick(&one.name).to_owned()));
    let rows = assessment.coverage.iter().map(|row| {
        let guideline = assessment.guidelines.iter().find(|guideline| guideline.id == row.guideline);
        let mut texts =
            vec![guideline.map_or_else(
                || row.guideline.to_string(),
                |guideline| words.pick(&guideline.title).to_owned(),
            )];
        texts.extend(row.cells.iter().map(|cell| in_words(cell, words)));
        texts
    });
    Table { caption: words.say("coverage-title"), rows: rows.collect(), heads }
}

/// The text on at most two lines of this width, broken at a space or, in Chinese, anywhere.
fn two_lines(text: &str, width: f64) -> Vec<String> {
    let first = fitted(text, LABEL, width);
    let Some(kept) = first.strip_suffix('…') else {
        return vec![first];
    };
    let at = kept.rfind(' ').filter(|_| !text[kept.len()..].starts_with(' ')).unwrap_or(kept.len());
    let (head, tail) = text.split_at(at);
    vec![head.trim_end().to_owned(), fitted(tail.trim_start(), LABEL, width)]
}

#[expect(clippy::cast_precision_loss, reason = "cells of a chart stay far below 2^53")]
fn count(cells: usize) -> f64 {
    cells as f64
}

/// The room for titles, at least and at most.
const LEFT: (f64, f64) = (240.0, 560.0);
/// About the width of the text column of a page.
const WIDEST: f64 = 1000.0;
const TOP: f64 = 40.0;
const CELL: (f64, f64) = (112.0, 34.0);
