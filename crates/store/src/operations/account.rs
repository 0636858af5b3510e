//! Accounts, and the links that are good once: for the first administrator, for an invitation, after a lost password.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Operations;
use crate::error::StoreError;

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The person who signs in with it.
    pub person: String,
    /// The name to sign in with.
    pub name: String,
    /// Where notices go.
    pub email: Option<String>,
    /// The hash of the password, as a PHC string.
    pub password: Option<String>,
    /// `en` or `zh-Hant`.
    pub language: String,
    /// The identity provider that vouches for it, and its name for the person.
    pub identity: Option<(String, String)>,
    /// When it was made, in milliseconds since 1970.
    pub made: i64,
    /// When it was closed.
    pub closed: Option<i64>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Account").field("person", &self.person).finish_non_exhaustive()
    }
}

/// A link that is good once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The digest of its secret.
    pub hash: String,
    /// The person it is for.
    pub person: String,
    /// `first`, `invitation` or `reset`.
    pub purpose: String,
    /// When it was made, in milliseconds since 1970.
    pub made: i64,
    /// After which it is good for nothing.
    pub expires: i64,
}

impl Operations<'_> {
    /// Adds an account.
    pub async fn add_account(&self, account: &Account) -> Result<(), StoreError> {
        sqlx::query(
            "insert into account (person, name, email, password, language, issuer, subject, made, closed)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(account.person.clone())
        .bind(account.name.clone())
        .bind(account.email.clone())
        .bind(account.password.clone())
        .bind(account.language.clone())
        .bind(account.identity.as_ref().map(|(issuer, _)| issuer.clone()))
        .bind(account.identity.as_ref().map(|(_, subject)| subject.clone()))
        .bind(account.made)
        .bind(account.closed)
        .execute(self.0)
        .await?;
        Ok(())
    }

    /// The account with a name.
    pub async fn account_named(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(
            "select person, name, email, password, language, issuer, subject, made, closed from account where name = $1",
        )
        .bind(name.to_owned())
        .fetch_optional(self.0)
        .await?;
        row.as_ref().map(account).transpose()
    }

    /// The account of a person.
    pub async fn account_of(&self, person: &str) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(
            "select person, name, email, password, language, issuer, subject, made, closed from account where person = $1",
        )
        .bind(person.to_owned())
        .fetch_optional(self.0)
        .await?;
        row.as_ref().map(account).transpose()
    }

    /// Every account, by person.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query(
            "select person, name, email, password, language, issuer, subject, made, closed from account order by person",
        )
        .fetch_all(self.0)
        .await?;
        rows.iter().map(account).collect()
    }

    /// Changes where notices to a person go; whether there is an open account.
    pub async fn set_email(&self, person: &str, email: Option<&str>) -> Result<bool, StoreError> {
        let changed = sqlx::query("update account set email = $1 where person = $2 and closed is null")
            .bind(email.map(ToOwned::to_owned))
            .bind(person.to_owned())
            .execute(self.0)
            .await?;
        Ok(changed.rows_affected() == 1)
    }

    /// A page of accounts, in the order of people.
    pub async fn accounts_after(&self, after: &str, most: i64) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query(
            "select person, name, email, password, language, issuer, subject, made, closed from account
              where person > $1 order by person limit $2",
        )
        .bind(after.to_owned())
        .bind(most)
        .fetch_all(self.0)
        .await?;
        rows.iter().map(account).collect()
    }

    /// Changes what an account signs in with. Links that set a password are good for nothing after it.
    pub async fn set_password(&self, person: &str, password: &str) -> Result<bool, StoreError> {
        let mut transaction = self.0.begin().await?;
        let changed = sqlx::query("update account set password = $1 where person = $2 and closed is null")
            .bind(password.to_owned())
            .bind(person.to_owned())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("delete from link where person = $1")
            .bind(person.to_owned())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(changed.rows_affected() == 1)
    }

    /// The account that is tied to an identity of a provider.
    pub async fn account_with_identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(
            "select person, name, email, password, language, issuer, subject, made, closed from account
              where issuer = $1 and subject = $2",
        )
        .bind(issuer.to_owned())
        .bind(subject.to_owned())
        .fetch_optional(self.0)
        .await?;
        row.as_ref().map(account).transpose()
    }

    /// Ties an account to an identity of a provider, unless it is closed or tied already.
    pub async fn set_identity(&self, person: &str, issuer: &str, subject: &str) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "update account set issuer = $1, subject = $2 where person = $3 and closed is null and issuer is null",
        )
        .bind(issuer.to_owned())
        .bind(subject.to_owned())
        .bind(person.to_owned())
        .execute(self.0)
        .await?;
        Ok(changed.rows_affected() == 1)
    }

    /// Closes an account, with its sessions, tokens and passkeys.
    pub async fn close_account(&self, person: &str, now: i64) -> Result<(), StoreError> {
        let mut transaction = self.0.begin().await?;
        for text in [
            "update account set closed = $1, password = null where person = $2 and closed is null",
            "update token set revoked = $1 where person = $2 and revoked is null",
        ] {
            sqlx::query(text).bind(now).bind(person.to_owned()).execute(&mut *transaction).await?;
        }
        for text in [
            "delete from session where person = $1",
            "delete from link where person = $1",
            "delete from passkey where person = $1",
        ] {
            sqlx::query(text).bind(person.to_owned()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Takes away an account's password, passkeys, tokens and sessions, so that only a new link lets its person in.
    pub async fn reset_account(&self, person: &str, now: i64) -> Result<(), StoreError> {
        let mut transaction = self.0.begin().await?;
        sqlx::query("update account set password = null, issuer = null, subject = null where person = $1")
            .bind(person.to_owned())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("update token set revoked = $1 where person = $2 and revoked is null")
            .bind(now)
            .bind(person.to_owned())
            .execute(&mut *transaction)
            .await?;
        for text in [
            "delete from session where person = $1",
            "delete from passkey where person = $1",
            "delete from link where person = $1",
        ] {
            sqlx::query(text).bind(person.to_owned()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Changes the name, the address and the language of an account with which nobody signed in yet.
    pub async fn describe_account(&self, account: &Account) -> Result<(), StoreError> {
        sqlx::query(
            "update account set name = $1, email = $2, language = $3
              where person = $4 and password is null and issuer is null and closed is null",
        )
        .bind(account.name.clone())
        .bind(account.email.clone())
        .bind(account.language.clone())
        .bind(account.person.clone())
        .execute(self.0)
        .await?;
        Ok(())
    }

    /// Removes all that is kept about a person whose key was destroyed.
    pub async fn forget(&self, person: &str) -> Result<(), StoreError> {
        let mut transaction = self.0.begin().await?;
        for text in [
            "delete from failure where name in
                 (select 'account/' || name from account where person = $1
                  union all select 'passkey/' || name from account where person = $1)",
            "delete from account where person = $1",
            "delete from session where person = $1",
            "delete from token where person = $1",
            "delete from passkey where person = $1",
            "delete from link where person = $1",
            // A file of hers that no document names is found by the next start, and swept as others are.
            "delete from upload where person = $1",
            "delete from outbox where channel = 'mail' and target = $1",
        ] {
            sqlx::query(text).bind(person.to_owned()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Adds a link; those that the person had for the same purpose are good for nothing any more.
    pub async fn add_link(&self, link: &Link) -> Result<(), StoreError> {
        let mut transaction = self.0.begin().await?;
        sqlx::query("delete from link where person = $1 and purpose = $2")
            .bind(link.person.clone())
            .bind(link.purpose.clone())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("insert into link (hash, person, purpose, made, expires) values ($1, $2, $3, $4, $5)")
            .bind(link.hash.clone())
            .bind(link.person.clone())
            .bind(link.purpose.clone())
            .bind(link.made)
            .bind(link.expires)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The person whose link this is, if it is good still.
    pub async fn link_of(&self, hash: &str, now: i64) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("select person from link where hash = $1 and used is null and expires > $2")
            .bind(hash.to_owned())
            .bind(now)
            .fetch_optional(self.0)
            .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// Uses a link up. Nothing is returned a second time, or after it expired.
    pub async fn use_link(&self, hash: &str, now: i64) -> Result<Option<Link>, StoreError> {
        let row = sqlx::query(
            "update link set used = $1 where hash = $2 and used is null and expires > $1
             returning hash, person, purpose, made, expires",
        )
        .bind(now)
        .bind(hash.to_owned())
        .fetch_optional(self.0)
        .await?;
        row.map(|row| {
            Ok(Link {
                hash: row.try_get(0)?,
                person: row.try_get(1)?,
                purpose: row.try_get(2)?,
                made: row.try_get(3)?,
                expires: row.try_get(4)?,
            })
        })
        .transpose()
    }
}

fn account(row: &AnyRow) -> Result<Account, StoreError> {
    let issuer: Option<String> = row.try_get(5)?;
    let subject: Option<String> = row.try_get(6)?;
    Ok(Account {
        person: row.try_get(0)?,
        name: row.try_get(1)?,
        email: row.try_get(2)?,
        password: row.try_get(3)?,
        language: row.try_get(4)?,
        identity: issuer.zip(subject),
        made: row.try_get(7)?,
        closed: row.try_get(8)?,
    })
}
