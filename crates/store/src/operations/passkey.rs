//! Passkeys: what is kept of a key whose private half never leaves the person's device.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Operations;
use crate::error::StoreError;

/// A passkey. Times are in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The digest of the credential's id.
    pub hash: String,
    /// What it is called in addresses.
    pub id: String,
    /// The credential's id as authenticators know it, in base64url.
    pub credential: String,
    /// Whose.
    pub person: String,
    /// What the person calls it.
    pub name: String,
    /// By which the person's authenticators know the account.
    pub handle: String,
    /// The public key: its algorithm, a blank, and the key in base64url.
    pub public_key: String,
    /// How often the authenticator says that it signed; 0 where it does not count.
    pub counter: i64,
    /// When it was made.
    pub made: i64,
    /// When it was last used.
    pub last_used: Option<i64>,
}

impl Operations<'_> {
    /// Adds a passkey, unless the person has so many. False if she has.
    pub async fn add_passkey(&self, passkey: &PasskeyRow, most: i64) -> Result<bool, StoreError> {
        // One statement: of many at once none slips through between counting and adding.
        let added = sqlx::query(
            "insert into passkey (hash, id, credential, person, name, handle, public_key, counter, made)
             select cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as text), cast($5 as text),
                    cast($6 as text), cast($7 as text), cast($8 as bigint), cast($9 as bigint)
              where (select count(*) from passkey where person = $4) < $10",
        )
        .bind(passkey.hash.clone())
        .bind(passkey.id.clone())
        .bind(passkey.credential.clone())
        .bind(passkey.person.clone())
        .bind(passkey.name.clone())
        .bind(passkey.handle.clone())
        .bind(passkey.public_key.clone())
        .bind(passkey.counter)
        .bind(passkey.made)
        .bind(most)
        .execute(self.0)
        .await?;
        Ok(added.rows_affected() == 1)
    }

    /// The passkey with a digest.
    pub async fn passkey(&self, hash: &str) -> Result<Option<PasskeyRow>, StoreError> {
        let row = sqlx::query(
            "select hash, id, credential, person, name, handle, public_key, counter, made, last_used from passkey
              where hash = $1",
        )
        .bind(hash.to_owned())
        .fetch_optional(self.0)
        .await?;
        row.as_ref().map(passkey).transpose()
    }

    /// The passkeys of a person, newest first.
    pub async fn passkeys_of(&self, person: &str) -> Result<Vec<PasskeyRow>, StoreError> {
        let rows = sqlx::query(
            "select hash, id, credential, person, name, handle, public_key, counter, made, last_used from passkey
              where person = $1 order by made desc, id",
        )
        .bind(person.to_owned())
        .fetch_all(self.0)
        .await?;
        rows.iter().map(passkey).collect()
    }

    /// Notes that a passkey was used, and its count. False if it is not there any more, or counted further meanwhile:
    /// of two signatures with one count only the first counts.
    pub async fn use_passkey(
        &self,
        hash: &str,
        before: i64,
        counter: i64,
        now: i64,
    ) -> Result<bool, StoreError> {
        let used =
            sqlx::query("update passkey set counter = $1, last_used = $2 where hash = $3 and counter = $4")
                .bind(counter)
                .bind(now)
                .bind(hash.to_owned())
                .bind(before)
                .execute(self.0)
                .await?;
        Ok(used.rows_affected() == 1)
    }

    /// Calls a passkey of a person otherwise. False if there is none.
    pub async fn name_passkey(&self, person: &str, id: &str, name: &str) -> Result<bool, StoreError> {
        let named = sqlx::query("update passkey set name = $1 where person = $2 and id = $3")
            .bind(name.to_owned())
            .bind(person.to_owned())
            .bind(id.to_owned())
            .execute(self.0)
            .await?;
        Ok(named.rows_affected() == 1)
    }

    /// Removes a passkey of a person. False if there is none.
    pub async fn remove_passkey(&self, person: &str, id: &str) -> Result<bool, StoreError> {
        let removed = sqlx::query("delete from passkey where person = $1 and id = $2")
            .bind(person.to_owned())
            .bind(id.to_owned())
            .execute(self.0)
            .await?;
        Ok(removed.rows_affected() == 1)
    }
}

fn passkey(row: &AnyRow) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        hash: row.try_get(0)?,
        id: row.try_get(1)?,
        credential: row.try_get(2)?,
        person: row.try_get(3)?,
        name: row.try_get(4)?,
        handle: row.try_get(5)?,
        public_key: row.try_get(6)?,
        counter: row.try_get(7)?,
        made: row.try_get(8)?,
        last_used: row.try_get(9)?,
    })
}
