//! Signing in with a passkey, and showing again who one is.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dualtrack_store::operations::{Account, SessionRow};
use schemars::JsonSchema;
use serde::Deserialize;

use super::options::{Request, request};
use super::{begun, party, refused, waiting};
use crate::api::sign_in::{begin, count, failed, in_session, renewed, with_cookie};
use crate::origin::{Guessed, Origin};
use crate::problem::Problem;
use crate::sign_in::passkey::{Asserted, PasskeyRefusal, PublicKey, Purpose, asserted, credential};
use crate::sign_in::secret::digest;
use crate::sign_in::session::Kind;
use crate::state::Web;
use crate::wanted::Wanted;
use crate::who::{Who, unavailable};

/// What a passkey signed; each part in base64url.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeySigned")]
pub(crate) struct Signed {
    /// The id of the credential.
    id: String,
    /// What the browser asked the device for (`clientDataJSON`).
    client_data: String,
    /// What the device says (`authenticatorData`).
    authenticator_data: String,
    /// The signature of both.
    signature: String,
    /// By which the device knows the account (`userHandle`).
    user_handle: Option<String>,
}

pub(super) async fn begin_sign_in(State(web): State<Web>) -> Result<Json<Request>, Problem> {
    let party = party(&web)?;
    let challenge = begun(&web, Purpose::SignIn).await?;
    Ok(Json(request(challenge, party, &[])))
}

pub(super) async fn sign_in(
    State(web): State<Web>,
    origin: Origin,
    Wanted(signed): Wanted<Signed>,
) -> Result<Response, Problem> {
    let person = entered(&web, &origin, &signed).await?;
    begin(&web, &person, Kind::Passkey, StatusCode::OK).await
}

/// Finds the person whose passkey signed.
pub(crate) async fn entered(web: &Web, origin: &Origin, signed: &Signed) -> Result<String, Problem> {
    // The device says whose it is; nobody typed a name.
    if signed.user_handle.is_none() {
        return Err(refused(PasskeyRefusal::Unknown));
    }
    let account = checked(web, origin, (signed, None)).await?;
    // It stands in the place of a password. Whoever signs in elsewhere is let in, and kept out, there.
    if account.password.is_none() {
        return Err(refused(PasskeyRefusal::AtProvider));
    }
    Ok(account.person)
}

pub(super) async fn begin_again(State(web): State<Web>, who: Who) -> Result<Json<Request>, Problem> {
    in_session(&who)?;
    let person = who.officer.person.as_str();
    let known = web.desk.store().operations().passkeys_of(person).await.map_err(unavailable)?;
    if known.is_empty() {
        return Err(Problem::wrong((
            "you have no passkey; add one under your account",
            "你沒有通行密鑰；可在你的帳戶中新增",
        )));
    }
    let party = party(&web)?;
    let challenge = begun(&web, Purpose::Again { person: person.to_owned() }).await?;
    Ok(Json(request(challenge, party, &known)))
}

pub(super) async fn again(
    State(web): State<Web>,
    origin: Origin,
    who: Who,
    Wanted(signed): Wanted<Signed>,
) -> Result<Response, Problem> {
    let person = who.officer.person.to_string();
    let (cookie, _) = step_up_by_passkey(&web, &origin, &who, &signed).await?;
    Ok(with_cookie(StatusCode::OK, &person, &cookie))
}

/// Gives the session of a person who shows by a passkey who she is a new name; answers with its cookie and the session.
pub(crate) async fn step_up_by_passkey(
    web: &Web,
    origin: &Origin,
    who: &Who,
    signed: &Signed,
) -> Result<(String, SessionRow), Problem> {
    in_session(who)?;
    checked(web, origin, (signed, Some(who.officer.person.as_str()))).await?;
    renewed(web, who).await
}

/// The account whose passkey signed what was asked for; of one person, if she is named. Counted as passwords are, under
/// a name of its own: whoever tries passwords at an account keeps no passkey of it waiting.
async fn checked(
    web: &Web,
    origin: &Origin,
    (signed, person): (&Signed, Option<&str>),
) -> Result<Account, Problem> {
    let party = party(web)?;
    origin.guess(web, Guessed::Entrance).await?;
    let (challenge, purpose) = waiting(web, &signed.client_data).await?;
    let begun_for = match &purpose {
        Purpose::SignIn => None,
        Purpose::Again { person } => Some(person.as_str()),
        Purpose::Add { .. } => return Err(refused(PasskeyRefusal::NotBegun)),
    };
    if begun_for != person {
        return Err(refused(PasskeyRefusal::NotBegun));
    }
    if credential(&signed.id).is_none() {
        return Err(refused(PasskeyRefusal::Unreadable));
    }
    let operations = web.desk.store().operations();
    let row = operations.passkey(&digest(&signed.id)).await.map_err(unavailable)?;
    let row = row.ok_or_else(|| refused(PasskeyRefusal::Unknown))?;
    if person.is_some_and(|person| person != row.person) {
        return Err(refused(PasskeyRefusal::SomebodyElse));
    }
    let account = operations.account_of(&row.person).await.map_err(unavailable)?;
    let account = account.filter(|account| account.closed.is_none());
    let account = account.ok_or_else(|| refused(PasskeyRefusal::Unknown))?;
    let counted = format!("passkey/{}", account.name);
    let failures = failed(web, &counted).await?;
    count(web, &counted, failures).await?;
    if signed.user_handle.as_ref().is_some_and(|handle| *handle != row.handle) {
        return Err(refused(PasskeyRefusal::SomebodyElse));
    }
    let key = PublicKey::parse(&row.public_key).ok_or_else(|| Problem::accident("a passkey is damaged"))?;
    let given = Asserted {
        client_data: &signed.client_data,
        authenticator_data: &signed.authenticator_data,
        signature: &signed.signature,
    };
    let counter = asserted(given, &challenge, &party, (&key, row.counter)).map_err(refused)?;
    let now = web.now().as_millisecond();
    // Of two at once with one count, one is a copy's.
    if !operations.use_passkey(&row.hash, row.counter, counter, now).await.map_err(unavailable)? {
        return Err(refused(PasskeyRefusal::NotBegun));
    }
    operations.clear_failures(&counted).await.map_err(unavailable)?;
    origin.was_right(web, Guessed::Entrance).await?;
    Ok(account)
}
