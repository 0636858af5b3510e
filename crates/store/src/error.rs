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
    /// The address of the database is not understood.
    #[error("`{0}` is no address of a database; write postgres://user@host/name, or leave it out for SQLite")]
    Address(String),
    /// There is one already.
    #[error("{0} is taken")]
    Taken(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => {
                Self::Taken("the name or id".to_owned())
            }
            _ => Self::Unreachable(error.to_string().lines().next().unwrap_or_default().to_owned()),
        }
    }
}
