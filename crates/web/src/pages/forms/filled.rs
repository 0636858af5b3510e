//! From what was typed to a value, and back.

use dualtrack_catalogue::Language;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Value, json};

use super::shape::{Entry, Shape, Typed};

/// What is wrong with a field: its path and a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wrong {
    pub(crate) path: String,
    pub(crate) line: String,
}

/// The object that fields come to. Those that are empty are left out.
pub(crate) fn value(entries: &[Entry], typed: &Typed, language: Language) -> Result<Value, Vec<Wrong>> {
    let mut object = Value::Object(Map::new());
    let mut wrong = Vec::new();
    for entry in entries {
        match one(entry, typed, language) {
            Ok(Some(value)) => put(&mut object, &entry.path, value),
            Ok(None) if entry.required => wrong.push(Wrong {
                path: entry.path.clone(),
                line: language.pick(("fill this in", "請填寫此項")).to_owned(),
            }),
            Ok(None) => {}
            Err(line) => wrong.push(Wrong { path: entry.path.clone(), line }),
        }
    }
    if wrong.is_empty() { Ok(object) } else { Err(wrong) }
}

fn one(entry: &Entry, typed: &Typed, language: Language) -> Result<Option<Value>, String> {
    let say = |pair: (&str, &str)| language.pick(pair).to_owned();
    let text = |path: &str| {
        typed.get(path).and_then(|values| values.last()).map(|text| text.trim().replace("\r\n", "\n"))
    };
    let filled = text(&entry.path).filter(|text| !text.is_empty());
    Ok(match &entry.shape {
        Shape::Text | Shape::Choice(_) | Shape::Day => filled.map(Value::from),
        Shape::Instant => filled
            .map(|text| {
                instant(&text).ok_or_else(|| {
                    say(("a time is written such as 2026-11-30 09:30", "時間的寫法如 2026-11-30 09:30"))
                })
            })
            .transpose()?
            .map(Value::from),
        Shape::Number => filled
            .map(|text| {
                serde_json::from_str::<serde_json::Number>(&text.replace(',', ""))
                    .map(Value::Number)
                    .map_err(|_| say(("this is no number", "這不是數字")))
            })
            .transpose()?,
        Shape::Flag => match filled.as_deref() {
            Some("yes") => Some(json!(true)),
            Some("no") => Some(json!(false)),
            _ => None,
        },
        Shape::Many(_) => {
            let chosen: Vec<_> =
                typed.get(&entry.path).into_iter().flatten().filter(|word| !word.is_empty()).collect();
            (!chosen.is_empty()).then(|| json!(chosen))
        }
        Shape::Both => {
            let (english, chinese) =
                (text(&format!("{}.en", entry.path)), text(&format!("{}.zh-Hant", entry.path)));
            let (english, chinese) = (english.unwrap_or_default(), chinese.unwrap_or_default());
            match (english.is_empty(), chinese.is_empty()) {
                (true, true) => None,
                // Whoever writes in one language is read in it by everybody, rather than not at all.
                (false, true) => Some(json!({ "en": english, "zh-Hant": english })),
                (true, false) => Some(json!({ "en": chinese, "zh-Hant": chinese })),
                (false, false) => Some(json!({ "en": english, "zh-Hant": chinese })),
            }
        }
        Shape::Lines => {
            let all: Vec<&String> = typed.get(&entry.path).into_iter().flatten().collect();
            let all: Vec<&str> = all.into_iter().flat_map(|text| lines(text)).collect();
            (!all.is_empty()).then(|| json!(all))
        }
        Shape::BothLines => filled.map(|text| {
            let both = lines(&text).map(|line| match line.split_once('|') {
                Some((english, chinese)) => json!({ "en": english.trim(), "zh-Hant": chinese.trim() }),
                None => json!({ "en": line, "zh-Hant": line }),
            });
            json!(both.collect::<Vec<_>>())
        }),
        Shape::Data => filled
            .map(|text| {
                dualtrack_catalogue::parse::<Value>(&entry.path, &text).map_err(|error| error.to_string())
            })
            .transpose()?,
    })
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// An instant as it is typed: with its zone, or in Hong Kong time.
fn instant(text: &str) -> Option<String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.to_string());
    }
    let local: DateTime = text.replace(' ', "T").parse().ok()?;
    let zoned = local.to_zoned(TimeZone::fixed(Offset::constant(8))).ok()?;
    Some(zoned.timestamp().to_string())
}

