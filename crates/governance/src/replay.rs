//! From entries back to the index: what an action brought is opened again, or known to be erased.
//!
//! The same entries, payloads and keys give the same rows, whenever they are applied.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use dualtrack_inventory::{Document, Key, Kind};
use dualtrack_ledger::seal;
use dualtrack_ledger::{ERASURE, Entry, KeyStore, LedgerError, Reader};
use dualtrack_store::{Actor, Brought, Change, Recorded, Store, StoreError};
use serde_json::Value;

/// Why the index cannot be made from the ledger.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The index did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An entry is not what an action makes.
    #[error("entry {place} cannot be applied: {problem}")]
    Entry {
        /// Its place.
        place: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// The index is ahead of the ledger.
    #[error(
        "the index knows entry {watermark}, the ledger ends before it: this is another ledger, or an older copy of it; run `dualtrack rebuild`"
    )]
    Ahead {
        /// The last entry that the index applied.
        watermark: u64,
    },
}

/// Applies every entry above the watermark of an index. `progress` is told of each place that was applied.
pub async fn catch_up(
    reader: &Reader,
    keys: &Mutex<KeyStore>,
    store: &Store,
    holder: &str,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64, ReplayError> {
    let watermark = store.read().await?.reading().watermark().await?;
    let size = reader.size();
    if let Some(watermark) = watermark.filter(|watermark| *watermark >= size) {
        return Err(ReplayError::Ahead { watermark });
    }
    let mut next = watermark.map_or(0, |watermark| watermark + 1);
    let applied = size - next;
    let mut replaying = Replaying { waiting: Vec::new(), change: None };
    while next < size {
        let end = size.min(next + AT_ONCE);
        let mut entries = Vec::new();
        reader.entries(next..end, |index, bytes| {
            entries.push((index, bytes.to_vec()));
            Ok::<(), LedgerError>(())
        })?;
        let mut change = match replaying.change.take() {
            Some(change) => change,
            None => store.change(holder).await?,
        };
        for (place, bytes) in entries {
            replaying.apply(reader, keys, &mut change, place, &bytes).await?;
        }
        // Between the parts of an action nothing is committed: a restart reads them from the first.
        if replaying.waiting.is_empty() || end == size {
            change.commit().await?;
        } else {
            replaying.change = Some(change);
        }
        next = end;
        progress(next, size);
    }
    Ok(applied)
}

/// A replay under way.
struct Replaying<'s> {
    /// The parts of an action whose last part did not come yet. Without it they count for nothing.
    waiting: Vec<Recorded>,
    /// What is not committed yet, between the parts of an action.
    change: Option<Change<'s>>,
}

impl Replaying<'_> {
    async fn apply(
        &mut self,
        reader: &Reader,
        keys: &Mutex<KeyStore>,
        change: &mut Change<'_>,
        place: u64,
        bytes: &[u8],
    ) -> Result<(), ReplayError> {
        // What is no entry of ours changes nothing here.
        let entry = Entry::parse(bytes).ok();
        let recorded = entry.as_ref().map(|entry| read(reader, keys, place, entry)).transpose()?.flatten();
        let (Some(entry), Some(recorded)) = (entry, recorded) else {
            return Ok(change.mark(place).await?);
        };
        let Some((part, of)) = part_of(&entry) else {
            self.waiting.clear();
            return Ok(change.apply(&recorded).await?);
        };
        if part == 1 || part != self.waiting.len() + 1 {
            self.waiting.clear();
        }
        if part == self.waiting.len() + 1 {
            self.waiting.push(recorded);
        }
        if part == of && self.waiting.len() == of {
            for recorded in self.waiting.drain(..) {
                change.apply(&recorded).await?;
            }
            return Ok(());
        }
        Ok(change.mark(place).await?)
    }
}

/// Which part of an action an entry is, from 1, and of how many.
fn part_of(entry: &Entry) -> Option<(usize, usize)> {
    serde_json::from_value(entry.clear.get(crate::recording::PART)?.clone()).ok()
}

