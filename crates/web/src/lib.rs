//! What people and programs reach over HTTP: signing in, the JSON API, and a page that says the server runs.

pub mod api;
mod files;
mod origin;
mod page;
mod problem;
pub mod sign_in;
mod state;
mod sweep;
mod wanted;
mod who;

pub use files::{Files, FilesError, Plain};
pub use page::router;
pub use problem::{Details, Problem};
pub use state::{Web, WebSettings};
