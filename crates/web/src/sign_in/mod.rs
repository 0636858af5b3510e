//! Who is who: passwords of local accounts, sessions, tokens, links that are good once, and their limits.
//!
//! Values in, values out: no clock, no tables. What is kept is a digest; what is secret never prints.

pub mod address;
pub mod csrf;
pub mod limit;
pub mod link;
pub mod oidc;
pub mod passkey;
pub mod password;
pub mod secret;
pub mod session;
pub mod token;
mod weakness;
