//! Reading the record as it is, or as it was when an entry had been made. One question, one query.

use std::collections::BTreeMap;

use dualtrack_inventory::{Document, Key, Kind, Tie};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use crate::error::StoreError;

/// Up to which entry the record is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// As it is.
    Now,
    /// As it was when this entry had been made.
    After(u64),
}

/// A version of a document, as the index has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Which document.
    pub key: Key,
    /// Which version.
    pub version: u64,
    /// The entry that brought it.
    pub from_entry: u64,
    /// The entry that replaced it.
    pub to_entry: Option<u64>,
    /// The entry that erased it; then the document is gone.
    pub erased_by: Option<u64>,
    /// The document.
    pub document: Option<Document>,
}

/// An entry that changed the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// Its place in the ledger.
    pub place: u64,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// The kind of entry.
    pub kind: String,
    /// The action.
    pub action: String,
    /// Who; none where the program acted, or once the person is erased.
    pub actor: Option<String>,
    /// The entry that erased who it was.
    pub erased_by: Option<u64>,
    /// The documents that it brought, as `kind/id@version`.
    pub documents: Vec<String>,
}

/// A connection on which the record is read.
///
/// Joins are written as `cross join`: SQLite keeps their order, and would otherwise read whole tables where it finds no
/// statistics. To PostgreSQL it makes no difference.
#[derive(Debug)]
pub struct Reading<'c>(pub(crate) &'c mut AnyConnection);

