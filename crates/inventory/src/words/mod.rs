//! What people read: labels, reasons, what to do and who, in English and in Hong Kong usage of Traditional Chinese.
//!
//! Text, JSON and HTML share these words. A sentence carries no full stop, so that it fits a table cell.

mod action;
mod check_key;
mod label;
mod objection;
mod reason;
mod reason_about_evidence;
