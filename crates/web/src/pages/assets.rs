//! What pages load: one stylesheet, two scripts, a sign for the tab. They are in the program, and no page loads
//! anything else.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use dualtrack_inventory::Digest;

/// The address of a file that pages load; it changes with what the file holds, so browsers keep it for good.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", &*VERSION)
}

pub(super) async fn asset(Path((_, name)): Path<(String, String)>) -> Response {
    let Some((_, kind, bytes)) = FILES.iter().find(|(known, _, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers =
        [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, *bytes).into_response()
}

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let all: Vec<u8> = FILES.iter().flat_map(|(_, _, bytes)| bytes.iter().copied()).collect();
    Digest::of(&all).short().clone()
});

const FILES: [(&str, &str, &[u8]); 4] = [
    ("console.css", "text/css; charset=utf-8", include_bytes!("../../assets/console.css")),
    ("console.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/console.js")),
    ("htmx.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/htmx.min.js")),
    ("sign.svg", "image/svg+xml", include_bytes!("../../assets/sign.svg")),
];
