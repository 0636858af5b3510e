//! The desk of an institution: where everything that changes the record is done, one thing at a time.
//!
//! In this order: the index is opened to be changed, version and authority are checked, the action is decided, entered
//! and synced, applied, and the index committed. What takes several entries counts once the last of them is there. If
//! the index cannot be reached, nothing is entered. If something was entered and could not be applied, nothing more is
//! taken until a restart applies it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use dualtrack_catalogue::Catalogue;
use dualtrack_inventory::{Document, Inventory, Key, Kind, Person, PersonId, ProposalId, hong_kong_day};
use dualtrack_store::{Change, Moment, Reading, Store, Stored};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::access;
use crate::authority::Authority;
use crate::board::Board;
use crate::boards::Past;
use crate::command::Command;
use crate::decide::{decide, proposal, proposed};
use crate::guidelines::{Product, active};
use crate::judgements::Differences;
use crate::officer::Officer;
use crate::recording::{Book, Entering};
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::view::{Decision, View};

/// The desk of an institution.
#[derive(Debug)]
pub struct Desk {
    pub(crate) store: Store,
    book: Book,
    pub(crate) authority: Authority,
    pub(crate) product: Arc<Product>,
    holder: String,
    writer: tokio::sync::Mutex<()>,
    stopped: Mutex<Option<String>>,
    /// Whether an entry was begun and is not applied yet.
    entering: AtomicBool,
    common: RwLock<Kept>,
    pub(crate) board: RwLock<Option<Arc<Board>>>,
    /// Held by whoever computes the board, so that two do not.
    pub(crate) boarding: tokio::sync::Mutex<()>,
    pub(crate) past: Mutex<Past>,
    /// Held by whoever computes a board of the past.
    pub(crate) looking_back: tokio::sync::Mutex<()>,
    pub(crate) differences: RwLock<Option<Arc<Differences>>>,
}

/// What bears on every use, as it was read last, and how often it was changed: what was read before a change is not
/// kept after it.
#[derive(Debug, Default)]
struct Kept {
    changed: u64,
    common: Option<Arc<Common>>,
}

/// What bears on every use, as it is after an entry.
#[derive(Debug)]
pub struct Common {
    /// The last entry that was applied.
    pub watermark: Option<u64>,
    /// The day for which the guidelines were picked.
    pub day: Date,
    /// The documents, with their versions.
    pub documents: BTreeMap<Key, (u64, Document)>,
    /// The same as one value, to which uses are added; none before the institution is known.
    pub inventory: Option<Inventory>,
    /// The guidelines that are active on that day.
    pub catalogue: Arc<Catalogue>,
}

/// What was done.
#[derive(Debug)]
pub struct Done {
    /// The entries that were made.
    pub entries: Vec<u64>,
    /// The documents that they brought, with their versions.
    pub documents: Vec<(Key, u64)>,
    /// The proposal that waits for a second person, if it takes one.
    pub proposal: Option<ProposalId>,
    /// What shows a stranger that the last entry is in the ledger.
    pub receipt: Option<String>,
}

impl Desk {
    /// Opens a desk over an index that is up to date.
    pub fn new(
        store: Store,
        book: Book,
        authority: Authority,
        product: Arc<Product>,
        holder: String,
    ) -> Self {
        Self {
            store,
            book,
            authority,
            product,
            holder,
            writer: tokio::sync::Mutex::new(()),
            stopped: Mutex::new(None),
            entering: AtomicBool::new(false),
            common: RwLock::default(),
            board: RwLock::new(None),
            boarding: tokio::sync::Mutex::new(()),
            past: Mutex::default(),
            looking_back: tokio::sync::Mutex::new(()),
            differences: RwLock::new(None),
        }
    }

    /// The tables.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What this program brings.
    pub fn product(&self) -> &Product {
        &self.product
    }

    /// Who may do something, in words.
    pub fn who_may(&self, action: crate::Action) -> dualtrack_catalogue::Bilingual {
        self.authority.who(action)
    }

