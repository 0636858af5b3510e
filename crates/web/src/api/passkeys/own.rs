//! One's own passkeys: what there is, adding, naming, removing.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dualtrack_inventory::{Document, Key, Kind};
use dualtrack_store::StoreError;
use dualtrack_store::operations::{Account, PasskeyRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::options::{Creation, creation};
use super::{begun, party, refused, waiting};
use crate::api::sign_in::in_session;
use crate::problem::Problem;
use crate::sign_in::passkey::{Attested, PasskeyRefusal, Purpose, registered};
use crate::sign_in::secret::{Secret, base64url, digest};
use crate::state::Web;
use crate::wanted::Wanted;
use crate::who::{Who, unavailable};

/// A passkey of oneself.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Passkey {
    /// Names it.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// When it was added, in milliseconds since 1970.
    pub(crate) made: i64,
    /// When it was last used.
    pub(crate) last_used: Option<i64>,
}

/// A passkey that a device made; each part in base64url.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// What it is to be called.
    #[serde(default)]
    pub(crate) name: String,
    /// What the browser asked the device for (`clientDataJSON`).
    pub(crate) client_data: String,
    /// What the device made (`attestationObject`).
    pub(crate) attestation: String,
}

/// Another name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeyName")]
pub(crate) struct Renamed {
    /// What it is to be called.
    pub(crate) name: String,
}

pub(crate) async fn list(State(web): State<Web>, who: Who) -> Result<Json<Vec<Passkey>>, Problem> {
    let rows = web.desk.store().operations().passkeys_of(who.officer.person.as_str()).await;
    Ok(Json(rows.map_err(unavailable)?.into_iter().map(shown).collect()))
}

pub(super) async fn begin(State(web): State<Web>, who: Who) -> Result<Json<Creation>, Problem> {
    let language = who.officer.language;
    let account = fresh(&web, &who).await?;
    let party = party(&web)?;
    let operations = web.desk.store().operations();
    let known = operations.passkeys_of(&account.person).await.map_err(unavailable)?;
    // A random name, the same for all of hers: a device that is lost tells nobody whose it was.
    let handle = match known.first() {
        Some(one) => one.handle.clone(),
        None => Secret::random().map_err(Problem::accident)?.reveal().to_owned(),
    };
    let common = web.desk.common(web.now()).await.map_err(|refusal| Problem::of(&refusal))?;
    let called = match common.documents.get(&Key::new(Kind::Person, &account.person)) {
        Some((_, Document::Person(person))) => language.pick((&person.name.en, &person.name.zh_hant)).clone(),
        _ => account.name.clone(),
    };
    let purpose = Purpose::Add { person: account.person.clone(), handle: handle.clone() };
    let challenge = begun(&web, purpose).await?;
    Ok(Json(creation(challenge, party, (handle, account.name, called), &known)))
}

pub(crate) async fn add(
    State(web): State<Web>,
    who: Who,
    Wanted(new): Wanted<NewPasskey>,
) -> Result<(StatusCode, Json<Passkey>), Problem> {
    let account = fresh(&web, &who).await?;
    let name = named(&new.name)?;
    let party = party(&web)?;
    let (challenge, purpose) = waiting(&web, &new.client_data).await?;
    let not_begun = || refused(PasskeyRefusal::NotBegun);
    let Purpose::Add { person, handle } = purpose else { return Err(not_begun()) };
    if person != account.person {
        return Err(not_begun());
    }
    let given = Attested { client_data: &new.client_data, attestation: &new.attestation };
    let made = registered(given, &challenge, &party).map_err(refused)?;
    let credential = base64url(&made.credential);
    let hash = digest(&credential);
    let row = PasskeyRow {
        id: hash.chars().take(12).collect(),
        hash,
        credential,
        person,
        name,
        handle,
        public_key: made.key.text(),
        counter: i64::from(made.counter),
        made: web.now().as_millisecond(),
        last_used: None,
    };
    let added = web.desk.store().operations().add_passkey(&row, MOST).await;
    let added = added.map_err(|error| match error {
        StoreError::Taken(_) => Problem::wrong((
            "this passkey was added already; use it, or another",
            "此通行密鑰已經新增；請使用它或另選一個",
        )),
        error => unavailable(error),
    })?;
    if !added {
        return Err(Problem::wrong((
            format!("a person has at most {MOST} passkeys; remove one first"),
            format!("每人最多可有{MOST}個通行密鑰；請先移除一個"),
        )));
    }
    Ok((StatusCode::CREATED, Json(shown(row))))
}

pub(crate) async fn name(
    State(web): State<Web>,
    who: Who,
    Path(id): Path<String>,
    Wanted(renamed): Wanted<Renamed>,
) -> Result<StatusCode, Problem> {
    in_session(&who)?;
    let name = named(&renamed.name)?;
    let operations = web.desk.store().operations();
    let named = operations.name_passkey(who.officer.person.as_str(), &id, &name).await;
    found(named.map_err(unavailable)?)
}

pub(crate) async fn remove(
    State(web): State<Web>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    in_session(&who)?;
    let operations = web.desk.store().operations();
    found(operations.remove_passkey(who.officer.person.as_str(), &id).await.map_err(unavailable)?)
}

fn found(found: bool) -> Result<StatusCode, Problem> {
    if found { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::missing(PASSKEY)) }
}

/// The account of somebody who has just shown who she is: whoever finds a screen unlocked adds no passkey to it.
pub(in crate::api) async fn fresh(web: &Web, who: &Who) -> Result<Account, Problem> {
    in_session(who)?;
    if !who.officer.stepped_up {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "denied",
            ("You may not do this", "你不得作此操作"),
            (
                "how you sign in is changed in a fresh sign-in only; show again who you are first",
                "更改登入方式須先重新核實身分",
            ),
        ));
    }
    let account = web.desk.store().operations().account_of(who.officer.person.as_str()).await;
    let account = account.map_err(unavailable)?.filter(|account| account.closed.is_none());
    account.ok_or_else(|| Problem::wrong(("you have no account to sign in with", "你沒有可供登入的帳戶")))
}

fn named(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
        return Err(Problem::wrong(("field `name`: 1 to 100 bytes", "欄位 `name`：1至100個位元組")));
    }
    Ok(name.to_owned())
}

fn shown(row: PasskeyRow) -> Passkey {
    Passkey { id: row.id, name: row.name, made: row.made, last_used: row.last_used }
}

/// What is missing where a person has no such passkey.
pub(crate) const PASSKEY: (&str, &str) = ("such passkey of yours", "你的此通行密鑰");
/// How many passkeys a person has at most.
const MOST: i64 = 20;
