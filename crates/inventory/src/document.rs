//! Documents: one noun of the record each, as it stands in a YAML file, on a screen, and in the ledger.
//!
//! Whatever way a document comes in, it is the same value. Its links say what it stands on, what it is about, and
//! which people have a part in it.

use std::collections::BTreeMap;
use std::fmt;

use dualtrack_catalogue::{Bilingual, Digest};
use serde::de::DeserializeOwned;
use serde::{Deserializer, Serialize};
use serde_json::Value;

use crate::misread::read_value;
use crate::{
    Activation, Adoption, Approval, Candidate, Comment, Contract, Dataset, Delegation, Deployment, Evidence,
    Finding, Gates, Incident, Institution, Judgement, Key, Kind, Model, Opinion, Person, Proposal, Provider,
    Subject, Task, Tiers, Use, UseId, Waiver,
};

/// A value that is no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Nothing of this kind is kept.
    #[error("`{0}` is no kind of document")]
    Kind(String),
    /// Its fields are not those of its kind.
    #[error("{which}: {}", .problem.en)]
    Fields {
        /// The kind it was read as, and its id where it says one.
        which: String,
        /// What is wrong, with the field where that is known.
        problem: Box<Bilingual>,
    },
}

impl DocumentError {
    /// What is wrong, in both languages.
    pub fn words(&self) -> Bilingual {
        let zh = match self {
            Self::Kind(kind) => {
                format!("「{}」並非文件的種類", kind.chars().take(80).collect::<String>())
            }
            Self::Fields { which, problem } => format!("{which}：{}", problem.zh_hant),
        };
        Bilingual::new(self.to_string(), zh)
    }
}

/// One noun of the record.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant is the document of the kind of that name")]
pub enum Document {
    Institution(Box<Institution>),
    Tiers(Box<Tiers>),
    Gates(Box<Gates>),
    Person(Box<Person>),
    Provider(Box<Provider>),
    Contract(Box<Contract>),
    Model(Box<Model>),
    Dataset(Box<Dataset>),
    Use(Box<Use>),
    Activation(Box<Activation>),
    Adoption(Box<Adoption>),
    Delegation(Box<Delegation>),
    Evidence(Box<Evidence>),
    Waiver(Box<Waiver>),
    Approval(Box<Approval>),
    Finding(Box<Finding>),
    Opinion(Box<Opinion>),
    Deployment(Box<Deployment>),
    Incident(Box<Incident>),
    Task(Box<Task>),
    Candidate(Box<Candidate>),
    Proposal(Box<Proposal>),
    Comment(Box<Comment>),
    Judgement(Box<Judgement>),
}

/// How one document points at another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// It stands on it.
    StandsOn,
    /// It is about it.
    About,
    /// The person answers for it.
    Owner,
    /// The person builds it.
    Builder,
    /// The person asks for its approval.
    Requester,
    /// The person validates it.
    Validator,
    /// The person approves it.
    Approver,
    /// The person has to do it.
    Assignee,
    /// The person made it.
    Author,
}

impl Tie {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StandsOn => "stands-on",
            Self::About => "about",
            Self::Owner => "owner",
            Self::Builder => "builder",
            Self::Requester => "requester",
            Self::Validator => "validator",
            Self::Approver => "approver",
            Self::Assignee => "assignee",
            Self::Author => "author",
        }
    }
}

impl Document {
    /// Whether it is what was handed in: what a record fills in where a file leaves it out makes no difference.
    pub fn is_as_given(&self, given: &Self) -> bool {
        match (self, given) {
            (Self::Evidence(there), Self::Evidence(given)) if given.line.is_none() => {
                **there == Evidence { line: there.line, ..(**given).clone() }
            }
            (Self::Use(there), Self::Use(given)) => {
                let mut given = (**given).clone();
                given.people.formerly.clone_from(&there.people.formerly);
                **there == given
            }
            (there, given) => there == given,
        }
    }

    /// Reads a document of a kind. Digests of files come beside it, since nobody types them.
    pub fn read(kind: Kind, value: &Value, digests: BTreeMap<String, Digest>) -> Result<Self, DocumentError> {
        Self::read_from(kind, value, digests).map_err(|error| match error {
            // Among many documents it is not enough to know of what kind the wrong one is.
            DocumentError::Fields { problem, .. } => {
                DocumentError::Fields { which: named(kind, value), problem }
            }
            error @ DocumentError::Kind(_) => error,
        })
    }

