//! Entering an action in the ledger: what it brought is sealed, who did it is sealed under that person.
//!
//! In clear stand the action, and which versions of which documents it brought; of a person only that it is one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dualtrack_inventory::{Document, Key, Kind};
use dualtrack_ledger::seal::{Content, Sealed};
use dualtrack_ledger::{Acknowledged, Draft, ERASURE, KeyStore, Ledger, Source, Statement, id_at};
use dualtrack_store::{Actor, Brought, Recorded};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use crate::refusal::Refusal;

/// The ledger of an institution, open to be written by one program.
#[derive(Debug)]
pub struct Book {
    ledger: Ledger,
    keys: Arc<Mutex<KeyStore>>,
    instance: String,
    epoch: u64,
    sequence: AtomicU64,
}

/// An entry before it is entered, and what the index will be told of it.
pub(crate) type Drafted = (Draft, Recorded);

/// What an action comes to, before it is entered.
#[derive(Debug, Default)]
pub(crate) struct Entering {
    /// The name of the action.
    pub(crate) action: String,
    /// The person who acts; none where the program does.
    pub(crate) person: Option<String>,
    /// The documents that it brings, each with its version.
    pub(crate) documents: Vec<(Document, u64)>,
    /// The subject whose key it destroys.
    pub(crate) erases: Option<String>,
    /// Further clear fields, never personal.
    pub(crate) clear: Vec<(&'static str, Value)>,
    /// Further fields that are sealed with the record.
    pub(crate) sealed: Vec<(&'static str, Value)>,
    /// Which part of an action that takes several entries, from 1, and of how many.
    pub(crate) part: Option<(usize, usize)>,
}

impl Book {
    /// A ledger with the keys of people, written by an installation since an instant in milliseconds.
    pub fn new(ledger: Ledger, keys: Arc<Mutex<KeyStore>>, instance: String, epoch: u64) -> Self {
        Self { ledger, keys, instance, epoch, sequence: AtomicU64::new(0) }
    }

    /// The keys of people.
    pub fn keys(&self) -> &Arc<Mutex<KeyStore>> {
        &self.keys
    }

    /// Makes the entries of an action, one a part. Nothing is entered before each of them is known to be possible.
    pub(crate) fn drafts(&self, parts: Vec<Entering>, now: Timestamp) -> Result<Vec<Drafted>, Refusal> {
        let before = self.sequence.load(Ordering::Relaxed);
        (1..).zip(parts).map(|(number, part)| self.draft(part, before + number, now)).collect()
    }

    /// Enters a part of an action, and waits until it is acknowledged.
    pub(crate) async fn enter(
        &self,
        (draft, mut recorded): Drafted,
    ) -> Result<(Recorded, Acknowledged), Refusal> {
        let (sender, receiver) = oneshot::channel();
        self.ledger
            .append_then(draft, move |answer| {
                // Whoever asked may have gone; the entry stands.
                let _ = sender.send(answer);
            })
            .map_err(Refusal::Ledger)?;
        let answer = receiver.await.map_err(|_| Refusal::Stopped("the ledger was closed".into()))?;
        let acknowledged = answer.map_err(|refusal| match refusal {
            // It may be on disk: only a restart tells.
            dualtrack_ledger::Refusal::Stopped(reason) => Refusal::Stopped(reason),
            refusal => Refusal::Ledger(refusal),
        })?;
        // A number that was drafted and refused is given to the next, so that no gap is seen where none is.
        self.sequence.fetch_add(1, Ordering::Relaxed);
        recorded.place = acknowledged.index;
        // The log levels times; what is replayed has the time that it gave.
        if let Ok(entry) = dualtrack_ledger::Entry::parse(acknowledged.entry()) {
            recorded.at = entry.time;
        }
        Ok((recorded, acknowledged))
    }

    /// Waits for all that was queued.
    pub fn close(self) -> Result<(), dualtrack_ledger::Refusal> {
        self.ledger.close()
    }

    fn draft(&self, entering: Entering, sequence: u64, now: Timestamp) -> Result<Drafted, Refusal> {
        let time = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let id = id_at(time);
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let erased = match &entering.erases {
            None => None,
            Some(subject) => Some(keys.id_of(subject).ok_or_else(|| {
                Refusal::not(
                    format!("nothing is sealed about `{subject}`, or it was erased before"),
                    format!("沒有關於「{subject}」的密封資料，或早已刪除"),
                )
            })?),
        };
        let mut payloads = Vec::new();
        let mut seal = |subject: &str, content: Content, class: &str| -> Result<(usize, String), Refusal> {
            let key = keys.key_for(subject).map_err(unsealed)?;
            payloads.push(Sealed::new(content, &key, id, class).map_err(unsealed)?);
            Ok((payloads.len() - 1, key.id().to_string()))
        };
        let mut clear: BTreeMap<String, Value> = BTreeMap::from([("action".into(), json!(entering.action))]);
        let mut named = Vec::new();
        let mut brought = Vec::new();
        for (subject, class, group) in grouped(&entering.documents) {
            let bodies =
                group.iter().map(|(position, document, version)| body(*position, document, *version));
            let more = json!({ "documents": bodies.collect::<Vec<_>>() });
            let (payload, key) = seal(&subject, Content { fields: Vec::new(), more }, class)?;
            for (position, document, version) in group {
                named.push((position, name(&document.key(), version, payload)));
                brought.push((
                    position,
                    Brought {
                        key: document.key(),
                        version,
                        sealed_under: key.clone(),
                        document: Some(document.clone()),
                    },
                ));
            }
        }
        if !entering.sealed.is_empty() {
            let more: Map<String, Value> =
                entering.sealed.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let content = Content { fields: Vec::new(), more: Value::Object(more) };
            let (payload, _) = seal(RECORD, content, "governance-records")?;
            clear.insert("said".into(), json!(payload));
        }
        named.sort();
        brought.sort_by_key(|(position, _)| *position);
        let mut actor = Actor::default();
        // Whoever erases themselves cannot be sealed under the key that this destroys.
        let subject = entering.person.as_ref().map(|person| format!("person/{person}"));
        if let (Some(person), Some(subject)) = (&entering.person, subject)
            && entering.erases.as_ref() != Some(&subject)
        {
            let fields = vec![("by".to_owned(), json!(person))];
            let (payload, key) = seal(&subject, Content { fields, more: Value::Null }, "staff-names")?;
            clear.insert("actor".into(), json!(payload));
            actor = Actor { person: Some(person.clone()), key: Some(key) };
        }
        drop(keys);
        if let Some((part, of)) = entering.part {
            clear.insert(PART.into(), json!([part, of]));
        }
        if !named.is_empty() {
            clear.insert("documents".into(), named.into_iter().map(|(_, name)| json!(name)).collect());
        }
        if let Some(erased) = erased {
            clear.insert("targets".into(), json!([erased.to_string()]));
        }
        clear.extend(entering.clear.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let kind = if erased.is_some() { ERASURE.to_owned() } else { kind_of(&entering.action) };
        let statement = Statement {
            id,
            kind: &kind,
            time,
            source: Source { instance: self.instance.clone(), epoch: self.epoch, sequence },
            links: Vec::new(),
            clear,
        };
        let recorded = Recorded {
            place: 0,
            at: time,
            kind: kind.clone(),
            action: entering.action,
            actor,
            documents: brought.into_iter().map(|(_, brought)| brought).collect(),
            erased: erased.map(|key| key.to_string()).into_iter().collect(),
        };
        let draft = Draft::new(statement, payloads).map_err(unsealed)?;
        Ok((draft, recorded))
    }
}

/// A subject, the class of what is sealed under its key, and that: each document with its place and version.
type Group<'d> = (String, &'static str, Vec<(usize, &'d Document, u64)>);

/// Documents under the subjects whose keys seal them, no payload longer than it may be.
fn grouped(documents: &[(Document, u64)]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut length = 0;
    for (position, (document, version)) in documents.iter().enumerate() {
        let subject = document.subject();
        let class = if document.key().kind == Kind::Person { "staff-names" } else { "governance-records" };
        let long = document.value().to_string().len();
        match groups.last_mut() {
            Some((last, _, group)) if *last == subject && length + long <= MOST_BYTES => {
                length += long;
                group.push((position, document, *version));
            }
            Some(_) | None => {
                length = long;
                groups.push((subject, class, vec![(position, document, *version)]));
            }
        }
    }
    groups
}

fn body(position: usize, document: &Document, version: u64) -> Value {
    let key = document.key();
    let mut body = Map::new();
    body.insert("position".into(), json!(position));
    body.insert("kind".into(), json!(key.kind.as_str()));
    body.insert("id".into(), json!(key.id));
    body.insert("version".into(), json!(version));
    body.insert("document".into(), document.value());
    if let Some(digests) = document.digests().filter(|digests| !digests.is_empty()) {
        body.insert("digests".into(), json!(digests));
    }
    Value::Object(body)
}

/// How an entry names a version in clear: kind, version, and which payload holds it. The id stands in clear only where it
/// names a thing, never where people choose it for what they write about each other.
fn name(key: &Key, version: u64, payload: usize) -> String {
    match key.kind {
        Kind::Institution
        | Kind::Use
        | Kind::Model
        | Kind::Dataset
        | Kind::Provider
        | Kind::Tiers
        | Kind::Gates
        | Kind::Activation
        | Kind::Judgement => format!("{}/{}@{version}#{payload}", key.kind, key.id),
        kind => format!("{kind}@{version}#{payload}"),
    }
}

/// The kind of entry that an action makes: `suspend-use` becomes `record.suspend-use`.
fn kind_of(action: &str) -> String {
    format!("record.{}", action.replace('-', "."))
}

fn unsealed(error: impl std::fmt::Display) -> Refusal {
    Refusal::wrong(format!("it cannot be entered: {error}"), format!("未能記入：{error}"))
}

/// The subject whose key seals what is said about no document, and the files that documents name.
pub(crate) const RECORD: &str = "record";
/// The clear field that says which part of an action an entry is.
pub(crate) const PART: &str = "part";
/// The most bytes of documents in a payload.
const MOST_BYTES: usize = 700_000;
