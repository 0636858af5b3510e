//! What differs between SQLite and PostgreSQL. Everything else in this crate is one text for both.

use std::path::{Path, PathBuf};

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, AssertSqlSafe, Executor as _};

use crate::error::{StoreError, is_damaged};

/// Where the tables lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Files in this folder.
    Sqlite(PathBuf),
    /// A server, by its address.
    Postgres(Address),
}

/// The address of a PostgreSQL database. It may hold a password, so it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

impl std::fmt::Debug for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[address]")
    }
}

/// A group of tables that lives and dies together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// What is rebuilt.
    Index,
    /// An index that is being rebuilt.
    Rebuilt,
    /// An index that differed from the rebuilt one.
    Differing,
    /// What is backed up.
    Operations,
}

impl Space {
    /// The name of its file or schema.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Index => "dualtrack_index",
            Self::Rebuilt => "dualtrack_rebuilt",
            Self::Differing => "dualtrack_differing",
            Self::Operations => "dualtrack_operations",
        }
    }

    /// What is wrong where its file is damaged, and what to do.
    fn damaged(self) -> StoreError {
        let (file, remedy) = match self {
            Self::Operations => (
                "dualtrack_operations.db",
                "restore it from a backup: it holds accounts, sessions and what waits to be sent",
            ),
            Self::Index => {
                ("dualtrack_index.db", "move it away: the next start makes it anew from the ledger")
            }
            Self::Rebuilt => ("dualtrack_rebuilt.db", "remove it"),
            Self::Differing => ("dualtrack_differing.db", "remove it"),
        };
        StoreError::File { file, remedy }
    }
}

