//! Sessions of people who are signed in, and failures that are counted.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Operations;
use crate::error::StoreError;

/// A session. Times are in milliseconds since 1970.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The digest of its secret.
    pub id_hash: String,
    /// Whose.
    pub person: String,
    /// `local`, `oidc` or `passkey`.
    pub kind: String,
    /// When it was begun.
    pub begun: i64,
    /// When it was last used.
    pub seen: i64,
    /// When the person last showed who they are.
    pub authenticated: i64,
    /// When they did so for an approval.
    pub stepped_up: Option<i64>,
    /// What tokens against forged requests are made from.
    pub csrf_seed: String,
    /// The offices that the person held when it was begun, separated by blanks.
    pub offices: String,
}

impl std::fmt::Debug for SessionRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SessionRow").field("person", &self.person).finish_non_exhaustive()
    }
}

/// Failures of one kind in a row. Times are in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub times: i64,
    /// When the first was.
    pub first: i64,
    /// When the last was.
    pub last: i64,
}

impl Operations<'_> {
    /// Begins a session.
    pub async fn add_session(&self, session: &SessionRow) -> Result<(), StoreError> {
        sqlx::query(
            "insert into session (id_hash, person, kind, begun, seen, authenticated, stepped_up, csrf_seed, offices)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(session.id_hash.clone())
        .bind(session.person.clone())
        .bind(session.kind.clone())
        .bind(session.begun)
        .bind(session.seen)
        .bind(session.authenticated)
        .bind(session.stepped_up)
        .bind(session.csrf_seed.clone())
        .bind(session.offices.clone())
        .execute(self.0)
        .await?;
        Ok(())
    }

    /// The session with a digest.
    pub async fn session(&self, id_hash: &str) -> Result<Option<SessionRow>, StoreError> {
        let row = sqlx::query(
            "select id_hash, person, kind, begun, seen, authenticated, stepped_up, csrf_seed, offices from session
              where id_hash = $1",
        )
        .bind(id_hash.to_owned())
        .fetch_optional(self.0)
        .await?;
        row.as_ref().map(session).transpose()
    }

    /// The sessions of a person, newest first.
    pub async fn sessions_of(&self, person: &str) -> Result<Vec<SessionRow>, StoreError> {
        let rows = sqlx::query(
            "select id_hash, person, kind, begun, seen, authenticated, stepped_up, csrf_seed, offices from session
              where person = $1 order by begun desc",
        )
        .bind(person.to_owned())
        .fetch_all(self.0)
        .await?;
        rows.iter().map(session).collect()
    }

    /// Notes that a session was used.
    pub async fn touch_session(&self, id_hash: &str, seen: i64) -> Result<(), StoreError> {
        sqlx::query("update session set seen = $1 where id_hash = $2 and seen < $1")
            .bind(seen)
            .bind(id_hash.to_owned())
            .execute(self.0)
            .await?;
        Ok(())
    }

    /// Puts a session in the place of another, which is dead at once. False if the other was dead already.
    pub async fn rotate_session(&self, old: &str, new: &SessionRow) -> Result<bool, StoreError> {
        let rotated = sqlx::query(
            "update session set id_hash = $1, seen = $2, authenticated = $3, stepped_up = $4, csrf_seed = $5, offices = $6
              where id_hash = $7",
        )
        .bind(new.id_hash.clone())
        .bind(new.seen)
        .bind(new.authenticated)
        .bind(new.stepped_up)
        .bind(new.csrf_seed.clone())
        .bind(new.offices.clone())
        .bind(old.to_owned())
        .execute(self.0)
        .await?;
        Ok(rotated.rows_affected() == 1)
    }

    /// Ends a session.
    pub async fn end_session(&self, id_hash: &str) -> Result<(), StoreError> {
        sqlx::query("delete from session where id_hash = $1")
            .bind(id_hash.to_owned())
            .execute(self.0)
            .await?;
        Ok(())
    }

    /// Ends every session of a person but one.
    pub async fn end_sessions_of(&self, person: &str, but: &str) -> Result<u64, StoreError> {
        let ended = sqlx::query("delete from session where person = $1 and id_hash <> $2")
            .bind(person.to_owned())
            .bind(but.to_owned())
            .execute(self.0)
            .await?;
        Ok(ended.rows_affected())
    }

    /// Removes sessions begun before one time or unused since another, sign-ins never finished, and old failures.
    pub async fn sweep(&self, begun_before: i64, seen_before: i64, now: i64) -> Result<(), StoreError> {
        sqlx::query("delete from session where begun < $1 or seen < $2")
            .bind(begun_before)
            .bind(seen_before)
            .execute(self.0)
            .await?;
        sqlx::query("delete from pending_sign_in where expires < $1").bind(now).execute(self.0).await?;
        sqlx::query("delete from failure where last < $1 or (name like 'address%' and last < $2)")
            .bind(now - DAY)
            .bind(now - HOUR)
            .execute(self.0)
            .await?;
        // A crowd fills nothing up. Those who failed most often, and last, are kept.
        sqlx::query(
            "delete from failure where name in
                 (select name from failure order by times desc, last desc, name limit 1000000 offset $1)",
        )
        .bind(MOST_FAILURES)
        .execute(self.0)
        .await?;
        sqlx::query("delete from link where expires < $1").bind(now - DAY).execute(self.0).await?;
        Ok(())
    }

    /// The failures counted under a name.
    pub async fn failures(&self, name: &str) -> Result<Failures, StoreError> {
        let row = sqlx::query("select times, first, last from failure where name = $1")
            .bind(name.to_owned())
            .fetch_optional(self.0)
            .await?;
        row.map_or(Ok(Failures::default()), |row| {
            Ok(Failures { times: row.try_get(0)?, first: row.try_get(1)?, last: row.try_get(2)? })
        })
    }

    /// Counts a failure before it is known to be one, so that many tries at once are counted as many.
    pub async fn count_failure(&self, name: &str, now: i64) -> Result<Failures, StoreError> {
        let row = sqlx::query(
            "insert into failure (name, times, first, last) values ($1, 1, $2, $2)
             on conflict (name) do update set
                 times = case when failure.last < $3 then 1 else failure.times + 1 end,
                 first = case when failure.last < $3 then $2 else failure.first end,
                 last = $2
             returning times, first, last",
        )
        .bind(name.to_owned())
        .bind(now)
        .bind(now - DAY)
        .fetch_one(self.0)
        .await?;
        Ok(Failures { times: row.try_get(0)?, first: row.try_get(1)?, last: row.try_get(2)? })
    }

    /// The same where a count begins anew by its first failure: if that was at a time or before, or after another.
    pub async fn count_failure_within(
        &self,
        name: &str,
        now: i64,
        since: i64,
        until: i64,
    ) -> Result<Failures, StoreError> {
        let row = sqlx::query(
            "insert into failure (name, times, first, last) values ($1, 1, $2, $2)
             on conflict (name) do update set
                 times = case when failure.first <= $3 or failure.first > $4 or failure.times <= 0
                              then 1 else failure.times + 1 end,
                 first = case when failure.first <= $3 or failure.first > $4 or failure.times <= 0
                              then $2 else failure.first end,
                 last = $2
             returning times, first, last",
        )
        .bind(name.to_owned())
        .bind(now)
        .bind(since)
        .bind(until)
        .fetch_one(self.0)
        .await?;
        Ok(Failures { times: row.try_get(0)?, first: row.try_get(1)?, last: row.try_get(2)? })
    }

    /// Takes one failure back that was counted and was none.
    pub async fn take_failure_back(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query("update failure set times = times - 1 where name = $1 and times > 0")
            .bind(name.to_owned())
            .execute(self.0)
            .await?;
        Ok(())
    }

    /// Forgets the failures counted under a name.
    pub async fn clear_failures(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query("delete from failure where name = $1").bind(name.to_owned()).execute(self.0).await?;
        Ok(())
    }
}

fn session(row: &AnyRow) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id_hash: row.try_get(0)?,
        person: row.try_get(1)?,
        kind: row.try_get(2)?,
        begun: row.try_get(3)?,
        seen: row.try_get(4)?,
        authenticated: row.try_get(5)?,
        stepped_up: row.try_get(6)?,
        csrf_seed: row.try_get(7)?,
        offices: row.try_get(8)?,
    })
}

const DAY: i64 = 86_400_000;
/// An address says where somebody was: what failed from it is not kept for longer than it is needed.
const HOUR: i64 = 3_600_000;
const MOST_FAILURES: i64 = 100_000;
