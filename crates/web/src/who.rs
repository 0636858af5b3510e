//! Who asks: found from the token or the session of a request, or nobody.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use dualtrack_catalogue::Language;
use dualtrack_governance::Officer;
use dualtrack_inventory::{Document, Key, Kind, PersonId};
use dualtrack_store::operations::SessionRow;

use crate::origin::{Guessed, Origin};
use crate::problem::Problem;
use crate::sign_in::session::{
    COOKIE, Rotation, Standing, cookie, in_cookies, is_from_here, is_stepped_up, rotated, standing,
};
use crate::sign_in::{secret, token};
use crate::state::Web;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    /// The person, for the desk.
    pub(crate) officer: Officer,
    /// The digest of the session; nothing where a token asks.
    pub(crate) session: Option<String>,
    /// The session, of which the tokens of forms are made.
    pub(crate) row: Option<SessionRow>,
}

impl FromRequestParts<Web> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let who = find(parts, web).await?;
        let name = who.officer.person.to_string();
        let now = web.now().as_millisecond();
        let taken = web.buckets.lock().unwrap_or_else(PoisonError::into_inner).take(&name, now);
        taken.map_err(|seconds| {
            Problem::later("more requests than one person may make; slow down", seconds)
        })?;
        Ok(who)
    }
}

/// Who sends a request.
pub(crate) async fn find(parts: &Parts, web: &Web) -> Result<Who, Problem> {
    let (headers, method) = (&parts.headers, &parts.method);
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let language = language(headers);
    if let Some(authorization) = text(header::AUTHORIZATION) {
        let origin = Origin::of(&parts.extensions, headers, web);
        return by_token(authorization, &origin, language, web).await;
    }
    let cookie = text(header::COOKIE).and_then(in_cookies);
    let Some(cookie) = cookie else {
        return Err(Problem::unknown_person(language.pick((
            "sign in with `POST /api/v1/sign-in` or at /sign-in/oidc, or send a token: `Authorization: Bearer dtk_…`",
            "請先以 `POST /api/v1/sign-in` 或於 /sign-in/oidc 登入，或附上權杖：`Authorization: Bearer dtk_…`",
        ))));
    };
    // What a browser sends by itself proves nothing: a change has to come from our own pages.
    if !method.is_safe() {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if !is_from_here(header("sec-fetch-site"), header("origin"), text(header::HOST)) {
            return Err(Problem::new(
                axum::http::StatusCode::FORBIDDEN,
                "forged",
                "This does not come from our own pages",
                "a change with a session cookie has to come from our own pages: a browser says so by `Sec-Fetch-Site` or `Origin`; \
                 programs use a token, or `dualtrack … --as NAME`",
            ));
        }
    }
    by_session(&secret::digest(cookie), parts.extensions.get(), language, web).await
}

async fn by_token(
    authorization: &str,
    origin: &Origin,
    language: Language,
    web: &Web,
) -> Result<Who, Problem> {
    let presented = authorization
        .strip_prefix("Bearer ")
        .ok_or_else(|| Problem::unknown_person("the header is `Authorization: Bearer dtk_…`"))?;
    let presented =
        token::parse(presented.trim()).map_err(|error| Problem::unknown_person(error.to_string()))?;
    let operations = web.desk.store().operations();
    let now = web.now().as_millisecond();
    let hash = presented.digest();
    let row = operations.token(&hash).await.map_err(unavailable)?;
    let Some(row) = row else {
        // No number of guesses finds one, so a good one from the same address is never made to wait.
        origin.guess(web, Guessed::Token, language).await?;
        return Err(Problem::unknown_person("there is no such token; make a new one"));
    };
    let ended = match token::standing(&row, now) {
        token::Standing::Good => None,
        token::Standing::Revoked => Some("was revoked; make a new one"),
        token::Standing::Expired => Some("has expired; make a new one"),
        token::Standing::Early => {
            Some("was made later than the clock of the server shows; set the clock right, or make a new one")
        }
    };
    if let Some(ended) = ended {
        return Err(Problem::unknown_person(format!("token `{}` {ended}", row.name)));
    }
    // Once a minute is often enough to know whether it is still used. Where it cannot be written, as on a full disk,
    // people still read.
    if row.last_used.is_none_or(|last| now - last > 60_000) {
        let _ = operations.touch_token(&hash, now).await;
    }
    let person = person(&row.person)?;
    // A program never signs in afresh: what decides over the work of others takes a person.
    let scopes = (!row.scopes.is_empty()).then_some(row.scopes);
    Ok(Who { officer: Officer { person, stepped_up: false, scopes, language }, session: None, row: None })
}

