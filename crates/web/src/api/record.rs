//! Every other document of the record, its history, and the trail of who did what.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use dualtrack_governance::{AsOf, Refusal};
use dualtrack_inventory::{Document, DocumentError, Key, Kind};
use dualtrack_store::Stored;
use jiff::Timestamp;
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::uses::{page_size, tagged};
use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::wanted::Asked;
use crate::who::Who;

/// A version of a document.
#[derive(Debug, Serialize, JsonSchema)]
struct Versioned {
    /// Names the document.
    id: String,
    /// The version, from 1.
    version: u64,
    /// The entry that brought it.
    entry: u64,
    /// The entry that replaced it.
    until: Option<u64>,
    /// The entry that erased it; then the document is gone.
    erased_by: Option<u64>,
    /// The document, as it stands in its YAML file.
    document: Option<Value>,
    /// The digests of the files that it names.
    digests: Option<Value>,
}

/// A page of documents.
#[derive(Debug, Serialize, JsonSchema)]
struct Documents {
    /// The documents of this page, in the order of ids.
    items: Vec<Versioned>,
    /// The id after which the next page begins.
    next: Option<String>,
}

/// An entry of the trail.
#[derive(Debug, Serialize, JsonSchema)]
struct Trailed {
    /// Its place in the ledger.
    entry: u64,
    /// When it was made.
    at: String,
    /// The action.
    action: String,
    /// Who acted; nothing where the program did, or once the person is erased.
    actor: Option<String>,
    /// The entry that erased who it was.
    erased_by: Option<u64>,
    /// The documents that it brought, as `kind/id@version`.
    documents: Vec<String>,
}

/// A page of the trail.
#[derive(Debug, Serialize, JsonSchema)]
struct TrailPage {
    /// Entries, newest first.
    items: Vec<Trailed>,
    /// The place before which the next page begins.
    next: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    after: Option<String>,
    limit: Option<usize>,
    as_of: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    as_of: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrailAsked {
    of: Option<String>,
    before: Option<u64>,
    limit: Option<usize>,
}

/// Kinds with lists of their own, and what it takes to see them.
fn kinds() -> impl Iterator<Item = (Kind, &'static str)> {
    Kind::ALL.into_iter().filter(|kind| *kind != Kind::Use).map(|kind| (kind, needed(kind)))
}

/// What it takes to see a document of a kind.
fn needed(kind: Kind) -> &'static str {
    match kind {
        Kind::Use => "view-use",
        Kind::Person => "view-person",
        Kind::Model => "view-model",
        Kind::Dataset => "view-dataset",
        Kind::Provider | Kind::Contract => "view-provider",
        Kind::Evidence => "view-evidence",
        Kind::Activation | Kind::Adoption => "view-guideline",
        Kind::Judgement => "view-coverage",
        Kind::Institution
        | Kind::Tiers
        | Kind::Gates
        | Kind::Delegation
        | Kind::Waiver
        | Kind::Approval
        | Kind::Finding
        | Kind::Opinion
        | Kind::Deployment
        | Kind::Incident
        | Kind::Task
        | Kind::Candidate
        | Kind::Proposal => "view-record",
    }
}

pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for (kind, action) in kinds() {
        let needs = || Needs::Action(action);
        let plural = kind.plural();
        if kind.is_single() {
            let path = format!("/api/v1/{plural}");
            let handler = move |web: State<Web>, who: Who, headers: HeaderMap, then: Asked<Then>| {
                one(web, who, Key::new(kind, kind), headers, then)
            };
            let answer = Answer::Json(schema_for!(Versioned));
            routes.push(Route::get(&path, kind.as_str(), "The document.", needs(), answer, handler).dated());
            continue;
        }
        let path = format!("/api/v1/{plural}");
        let name = if plural == kind.as_str() { format!("list-{plural}") } else { plural.to_owned() };
        let handler = move |web: State<Web>, who: Who, page: Asked<Page>| list(web, who, kind, page);
        let answer = Answer::Json(schema_for!(Documents));
        routes.push(
            Route::get(&path, &name, "The documents of a kind.", needs(), answer, handler).paged().dated(),
        );
        let handler =
            move |web: State<Web>,
                  who: Who,
                  Path(id): Path<String>,
                  headers: HeaderMap,
                  then: Asked<Then>| { one(web, who, Key::new(kind, id), headers, then) };
        let answer = Answer::Json(schema_for!(Versioned));
        let path = format!("/api/v1/{plural}/{{id}}");
        routes.push(Route::get(&path, kind.as_str(), "A document.", needs(), answer, handler).dated());
    }
    for (kind, action) in kinds().filter(|(kind, _)| !kind.is_single()).chain([(Kind::Use, "view-use")]) {
        let handler =
            move |web: State<Web>, who: Who, Path(id): Path<String>| history(web, who, Key::new(kind, id));
        let path = format!("/api/v1/{}/{{id}}/history", kind.plural());
        let answer = Answer::Json(schema_for!(Vec<Versioned>));
        let name = format!("{kind}-history");
        routes.push(Route::get(
            &path,
            &name,
            "Every version of a document.",
            Needs::Action(action),
            answer,
            handler,
        ));
    }
    routes.push(
        Route::get(
            "/api/v1/trail",
            "trail",
            "Who did what, newest first.",
            Needs::Action("view-audit-trail"),
            Answer::Json(schema_for!(TrailPage)),
            trail,
        )
        .query(
            "of",
            "Only what brought this document, as `kind/id`.",
            json!({ "type": "string", "maxLength": 200 }),
        )
        .query(
            "before",
            "The place before which the page begins.",
            json!({ "type": "integer", "minimum": 0 }),
        )
        .query(
            "limit",
            "How many at most.",
            json!({ "type": "integer", "minimum": 1, "maximum": super::MOST_ITEMS }),
        ),
    );
    routes
}

/// Refuses unless the policies allow an action on the institution.
pub(crate) async fn allowed(web: &Web, who: &Who, action: &str) -> Result<(), Problem> {
    let key = Key::new(Kind::Institution, Kind::Institution);
    let may = web.desk.may(&who.officer, action, &key, false, web.now()).await;
    may.map_err(|refusal| Problem::of(&refusal))
}

/// Whether a document names the person who asks.
pub(crate) fn names(document: Option<&Document>, who: &Who) -> bool {
    document.is_some_and(|document| {
        let person = who.officer.person.as_str();
        document.links().iter().any(|(_, key)| key.kind == Kind::Person && key.id == person)
    })
}

/// Refuses unless the person may see a version of a document, as on its page.
pub(crate) async fn may_see(web: &Web, who: &Who, stored: &Stored) -> Result<(), Problem> {
    let related = names(stored.document.as_ref(), who);
    let may = web.desk.may(&who.officer, needed(stored.key.kind), &stored.key, related, web.now()).await;
    may.map_err(|refusal| Problem::of(&refusal))
}

/// What a person may see, asked once for all documents of a kind in which she has the same part.
#[derive(Default)]
pub(crate) struct Seeing(BTreeMap<(Kind, bool, bool), bool>);

impl Seeing {
    pub(crate) async fn may(&mut self, web: &Web, who: &Who, stored: &Stored) -> bool {
        self.may_of(web, who, &stored.key, names(stored.document.as_ref(), who)).await
    }

    pub(crate) async fn may_of(&mut self, web: &Web, who: &Who, key: &Key, is_related: bool) -> bool {
        let is_self = key.kind == Kind::Person && key.id == who.officer.person.as_str();
        let part = (key.kind, is_related, is_self);
        if let Some(may) = self.0.get(&part) {
            return *may;
        }
        let may = web.desk.may(&who.officer, needed(key.kind), key, is_related, web.now()).await.is_ok();
        self.0.insert(part, may);
        may
    }

    /// Whether a person may see a document as it is today: whoever reads the past has the part of today.
    pub(crate) async fn may_today(&mut self, web: &Web, who: &Who, key: &Key) -> Result<bool, Problem> {
        // Most see all of a kind, and nothing is read for them.
        if self.may_of(web, who, key, false).await {
            return Ok(true);
        }
        match web.desk.document(key, AsOf::Now).await {
            Ok(today) => Ok(self.may(web, who, &today).await),
            // It was erased meanwhile.
            Err(Refusal::Unknown(_)) => Ok(false),
            Err(refusal) => Err(Problem::of(&refusal)),
        }
    }
}

