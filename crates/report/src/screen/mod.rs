//! What a screen shows, as plain data: blocks of text, tables, forms and pictures, before they are drawn.
//!
//! The same value is drawn as HTML, and leaves as CSV, XLSX or PDF, so that what is taken away is exactly what was
//! seen. It decides nothing and reads nothing.

#![expect(unused_qualifications, reason = "what askama derives for an enum names its parts in full")]

mod cell;
mod comma;
mod form;
mod measured;
mod table;
mod xlsx;

pub use cell::Cell;
pub use comma::{breaks_or_turns, csv, safe_cell};
pub use form::{Choice, Field, FieldKind, Form, Passkey};
pub use measured::{checks_block, measured_blocks};
pub use table::{Column, Grid, Pager, Row};
pub use xlsx::{WorkbookError, xlsx};

use crate::assessment::Because;
use crate::chart::Chart;
use crate::html::parts::{Badge, because_tree, with_code};
use crate::locale::Words;

/// What a screen shows.
#[derive(Clone, Debug)]
pub struct Screen {
    /// What it is about: the title of the window and the first heading.
    pub title: String,
    /// What it is for, or about whom, in a sentence; may be empty.
    pub lead: String,
    /// What stands on it, from top to bottom.
    pub blocks: Vec<Block>,
}

/// Something that stands on a screen.
#[expect(clippy::large_enum_variant, reason = "a screen has some dozens of them, and is drawn once")]
#[derive(Clone, Debug, askama::Template)]
#[template(path = "screen/block.html")]
pub enum Block {
    /// A heading; sections have 2, parts of them 3.
    Heading {
        /// 2 or 3.
        level: u8,
        /// What it says.
        text: String,
        /// The anchor; may be empty.
        id: String,
    },
    /// A paragraph. What stands between backticks is set as code.
    Text(String),
    /// A paragraph that is less important.
    Muted(String),
    /// A text as it stands, such as YAML.
    Code(String),
    /// Something to notice.
    Notice {
        /// `calm`, `good`, `warn` or `stop`.
        class: &'static str,
        /// What it says.
        text: String,
        /// Where to go from it: address and words.
        link: Option<(String, String)>,
    },
    /// An empty place, and what to do next.
    Empty {
        /// What it says.
        text: String,
        /// What to do: address and words.
        link: Option<(String, String)>,
    },
    /// Names with values.
    Facts(Vec<(String, Cell)>),
    /// A table.
    Grid(Grid),
    /// The way of a use through the stages: name and class (`past`, `now`, `ahead`).
    Rail(Vec<(String, &'static str)>),
    /// How many there are of each: badge, count, and where they are listed.
    Tally(Vec<(Badge, String, Option<String>)>),
    /// Numbers that are seen at a glance: number, words, where it leads.
    Figures(Vec<(String, String, Option<String>)>),
    /// What is to be done, in the order in which to act.
    Steps(Vec<Step>),
    /// Why something is as it is, folded.
    Why {
        /// What is opened.
        summary: String,
        /// The reasons.
        reasons: Vec<Because>,
        /// The language.
        words: Words,
    },
    /// A picture with its table.
    Figure {
        /// The picture.
        chart: Box<Chart>,
        /// The language.
        words: Words,
    },
    /// Links that look like buttons: address, words, class (`main`, `plain`, `stop`).
    Buttons(Vec<(String, String, &'static str)>),
    /// Links that narrow what is shown.
    Chips {
        /// What they narrow by.
        label: String,
        /// Address, words, and whether it is chosen.
        chips: Vec<(String, String, bool)>,
    },
    /// Something to fill in and send.
    Form(Box<Form>),
    /// Something to open.
    Fold {
        /// What is opened.
        summary: String,
        /// What is in it.
        blocks: Vec<Block>,
        /// Whether it is open from the start.
        open: bool,
    },
    /// Cards beside each other.
    Cards(Vec<Card>),
    /// What happened when, newest or oldest first.
    Moments(Vec<(String, String, Vec<Cell>)>),
    /// Columns beside each other, each in its language (a tag; may be empty).
    Columns(Vec<(&'static str, Vec<Block>)>),
    /// How far something is.
    Progress {
        /// So many.
        done: u64,
        /// Of so many; nobody knows, if none.
        total: u64,
        /// At what.
        words: String,
    },
    /// A part of the screen that is drawn anew while it is open: it is asked for at this address.
    Live {
        /// Where its events come from.
        events: String,
        /// Where the part itself is asked for.
        address: String,
        /// The part as it is now.
        blocks: Vec<Block>,
    },
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Step {
    /// What.
    pub action: String,
    /// Who may do it; may be empty.
    pub who: String,
    /// What it settles: badge, title, address, paragraph.
    pub settles: Vec<(Badge, String, String, String)>,
    /// The way to do it: address and words.
    pub button: Option<(String, String)>,
}

/// A card.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its title.
    pub title: String,
    /// Where it leads; may be empty.
    pub to: String,
    /// Badges.
    pub badges: Vec<Badge>,
    /// Names with values.
    pub facts: Vec<(String, Cell)>,
    /// A line below; may be empty.
    pub text: String,
}

impl Screen {
    /// A screen with nothing on it.
    pub fn new(title: impl Into<String>, lead: impl Into<String>) -> Self {
        Self { title: title.into(), lead: lead.into(), blocks: Vec::new() }
    }

    /// Puts a block below what is there.
    pub fn put(&mut self, block: Block) {
        self.blocks.push(block);
    }

    /// Begins a section.
    pub fn section(&mut self, text: impl Into<String>, id: &str) {
        self.put(Block::Heading { level: 2, text: text.into(), id: id.to_owned() });
    }

    /// The tables of the screen, those in folds and columns too.
    pub fn grids(&self) -> Vec<&Grid> {
        let mut grids = Vec::new();
        collect(&self.blocks, &mut grids);
        grids
    }

    /// Leaves out the rows of tables from a number on, counted over all of them; whether any was left out.
    pub fn cut(&mut self, most: usize) -> bool {
        let mut left = most;
        cut(&mut self.blocks, &mut left)
    }
}

fn cut(blocks: &mut [Block], left: &mut usize) -> bool {
    let mut any = false;
    for block in blocks {
        match block {
            Block::Grid(grid) => {
                any |= grid.rows.len() > *left;
                grid.rows.truncate(*left);
                *left -= grid.rows.len();
            }
            Block::Fold { blocks, .. } | Block::Live { blocks, .. } => any |= cut(blocks, left),
            Block::Columns(columns) => {
                for (_, blocks) in columns {
                    any |= cut(blocks, left);
                }
            }
            _ => {}
        }
    }
    any
}

fn collect<'s>(blocks: &'s [Block], grids: &mut Vec<&'s Grid>) {
    for block in blocks {
        match block {
            Block::Grid(grid) => grids.push(grid),
            Block::Fold { blocks, .. } | Block::Live { blocks, .. } => collect(blocks, grids),
            Block::Columns(columns) => columns.iter().for_each(|(_, blocks)| collect(blocks, grids)),
            _ => {}
        }
    }
}

/// What makes links and forms change the page in place, where the browser runs scripts: one stays where one reads.
fn in_place() -> &'static str {
    r#" hx-boost="true" hx-target="body" hx-swap="innerHTML show:none""#
}

fn tree(reasons: &[Because], words: &Words) -> String {
    because_tree(reasons, *words)
}
