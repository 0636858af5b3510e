//! Passkeys: adding, naming and removing one's own; signing in with one, and showing again who one is.
//!
//! Like passwords, sessions and tokens they are a person's own and part of no record: nothing of them is entered in the
//! ledger. What a passkey signs is checked in `sign_in::passkey`; this asks, remembers what was asked, and counts.

mod ceremonies;
mod options;
mod own;

pub(crate) use ceremonies::{Signed, entered, step_up_by_passkey};
pub(super) use own::fresh;
pub(crate) use own::{NewPasskey, PASSKEY, Passkey, Renamed, add, list, name, remove};

use schemars::schema_for;

use super::sign_in::SignedIn;
use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::sign_in::passkey::{LASTS, Party, PasskeyRefusal, PendingPasskey, Purpose, challenge, kept_as};
use crate::sign_in::secret::{Secret, is_random};
use crate::state::Web;
use crate::who::unavailable;

pub(super) fn routes() -> Vec<Route> {
    let signed_in = || Answer::Json(schema_for!(SignedIn));
    vec![
        Route::post(
            "/api/v1/sign-in/passkey/options",
            "beginPasskeySignIn",
            "Asks for any passkey of this server: what a browser hands to `navigator.credentials.get`. Good once, for five minutes.",
            Needs::Nothing,
            Answer::Json(schema_for!(options::Request)),
            ceremonies::begin_sign_in,
        ),
        Route::post(
            "/api/v1/sign-in/passkey",
            "signInWithPasskey",
            "Signs in with what a passkey signed.",
            Needs::Nothing,
            signed_in(),
            ceremonies::sign_in,
        )
        .body(schema_for!(Signed)),
        Route::post(
            "/api/v1/sign-in/again/passkey/options",
            "beginPasskeyAgain",
            "Asks for a passkey of one's own, to show again who one is.",
            Needs::SignIn,
            Answer::Json(schema_for!(options::Request)),
            ceremonies::begin_again,
        ),
        Route::post(
            "/api/v1/sign-in/again/passkey",
            "signInAgainWithPasskey",
            "Shows again who one is, as approvals need, with what a passkey signed.",
            Needs::SignIn,
            signed_in(),
            ceremonies::again,
        )
        .body(schema_for!(Signed)),
        Route::get(
            "/api/v1/me/passkeys",
            "myPasskeys",
            "One's passkeys, newest first.",
            Needs::SignIn,
            Answer::Json(schema_for!(Vec<Passkey>)),
            list,
        ),
        Route::post(
            "/api/v1/me/passkeys/options",
            "beginPasskey",
            "Asks for a new passkey, in a fresh sign-in: what a browser hands to `navigator.credentials.create`.",
            Needs::SignIn,
            Answer::Json(schema_for!(options::Creation)),
            own::begin,
        ),
        Route::post(
            "/api/v1/me/passkeys",
            "addPasskey",
            "Adds a passkey, in a fresh sign-in.",
            Needs::SignIn,
            Answer::Json(schema_for!(Passkey)),
            add,
        )
        .body(schema_for!(NewPasskey)),
        Route::post(
            "/api/v1/me/passkeys/{id}/name",
            "namePasskey",
            "Calls a passkey of one's own otherwise.",
            Needs::SignIn,
            Answer::Nothing,
            name,
        )
        .body(schema_for!(Renamed)),
        Route::delete(
            "/api/v1/me/passkeys/{id}",
            "removePasskey",
            "Removes a passkey of one's own: it lets nobody in any more.",
            Needs::SignIn,
            remove,
        ),
    ]
}

/// Whom passkeys are made for.
fn party(web: &Web) -> Result<Party, Problem> {
    web.party().ok_or_else(|| {
        Problem::wrong((
            "browsers make passkeys only for a server with a name and `https`, or on this machine; whoever runs it sets `address`",
            "瀏覽器只會為有名稱並使用`https`的伺服器（或本機）建立通行密鑰；請由管理人員設定`address`",
        ))
    })
}

/// Remembers that something was begun, and answers with its challenge.
async fn begun(web: &Web, purpose: Purpose) -> Result<String, Problem> {
    let challenge = Secret::random().map_err(Problem::accident)?;
    let begun = web.now().as_millisecond();
    let body = serde_json::to_string(&PendingPasskey { purpose, begun });
    let body = body.map_err(Problem::accident)?;
    let operations = web.desk.store().operations();
    let kept =
        operations.keep_pending(&kept_as(challenge.reveal()), &body, begun + LASTS, MOST_PENDING).await;
    kept.map_err(unavailable)?;
    Ok(challenge.reveal().to_owned())
}

/// What was begun with the challenge that something handed over says it answers. It is used up by asking.
async fn waiting(web: &Web, client_data: &str) -> Result<(String, Purpose), Problem> {
    let none = || refused(PasskeyRefusal::NotBegun);
    let Some(challenge) = challenge(client_data) else {
        return Err(refused(PasskeyRefusal::Unreadable));
    };
    if !is_random(&challenge) {
        return Err(none());
    }
    let now = web.now().as_millisecond();
    let taken = web.desk.store().operations().take_pending(&kept_as(&challenge), now).await;
    let pending =
        taken.map_err(unavailable)?.and_then(|body| serde_json::from_str::<PendingPasskey>(&body).ok());
    // What was begun in the future was begun before the clock was set back.
    let pending = pending.filter(|pending| pending.begun <= now).ok_or_else(none)?;
    Ok((challenge, pending.purpose))
}

fn refused(refusal: PasskeyRefusal) -> Problem {
    match refusal {
        PasskeyRefusal::Unreadable | PasskeyRefusal::Kind => Problem::wrong(refusal.words()),
        _ => Problem::unknown_person(refusal.words()),
    }
}

/// How many of them wait at most, with the sign-ins that were begun elsewhere.
const MOST_PENDING: i64 = 5_000;
