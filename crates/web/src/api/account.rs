//! Oneself: who one is, one's sessions and tokens; and for administrators the accounts of others.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dualtrack_governance::{Action, Noted};
use dualtrack_inventory::{Document, Key, Kind, PersonId};
use dualtrack_store::operations::{Account, TokenRow};
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};

use super::passkeys::fresh;
use super::sign_in::hashed;
use super::uses::Paging;
use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::sign_in::secret::Secret;
use crate::sign_in::token;
use crate::state::Web;
use crate::wanted::{Asked, Wanted};
use crate::who::{Who, unavailable};

/// Who asks.
#[derive(Debug, Serialize, JsonSchema)]
struct Me {
    /// The person.
    person: String,
    /// What the person is called in English.
    name: Option<String>,
    /// What the person is called in Chinese.
    name_zh: Option<String>,
    /// The offices that she holds.
    roles: BTreeSet<String>,
    /// Whether she signed in within the last minutes, as approvals need.
    stepped_up: bool,
}

/// A session of oneself.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Session {
    /// Names it: the beginning of its digest.
    pub(crate) id: String,
    /// When it was begun, in milliseconds since 1970.
    pub(crate) begun: i64,
    /// When it was last used.
    pub(crate) seen: i64,
    /// How she showed who she is: `local` (a password), `oidc` (at the provider) or `passkey`.
    pub(crate) kind: String,
    /// Whether it is this one.
    pub(crate) this: bool,
}

/// What a new token is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What it is called.
    pub(crate) name: String,
    /// The actions that it is good for, of those that `/api/v1/token-scopes` lists; empty for all of them.
    #[serde(default)]
    pub(crate) scopes: BTreeSet<String>,
    /// For how many days, at most 366.
    pub(crate) days: u16,
}

/// A token, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Token {
    /// Names it.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// The actions that it is good for.
    pub(crate) scopes: BTreeSet<String>,
    /// When it was made, in milliseconds since 1970.
    pub(crate) made: i64,
    /// After which it is good for nothing.
    pub(crate) expires: i64,
    /// When it was last used.
    pub(crate) last_used: Option<i64>,
    /// When it was revoked.
    pub(crate) revoked: Option<i64>,
}

/// A token that was just made. Its secret is never shown again.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Made {
    /// The token itself.
    pub(crate) token: String,
    /// Names it.
    pub(crate) id: String,
}

/// A new password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The new password.
    #[schemars(with = "String")]
    pub(crate) password: Secret,
}

/// A page of accounts.
#[derive(Debug, Serialize, JsonSchema)]
struct Accounts {
    /// In the order of people.
    items: Vec<AccountShown>,
    /// The person after whom the next page begins.
    next: Option<String>,
}

/// Where notices go.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Email {
    /// The address; nothing for no mails.
    pub(crate) email: Option<String>,
}

/// An account, without its password.
#[derive(Debug, Serialize, JsonSchema)]
struct AccountShown {
    /// The person.
    person: String,
    /// The name to sign in with.
    name: String,
    /// Where notices go.
    email: Option<String>,
    /// Whether the person can sign in with a password.
    has_password: bool,
    /// When it was closed, in milliseconds since 1970.
    closed: Option<i64>,
}