    /// The ledger.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Why no changes are taken any more, if so.
    pub fn stopped(&self) -> Option<String> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Closes the ledger and the tables, once nothing is under way.
    pub async fn close(self) -> Result<(), dualtrack_ledger::Refusal> {
        let _ = self.writer.lock().await;
        let closed = self.book.close();
        self.store.close().await;
        closed
    }

    /// Makes the first administrator of a record that has nobody yet. The program does it, so no person signs.
    pub async fn begin(&self, person: Person, now: Timestamp) -> Result<Done, Refusal> {
        let _writing = self.writer.lock().await;
        let mut change = self.store.change(&self.holder).await?;
        if !change.reading().of_kind(Kind::Person, Moment::Now, "", 1).await?.is_empty() {
            return Err(Refusal::not("the record has people already", "紀錄中已有人員"));
        }
        let common = self.common_in(&mut change.reading(), now).await?;
        let version = |key: &Key| common.documents.get(key).map_or(0, |(version, _)| *version);
        let decision = Decision::put([Document::Person(Box::new(person))]);
        let done = self.enter(change, &version, ("begin", None), decision, now).await;
        self.forget_common();
        done
    }

    /// Does something, if that is allowed and possible. `expected` is the version that the person saw last.
    ///
    /// Whoever asked may go away meanwhile: what is begun is brought to its end.
    pub async fn act(
        self: &Arc<Self>,
        officer: Officer,
        command: Command,
        expected: Option<u64>,
        now: Timestamp,
    ) -> Result<Done, Refusal> {
        let desk = Arc::clone(self);
        let acting = tokio::spawn(async move { desk.act_whole(&officer, command, expected, now).await });
        acting.await.unwrap_or_else(|error| Err(self.broken(&error)))
    }

    /// What broke before anything was entered changed nothing; what broke after that stops the desk.
    pub(crate) fn broken(&self, error: &tokio::task::JoinError) -> Refusal {
        if self.entering.load(Ordering::SeqCst) {
            self.stop(error.to_string())
        } else {
            Refusal::Broken(error.to_string())
        }
    }

    async fn act_whole(
        &self,
        officer: &Officer,
        command: Command,
        expected: Option<u64>,
        now: Timestamp,
    ) -> Result<Done, Refusal> {
        let (_writing, mut change) = self.open().await?;
        let common = self.common_in(&mut change.reading(), now).await?;
        let documents = concerned(&mut change.reading(), std::slice::from_ref(&command)).await?;
        let mut view = View::new((&common, &self.product), &officer.person, now, documents);
        unchanged(&mut change.reading(), &view, &command, expected).await?;
        access::allow(&self.authority, &view, officer, &command)?;
        let decision = decided(&view, &command)?;
        never_again(&mut change.reading(), &view, &decision.puts).await?;
        complete(&mut change.reading(), &mut view, &decision.puts).await?;
        view.must_fit(&decision.puts)?;
        let (decision, waits) = if decision.needs_second {
            let proposal = proposal(&view, &command)?;
            let id = proposal.id.clone();
            (Decision::put([Document::Proposal(Box::new(proposal))]), Some(id))
        } else {
            (decision, None)
        };
        let says_nothing = decision.clear.is_empty() && decision.sealed.is_empty();
        if decision.puts.is_empty() && decision.erases.is_none() && says_nothing {
            return Ok(Done { entries: Vec::new(), documents: Vec::new(), proposal: None, receipt: None });
        }
        let name = if waits.is_some() { format!("propose-{}", command.name()) } else { command.name() };
        let version = |key: &Key| view.version(key);
        let erases = decision.erases.is_some();
        let done = self.enter(change, &version, (&name, Some(&officer.person)), decision, now).await?;
        let keys: Vec<Key> = done.documents.iter().map(|(key, _)| key.clone()).collect();
        if erases {
            // What was erased is gone from the tables; what stays of it in a log is gone with the next one at the latest.
            let _ = self.store.leave_no_traces().await;
        }
        if erases || keys.iter().any(|key| key.kind.is_common()) {
            self.forget_common();
        }
        self.refresh(&keys, erases, now).await;
        Ok(Done { proposal: waits, ..done })
    }

