//! What is wrong with a file, where, and what was probably meant: one line a person can act on.
//!
//! Errors of reading and errors of meaning are the same type, so that a folder's problems can be listed together.

use std::fmt;

use serde::Serialize;

use crate::Bilingual;

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
    // What is written down of a problem is its English; people are told in their own language.
    #[serde(skip)]
    chinese: Option<String>,
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
        let chinese = None;
        Self(Box::new(Problem {
            file,
            line,
            column,
            message,
            chinese,
            suggestion: None,
            expected: Vec::new(),
        }))
    }

    /// Says the same in Chinese.
    #[must_use]
    pub fn in_chinese(mut self, message: impl Into<String>) -> Self {
        self.0.chinese = Some(message.into());
        self
    }

    /// The error as one line in each language. What is known in English only stands in brackets in the Chinese line.
    pub fn words(&self) -> Bilingual {
        let problem = &*self.0;
        let mut parts = vec![OneLine(&problem.file).to_string()];
        let numbers = [problem.line, problem.column].into_iter().flatten();
        parts.extend(numbers.map(|number| format!(":{number}")));
        parts.push(match &problem.chinese {
            Some(message) => format!("：{}", OneLine(message)),
            None => format!("：內容有誤（{}）", OneLine(&problem.message)),
        });
        parts.extend(problem.suggestion.iter().map(|suggestion| format!("；是否指「{suggestion}」？")));
        if !problem.expected.is_empty() {
            parts.push(format!("（應為以下之一：{}）", problem.expected.join("、")));
        }
        let zh = parts.concat();
        Bilingual::new(self.to_string(), zh)
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

/// Input repeated in a message stays short enough to read.
pub(crate) fn shortened(text: &str) -> String {
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

const LONGEST_WORD: usize = 120;
const LEAST_LIKENESS: f64 = 0.8;

#[cfg(test)]
mod tests {
    use super::*;

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
