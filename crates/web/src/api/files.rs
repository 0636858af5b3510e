//! Files of evidence: uploaded once, kept by their digest, never changed.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use dualtrack_catalogue::Digest;
use schemars::{JsonSchema, schema_for};
use serde::Serialize;

use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::who::Who;

/// A file that is kept.
#[derive(Debug, Serialize, JsonSchema)]
struct Kept {
    /// Its digest, as evidence names it.
    digest: String,
    /// How many bytes it has.
    bytes: usize,
}

pub(super) fn routes() -> Vec<Route> {
    let mut upload = Route::post(
        "/api/v1/files",
        "keepFile",
        "Keeps a file of at most 16 MiB, and says its digest.",
        Needs::Action("add-evidence"),
        Answer::Json(schema_for!(Kept)),
        keep,
    )
    .bytes();
    upload.handler = post(keep).layer(DefaultBodyLimit::max(MOST_BYTES));
    vec![
        upload,
        Route::get(
            "/api/v1/files/{digest}",
            "file",
            "A file that was kept.",
            Needs::Action("view-evidence"),
            Answer::Bytes,
            hand_over,
        ),
    ]
}

async fn keep(
    State(web): State<Web>,
    who: Who,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<(StatusCode, Json<Kept>), Problem> {
    super::record::allowed(&web, &who, "add-evidence").await?;
    let bytes = body.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-long",
            "It is too long",
            "a file has at most 16 MiB; hand in a digest of what is longer",
        )
    })?;
    if bytes.is_empty() {
        return Err(Problem::wrong("the file is empty"));
    }
    let digest = Digest::of(&bytes).to_string();
    let path = web.settings.files.join(name(&digest)?);
    let length = bytes.len();
    let written = tokio::task::spawn_blocking(move || write(&path, &bytes)).await;
    match written {
        Ok(Ok(())) => Ok((StatusCode::CREATED, Json(Kept { digest, bytes: length }))),
        Ok(Err(error)) => Err(Problem::broken(format!("the file could not be kept: {error}"))),
        Err(error) => Err(Problem::broken(error.to_string())),
    }
}

/// Writes a file whole under its digest, synced; one that is there already is the same.
fn write(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().ok_or(std::io::ErrorKind::NotFound)?;
    std::fs::create_dir_all(folder)?;
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|_| std::io::ErrorKind::Other)?;
    let staged = folder.join(format!(".{:016x}.part", u64::from_be_bytes(random)));
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create_new(&staged)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&staged, path)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&staged);
    })
}

async fn hand_over(
    State(web): State<Web>,
    who: Who,
    Path(digest): Path<String>,
) -> Result<Response, Problem> {
    super::record::allowed(&web, &who, "view-evidence").await?;
    let path = web.settings.files.join(name(&digest)?);
    let read = tokio::task::spawn_blocking(move || std::fs::read(path)).await;
    match read {
        Ok(Ok(bytes)) => {
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            // What people uploaded is never shown as a page of ours.
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            Ok(response)
        }
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Problem::missing(format!("file `{digest}`; it was not uploaded here")))
        }
        Ok(Err(error)) => Err(Problem::broken(error.to_string())),
        Err(error) => Err(Problem::broken(error.to_string())),
    }
}

/// The name of a file: its digest, which is nothing but hexadecimal digits.
fn name(digest: &str) -> Result<String, Problem> {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(digits.to_lowercase())
    } else {
        Err(Problem::wrong(format!(
            "`{}` is no digest of a file",
            digest.chars().take(80).collect::<String>()
        )))
    }
}

const MOST_BYTES: usize = 16 << 20;
