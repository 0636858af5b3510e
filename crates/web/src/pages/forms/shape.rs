//! The fields of a form, from the schema of what the form makes: the same schema that programs are shown.
//!
//! Everything can be filled in: what a form has no better way for is written as YAML.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What was typed, by the names of fields.
pub(crate) type Typed = BTreeMap<String, Vec<String>>;

/// A field as the schema has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// Its path, with dots: `people.owners`.
    pub(crate) path: String,
    /// Whether it may not be left out.
    pub(crate) required: bool,
    /// What it takes.
    pub(crate) shape: Shape,
}

/// What a field takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// A text.
    Text,
    /// A day.
    Day,
    /// An instant, typed in Hong Kong time.
    Instant,
    /// A number.
    Number,
    /// Yes, no, or nothing.
    Flag,
    /// One of several words.
    Choice(Vec<String>),
    /// Any of several words.
    Many(Vec<String>),
    /// A text in both languages.
    Both,
    /// Texts, one a line.
    Lines,
    /// Texts in both languages, one a line: `English | 中文`.
    BothLines,
    /// Anything, as YAML.
    Data,
}

impl Entry {
    /// The last part of its path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }
}

/// Something that a field takes, as it would be typed: by the names of its fields.
pub(crate) fn something(entry: &Entry) -> Vec<(String, String)> {
    let path = &entry.path;
    let text = match &entry.shape {
        Shape::Both => {
            return vec![(format!("{path}.en"), "-".to_owned()), (format!("{path}.zh-Hant"), "-".to_owned())];
        }
        Shape::Text if matches!(entry.name(), "snapshot" | "digest") => format!("sha256:{}", "0".repeat(64)),
        Shape::Text if entry.name() == "control" => "x.x".to_owned(),
        Shape::Text | Shape::Lines => "x".to_owned(),
        Shape::BothLines => "x | x".to_owned(),
        Shape::Day => "2026-01-01".to_owned(),
        Shape::Instant => "2026-01-01T00:00".to_owned(),
        Shape::Number => "1".to_owned(),
        Shape::Flag => "yes".to_owned(),
        Shape::Choice(words) | Shape::Many(words) => words.first().cloned().unwrap_or_default(),
        Shape::Data => "{}".to_owned(),
    };
    vec![(path.clone(), text)]
}

/// The fields of a schema of an object, in its order.
pub(crate) fn entries(schema: &Value) -> Vec<Entry> {
    let mut found = Vec::new();
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    gather(schema, &definitions, "", true, &mut found);
    found
}

fn gather(schema: &Value, definitions: &Value, before: &str, needed: bool, found: &mut Vec<Entry>) {
    let Some(Value::Object(properties)) = schema.get("properties") else { return };
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    for (name, property) in properties {
        if property.get("const").is_some() || name == "schema" {
            continue;
        }
        let path = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
        let (inner, optional) = plain(property, definitions);
        let is_required = needed && required.contains(&name.as_str()) && !optional;
        match shape(&inner, definitions) {
            Some(shape) => found.push(Entry { path, required: is_required, shape }),
            None => gather(&inner, definitions, &path, is_required, found),
        }
    }
}

/// A schema without references and without "or nothing"; whether it may be nothing.
fn plain(schema: &Value, definitions: &Value) -> (Value, bool) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix("#/$defs/"))
    {
        let referred = definitions.get(name).cloned().unwrap_or_default();
        return plain(&referred, definitions);
    }
    if let Some(Value::Array(any)) = schema.get("anyOf") {
        let is_null = |one: &&Value| one.get("type").and_then(Value::as_str) == Some("null");
        let mut others = any.iter().filter(|one| !is_null(one));
        if let (Some(one), None) = (others.next(), others.next()) {
            return (plain(one, definitions).0, any.len() > 1);
        }
    }
    if let Some(Value::Array(types)) = schema.get("type")
        && types.iter().any(|of| of == "null")
        && let Some(of) = types.iter().find(|of| *of != "null")
    {
        let mut without = schema.clone();
        if let Value::Object(fields) = &mut without {
            fields.insert("type".into(), of.clone());
        }
        return (without, true);
    }
    (schema.clone(), false)
}

/// What a schema takes; nothing for an object of fields of its own.
fn shape(schema: &Value, definitions: &Value) -> Option<Shape> {
    if let Some(words) = words_of(schema) {
        return Some(Shape::Choice(words));
    }
    let text = |name: &str| schema.get(name).and_then(Value::as_str);
    match text("type") {
        Some("string") => Some(match text("format") {
            Some("date") => Shape::Day,
            Some("date-time") => Shape::Instant,
            _ => Shape::Text,
        }),
        Some("integer" | "number") => Some(Shape::Number),
        Some("boolean") => Some(Shape::Flag),
        Some("array") => {
            let (item, _) = plain(schema.get("items").unwrap_or(&Value::Null), definitions);
            Some(match shape(&item, definitions) {
                Some(Shape::Choice(words)) => Shape::Many(words),
                Some(Shape::Text) => Shape::Lines,
                Some(Shape::Both) => Shape::BothLines,
                _ => Shape::Data,
            })
        }
        Some("object") => match schema.get("properties") {
            Some(Value::Object(properties)) if is_both(properties) => Some(Shape::Both),
            Some(Value::Object(_)) => None,
            _ => Some(Shape::Data),
        },
        _ => Some(Shape::Data),
    }
}

fn is_both(properties: &Map<String, Value>) -> bool {
    properties.len() == 2 && properties.contains_key("en") && properties.contains_key("zh-Hant")
}

/// The words of a vocabulary.
fn words_of(schema: &Value) -> Option<Vec<String>> {
    let strings = |values: &Vec<Value>| {
        values.iter().map(|value| value.as_str().map(ToOwned::to_owned)).collect::<Option<Vec<_>>>()
    };
    if let Some(Value::Array(values)) = schema.get("enum") {
        return strings(values);
    }
    if let Some(Value::Array(values)) = schema.get("oneOf") {
        let mut words = Vec::new();
        for value in values {
            match (value.get("const"), value.get("enum")) {
                (Some(word), _) => words.push(word.as_str()?.to_owned()),
                (None, Some(Value::Array(many))) => words.extend(strings(many)?),
                _ => return None,
            }
        }
        return Some(words);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::actions::actions;

    #[test]
    fn every_action_has_fields_of_known_shapes() {
        for (name, _, schema) in actions() {
            let fields = entries(schema.as_value());
            assert!(!fields.is_empty(), "{name} asks for nothing");
        }
        let of = |action: &str, path: &str| {
            let (_, _, schema) = actions().iter().find(|(name, _, _)| name == action).unwrap();
            entries(schema.as_value()).into_iter().find(|entry| entry.path == path).unwrap()
        };
        assert_eq!(of("suspend", "because").shape, Shape::Both);
        assert_eq!(of("approve", "conditions").shape, Shape::BothLines);
        assert_eq!(
            of("approve", "expires"),
            Entry { path: "expires".into(), required: false, shape: Shape::Day }
        );
        assert_eq!(of("open-incident", "discovered").shape, Shape::Instant);
        assert_eq!(of("decide-notification", "notify").shape, Shape::Flag);
        assert!(matches!(of("find", "severity").shape, Shape::Choice(words) if words.len() == 3));
        assert!(matches!(of("record-change", "parts").shape, Shape::Many(words) if words.len() == 10));
    }
}