impl Engine {
    /// SQLite in a folder, or the server of an address.
    pub fn of(folder: &Path, address: Option<&str>) -> Result<Self, StoreError> {
        match address {
            None => Ok(Self::Sqlite(folder.to_owned())),
            Some(text) if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                Ok(Self::Postgres(Address(text.to_owned())))
            }
            // The address may hold a password: only what comes before it is repeated.
            Some(text) => {
                Err(StoreError::Address(text.split([':', '@']).next().unwrap_or_default().to_owned()))
            }
        }
    }

    /// Opens a group of tables, which are made if they are not there.
    pub(crate) async fn connect(&self, space: Space, connections: u32) -> Result<AnyPool, StoreError> {
        sqlx::any::install_default_drivers();
        let name = space.name();
        let (address, begin) = match self {
            Self::Sqlite(folder) => {
                let path = folder.join(format!("{name}.db"));
                let path = path.to_str().ok_or_else(|| StoreError::Address(name.to_owned()))?;
                make_private(Path::new(path))?;
                // A file without its beginning would be tried again until the time is out.
                if !begins_as_sqlite(Path::new(path)) {
                    return Err(space.damaged());
                }
                // A path may hold what an address gives a meaning to.
                let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
                // The ledger is what survives; the index can be made anew. Pages that are not kept here are kept by the
                // system, at little cost.
                let (synchronous, kilobytes) = match space {
                    Space::Index | Space::Rebuilt | Space::Differing => ("normal", 6_000),
                    Space::Operations => ("full", 1_000),
                };
                (
                    format!("sqlite://{escaped}?mode=rwc"),
                    format!(
                        "pragma secure_delete = on; pragma journal_mode = wal; pragma synchronous = {synchronous}; pragma foreign_keys = on;
                         pragma busy_timeout = 10000; pragma cache_size = -{kilobytes}; pragma temp_store = memory"
                    ),
                )
            }
            Self::Postgres(Address(address)) => {
                (address.clone(), format!("create schema if not exists {name}; set search_path to {name}"))
            }
        };
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(std::time::Duration::from_secs(10))
            .after_connect(move |connection, _| {
                let begin = begin.clone();
                Box::pin(async move {
                    for statement in begin.split(';') {
                        connection.execute(AssertSqlSafe(statement.to_owned())).await?;
                    }
                    Ok(())
                })
            })
            .connect(&address)
            .await
            .map_err(|error| if is_damaged(&error) { space.damaged() } else { error.into() })?;
        if matches!(self, Self::Sqlite(_)) {
            let (version,): (String,) = sqlx::query_as("select sqlite_version()").fetch_one(&pool).await?;
            if version.split('.').map(|part| part.parse().unwrap_or(0)).lt(OLDEST_SQLITE) {
                return Err(StoreError::Unreachable(format!(
                    "SQLite {version} loses data; 3.51.3 is needed"
                )));
            }
        }
        Ok(pool)
    }

    /// A statement that makes tables, in the words of the engine: texts are in the order of their bytes on both, whatever
    /// the order of the database is.
    pub(crate) fn made_with(&self, statement: &str) -> String {
        match self {
            Self::Sqlite(_) => statement.to_owned(),
            Self::Postgres(_) => statement.replace(" text", " text collate \"C\""),
        }
    }

    /// Writes what is in the log of a database into it, and empties the log. PostgreSQL recycles its own.
    pub(crate) async fn empty_log(&self, pool: &AnyPool) -> Result<(), StoreError> {
        if matches!(self, Self::Sqlite(_)) {
            pool.execute("pragma wal_checkpoint(truncate)").await?;
        }
        Ok(())
    }

    /// Puts a rebuilt index in the place of the index. Neither may be open.
    pub(crate) async fn replace_index(&self, keep: bool) -> Result<(), StoreError> {
        let (index, rebuilt, kept) = (Space::Index.name(), Space::Rebuilt.name(), Space::Differing.name());
        match self {
            Self::Sqlite(folder) => {
                let moved = |from: &str, to: &str| {
                    std::fs::rename(folder.join(format!("{from}.db")), folder.join(format!("{to}.db")))
                        .map_err(|error| StoreError::Unreachable(format!("{from}.db: {error}")))
                };
                if keep {
                    self.discard(Space::Differing).await?;
                    moved(index, kept)?;
                }
                self.discard(Space::Index).await?;
                moved(rebuilt, index)
            }
            Self::Postgres(_) => {
                let pool = self.connect(Space::Operations, 1).await?;
                let before = if keep {
                    format!("drop schema if exists {kept} cascade; alter schema {index} rename to {kept}")
                } else {
                    format!("drop schema if exists {index} cascade")
                };
                let statement = format!("begin; {before}; alter schema {rebuilt} rename to {index}; commit");
                for statement in statement.split(';') {
                    pool.execute(AssertSqlSafe(statement.to_owned())).await?;
                }
                pool.close().await;
                Ok(())
            }
        }
    }

    /// Drops a group of tables.
    pub(crate) async fn discard(&self, space: Space) -> Result<(), StoreError> {
        let name = space.name();
        match self {
            Self::Sqlite(folder) => {
                for ending in ["db", "db-wal", "db-shm"] {
                    match std::fs::remove_file(folder.join(format!("{name}.{ending}"))) {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                            return Err(StoreError::Unreachable(format!("{name}.{ending}: {error}")));
                        }
                        Ok(()) | Err(_) => {}
                    }
                }
                Ok(())
            }
            Self::Postgres(_) => {
                let pool = self.connect(Space::Operations, 1).await?;
                pool.execute(AssertSqlSafe(format!("drop schema if exists {name} cascade"))).await?;
                pool.close().await;
                Ok(())
            }
        }
    }
}

/// Whether a file is empty, or begins as every database of SQLite does.
fn begins_as_sqlite(path: &Path) -> bool {
    let Ok(mut file) = std::fs::File::open(path) else { return true };
    let mut begin = Vec::new();
    let mut read = std::io::Read::take(&mut file, 16);
    std::io::Read::read_to_end(&mut read, &mut begin).is_err()
        || begin.is_empty()
        || begin == *b"SQLite format 3\0"
}

/// Makes a database that only its owner reads, or makes one that is there so; its log gets the same rights from SQLite.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let failed = |error: std::io::Error| StoreError::Unreachable(format!("{}: {error}", path.display()));
    let database = options.open(path).map_err(failed)?;
    #[cfg(unix)]
    database.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(failed)?;
    drop(database);
    Ok(())
}

/// Before this version the reset of its log could lose a transaction.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
