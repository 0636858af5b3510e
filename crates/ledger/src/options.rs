//! Where a log lies, and how it is written.

use std::path::PathBuf;

use crate::key::{SigningKey, VerifierKey};

/// Where a log lies.
#[derive(Clone, Debug)]
pub struct Place {
    /// The name of the log: the first line of its checkpoints.
    pub origin: String,
    /// Its folder.
    pub root: PathBuf,
    /// The file of its last signed checkpoint, best on another disk. A log that is shorter than this says signs nothing.
    pub register: PathBuf,
}

/// How a log is written. The defaults are those of the design.
#[derive(Clone, Debug)]
pub struct Options {
    /// The most entries of a batch.
    pub batch_entries: usize,
    /// The most bytes of a batch, payloads included.
    pub batch_bytes: usize,
    /// The most entries of a segment; a multiple of 256.
    pub segment_entries: u64,
    /// A segment with about this many bytes ends at the next multiple of 256 entries.
    pub segment_bytes: u64,
    /// Nothing but "the ledger is full" is entered when fewer bytes are free.
    pub low_water: u64,
    /// The bytes set aside so that this much can still be entered when the disk is full.
    pub ballast: u64,
    /// The most entries that wait.
    pub queue_entries: usize,
    /// The most bytes that wait.
    pub queue_bytes: usize,
    /// How far the clock may go back, in milliseconds, before an entry is refused; less is levelled out.
    pub clock_slack: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch_entries: 4_096,
            batch_bytes: 8 << 20,
            segment_entries: 65_536,
            segment_bytes: 248 << 20,
            low_water: 64 << 20,
            ballast: 8 << 20,
            queue_entries: 8_192,
            queue_bytes: 64 << 20,
            clock_slack: 60_000,
        }
    }
}

/// What signs checkpoints: a key in memory, or a machine that never lets its key out.
pub trait Signer: Send {
    /// The key that checks what this one signs.
    fn verifier(&self) -> &VerifierKey;
    /// The line of signature under a text; why not, in one line, if it cannot sign.
    fn sign(&self, text: &str) -> Result<String, String>;
}

impl Signer for SigningKey {
    fn verifier(&self) -> &VerifierKey {
        Self::verifier(self)
    }

    fn sign(&self, text: &str) -> Result<String, String> {
        Ok(self.signature_line(text))
    }
}
