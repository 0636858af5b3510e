//! The log behind the record, as far as pages show it. Where it lies and how it is read is known to the program that
//! serves, which hands it in; here it is read at most once at a time, and verified at most once at a time.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dualtrack_catalogue::Bilingual;
use dualtrack_report::LedgerStanding;
use jiff::{SignedDuration, Timestamp};

/// How a log is read. Each may take a while, and is asked away from where requests are answered.
pub struct Log {
    /// How it stands.
    pub standing: Box<dyn Fn() -> Result<LedgerStanding, String> + Send + Sync>,
    /// An entry with its receipt; none where the last checkpoint does not reach.
    pub entry: Box<ReadEntry>,
    /// Whether all of it holds. It tells how many entries of how many it looked at, and stops when it is told to.
    pub verify: Box<VerifyLog>,
}

/// Reads an entry.
pub type ReadEntry = dyn Fn(u64) -> Result<Option<Entered>, String> + Send + Sync;
/// Verifies a log.
pub type VerifyLog = dyn Fn(&dyn Fn(u64, u64) -> bool) -> Verification + Send + Sync;

/// An entry, with what shows a stranger that it is in the log.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The name of the log.
    pub log: String,
    /// Its bytes, as they were hashed.
    pub bytes: Vec<u8>,
    /// Its receipt.
    pub receipt: String,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// The keys that sign.
    pub keys: Vec<String>,
}

/// What came of verifying a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Whether it holds; nothing if it could not be told.
    pub holds: Option<bool>,
    /// What was checked.
    pub checked: Vec<Bilingual>,
    /// What is worth a look; where it does not hold, why.
    pub noticed: Vec<Bilingual>,
    /// What was not checked.
    pub left: Vec<Bilingual>,
}

/// A log with what was read of it last.
pub(crate) struct Watched {
    log: Log,
    standing: Mutex<Option<Arc<LedgerStanding>>>,
    /// Held by whoever reads how it stands.
    looking: tokio::sync::Mutex<()>,
    run: Mutex<Option<Arc<Run>>>,
}

/// A verification that runs or ran.
#[derive(Debug)]
pub(crate) struct Run {
    /// When it was begun.
    pub(crate) begun: Timestamp,
    done: AtomicU64,
    total: AtomicU64,
    over: AtomicBool,
    stop: AtomicBool,
    came: Mutex<Option<(Timestamp, Verification)>>,
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Watched").finish_non_exhaustive()
    }
}

impl Run {
    /// How many entries of how many were looked at.
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Tells it to stop.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// What came of it, and when; nothing while it runs.
    pub(crate) fn came(&self) -> Option<(Timestamp, Verification)> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.over.load(Ordering::Acquire)
    }
}

impl Watched {
    pub(crate) fn new(log: Log) -> Self {
        Self {
            log,
            standing: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            run: Mutex::default(),
        }
    }

    /// How it stands. What was read a moment ago is shown again, and read anew meanwhile where it is a little older.
    pub(crate) async fn standing(self: &Arc<Self>, now: Timestamp) -> Result<Arc<LedgerStanding>, String> {
        let kept = self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let age = |standing: &Arc<LedgerStanding>| now.duration_since(standing.instant).abs();
        match kept {
            Some(standing) if age(&standing) < SignedDuration::from_secs(MOMENT) => Ok(standing),
            Some(standing) if age(&standing) < SignedDuration::from_secs(A_WHILE) => {
                let own = Arc::clone(self);
                tokio::spawn(async move {
                    if let Ok(_one) = own.looking.try_lock() {
                        let _ = own.look().await;
                    }
                });
                Ok(standing)
            }
            _ => {
                let _one = self.looking.lock().await;
                self.look().await
            }
        }
    }

    async fn look(self: &Arc<Self>) -> Result<Arc<LedgerStanding>, String> {
        let own = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || (own.log.standing)()).await;
        let standing = Arc::new(read.map_err(|error| error.to_string())??);
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&standing));
        Ok(standing)
    }

    /// An entry with its receipt.
    pub(crate) async fn entry(self: &Arc<Self>, index: u64) -> Result<Option<Entered>, String> {
        let own = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || (own.log.entry)(index)).await;
        read.map_err(|error| error.to_string())?
    }

    /// The verification that runs or ran last.
    pub(crate) fn run(&self) -> Option<Arc<Run>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins to verify all of it in the background, unless that runs already or was done a moment ago.
    pub(crate) fn verify(self: &Arc<Self>, now: Timestamp, clock: Arc<dyn Fn() -> Timestamp + Send + Sync>) {
        let mut kept = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        let again = kept.as_ref().is_none_or(|run| {
            let pause = SignedDuration::from_secs(PAUSE);
            run.came().is_some_and(|(ended, _)| now.duration_since(ended) >= pause)
        });
        if !again {
            return;
        }
        let run = Arc::new(Run {
            begun: now,
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            over: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            came: Mutex::default(),
        });
        *kept = Some(Arc::clone(&run));
        drop(kept);
        let own = Arc::clone(self);
        // It goes on when the browser is closed.
        tokio::spawn(async move {
            let (watched, ticks) = (Arc::clone(&run), Arc::clone(&clock));
            let verified = tokio::task::spawn_blocking(move || {
                (own.log.verify)(&|done, total| {
                    watched.done.store(done, Ordering::Relaxed);
                    watched.total.store(total, Ordering::Relaxed);
                    let longest = SignedDuration::from_secs(LONGEST);
                    !watched.stop.load(Ordering::Relaxed)
                        && (!done.is_multiple_of(1_024) || ticks().duration_since(watched.begun) < longest)
                })
            });
            let came = verified.await.unwrap_or_else(|error| {
                let line = error.to_string();
                let noticed = vec![Bilingual { en: line.clone(), zh_hant: line }];
                Verification { noticed, ..Verification::default() }
            });
            *run.came.lock().unwrap_or_else(PoisonError::into_inner) = Some((clock(), came));
            run.over.store(true, Ordering::Release);
        });
    }
}

/// For how many seconds what was read of it is shown again, and for how many while it is read anew.
const MOMENT: i64 = 2;
const A_WHILE: i64 = 120;
/// How many seconds lie between two verifications at least.
const PAUSE: i64 = 10;
/// How many seconds one may take.
const LONGEST: i64 = 600;
