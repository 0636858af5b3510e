//! Documents, filled in field by field: a use, what it stands on, a person, an adoption. The form and the YAML make the
//! same object.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use dualtrack_governance::{AsOf, Refusal};
use dualtrack_inventory::{Adoption, Contract, Dataset, Key, Kind, Model, Person, Provider, Use};
use schemars::{Schema, schema_for};
use serde_json::{Value, json};

use super::send::{Posted, answer};
use super::shape::entries;
use super::show::{Standing, draw};
use super::{Makes, Wish, asked, filled};
use crate::api::Needs;
use crate::api::record::may_see;
use crate::pages::PageRoute;
use crate::pages::reader::Reader;
use crate::problem::Problem;
use crate::state::Web;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/new/{kind}", Needs::SignIn, begin),
        PageRoute::post("/new/{kind}", Needs::SignIn, add),
        PageRoute::get("/edit/{kind}/{id}", Needs::SignIn, edit),
        PageRoute::post("/edit/{kind}/{id}", Needs::SignIn, change),
    ]
}

fn schema(kind: Kind) -> Option<Schema> {
    Some(match kind {
        Kind::Use => schema_for!(Use),
        Kind::Model => schema_for!(Model),
        Kind::Dataset => schema_for!(Dataset),
        Kind::Provider => schema_for!(Provider),
        Kind::Contract => schema_for!(Contract),
        Kind::Person => schema_for!(Person),
        Kind::Adoption => schema_for!(Adoption),
        _ => return None,
    })
}

fn kind_of(name: &str) -> Result<(Kind, Schema), Problem> {
    let kind: Option<Kind> = name.parse().ok();
    kind.and_then(|kind| Some((kind, schema(kind)?)))
        .ok_or_else(|| Problem::missing((format!("form of `{name}`"), format!("表格「{name}」"))))
}

fn new_wish(reader: &Reader, kind: Kind, schema: &Schema, id: Option<&str>) -> Wish {
    let today = reader.common.day.to_string();
    let me = reader.who.officer.person.as_str();
    let mut all = entries(schema.as_value());
    let keep = |all: &mut Vec<super::Entry>, names: &[&str]| {
        all.retain(|entry| names.contains(&entry.path.as_str()));
    };
    let (action, before) = match kind {
        Kind::Use => {
            // A use begins with its name, its purpose and its owner, and nothing else; but for its entity, where there
            // are several, because that decides which guidelines bind.
            let entities = entities(reader);
            keep(&mut all, &["name", "purpose", "people.owners"]);
            if entities.len() != 1 {
                all = entries(schema.as_value());
                keep(&mut all, &["name", "entity", "purpose", "people.owners"]);
            }
            let begin = json!({
                "schema": "dualtrack.use/1", "id": id, "entity": entities.first(), "purposes": [], "decides": unknown(), "affects": unknown(),
                "stage": "idea", "stage_since": today, "coverage": "attested", "people": { "owners": [] },
            });
            ("register-use", begin)
        }
        Kind::Person => {
            keep(&mut all, &["id", "name", "roles", "competences"]);
            ("invite-person", json!({}))
        }
        Kind::Adoption => {
            keep(&mut all, &["id", "control", "because"]);
            ("adopt", json!({ "by": me, "on": today }))
        }
        kind => ("change-foundation", json!({ "schema": format!("dualtrack.{kind}/1") })),
    };
    Wish {
        action: action.to_owned(),
        entries: all,
        makes: Makes::Document { kind, before, digests: json!({}) },
        address: format!("/new/{kind}"),
    }
}

/// The entities of the institution, by their ids.
fn entities(reader: &Reader) -> Vec<String> {
    let institution = reader.common.inventory.as_ref().map(dualtrack_inventory::Inventory::institution);
    institution.into_iter().flat_map(|of| &of.entities).map(|entity| entity.id.to_string()).collect()
}

