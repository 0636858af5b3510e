//! What goes wrong, as RFC 9457 problem details: one line a person can act on, in the language she reads.
//!
//! A problem is said in both languages; which of them goes out is decided once, where answers leave (`page.rs`).

use std::fmt;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dualtrack_catalogue::{Bilingual, Language};
use dualtrack_governance::Refusal;
use dualtrack_inventory::DocumentError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A problem, in both languages.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem(Box<Said>);

#[derive(Clone, Debug, PartialEq)]
struct Said {
    name: &'static str,
    status: StatusCode,
    title: Bilingual,
    detail: Bilingual,
    lines: Vec<Bilingual>,
    more: Option<Value>,
    retry_after: Option<u64>,
}

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
    pub(crate) fn new(
        status: StatusCode,
        name: &'static str,
        title: impl Into<Bilingual>,
        detail: impl Into<Bilingual>,
    ) -> Self {
        Self(Box::new(Said {
            name,
            status,
            title: title.into(),
            detail: detail.into(),
            lines: Vec::new(),
            more: None,
            retry_after: None,
        }))
    }

    /// What is wrong and what to do, in both languages.
    pub(crate) fn both(&self) -> Bilingual {
        self.0.detail.clone()
    }

    /// A request that cannot be read.
    pub(crate) fn wrong(detail: impl Into<Bilingual>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong", WRONG, detail)
    }

    /// A document or a kind that cannot be read.
    #[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
    pub(crate) fn unread(error: DocumentError) -> Self {
        Self::wrong(error.words())
    }

    /// A name or an id that somebody or something else has already.
    pub(crate) fn taken(what: impl fmt::Display) -> Self {
        Self::wrong((format!("{what} is taken; choose another"), "此名稱或代號已被使用；請另選一個"))
    }

    /// Nobody is signed in.
    pub(crate) fn unknown_person(detail: impl Into<Bilingual>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign-in", ("Sign in first", "請先登入"), detail)
    }

    /// Not now.
    pub(crate) fn later(detail: impl Into<Bilingual>, seconds: u64) -> Self {
        let title = ("Too much at once", "要求過於頻密");
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "later", title, detail);
        problem.0.retry_after = Some(seconds);
        problem
    }

    /// There is no such thing.
    pub(crate) fn missing(what: impl Into<Bilingual>) -> Self {
        let Bilingual { en, zh_hant } = what.into();
        let detail = (format!("there is no {en}"), format!("沒有{zh_hant}"));
        Self::new(StatusCode::NOT_FOUND, "unknown", UNKNOWN, detail)
    }

    /// What a person may not see.
    pub(crate) fn denied(what: impl fmt::Display) -> Self {
        let detail =
            (format!("you may not see {what}; leave it out"), format!("你不得查閱「{what}」；請略去"));
        Self::new(StatusCode::FORBIDDEN, "denied", DENIED, detail)
    }

    /// Something broke on our side.
    pub(crate) fn broken(detail: impl Into<Bilingual>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", UNAVAILABLE, detail)
    }

    /// An accident on our side, of which all that is known is what the system says.
    pub(crate) fn accident(error: impl fmt::Display) -> Self {
        Self::broken((error.to_string(), format!("伺服器未能完成此要求：{error}")))
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// A refusal.
    pub(crate) fn of(refusal: &Refusal) -> Self {
        let (status, name, title) = match refusal {
            Refusal::Denied { .. } => (StatusCode::FORBIDDEN, "denied", DENIED),
            Refusal::Unknown(_) => (StatusCode::NOT_FOUND, "unknown", UNKNOWN),
            Refusal::Exists(_) => (StatusCode::CONFLICT, "exists", ("It is there already", "已經存在")),
            Refusal::Changed { .. } => (
                StatusCode::PRECONDITION_FAILED,
                "changed",
                ("Somebody changed it meanwhile", "期間已被他人更改"),
            ),
            Refusal::Wrong(_) => (StatusCode::UNPROCESSABLE_ENTITY, "wrong", WRONG),
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
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", UNAVAILABLE)
            }
        };
        let mut problem = Self::new(status, name, title, Bilingual::each(|language| refusal.text(language)));
        match refusal {
            Refusal::Wrong(lines) | Refusal::Denied { reasons: lines } if lines.len() > 1 => {
                problem.0.lines.clone_from(lines);
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

    /// What is answered to somebody who reads a language.
    pub fn details(&self, language: Language) -> Details {
        let said = &*self.0;
        let words = |text: &Bilingual| text.in_language(language).to_owned();
        Details {
            kind: format!("/problems/{}", said.name),
            title: words(&said.title),
            status: said.status.as_u16(),
            detail: words(&said.detail),
            lines: said.lines.iter().map(words).collect(),
            more: said.more.clone(),
            retry_after: said.retry_after,
        }
    }

    /// The answer in a language.
    pub(crate) fn answer(&self, language: Language) -> Response {
        let mut response = (self.0.status, Json(self.details(language))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.0.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"dualtrack\""));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// In English, with the problem beside it for whoever knows which language is read.
    fn into_response(self) -> Response {
        let mut response = self.answer(Language::En);
        response.extensions_mut().insert(self);
        response
    }
}

const WRONG: (&str, &str) = ("What was handed in is wrong", "所提交的內容有誤");
const DENIED: (&str, &str) = ("You may not do this", "你不得作此操作");
const UNKNOWN: (&str, &str) = ("There is no such thing", "沒有此項");
const UNAVAILABLE: (&str, &str) = ("Not available now", "暫時無法提供服務");
