//! Counting guesses by the address from which they come, beside the account at which they are made.
//!
//! A guess is counted before it is known to be wrong, and taken back when it was right: of many at once only the first few
//! are looked at.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use dualtrack_catalogue::Bilingual;
use dualtrack_store::operations::Failures;

use crate::problem::Problem;
use crate::sign_in::address::counted_as;
use crate::sign_in::limit::{wait_of_address, window_of_address, words_for_address};
use crate::state::Web;
use crate::who::unavailable;

/// From where a request comes: the name under which its guesses are counted, if they are.
#[derive(Clone, Debug)]
pub(crate) struct Origin(Option<String>);

/// What is guessed at. Each is counted apart: a program with an old token keeps nobody from signing in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Guessed {
    /// A password, or a link that is good once.
    Entrance,
    /// A token.
    Token,
}

impl FromRequestParts<Web> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions, &parts.headers, web))
    }
}

impl Origin {
    /// From where a request with these headers comes. Where the program does not say who connected, all are counted as one.
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, web: &Web) -> Self {
        let Some(ConnectInfo(peer)) = extensions.get::<ConnectInfo<SocketAddr>>() else {
            return Self(Some("unknown".to_owned()));
        };
        let forwarded = headers.get_all("x-forwarded-for").iter();
        let forwarded = forwarded.map(|value| value.to_str().unwrap_or_default());
        Self(counted_as(peer.ip(), forwarded, &web.settings.proxies))
    }

    /// Counts a guess, or refuses it if too many came from there.
    pub(crate) async fn guess(&self, web: &Web, what: Guessed) -> Result<(), Problem> {
        let Some(name) = self.name(what) else { return Ok(()) };
        let operations = web.desk.store().operations();
        let now = web.now().as_millisecond();
        let refused = |failures: &Failures| match wait_of_address(failures, now) {
            Some(seconds) => {
                Err(Problem::later(Bilingual::each(|one| words_for_address(seconds, one)), seconds))
            }
            None => Ok(()),
        };
        // Whoever waits writes nothing.
        refused(&operations.failures(&name).await.map_err(unavailable)?)?;
        let (since, until) = window_of_address(now);
        let counted = operations.count_failure_within(&name, now, since, until).await.map_err(unavailable)?;
        refused(&Failures { times: counted.times - 1, ..counted })
    }

    /// Takes the guess back: it was right.
    pub(crate) async fn was_right(&self, web: &Web, what: Guessed) -> Result<(), Problem> {
        let Some(name) = self.name(what) else { return Ok(()) };
        web.desk.store().operations().take_failure_back(&name).await.map_err(unavailable)
    }

    fn name(&self, what: Guessed) -> Option<String> {
        let kind = match what {
            Guessed::Entrance => "address",
            Guessed::Token => "address-token",
        };
        self.0.as_ref().map(|name| format!("{kind}/{name}"))
    }
}
