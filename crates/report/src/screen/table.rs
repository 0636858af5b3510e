//! A table of a screen: its columns, its rows, and the way to the other pages of it.

use super::Cell;

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// What it holds.
    pub caption: String,
    /// Whether the caption is only for those who do not see the heading above.
    pub quiet: bool,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// What is said where it has no row.
    pub empty: String,
    /// What to do where it has none: address and words.
    pub empty_link: Option<(String, String)>,
    /// The way to the other pages.
    pub pager: Option<Pager>,
    /// Where the same is had as a file: address and words.
    pub files: Vec<(String, String)>,
    /// A class for the look of it: `matrix`, `plain`; may be empty.
    pub class: &'static str,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its head.
    pub head: String,
    /// What explains the head; may be empty.
    pub about: String,
    /// Whether it holds numbers.
    pub numeric: bool,
    /// Where the table is had in the order of this column, and the sign of the order there is.
    pub sort: Option<(String, &'static str)>,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its anchor; may be empty.
    pub id: String,
    /// A class for the look of it.
    pub class: &'static str,
    /// The cells; the first names the row.
    pub cells: Vec<Cell>,
}

/// The way to the other pages of a table.
#[derive(Clone, Debug)]
pub struct Pager {
    /// What is shown of how many: `51 to 100 of 2,000`.
    pub shown: String,
    /// The page before: address and words.
    pub before: Option<(String, String)>,
    /// The page after.
    pub after: Option<(String, String)>,
}

impl Column {
    /// A column of texts.
    pub fn new(head: impl Into<String>) -> Self {
        Self { head: head.into(), about: String::new(), numeric: false, sort: None }
    }

    /// A column of numbers.
    pub fn number(head: impl Into<String>) -> Self {
        Self { numeric: true, ..Self::new(head) }
    }
}

impl Row {
    /// A row of cells.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { id: String::new(), class: "", cells }
    }
}

impl Grid {
    /// Whether a column holds numbers.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over what they count by reference")]
    pub(super) fn is_number(&self, column: &usize) -> bool {
        self.columns.get(*column).is_some_and(|column| column.numeric)
    }
}
