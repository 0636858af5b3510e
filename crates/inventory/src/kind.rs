//! Kinds of documents, and the keys that name documents: a kind and an id.

use std::fmt;
use std::str::FromStr;

use crate::DocumentError;

/// What a document is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The institution and its legal entities.
    Institution,
    /// The tier rules, where the institution has its own.
    Tiers,
    /// The gate rules, where the institution has its own.
    Gates,
    /// A person.
    Person,
    /// A provider.
    Provider,
    /// A contract with a provider.
    Contract,
    /// A model.
    Model,
    /// A dataset.
    Dataset,
    /// A use.
    Use,
    /// The switch to a version of a guideline.
    Activation,
    /// An adoption.
    Adoption,
    /// A delegation.
    Delegation,
    /// A piece of evidence.
    Evidence,
    /// A waiver.
    Waiver,
    /// An approval.
    Approval,
    /// A finding.
    Finding,
    /// An opinion.
    Opinion,
    /// A deployment.
    Deployment,
    /// An incident.
    Incident,
    /// A task.
    Task,
    /// A candidate use.
    Candidate,
    /// A proposal that waits for a second person.
    Proposal,
    /// What somebody says of a use.
    Comment,
    /// What every control came to for a use.
    Judgement,
}

impl Kind {
    /// Every kind, each after those that its documents refer to.
    pub const ALL: [Self; 24] = [
        Self::Institution,
        Self::Tiers,
        Self::Gates,
        Self::Person,
        Self::Provider,
        Self::Contract,
        Self::Model,
        Self::Dataset,
        Self::Use,
        Self::Activation,
        Self::Adoption,
        Self::Delegation,
        Self::Evidence,
        Self::Waiver,
        Self::Approval,
        Self::Finding,
        Self::Opinion,
        Self::Deployment,
        Self::Incident,
        Self::Task,
        Self::Candidate,
        Self::Proposal,
        Self::Comment,
        Self::Judgement,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Institution => "institution",
            Self::Tiers => "tiers",
            Self::Gates => "gates",
            Self::Person => "person",
            Self::Provider => "provider",
            Self::Contract => "contract",
            Self::Model => "model",
            Self::Dataset => "dataset",
            Self::Use => "use",
            Self::Activation => "activation",
            Self::Adoption => "adoption",
            Self::Delegation => "delegation",
            Self::Evidence => "evidence",
            Self::Waiver => "waiver",
            Self::Approval => "approval",
            Self::Finding => "finding",
            Self::Opinion => "opinion",
            Self::Deployment => "deployment",
            Self::Incident => "incident",
            Self::Task => "task",
            Self::Candidate => "candidate",
            Self::Proposal => "proposal",
            Self::Comment => "comment",
            Self::Judgement => "judgement",
        }
    }

    /// The name of all of them together, as folders and addresses have it.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Institution | Self::Tiers | Self::Gates | Self::Evidence => self.as_str(),
            Self::Person => "people",
            Self::Provider => "providers",
            Self::Contract => "contracts",
            Self::Model => "models",
            Self::Dataset => "datasets",
            Self::Use => "uses",
            Self::Activation => "activations",
            Self::Adoption => "adoptions",
            Self::Delegation => "delegations",
            Self::Waiver => "waivers",
            Self::Approval => "approvals",
            Self::Finding => "findings",
            Self::Opinion => "opinions",
            Self::Deployment => "deployments",
            Self::Incident => "incidents",
            Self::Task => "tasks",
            Self::Candidate => "candidates",
            Self::Proposal => "proposals",
            Self::Comment => "comments",
            Self::Judgement => "judgements",
        }
    }

    /// Whether there is one document of it at most.
    pub fn is_single(self) -> bool {
        matches!(self, Self::Institution | Self::Tiers | Self::Gates)
    }

    /// Whether a program makes its documents: nobody types one, and no file brings one.
    pub fn is_computed(self) -> bool {
        self == Self::Judgement
    }

    /// Whether its documents bear on every use, not on some.
    pub fn is_common(self) -> bool {
        self.is_single()
            || matches!(self, Self::Person | Self::Activation | Self::Adoption | Self::Delegation)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| DocumentError::Kind(text.to_owned()))
    }
}

/// Which document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Of what.
    pub kind: Kind,
    /// Its id; that of a kind of which there is one is the name of the kind.
    pub id: String,
}

impl Key {
    /// The key of a document.
    pub fn new(kind: Kind, id: impl fmt::Display) -> Self {
        Self { kind, id: id.to_string() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.kind, self.id)
    }
}

impl FromStr for Key {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let (kind, id) = text.split_once('/').ok_or_else(|| DocumentError::Kind(text.to_owned()))?;
        Ok(Self::new(kind.parse()?, id))
    }
}
