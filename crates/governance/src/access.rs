//! From an action to the question that policies answer: which action, on what, under which circumstances.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_inventory::{Bar, Document, Key, Kind, PersonId, Proposal, Tier, Use, barred, barred_now};

use crate::authority::{Access, Action, Authority, Circumstances, Request, Resource};
use crate::command::{Command, Given};
use crate::decide::{binds_otherwise, command_of, computed, read_given};
use crate::officer::Officer;
use crate::refusal::Refusal;
use crate::scope::{about, key_of};
use crate::view::View;

/// Asks whether somebody may do something, and refuses with the reasons if not.
pub(crate) fn allow(
    authority: &Authority,
    view: &View<'_>,
    officer: &Officer,
    command: &Command,
) -> Result<(), Refusal> {
    // What is on record as it is handed in is not changed, so it takes nothing.
    let differing = match command {
        Command::Apply { documents, .. } => Some(Command::Apply {
            documents: documents.iter().filter(|given| differs(view, given)).cloned().collect(),
            versions: BTreeMap::new(),
        }),
        _ => None,
    };
    let command = differing.as_ref().unwrap_or(command);
    let asked = match command {
        Command::ConfirmProposal { proposal } | Command::RejectProposal { proposal, .. } => {
            return of_proposal(authority, view, officer, view.proposal(proposal)?, command);
        }
        Command::Apply { documents, .. } => {
            let mut asked: BTreeSet<&str> =
                documents.iter().map(|given| applied(view, given)).collect::<Result<_, _>>()?;
            if asked.is_empty() {
                // That nothing differs is told to whoever may see it.
                asked.insert("view-record");
            }
            asked.into_iter().collect()
        }
        command => vec![action_of(command)],
    };
    let of_use = uses_of(view, command);
    for name in asked {
        let mut circumstances = circumstances(view, officer, command, &of_use)?;
        if let (Command::Apply { documents, .. }, "add-evidence") = (command, name) {
            circumstances.is_related = brings_of_her_own(view, documents, &officer.person);
        }
        let resource = of_use
            .first()
            .map_or_else(|| Key::new(Kind::Institution, Kind::Institution), |of| Key::new(Kind::Use, &of.id));
        let roles = offices(view, officer, command);
        decide_for(authority, &roles, officer, name, &resource, circumstances)?;
    }
    Ok(())
}

/// Whether all evidence among documents is about what names a person on record, or about a use that she brings with it:
/// whoever registers a use is one of those who ask for it.
fn brings_of_her_own(view: &View<'_>, documents: &[Given], who: &PersonId) -> bool {
    let is_brought = |key: &Key| {
        key.kind == Kind::Use
            && view.document(key).is_none()
            && documents.iter().any(|given| key_of(&given.kind, &given.document).as_ref() == Some(key))
    };
    let mut evidence = documents.iter().filter(|given| given.kind == Kind::Evidence.as_str());
    evidence.all(|given| about(&given.document).is_some_and(|key| names(view, &key, who) || is_brought(&key)))
}

/// Whether a document differs from what is on record; one that cannot be read does.
fn differs(view: &View<'_>, given: &Given) -> bool {
    let Ok(document) = read_given(given) else { return true };
    view.document(&document.key()).is_none_or(|there| !there.is_as_given(&document))
}

/// The offices that a person holds, and those in which she stands in for the person she names.
fn offices<'v>(view: &'v View<'_>, officer: &Officer, command: &Command) -> BTreeSet<&'v str> {
    let mut roles: BTreeSet<&str> = match view.document(&Key::new(Kind::Person, &officer.person)) {
        Some(Document::Person(person)) => person.roles.iter().map(|role| role.as_str()).collect(),
        _ => BTreeSet::new(),
    };
    if let Command::Approve { on_behalf_of: Some(of), .. } = command {
        for document in view.of_kind(Kind::Delegation) {
            if let Document::Delegation(delegation) = document
                && delegation.from == *of
                && delegation.to == officer.person
                && delegation.counts_on(view.day())
            {
                roles.extend(delegation.roles.iter().map(|role| role.as_str()));
            }
        }
    }
    roles
}

