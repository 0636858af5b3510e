//! What can go wrong when data is read: one line each, saying what, where, and what to do.

/// Why a data set could not be measured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// The declaration of roles contradicts itself.
    #[error("the roles cannot be used: {0}")]
    Roles(String),
    /// A file cannot be read, or is damaged or cut short.
    #[error("`{part}` cannot be read: {because}; check that the file is complete and of the right format")]
    Unreadable {
        /// The file.
        part: String,
        /// What the reader said.
        because: String,
    },
    /// A declared column is not in a file.
    #[error("`{part}` has no column `{column}`; {hint}")]
    MissingColumn {
        /// The file.
        part: String,
        /// The declared column.
        column: String,
        /// The column that was perhaps meant, or those that there are.
        hint: String,
    },
    /// Several columns of a file have the declared name, and which one is meant is not guessed.
    #[error("`{part}` has more than one column `{column}`; give each a name of its own")]
    RepeatedColumn {
        /// The file.
        part: String,
        /// The name.
        column: String,
    },
    /// The parts of one data set disagree about a column.
    #[error("column `{column}` is {here} in `{part}` but {there} in `{other}`; write both the same way")]
    Mismatch {
        /// The column.
        column: String,
        /// One file.
        part: String,
        /// Its type there.
        here: &'static str,
        /// The other file.
        other: String,
        /// Its type there.
        there: &'static str,
    },
    /// A column has a type that its role cannot use.
    #[error("column `{column}` of `{part}` has type {}, which cannot be used as {role}", in_line(kind))]
    WrongType {
        /// The column.
        column: String,
        /// The file.
        part: String,
        /// The type.
        kind: String,
        /// The role.
        role: &'static str,
    },
    /// One value cannot be used.
    #[error("{place}, column `{column}`: {because}")]
    Value {
        /// Where.
        place: Place,
        /// The column.
        column: String,
        /// What is wrong and what to do.
        because: String,
    },
    /// A row of a CSV file does not have the columns of its header.
    #[error("{place}: {because}")]
    BrokenRow {
        /// Where.
        place: Place,
        /// What is wrong.
        because: String,
    },
    /// A label that must have two values has more or fewer.
    #[error("label `{column}` has {} values ({values}) where two are needed; leave out `positive` if it is multi-class, or correct the data", count_of(*.count))]
    NotBinary {
        /// The column.
        column: String,
        /// How many.
        count: usize,
        /// The first of them.
        values: String,
    },
    /// A label has the same value in every row.
    #[error(
        "label `{column}` is {} in every row that has one, so nothing can be compared; use data that holds both outcomes",
        quoted(value)
    )]
    Constant {
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// A declared value never occurs.
    #[error("no row of column `{column}` has the declared {role} value `{declared}`; it holds {found}")]
    AbsentValue {
        /// The column.
        column: String,
        /// What it was declared as.
        role: &'static str,
        /// The declared value.
        declared: String,
        /// What is there instead.
        found: String,
    },
    /// A column of groups, labels, decisions or periods has too many distinct values, or they have too many combinations.
    #[error("{what} has more than {limit} distinct values; {advice}")]
    TooMany {
        /// The column, or the combination.
        what: String,
        /// The limit.
        limit: usize,
        /// What to do.
        advice: &'static str,
    },
    /// There is no row.
    #[error("there are no rows in {0}; hand in data that has at least one")]
    Empty(String),
    /// A sum outgrew 128 bits.
    #[error("the sums of column `{0}` outgrow 128 bits; divide the column by a constant")]
    Overflow(String),
    /// Tables or cubes do not fit together.
    #[error("{0}")]
    Unfit(String),
    /// The caller asked to stop.
    #[error("stopped before the data was read to its end")]
    Interrupted,
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub part: String,
    /// The line, for text; else the row, both from 1 (the header of a CSV file is line 1).
    pub row: u64,
    /// Whether `row` is a line of text.
    pub line: bool,
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}` {} {}", self.part, if self.line { "line" } else { "row" }, self.row)
    }
}

fn count_of(count: usize) -> String {
    if count > MANY { format!("more than {MANY}") } else { count.to_string() }
}

/// A value or name from a file, in backticks and in one line.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", in_line(text))
}

/// Text from a file that keeps to its line: without control characters, and cut when long.
fn in_line(text: &str) -> String {
    let line = |letter: char| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter };
    let more = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    text.chars().take(LONGEST).map(line).chain(more.chars()).collect()
}

/// The values a person wants to see, and how many more there are.
pub(crate) fn listed<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let values: Vec<&str> = values.take(7).collect();
    let shown: Vec<String> = values.iter().take(6).map(|value| quoted(value)).collect();
    match (shown.is_empty(), values.len() > 6) {
        (true, _) => "no value at all".into(),
        (false, true) => format!("{}, …", shown.join(", ")),
        (false, false) => shown.join(", "),
    }
}

const MANY: usize = 1000;
/// Letters of a value that an error shows.
const LONGEST: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_that_says_where_and_what_to_do() {
        let error = ScanError::MissingColumn {
            part: "a.csv".into(),
            column: "sexx".into(),
            hint: "did you mean `sex`?".into(),
        };
        assert_eq!(error.to_string(), "`a.csv` has no column `sexx`; did you mean `sex`?");
        let place = Place { part: "a.csv".into(), row: 7, line: true };
        let error = ScanError::Value { place, column: "score".into(), because: "it is empty".into() };
        assert_eq!(error.to_string(), "`a.csv` line 7, column `score`: it is empty");
        assert_eq!(listed(["a", "b\nc"].into_iter()), "`a`, `b\u{fffd}c`");
        assert_eq!(quoted(&"x".repeat(99)), format!("`{}…`", "x".repeat(80)));
    }
}
