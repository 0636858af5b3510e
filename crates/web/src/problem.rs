//! What goes wrong, as RFC 9457 problem details: one line a person can act on, in the language she reads.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dualtrack_catalogue::Language;
use dualtrack_governance::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A problem, as it is answered.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(transparent)]
pub struct Problem(Box<Details>);

/// What a problem says (RFC 9457).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[schemars(rename = "Problem")]
pub struct Details {
    /// Names the kind of problem; a link to its description.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong here, and what to do.
    pub detail: String,
    /// One line for each thing to mend, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// What a program needs to go on: the version there is, or what shuts the gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<Value>,
    /// After how many seconds to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem of a kind.
    pub(crate) fn new(status: StatusCode, name: &str, title: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind: format!("/problems/{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            lines: Vec::new(),
            more: None,
            retry_after: None,
        }))
    }

    /// A request that cannot be read.
    pub(crate) fn wrong(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong", "What was handed in is wrong", detail)
    }

    /// Nobody is signed in.
    pub(crate) fn unknown_person(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign-in", "Sign in first", detail)
    }

    /// Not now.
    pub(crate) fn later(detail: impl Into<String>, seconds: u64) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "later", "Too much at once", detail);
        problem.0.retry_after = Some(seconds);
        problem
    }

    /// There is no such thing.
    pub(crate) fn missing(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown", "There is no such thing", format!("there is no {what}"))
    }

    /// What a person may not see.
    pub(crate) fn denied(what: impl std::fmt::Display, language: Language) -> Self {
        let detail = match language {
            Language::En => format!("you may not see {what}; leave it out"),
            Language::ZhHant => format!("你不得查閱「{what}」；請略去"),
        };
        Self::new(
            StatusCode::FORBIDDEN,
            "denied",
            language.pick(("You may not do this", "你不得作此操作")),
            detail,
        )
    }

    /// Something broke on our side.
    pub(crate) fn broken(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now", detail)
    }

    /// What it says.
    pub(crate) fn details(&self) -> &Details {
        &self.0
    }

    /// A refusal, in the language of whoever asked.
    pub(crate) fn of(refusal: &Refusal, language: Language) -> Self {
        let detail = refusal.text(language);
        let (status, name, title) = match refusal {
            Refusal::Denied { .. } => {
                (StatusCode::FORBIDDEN, "denied", ("You may not do this", "你不得作此操作"))
            }
            Refusal::Unknown(_) => (StatusCode::NOT_FOUND, "unknown", ("There is no such thing", "沒有此項")),
            Refusal::Exists(_) => (StatusCode::CONFLICT, "exists", ("It is there already", "已經存在")),
            Refusal::Changed { .. } => (
                StatusCode::PRECONDITION_FAILED,
                "changed",
                ("Somebody changed it meanwhile", "期間已被他人更改"),
            ),
            Refusal::Wrong(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "wrong",
                ("What was handed in is wrong", "所提交的內容有誤"),
            ),
            Refusal::Not(_) => {
                (StatusCode::CONFLICT, "not-now", ("It cannot be done as things stand", "現況不容許"))
            }
            Refusal::Shut(_) => (StatusCode::CONFLICT, "gate-shut", ("The gate is shut", "關卡未開")),
            Refusal::Broken(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "bug",
                ("This is a bug in dualtrack", "這是 dualtrack 的程式錯誤"),
            ),
            Refusal::Index(_) | Refusal::Ledger(_) | Refusal::Stopped(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", ("Not available now", "暫時無法提供服務"))
            }
        };
        let mut problem = Self::new(status, name, language.pick(title), detail);
        match refusal {
            Refusal::Wrong(lines) if lines.len() > 1 => problem.0.lines.clone_from(lines),
            Refusal::Denied { reasons } if reasons.len() > 1 => {
                problem.0.lines =
                    reasons.iter().map(|reason| reason.in_language(language).to_owned()).collect();
            }
            Refusal::Changed { version, entry, .. } => {
                problem.0.more = Some(serde_json::json!({ "version": version, "entry": entry }));
            }
            Refusal::Shut(outcome) => problem.0.more = serde_json::to_value(outcome).ok(),
            Refusal::Ledger(dualtrack_ledger::Refusal::Busy) => problem.0.retry_after = Some(1),
            _ => {}
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = self.0.retry_after;
        let said = self.clone();
        let mut response = (status, Json(self)).into_response();
        // Pages say the same in their own way.
        response.extensions_mut().insert(said);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"dualtrack\""));
        }
        response
    }
}
