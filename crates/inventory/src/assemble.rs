//! From documents to an inventory: the same checks that a folder passes, without a folder.
//!
//! A screen, a spreadsheet and a YAML file make the same documents, so they are held against the same rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use dualtrack_catalogue::{Catalogue, Digest, SourceError};

use crate::folder::{Folder, Sourced};
use crate::load::{add_product_rules, join};
use crate::{
    AdoptionFile, AdoptionSchema, ApprovalFile, ApprovalSchema, Document, EvidenceFile, EvidenceSchema, Id,
    Inventory, Key, Kind, People, PeopleSchema, WaiverFile, WaiverSchema, consistency, links,
};

impl Inventory {
    /// Joins documents that were checked before.
    pub fn of(documents: impl IntoIterator<Item = Document>) -> Result<Self, SourceError> {
        let Sorted { folder, digests, more } = Sorted::of(documents);
        more.join(folder, &digests)
    }

    /// This inventory with more in it: uses, what they stand on, and what is about them.
    ///
    /// What bears on every use is shared with this one.
    #[must_use]
    pub fn with(&self, documents: impl IntoIterator<Item = Document>) -> Self {
        let mut more = self.clone();
        for document in documents {
            match document {
                Document::Provider(it) => _ = more.providers.insert(it.id.clone(), *it),
                Document::Model(it) => _ = more.models.insert(it.id.clone(), *it),
                Document::Dataset(it) => _ = more.datasets.insert(it.id.clone(), *it),
                Document::Use(it) => _ = more.uses.insert(it.id.clone(), *it),
                Document::Evidence(it) => _ = more.evidence.insert(it.id.clone(), *it),
                Document::Waiver(it) => _ = more.waivers.insert(it.id.clone(), *it),
                Document::Approval(it) => _ = more.approvals.insert(it.id.clone(), *it),
                Document::Finding(it) => _ = more.findings.insert(it.id.clone(), *it),
                Document::Opinion(it) => _ = more.opinions.insert(it.id.clone(), *it),
                Document::Institution(it) => more.institution = Arc::new(*it),
                Document::Tiers(it) => more.tiers = Arc::new(*it),
                Document::Gates(it) => more.gates = Arc::new(*it),
                Document::Person(it) => _ = Arc::make_mut(&mut more.people).insert(it.id.clone(), *it),
                Document::Adoption(it) => _ = Arc::make_mut(&mut more.adoptions).insert(it.id.clone(), *it),
                Document::Delegation(it) => {
                    _ = Arc::make_mut(&mut more.delegations).insert(it.id.clone(), *it);
                }
                // Verdicts and gates do not look at these.
                Document::Contract(_)
                | Document::Activation(_)
                | Document::Deployment(_)
                | Document::Incident(_)
                | Document::Task(_)
                | Document::Candidate(_)
                | Document::Proposal(_)
                | Document::Comment(_)
                | Document::Judgement(_) => {}
            }
        }
        more
    }

    /// Checks documents against each other and against the guidelines, and joins them.
    ///
    /// What is wrong is said one line each, with the document in the place of a file.
    pub fn checked(
        documents: impl IntoIterator<Item = Document>,
        catalogue: &Catalogue,
    ) -> Result<Self, Vec<SourceError>> {
        let Sorted { folder, digests, more } = Sorted::of(documents);
        let mut problems = links::problems(&folder, catalogue);
        problems.extend(consistency::problems(&folder, &digests));
        if problems.is_empty() {
            more.join(folder, &digests).map_err(|problem| vec![problem])
        } else {
            problems.sort();
            problems.dedup();
            Err(problems)
        }
    }
}

/// Documents in the places that a folder has for them.
struct Sorted {
    folder: Folder,
    digests: BTreeMap<String, Digest>,
    more: More,
}

/// What no folder can say.
#[derive(Default)]
struct More {
    /// Documents of different days may name one path with different digests: each keeps its own.
    digests: Vec<(Key, BTreeMap<String, Digest>)>,
}

impl Sorted {
    fn of(documents: impl IntoIterator<Item = Document>) -> Self {
        let mut folder = Folder::default();
        let mut digests = BTreeMap::new();
        let mut more = More::default();
        let mut people = Vec::new();
        for document in documents {
            let key = document.key();
            if let Some(own) = document.digests().filter(|own| !own.is_empty()) {
                digests.extend(own.iter().map(|(path, digest)| (path.clone(), *digest)));
                more.digests.push((key.clone(), own.clone()));
            }
            match document {
                Document::Institution(it) => folder.institution = Some(from(*it, &key)),
                Document::Tiers(it) => folder.tiers = Some(from(*it, &key)),
                Document::Gates(it) => folder.gates = Some(from(*it, &key)),
                Document::Person(it) => people.push(*it),
                Document::Provider(it) => folder.providers.push(from(*it, &key)),
                Document::Model(it) => folder.models.push(from(*it, &key)),
                Document::Dataset(it) => folder.datasets.push(from(*it, &key)),
                Document::Use(it) => folder.uses.push(from(*it, &key)),
                Document::Evidence(it) => {
                    let file = EvidenceFile { schema: EvidenceSchema::V1, evidence: vec![*it] };
                    folder.evidence.push(from(file, &key));
                }
                Document::Waiver(it) => {
                    let file = WaiverFile { schema: WaiverSchema::V1, waivers: vec![*it] };
                    folder.waivers.push(from(file, &key));
                }
                Document::Adoption(it) => {
                    let file = AdoptionFile { schema: AdoptionSchema::V1, adoptions: vec![*it] };
                    folder.adoptions.push(from(file, &key));
                }
                Document::Approval(it) => {
                    let file = ApprovalFile { schema: ApprovalSchema::V1, approvals: vec![*it] };
                    folder.approvals.push(from(file, &key));
                }
                other @ (Document::Delegation(_)
                | Document::Finding(_)
                | Document::Opinion(_)
                | Document::Contract(_)
                | Document::Activation(_)
                | Document::Deployment(_)
                | Document::Incident(_)
                | Document::Task(_)
                | Document::Candidate(_)
                | Document::Proposal(_)
                | Document::Comment(_)
                | Document::Judgement(_)) => folder.others.push(from(other, &key)),
            }
        }
        if !people.is_empty() {
            let people = People { schema: PeopleSchema::V1, people };
            folder.people = Some(Sourced::placeless(people, "people"));
        }
        add_product_rules(&mut folder);
        Self { folder, digests, more }
    }
}

impl More {
    fn join(self, folder: Folder, digests: &BTreeMap<String, Digest>) -> Result<Inventory, SourceError> {
        let mut inventory = join(folder, digests)?;
        for (Key { kind, id }, own) in self.digests {
            match kind {
                Kind::Use => set(&mut inventory.uses, &id, |it| it.digests = own),
                Kind::Model => set(&mut inventory.models, &id, |it| it.digests = own),
                Kind::Dataset => set(&mut inventory.datasets, &id, |it| it.digests = own),
                Kind::Evidence => set(&mut inventory.evidence, &id, |it| it.digests = own),
                _ => {}
            }
        }
        Ok(inventory)
    }
}

fn set<T>(all: &mut BTreeMap<Id<T>, T>, id: &str, change: impl FnOnce(&mut T)) {
    if let Some(one) = Id::parse(id).ok().and_then(|id| all.get_mut(&id)) {
        change(one);
    }
}

fn from<T>(value: T, key: &Key) -> Sourced<T> {
    Sourced::placeless(value, &key.to_string())
}
