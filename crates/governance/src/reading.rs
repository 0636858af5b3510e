//! What people and programs read: the board, one use with everything about it, any document, the trail, permits.
//!
//! Whoever may see a thing on its own page sees it in lists, and nobody else: both ask the same question.

use std::collections::BTreeSet;
use std::sync::Arc;

use dualtrack_inventory::{
    Deployment, Document, Incident, Inventory, Key, Kind, Measure, Permit, PersonId, Tie, Use, hong_kong_day,
    permit, verdicts_of,
};
use dualtrack_store::{Moment, Reading, Stored, Trail};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::access::{decide_for, part_in};
use crate::authority::Circumstances;
use crate::board::Line;
use crate::desk::{Common, Desk};
use crate::officer::Officer;
use crate::refusal::Refusal;

/// A use with everything that its verdicts rest on.
#[derive(Debug)]
pub struct Whole {
    /// What bears on every use.
    pub common: Arc<Common>,
    /// The use and everything in its scope.
    pub inventory: Inventory,
    /// The documents of the scope, with their versions.
    pub documents: Vec<Stored>,
    /// The use.
    pub of: Use,
    /// The version of its document.
    pub version: u64,
    /// The day for which it is read.
    pub day: Date,
}

/// What is read about: the record now, or as it was by an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// The record as it is.
    Now,
    /// The record as it was at this instant.
    At(Timestamp),
    /// The record as it was when this entry had been made, for today.
    After(u64),
}

impl AsOf {
    /// The day for which it is read.
    pub(crate) fn day(self, now: Timestamp) -> Date {
        match self {
            Self::Now | Self::After(_) => hong_kong_day(now),
            Self::At(at) => hong_kong_day(at),
        }
    }
}

/// The moment that is asked for; none before the first entry.
pub(crate) async fn moment_of(reading: &mut Reading<'_>, as_of: AsOf) -> Result<Option<Moment>, Refusal> {
    Ok(match as_of {
        AsOf::Now => Some(Moment::Now),
        AsOf::After(entry) => Some(Moment::After(entry)),
        AsOf::At(at) => reading.moment(u64::try_from(at.as_millisecond()).unwrap_or(0)).await?,
    })
}

impl Desk {
    /// Reads a use with everything its verdicts rest on.
    pub async fn whole(&self, id: &str, as_of: AsOf, now: Timestamp) -> Result<Whole, Refusal> {
        let key = Key::new(Kind::Use, id);
        let mut connection = self.store.read().await?;
        let moment = moment_of(&mut connection.reading(), as_of).await?;
        let moment = moment.ok_or_else(|| Refusal::Unknown(key.clone()))?;
        let day = as_of.day(now);
        let common = match moment {
            Moment::Now => self.common_in(&mut connection.reading(), now).await?,
            Moment::After(_) => Arc::new(self.common_at(&mut connection.reading(), moment, day).await?),
        };
        let documents = connection.reading().scope(id, moment).await?;
        let base = common.inventory.as_ref().ok_or_else(|| Refusal::Unknown(key.clone()))?;
        let inventory = base.with(documents.iter().filter_map(|stored| stored.document.clone()));
        let (of, version) = documents
            .iter()
            .find_map(|stored| match &stored.document {
                Some(Document::Use(of)) if stored.key == key => Some(((**of).clone(), stored.version)),
                _ => None,
            })
            .ok_or(Refusal::Unknown(key))?;
        Ok(Whole { common, inventory, documents, of, version, day })
    }

    /// A document, now or as it was.
    pub async fn document(&self, key: &Key, as_of: AsOf) -> Result<Stored, Refusal> {
        let mut connection = self.store.read().await?;
        let moment = moment_of(&mut connection.reading(), as_of).await?;
        let moment = moment.ok_or_else(|| Refusal::Unknown(key.clone()))?;
        let found = connection.reading().document(key, moment).await?;
        found.ok_or_else(|| Refusal::Unknown(key.clone()))
    }

    /// Documents of a kind after an id, in the order of ids.
    pub async fn documents(&self, kind: Kind, after: &str, most: usize) -> Result<Vec<Stored>, Refusal> {
        let mut connection = self.store.read().await?;
        Ok(connection.reading().of_kind(kind, Moment::Now, after, most).await?)
    }

    /// The same, as they were recorded at an instant.
    pub async fn documents_as_of(
        &self,
        kind: Kind,
        as_of: AsOf,
        after: &str,
        most: usize,
    ) -> Result<Vec<Stored>, Refusal> {
        let mut connection = self.store.read().await?;
        let Some(moment) = moment_of(&mut connection.reading(), as_of).await? else { return Ok(Vec::new()) };
        Ok(connection.reading().of_kind(kind, moment, after, most).await?)
    }

    /// The tasks of a person, done or not.
    pub async fn tasks_of(&self, person: &PersonId) -> Result<Vec<Stored>, Refusal> {
        let mut connection = self.store.read().await?;
        let person = Key::new(Kind::Person, person);
        Ok(connection.reading().documents_tied_to(&person, Tie::Assignee, Kind::Task).await?)
    }

    /// The contracts that a person answers for.
    pub(crate) async fn contracts_of(&self, person: &PersonId) -> Result<Vec<Stored>, Refusal> {
        let mut connection = self.store.read().await?;
        let person = Key::new(Kind::Person, person);
        Ok(connection.reading().documents_tied_to(&person, Tie::Owner, Kind::Contract).await?)
    }

