//! Who may do what here, and why not: the answers of the policies before anybody asks for anything.
//!
//! The same policies, and what bars a person computed in the same place. A fresh sign-in is taken for granted, since
//! anybody can make one; whoever then acts is asked again with everything that counts at that moment.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::Bilingual;
use dualtrack_inventory::{Barred, Key, Kind, Person, Role, Tier, UseId, barred_now, tier};
use jiff::Timestamp;

use crate::access::{action_of, allow, part_in, uses_of};
use crate::authority::{Access, Action, Authority, Circumstances, Request, Resource};
use crate::command::Command;
use crate::desk::{Desk, concerned};
use crate::officer::Officer;
use crate::reading::Whole;
use crate::refusal::Refusal;
use crate::view::View;

/// How far an office reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nowhere.
    Nowhere,
    /// Where the person has a part: owns or builds the use, is named by the thing, or acts for herself.
    OwnPart,
    /// Everywhere.
    Everywhere,
}

/// Whether a person may do something to a use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Power {
    /// What.
    pub action: Action,
    /// Why her offices and her part do not suffice; empty if they do.
    pub denied: Vec<Bilingual>,
    /// Whether what bars her forbids it, whatever her offices are.
    pub barred: bool,
}

impl Power {
    /// Whether she may.
    pub fn is_given(&self) -> bool {
        self.denied.is_empty() && !self.barred
    }
}

/// What a person may do to a use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Powers {
    /// What bars her from validating and approving.
    pub barred: Barred,
    /// Each action on a use, in the order in which uses move.
    pub powers: Vec<Power>,
}

/// What a refusal rests on: what it would have taken, and how whoever asked stands to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// Whom it takes, in words; nothing where that follows from what was proposed.
    pub takes: Option<Bilingual>,
    /// The offices that she holds.
    pub offices: BTreeSet<Role>,
    /// How she stands to each use that it concerns.
    pub uses: Vec<Standing>,
}

/// How a person stands to a use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which use.
    pub use_id: UseId,
    /// Its name.
    pub name: Bilingual,
    /// Her parts in it: `owner`, `builder`, `requester`, `validator`, `approver`.
    pub parts: Vec<&'static str>,
    /// What bars her from judging it.
    pub barred: Barred,
}

impl Desk {
    /// What a refusal rests on.
    pub async fn grounds(
        &self,
        officer: &Officer,
        command: &Command,
        now: Timestamp,
    ) -> Result<Grounds, Refusal> {
        let mut connection = self.store.read().await?;
        let common = self.common_in(&mut connection.reading(), now).await?;
        let documents = concerned(&mut connection.reading(), std::slice::from_ref(command)).await?;
        let view = View::new((&common, &self.product), &officer.person, now, documents);
        let settles = matches!(command, Command::ConfirmProposal { .. } | Command::RejectProposal { .. });
        let action = action_of(command).parse::<Action>().ok().filter(|_| !settles);
        let mut uses = Vec::new();
        for of in uses_of(&view, command) {
            let part = part_in(of, &officer.person);
            // Of a use that she may not see she is told nothing.
            let key = Key::new(Kind::Use, &of.id);
            if self.may(officer, "view-use", &key, part.is_related, now).await.is_err() {
                continue;
            }
            let parts = [
                (part.is_owner, "owner"),
                (part.is_builder, "builder"),
                (part.is_requester, "requester"),
                (part.is_validator_of_use, "validator"),
                (part.is_approver_of_use, "approver"),
            ];
            uses.push(Standing {
                use_id: of.id.clone(),
                name: of.name.clone(),
                parts: parts.into_iter().filter_map(|(has, part)| has.then_some(part)).collect(),
                barred: barred_now(view.inventory()?, of, &officer.person, view.day()),
            });
        }
        Ok(Grounds {
            takes: action.map(|action| self.authority.who(action)),
            offices: view.person(&officer.person).map(|person| person.roles.clone()).unwrap_or_default(),
            uses,
        })
    }

