//! Ids of the things in an inventory folder. Made only by parsing.
//!
//! An id is lower-case letters, digits and hyphens. Its type says what it names, so that the id of a model can
//! never stand where the id of a dataset is meant. Whether the thing exists is the loader's question.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use dualtrack_catalogue::Bilingual;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The id of a `T`. A copy shares its text: verdicts and boards hold many.
pub struct Id<T> {
    text: Arc<str>,
    of: PhantomData<fn() -> T>,
}

/// A text that is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// It has other letters, or none.
    #[error("id `{0}` is not lower-case letters, digits and hyphens")]
    Letters(String),
    /// It is longer than the name of a file or a part of an address may be.
    #[error("id `{0}…` has more than {MOST_LETTERS} letters")]
    Long(String),
}

impl IdError {
    /// What is wrong, in both languages.
    pub fn words(&self) -> Bilingual {
        let zh = match self {
            Self::Letters(text) => {
                format!(
                    "「{}」並非代號；代號只可用小寫英文字母、數字及連字號",
                    text.chars().take(80).collect::<String>()
                )
            }
            Self::Long(text) => format!("代號「{text}…」超過{MOST_LETTERS}個字元；請縮短"),
        };
        Bilingual::new(self.to_string(), zh)
    }

    /// The error that says this. A reader of JSON hands on what an error says, and not the error.
    pub(crate) fn said(text: &str) -> Option<Self> {
        let (id, _) = text.strip_prefix("id `")?.rsplit_once('`')?;
        let id = id.to_owned();
        let all = [Self::Letters(id.clone()), Self::Long(id.trim_end_matches('…').to_owned())];
        all.into_iter().find(|error| error.to_string() == text)
    }
}

/// The id of a use.
pub type UseId = Id<crate::Use>;
/// The id of a model.
pub type ModelId = Id<crate::Model>;
/// The id of a dataset.
pub type DatasetId = Id<crate::Dataset>;
/// The id of a provider.
pub type ProviderId = Id<crate::Provider>;
/// The id of a person.
pub type PersonId = Id<crate::Person>;
/// The id of a legal entity.
pub type EntityId = Id<crate::Entity>;
/// The id of a piece of evidence.
pub type EvidenceId = Id<crate::Evidence>;
/// The id of a waiver.
pub type WaiverId = Id<crate::Waiver>;
/// The id of an adoption.
pub type AdoptionId = Id<crate::Adoption>;
/// The id of an approval.
pub type ApprovalId = Id<crate::Approval>;
/// The id of a change plan.
pub type ChangePlanId = Id<crate::ChangePlan>;
/// The id of a monitor.
pub type MonitorId = Id<crate::Monitor>;
/// The id of a finding.
pub type FindingId = Id<crate::Finding>;
/// The id of an opinion.
pub type OpinionId = Id<crate::Opinion>;
/// The id of an incident.
pub type IncidentId = Id<crate::Incident>;
/// The id of a deployment.
pub type DeploymentId = Id<crate::Deployment>;
/// The id of a delegation.
pub type DelegationId = Id<crate::Delegation>;
/// The id of a contract.
pub type ContractId = Id<crate::Contract>;
/// The id of a task.
pub type TaskId = Id<crate::Task>;
/// The id of a candidate use.
pub type CandidateId = Id<crate::Candidate>;
/// The id of a proposal.
pub type ProposalId = Id<crate::Proposal>;
/// The id of the switch to a version of a guideline.
pub type ActivationId = Id<crate::Activation>;

impl<T> Id<T> {
    /// Reads an id.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.len() > MOST_LETTERS {
            return Err(IdError::Long(text.chars().take(40).collect()));
        }
        if !text.is_empty() && text.bytes().all(slug) {
            Ok(Self { text: text.into(), of: PhantomData })
        } else {
            Err(IdError::Letters(text.to_owned()))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        Self { text: Arc::clone(&self.text), of: PhantomData }
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, formatter)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsing(PhantomData))
    }
}

/// Parses an id where it stands, without a copy of its text.
struct Parsing<T>(PhantomData<fn() -> T>);

impl<T> de::Visitor<'_> for Parsing<T> {
    type Value = Id<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As for any other text.
        formatter.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Id::parse(text).map_err(E::custom)
    }
}

impl<T> JsonSchema for Id<T> {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z0-9-]+$", "maxLength": MOST_LETTERS })
    }
}

/// The most letters of an id: it is the name of a file, a part of an address, and stands in entries of the ledger.
const MOST_LETTERS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_slug() {
        assert_eq!(UseId::parse("credit-default").unwrap().as_str(), "credit-default");
        assert_eq!(
            UseId::parse("Credit Default").unwrap_err().to_string(),
            "id `Credit Default` is not lower-case letters, digits and hyphens"
        );
        assert!(UseId::parse(&"a".repeat(200)).is_ok());
        assert_eq!(
            UseId::parse(&"a".repeat(201)).unwrap_err().to_string(),
            format!("id `{}…` has more than 200 letters", "a".repeat(40))
        );
    }
}
