//! The post: what was entered is looked through once for whom to tell; what waits is sent, and tried again when due.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use dualtrack_catalogue::Language;
use dualtrack_governance::{AsOf, Command, Desk, Officer, Refusal};
use dualtrack_inventory::{Document, Key, Kind, PersonId, ProposalId};
use dualtrack_store::operations::{Account, Outgoing, OutgoingState};
use dualtrack_store::{StoreError, Trail};
use dualtrack_web::notices::{is_told, title};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::mailing::{Mailing, call};
use super::reminders::remind;
use super::settings::Settings;
use crate::failure::Failure;
use crate::notices::{Delivered, Notice, PostSettings, Postman, SigningSecret, Target, next_attempt};

/// Posts and sends until it is stopped.
pub(super) async fn run(desk: Arc<Desk>, settings: Settings, address: String, posted: Arc<Notify>) {
    let postman = match settings.post().and_then(Postman::new) {
        Ok(postman) => postman,
        Err(failure) => {
            if let Failure::Input(lines) = failure {
                crate::complain(&lines);
            }
            // Mails wait; programs are told all the same.
            let without =
                PostSettings { allow_private: settings.allow_private_webhooks, ..PostSettings::default() };
            let Ok(postman) = Postman::new(without) else { return };
            postman
        }
    };
    let postman = Arc::new(postman);
    let mut reminded: Option<Timestamp> = None;
    loop {
        let now = crate::now();
        let is_hour = reminded.is_none_or(|before| now.duration_since(before).as_hours() != 0);
        if is_hour {
            reminded = Some(now);
        }
        if let Err(error) = put(&desk, settings.has_mail(), is_hour.then_some(now)).await {
            crate::complain(&[format!("notices wait: {error}")]);
        }
        if let Err(error) = send(&desk, &postman, &address).await {
            crate::complain(&[format!("notices wait: {error}")]);
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), posted.notified()).await;
    }
}

/// Puts into the outbox what there is to tell; once an hour, given when, also what falls due.
async fn put(desk: &Desk, has_mail: bool, hour: Option<Timestamp>) -> Result<(), Refusal> {
    let mailing = Mailing::of(desk, has_mail).await?;
    if let Some(now) = hour {
        let before = now.as_millisecond() - KEPT_DAYS * 24 * 60 * 60 * 1_000;
        desk.store().operations().forget_outgoing(before).await?;
        remind(desk, &mailing, now).await?;
    }
    look(desk, &mailing).await
}

/// Puts into the outbox what the entries since the last look have to tell.
async fn look(desk: &Desk, mailing: &Mailing) -> Result<(), Refusal> {
    let operations = desk.store().operations();
    let from = operations.progress(LOOKED).await?;
    let from = u64::try_from(from).unwrap_or(0);
    let mut connection = desk.store().read().await?;
    let entries = connection.reading().trail_from(from, AT_ONCE).await?;
    drop(connection);
    if entries.is_empty() {
        return Ok(());
    }
    let accounts = operations.accounts().await?;
    let webhooks = operations.webhooks().await?;
    for entry in &entries {
        let about = entry.documents.first().map_or("", |name| name.split('@').next().unwrap_or_default());
        let body = json!({
            "action": entry.action, "kind": entry.kind, "about": about, "entry": entry.place, "at": entry.at,
        });
        for webhook in &webhooks {
            if webhook.kinds.is_empty() || webhook.kinds.contains(&entry.kind) {
                call(desk, &entry.place.to_string(), &webhook.id, &body).await?;
            }
        }
        if is_told(&entry.action) {
            for account in told(desk, entry, &accounts).await? {
                mailing.tell(desk, &entry.place.to_string(), account, &body).await?;
            }
        }
    }
    if let Some(last) = entries.last() {
        let next = i64::try_from(last.place + 1).unwrap_or(i64::MAX);
        operations.set_progress(LOOKED, next).await?;
    }
    Ok(())
}