    /// Whether somebody may do something, and whether it is possible as things stand. Nothing is changed.
    pub async fn may_act(&self, officer: &Officer, command: &Command, now: Timestamp) -> Result<(), Refusal> {
        let mut connection = self.store.read().await?;
        let common = self.common_in(&mut connection.reading(), now).await?;
        let documents = concerned(&mut connection.reading(), std::slice::from_ref(command)).await?;
        let view = View::new((&common, &self.product), &officer.person, now, documents);
        access::allow(&self.authority, &view, officer, command)?;
        decided(&view, command).map(|_| ())
    }

    /// Opens a change, once nobody else writes: what is first of everything that changes the record.
    pub(crate) async fn open(&self) -> Result<(tokio::sync::MutexGuard<'_, ()>, Change<'static>), Refusal> {
        let writing = self.writer.lock().await;
        if let Some(reason) = self.stopped() {
            return Err(Refusal::Stopped(reason));
        }
        Ok((writing, self.store.change(&self.holder).await?))
    }

    /// Enters a decision, in as many entries as it takes, and applies each; `version_of` tells which version of a
    /// document there is.
    pub(crate) async fn enter(
        &self,
        mut change: Change<'static>,
        version_of: &(dyn Fn(&Key) -> u64 + Sync),
        (action, person): (&str, Option<&PersonId>),
        decision: Decision,
        now: Timestamp,
    ) -> Result<Done, Refusal> {
        let mut done = Done { entries: Vec::new(), documents: Vec::new(), proposal: None, receipt: None };
        let mut versioned: Vec<(Document, u64)> = decision
            .puts
            .into_iter()
            .map(|document| {
                let version = version_of(&document.key()) + 1;
                (document, version)
            })
            .collect();
        done.documents = versioned.iter().map(|(document, version)| (document.key(), *version)).collect();
        let of = versioned.len().div_ceil(AT_ONCE);
        let mut parts = Vec::new();
        let (mut erases, mut clear, mut sealed) = (decision.erases, decision.clear, decision.sealed);
        loop {
            let rest = versioned.split_off(versioned.len().min(AT_ONCE));
            parts.push(Entering {
                action: action.to_owned(),
                person: person.map(ToString::to_string),
                documents: std::mem::replace(&mut versioned, rest),
                erases: erases.take(),
                clear: std::mem::take(&mut clear),
                sealed: std::mem::take(&mut sealed),
                part: (of > 1).then_some((parts.len() + 1, of)),
            });
            if versioned.is_empty() {
                break;
            }
        }
        let drafts = self.book.drafts(parts, now)?;
        self.entering.store(true, Ordering::SeqCst);
        for drafted in drafts {
            let (recorded, acknowledged) = match self.book.enter(drafted).await {
                Ok(entered) => entered,
                // A part of an action counts for nothing without the others.
                Err(Refusal::Stopped(reason)) => return Err(self.stop(reason)),
                Err(refusal) if !done.entries.is_empty() => return Err(self.stop(refusal.to_string())),
                Err(refusal) => {
                    self.entering.store(false, Ordering::SeqCst);
                    return Err(refusal);
                }
            };
            done.entries.push(recorded.place);
            done.receipt = acknowledged.receipt().map(|receipt| receipt.to_string());
            if let Err(error) = change.apply(&recorded).await {
                return Err(self.stop(error.to_string()));
            }
        }
        match change.commit().await {
            Ok(()) => {
                self.entering.store(false, Ordering::SeqCst);
                Ok(done)
            }
            Err(error) => Err(self.stop(error.to_string())),
        }
    }

