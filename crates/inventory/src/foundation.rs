//! What a use stands on: models, datasets and providers, one YAML file each.
//!
//! Files are named by paths inside the folder; their digests are taken by whoever reads the folder and handed in.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::Bilingual;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Columns, DatasetId, Digest, ModelId, PersonId, ProviderId};

/// `models/*.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Always `dualtrack.model/1`.
    pub schema: ModelSchema,
    /// Names the model.
    pub id: ModelId,
    /// What people call it.
    pub name: Bilingual,
    /// Its version, as its maker counts.
    pub version: String,
    /// What it is, such as `lightgbm` or `language-model`.
    pub kind: String,
    /// Who supplies it. Nobody: the institution made it.
    #[serde(default)]
    pub provider: Option<ProviderId>,
    /// Who of the institution built it; they may neither validate nor approve a use that stands on it.
    #[serde(default)]
    pub builders: BTreeSet<PersonId>,
    /// The model it was made from.
    #[serde(default)]
    pub based_on: Option<ModelId>,
    /// Whether its weights are published under an open licence. Left out: unknown.
    #[serde(default)]
    pub open_source: Option<bool>,
    /// Its files, by paths inside the folder.
    #[serde(default)]
    pub files: Vec<String>,
    /// Settings that change what it answers, such as a temperature.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Remarks for people; not part of any snapshot.
    #[serde(default)]
    pub remark: Option<Bilingual>,
    /// The digests of `files`, taken at the edge.
    #[serde(skip_deserializing, default)]
    #[schemars(skip)]
    pub digests: BTreeMap<String, Digest>,
}

/// `datasets/*.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Always `dualtrack.dataset/1`.
    pub schema: DatasetSchema,
    /// Names the dataset.
    pub id: DatasetId,
    /// What people call it.
    pub name: Bilingual,
    /// Where it comes from.
    pub source: Bilingual,
    /// Its licence or the ground on which it is used.
    pub licence: String,
    /// Whether it holds personal data. Left out: unknown.
    #[serde(default)]
    pub personal_data: Option<bool>,
    /// Who supplies it. Nobody: the institution gathered it.
    #[serde(default)]
    pub provider: Option<ProviderId>,
    /// The dataset it was made from.
    #[serde(default)]
    pub derived_from: Option<DatasetId>,
    /// Its files, by paths inside the folder.
    #[serde(default)]
    pub files: Vec<String>,
    /// The roles of its columns, where they differ from those the use declares.
    #[serde(default)]
    pub columns: Option<Columns>,
    /// Known limits; not part of any snapshot.
    #[serde(default)]
    pub limits: Option<Bilingual>,
    /// The digests of `files`, taken at the edge.
    #[serde(skip_deserializing, default)]
    #[schemars(skip)]
    pub digests: BTreeMap<String, Digest>,
}

/// `providers/*.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Always `dualtrack.provider/1`.
    pub schema: ProviderSchema,
    /// Names the provider.
    pub id: ProviderId,
    /// What people call it.
    pub name: Bilingual,
    /// Whether it is outside the group.
    pub relation: Relation,
    /// Where it runs the service, as ISO 3166 codes such as `HK`.
    pub places: Vec<String>,
    /// What it supplies.
    pub service: Bilingual,
    /// The provider it depends on or belongs to.
    #[serde(default)]
    pub parent: Option<ProviderId>,
    /// Whom to call; not part of any snapshot.
    #[serde(default)]
    pub contact: Option<String>,
}

/// How a provider stands to the institution.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Outside the group.
    External,
    /// Another company of the group.
    Group,
}

/// The schema tag of a model file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum ModelSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.model/1")]
    V1,
}

/// The schema tag of a dataset file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum DatasetSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.dataset/1")]
    V1,
}

/// The schema tag of a provider file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum ProviderSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.provider/1")]
    V1,
}
