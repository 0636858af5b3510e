//! Every action that changes the record, each at an address of its own, all through the one desk.

use std::sync::LazyLock;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use dualtrack_governance::{AsOf, Command, Done, Refusal};
use schemars::{JsonSchema, Schema, SchemaGenerator, schema_for};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::credentials::{Invitation, effect};
use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::wanted::Wanted;
use crate::who::Who;

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
struct Acted {
    /// The entries of the ledger that it made; none if nothing had to change.
    entries: Vec<u64>,
    /// The documents that it brought.
    documents: Vec<Brought>,
    /// The proposal that waits for a second person, if it takes one.
    proposal: Option<String>,
    /// What shows a stranger that the last entry is in the ledger (c2sp.org/tlog-proof).
    receipt: Option<String>,
    /// Where it lets a person set a password: the link for her, which is never shown again.
    invitation: Option<Invitation>,
}

/// A document that was brought.
#[derive(Debug, Serialize, JsonSchema)]
struct Brought {
    /// Of what.
    kind: String,
    /// Which.
    id: String,
    /// Its version now.
    version: u64,
}

/// Every action with the schema of what it takes and a line about it.
pub(crate) fn actions() -> &'static [(String, String, Schema)] {
    &ACTIONS
}

static ACTIONS: LazyLock<Vec<(String, String, Schema)>> = LazyLock::new(every_action);

fn every_action() -> Vec<(String, String, Schema)> {
    let mut generator = SchemaGenerator::default();
    let whole = generator.root_schema_for::<Command>();
    let definitions = whole.get("$defs").cloned().unwrap_or_else(|| json!({}));
    let variants = whole.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut actions = Vec::new();
    for variant in variants {
        let Value::Object(mut variant) = variant else { continue };
        let name = variant
            .get("properties")
            .and_then(|properties| properties.get("action"))
            .and_then(|action| action.get("const"))
            .and_then(Value::as_str)
            .map(ToOwned::to_owned);
        let Some(name) = name else { continue };
        if let Some(Value::Object(properties)) = variant.get_mut("properties") {
            properties.remove("action");
        }
        if let Some(Value::Array(required)) = variant.get_mut("required") {
            required.retain(|field| field != "action");
        }
        variant.insert("additionalProperties".into(), json!(false));
        variant.insert("title".into(), json!(format!("action-{name}")));
        variant.insert("$defs".into(), definitions.clone());
        if let Ok(schema) = Schema::try_from(Value::Object(variant)) {
            let about = schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
            actions.push((name, about, schema));
        }
    }
    actions
}

pub(super) fn routes() -> Vec<Route> {
    actions()
        .iter()
        .map(|(name, summary, schema)| {
            let path = format!("/api/v1/actions/{name}");
            let action = name.clone();
            let handler =
                move |web: State<Web>, who: Who, headers: HeaderMap, body: Wanted<Map<String, Value>>| {
                    act(web, who, headers, action, body)
                };
            Route::post(&path, name, summary, Needs::SignIn, Answer::Json(schema_for!(Acted)), handler)
                .body(schema.clone())
        })
        .collect()
}

async fn act(
    State(web): State<Web>,
    who: Who,
    headers: HeaderMap,
    action: String,
    Wanted(fields): Wanted<Map<String, Value>>,
) -> Result<(StatusCode, Json<Acted>), Problem> {
    if fields.contains_key("action") {
        return Err(Problem::wrong((
            "unknown field `action`; the address names the action",
            "欄位 `action`：沒有此欄；操作由網址指明",
        )));
    }
    let command = Command::read(&action, fields).map_err(|error| Problem::wrong(error.words()))?;
    let expected = expected(&headers)?;
    if expected.is_none() && !headers.contains_key(header::IF_MATCH) && command.replaces_whole() {
        must_be_new(&web, &command).await?;
    }
    let (done, invitation) = carry_out(web, who, command, expected).await?;
    let status = if done.proposal.is_some() { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(Acted { invitation, ..brought(done) })))
}

/// Does what is asked for, with all that follows from it; pages and programs come here.
pub(crate) async fn carry_out(
    web: Web,
    who: Who,
    command: Command,
    expected: Option<u64>,
) -> Result<(Done, Option<Invitation>), Problem> {
    let effect = effect(&web, &who, &command).await?;
    // Whoever asked may go away meanwhile: an account is closed all the same once its entry says so.
    let acting = tokio::spawn(async move {
        let done = web.desk.act(who.officer, command, expected, web.now()).await;
        let done = done.map_err(|refusal| Problem::of(&refusal))?;
        web.post.notify_one();
        let invitation = if done.proposal.is_some() { None } else { effect.happen(&web).await? };
        Ok((done, invitation))
    });
    acting.await.unwrap_or_else(|error| Err(Problem::accident(error)))
}

/// Refuses to replace a document by somebody who does not say which version they saw.
async fn must_be_new(web: &Web, command: &Command) -> Result<(), Problem> {
    let Some(key) = command.target() else { return Ok(()) };
    match web.desk.document(&key, AsOf::Now).await {
        Err(Refusal::Unknown(_)) => Ok(()),
        Err(refusal) => Err(Problem::of(&refusal)),
        Ok(_) => Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "version-missing",
            ("It is not said which version was seen", "沒有列明所閱讀的版本"),
            (
                "send `If-Match` with the `ETag` of what you read, so that nobody's change is lost; `*` replaces whatever is there",
                "請於 `If-Match` 附上閱讀時的 `ETag`，以免覆蓋他人的更改；`*` 代表無論如何均予取代",
            ),
        )),
    }
}

fn brought(done: Done) -> Acted {
    let documents = done.documents.into_iter().map(|(key, version)| Brought {
        kind: key.kind.to_string(),
        id: key.id,
        version,
    });
    Acted {
        entries: done.entries,
        documents: documents.collect(),
        proposal: done.proposal.map(|proposal| proposal.to_string()),
        receipt: done.receipt,
        invitation: None,
    }
}

/// The version that the person saw last, from `If-Match`.
fn expected(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    // Behind the version may stand what else the page depends on.
    let text = text.trim_start_matches('"').trim_end_matches('"');
    let version = text.split('-').next().unwrap_or_default().parse();
    version.map(Some).map_err(|_| {
        Problem::wrong((
            "header `If-Match` is the `ETag` of what was read, such as \"3\"",
            "標頭 `If-Match`：須為閱讀時的 `ETag`，例如 \"3\"",
        ))
    })
}
