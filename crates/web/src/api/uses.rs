//! Uses: the list, one use with all that it comes to, and the coverage of controls.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dualtrack_catalogue::Stage;
use dualtrack_governance::{AsOf, Line, Whole};
use dualtrack_inventory::{
    Gate, GateOutcome, Permit, Snapshot, Tier, Verdict, gate, snapshot, tier, verdicts_of,
};
use jiff::Timestamp;
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Answer, ITEMS, MOST_ITEMS, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::wanted::Asked;
use crate::who::Who;

/// A page of uses.
#[derive(Debug, Serialize, JsonSchema)]
struct Uses {
    /// The uses of this page, in the order of ids.
    items: Vec<Item>,
    /// How many there are on all pages.
    total: usize,
    /// The id after which the next page begins.
    next: Option<String>,
}

/// A use in a list.
#[derive(Debug, Serialize, JsonSchema)]
struct Item {
    /// Names it.
    id: String,
    /// The version of its document.
    version: u64,
    /// What it is called in English.
    name: String,
    /// What it is called in Chinese.
    name_zh: String,
    /// The legal entity.
    entity: String,
    /// The stage.
    stage: String,
    /// How risky it is.
    tier: String,
    /// Whether it is suspended.
    suspended: bool,
    /// Whether it ran before it was registered here.
    inherited: bool,
    /// How it is held: `enforced`, `imported` or `attested`.
    coverage: Value,
    /// Who answers for it.
    owners: Vec<String>,
    /// Its snapshot.
    snapshot: String,
    /// The next gate.
    gate: Option<GateAhead>,
    /// When it is reviewed next.
    next_review: Option<String>,
    /// How many controls come to each verdict.
    verdicts: std::collections::BTreeMap<String, usize>,
}

/// The gate ahead of a use; for one in production, whether it may stay.
#[derive(Debug, Serialize, JsonSchema)]
struct GateAhead {
    /// To which stage.
    to: String,
    /// Whether it is open.
    open: bool,
    /// How many things are to be done.
    to_do: usize,
}

/// What a list of uses is narrowed to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Narrowed {
    after: Option<String>,
    limit: Option<usize>,
    stage: Option<Stage>,
    tier: Option<Tier>,
    entity: Option<String>,
    owner: Option<String>,
    suspended: Option<bool>,
    blocked: Option<bool>,
    search: Option<String>,
    as_of: Option<Timestamp>,
}

/// As of when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    as_of: Option<Timestamp>,
}

/// As of when, and for which stage.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GateAsked {
    as_of: Option<Timestamp>,
    to: Option<Stage>,
}

/// A use with what it comes to.
#[derive(Debug, Serialize, JsonSchema)]
struct One {
    /// The document, as it stands in its YAML file.
    document: Value,
    /// The digests of its prompts.
    digests: Value,
    /// The version of the document.
    version: u64,
    /// Its tier, with reasons.
    tier: dualtrack_inventory::TierOutcome,
    /// Its snapshot.
    snapshot: Snapshot,
}

/// Whether a deployment may run.
#[derive(Debug, Serialize, JsonSchema)]
struct DeploymentPermit {
    /// Which.
    deployment: String,
    /// Whether it may run.
    open: bool,
    /// Why not, in English.
    because: Vec<String>,
    /// Why not, in Chinese.
    because_zh: Vec<String>,
    /// The permit.
    permit: Permit,
}

pub(super) fn routes() -> Vec<Route> {
    let json = Answer::Json;
    let words = |values: &[&str]| json!({ "type": "string", "enum": values });
    let stages = ["idea", "sandbox", "pilot", "production", "retired"];
    let view = Needs::Action("view-use");
    vec![
        Route::get(
            "/api/v1/uses",
            "uses",
            "Uses, with what each comes to.",
            view.clone(),
            json(schema_for!(Uses)),
            list,
        )
        .paged()
        .dated()
        .query("stage", "Only this stage.", words(&stages))
        .query("tier", "Only this tier.", words(&["low", "medium", "high"]))
        .query("entity", "Only this legal entity.", json!({ "type": "string", "maxLength": 200 }))
        .query("owner", "Only uses this person answers for.", json!({ "type": "string", "maxLength": 200 }))
        .query("suspended", "Only suspended ones, or only others.", json!({ "type": "boolean" }))
        .query("blocked", "Only those whose gate is shut, or only others.", json!({ "type": "boolean" }))
        .query(
            "search",
            "Only those whose id or name holds this.",
            json!({ "type": "string", "maxLength": 200 }),
        ),
        Route::get("/api/v1/uses/{id}", "use", "A use.", view.clone(), json(schema_for!(One)), one).dated(),
        Route::get(
            "/api/v1/uses/{id}/verdicts",
            "verdicts",
            "What every control comes to for a use, with reasons.",
            view.clone(),
            json(schema_for!(Vec<Verdict>)),
            verdicts,
        )
        .dated(),
        Route::get(
            "/api/v1/uses/{id}/gate",
            "gate",
            "Whether a use may enter a stage, and what to do if not.",
            view.clone(),
            json(schema_for!(GateOutcome)),
            gate_of,
        )
        .dated()
        .query("to", "Which stage; the next one, if left out.", words(&stages)),
        Route::get(
            "/api/v1/uses/{id}/permits",
            "permits",
            "Whether each deployment of a use may run now.",
            view,
            json(schema_for!(Vec<DeploymentPermit>)),
            permits,
        ),
    ]
}

