//! What is handed in, read strictly: JSON of the right kind, or one line that says what is wrong with it, where, and what
//! to do.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use dualtrack_catalogue::Bilingual;
use dualtrack_inventory::{Misread, read_value};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::problem::Problem;
use crate::state::Web;

/// JSON that was handed in.
pub(crate) struct Wanted<T>(pub(crate) T);

/// The query of an address.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Web> for Wanted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        if !says_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                NO_JSON,
                (
                    "send JSON with `Content-Type: application/json`",
                    "請以 `Content-Type: application/json` 提交 JSON",
                ),
            ));
        }
        let bytes = Bytes::from_request(request, web).await.map_err(|rejection| not_taken(&rejection))?;
        read(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequestParts<Web> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, web).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(query_problem(&rejection)),
        }
    }
}

/// Reads JSON. What is no JSON at all is told from what is not the JSON that is wanted.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let chinese = format!("第{line}行第{column}個字元並非有效的 JSON；請檢查括號、引號及逗號");
        Problem::new(StatusCode::BAD_REQUEST, "not-json", NO_JSON, (error.to_string(), chinese))
    })?;
    let mut json = serde_json::Deserializer::from_slice(bytes);
    read_value(&mut json).map_err(|misread| Problem::wrong(misread.words()))
}

fn says_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn not_taken(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-long",
            ("It is too long", "內容過長"),
            (
                "at most 8 MiB of JSON are taken; hand in less at a time",
                "每次最多接受8 MiB 的 JSON；請分次提交",
            ),
        );
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "not-json",
        NO_JSON,
        ("the body did not come whole; send it again", "未能完整收到內容；請重新提交"),
    )
}

fn query_problem(rejection: &QueryRejection) -> Problem {
    let words = rejection.body_text();
    let words = words.trim_start_matches("Failed to deserialize query string: ");
    let (parameter, said) = words.split_once(": ").unwrap_or(("", words));
    let Bilingual { en, zh_hant } = Misread::said(parameter, said).words();
    Problem::wrong((en.replacen("field `", "parameter `", 1), zh_hant.replacen("欄位 `", "參數 `", 1)))
}

const NO_JSON: (&str, &str) = ("This is not JSON", "這不是 JSON");
