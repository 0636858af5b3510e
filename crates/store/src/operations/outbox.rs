//! What waits to be sent, and the webhooks it may go to.

use std::collections::BTreeSet;

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Operations;
use crate::error::StoreError;

/// Something to be sent. Times are in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Names it, also to whoever receives it.
    pub id: String,
    /// `mail` or `webhook`.
    pub channel: String,
    /// The person, or the webhook.
    pub target: String,
    /// The notice, as JSON.
    pub body: String,
    /// When it was made.
    pub made: i64,
    /// When it is tried next.
    pub due: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// What became of it.
    pub state: OutgoingState,
    /// What the other side said last.
    pub said: Option<String>,
}

/// What became of something to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutgoingState {
    /// It is tried when it is due.
    Waiting,
    /// The other side took it.
    Sent,
    /// It is not tried any more.
    GivenUp,
    /// It is for the page of the person alone: no mail goes there.
    Kept,
}

/// Where notices are posted.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Names it.
    pub id: String,
    /// The address.
    pub url: String,
    /// Secrets that sign, newest first.
    pub secrets: Vec<String>,
    /// Until when those behind the newest sign too.
    pub old_until: Option<i64>,
    /// The kinds of notices that it gets; empty for all.
    pub kinds: Vec<String>,
    /// When it was made.
    pub made: i64,
    /// When it was stopped.
    pub stopped: Option<i64>,
}

impl Webhook {
    /// The secrets that sign at a time, newest first.
    pub fn signing(&self, now: i64) -> &[String] {
        let old_signs = self.old_until.is_some_and(|until| now < until);
        if old_signs { &self.secrets } else { self.secrets.get(..1).unwrap_or_default() }
    }
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Webhook").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Operations<'_> {
    /// Adds something to be sent. What has the same name already is left as it is.
    pub async fn post(&self, outgoing: &Outgoing) -> Result<(), StoreError> {
        sqlx::query(
            "insert into outbox (id, channel, target, body, made, due, attempts, state)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing",
        )
        .bind(outgoing.id.clone())
        .bind(outgoing.channel.clone())
        .bind(outgoing.target.clone())
        .bind(outgoing.body.clone())
        .bind(outgoing.made)
        .bind(outgoing.due)
        .bind(outgoing.attempts)
        .bind(outgoing.state.as_str())
        .execute(self.0)
        .await?;
        Ok(())
    }

    /// What is due, oldest first.
    pub async fn due(&self, now: i64, most: i64) -> Result<Vec<Outgoing>, StoreError> {
        let rows = sqlx::query(
            "select id, channel, target, body, made, due, attempts, state, said from outbox
              where state = 'waiting' and due <= $1 order by due, id limit $2",
        )
        .bind(now)
        .bind(most)
        .fetch_all(self.0)
        .await?;
        rows.iter().map(outgoing).collect()
    }

    /// What was put into the outbox, newest first: a page of it, from the first or after one of them.
    pub async fn outgoing(&self, after: Option<&str>, most: i64) -> Result<Vec<Outgoing>, StoreError> {
        let made: Option<i64> = match after {
            None => None,
            Some(id) => {
                let row = sqlx::query("select made from outbox where id = $1").bind(id.to_owned());
                match row.fetch_optional(self.0).await? {
                    Some(row) => Some(row.try_get(0)?),
                    // It was forgotten meanwhile, and with it all that is older.
                    None => return Ok(Vec::new()),
                }
            }
        };
        let rows = sqlx::query(
            "select id, channel, target, body, made, due, attempts, state, said from outbox
              where made < $1 or (made = $1 and id > $2) order by made desc, id limit $3",
        )
        .bind(made.unwrap_or(i64::MAX))
        .bind(after.unwrap_or_default().to_owned())
        .bind(most)
        .fetch_all(self.0)
        .await?;
        rows.iter().map(outgoing).collect()
    }

    /// What a person was or is to be told since an instant, newest first.
    pub async fn told(&self, person: &str, since: i64, most: i64) -> Result<Vec<Outgoing>, StoreError> {
        let rows = sqlx::query(
            "select id, channel, target, body, made, due, attempts, state, said from outbox
              where channel = 'mail' and target = $1 and made >= $2 order by made desc, id limit $3",
        )
        .bind(person.to_owned())
        .bind(since)
        .bind(most)
        .fetch_all(self.0)
        .await?;
        rows.iter().map(outgoing).collect()
    }

    /// Forgets what was put into the outbox before an instant and waits no more.
    pub async fn forget_outgoing(&self, before: i64) -> Result<(), StoreError> {
        sqlx::query("delete from outbox where made < $1 and state <> 'waiting'")
            .bind(before)
            .execute(self.0)
            .await?;
        Ok(())
    }

