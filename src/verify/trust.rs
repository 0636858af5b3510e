//! Whom the reader trusts: keys named on the command line, and a policy of logs and witnesses.

use std::path::Path;

use dualtrack_ledger::{Checkpoint, KeyKind, Note, NoteError, TrustPolicy, VerifierKey};

use super::{Refusal, Verified, refuse};
use crate::failure::Failure;
use crate::ledger::keys::verifier;

/// Keys and policy of the reader.
pub(crate) struct Trust {
    /// All keys: of the command line and of the policy.
    pub(crate) keys: Vec<VerifierKey>,
    policy: Option<TrustPolicy>,
    /// A checkpoint that the reader kept from earlier.
    pub(crate) since: Option<Checkpoint>,
}

impl Trust {
    /// Reads what the command line names. Without any key nothing can be told.
    pub(crate) fn read(
        keys: &[String],
        policy: Option<&Path>,
        since: Option<&Path>,
    ) -> Result<Self, Failure> {
        let keys = keys.iter().map(|text| verifier(text));
        let mut keys: Vec<VerifierKey> = keys.collect::<Result<_, _>>()?;
        let policy = match policy {
            None => None,
            Some(path) => {
                let bytes = super::log::file(path, 1 << 20)?;
                let policy = TrustPolicy::parse(&bytes)
                    .map_err(|error| Failure::input(format!("`{}`, {error}", path.display())))?;
                keys.extend(policy.keys().iter().cloned());
                Some(policy)
            }
        };
        if keys.is_empty() {
            return Err(Failure::input(
                "cannot tell without a key that you trust; name the log's verifier key with --key NAME+HASH+KEY, or a policy with --policy",
            ));
        }
        let mut trust = Self { keys, policy, since: None };
        if let Some(path) = since {
            let text = super::log::text(path)?;
            let (checkpoint, _) = trust.signed(&text).map_err(|refusal| match refusal {
                Refusal::Refused(what, _) => Failure::input(format!("`{}`: {what}", path.display())),
                Refusal::Unknown(failure) => failure,
            })?;
            trust.since = Some(checkpoint);
        }
        Ok(trust)
    }

    /// Trust in these keys, and in nothing else.
    pub(crate) fn of(keys: Vec<VerifierKey>) -> Self {
        Self { keys, policy: None, since: None }
    }

    /// The checkpoint of a note, if keys that the reader trusts have signed it.
    pub(crate) fn signed(&self, note: &str) -> Result<(Checkpoint, Verified), Refusal> {
        let refused = |error: &dyn std::fmt::Display| {
            Refusal::Refused(format!("the checkpoint: {error}"), "檢查點的格式或簽署不正確".into())
        };
        let note = Note::parse(note).map_err(|error| refused(&error))?;
        let names: Vec<&str> = note.names().collect();
        let unsigned = || {
            Refusal::Unknown(Failure::input(format!(
                "cannot tell: no key that you named has signed the checkpoint; it is signed as {}",
                names.join(", ")
            )))
        };
        let (text, signatures) = note.verify(&self.keys).map_err(|error| match error {
            NoteError::Unsigned => unsigned(),
            error => refused(&error),
        })?;
        let checkpoint = Checkpoint::parse(text).map_err(|error| refused(&error))?;
        let logs = signatures.iter().filter(|signature| signature.key.kind() == KeyKind::Note);
        let logs: Vec<String> = logs.map(|signature| signature.key.to_string()).collect();
        // A witness says that it saw a checkpoint, not that the log stands by it.
        if logs.is_empty() {
            return Err(unsigned());
        }
        let mut verified = Verified::default();
        let Checkpoint { origin, size, root, .. } = &checkpoint;
        verified.checked.push((
            format!("log {origin}: {size} entries, root {root}"),
            format!("日誌 {origin}：{size} 項記錄，根 {root}"),
        ));
        verified.checked.push((
            format!("the checkpoint is signed by {}", logs.join(", ")),
            format!("檢查點由 {} 簽署", logs.join("、")),
        ));
        if let Some(other) =
            signatures.iter().find(|one| one.key.kind() == KeyKind::Note && one.key.name() != *origin)
        {
            let name = other.key.name();
            verified.noticed.push((
                format!("the key is of the name {name}, the log of the name {origin}: make sure that they belong together"),
                format!("金鑰名為 {name}，日誌名為 {origin}：請確定兩者屬於同一機構"),
            ));
        }
        let mut independent = Vec::new();
        for signature in &signatures {
            let Some(time) = signature.time else { continue };
            let name = signature.key.name();
            let time = i64::try_from(time).ok().and_then(|time| jiff::Timestamp::from_second(time).ok());
            let time = time.map(|time| time.to_string()).unwrap_or_default();
            verified
                .checked
                .push((format!("{name} cosigned it at {time}"), format!("{name} 於 {time} 見證")));
            let listed = self
                .policy
                .as_ref()
                .is_some_and(|policy| policy.witnesses().iter().any(|witness| &witness.key == signature.key));
            if listed && institution(name) != institution(origin) {
                independent.push(name);
            }
        }
        if let Some(policy) = &self.policy {
            let judged = policy.judge(&checkpoint, &signatures);
            if !judged.quorum {
                return refuse(
                    "the witnesses that your policy asks for have not cosigned the checkpoint",
                    "檢查點未獲你的信任政策所要求的見證人簽署",
                );
            }
            if !policy.logs().is_empty() && judged.log.is_none() {
                return refuse(
                    format!("your policy lists no log of the name `{origin}` with the key that signed it"),
                    format!("你的信任政策並無名為 `{origin}`、並以該金鑰簽署的日誌"),
                );
            }
            verified.checked.push(("your policy accepts it".into(), "符合你的信任政策".into()));
        }
        if independent.is_empty() {
            verified.left.push((
                "no independent witness: without one, a log can show two people two histories".into(),
                "沒有獨立見證人：若無見證人，同一日誌可向不同的人展示不同的歷史".into(),
            ));
        }
        verified.left.push((
            "what was never entered: a log cannot show that".into(),
            "從未記入的事項：日誌無法顯示".into(),
        ));
        Ok((checkpoint, verified))
    }
}

/// Whose a name is: the host before the first slash, without the parts before its last three.
fn institution(name: &str) -> String {
    let host = name.split('/').next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    // `log.bank.example` and `bank.example` are of one; so are hosts below `bank.com.hk`.
    let second = labels.len().checked_sub(2).and_then(|at| labels.get(at)).copied().unwrap_or_default();
    let kept = if ["com", "org", "net", "gov", "edu", "co", "ac"].contains(&second) { 3 } else { 2 };
    labels.get(labels.len().saturating_sub(kept)..).unwrap_or_default().join(".")
}
