//! The log in service: many callers, one writer, and a publisher behind it.
//!
//! Entries wait in a bounded queue; a full queue answers "busy" at once. The next batch forms while the disk syncs the
//! one before. Nothing is acknowledged before it is synced and signed for, and after a failure nothing is any more.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::entry::Draft;
use crate::error::LedgerError;
use crate::file_system::FileSystem;
use crate::key::VerifierKey;
use crate::key_store::KeyStore;
use crate::log::{Batch, Log, Signers};
use crate::options::{Options, Place, Signer};
use crate::publisher::Publisher;
use crate::reader::Reader;
use crate::receipt::Receipt;
use crate::recovery::Recovered;

/// Why an entry was not entered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too much waits already.
    #[error("the ledger is busy; try again")]
    Busy,
    /// The time of the entry lies before that of the last one by more than clocks differ.
    #[error("the clock is {0} s behind the last entry; set it right")]
    Clock(u64),
    /// The disk is nearly full. That the ledger is full is entered; nothing else is until there is room.
    #[error("the ledger is full: {0}")]
    Full(String),
    /// The writer has stopped; whether this entry is on disk is not known, and it was not signed for.
    #[error("the ledger has stopped: {0}")]
    Stopped(String),
}

/// An entry that is on disk, synced and signed for.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// Its place in the log.
    pub index: u64,
    batch: Arc<Batch>,
}

impl Acknowledged {
    /// The bytes that were entered.
    pub fn entry(&self) -> &[u8] {
        let place = usize::try_from(self.index - self.batch.first).unwrap_or(usize::MAX);
        self.batch.entries.get(place).map_or(&[], Vec::as_slice)
    }

    /// What shows a stranger that it is in the log.
    pub fn receipt(&self) -> Option<Receipt> {
        self.batch.receipt(self.index)
    }

    /// The signed checkpoint over the log with it.
    pub fn checkpoint(&self) -> &str {
        &self.batch.checkpoint
    }
}

/// What a caller is told once its entry is acknowledged or refused.
pub type Answer = Result<Acknowledged, Refusal>;

/// A log in service. Dropping it waits for what was queued.
#[derive(Debug)]
pub struct Ledger {
    queue: Option<SyncSender<Waiting>>,
    queued: Arc<AtomicUsize>,
    most_queued: usize,
    clock: Arc<Clock>,
    writer: Option<JoinHandle<()>>,
    publisher: Option<JoinHandle<()>>,
    failure: Arc<Mutex<Option<String>>>,
    keys: Option<Arc<Mutex<KeyStore>>>,
}

/// The time of the last entry, for whoever adds the next.
#[derive(Debug)]
struct Clock {
    last: std::sync::atomic::AtomicU64,
    slack: u64,
}

/// An entry in the queue.
struct Waiting {
    draft: Draft,
    weight: usize,
    answer: Box<dyn FnOnce(Answer) + Send>,
}

/// What the publisher is told of a batch.
struct Published {
    checkpoint: String,
    sealed: Option<u64>,
}

impl Ledger {
    /// Begins a log where there is none: its first segment, and the register with a signed checkpoint of size 0.
    pub fn create(
        files: &dyn FileSystem,
        place: &Place,
        signers: Vec<Box<dyn Signer>>,
    ) -> Result<(), LedgerError> {
        Log::create(files, place, &Signers { signing: signers, retired: Vec::new() })
    }