pub(super) fn routes() -> Vec<Route> {
    let json = Answer::Json;
    vec![
        Route::get("/api/v1/me", "me", "Who asks.", Needs::SignIn, json(schema_for!(Me)), me),
        Route::get(
            "/api/v1/me/sessions",
            "mySessions",
            "One's sessions, newest first.",
            Needs::Action("revoke-sessions"),
            json(schema_for!(Vec<Session>)),
            sessions,
        ),
        Route::delete(
            "/api/v1/me/sessions",
            "endMySessions",
            "Ends every session but this one.",
            Needs::Action("revoke-sessions"),
            end_sessions,
        ),
        Route::post(
            "/api/v1/me/password",
            "changePassword",
            "Sets another password, in a fresh sign-in; every other session ends.",
            Needs::SignIn,
            Answer::Nothing,
            change_password,
        )
        .body(schema_for!(NewPassword)),
        Route::get(
            "/api/v1/me/tokens",
            "myTokens",
            "One's tokens, newest first.",
            Needs::SignIn,
            json(schema_for!(Vec<Token>)),
            tokens,
        ),
        Route::post(
            "/api/v1/me/tokens",
            "makeToken",
            "Makes a token, which is shown once.",
            Needs::Action("manage-tokens"),
            json(schema_for!(Made)),
            make_token,
        )
        .body(schema_for!(NewToken)),
        Route::delete(
            "/api/v1/me/tokens/{id}",
            "revokeToken",
            "Revokes a token.",
            Needs::Action("manage-tokens"),
            revoke_token,
        ),
        Route::get(
            "/api/v1/accounts",
            "accounts",
            "Every account.",
            Needs::Action("invite-person"),
            json(schema_for!(Accounts)),
            accounts,
        )
        .paged(),
        Route::post(
            "/api/v1/accounts/{id}/email",
            "changeEmail",
            "Says where notices to a person go, in a fresh sign-in; nothing where she gets none by mail.",
            Needs::Action("reset-credentials"),
            Answer::Nothing,
            change_email,
        )
        .body(schema_for!(Email)),
        Route::delete(
            "/api/v1/accounts/{id}/sessions",
            "endSessions",
            "Ends every session of a person.",
            Needs::Action("revoke-sessions"),
            end_sessions_of,
        ),
    ]
}

async fn me(State(web): State<Web>, who: Who) -> Result<Json<Me>, Problem> {
    let refused = |refusal| Problem::of(&refusal);
    let common = web.desk.common(web.now()).await.map_err(refused)?;
    let key = Key::new(Kind::Person, &who.officer.person);
    let person = match common.documents.get(&key) {
        Some((_, Document::Person(person))) => Some(&**person),
        _ => None,
    };
    Ok(Json(Me {
        person: who.officer.person.to_string(),
        name: person.map(|person| person.name.en.clone()),
        name_zh: person.map(|person| person.name.zh_hant.clone()),
        roles: person
            .into_iter()
            .flat_map(|person| &person.roles)
            .map(|role| role.as_str().to_owned())
            .collect(),
        stepped_up: who.officer.stepped_up,
    }))
}

/// Refuses what a token does not name, of what everybody may do with what is hers.
async fn on_oneself(web: &Web, who: &Who, action: &str) -> Result<(), Problem> {
    let key = Key::new(Kind::Person, &who.officer.person);
    let may = web.desk.may(&who.officer, action, &key, true, web.now()).await;
    may.map_err(|refusal| Problem::of(&refusal))
}

pub(crate) async fn sessions(State(web): State<Web>, who: Who) -> Result<Json<Vec<Session>>, Problem> {
    on_oneself(&web, &who, "revoke-sessions").await?;
    let rows =
        web.desk.store().operations().sessions_of(who.officer.person.as_str()).await.map_err(unavailable)?;
    let sessions = rows.into_iter().map(|row| Session {
        id: row.id_hash.chars().take(12).collect(),
        this: who.session.as_ref() == Some(&row.id_hash),
        begun: row.begun,
        seen: row.seen,
        kind: row.kind,
    });
    Ok(Json(sessions.collect()))
}

