//! What each action comes to: pure functions from what is in view to the documents as they will be.

mod assigned;
mod challenge;
mod evidence;
mod folder;
mod gates;
mod incidents;
mod people;
mod proposals;
mod rules;
mod uses;
mod work;

use dualtrack_inventory::{Document, Kind};
use serde_json::Value;

use crate::command::{Command, Given};
use crate::refusal::Refusal;
use crate::view::{Decision, View};

pub(crate) use folder::binds_otherwise;
pub(crate) use proposals::{command_of, proposal, proposed};

/// Decides what an action comes to.
pub(crate) fn decide(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    match command {
        Command::FoundRecord { documents } => folder::found(view, documents),
        Command::Apply { documents, versions } => folder::apply(view, documents, versions),
        Command::RegisterUse { document, digests } => uses::register(view, document, digests),
        Command::ChangeUse { document, digests } => uses::change(view, document, digests),
        Command::ChangeFoundation { given } => uses::change_foundation(view, given),
        Command::AddEvidence { documents, digests } => evidence::add(view, documents, digests),
        Command::RecordResults { documents, digests } => evidence::record_results(view, documents, digests),
        Command::RecordChange { use_id, parts, because, plan, tests } => {
            uses::record_change(view, use_id, parts, because, plan.as_ref(), tests)
        }
        Command::ConfirmChange { use_id } => uses::confirm_change(view, use_id),
        Command::Advance { use_id, to } => gates::advance(view, use_id, *to),
        Command::StepBack { use_id, to, because } => gates::step_back(view, use_id, *to, because),
        Command::Retire { use_id, because } => gates::retire(view, use_id, because),
        Command::Suspend { use_id, because } => gates::suspend(view, use_id, because),
        Command::Resume { use_id, because } => gates::resume(view, use_id, because),
        Command::Approve { .. } => gates::approve(view, command),
        Command::Waive { .. } => gates::waive(view, command),
        Command::Adopt { document } => rules::adopt(view, document),
        Command::Deploy { id, use_id, mode } => gates::deploy(view, id, use_id, *mode),
        Command::ReportRunning { deployment, parts } => gates::report_running(view, deployment, parts),
        Command::EndDeployment { deployment } => gates::end_deployment(view, deployment),
        Command::Assign { uses, part, person, instead_of } => {
            assigned::assign(view, uses, *part, person, instead_of.as_ref())
        }
        Command::Comment { .. } => work::comment(view, command),
        Command::ClaimValidation { use_id } => challenge::claim(view, use_id),
        Command::Find { .. } => challenge::find(view, command),
        Command::AnswerFinding { finding, answer } => challenge::answer(view, finding, answer),
        Command::CloseFinding { finding, because } => challenge::close(view, finding, because),
        Command::GiveOpinion { .. } => challenge::opine(view, command),
        Command::OpenIncident { .. } => incidents::open(view, command),
        Command::NoteIncident { incident, what, affected } => {
            incidents::note(view, incident, what, *affected)
        }
        Command::Contain { incident, measure, deployment, because } => {
            incidents::contain(view, incident, *measure, deployment.as_ref(), because)
        }
        Command::LiftContainment { incident, measure, deployment, because } => {
            incidents::lift(view, incident, (*measure, deployment.as_ref()), because)
        }
        Command::DecideNotification { incident, authority, notify, because } => {
            incidents::decide_notification(view, incident, authority, *notify, because)
        }
        Command::CloseIncident { incident, because } => incidents::close(view, incident, because),
        Command::InvitePerson { document } => people::invite(view, document),
        Command::ChangePerson { document } => people::change(view, document),
        Command::GrantRole { person, role } => people::grant(view, person, *role),
        Command::RevokeRole { person, role } => people::revoke(view, person, *role),
        Command::OpenAccount { person, name, .. } => people::open_account(view, person, name),
        Command::ResetCredentials { person } => people::reset_credentials(view, person),
        Command::CloseAccount { person } => people::close_account(view, person),
        Command::Leave { person, successor } => people::leave(view, person, successor.as_ref()),
        Command::Delegate { .. } => people::delegate(view, command),
        Command::RevokeDelegation { delegation } => people::revoke_delegation(view, delegation),
        Command::ErasePerson { person, rule } => people::erase(view, person, rule),
        Command::ChangeRules { given } => rules::change(view, given),
        Command::ActivateGuideline { .. } => rules::activate(view, command),
        Command::GiveTask { .. } => work::give(view, command),
        Command::FinishTask { task, because } => work::finish(view, task, because),
        Command::ImportPortfolio { from, uses } => work::import(view, from, uses),
        Command::UndoImport { from } => work::undo_import(view, from),
        Command::ImportRecords { .. } => work::import_records(view, command),
        Command::AddCandidates { documents } => work::add_candidates(view, documents),
        Command::DisposeCandidate { candidate, use_id, because } => {
            work::dispose(view, candidate, use_id.as_ref(), because)
        }
        Command::TryExit { contract, next_trial } => uses::try_exit(view, contract, *next_trial),
        Command::ConfirmProposal { .. } | Command::RejectProposal { .. } => Err(Refusal::wrong(
            "a proposal is settled by itself, not as part of another",
            "提議須單獨處理，不得夾附於另一提議之內",
        )),
    }
}

/// Reads a document that was handed in.
fn read(
    kind: Kind,
    value: &Value,
    digests: &std::collections::BTreeMap<String, dualtrack_catalogue::Digest>,
) -> Result<Document, Refusal> {
    Document::read(kind, value, digests.clone()).map_err(Refusal::unread)
}

/// Reads a document of any kind that was handed in.
pub(crate) fn read_given(given: &Given) -> Result<Document, Refusal> {
    let kind: Kind = given.kind.parse().map_err(Refusal::unread)?;
    if kind.is_computed() {
        return Err(computed(kind));
    }
    read(kind, &given.document, &given.digests)
}

/// Refuses a document that nobody hands in.
pub(crate) fn computed(kind: Kind) -> Refusal {
    Refusal::wrong(
        format!("{kind}: a program makes it, and no file brings it; leave it out"),
        format!("{kind}：由程式產生，不由檔案帶入；請略去"),
    )
}

/// Refuses a text that is empty or longer than anybody reads.
fn words(field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::wrong(
            format!("field `{field}` is empty; say why in a sentence"),
            format!("欄位 `{field}`：未有填寫；請以一句話說明"),
        ));
    }
    if text.len() > LONGEST_WORDS {
        let bytes = text.len();
        return Err(Refusal::wrong(
            format!("field `{field}` has {bytes} bytes; at most {LONGEST_WORDS} are kept"),
            format!("欄位 `{field}`：共{bytes}位元組；上限為{LONGEST_WORDS}，請縮短"),
        ));
    }
    Ok(text.to_owned())
}

const LONGEST_WORDS: usize = 20_000;
