//! What a person began to write and has not sent off.

use sqlx::Row as _;

use super::Operations;
use crate::error::StoreError;

impl Operations<'_> {
    /// Keeps what a person began to write under a name.
    pub async fn keep_form(&self, person: &str, name: &str, body: &str, now: i64) -> Result<(), StoreError> {
        sqlx::query(
            "insert into form_draft (person, name, body, changed) values ($1, $2, $3, $4)
             on conflict (person, name) do update set body = excluded.body, changed = excluded.changed",
        )
        .bind(person.to_owned())
        .bind(name.to_owned())
        .bind(body.to_owned())
        .bind(now)
        .execute(self.0)
        .await?;
        Ok(())
    }

    /// What a person began to write under a name.
    pub async fn form(&self, person: &str, name: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("select body from form_draft where person = $1 and name = $2")
            .bind(person.to_owned())
            .bind(name.to_owned())
            .fetch_optional(self.0)
            .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// Forgets it.
    pub async fn drop_form(&self, person: &str, name: &str) -> Result<(), StoreError> {
        sqlx::query("delete from form_draft where person = $1 and name = $2")
            .bind(person.to_owned())
            .bind(name.to_owned())
            .execute(self.0)
            .await?;
        Ok(())
    }
}