/// What it takes to settle a proposal follows from what was proposed.
fn of_proposal(
    authority: &Authority,
    view: &View<'_>,
    officer: &Officer,
    proposal: &Proposal,
    command: &Command,
) -> Result<(), Refusal> {
    let takes_back = matches!(command, Command::RejectProposal { .. }) && proposal.by == officer.person;
    if takes_back {
        let within = officer.scopes.as_ref().is_none_or(|scopes| scopes.contains("confirm-proposal"));
        return if within {
            Ok(())
        } else {
            Err(Refusal::not(
                "the token is not good for `confirm-proposal`, which taking back needs as well",
                "此權杖不適用於 `confirm-proposal`；收回提議亦須有此權限",
            ))
        };
    }
    let inner = command_of(proposal)?;
    let name = match inner {
        Command::GrantRole { .. } | Command::ResetCredentials { .. } => "confirm-grant",
        // Of what is applied from files only other licences take two.
        Command::ChangeRules { .. } | Command::ActivateGuideline { .. } | Command::Apply { .. } => {
            "confirm-rules"
        }
        _ => "confirm-proposal",
    };
    if matches!(command, Command::ConfirmProposal { .. }) {
        // Whoever proposed it must still be allowed to: an office may have been lost meanwhile.
        let by = Officer {
            person: proposal.by.clone(),
            stepped_up: true,
            scopes: None,
            runs_checks: false,
            language: officer.language,
        };
        allow(authority, &view.as_seen_by(&proposal.by), &by, &inner)?;
    }
    let of_use = uses_of(view, &inner);
    let mut circumstances = circumstances(view, officer, &inner, &of_use)?;
    // Who stands in for another, and the other, are not two.
    let stands_in = view.of_kind(Kind::Delegation).any(|document| {
        matches!(document, Document::Delegation(delegation) if delegation.counts_on(view.day())
            && ((&delegation.from, &delegation.to) == (&proposal.by, &officer.person)
                || (&delegation.to, &delegation.from) == (&proposal.by, &officer.person)))
    });
    let gains = matches!(&inner, Command::Delegate { to, .. } if *to == officer.person);
    circumstances.is_author = proposal.by == officer.person || stands_in || gains;
    let roles = offices(view, officer, command);
    decide_for(authority, &roles, officer, name, &Key::new(Kind::Proposal, &proposal.id), circumstances)
}

/// Asks whether somebody with these offices may do something named, on a document.
pub(crate) fn decide_for(
    authority: &Authority,
    roles: &BTreeSet<&str>,
    officer: &Officer,
    name: &str,
    resource: &Key,
    circumstances: Circumstances,
) -> Result<(), Refusal> {
    let action: Action = name
        .parse()
        .map_err(|_| Refusal::wrong(format!("`{name}` is no action"), format!("沒有名為 `{name}` 的操作")))?;
    let scopes: Option<BTreeSet<Action>> =
        officer.scopes.as_ref().map(|scopes| scopes.iter().filter_map(|scope| scope.parse().ok()).collect());
    let request = Request {
        person: officer.person.as_str(),
        roles,
        scopes: scopes.as_ref(),
        action,
        resource: Resource { kind: resource.kind.as_str(), id: &resource.id },
        circumstances,
    };
    match authority.decide(&request) {
        Access::Allowed => Ok(()),
        Access::Denied(denial) => Err(Refusal::Denied { reasons: denial.words() }),
    }
}

