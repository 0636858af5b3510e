//! The inventory: everything in one folder, as one immutable value.
//!
//! It is made only by [`Inventory::load`], so every reference in it points at something that exists.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use dualtrack_catalogue::Bilingual;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Adoption, AdoptionId, Approval, ApprovalId, Dataset, DatasetId, Delegation, DelegationId, Entity,
    Evidence, EvidenceId, Finding, FindingId, Gates, Institution, Model, ModelId, Opinion, OpinionId, Person,
    PersonId, Provider, ProviderId, Snapshot, Subject, Tiers, Use, UseId, Waiver, WaiverId,
};

/// Everything in one folder. What bears on every use is shared between inventories, not copied.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq)]
pub struct Inventory {
    pub(crate) institution: Arc<Institution>,
    pub(crate) people: Arc<BTreeMap<PersonId, Person>>,
    pub(crate) uses: BTreeMap<UseId, Use>,
    pub(crate) models: BTreeMap<ModelId, Model>,
    pub(crate) datasets: BTreeMap<DatasetId, Dataset>,
    pub(crate) providers: BTreeMap<ProviderId, Provider>,
    pub(crate) evidence: BTreeMap<EvidenceId, Evidence>,
    pub(crate) waivers: BTreeMap<WaiverId, Waiver>,
    pub(crate) adoptions: Arc<BTreeMap<AdoptionId, Adoption>>,
    pub(crate) approvals: BTreeMap<ApprovalId, Approval>,
    #[serde(skip_serializing_if = "is_empty", default)]
    pub(crate) delegations: Arc<BTreeMap<DelegationId, Delegation>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub(crate) findings: BTreeMap<FindingId, Finding>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub(crate) opinions: BTreeMap<OpinionId, Opinion>,
    pub(crate) tiers: Arc<Tiers>,
    pub(crate) gates: Arc<Gates>,
    #[serde(skip)]
    #[schemars(skip)]
    pub(crate) derived: Derived,
}

/// What follows from an inventory and is asked for over and over; worked out once, when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    /// The evidence about each subject.
    about: OnceLock<BTreeMap<Subject, Vec<EvidenceId>>>,
    /// The snapshots of the uses in it.
    snapshots: Mutex<BTreeMap<UseId, Snapshot>>,
}

/// A copy may become something else, so it works things out anew.
impl Clone for Derived {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// It adds nothing to what an inventory says.
impl PartialEq for Derived {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Inventory {
    /// The institution.
    pub fn institution(&self) -> &Institution {
        &self.institution
    }

    /// The legal entity a use belongs to.
    pub fn entity(&self, of: &Use) -> Option<&Entity> {
        self.institution.entities.iter().find(|entity| entity.id == of.entity)
    }

    /// The uses, by id.
    pub fn uses(&self) -> &BTreeMap<UseId, Use> {
        &self.uses
    }

    /// The people, by id.
    pub fn people(&self) -> &BTreeMap<PersonId, Person> {
        &self.people
    }

    /// What people call a person; the id where nobody has it.
    pub(crate) fn name_of(&self, id: &PersonId) -> Bilingual {
        let unnamed = || Bilingual { en: id.to_string(), zh_hant: id.to_string() };
        self.people.get(id).map_or_else(unnamed, |person| person.name.clone())
    }

    /// The models, by id.
    pub fn models(&self) -> &BTreeMap<ModelId, Model> {
        &self.models
    }

    /// The datasets, by id.
    pub fn datasets(&self) -> &BTreeMap<DatasetId, Dataset> {
        &self.datasets
    }

    /// The providers, by id.
    pub fn providers(&self) -> &BTreeMap<ProviderId, Provider> {
        &self.providers
    }

    /// The evidence, by id.
    pub fn evidence(&self) -> &BTreeMap<EvidenceId, Evidence> {
        &self.evidence
    }

    /// The waivers, by id.
    pub fn waivers(&self) -> &BTreeMap<WaiverId, Waiver> {
        &self.waivers
    }

    /// The adoptions, by id.
    pub fn adoptions(&self) -> &BTreeMap<AdoptionId, Adoption> {
        &self.adoptions
    }

