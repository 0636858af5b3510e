//! What was begun and not yet finished: kept under the digest of its challenge, good once, for five minutes.

use serde::{Deserialize, Serialize};

use super::super::secret::digest;

/// What is remembered of what was begun.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PendingPasskey {
    /// What it was begun for.
    pub purpose: Purpose,
    /// When, in milliseconds since 1970.
    pub begun: i64,
}

/// What a passkey is asked for.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "for")]
pub enum Purpose {
    /// To sign in, whoever it is.
    SignIn,
    /// To show again who one is.
    Again {
        /// Who.
        person: String,
    },
    /// To add one.
    Add {
        /// For whom.
        person: String,
        /// By which the person's authenticators know the account.
        handle: String,
    },
}

/// The name under which it is kept.
pub fn kept_as(challenge: &str) -> String {
    digest(&format!("passkey.{challenge}"))
}

/// How long somebody may take, in milliseconds.
pub const LASTS: i64 = 5 * 60 * 1_000;