async fn list(State(web): State<Web>, who: Who, Asked(asked): Asked<Narrowed>) -> Result<Response, Problem> {
    let refused = |refusal| Problem::of(&refusal);
    let now = web.now();
    let limit = page_size(asked.limit)?;
    let today = web.desk.board(now).await.map_err(refused)?;
    let board = match asked.as_of {
        None => Arc::clone(&today),
        Some(at) => web.desk.board_as_of(at).await.map_err(refused)?,
    };
    let common = web.desk.common(now).await.map_err(refused)?;
    let search = asked.search.as_deref().map(str::to_lowercase);
    let matches = |line: &Line| {
        asked.stage.is_none_or(|stage| line.stage == stage)
            && asked.tier.is_none_or(|tier| line.tier == tier)
            && asked.entity.as_deref().is_none_or(|entity| line.entity.as_str() == entity)
            && asked.owner.as_deref().is_none_or(|owner| line.owners.iter().any(|id| id.as_str() == owner))
            && asked.suspended.is_none_or(|suspended| line.suspended == suspended)
            && asked.blocked.is_none_or(|blocked| line.next.is_some_and(|next| !next.open) == blocked)
            && search.as_deref().is_none_or(|wanted| {
                line.id.as_str().contains(wanted)
                    || line.name.en.to_lowercase().contains(wanted)
                    || line.name.zh_hant.contains(wanted)
            })
    };
    // What decides is the same for all uses in which the person has the same part, so it is asked once for each.
    let mut answers = std::collections::BTreeMap::new();
    // Whoever reads the past has the part of today.
    let mut may = |line: &Line| {
        let Some(line) = today.lines.get(&line.id) else { return false };
        let part = (line.related.contains(&who.officer.person), line.owners.contains(&who.officer.person));
        *answers.entry(part).or_insert_with(|| web.desk.may_view(&common, &who.officer, line).is_ok())
    };
    let found: Vec<_> = board.lines.values().filter(|line| matches(line)).filter(|line| may(line)).collect();
    let total = found.len();
    let after = asked.after.as_deref().unwrap_or_default();
    let mut items = found.into_iter().filter(|line| line.id.as_str() > after);
    let page: Vec<_> = items.by_ref().take(limit).collect();
    let next = items.next().and(page.last()).map(|line| line.id.to_string());
    Ok(Json(Uses { items: page.iter().map(|line| item(line)).collect(), total, next }).into_response())
}

fn item(line: &Line) -> Item {
    let mut verdicts = std::collections::BTreeMap::new();
    for state in &line.states {
        let name = json!(state).as_str().unwrap_or_default().to_owned();
        *verdicts.entry(name).or_default() += 1;
    }
    Item {
        id: line.id.to_string(),
        version: line.version,
        name: line.name.en.clone(),
        name_zh: line.name.zh_hant.clone(),
        entity: line.entity.to_string(),
        stage: line.stage.as_str().to_owned(),
        tier: line.tier.as_str().to_owned(),
        suspended: line.suspended,
        inherited: line.inherited,
        coverage: json!(line.coverage),
        owners: line.owners.iter().map(ToString::to_string).collect(),
        snapshot: line.snapshot.to_string(),
        gate: line.next.map(|next| GateAhead {
            to: next.to.as_str().to_owned(),
            open: next.open,
            to_do: next.blockers,
        }),
        next_review: line.next_review.map(|day| day.to_string()),
        verdicts,
    }
}

