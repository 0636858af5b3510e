//! One attestation for many uses: filled in once, and recorded as a piece of evidence for each of them.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dualtrack_catalogue::Digest;
use dualtrack_inventory::Evidence;
use dualtrack_report::screen::Block;
use schemars::schema_for;
use serde_json::json;

use crate::api::Needs;
use crate::pages::PageRoute;
use crate::pages::forms::shape::{Entry, Shape, entries};
use crate::pages::forms::{Makes, Posted, Standing, Wish, answer_with_files, asked, draw};
use crate::pages::reader::Reader;
use crate::problem::Problem;
use crate::state::Web;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/attest-many", Needs::SignIn, show),
        PageRoute::post("/attest-many", Needs::SignIn, add),
    ]
}

fn wish(reader: &Reader, files: BTreeMap<String, Digest>) -> Wish {
    let mut fields = vec![Entry { path: "uses".into(), required: true, shape: Shape::Lines }];
    let evidence = entries(schema_for!(Evidence).as_value());
    fields.extend(evidence.into_iter().filter(|entry| SHOWN.contains(&entry.path.as_str())));
    for field in fields.iter_mut().filter(|field| field.path == "controls") {
        // What is attested speaks for the controls that it names, and for nothing else.
        field.required = true;
    }
    let before = json!({ "by": reader.who.officer.person, "on": reader.common.day });
    Wish {
        action: "add-evidence".into(),
        entries: fields,
        makes: Makes::EvidenceOfMany { before, files },
        address: "/attest-many".into(),
    }
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    let wish = wish(&reader, BTreeMap::new());
    let mut typed = asked(&wish.entries, &reader.asked.query);
    let mut bytes = [0_u8; 4];
    if getrandom::fill(&mut bytes).is_ok() {
        let number = u32::from_le_bytes(bytes);
        typed.entry("id".into()).or_insert_with(|| vec![format!("attested-{number:08x}")]);
    }
    let year = reader.common.day.saturating_add(jiff::Span::new().years(1));
    typed.entry("expires".into()).or_insert_with(|| vec![year.to_string()]);
    let above = vec![Block::Text(reader.words.say("attest-many-lead"))];
    let standing = Standing { typed, above, ..Standing::default() };
    draw(&reader, &wish, standing, StatusCode::OK, reader.who.row.as_ref()).await
}

async fn add(State(_): State<Web>, posted: Posted) -> Result<Response, Problem> {
    answer_with_files(posted, wish).await
}

const SHOWN: [&str; 6] = ["id", "kind", "controls", "statement", "expires", "for_stage"];