/// An id for a new use: the words of its English name, with a number if there is such a use already.
async fn id_for(reader: &Reader, name: &str) -> Result<String, Problem> {
    let lower = name.to_lowercase();
    let of_names = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let steps: Vec<&str> = lower.split(|letter| !of_names(letter)).filter(|step| !step.is_empty()).collect();
    let first: String = steps.join("-").chars().take(MOST_LETTERS).collect();
    let first = first.trim_matches('-');
    let first = if first.is_empty() { "use" } else { first };
    for number in 1..u64::MAX {
        let id = if number == 1 && first != "use" { first.to_owned() } else { format!("{first}-{number}") };
        match reader.web.desk.document(&Key::new(Kind::Use, &id), AsOf::Now).await {
            Ok(_) => {}
            Err(Refusal::Unknown(_)) => return Ok(id),
            Err(refusal) => return Err(reader.refused(&refusal)),
        }
    }
    Err(Problem::wrong(("there are too many uses of this name", "同名用例過多")))
}

/// How long an id is made of a name.
const MOST_LETTERS: usize = 40;

fn unknown() -> Value {
    json!({ "en": "Not stated yet.", "zh-Hant": "尚未說明。" })
}

async fn begin(reader: Reader, Path(kind): Path<String>) -> Result<Response, Problem> {
    let (kind, schema) = kind_of(&kind)?;
    let wish = new_wish(&reader, kind, &schema, None);
    let mut typed = asked(&wish.entries, &reader.asked.query);
    if kind == Kind::Use {
        let me = reader.who.officer.person.to_string();
        typed.entry("people.owners".into()).or_insert_with(|| vec![me]);
    }
    let standing = Standing { typed, ..Standing::default() };
    draw(&reader, &wish, standing, StatusCode::OK, reader.who.row.as_ref()).await
}

async fn add(State(_): State<Web>, Path(kind): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let (kind, schema) = kind_of(&kind)?;
    let id = match kind {
        Kind::Use => Some(id_for(&posted.reader, posted.field("name.en").unwrap_or_default()).await?),
        _ => None,
    };
    let wish = new_wish(&posted.reader, kind, &schema, id.as_deref());
    answer(posted, &wish).await
}

/// The form of a document that there is, and its version.
async fn edit_wish(
    reader: &Reader,
    kind: Kind,
    schema: &Schema,
    id: &str,
) -> Result<(Wish, Value, u64), Problem> {
    let key = Key::new(kind, id);
    let stored = reader.web.desk.document(&key, AsOf::Now).await;
    let stored = stored.map_err(|refusal| reader.refused(&refusal))?;
    if kind == Kind::Use {
        crate::api::uses::whole(&reader.web, &reader.who, id, None).await?;
    } else {
        may_see(&reader.web, &reader.who, &stored).await?;
    }
    let document = stored.document.ok_or_else(|| reader.refused(&Refusal::Unknown(key)))?;
    let digests = document.digests().map_or_else(|| json!({}), |digests| json!(digests));
    let before = document.value();
    let mut all = entries(schema.as_value());
    all.retain(|entry| !NOT_TYPED.contains(&entry.path.split('.').next().unwrap_or_default()));
    // The profile has a page of its own, with a question for each fact.
    all.retain(|entry| entry.path != "people.formerly" && (kind != Kind::Use || entry.path != "profile"));
    if kind == Kind::Person {
        all.retain(|entry| entry.path != "roles");
    }
    let action = match kind {
        Kind::Use => "change-use",
        Kind::Person => "change-person",
        Kind::Adoption => "adopt",
        _ => "change-foundation",
    };
    let wish = Wish {
        action: action.to_owned(),
        entries: all,
        makes: Makes::Document { kind, before: before.clone(), digests },
        address: format!("/edit/{kind}/{id}"),
    };
    Ok((wish, before, stored.version))
}

async fn edit(reader: Reader, Path((kind, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let (kind, schema) = kind_of(&kind)?;
    let (wish, before, version) = edit_wish(&reader, kind, &schema, &id).await?;
    let typed = filled::typed(&wish.entries, &before);
    let standing = Standing { typed, version: Some(version), ..Standing::default() };
    draw(&reader, &wish, standing, StatusCode::OK, reader.who.row.as_ref()).await
}

async fn change(
    State(_): State<Web>,
    Path((kind, id)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (kind, schema) = kind_of(&kind)?;
    let (wish, _, _) = edit_wish(&posted.reader, kind, &schema, &id).await?;
    answer(posted, &wish).await
}

/// What the record keeps itself, or what changes by actions of its own.
const NOT_TYPED: [&str; 10] = [
    "id",
    "stage",
    "stage_since",
    "suspended",
    "past_suspensions",
    "history",
    "inherited",
    "changes",
    "by",
    "on",
];