/// Whether the person of an account could confirm a proposal.
async fn may_confirm(desk: &Desk, account: &Account, proposal: &str) -> Result<bool, Refusal> {
    let (Ok(person), Ok(proposal)) = (PersonId::parse(&account.person), ProposalId::parse(proposal)) else {
        return Ok(false);
    };
    let officer =
        Officer { person, stepped_up: true, scopes: None, runs_checks: false, language: Language::En };
    match desk.may_act(&officer, &Command::ConfirmProposal { proposal }, crate::now()).await {
        Ok(()) => Ok(true),
        // Then nobody is passed over: it is looked at again.
        Err(refusal @ Refusal::Index(_)) => Err(refusal),
        Err(_) => Ok(false),
    }
}

/// A document as it is; none where it was erased or never there.
async fn now(desk: &Desk, key: &Key) -> Result<Option<Document>, Refusal> {
    match desk.document(key, AsOf::Now).await {
        Ok(stored) => Ok(stored.document),
        Err(Refusal::Unknown(_)) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// Whom an entry concerns: everybody with a part in the uses that it is about, and who could confirm what it proposes,
/// but whoever did it.
async fn told<'a>(desk: &Desk, entry: &Trail, accounts: &'a [Account]) -> Result<Vec<&'a Account>, Refusal> {
    let mut people = BTreeSet::new();
    for name in &entry.documents {
        let Ok(key) = name.split('@').next().unwrap_or_default().parse::<Key>() else { continue };
        let Some(document) = now(desk, &key).await? else { continue };
        if key.kind == Kind::Proposal && entry.action.starts_with("propose-") {
            for account in accounts.iter().filter(|account| account.closed.is_none()) {
                if may_confirm(desk, account, &key.id).await? {
                    people.insert(account.person.clone());
                }
            }
        }
        let links = document.links();
        people.extend(links.iter().filter(|(_, to)| to.kind == Kind::Person).map(|(_, to)| to.id.clone()));
        for (_, to) in links.iter().filter(|(_, to)| to.kind == Kind::Use) {
            if let Some(Document::Use(of)) = now(desk, to).await? {
                people.extend(of.people.owners.iter().map(ToString::to_string));
            }
        }
    }
    let concerned = |account: &&Account| {
        people.contains(&account.person)
            && entry.actor.as_ref() != Some(&account.person)
            && account.closed.is_none()
    };
    Ok(accounts.iter().filter(concerned).collect())
}

/// Sends what is due.
async fn send(desk: &Desk, postman: &Arc<Postman>, address: &str) -> Result<(), StoreError> {
    let operations = desk.store().operations();
    let due = operations.due(crate::now().as_millisecond(), SENT_AT_ONCE).await?;
    for bundle in bundles(due, &operations.daily_mail().await?) {
        let Some(first) = bundle.first() else { continue };
        let delivered = match target(desk, first).await? {
            None => Delivered::Never("nobody is there any more".to_owned()),
            Some(target) => {
                let notices: Vec<_> = bundle.iter().map(|outgoing| notice(outgoing, address)).collect();
                let postman = Arc::clone(postman);
                let now = crate::now();
                let sent =
                    tokio::task::spawn_blocking(move || delivered(&postman, &notices, &target, now)).await;
                sent.unwrap_or_else(|error| Delivered::Later(error.to_string()))
            }
        };
        let attempts = bundle.iter().map(|outgoing| outgoing.attempts).max().unwrap_or_default();
        let attempts = u32::try_from(attempts).unwrap_or(u32::MAX).saturating_add(1);
        let now = crate::now();
        let (state, due, said) = match delivered {
            Delivered::Done => (OutgoingState::Sent, now, None),
            Delivered::Never(why) => (OutgoingState::GivenUp, now, Some(why)),
            Delivered::Later(why) => match next_attempt(attempts, now, random()) {
                Some(due) => (OutgoingState::Waiting, due, Some(why)),
                None => (OutgoingState::GivenUp, now, Some(why)),
            },
        };
        for outgoing in &bundle {
            operations.tried(&outgoing.id, state, due.as_millisecond(), said.as_deref()).await?;
        }
    }
    Ok(())
}

