//! What fields are called, and what there is to choose in them.

use std::collections::BTreeMap;

use dualtrack_catalogue::{EvidenceKind, Fact, GuidelineId, Language, Stage};
use dualtrack_inventory::{
    CheckOutcome, Coverage, Document, Key, Kind, Line, Part, Purpose, Relation, Role, Tier, VerdictState,
};
use dualtrack_report::Words;
use dualtrack_report::screen::{Choice, Field, FieldKind};
use serde::de::DeserializeOwned;

use super::shape::{Entry, Shape, Typed};
use crate::api::record::seen;
use crate::pages::reader::Reader;
use crate::problem::Problem;

/// What there is on record of the kinds that fields name.
type Known = BTreeMap<Kind, Vec<Choice>>;

/// The fields of a form with what was typed so far.
pub(crate) async fn fields(reader: &Reader, entries: &[Entry], typed: &Typed) -> Result<Vec<Field>, Problem> {
    let mut on_record = Known::new();
    for kind in entries.iter().filter_map(|entry| kind_named(entry.name())) {
        if let std::collections::btree_map::Entry::Vacant(e) = on_record.entry(kind) {
            let choices = match kind {
                Kind::Use => uses(reader).await?,
                kind => choices_of(reader, kind).await?,
            };
            e.insert(choices);
        }
    }
    let mut fields = Vec::new();
    for entry in entries {
        field(reader, &on_record, entry, typed, &mut fields);
    }
    Ok(fields)
}

fn field(reader: &Reader, on_record: &Known, entry: &Entry, typed: &Typed, fields: &mut Vec<Field>) {
    let words = reader.words;
    let text = |path: &str| typed.get(path).and_then(|values| values.last()).cloned().unwrap_or_default();
    let make = |path: &str, label: String, kind: FieldKind| Field {
        name: path.to_owned(),
        label,
        hint: hint(entry, words),
        value: text(path),
        problem: String::new(),
        required: entry.required,
        kind,
    };
    let fact = entry.path.strip_prefix("profile.").and_then(of::<Fact>);
    let label =
        fact.map_or_else(|| label(entry.name(), words), |fact| fact.question(words.language).to_owned());
    let chosen = text(&entry.path);
    let choices = |found: &[String]| {
        let of = |word: &String| Choice {
            value: word.clone(),
            label: choice(word, words),
            chosen: typed.get(&entry.path).is_some_and(|chosen| chosen.contains(word)),
        };
        found.iter().map(of).collect::<Vec<_>>()
    };
    let line = |of: &'static str| FieldKind::Line { of, autocomplete: "off", suggestions: Vec::new() };
    let kind = match &entry.shape {
        Shape::Text => match known(reader, on_record, entry.name()) {
            Some(known) => {
                let mut known = known;
                for choice in &mut known {
                    choice.chosen = choice.value == chosen;
                }
                FieldKind::One(known)
            }
            None if LONG.contains(&entry.name()) => FieldKind::Lines { rows: 3, code: false },
            None => line("text"),
        },
        Shape::Day => line("date"),
        Shape::Instant => line("datetime-local"),
        Shape::Number => line("number"),
        Shape::Flag => {
            let mut both = vec![
                Choice { value: "yes".into(), label: words.say("yes"), chosen: chosen == "yes" },
                Choice { value: "no".into(), label: words.say("no"), chosen: chosen == "no" },
            ];
            if !entry.required {
                let label = words.say("not-known");
                both.push(Choice { value: String::new(), label, chosen: chosen.is_empty() });
            }
            FieldKind::Radio(both)
        }
        Shape::Choice(found) if found.len() <= 4 => FieldKind::Radio(choices(found)),
        Shape::Choice(found) => FieldKind::One(choices(found)),
        Shape::Many(found) => FieldKind::Many(choices(found)),
        Shape::Both => {
            let names = [("en", "in-english"), ("zh-Hant", "in-chinese")];
            for (language, id) in names {
                let path = format!("{}.{language}", entry.path);
                let long = LONG.contains(&entry.name());
                let kind = if long { FieldKind::Lines { rows: 3, code: false } } else { line("text") };
                let label = words.say_with(id, &[("label", &label)]);
                let mut one = make(&path, label, kind);
                // One of both is enough.
                one.required = false;
                if language == "en" {
                    one.hint = words.say("hint-one-is-enough");
                }
                fields.push(one);
            }
            return;
        }
        Shape::Lines => match known(reader, on_record, entry.name()) {
            Some(mut known) => {
                let all = typed.get(&entry.path).into_iter().flatten();
                let lines: Vec<String> =
                    all.flat_map(|text| text.lines()).map(|line| line.trim().to_owned()).collect();
                for choice in &mut known {
                    choice.chosen = lines.contains(&choice.value);
                }
                // Whom no office lets judge is not offered; whoever is named already stays to be seen.
                known.retain(|choice| choice.chosen || is_fit(reader, entry.name(), &choice.value));
                let mut one = make(&entry.path, label, FieldKind::Many(known));
                one.hint.clear();
                fields.push(one);
                return;
            }
            None => FieldKind::Lines { rows: 4, code: false },
        },
        Shape::BothLines => FieldKind::Lines { rows: 4, code: false },
        Shape::Data => FieldKind::Lines { rows: 6, code: true },
    };
    let mut one = make(&entry.path, label, kind);
    // What is ticked is not written, one a line or otherwise.
    if matches!(one.kind, FieldKind::Many(_)) {
        one.hint.clear();
    }
    fields.push(one);
}