pub(crate) async fn end_sessions(State(web): State<Web>, who: Who) -> Result<StatusCode, Problem> {
    on_oneself(&web, &who, "revoke-sessions").await?;
    let but = who.session.unwrap_or_default();
    let operations = web.desk.store().operations();
    operations.end_sessions_of(who.officer.person.as_str(), &but).await.map_err(unavailable)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn change_password(
    State(web): State<Web>,
    who: Who,
    Wanted(new): Wanted<NewPassword>,
) -> Result<StatusCode, Problem> {
    let account = fresh(&web, &who).await?;
    // Whoever signs in elsewhere gets no second way in by herself.
    if account.password.is_none() {
        return Err(Problem::wrong((
            "your account has no password here; you sign in at your institution",
            "你的帳戶在此沒有密碼；你以機構帳戶登入",
        )));
    }
    let hash = hashed(&web, &new.password, account.name).await?;
    let operations = web.desk.store().operations();
    operations.set_password(&account.person, &hash).await.map_err(unavailable)?;
    operations
        .end_sessions_of(&account.person, who.session.as_deref().unwrap_or_default())
        .await
        .map_err(unavailable)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn tokens(State(web): State<Web>, who: Who) -> Result<Json<Vec<Token>>, Problem> {
    let rows =
        web.desk.store().operations().tokens_of(who.officer.person.as_str()).await.map_err(unavailable)?;
    let tokens = rows.into_iter().map(|row| Token {
        id: row.id,
        name: row.name,
        scopes: row.scopes,
        made: row.made,
        expires: row.expires,
        last_used: row.last_used,
        revoked: row.revoked,
    });
    Ok(Json(tokens.collect()))
}

pub(crate) async fn make_token(
    State(web): State<Web>,
    who: Who,
    Wanted(new): Wanted<NewToken>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let person = who.officer.person.clone();
    allowed(&web, &who, "manage-tokens", person.as_str()).await?;
    if !who.officer.stepped_up || who.session.is_none() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "denied",
            ("You may not do this", "你不得作此操作"),
            (
                "a token is made in a fresh sign-in, not by another token; sign in again first",
                "權杖須於重新登入後製作，不得以另一權杖製作；請先再次登入",
            ),
        ));
    }
    if new.days == 0 || new.days > 366 {
        return Err(Problem::wrong((
            "field `days`: a token is good for 1 to 366 days",
            "欄位 `days`：權杖的有效期為1至366日",
        )));
    }
    if new.name.trim().is_empty() || new.name.len() > 100 {
        return Err(Problem::wrong(("field `name`: 1 to 100 bytes", "欄位 `name`：須為1至100位元組")));
    }
    if let Some(scope) = new.scopes.iter().find(|scope| scope.parse::<Action>().is_err()) {
        return Err(Problem::wrong((
            format!("field `scopes`: `{scope}` is no action; see /api/v1/token-scopes"),
            format!("欄位 `scopes`：沒有名為 `{scope}` 的操作；請參閱 /api/v1/token-scopes"),
        )));
    }
    let takes_person = |scope: &&String| scope.parse().is_ok_and(Action::takes_fresh_sign_in);
    if let Some(scope) = new.scopes.iter().find(takes_person) {
        return Err(Problem::wrong((
            format!(
                "field `scopes`: `{scope}` takes a fresh sign-in of a person each time; no token is good for it"
            ),
            format!("欄位 `scopes`：`{scope}` 每次均須本人重新登入；權杖不適用"),
        )));
    }
    let secret = token::make().map_err(Problem::accident)?;
    let hash = secret.digest();
    let now = web.now().as_millisecond();
    let id: String = hash.chars().take(12).collect();
    let row = TokenRow {
        hash,
        id: id.clone(),
        name: new.name.trim().to_owned(),
        person: person.to_string(),
        scopes: new.scopes,
        made: now,
        expires: now + i64::from(new.days) * 86_400_000,
        last_used: None,
        revoked: None,
    };
    web.desk.store().operations().add_token(&row).await.map_err(unavailable)?;
    Ok((StatusCode::CREATED, Json(Made { token: secret.reveal().to_owned(), id })))
}

pub(crate) async fn revoke_token(
    State(web): State<Web>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let person = who.officer.person.as_str();
    allowed(&web, &who, "manage-tokens", person).await?;
    let operations = web.desk.store().operations();
    let revoked =
        operations.revoke_token(person, &id, web.now().as_millisecond()).await.map_err(unavailable)?;
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::missing(TOKEN)) }
}

