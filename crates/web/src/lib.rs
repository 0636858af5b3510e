//! What people and programs reach over HTTP: signing in, the JSON API, and the console.

pub mod api;
mod assessing;
mod files;
mod log;
pub mod notices;
mod origin;
mod page;
pub mod pages;
mod problem;
pub mod sign_in;
mod state;
mod sweep;
mod wanted;
mod who;

pub use assessing::{Assessed, Assessor, Job, Progress};
pub use files::{Files, FilesError, Plain};
pub use log::{Entered, Log, ReadEntry, Verification, VerifyLog};
pub use page::router;
pub use problem::{Details, Problem};
pub use state::{Web, WebSettings};