/// What a field is called.
pub(crate) fn label(name: &str, words: Words) -> String {
    words.say(&format!("field-{}", name.replace('_', "-")))
}

fn hint(entry: &Entry, words: Words) -> String {
    match &entry.shape {
        Shape::BothLines => words.say("hint-both-lines"),
        Shape::Lines => words.say("hint-lines"),
        Shape::Data => words.say("hint-data"),
        Shape::Instant => words.say("hint-instant"),
        _ => String::new(),
    }
}

/// What a word of a vocabulary is called.
pub(crate) fn choice(word: &str, words: Words) -> String {
    let language = words.language;
    let known = of::<Stage>(word)
        .map(|it| it.label(language).to_owned())
        .or_else(|| of::<Role>(word).map(|it| it.label(language).to_owned()))
        .or_else(|| of::<Tier>(word).map(|it| it.label(language).to_owned()))
        .or_else(|| of::<EvidenceKind>(word).map(|it| it.label(language).to_owned()))
        .or_else(|| of::<Part>(word).map(|it| it.label(language).to_owned()))
        .or_else(|| of::<Purpose>(word).map(|it| it.label(language).to_owned()))
        .or_else(|| of::<Coverage>(word).map(|it| it.label(language).to_owned()))
        .or_else(|| of::<CheckOutcome>(word).map(|it| it.label(language).to_owned()))
        .or_else(|| of::<Line>(word).map(|it| it.label(language).to_owned()))
        .or_else(|| of::<Relation>(word).map(|it| it.label(language).to_owned()))
        .or_else(|| of::<VerdictState>(word).map(|it| it.label(language).to_owned()));
    let known = known.unwrap_or_else(|| words.say(&format!("choice-{word}")));
    match language {
        Language::En => first_letter(&known),
        Language::ZhHant => known,
    }
}

fn of<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::json!(word)).ok()
}