/// Reads a use that the person may see; one that she may not see is one that there is not.
pub(crate) async fn whole(
    web: &Web,
    who: &Who,
    id: &str,
    as_of: Option<Timestamp>,
) -> Result<Whole, Problem> {
    let as_of = as_of.map_or(AsOf::Now, AsOf::At);
    let now = web.now();
    let refused = |refusal| Problem::of(&refusal);
    let whole = web.desk.whole(id, as_of, now).await.map_err(refused)?;
    web.desk.may_view_whole(&who.officer, &whole, as_of, now).await.map_err(refused)?;
    Ok(whole)
}

async fn one(
    State(web): State<Web>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
    Asked(then): Asked<Then>,
) -> Result<Response, Problem> {
    let whole = whole(&web, &who, &id, then.as_of).await?;
    let document = dualtrack_inventory::Document::Use(Box::new(whole.of.clone()));
    let answer = One {
        document: document.value(),
        digests: json!(whole.of.digests),
        version: whole.version,
        tier: tier(&whole.inventory, &whole.of, whole.day, whole.inventory.tiers()),
        snapshot: snapshot(&whole.inventory, &whole.of),
    };
    // What it comes to changes with what it stands on, with the rules and with the day.
    let state = json!([answer.tier, answer.snapshot]).to_string();
    let tag = format!("{}-{}", whole.version, dualtrack_inventory::Digest::of(state.as_bytes()).short());
    Ok(tagged_as(&headers, &tag, answer))
}

/// An answer with the version as its tag; nothing but the status, if whoever asks has that version.
pub(super) fn tagged(headers: &HeaderMap, version: u64, answer: impl Serialize) -> Response {
    tagged_as(headers, &version.to_string(), answer)
}

fn tagged_as(headers: &HeaderMap, tag: &str, answer: impl Serialize) -> Response {
    let tag = format!("\"{tag}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known == Some(tag.as_str()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(answer).into_response()
    };
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

async fn verdicts(
    State(web): State<Web>,
    who: Who,
    Path(id): Path<String>,
    Asked(then): Asked<Then>,
) -> Result<Json<Vec<Verdict>>, Problem> {
    let whole = whole(&web, &who, &id, then.as_of).await?;
    let standing = whole.common.catalogue.on(whole.day);
    Ok(Json(verdicts_of(&standing, &whole.inventory, &whole.of, &[])))
}

async fn gate_of(
    State(web): State<Web>,
    who: Who,
    Path(id): Path<String>,
    Asked(asked): Asked<GateAsked>,
) -> Result<Json<GateOutcome>, Problem> {
    let whole = whole(&web, &who, &id, asked.as_of).await?;
    let standing = whole.common.catalogue.on(whole.day);
    let verdicts = verdicts_of(&standing, &whole.inventory, &whole.of, &[]);
    let to = asked.to.unwrap_or_else(|| Gate::after(whole.of.stage).map_or(whole.of.stage, |next| next.to));
    Ok(Json(gate(&standing, &whole.inventory, &whole.of, to, &verdicts)))
}

async fn permits(
    State(web): State<Web>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<Vec<DeploymentPermit>>, Problem> {
    let whole = whole(&web, &who, &id, None).await?;
    let permits = web.desk.permits(&whole).await;
    let permits = permits.map_err(|refusal| Problem::of(&refusal))?;
    let shown = permits.into_iter().map(|(deployment, permit)| {
        let words: Vec<_> = permit.shut.iter().map(dualtrack_governance::shut_words).collect();
        DeploymentPermit {
            deployment: deployment.id.to_string(),
            open: permit.is_open(),
            because: words.iter().map(|words| words.en.clone()).collect(),
            because_zh: words.iter().map(|words| words.zh_hant.clone()).collect(),
            permit,
        }
    });
    Ok(Json(shown.collect()))
}

/// Which page of a list is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// After which item it begins.
    pub(super) after: Option<String>,
    limit: Option<usize>,
}

impl Paging {
    /// How many items it has, and how many are read to know whether it is the last.
    pub(super) fn limits(&self) -> Result<(usize, i64), Problem> {
        let limit = page_size(self.limit)?;
        Ok((limit, i64::try_from(limit + 1).unwrap_or(i64::MAX)))
    }
}

pub(super) fn page_size(asked: Option<usize>) -> Result<usize, Problem> {
    match asked {
        None => Ok(ITEMS),
        Some(limit) if (1..=MOST_ITEMS).contains(&limit) => Ok(limit),
        Some(limit) => Err(Problem::wrong((
            format!("parameter `limit`: {limit} is not from 1 to {MOST_ITEMS}"),
            format!("參數 `limit`：{limit} 不在1至{MOST_ITEMS}之間"),
        ))),
    }
}