/// The part of a person in a use, and what bars her.
fn circumstances(
    view: &View<'_>,
    officer: &Officer,
    command: &Command,
    uses: &[&Use],
) -> Result<Circumstances, Refusal> {
    let who = &officer.person;
    let mut found = Circumstances {
        stepped_up: officer.stepped_up,
        is_run: officer.runs_checks,
        is_pipeline: officer.scopes.as_ref().is_some_and(|scopes| scopes.contains("record-results")),
        ..Circumstances::default()
    };
    // What is asked of several uses is asked of each: a part in one is none in the others, a bar in one bars.
    for (position, of) in uses.iter().enumerate() {
        let part = part_in(of, who);
        if position == 0 {
            found.is_owner = part.is_owner;
            found.is_builder = part.is_builder;
            found.is_requester = part.is_requester;
            found.is_validator_of_use = part.is_validator_of_use;
            found.is_approver_of_use = part.is_approver_of_use;
        } else {
            found.is_owner &= part.is_owner;
            found.is_builder &= part.is_builder;
            found.is_requester &= part.is_requester;
            found.is_validator_of_use &= part.is_validator_of_use;
            found.is_approver_of_use &= part.is_approver_of_use;
        }
        let (barred, tier) = view.standing(of, who)?;
        found.barred_from_validating |= !barred.from_validating.is_empty();
        found.barred_from_approving |= !barred.from_approving.is_empty();
        found.is_judged |= barred.from_approving.iter().any(|bar| {
            matches!(
                bar,
                Bar::Owner | Bar::Builder | Bar::Requester | Bar::Formerly | Bar::ModelBuilder { .. }
            )
        });
        found.high_tier |= tier == Tier::High;
    }
    found.is_related = found.is_owner
        || found.is_builder
        || found.is_requester
        || found.is_validator_of_use
        || found.is_approver_of_use;
    match command {
        // What bars at the stage that is approved bars, also where that lies further ahead; and with whoever one stands
        // in for come all that bars them.
        Command::Approve { stage, on_behalf_of, .. } => {
            for (of, person) in uses.iter().flat_map(|of| {
                [Some(who), on_behalf_of.as_ref()].into_iter().flatten().map(move |person| (of, person))
            }) {
                let inventory = view.inventory()?;
                let now = barred_now(inventory, of, person, view.day());
                let then = barred(inventory, of, *stage, person, view.day());
                found.barred_from_approving |=
                    !now.from_approving.is_empty() || !then.from_approving.is_empty();
            }
        }
        Command::GrantRole { person, role } | Command::RevokeRole { person, role } => {
            found.is_self = person == who;
            found.protected_role = role.is_protected();
        }
        Command::Leave { person, .. }
        | Command::OpenAccount { person, .. }
        | Command::ResetCredentials { person }
        | Command::CloseAccount { person }
        | Command::ErasePerson { person, .. } => found.is_self = person == who,
        Command::Delegate { .. } => found.is_self = true,
        Command::RevokeDelegation { delegation } => found.is_self = view.delegation(delegation)?.from == *who,
        Command::ChangePerson { document } => {
            found.is_self = document.get("id").and_then(serde_json::Value::as_str) == Some(who.as_str());
        }
        Command::ChangeFoundation { given } => {
            let key = key_of(&given.kind, &given.document);
            found.is_related = key.is_some_and(|key| names(view, &key, who));
        }
        Command::TryExit { contract, .. } => {
            found.is_related = names(view, &Key::new(Kind::Contract, contract), who);
        }
        // A part in what one piece is about is none in what another is about.
        Command::AddEvidence { documents, .. } | Command::RecordResults { documents, .. } => {
            let mut about = documents.iter().map(about);
            found.is_related =
                !documents.is_empty() && about.all(|about| about.is_some_and(|key| names(view, &key, who)));
        }
        Command::FinishTask { task, .. } => {
            if let Some(Document::Task(task)) = view.document(&Key::new(Kind::Task, task)) {
                found.is_related |= task.assignee == *who;
                found.is_author = task.by == *who;
            }
        }
        Command::ConfirmChange { use_id } => {
            found.is_author = view.of_use(use_id)?.changes.last().is_some_and(|change| change.by == *who);
        }
        _ => {}
    }
    Ok(found)
}

/// Whether a document that is on record names a person. What is handed in says nothing of that.
fn names(view: &View<'_>, key: &Key, who: &PersonId) -> bool {
    view.document(key).is_some_and(|document| {
        let mut links = document.links().into_iter().map(|(_, key)| key);
        links.any(|named| named.kind == Kind::Person && named.id == who.as_str())
    })
}

/// The part of a person in a use.
pub(crate) fn part_in(of: &Use, who: &PersonId) -> Circumstances {
    let people = &of.people;
    let mut part = Circumstances {
        is_owner: people.owners.contains(who),
        is_builder: people.builders.contains(who),
        is_requester: people.requesters.contains(who),
        is_validator_of_use: people.validators.contains(who),
        is_approver_of_use: people.approvers.contains(who),
        ..Circumstances::default()
    };
    part.is_related = part.is_owner
        || part.is_builder
        || part.is_requester
        || part.is_validator_of_use
        || part.is_approver_of_use;
    part
}

/// The uses that an action concerns and that are on record.
pub(crate) fn uses_of<'v>(view: &'v View<'_>, command: &Command) -> Vec<&'v Use> {
    let mut uses: Vec<&Use> = Vec::new();
    let mut add = |of: Option<&'v Use>| {
        if let Some(of) = of.filter(|of| !uses.iter().any(|there| there.id == of.id)) {
            uses.push(of);
        }
    };
    let scope = crate::scope::Scope::of(command);
    for id in &scope.uses {
        add(use_of(view, id));
    }
    for key in &scope.keys {
        match view.document(key) {
            Some(Document::Finding(finding)) => add(use_of(view, finding.use_id.as_str())),
            Some(Document::Deployment(deployment)) => add(use_of(view, deployment.use_id.as_str())),
            Some(Document::Incident(incident)) => {
                for id in &incident.uses {
                    add(use_of(view, id.as_str()));
                }
            }
            Some(Document::Task(task)) => {
                add(task.use_id.as_ref().and_then(|id| use_of(view, id.as_str())));
            }
            _ => {}
        }
    }
    uses
}

fn use_of<'v>(view: &'v View<'_>, id: &str) -> Option<&'v Use> {
    match view.document(&Key::new(Kind::Use, id)) {
        Some(Document::Use(of)) => Some(of),
        _ => None,
    }
}