    /// The approvals, by id.
    pub fn approvals(&self) -> &BTreeMap<ApprovalId, Approval> {
        &self.approvals
    }

    /// The delegations, by id.
    pub fn delegations(&self) -> &BTreeMap<DelegationId, Delegation> {
        &self.delegations
    }

    /// The findings, by id.
    pub fn findings(&self) -> &BTreeMap<FindingId, Finding> {
        &self.findings
    }

    /// The opinions, by id.
    pub fn opinions(&self) -> &BTreeMap<OpinionId, Opinion> {
        &self.opinions
    }

    /// The tier rules: the folder's own, or the product's.
    pub fn tiers(&self) -> &Tiers {
        &self.tiers
    }

    /// The gate rules: the folder's own, or the product's.
    pub fn gates(&self) -> &Gates {
        &self.gates
    }

    /// The evidence about a use or something it stands on, in the order of ids.
    pub fn evidence_about<'a>(&'a self, of: &Use) -> impl Iterator<Item = &'a Evidence> + use<'a> {
        let about = self.derived.about.get_or_init(|| {
            let mut about: BTreeMap<Subject, Vec<EvidenceId>> = BTreeMap::new();
            for evidence in self.evidence.values() {
                about.entry(evidence.about.clone()).or_default().push(evidence.id.clone());
            }
            about
        });
        let ids = self.subjects_of(of).into_iter().filter_map(|subject| about.get(&subject)).flatten();
        ids.filter_map(|id| self.evidence.get(id))
    }

    /// What evidence can be about to concern a use: the use and everything it stands on.
    fn subjects_of(&self, of: &Use) -> BTreeSet<Subject> {
        let mut subjects = BTreeSet::from([Subject::Use(of.id.clone()), Subject::Entity(of.entity.clone())]);
        subjects.extend(self.models_of(of).map(|model| Subject::Model(model.id.clone())));
        subjects.extend(self.datasets_of(of).map(|dataset| Subject::Dataset(dataset.id.clone())));
        subjects.extend(self.providers_of(of).map(|provider| Subject::Provider(provider.id.clone())));
        subjects
    }

    /// The snapshot of a use, worked out once where the use is the one in this inventory.
    pub(crate) fn snapshot_of(&self, of: &Use, take: impl FnOnce() -> Snapshot) -> Snapshot {
        if !self.uses.get(&of.id).is_some_and(|own| std::ptr::eq(own, of)) {
            return take();
        }
        let mut kept = self.derived.snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(snapshot) = kept.get(&of.id) {
            return snapshot.clone();
        }
        let snapshot = take();
        kept.insert(of.id.clone(), snapshot.clone());
        snapshot
    }

    /// The models of a use and those they were made from.
    pub fn models_of<'a>(&'a self, of: &'a Use) -> impl Iterator<Item = &'a Model> {
        of.models.iter().flat_map(|id| {
            let next = |model: &&Model| model.based_on.as_ref().and_then(|base| self.models.get(base));
            std::iter::successors(self.models.get(id), next)
        })
    }

    /// The datasets of a use, whatever they are for.
    pub fn datasets_of<'a>(&'a self, of: &'a Use) -> impl Iterator<Item = &'a Dataset> {
        let datasets = &of.datasets;
        let ids = [
            &datasets.training,
            &datasets.validation,
            &datasets.retrieval,
            &datasets.assessment,
            &datasets.monitoring,
        ];
        ids.into_iter().flatten().filter_map(|id| self.datasets.get(id))
    }

    /// The providers of a use: its own, those of its models and datasets, and those they depend on.
    pub fn providers_of<'a>(&'a self, of: &'a Use) -> impl Iterator<Item = &'a Provider> {
        let of_models = self.models_of(of).filter_map(|model| model.provider.as_ref());
        let of_datasets = self.datasets_of(of).filter_map(|dataset| dataset.provider.as_ref());
        of.providers.iter().chain(of_models).chain(of_datasets).flat_map(|id| {
            let next =
                |provider: &&Provider| provider.parent.as_ref().and_then(|parent| self.providers.get(parent));
            std::iter::successors(self.providers.get(id), next)
        })
    }
}

fn is_empty<K, V>(map: &Arc<BTreeMap<K, V>>) -> bool {
    map.is_empty()
}
