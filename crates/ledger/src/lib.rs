//! A tamper-evident log that others can read and check: RFC 6962 trees, C2SP notes, checkpoints, tiles and receipts.
//!
//! Bytes and keys go in, proofs come out. It knows nothing of Dualtrack, opens no file, reads no clock and logs nothing.
//! Tamper-evident means that whoever holds an earlier checkpoint notices; it does not mean that nobody can try.

mod audit;
mod checkpoint;
mod encoding;
mod hash;
mod note;
mod proof;
mod receipt;
mod tile;
mod tree;

pub use audit::Audit;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use hash::{Hash, leaf_hash, node_hash};
pub use note::{KeyError, Note, NoteError, SigningKey, VerifierKey};
pub use proof::{ProofError, consistency, inclusion};
pub use receipt::{Receipt, ReceiptError};
pub use tile::{BundleError, Tile, TileKind, bundle_entries, place};
pub use tree::Tree;
