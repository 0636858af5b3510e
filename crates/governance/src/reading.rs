//! What people and programs read: the board, one use with everything about it, any document, the trail, permits.
//!
//! Whoever may see a thing on its own page sees it in lists, and nobody else: both ask the same question.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use dualtrack_inventory::{
    Deployment, Document, Incident, Inventory, Key, Kind, Measure, Permit, Use, UseId, hong_kong_day, permit,
    verdicts_of,
};
use dualtrack_store::{Moment, Stored, Trail};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::access::{decide_for, part_in};
use crate::authority::Circumstances;
use crate::board::{Board, Line, line};
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
}

impl Desk {
    /// Reads a use with everything its verdicts rest on.
    pub async fn whole(&self, id: &str, as_of: AsOf, now: Timestamp) -> Result<Whole, Refusal> {
        let key = Key::new(Kind::Use, id);
        let mut connection = self.store.read().await?;
        let (moment, day) = match as_of {
            AsOf::Now => (Moment::Now, hong_kong_day(now)),
            AsOf::At(at) => {
                let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
                let moment = connection.reading().moment(millis).await?;
                (moment.ok_or_else(|| Refusal::Unknown(key.clone()))?, hong_kong_day(at))
            }
        };
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
        let moment = match as_of {
            AsOf::Now => Some(Moment::Now),
            AsOf::At(at) => {
                connection.reading().moment(u64::try_from(at.as_millisecond()).unwrap_or(0)).await?
            }
        };
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
        let moment = match as_of {
            AsOf::Now => Moment::Now,
            AsOf::At(at) => {
                let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
                let Some(moment) = connection.reading().moment(millis).await? else { return Ok(Vec::new()) };
                moment
            }
        };
        Ok(connection.reading().of_kind(kind, moment, after, most).await?)
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
            let key: Key = name.parse().map_err(|error| Refusal::wrong(format!("{error}")))?;
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

    /// What every use comes to today.
    pub async fn board(&self, now: Timestamp) -> Result<Arc<Board>, Refusal> {
        let common = self.common(now).await?;
        if let Some(board) = self.kept_board(common.day) {
            return Ok(board);
        }
        let _one = self.boarding.lock().await;
        if let Some(board) = self.kept_board(common.day) {
            return Ok(board);
        }
        // It may have changed while another computed.
        let common = self.common(now).await?;
        let board = Arc::new(self.compute_board(&common).await?);
        *self.board.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&board));
        Ok(board)
    }

    fn kept_board(&self, day: Date) -> Option<Arc<Board>> {
        let kept = self.board.read().unwrap_or_else(PoisonError::into_inner).clone();
        kept.filter(|board| board.day == day)
    }

    /// Computes the whole board anew, a slice of uses at a time, on two threads.
    pub async fn compute_board(&self, common: &Arc<Common>) -> Result<Board, Refusal> {
        let mut board = Board::empty(&common.catalogue, common.day);
        let Some(base) = &common.inventory else { return Ok(board) };
        let mut connection = self.store.read().await?;
        let mut after = String::new();
        let mut computing: Option<tokio::task::JoinHandle<Vec<Line>>> = None;
        loop {
            let uses = connection.reading().of_kind(Kind::Use, Moment::Now, &after, SLICE).await?;
            let Some(last) = uses.last() else { break };
            let first = after.clone();
            after.clone_from(&last.key.id);
            let documents = connection.reading().scopes(&first, &after).await?;
            // The next slice is read while this one is computed.
            let (base, shared) = (base.clone(), Arc::clone(common));
            let next = tokio::task::spawn_blocking(move || {
                let inventory = base.with(documents.into_iter().filter_map(|stored| stored.document));
                lines(&shared, &inventory, &uses)
            });
            if let Some(before) = computing.replace(next) {
                add(&mut board, before.await)?;
            }
        }
        if let Some(last) = computing {
            add(&mut board, last.await)?;
        }
        Ok(board)
    }

    /// Brings the board up to date with documents that changed. What is computed meanwhile is waited for, since it
    /// may not know of them.
    pub(crate) async fn refresh(&self, keys: &[Key], now: Timestamp) {
        let _one = self.boarding.lock().await;
        if keys.is_empty() || self.refresh_lines(keys, now).await.is_err() {
            // The next reader computes it whole.
            *self.board.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    async fn refresh_lines(&self, keys: &[Key], now: Timestamp) -> Result<(), Refusal> {
        let kept = self.board.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(kept) = kept else { return Ok(()) };
        let mut uses: BTreeSet<String> = BTreeSet::new();
        let mut connection = self.store.read().await?;
        for key in keys {
            if key.kind.is_common() {
                // What bears on every use changed: the next reader computes all of them.
                *self.board.write().unwrap_or_else(PoisonError::into_inner) = None;
                return Ok(());
            }
            match key.kind {
                Kind::Use => _ = uses.insert(key.id.clone()),
                Kind::Model | Kind::Dataset | Kind::Provider => {
                    uses.extend(connection.reading().uses_on(key).await?);
                }
                _ => {
                    let stored = connection.reading().document(key, Moment::Now).await?;
                    let links = stored.and_then(|stored| stored.document).map(|document| document.links());
                    for (_, about) in links.unwrap_or_default() {
                        match about.kind {
                            Kind::Use => _ = uses.insert(about.id),
                            Kind::Model | Kind::Dataset | Kind::Provider => {
                                uses.extend(connection.reading().uses_on(&about).await?);
                            }
                            Kind::Institution => {
                                let own = kept.lines.values().filter(|line| line.entity.as_str() == about.id);
                                uses.extend(own.map(|line| line.id.to_string()));
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
        drop(connection);
        let mut changed: BTreeMap<UseId, Arc<Line>> = BTreeMap::new();
        for id in uses {
            match self.whole(&id, AsOf::Now, now).await {
                Ok(whole) => {
                    let line =
                        line(&whole.common.catalogue, &whole.inventory, &whole.of, whole.version, whole.day);
                    changed.insert(line.id.clone(), Arc::new(line));
                }
                Err(Refusal::Unknown(_)) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        let mut board = self.board.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(board) = board.as_mut() {
            Arc::make_mut(board).lines.extend(changed);
        }
        Ok(())
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

    /// The same for a use that was read whole.
    pub fn may_view_whole(&self, officer: &Officer, whole: &Whole) -> Result<(), Refusal> {
        let part = part_in(&whole.of, &officer.person);
        let circumstances = Circumstances {
            is_related: part.is_related,
            is_owner: part.is_owner,
            stepped_up: officer.stepped_up,
            ..Circumstances::default()
        };
        let key = Key::new(Kind::Use, &whole.of.id);
        decide_for(
            &self.authority,
            &roles_of(&whole.common, officer),
            officer,
            "view-use",
            &key,
            circumstances,
        )
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

fn lines(common: &Common, inventory: &Inventory, uses: &[Stored]) -> Vec<Line> {
    let (one, two) = uses.split_at(uses.len() / 2);
    let compute = |part: &[Stored]| {
        let mut lines = Vec::with_capacity(part.len());
        for stored in part {
            if let Some(Document::Use(of)) = &stored.document {
                lines.push(line(&common.catalogue, inventory, of, stored.version, common.day));
            }
        }
        lines
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| compute(one));
        let mut all = compute(two);
        all.extend(other.join().unwrap_or_default());
        all
    })
}

fn add(board: &mut Board, lines: Result<Vec<Line>, tokio::task::JoinError>) -> Result<(), Refusal> {
    let lines = lines.map_err(|error| Refusal::Stopped(error.to_string()))?;
    board.lines.extend(lines.into_iter().map(|line| (line.id.clone(), Arc::new(line))));
    Ok(())
}

/// How many uses are computed at a time: enough to be fast, few enough to stay small.
const SLICE: usize = 100;
