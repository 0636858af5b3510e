//! Taking the operational tables along, and putting them back: each row as JSON, the same for both engines.

use serde_json::{Map, Value, json};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Column as _, Row as _};

use super::Operations;
use crate::error::StoreError;

/// The operational tables. Sign-ins that were begun elsewhere are not worth keeping.
pub const TABLES: [&str; 10] =
    ["account", "session", "token", "passkey", "link", "failure", "webhook", "outbox", "progress", "upload"];

impl Operations<'_> {
    /// Every row of a table.
    pub async fn rows(&self, table: &str) -> Result<Vec<Map<String, Value>>, StoreError> {
        let table = known(table)?;
        let rows = sqlx::query(AssertSqlSafe(format!("select * from {table} order by 1, 2")))
            .fetch_all(self.0)
            .await?;
        Ok(rows.iter().map(row).collect())
    }

    /// Puts rows into a table that is empty.
    pub async fn put_rows(&self, table: &str, rows: &[Map<String, Value>]) -> Result<(), StoreError> {
        let table = known(table)?;
        let mut transaction = self.0.begin().await?;
        for fields in rows {
            let word = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if let Some(name) = fields.keys().find(|name| !word(name)) {
                return Err(StoreError::Damaged(format!("`{name}` is no column of {table}")));
            }
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
            let text = format!("insert into {table} ({}) values ({})", names.join(", "), places.join(", "));
            let mut query = sqlx::query(AssertSqlSafe(text));
            for value in fields.values() {
                query = match value {
                    Value::String(text) => query.bind(text.clone()),
                    Value::Number(number) => query.bind(number.as_i64().unwrap_or_default()),
                    Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                        query.bind(None::<String>)
                    }
                };
            }
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// How far something has come; 0 at first.
    pub async fn progress(&self, name: &str) -> Result<i64, StoreError> {
        let row = sqlx::query("select value from progress where name = $1")
            .bind(name.to_owned())
            .fetch_optional(self.0)
            .await?;
        row.map_or(Ok(0), |row| Ok(row.try_get(0)?))
    }

    /// Notes how far something has come.
    pub async fn set_progress(&self, name: &str, value: i64) -> Result<(), StoreError> {
        sqlx::query(
            "insert into progress (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
        )
        .bind(name.to_owned())
        .bind(value)
        .execute(self.0)
        .await?;
        Ok(())
    }
}

fn known(table: &str) -> Result<&'static str, StoreError> {
    TABLES
        .into_iter()
        .find(|known| *known == table)
        .ok_or_else(|| StoreError::Damaged(format!("`{table}` is no operational table")))
}

/// A row; a column holds a whole number or a text. What is null is left out, for a null has no type here.
fn row(row: &AnyRow) -> Map<String, Value> {
    let mut fields = Map::new();
    for column in row.columns() {
        let (place, name) = (column.ordinal(), column.name().to_owned());
        if let Ok(Some(number)) = row.try_get::<Option<i64>, _>(place) {
            fields.insert(name, json!(number));
        } else if let Ok(Some(text)) = row.try_get::<Option<String>, _>(place) {
            fields.insert(name, json!(text));
        }
    }
    fields
}
