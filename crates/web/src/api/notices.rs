//! What one was told, webhooks, and what was or waits to be sent.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dualtrack_catalogue::Bilingual;
use dualtrack_governance::Noted;
use dualtrack_store::operations::{OutgoingState, Webhook};
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};

use super::account::allowed;
use super::uses::Paging;
use super::{Answer, Needs, Route};
use crate::notices::title;
use crate::problem::Problem;
use crate::state::Web;
use crate::wanted::{Asked, Wanted};
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

/// How a webhook gets another secret.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// For how many hours the secret before it signs too, at most 168; with 0 it is good for nothing at once.
    #[serde(default = "a_day")]
    #[schemars(range(max = 168))]
    hours: u16,
}

fn a_day() -> u16 {
    24
}

/// A webhook that got another secret, which is never shown again.
#[derive(Debug, Serialize, JsonSchema)]
struct Rotated {
    /// Names it.
    id: String,
    /// What its notices are signed with from now on.
    secret: String,
    /// Until when they are signed with the one before as well, in milliseconds since 1970.
    old_until: i64,
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
    /// Until when the secret before the newest signs too, in milliseconds since 1970.
    old_until: Option<i64>,
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
    /// `waiting`, `sent`, `given-up`, or `kept` for the person's own page alone.
    state: String,
    /// How often it was tried.
    attempts: i64,
    /// When it is tried next, in milliseconds since 1970.
    due: i64,
    /// What the other side said last.
    said: Option<String>,
}

/// A page of what was or waits to be sent.
#[derive(Debug, Serialize, JsonSchema)]
struct Outbox {
    /// The newest first.
    items: Vec<Outgoing>,
    /// The id after which the next page begins.
    next: Option<String>,
}

/// What a person was told, and how.
#[derive(Debug, Serialize, JsonSchema)]
struct Told {
    /// Whether mails come together each morning, rather than each at once.
    daily_mail: bool,
    /// What she was told in the last 30 days, newest first, at most 500.
    notices: Vec<ToldNotice>,
}

/// Something that a person was told.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldNotice {
    /// When, in milliseconds since 1970.
    at: i64,
    /// What, in English.
    title: String,
    /// What, in Chinese.
    title_zh: String,
    /// About which document; empty if about none.
    about: String,
    /// The entry of the ledger that records it.
    entry: Option<u64>,
    /// `waiting`, `sent`, `given-up`, or `kept` where no mail goes to her.
    state: &'static str,
}

/// How mails come.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mails {
    /// Whether they come together each morning at eight, Hong Kong time, rather than each at once.
    pub(crate) daily_mail: bool,
}

/// A notice as it stands in the outbox.
pub(crate) struct Noticed {
    action: String,
    due: String,
    /// About which document.
    pub(crate) about: String,
    /// The entry of the ledger that records it.
    pub(crate) entry: Option<u64>,
}

impl Noticed {
    pub(crate) fn of(outgoing: &dualtrack_store::operations::Outgoing) -> Self {
        let body: serde_json::Value = serde_json::from_str(&outgoing.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        Self {
            action: text("action").to_owned(),
            due: text("due").to_owned(),
            about: text("about").to_owned(),
            entry: body.get("entry").and_then(serde_json::Value::as_u64),
        }
    }

    /// What happened, in both languages, to what goes by a name.
    pub(crate) fn called(&self, name: &str) -> Bilingual {
        title(&self.action, name, &self.due)
    }
}

fn state(of: OutgoingState) -> &'static str {
    match of {
        OutgoingState::Waiting => "waiting",
        OutgoingState::Sent => "sent",
        OutgoingState::GivenUp => "given-up",
        OutgoingState::Kept => "kept",
    }
}

/// Refuses a token that was made for something else than reading what a person is told.
pub(crate) fn may_read_notices(who: &Who) -> Result<(), Problem> {
    match &who.officer.scopes {
        Some(scopes) if !scopes.contains("view-inbox") => Err(Problem::denied("/api/v1/notices")),
        _ => Ok(()),
    }
}

