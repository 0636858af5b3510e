//! The API and the pages over a real desk: what is reachable by whom, what lists show, and what wrong requests and forms
//! are answered.
#![cfg(test)]

mod account;
mod addresses;
mod authenticator;
#[path = "../../../governance/tests/it/bank.rs"]
#[expect(dead_code, reason = "the tests of the desk use more of it")]
mod bank;
mod clock;
mod decisions;
mod files;
mod forms;
mod html;
mod leavers;
mod leaving;
mod lists;
mod matrix;
mod oidc;
mod outsiders;
mod pages;
mod parts;
mod passkeys;
mod requests;
mod resources;
mod server;
mod sessions;
mod told;
#[path = "../../../governance/tests/it/tried.rs"]
mod tried;
mod tries;
mod visitor;
mod webhooks;
mod words;