async fn accounts(
    State(web): State<Web>,
    who: Who,
    Asked(page): Asked<Paging>,
) -> Result<Json<Accounts>, Problem> {
    allowed(&web, &who, "invite-person", "").await?;
    let (limit, most) = page.limits()?;
    let operations = web.desk.store().operations();
    let after = page.after.as_deref().unwrap_or_default();
    let mut accounts = operations.accounts_after(after, most).await.map_err(unavailable)?;
    let is_last = accounts.len() <= limit;
    accounts.truncate(limit);
    let next = accounts.last().filter(|_| !is_last).map(|account| account.person.clone());
    let shown = accounts.into_iter().map(|account| AccountShown {
        person: account.person,
        name: account.name,
        email: account.email,
        has_password: account.password.is_some(),
        closed: account.closed,
    });
    Ok(Json(Accounts { items: shown.collect(), next }))
}

/// Sets where notices to a person go: somebody else's, in a fresh sign-in, and to an address that nobody else has. With a
/// provider an address finds an account at a first sign-in, so that of one who did not sign in yet stays as it is.
pub(crate) async fn change_email(
    State(web): State<Web>,
    who: Who,
    Path(person): Path<String>,
    Wanted(new): Wanted<Email>,
) -> Result<StatusCode, Problem> {
    allowed(&web, &who, "reset-credentials", &person).await?;
    let email = new.email.map(|email| email.trim().to_owned()).filter(|email| !email.is_empty());
    if email.as_ref().is_some_and(|email| !is_address(email)) {
        return Err(Problem::wrong((
            "field `email`: an address such as name@bank.example",
            "欄位 `email`：須為電郵地址，例如 name@bank.example",
        )));
    }
    let operations = web.desk.store().operations();
    let accounts = operations.accounts().await.map_err(unavailable)?;
    let folded = email.as_ref().map(|email| email.to_lowercase());
    let has_it = |account: &Account| {
        account.person != person && account.email.as_ref().map(|email| email.to_lowercase()) == folded
    };
    if folded.is_some() && accounts.iter().any(has_it) {
        return Err(Problem::taken("field `email`: the address"));
    }
    let known = PersonId::parse(&person)
        .ok()
        .filter(|_| accounts.iter().any(|account| account.person == person && account.closed.is_none()));
    let Some(id) = known else {
        return Err(Problem::missing((
            format!("open account of `{person}`"),
            format!("「{person}」的有效帳戶"),
        )));
    };
    let is_tied = accounts.iter().any(|account| account.person == person && account.identity.is_some());
    if web.provider.is_some() && !is_tied {
        return Err(Problem::wrong((
            "her address finds the account when she first signs in at the institution, so nobody changes it alone; let her sign in first",
            "該電郵用於其首次以機構帳戶登入時識別帳戶，故任何人不得單獨更改；請待其首次登入後再改",
        )));
    }
    let noted = Noted::EmailChanged { person: id };
    let noted = web.desk.note(who.officer.clone(), "reset-credentials", noted, web.now()).await;
    noted.map_err(|refusal| Problem::of(&refusal))?;
    operations.set_email(&person, email.as_deref()).await.map_err(unavailable)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a text can be an address of mail: one name, one machine, nothing that a header would read otherwise.
fn is_address(text: &str) -> bool {
    let plain = text.len() <= 254 && text.chars().all(|one| !one.is_whitespace() && !one.is_control());
    let mut parts = text.split('@');
    let (name, machine) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    plain
        && parts.next().is_none()
        && !name.is_empty()
        && machine.contains('.')
        && !machine.starts_with('.')
        && !text.contains(['<', '>', ',', ';', '"'])
}

async fn end_sessions_of(
    State(web): State<Web>,
    who: Who,
    Path(person): Path<String>,
) -> Result<StatusCode, Problem> {
    allowed(&web, &who, "revoke-sessions", &person).await?;
    web.desk.store().operations().end_sessions_of(&person, "").await.map_err(unavailable)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses unless the policies allow an action on a person.
pub(crate) async fn allowed(web: &Web, who: &Who, action: &str, person: &str) -> Result<(), Problem> {
    let key = Key::new(Kind::Person, person);
    let may = web.desk.may(&who.officer, action, &key, false, web.now()).await;
    may.map_err(|refusal| Problem::of(&refusal))
}

/// What is missing where a person has no such token.
pub(crate) const TOKEN: (&str, &str) = ("such token of yours", "你的此權杖");
