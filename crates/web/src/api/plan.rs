//! As code: what applying files would change, and the record as files.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use dualtrack_governance::{AsOf, Given, Officer, Refusal};
use dualtrack_inventory::{Document, Key, Kind, files_of};
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::Seeing;
use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::wanted::Wanted;
use crate::who::Who;

/// Documents as files have them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Files {
    /// The documents.
    documents: Vec<Given>,
}

/// What applying would change.
#[derive(Debug, Serialize, JsonSchema)]
struct Plan {
    /// What is new or differs, in the order in which it would be applied.
    changes: Vec<Differing>,
    /// How many documents are the same.
    same: usize,
    /// What is on record and in no file; applying removes nothing.
    only_on_record: Vec<String>,
}

/// A document that is new or differs.
#[derive(Debug, Serialize, JsonSchema)]
struct Differing {
    /// Which, as `kind/id`.
    document: String,
    /// `add` or `change`.
    change: String,
    /// The version on record; 0 if there is none.
    version: u64,
    /// The fields that differ, each with what is on record and what the file says.
    fields: Vec<Difference>,
}

/// A field that differs.
#[derive(Debug, Serialize, JsonSchema)]
struct Difference {
    /// Where in the document, as a JSON Pointer (RFC 6901).
    field: String,
    /// What is on record.
    record: Option<Value>,
    /// What the file says.
    file: Option<Value>,
}

/// The record as files.
#[derive(Debug, Serialize, JsonSchema)]
struct Exported {
    /// The last entry that is in it.
    entry: Option<u64>,
    /// Each file with what it holds, to be written as YAML.
    files: BTreeMap<String, Value>,
    /// How many documents are left out, since the person may not see them.
    left_out: usize,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post(
            "/api/v1/plan",
            "plan",
            "What applying files would change. Nothing is changed.",
            Needs::Action("view-record"),
            Answer::Json(schema_for!(Plan)),
            plan,
        )
        .body(schema_for!(Files)),
        Route::get(
            "/api/v1/export",
            "export",
            "The whole record as files.",
            Needs::Action("export-record"),
            Answer::Json(schema_for!(Exported)),
            export,
        ),
    ]
}

async fn plan(State(web): State<Web>, who: Who, Wanted(files): Wanted<Files>) -> Result<Json<Plan>, Problem> {
    let refused = |refusal: Refusal| Problem::of(&refusal);
    super::record::allowed(&web, &who, "view-record").await?;
    let who = without_scopes(who);
    let mut seeing = Seeing::default();
    let mut plan = Plan { changes: Vec::new(), same: 0, only_on_record: Vec::new() };
    let mut given = BTreeMap::new();
    for one in files.documents {
        let kind: Kind = one.kind.parse().map_err(Problem::unread)?;
        let document = Document::read(kind, &one.document, one.digests).map_err(Problem::unread)?;
        given.insert(document.key(), document);
    }
    for (key, document) in &given {
        let stored = match web.desk.document(key, AsOf::Now).await {
            Ok(stored) => Some(stored),
            Err(Refusal::Unknown(_)) => None,
            Err(refusal) => return Err(refused(refusal)),
        };
        if let Some(stored) = &stored
            && !seeing.may(&web, &who, stored).await
        {
            return Err(Problem::denied(key));
        }
        let before = stored.as_ref().and_then(|stored| stored.document.as_ref());
        if before.is_some_and(|before| before.is_as_given(document)) {
            plan.same += 1;
            continue;
        }
        let mut fields = Vec::new();
        if let Some(before) = before {
            differing(&whole(before), &whole(document), "", &mut fields);
        }
        plan.changes.push(Differing {
            document: key.to_string(),
            change: if before.is_some() { "change" } else { "add" }.to_owned(),
            version: stored.map_or(0, |stored| stored.version),
            fields,
        });
    }
    // Guideline versions and proposals are no files of an institution.
    let is_file = |kind: &Kind| !matches!(kind, Kind::Activation | Kind::Proposal) && !kind.is_computed();
    let kinds = Kind::ALL.into_iter().filter(is_file);
    for kind in kinds {
        let keys: BTreeSet<&Key> = given.keys().filter(|key| key.kind == kind).collect();
        for stored in web.desk.documents(kind, "", usize::MAX).await.map_err(refused)? {
            let is_seen = stored.document.is_some() && seeing.may(&web, &who, &stored).await;
            if !keys.contains(&stored.key) && is_seen {
                plan.only_on_record.push(stored.key.to_string());
            }
        }
    }
    Ok(Json(plan))
}

/// A document with the digests of its files, as one value.
fn whole(document: &Document) -> Value {
    let mut value = document.value();
    if let (Value::Object(fields), Some(digests)) = (&mut value, document.digests())
        && !digests.is_empty()
    {
        fields.insert("digests".into(), serde_json::json!(digests));
    }
    value
}

/// The fields in which two values differ.
fn differing(record: &Value, file: &Value, path: &str, fields: &mut Vec<Difference>) {
    match (record, file) {
        (Value::Object(one), Value::Object(two)) => {
            let names: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            for name in names {
                let path = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
                match (one.get(name), two.get(name)) {
                    (Some(one), Some(two)) => differing(one, two, &path, fields),
                    (one, two) => {
                        fields.push(Difference { field: path, record: one.cloned(), file: two.cloned() });
                    }
                }
            }
        }
        (one, two) if one == two => {}
        (one, two) => fields.push(Difference {
            field: path.to_owned(),
            record: Some(one.clone()),
            file: Some(two.clone()),
        }),
    }
}

/// A token that is good for the whole is good for what is in it, as far as its person may see that.
fn without_scopes(who: Who) -> Who {
    Who { officer: Officer { scopes: None, ..who.officer }, ..who }
}

async fn export(State(web): State<Web>, who: Who) -> Result<Json<Exported>, Problem> {
    let refused = |refusal: Refusal| Problem::of(&refusal);
    super::record::allowed(&web, &who, "export-record").await?;
    let who = without_scopes(who);
    // All of it is of one moment, whatever is entered meanwhile.
    let entry = web.desk.last_entry().await.map_err(refused)?;
    let as_of = AsOf::After(entry.unwrap_or(0));
    let mut seeing = Seeing::default();
    let mut left_out = 0;
    let mut files = BTreeMap::new();
    let mut several = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_computed()) {
        let mut after = String::new();
        loop {
            let page =
                web.desk.documents_as_of(kind, as_of, &after, super::MOST_ITEMS).await.map_err(refused)?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.key.id);
            let mut documents: Vec<Document> = Vec::with_capacity(page.len());
            for stored in page {
                if seeing.may(&web, &who, &stored).await {
                    documents.extend(stored.document);
                } else {
                    left_out += 1;
                }
            }
            if kind == Kind::Person || documents.iter().any(|document| document.digests().is_some()) {
                // People share a file, and so do digests.
                several.extend(documents);
            } else {
                files.extend(files_of(&documents));
            }
        }
    }
    files.extend(files_of(&several));
    Ok(Json(Exported { entry, files, left_out }))
}