    /// Opens a log to be written, as the only process that does. `now` is in milliseconds since 1970.
    ///
    /// All signers sign; retired keys only tell what was signed before. With the file of a key store, erasures that
    /// the store does not know yet are applied first, and new keys are synced with the entries that need them.
    pub fn open(
        files: Arc<dyn FileSystem>,
        place: Place,
        options: Options,
        (signing, retired): (Vec<Box<dyn Signer>>, Vec<VerifierKey>),
        keys: Option<&Path>,
        now: u64,
    ) -> Result<(Self, Recovered), LedgerError> {
        let slack = options.clock_slack;
        let (entries, most_queued) = (options.queue_entries, options.queue_bytes);
        let (log, recovered) =
            Log::open(Arc::clone(&files), place.clone(), options, Signers { signing, retired }, keys, now)?;
        let keys = log.keys.clone();
        if let Some(keys) = &keys {
            apply_erasures(&Reader::open(Arc::clone(&files), &place.root)?, keys)?;
        }
        let publisher = Publisher { files, place };
        for first in &recovered.unsealed {
            publisher.seal(*first)?;
        }
        publisher.publish(&log.checkpoint()?)?;

        let failure = Arc::new(Mutex::new(None));
        let queued = Arc::new(AtomicUsize::new(0));
        let clock = Arc::new(Clock { last: recovered.time.into(), slack });
        let (queue, waiting) = sync_channel(entries);
        let (to_publish, published) = sync_channel(PUBLISHED);
        let spawn = |name: &str, body: Box<dyn FnOnce() + Send>| {
            let failed =
                |error: std::io::Error| LedgerError::Thread(format!("no thread can be started: {error}"));
            Builder::new().name(name.to_owned()).spawn(body).map_err(failed)
        };
        let shared = Arc::clone(&failure);
        let publishing = spawn("publisher", Box::new(move || publish_all(&publisher, &published, &shared)))?;
        let (shared, counted, seen) = (Arc::clone(&failure), Arc::clone(&queued), Arc::clone(&clock));
        let writing = spawn(
            "ledger",
            Box::new(move || write_all(log, &waiting, &to_publish, &counted, &seen, &shared)),
        )?;
        let ledger = Self {
            queue: Some(queue),
            queued,
            most_queued,
            clock,
            writer: Some(writing),
            publisher: Some(publishing),
            failure,
            keys,
        };
        Ok((ledger, recovered))
    }

    /// The keys of people, if it was opened with any.
    pub fn keys(&self) -> Option<&Arc<Mutex<KeyStore>>> {
        self.keys.as_ref()
    }

    /// Enters an entry, and waits until it is acknowledged.
    pub fn append(&self, draft: Draft) -> Answer {
        let (sender, receiver) = sync_channel(1);
        self.append_then(draft, move |answer| {
            let _ = sender.send(answer);
        })?;
        receiver.recv().unwrap_or_else(|_| Err(self.stopped()))
    }

