//! Which documents an action concerns, so that a decision sees these and no more.

use std::collections::BTreeSet;

use dualtrack_inventory::{Key, Kind};
use serde_json::Value;

use crate::command::Command;

/// What an action concerns.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Uses that are read with everything they stand on and everything about them.
    pub(crate) uses: BTreeSet<String>,
    /// Documents that are read alone; those about a use bring that use.
    pub(crate) keys: BTreeSet<Key>,
    /// Kinds of which every document is read.
    pub(crate) kinds: BTreeSet<Kind>,
    /// A person whose every part is read.
    pub(crate) person: Option<String>,
    /// The list whose uses are read with what is about each of them.
    pub(crate) list: Option<String>,
}

impl Scope {
    /// What an action concerns.
    pub(crate) fn of(command: &Command) -> Self {
        let mut scope = Self::default();
        match command {
            Command::FoundRecord { .. } => scope.kinds.extend(Kind::ALL),
            Command::Apply { documents, .. } => {
                let keys = documents.iter().filter_map(|given| key_of(&given.kind, &given.document));
                scope.keys.extend(keys);
                scope
                    .uses
                    .extend(scope.keys.iter().filter(|key| key.kind == Kind::Use).map(|key| key.id.clone()));
            }
            Command::RegisterUse { document, .. } | Command::ChangeUse { document, .. } => {
                scope.add_use(id_of(document));
            }
            Command::ChangeFoundation { given } | Command::ChangeRules { given } => {
                scope.keys.extend(key_of(&given.kind, &given.document));
            }
            Command::AddEvidence { documents, .. } | Command::RecordResults { documents, .. } => {
                for document in documents {
                    scope.keys.extend(key_of("evidence", document));
                    match about(document) {
                        Some(key) if key.kind == Kind::Use => _ = scope.uses.insert(key.id),
                        about => scope.keys.extend(about),
                    }
                }
            }
            Command::RecordChange { use_id, .. }
            | Command::ConfirmChange { use_id }
            | Command::ClaimValidation { use_id }
            | Command::Advance { use_id, .. }
            | Command::StepBack { use_id, .. }
            | Command::Retire { use_id, .. }
            | Command::Suspend { use_id, .. }
            | Command::Resume { use_id, .. }
            | Command::Approve { use_id, .. }
            | Command::ImportRecords { use_id, .. } => scope.add_use(Some(use_id.as_str())),
            Command::Waive { id, use_id, .. } => scope.both(use_id, Key::new(Kind::Waiver, id)),
            Command::Comment { id, use_id, .. } => scope.both(use_id, Key::new(Kind::Comment, id)),
            Command::Assign { uses, .. } => scope.uses.extend(uses.iter().map(ToString::to_string)),
            Command::Find { id, use_id, .. } => scope.both(use_id, Key::new(Kind::Finding, id)),
            Command::GiveOpinion { id, use_id, .. } => scope.both(use_id, Key::new(Kind::Opinion, id)),
            Command::Deploy { id, use_id, .. } => scope.both(use_id, Key::new(Kind::Deployment, id)),
            Command::AnswerFinding { finding, .. } | Command::CloseFinding { finding, .. } => {
                scope.add_key(Kind::Finding, finding);
            }
            Command::ReportRunning { deployment, .. } | Command::EndDeployment { deployment } => {
                scope.add_key(Kind::Deployment, deployment);
            }
            Command::OpenIncident { id, uses, .. } => {
                scope.add_key(Kind::Incident, id);
                scope.uses.extend(uses.iter().map(ToString::to_string));
            }
            Command::Contain { incident, deployment, .. } => {
                scope.add_key(Kind::Incident, incident);
                scope.keys.extend(deployment.iter().map(|id| Key::new(Kind::Deployment, id)));
            }
            Command::NoteIncident { incident, .. }
            | Command::LiftContainment { incident, .. }
            | Command::DecideNotification { incident, .. }
            | Command::CloseIncident { incident, .. } => scope.add_key(Kind::Incident, incident),
            Command::Leave { person, .. }
            | Command::CloseAccount { person }
            | Command::ErasePerson { person, .. } => scope.person = Some(person.to_string()),
            Command::GiveTask { id, use_id, .. } => {
                scope.add_key(Kind::Task, id);
                scope.add_use(use_id.as_ref().map(dualtrack_inventory::Id::as_str));
            }
            Command::FinishTask { task, .. } => scope.add_key(Kind::Task, task),
            Command::ImportPortfolio { uses, .. } => {
                let keys = uses.iter().filter_map(|imported| key_of("use", &imported.document));
                scope.keys.extend(keys);
            }
            Command::UndoImport { from } => {
                scope.kinds.insert(Kind::Use);
                scope.list = Some(from.trim().to_owned());
            }
            Command::AddCandidates { documents } => {
                scope.keys.extend(documents.iter().filter_map(|document| key_of("candidate", document)));
            }
            Command::DisposeCandidate { candidate, use_id, .. } => {
                scope.add_key(Kind::Candidate, candidate);
                scope.add_use(use_id.as_ref().map(dualtrack_inventory::Id::as_str));
            }
            Command::TryExit { contract, .. } => scope.add_key(Kind::Contract, contract),
            Command::ConfirmProposal { proposal } | Command::RejectProposal { proposal, .. } => {
                scope.add_key(Kind::Proposal, proposal);
            }
            // These concern what bears on every use, which is always in view.
            Command::Adopt { .. }
            | Command::InvitePerson { .. }
            | Command::ChangePerson { .. }
            | Command::OpenAccount { .. }
            | Command::ResetCredentials { .. }
            | Command::GrantRole { .. }
            | Command::RevokeRole { .. }
            | Command::Delegate { .. }
            | Command::RevokeDelegation { .. }
            | Command::ActivateGuideline { .. } => {}
        }
        scope
    }

    /// Joins what another action concerns.
    pub(crate) fn join(&mut self, other: Self) {
        self.uses.extend(other.uses);
        self.keys.extend(other.keys);
        self.kinds.extend(other.kinds);
        self.person = other.person.or_else(|| self.person.take());
        self.list = other.list.or_else(|| self.list.take());
    }

    fn add_use(&mut self, id: Option<&str>) {
        self.uses.extend(id.map(ToOwned::to_owned));
    }

    fn add_key(&mut self, kind: Kind, id: impl std::fmt::Display) {
        self.keys.insert(Key::new(kind, id));
    }

    fn both(&mut self, use_id: &dualtrack_inventory::UseId, key: Key) {
        self.uses.insert(use_id.to_string());
        self.keys.insert(key);
    }
}

/// What a piece of evidence is about, as far as that is a document of its own.
pub(crate) fn about(evidence: &Value) -> Option<Key> {
    let about = evidence.get("about")?;
    [Kind::Use, Kind::Model, Kind::Dataset, Kind::Provider]
        .into_iter()
        .find_map(|kind| Some(Key::new(kind, about.get(kind.as_str())?.as_str()?)))
}

fn id_of(document: &Value) -> Option<&str> {
    document.get("id").and_then(Value::as_str)
}

pub(crate) fn key_of(kind: &str, document: &Value) -> Option<Key> {
    let kind: Kind = kind.parse().ok()?;
    if kind.is_single() { Some(Key::new(kind, kind)) } else { Some(Key::new(kind, id_of(document)?)) }
}
