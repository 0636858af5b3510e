//! Forms for every action: what the API takes as JSON, a page takes field by field.
//!
//! A form is never lost: whatever is wrong with it, it comes back as it was filled in, with the line that says what to
//! do at the field. A form counts once. One that replaces a document carries the version that was seen.

pub(crate) mod choices;
mod document;
mod filled;
mod kept_files;
mod send;
mod sent;
pub(crate) mod shape;
mod show;

use std::collections::BTreeMap;

use dualtrack_catalogue::{Bilingual, Digest};
use dualtrack_governance::Command;
use dualtrack_inventory::Kind;
use serde_json::{Value, json};

use super::PageRoute;
use crate::api::Needs;
use crate::api::actions::actions;
use shape::{Entry, Typed, entries};

pub(crate) use filled::typed;
pub(crate) use kept_files::answer_with_files;
pub(crate) use send::{Posted, answer, freshen};
pub(crate) use sent::Sent;
pub(crate) use show::{Standing, draw, show_again};

/// What a form asks for.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// The action.
    pub(crate) action: String,
    /// Its fields.
    pub(crate) entries: Vec<Entry>,
    /// How the fields make what the action takes.
    pub(crate) makes: Makes,
    /// Where the form is sent.
    pub(crate) address: String,
}

/// How the fields of a form make what an action takes.
#[derive(Clone, Debug)]
pub(crate) enum Makes {
    /// They are it.
    Action,
    /// They are a document, over what the document says that the form does not show.
    Document {
        /// Of what.
        kind: Kind,
        /// What there is, or what a new one begins with.
        before: Value,
        /// The digests of its files.
        digests: Value,
    },
    /// They are evidence for each of the uses that they name: one piece for each.
    EvidenceOfMany {
        /// What the record knows of it by itself.
        before: Value,
        /// The files that go with it.
        files: BTreeMap<String, Digest>,
    },
    /// They are a piece of evidence.
    Evidence {
        /// What the record knows of it by itself.
        before: Value,
        /// The files that go with it.
        files: BTreeMap<String, Digest>,
    },
}

pub(super) fn routes() -> Vec<PageRoute> {
    let mut routes = vec![
        PageRoute::get("/do/{action}", Needs::SignIn, show::action),
        PageRoute::post("/do/{action}", Needs::SignIn, send::action),
    ];
    routes.extend(document::routes());
    routes
}

/// The form of an action; none for what is no action, and for those that files and lists bring.
pub(crate) fn wish(action: &str) -> Option<Wish> {
    if BY_OTHER_WAYS.contains(&action) {
        return None;
    }
    let (_, _, schema) = actions().iter().find(|(name, _, _)| name == action)?;
    Some(Wish {
        action: action.to_owned(),
        entries: entries(schema.as_value()),
        makes: Makes::Action,
        address: format!("/do/{action}"),
    })
}

impl Wish {
    /// The files that go with what is asked for; none where none can.
    pub(crate) fn files(&self) -> Option<&BTreeMap<String, Digest>> {
        match &self.makes {
            Makes::Evidence { files, .. } | Makes::EvidenceOfMany { files, .. } => Some(files),
            Makes::Action | Makes::Document { .. } => None,
        }
    }

    /// What is asked for, with something in the place of every field that is asked for and not known yet: enough for
    /// the policies to say whether it may be begun.
    pub(crate) fn trial(&self, known: &Typed) -> Option<Command> {
        let mut typed = known.clone();
        for entry in self.entries.iter().filter(|entry| entry.required) {
            for (path, value) in shape::something(entry) {
                typed.entry(path).or_insert_with(|| vec![value]);
            }
        }
        let value = filled::value(&self.entries, &typed, dualtrack_catalogue::Language::En).ok()?;
        self.command(value).ok()
    }

    /// What is asked for, from the value of the fields.
    fn command(&self, value: Value) -> Result<Command, Bilingual> {
        let whole = match &self.makes {
            Makes::Action => value,
            Makes::Evidence { before, files } => {
                let mut document = before.clone();
                merge(&mut document, value);
                merge(&mut document, json!({ "files": files.keys().collect::<Vec<_>>() }));
                json!({ "documents": [document], "digests": files })
            }
            Makes::EvidenceOfMany { before, files } => {
                let uses = value.get("uses").and_then(Value::as_array).cloned().unwrap_or_default();
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let pieces = uses.iter().map(|of| {
                    let mut document = before.clone();
                    merge(&mut document, value.clone());
                    remove(&mut document, "uses");
                    let id = document.get("id").map(text).unwrap_or_default();
                    let names: Vec<_> = files.keys().collect();
                    let own =
                        json!({ "id": format!("{id}-{}", text(of)), "about": { "use": of }, "files": names });
                    merge(&mut document, own);
                    document
                });
                json!({ "documents": pieces.collect::<Vec<_>>(), "digests": files })
            }
            Makes::Document { kind, before, digests } => {
                let mut document = before.clone();
                for entry in &self.entries {
                    remove(&mut document, &entry.path);
                }
                merge(&mut document, value);
                match self.action.as_str() {
                    "change-foundation" | "change-rules" => {
                        json!({ "given": { "kind": kind.as_str(), "document": document, "digests": digests } })
                    }
                    "register-use" | "change-use" => json!({ "document": document, "digests": digests }),
                    _ => json!({ "document": document }),
                }
            }
        };
        let Value::Object(fields) = whole else { return Err(("this is no form", "這不是表格").into()) };
        Command::read(&self.action, fields).map_err(|misread| misread.words())
    }
}

fn remove(value: &mut Value, path: &str) {
    match (value, path.split_once('.')) {
        (Value::Object(fields), Some((first, rest))) => {
            if let Some(inner) = fields.get_mut(first) {
                remove(inner, rest);
            }
        }
        (Value::Object(fields), None) => {
            fields.shift_remove(path);
        }
        _ => {}
    }
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                match into.get_mut(&name) {
                    Some(there) if there.is_object() && value.is_object() && !is_both(&value) => {
                        merge(there, value);
                    }
                    _ => {
                        into.insert(name, value);
                    }
                }
            }
        }
        (into, from) => *into = from,
    }
}

fn is_both(value: &Value) -> bool {
    value.get("en").is_some() && value.get("zh-Hant").is_some()
}

/// What a query says of the fields of a form.
pub(crate) fn asked(entries: &[Entry], query: &BTreeMap<String, String>) -> Typed {
    let mut typed = Typed::new();
    for (name, value) in query {
        let known = entries.iter().any(|entry| {
            entry.path == *name
                || name.strip_prefix(&entry.path).is_some_and(|rest| rest == ".en" || rest == ".zh-Hant")
        });
        if known {
            typed.insert(name.clone(), vec![value.clone()]);
        }
    }
    typed
}

/// Actions that come with files or lists, or have pages of their own.
const BY_OTHER_WAYS: [&str; 13] = [
    "found-record",
    "apply",
    "register-use",
    "change-use",
    "change-foundation",
    "add-evidence",
    "record-results",
    "adopt",
    "invite-person",
    "change-person",
    "change-rules",
    "import-portfolio",
    "add-candidates",
];
