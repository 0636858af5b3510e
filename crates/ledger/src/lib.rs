//! A tamper-evident log that others can read and check: RFC 6962 trees, C2SP notes, checkpoints, tiles and receipts,
//! the segment files behind them, and sealed payloads beside them that can be erased.
//!
//! It knows nothing of Dualtrack, reads no clock and logs nothing. What it asks of a disk stands in [`FileSystem`].
//! Tamper-evident means that whoever holds an earlier checkpoint notices; it does not mean that nobody can try.

mod audit;
mod batches;
mod bundle;
mod canonical;
mod checkpoint;
mod disk;
mod encoding;
mod entry;
mod error;
mod file_system;
mod frontier;
mod fsck;
mod hash;
mod key;
mod key_store;
mod ledger;
mod log;
mod note;
mod options;
mod policy;
mod proof;
mod publisher;
mod reader;
mod receipt;
mod recovery;
pub mod seal;
mod sealed_file;
mod segment;
mod sources;
mod tile;
mod tree;
mod witness;

pub use audit::Audit;
pub use bundle::{BundleChecked, BundleFault, check_bundle, is_bundle, write_bundle};
pub use canonical::{CanonicalError, canonical};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use disk::Disk;
pub use entry::{Draft, ERASURE, Entry, EntryError, Named, Source, Statement, id_at};
pub use error::LedgerError;
pub use file_system::{File, FileSystem, Lock};
pub use frontier::{Frontier, Growth};
pub use fsck::{Findings, fsck};
pub use hash::{Hash, leaf_hash, node_hash};
pub use key::{KeyError, KeyKind, Signature, SigningKey, VerifierKey};
pub use key_store::{KeyStore, KeyStoreError, SubjectKey};
pub use ledger::{Acknowledged, Answer, Ledger, Refusal};
pub use log::Batch;
pub use note::{Note, NoteError};
pub use options::{Options, Place, Signer};
pub use policy::{Judgement, PolicyError, PolicyLog, PolicyWitness, TrustPolicy};
pub use proof::{ProofError, consistency, inclusion};
pub use reader::{BatchSeen, Reader};
pub use receipt::{Receipt, ReceiptError};
pub use recovery::Recovered;
pub use sealed_file::{key_of_file, open_file, seal_file};
pub use sources::{Gap, Sources};
pub use tile::{BundleError, Tile, TileKind, bundle_entries, place};
pub use tree::{Tree, consistency_proof, inclusion_proof, root_of};
pub use witness::{WitnessDecision, WitnessRequest, decide};
