//! One change of the index: opened before the entry is made, applied with the entry's place, and committed.
//!
//! It opens by beating the lease, which takes the lock of the database and shows that no other server writes.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_inventory::Document;
use sqlx::{Any, Transaction};

use crate::error::StoreError;
use crate::reading::{Reading, signed, tie_name};
use crate::recorded::{Brought, Recorded};

/// A change that is open.
#[derive(Debug)]
pub struct Change<'c>(pub(crate) Transaction<'c, Any>);

impl Change<'_> {
    /// Reads within the change.
    pub fn reading(&mut self) -> Reading<'_> {
        Reading(&mut self.0)
    }

    /// Applies an entry, and moves the watermark to it.
    pub async fn apply(&mut self, recorded: &Recorded) -> Result<(), StoreError> {
        let place = signed(recorded.place);
        sqlx::query(
            "insert into entry (place, at, kind, action, actor, actor_key) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(place)
        .bind(signed(recorded.at))
        .bind(recorded.kind.clone())
        .bind(recorded.action.clone())
        .bind(recorded.actor.person.clone())
        .bind(recorded.actor.key.clone())
        .execute(&mut *self.0)
        .await?;
        for (position, brought) in recorded.documents.iter().enumerate() {
            self.put(place, position, recorded.place, brought).await?;
        }
        for key in &recorded.erased {
            self.erase(place, key).await?;
        }
        self.mark(recorded.place).await
    }

    /// Moves the watermark past an entry that changes nothing here.
    pub async fn mark(&mut self, place: u64) -> Result<(), StoreError> {
        sqlx::query(
            "insert into mark (name, value) values ('watermark', $1)
             on conflict (name) do update set value = excluded.value",
        )
        .bind(signed(place))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Makes the change last.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }

    async fn put(
        &mut self,
        place: i64,
        position: usize,
        entry: u64,
        brought: &Brought,
    ) -> Result<(), StoreError> {
        let kind = brought.key.kind.as_str();
        let version = signed(brought.version);
        let id = match &brought.document {
            Some(document) => {
                let id = brought.key.id.clone();
                self.end_before(place, kind, &id).await?;
                self.tie(place, kind, &id, version, document).await?;
                self.name_files(kind, &id, version, document).await?;
                id
            }
            None => Brought::id_when_erased(entry, position),
        };
        let body = brought.document.as_ref().map(|document| document.value().to_string());
        let digests =
            brought.document.as_ref().and_then(Document::digests).filter(|digests| !digests.is_empty());
        let digests = digests.and_then(|digests| serde_json::to_string(digests).ok());
        sqlx::query(
            "insert into document (kind, id, version, from_entry, position, body, digests, sealed_under)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(kind)
        .bind(id)
        .bind(version)
        .bind(place)
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .bind(body)
        .bind(digests)
        .bind(brought.sealed_under.clone())
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn end_before(&mut self, place: i64, kind: &str, id: &str) -> Result<(), StoreError> {
        sqlx::query("update document set to_entry = $1 where kind = $2 and id = $3 and to_entry is null")
            .bind(place)
            .bind(kind.to_owned())
            .bind(id.to_owned())
            .execute(&mut *self.0)
            .await?;
        sqlx::query("update tie set to_entry = $1 where kind = $2 and id = $3 and to_entry is null")
            .bind(place)
            .bind(kind.to_owned())
            .bind(id.to_owned())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn tie(
        &mut self,
        place: i64,
        kind: &str,
        id: &str,
        version: i64,
        document: &Document,
    ) -> Result<(), StoreError> {
        for (tie, to) in document.links() {
            sqlx::query(
                "insert into tie (kind, id, version, tie, to_kind, to_id, from_entry)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(kind.to_owned())
            .bind(id.to_owned())
            .bind(version)
            .bind(tie_name(tie))
            .bind(to.kind.as_str())
            .bind(to.id)
            .bind(place)
            .execute(&mut *self.0)
            .await?;
        }
        Ok(())
    }

    async fn name_files(
        &mut self,
        kind: &str,
        id: &str,
        version: i64,
        document: &Document,
    ) -> Result<(), StoreError> {
        // Two paths may hold the same.
        let digests: BTreeSet<_> = document.digests().into_iter().flat_map(BTreeMap::values).collect();
        for digest in digests {
            sqlx::query("insert into named_file (digest, kind, id, version) values ($1, $2, $3, $4)")
                .bind(digest.to_string())
                .bind(kind.to_owned())
                .bind(id.to_owned())
                .bind(version)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    /// Takes out what was sealed under a key, so that only the kind, the entries and the versions are left.
    async fn erase(&mut self, place: i64, key: &str) -> Result<(), StoreError> {
        for text in [
            "delete from tie where exists (select 1 from document
              where document.kind = tie.kind and document.id = tie.id and document.version = tie.version
                and document.sealed_under = $1)",
            "delete from named_file where exists (select 1 from document
              where document.kind = named_file.kind and document.id = named_file.id
                and document.version = named_file.version and document.sealed_under = $1)",
        ] {
            sqlx::query(text).bind(key.to_owned()).execute(&mut *self.0).await?;
        }
        sqlx::query(
            "update document set id = 'erased-' || from_entry || '-' || position, body = null, digests = null,
                    to_entry = null, erased_by = $1
              where sealed_under = $2 and erased_by is null",
        )
        .bind(place)
        .bind(key.to_owned())
        .execute(&mut *self.0)
        .await?;
        sqlx::query(
            "update entry set actor = null, erased_by = $1 where actor_key = $2 and erased_by is null",
        )
        .bind(place)
        .bind(key.to_owned())
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
