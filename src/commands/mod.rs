//! One module a command: from arguments to values, to a call, to output.

pub(crate) mod account;
pub(crate) mod approval;
pub(crate) mod assess;
pub(crate) mod code;
pub(crate) mod cube;
pub(crate) mod discovery;
pub(crate) mod guidelines;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod measure;
pub(crate) mod portfolio;
pub(crate) mod serve;
pub(crate) mod verify;
