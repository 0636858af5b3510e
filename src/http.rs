//! Serving over HTTP: bounded connections, a limit on how long a request may take to arrive, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::failure::Failure;

/// Serves until Ctrl-C. `ready` is told the address.
pub(crate) fn serve(
    router: &Router,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::input(format!("cannot start serving: {error}")))?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            Failure::input(format!("cannot listen at {listen}: {error}; name another address with --listen"))
        })?;
        ready(listener.local_addr().unwrap_or(listen))?;
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = tokio::signal::ctrl_c() => return Ok(()),
            };
            let Ok((stream, _)) = accepted else {
                // Out of files, for a moment.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let service = TowerToHyperService::new(router.clone());
            drop(tokio::spawn(async move {
                let _place = place;
                let served = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(ARRIVAL)
                    .serve_connection(TokioIo::new(stream), service);
                // A connection that never ends would keep its place.
                let _ = tokio::time::timeout(LONGEST, served).await;
            }));
        }
    })
}

const MOST_CONNECTIONS: usize = 256;
const ARRIVAL: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_mins(5);
