//! Who asks: a person who is signed in, or a program with a token of hers.

use std::collections::BTreeSet;

use dualtrack_catalogue::Language;
use dualtrack_inventory::PersonId;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// The person.
    pub person: PersonId,
    /// Whether the person showed who they are just now.
    pub stepped_up: bool,
    /// The actions that a token is good for; nothing where the person asks.
    pub scopes: Option<BTreeSet<String>>,
    /// Whether it is this server itself that asks in her name, with what a run of checks that she began came to.
    pub runs_checks: bool,
    /// The language of words to the person.
    pub language: Language,
}
