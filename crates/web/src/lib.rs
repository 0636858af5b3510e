//! What people and programs reach over HTTP: signing in, the JSON API, and a page that says the server runs.

pub mod api;
mod page;
mod problem;
pub mod sign_in;
mod state;
mod wanted;
mod who;

pub use page::router;
pub use problem::{Details, Problem};
pub use state::{Web, WebSettings};
