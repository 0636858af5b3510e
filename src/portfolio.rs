//! An existing portfolio of AI uses, as somebody keeps it in a spreadsheet, brought in whole.
//!
//! A mapping says which column holds which field; every row becomes a use or a list of what is wrong with it, cell by
//! cell. Live uses come in as inherited, with a dated plan to catch up. No approval is made up for any of them: a list
//! has no column for one. What the record holds already is asked of the server; nothing here writes.

mod cells;
mod fields;
mod known;
mod mapping;
mod rows;
mod template;

pub(crate) use cells::day;
pub(crate) use known::{Known, pages};
pub(crate) use mapping::{Mapping, columns_of_file};
pub(crate) use rows::{Brought, CatchUpDefault, uses_of};
pub(crate) use template::template;
