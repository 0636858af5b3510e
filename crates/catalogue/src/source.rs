//! YAML in, typed values out, with errors a person can act on.
//!
//! Every YAML file of the product passes through [`parse`]: one line of error that names file, line, column, what
//! was found, what was expected, and the word probably meant. Duplicate keys are refused; anchors, depth and size
//! are bounded, so that a hostile file costs milliseconds. It reads no files: the caller hands in the text.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Error, Location, MessageFormatter, Options, UserMessageFormatter};

/// Turns the text of one YAML file into a value.
///
/// `file` is only repeated in errors. The text must be one document.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, SourceError> {
    if text.len() > LONGEST_TEXT {
        let message = format!("the file has {} bytes; at most {LONGEST_TEXT} are read", text.len());
        return Err(SourceError::at(file, 1, 1, message));
    }
    serde_saphyr::from_str_with_options(text, options())
        .map_err(|error| SourceError::from_yaml(file, text, &error))
}

/// What is wrong with a file, and where. Displays as one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct SourceError(Box<Problem>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Problem {
    file: String,
    line: Option<u64>,
    column: Option<u64>,
    message: String,
    suggestion: Option<String>,
    expected: Vec<String>,
}

impl SourceError {
    /// An error of meaning at a place, such as a reference to something that does not exist.
    pub fn at(file: &str, line: u64, column: u64, message: impl Into<String>) -> Self {
        Self::new(file, Some(line), Some(column), message.into())
    }

    /// An error about a whole file, such as one that is missing.
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self::new(file, None, None, message.into())
    }

    fn new(file: &str, line: Option<u64>, column: Option<u64>, message: String) -> Self {
        let file = file.to_owned();
        Self(Box::new(Problem { file, line, column, message, suggestion: None, expected: Vec::new() }))
    }

    /// Adds the words that would have been right, and suggests the one nearest to what was `found`.
    #[must_use]
    pub fn expecting<Word: Into<String>>(
        mut self,
        found: &str,
        expected: impl IntoIterator<Item = Word>,
    ) -> Self {
        self.0.expected = expected.into_iter().map(Into::into).collect();
        self.0.suggestion = nearest(found, &self.0.expected).map(ToOwned::to_owned);
        self
    }

    /// Suggests the one of many `known` words nearest to what was `found`, without listing them all.
    #[must_use]
    pub fn suggesting(mut self, found: &str, known: &[String]) -> Self {
        self.0.suggestion = nearest(found, known).map(ToOwned::to_owned);
        self
    }

    /// The file, as the caller named it.
    pub fn file(&self) -> &str {
        &self.0.file
    }

    /// The line, counted from 1, where one is known.
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The column in characters, counted from 1, where one is known.
    pub fn column(&self) -> Option<u64> {
        self.0.column
    }

    /// What is wrong, without place or suggestion.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The word probably meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }

    fn from_yaml(file: &str, text: &str, error: &Error) -> Self {
        let (line, column) = match error.location() {
            Some(place) if place != Location::UNKNOWN => (place.line(), place.column()),
            _ => (1, 1),
        };
        let found = scalar_at(text, line, column);
        match innermost(error) {
            Error::SerdeUnknownField { field, expected, .. } => {
                Self::at(file, line, column, format!("unknown field `{}`", shortened(field)))
                    .expecting(field, expected.iter().copied())
            }
            Error::SerdeUnknownVariant { variant, expected, .. } => {
                Self::at(file, line, column, format!("unknown word `{}`", shortened(variant)))
                    .expecting(variant, expected.iter().copied())
            }
            Error::SerdeMissingField { field, .. } => {
                Self::at(file, line, column, format!("field `{field}` is missing here"))
            }
            Error::DuplicateMappingKey { key, .. } => {
                let key =
                    key.as_deref().map_or_else(|| "a key".to_owned(), |key| format!("`{}`", shortened(key)));
                Self::at(file, line, column, format!("{key} is stated twice in one mapping"))
            }
            Error::SerdeInvalidType { unexpected, expected, .. }
            | Error::SerdeInvalidValue { unexpected, expected, .. } => {
                Self::at(file, line, column, format!("found {}, expected {expected}", shortened(unexpected)))
            }
            Error::Budget { .. }
            | Error::AliasReplayLimitExceeded { .. }
            | Error::AliasExpansionLimitExceeded { .. }
            | Error::AliasReplayStackDepthExceeded { .. }
            | Error::AliasReplayCounterOverflow { .. } => {
                Self::at(file, line, column, "the file is too deep, too large or repeats itself too often")
            }
            Error::InvalidScalar { ty, .. } => {
                let expected = in_words(ty);
                let message = found.map_or_else(
                    || format!("expected {expected}"),
                    |found| format!("found `{found}`, expected {expected}"),
                );
                Self::at(file, line, column, message)
            }
            Error::InvalidBooleanStrict { .. } => Self::at(file, line, column, "expected true or false"),
            Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
            | Error::UnexpectedValueForUnitEnumVariant { .. } => {
                Self::at(file, line, column, "expected one word, found a list or a mapping")
            }
            Error::UnknownAnchor { .. } => {
                Self::at(file, line, column, "`*` refers to an anchor that the file does not define")
            }
            Error::Message { msg, .. } => {
                let unnamed = found.filter(|found| !msg.contains(found.as_str()));
                let message =
                    unnamed.map_or_else(|| msg.clone(), |found| format!("`{found}` cannot be read: {msg}"));
                Self::at(file, line, column, message)
            }
            other => Self::at(file, line, column, UserMessageFormatter.format_message(other)),
        }
    }
}

