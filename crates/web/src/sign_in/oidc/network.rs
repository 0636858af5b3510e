//! Asking a provider: bounded in time and in bytes, following nobody elsewhere, past no proxy.

use std::time::Duration;

use openidconnect::http::header::CONTENT_TYPE;
use openidconnect::{HttpRequest, HttpResponse, http};
use ureq::Agent;

/// Why a provider could not be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum NetworkError {
    /// The network, or TLS, or the time.
    #[error("{0}")]
    Failed(#[from] ureq::Error),
    /// An answer that is none.
    #[error("{0}")]
    Answer(#[from] http::Error),
}

/// A client that waits for ten seconds and follows no redirect: whoever answers is who was asked.
pub(super) fn agent(program: &str, plain: bool) -> Agent {
    Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(10)))
        .timeout_connect(Some(Duration::from_secs(5)))
        .max_redirects(0)
        .https_only(!plain)
        .http_status_as_error(false)
        .proxy(None)
        .user_agent(program)
        .build()
        .into()
}

/// Asks, as the library wants it.
pub(super) fn ask(agent: &Agent, request: HttpRequest) -> Result<HttpResponse, NetworkError> {
    let mut response = if request.method() == http::Method::GET {
        agent.run(request.map(|_| ()))?
    } else {
        agent.run(request)?
    };
    let mut answer = http::Response::builder().status(response.status());
    if let Some(kind) = response.headers().get(CONTENT_TYPE) {
        answer = answer.header(CONTENT_TYPE, kind);
    }
    let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec()?;
    Ok(answer.body(body)?)
}

/// Keys and tokens of a provider are a few thousand bytes.
const MOST_BYTES: u64 = 512 << 10;
