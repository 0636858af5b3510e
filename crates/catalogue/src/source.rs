//! YAML in, typed values out, with errors a person can act on.
//!
//! Every YAML file of the product passes through [`parse`]: one line of error that names file, line, column, what
//! was found, what was expected, and the word probably meant. Duplicate keys are refused; anchors, depth and size
//! are bounded, so that a hostile file costs milliseconds. It reads no files: the caller hands in the text.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Error, Location, MessageFormatter, Options, Spanned, UserMessageFormatter};

/// Turns the text of one YAML file into a value.
///
/// `file` is only repeated in errors. The text must be one document.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, SourceError> {
    if text.len() > LONGEST_TEXT {
        let message = format!("the file has {} bytes; at most {LONGEST_TEXT} are read", text.len());
        return Err(SourceError::at(file, 1, 1, message));
    }
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| SourceError::from_yaml(file, &error))
}

/// What is wrong with a file, and where. Displays as one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SourceError {
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
        Self { line: Some(line), column: Some(column), ..Self::of_file(file, message) }
    }

    /// An error about a whole file, such as one that is missing.
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            column: None,
            message: message.into(),
            suggestion: None,
            expected: Vec::new(),
        }
    }

    /// Adds the words that would have been right, and suggests the one nearest to what was `found`.
    #[must_use]
    pub fn expecting<Word: Into<String>>(
        mut self,
        found: &str,
        expected: impl IntoIterator<Item = Word>,
    ) -> Self {
        self.expected = expected.into_iter().map(Into::into).collect();
        self.suggestion = nearest(found, &self.expected).map(ToOwned::to_owned);
        self
    }

    /// The file, as the caller named it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, counted from 1, where one is known.
    pub fn line(&self) -> Option<u64> {
        self.line
    }

    /// The column in characters, counted from 1, where one is known.
    pub fn column(&self) -> Option<u64> {
        self.column
    }

    /// What is wrong, without place or suggestion.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The word probably meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    fn from_yaml(file: &str, error: &Error) -> Self {
        let (line, column) = match error.location() {
            Some(place) if place != Location::UNKNOWN => (place.line(), place.column()),
            _ => (1, 1),
        };
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
                Self::at(file, line, column, format!("field `{field}` is missing"))
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
            other => Self::at(file, line, column, UserMessageFormatter.format_message(other)),
        }
    }
}

impl std::error::Error for SourceError {}

impl fmt::Display for SourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", OneLine(&self.file))?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(formatter, ":{number}")?;
        }
        write!(formatter, ": {}", OneLine(&self.message))?;
        if let Some(suggestion) = &self.suggestion {
            write!(formatter, "; did you mean `{suggestion}`?")?;
        }
        match self.expected.as_slice() {
            [] => Ok(()),
            [only] => write!(formatter, " (expected `{only}`)"),
            several => write!(formatter, " (expected one of {})", several.join(", ")),
        }
    }
}

/// A value together with where it stands in its file, so that a later check can point at it.
///
/// Two located values are equal when their values are, wherever they stand; it serialises as the bare value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its line, counted from 1; 0 when it was not read from a file.
    pub line: u64,
    /// Its column, counted from 1; 0 when it was not read from a file.
    pub column: u64,
}

impl<T> Located<T> {
    /// An error about this value.
    pub fn error(&self, file: &str, message: impl Into<String>) -> SourceError {
        SourceError::at(file, self.line, self.column, message)
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let place = spanned.referenced;
        Ok(Self { value: spanned.value, line: place.line(), column: place.column() })
    }
}

impl<T: Serialize> Serialize for Located<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
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