/// What goes out together: all that is due to somebody who wants it so, and everything else by itself.
fn bundles(due: Vec<Outgoing>, daily: &BTreeSet<String>) -> Vec<Vec<Outgoing>> {
    let mut together: BTreeMap<String, Vec<Outgoing>> = BTreeMap::new();
    let mut bundles = Vec::new();
    for outgoing in due {
        if outgoing.channel == "mail" && daily.contains(&outgoing.target) {
            together.entry(outgoing.target.clone()).or_default().push(outgoing);
        } else {
            bundles.push(vec![outgoing]);
        }
    }
    bundles.extend(together.into_values());
    bundles
}

fn delivered(postman: &Postman, notices: &[Notice], target: &Target, now: Timestamp) -> Delivered {
    match (notices, target) {
        ([one], _) => postman.deliver(one, target, now),
        (several, Target::Mail { address, language, .. }) => {
            postman.deliver_together(several, (address, *language), now)
        }
        _ => Delivered::Never("only mails go together".to_owned()),
    }
}

async fn target(desk: &Desk, outgoing: &Outgoing) -> Result<Option<Target>, StoreError> {
    let operations = desk.store().operations();
    if outgoing.channel == "webhook" {
        let webhook = operations.webhooks().await?.into_iter().find(|webhook| webhook.id == outgoing.target);
        return Ok(webhook.map(|webhook| Target::Webhook {
            url: webhook.url.clone(),
            secrets: webhook
                .signing(crate::now().as_millisecond())
                .iter()
                .filter_map(|text| SigningSecret::parse(text).ok())
                .collect(),
        }));
    }
    let account = operations.account_of(&outgoing.target).await?.filter(|account| account.closed.is_none());
    Ok(account.and_then(|account| {
        let language = if account.language.starts_with("zh") { Language::ZhHant } else { Language::En };
        Some(Target::Mail { address: account.email?, name: None, language })
    }))
}

fn notice(outgoing: &Outgoing, address: &str) -> Notice {
    let body: Value = serde_json::from_str(&outgoing.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let action = text("action");
    let about = text("about");
    let at = body.get("at").and_then(Value::as_i64).and_then(|at| Timestamp::from_millisecond(at).ok());
    Notice {
        id: outgoing.id.clone(),
        kind: text("kind"),
        at: at.unwrap_or_default(),
        title: title(&action, &about, &text("due")),
        link: format!("{address}/notices"),
        entry: body.get("entry").and_then(Value::as_u64),
        about,
    }
}

fn random() -> u64 {
    let mut bytes = [0_u8; 8];
    let _ = getrandom::fill(&mut bytes);
    u64::from_be_bytes(bytes)
}

const LOOKED: &str = "noticed";
const AT_ONCE: usize = 1_000;
const SENT_AT_ONCE: i64 = 500;
/// For how many days it is kept of what people were told.
const KEPT_DAYS: i64 = 180;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mails_of_those_who_want_it_go_together() {
        let one = |id: &str, channel: &str, target: &str| Outgoing {
            id: id.into(),
            channel: channel.into(),
            target: target.into(),
            body: "{}".into(),
            made: 0,
            due: 0,
            attempts: 0,
            state: OutgoingState::Waiting,
            said: None,
        };
        let due = vec![
            one("1", "mail", "mok"),
            one("2", "mail", "wong"),
            one("3", "webhook", "mok"),
            one("4", "mail", "mok"),
        ];
        let bundles = bundles(due, &BTreeSet::from(["mok".to_owned()]));
        let ids: Vec<Vec<_>> =
            bundles.iter().map(|bundle| bundle.iter().map(|one| one.id.as_str()).collect()).collect();
        assert_eq!(ids, [vec!["2"], vec!["3"], vec!["1", "4"]]);
    }
}
