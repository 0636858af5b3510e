//! Uses of AI, what they stand on, people and evidence; verdicts, tiers and gates as pure functions.
//!
//! Texts and digests come in, values go out. This crate reads no file and no clock: whoever reads the folder
//! hands in its texts and the digests of its files, and says which day it is.

mod actions;
mod ai_use;
mod approval;
mod approval_template;
mod barred;
mod bindings;
mod change;
mod circles;
mod columns;
mod consistency;
mod declared_check;
mod digest;
mod due;
mod facts;
mod folder;
mod folder_check;
mod foundation;
mod gate;
mod gates;
mod id;
mod institution;
mod inventory;
mod judge;
mod links;
mod load;
mod names;
mod passage;
mod places;
mod purpose;
mod reason;
mod record;
mod showing;
mod snapshot;
mod tier;
mod verdict;
mod waiver;
mod words;

pub use ai_use::*;
pub use approval::approvals;
pub use approval_template::approval_template;
pub use barred::{Bar, Barred, barred};
pub use change::{Change, ChangeClass, ChangePlan};
pub use columns::*;
pub use declared_check::{CheckOutcome, CheckResult, Correction, DeclaredCheck};
pub use dualtrack_catalogue::{Digest, DigestError};
pub use facts::{high_risk, profile};
pub use folder_check::inventory_checks;
pub use foundation::*;
pub use gate::*;
pub use gates::*;
pub use id::*;
pub use institution::*;
pub use inventory::Inventory;
pub use judge::{hong_kong_day, verdicts, verdicts_of};
pub use load::files_to_digest;
pub use passage::gate;
pub use purpose::Purpose;
pub use reason::{Because, Reason};
pub use record::*;
pub use snapshot::{Part, Snapshot, snapshot};
pub use tier::{Tier, TierOutcome, TierReason, TierRule, Tiers, TiersSchema, tier};
pub use verdict::{Due, Verdict, VerdictState};
