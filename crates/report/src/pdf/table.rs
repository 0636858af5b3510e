//! Tables: columns as wide as what they hold asks for, heads repeated on every page, rows that break where they must.

use krilla::tagging::{ArtifactType, TableHeaderScope, Tag};

use super::draft::{Draft, Of, SIDE, Shape};
use super::line::{Line, Run, extent, set};
use super::look;

/// A table to set.
pub(super) struct Table {
    /// What it holds; above it unless empty.
    pub(super) caption: Vec<Run>,
    /// The heads of its columns.
    pub(super) heads: Vec<Vec<Run>>,
    /// Its rows; the first cell names the row.
    pub(super) rows: Vec<Vec<Vec<Run>>>,
    /// Which columns are set to the right.
    pub(super) numeric: Vec<bool>,
}

/// Sets a table from here on.
pub(super) fn table(draft: &mut Draft, parent: usize, table: &Table) {
    let widths = widths(draft, table);
    let node = draft.part(parent, Tag::Table);
    draft.need(70.0);
    if !table.caption.is_empty() {
        let caption = draft.part(node, Tag::Caption);
        let lines = set(&table.caption, draft.width(), draft.fonts);
        draft.flow(SIDE, lines, caption);
        draft.y += 3.0;
    }
    let head = draft.part(node, Tag::THead);
    let row = draft.part(head, Tag::TR);
    let cells: Vec<usize> =
        table.heads.iter().map(|_| draft.part(row, Tag::TH(TableHeaderScope::Column))).collect();
    heads(draft, table, &widths, Some(&cells));
    let body = draft.part(node, Tag::TBody);
    for row in &table.rows {
        one_row(draft, table, &widths, row, body);
    }
    draft.gap(6.0);
}

/// Sets the heads; repeated ones are no part of the table to those who hear it.
fn heads(draft: &mut Draft, table: &Table, widths: &[f32], cells: Option<&[usize]>) {
    let set: Vec<Vec<Line>> = table
        .heads
        .iter()
        .zip(widths)
        .map(|(head, width)| set(&or_space(head), width - 2.0 * PAD, draft.fonts))
        .collect();
    let height = set.iter().map(|lines| tall(draft, lines)).fold(0.0, f32::max) + 2.0 * PAD;
    let ground = Shape::Box((SIDE, draft.y), (widths.iter().sum(), height), look::PANEL);
    draft.mark(Of::Besides(ArtifactType::Layout), vec![ground]);
    let top = draft.y;
    let mut x = SIDE;
    for (number, (lines, width)) in set.into_iter().zip(widths).enumerate() {
        let of = match cells.and_then(|cells| cells.get(number)) {
            Some(cell) => Of::Node(*cell),
            None => Of::Besides(ArtifactType::PaginationOther),
        };
        let mut y = top + PAD;
        for line in lines {
            let tall = draft.height(&line);
            let shift = shift(table, number, &line, *width);
            draft.line((x + PAD + shift, y), line, of);
            y += tall;
        }
        x += width;
    }
    draft.y = top + height;
    rule(draft, widths, look::INK);
}

