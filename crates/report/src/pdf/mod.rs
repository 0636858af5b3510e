//! A screen as a document: tagged PDF (PDF/UA-1) on A4, in the language of the reader.
//!
//! The same value that was drawn as HTML is set here by a small layout of our own: headings, paragraphs, facts,
//! tables, steps, reasons and charts, one below the other. What only a screen can do, such as buttons and forms, is
//! left out; what is folded is open. Every page says when, for whom, from which address and after which entry of the
//! ledger it was made. The same screen made at the same time gives the same bytes.

mod blocks;
mod cells;
mod chart;
mod draft;
mod draw;
mod font;
mod line;
mod look;
mod table;

use jiff::Timestamp;
use krilla::tagging::ArtifactType;

use crate::locale::Words;
use crate::screen::Screen;
use draft::{BOTTOM, Draft, Mark, Of, SIDE, Shape};
use line::{Line, Run, set};

/// A document that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The fonts that are built in cannot be read.
    #[error("the fonts of documents cannot be read")]
    Fonts,
    /// The document cannot be written.
    #[error("the document cannot be written: {0}")]
    Broken(String),
}

/// What is said of a document beside what the screen says.
#[derive(Clone, Debug)]
pub struct Paper {
    /// The language.
    pub words: Words,
    /// Whose document it is; at the top of every page.
    pub institution: String,
    /// Where it comes from, at the bottom of every page: when and for whom, the address.
    pub footer: Vec<String>,
    /// When it was made.
    pub made: Timestamp,
    /// What addresses begin with.
    pub address: String,
}

/// A screen as a document.
pub fn pdf(screen: &Screen, paper: &Paper) -> Result<Vec<u8>, PdfError> {
    let draft = drafted(screen, paper)?;
    let title = if screen.title.trim().is_empty() { "Dualtrack".to_owned() } else { screen.title.clone() };
    let about = draw::About { title, language: paper.words.language.tag(), made: paper.made };
    draw::draw(&draft, &about)
}

/// Everything in its place, before it is drawn.
fn drafted(screen: &Screen, paper: &Paper) -> Result<Draft, PdfError> {
    let fonts = font::Fonts::ours().ok_or(PdfError::Fonts)?;
    let leading = match paper.words.language {
        dualtrack_catalogue::Language::En => 1.42,
        dualtrack_catalogue::Language::ZhHant => 1.6,
    };
    let size = if is_wide(screen) { (HEIGHT, WIDTH) } else { (WIDTH, HEIGHT) };
    let mut draft = Draft::new(size, leading, fonts);
    let setter = blocks::Setter { words: paper.words, address: &paper.address };
    setter.opening(&mut draft, screen, paper);
    setter.blocks(&mut draft, 0, &screen.blocks);
    around(&mut draft, screen, paper);
    Ok(draft)
}

/// Whether a screen holds a table that needs the width of a sheet on its side.
fn is_wide(screen: &Screen) -> bool {
    screen.grids().iter().any(|grid| grid.columns.len() > 7 && !grid.rows.is_empty())
}

/// What stands at the top and at the bottom of every page.
fn around(draft: &mut Draft, screen: &Screen, paper: &Paper) {
    let (width, bottom) = (draft.width(), draft.size.1 - BOTTOM);
    let pages = draft.pages.len();
    let set = |text: &str, width: f32, most: usize| -> Vec<Line> {
        let runs = [Run::new(text.replace('\n', " "), look::TINY)];
        set(&runs, width, draft.fonts).into_iter().take(most).collect()
    };
    let institution = set(&paper.institution, width * 0.45, 1);
    let title = set(&screen.title, width * 0.5, 1);
    let footer: Vec<Line> = paper.footer.iter().flat_map(|line| set(line, width - 90.0, 2)).take(5).collect();
    let numbers: Vec<Vec<Line>> = (1..=pages)
        .map(|page| {
            let variables = [("page", &*page.to_string()), ("pages", &*pages.to_string())];
            set(&paper.words.say_with("pdf-page", &variables), 90.0, 1)
        })
        .collect();
    for (leaf, number) in draft.pages.iter_mut().zip(numbers) {
        let mut above = vec![Shape::Box((SIDE, 44.0), (width, 0.5), look::LINE)];
        for line in &institution {
            above.extend(stamped((SIDE, 38.0), line));
        }
        for line in &title {
            above.extend(stamped((SIDE + width - line.width, 38.0), line));
        }
        let mut below = vec![Shape::Box((SIDE, bottom + 14.0), (width, 0.5), look::LINE)];
        let mut y = bottom + 24.0;
        for line in &footer {
            below.extend(stamped((SIDE, y), line));
            y += 9.0;
        }
        for line in &number {
            below.extend(stamped((SIDE + width - line.width, bottom + 24.0), line));
        }
        leaf.marks.push(Mark { of: Of::Besides(ArtifactType::Header), shapes: above });
        leaf.marks.push(Mark { of: Of::Besides(ArtifactType::Footer), shapes: below });
    }
}

fn stamped((x, y): (f32, f32), line: &Line) -> impl Iterator<Item = Shape> {
    line.pieces.iter().cloned().map(move |piece| Shape::Text { x: x + piece.x, y, piece })
}

/// A4 in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;

#[cfg(test)]
mod tests;
