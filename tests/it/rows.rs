//! Rows for tests: a small data set whose every number can be worked out, with one thing changed at a time.

use std::fmt::Write as _;
use std::path::Path;

/// The header of [`Rows::sound`].
pub(crate) const HEADER: &str = "label,score,sex,weight,decision";

/// The roles of the columns, as arguments.
pub(crate) const ROLES: &str = "--label label=1 --favourable 0 --score score --higher-means event \
                                --decision decision=approve --groups sex=male";

/// Rows of text fields under a header.
#[derive(Clone, Debug)]
pub(crate) struct Rows(pub(crate) Vec<Vec<String>>);

impl Rows {
    /// Four hundred sound rows: men and women by turns, one in four an event, scores spread over both.
    pub(crate) fn sound() -> Self {
        Self::many(400)
    }

    /// As many sound rows as wanted.
    pub(crate) fn many(count: u32) -> Self {
        let row = |index: u32| {
            let event = index.is_multiple_of(4);
            let spread = f64::from(index * 7 % 100) / 200.0;
            let score = if event { 0.35 + spread } else { 0.05 + spread };
            let sex = if index.is_multiple_of(3) { "female" } else { "male" };
            let decision = if score < 0.4 { "approve" } else { "decline" };
            [u8::from(event).to_string(), score.to_string(), sex.into(), "1".into(), decision.into()].into()
        };
        Self((0..count).map(row).collect())
    }

    /// The same with one field changed: of the row with this index, in the column of this name.
    pub(crate) fn with(mut self, row: usize, column: &str, value: &str) -> Self {
        let at = HEADER.split(',').position(|name| name == column).expect("a column of the header");
        self.0[row][at] = value.to_owned();
        self
    }

    /// As CSV text.
    pub(crate) fn csv(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for row in &self.0 {
            let _ = writeln!(text, "{}", row.join(","));
        }
        text
    }

    /// Writes them as CSV.
    pub(crate) fn write(&self, path: &Path) {
        std::fs::write(path, self.csv()).unwrap();
    }
}
