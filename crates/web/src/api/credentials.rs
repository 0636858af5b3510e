//! What actions about accounts do beside their entry: links that are good once, accounts that open, close and are
//! forgotten. The entry comes first. What was cut short after it a start finishes, where the entry took something away;
//! a link that never came is asked for again.

use dualtrack_governance::{AsOf, Command, Refusal};
use dualtrack_inventory::{Document, Key, Kind};
use dualtrack_store::StoreError;
use dualtrack_store::operations::{Account, Link};
use schemars::JsonSchema;
use serde::Serialize;

use crate::problem::Problem;
use crate::sign_in::secret::Secret;
use crate::state::Web;
use crate::who::{Who, unavailable};

/// A link that is good once, to be handed to the person.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Invitation {
    /// The person.
    pub(crate) person: String,
    /// The address with its secret; it is never shown again.
    pub(crate) link: String,
    /// After which it is good for nothing, in milliseconds since 1970.
    pub(crate) expires: i64,
}

/// What is to be done once an action is entered.
#[derive(Debug)]
pub(super) enum Effect {
    Nothing,
    Open(Account),
    Reset(String),
    Close(String),
    Forget(String),
}

/// What an action will do to accounts; refuses what could not be done after it was entered.
pub(super) async fn effect(web: &Web, who: &Who, command: &Command) -> Result<Effect, Problem> {
    let inner = match command {
        Command::ConfirmProposal { proposal } => proposed(web, &Key::new(Kind::Proposal, proposal)).await?,
        _ => None,
    };
    let command = inner.as_ref().unwrap_or(command);
    // Whoever may not do it learns nothing of accounts from it; the desk refuses.
    let asked = match command {
        Command::OpenAccount { person, .. } => Some(("invite-person", person)),
        Command::ResetCredentials { person } => Some(("reset-credentials", person)),
        _ => None,
    };
    if let Some((action, person)) = asked {
        let key = Key::new(Kind::Person, person);
        if inner.is_none() && web.desk.may(&who.officer, action, &key, false, web.now()).await.is_err() {
            return Ok(Effect::Nothing);
        }
    }
    let operations = web.desk.store().operations();
    Ok(match command {
        Command::OpenAccount { person, name, email, language } => {
            let there = operations.account_of(person.as_str()).await.map_err(unavailable)?;
            if there.as_ref().is_some_and(|account| account.closed.is_some()) {
                return Err(Problem::wrong((
                    format!("the account of `{person}` is closed"),
                    format!("「{person}」的帳戶已關閉"),
                )));
            }
            if there.is_some_and(|account| account.password.is_some() || account.identity.is_some()) {
                return Err(Problem::wrong((
                    format!("`{person}` has an account; a new password is let in by `reset-credentials`"),
                    format!("「{person}」已有帳戶；如須重設密碼，請使用 `reset-credentials`"),
                )));
            }
            let name = name.trim().to_lowercase();
            let named = operations.account_named(&name).await.map_err(unavailable)?;
            if named.is_some_and(|account| account.person != person.as_str()) {
                return Err(Problem::wrong((
                    format!("field `name`: `{name}` is taken"),
                    format!("欄位 `name`：「{name}」已被使用"),
                )));
            }
            if let Some(email) = email.as_ref().map(|email| email.trim().to_lowercase()) {
                let accounts = operations.accounts().await.map_err(unavailable)?;
                let has_it = |account: &Account| {
                    account.person != person.as_str()
                        && account.email.as_ref().is_some_and(|there| there.trim().to_lowercase() == email)
                };
                if accounts.iter().any(has_it) {
                    return Err(Problem::taken("field `email`: the address"));
                }
            }
            Effect::Open(Account {
                person: person.to_string(),
                name,
                email: email.clone(),
                password: None,
                language: language.tag().to_owned(),
                identity: None,
                made: web.now().as_millisecond(),
                closed: None,
            })
        }
        Command::ResetCredentials { person } => {
            let there = operations.account_of(person.as_str()).await.map_err(unavailable)?;
            if there.is_none_or(|account| account.closed.is_some()) {
                return Err(Problem::wrong((
                    format!("`{person}` has no account; `open-account` opens one"),
                    format!("「{person}」沒有帳戶；請以 `open-account` 開立"),
                )));
            }
            Effect::Reset(person.to_string())
        }
        Command::CloseAccount { person } => Effect::Close(person.to_string()),
        Command::ErasePerson { person, .. } => Effect::Forget(person.to_string()),
        _ => Effect::Nothing,
    })
}

async fn proposed(web: &Web, key: &Key) -> Result<Option<Command>, Problem> {
    match web.desk.document(key, AsOf::Now).await {
        Ok(stored) => Ok(match stored.document {
            Some(Document::Proposal(proposal)) => serde_json::from_value(proposal.action.clone()).ok(),
            _ => None,
        }),
        // The desk says so better.
        Err(Refusal::Unknown(_)) => Ok(None),
        Err(refusal) => Err(Problem::of(&refusal)),
    }
}

impl Effect {
    /// Does it.
    pub(super) async fn happen(self, web: &Web) -> Result<Option<Invitation>, Problem> {
        let operations = web.desk.store().operations();
        let now = web.now().as_millisecond();
        match self {
            Self::Nothing => Ok(None),
            Self::Open(account) => {
                let person = account.person.clone();
                let taken = |error| match error {
                    StoreError::Taken(what) => Problem::taken(what),
                    error => unavailable(error),
                };
                if operations.account_of(&person).await.map_err(unavailable)?.is_none() {
                    operations.add_account(&account).await.map_err(taken)?;
                } else {
                    // Nobody signed in yet: what was mistyped is put right.
                    operations.describe_account(&account).await.map_err(taken)?;
                }
                link(web, &person, "invitation", 72).await.map(Some)
            }
            Self::Reset(person) => {
                // Whatever was good before is good for nothing from now on.
                operations.reset_account(&person, now).await.map_err(unavailable)?;
                link(web, &person, "reset", 24).await.map(Some)
            }
            Self::Close(person) => {
                operations.close_account(&person, now).await.map_err(unavailable)?;
                Ok(None)
            }
            Self::Forget(person) => {
                operations.forget(&person).await.map_err(unavailable)?;
                Ok(None)
            }
        }
    }
}

async fn link(web: &Web, person: &str, purpose: &str, hours: i64) -> Result<Invitation, Problem> {
    let secret = Secret::random().map_err(Problem::accident)?;
    let now = web.now().as_millisecond();
    let link = Link {
        hash: secret.digest(),
        person: person.to_owned(),
        purpose: purpose.to_owned(),
        made: now,
        expires: now + hours * 3_600_000,
    };
    web.desk.store().operations().add_link(&link).await.map_err(unavailable)?;
    Ok(Invitation {
        person: person.to_owned(),
        link: format!("{}/link#{}", web.settings.address, secret.reveal()),
        expires: link.expires,
    })
}
