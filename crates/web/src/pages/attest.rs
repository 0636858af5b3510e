//! Adding evidence to a use by hand: what it is, for which controls, until when, with its files.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use dualtrack_catalogue::Digest;
use dualtrack_inventory::Evidence;
use schemars::schema_for;
use serde_json::json;

use super::PageRoute;
use super::forms::shape::entries;
use super::forms::{Makes, Posted, Standing, Wish, answer_with_files, asked, draw};
use super::reader::Reader;
use crate::api::Needs;
use crate::api::uses::whole;
use crate::problem::Problem;
use crate::state::Web;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/uses/{id}/attest", Needs::SignIn, show),
        PageRoute::post("/uses/{id}/attest", Needs::SignIn, add),
    ]
}

/// The form: everything that evidence says and the record does not know by itself.
fn wish(reader: &Reader, of: &str, files: BTreeMap<String, Digest>) -> Wish {
    let mut fields = entries(schema_for!(Evidence).as_value());
    fields.retain(|entry| SHOWN.contains(&entry.path.as_str()));
    let about = json!({ "use": of });
    let before = json!({ "about": about, "by": reader.who.officer.person, "on": reader.common.day });
    Wish {
        action: "add-evidence".into(),
        entries: fields,
        makes: Makes::Evidence { before, files },
        address: format!("/uses/{of}/attest"),
    }
}

async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    whole(&reader.web, &reader.who, &id, None).await?;
    let wish = wish(&reader, &id, BTreeMap::new());
    let mut typed = asked(&wish.entries, &reader.asked.query);
    let mut bytes = [0_u8; 4];
    if getrandom::fill(&mut bytes).is_ok() {
        let number = u32::from_le_bytes(bytes);
        typed.entry("id".into()).or_insert_with(|| vec![format!("{id}-{number:08x}")]);
    }
    typed.entry("outcome".into()).or_insert_with(|| vec!["pass".to_owned()]);
    let year = reader.common.day.checked_add(jiff::Span::new().years(1)).unwrap_or(reader.common.day);
    typed.entry("expires".into()).or_insert_with(|| vec![year.to_string()]);
    let standing = Standing { typed, ..Standing::default() };
    draw(&reader, &wish, standing, StatusCode::OK, reader.who.row.as_ref()).await
}

async fn add(State(_): State<Web>, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    whole(&posted.reader.web, &posted.reader.who, &id, None).await?;
    answer_with_files(posted, |reader, files| wish(reader, &id, files)).await
}

const SHOWN: [&str; 7] = ["id", "kind", "outcome", "controls", "statement", "expires", "for_stage"];