fn put(object: &mut Value, path: &str, value: Value) {
    let mut at = object;
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        let Value::Object(fields) = at else { return };
        if parts.peek().is_none() {
            fields.insert(part.to_owned(), value);
            return;
        }
        at = fields.entry(part.to_owned()).or_insert_with(|| json!({}));
    }
}

/// What a value would have been typed as.
pub(crate) fn typed(entries: &[Entry], value: &Value) -> Typed {
    let mut typed = Typed::new();
    for entry in entries {
        let found = entry.path.split('.').try_fold(value, |value, part| value.get(part));
        let Some(found) = found.filter(|found| !found.is_null()) else { continue };
        let text = || found.as_str().map_or_else(|| found.to_string(), ToOwned::to_owned);
        let mut set = |path: String, text: String| {
            typed.insert(path, vec![text]);
        };
        match &entry.shape {
            Shape::Text | Shape::Choice(_) | Shape::Day | Shape::Number => set(entry.path.clone(), text()),
            Shape::Instant => set(entry.path.clone(), local(&text())),
            Shape::Flag => {
                set(entry.path.clone(), if found == &json!(true) { "yes" } else { "no" }.to_owned());
            }
            Shape::Many(_) => {
                let words = found.as_array().into_iter().flatten();
                let words = words.filter_map(Value::as_str).map(ToOwned::to_owned);
                typed.insert(entry.path.clone(), words.collect());
            }
            Shape::Both => {
                for language in ["en", "zh-Hant"] {
                    let text = found.get(language).and_then(Value::as_str).unwrap_or_default();
                    set(format!("{}.{language}", entry.path), text.to_owned());
                }
            }
            Shape::Lines => {
                let words = found.as_array().into_iter().flatten().filter_map(Value::as_str);
                set(entry.path.clone(), words.collect::<Vec<_>>().join("\n"));
            }
            Shape::BothLines => {
                let part = |one: &Value, language: &str| {
                    one.get(language).and_then(Value::as_str).unwrap_or_default().to_owned()
                };
                let both = found.as_array().into_iter().flatten();
                let both = both.map(|one| format!("{} | {}", part(one, "en"), part(one, "zh-Hant")));
                set(entry.path.clone(), both.collect::<Vec<_>>().join("\n"));
            }
            Shape::Data => {
                let is_empty = found.as_array().is_some_and(Vec::is_empty)
                    || found.as_object().is_some_and(Map::is_empty);
                if !is_empty {
                    set(entry.path.clone(), serde_json::to_string_pretty(found).unwrap_or_default());
                }
            }
        }
    }
    typed
}

fn local(text: &str) -> String {
    match text.parse::<Timestamp>() {
        Ok(instant) => {
            let local = TimeZone::fixed(Offset::constant(8)).to_datetime(instant);
            local.to_string().chars().take(16).collect()
        }
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape::entries;
    use super::*;
    use schemars::schema_for;

    #[test]
    fn what_a_form_shows_of_a_use_makes_the_same_use() {
        let fields = entries(schema_for!(dualtrack_inventory::Use).as_value());
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/harbour-bank/uses");
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let of: dualtrack_inventory::Use = dualtrack_catalogue::parse("use", &text).unwrap();
            let before = serde_json::to_value(&of).unwrap();
            let mut after = value(&fields, &typed(&fields, &before), Language::En).unwrap();
            after["schema"] = json!("dualtrack.use/1");
            let after: dualtrack_inventory::Use = serde_json::from_value(after).unwrap();
            assert_eq!(after, of);
        }
    }

    #[test]
    fn times_are_typed_in_hong_kong() {
        assert_eq!(instant("2026-11-30T09:30").unwrap(), "2026-11-30T01:30:00Z");
        assert_eq!(instant("2026-11-30 09:30:05").unwrap(), "2026-11-30T01:30:05Z");
        assert_eq!(local("2026-11-30T01:30:00Z"), "2026-11-30T09:30");
        assert!(instant("tomorrow").is_none());
    }
}
