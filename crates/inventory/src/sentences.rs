//! The sentences with which readers of JSON refuse a value, in plain words and both languages, without the names of types.
//!
//! A reader hands on what it says, and nothing else; so this goes by its words. What it does not know is repeated behind
//! the name of the field.

use dualtrack_catalogue::{Bilingual, nearest};

use crate::id::IdError;
use crate::misread::joined;

/// The sentences of a reader in plain words.
pub(crate) fn in_words(path: &str, said: &str) -> Bilingual {
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
        words.en = format!("{}; did you mean `{meant}`?", words.en);
        words.zh_hant = format!("{}；是否指 `{meant}`？", words.zh_hant);
    }
    if expected.is_empty() {
        words.en.push_str("; leave it out");
        words.zh_hant.push_str("；請略去");
    } else {
        words.en = format!("{} (expected one of {})", words.en, expected.join(", "));
        words.zh_hant = format!("{}（可用的欄位：{}）", words.zh_hant, expected.join("、"));
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
