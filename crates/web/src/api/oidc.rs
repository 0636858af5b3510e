//! Signing in at the institution's provider: the way there, and the way back.
//!
//! People come from the record: somebody without an account is refused, and nothing that the provider says gives an
//! office.

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dualtrack_catalogue::Bilingual;
use dualtrack_inventory::{Document, Key, Kind};
use dualtrack_store::operations::{Account, SessionRow};
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Needs, Route};
use crate::pages::local;
use crate::problem::Problem;
use crate::sign_in::oidc::{self, Claims, FoundBy, Fresh, OidcRefusal, Pending, Provider};
use crate::sign_in::secret::{self, Secret};
use crate::sign_in::session::{self, Rotation, Standing, standing};
use crate::state::Web;
use crate::wanted::Asked;
use crate::who::{self, Who, unavailable};

/// What is to be begun.
#[derive(Debug, Deserialize)]
struct Start {
    /// 1 to show again who one is, as approvals need.
    step_up: Option<u8>,
    /// The page to which she goes on.
    next: Option<String>,
}

/// What the provider sends back with the browser.
#[derive(Deserialize)]
struct Back {
    code: Option<String>,
    state: Option<Secret>,
    iss: Option<String>,
    error: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    let text = || json!({ "type": "string" });
    vec![
        Route::get(
            "/sign-in/oidc",
            "signInElsewhere",
            "Signs in at the institution's provider (OpenID Connect).",
            Needs::Nothing,
            Answer::Redirect,
            start,
        )
        .query(
            "step_up",
            "1 to show again who one is, as approvals need.",
            json!({ "type": "integer", "minimum": 0, "maximum": 1 }),
        )
        .query(
            "next",
            "The page of this server to go on to; the first one, unless it is one of ours.",
            text(),
        ),
        Route::get(
            "/sign-in/oidc/callback",
            "comeBack",
            "Where the provider sends people back.",
            Needs::Nothing,
            Answer::Redirect,
            callback,
        )
        .query("code", "What the provider takes once for who it is.", text())
        .query("state", "Which sign-in this is.", text())
        .query("iss", "The provider.", text())
        .query("error", "Why the provider signs nobody in.", text()),
    ]
}

async fn start(
    State(web): State<Web>,
    parts: Parts,
    Asked(wanted): Asked<Start>,
) -> Result<Response, Problem> {
    let provider = provider(&web)?;
    let session = match wanted.step_up.unwrap_or(0) {
        0 => None,
        1 => Some(signed_in(&parts, &web).await?),
        _ => {
            return Err(Problem::wrong((
                "parameter `step_up` is 1 or left out",
                "參數 `step_up`：須為1，或略去",
            )));
        }
    };
    let now = web.now().as_millisecond();
    let begun = provider.begin(session, now).await.map_err(|refusal| refused(&refusal))?;
    let next = wanted.next.as_deref().map(local);
    let pending = Pending { next, ..begun.pending };
    let body = serde_json::to_string(&pending).map_err(Problem::accident)?;
    let operations = web.desk.store().operations();
    let kept = operations.keep_pending(&begun.kept_as, &body, now + oidc::LASTS, MOST_PENDING).await;
    kept.map_err(unavailable)?;
    onward(&begun.address, &[oidc::cookie(&begun.browser)])
}

async fn callback(
    State(web): State<Web>,
    headers: HeaderMap,
    Asked(back): Asked<Back>,
) -> Result<Response, Problem> {
    let provider = provider(&web)?;
    finish(&web, provider, &headers, back).await.map_err(|stopped| match stopped {
        Stopped::Refused(refusal) => refused(&refusal),
        Stopped::Broken(problem) => problem,
    })
}

/// Why a sign-in went no further.
enum Stopped {
    Refused(OidcRefusal),
    Broken(Problem),
}

impl From<OidcRefusal> for Stopped {
    fn from(refusal: OidcRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        Self::Broken(problem)
    }
}

async fn finish(
    web: &Web,
    provider: &Provider,
    headers: &HeaderMap,
    back: Back,
) -> Result<Response, Stopped> {
    let now = web.now().as_millisecond();
    let pending = begun_here(web, headers, back.state.as_ref(), now).await?;
    // Another provider's answer to our question (RFC 9207).
    if back.iss.as_deref().is_some_and(|issuer| issuer != provider.settings.issuer()) {
        return Err(OidcRefusal::NotProven("the answer is another provider's".into()).into());
    }
    if let Some(error) = &back.error {
        return Err(OidcRefusal::declined(error).into());
    }
    let code = back.code.filter(|code| !code.is_empty()).ok_or(OidcRefusal::NotBegun)?;
    let claims = provider.finish(&pending, &code, now).await?;
    let now = web.now().as_millisecond();
    let old = match &pending.session {
        Some(session) => Some(stepping_up(web, headers, session, now).await?),
        None => None,
    };
    let account = known(web, provider, &claims).await?;
    offices(web, provider, &claims, &account).await?;
    let step_up = &provider.settings.step_up;
    let random = |error: secret::NoRandom| Problem::accident(error);
    let operations = web.desk.store().operations();
    let secret = if let Some(old) = old {
        if old.person != account.person {
            return Err(OidcRefusal::SomebodyElse.into());
        }
        let Fresh(at) = claims.fresh(step_up, pending.begun, now)?;
        let (secret, rotated) = session::rotated(&old, Rotation::SteppedUp, now).map_err(random)?;
        let rotated = SessionRow { authenticated: at, stepped_up: Some(at), ..rotated };
        if !operations.rotate_session(&old.id_hash, &rotated).await.map_err(unavailable)? {
            return Err(OidcRefusal::NotBegun.into());
        }
        secret
    } else {
        let offices = who::offices(web, &account.person).await?;
        let begun = session::begin(&account.person, session::Kind::Oidc, &offices, now);
        let (secret, row) = begun.map_err(random)?;
        // Somebody who was signed in at the provider since morning showed nothing just now.
        let stepped_up = claims.shown_at(step_up, now).map(|Fresh(at)| at);
        operations.add_session(&SessionRow { stepped_up, ..row }).await.map_err(unavailable)?;
        secret
    };
    let next = local(pending.next.as_deref().unwrap_or("/"));
    Ok(onward(&next, &[session::cookie(secret.reveal()), oidc::no_cookie()])?)
}

