//! API tokens: only their digests are kept.

use std::collections::BTreeSet;

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Operations;
use crate::error::StoreError;

/// A token. Times are in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// The digest of the token.
    pub hash: String,
    /// What it is called in addresses.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// Whose.
    pub person: String,
    /// The actions it is good for; empty for all that the person may do.
    pub scopes: BTreeSet<String>,
    /// When it was made.
    pub made: i64,
    /// After which it is good for nothing.
    pub expires: i64,
    /// When it was last used.
    pub last_used: Option<i64>,
    /// When it was revoked.
    pub revoked: Option<i64>,
}

impl Operations<'_> {
    /// Adds a token.
    pub async fn add_token(&self, token: &TokenRow) -> Result<(), StoreError> {
        let scopes: Vec<&str> = token.scopes.iter().map(String::as_str).collect();
        sqlx::query(
            "insert into token (hash, id, name, person, scopes, made, expires) values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(token.hash.clone())
        .bind(token.id.clone())
        .bind(token.name.clone())
        .bind(token.person.clone())
        .bind(scopes.join(" "))
        .bind(token.made)
        .bind(token.expires)
        .execute(self.0)
        .await?;
        Ok(())
    }

    /// The token with a digest.
    pub async fn token(&self, hash: &str) -> Result<Option<TokenRow>, StoreError> {
        let row = sqlx::query(
            "select hash, id, name, person, scopes, made, expires, last_used, revoked from token where hash = $1",
        )
        .bind(hash.to_owned())
        .fetch_optional(self.0)
        .await?;
        row.as_ref().map(token).transpose()
    }

    /// The tokens of a person, newest first.
    pub async fn tokens_of(&self, person: &str) -> Result<Vec<TokenRow>, StoreError> {
        let rows = sqlx::query(
            "select hash, id, name, person, scopes, made, expires, last_used, revoked from token
              where person = $1 order by made desc, id",
        )
        .bind(person.to_owned())
        .fetch_all(self.0)
        .await?;
        rows.iter().map(token).collect()
    }

    /// Notes that a token was used.
    pub async fn touch_token(&self, hash: &str, now: i64) -> Result<(), StoreError> {
        sqlx::query(
            "update token set last_used = $1 where hash = $2 and (last_used is null or last_used < $1)",
        )
        .bind(now)
        .bind(hash.to_owned())
        .execute(self.0)
        .await?;
        Ok(())
    }

    /// Revokes a token of a person. False if there is none that was not revoked.
    pub async fn revoke_token(&self, person: &str, id: &str, now: i64) -> Result<bool, StoreError> {
        let revoked =
            sqlx::query("update token set revoked = $1 where person = $2 and id = $3 and revoked is null")
                .bind(now)
                .bind(person.to_owned())
                .bind(id.to_owned())
                .execute(self.0)
                .await?;
        Ok(revoked.rows_affected() == 1)
    }
}

fn token(row: &AnyRow) -> Result<TokenRow, StoreError> {
    let scopes: String = row.try_get(4)?;
    Ok(TokenRow {
        hash: row.try_get(0)?,
        id: row.try_get(1)?,
        name: row.try_get(2)?,
        person: row.try_get(3)?,
        scopes: scopes.split_whitespace().map(ToOwned::to_owned).collect(),
        made: row.try_get(5)?,
        expires: row.try_get(6)?,
        last_used: row.try_get(7)?,
        revoked: row.try_get(8)?,
    })
}
