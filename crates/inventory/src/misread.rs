//! What is wrong with a value that was handed in: where in it, what, and what to do, in both languages.
//!
//! Every JSON body and every document is read here, so that a fault deep inside is named by its path. It knows the
//! sentences of `serde` and of our own ids; whatever else a reader says is repeated behind the name of the field.

use dualtrack_catalogue::{Bilingual, nearest};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;

use crate::id::IdError;

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
            Segment::Seq { index } => path.push_str(&format!("[{index}]")),
            Segment::Map { key } | Segment::Enum { variant: key } => path = joined(&path, key),
            Segment::Unknown => {}
        }
    }
    path
}

fn joined(outer: &str, inner: &str) -> String {
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

/// The sentences of a reader in plain words.
fn in_words(path: &str, said: &str) -> Bilingual {
    if let Some(field) = said.strip_prefix("missing field ").and_then(quoted) {
        let field = joined(path, field);
        return Bilingual::new(
            format!("field `{field}` is missing; add it"),
            format!("欄位 `{field}`：欠缺此欄；請補上"),
        );
    }
    if let Some(field) = said.strip_prefix("duplicate field ").and_then(quoted) {
        let field = joined(path, field);
        return Bilingual::new(
            format!("field `{field}` is stated twice; leave one out"),
            format!("欄位 `{field}`：重複出現；請只保留一個"),
        );
    }
    if let Some(rest) = said.strip_prefix("unknown field ") {
        let (field, expected) = rest.split_once(", ").unwrap_or((rest, ""));
        return unknown_field(path, field.trim_matches('`'), &words_of(expected));
    }
    let (en, zh) = if let Some(rest) = said.strip_prefix("unknown variant ") {
        let (word, expected) = rest.rsplit_once(", expected ").unwrap_or((rest, ""));
        let words = words_of(expected);
        let (known, known_zh) = (words.join(", "), words.join("、"));
        (
            format!("unknown word {word}; write one of {known}"),
            format!("沒有「{}」一詞；請填寫以下之一：{known_zh}", word.trim_matches('`')),
        )
    } else if let Some((found, expected)) = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|start| said.strip_prefix(start)?.rsplit_once(", expected "))
    {
        let ((found, found_zh), (expected, expected_zh)) = (found_as(found), expected_as(expected));
        (format!("found {found}, expected {expected}"), format!("應為{expected_zh}，所填的是{found_zh}"))
    } else if let Some((many, expected)) =
        said.strip_prefix("invalid length ").and_then(|rest| rest.split_once(", expected "))
    {
        let (expected, expected_zh) = expected_as(expected);
        (
            format!("found a list of {many}, expected {expected}"),
            format!("應為{expected_zh}，所填的是一個有{many}項的清單"),
        )
    } else if let Some(what) = of_a_moment(said) {
        let (en, zh) = what;
        (en.to_owned(), zh.to_owned())
    } else if let Some(error) = IdError::said(said) {
        let words = error.words();
        (words.en, words.zh_hant)
    } else if let Some(zh) = of_a_form(said) {
        (said.to_owned(), zh)
    } else if said == "invalid digit found in string" || said == "cannot parse integer from empty string" {
        ("it is not a whole number".to_owned(), "並非整數".to_owned())
    } else {
        (said.to_owned(), format!("未能讀取（{said}）"))
    };
    if path.is_empty() {
        return Bilingual::new(en, zh);
    }
    Bilingual::new(format!("field `{path}`: {en}"), format!("欄位 `{path}`：{zh}"))
}

/// What is said of a text that is no day or no instant. A reader of those tells at which digit it gave up.
fn of_a_moment(said: &str) -> Option<(&'static str, &'static str)> {
    if said.starts_with("parsed ") {
        Some(("there is no such day", "沒有這一日"))
    } else if !said.starts_with("failed to ") && !said.starts_with("expected ") {
        None
    } else if said.contains("timestamp") {
        Some((
            "it is no instant; write date, time and zone, such as 2027-03-31T09:30:00Z",
            "並非時刻；請填寫日期、時間及時區，例如 2027-03-31T09:30:00Z",
        ))
    } else {
        Some((
            "it is no date; write year-month-day, such as 2027-03-31 (an instant goes on: 2027-03-31T09:30:00Z)",
            "並非日期；請按年-月-日填寫，例如 2027-03-31（時刻則再加時間：2027-03-31T09:30:00Z）",
        ))
    }
}

