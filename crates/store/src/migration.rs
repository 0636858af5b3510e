//! Bringing tables to the newest shape, one numbered step after the other. A newer shape is refused, never guessed.

use sqlx::{AnyPool, AssertSqlSafe, Executor as _, Row as _};

use crate::engine::{Engine, Space};
use crate::error::StoreError;

/// Brings a group of tables to the newest shape.
pub(crate) async fn migrate(engine: &Engine, pool: &AnyPool, space: Space) -> Result<(), StoreError> {
    let steps: &[&'static str] = match space {
        Space::Index | Space::Rebuilt | Space::Differing => &INDEX,
        Space::Operations => &OPERATIONS,
    };
    let mut transaction = pool.begin().await?;
    transaction.execute("create table if not exists shape (version bigint not null)").await?;
    let row = sqlx::query("select coalesce(max(version), 0) from shape").fetch_one(&mut *transaction).await?;
    let found: i64 = row.try_get(0)?;
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(match space {
            Space::Index | Space::Rebuilt | Space::Differing => StoreError::Newer { found, known },
            Space::Operations => StoreError::NewerOperations { found, known },
        });
    }
    for (version, step) in (1..).zip(steps.iter()).skip(usize::try_from(found).unwrap_or(0)) {
        for statement in step.split(";\n").filter(|statement| !is_blank(statement)) {
            transaction.execute(AssertSqlSafe(engine.made_with(statement))).await?;
        }
        sqlx::query("insert into shape (version) values ($1)")
            .bind(version)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn is_blank(statement: &str) -> bool {
    statement.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with("--"))
}

const INDEX: [&str; 2] =
    [include_str!("../migrations/index_0001.sql"), include_str!("../migrations/index_0002.sql")];
const OPERATIONS: [&str; 6] = [
    include_str!("../migrations/operations_0001.sql"),
    include_str!("../migrations/operations_0002.sql"),
    include_str!("../migrations/operations_0003.sql"),
    include_str!("../migrations/operations_0004.sql"),
    include_str!("../migrations/operations_0005.sql"),
    include_str!("../migrations/operations_0006.sql"),
];
