//! What is not rebuilt from the ledger: who may sign in, what waits to be sent, what was begun and not sent off.
//!
//! The list of these tables is `migrations/operations_*.sql`; `dualtrack backup` takes them along.

mod account;
mod copy;
mod outbox;
mod passkey;
mod pending;
mod session;
mod token;
mod upload;

pub use account::{Account, Link};
pub use copy::TABLES;
pub use outbox::{Outgoing, OutgoingState, Webhook};
pub use passkey::PasskeyRow;
pub use session::{Failures, SessionRow};
pub use token::TokenRow;

use sqlx::AnyPool;

/// The operational tables.
#[derive(Clone, Copy, Debug)]
pub struct Operations<'p>(pub(crate) &'p AnyPool);