/// What is said of a text that has not the form of what it names.
fn of_a_form(said: &str) -> Option<String> {
    let forms = [
        (
            "control id `",
            "` is not of the form `guideline.control`",
            "並非管控的代號；應為 `guideline.control` 的形式",
        ),
        (
            "guideline id `",
            "` is not lower-case letters, digits and hyphens",
            "並非指引的代號；只可用小寫英文字母、數字及連字號",
        ),
        (
            "check id `",
            "` is not a family and a name joined by a dot, such as `drift.psi`",
            "並非檢查的代號；應如 `drift.psi`",
        ),
        (
            "digest `",
            "` is not `sha256:` and 64 hexadecimal digits",
            "並非摘要值；應為 `sha256:` 加64個十六進制數字",
        ),
    ];
    forms.iter().find_map(|(start, end, zh)| {
        let text = said.strip_prefix(start)?.strip_suffix(end)?;
        Some(format!("「{}」{zh}", shortened(text)))
    })
}

fn unknown_field(path: &str, field: &str, expected: &[String]) -> Bilingual {
    // Where a reader counts the field that it does not know as one that it went into.
    let path = path.strip_suffix(field).map_or(path, |outer| outer.trim_end_matches('.'));
    let whole = joined(path, field);
    let mut words = Bilingual::new(format!("unknown field `{whole}`"), format!("欄位 `{whole}`：沒有此欄"));
    if let Some(meant) = nearest(field, expected) {
        words.en.push_str(&format!("; did you mean `{meant}`?"));
        words.zh_hant.push_str(&format!("；是否指 `{meant}`？"));
    }
    if expected.is_empty() {
        words.en.push_str("; leave it out");
        words.zh_hant.push_str("；請略去");
    } else {
        words.en.push_str(&format!(" (expected one of {})", expected.join(", ")));
        words.zh_hant.push_str(&format!("（可用的欄位：{}）", expected.join("、")));
    }
    words
}

/// What stands in backticks.
fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('`')?.strip_suffix('`')
}

/// The words in backticks of a sentence.
fn words_of(expected: &str) -> Vec<String> {
    expected.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

/// What was found, without the names of types.
fn found_as(found: &str) -> (String, String) {
    let said = |start: &str| found.strip_prefix(start);
    if let Some(text) = said("string ") {
        let text = shortened(text.trim_matches('"'));
        (format!("the text `{text}`"), format!("文字「{text}」"))
    } else if let Some(number) = said("integer ").or_else(|| said("floating point ")) {
        (format!("the number {number}"), format!("數字 {number}"))
    } else if let Some(truth) = said("boolean ") {
        (truth.to_owned(), format!(" {truth}"))
    } else {
        let (en, zh) = match found {
            "map" => ("an object", "一組欄位"),
            "sequence" => ("a list", "一個清單"),
            "null" | "unit value" | "unit" | "Option value" => ("nothing", "空值"),
            other => (other, other),
        };
        (en.to_owned(), zh.to_owned())
    }
}

/// What was expected, without the names of types.
fn expected_as(expected: &str) -> (String, String) {
    let (en, zh) = match expected {
        "a string" | "a borrowed string" | "string" => ("a text", "文字"),
        "a boolean" => ("`true` or `false`", " `true` 或 `false`"),
        "a sequence" => ("a list", "一個清單"),
        "u8" | "u16" | "u32" | "u64" | "usize" => ("a whole number, not negative", "不小於零的整數"),
        "i8" | "i16" | "i32" | "i64" | "isize" => ("a whole number", "整數"),
        "f32" | "f64" => ("a number", "數字"),
        "unit" | "null" => ("nothing", "空值"),
        "a map" => ("an object", "一組欄位"),
        "string or map" => ("one word", "一個用詞"),
        "a date string" => ("a date such as 2027-03-31", "日期（例如 2027-03-31）"),
        "a timestamp string" => {
            ("an instant such as 2027-03-31T09:30:00Z", "時刻（例如 2027-03-31T09:30:00Z）")
        }
        other if other.starts_with("struct ") || other.starts_with("internally tagged ") => {
            ("an object", "一組欄位")
        }
        other if other.starts_with("enum ") || other == "variant identifier" => ("one word", "一個用詞"),
        other => {
            let said = (other.to_owned(), format!("「{other}」"));
            let pair = |many: &str| (format!("a list of {many}"), format!("一個有{many}項的清單"));
            return other.strip_prefix("a tuple of size ").map_or(said, pair);
        }
    };
    (en.to_owned(), zh.to_owned())
}

fn shortened(text: &str) -> String {
    if text.chars().count() > MOST_LETTERS {
        text.chars().take(MOST_LETTERS).collect::<String>() + "…"
    } else {
        text.to_owned()
    }
}

/// Input that is repeated stays short enough to read.
const MOST_LETTERS: usize = 60;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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
            json!({ "parts": [], "on": 20270301 }),
            json!({ "parts": [], "at": "2027-03-01" }),
            json!({ "parts": [], "at": "noon" }),
            json!({ "parts": [], "pair": [1] }),
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