fn first_letter(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// The kind of document that a field names.
fn kind_named(name: &str) -> Option<Kind> {
    match name {
        "owners" | "builders" | "requesters" | "validators" | "approvers" | "assignee" | "person"
        | "successor" | "owner" | "on_behalf_of" | "instead_of" => Some(Kind::Person),
        "uses" => Some(Kind::Use),
        "models" => Some(Kind::Model),
        "training" | "validation" | "retrieval" | "assessment" | "monitoring" => Some(Kind::Dataset),
        "providers" | "provider" => Some(Kind::Provider),
        _ => None,
    }
}

/// What there is on record of what a field names; nothing where the field is written freely.
fn known(reader: &Reader, on_record: &Known, name: &str) -> Option<Vec<Choice>> {
    match name {
        "entity" => return Some(entities(reader)),
        "voluntary" => return Some(voluntary(reader)),
        _ => {}
    }
    on_record.get(&kind_named(name)?).filter(|choices| !choices.is_empty() && choices.len() <= MOST).cloned()
}

/// Whether a person holds an office that a part in a use takes.
fn is_fit(reader: &Reader, part: &str, person: &str) -> bool {
    let roles = match reader.common.documents.get(&Key::new(Kind::Person, person)) {
        Some((_, Document::Person(person))) => &person.roles,
        _ => return true,
    };
    match part {
        "validators" => roles.contains(&Role::Validator),
        "approvers" => roles.iter().any(|role| role.may_approve()),
        "owners" | "builders" | "requesters" => roles.iter().any(|role| role.is_of_first_line()),
        _ => true,
    }
}

async fn choices_of(reader: &Reader, kind: Kind) -> Result<Vec<Choice>, Problem> {
    let mut choices: Vec<Choice> = seen(&reader.web, &reader.who, kind)
        .await?
        .into_iter()
        .map(|stored| Choice {
            label: stored
                .document
                .as_ref()
                .and_then(|document| title(document, reader.words))
                .unwrap_or_else(|| stored.key.id.clone()),
            value: stored.key.id,
            chosen: false,
        })
        .collect();
    choices.sort_by(|one, other| one.label.cmp(&other.label));
    Ok(choices)
}

/// The uses on which something can be done, narrowed as the address asks for it, as lists are.
async fn uses(reader: &Reader) -> Result<Vec<Choice>, Problem> {
    let lines = crate::pages::uses::seen_lines(reader).await?;
    let lines = lines.iter().filter(|line| line.stage != Stage::Retired);
    let mut choices: Vec<Choice> = lines
        .filter(|line| crate::pages::uses::matches(reader, line))
        .map(|line| Choice {
            label: reader.words.pick(&line.name).to_owned(),
            value: line.id.to_string(),
            chosen: false,
        })
        .collect();
    choices.sort_by(|one, other| one.label.cmp(&other.label));
    Ok(choices)
}

fn entities(reader: &Reader) -> Vec<Choice> {
    let institution = reader.common.inventory.as_ref().map(dualtrack_inventory::Inventory::institution);
    let entities = institution.into_iter().flat_map(|institution| &institution.entities);
    entities
        .map(|entity| Choice {
            value: entity.id.to_string(),
            label: reader.words.pick(&entity.name).to_owned(),
            chosen: false,
        })
        .collect()
}

fn voluntary(reader: &Reader) -> Vec<Choice> {
    let standing = reader.common.catalogue.on(reader.common.day);
    let mut seen = std::collections::BTreeSet::<GuidelineId>::new();
    let guidelines = standing.controls().map(|control| control.guideline());
    let guidelines = guidelines.filter(|guideline| seen.insert(guideline.id.clone()));
    guidelines
        .map(|guideline| Choice {
            value: guideline.id.to_string(),
            label: reader.words.pick(&guideline.title).to_owned(),
            chosen: false,
        })
        .collect()
}

/// What a document is called, where it has a name.
pub(crate) fn title(document: &Document, words: Words) -> Option<String> {
    Some(match document {
        Document::Institution(one) => words.pick(&one.name).to_owned(),
        Document::Person(one) => words.pick(&one.name).to_owned(),
        Document::Provider(one) => words.pick(&one.name).to_owned(),
        Document::Model(one) => words.pick(&one.name).to_owned(),
        Document::Dataset(one) => words.pick(&one.name).to_owned(),
        Document::Use(one) => words.pick(&one.name).to_owned(),
        Document::Incident(one) => one.title.clone(),
        Document::Task(one) => one.what.clone(),
        Document::Finding(one) => one.statement.clone(),
        Document::Evidence(one) => words.pick(&one.statement).to_owned(),
        _ => return None,
    })
}

/// More than these nobody finds in a list; ids are written then.
const MOST: usize = 300;
/// Fields that take more than a few words.
const LONG: [&str; 17] = [
    "because",
    "purpose",
    "decides",
    "affects",
    "statement",
    "answer",
    "limitations",
    "not_tested",
    "what",
    "title",
    "plan",
    "scope",
    "does",
    "intended_use",
    "description",
    "contents",
    "remarks",
];

#[cfg(test)]
mod tests {
    use dualtrack_inventory::{Adoption, Contract, Dataset, Evidence, Model, Person, Provider, Use};
    use schemars::schema_for;

    use super::super::shape::entries;
    use super::*;
    use crate::api::actions::actions;
    use crate::pages::words::words;

    #[test]
    fn every_field_and_every_choice_has_words_in_both_languages() {
        let documents = [
            schema_for!(Use),
            schema_for!(Model),
            schema_for!(Dataset),
            schema_for!(Provider),
            schema_for!(Contract),
            schema_for!(Person),
            schema_for!(Adoption),
            schema_for!(Evidence),
        ];
        let schemas = documents.iter().chain(actions().iter().map(|(_, _, schema)| schema));
        let mut missing = std::collections::BTreeSet::new();
        for entry in schemas.flat_map(|schema| entries(schema.as_value())) {
            for language in Language::ALL {
                let words = words(language);
                let mut said = vec![label(entry.name(), words)];
                if let Shape::Choice(found) | Shape::Many(found) = &entry.shape {
                    said.extend(found.iter().map(|word| choice(word, words)));
                }
                missing.extend(said.into_iter().filter(|text| text.starts_with('[')));
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }
}
