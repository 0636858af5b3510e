//! Sign-ins that were begun at an identity provider: kept for a while, taken out once, bounded in number.

use sqlx::Row as _;

use super::Operations;
use crate::error::StoreError;

impl Operations<'_> {
    /// Keeps a sign-in that was begun elsewhere. Beyond `most`, those that end first are forgotten: a crowd of strangers
    /// who begin and never finish fills nothing up, and shuts nobody out for longer than it lasts.
    pub async fn keep_pending(
        &self,
        name: &str,
        body: &str,
        expires: i64,
        most: i64,
    ) -> Result<(), StoreError> {
        let mut transaction = self.0.begin().await?;
        sqlx::query("insert into pending_sign_in (state_hash, body, expires) values ($1, $2, $3)")
            .bind(name.to_owned())
            .bind(body.to_owned())
            .bind(expires)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "delete from pending_sign_in where state_hash in
                 (select state_hash from pending_sign_in order by expires desc, state_hash limit 1000 offset $1)",
        )
        .bind(most)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Takes it out again, once.
    pub async fn take_pending(&self, name: &str, now: i64) -> Result<Option<String>, StoreError> {
        let row =
            sqlx::query("delete from pending_sign_in where state_hash = $1 and expires > $2 returning body")
                .bind(name.to_owned())
                .bind(now)
                .fetch_optional(self.0)
                .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }
}
