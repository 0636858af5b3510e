//! `dualtrack ledger serve`: the ledger as C2SP tlog-tiles over HTTP.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use dualtrack_ledger::{Reader, Tile, TileKind};

use crate::cli::LedgerPlace;
use crate::failure::Failure;
use crate::http::serve;
use crate::ledger::Found;
use crate::terminal::{Terminal, print};

/// The log as it is served; read anew when it has grown.
struct Served {
    found: Found,
    reader: Mutex<Arc<Reader>>,
}

/// Serves until Ctrl-C.
pub(crate) fn run(place: &LedgerPlace, listen: SocketAddr, terminal: Terminal) -> Result<(), Failure> {
    let found = Found::at(place)?;
    let reader = Mutex::new(Arc::new(found.reader()?));
    let origin = found.settings.origin.clone();
    let router = Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/tile/{*path}", get(tile))
        .with_state(Arc::new(Served { found, reader }));
    serve(&router, listen, |address| {
        print(&format!(
            "{} `{origin}` {} http://{address}/checkpoint\n",
            terminal.say("serving", "正提供"),
            terminal.say("at", "於")
        ))
    })
}

async fn checkpoint(State(served): State<Arc<Served>>) -> Response {
    let read = tokio::task::spawn_blocking(move || served.found.checkpoint()).await;
    match read {
        Ok(Ok((note, _))) => {
            let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
            ([kind, (header::CACHE_CONTROL, "no-cache")], note).into_response()
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn tile(State(served): State<Arc<Served>>, Path(path): Path<String>) -> Response {
    let Some(tile) = Tile::parse(&format!("tile/{path}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let read = tokio::task::spawn_blocking(move || served.tile(tile)).await;
    match read {
        Ok(Some(bytes)) => {
            // What a tile holds never changes.
            let cache = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
            ([(header::CONTENT_TYPE, "application/octet-stream"), cache], bytes).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl Served {
    /// A tile that the published checkpoint covers.
    fn tile(&self, tile: Tile) -> Option<Vec<u8>> {
        let (_, size) = self.found.checkpoint().ok()?;
        let reader = {
            let mut reader = self.reader.lock().ok()?;
            if reader.size() < size {
                *reader = Arc::new(self.found.reader().ok()?);
            }
            Arc::clone(&reader)
        };
        let level = match tile.kind {
            TileKind::Entries => 0,
            TileKind::Hashes(level) => level,
        };
        let end = tile.index.checked_mul(256)?.checked_add(tile.width.into())?;
        let covered = end <= size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        covered.then(|| reader.tile(tile).ok().flatten()).flatten()
    }
}
