//! The scopes of many uses at once, for whoever judges them all: as text, which is read where there is time.
//!
//! A row of each document would cost more than what is done with it.

use dualtrack_inventory::Document;
use sqlx::{AssertSqlSafe, Row as _};

use crate::error::StoreError;
use crate::reading::{Moment, Reading, kind_of, parsed, unsigned};

/// Documents as they stand in the index. Whoever reads them needs no connection.
#[derive(Clone, Debug, Default)]
pub struct Unread(String);

impl Unread {
    /// Reads them.
    pub fn documents(&self) -> Result<Vec<Document>, StoreError> {
        let mut lines = self.0.lines();
        let mut documents = Vec::new();
        while let (Some(kind), Some(digests), Some(body)) = (lines.next(), lines.next(), lines.next()) {
            let digests = Some(digests).filter(|digests| !digests.is_empty());
            let document = parsed(kind_of(kind)?, body, digests);
            documents.push(document.map_err(|problem| StoreError::Damaged(format!("{kind}: {problem}")))?);
        }
        Ok(documents)
    }
}

impl Reading<'_> {
    /// The ids and versions of the uses after an id, in the order of ids.
    pub async fn uses_after(
        &mut self,
        after: &str,
        moment: Moment,
        most: usize,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let text = format!(
            "select id, version from document where kind = 'use' and id > $1 and {} order by id limit $2",
            moment.counts("document")
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(after.to_owned());
        let rows = query.bind(i64::try_from(most).unwrap_or(i64::MAX)).fetch_all(&mut *self.0).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, unsigned(row.try_get(1)?)))).collect()
    }

    /// The scopes of the uses after one id and up to another, each document once: what verdicts and gates look at.
    pub async fn scopes(&mut self, after: &str, last: &str, moment: Moment) -> Result<Unread, StoreError> {
        // A document is written without line breaks, so three lines hold one.
        let text = format!(
            "with recursive ground (kind, id) as (
                 select kind, id from document
                  where kind = 'use' and id > $1 and id <= $2 and erased_by is null and {}
                 union
                 select tie.to_kind, tie.to_id from ground cross join tie
                  where tie.kind = ground.kind and tie.id = ground.id and tie.tie = 'stands-on' and {}
             ), wanted (kind, id, version) as (
                 select document.kind, document.id, document.version
                   from ground cross join document
                  where document.kind = ground.kind and document.id = ground.id and {}
                 union
                 select tie.kind, tie.id, tie.version
                   from ground cross join tie
                  where tie.to_kind = ground.kind and tie.to_id = ground.id and tie.tie = 'about'
                    and tie.kind in ({LOOKED_AT}) and {}
             )
             select string_agg(document.kind || '\n' || coalesce(document.digests, '') || '\n' || document.body, '\n')
               from wanted cross join document
              where document.kind = wanted.kind and document.id = wanted.id
                and document.version = wanted.version and document.body is not null",
            moment.counts("document"),
            moment.counts("tie"),
            moment.counts("document"),
            moment.counts("tie"),
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(after.to_owned()).bind(last.to_owned());
        let row = query.fetch_one(&mut *self.0).await?;
        let documents: Option<String> = row.try_get(0)?;
        Ok(Unread(documents.unwrap_or_default()))
    }
}

/// The kinds about a use that verdicts and gates look at.
const LOOKED_AT: &str = "'evidence', 'waiver', 'approval', 'finding', 'opinion'";