fn one_row(draft: &mut Draft, table: &Table, widths: &[f32], row: &[Vec<Run>], body: usize) {
    let node = draft.part(body, Tag::TR);
    let mut cells = Vec::new();
    for (number, width) in widths.iter().enumerate() {
        let empty = Vec::new();
        let runs = row.get(number).unwrap_or(&empty);
        let lines = set(&or_space(runs), width - 2.0 * PAD, draft.fonts);
        let cell = if number == 0 {
            draft.part(node, Tag::TH(TableHeaderScope::Row))
        } else {
            draft.part(node, Tag::TD)
        };
        cells.push((cell, lines.into_iter().peekable()));
    }
    let height = cells.iter().map(|(_, lines)| tall(draft, lines.clone())).fold(0.0, f32::max) + 2.0 * PAD;
    // A row that fits on a page stays in one piece.
    if height > draft.room() && height < draft.whole() / 2.0 {
        draft.turn();
        heads(draft, table, widths, None);
    }
    loop {
        let (top, room) = (draft.y, draft.room());
        let mut lowest = top;
        let mut x = SIDE;
        for (number, ((cell, lines), width)) in cells.iter_mut().zip(widths).enumerate() {
            let mut y = top + PAD;
            while let Some(line) = lines.peek() {
                let tall = draft.height(line);
                if y + tall + PAD > top + room && y > top + PAD {
                    break;
                }
                let Some(line) = lines.next() else { break };
                let shift = shift(table, number, &line, *width);
                draft.line((x + PAD + shift, y), line, Of::Node(*cell));
                y += tall;
            }
            lowest = lowest.max(y);
            x += width;
        }
        draft.y = lowest + PAD;
        rule(draft, widths, look::LINE);
        if cells.iter_mut().all(|(_, lines)| lines.peek().is_none()) {
            break;
        }
        draft.turn();
        heads(draft, table, widths, None);
    }
}

/// A line below a row.
fn rule(draft: &mut Draft, widths: &[f32], colour: super::line::Colour) {
    let line = Shape::Box((SIDE, draft.y), (widths.iter().sum(), 0.5), colour);
    draft.mark(Of::Besides(ArtifactType::Layout), vec![line]);
    draft.y += 0.5;
}

fn tall<'l>(draft: &Draft, lines: impl IntoIterator<Item = impl std::borrow::Borrow<Line> + 'l>) -> f32 {
    lines.into_iter().map(|line| draft.height(line.borrow())).sum()
}

fn shift(table: &Table, column: usize, line: &Line, width: f32) -> f32 {
    let numeric = table.numeric.get(column).copied().unwrap_or_default();
    if numeric { (width - 2.0 * PAD - line.width).max(0.0) } else { 0.0 }
}

/// An empty cell holds a space: a reader counts the cells of a row.
fn or_space(runs: &[Run]) -> Vec<Run> {
    if runs.iter().all(|run| run.text.is_empty()) { vec![Run::new(" ", look::SMALL)] } else { runs.to_vec() }
}

/// How wide columns are: what their widest word asks for, and the rest by how much each holds.
fn widths(draft: &Draft, table: &Table) -> Vec<f32> {
    let width = draft.width();
    let count = table.heads.len().max(1);
    let mut asks = Vec::new();
    for column in 0..table.heads.len() {
        let head = table.heads.get(column).map(|head| extent(head, draft.fonts)).unwrap_or_default();
        let cells = table.rows.iter().take(SAMPLE).filter_map(|row| row.get(column));
        let mut least = head.word.max(head.line.min(LEAST));
        let mut most = head.line;
        for cell in cells {
            let asks = extent(cell, draft.fonts);
            least = least.max(asks.word).max(asks.line.min(LEAST));
            // Much text asks for a wider column than one long line does.
            most = most.max(asks.line.min(width * 0.5)).max((asks.all * 0.5).min(width));
        }
        let pad = 2.0 * PAD + 1.0;
        asks.push((least.min(width * 0.3) + pad, most + pad));
    }
    let least: f32 = asks.iter().map(|(least, _)| least).sum();
    let most: f32 = asks.iter().map(|(_, most)| most).sum();
    if asks.is_empty() {
        return vec![width; count];
    }
    if least >= width {
        return asks.iter().map(|(ask, _)| ask * width / least).collect();
    }
    let share = ((width - least) / (most - least).max(1.0)).min(1.0);
    let widths: Vec<f32> =
        asks.iter().map(|(least, most)| least + (most.max(*least) - least) * share).collect();
    let total: f32 = widths.iter().sum();
    widths.iter().map(|column| column * width / total).collect()
}

/// The room around what a cell holds.
const PAD: f32 = 3.5;
/// No column of texts is narrower, unless there is no room.
const LEAST: f32 = 44.0;
/// How many rows say how wide columns are.
const SAMPLE: usize = 200;