impl Reading<'_> {
    /// The place of the last entry that was applied; none before the first.
    pub async fn watermark(&mut self) -> Result<Option<u64>, StoreError> {
        let row = sqlx::query("select value from mark where name = 'watermark'")
            .fetch_optional(&mut *self.0)
            .await?;
        row.map(|row| Ok(unsigned(row.try_get(0)?))).transpose()
    }

    /// The last entry made by an instant, in milliseconds since 1970.
    pub async fn moment(&mut self, at: u64) -> Result<Option<Moment>, StoreError> {
        let row = sqlx::query("select max(place) from entry where at <= $1")
            .bind(signed(at))
            .fetch_one(&mut *self.0)
            .await?;
        let place: Option<i64> = row.try_get(0)?;
        Ok(place.map(|place| Moment::After(unsigned(place))))
    }

    /// A document.
    pub async fn document(&mut self, key: &Key, moment: Moment) -> Result<Option<Stored>, StoreError> {
        let row = sqlx::query(
            "select kind, id, version, from_entry, to_entry, erased_by, body, digests from document
              where kind = $1 and id = $2 and from_entry <= $3 and (to_entry is null or to_entry > $3)",
        )
        .bind(key.kind.as_str())
        .bind(key.id.clone())
        .bind(moment.place())
        .fetch_optional(&mut *self.0)
        .await?;
        row.as_ref().map(stored).transpose()
    }

    /// A version of a document.
    pub async fn version(&mut self, key: &Key, version: u64) -> Result<Option<Stored>, StoreError> {
        let row = sqlx::query(
            "select kind, id, version, from_entry, to_entry, erased_by, body, digests from document
              where kind = $1 and id = $2 and version = $3",
        )
        .bind(key.kind.as_str())
        .bind(key.id.clone())
        .bind(signed(version))
        .fetch_optional(&mut *self.0)
        .await?;
        row.as_ref().map(stored).transpose()
    }

    /// Every version of a document, oldest first.
    pub async fn history(&mut self, key: &Key) -> Result<Vec<Stored>, StoreError> {
        let rows = sqlx::query(
            "select kind, id, version, from_entry, to_entry, erased_by, body, digests from document
              where kind = $1 and id = $2 order by version",
        )
        .bind(key.kind.as_str())
        .bind(key.id.clone())
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(stored).collect()
    }

    /// Documents of a kind whose ids come after one, in the order of ids.
    pub async fn of_kind(
        &mut self,
        kind: Kind,
        moment: Moment,
        after: &str,
        most: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        let rows = sqlx::query(
            "select kind, id, version, from_entry, to_entry, erased_by, body, digests from document
              where kind = $1 and id > $2 and from_entry <= $3 and (to_entry is null or to_entry > $3)
              order by id limit $4",
        )
        .bind(kind.as_str())
        .bind(after.to_owned())
        .bind(moment.place())
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(stored).collect()
    }

    /// How many documents of each kind there are.
    pub async fn counts(&mut self) -> Result<BTreeMap<String, u64>, StoreError> {
        let rows = sqlx::query("select kind, count(*) from document where to_entry is null group by kind")
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, unsigned(row.try_get(1)?)))).collect()
    }

    /// A use, everything it stands on, and everything that is about any of these.
    pub async fn scope(&mut self, of: &str, moment: Moment) -> Result<Vec<Stored>, StoreError> {
        let rows = sqlx::query(
            "with recursive ground (kind, id) as (
                 select kind, id from document where kind = 'use' and id = $1
                 union
                 select tie.to_kind, tie.to_id from ground cross join tie
                  where tie.kind = ground.kind and tie.id = ground.id and tie.tie = 'stands-on' and tie.from_entry <= $2
                    and (tie.to_entry is null or tie.to_entry > $2)
             ), wanted (kind, id, version) as (
                 select document.kind, document.id, document.version
                   from ground cross join document
                  where document.kind = ground.kind and document.id = ground.id and document.from_entry <= $2
                    and (document.to_entry is null or document.to_entry > $2)
                 union
                 select tie.kind, tie.id, tie.version
                   from ground cross join tie
                  where tie.to_kind = ground.kind and tie.to_id = ground.id and tie.tie = 'about'
                    and tie.from_entry <= $2 and (tie.to_entry is null or tie.to_entry > $2)
             )
             select document.kind, document.id, document.version, document.from_entry, document.to_entry,
                    document.erased_by, document.body, document.digests
               from wanted cross join document
              where document.kind = wanted.kind and document.id = wanted.id
                and document.version = wanted.version",
        )
        .bind(of.to_owned())
        .bind(moment.place())
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(stored).collect()
    }

    /// Whether any document, now or before, names a person by an id.
    pub async fn was_named(&mut self, person: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("select to_id from tie where to_kind = 'person' and to_id = $1 limit 1")
            .bind(person.to_owned())
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(row.is_some())
    }

    /// Whether somebody or something was erased after a place.
    pub async fn erased_since(&mut self, place: u64) -> Result<bool, StoreError> {
        let row = sqlx::query("select max(erased_by) from document").fetch_one(&mut *self.0).await?;
        let last: Option<i64> = row.try_get(0)?;
        Ok(last.is_some_and(|last| unsigned(last) > place))
    }

    /// What points at a document: each with the tie by which it does, in the order of kinds and ids.
    pub async fn tied_to(&mut self, key: &Key, moment: Moment) -> Result<Vec<(String, Key)>, StoreError> {
        let rows = sqlx::query(
            "select tie, kind, id from tie
              where to_kind = $1 and to_id = $2 and from_entry <= $3 and (to_entry is null or to_entry > $3)
              order by kind, id, tie",
        )
        .bind(key.kind.as_str())
        .bind(key.id.clone())
        .bind(moment.place())
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter()
            .map(|row| {
                let kind: String = row.try_get(1)?;
                let id: String = row.try_get(2)?;
                Ok((row.try_get(0)?, Key::new(kind_of(&kind)?, id)))
            })
            .collect()
    }

    /// The documents of a kind that point at a document now by a tie.
    pub async fn documents_tied_to(
        &mut self,
        key: &Key,
        tie: Tie,
        kind: Kind,
    ) -> Result<Vec<Stored>, StoreError> {
        let rows = sqlx::query(
            "select document.kind, document.id, document.version, document.from_entry, document.to_entry,
                    document.erased_by, document.body, document.digests
               from tie cross join document
              where document.kind = tie.kind and document.id = tie.id and document.version = tie.version
                and tie.to_kind = $1 and tie.to_id = $2 and tie.tie = $3 and tie.kind = $4 and tie.to_entry is null
              order by document.id",
        )
        .bind(key.kind.as_str())
        .bind(key.id.clone())
        .bind(tie_name(tie))
        .bind(kind.as_str())
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(stored).collect()
    }

    /// The uses that stand, directly or not, on a document.
    pub async fn uses_on(&mut self, key: &Key) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query(
            "with recursive above (kind, id) as (
                 select cast($1 as text), cast($2 as text)
                 union
                 select tie.kind, tie.id from above cross join tie
                  where tie.to_kind = above.kind and tie.to_id = above.id and tie.tie = 'stands-on' and tie.to_entry is null
             )
             select id from above where kind = 'use' order by id",
        )
        .bind(key.kind.as_str())
        .bind(key.id.clone())
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Versions of documents that name a file, after one of them, in the order of kinds, ids and versions.
    pub async fn naming(
        &mut self,
        digest: &str,
        after: Option<&Stored>,
        most: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        let rows = sqlx::query(
            "select document.kind, document.id, document.version, document.from_entry, document.to_entry,
                    document.erased_by, document.body, document.digests
               from named_file cross join document
              where document.kind = named_file.kind and document.id = named_file.id
                and document.version = named_file.version and named_file.digest = $1
                and (named_file.kind, named_file.id, named_file.version) > ($2, $3, $4)
              order by named_file.kind, named_file.id, named_file.version limit $5",
        )
        .bind(digest.to_owned())
        .bind(after.map_or("", |after| after.key.kind.as_str()))
        .bind(after.map_or(String::new(), |after| after.key.id.clone()))
        .bind(after.map_or(0, |after| signed(after.version)))
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(stored).collect()
    }

    /// Whether any version of a document names a file.
    pub async fn is_named(&mut self, digest: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("select 1 from named_file where digest = $1 limit 1")
            .bind(digest.to_owned())
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(row.is_some())
    }

    /// What somebody has to do with now: what she owns, asked for, validates, approves, builds or has to do. What she only
    /// made is left out, and is by far the most.
    pub async fn parts_of(&mut self, person: &str) -> Result<Vec<Stored>, StoreError> {
        let rows = sqlx::query(
            "with part (kind, id, version) as (
                 select distinct kind, id, version from tie
                  where to_kind = 'person' and to_id = $1 and to_entry is null
                    and tie in ('owner', 'requester', 'validator', 'approver', 'builder', 'assignee')
             )
             select document.kind, document.id, document.version, document.from_entry, document.to_entry,
                    document.erased_by, document.body, document.digests
               from part cross join document
              where document.kind = part.kind and document.id = part.id and document.version = part.version
              order by document.kind, document.id",
        )
        .bind(person.to_owned())
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(stored).collect()
    }

    /// Entries before a place, newest first; those that brought a version of a document, if one is named.
    pub async fn trail(
        &mut self,
        of: Option<&Key>,
        before: u64,
        most: usize,
    ) -> Result<Vec<Trail>, StoreError> {
        let rows = sqlx::query(
            "select place, at, kind, action, actor, erased_by from entry
              where place < $1 and ($2 = '' or place in
                    (select from_entry from document where kind = $2 and id = $3))
              order by place desc limit $4",
        )
        .bind(signed(before))
        .bind(of.map_or("", |key| key.kind.as_str()))
        .bind(of.map_or(String::new(), |key| key.id.clone()))
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&mut *self.0)
        .await?;
        self.trails(rows).await
    }

    /// Entries from a place on, oldest first.
    pub async fn trail_from(&mut self, from: u64, most: usize) -> Result<Vec<Trail>, StoreError> {
        let rows = sqlx::query(
            "select place, at, kind, action, actor, erased_by from entry
              where place >= $1 order by place limit $2",
        )
        .bind(signed(from))
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&mut *self.0)
        .await?;
        self.trails(rows).await
    }

    /// The places from one on, in order, of the entries that an action made.
    pub async fn places_of(&mut self, action: &str, from: u64) -> Result<Vec<u64>, StoreError> {
        let rows = sqlx::query("select place from entry where action = $1 and place >= $2 order by place")
            .bind(action.to_owned())
            .bind(signed(from))
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|row| Ok(unsigned(row.try_get(0)?))).collect()
    }

    async fn trails(&mut self, rows: Vec<AnyRow>) -> Result<Vec<Trail>, StoreError> {
        let mut trail = Vec::with_capacity(rows.len());
        for row in &rows {
            let place = unsigned(row.try_get(0)?);
            let erased_by: Option<i64> = row.try_get(5)?;
            trail.push(Trail {
                place,
                at: unsigned(row.try_get(1)?),
                kind: row.try_get(2)?,
                action: row.try_get(3)?,
                actor: row.try_get(4)?,
                erased_by: erased_by.map(unsigned),
                documents: self.brought_by(place).await?,
            });
        }
        Ok(trail)
    }

    async fn brought_by(&mut self, place: u64) -> Result<Vec<String>, StoreError> {
        let rows =
            sqlx::query("select kind, id, version from document where from_entry = $1 order by position")
                .bind(signed(place))
                .fetch_all(&mut *self.0)
                .await?;
        rows.iter()
            .map(|row| {
                let (kind, id, version): (String, String, i64) =
                    (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                Ok(format!("{kind}/{id}@{version}"))
            })
            .collect()
    }
}

