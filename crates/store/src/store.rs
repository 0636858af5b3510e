//! The tables of one institution: an index that follows from the ledger, and operations that do not.

use sqlx::{Any, AnyPool, Row as _, pool::PoolConnection};

use crate::change::Change;
use crate::engine::{Engine, Space};
use crate::error::StoreError;
use crate::migration::migrate;
use crate::operations::Operations;
use crate::reading::Reading;

/// The tables of one institution.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
    index: AnyPool,
    operations: AnyPool,
}

/// The operational tables alone.
#[derive(Debug)]
pub struct OperationsPool(AnyPool);

impl OperationsPool {
    /// The tables.
    pub fn operations(&self) -> Operations<'_> {
        Operations(&self.0)
    }

    /// Closes them.
    pub async fn close(self) {
        self.0.close().await;
    }
}

/// A connection of the index that is read.
#[derive(Debug)]
pub struct Connection(PoolConnection<Any>);

impl Connection {
    /// Reads on it.
    pub fn reading(&mut self) -> Reading<'_> {
        Reading(&mut self.0)
    }
}

impl Store {
    /// Opens the tables, and makes those that are not there.
    pub async fn open(engine: Engine) -> Result<Self, StoreError> {
        let index = engine.connect(Space::Index, READERS).await?;
        migrate(&engine, &index, Space::Index).await?;
        let operations = engine.connect(Space::Operations, READERS).await?;
        migrate(&engine, &operations, Space::Operations).await?;
        Ok(Self { engine, index, operations })
    }

    /// Opens the operational tables alone, and leaves the index as it is: a server may be running on it.
    pub async fn open_operations(engine: &Engine) -> Result<OperationsPool, StoreError> {
        let operations = engine.connect(Space::Operations, 1).await?;
        migrate(engine, &operations, Space::Operations).await?;
        Ok(OperationsPool(operations))
    }

    /// Begins an index beside the one there is; what was begun before is dropped.
    pub async fn rebuilding(engine: &Engine) -> Result<Self, StoreError> {
        // What stays is looked at before anything is begun.
        let operations = engine.connect(Space::Operations, 1).await?;
        migrate(engine, &operations, Space::Operations).await?;
        engine.discard(Space::Rebuilt).await?;
        let index = engine.connect(Space::Rebuilt, 1).await?;
        migrate(engine, &index, Space::Rebuilt).await?;
        Ok(Self { engine: engine.clone(), index, operations })
    }

    /// Puts a rebuilt index in the place of the other, which is kept beside it if asked. Both must be closed.
    pub async fn take_place(engine: &Engine, keep: bool) -> Result<(), StoreError> {
        engine.replace_index(keep).await
    }

    /// Closes it.
    pub async fn close(self) {
        self.index.close().await;
        self.operations.close().await;
    }

    /// Reads the record.
    pub async fn read(&self) -> Result<Connection, StoreError> {
        Ok(Connection(self.index.acquire().await?))
    }

