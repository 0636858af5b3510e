//! The questionnaire of a use: the facts that decide which controls apply, one question each, with what hangs on it.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use dualtrack_catalogue::Fact;
use dualtrack_inventory::{Document, Use};
use serde_json::{Value, json};

use super::PageRoute;
use super::forms::shape::{Entry, Shape};
use super::forms::{Makes, Posted, Standing, Wish, answer, draw, typed};
use super::reader::Reader;
use crate::api::Needs;
use crate::api::uses::whole;
use crate::problem::Problem;
use crate::state::Web;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/uses/{id}/profile", Needs::SignIn, show),
        PageRoute::post("/uses/{id}/profile", Needs::SignIn, send),
    ]
}

fn wish(of: &Use) -> (Wish, Value) {
    let flag = |path: String| Entry { path, required: false, shape: Shape::Flag };
    // What follows from other things is not asked: a trial in the supervisor's sandbox is recorded with its dates.
    let facts = Fact::ALL.into_iter().filter(|fact| !fact.is_derived() && *fact != Fact::SupervisorySandbox);
    let mut fields: Vec<_> = facts.map(|fact| flag(format!("profile.{}", fact.as_str()))).collect();
    fields.push(flag("significant_impact".into()));
    for path in ["dpo.unacceptable_practice", "dpo.critical_impact", "dpo.moderate_impact"] {
        fields.push(flag(path.into()));
    }
    for path in [
        "architecture.fine_tuned",
        "architecture.retrieval",
        "architecture.content_filter",
        "architecture.tools",
    ] {
        fields.push(flag(path.into()));
    }
    let before = Document::Use(Box::new(of.clone())).value();
    let digests: BTreeMap<_, _> = of.digests.clone();
    let wish = Wish {
        action: "change-use".into(),
        entries: fields,
        makes: Makes::Document {
            kind: dualtrack_inventory::Kind::Use,
            before: before.clone(),
            digests: json!(digests),
        },
        address: format!("/uses/{}/profile", of.id),
    };
    (wish, before)
}

async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let whole = whole(&reader.web, &reader.who, &id, None).await?;
    let (wish, before) = wish(&whole.of);
    let typed = typed(&wish.entries, &before);
    let standing = Standing { typed, version: Some(whole.version), ..Standing::default() };
    draw(&reader, &wish, standing, StatusCode::OK, reader.who.row.as_ref()).await
}

async fn send(State(_): State<Web>, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let whole = whole(&posted.reader.web, &posted.reader.who, &id, None).await?;
    let (wish, _) = wish(&whole.of);
    answer(posted, &wish).await
}