    /// Takes no more changes: what was entered could not be applied.
    pub(crate) fn stop(&self, reason: String) -> Refusal {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.clone());
        Refusal::Stopped(reason)
    }

    /// What bears on every use, as it is now.
    pub async fn common(&self, now: Timestamp) -> Result<Arc<Common>, Refusal> {
        // Whoever finds it kept takes no connection.
        if let Some(common) = self.kept_common(hong_kong_day(now)).1 {
            return Ok(common);
        }
        let mut connection = self.store.read().await?;
        self.common_in(&mut connection.reading(), now).await
    }

    fn kept_common(&self, day: Date) -> (u64, Option<Arc<Common>>) {
        let kept = self.common.read().unwrap_or_else(PoisonError::into_inner);
        (kept.changed, kept.common.clone().filter(|common| common.day == day))
    }

    fn forget_common(&self) {
        let mut kept = self.common.write().unwrap_or_else(PoisonError::into_inner);
        kept.changed += 1;
        kept.common = None;
    }

    pub(crate) async fn common_in(
        &self,
        reading: &mut Reading<'_>,
        now: Timestamp,
    ) -> Result<Arc<Common>, Refusal> {
        let day = hong_kong_day(now);
        let (changed, kept) = self.kept_common(day);
        if let Some(common) = kept {
            return Ok(common);
        }
        let common = Arc::new(common_at(reading, &self.product, Moment::Now, day).await?);
        let mut kept = self.common.write().unwrap_or_else(PoisonError::into_inner);
        // What changed since may not be in what was read.
        if kept.changed == changed {
            kept.common = Some(Arc::clone(&common));
        }
        Ok(common)
    }

    /// What bears on every use, as it was recorded at a moment, on the day of that moment.
    pub async fn common_at(
        &self,
        reading: &mut Reading<'_>,
        moment: Moment,
        day: Date,
    ) -> Result<Common, Refusal> {
        common_at(reading, &self.product, moment, day).await
    }
}

/// The documents that actions concern; of a proposal also those that what is proposed concerns.
pub(crate) async fn concerned(
    reading: &mut Reading<'_>,
    commands: &[Command],
) -> Result<Vec<(u64, Document)>, Refusal> {
    let mut scope = Scope::default();
    let mut proposals = BTreeSet::new();
    for command in commands {
        scope.join(Scope::of(command));
        if let Command::ConfirmProposal { proposal } | Command::RejectProposal { proposal, .. } = command {
            proposals.insert(proposal);
        }
    }
    let documents = load(reading, &scope).await?;
    let inner: Vec<Command> = documents
        .iter()
        .filter_map(|(_, document)| match document {
            Document::Proposal(one) if proposals.contains(&one.id) => {
                serde_json::from_value(one.action.clone()).ok()
            }
            _ => None,
        })
        .collect();
    if inner.is_empty() {
        return Ok(documents);
    }
    for command in &inner {
        scope.join(Scope::of(command));
    }
    load(reading, &scope).await
}

async fn load(reading: &mut Reading<'_>, scope: &Scope) -> Result<Vec<(u64, Document)>, Refusal> {
    let mut documents = Vec::new();
    let mut uses = scope.uses.clone();
    for kind in scope.kinds.iter().filter(|kind| !kind.is_common()) {
        documents
            .extend(reading.of_kind(*kind, Moment::Now, "", usize::MAX).await?.into_iter().filter_map(pair));
    }
    if let Some(person) = &scope.person {
        let parts = reading.parts_of(person).await?;
        documents.extend(parts.into_iter().filter(|part| !part.key.kind.is_common()).filter_map(pair));
    }
    for key in scope.keys.iter().filter(|key| !key.kind.is_common()) {
        let found = reading.document(key, Moment::Now).await?.and_then(pair);
        if let Some((_, document)) = &found {
            let about = document.links().into_iter().map(|(_, key)| key);
            uses.extend(about.filter(|key| key.kind == Kind::Use).map(|key| key.id));
        }
        documents.extend(found);
    }
    if let Some(list) = &scope.list {
        let about = about_each(reading, &documents, list).await?;
        documents.extend(about);
    }
    for of in uses {
        documents.extend(reading.scope(&of, Moment::Now).await?.into_iter().filter_map(pair));
    }
    Ok(documents)
}

