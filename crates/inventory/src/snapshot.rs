//! The snapshot: the digest of a use and everything it stands on. An approval is bound to it.
//!
//! Inside: profile, purpose, models, training, validation and retrieval data, prompts, tools, providers, thresholds.
//! Outside: evidence, stage, contacts, names and remarks, assessment and monitoring data.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::digest::digest_of;
use crate::{Columns, DatasetId, Digest, Inventory, Model, Provider, Use};

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
    /// What is looked up and fed to the models.
    RetrievalData,
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
    pub const ALL: [Self; 10] = [
        Self::Profile,
        Self::Purpose,
        Self::Models,
        Self::TrainingData,
        Self::ValidationData,
        Self::RetrievalData,
        Self::Prompts,
        Self::Tools,
        Self::Providers,
        Self::Thresholds,
    ];
}

/// Takes the snapshot of a use as the folder states it.
pub fn snapshot(inventory: &Inventory, of: &Use) -> Snapshot {
    inventory.snapshot_of(of, || {
        let parts: BTreeMap<Part, Digest> =
            Part::ALL.into_iter().map(|part| (part, digest_of(&content(inventory, of, part)))).collect();
        Snapshot { digest: Snapshot::digest_of(&parts), parts }
    })
}

impl Snapshot {
    /// The digest over the digests of parts.
    pub fn digest_of(parts: &BTreeMap<Part, Digest>) -> Digest {
        digest_of(&json!(parts))
    }

    /// The parts in which another state differs from this one. A part the other does not name differs.
    pub fn differing(&self, other: &BTreeMap<Part, Digest>) -> BTreeSet<Part> {
        self.parts
            .iter()
            .filter(|(part, digest)| other.get(part) != Some(digest))
            .map(|(part, _)| *part)
            .collect()
    }
}

/// What one part of a snapshot covers.
fn content(inventory: &Inventory, of: &Use, part: Part) -> Value {
    match part {
        Part::Profile => json!({
            "profile": of.profile,
            "significant_impact": of.significant_impact,
            "dpo": of.dpo,
            "architecture": of.architecture,
            "supervisory_sandbox": of.supervisory_sandbox,
            "voluntary": of.voluntary,
            "entity": of.entity,
        }),
        Part::Purpose => json!({
            "purposes": of.purposes,
            "purpose": of.purpose,
            "decides": of.decides,
            "affects": of.affects,
        }),
        Part::Models => inventory.models_of(of).map(model).collect(),
        Part::TrainingData => datasets(inventory, &of.datasets.training),
        Part::ValidationData => datasets(inventory, &of.datasets.validation),
        Part::RetrievalData => datasets(inventory, &of.datasets.retrieval),
        Part::Prompts => json!(of.digests),
        Part::Tools => of.tools.iter().map(|tool| json!([tool.name, tool.version])).collect(),
        Part::Providers => {
            let providers: BTreeMap<_, _> =
                inventory.providers_of(of).map(|provider| (&provider.id, self::provider(provider))).collect();
            json!(providers)
        }
        Part::Thresholds => {
            json!({ "thresholds": of.thresholds, "columns": columns(&of.columns), "checks": yardsticks(of) })
        }
    }
}

/// The numbers by which checks of the use are judged. Loosening one changes what was approved.
fn yardsticks(of: &Use) -> Value {
    let checks: BTreeMap<_, _> = of
        .checks
        .iter()
        .map(|check| {
            let numbers = (check.at_least, check.at_most, check.between);
            (check.key(), json!([numbers, check.whole_interval, check.least_rows, check.correct]))
        })
        .collect();
    json!(checks)
}

/// What is measured and whom it is compared with; without what groups are called.
fn columns(columns: &Columns) -> Value {
    let groups: Vec<_> = columns
        .groups
        .iter()
        .map(|group| json!([group.column, group.reference, group.missing, group.bins]))
        .collect();
    json!({
        "label": columns.label,
        "target": columns.target,
        "score": columns.score,
        "decision": columns.decision,
        "weight": columns.weight,
        "time": columns.time,
        "groups": groups,
        "intersections": columns.intersections,
        "features": columns.features,
    })
}

fn model(model: &Model) -> Value {
    json!({
        "id": model.id,
        "version": model.version,
        "kind": model.kind,
        "provider": model.provider,
        "based_on": model.based_on,
        "open_source": model.open_source,
        "files": model.digests,
        "settings": model.settings,
    })
}

fn datasets(inventory: &Inventory, ids: &BTreeSet<DatasetId>) -> Value {
    let datasets = ids.iter().filter_map(|id| inventory.datasets().get(id));
    datasets
        .map(|dataset| {
            json!({
                "id": dataset.id,
                "files": dataset.digests,
                "personal_data": dataset.personal_data,
                "provider": dataset.provider,
                "derived_from": dataset.derived_from,
            })
        })
        .collect()
}

fn provider(provider: &Provider) -> Value {
    json!({ "relation": provider.relation, "places": provider.places, "parent": provider.parent })
}
