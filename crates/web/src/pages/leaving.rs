//! Leaving with a screen: the value that was drawn as a page becomes CSV, a workbook or a tagged PDF.
//!
//! A file says when, for whom, from which address and after which entry of the ledger it was made, and how much of a
//! list it holds. It is made apart from the requests of others, a few at a time, and holds a bounded number of rows.

use axum::response::Response;
use dualtrack_report::pdf::{Paper, pdf};
use dualtrack_report::screen::{Block, Screen, csv, xlsx};
use tokio::sync::Semaphore;

use super::reader::{Reader, address};
use super::shell::file;
use crate::problem::Problem;

/// What a screen leaves as.
#[derive(Clone, Copy)]
enum Leaving {
    Csv,
    Xlsx,
    Pdf,
}

impl Leaving {
    fn asked(format: &str) -> Option<Self> {
        match format {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    /// The ending of its name, and its type.
    fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("csv", "text/csv; charset=utf-8"),
            Self::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            Self::Pdf => ("pdf", "application/pdf"),
        }
    }
}

impl Reader {
    /// The screen as the file that the address asks for; none where it asks for the page.
    pub(super) async fn leaves(&self, screen: &Screen) -> Result<Option<Response>, Problem> {
        let Some(leaving) = self.query("format").and_then(Leaving::asked) else { return Ok(None) };
        let mut screen = screen.clone();
        let mut footer = self.provenance().await?;
        if screen.cut(MOST_ROWS) {
            let most = self.words.whole(MOST_ROWS as u64);
            footer.insert(0, self.words.say_with("file-cut", &[("most", &most)]));
        }
        let paper = Paper {
            words: self.words,
            institution: self.institution(),
            footer,
            made: self.now(),
            address: self.web.settings.address.clone(),
        };
        let broken = |error: String| Problem::broken(error);
        let _turn = MAKING.acquire().await.map_err(|error| broken(error.to_string()))?;
        let made = tokio::task::spawn_blocking(move || match leaving {
            Leaving::Csv => Ok(csv(&screen, &paper.footer).into_bytes()),
            Leaving::Xlsx => xlsx(&screen, &paper.footer, paper.made).map_err(|error| error.to_string()),
            Leaving::Pdf => pdf(&screen, &paper).map_err(|error| error.to_string()),
        });
        let bytes = made.await.map_err(|error| broken(error.to_string()))?.map_err(broken)?;
        let (ending, kind) = leaving.named();
        Ok(Some(file(kind, &format!("{}.{ending}", self.file_name()), bytes)))
    }

    /// Where the page is had as a document; nowhere where it is a form to fill in.
    pub(super) fn as_document(&self, screen: &Screen) -> String {
        let fills = |block: &Block| matches!(block, Block::Form(form) if !form.asks);
        if screen.blocks.iter().any(fills) {
            return String::new();
        }
        let said = ["done", "entry", "proposal", "format"];
        let asked = self.asked.query.iter().filter(|(name, _)| !said.contains(&name.as_str()));
        let pairs = asked.map(|(name, value)| (name.as_str(), value.as_str()));
        address(&self.asked.path, pairs.chain([("format", "pdf")]))
    }
}

/// The most rows that a file holds.
const MOST_ROWS: usize = 5_000;
/// How many files are made at once; each takes memory and a core.
static MAKING: Semaphore = Semaphore::const_new(2);
