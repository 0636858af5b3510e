//! Files that were uploaded and that no document names yet: by whom, and when last.

use std::collections::BTreeSet;

use sqlx::Row as _;

use super::Operations;
use crate::error::StoreError;

impl Operations<'_> {
    /// Notes that a person uploaded a file, or that one was found of which nobody is known, with an empty name.
    pub async fn note_upload(&self, digest: &str, person: &str, now: i64) -> Result<(), StoreError> {
        sqlx::query(
            "insert into upload (digest, person, made) values ($1, $2, $3)
             on conflict (digest, person) do update set made = excluded.made",
        )
        .bind(digest.to_owned())
        .bind(person.to_owned())
        .bind(now)
        .execute(self.0)
        .await?;
        Ok(())
    }

    /// Whether a person uploaded a file.
    pub async fn is_uploaded_by(&self, digest: &str, person: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("select 1 from upload where digest = $1 and person = $2")
            .bind(digest.to_owned())
            .bind(person.to_owned())
            .fetch_optional(self.0)
            .await?;
        Ok(row.is_some())
    }

    /// Every file of which an upload is noted.
    pub async fn uploaded(&self) -> Result<BTreeSet<String>, StoreError> {
        let rows = sqlx::query("select distinct digest from upload").fetch_all(self.0).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// The files that were last uploaded before a time.
    pub async fn uploaded_before(&self, before: i64) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query("select digest from upload group by digest having max(made) < $1")
            .bind(before)
            .fetch_all(self.0)
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Forgets who uploaded a file, unless it was uploaded again since a time. Says whether it did.
    pub async fn forget_upload(&self, digest: &str, before: i64) -> Result<bool, StoreError> {
        let forgotten = sqlx::query(
            "delete from upload where digest = $1
                and not exists (select 1 from upload as again where again.digest = $1 and again.made >= $2)",
        )
        .bind(digest.to_owned())
        .bind(before)
        .execute(self.0)
        .await?;
        Ok(forgotten.rows_affected() > 0)
    }
}
