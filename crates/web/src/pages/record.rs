//! Any document of the record: what it says, its history, and its ledger entries; and lists of a kind.

use axum::extract::Path;
use axum::response::Response;
use dualtrack_catalogue::Digest;
use dualtrack_governance::{AsOf, Refusal};
use dualtrack_inventory::{Document, Key, Kind};
use dualtrack_report::Words;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use serde_json::{Value, json};

use super::forms::choices::{choice, label, title};
use super::reader::{Reader, address};
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::record::{may_see, seen};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/record/{kind}/{id}", Needs::SignIn, one),
        PageRoute::get("/models", Needs::Action("view-model"), |reader: Reader| list(reader, Kind::Model)),
        PageRoute::get("/datasets", Needs::Action("view-dataset"), |reader: Reader| {
            list(reader, Kind::Dataset)
        }),
        PageRoute::get("/people", Needs::Action("view-person"), |reader: Reader| list(reader, Kind::Person)),
    ]
}

async fn one(reader: Reader, Path((kind, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let kind: Kind =
        kind.parse().map_err(|_| Problem::missing((format!("kind `{kind}`"), format!("種類「{kind}」"))))?;
    shown(reader, Key::new(kind, id)).await
}

/// The page of a document.
pub(super) async fn shown(reader: Reader, key: Key) -> Result<Response, Problem> {
    let mut screen = document_screen(&reader, &key).await?;
    history(&reader, &mut screen, &key).await?;
    reader.page(screen).await
}

/// What a document says, and what can be done with it.
pub(super) async fn document_screen(reader: &Reader, key: &Key) -> Result<Screen, Problem> {
    let words = reader.words;
    let as_of = reader.as_of()?;
    let refused = |refusal: Refusal| reader.refused(&refusal);
    let today = reader.web.desk.document(key, AsOf::Now).await.map_err(refused)?;
    if key.kind == Kind::Use {
        crate::api::uses::whole(&reader.web, &reader.who, &key.id, None).await?;
    } else {
        may_see(&reader.web, &reader.who, &today).await?;
    }
    let stored = match as_of {
        AsOf::Now => today,
        as_of => reader.web.desk.document(key, as_of).await.map_err(refused)?,
    };
    let kind = words.say(&format!("kind-{}", key.kind));
    let Some(document) = &stored.document else {
        let mut screen = Screen::new(key.id.clone(), kind);
        let entry = stored.erased_by.map(|entry| words.whole(entry)).unwrap_or_default();
        let text = words.say_with("erased-by", &[("entry", &entry)]);
        screen.put(Block::Notice { class: "warn", text, link: None });
        return Ok(screen);
    };
    let mut screen = Screen::new(title(document, words).unwrap_or_else(|| key.id.clone()), kind);
    let state = super::use_page::state(document, reader);
    if !state.is_empty() {
        screen.put(Block::Notice { class: "calm", text: state, link: None });
    }
    let mut value = document.value();
    if let (Some(files), Some(digests)) = (value.get_mut("files"), document.digests())
        && !digests.is_empty()
    {
        *files = json!(digests);
    }
    screen.put(Block::Facts(facts(reader, &value)));
    let buttons = ways(reader, document);
    if !buttons.is_empty() {
        screen.put(Block::Buttons(buttons));
    }
    Ok(screen)
}

/// What is proposed, by whom and until when, for whoever confirms or refuses it; nothing where that may not be seen.
pub(super) async fn proposed(reader: &Reader, id: &str) -> Result<Option<Block>, Problem> {
    let words = reader.words;
    let key = Key::new(Kind::Proposal, id);
    let Ok(stored) = reader.web.desk.document(&key, AsOf::Now).await else { return Ok(None) };
    if may_see(&reader.web, &reader.who, &stored).await.is_err() {
        return Ok(None);
    }
    let Some(Document::Proposal(proposal)) = stored.document else { return Ok(None) };
    let mut action = proposal.action.clone();
    let name = action.as_object_mut().and_then(|fields| fields.remove("action"));
    let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
    let mut said = vec![
        (words.say("field-what"), Cell::text(words.say(&format!("action-{name}")))),
        (label("by", words), cell(reader, "by", &json!(proposal.by))),
        (label("expires", words), Cell::text(words.instant(proposal.expires))),
    ];
    said.extend(facts(reader, &action));
    Ok(Some(Block::Facts(said)))
}

/// What a document says, name by name.
fn facts(reader: &Reader, value: &Value) -> Vec<(String, Cell)> {
    let Value::Object(fields) = value else { return Vec::new() };
    fields
        .iter()
        // The files of a guideline's version are long; its page shows what they say.
        .filter(|(name, value)| {
            *name != "schema" && !is_nothing(value) && !(*name == "text" && value.is_object())
        })
        .map(|(name, value)| (label(name, reader.words), cell(reader, name, value)))
        .collect()
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_nothing),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn cell(reader: &Reader, name: &str, value: &Value) -> Cell {
    let words = reader.words;
    match value {
        Value::String(text) => text_cell(reader, name, text),
        Value::Bool(value) => Cell::text(words.say(if *value { "yes" } else { "no" })),
        Value::Number(number) => Cell::text(number.to_string()),
        Value::Array(items) => Cell::Lines(items.iter().map(|item| cell(reader, name, item)).collect()),
        Value::Object(fields) if fields.contains_key("en") && fields.contains_key("zh-Hant") => {
            let text = fields.get(words.language.pick(("en", "zh-Hant"))).and_then(Value::as_str);
            Cell::text(text.unwrap_or_default())
        }
        // Each file is read from where it is kept.
        Value::Object(fields) if name == "files" => {
            let files = fields.iter().map(|(file, digest)| {
                let digest = digest.as_str().unwrap_or_default();
                match Digest::parse(digest) {
                    Ok(kept) if reader.web.settings.files.has(&kept) => {
                        Cell::link(file.clone(), format!("/api/v1/files/{digest}"))
                    }
                    _ => Cell::text(format!("{file}: {digest}")),
                }
            });
            Cell::Lines(files.collect())
        }
        Value::Object(fields) => {
            let inner = fields.iter().filter(|(_, value)| !is_nothing(value)).map(|(inner, value)| {
                let said = cell(reader, inner, value).plain();
                Cell::text(format!("{}: {said}", named(inner, words)))
            });
            Cell::Lines(inner.collect())
        }
        Value::Null => Cell::none(),
    }
}

/// What a part of a document is called: a field, a word of a vocabulary, or a name that somebody gave it.
fn named(name: &str, words: Words) -> String {
    let known = [label(name, words), choice(name, words)];
    known.into_iter().find(|said| !said.starts_with('[')).unwrap_or_else(|| name.to_owned())
}

/// A word of a vocabulary, or one that somebody chose freely.
fn word(text: &str, words: Words) -> String {
    let known = choice(text, words);
    if known.starts_with('[') { text.to_owned() } else { known }
}

fn text_cell(reader: &Reader, name: &str, text: &str) -> Cell {
    let words = reader.words;
    let to = |kind: Kind, shown: String| Cell::link(shown, place(kind, text));
    match name {
        "use" | "uses" => to(Kind::Use, text.to_owned()),
        "by" | "owner" | "owners" | "builders" | "requesters" | "validators" | "approvers" | "assignee"
        | "second" | "set_by" | "set_up_by" | "on_behalf_of" | "person" => {
            to(Kind::Person, reader.name_of(text))
        }
        // Of delegations.
        "from" | "to" if reader.common.documents.contains_key(&Key::new(Kind::Person, text)) => {
            to(Kind::Person, reader.name_of(text))
        }
        "models" | "model" | "based_on" => to(Kind::Model, text.to_owned()),
        "provider" | "providers" | "parent" => to(Kind::Provider, text.to_owned()),
        "training" | "validation" | "retrieval" | "assessment" | "monitoring" | "derived_from" => {
            to(Kind::Dataset, text.to_owned())
        }
        "stage" | "tier" | "kind" | "roles" | "role" | "severity" | "measure" | "fitness" | "coverage"
        | "relation" | "purposes" | "line" | "outcome" | "state" => Cell::text(word(text, words)),
        "snapshot" | "digest" | "files" => Cell::Code(text.to_owned()),
        "entity" => Cell::text(super::entity_name(reader, text)),
        _ => {
            if let Ok(day) = text.parse::<jiff::civil::Date>() {
                return Cell::text(words.date(day));
            }
            if let Ok(at) = text.parse::<jiff::Timestamp>() {
                return Cell::text(words.instant(at));
            }
            Cell::text(text)
        }
    }
}

/// What can be done with a document.
fn ways(reader: &Reader, document: &Document) -> Vec<(String, String, &'static str)> {
    let words = reader.words;
    let act = |action: &str, pairs: &[(&str, &str)], class: &'static str| {
        (
            address(&format!("/do/{action}"), pairs.iter().copied()),
            words.say(&format!("action-{action}")),
            class,
        )
    };
    let key = document.key();
    let id = key.id.as_str();
    match document {
        Document::Activation(one) => {
            vec![(format!("/guidelines/{}", one.guideline), words.say("read-guideline"), "plain")]
        }
        Document::Model(_) | Document::Dataset(_) | Document::Provider(_) | Document::Contract(_) => {
            vec![(format!("/edit/{}/{id}", key.kind), words.say("change"), "plain")]
        }
        Document::Finding(one) if one.closed.is_none() => vec![
            act("answer-finding", &[("finding", id)], "main"),
            act("close-finding", &[("finding", id)], "plain"),
        ],
        Document::Task(one) if one.done.is_none() => vec![act("finish-task", &[("task", id)], "main")],
        Document::Proposal(one) if one.settled.is_none() => vec![
            act("confirm-proposal", &[("proposal", id)], "main"),
            act("reject-proposal", &[("proposal", id)], "plain"),
        ],
        Document::Deployment(one) if one.ended.is_none() => vec![
            act("report-running", &[("deployment", id)], "plain"),
            act("end-deployment", &[("deployment", id)], "stop"),
        ],
        Document::Delegation(_) => vec![act("revoke-delegation", &[("delegation", id)], "plain")],
        Document::Candidate(one) if one.disposed.is_none() => {
            vec![act("dispose-candidate", &[("candidate", id)], "main")]
        }
        _ => Vec::new(),
    }
}

/// Every version of a document.
pub(super) async fn history(reader: &Reader, screen: &mut Screen, key: &Key) -> Result<(), Problem> {
    let words = reader.words;
    let versions = reader.web.desk.history(key).await.map_err(|refusal| reader.refused(&refusal))?;
    screen.section(words.say("history-title"), "history");
    let rows = versions.iter().rev().map(|stored| {
        Row::new(vec![
            Cell::text(words.whole(stored.version)),
            Cell::link(
                words.say_with("entry-number", &[("entry", &words.whole(stored.from_entry))]),
                format!("/ledger/entries/{}", stored.from_entry),
            ),
            match stored.erased_by {
                Some(by) => Cell::Muted(words.say_with("erased-by", &[("entry", &words.whole(by))])),
                None => Cell::none(),
            },
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("history-title"),
        quiet: true,
        columns: vec![
            Column::number(words.say("head-version")),
            Column::new(words.say("head-proof")),
            Column::new(words.say("head-about")),
        ],
        rows: rows.collect(),
        empty: words.say("history-nothing"),
        ..Grid::default()
    }));
    Ok(())
}

async fn list(reader: Reader, kind: Kind) -> Result<Response, Problem> {
    let words = reader.words;
    let plural = kind.plural();
    let mut screen = Screen::new(words.say(&format!("nav-{plural}")), words.say(&format!("{plural}-lead")));
    let documents = seen(&reader.web, &reader.who, kind).await?;
    let found = documents.len();
    let (page, from, most) = reader.paging(found);
    let rows = documents.iter().skip(from).take(most).filter_map(|stored| {
        let document = stored.document.as_ref()?;
        let (second, third) = about(&reader, document);
        Some(Row::new(vec![
            Cell::Lines(vec![
                Cell::link(
                    title(document, words).unwrap_or_else(|| stored.key.id.clone()),
                    place(kind, &stored.key.id),
                ),
                Cell::Muted(stored.key.id.clone()),
            ]),
            second,
            third,
        ]))
    });
    let heads = match kind {
        Kind::Model => ("field-kind", "field-provider"),
        Kind::Dataset => ("field-source", "field-personal-data"),
        _ => ("field-roles", "field-competences"),
    };
    let new = (format!("/new/{kind}"), words.say(&format!("new-{kind}")));
    screen.put(Block::Grid(Grid {
        caption: words.say(&format!("nav-{plural}")),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-name")),
            Column::new(words.say(heads.0)),
            Column::new(words.say(heads.1)),
        ],
        rows: rows.collect(),
        empty: words.say("list-nothing"),
        empty_link: Some(new.clone()),
        pager: Some(super::uses::pager(&reader, (page, from, most), found)),
        files: super::uses::files(&reader),
        ..Grid::default()
    }));
    let mut buttons = vec![(new.0, new.1, "main")];
    if kind == Kind::Person {
        buttons.push(("/offices".into(), words.say("offices-title"), "plain"));
    }
    screen.put(Block::Buttons(buttons));
    reader.page(screen).await
}

fn about(reader: &Reader, document: &Document) -> (Cell, Cell) {
    let words = reader.words;
    match document {
        Document::Model(model) => (
            Cell::text(format!("{} {}", model.kind, model.version)),
            match &model.provider {
                Some(provider) => Cell::link(provider.as_str(), place(Kind::Provider, provider.as_str())),
                None => Cell::Muted(words.say("made-here")),
            },
        ),
        Document::Dataset(dataset) => (
            Cell::text(words.pick(&dataset.source)),
            Cell::text(match dataset.personal_data {
                Some(true) => words.say("personal-data"),
                Some(false) => words.say("no-personal-data"),
                None => words.say("personal-data-unknown"),
            }),
        ),
        Document::Person(person) => {
            let roles: Vec<_> = person
                .roles
                .iter()
                .map(|role| Cell::text(words.sentence_of(role.label(words.language))))
                .collect();
            let trained = person.competences.iter().map(|one| {
                let until = words.date(one.expires);
                Cell::text(format!(
                    "{} ({})",
                    words.pick(&one.what),
                    words.say_with("until", &[("date", &until)])
                ))
            });
            (Cell::Lines(roles), Cell::Lines(trained.collect()))
        }
        _ => (Cell::none(), Cell::none()),
    }
}