impl Moment {
    /// The condition that a row of a table counts, in SQL. What counts now is found by the index of such rows.
    pub(crate) fn counts(self, table: &str) -> String {
        match self {
            Self::Now => format!("{table}.to_entry is null"),
            Self::After(place) => {
                format!(
                    "{table}.from_entry <= {place} and ({table}.to_entry is null or {table}.to_entry > {place})"
                )
            }
        }
    }

    pub(crate) fn place(self) -> i64 {
        match self {
            Self::Now => i64::MAX,
            Self::After(place) => signed(place),
        }
    }
}

fn stored(row: &AnyRow) -> Result<Stored, StoreError> {
    let kind: String = row.try_get(0)?;
    let kind = kind_of(&kind)?;
    let id: String = row.try_get(1)?;
    let key = Key::new(kind, id);
    let body: Option<String> = row.try_get(6)?;
    let digests: Option<String> = row.try_get(7)?;
    let document = match body {
        None => None,
        Some(body) => Some(
            parsed(kind, &body, digests.as_deref())
                .map_err(|problem| StoreError::Damaged(format!("{key}: {problem}")))?,
        ),
    };
    let to_entry: Option<i64> = row.try_get(4)?;
    let erased_by: Option<i64> = row.try_get(5)?;
    Ok(Stored {
        version: unsigned(row.try_get(2)?),
        from_entry: unsigned(row.try_get(3)?),
        to_entry: to_entry.map(unsigned),
        erased_by: erased_by.map(unsigned),
        document,
        key,
    })
}

/// A document, from its columns.
pub(crate) fn parsed(kind: Kind, body: &str, digests: Option<&str>) -> Result<Document, String> {
    let digests = digests.map_or_else(|| Ok(BTreeMap::new()), serde_json::from_str);
    let digests = digests.map_err(|error| error.to_string())?;
    Document::parse(kind, body, digests).map_err(|error| error.to_string())
}

pub(crate) fn kind_of(text: &str) -> Result<Kind, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged(format!("`{text}` is no kind of document")))
}

/// Numbers of entries, versions and milliseconds stay far below what a column holds.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The name of a tie, for the table.
pub(crate) fn tie_name(tie: Tie) -> &'static str {
    tie.as_str()
}
