//! What a run of checks measured, as blocks of a screen: the checks with their answers, then charts and numbers.

use super::{Block, Cell, Column, Grid, Row};
use crate::assessment::UseMeasured;
use crate::html::checks::answers;
use crate::html::parts::families;
use crate::html::use_page::figures;
use crate::locale::Words;

/// The checks of a run, each with its answer, what asks for work first.
pub fn checks_block(run: &UseMeasured, words: Words) -> Block {
    let rows = answers(run, words).into_iter().map(|check| {
        let mut answer = vec![Cell::Text(check.reason)];
        answer.extend(check.deciding.into_iter().map(Cell::Muted));
        Row::new(vec![
            Cell::Lines(vec![Cell::Text(check.name), Cell::Code(check.id), Cell::Muted(check.slice)]),
            Cell::Badge(check.badge),
            Cell::Lines(answer),
            Cell::Lines(vec![Cell::Text(check.set), Cell::Muted(check.because)]),
        ])
    });
    Block::Grid(Grid {
        caption: words.say("checks-title"),
        quiet: true,
        columns: ["head-check", "head-outcome", "head-answer", "head-threshold"]
            .map(|id| Column::new(words.say(id)))
            .to_vec(),
        rows: rows.collect(),
        empty: words.say("no-checks"),
        ..Grid::default()
    })
}

/// What was measured on each dataset: charts first, then numbers. Of the numbers that nobody reads first there are
/// thousands: they are there if `all` are asked for, such as for a file.
pub fn measured_blocks(run: &UseMeasured, all: bool, words: Words) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (measured, figures) in figures(&run.measured, &run.checks, words) {
        blocks.push(Block::Heading {
            level: 2,
            text: words.say_with("measured-on", &[("dataset", words.pick(&measured.name))]),
            id: format!("data-{}", measured.dataset),
        });
        for family in families(&figures) {
            blocks.push(Block::Heading { level: 3, text: family.name.to_owned(), id: String::new() });
            let charts = family.charts.into_iter();
            let charts = charts.map(|chart| ("", vec![Block::Figure { chart: Box::new(chart), words }]));
            blocks.push(Block::Columns(charts.collect()));
            let rest = if all { family.rest } else { Vec::new() };
            let rows = family.first.into_iter().chain(rest).map(|row| {
                Row::new(vec![
                    Cell::Text(row.name),
                    Cell::Text(row.slice),
                    Cell::Text(row.value),
                    Cell::Text(row.interval),
                    Cell::Text(row.rows),
                    Cell::Code(row.definition),
                ])
            });
            let rows: Vec<_> = rows.collect();
            if rows.is_empty() {
                continue;
            }
            let summary = words.count("all-measurements", rows.len() as u64);
            let mut columns: Vec<_> =
                ["head-measure", "head-slice"].map(|id| Column::new(words.say(id))).to_vec();
            columns
                .extend(["head-value", "head-interval", "head-rows"].map(|id| Column::number(words.say(id))));
            columns.push(Column::new(words.say("head-definition")));
            let grid = Grid { caption: family.name.to_owned(), columns, rows, ..Grid::default() };
            blocks.push(Block::Fold { summary, blocks: vec![Block::Grid(grid)], open: false });
        }
    }
    blocks
}