async fn list(
    State(web): State<Web>,
    who: Who,
    kind: Kind,
    Asked(page): Asked<Page>,
) -> Result<Json<Documents>, Problem> {
    let refused = |refusal| Problem::of(&refusal);
    let limit = page_size(page.limit)?;
    let as_of = page.as_of.map_or(AsOf::Now, AsOf::At);
    let mut after = page.after.unwrap_or_default();
    let mut items: Vec<Versioned> = Vec::new();
    let mut seeing = Seeing::default();
    loop {
        let found = web.desk.documents_as_of(kind, as_of, &after, limit + 1).await.map_err(refused)?;
        let is_last = found.len() <= limit;
        for stored in found {
            let may = match as_of {
                AsOf::Now => seeing.may(&web, &who, &stored).await,
                AsOf::At(_) | AsOf::After(_) => seeing.may_today(&web, &who, &stored.key).await?,
            };
            if may && items.len() == limit {
                let next = items.last().map(|item| item.id.clone());
                return Ok(Json(Documents { items, next }));
            }
            after.clone_from(&stored.key.id);
            if may {
                items.push(versioned(stored));
            }
        }
        if is_last {
            return Ok(Json(Documents { items, next: None }));
        }
    }
}

async fn one(
    State(web): State<Web>,
    who: Who,
    key: Key,
    headers: HeaderMap,
    Asked(then): Asked<Then>,
) -> Result<Response, Problem> {
    let as_of = then.as_of.map_or(AsOf::Now, AsOf::At);
    let stored = web.desk.document(&key, as_of).await;
    let stored = stored.map_err(|refusal| Problem::of(&refusal))?;
    // Whoever reads the past has the part of today.
    match as_of {
        AsOf::Now => may_see(&web, &who, &stored).await?,
        AsOf::At(_) | AsOf::After(_) => {
            let today = web.desk.document(&key, AsOf::Now).await;
            let today = today.map_err(|refusal| Problem::of(&refusal))?;
            may_see(&web, &who, &today).await?;
        }
    }
    let version = stored.version;
    Ok(tagged(&headers, version, versioned(stored)))
}

async fn history(State(web): State<Web>, who: Who, key: Key) -> Result<Json<Vec<Versioned>>, Problem> {
    let refused = |refusal| Problem::of(&refusal);
    let history = web.desk.history(&key).await.map_err(refused)?;
    // Whoever reads the past has the part of today.
    if let Some(today) = history.iter().rev().find(|stored| stored.to_entry.is_none()).or(history.last()) {
        may_see(&web, &who, today).await?;
    }
    Ok(Json(history.into_iter().map(versioned).collect()))
}

fn versioned(stored: Stored) -> Versioned {
    Versioned {
        id: stored.key.id,
        version: stored.version,
        entry: stored.from_entry,
        until: stored.to_entry,
        erased_by: stored.erased_by,
        digests: stored.document.as_ref().and_then(Document::digests).map(|digests| json!(digests)),
        document: stored.document.map(|document| document.value()),
    }
}

async fn trail(
    State(web): State<Web>,
    who: Who,
    Asked(asked): Asked<TrailAsked>,
) -> Result<Json<TrailPage>, Problem> {
    let refused = |refusal| Problem::of(&refusal);
    allowed(&web, &who, "view-audit-trail").await?;
    let limit = page_size(asked.limit)?;
    let of: Option<Key> = asked
        .of
        .map(|of| {
            of.parse().map_err(|error: DocumentError| {
                let words = error.words();
                let (en, zh) = (words.en, words.zh_hant);
                Problem::wrong((format!("parameter `of`: {en}"), format!("參數 `of`：{zh}")))
            })
        })
        .transpose()?;
    let before = asked.before.unwrap_or(u64::MAX);
    let found = web.desk.trail(of.as_ref(), before, limit).await.map_err(refused)?;
    let next = (found.len() == limit).then(|| found.last().map(|entry| entry.place)).flatten();
    let items = found.into_iter().map(|entry| Trailed {
        entry: entry.place,
        at: instant(entry.at),
        action: entry.action,
        actor: entry.actor,
        erased_by: entry.erased_by,
        documents: entry.documents,
    });
    Ok(Json(TrailPage { items: items.collect(), next }))
}

fn instant(millis: u64) -> String {
    let at = i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// Every document of a kind that the person may see on its own page.
pub(crate) async fn seen(web: &Web, who: &Who, kind: Kind) -> Result<Vec<Stored>, Problem> {
    let mut seen = Vec::new();
    let mut seeing = Seeing::default();
    let mut after = String::new();
    loop {
        let page = web.desk.documents(kind, &after, super::MOST_ITEMS).await;
        let page = page.map_err(|refusal| Problem::of(&refusal))?;
        let Some(last) = page.last() else { return Ok(seen) };
        after.clone_from(&last.key.id);
        for stored in page {
            if seeing.may(web, who, &stored).await {
                seen.push(stored);
            }
        }
    }
}
