//! Files of evidence: uploaded once, kept by their digest, never changed.
//!
//! Whoever may see a document that names a file may read the file. Until one does, whoever uploaded it may.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use dualtrack_catalogue::Digest;
use dualtrack_governance::FileError;
use dualtrack_inventory::{Key, Kind};
use schemars::{JsonSchema, schema_for};
use serde::Serialize;

use super::record::{may_see, names};
use super::{Answer, Needs, Route};
use crate::files::FilesError;
use crate::problem::Problem;
use crate::state::Web;
use crate::who::{Who, unavailable};

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
            "A file that was kept, for whoever may see a document that names it; until one does, for whoever uploaded it.",
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
    let bytes = body.map_err(|_| too_long())?;
    let length = bytes.len();
    let digest = keep_file(&web, &who, &bytes).await?;
    Ok((StatusCode::CREATED, Json(Kept { digest: digest.to_string(), bytes: length })))
}

/// Keeps a file that somebody uploads as evidence.
pub(crate) async fn keep_file(web: &Web, who: &Who, bytes: &[u8]) -> Result<Digest, Problem> {
    // What it is about is judged with the document that names it.
    let key = Key::new(Kind::Institution, Kind::Institution);
    let may = web.desk.may(&who.officer, "add-evidence", &key, true, web.now()).await;
    may.map_err(|refusal| Problem::of(&refusal))?;
    if bytes.is_empty() {
        return Err(Problem::wrong(("the file is empty", "檔案是空的")));
    }
    keep_bytes(web, who, bytes.to_vec()).await
}

/// Keeps a file for somebody who may add evidence.
pub(crate) async fn keep_bytes(web: &Web, who: &Who, bytes: Vec<u8>) -> Result<Digest, Problem> {
    let digest = Digest::of(&bytes);
    let desk = Arc::clone(&web.desk);
    let sealing = move || desk.book().seal_file(&bytes, &digest.to_string());
    let sealed = beside(sealing).await?.map_err(|error| not_kept(&error.into()))?;
    // Written and noted in one, so that it is not swept in between. One that is written and not noted is found by the
    // next start.
    let mut used = web.settings.files.changing().await;
    let settings = Arc::clone(&web.settings);
    let kept = beside(move || settings.files.keep(&mut used, &digest, &sealed).map(|()| used)).await?;
    let _used = kept.map_err(|error| not_kept(&error))?;
    let operations = web.desk.store().operations();
    let person = who.officer.person.as_str();
    let now = web.now().as_millisecond();
    operations.note_upload(&digest.to_string(), person, now).await.map_err(unavailable)?;
    Ok(digest)
}

/// Reads a file that was kept; who may is asked before.
pub(crate) async fn read_bytes(web: &Web, file: &Digest) -> Result<Option<Vec<u8>>, Problem> {
    let (settings, desk, wanted) = (Arc::clone(&web.settings), Arc::clone(&web.desk), *file);
    let read = beside(move || settings.files.read(&wanted, desk.book())).await?;
    read.map_err(|error| not_read(&error))
}

