//! The console: pages for people. Every page shows what the API answers to the same person, and every change goes the
//! way of the API's actions.

mod account;
mod assessment;
mod assets;
mod attest;
mod control;
mod coverage;
mod decisions;
mod design;
mod entrance;
mod errors;
mod flows;
mod forms;
mod guidelines;
mod home;
mod leaving;
mod ledger;
mod notices;
mod offered;
mod people;
mod profile;
mod providers;
mod reader;
mod record;
mod refused;
mod search;
mod settings;
mod shell;
mod trail;
mod use_page;
mod uses;
mod words;

pub(crate) use entrance::local;
pub(crate) use forms::Sent;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Version, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, any, get, post};
use dualtrack_inventory::Kind;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::api::Needs;
use crate::state::Web;

/// A page, or what a form of a page is sent to.
pub struct PageRoute {
    /// The method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Who may ask.
    pub needs: Needs,
    handler: MethodRouter<Web>,
}

impl std::fmt::Debug for PageRoute {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

impl PageRoute {
    fn get<T: 'static>(
        path: &'static str,
        needs: Needs,
        handler: impl axum::handler::Handler<T, Web>,
    ) -> Self {
        Self { method: Method::GET, path, needs, handler: get(handler) }
    }

    fn post<T: 'static>(
        path: &'static str,
        needs: Needs,
        handler: impl axum::handler::Handler<T, Web>,
    ) -> Self {
        Self { method: Method::POST, path, needs, handler: post(handler) }
    }
}

/// Every page.
pub fn routes() -> Vec<PageRoute> {
    let mut routes = Vec::new();
    routes.extend(entrance::routes());
    routes.extend(account::routes());
    routes.extend(home::routes());
    routes.extend(uses::routes());
    routes.extend(use_page::routes());
    routes.extend(control::routes());
    routes.extend(attest::routes());
    routes.extend(assessment::routes());
    routes.extend(profile::routes());
    routes.extend(decisions::routes());
    routes.extend(coverage::routes());
    routes.extend(guidelines::routes());
    routes.extend(record::routes());
    routes.extend(providers::routes());
    routes.extend(flows::routes());
    routes.extend(notices::routes());
    routes.extend(people::routes());
    routes.extend(ledger::routes());
    routes.extend(design::routes());
    routes.extend(settings::routes());
    routes.extend(trail::routes());
    routes.extend(search::routes());
    routes.extend(forms::routes());
    routes
}

/// Where the page of a document is.
pub(crate) fn place(kind: Kind, id: &str) -> String {
    match kind {
        Kind::Use => format!("/uses/{id}"),
        Kind::Person => format!("/people/{id}"),
        Kind::Incident => format!("/incidents/{id}"),
        Kind::Model => format!("/models/{id}"),
        Kind::Dataset => format!("/datasets/{id}"),
        Kind::Provider => format!("/providers/{id}"),
        Kind::Institution => "/settings".to_owned(),
        kind => format!("/record/{kind}/{id}"),
    }
}

/// What a legal entity is called.
fn entity_name(reader: &reader::Reader, id: &str) -> String {
    let institution = reader.common.inventory.as_ref().map(dualtrack_inventory::Inventory::institution);
    let entity = institution
        .and_then(|institution| institution.entities.iter().find(|entity| entity.id.as_str() == id));
    entity.map_or_else(|| id.to_owned(), |entity| reader.words.pick(&entity.name).to_owned())
}

/// The router of the pages.
pub(crate) fn router(web: &Web) -> Router<Web> {
    let mut router = Router::new().route("/assets/{version}/{name}", get(assets::asset));
    for route in routes() {
        router = router.route(route.path, route.handler);
    }
    // An address that leads nowhere is a page too, for whoever reads it in a browser.
    router = router.route("/{*path}", any(crate::page::nothing));
    let packed = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_text);
    router
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn_with_state(web.clone(), errors::as_pages))
        .layer(packed)
}

/// What is worth compressing: texts but for events, which go out one by one. Tokens of forms are masked, so that the length
/// of a page tells nothing of them.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/") && !kind.starts_with("text/event-stream") || kind.starts_with("image/svg")
}

/// The most bytes that a form may send, files included.
const MOST_BYTES: usize = 16 << 20;
