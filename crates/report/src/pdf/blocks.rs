//! The blocks of a screen, set one below the other.

use std::num::NonZeroU16;

use krilla::tagging::{ArtifactType, ListNumbering, Tag};

use super::cells::{badge, cell, link, text};
use super::chart;
use super::draft::{Draft, Heading, Of, SIDE, Shape};
use super::line::{Colour, Look, Run, set};
use super::table::{Table, table};
use super::{Paper, look};
use crate::assessment::Because;
use crate::locale::Words;
use crate::screen::{Block, Card, Cell, Grid, Screen, Step};

/// Sets blocks.
pub(super) struct Setter<'p> {
    /// The language.
    pub(super) words: Words,
    /// What addresses begin with.
    pub(super) address: &'p str,
}

impl Setter<'_> {
    /// The title, what it is for, and where it comes from.
    pub(super) fn opening(&self, draft: &mut Draft, screen: &Screen, paper: &Paper) {
        self.heading(draft, 0, 1, &screen.title, look::TITLE);
        if !screen.lead.is_empty() {
            self.paragraph(draft, 0, &text(&screen.lead, look::TEXT.coloured(look::QUIET)), 0.0);
        }
        for line in &paper.footer {
            self.paragraph(draft, 0, &[Run::new(line.as_str(), look::MUTED)], 0.0);
        }
        draft.y += 4.0;
    }

    /// Blocks, one below the other.
    pub(super) fn blocks(&self, draft: &mut Draft, parent: usize, blocks: &[Block]) {
        for block in blocks {
            self.block(draft, parent, block);
        }
    }

    fn block(&self, draft: &mut Draft, parent: usize, block: &Block) {
        match block {
            Block::Heading { level, text, .. } => {
                let look = if *level == 2 { look::SECTION } else { look::PART };
                self.heading(draft, parent, *level, text, look);
            }
            Block::Text(words) => self.paragraph(draft, parent, &text(words, look::TEXT), 0.0),
            Block::Muted(words) => self.paragraph(draft, parent, &text(words, look::MUTED), 0.0),
            Block::Code(words) => {
                self.ground(draft, parent, &[Run::new(words.as_str(), look::SMALL)], look::LINE, look::PANEL);
            }
            Block::Notice { class, text: words, .. } => {
                let colour = match *class {
                    "good" => look::GOOD,
                    "warn" => look::WARN,
                    "stop" => look::ALERT,
                    _ => look::ACCENT,
                };
                self.ground(draft, parent, &text(words, look::TEXT), colour, look::PANEL);
            }
            Block::Empty { text: words, .. } => {
                self.paragraph(draft, parent, &text(words, look::TEXT.coloured(look::QUIET)), 0.0);
            }
            Block::Facts(facts) => self.facts(draft, parent, facts),
            Block::Grid(grid) => self.grid(draft, parent, grid),
            Block::Rail(steps) => self.rail(draft, parent, steps),
            Block::Tally(counts) => {
                let counts = counts.iter().map(|(of, count, _)| {
                    let mut runs = badge(of, look::TEXT);
                    runs.push(Run::new(format!("  {count}"), look::STRONG));
                    runs
                });
                self.beside(draft, parent, counts);
            }
            Block::Figures(figures) => {
                let figures = figures.iter().map(|(number, words, _)| {
                    vec![Run::new(number.as_str(), look::PART), Run::new(format!(" {words}"), look::TEXT)]
                });
                self.beside(draft, parent, figures);
            }
            Block::Steps(steps) => self.steps(draft, parent, steps),
            Block::Why { summary, reasons, .. } => {
                if !reasons.is_empty() {
                    draft.need(40.0);
                    self.paragraph(draft, parent, &[Run::new(summary.as_str(), look::STRONG)], 0.0);
                    self.reasons(draft, parent, reasons, 8.0);
                    draft.gap(4.0);
                }
            }
            Block::Figure { chart, .. } => self.figure(draft, parent, chart),
            // What is pressed, filled in or chosen is nothing on paper; what is chosen stands in the address.
            Block::Buttons(_) | Block::Form(_) | Block::Chips { .. } => {}
            Block::Fold { summary, blocks, .. } => {
                draft.need(110.0);
                self.paragraph(draft, parent, &[Run::new(summary.as_str(), look::STRONG)], 0.0);
                self.blocks(draft, parent, blocks);
            }
            Block::Cards(cards) => {
                for card in cards {
                    self.card(draft, parent, card);
                }
            }
            Block::Moments(moments) => self.moments(draft, parent, moments),
            Block::Columns(columns) => {
                for (language, blocks) in columns {
                    let language = (!language.is_empty()).then(|| (*language).to_owned());
                    let part = draft.part(parent, Tag::Div.with_lang(language));
                    self.blocks(draft, part, blocks);
                }
            }
            Block::Live { blocks, .. } => self.blocks(draft, parent, blocks),
            Block::Progress { words, .. } => {
                self.paragraph(draft, parent, &text(words, look::TEXT), 0.0);
            }
        }
    }

    #[expect(clippy::unused_self, reason = "what lays out a block is asked of the layout")]
    fn heading(&self, draft: &mut Draft, parent: usize, level: u8, words: &str, look: Look) {
        if words.trim().is_empty() {
            return;
        }
        // Levels are not skipped, whatever the screen does.
        let level = level.min(draft.headings.last().map_or(1, |heading| heading.level + 1));
        draft.need(110.0);
        draft.gap(if level < 3 { 14.0 } else { 8.0 });
        draft.headings.push(Heading { level, text: words.to_owned(), page: draft.page(), y: draft.y });
        let number = NonZeroU16::new(u16::from(level)).unwrap_or(NonZeroU16::MIN);
        let node = draft.part(parent, Tag::Hn(number, Some(words.to_owned())));
        let lines = set(&[Run::new(words, look)], draft.width(), draft.fonts);
        draft.flow(SIDE, lines, node);
        draft.y += 3.0;
    }

    #[expect(clippy::unused_self, reason = "what lays out a block is asked of the layout")]
    fn paragraph(&self, draft: &mut Draft, parent: usize, runs: &[Run], indent: f32) {
        if runs.iter().all(|run| run.text.trim().is_empty()) {
            return;
        }
        let node = draft.part(parent, Tag::P);
        let lines = set(runs, draft.width() - indent, draft.fonts);
        draft.flow(SIDE + indent, lines, node);
        draft.y += 3.5;
    }

    /// A paragraph on a ground with a bar beside it.
    #[expect(clippy::unused_self, reason = "what lays out a block is asked of the layout")]
    fn ground(&self, draft: &mut Draft, parent: usize, runs: &[Run], bar: Colour, ground: Colour) {
        let node = draft.part(parent, Tag::P);
        let lines = set(runs, draft.width() - 24.0, draft.fonts);
        draft.gap(3.0);
        let whole: f32 = lines.iter().map(|line| draft.height(line)).sum();
        if whole < 160.0 {
            draft.need(whole + 8.0);
        }
        for (number, line) in lines.into_iter().enumerate() {
            let height = draft.height(&line);
            draft.need(height);
            // The first line brings the room above the text with it.
            let above = if number == 0 { 4.0 } else { 0.0 };
            let corner = (SIDE, draft.y);
            let shapes = vec![
                Shape::Box(corner, (draft.width(), height + above + 4.0), ground),
                Shape::Box(corner, (3.0, height + above + 4.0), bar),
            ];
            draft.mark(Of::Besides(ArtifactType::Layout), shapes);
            draft.line((SIDE + 12.0, draft.y + above), line, Of::Node(node));
            draft.y += height + above;
        }
        draft.y += 9.0;
    }

    /// Names with values.
    fn facts(&self, draft: &mut Draft, parent: usize, facts: &[(String, Cell)]) {
        if facts.is_empty() {
            return;
        }
        let list = draft.part(parent, Tag::L(ListNumbering::None));
        for (name, value) in facts {
            let name = [Run::new(name.as_str(), look::MUTED)];
            let value = cell(value, self.address, look::TEXT);
            self.pair(draft, list, &name, &value, 0.3);
        }
        draft.gap(4.0);
    }

    /// A name and what belongs to it, beside each other.
    #[expect(clippy::unused_self, reason = "what lays out a block is asked of the layout")]
    fn pair(&self, draft: &mut Draft, list: usize, name: &[Run], value: &[Run], share: f32) {
        let left = draft.width() * share;
        let names = set(name, left - 8.0, draft.fonts);
        let values = set(value, draft.width() - left, draft.fonts);
        let first = names.iter().map(|line| draft.height(line)).sum::<f32>();
        draft.need(first.max(14.0));
        let item = draft.part(list, Tag::LI);
        let (label, body) = (draft.part(item, Tag::Lbl), draft.part(item, Tag::LBody));
        let (page, top) = (draft.page(), draft.y);
        draft.flow(SIDE, names, label);
        let below = draft.y;
        if draft.page() == page {
            draft.y = top;
        }
        let from = draft.page();
        draft.flow(SIDE + left, values, body);
        if draft.page() == from {
            draft.y = draft.y.max(below);
        }
        draft.y += 2.0;
    }

    /// Short things beside each other.
    fn beside(&self, draft: &mut Draft, parent: usize, things: impl Iterator<Item = Vec<Run>>) {
        let mut runs: Vec<Run> = Vec::new();
        for thing in things {
            if !runs.is_empty() {
                runs.push(Run::new("      ", look::TEXT));
            }
            runs.extend(thing);
        }
        self.paragraph(draft, parent, &runs, 0.0);
    }

    fn rail(&self, draft: &mut Draft, parent: usize, steps: &[(String, &'static str)]) {
        let mut runs = Vec::new();
        for (name, class) in steps {
            if !runs.is_empty() {
                runs.push(Run::new("  →  ", look::MUTED));
            }
            let look = match *class {
                "now" => Look { bold: true, colour: look::WHITE, boxed: Some(look::ACCENT), ..look::TEXT },
                "past" => look::TEXT.coloured(look::ACCENT),
                _ => look::TEXT.coloured(look::QUIET),
            };
            runs.push(Run::new(name.as_str(), look));
        }
        self.paragraph(draft, parent, &runs, 0.0);
        draft.y += 3.0;
    }

    fn steps(&self, draft: &mut Draft, parent: usize, steps: &[Step]) {
        let list = draft.part(parent, Tag::L(ListNumbering::Decimal));
        for (number, step) in (1..).zip(steps) {
            draft.need(30.0);
            let item = draft.part(list, Tag::LI);
            let (label, body) = (draft.part(item, Tag::Lbl), draft.part(item, Tag::LBody));
            let count = set(&[Run::new(format!("{number}."), look::STRONG)], 30.0, draft.fonts);
            let top = draft.y;
            draft.flow(SIDE, count, label);
            draft.y = top;
            self.paragraph(draft, body, &text(&step.action, look::STRONG), INDENT);
            if !step.who.is_empty() {
                self.paragraph(draft, body, &text(&step.who, look::MUTED), INDENT);
            }
            for (of, title, to, paragraph) in &step.settles {
                let mut runs = badge(of, look::SMALL);
                runs.push(Run::new("   ", look::SMALL));
                runs.push(link(title, to, self.address, look::SMALL));
                if !paragraph.is_empty() {
                    runs.push(Run::new("  ", look::SMALL));
                    runs.extend(text(paragraph, look::SMALL.coloured(look::QUIET)));
                }
                self.paragraph(draft, body, &runs, INDENT);
            }
            draft.y += 3.0;
        }
    }

    /// Reasons below each other, each further in than what it is a reason of.
    fn reasons(&self, draft: &mut Draft, parent: usize, reasons: &[Because], indent: f32) {
        let list = draft.part(parent, Tag::L(ListNumbering::Disc));
        for reason in reasons {
            let item = draft.part(list, Tag::LI);
            let (label, body) = (draft.part(item, Tag::Lbl), draft.part(item, Tag::LBody));
            draft.need(14.0);
            let top = draft.y;
            let sign = set(&[Run::new("•", look::SMALL)], 10.0, draft.fonts);
            draft.flow(SIDE + indent, sign, label);
            draft.y = top;
            let indent = (indent + 10.0).min(draft.width() / 2.0);
            self.paragraph(draft, body, &text(&self.words.sentence(&reason.text), look::SMALL), indent);
            draft.y -= 2.0;
            if !reason.because.is_empty() {
                self.reasons(draft, body, &reason.because, indent);
            }
        }
    }

    fn figure(&self, draft: &mut Draft, parent: usize, of: &crate::chart::Chart) {
        draft.need(120.0);
        self.paragraph(draft, parent, &[Run::new(of.title.as_str(), look::PART)], 0.0);
        self.paragraph(draft, parent, &text(&of.summary, look::TEXT), 0.0);
        chart::picture(draft, parent, of);
        for line in &of.legend {
            self.paragraph(draft, parent, &text(line, look::MUTED), 0.0);
        }
        let twin = &of.table;
        let row = |cells: &Vec<String>| cells.iter().map(|words| text(words, look::SMALL)).collect();
        let set = Table {
            caption: text(&twin.caption, look::SMALL_STRONG),
            heads: twin.heads.iter().map(|head| text(head, look::SMALL_STRONG)).collect(),
            rows: twin.rows.iter().map(row).collect(),
            numeric: Vec::new(),
        };
        if !set.rows.is_empty() {
            table(draft, parent, &set);
        }
    }

    fn grid(&self, draft: &mut Draft, parent: usize, grid: &Grid) {
        if grid.rows.is_empty() {
            self.paragraph(draft, parent, &text(&grid.empty, look::TEXT.coloured(look::QUIET)), 0.0);
            return;
        }
        // The first column names the row: it stands in every part of a table that is too wide for the sheet.
        let all: Vec<usize> = (1..grid.columns.len()).collect();
        let parts: Vec<Vec<usize>> = all.chunks(MOST_COLUMNS).map(<[usize]>::to_vec).collect();
        let parts = if parts.is_empty() { vec![Vec::new()] } else { parts };
        for (number, part) in parts.iter().enumerate() {
            let columns: Vec<usize> = std::iter::once(0).chain(part.iter().copied()).collect();
            let mut caption = if grid.quiet { Vec::new() } else { text(&grid.caption, look::STRONG) };
            if parts.len() > 1 {
                caption.push(Run::new(format!(" ({}/{})", number + 1, parts.len()), look::STRONG));
            }
            let cells = |row: &crate::screen::Row| -> Vec<Vec<Run>> {
                let of = columns.iter().map(|column| row.cells.get(*column));
                of.map(|of| of.map_or_else(Vec::new, |of| cell(of, self.address, look::SMALL))).collect()
            };
            let of = || columns.iter().filter_map(|column| grid.columns.get(*column));
            let set = Table {
                caption,
                heads: of().map(|column| text(&column.head, look::SMALL_STRONG)).collect(),
                rows: grid.rows.iter().map(cells).collect(),
                numeric: of().map(|column| column.numeric).collect(),
            };
            table(draft, parent, &set);
        }
        if let Some(pager) = &grid.pager {
            self.paragraph(draft, parent, &[Run::new(pager.shown.as_str(), look::MUTED)], 0.0);
        }
    }

    fn card(&self, draft: &mut Draft, parent: usize, card: &Card) {
        draft.need(40.0);
        let title = if card.to.is_empty() {
            Run::new(card.title.as_str(), look::STRONG)
        } else {
            link(&card.title, &card.to, self.address, look::STRONG)
        };
        self.paragraph(draft, parent, &[title], 0.0);
        self.beside(draft, parent, card.badges.iter().map(|of| badge(of, look::SMALL)));
        self.facts(draft, parent, &card.facts);
        self.paragraph(draft, parent, &text(&card.text, look::MUTED), 0.0);
        draft.y += 3.0;
    }

    fn moments(&self, draft: &mut Draft, parent: usize, moments: &[(String, String, Vec<Cell>)]) {
        if moments.is_empty() {
            return;
        }
        let list = draft.part(parent, Tag::L(ListNumbering::None));
        for (when, words, cells) in moments {
            let mut value = text(words, look::TEXT);
            for of in cells {
                value.push(Run::new("\n", look::MUTED));
                value.extend(cell(of, self.address, look::MUTED));
            }
            self.pair(draft, list, &[Run::new(when.as_str(), look::MUTED)], &value, 0.25);
        }
        draft.gap(4.0);
    }
}

/// The most columns beside the first that stand on a sheet.
const MOST_COLUMNS: usize = 9;
/// How far in what belongs to a step stands.
const INDENT: f32 = 20.0;
