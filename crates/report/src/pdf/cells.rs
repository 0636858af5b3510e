//! What stands in cells, badges and paragraphs, as runs of text.

use super::line::{Colour, Look, Run};
use super::look;
use crate::html::parts::Badge;
use crate::screen::Cell;

/// A text; what stands between backticks is set in the colour of codes.
pub(super) fn text(text: &str, look: Look) -> Vec<Run> {
    let coded = Look { colour: look::ACCENT, ..look };
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick without its other stands for itself.
    if parts.len().is_multiple_of(2) {
        return vec![Run::new(text, look)];
    }
    let run = |(number, part): (usize, &&str)| Run::new(*part, if number % 2 == 1 { coded } else { look });
    parts.iter().enumerate().filter(|(_, part)| !part.is_empty()).map(run).collect()
}

/// A text that leads somewhere.
pub(super) fn link(text: &str, to: &str, address: &str, look: Look) -> Run {
    Run { to: whole(to, address), ..Run::new(text, look.coloured(look::ACCENT)) }
}

/// A badge: its sign in a box, and its word.
pub(super) fn badge(badge: &Badge, look: Look) -> Vec<Run> {
    let (ground, ink): (Colour, Colour) = match badge.class {
        "met" => (look::ACCENT, look::ACCENT),
        "blocks" => (look::ALERT, look::ALERT),
        "amber" => (look::WARN, look::WARN),
        _ => (look::QUIET, look::INK),
    };
    let mut runs = Vec::new();
    if !badge.sign.is_empty() {
        let sign = Look { bold: true, colour: look::WHITE, boxed: Some(ground), ..look };
        runs.push(Run::new(badge.sign, sign));
        runs.push(Run::new("  ", look));
    }
    runs.push(Run::new(badge.word.as_str(), Look { bold: true, colour: ink, ..look }));
    // A sign is never parted from its word; one that is a sentence is.
    let short = badge.word.chars().count() < 28;
    runs.into_iter().map(|run| Run { kept: short, ..run }).collect()
}

/// What stands in a cell.
pub(super) fn cell(of: &Cell, address: &str, look: Look) -> Vec<Run> {
    match of {
        Cell::Text(words) => text(words, look),
        Cell::Muted(words) => text(words, look.coloured(look::QUIET)),
        Cell::Link { text, to } => vec![link(text, to, address, look)],
        Cell::Badge(of) | Cell::BadgeLink { badge: of, .. } => badge(of, look),
        Cell::Number { text, .. } | Cell::Code(text) => vec![Run::new(text.as_str(), look)],
        Cell::Lines(cells) => between(cells, "\n", address, look),
        Cell::Beside(cells) => between(cells, "   ", address, look),
    }
}

fn between(cells: &[Cell], with: &str, address: &str, look: Look) -> Vec<Run> {
    let mut runs = Vec::new();
    for runs_of in cells.iter().map(|of| cell(of, address, look)).filter(|runs| !runs.is_empty()) {
        if !runs.is_empty() {
            runs.push(Run::new(with, look));
        }
        runs.extend(runs_of);
    }
    runs
}

/// An address as it leads from a document; the parts of a page are none.
fn whole(to: &str, address: &str) -> Option<String> {
    if to.starts_with('/') {
        Some(format!("{}{to}", address.trim_end_matches('/')))
    } else if to.starts_with("https://") || to.starts_with("http://") {
        Some(to.to_owned())
    } else {
        None
    }
}