    /// Reads a document of a kind from its JSON.
    pub fn parse(kind: Kind, text: &str, digests: BTreeMap<String, Digest>) -> Result<Self, DocumentError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let read = Self::read_from(kind, &mut json, digests)?;
        json.end().map_err(|error| {
            let problem = (error.to_string(), format!("其後尚有內容（{error}）"));
            DocumentError::Fields { which: kind.to_string(), problem: Box::new(problem.into()) }
        })?;
        Ok(read)
    }

    fn read_from<'de, D: Deserializer<'de>>(
        kind: Kind,
        value: D,
        digests: BTreeMap<String, Digest>,
    ) -> Result<Self, DocumentError> {
        Ok(match kind {
            Kind::Institution => Self::Institution(typed(kind, value)?),
            Kind::Tiers => Self::Tiers(typed(kind, value)?),
            Kind::Gates => Self::Gates(typed(kind, value)?),
            Kind::Person => Self::Person(typed(kind, value)?),
            Kind::Provider => Self::Provider(typed(kind, value)?),
            Kind::Contract => Self::Contract(typed(kind, value)?),
            Kind::Model => {
                let mut model: Box<Model> = typed(kind, value)?;
                model.digests = digests;
                Self::Model(model)
            }
            Kind::Dataset => {
                let mut dataset: Box<Dataset> = typed(kind, value)?;
                dataset.digests = digests;
                Self::Dataset(dataset)
            }
            Kind::Use => {
                let mut of: Box<Use> = typed(kind, value)?;
                of.digests = digests;
                Self::Use(of)
            }
            Kind::Activation => Self::Activation(typed(kind, value)?),
            Kind::Adoption => Self::Adoption(typed(kind, value)?),
            Kind::Delegation => Self::Delegation(typed(kind, value)?),
            Kind::Evidence => {
                let mut evidence: Box<Evidence> = typed(kind, value)?;
                evidence.digests = digests;
                Self::Evidence(evidence)
            }
            Kind::Waiver => Self::Waiver(typed(kind, value)?),
            Kind::Approval => Self::Approval(typed(kind, value)?),
            Kind::Finding => Self::Finding(typed(kind, value)?),
            Kind::Opinion => Self::Opinion(typed(kind, value)?),
            Kind::Deployment => Self::Deployment(typed(kind, value)?),
            Kind::Incident => Self::Incident(typed(kind, value)?),
            Kind::Task => Self::Task(typed(kind, value)?),
            Kind::Candidate => Self::Candidate(typed(kind, value)?),
            Kind::Proposal => Self::Proposal(typed(kind, value)?),
            Kind::Comment => Self::Comment(typed(kind, value)?),
            Kind::Judgement => Self::Judgement(typed(kind, value)?),
        })
    }

    /// The document as a value, without the digests of its files and without what is empty.
    pub fn value(&self) -> Value {
        match self {
            Self::Institution(it) => value(it),
            Self::Tiers(it) => value(it),
            Self::Gates(it) => value(it),
            Self::Person(it) => value(it),
            Self::Provider(it) => value(it),
            Self::Contract(it) => value(it),
            Self::Model(it) => value(&Model { digests: BTreeMap::new(), ..(**it).clone() }),
            Self::Dataset(it) => value(&Dataset { digests: BTreeMap::new(), ..(**it).clone() }),
            Self::Use(it) => value(&Use { digests: BTreeMap::new(), ..(**it).clone() }),
            Self::Activation(it) => value(it),
            Self::Adoption(it) => value(it),
            Self::Delegation(it) => value(it),
            Self::Evidence(it) => value(&Evidence { digests: BTreeMap::new(), ..(**it).clone() }),
            Self::Waiver(it) => value(it),
            Self::Approval(it) => value(it),
            Self::Finding(it) => value(it),
            Self::Opinion(it) => value(it),
            Self::Deployment(it) => value(it),
            Self::Incident(it) => value(it),
            Self::Task(it) => value(it),
            Self::Candidate(it) => value(it),
            Self::Proposal(it) => value(it),
            Self::Comment(it) => value(it),
            Self::Judgement(it) => value(it),
        }
    }

    /// The digests of the files that it names.
    pub fn digests(&self) -> Option<&BTreeMap<String, Digest>> {
        match self {
            Self::Model(it) => Some(&it.digests),
            Self::Dataset(it) => Some(&it.digests),
            Self::Use(it) => Some(&it.digests),
            Self::Evidence(it) => Some(&it.digests),
            Self::Institution(_)
            | Self::Tiers(_)
            | Self::Gates(_)
            | Self::Person(_)
            | Self::Provider(_)
            | Self::Contract(_)
            | Self::Activation(_)
            | Self::Adoption(_)
            | Self::Delegation(_)
            | Self::Waiver(_)
            | Self::Approval(_)
            | Self::Finding(_)
            | Self::Opinion(_)
            | Self::Deployment(_)
            | Self::Incident(_)
            | Self::Task(_)
            | Self::Candidate(_)
            | Self::Proposal(_)
            | Self::Comment(_)
            | Self::Judgement(_) => None,
        }
    }

    /// Which document it is.
    pub fn key(&self) -> Key {
        match self {
            Self::Institution(_) => Key::new(Kind::Institution, Kind::Institution),
            Self::Tiers(_) => Key::new(Kind::Tiers, Kind::Tiers),
            Self::Gates(_) => Key::new(Kind::Gates, Kind::Gates),
            Self::Person(it) => Key::new(Kind::Person, &it.id),
            Self::Provider(it) => Key::new(Kind::Provider, &it.id),
            Self::Contract(it) => Key::new(Kind::Contract, &it.id),
            Self::Model(it) => Key::new(Kind::Model, &it.id),
            Self::Dataset(it) => Key::new(Kind::Dataset, &it.id),
            Self::Use(it) => Key::new(Kind::Use, &it.id),
            Self::Activation(it) => Key::new(Kind::Activation, &it.id),
            Self::Adoption(it) => Key::new(Kind::Adoption, &it.id),
            Self::Delegation(it) => Key::new(Kind::Delegation, &it.id),
            Self::Evidence(it) => Key::new(Kind::Evidence, &it.id),
            Self::Waiver(it) => Key::new(Kind::Waiver, &it.id),
            Self::Approval(it) => Key::new(Kind::Approval, &it.id),
            Self::Finding(it) => Key::new(Kind::Finding, &it.id),
            Self::Opinion(it) => Key::new(Kind::Opinion, &it.id),
            Self::Deployment(it) => Key::new(Kind::Deployment, &it.id),
            Self::Incident(it) => Key::new(Kind::Incident, &it.id),
            Self::Task(it) => Key::new(Kind::Task, &it.id),
            Self::Candidate(it) => Key::new(Kind::Candidate, &it.id),
            Self::Proposal(it) => Key::new(Kind::Proposal, &it.id),
            Self::Comment(it) => Key::new(Kind::Comment, &it.id),
            Self::Judgement(it) => Key::new(Kind::Judgement, &it.id),
        }
    }

    /// What it points at: each relation with the document at its other end.
    pub fn links(&self) -> Vec<(Tie, Key)> {
        let mut links = Links::default();
        match self {
            Self::Institution(_) | Self::Tiers(_) | Self::Gates(_) | Self::Person(_) => {}
            Self::Activation(it) => links.add(Tie::Author, Kind::Person, [&it.by]),
            Self::Provider(it) => links.add(Tie::StandsOn, Kind::Provider, &it.parent),
            Self::Contract(it) => {
                links.add(Tie::About, Kind::Provider, [&it.provider]);
                links.add(Tie::Owner, Kind::Person, [&it.owner]);
            }
            Self::Model(it) => {
                links.add(Tie::StandsOn, Kind::Provider, &it.provider);
                links.add(Tie::StandsOn, Kind::Model, &it.based_on);
                links.add(Tie::Builder, Kind::Person, &it.builders);
            }
            Self::Dataset(it) => links.add(Tie::StandsOn, Kind::Provider, &it.provider),
            Self::Use(it) => links.of_use(it),
            Self::Adoption(it) => links.add(Tie::Author, Kind::Person, [&it.by]),
            Self::Delegation(it) => {
                links.add(Tie::Author, Kind::Person, [&it.from]);
                links.add(Tie::Assignee, Kind::Person, [&it.to]);
            }
            Self::Evidence(it) => {
                match &it.about {
                    Subject::Use(id) => links.add(Tie::About, Kind::Use, [id]),
                    Subject::Model(id) => links.add(Tie::About, Kind::Model, [id]),
                    Subject::Dataset(id) => links.add(Tie::About, Kind::Dataset, [id]),
                    Subject::Provider(id) => links.add(Tie::About, Kind::Provider, [id]),
                    Subject::Entity(id) => links.add(Tie::About, Kind::Institution, [id]),
                }
                links.add(Tie::Author, Kind::Person, [&it.by]);
            }
            Self::Waiver(it) => links.about_use(&it.use_id, &it.by),
            Self::Approval(it) => links.about_use(&it.use_id, &it.by),
            Self::Finding(it) => links.about_use(&it.use_id, &it.by),
            Self::Opinion(it) => links.about_use(&it.use_id, &it.by),
            Self::Deployment(it) => links.about_use(&it.use_id, &it.by),
            Self::Incident(it) => {
                links.add(Tie::About, Kind::Use, &it.uses);
                links.add(Tie::Author, Kind::Person, [&it.by]);
            }
            Self::Task(it) => {
                links.add(Tie::About, Kind::Use, &it.use_id);
                links.add(Tie::Assignee, Kind::Person, [&it.assignee]);
                links.add(Tie::Author, Kind::Person, [&it.by]);
            }
            Self::Candidate(it) => {
                links.add(
                    Tie::About,
                    Kind::Use,
                    it.disposed.iter().filter_map(|disposal| disposal.use_id.as_ref()),
                );
            }
            Self::Proposal(it) => links.add(Tie::Author, Kind::Person, [&it.by]),
            Self::Comment(it) => links.about_use(&it.use_id, &it.by),
            Self::Judgement(it) => links.add(Tie::About, Kind::Use, [&it.id]),
        }
        links.0
    }

    /// The person or thing under whose key it is sealed: what a person is called goes when the person is erased.
    pub fn subject(&self) -> String {
        match self {
            Self::Person(it) => format!("person/{}", it.id),
            _ => "institution/record".to_owned(),
        }
    }
}

