//! The post: what was entered is looked through once for whom to tell; what waits is sent, and tried again when due.

use std::sync::Arc;
use std::time::Duration;

use dualtrack_catalogue::{Bilingual, Digest, Language};
use dualtrack_governance::{Command, Desk, Officer, Refusal};
use dualtrack_inventory::{Document, Key, Kind, PersonId, ProposalId};
use dualtrack_store::operations::{Account, Outgoing, OutgoingState};
use dualtrack_store::{StoreError, Trail};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::reminders::{self, remind};
use super::settings::Settings;
use crate::notices::{Delivered, Notice, Postman, SigningSecret, Target, next_attempt};

/// Posts and sends until it is stopped.
pub(super) async fn run(desk: Arc<Desk>, settings: Settings, address: String, posted: Arc<Notify>) {
    let postman = match settings.post().and_then(Postman::new) {
        Ok(postman) => Arc::new(postman),
        Err(failure) => {
            if let crate::failure::Failure::Input(lines) = failure {
                crate::complain(&lines);
            }
            return;
        }
    };
    let mut reminded: Option<Timestamp> = None;
    loop {
        let now = crate::now();
        if reminded.is_none_or(|before| now.duration_since(before).as_hours() != 0) {
            reminded = Some(now);
            if let Err(error) = remind(&desk, settings.has_mail(), now).await {
                crate::complain(&[format!("reminders wait for an hour: {error}")]);
            }
        }
        if let Err(error) = look(&desk, settings.has_mail()).await {
            crate::complain(&[format!("notices wait: {error}")]);
        }
        if let Err(error) = send(&desk, &postman, &address).await {
            crate::complain(&[format!("notices wait: {error}")]);
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), posted.notified()).await;
    }
}

/// Puts into the outbox what the entries since the last look have to tell.
async fn look(desk: &Desk, has_mail: bool) -> Result<(), Refusal> {
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
                post(desk, &format!("{}-{}", entry.place, webhook.id), "webhook", &webhook.id, &body).await?;
            }
        }
        if has_mail && words(&entry.action).is_some() {
            for account in told(desk, entry, &accounts).await? {
                post(desk, &format!("{}-{}", entry.place, account.person), "mail", &account.person, &body)
                    .await?;
            }
        }
    }
    if let Some(last) = entries.last() {
        let next = i64::try_from(last.place + 1).unwrap_or(i64::MAX);
        operations.set_progress(LOOKED, next).await?;
    }
    Ok(())
}

pub(super) async fn post(
    desk: &Desk,
    id: &str,
    channel: &str,
    target: &str,
    body: &Value,
) -> Result<(), StoreError> {
    let now = crate::now().as_millisecond();
    let outgoing = Outgoing {
        id: fitting(id),
        channel: channel.to_owned(),
        target: target.to_owned(),
        body: body.to_string(),
        made: now,
        due: now,
        attempts: 0,
        state: OutgoingState::Waiting,
        said: None,
    };
    desk.store().operations().post(&outgoing).await
}

/// A name that every receiver takes, the same for the same thing: as it is, or with a digest in the place of its end.
fn fitting(id: &str) -> String {
    let can_stay = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.len() <= LONGEST_ID && id.bytes().all(can_stay) {
        return id.to_owned();
    }
    let digest = Digest::of(id.as_bytes()).to_string();
    let digest: String = digest.chars().skip_while(|letter| *letter != ':').skip(1).take(32).collect();
    let begins: String =
        id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    format!("{}-{digest}", begins.get(..begins.len().min(31)).unwrap_or_default())
}

/// What an action is called where people are told of it.
fn words(action: &str) -> Option<(&'static str, &'static str)> {
    if action.starts_with("propose-") {
        return Some(("waits for a second person, who may be you", "待第二人確認，可由你確認"));
    }
    TOLD.iter().find(|(told, ..)| *told == action).map(|(_, en, zh)| (*en, *zh))
}

/// Whether the person of an account could confirm a proposal.
async fn may_confirm(desk: &Desk, account: &Account, proposal: &str) -> bool {
    let (Ok(person), Ok(proposal)) = (PersonId::parse(&account.person), ProposalId::parse(proposal)) else {
        return false;
    };
    let officer = Officer { person, stepped_up: true, scopes: None, language: Language::En };
    desk.may_act(&officer, &Command::ConfirmProposal { proposal }, crate::now()).await.is_ok()
}

