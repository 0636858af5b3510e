//! Uses of AI, what they stand on, people and evidence; verdicts, tiers and gates as pure functions.
//!
//! Texts and digests come in, values go out. This crate reads no file and no clock: whoever reads the folder
//! hands in its texts and the digests of its files, and says which day it is.

mod ai_use;
mod barred;
mod change;
mod columns;
mod declared_check;
mod digest;
mod foundation;
mod gate;
mod gates;
mod id;
mod institution;
mod inventory;
mod reason;
mod record;
mod snapshot;
mod tier;
mod verdict;

pub use ai_use::*;
pub use barred::{Bar, Barred, barred};
pub use change::{Change, ChangeClass, ChangePlan};
pub use columns::*;
pub use declared_check::{CheckOutcome, CheckResult, Correction, DeclaredCheck};
pub use digest::{Digest, DigestError};
pub use foundation::*;
pub use gate::*;
pub use gates::*;
pub use id::*;
pub use institution::*;
pub use inventory::Inventory;
pub use reason::{Because, Reason};
pub use record::*;
pub use snapshot::{Part, Snapshot};
pub use tier::{Tier, TierOutcome, TierReason, TierRule, Tiers, TiersSchema};
pub use verdict::{Binding, Due, Verdict, VerdictState};
