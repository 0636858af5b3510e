//! The relational index of the record, on SQLite or PostgreSQL. The only crate that speaks SQL.
//!
//! The index follows from the ledger and can be made anew; operations (accounts, sessions, what waits to be sent) do
//! not and are backed up. One SQL text serves both engines; what differs stands in `engine.rs`.

mod change;
mod engine;
mod error;
mod migration;
pub mod operations;
mod reading;
mod recorded;
mod scopes;
mod store;

pub use change::Change;
pub use engine::{Address, Engine};
pub use error::StoreError;
pub use reading::{Moment, Reading, Stored, Trail};
pub use recorded::{Actor, Brought, Recorded};
pub use scopes::Unread;
pub use store::{Connection, OperationsPool, Store};
