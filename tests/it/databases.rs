//! Where the tables of a server lie that a suite starts: in its data folder, or, where `DUALTRACK_TEST_POSTGRES` names a
//! server, in a database of its own for each data folder.

use std::path::Path;
use std::process::Command;

use sqlx::Connection as _;

/// The PostgreSQL that the suite was told of.
#[expect(clippy::disallowed_methods, reason = "the suite is told by its environment where PostgreSQL is")]
pub(crate) fn postgres() -> Option<String> {
    std::env::var("DUALTRACK_TEST_POSTGRES").ok()
}

/// The database of a data folder, which is made if it is not there; none where the tables lie in the folder.
pub(crate) fn database_of(place: &Path, data: &str) -> Option<String> {
    let server = postgres()?;
    let place = place.file_name().unwrap().to_str().unwrap();
    let name: String = format!("t{place}_{data}")
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' })
        .collect();
    if let Err(said) = tell(&format!("{server}/postgres"), &format!("create database {name}")) {
        assert!(said.contains("already exists"), "{said}");
    }
    Some(format!("{server}/{name}"))
}

/// Has a database do something; what it complains of.
pub(crate) fn tell(database: &str, statement: &str) -> Result<(), String> {
    let told = Command::new("psql").args([database, "-qc", statement]).output().unwrap();
    if told.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&told.stderr).into_owned()) }
}

/// Changes tables of a data folder on which nothing runs, as no program of ours would.
pub(crate) fn meddle(place: &Path, tables: &str, statement: &str) {
    if let Some(database) = database_of(place, "data") {
        tell(&database, &format!("set search_path to {tables}; {statement}")).unwrap();
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let address = format!("sqlite://{}", place.join("data").join(format!("{tables}.db")).display());
    runtime.block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&address).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// Deletes the index of a data folder on which nothing runs.
pub(crate) fn delete_index(place: &Path) {
    if let Some(database) = database_of(place, "data") {
        tell(&database, "drop schema dualtrack_index cascade").unwrap();
        return;
    }
    for ending in ["db", "db-wal", "db-shm"] {
        let _ = std::fs::remove_file(place.join(format!("data/dualtrack_index.{ending}")));
    }
}