/// Whom an entry concerns: everybody with a part in the uses that it is about, and who could confirm what it proposes,
/// but whoever did it.
async fn told<'a>(desk: &Desk, entry: &Trail, accounts: &'a [Account]) -> Result<Vec<&'a Account>, Refusal> {
    let mut people = std::collections::BTreeSet::new();
    for name in &entry.documents {
        let Ok(key) = name.split('@').next().unwrap_or_default().parse::<Key>() else { continue };
        let Ok(stored) = desk.document(&key, dualtrack_governance::AsOf::Now).await else { continue };
        let Some(document) = stored.document else { continue };
        if key.kind == Kind::Proposal && entry.action.starts_with("propose-") {
            for account in accounts.iter().filter(|account| account.email.is_some()) {
                if may_confirm(desk, account, &key.id).await {
                    people.insert(account.person.clone());
                }
            }
        }
        let links = document.links();
        people.extend(links.iter().filter(|(_, to)| to.kind == Kind::Person).map(|(_, to)| to.id.clone()));
        for (_, to) in links.iter().filter(|(_, to)| to.kind == Kind::Use) {
            let Ok(of) = desk.document(to, dualtrack_governance::AsOf::Now).await else { continue };
            if let Some(Document::Use(of)) = of.document {
                people.extend(of.people.owners.iter().map(ToString::to_string));
            }
        }
    }
    let concerned = |account: &&Account| {
        people.contains(&account.person)
            && entry.actor.as_ref() != Some(&account.person)
            && account.closed.is_none()
            && account.email.is_some()
    };
    Ok(accounts.iter().filter(concerned).collect())
}

/// Sends what is due.
async fn send(desk: &Desk, postman: &Arc<Postman>, address: &str) -> Result<(), StoreError> {
    let operations = desk.store().operations();
    let due = operations.due(crate::now().as_millisecond(), 50).await?;
    for outgoing in due {
        let delivered = match target(desk, &outgoing).await? {
            None => Delivered::Never("nobody is there any more".to_owned()),
            Some(target) => {
                let notice = notice(&outgoing, address);
                let postman = Arc::clone(postman);
                let now = crate::now();
                let sent = tokio::task::spawn_blocking(move || postman.deliver(&notice, &target, now)).await;
                sent.unwrap_or_else(|error| Delivered::Later(error.to_string()))
            }
        };
        let attempts = u32::try_from(outgoing.attempts).unwrap_or(u32::MAX).saturating_add(1);
        let now = crate::now();
        let (state, due, said) = match delivered {
            Delivered::Done => (OutgoingState::Sent, now, None),
            Delivered::Never(why) => (OutgoingState::GivenUp, now, Some(why)),
            Delivered::Later(why) => match next_attempt(attempts, now, random()) {
                Some(due) => (OutgoingState::Waiting, due, Some(why)),
                None => (OutgoingState::GivenUp, now, Some(why)),
            },
        };
        operations.tried(&outgoing.id, state, due.as_millisecond(), said.as_deref()).await?;
    }
    Ok(())
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
        title: reminders::title(&action, &about, &text("due")).unwrap_or_else(|| title(&action, &about)),
        link: format!("{address}/"),
        entry: body.get("entry").and_then(Value::as_u64),
        about,
    }
}

/// What happened, in a few words.
fn title(action: &str, about: &str) -> Bilingual {
    let (en, zh) = words(action).unwrap_or((action, action));
    Bilingual { en: format!("{about}: {en}"), zh_hant: format!("{about}：{zh}") }
}

fn random() -> u64 {
    let mut bytes = [0_u8; 8];
    let _ = getrandom::fill(&mut bytes);
    u64::from_be_bytes(bytes)
}

const LOOKED: &str = "noticed";
/// How long the name of a notice may be.
const LONGEST_ID: usize = 64;
const AT_ONCE: usize = 1_000;
/// The actions of which people are told by e-mail, and what each is called.
const TOLD: [(&str, &str, &str); 16] = [
    ("suspend", "suspended", "已暫停"),
    ("resume", "may go on", "已恢復"),
    ("retire", "retired", "已退役"),
    ("approve", "approved", "已批准"),
    ("advance", "passed a gate", "已通過關卡"),
    ("step-back", "stepped back", "已退回較早階段"),
    ("find", "a finding was raised", "有新的發現"),
    ("answer-finding", "a finding was answered", "發現已獲回應"),
    ("close-finding", "a finding was closed", "發現已結束"),
    ("give-opinion", "an opinion was given", "已給予驗證意見"),
    ("open-incident", "an incident was opened", "已開立事件"),
    ("contain", "an incident was contained", "事件已採取遏制措施"),
    ("give-task", "a task was given", "有新的待辦事項"),
    ("confirm-proposal", "what was proposed was confirmed", "提議已獲確認"),
    ("reject-proposal", "what was proposed was turned down", "提議不獲接納"),
    ("leave", "work was handed over", "工作已移交"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_about_something_with_a_long_id_can_be_delivered() {
        let short = "task-due-task-look-2026-12-01-7-siu-ka-lok";
        assert_eq!(fitting(short), short);
        let long = format!("task-due-task-{}-2026-12-01-7-siu-ka-lok", "look-at-it-".repeat(17));
        let name = fitting(&long);
        assert!(name.starts_with("task-due-task-look-at-it-") && name.len() == LONGEST_ID, "{name}");
        assert_eq!(fitting(&long), name);
        assert_ne!(fitting(&long.replace("-7-", "-1-")), name);
        assert!(
            fitting("task-due-task-a.b").bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        );
    }
}
