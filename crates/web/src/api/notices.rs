//! Webhooks, and what was or waits to be sent.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dualtrack_store::operations::{OutgoingState, Webhook};
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};

use super::account::allowed;
use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::wanted::Wanted;
use crate::who::{Who, unavailable};

/// A webhook to be added.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// Names it.
    id: String,
    /// The address, with https.
    url: String,
    /// The kinds of notices that it gets, such as `record.suspend`; empty for all.
    #[serde(default)]
    kinds: Vec<String>,
}

/// A webhook that was added. Its secret is never shown again.
#[derive(Debug, Serialize, JsonSchema)]
struct Added {
    /// Names it.
    id: String,
    /// What its notices are signed with (Standard Webhooks).
    secret: String,
}

/// A webhook, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
struct WebhookShown {
    /// Names it.
    id: String,
    /// The address.
    url: String,
    /// The kinds of notices that it gets.
    kinds: Vec<String>,
}

/// Something that was or waits to be sent.
#[derive(Debug, Serialize, JsonSchema)]
struct Outgoing {
    /// Names it, also to whoever receives it.
    id: String,
    /// `mail` or `webhook`.
    channel: String,
    /// The person, or the webhook.
    target: String,
    /// `waiting`, `sent` or `given-up`.
    state: String,
    /// How often it was tried.
    attempts: i64,
    /// When it is tried next, in milliseconds since 1970.
    due: i64,
    /// What the other side said last.
    said: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    let write = || Needs::Action("write-webhook");
    vec![
        Route::get(
            "/api/v1/webhooks",
            "webhooks",
            "Where notices are posted.",
            write(),
            Answer::Json(schema_for!(Vec<WebhookShown>)),
            list,
        ),
        Route::post(
            "/api/v1/webhooks",
            "addWebhook",
            "Adds a webhook, whose secret is shown once.",
            write(),
            Answer::Json(schema_for!(Added)),
            add,
        )
        .body(schema_for!(NewWebhook)),
        Route::delete("/api/v1/webhooks/{id}", "stopWebhook", "Stops a webhook.", write(), stop),
        Route::get(
            "/api/v1/outbox",
            "outbox",
            "What was or waits to be sent, newest first.",
            write(),
            Answer::Json(schema_for!(Vec<Outgoing>)),
            outbox,
        ),
        Route::post(
            "/api/v1/outbox/{id}/replay",
            "replay",
            "Sends something again, under the same name.",
            write(),
            Answer::Nothing,
            replay,
        ),
    ]
}

async fn list(State(web): State<Web>, who: Who) -> Result<Json<Vec<WebhookShown>>, Problem> {
    allowed(&web, &who, "write-webhook", "").await?;
    let webhooks = web.desk.store().operations().webhooks().await.map_err(unavailable)?;
    let shown = webhooks.into_iter().map(|webhook| WebhookShown {
        id: webhook.id,
        url: webhook.url,
        kinds: webhook.kinds,
    });
    Ok(Json(shown.collect()))
}

async fn add(
    State(web): State<Web>,
    who: Who,
    Wanted(new): Wanted<NewWebhook>,
) -> Result<(StatusCode, Json<Added>), Problem> {
    allowed(&web, &who, "write-webhook", "").await?;
    let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if new.id.is_empty() || new.id.len() > 60 || !new.id.bytes().all(slug) {
        return Err(Problem::wrong((
            "field `id`: 1 to 60 lower-case letters, digits and hyphens",
            "欄位 `id`：須為1至60個小寫英文字母、數字或連字號",
        )));
    }
    let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_url = new.url.starts_with("https://") || loopback.iter().any(|start| new.url.starts_with(start));
    if !is_url
        || new.url.len() > 2_000
        || new.url.chars().any(|letter| letter.is_whitespace() || letter.is_control())
    {
        return Err(Problem::wrong(("field `url`: an address with https", "欄位 `url`：須為 https 網址")));
    }
    if new.kinds.len() > 100
        || new.kinds.iter().any(|kind| kind.is_empty() || kind.contains(char::is_whitespace))
    {
        return Err(Problem::wrong((
            "field `kinds`: at most 100 kinds, without spaces",
            "欄位 `kinds`：最多100種，不得含空格",
        )));
    }
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut()).map_err(|_| Problem::accident("the system gives no random bytes"))?;
    let secret = format!("whsec_{}", base64(bytes.as_ref()));
    let webhook = Webhook {
        id: new.id.clone(),
        url: new.url,
        secrets: vec![secret.clone()],
        kinds: new.kinds,
        made: web.now().as_millisecond(),
        stopped: None,
    };
    let operations = web.desk.store().operations();
    operations.add_webhook(&webhook).await.map_err(|error| match error {
        dualtrack_store::StoreError::Taken(what) => Problem::taken(what),
        error => unavailable(error),
    })?;
    Ok((StatusCode::CREATED, Json(Added { id: new.id, secret })))
}

/// Bytes in base64 with padding, as the specification of webhooks has it.
fn base64(bytes: &[u8]) -> String {
    let mut text = crate::sign_in::secret::base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

async fn stop(State(web): State<Web>, who: Who, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    allowed(&web, &who, "write-webhook", "").await?;
    let operations = web.desk.store().operations();
    let stopped = operations.stop_webhook(&id, web.now().as_millisecond()).await.map_err(unavailable)?;
    if stopped { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::missing(("such webhook", "此 webhook"))) }
}

async fn outbox(State(web): State<Web>, who: Who) -> Result<Json<Vec<Outgoing>>, Problem> {
    allowed(&web, &who, "write-webhook", "").await?;
    let outgoing = web.desk.store().operations().outgoing(200).await.map_err(unavailable)?;
    let shown = outgoing.into_iter().map(|one| Outgoing {
        id: one.id,
        channel: one.channel,
        target: one.target,
        state: match one.state {
            OutgoingState::Waiting => "waiting",
            OutgoingState::Sent => "sent",
            OutgoingState::GivenUp => "given-up",
        }
        .to_owned(),
        attempts: one.attempts,
        due: one.due,
        said: one.said,
    });
    Ok(Json(shown.collect()))
}

async fn replay(State(web): State<Web>, who: Who, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    allowed(&web, &who, "write-webhook", "").await?;
    let operations = web.desk.store().operations();
    let replayed = operations.replay(&id, web.now().as_millisecond()).await.map_err(unavailable)?;
    if replayed {
        web.post.notify_one();
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::missing(("such notice that was sent or given up", "已發出或已放棄的此項通知")))
    }
}
