//! YAML in, typed values out, with errors a person can act on.
//!
//! Every YAML file of the product passes through [`parse`]. Duplicate keys are refused; anchors, depth and size are
//! bounded, so that a hostile file costs milliseconds. It reads no files: the caller hands in the text.

use serde::de::DeserializeOwned;
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Error, Location, MessageFormatter, Options, UserMessageFormatter};

use crate::SourceError;
use crate::source::shortened;

/// Turns the text of one YAML file into a value.
///
/// `file` is only repeated in errors. The text must be one document.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, SourceError> {
    if text.len() > LONGEST_TEXT {
        let bytes = text.len();
        let message = format!("the file has {bytes} bytes; at most {LONGEST_TEXT} are read");
        let chinese = format!("檔案有{bytes}位元組；上限為{LONGEST_TEXT}");
        return Err(SourceError::at(file, 1, 1, message).in_chinese(chinese));
    }
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| refusal(file, text, &error))
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

/// Says in one line, and in the reader's words, why the text was refused.
fn refusal(file: &str, text: &str, error: &Error) -> SourceError {
    let (line, column) = match error.location() {
        Some(place) if place != Location::UNKNOWN => (place.line(), place.column()),
        _ => (1, 1),
    };
    match innermost(error) {
        Error::SerdeUnknownField { field, expected, .. } => {
            SourceError::at(file, line, column, format!("unknown field `{}`", shortened(field)))
                .in_chinese(format!("沒有欄位 `{}`", shortened(field)))
                .expecting(field, expected.iter().copied())
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            SourceError::at(file, line, column, format!("unknown word `{}`", shortened(variant)))
                .in_chinese(format!("沒有「{}」一詞", shortened(variant)))
                .expecting(variant, expected.iter().copied())
        }
        other => {
            let error = SourceError::at(file, line, column, message(other, scalar_at(text, line, column)));
            match in_chinese(other) {
                Some(chinese) => error.in_chinese(chinese),
                None => error,
            }
        }
    }
}

fn message(error: &Error, found: Option<String>) -> String {
    let wrong = |expected: &str| match &found {
        Some(found) => format!("found `{found}`, expected {expected}"),
        None => format!("expected {expected}"),
    };
    match error {
        Error::SerdeMissingField { field, .. } => format!("field `{field}` is missing here"),
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("`{}` is stated twice in one mapping", shortened(key))
        }
        Error::DuplicateMappingKey { key: None, .. } => "a key is stated twice in one mapping".to_owned(),
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            format!("found {}, expected {expected}", shortened(unexpected))
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => {
            "the file is too deep, too large or repeats itself too often".to_owned()
        }
        Error::InvalidScalar { ty, .. } => wrong(in_words(ty)),
        Error::InvalidBooleanStrict { .. } => wrong("true or false"),
        Error::NullIntoString { .. } => "expected a text, found nothing".to_owned(),
        Error::Unexpected { expected, .. } => wrong(match *expected {
            "string scalar" => "a text",
            "mapping start" => "a mapping",
            "sequence start" => "a list",
            "scalar" => "a single value",
            other => other,
        }),
        Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | Error::UnexpectedValueForUnitEnumVariant { .. } => {
            "expected one word, found a list or a mapping".to_owned()
        }
        Error::UnknownAnchor { .. } => "`*` refers to an anchor that the file does not define".to_owned(),
        Error::Message { msg, .. } => match found.filter(|found| !msg.contains(found.as_str())) {
            Some(found) => format!("`{found}` cannot be read: {msg}"),
            None => msg.clone(),
        },
        other => UserMessageFormatter.format_message(other).into_owned(),
    }
}

/// The commonest of these in Chinese; the rest is framed by whoever shows it.
fn in_chinese(error: &Error) -> Option<String> {
    Some(match error {
        Error::SerdeMissingField { field, .. } => format!("此處欠缺欄位 `{field}`"),
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("`{}` 在同一組欄位中重複出現", shortened(key))
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => "檔案層次過深、過大或重複過多".to_owned(),
        Error::NullIntoString { .. } => "應為文字，所填的是空值".to_owned(),
        Error::InvalidBooleanStrict { .. } => "應為 true 或 false".to_owned(),
        _ => return None,
    })
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

const LONGEST_TEXT: usize = 4 * 1024 * 1024;

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
}
