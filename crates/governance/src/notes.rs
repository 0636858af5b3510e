//! What is done beside the record and stands in the ledger all the same: webhooks that come, get another secret, and go.
//!
//! The entry comes first. Where a server ended before a webhook was stopped whose end was entered, the next start stops it.

use std::collections::BTreeMap;
use std::sync::Arc;

use dualtrack_inventory::{Key, Kind, PersonId};
use dualtrack_ledger::Reader;
use jiff::Timestamp;
use serde_json::Value;

use crate::access::decide_for;
use crate::accounts::{number, place};
use crate::authority::Circumstances;
use crate::desk::{Desk, Done};
use crate::officer::Officer;
use crate::reading::roles_of;
use crate::refusal::Refusal;
use crate::replay::{ReplayError, said};
use crate::view::Decision;

/// Something done beside the record.
#[derive(Clone, Debug)]
pub enum Noted {
    /// Notices go to another address from now on.
    WebhookAdded {
        /// Names it.
        id: String,
        /// The machine of its address; the rest of that may hold a secret.
        host: String,
    },
    /// What signs a webhook's notices is another secret from now on.
    WebhookRotated {
        /// Names it.
        id: String,
    },
    /// Notices to a person go to another address from now on. The address itself is in no entry.
    EmailChanged {
        /// Whose.
        person: PersonId,
    },
    /// No more notices go there.
    WebhookStopped {
        /// Names it.
        id: String,
    },
}

impl Noted {
    /// What its entry is called.
    fn action(&self) -> &'static str {
        match self {
            Self::WebhookAdded { .. } => ADDED,
            Self::WebhookRotated { .. } => "rotate-webhook",
            Self::WebhookStopped { .. } => STOPPED,
            Self::EmailChanged { .. } => "change-email",
        }
    }

    fn said(self) -> Vec<(&'static str, Value)> {
        match self {
            Self::WebhookAdded { id, host } => vec![(WEBHOOK, id.into()), ("host", host.into())],
            Self::EmailChanged { person } => vec![("person", person.to_string().into())],
            Self::WebhookRotated { id } | Self::WebhookStopped { id } => vec![(WEBHOOK, id.into())],
        }
    }
}

impl Desk {
    /// Enters that something is done beside the record, if the policies allow `takes`. Nothing else changes by it.
    pub async fn note(
        self: &Arc<Self>,
        officer: Officer,
        takes: &'static str,
        noted: Noted,
        now: Timestamp,
    ) -> Result<Done, Refusal> {
        let desk = Arc::clone(self);
        let noting = tokio::spawn(async move { desk.note_whole(&officer, takes, noted, now).await });
        noting.await.unwrap_or_else(|error| Err(self.broken(&error)))
    }

    async fn note_whole(
        &self,
        officer: &Officer,
        takes: &str,
        noted: Noted,
        now: Timestamp,
    ) -> Result<Done, Refusal> {
        let (_writing, mut change) = self.open().await?;
        let common = self.common_in(&mut change.reading(), now).await?;
        let about = Key::new(Kind::Institution, Kind::Institution);
        let circumstances = Circumstances { stepped_up: officer.stepped_up, ..Circumstances::default() };
        decide_for(&self.authority, &roles_of(&common, officer), officer, takes, &about, circumstances)?;
        let action = noted.action();
        let decision = Decision { sealed: noted.said(), ..Decision::default() };
        self.enter(change, &|_| 0, (action, Some(&officer.person)), decision, now).await
    }

    /// Stops the webhooks whose end was entered, and says how many those were.
    pub async fn settle_webhooks(&self, reader: &Reader, now: Timestamp) -> Result<usize, ReplayError> {
        let operations = self.store.operations();
        let from = place(operations.progress(SETTLED).await?);
        let mut entries = BTreeMap::new();
        let mut connection = self.store.read().await?;
        for (action, stops) in [(ADDED, false), (STOPPED, true)] {
            let places = connection.reading().places_of(action, from).await?;
            entries.extend(places.into_iter().map(|place| (place, stops)));
        }
        drop(connection);
        let mut last_words = BTreeMap::new();
        for (place, stops) in &entries {
            let id = said(reader, self.book().keys(), *place, WEBHOOK)?;
            if let Some(id) = id.as_ref().and_then(|id| id.as_str()) {
                last_words.insert(id.to_owned(), *stops);
            }
        }
        let mut stopped = 0;
        for (id, _) in last_words.into_iter().filter(|(_, stops)| *stops) {
            stopped += usize::from(operations.stop_webhook(&id, now.as_millisecond()).await?);
        }
        if let Some((last, _)) = entries.last_key_value() {
            operations.set_progress(SETTLED, number(last + 1)).await?;
        }
        Ok(stopped)
    }
}

const ADDED: &str = "add-webhook";
const STOPPED: &str = "stop-webhook";
/// Under which name an entry says which webhook.
const WEBHOOK: &str = "webhook";
/// How far ends of webhooks were looked at.
const SETTLED: &str = "webhooks-settled";