#[derive(Default)]
struct Links(Vec<(Tie, Key)>);

impl Links {
    fn add<I: fmt::Display>(&mut self, relation: Tie, kind: Kind, ids: impl IntoIterator<Item = I>) {
        for id in ids {
            let link = (relation, Key::new(kind, id));
            if !self.0.contains(&link) {
                self.0.push(link);
            }
        }
    }

    fn about_use(&mut self, of: &UseId, by: &crate::PersonId) {
        self.add(Tie::About, Kind::Use, [of]);
        self.add(Tie::Author, Kind::Person, [by]);
    }

    fn of_use(&mut self, of: &Use) {
        let datasets = &of.datasets;
        self.add(Tie::StandsOn, Kind::Institution, [&of.entity]);
        self.add(Tie::StandsOn, Kind::Model, &of.models);
        for group in [
            &datasets.training,
            &datasets.validation,
            &datasets.retrieval,
            &datasets.assessment,
            &datasets.monitoring,
        ] {
            self.add(Tie::StandsOn, Kind::Dataset, group);
        }
        self.add(Tie::StandsOn, Kind::Provider, &of.providers);
        let people = &of.people;
        for (relation, group) in [
            (Tie::Owner, &people.owners),
            (Tie::Builder, &people.builders),
            (Tie::Requester, &people.requesters),
            (Tie::Validator, &people.validators),
            (Tie::Approver, &people.approvers),
        ] {
            self.add(relation, Kind::Person, group);
        }
    }
}

fn typed<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    kind: Kind,
    value: D,
) -> Result<Box<T>, DocumentError> {
    read_value(value)
        .map(Box::new)
        .map_err(|error| DocumentError::Fields { which: kind.to_string(), problem: Box::new(error.words()) })
}

/// What a value is called that cannot be read: its kind, and its id if that is one.
fn named(kind: Kind, value: &Value) -> String {
    match value.get("id").and_then(Value::as_str) {
        Some(id) if UseId::parse(id).is_ok() => Key::new(kind, id).to_string(),
        _ => kind.to_string(),
    }
}

/// A value without what is empty, if it reads back the same; whole otherwise.
fn value<T: Serialize + DeserializeOwned + PartialEq>(document: &T) -> Value {
    let whole = match serde_json::to_value(document) {
        Ok(Value::Object(mut fields)) => {
            // Digests stand beside a document, since nobody types them.
            fields.remove("digests");
            Value::Object(fields)
        }
        Ok(other) => other,
        Err(_) => Value::Null,
    };
    let mut short = whole.clone();
    prune(&mut short);
    match T::deserialize(&short) {
        Ok(read) if read == *document => short,
        Ok(_) | Err(_) => whole,
    }
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| {
                prune(field);
                !is_empty(field)
            });
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
