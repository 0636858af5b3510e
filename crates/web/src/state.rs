//! What every answer is made from: the desk, the clock that the program hands in, and limits.

use std::sync::{Arc, Mutex};

use dualtrack_governance::Desk;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::assessing::{Assessments, Assessor};
use crate::files::Files;
use crate::log::{Log, Watched};
use crate::pages::Sent;
use crate::sign_in::address::Network;
use crate::sign_in::limit::Buckets;
use crate::sign_in::oidc::Provider;
use crate::sign_in::passkey::Party;

/// What every answer is made from.
#[derive(Clone)]
pub struct Web {
    pub(crate) desk: Arc<Desk>,
    pub(crate) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) settings: Arc<WebSettings>,
    pub(crate) buckets: Arc<Mutex<Buckets>>,
    /// Each hash of a password takes memory: only so many are computed at once.
    pub(crate) hashing: Arc<Semaphore>,
    /// Told that something waits to be sent.
    pub(crate) post: Arc<tokio::sync::Notify>,
    /// The forms that were sent, so that none counts twice.
    pub(crate) sent: Arc<Sent>,
    /// Where people sign in who have an account elsewhere.
    pub(crate) provider: Option<Arc<Provider>>,
    /// Assessments that run or ran.
    pub(crate) assessments: Arc<Assessments>,
    /// The log behind the record, where the program handed it in.
    pub(crate) log: Option<Arc<Watched>>,
}

/// What is set for a server.
#[derive(Debug)]
pub struct WebSettings {
    /// The program and its version, as pages name it.
    pub program: String,
    /// The address at which people reach it.
    pub address: String,
    /// The proxies that say from where a request comes.
    pub proxies: Vec<Network>,
    /// The files that were uploaded.
    pub files: Files,
}

impl std::fmt::Debug for Web {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Web").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Web {
    /// A server of a desk.
    pub fn new(
        desk: Arc<Desk>,
        clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
        settings: WebSettings,
        post: Arc<tokio::sync::Notify>,
    ) -> Self {
        Self {
            desk,
            clock,
            settings: Arc::new(settings),
            buckets: Arc::new(Mutex::new(Buckets::new(BURST, EACH_SECOND, MOST_NAMES))),
            hashing: Arc::new(Semaphore::new(HASHES)),
            post,
            sent: Arc::default(),
            provider: None,
            assessments: Arc::default(),
            log: None,
        }
    }

    /// The same, where the checks of uses can be run.
    #[must_use]
    pub fn assessing_with(self, assessor: Assessor) -> Self {
        Self { assessments: Arc::new(Assessments::with(assessor)), ..self }
    }

    /// The same, where the log behind the record can be read and verified.
    #[must_use]
    pub fn reading_log(self, log: Log) -> Self {
        Self { log: Some(Arc::new(Watched::new(log))), ..self }
    }

    /// The same, where people may sign in at a provider of identities.
    #[must_use]
    pub fn signing_in_at(self, provider: Provider) -> Self {
        Self { provider: Some(Arc::new(provider)), ..self }
    }

    /// Tells what runs in the background to stop, so that the server can end.
    pub fn stop_running(&self) {
        self.assessments.stop_all();
        if let Some(run) = self.log.as_ref().and_then(|log| log.run()) {
            run.stop();
        }
    }

    /// Whom passkeys are made for; nobody where browsers make none.
    pub(crate) fn party(&self) -> Option<Party> {
        Party::of(&self.settings.address)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

const BURST: f64 = 2_000.0;
const EACH_SECOND: f64 = 1_000.0;
const MOST_NAMES: usize = 100_000;
const HASHES: usize = 2;
