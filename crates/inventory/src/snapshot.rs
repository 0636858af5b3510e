//! The snapshot: the digest of a use and everything it stands on. An approval is bound to it.
//!
//! Inside: profile, purpose, models, training and validation data, prompts, tools, providers, thresholds.
//! Outside: evidence, stage, contacts, names and remarks, assessment and monitoring data.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Digest;

/// The state of a use that an approval is bound to.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Snapshot {
    /// The digest over all parts.
    pub digest: Digest,
    /// The digest of each part.
    pub parts: BTreeMap<Part, Digest>,
}

/// A part of a snapshot.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The stated facts.
    Profile,
    /// What it is for, decides and affects.
    Purpose,
    /// The models.
    Models,
    /// What the models learned from.
    TrainingData,
    /// What they were validated on.
    ValidationData,
    /// The prompts.
    Prompts,
    /// The tools.
    Tools,
    /// The providers.
    Providers,
    /// The numbers that decide.
    Thresholds,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 9] = [
        Self::Profile,
        Self::Purpose,
        Self::Models,
        Self::TrainingData,
        Self::ValidationData,
        Self::Prompts,
        Self::Tools,
        Self::Providers,
        Self::Thresholds,
    ];
}
