//! Uses of AI that nobody registered, as they show in proxy logs and expenses.
//!
//! Hosts and merchants are held against a list of AI services that ships with the binary. What leaves is counts and
//! days for each service; who it was is counted and then forgotten.

mod columns;
mod gather;
mod services;

pub(crate) use columns::Columns;
pub(crate) use gather::{Found, gather};
pub(crate) use services::Services;