    /// Why somebody may not begin each of these, by the policies alone: what is asked for need not be whole, or possible as
    /// things stand. Nothing where she may.
    pub async fn may_begin(
        &self,
        officer: &Officer,
        commands: &[Command],
        now: Timestamp,
    ) -> Result<Vec<Option<Refusal>>, Refusal> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let mut connection = self.store.read().await?;
        let common = self.common_in(&mut connection.reading(), now).await?;
        let mut documents = BTreeMap::new();
        for (version, document) in concerned(&mut connection.reading(), commands).await? {
            documents.insert(document.key(), (version, document));
        }
        let documents: Vec<_> = documents.into_values().collect();
        let view = View::new((&common, &self.product), &officer.person, now, documents);
        let asked = commands.iter().map(|command| match allow(&self.authority, &view, officer, command) {
            Err(refusal @ Refusal::Denied { .. }) => Some(refusal),
            // What is wrong otherwise is said when it is filled in.
            Ok(()) | Err(_) => None,
        });
        Ok(asked.collect())
    }

    /// How far an office reaches with an action.
    pub fn reach(&self, role: Role, action: Action) -> Reach {
        reach(&self.authority, role, action)
    }

    /// Whom an action takes, in words.
    pub fn takes(&self, action: Action) -> Bilingual {
        let nobody = ask(&self.authority, ("", &[]), action, ("institution", "institution"), fresh());
        nobody.into_iter().next().unwrap_or_else(|| Bilingual { en: String::new(), zh_hant: String::new() })
    }

    /// What a person may do to a use that was read whole, by the offices that she holds today.
    pub fn powers(&self, person: &Person, whole: &Whole) -> Powers {
        let (inventory, of) = (&whole.inventory, &whole.of);
        let barred = barred_now(inventory, of, &person.id, whole.day);
        let circumstances = Circumstances {
            stepped_up: true,
            is_run: true,
            barred_from_validating: !barred.from_validating.is_empty(),
            barred_from_approving: !barred.from_approving.is_empty(),
            is_author: of.changes.last().is_some_and(|change| change.by == person.id),
            high_tier: tier(inventory, of, whole.day, inventory.tiers()).tier == Tier::High,
            ..part_in(of, &person.id)
        };
        let roles: Vec<&str> = person.roles.iter().map(|role| role.as_str()).collect();
        let powers = ON_A_USE.map(|action| {
            // What was changed last is nobody's own but where a change is confirmed.
            let is_author = circumstances.is_author && action == Action::ConfirmChange;
            let with_bars = Circumstances { is_author, ..circumstances };
            let without =
                Circumstances { barred_from_validating: false, barred_from_approving: false, ..with_bars };
            let asks = |circumstances| {
                let who = (person.id.as_str(), roles.as_slice());
                ask(&self.authority, who, action, ("use", of.id.as_str()), circumstances)
            };
            // A bar speaks to whoever asks; here it is told of somebody, from what bars her.
            let denied = asks(without);
            let barred = asks(with_bars) != denied;
            Power { action, denied, barred }
        });
        Powers { barred, powers: powers.to_vec() }
    }
}

fn reach(authority: &Authority, role: Role, action: Action) -> Reach {
    let may = |circumstances| {
        let institution = ("institution", "institution");
        ask(authority, ("somebody", &[role.as_str()]), action, institution, circumstances).is_empty()
    };
    let own = [
        Circumstances { is_owner: true, is_related: true, ..fresh() },
        Circumstances { is_builder: true, is_related: true, ..fresh() },
        Circumstances { is_self: true, ..fresh() },
    ];
    if may(fresh()) {
        Reach::Everywhere
    } else if own.into_iter().any(may) {
        Reach::OwnPart
    } else {
        Reach::Nowhere
    }
}

/// Why somebody may not do something; nothing if she may.
fn ask(
    authority: &Authority,
    (person, roles): (&str, &[&str]),
    action: Action,
    (kind, id): (&str, &str),
    circumstances: Circumstances,
) -> Vec<Bilingual> {
    let roles = roles.iter().copied().collect();
    let resource = Resource { kind, id };
    let request = Request { person, roles: &roles, scopes: None, action, resource, circumstances };
    match authority.decide(&request) {
        Access::Allowed => Vec::new(),
        Access::Denied(denial) => denial.words(),
    }
}

fn fresh() -> Circumstances {
    Circumstances { stepped_up: true, is_run: true, ..Circumstances::default() }
}

/// What is done to a use, in the order in which uses move.
const ON_A_USE: [Action; 19] = [
    Action::Validate,
    Action::Find,
    Action::CloseFinding,
    Action::Approve,
    Action::Waive,
    Action::ConfirmProposal,
    Action::ConfirmChange,
    Action::ChangeUse,
    Action::AddEvidence,
    Action::RecordResults,
    Action::AnswerFinding,
    Action::Advance,
    Action::Deploy,
    Action::ReportRunning,
    Action::Suspend,
    Action::Resume,
    Action::Contain,
    Action::CloseIncident,
    Action::Retire,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_reaches_as_far_as_the_policies_let_it() {
        let authority = Authority::load().unwrap();
        assert_eq!(reach(&authority, Role::RiskOfficer, Action::Approve), Reach::Everywhere);
        assert_eq!(reach(&authority, Role::BusinessOwner, Action::Advance), Reach::OwnPart);
        assert_eq!(reach(&authority, Role::Developer, Action::ManageTokens), Reach::OwnPart);
        assert_eq!(reach(&authority, Role::Administrator, Action::Approve), Reach::Nowhere);
        assert_eq!(reach(&authority, Role::Supervisor, Action::ChangeUse), Reach::Nowhere);
    }
}