/// The name by which policies know an action.
pub(crate) fn action_of(command: &Command) -> &'static str {
    match command {
        Command::FoundRecord { .. } => "found-record",
        Command::Apply { .. }
        | Command::ChangeUse { .. }
        | Command::RecordChange { .. }
        | Command::Assign { .. } => "change-use",
        Command::RegisterUse { .. } => "register-use",
        Command::ChangeFoundation { .. } | Command::TryExit { .. } => "change-foundation",
        Command::AddEvidence { .. } => "add-evidence",
        Command::RecordResults { .. } => "record-results",
        Command::ConfirmChange { .. } => "confirm-change",
        Command::Advance { .. } | Command::StepBack { .. } => "advance",
        Command::Retire { .. } => "retire",
        Command::Suspend { .. } => "suspend",
        Command::Resume { .. } => "resume",
        Command::Approve { .. } => "approve",
        Command::Waive { .. } => "waive",
        Command::Adopt { .. } => "adopt",
        Command::Deploy { .. } | Command::EndDeployment { .. } => "deploy",
        Command::ReportRunning { .. } => "report-running",
        Command::Find { .. } => "find",
        Command::AnswerFinding { .. } => "answer-finding",
        Command::CloseFinding { .. } => "close-finding",
        Command::ClaimValidation { .. } | Command::GiveOpinion { .. } => "validate",
        Command::OpenIncident { .. } | Command::NoteIncident { .. } => "open-incident",
        Command::Contain { .. } | Command::LiftContainment { .. } => "contain",
        Command::DecideNotification { .. } => "decide-notification",
        Command::CloseIncident { .. } => "close-incident",
        Command::InvitePerson { .. } | Command::ChangePerson { .. } | Command::OpenAccount { .. } => {
            "invite-person"
        }
        Command::ResetCredentials { .. } => "reset-credentials",
        Command::GrantRole { .. } | Command::RevokeRole { .. } => "grant-role",
        Command::Leave { .. } | Command::CloseAccount { .. } => "close-account",
        Command::Delegate { .. } | Command::RevokeDelegation { .. } => "delegate",
        Command::ErasePerson { .. } => "erase-person",
        Command::ChangeRules { .. } | Command::ActivateGuideline { .. } => "change-rules",
        Command::GiveTask { .. } | Command::FinishTask { .. } => "manage-tasks",
        Command::Comment { .. } => "comment",
        Command::ImportPortfolio { .. } | Command::UndoImport { .. } => "import-portfolio",
        Command::ImportRecords { .. } => "import-records",
        Command::AddCandidates { .. } | Command::DisposeCandidate { .. } => "dispose-candidate",
        Command::ConfirmProposal { .. } | Command::RejectProposal { .. } => "confirm-proposal",
    }
}

/// The scope that a token needs for an action that changes the record, by the names of both; as `action_of` has it.
///
/// Of `apply` each document needs its own, and a proposal takes a person: of these it is the least.
pub fn scope_of(action: &str) -> &str {
    match action {
        "apply" | "record-change" | "assign" => "change-use",
        "try-exit" => "change-foundation",
        "step-back" => "advance",
        "end-deployment" => "deploy",
        "claim-validation" | "give-opinion" => "validate",
        "note-incident" => "open-incident",
        "lift-containment" => "contain",
        "change-person" | "open-account" => "invite-person",
        "revoke-role" => "grant-role",
        "leave" => "close-account",
        "revoke-delegation" => "delegate",
        "activate-guideline" => "change-rules",
        "give-task" | "finish-task" => "manage-tasks",
        "undo-import" => "import-portfolio",
        "add-candidates" => "dispose-candidate",
        "reject-proposal" => "confirm-proposal",
        named => named,
    }
}

/// What it takes to apply a document of a kind.
fn applied(view: &View<'_>, given: &Given) -> Result<&'static str, Refusal> {
    let kind: Kind = given.kind.parse().map_err(Refusal::unread)?;
    let id = given.document.get("id").and_then(serde_json::Value::as_str).unwrap_or_default();
    if kind.is_computed() {
        return Err(computed(kind));
    }
    Ok(match kind {
        Kind::Use if view.document(&Key::new(kind, id)).is_none() => "register-use",
        Kind::Institution => match (view.document(&Key::new(kind, kind)), read_given(given)) {
            (Some(Document::Institution(before)), Ok(Document::Institution(after)))
                if binds_otherwise(before, &after) =>
            {
                "change-rules"
            }
            _ => "change-settings",
        },
        Kind::Tiers | Kind::Gates | Kind::Activation => "change-rules",
        Kind::Person => "invite-person",
        Kind::Provider | Kind::Contract | Kind::Model | Kind::Dataset => "change-foundation",
        Kind::Evidence => "add-evidence",
        Kind::Adoption => "adopt",
        Kind::Use
        | Kind::Delegation
        | Kind::Waiver
        | Kind::Approval
        | Kind::Finding
        | Kind::Opinion
        | Kind::Deployment
        | Kind::Incident
        | Kind::Task
        | Kind::Candidate
        | Kind::Proposal
        | Kind::Comment
        | Kind::Judgement => "change-use",
    })
}
