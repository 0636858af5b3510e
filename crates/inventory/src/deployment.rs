//! Deployments: where a use runs, and which state of it was let run there.
//!
//! A deployment keeps the state that was approved, so that a change of the use is a draft beside it until that draft
//! is approved and deployed in its turn.

use std::collections::BTreeMap;

use dualtrack_catalogue::Stage;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DeploymentId, Digest, Part, PersonId, UseId};

/// A place where a use runs.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Always `dualtrack.deployment/1`.
    pub schema: DeploymentSchema,
    /// Names it.
    pub id: DeploymentId,
    /// The use that runs.
    #[serde(rename = "use")]
    pub use_id: UseId,
    /// The stage for which it was let run.
    pub stage: Stage,
    /// Whether the gateway decides and stops, or only decides and records.
    #[serde(default)]
    pub mode: Mode,
    /// The state that was let run.
    pub snapshot: Digest,
    /// The digests of its parts.
    pub parts: BTreeMap<Part, Digest>,
    /// The version of each document of that state, by `kind/id`, so that the state can be read again.
    pub versions: BTreeMap<String, u64>,
    /// Since when.
    pub since: Timestamp,
    /// Who let it run.
    pub by: PersonId,
    /// What was last seen to run there.
    #[serde(default)]
    pub running: Option<Running>,
    /// Since when nothing runs there any more.
    #[serde(default)]
    pub ended: Option<Timestamp>,
}

/// What was seen to run.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Running {
    /// The digests of the parts that were seen. A part that was not looked at is left out.
    pub parts: BTreeMap<Part, Digest>,
    /// When.
    pub at: Timestamp,
    /// Who or what saw it.
    pub by: PersonId,
}

/// What the gateway does with a refusal.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It records that it would refuse, and lets the call through.
    Observe,
    /// It refuses.
    #[default]
    Enforce,
}

/// The schema tag of a deployment.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum DeploymentSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.deployment/1")]
    V1,
}
