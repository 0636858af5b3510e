//! What takes two people: one proposes, another confirms. What is confirmed is decided anew, on the day of the second.

use dualtrack_inventory::{Document, Proposal, ProposalId, ProposalSchema, Settlement};
use jiff::SignedDuration;

use crate::command::Command;
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// A proposal in the place of what takes a second person.
pub(crate) fn proposal(view: &View<'_>, command: &Command) -> Result<Proposal, Refusal> {
    let action = serde_json::to_value(command).map_err(Refusal::broken)?;
    let id = format!("{}-{}", command.name(), random()?);
    Ok(Proposal {
        schema: ProposalSchema::V1,
        id: ProposalId::parse(&id).map_err(Refusal::broken)?,
        action,
        version: command.target().map(|key| view.version(&key)),
        by: view.who.clone(),
        at: view.now,
        expires: view.now.checked_add(GOOD_FOR).map_err(Refusal::broken)?,
        settled: None,
    })
}

/// What makes an id its own.
pub(super) fn random() -> Result<String, Refusal> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(Refusal::broken)?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}

/// The action of a proposal that can still be confirmed.
pub(crate) fn proposed(view: &View<'_>, id: &ProposalId) -> Result<Command, Refusal> {
    let proposal = view.proposal(id)?;
    if let Some(settled) = &proposal.settled {
        return Err(Refusal::not(
            format!(
                "it was {} by `{}`",
                if settled.confirmed { "confirmed" } else { "rejected" },
                settled.by
            ),
            format!("「{}」已作{}", settled.by, if settled.confirmed { "確認" } else { "否決" }),
        ));
    }
    if proposal.expires < view.now {
        return Err(Refusal::not("it waited too long; propose it again", "此提議已過期；請重新提出"));
    }
    let command = command_of(proposal)?;
    match (command.target(), proposal.version) {
        (Some(key), Some(seen)) if view.version(&key) != seen => Err(Refusal::not(
            format!("`{key}` was changed since it was proposed; propose it again"),
            format!("「{key}」在提議後已有更改；請重新提出"),
        )),
        _ => Ok(command),
    }
}

/// What a proposal proposes. One of an older program may say it in words that are gone.
pub(crate) fn command_of(proposal: &Proposal) -> Result<Command, Refusal> {
    serde_json::from_value(proposal.action.clone()).map_err(|error| {
        Refusal::not(
            format!("the proposal cannot be read by this program ({error}); propose it again"),
            format!("本程式未能讀取此提議（{error}）；請重新提出"),
        )
    })
}

impl Decision {
    /// The decision of a proposal, with the proposal settled and the second person where the document names one.
    pub(crate) fn confirmed(mut self, view: &View<'_>, id: &ProposalId) -> Result<Self, Refusal> {
        let proposal = view.proposal(id)?;
        if proposal.by == *view.who {
            return Err(Refusal::not("nobody confirms what they proposed", "任何人不得確認自己的提議"));
        }
        for document in &mut self.puts {
            match document {
                Document::Waiver(waiver) => waiver.second = view.who.clone(),
                Document::Incident(incident) => {
                    // Whoever agrees that one is lifted agreed to none of those before.
                    let before = view.incident(&incident.id)?.containments.len();
                    for containment in incident.containments.iter_mut().skip(before) {
                        containment.second = Some(view.who.clone());
                    }
                }
                _ => {}
            }
        }
        self.needs_second = false;
        self.puts.push(settled(view, id, true, None)?);
        Ok(self)
    }

    /// A proposal that is refused or taken back.
    pub(crate) fn rejected(view: &View<'_>, id: &ProposalId, because: &str) -> Result<Self, Refusal> {
        proposed(view, id)?;
        let because = super::words("because", because)?;
        Ok(Self::put([settled(view, id, false, Some(because))?]))
    }
}

fn settled(
    view: &View<'_>,
    id: &ProposalId,
    confirmed: bool,
    because: Option<String>,
) -> Result<Document, Refusal> {
    let proposal = view.proposal(id)?;
    let settled = Some(Settlement { confirmed, by: view.who.clone(), at: view.now, because });
    Ok(Document::Proposal(Box::new(Proposal { settled, ..proposal.clone() })))
}

/// How long a proposal can be confirmed.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);
