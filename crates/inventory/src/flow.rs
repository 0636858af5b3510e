//! Data flows: which data goes to which provider because of a use, worked out from what the use stands on.
//!
//! Nobody draws these: whoever names a model of a provider has said that what the use handles goes there. Data goes to
//! the provider of each model that the use stands on, and to each provider that it depends on besides. A model that the
//! institution runs without a provider takes no data out.

use dualtrack_catalogue::Fact;

use crate::{DatasetId, Inventory, ProviderId, Use};

/// Data that goes to a provider because of a use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// What goes.
    pub data: FlowData,
    /// Whether it holds personal data. Nothing: unknown.
    pub personal: Option<bool>,
    /// Who supplied it before. Nobody: the institution gathered it.
    pub supplied_by: Option<ProviderId>,
    /// To whom it goes.
    pub to: ProviderId,
}

/// What goes to a provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowData {
    /// What the use handles as it runs: questions, records, answers.
    Handled,
    /// A dataset that is looked up and handed over with a question.
    LookedUp(DatasetId),
    /// A dataset with which the provider's model is trained further.
    LearnedFrom(DatasetId),
}

/// Works out which data goes to which provider because of a use, in a fixed order and each once.
pub fn flows(inventory: &Inventory, of: &Use) -> Vec<Flow> {
    let handled = of.profile.get(&Fact::PersonalData).copied();
    let models = of.models.iter().filter_map(|id| inventory.models().get(id));
    let providers: Vec<&ProviderId> = models.filter_map(|model| model.provider.as_ref()).collect();
    let mut flows = Vec::new();
    for to in providers.iter().copied().chain(&of.providers) {
        flows.push(Flow { data: FlowData::Handled, personal: handled, supplied_by: None, to: to.clone() });
    }
    let dataset = |id: &DatasetId, data: FlowData, to: &ProviderId| {
        let known = inventory.datasets().get(id);
        Flow {
            data,
            personal: known.and_then(|dataset| dataset.personal_data),
            supplied_by: known.and_then(|dataset| dataset.provider.clone()),
            to: to.clone(),
        }
    };
    for to in providers {
        for id in &of.datasets.retrieval {
            flows.push(dataset(id, FlowData::LookedUp(id.clone()), to));
        }
        if of.architecture.fine_tuned == Some(true) {
            for id in &of.datasets.training {
                flows.push(dataset(id, FlowData::LearnedFrom(id.clone()), to));
            }
        }
    }
    flows.sort();
    flows.dedup();
    flows
}
