//! Assessments that are run from a page: one at a time, watched while they run, kept until the next.
//!
//! How a use is assessed the program hands in, since it reads files; here is only who asked, how far it is, and what
//! came of it. A run goes on when the browser is closed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dualtrack_catalogue::{Bilingual, Catalogue};
use dualtrack_inventory::{Inventory, PersonId, UseId};
use dualtrack_report::UseMeasured;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Semaphore;

/// How a use is assessed: it takes as long as it takes, on a thread of its own.
pub type Assessor = Arc<dyn Fn(&Job, &Progress) -> Result<Assessed, Bilingual> + Send + Sync>;

/// What is assessed.
#[derive(Debug)]
pub struct Job {
    /// The use.
    pub use_id: UseId,
    /// The use and everything in its scope, as the record has it.
    pub inventory: Inventory,
    /// The guidelines.
    pub catalogue: Arc<Catalogue>,
    /// Who runs the checks.
    pub by: PersonId,
    /// Now.
    pub now: Timestamp,
    /// The key of the one check to run; all, and everything that can be measured, if none is named.
    pub only: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub struct Assessed {
    /// The results as pieces of evidence.
    pub evidence: Vec<Value>,
    /// Everything that was measured.
    pub measured: UseMeasured,
}

/// How far a run is; whoever runs it writes, whoever watches reads.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    message: Mutex<String>,
    /// Raised by whoever wants it to stop.
    pub stop: Arc<AtomicBool>,
}

impl Progress {
    /// Says how far it is: so many of so many, and at what.
    pub fn tell(&self, done: u64, total: u64, message: &str) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        message.clone_into(&mut self.message.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// How far it is.
    pub fn read(&self) -> (u64, u64, String) {
        let message = self.message.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed), message)
    }
}

/// Assessments that run or ran.
#[derive(Default)]
pub(crate) struct Assessments {
    assessor: Option<Assessor>,
    runs: Mutex<BTreeMap<UseId, Arc<Run>>>,
    turn: Option<Arc<Semaphore>>,
}

/// A run of the checks of a use.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) by: PersonId,
    pub(crate) begun: Timestamp,
    pub(crate) progress: Progress,
    /// What came of it: nothing while it runs; else whether it was entered, or why not.
    pub(crate) ended: Mutex<Option<Result<u64, Bilingual>>>,
}

impl std::fmt::Debug for Assessments {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Assessments").field("can", &self.assessor.is_some()).finish_non_exhaustive()
    }
}

impl Assessments {
    pub(crate) fn with(assessor: Assessor) -> Self {
        Self { assessor: Some(assessor), runs: Mutex::default(), turn: Some(Arc::new(Semaphore::new(1))) }
    }

    pub(crate) fn assessor(&self) -> Option<Assessor> {
        self.assessor.clone()
    }

    /// Waits its turn: only one run takes the processors.
    pub(crate) async fn turn(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(self.turn.as_ref()?).acquire_owned().await.ok()
    }

    /// Tells whatever runs to stop.
    pub(crate) fn stop_all(&self) {
        for run in self.runs.lock().unwrap_or_else(PoisonError::into_inner).values() {
            run.progress.stop.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn run_of(&self, of: &UseId) -> Option<Arc<Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).get(of).cloned()
    }

    /// Begins a run; none if one of the same use runs already, or too many wait.
    pub(crate) fn begin(&self, of: &UseId, by: PersonId, now: Timestamp) -> Option<Arc<Run>> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let running = runs.values().filter(|run| run.is_running()).count();
        if running >= MOST || runs.get(of).is_some_and(|run| run.is_running()) {
            return None;
        }
        // What is over and was looked at long ago makes room.
        if runs.len() >= MOST_KEPT {
            runs.retain(|_, run| run.is_running());
        }
        let run = Arc::new(Run { by, begun: now, progress: Progress::default(), ended: Mutex::new(None) });
        runs.insert(of.clone(), Arc::clone(&run));
        Some(run)
    }
}

impl Run {
    pub(crate) fn is_running(&self) -> bool {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    pub(crate) fn end(&self, came: Result<u64, Bilingual>) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(came);
    }

    pub(crate) fn came(&self) -> Option<Result<u64, Bilingual>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How many runs may wait or run.
const MOST: usize = 8;
/// How many are remembered.
const MOST_KEPT: usize = 1_000;
