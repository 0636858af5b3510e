//! What is handed in, read strictly: JSON of the right kind, or one line that says what is wrong with it.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Json, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::state::Web;

/// JSON that was handed in.
pub(crate) struct Wanted<T>(pub(crate) T);

/// The query of an address.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Web> for Wanted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, web).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(refused(&rejection)),
        }
    }
}

impl<T: DeserializeOwned> FromRequestParts<Web> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, web).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem::wrong(query_words(&rejection))),
        }
    }
}

fn refused(rejection: &JsonRejection) -> Problem {
    let words = rejection.body_text();
    let words = words
        .trim_start_matches("Failed to deserialize the JSON body into the target type: ")
        .trim_start_matches("Failed to parse the request body as JSON: ");
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-long",
            "It is too long",
            "at most 8 MiB of JSON are taken; hand in less at a time",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media-type",
            "This is not JSON",
            "send JSON with `Content-Type: application/json`",
        ),
        StatusCode::BAD_REQUEST => {
            Problem::new(StatusCode::BAD_REQUEST, "not-json", "This is not JSON", words)
        }
        _ => Problem::wrong(words),
    }
}

fn query_words(rejection: &QueryRejection) -> String {
    rejection.body_text().trim_start_matches("Failed to deserialize query string: ").to_owned()
}