async fn told(State(web): State<Web>, who: Who) -> Result<Json<Told>, Problem> {
    may_read_notices(&who)?;
    let person = who.officer.person.as_str();
    let operations = web.desk.store().operations();
    let since = web.now().as_millisecond() - 30 * 24 * 60 * 60 * 1_000;
    let found = operations.told(person, since, 500).await.map_err(unavailable)?;
    let daily_mail = operations.daily_mail().await.map_err(unavailable)?.contains(person);
    let notices = found.iter().map(|outgoing| {
        let notice = Noticed::of(outgoing);
        let title = notice.called(&notice.about);
        let Noticed { about, entry, .. } = notice;
        let state = state(outgoing.state);
        ToldNotice { at: outgoing.made, title: title.en, title_zh: title.zh_hant, about, entry, state }
    });
    Ok(Json(Told { daily_mail, notices: notices.collect() }))
}

pub(crate) async fn set_mails(
    State(web): State<Web>,
    who: Who,
    Wanted(mails): Wanted<Mails>,
) -> Result<StatusCode, Problem> {
    may_read_notices(&who)?;
    let operations = web.desk.store().operations();
    let set = operations.set_daily_mail(who.officer.person.as_str(), mails.daily_mail).await;
    if set.map_err(unavailable)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::missing(("account to send mails to", "可接收電郵的帳戶")))
    }
}

pub(super) fn routes() -> Vec<Route> {
    let write = || Needs::Action("write-webhook");
    vec![
        Route::get(
            "/api/v1/notices",
            "notices",
            "What the person who asks was told in the last 30 days.",
            Needs::SignIn,
            Answer::Json(schema_for!(Told)),
            told,
        ),
        Route::post(
            "/api/v1/notices/mails",
            "setMails",
            "Says whether one's mails come each at once or together each morning.",
            Needs::SignIn,
            Answer::Nothing,
            set_mails,
        )
        .body(schema_for!(Mails)),
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
        Route::post(
            "/api/v1/webhooks/{id}/rotate",
            "rotateWebhook",
            "Gives a webhook another secret, shown once; the one before signs too for a while.",
            write(),
            Answer::Json(schema_for!(Rotated)),
            rotate,
        )
        .body(schema_for!(Rotation)),
        Route::delete("/api/v1/webhooks/{id}", "stopWebhook", "Stops a webhook.", write(), stop),
        Route::get(
            "/api/v1/outbox",
            "outbox",
            "What was or waits to be sent, newest first.",
            write(),
            Answer::Json(schema_for!(Outbox)),
            outbox,
        )
        .paged(),
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
    let now = web.now().as_millisecond();
    let shown = webhooks.into_iter().map(|webhook| WebhookShown {
        old_until: webhook.old_until.filter(|until| now < *until),
        id: webhook.id,
        url: webhook.url,
        kinds: webhook.kinds,
    });
    Ok(Json(shown.collect()))
}

/// Whether an address is one that the sender would call: a machine by https, or this one by http.
fn may_be_called(url: &str) -> bool {
    let Ok(uri) = url.parse::<axum::http::Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    let host = authority.host();
    let is_plain = !authority.as_str().contains('@') && !host.is_empty();
    let has_port = authority.as_str().len() == host.len() || authority.port_u16().is_some();
    let is_here = ["127.0.0.1", "localhost", "[::1]"].contains(&host);
    is_plain
        && has_port
        && match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_here,
            _ => false,
        }
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
    if !may_be_called(&new.url)
        || new.url.len() > 2_000
        || new.url.chars().any(|letter| letter.is_whitespace() || letter.is_control())
    {
        return Err(Problem::wrong(("field `url`: an address with https", "欄位 `url`：須為 https 網址")));
    }
    if new.kinds.len() > 100 {
        return Err(Problem::wrong(("field `kinds`: at most 100 kinds", "欄位 `kinds`：最多100種")));
    }
    let known = kinds();
    if let Some(kind) = new.kinds.iter().find(|kind| !known.contains(*kind)) {
        let near = dualtrack_catalogue::nearest(kind, &known);
        let near = near.unwrap_or("record.suspend");
        return Err(Problem::wrong((
            format!("field `kinds`: nothing makes notices of `{kind}`; did you mean `{near}`?"),
            format!("欄位 `kinds`：沒有「{kind}」這種通知；是否指「{near}」？"),
        )));
    }
    let secret = made_secret()?;
    let operations = web.desk.store().operations();
    if operations.webhook_was(&new.id).await.map_err(unavailable)? {
        return Err(Problem::taken(format!("field `id`: `{}`", new.id)));
    }
    let host = new.url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
    let host = host.and_then(|host| host.split('@').next_back()).unwrap_or_default().to_owned();
    note(&web, &who, Noted::WebhookAdded { id: new.id.clone(), host }).await?;
    let webhook = Webhook {
        id: new.id.clone(),
        url: new.url,
        secrets: vec![secret.clone()],
        kinds: new.kinds,
        made: web.now().as_millisecond(),
        stopped: None,
        old_until: None,
    };
    operations.add_webhook(&webhook).await.map_err(|error| match error {
        dualtrack_store::StoreError::Taken(what) => Problem::taken(what),
        error => unavailable(error),
    })?;
    Ok((StatusCode::CREATED, Json(Added { id: new.id, secret })))
}

