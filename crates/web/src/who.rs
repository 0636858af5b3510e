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
            let words =
                ("more requests than one person may make; slow down", "每人可提出的要求有限；請放慢速度");
            Problem::later(words, seconds)
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
        return Err(Problem::unknown_person((
            "sign in with `POST /api/v1/sign-in` or at /sign-in/oidc, or send a token: `Authorization: Bearer dtk_…`",
            "請先以 `POST /api/v1/sign-in` 或於 /sign-in/oidc 登入，或附上權杖：`Authorization: Bearer dtk_…`",
        )));
    };
    // What a browser sends by itself proves nothing: a change has to come from our own pages.
    if !method.is_safe() {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if !is_from_here(header("sec-fetch-site"), header("origin"), text(header::HOST)) {
            return Err(Problem::new(
                axum::http::StatusCode::FORBIDDEN,
                "forged",
                ("This does not come from our own pages", "要求並非來自本系統的網頁"),
                (
                    "a change with a session cookie has to come from our own pages: a browser says so by `Sec-Fetch-Site` or `Origin`; \
                     programs use a token, or `dualtrack … --as NAME`",
                    "以登入 cookie 作出的更改須來自本系統的網頁：瀏覽器會以 `Sec-Fetch-Site` 或 `Origin` 表明；\
                     程式請使用權杖，或 `dualtrack … --as NAME`",
                ),
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
    let presented = authorization.strip_prefix("Bearer ").ok_or_else(|| {
        Problem::unknown_person((
            "the header is `Authorization: Bearer dtk_…`",
            "標頭應為 `Authorization: Bearer dtk_…`",
        ))
    })?;
    let presented = token::parse(presented.trim()).map_err(|error| Problem::unknown_person(error.words()))?;
    let operations = web.desk.store().operations();
    let now = web.now().as_millisecond();
    let hash = presented.digest();
    let row = operations.token(&hash).await.map_err(unavailable)?;
    let Some(row) = row else {
        // No number of guesses finds one, so a good one from the same address is never made to wait.
        origin.guess(web, Guessed::Token).await?;
        return Err(Problem::unknown_person((
            "there is no such token; make a new one",
            "沒有此權杖；請另製一個",
        )));
    };
    let ended = match token::standing(&row, now) {
        token::Standing::Good => None,
        token::Standing::Revoked => Some(("was revoked; make a new one", "已被撤銷；請另製一個")),
        token::Standing::Expired => Some(("has expired; make a new one", "已過期；請另製一個")),
        token::Standing::Early => Some((
            "was made later than the clock of the server shows; set the clock right, or make a new one",
            "的製作時間遲於伺服器時鐘所示；請校正時鐘，或另製一個",
        )),
    };
    if let Some((en, zh)) = ended {
        let name = &row.name;
        return Err(Problem::unknown_person((format!("token `{name}` {en}"), format!("權杖「{name}」{zh}"))));
    }
    // Once a minute is often enough to know whether it is still used. Where it cannot be written, as on a full disk,
    // people still read.
    if row.last_used.is_none_or(|last| now - last > 60_000) {
        let _ = operations.touch_token(&hash, now).await;
    }
    let person = person(&row.person)?;
    // A program never signs in afresh: what decides over the work of others takes a person.
    let scopes = (!row.scopes.is_empty()).then_some(row.scopes);
    Ok(Who {
        officer: Officer { person, stepped_up: false, scopes, runs_checks: false, language },
        session: None,
        row: None,
    })
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
    let row = row.ok_or_else(|| Problem::unknown_person(ENDED))?;
    match standing(&row, now) {
        Standing::Live => {}
        ended => {
            operations.end_session(hash).await.map_err(unavailable)?;
            return Err(Problem::unknown_person(match ended {
                Standing::Idle => (
                    "the session was not used for half an hour; sign in again",
                    "登入工作階段已閒置半小時；請重新登入",
                ),
                Standing::ClockBack => {
                    ("the clock of the server went back; sign in again", "伺服器的時鐘被調後；請重新登入")
                }
                _ => {
                    ("the session is twelve hours old; sign in again", "登入工作階段已滿十二小時；請重新登入")
                }
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
        begin_anew(web, row, offices, renewed).await?
    };
    let stepped_up = is_stepped_up(&row, now);
    let officer =
        Officer { person: person(&row.person)?, stepped_up, scopes: None, runs_checks: false, language };
    Ok(Who { officer, session: Some(row.id_hash.clone()), row: Some(row) })
}

/// Gives a session a new name, because the offices of its person are no longer those with which it was begun. The old name
/// is dead at once, and what approvals need is to be shown again.
async fn begin_anew(
    web: &Web,
    old: SessionRow,
    offices: String,
    renewed: Option<&Renewed>,
) -> Result<SessionRow, Problem> {
    let operations = web.desk.store().operations();
    let ended = || {
        Problem::unknown_person((
            "your offices changed, so the session began anew; repeat this, or sign in again",
            "你的職能已更改，登入工作階段已重新開始；請重試，或重新登入",
        ))
    };
    // Nobody would be handed the new name.
    let Some(renewed) = renewed else {
        operations.end_session(&old.id_hash).await.map_err(unavailable)?;
        return Err(ended());
    };
    let now = web.now().as_millisecond();
    let rotated = rotated(&old, Rotation::RoleChanged, now);
    let (secret, new) = rotated.map_err(Problem::accident)?;
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
    let common = common.map_err(|refusal| Problem::of(&refusal))?;
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
    PersonId::parse(id).map_err(Problem::accident)
}

pub(crate) fn unavailable(error: dualtrack_store::StoreError) -> Problem {
    Problem::accident(error)
}

/// What somebody is told whose session is over.
pub(crate) const ENDED: (&str, &str) =
    ("the session was ended; sign in again", "登入工作階段已結束；請重新登入");

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
