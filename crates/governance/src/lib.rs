//! Every action that changes the record: authorised, decided by pure functions, entered in the ledger, applied to the
//! index.

mod access;
mod accounts;
mod authority;
mod board;
mod boards;
mod clocks;
mod command;
mod decide;
mod desk;
mod files;
mod guidelines;
mod judgements;
mod notes;
mod officer;
mod permits;
mod powers;
mod reading;
mod recording;
mod refusal;
mod replay;
mod resources;
mod scope;
mod view;

pub use access::scope_of;
pub use authority::{Access, Action, Authority, AuthorityError};
pub use board::{Awaits, Board, Challenge, Column, Columns, Line, NextGate, OpenFinding, line};
pub use clocks::{Clock, Due};
pub use command::{Command, Given, Imported, UsePart};
pub use desk::{Common, Desk, Done};
pub use files::{FileError, free_space, room_for_changes};
pub use guidelines::{Product, active};
pub use judgements::{Difference, Differences, Differing};
pub use notes::Noted;
pub use officer::Officer;
pub use permits::words as shut_words;
pub use powers::{Grounds, Power, Powers, Reach, Standing};
pub use reading::{AsOf, Whole};
pub use recording::Book;
pub use refusal::Refusal;
pub use replay::{ReplayError, catch_up};
