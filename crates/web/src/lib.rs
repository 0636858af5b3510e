//! What people and programs reach over HTTP: signing in, the JSON API, and a page that says the server runs.

mod problem;
pub mod sign_in;

pub use problem::Problem;
