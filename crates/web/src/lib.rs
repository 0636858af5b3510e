//! What people and programs reach over HTTP: signing in, the JSON API, and a page that says the server runs.