impl std::error::Error for SourceError {}

impl fmt::Display for SourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", OneLine(&self.0.file))?;
        for number in [self.0.line, self.0.column].into_iter().flatten() {
            write!(formatter, ":{number}")?;
        }
        write!(formatter, ": {}", OneLine(&self.0.message))?;
        if let Some(suggestion) = &self.0.suggestion {
            write!(formatter, "; did you mean `{suggestion}`?")?;
        }
        match self.0.expected.as_slice() {
            [] => Ok(()),
            [only] => write!(formatter, " (expected `{only}`)"),
            several => write!(formatter, " (expected one of {})", several.join(", ")),
        }
    }
}

/// The word in `words` that `found` was probably meant to be.
pub fn nearest<'words>(found: &str, words: &'words [String]) -> Option<&'words str> {
    if found.len() > LONGEST_WORD {
        return None;
    }
    words
        .iter()
        .map(|word| (strsim::jaro_winkler(found, word), word.as_str()))
        .filter(|(likeness, _)| *likeness > LEAST_LIKENESS)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, word)| word)
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 1,
            max_events: 200_000,
            max_nodes: 100_000,
            max_depth: 32,
            max_aliases: 100,
            max_anchors: 100,
            max_recorded_anchor_events: 20_000,
            max_total_scalar_bytes: LONGEST_TEXT,
            max_merge_keys: 100,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
            max_alias_expansions_per_anchor: 100,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    }
}

fn innermost(mut error: &Error) -> &Error {
    while let Error::AliasError { error: inner, .. } | Error::WithSnippet { error: inner, .. } = error {
        error = inner;
    }
    error
}

/// The scalar that stands at a place of a text, without its quotes; `None` where a list or mapping begins.
fn scalar_at(text: &str, line: u64, column: u64) -> Option<String> {
    let line = text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let rest: String = line.chars().skip(usize::try_from(column).ok()?.checked_sub(1)?).collect();
    let scalar = match rest.chars().next()? {
        '{' | '[' | '-' | '|' | '>' | '*' | '&' => return None,
        quote @ ('"' | '\'') => rest.get(1..)?.split(quote).next()?,
        _ => rest.split([',', ']', '}']).next()?.split(" #").next()?.split(": ").next()?,
    };
    let scalar = scalar.trim();
    (!scalar.is_empty()).then(|| shortened(scalar))
}

/// A type of number in a reader's words.
fn in_words(kind: &str) -> &'static str {
    match kind.as_bytes().first() {
        Some(b'u') => "a whole number, not negative",
        Some(b'i') => "a whole number",
        Some(b'f') => "a number",
        Some(b'b') => "true or false",
        _ => "another kind of value",
    }
}

/// Input repeated in a message stays short enough to read.
fn shortened(text: &str) -> String {
    let mut letters = text.chars();
    let mut short: String = letters.by_ref().take(LONGEST_WORD).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

/// Shows a text with line breaks and other control characters escaped: an error is one line.
struct OneLine<'text>(&'text str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for letter in self.0.chars() {
            if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') {
                write!(formatter, "{}", letter.escape_debug())?;
            } else {
                formatter.write_char(letter)?;
            }
        }
        Ok(())
    }
}

const LONGEST_TEXT: usize = 4 * 1024 * 1024;
const LONGEST_WORD: usize = 120;
const LEAST_LIKENESS: f64 = 0.8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scalar_of_an_error_is_found_by_character_not_by_byte() {
        let text = "title: 漢字, 1\nkey: {a: \"x y\", b: 2026-13-01}\n";
        assert_eq!(scalar_at(text, 1, 8).as_deref(), Some("漢字"));
        assert_eq!(scalar_at(text, 2, 10).as_deref(), Some("x y"));
        assert_eq!(scalar_at(text, 2, 20).as_deref(), Some("2026-13-01"));
        assert_eq!(scalar_at(text, 2, 6), None);
        assert_eq!(scalar_at(text, 9, 9), None);
    }

    #[test]
    fn only_a_likely_word_is_suggested() {
        let words = ["strength".to_owned(), "statement".to_owned()];
        assert_eq!(nearest("strenght", &words), Some("strength"));
        assert_eq!(nearest("colour", &words), None);
    }

    #[test]
    fn the_list_of_what_was_expected_follows_the_suggestion() {
        let problem =
            SourceError::at("a.yaml", 3, 7, "unknown word `hgih`").expecting("hgih", ["low", "high"]);
        let line = "a.yaml:3:7: unknown word `hgih`; did you mean `high`? (expected one of low, high)";
        assert_eq!(problem.to_string(), line);
    }
}