/// What an entry tells the index; nothing, if it is of no action.
fn read(
    reader: &Reader,
    keys: &Mutex<KeyStore>,
    place: u64,
    entry: &Entry,
) -> Result<Option<Recorded>, ReplayError> {
    let is_erasure = entry.kind == ERASURE;
    if !is_erasure && !entry.kind.starts_with("record.") {
        return Ok(None);
    }
    let problem = |problem: String| ReplayError::Entry { place, problem };
    let text = |name: &str| entry.clear.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let opened = entry
        .payloads
        .iter()
        .map(|payload| open(reader, keys, place, entry, &payload.reference))
        .collect::<Result<Vec<_>, _>>()?;
    let mut documents = Vec::new();
    let mut bodies: BTreeMap<u64, &Value> = BTreeMap::new();
    for content in opened.iter().filter_map(|opened| opened.content.as_ref()) {
        for body in content.more.get("documents").and_then(Value::as_array).into_iter().flatten() {
            bodies.insert(body.get("position").and_then(Value::as_u64).unwrap_or(u64::MAX), body);
        }
    }
    let named = entry.clear.get("documents").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (position, name) in (0..).zip(named) {
        let name = name.as_str().unwrap_or_default();
        let named = Named::parse(name).ok_or_else(|| problem(format!("`{name}` names no document")))?;
        let payload = opened.get(named.payload).ok_or_else(|| problem(format!("`{name}` lies nowhere")))?;
        let document =
            bodies.get(&position).map(|body| document(named.kind, body)).transpose().map_err(problem)?;
        if document.is_none() && payload.content.is_some() {
            return Err(problem(format!("`{name}` is not in its payload")));
        }
        documents.push(Brought {
            key: document.as_ref().map_or_else(|| Key::new(named.kind, "erased"), Document::key),
            version: named.version,
            sealed_under: payload.key.clone(),
            document,
        });
    }
    let actor = entry.clear.get("actor").and_then(Value::as_u64).and_then(|payload| {
        let payload = opened.get(usize::try_from(payload).ok()?)?;
        let fields = payload.content.as_ref().map(|content| &content.fields);
        let by = fields.and_then(|fields| fields.iter().find(|(name, _)| name == "by"));
        let person = by.and_then(|(_, person)| person.as_str()).map(ToOwned::to_owned);
        Some(Actor { person, key: Some(payload.key.clone()) })
    });
    Ok(Some(Recorded {
        place,
        at: entry.time,
        kind: entry.kind.clone(),
        action: text("action").unwrap_or_else(|| "erase".to_owned()),
        actor: actor.unwrap_or_default(),
        documents,
        erased: entry.erases().iter().map(ToString::to_string).collect(),
    }))
}

/// What an entry of an action says of no document, under a name; nothing, if it says nothing so.
pub(crate) fn said(
    reader: &Reader,
    keys: &Mutex<KeyStore>,
    place: u64,
    name: &str,
) -> Result<Option<Value>, ReplayError> {
    let bytes = reader.entry(place)?;
    let Ok(entry) = Entry::parse(&bytes) else { return Ok(None) };
    let payload = entry.clear.get("said").and_then(Value::as_u64).and_then(|said| usize::try_from(said).ok());
    let Some(payload) = payload.and_then(|payload| entry.payloads.get(payload)) else { return Ok(None) };
    let opened = open(reader, keys, place, &entry, &payload.reference)?;
    Ok(opened.content.and_then(|content| content.more.get(name).cloned()))
}

/// A payload: the key it is sealed under, and what is in it unless that key was destroyed.
struct Opened {
    key: String,
    content: Option<seal::Content>,
}

fn open(
    reader: &Reader,
    keys: &Mutex<KeyStore>,
    place: u64,
    entry: &Entry,
    reference: &str,
) -> Result<Opened, ReplayError> {
    let problem = |problem: String| ReplayError::Entry { place, problem };
    let sealed = reader.payload(place, reference)?.ok_or_else(|| problem("a payload is missing".into()))?;
    let id = seal::key_of(&sealed).ok_or_else(|| problem("a payload is damaged".into()))?;
    let keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
    let content = match keys.find(id) {
        None => None,
        Some(key) => Some(seal::open(&sealed, key, entry.id).map_err(|error| problem(error.to_string()))?.0),
    };
    Ok(Opened { key: id.to_string(), content })
}

fn document(kind: Kind, body: &Value) -> Result<Document, String> {
    let digests = match body.get("digests") {
        None => BTreeMap::new(),
        Some(digests) => serde_json::from_value(digests.clone()).map_err(|error| error.to_string())?,
    };
    let value = body.get("document").ok_or("a document is missing")?;
    Document::read(kind, value, digests).map_err(|error| error.to_string())
}

/// A version as an entry names it in clear.
struct Named {
    kind: Kind,
    version: u64,
    payload: usize,
}

impl Named {
    fn parse(text: &str) -> Option<Self> {
        let (rest, payload) = text.rsplit_once('#')?;
        let (key, version) = rest.rsplit_once('@')?;
        let kind = key.split_once('/').map_or(key, |(kind, _)| kind);
        Some(Self {
            kind: kind.parse().ok()?,
            version: version.parse().ok()?,
            payload: payload.parse().ok()?,
        })
    }
}

/// How many entries are applied in one transaction.
const AT_ONCE: u64 = 500;