async fn hand_over(
    State(web): State<Web>,
    who: Who,
    Path(digest): Path<String>,
) -> Result<Response, Problem> {
    let file = named(&digest)?;
    may_read(&web, &who, &file).await?;
    let (settings, desk) = (Arc::clone(&web.settings), Arc::clone(&web.desk));
    let read = beside(move || settings.files.read(&file, desk.book())).await?;
    let bytes = read.map_err(|error| not_read(&error))?;
    let mut response = bytes.ok_or_else(|| not_here(&file))?.into_response();
    let headers = response.headers_mut();
    // What people uploaded is never shown as a page of ours.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

/// Refuses unless the person may see some version of a document that names the file; while none does, unless she
/// uploaded it.
async fn may_read(web: &Web, who: &Who, file: &Digest) -> Result<(), Problem> {
    let refused = |refusal| Problem::of(&refusal);
    let mut answers: BTreeMap<(Kind, bool), Problem> = BTreeMap::new();
    let mut last = None;
    loop {
        let page = web.desk.naming(file, last.as_ref(), AT_ONCE).await.map_err(refused)?;
        for stored in &page {
            // Of each kind the policies ask no more than whether the document names her.
            let part = (stored.key.kind, names(stored.document.as_ref(), who));
            if answers.contains_key(&part) {
                continue;
            }
            match may_see(web, who, stored).await {
                Ok(()) => return Ok(()),
                Err(problem) => _ = answers.insert(part, problem),
            }
        }
        match page.into_iter().next_back() {
            Some(stored) => last = Some(stored),
            None => break,
        }
    }
    match answers.into_values().next() {
        Some(problem) => Err(problem),
        None => is_hers(web, who, file).await,
    }
}

/// Refuses unless the person uploaded a file, as if there were none.
async fn is_hers(web: &Web, who: &Who, file: &Digest) -> Result<(), Problem> {
    let operations = web.desk.store().operations();
    let person = who.officer.person.as_str();
    if !operations.is_uploaded_by(&file.to_string(), person).await.map_err(unavailable)? {
        return Err(not_here(file));
    }
    let key = Key::new(Kind::Evidence, file);
    let may = web.desk.may(&who.officer, "view-evidence", &key, true, web.now()).await;
    may.map_err(|refusal| Problem::of(&refusal))
}

/// Does what waits for the disk beside the requests.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::accident)
}

/// A file named by its digest, with or without `sha256:`.
fn named(digest: &str) -> Result<Digest, Problem> {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    Digest::parse(&format!("sha256:{digits}")).map_err(|_| {
        let said: String = digest.chars().take(80).collect();
        Problem::wrong((format!("`{said}` is no digest of a file"), format!("「{said}」並非檔案的摘要值")))
    })
}

fn too_long() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-long",
        ("It is too long", "檔案過大"),
        (
            "a file has at most 16 MiB; hand in a digest of what is longer",
            "每個檔案上限為16 MiB；較大的檔案請只提交其摘要值",
        ),
    )
}

fn not_here(file: &Digest) -> Problem {
    Problem::missing((
        format!("file `{file}`; it was not uploaded here"),
        format!("檔案「{file}」；未曾上載至此"),
    ))
}

fn not_kept(error: &FilesError) -> Problem {
    match error {
        FilesError::Full { most } => {
            let most = most >> 20;
            Problem::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                ("There is no room for it", "空間不足"),
                (
                    format!(
                        "the files of the record may take {most} MiB together, and have; ask an administrator to raise `most_bytes` of `files` in server.yaml"
                    ),
                    format!(
                        "紀錄的檔案合共上限為{most} MiB，現已用盡；請聯絡系統管理員調高 server.yaml 中 `files` 的 `most_bytes`"
                    ),
                ),
            )
        }
        FilesError::DiskFull { free } => {
            let free = free >> 20;
            Problem::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                ("There is no room for it", "空間不足"),
                (
                    format!(
                        "the disk is nearly full ({free} MiB are free); the rest is kept for changes of the record; ask whoever runs the server to make room"
                    ),
                    format!(
                        "磁碟即將用盡（餘下{free} MiB），餘下空間留作紀錄更改之用；請聯絡伺服器管理人員騰出空間"
                    ),
                ),
            )
        }
        FilesError::Disk { .. } | FilesError::Sealed(_) => Problem::broken((
            format!("the file could not be kept: {error}"),
            format!("未能保存檔案：{error}"),
        )),
    }
}

fn not_read(error: &FilesError) -> Problem {
    Problem::broken(match error {
        FilesError::Sealed(FileError::Changed) => (
            "the file on the server's disk was changed; restore it from a backup".to_owned(),
            "伺服器磁碟上的檔案已被更改；請由備份還原".to_owned(),
        ),
        error => (format!("the file could not be read: {error}"), format!("未能讀取檔案：{error}")),
    })
}

const MOST_BYTES: usize = 16 << 20;
/// How many documents are asked about at a time.
const AT_ONCE: usize = 200;
