//! The router of the server: the API, the pages, and what bears on every answer.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, extract::Request};
use dualtrack_store::StoreError;

use crate::api;
use crate::pages;
use crate::problem::Problem;
use crate::state::Web;
use crate::who::{Renewed, language, unavailable};

/// Everything that the server answers.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/api/v1/openapi.json", get(describe))
        .merge(api::router())
        .merge(pages::router(&web))
        .fallback(nothing)
        .method_not_allowed_fallback(other_method)
        .layer(from_fn(guarded))
        .with_state(web)
}

/// What bears on every answer: nothing is kept by proxies, framed, guessed at or loaded from elsewhere.
async fn guarded(mut request: Request, next: Next) -> Response {
    let renewed = Renewed::default();
    request.extensions_mut().insert(renewed.clone());
    let uri = request.uri();
    let values = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let longest = uri.path().split('/').chain(values.map(|(_, value)| value)).map(letters).max();
    // The code of a provider can be as long as a token.
    let most = match uri.path() {
        BACK => LONGEST_CODE,
        path if path.starts_with("/api/") => LONGEST_WORD,
        // A link to a form may bring what is filled in.
        _ => LONGEST_FILLED,
    };
    let language = language(request.headers());
    let mut response = if longest.unwrap_or(0) > most {
        let too_long = format!("a part of the address is longer than {most} letters");
        Problem::wrong((too_long, format!("網址的一部分超過{most}個字元"))).into_response()
    } else {
        next.run(request).await
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.answer(language);
    }
    let headers = response.headers_mut();
    renewed.go_out_with(headers);
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// How many letters a part of an address has, once it is read.
fn letters(part: &str) -> usize {
    let mut bytes = part.bytes();
    let mut letters = 0;
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'%' {
            let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).unwrap_or(0);
            u8::try_from(digit(bytes.next()) * 16 + digit(bytes.next())).unwrap_or(0)
        } else {
            byte
        };
        // All but the bytes that go on with a letter of UTF-8.
        letters += usize::from(!(0x80..0xc0).contains(&byte));
    }
    letters
}

/// What is answered where nothing is.
pub(crate) async fn nothing(request: Request) -> Problem {
    let path: String = request.uri().path().chars().take(200).collect();
    Problem::missing(match path.strip_prefix("/api/v1/actions/") {
        Some(action) => (
            format!("action `{action}`; /api/v1/openapi.json names them all"),
            format!("名為 `{action}` 的操作；全部操作載於 /api/v1/openapi.json"),
        ),
        None => (format!("page `{path}`"), format!("網頁 `{path}`")),
    })
}

async fn other_method(method: Method) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        ("Not like this", "不接受此方法"),
        (
            format!("`{method}` is not answered here; see /api/v1/openapi.json"),
            format!("此處不接受 `{method}`；請參閱 /api/v1/openapi.json"),
        ),
    )
}

async fn ready(State(web): State<Web>) -> Result<&'static str, Problem> {
    if let Some(reason) = web.desk.stopped() {
        return Err(Problem::broken((
            format!("no changes are taken: {reason}; start the server again"),
            format!("已停止接受更改：{reason}；請重新啟動伺服器"),
        )));
    }
    // What is kept in memory would still answer when the index is gone.
    match tokio::time::timeout(PATIENCE, watermark(&web)).await {
        Ok(answer) => _ = answer.map_err(unavailable)?,
        Err(_) => {
            return Err(Problem::broken((
                "the index cannot be reached: it gives no answer",
                "未能連接索引：索引沒有回應",
            )));
        }
    }
    web.desk.common(web.now()).await.map_err(|refusal| Problem::of(&refusal))?;
    // The ledger refuses every change while its disk is nearly full.
    let free = web.settings.files.free().map_err(Problem::accident)?;
    if free < dualtrack_governance::room_for_changes() {
        let free = free >> 20;
        return Err(Problem::broken((
            format!("no changes are taken: the disk is nearly full ({free} MiB are free); make room"),
            format!("已停止接受更改：磁碟即將用盡（餘下{free} MiB）；請騰出空間"),
        )));
    }
    Ok("ready\n")
}

async fn watermark(web: &Web) -> Result<Option<u64>, StoreError> {
    web.desk.store().read().await?.reading().watermark().await
}

async fn describe(State(web): State<Web>) -> Result<Json<serde_json::Value>, Problem> {
    api::description(&web.settings.program).map(Json).map_err(Problem::accident)
}

/// How long whoever watches a server waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most letters of a part of an address.
pub(crate) const LONGEST_WORD: usize = 200;
/// The most letters of what a link fills in.
const LONGEST_FILLED: usize = 4_000;
/// The most letters of the code with which a provider sends people back.
const LONGEST_CODE: usize = 8_192;
const BACK: &str = "/sign-in/oidc/callback";
