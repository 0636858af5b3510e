//! Signing in and out, showing again who one is, and using a link that is good once.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dualtrack_catalogue::Bilingual;
use dualtrack_store::operations::{Failures, SessionRow};
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};

use super::{Answer, Needs, Route};
use crate::origin::{Guessed, Origin};
use crate::problem::Problem;
use crate::sign_in::secret::{NoRandom, Secret};
use crate::sign_in::session::{self, Rotation, cookie, no_cookie};
use crate::sign_in::{limit, password};
use crate::state::Web;
use crate::wanted::Wanted;
use crate::who::{ENDED, Who, offices, unavailable};

/// A name and a password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    /// The name of the account.
    name: String,
    /// The password.
    #[schemars(with = "String")]
    password: Secret,
}

/// A password, to show again who one is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Again {
    /// The password.
    #[schemars(with = "String")]
    password: Secret,
}

/// A link that is good once, and the password that is set with it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FromLink {
    /// The secret of the link.
    #[schemars(with = "String")]
    pub(crate) secret: Secret,
    /// The new password.
    #[schemars(with = "String")]
    pub(crate) password: Secret,
}

/// Who signed in.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SignedIn {
    /// The person.
    person: String,
}

pub(super) fn routes() -> Vec<Route> {
    let signed_in = || Answer::Json(schema_for!(SignedIn));
    vec![
        Route::post(
            "/api/v1/sign-in",
            "signIn",
            "Signs in with a name and a password.",
            Needs::Nothing,
            signed_in(),
            sign_in,
        )
        .body(schema_for!(Credentials)),
        Route::post(
            "/api/v1/sign-in/again",
            "signInAgain",
            "Shows again who one is, as approvals need.",
            Needs::SignIn,
            signed_in(),
            again,
        )
        .body(schema_for!(Again)),
        Route::post(
            "/api/v1/sign-out",
            "signOut",
            "Ends the session.",
            Needs::SignIn,
            Answer::Nothing,
            sign_out,
        ),
        Route::post(
            "/api/v1/links",
            "useLink",
            "Uses a link that is good once, and sets a password.",
            Needs::Nothing,
            signed_in(),
            from_link,
        )
        .body(schema_for!(FromLink)),
    ]
}

async fn sign_in(
    State(web): State<Web>,
    origin: Origin,
    Wanted(credentials): Wanted<Credentials>,
) -> Result<Response, Problem> {
    let name = credentials.name.trim().to_lowercase();
    if name.len() > 200 {
        return Err(Problem::wrong(("field `name` is too long", "欄位 `name`：過長；請縮短")));
    }
    let account = checked(&web, &origin, (&name, &credentials.password)).await?;
    begin(&web, &account, session::Kind::Local, StatusCode::OK).await
}

/// Finds the person whose password this is. A wrong name and a wrong password look and take the same.
pub(crate) async fn checked(
    web: &Web,
    origin: &Origin,
    (name, given): (&str, &Secret),
) -> Result<String, Problem> {
    let operations = web.desk.store().operations();
    let counted = format!("account/{name}");
    let failures = failed(web, &counted).await?;
    // An address that waits adds nothing to what the account has to wait.
    origin.guess(web, Guessed::Entrance).await?;
    count(web, &counted, failures).await?;
    let account = operations.account_named(name).await.map_err(unavailable)?;
    let account = account.filter(|account| account.closed.is_none());
    let hash = account.as_ref().and_then(|account| account.password.clone());
    let given = given.clone();
    let Ok(_place) = web.hashing.acquire().await else { return Err(Problem::broken(ENDS)) };
    let good = tokio::task::spawn_blocking(move || {
        if let Some(hash) = hash {
            password::matches(&hash, &given)
        } else {
            password::spend_as_if(&given);
            false
        }
    })
    .await
    .unwrap_or(false);
    if let Some(account) = account.filter(|_| good) {
        operations.clear_failures(&counted).await.map_err(unavailable)?;
        origin.was_right(web, Guessed::Entrance).await?;
        return Ok(account.person);
    }
    Err(Problem::unknown_person(("the name or the password is wrong", "名稱或密碼不正確")))
}

/// What failed under a name before; refuses whoever has to wait. Nothing is counted of those.
pub(super) async fn failed(web: &Web, counted: &str) -> Result<Failures, Problem> {
    let failures = web.desk.store().operations().failures(counted).await.map_err(unavailable)?;
    waits(&failures, web.now().as_millisecond())?;
    Ok(failures)
}

/// Counts a try before it is looked at: of many at once only the first few are looked at at all.
pub(super) async fn count(web: &Web, counted: &str, failed: Failures) -> Result<(), Problem> {
    let now = web.now().as_millisecond();
    let counting = web.desk.store().operations().count_failure(counted, now).await.map_err(unavailable)?;
    let before = counting.times - 1;
    // Whoever else was counted meanwhile tried just now. Else the last failure is the one that was waited for.
    if before > failed.times {
        waits(&Failures { times: before, ..counting }, now)?;
    }
    Ok(())
}

fn waits(failures: &Failures, now: i64) -> Result<(), Problem> {
    match limit::wait(failures, now) {
        Some(seconds) => Err(Problem::later(Bilingual::each(|one| limit::words(seconds, one)), seconds)),
        None => Ok(()),
    }
}

