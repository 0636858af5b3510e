//! What the index is told of an entry, whether it was just entered or is replayed.

use dualtrack_inventory::{Document, Key};

/// An entry that changed the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its place in the ledger.
    pub place: u64,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// The kind of entry.
    pub kind: String,
    /// The action that made it.
    pub action: String,
    /// Who acted.
    pub actor: Actor,
    /// The documents that it brought.
    pub documents: Vec<Brought>,
    /// The keys that it destroyed, if it is an erasure.
    pub erased: Vec<String>,
}

/// Who acted, and the key under which that is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The person; none where the program acted by itself, or the person is erased.
    pub person: Option<String>,
    /// The key; none where no person acted.
    pub key: Option<String>,
}

/// A version of a document that an entry brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Brought {
    /// Which document. Of one that was erased only the kind is known.
    pub key: Key,
    /// Which version, from 1.
    pub version: u64,
    /// The key under which it is sealed.
    pub sealed_under: String,
    /// The document, unless its key was destroyed.
    pub document: Option<Document>,
}

impl Brought {
    /// The id under which a version stands once it is erased: nothing of the person is left in it.
    pub(crate) fn id_when_erased(place: u64, position: usize) -> String {
        format!("erased-{place}-{position}")
    }
}
