//! The relational index of the record, on SQLite or PostgreSQL. The only crate that speaks SQL.
