//! What waits for a person: tasks, proposals of others, shut gates, and what falls due.

use axum::Json;
use axum::extract::State;
use dualtrack_catalogue::Language;
use dualtrack_governance::{Board, Command, Due, Line, Officer, OpenFinding};
use dualtrack_inventory::{Document, Key, Kind, ProposalId};
use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde_json::Value;

use super::record::{Seeing, allowed, seen};
use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::who::Who;

/// What waits for a person.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Inbox {
    /// Tasks that are not done, the most urgent first.
    pub(crate) tasks: Vec<Value>,
    /// Proposals of others that this person could confirm.
    pub(crate) proposals: Vec<Value>,
    /// Findings whose turn is hers: to answer, of uses that she answers for; to close, of those that she raised.
    pub(crate) findings: Vec<FindingItem>,
    /// Uses one answers for whose gate is shut.
    pub(crate) blocked: Vec<String>,
    /// What falls due within 90 days: reviews, catch-up, findings, contracts, exit plans, competences, clocks of authorities,
    /// waivers, approvals, delegations.
    pub(crate) due: Vec<DueItem>,
}

/// A finding that waits for a person.
#[derive(Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FindingItem {
    /// By when it is put right; nothing where no day is set.
    pub(crate) due: Option<String>,
    /// Names it.
    pub(crate) id: String,
    /// The use.
    #[serde(rename = "use")]
    pub(crate) use_id: String,
    /// What was found.
    pub(crate) statement: String,
    /// Whether it is answered, and waits to be closed.
    pub(crate) answered: bool,
}

/// Something that falls due.
#[derive(Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DueItem {
    /// When.
    pub(crate) due: String,
    /// What, in English.
    pub(crate) what: String,
    /// What, in Chinese.
    pub(crate) what_zh: String,
    /// About which document.
    pub(crate) about: String,
}

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get(
        "/api/v1/inbox",
        "inbox",
        "What waits for the person who asks.",
        Needs::Action("view-inbox"),
        Answer::Json(schema_for!(Inbox)),
        inbox,
    )]
}

/// Whether a person could confirm a proposal, were she to sign in afresh for it.
async fn may_confirm(web: &Web, who: &Who, proposal: &ProposalId) -> bool {
    let officer = Officer { stepped_up: true, scopes: None, ..who.officer.clone() };
    let confirm = Command::ConfirmProposal { proposal: proposal.clone() };
    web.desk.may_act(&officer, &confirm, web.now()).await.is_ok()
}

async fn inbox(State(web): State<Web>, who: Who) -> Result<Json<Inbox>, Problem> {
    inbox_of(&web, &who).await.map(Json)
}

/// What waits for a person.
pub(crate) async fn inbox_of(web: &Web, who: &Who) -> Result<Inbox, Problem> {
    let refused = |refusal| Problem::of(&refusal);
    allowed(web, who, "view-inbox").await?;
    let person = who.officer.person.as_str();
    let now = web.now();
    let board = web.desk.board(now).await.map_err(refused)?;
    let mut seeing = Seeing::default();
    let mine = web.desk.tasks_of(&who.officer.person).await.map_err(refused)?;
    let mut tasks = Vec::new();
    for stored in mine {
        if let Some(Document::Task(task)) = &stored.document
            && task.assignee.as_str() == person
            && task.done.is_none()
            && seeing.may(web, who, &stored).await
        {
            tasks.push((task.due, Document::Task(task.clone()).value()));
        }
    }
    tasks.sort_by_key(|(due, _)| (due.is_none(), *due));
    let mut proposals = Vec::new();
    for stored in seen(web, who, Kind::Proposal).await? {
        if let Some(Document::Proposal(proposal)) = &stored.document
            && proposal.settled.is_none()
            && proposal.expires > now
            && proposal.by.as_str() != person
            && may_confirm(web, who, &proposal.id).await
        {
            proposals.push(Document::Proposal(proposal.clone()).value());
        }
    }
    let mine =
        || board.lines.values().filter(|line| line.owners.iter().any(|owner| owner.as_str() == person));
    let common = web.desk.common(now).await.map_err(refused)?;
    // Whoever answers for a use in an office that sees none is not told of it here either.
    let blocked = mine()
        .filter(|line| line.next.is_some_and(|next| !next.open))
        .filter(|line| web.desk.may_view(&common, &who.officer, line).is_ok())
        .map(|line| line.id.to_string());
    let is_mine = |line: &Line, finding: &OpenFinding| {
        if finding.answered {
            finding.by.as_str() == person
        } else {
            line.owners.iter().any(|owner| owner.as_str() == person)
        }
    };
    let lines = board.lines.values().flat_map(|line| line.findings.iter().map(move |found| (line, found)));
    let mut findings: Vec<FindingItem> = lines
        .filter(|(line, finding)| is_mine(line, finding))
        .filter(|(line, _)| web.desk.may_view(&common, &who.officer, line).is_ok())
        .map(|(line, finding)| FindingItem {
            due: finding.due.map(|day| day.to_string()),
            id: finding.id.to_string(),
            use_id: line.id.to_string(),
            statement: finding.statement.clone(),
            answered: finding.answered,
        })
        .collect();
    findings.sort_by(|one, other| (one.due.is_none(), one).cmp(&(other.due.is_none(), other)));
    let last = board.day.checked_add(jiff::Span::new().days(90)).unwrap_or(board.day);
    let clocks = web.desk.clocks_of(&who.officer.person, last, now).await.map_err(refused)?;
    let mut due = Vec::new();
    // Tasks are listed with all that they say.
    for clock in clocks.iter().filter(|clock| clock.what != Due::Task) {
        if may_see_about(web, who, &mut seeing, &board, &clock.about).await? {
            due.push(DueItem {
                due: clock.at.map_or_else(|| clock.day.to_string(), |at| at.to_string()),
                what: clock.text(Language::En),
                what_zh: clock.text(Language::ZhHant),
                about: clock.about.to_string(),
            });
        }
    }
    Ok(Inbox {
        tasks: tasks.into_iter().map(|(_, task)| task).collect(),
        proposals,
        findings,
        blocked: blocked.collect(),
        due,
    })
}

/// Whether the person may see what a clock is about, as on its page: that it is hers does not yet name her in it.
async fn may_see_about(
    web: &Web,
    who: &Who,
    seeing: &mut Seeing,
    board: &Board,
    about: &Key,
) -> Result<bool, Problem> {
    let refused = |refusal| Problem::of(&refusal);
    if let Some(line) =
        board.lines.values().find(|line| about.kind == Kind::Use && line.id.as_str() == about.id)
    {
        let common = web.desk.common(web.now()).await.map_err(refused)?;
        return Ok(web.desk.may_view(&common, &who.officer, line).is_ok());
    }
    seeing.may_today(web, who, about).await
}
