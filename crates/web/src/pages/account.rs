//! One's own account: who one is, and what signs in in one's name: passkeys, a password, sessions, tokens.
//!
//! What changes how one signs in takes a fresh sign-in; where that is too long ago, the page asks for it once, on top.

mod passkeys;
mod screen;
mod tokens;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::PageRoute;
use super::errors::sentence;
use super::forms::{Posted, freshen};
use super::reader::Reader;
use crate::api::Needs;
use crate::api::account::{NewPassword, change_password, end_sessions};
use crate::problem::Problem;
use crate::sign_in::secret::Secret;
use crate::state::Web;
use crate::wanted::Wanted;

pub(super) fn routes() -> Vec<PageRoute> {
    let mut routes = vec![
        PageRoute::get("/account", Needs::SignIn, show),
        PageRoute::post("/account/again", Needs::SignIn, again),
        PageRoute::post("/account/password", Needs::SignIn, password),
        PageRoute::post("/account/sessions", Needs::SignIn, sessions),
    ];
    routes.extend(passkeys::routes());
    routes.extend(tokens::routes());
    routes
}

/// What is wrong with one of the forms of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wrong {
    part: &'static str,
    line: String,
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    screen::draw(&reader, &Wrong::default(), StatusCode::OK).await
}

async fn again(State(_): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let mut reader = posted.reader.clone();
    match freshen(&posted, &mut reader).await {
        Ok(cookie) => {
            let mut response = Redirect::to("/account").into_response();
            if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(problem) => refused(&reader, "again", &problem).await,
    }
}

async fn password(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let password = Secret::new(posted.field("new-password").unwrap_or_default());
    let who = posted.reader.who.clone();
    match change_password(State(web), who, Wanted(NewPassword { password })).await {
        Ok(_) => Ok(done("password-changed")),
        Err(problem) => refused(&posted.reader, "password", &problem).await,
    }
}

async fn sessions(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    end_sessions(State(web), posted.reader.who.clone()).await?;
    Ok(done("sessions-ended"))
}

/// Back to the page, which says what was done.
fn done(what: &'static str) -> Response {
    Redirect::to(&format!("/account?said={what}")).into_response()
}

/// The page once more, with what is wrong at the form that was sent.
async fn refused(reader: &Reader, part: &'static str, problem: &Problem) -> Result<Response, Problem> {
    if problem.status().is_server_error() {
        return Err(problem.clone());
    }
    let line = sentence(&problem.details(reader.language()));
    screen::draw(reader, &Wrong { part, line }, problem.status()).await
}