    /// Who has mails sent together each morning.
    pub async fn daily_mail(&self) -> Result<BTreeSet<String>, StoreError> {
        let rows = sqlx::query("select person from account where daily_mail = 1").fetch_all(self.0).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Says whether a person has mails sent together each morning. False if nobody has an account by that name.
    pub async fn set_daily_mail(&self, person: &str, daily: bool) -> Result<bool, StoreError> {
        let set = sqlx::query("update account set daily_mail = $1 where person = $2 and closed is null")
            .bind(i64::from(daily))
            .bind(person.to_owned())
            .execute(self.0)
            .await?;
        Ok(set.rows_affected() == 1)
    }

    /// Notes what became of a try.
    pub async fn tried(
        &self,
        id: &str,
        state: OutgoingState,
        due: i64,
        said: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "update outbox set state = $1, due = $2, said = $3, attempts = attempts + 1 where id = $4",
        )
        .bind(state.as_str())
        .bind(due)
        .bind(said.map(ToOwned::to_owned))
        .bind(id.to_owned())
        .execute(self.0)
        .await?;
        Ok(())
    }

    /// Sends something again that was sent or given up, under the same name. False if there is no such thing.
    pub async fn replay(&self, id: &str, now: i64) -> Result<bool, StoreError> {
        let replayed =
            sqlx::query("update outbox set state = 'waiting', due = $1, attempts = 0 where id = $2 and state <> 'waiting'")
                .bind(now)
                .bind(id.to_owned())
                .execute(self.0)
                .await?;
        Ok(replayed.rows_affected() == 1)
    }

    /// Adds a webhook.
    pub async fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        sqlx::query("insert into webhook (id, url, secrets, kinds, made) values ($1, $2, $3, $4, $5)")
            .bind(webhook.id.clone())
            .bind(webhook.url.clone())
            .bind(webhook.secrets.join(" "))
            .bind(webhook.kinds.join(" "))
            .bind(webhook.made)
            .execute(self.0)
            .await?;
        Ok(())
    }

    /// The webhooks that were not stopped.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let rows = sqlx::query(
            "select id, url, secrets, kinds, made, stopped, old_until from webhook where stopped is null order by id",
        )
        .fetch_all(self.0)
        .await?;
        rows.iter()
            .map(|row| {
                let words = |text: String| text.split_whitespace().map(ToOwned::to_owned).collect();
                Ok(Webhook {
                    id: row.try_get(0)?,
                    url: row.try_get(1)?,
                    secrets: words(row.try_get(2)?),
                    kinds: words(row.try_get(3)?),
                    made: row.try_get(4)?,
                    stopped: row.try_get(5)?,
                    old_until: row.try_get(6)?,
                })
            })
            .collect()
    }

    /// Whether a webhook has or had this name.
    pub async fn webhook_was(&self, id: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("select id from webhook where id = $1")
            .bind(id.to_owned())
            .fetch_optional(self.0)
            .await?;
        Ok(row.is_some())
    }

    /// Puts a new secret before the newest one of a webhook, which signs too until then. False if there is no such webhook,
    /// or somebody else gave it another secret meanwhile.
    pub async fn rotate_webhook(
        &self,
        before: &Webhook,
        secret: &str,
        old_until: i64,
    ) -> Result<bool, StoreError> {
        let newest = before.secrets.first().map_or("", String::as_str);
        let rotated = sqlx::query(
            "update webhook set secrets = $1, old_until = $2 where id = $3 and secrets = $4 and stopped is null",
        )
        .bind(format!("{secret} {newest}"))
        .bind(old_until)
        .bind(before.id.clone())
        .bind(before.secrets.join(" "))
        .execute(self.0)
        .await?;
        Ok(rotated.rows_affected() == 1)
    }

    /// Forgets the secrets that sign no more.
    pub async fn forget_old_secrets(&self, now: i64) -> Result<(), StoreError> {
        for webhook in self.webhooks().await? {
            let Some(newest) = webhook.secrets.first().filter(|_| webhook.secrets.len() > 1) else {
                continue;
            };
            if webhook.signing(now).len() > 1 {
                continue;
            }
            sqlx::query("update webhook set secrets = $1, old_until = null where id = $2 and secrets = $3")
                .bind(newest.clone())
                .bind(webhook.id.clone())
                .bind(webhook.secrets.join(" "))
                .execute(self.0)
                .await?;
        }
        Ok(())
    }

    /// Stops a webhook.
    pub async fn stop_webhook(&self, id: &str, now: i64) -> Result<bool, StoreError> {
        let stopped = sqlx::query("update webhook set stopped = $1 where id = $2 and stopped is null")
            .bind(now)
            .bind(id.to_owned())
            .execute(self.0)
            .await?;
        Ok(stopped.rows_affected() == 1)
    }
}

impl OutgoingState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given-up",
            Self::Kept => "kept",
        }
    }
}

fn outgoing(row: &AnyRow) -> Result<Outgoing, StoreError> {
    let state: String = row.try_get(7)?;
    let state = [OutgoingState::Waiting, OutgoingState::Sent, OutgoingState::GivenUp, OutgoingState::Kept]
        .into_iter()
        .find(|one| one.as_str() == state)
        .ok_or_else(|| StoreError::Damaged(format!("outbox: state `{state}`")))?;
    Ok(Outgoing {
        id: row.try_get(0)?,
        channel: row.try_get(1)?,
        target: row.try_get(2)?,
        body: row.try_get(3)?,
        made: row.try_get(4)?,
        due: row.try_get(5)?,
        attempts: row.try_get(6)?,
        state,
        said: row.try_get(8)?,
    })
}
