//! What is wrong with a value that was handed in: where in it, what, and what to do, in both languages.
//!
//! Every JSON body and every document is read here, so that a fault deep inside is named by its path. What the reader says
//! of it is put in plain words by `sentences.rs`.

use dualtrack_catalogue::Bilingual;
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;

use crate::sentences::in_words;

/// A value that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// Where in the value, such as `parts[2].digest`; empty for the whole.
    path: String,
    /// What the reader said.
    said: String,
}

/// Reads a value, or says where and why it cannot be read.
pub fn read_value<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, Misread> {
    serde_path_to_error::deserialize(from)
        .map_err(|error| Misread { path: written(error.path().iter()), said: error.inner().to_string() })
}

impl Misread {
    /// The same inside something else, such as one document of many.
    #[must_use]
    pub fn inside(mut self, outer: &str) -> Self {
        self.path = joined(outer, &self.path);
        self
    }

    /// What a reader said of a place.
    pub fn said(path: &str, said: &str) -> Self {
        Self { path: path.to_owned(), said: said.to_owned() }
    }

    /// The same without the first step, where that was no part of what was handed in.
    #[must_use]
    pub fn beneath(mut self, step: &str) -> Self {
        if let Some(rest) = self.path.strip_prefix(step) {
            self.path = rest.trim_start_matches('.').to_owned();
        }
        self
    }

    /// What is wrong, in both languages.
    pub fn words(&self) -> Bilingual {
        in_words(&self.path, without_place(&self.said))
    }
}

/// A path as people write it.
fn written<'a>(segments: impl Iterator<Item = &'a Segment>) -> String {
    let mut path = String::new();
    for segment in segments {
        match segment {
            Segment::Seq { index } => path = format!("{path}[{index}]"),
            Segment::Map { key } | Segment::Enum { variant: key } => path = joined(&path, key),
            Segment::Unknown => {}
        }
    }
    path
}

/// A step further down a path.
pub(crate) fn joined(outer: &str, inner: &str) -> String {
    if outer.is_empty() || inner.is_empty() || inner.starts_with('[') {
        format!("{outer}{inner}")
    } else {
        format!("{outer}.{inner}")
    }
}

/// Where in the text it stands says less than the path.
fn without_place(said: &str) -> &str {
    match said.rsplit_once(" at line ") {
        Some((said, place)) if place.starts_with(|letter: char| letter.is_ascii_digit()) => said,
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use dualtrack_catalogue::{CheckId, ControlId, Digest, GuidelineId};
    use serde_json::{Value, json};

    use super::*;
    use crate::UseId;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Whole {
        parts: Vec<Part>,
        #[serde(default)]
        of: Option<UseId>,
        #[serde(default)]
        table: BTreeMap<String, u32>,
        #[serde(default)]
        on: Option<jiff::civil::Date>,
        #[serde(default)]
        at: Option<jiff::Timestamp>,
        #[serde(default)]
        pair: Option<(u32, u32)>,
        #[serde(default)]
        named: Option<Named>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    #[expect(dead_code, reason = "only read")]
    enum Named {
        Control(ControlId),
        Guideline(GuidelineId),
        Check(CheckId),
        File(Digest),
        Use(UseId),
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    #[expect(dead_code, reason = "only read")]
    struct Part {
        many: u32,
        size: Size,
        live: bool,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Size {
        Small,
        Large,
    }

    fn said(value: &Value) -> Vec<String> {
        let words = read_value::<Whole, _>(value).unwrap_err().words();
        vec![words.en, words.zh_hant]
    }

    #[test]
    fn every_fault_names_its_place_and_what_to_do_in_both_languages() {
        let good = json!({ "many": 1, "size": "small", "live": true });
        let with = |field: &str, value: Value| {
            let mut part = good.clone();
            part[field] = value;
            json!({ "parts": [good, part] })
        };
        let cases = [
            json!({}),
            json!([]),
            json!("whole"),
            json!({ "parts": [], "prats": 1 }),
            json!({ "parts": [good, {}] }),
            json!({ "parts": good }),
            json!({ "parts": [], "of": "Not An Id" }),
            json!({ "parts": [], "table": { "two words": "many" } }),
            json!({ "parts": [], "on": "soon" }),
            json!({ "parts": [], "on": "2027-02-30" }),
            json!({ "parts": [], "on": "2027-13-01" }),
            json!({ "parts": [], "on": 20_270_301 }),
            json!({ "parts": [], "at": "2027-03-01" }),
            json!({ "parts": [], "at": "noon" }),
            json!({ "parts": [], "pair": [1] }),
            json!({ "parts": [], "named": { "control": "Not One" } }),
            json!({ "parts": [], "named": { "guideline": "Not One" } }),
            json!({ "parts": [], "named": { "check": "Not One" } }),
            json!({ "parts": [], "named": { "file": "sha256:0" } }),
            json!({ "parts": [], "named": { "use": "a".repeat(201) } }),
            json!({ "parts": [], "named": { "nothing": 1 } }),
            with("many", json!(-1)),
            with("many", json!("one")),
            with("many", json!(1.5)),
            with("size", json!("smal")),
            with("size", json!(3)),
            with("live", json!("yes")),
            with("live", Value::Null),
            with("life", json!(true)),
        ];
        let all: Vec<Vec<String>> = cases.iter().map(said).collect();
        // What is only repeated was not understood.
        assert!(!format!("{all:?}").contains("未能讀取"), "{all:?}");
        insta::assert_debug_snapshot!(all);
    }

    #[test]
    fn what_stands_inside_something_else_is_named_with_it() {
        let inner = read_value::<Whole, _>(&json!({ "parts": [1] })).unwrap_err();
        assert!(
            inner
                .inside("documents[3].document")
                .words()
                .en
                .starts_with("field `documents[3].document.parts[0]`: ")
        );
    }
}