/// Begins a session, and hands its cookie over.
pub(crate) async fn begin(
    web: &Web,
    person: &str,
    kind: session::Kind,
    status: StatusCode,
) -> Result<Response, Problem> {
    let now = web.now().as_millisecond();
    let offices = offices(web, person).await?;
    let (secret, row) = session::begin(person, kind, &offices, now).map_err(no_random)?;
    web.desk.store().operations().add_session(&row).await.map_err(unavailable)?;
    Ok(with_cookie(status, person, &cookie(secret.reveal())))
}

fn no_random(error: NoRandom) -> Problem {
    Problem::accident(error)
}

pub(super) fn with_cookie(status: StatusCode, person: &str, cookie: &str) -> Response {
    let mut response = (status, Json(SignedIn { person: person.to_owned() })).into_response();
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

async fn again(
    State(web): State<Web>,
    origin: Origin,
    who: Who,
    Wanted(again): Wanted<Again>,
) -> Result<Response, Problem> {
    let person = who.officer.person.to_string();
    let (cookie, _) = step_up(&web, &origin, &who, &again.password).await?;
    Ok(with_cookie(StatusCode::OK, &person, &cookie))
}

/// Gives the session of a person who shows her password again a new name; answers with its cookie and the session.
pub(crate) async fn step_up(
    web: &Web,
    origin: &Origin,
    who: &Who,
    password: &Secret,
) -> Result<(String, SessionRow), Problem> {
    in_session(who)?;
    let person = who.officer.person.as_str();
    let operations = web.desk.store().operations();
    let account = operations.account_of(person).await.map_err(unavailable)?;
    let account = account.ok_or_else(|| Problem::unknown_person(CLOSED))?;
    checked(web, origin, (&account.name, password)).await?;
    renewed(web, who).await
}

/// The session of whoever asks; a token has none.
pub(super) fn in_session(who: &Who) -> Result<&str, Problem> {
    who.session.as_deref().ok_or_else(|| {
        Problem::wrong((
            "a token does not sign in again; what takes a fresh sign-in takes a person",
            "權杖不能再次登入；須重新登入的操作須由本人進行",
        ))
    })
}

/// Gives the session of somebody who has just shown who she is a new name.
pub(super) async fn renewed(web: &Web, who: &Who) -> Result<(String, SessionRow), Problem> {
    let here = in_session(who)?;
    let operations = web.desk.store().operations();
    let begun = operations.session(here).await.map_err(unavailable)?;
    let begun = begun.ok_or_else(|| Problem::unknown_person(ENDED))?;
    // A new name for the session, so that one that leaked before is worth nothing now.
    let now = web.now().as_millisecond();
    let (secret, row) = session::rotated(&begun, Rotation::SteppedUp, now).map_err(no_random)?;
    if !operations.rotate_session(here, &row).await.map_err(unavailable)? {
        return Err(Problem::unknown_person(ENDED));
    }
    Ok((cookie(secret.reveal()), row))
}

pub(crate) async fn sign_out(State(web): State<Web>, who: Who) -> Result<Response, Problem> {
    if let Some(session) = who.session {
        web.desk.store().operations().end_session(&session).await.map_err(unavailable)?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(value) = HeaderValue::from_str(&no_cookie()) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// The hash of a new password; refuses a weak one.
pub(super) async fn hashed(web: &Web, given: &Secret, name: String) -> Result<String, Problem> {
    let given = given.clone();
    let Ok(_place) = web.hashing.acquire().await else { return Err(Problem::broken(ENDS)) };
    let hashed = tokio::task::spawn_blocking(move || password::hash(&given, &name))
        .await
        .map_err(Problem::accident)?;
    hashed.map_err(|error| match error {
        password::PasswordError::Weak(words) => Problem::wrong(words),
        error @ password::PasswordError::Hash(_) => Problem::accident(error),
    })
}

pub(crate) async fn from_link(
    State(web): State<Web>,
    origin: Origin,
    Wanted(link): Wanted<FromLink>,
) -> Result<Response, Problem> {
    let operations = web.desk.store().operations();
    let now = web.now().as_millisecond();
    let gone = || {
        Problem::unknown_person((
            "the link was used, has expired, or is mistyped; ask an administrator for another",
            "連結已使用、過期或有誤；請向系統管理員索取另一條",
        ))
    };
    origin.guess(&web, Guessed::Entrance).await?;
    let person =
        operations.link_of(&link.secret.digest(), now).await.map_err(unavailable)?.ok_or_else(gone)?;
    origin.was_right(&web, Guessed::Entrance).await?;
    let account = operations.account_of(&person).await.map_err(unavailable)?.ok_or_else(gone)?;
    // The password is looked at before the link is used up by one that is refused.
    let hash = hashed(&web, &link.password, account.name).await?;
    let used =
        operations.use_link(&link.secret.digest(), now).await.map_err(unavailable)?.ok_or_else(gone)?;
    if !operations.set_password(&used.person, &hash).await.map_err(unavailable)? {
        return Err(Problem::unknown_person(CLOSED));
    }
    operations.end_sessions_of(&used.person, "").await.map_err(unavailable)?;
    begin(&web, &used.person, session::Kind::Local, StatusCode::OK).await
}

const CLOSED: (&str, &str) = ("the account is closed; ask an administrator", "帳戶已關閉；請聯絡系統管理員");
const ENDS: (&str, &str) = ("the server ends; try again in a minute", "伺服器正在關閉；請於一分鐘後再試");