/// The sign-in that this browser began with this state; it is used up by asking.
async fn begun_here(
    web: &Web,
    headers: &HeaderMap,
    state: Option<&Secret>,
    now: i64,
) -> Result<Pending, Stopped> {
    let browser = cookie(headers, oidc::COOKIE).map(Secret::new);
    let (Some(browser), Some(state)) = (browser, state.filter(|state| secret::is_random(state.reveal())))
    else {
        return Err(OidcRefusal::NotBegun.into());
    };
    let operations = web.desk.store().operations();
    let body = operations.take_pending(&oidc::kept_as(state, &browser), now).await.map_err(unavailable)?;
    let pending = body.and_then(|body| serde_json::from_str::<Pending>(&body).ok());
    // What was begun in the future was begun before the clock was set back.
    Ok(pending.filter(|pending| pending.begun <= now).ok_or(OidcRefusal::NotBegun)?)
}

/// The session that is stepped up, if it is this browser's and counts still.
async fn stepping_up(web: &Web, headers: &HeaderMap, session: &str, now: i64) -> Result<SessionRow, Stopped> {
    let own = cookie(headers, session::COOKIE).map(|secret| secret::digest(&secret));
    if own.as_deref() != Some(session) {
        return Err(OidcRefusal::NotBegun.into());
    }
    let row = web.desk.store().operations().session(session).await.map_err(unavailable)?;
    Ok(row.filter(|row| standing(row, now) == Standing::Live).ok_or(OidcRefusal::NotBegun)?)
}

/// The account of somebody whom the provider vouches for. At her first sign-in it is tied to her identity there.
async fn known(web: &Web, provider: &Provider, claims: &Claims) -> Result<Account, Stopped> {
    let operations = web.desk.store().operations();
    let (issuer, subject) = (provider.settings.issuer(), claims.subject.as_str());
    let tied = operations.account_with_identity(issuer, subject).await.map_err(unavailable)?;
    if let Some(account) = tied {
        return Ok(open(account).ok_or(OidcRefusal::Unknown)?);
    }
    let found = match claims.found_by(provider.settings.first)? {
        FoundBy::Name(name) => operations.account_named(&name).await.map_err(unavailable)?,
        FoundBy::Email(email) => {
            let accounts = operations.accounts().await.map_err(unavailable)?;
            let has = |account: &Account| {
                account.email.as_ref().is_some_and(|there| there.trim().to_lowercase() == email)
            };
            let mut found = accounts.into_iter().filter(has);
            // An address that two accounts share names nobody.
            found.next().filter(|_| found.next().is_none())
        }
    };
    let account = found.and_then(open).filter(|account| account.identity.is_none());
    let account = account.ok_or(OidcRefusal::Unknown)?;
    if !operations.set_identity(&account.person, issuer, subject).await.map_err(unavailable)? {
        return Err(OidcRefusal::Unknown.into());
    }
    Ok(account)
}

fn open(account: Account) -> Option<Account> {
    Some(account).filter(|account| account.closed.is_none())
}

/// Refuses somebody who left the record, and whose groups carry none of the offices that she holds.
async fn offices(web: &Web, provider: &Provider, claims: &Claims, account: &Account) -> Result<(), Stopped> {
    let common = web.desk.common(web.now()).await;
    let common = common.map_err(|refusal| Problem::of(&refusal))?;
    let Some((_, Document::Person(person))) = common.documents.get(&Key::new(Kind::Person, &account.person))
    else {
        return Err(OidcRefusal::Unknown.into());
    };
    if !claims.carries_one_of(&person.roles, &provider.settings.offices) {
        return Err(OidcRefusal::NoOffice.into());
    }
    Ok(())
}

/// The digest of the session that somebody steps up.
async fn signed_in(parts: &Parts, web: &Web) -> Result<String, Problem> {
    let Who { session, .. } = who::find(parts, web).await?;
    session.ok_or_else(|| {
        Problem::wrong((
            "a token does not sign in again; what takes a fresh sign-in takes a person",
            "權杖不能再次登入；須重新登入的操作須由本人進行",
        ))
    })
}

fn provider(web: &Web) -> Result<&Provider, Problem> {
    web.provider.as_deref().ok_or_else(|| {
        Problem::missing((
            "provider to sign in at; name one under `oidc` in server.yaml, or use a password",
            "可供登入的身分提供者；請於 server.yaml 的 `oidc` 列明，或使用密碼",
        ))
    })
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let header = headers.get(header::COOKIE)?.to_str().ok()?;
    session::secret_in(header, name).map(ToOwned::to_owned)
}

fn onward(address: &str, cookies: &[String]) -> Result<Response, Problem> {
    let broken = |_| Problem::accident("the way on cannot be written");
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_str(address).map_err(broken)?);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(cookie).map_err(broken)?);
    }
    Ok(response)
}

fn refused(refusal: &OidcRefusal) -> Problem {
    let words = Bilingual::each(|language| refusal.text(language));
    match refusal {
        OidcRefusal::Unreachable(_) => Problem::broken(words),
        _ => Problem::unknown_person(words),
    }
}

/// How many sign-ins wait at most.
const MOST_PENDING: i64 = 5_000;
