//! Serving over HTTP: bounded connections, a limit on how long a request may take to arrive, and an orderly end.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
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
        let listener = listen_at(listen).await?;
        ready(listener.local_addr().unwrap_or(listen))?;
        accept(router, &listener, async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await;
        Ok(())
    })
}

/// Listens at an address, or says why not.
pub(crate) async fn listen_at(listen: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).await.map_err(|error| {
        Failure::input(format!("cannot listen at {listen}: {error}; name another address with --listen"))
    })
}

/// Answers connections until `stop`; those that are open then have ten seconds to end.
pub(crate) async fn accept(router: &Router, listener: &TcpListener, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let peers: Peers = Peers::default();
    let (ending, ended) = tokio::sync::watch::channel(false);
    tokio::pin!(stop);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of files, for a moment.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // Nobody takes all the places.
        let Some(seat) = peers.seat(peer.ip()) else { continue };
        let _ = stream.set_nodelay(true);
        let routes = TowerToHyperService::new(router.clone());
        // Whoever counts by addresses finds there who connected.
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = routes.call(request);
            // A body that never arrives would keep its place.
            async move { tokio::time::timeout(ANSWER, answer).await.unwrap_or_else(|_| Ok(too_slow())) }
        });
        let mut ended = ended.clone();
        drop(tokio::spawn(async move {
            let (_place, _seat) = (place, seat);
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(ARRIVAL)
                .serve_connection(TokioIo::new(stream), service);
            tokio::pin!(served);
            // A connection that never ends would keep its place.
            tokio::select! {
                _ = tokio::time::timeout(LONGEST, served.as_mut()) => {}
                _ = ended.changed() => {
                    served.as_mut().graceful_shutdown();
                    let _ = tokio::time::timeout(ENDING, served).await;
                }
            }
        }));
    }
    let _ = ending.send(true);
    let most = u32::try_from(MOST_CONNECTIONS).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(ENDING, places.acquire_many(most)).await;
}

/// How many connections each address holds.
#[derive(Clone, Default)]
struct Peers(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection of an address; the place is free again once it is dropped.
struct Seat {
    peers: Peers,
    address: IpAddr,
}

impl Peers {
    fn seat(&self, address: IpAddr) -> Option<Seat> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.entry(address).or_default();
        if *own >= MOST_OF_ONE {
            return None;
        }
        *own += 1;
        drop(held);
        Some(Seat { peers: self.clone(), address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut held = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = held.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                held.remove(&self.address);
            }
        }
    }
}

fn too_slow() -> Response {
    (StatusCode::REQUEST_TIMEOUT, "the request did not arrive, or was not answered, within a minute\n")
        .into_response()
}

const MOST_CONNECTIONS: usize = 256;
/// How many of them one address holds at most.
const MOST_OF_ONE: usize = 192;
/// How long a request may take to arrive whole and to be answered.
const ANSWER: Duration = Duration::from_mins(1);
const ARRIVAL: Duration = Duration::from_secs(10);
/// How long connections have to end when the server does.
const ENDING: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_mins(5);