    /// The last entry of the record.
    pub async fn last_entry(&self) -> Result<Option<u64>, Refusal> {
        let mut connection = self.store.read().await?;
        Ok(connection.reading().watermark().await?)
    }

    /// Every version of a document.
    pub async fn history(&self, key: &Key) -> Result<Vec<Stored>, Refusal> {
        let mut connection = self.store.read().await?;
        let history = connection.reading().history(key).await?;
        if history.is_empty() { Err(Refusal::Unknown(key.clone())) } else { Ok(history) }
    }

    /// Entries before a place, newest first.
    pub async fn trail(&self, of: Option<&Key>, before: u64, most: usize) -> Result<Vec<Trail>, Refusal> {
        let mut connection = self.store.read().await?;
        Ok(connection.reading().trail(of, before, most).await?)
    }

    /// Whether each deployment of a use may run now, and why not.
    pub async fn permits(&self, whole: &Whole) -> Result<Vec<(Deployment, Permit)>, Refusal> {
        let mut found = Vec::new();
        for stored in &whole.documents {
            if let Some(Document::Deployment(deployment)) = &stored.document {
                let permit = self.permit_of(whole, deployment).await?;
                found.push(((**deployment).clone(), permit));
            }
        }
        Ok(found)
    }

    async fn permit_of(&self, whole: &Whole, deployment: &Deployment) -> Result<Permit, Refusal> {
        let mut deployed = whole.inventory.clone();
        let mut connection = self.store.read().await?;
        for (name, version) in &deployment.versions {
            let key: Key = name.parse().map_err(Refusal::unread)?;
            if key.kind == Kind::Person {
                continue;
            }
            if let Some(document) =
                connection.reading().version(&key, *version).await?.and_then(|stored| stored.document)
            {
                deployed = deployed.with([document]);
            }
        }
        let standing = whole.common.catalogue.on(whole.day);
        let verdicts = match deployed.uses().get(&deployment.use_id) {
            Some(of) => verdicts_of(&standing, &deployed, of, &[]),
            None => Vec::new(),
        };
        let incidents = whole.documents.iter().filter_map(|stored| match &stored.document {
            Some(Document::Incident(incident)) => Some(&**incident),
            _ => None,
        });
        let paused = contained(incidents, deployment);
        Ok(permit(&standing, &deployed, &whole.of, deployment, &paused, &verdicts))
    }

    /// Whether somebody may see something: the one question behind lists and pages.
    pub async fn may(
        &self,
        officer: &Officer,
        action: &str,
        key: &Key,
        is_related: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let common = self.common(now).await?;
        let circumstances = Circumstances {
            is_related,
            is_self: key.kind == Kind::Person && key.id == officer.person.as_str(),
            stepped_up: officer.stepped_up,
            ..Circumstances::default()
        };
        decide_for(&self.authority, &roles_of(&common, officer), officer, action, key, circumstances)
    }

    /// Whether somebody may do something to a use, with every part and bar that the record knows.
    pub fn may_view(&self, common: &Common, officer: &Officer, line: &Line) -> Result<(), Refusal> {
        let circumstances = Circumstances {
            is_related: line.related.contains(&officer.person),
            is_owner: line.owners.contains(&officer.person),
            stepped_up: officer.stepped_up,
            ..Circumstances::default()
        };
        let key = Key::new(Kind::Use, &line.id);
        decide_for(&self.authority, &roles_of(common, officer), officer, "view-use", &key, circumstances)
    }

    /// The same for a use that was read whole. Whoever reads the past has the offices and the part of today.
    pub async fn may_view_whole(
        &self,
        officer: &Officer,
        whole: &Whole,
        as_of: AsOf,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (common, part) = match as_of {
            AsOf::Now => (Arc::clone(&whole.common), part_in(&whole.of, &officer.person)),
            AsOf::At(_) | AsOf::After(_) => {
                let today = self.document(&Key::new(Kind::Use, &whole.of.id), AsOf::Now).await?;
                let Some(Document::Use(of)) = today.document else { return Err(Refusal::Unknown(today.key)) };
                (self.common(now).await?, part_in(&of, &officer.person))
            }
        };
        let circumstances = Circumstances {
            is_related: part.is_related,
            is_owner: part.is_owner,
            stepped_up: officer.stepped_up,
            ..Circumstances::default()
        };
        let key = Key::new(Kind::Use, &whole.of.id);
        decide_for(&self.authority, &roles_of(&common, officer), officer, "view-use", &key, circumstances)
    }
}

/// The offices that a person holds.
pub(crate) fn roles_of<'c>(common: &'c Common, officer: &Officer) -> BTreeSet<&'c str> {
    match common.documents.get(&Key::new(Kind::Person, &officer.person)) {
        Some((_, Document::Person(person))) => person.roles.iter().map(|role| role.as_str()).collect(),
        _ => BTreeSet::new(),
    }
}

/// What incidents have in force where a deployment runs.
fn contained<'i>(
    incidents: impl Iterator<Item = &'i Incident>,
    deployment: &Deployment,
) -> BTreeSet<Measure> {
    incidents
        .filter(|incident| incident.closed.is_none())
        .flat_map(|incident| &incident.containments)
        .filter(|containment| containment.lifted.is_none())
        .filter(|containment| containment.deployment.as_ref().is_none_or(|id| *id == deployment.id))
        .map(|containment| containment.measure)
        .collect()
}
