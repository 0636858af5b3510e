//! Witnessing (C2SP `tlog-witness`): what a log asks, and what a witness decides. Sending and keeping are the caller's.

use std::fmt;

use crate::checkpoint::Checkpoint;
use crate::encoding::decimal;
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::note::Note;
use crate::proof::consistency;

/// What a log sends to `add-checkpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessRequest {
    /// The size that the witness cosigned last, as the log believes.
    pub old: u64,
    /// The proof that the checkpoint continues that.
    pub proof: Vec<Hash>,
    /// The checkpoint, a signed note.
    pub note: String,
}

impl WitnessRequest {
    /// Reads the body of a request; none if it is not one.
    pub fn parse(body: &str) -> Option<Self> {
        let (head, note) = body.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = decimal(lines.next()?.strip_prefix("old ")?)?;
        let proof: Vec<Hash> = lines.map(Hash::parse).collect::<Option<_>>()?;
        let request = Self { old, proof, note: note.to_owned() };
        (request.proof.len() <= MOST_HASHES).then_some(request)
    }
}

impl fmt::Display for WitnessRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(formatter, "{hash}"))?;
        write!(formatter, "\n{}", self.note)
    }
}

/// What a witness decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WitnessDecision {
    /// To keep this checkpoint, and after that to cosign its text (200).
    Cosign {
        /// The checkpoint.
        checkpoint: Checkpoint,
        /// Its text.
        text: String,
    },
    /// The request is not one (400).
    Malformed,
    /// No key is known of a log of this name (404).
    UnknownLog,
    /// No known key of the log signed it (403).
    Unsigned,
    /// Another size was cosigned last, or another tree of the same size (409).
    Conflict(u64),
    /// The proof does not hold (422).
    Inconsistent,
}

/// Decides on a request. `last` finds the checkpoint of a log that was cosigned last.
///
/// The caller keeps the checkpoint before it sends the cosignature, and lets no other request come between.
pub fn decide(
    body: &str,
    logs: &[VerifierKey],
    last: impl FnOnce(&str) -> Option<Checkpoint>,
) -> WitnessDecision {
    use WitnessDecision::{Conflict, Cosign, Inconsistent, Malformed, UnknownLog, Unsigned};
    let Some(request) = WitnessRequest::parse(body) else { return Malformed };
    let Ok(note) = Note::parse(&request.note) else { return Malformed };
    // What is signed for is read first, to know whose keys to ask.
    let Ok(unverified) = Checkpoint::parse(note.text()) else { return Malformed };
    let keys: Vec<VerifierKey> = logs.iter().filter(|key| key.name() == unverified.origin).cloned().collect();
    if keys.is_empty() {
        return UnknownLog;
    }
    let Ok((text, _)) = note.verify(&keys) else { return Unsigned };
    let Ok(checkpoint) = Checkpoint::parse(text) else { return Malformed };
    if request.old > checkpoint.size {
        return Malformed;
    }
    let seen = last(&checkpoint.origin);
    let (size, root) = seen.map_or((0, Hash::of_nothing()), |seen| (seen.size, seen.root));
    if request.old != size || (checkpoint.size == size && checkpoint.root != root) {
        return Conflict(size);
    }
    let continued = if size == 0 {
        request.proof.is_empty()
    } else {
        consistency((size, root), (checkpoint.size, checkpoint.root), &request.proof).is_ok()
    };
    if continued { Cosign { text: text.to_owned(), checkpoint } } else { Inconsistent }
}

const MOST_HASHES: usize = 63;
