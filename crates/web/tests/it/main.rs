//! The API over a real desk: what is reachable by whom, what lists show, and what wrong requests are answered.
#![cfg(test)]

mod addresses;
#[path = "../../../governance/tests/it/bank.rs"]
#[expect(dead_code, reason = "the tests of the desk use more of it")]
mod bank;
mod clock;
mod files;
mod leavers;
mod lists;
mod matrix;
mod oidc;
mod outsiders;
mod parts;
mod requests;
mod resources;
mod server;
mod sessions;
#[path = "../../../governance/tests/it/tried.rs"]
mod tried;
mod tries;
mod webhooks;
mod words;
