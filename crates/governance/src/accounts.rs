//! Accounts of people who left: what the record says of them is made true, where a server ended between the two.
//!
//! An entry comes before what it does to an account. This finishes closings and erasures that stopped in between. It opens
//! no account and changes nothing on record.

use std::collections::BTreeMap;

use dualtrack_inventory::{Key, Kind};
use dualtrack_ledger::Reader;
use dualtrack_store::{Moment, StoreError};
use jiff::Timestamp;

use crate::desk::Desk;
use crate::replay::{ReplayError, said};

impl Desk {
    /// Closes the accounts and forgets the people of whom the record says so, and says how many those were.
    pub async fn settle_accounts(&self, reader: &Reader, now: Timestamp) -> Result<usize, ReplayError> {
        Ok(self.close_leavers(reader, now).await? + self.forget_erased().await?)
    }

    /// Forgets the accounts of people who were erased, and says how many those were.
    pub async fn forget_erased(&self) -> Result<usize, StoreError> {
        let operations = self.store.operations();
        let from = operations.progress(FORGOTTEN).await?;
        let accounts = operations.accounts().await?;
        let mut connection = self.store.read().await?;
        let erased = connection.reading().places_of("erase-person", place(from)).await?;
        let Some(last) = erased.last() else { return Ok(0) };
        let mut forgotten = 0;
        for account in accounts {
            let key = Key::new(Kind::Person, &account.person);
            // Somebody else may bear the name by now.
            if connection.reading().document(&key, Moment::Now).await?.is_none() {
                operations.forget(&account.person).await?;
                forgotten += 1;
            }
        }
        operations.set_progress(FORGOTTEN, number(last + 1)).await?;
        Ok(forgotten)
    }

    async fn close_leavers(&self, reader: &Reader, now: Timestamp) -> Result<usize, ReplayError> {
        let operations = self.store.operations();
        let from = place(operations.progress(CLOSED).await?);
        let mut entries = BTreeMap::new();
        let mut connection = self.store.read().await?;
        for (action, closes) in [("open-account", false), ("close-account", true)] {
            let places = connection.reading().places_of(action, from).await?;
            entries.extend(places.into_iter().map(|place| (place, closes)));
        }
        drop(connection);
        // The last word counts: a name may have been given to somebody else after its first bearer was erased.
        let mut people = BTreeMap::new();
        for (place, closes) in &entries {
            let person = said(reader, self.book().keys(), *place, "person")?;
            if let Some(person) = person.as_ref().and_then(|person| person.as_str()) {
                people.insert(person.to_owned(), *closes);
            }
        }
        let mut closed = 0;
        for (person, _) in people.into_iter().filter(|(_, closes)| *closes) {
            if operations.account_of(&person).await?.is_some_and(|account| account.closed.is_none()) {
                operations.close_account(&person, now.as_millisecond()).await?;
                closed += 1;
            }
        }
        if let Some((last, _)) = entries.last_key_value() {
            operations.set_progress(CLOSED, number(last + 1)).await?;
        }
        Ok(closed)
    }
}

/// Places stay far below what a column holds.
pub(crate) fn number(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

pub(crate) fn place(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// How far closings were looked at.
const CLOSED: &str = "accounts-closed";
/// How far erasures were looked at.
const FORGOTTEN: &str = "accounts-forgotten";