/// What is about each of the uses that a list brought, other than what a program says of it.
async fn about_each(
    reading: &mut Reading<'_>,
    uses: &[(u64, Document)],
    list: &str,
) -> Result<Vec<(u64, Document)>, Refusal> {
    let mut documents = Vec::new();
    for (_, document) in uses {
        let Document::Use(of) = document else { continue };
        if of.inherited.as_ref().is_none_or(|inherited| inherited.from != list) {
            continue;
        }
        for (_, key) in reading.tied_to(&document.key(), Moment::Now).await? {
            if key.kind != Kind::Judgement {
                documents.extend(reading.document(&key, Moment::Now).await?.and_then(pair));
            }
        }
    }
    Ok(documents)
}

/// Brings into view what documents point at, so that it can be seen that it exists.
async fn complete(reading: &mut Reading<'_>, view: &mut View<'_>, puts: &[Document]) -> Result<(), Refusal> {
    let mut missing: Vec<Key> =
        puts.iter().flat_map(|put| put.links().into_iter().map(|(_, key)| key)).collect();
    missing.retain(|key| key.kind != Kind::Institution && view.document(key).is_none());
    missing.sort();
    missing.dedup();
    for key in missing {
        if let Some((version, document)) = reading.document(&key, Moment::Now).await?.and_then(pair) {
            view.add(version, document);
        }
    }
    Ok(())
}

async fn common_at(
    reading: &mut Reading<'_>,
    product: &Product,
    moment: Moment,
    day: Date,
) -> Result<Common, Refusal> {
    let mut documents = BTreeMap::new();
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_common()) {
        let found = reading.of_kind(kind, moment, "", usize::MAX).await?.into_iter().filter_map(pair);
        documents.extend(found.map(|(version, document)| (document.key(), (version, document))));
    }
    let activations = documents.values().filter_map(|(_, document)| match document {
        Document::Activation(activation) => Some(&**activation),
        _ => None,
    });
    let catalogue = Arc::new(active(product, activations, day)?);
    let watermark = match moment {
        Moment::Now => reading.watermark().await?,
        Moment::After(place) => Some(place),
    };
    let all = documents.values().map(|(_, document)| document);
    let inventory = Inventory::of(all.filter(|one| one.key().kind != Kind::Activation).cloned()).ok();
    Ok(Common { watermark, day, documents, inventory, catalogue })
}

fn decided(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    match command {
        // It is what its proposer does, with a second person; so it is signed by both.
        Command::ConfirmProposal { proposal: id } => {
            let by = &view.proposal(id)?.by;
            decide(&view.as_seen_by(by), &proposed(view, id)?)?.confirmed(view, id)
        }
        Command::RejectProposal { proposal: id, because } => Decision::rejected(view, id, because),
        command => decide(view, command),
    }
}

/// Refuses to give a new person the id of one who was erased: what she signed would be the new one's.
async fn never_again(reading: &mut Reading<'_>, view: &View<'_>, puts: &[Document]) -> Result<(), Refusal> {
    let people = puts.iter().map(Document::key).filter(|key| key.kind == Kind::Person);
    for Key { id, .. } in people.filter(|key| view.version(key) == 0) {
        if reading.was_named(&id).await? {
            return Err(Refusal::not(
                format!(
                    "`{id}` stood for somebody who was erased, and whose signatures stay; choose another id"
                ),
                format!("「{id}」曾代表一名資料已刪除的人員，其簽署仍然保留；請另選代號"),
            ));
        }
    }
    Ok(())
}

/// Refuses if the document was changed since the person saw it.
async fn unchanged(
    reading: &mut Reading<'_>,
    view: &View<'_>,
    command: &Command,
    expected: Option<u64>,
) -> Result<(), Refusal> {
    let Some(expected) = expected else { return Ok(()) };
    let Some(key) = command.target() else { return Ok(()) };
    let version = view.version(&key);
    if version == expected {
        return Ok(());
    }
    let entry = reading.document(&key, Moment::Now).await?.map_or(0, |stored| stored.from_entry);
    Err(Refusal::Changed { key, version, entry })
}

fn pair(stored: Stored) -> Option<(u64, Document)> {
    Some((stored.version, stored.document?))
}

/// How many documents one entry brings.
const AT_ONCE: usize = 64;