    /// What is not rebuilt.
    pub fn operations(&self) -> Operations<'_> {
        Operations(&self.operations)
    }

    /// Opens a change, if `holder` holds the lease.
    pub async fn change(&self, holder: &str) -> Result<Change<'static>, StoreError> {
        let mut transaction = self.index.begin().await?;
        let beaten = sqlx::query("update lease set beat = beat + 1 where name = 'writer' and holder = $1")
            .bind(holder.to_owned())
            .execute(&mut *transaction)
            .await?;
        if beaten.rows_affected() == 0 {
            // Its connection may be the only one.
            drop(transaction);
            let (holder, _) = self.lease().await?.unwrap_or_default();
            return Err(StoreError::Held { holder });
        }
        Ok(Change(transaction))
    }

    /// Who holds the lease, and its beat.
    pub async fn lease(&self) -> Result<Option<(String, i64)>, StoreError> {
        let row = sqlx::query("select holder, beat from lease where name = 'writer'")
            .fetch_optional(&self.index)
            .await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }

    /// Takes the lease if nobody has it, or if it is still as it was when `seen` was read.
    ///
    /// A lease that beats is held; whoever wants it waits and sees whether it does. No clocks are compared.
    pub async fn take_lease(&self, holder: &str, seen: Option<&(String, i64)>) -> Result<bool, StoreError> {
        let taken = match seen {
            None => {
                sqlx::query("insert into lease (name, holder, beat) values ('writer', $1, 0) on conflict (name) do nothing")
                    .bind(holder.to_owned())
                    .execute(&self.index)
                    .await?
            }
            Some((before, beat)) => {
                sqlx::query(
                    "update lease set holder = $1, beat = beat + 1
                      where name = 'writer' and holder = $2 and beat = $3",
                )
                .bind(holder.to_owned())
                .bind(before.clone())
                .bind(*beat)
                .execute(&self.index)
                .await?
            }
        };
        Ok(taken.rows_affected() == 1)
    }

    /// Shows that the holder is still there.
    pub async fn beat(&self, holder: &str) -> Result<bool, StoreError> {
        let beaten = sqlx::query("update lease set beat = beat + 1 where name = 'writer' and holder = $1")
            .bind(holder.to_owned())
            .execute(&self.index)
            .await?;
        Ok(beaten.rows_affected() == 1)
    }

    /// The first row in which two indexes differ, in words; none if they are equal row for row.
    pub async fn first_difference(&self, other: &Self) -> Result<Option<String>, StoreError> {
        for (table, columns, order) in COMPARED {
            let mut after = 0_i64;
            loop {
                let text =
                    format!("select {columns} from {table} order by {order} limit {PAGE} offset {after}");
                let one = rows(&self.index, &text).await?;
                let two = rows(&other.index, &text).await?;
                if let Some((one, two)) = one.iter().zip(&two).find(|(one, two)| one != two) {
                    return Ok(Some(format!("{table}: {one} became {two}")));
                }
                if one.len() != two.len() {
                    let more = one.get(two.len()).or_else(|| two.get(one.len()));
                    return Ok(Some(format!("{table}: {} is in one only", more.map_or("", String::as_str))));
                }
                if one.is_empty() {
                    break;
                }
                after += i64::try_from(one.len()).unwrap_or(i64::MAX);
            }
        }
        Ok(None)
    }

    /// Leaves nothing of what was erased in the logs of the databases.
    pub async fn leave_no_traces(&self) -> Result<(), StoreError> {
        for pool in [&self.index, &self.operations] {
            self.engine.empty_log(pool).await?;
        }
        Ok(())
    }

    /// Where the tables lie.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// Rows as text, each column behind the other.
async fn rows(pool: &AnyPool, text: &str) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(text.to_owned())).fetch_all(pool).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// What two indexes are compared by: each row as one text.
const COMPARED: [(&str, &str, &str); 5] = [
    ("mark", "name || ' ' || value", "name"),
    (
        "document",
        "kind || '/' || id || '@' || version || ' ' || from_entry || ' ' || coalesce(cast(to_entry as text), '-') || ' ' ||
         position || ' ' || coalesce(body, '-') || ' ' || coalesce(digests, '-') || ' ' || sealed_under || ' ' ||
         coalesce(cast(erased_by as text), '-')",
        "from_entry, position, kind, id, version",
    ),
    (
        "tie",
        "kind || '/' || id || '@' || version || ' ' || tie || ' ' || to_kind || '/' || to_id || ' ' || from_entry ||
         ' ' || coalesce(cast(to_entry as text), '-')",
        "kind, id, version, tie, to_kind, to_id",
    ),
    ("named_file", "digest || ' ' || kind || '/' || id || '@' || version", "digest, kind, id, version"),
    (
        "entry",
        "place || ' ' || at || ' ' || kind || ' ' || action || ' ' || coalesce(actor, '-') || ' ' ||
         coalesce(actor_key, '-') || ' ' || coalesce(cast(erased_by as text), '-')",
        "place",
    ),
];
const PAGE: usize = 2_000;
const READERS: u32 = 4;