    /// Enters many entries in their order, and waits until all are acknowledged. Waits also while the queue is full.
    pub fn append_all(&self, drafts: Vec<Draft>) -> Result<Vec<Acknowledged>, Refusal> {
        let mut waiting = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let (sender, receiver) = sync_channel(1);
            loop {
                let sender = sender.clone();
                let added = self.append_then(draft.clone(), move |answer| {
                    let _ = sender.send(answer);
                });
                match added {
                    Err(Refusal::Busy) => std::thread::sleep(Duration::from_millis(1)),
                    added => break added?,
                }
            }
            waiting.push(receiver);
        }
        waiting.into_iter().map(|one| one.recv().unwrap_or_else(|_| Err(self.stopped()))).collect()
    }

    /// Enters an entry; `answer` is called once, by the writer, which waits for it. Refused at once if too much waits.
    pub fn append_then(
        &self,
        draft: Draft,
        answer: impl FnOnce(Answer) + Send + 'static,
    ) -> Result<(), Refusal> {
        let behind = self.clock.last.load(Ordering::Relaxed).saturating_sub(draft.time);
        if behind > self.clock.slack {
            return Err(Refusal::Clock(behind / 1_000));
        }
        let weight = draft.weight();
        if self.queued.fetch_add(weight, Ordering::Relaxed) + weight > self.most_queued {
            self.queued.fetch_sub(weight, Ordering::Relaxed);
            return Err(Refusal::Busy);
        }
        let waiting = Waiting { draft, weight, answer: Box::new(answer) };
        let sent = match &self.queue {
            Some(queue) => queue.try_send(waiting),
            None => Err(TrySendError::Disconnected(waiting)),
        };
        sent.map_err(|error| {
            self.queued.fetch_sub(weight, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => Refusal::Busy,
                TrySendError::Disconnected(_) => self.stopped(),
            }
        })
    }

    /// Waits for all that was queued and all that is published; the reason, if the writer had stopped before.
    pub fn close(mut self) -> Result<(), Refusal> {
        self.finish();
        match lock(&self.failure).take() {
            Some(reason) => Err(Refusal::Stopped(reason)),
            None => Ok(()),
        }
    }

    fn finish(&mut self) {
        self.queue = None;
        for thread in [self.writer.take(), self.publisher.take()].into_iter().flatten() {
            let _ = thread.join();
        }
    }

    fn stopped(&self) -> Refusal {
        let reason = lock(&self.failure).clone();
        Refusal::Stopped(reason.unwrap_or_else(|| "it was closed".into()))
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Destroys the keys that erasures of the log name, which a restored key store may hold again.
fn apply_erasures(reader: &Reader, keys: &Mutex<KeyStore>) -> Result<(), LedgerError> {
    let mut keys = lock(keys);
    let mut erased = std::collections::BTreeSet::new();
    let size = reader.size();
    reader.entries(keys.applied().min(size)..size, |_, bytes| {
        if bytes.windows(ERASURE.len()).any(|window| window == ERASURE)
            && let Ok(entry) = crate::entry::Entry::parse(bytes)
        {
            erased.extend(entry.erases());
        }
        Ok::<(), LedgerError>(())
    })?;
    if keys.applied() < size || !erased.is_empty() {
        keys.destroy(&erased, size).map_err(LedgerError::Keys)?;
    }
    Ok(())
}

/// The writer: batch after batch until nobody can add, or something fails.
fn write_all(
    mut log: Log,
    queue: &Receiver<Waiting>,
    publisher: &SyncSender<Published>,
    queued: &AtomicUsize,
    clock: &Clock,
    failure: &Mutex<Option<String>>,
) {
    let mut carried: Option<Waiting> = None;
    while let Some(first) = carried.take().or_else(|| queue.recv().ok()) {
        let room = log.room();
        let (mut drafts, mut answers, mut weight) = (Vec::new(), Vec::new(), 0);
        let mut next = Some(first);
        while let Some(waiting) = next.take() {
            if !drafts.is_empty() && weight + waiting.weight > log.options.batch_bytes {
                carried = Some(waiting);
                break;
            }
            weight += waiting.weight;
            queued.fetch_sub(waiting.weight, Ordering::Relaxed);
            drafts.push(waiting.draft);
            answers.push(waiting.answer);
            if drafts.len() < room {
                next = queue.try_recv().ok();
            }
        }
        let failed = lock(failure).clone();
        let committed = match failed {
            // The publisher found that the disk does not hold what was written.
            Some(reason) => Err(Refusal::Stopped(reason)),
            None => log.commit(&drafts).map_err(|error| match error {
                LedgerError::Full { .. } => Refusal::Full(error.to_string()),
                error => Refusal::Stopped(error.to_string()),
            }),
        };
        match committed {
            Ok(batch) => {
                clock.last.store(log.time(), Ordering::Relaxed);
                let published = Published { checkpoint: batch.checkpoint.clone(), sealed: batch.sealed };
                let batch = Arc::new(batch);
                for (index, answer) in (batch.first..).zip(answers) {
                    answer(Ok(Acknowledged { index, batch: Arc::clone(&batch) }));
                }
                let _ = publisher.send(published);
            }
            Err(refusal) => {
                if let Refusal::Stopped(reason) = &refusal {
                    lock(failure).get_or_insert_with(|| reason.clone());
                }
                for answer in answers {
                    answer(Err(refusal.clone()));
                }
                if matches!(refusal, Refusal::Stopped(_)) {
                    return;
                }
            }
        }
    }
}

/// The publisher: finished segments are closed, and the checkpoint is published twice a second at most and at the end.
fn publish_all(publisher: &Publisher, batches: &Receiver<Published>, failure: &Mutex<Option<String>>) {
    let mut last = Instant::now().checked_sub(BETWEEN).unwrap_or_else(Instant::now);
    let mut latest: Option<String> = None;
    let mut publish = || -> Result<(), LedgerError> {
        loop {
            let wait = if latest.is_some() { BETWEEN.saturating_sub(last.elapsed()) } else { FOREVER };
            let ended = match batches.recv_timeout(wait) {
                Ok(batch) => {
                    if let Some(first) = batch.sealed {
                        publisher.seal(first)?;
                    }
                    latest = Some(batch.checkpoint);
                    false
                }
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => false,
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => true,
            };
            if (ended || last.elapsed() >= BETWEEN)
                && let Some(checkpoint) = latest.take()
            {
                publisher.publish(&checkpoint)?;
                last = Instant::now();
            }
            if ended {
                return Ok(());
            }
        }
    };
    if let Err(error) = publish() {
        lock(failure).get_or_insert_with(|| error.to_string());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const ERASURE: &[u8] = b"\"kind\":\"erasure\"";
/// How many batches the publisher may lag before the writer waits for it.
const PUBLISHED: usize = 64;
const BETWEEN: Duration = Duration::from_millis(500);
const FOREVER: Duration = Duration::from_hours(1);
