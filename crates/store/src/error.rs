//! What can go wrong with the index, as one line each.

/// Why the index did not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or broke while it was asked.
    #[error("the index cannot be reached: {0}")]
    Unreachable(String),
    /// It was made by a newer program.
    #[error(
        "the index is of version {found}; this program knows up to {known}: run the newer program, or `dualtrack rebuild`"
    )]
    Newer {
        /// The version of the index.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// What is not rebuilt was made by a newer program.
    #[error(
        "the tables of accounts and sessions are of version {found}; this program knows up to {known}: run the newer program"
    )]
    NewerOperations {
        /// The version of the tables.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// Another server writes.
    #[error("another server (`{holder}`) keeps the record; only one may write")]
    Held {
        /// The installation that holds the lease.
        holder: String,
    },
    /// What is in it is not what was put there.
    #[error("the index holds what nobody put there: {0}; run `dualtrack rebuild`")]
    Damaged(String),
    /// A file of SQLite is not what SQLite wrote.
    #[error("`{file}` is damaged; {remedy}")]
    File {
        /// Which file of the data folder.
        file: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The address of the database is not understood.
    #[error("`{0}` is no address of a database; write postgres://user@host/name, or leave it out for SQLite")]
    Address(String),
    /// There is one already.
    #[error("{0} is taken")]
    Taken(String),
}

/// Whether SQLite says that a file is malformed (11 and its kin) or none of its own (26).
pub(crate) fn is_damaged(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(code.as_ref(), "11" | "26" | "267" | "523" | "779"))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => {
                Self::Taken("the name or id".to_owned())
            }
            _ if is_damaged(&error) => Self::File {
                file: "dualtrack_index.db` or `dualtrack_operations.db",
                remedy: "start the server again: it says which, and what to do",
            },
            _ => Self::Unreachable(error.to_string().lines().next().unwrap_or_default().to_owned()),
        }
    }
}