/// Gives a webhook another secret. The one before signs too for a while, so that the receiver can move to the new one.
async fn rotate(
    State(web): State<Web>,
    who: Who,
    Path(id): Path<String>,
    Wanted(rotation): Wanted<Rotation>,
) -> Result<Json<Rotated>, Problem> {
    allowed(&web, &who, "write-webhook", "").await?;
    if rotation.hours > 168 {
        return Err(Problem::wrong((
            "field `hours`: the secret before signs for at most 168 hours",
            "欄位 `hours`：舊密鑰最多可再簽署168小時",
        )));
    }
    let operations = web.desk.store().operations();
    let webhooks = operations.webhooks().await.map_err(unavailable)?;
    let Some(before) = webhooks.into_iter().find(|webhook| webhook.id == id) else {
        return Err(Problem::missing(("such webhook", "此 webhook")));
    };
    let secret = made_secret()?;
    note(&web, &who, Noted::WebhookRotated { id: id.clone() }).await?;
    let old_until = web.now().as_millisecond() + i64::from(rotation.hours) * 3_600_000;
    if operations.rotate_webhook(&before, &secret, old_until).await.map_err(unavailable)? {
        Ok(Json(Rotated { id, secret, old_until }))
    } else {
        Err(Problem::wrong((
            "the webhook was changed by somebody else meanwhile; look at it again",
            "期間已有人更改此 webhook；請重新查看",
        )))
    }
}

/// Enters what is done about a webhook.
/// The kind of notice that something falls due.
const DUE: &str = "clock.due";

/// The kinds of entries of which webhooks are told: what is done to the record, what is proposed, and what is noted.
fn kinds() -> Vec<String> {
    let of = |action: &str| format!("record.{}", action.replace('-', "."));
    let done = super::actions::actions().iter().map(|(name, _, _)| name.as_str());
    let proposed = done.clone().map(|name| of(&format!("propose-{name}")));
    let noted = ["add-webhook", "rotate-webhook", "stop-webhook", "change-email"];
    done.chain(noted).map(of).chain(proposed).chain([DUE.to_owned()]).collect()
}

async fn note(web: &Web, who: &Who, noted: Noted) -> Result<(), Problem> {
    let noted = web.desk.note(who.officer.clone(), "write-webhook", noted, web.now()).await;
    web.post.notify_one();
    noted.map(|_| ()).map_err(|refusal| Problem::of(&refusal))
}

fn made_secret() -> Result<String, Problem> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut()).map_err(|_| Problem::accident("the system gives no random bytes"))?;
    Ok(format!("whsec_{}", base64(bytes.as_ref())))
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
    let webhooks = operations.webhooks().await.map_err(unavailable)?;
    if !webhooks.iter().any(|webhook| webhook.id == id) {
        return Err(Problem::missing(("such webhook", "此 webhook")));
    }
    note(&web, &who, Noted::WebhookStopped { id: id.clone() }).await?;
    let stopped = operations.stop_webhook(&id, web.now().as_millisecond()).await.map_err(unavailable)?;
    if stopped { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::missing(("such webhook", "此 webhook"))) }
}

async fn outbox(
    State(web): State<Web>,
    who: Who,
    Asked(page): Asked<Paging>,
) -> Result<Json<Outbox>, Problem> {
    allowed(&web, &who, "write-webhook", "").await?;
    let (limit, most) = page.limits()?;
    let operations = web.desk.store().operations();
    let mut outgoing = operations.outgoing(page.after.as_deref(), most).await.map_err(unavailable)?;
    let is_last = outgoing.len() <= limit;
    outgoing.truncate(limit);
    let next = outgoing.last().filter(|_| !is_last).map(|one| one.id.clone());
    let shown = outgoing.into_iter().map(|one| Outgoing {
        id: one.id,
        channel: one.channel,
        target: one.target,
        state: state(one.state).to_owned(),
        attempts: one.attempts,
        due: one.due,
        said: one.said,
    });
    Ok(Json(Outbox { items: shown.collect(), next }))
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