async fn by_session(
    hash: &str,
    renewed: Option<&Renewed>,
    language: Language,
    web: &Web,
) -> Result<Who, Problem> {
    let operations = web.desk.store().operations();
    let now = web.now().as_millisecond();
    let row = operations.session(hash).await.map_err(unavailable)?;
    let row = row.ok_or_else(|| Problem::unknown_person("the session was ended; sign in again"))?;
    match standing(&row, now) {
        Standing::Live => {}
        ended => {
            operations.end_session(hash).await.map_err(unavailable)?;
            return Err(Problem::unknown_person(match ended {
                Standing::Idle => "the session was not used for half an hour; sign in again",
                Standing::ClockBack => "the clock of the server went back; sign in again",
                _ => "the session is twelve hours old; sign in again",
            }));
        }
    }
    let offices = offices(web, &row.person).await?;
    let row = if row.offices == offices {
        if now - row.seen > 30_000 {
            // A session that cannot be written on ends the earlier.
            let _ = operations.touch_session(hash, now).await;
        }
        row
    } else {
        begin_anew(web, row, offices, renewed, language).await?
    };
    let stepped_up = is_stepped_up(&row, now);
    let officer = Officer { person: person(&row.person)?, stepped_up, scopes: None, language };
    Ok(Who { officer, session: Some(row.id_hash.clone()), row: Some(row) })
}

/// Gives a session a new name, because the offices of its person are no longer those with which it was begun. The old name
/// is dead at once, and what approvals need is to be shown again.
async fn begin_anew(
    web: &Web,
    old: SessionRow,
    offices: String,
    renewed: Option<&Renewed>,
    language: Language,
) -> Result<SessionRow, Problem> {
    let operations = web.desk.store().operations();
    let ended = || {
        Problem::unknown_person(language.pick((
            "your offices changed, so the session began anew; repeat this, or sign in again",
            "你的職能已更改，登入工作階段已重新開始；請重試，或重新登入",
        )))
    };
    // Nobody would be handed the new name.
    let Some(renewed) = renewed else {
        operations.end_session(&old.id_hash).await.map_err(unavailable)?;
        return Err(ended());
    };
    let now = web.now().as_millisecond();
    let rotated = rotated(&old, Rotation::RoleChanged, now);
    let (secret, new) = rotated.map_err(|error| Problem::broken(error.to_string()))?;
    let new = SessionRow { offices, ..new };
    // Another request of hers may have been faster.
    if !operations.rotate_session(&old.id_hash, &new).await.map_err(unavailable)? {
        return Err(ended());
    }
    renewed.put(cookie(secret.reveal()));
    Ok(new)
}

/// The offices of a person, as a session notes them.
pub(crate) async fn offices(web: &Web, person: &str) -> Result<String, Problem> {
    let common = web.desk.common(web.now()).await;
    let common = common.map_err(|refusal| Problem::of(&refusal, Language::En))?;
    Ok(match common.documents.get(&Key::new(Kind::Person, person)) {
        Some((_, Document::Person(person))) => {
            person.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    })
}

/// Where whoever finds out who asks leaves a cookie that goes out with the answer, whatever that is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Renewed(Arc<Mutex<Option<String>>>);

impl Renewed {
    fn put(&self, cookie: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cookie);
    }

    /// Puts the cookie on an answer, unless the answer sets that cookie itself.
    pub(crate) fn go_out_with(&self, headers: &mut HeaderMap) {
        let cookie = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let sets_it = |value: &HeaderValue| value.as_bytes().starts_with(COOKIE.as_bytes());
        let is_set = headers.get_all(header::SET_COOKIE).iter().any(sets_it);
        if let Some(value) = cookie.filter(|_| !is_set).and_then(|cookie| cookie.parse().ok()) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}

fn person(id: &str) -> Result<PersonId, Problem> {
    PersonId::parse(id).map_err(|error| Problem::broken(error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(crate) fn unavailable(error: dualtrack_store::StoreError) -> Problem {
    Problem::broken(error.to_string())
}

/// The language that a person chose on a page, or else the one that a request asks for first.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    match preference(headers, LANGUAGE_COOKIE) {
        Some("zh-Hant-HK") => return Language::ZhHant,
        Some("en") => return Language::En,
        _ => {}
    }
    let wanted =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if wanted.trim_start().to_lowercase().starts_with("zh") { Language::ZhHant } else { Language::En }
}

/// What a person chose on a page, from a cookie that holds nothing else.
pub(crate) fn preference<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok())?;
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The cookie of the language that a person chose.
pub(crate) const LANGUAGE_COOKIE: &str = "dualtrack-language";
