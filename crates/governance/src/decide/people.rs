//! People: who joins, what offices they hold, who stands in for them, and what happens when they leave.

use std::collections::BTreeSet;

use dualtrack_inventory::{
    Contract, Delegation, DelegationId, DelegationSchema, Document, Key, Kind, Person, PersonId, Role, Task,
    Use, UsePeople,
};
use serde_json::{Value, json};

use super::{read, words};
use crate::command::Command;
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Adds a person, with offices that need no second person.
pub(super) fn invite(view: &View<'_>, document: &Value) -> Result<Decision, Refusal> {
    let person = person(document)?;
    view.must_be_new(&Key::new(Kind::Person, &person.id))?;
    if let Some(role) = person.roles.iter().find(|role| role.is_protected()) {
        return Err(Refusal::not(
            format!("`{}` takes a second person: invite first, then grant it", role.as_str()),
            format!("授予「{}」須由第二人確認：請先邀請，再授予", role.as_str()),
        ));
    }
    Ok(Decision::put([Document::Person(person)]))
}

/// Changes what a person is called or trained in.
pub(super) fn change(view: &View<'_>, document: &Value) -> Result<Decision, Refusal> {
    let person = person(document)?;
    let roles = view.person(&person.id)?.roles.clone();
    Ok(Decision::put([Document::Person(Box::new(Person { roles, ..*person }))]))
}

/// Gives an office.
pub(super) fn grant(view: &View<'_>, id: &PersonId, role: Role) -> Result<Decision, Refusal> {
    let mut person = view.person(id)?.clone();
    if *id == *view.who {
        return Err(Refusal::not("nobody grants an office to themselves", "任何人不得向自己授予職能"));
    }
    if !person.roles.insert(role) {
        return Err(Refusal::not(
            format!("`{id}` is {} already", role.as_str()),
            format!("「{id}」已具該職能"),
        ));
    }
    if role == Role::Administrator || person.roles.contains(&Role::Administrator) {
        let approving = person.roles.iter().find(|held| held.is_protected() && **held != Role::Administrator);
        if let Some(held) = approving {
            return Err(Refusal::not(
                format!("an administrator approves nothing: `{id}` cannot be {} as well", held.as_str()),
                format!("系統管理員不得作任何批准：「{id}」不能同時擔任{}", held.as_str()),
            ));
        }
    }
    Ok(Decision::put([Document::Person(Box::new(person))]).by_two(role.is_protected()))
}

/// Takes an office away.
pub(super) fn revoke(view: &View<'_>, id: &PersonId, role: Role) -> Result<Decision, Refusal> {
    let mut person = view.person(id)?.clone();
    if !person.roles.remove(&role) {
        return Err(Refusal::not(format!("`{id}` is not {}", role.as_str()), format!("「{id}」並無該職能")));
    }
    if role == Role::Administrator && !has_another(view, id, role) {
        return Err(Refusal::not(
            format!("`{id}` is the only administrator; grant it to another person first"),
            format!("「{id}」是唯一的系統管理員；請先授予另一人"),
        ));
    }
    Ok(Decision::put([Document::Person(Box::new(person))]))
}

fn has_another(view: &View<'_>, id: &PersonId, role: Role) -> bool {
    view.of_kind(Kind::Person).any(
        |document| matches!(document, Document::Person(other) if other.id != *id && other.roles.contains(&role)),
    )
}

/// Opens an account.
pub(super) fn open_account(view: &View<'_>, id: &PersonId, name: &str) -> Result<Decision, Refusal> {
    view.person(id)?;
    if name.trim().is_empty() || name.len() > 200 {
        return Err(Refusal::wrong("field `name`: 1 to 200 bytes", "欄位 `name`：須為1至200位元組"));
    }
    Ok(about_account(id))
}

/// Lets a person set a new password. Nobody alone takes over an account that decides over the work of others.
pub(super) fn reset_credentials(view: &View<'_>, id: &PersonId) -> Result<Decision, Refusal> {
    let roles = &view.person(id)?.roles;
    let stands_in = view.of_kind(Kind::Delegation).any(|document| {
        matches!(document, Document::Delegation(delegation) if delegation.to == *id && delegation.counts_on(view.day()))
    });
    // Of somebody without an office it is not known which one she held a moment ago.
    let takes_two = roles.is_empty() || stands_in || roles.iter().any(|role| role.is_protected());
    Ok(about_account(id).by_two(takes_two))
}

/// Closes the account of a leaver.
pub(super) fn close_account(view: &View<'_>, id: &PersonId) -> Result<Decision, Refusal> {
    if !view.person(id)?.roles.is_empty() {
        return Err(Refusal::not(
            format!("`{id}` still holds offices; hand over with the action `leave` first"),
            format!("「{id}」仍有職能；請先以 leave 移交"),
        ));
    }
    nothing_waits(view, id)?;
    Ok(about_account(id))
}

/// Refuses as long as something on record waits for a person. An office may go by itself, and leave her what she owned.
fn nothing_waits(view: &View<'_>, id: &PersonId) -> Result<(), Refusal> {
    let waiting = |document: &&Document| match document {
        Document::Use(of) => shared(&of.people).into_iter().any(|group| group.contains(id)),
        Document::Task(task) => task.assignee == *id && task.done.is_none(),
        Document::Contract(contract) => contract.owner == *id,
        Document::Delegation(delegation) => {
            (delegation.from == *id || delegation.to == *id)
                && delegation.revoked.is_none()
                && delegation.expires >= view.day()
        }
        _ => false,
    };
    let waiting: Vec<String> =
        view.documents().filter(waiting).map(|document| document.key().to_string()).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let more = waiting.len().saturating_sub(NAMED);
    let (and, also) = match more {
        0 => (String::new(), String::new()),
        more => (format!(" and {more} more"), format!("等，另有{more}項")),
    };
    let named = waiting.get(..NAMED.min(waiting.len())).unwrap_or_default();
    Err(Refusal::not(
        format!("`{id}` still has `{}`{and}; hand over with the action `leave` first", named.join("`, `")),
        format!("「{id}」名下仍有「{}」{also}；請先以 leave 移交", named.join("」、「")),
    ))
}

/// What an entry about an account says: whose, sealed.
fn about_account(id: &PersonId) -> Decision {
    Decision { sealed: vec![("person", json!(id))], ..Decision::default() }
}

/// Hands over what a leaver has to do, and takes the offices away. What she did stays as she did it.
pub(super) fn leave(
    view: &View<'_>,
    id: &PersonId,
    successor: Option<&PersonId>,
) -> Result<Decision, Refusal> {
    let person = view.person(id)?.clone();
    if person.roles.contains(&Role::Administrator) && !has_another(view, id, Role::Administrator) {
        return Err(Refusal::not(
            format!("`{id}` is the only administrator; grant it to another person first"),
            format!("「{id}」是唯一的系統管理員；請先授予另一人"),
        ));
    }
    if let Some(successor) = successor {
        if successor == id {
            return Err(Refusal::wrong(
                "field `successor`: nobody takes over from themselves",
                "欄位 `successor`：不得由本人接任自己",
            ));
        }
        holds_an_office(view, successor)?;
    }
    let mut puts = vec![Document::Person(Box::new(Person { roles: BTreeSet::new(), ..person }))];
    for document in view.documents() {
        match document {
            Document::Use(of) => {
                if let Some(of) = handed_over(of, id, successor)? {
                    puts.push(Document::Use(Box::new(of)));
                }
            }
            Document::Task(task) if task.assignee == *id && task.done.is_none() => {
                let assignee = successor.ok_or_else(|| nobody(id, "tasks", "待辦事項"))?.clone();
                puts.push(Document::Task(Box::new(Task { assignee, ..(**task).clone() })));
            }
            Document::Contract(contract) if contract.owner == *id => {
                let owner = successor.ok_or_else(|| nobody(id, "contracts", "合約"))?.clone();
                puts.push(Document::Contract(Box::new(Contract { owner, ..(**contract).clone() })));
            }
            Document::Delegation(delegation)
                if (delegation.from == *id || delegation.to == *id) && delegation.revoked.is_none() =>
            {
                let revoked = Some(view.day());
                puts.push(Document::Delegation(Box::new(Delegation { revoked, ..(**delegation).clone() })));
            }
            _ => {}
        }
    }
    Ok(Decision::put(puts))
}

/// Refuses to hand something to a person without an office: her account may be closed.
pub(super) fn holds_an_office(view: &View<'_>, id: &PersonId) -> Result<(), Refusal> {
    if !view.person(id)?.roles.is_empty() {
        return Ok(());
    }
    Err(Refusal::not(
        format!("`{id}` holds no office, so nothing is handed to them; name somebody who does"),
        format!("「{id}」並無任何職能，不得接手事項；請指定具職能的人"),
    ))
}

/// A use without a person who leaves; nothing if the person has no part in it. Builders stay barred: they built it.
fn handed_over(of: &Use, id: &PersonId, successor: Option<&PersonId>) -> Result<Option<Use>, Refusal> {
    let mut after = of.clone();
    let UsePeople { owners, validators, approvers, requesters, .. } = &mut after.people;
    let mut changed = false;
    for group in [owners, validators, approvers, requesters] {
        if group.remove(id) {
            changed = true;
            // What several share, the others go on with.
            if group.is_empty() {
                group.insert(successor.ok_or_else(|| nobody(id, of.id.as_str(), of.id.as_str()))?.clone());
            }
        }
    }
    after.people.formerly = super::uses::formerly(of, &after.people);
    Ok(changed.then_some(after))
}

/// The groups of a use that are handed over.
fn shared(people: &UsePeople) -> [&BTreeSet<PersonId>; 4] {
    [&people.owners, &people.validators, &people.approvers, &people.requesters]
}

fn nobody(id: &PersonId, en: &str, zh: &str) -> Refusal {
    Refusal::not(
        format!("`{id}` leaves {en} to nobody; name a successor"),
        format!("「{id}」離任後，{zh}無人接手；請指定接任人"),
    )
}

/// Lets another person stand in.
pub(super) fn delegate(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::Delegate { id, to, roles, on, expires, because } = command else {
        return Err(Refusal::wrong("this is no delegation", "這不是一項轉授"));
    };
    view.must_be_new(&Key::new(Kind::Delegation, id))?;
    let from = view.person(view.who)?;
    view.person(to)?;
    if to == view.who {
        return Err(Refusal::wrong(
            "field `to`: nobody stands in for themselves",
            "欄位 `to`：不得代替自己行事；請指定另一人",
        ));
    }
    if let Some(role) = roles.iter().find(|role| !from.roles.contains(role)) {
        return Err(Refusal::not(
            format!("you are not {}; only what one holds can be delegated", role.as_str()),
            format!("你並非{}；只可轉授自己擁有的職能", role.as_str()),
        ));
    }
    if roles.is_empty() || roles.contains(&Role::Administrator) {
        return Err(Refusal::wrong(
            "field `roles`: name at least one office, and not `administrator`",
            "欄位 `roles`：請列明至少一項職能，且不得為 `administrator`",
        ));
    }
    if expires < on || *on < view.day() {
        return Err(Refusal::wrong(
            "fields `on` and `expires`: a delegation begins today or later, and ends after",
            "欄位 `on` 及 `expires`：轉授須由今日或以後開始，並於其後結束",
        ));
    }
    let longest = on.checked_add(jiff::Span::new().days(LONGEST_DELEGATION)).unwrap_or(*on);
    if *expires > longest {
        return Err(Refusal::wrong(
            format!(
                "field `expires`: somebody stands in for at most {LONGEST_DELEGATION} days; do it again then"
            ),
            format!("欄位 `expires`：代行最長{LONGEST_DELEGATION}日；屆時可再作轉授"),
        ));
    }
    // Whoever stands in for one who validates or approves does so herself.
    let takes_two = roles.iter().any(|role| role.is_protected());
    let delegation = Delegation {
        schema: DelegationSchema::V1,
        id: id.clone(),
        from: view.who.clone(),
        to: to.clone(),
        roles: roles.clone(),
        on: *on,
        expires: *expires,
        because: words("because", because)?,
        revoked: None,
    };
    Ok(Decision::put([Document::Delegation(Box::new(delegation))]).by_two(takes_two))
}

/// Takes a delegation back.
pub(super) fn revoke_delegation(view: &View<'_>, id: &DelegationId) -> Result<Decision, Refusal> {
    let delegation = view.delegation(id)?;
    if delegation.from != *view.who {
        return Err(Refusal::not("only whoever gave it takes it back", "只有授權人可收回授權"));
    }
    // It would count again for the days in between.
    if let Some(revoked) = delegation.revoked {
        return Err(Refusal::not(
            format!("`{id}` was taken back on {revoked}"),
            format!("授權「{id}」已於{revoked}收回"),
        ));
    }
    let revoked = Some(view.day());
    Ok(Decision::put([Document::Delegation(Box::new(Delegation { revoked, ..delegation.clone() }))]))
}

/// Destroys the key of a person who holds nothing any more.
pub(super) fn erase(view: &View<'_>, id: &PersonId, rule: &str) -> Result<Decision, Refusal> {
    let person = view.person(id)?;
    if !person.roles.is_empty() {
        return Err(Refusal::not(
            format!("`{id}` still holds offices; close the account first"),
            format!("「{id}」仍有職能；請先關閉帳戶"),
        ));
    }
    nothing_waits(view, id)?;
    Ok(Decision {
        erases: Some(format!("person/{id}")),
        sealed: vec![("rule", json!(words("rule", rule)?))],
        ..Decision::default()
    })
}

fn person(document: &Value) -> Result<Box<Person>, Refusal> {
    match read(Kind::Person, document, &std::collections::BTreeMap::new())? {
        Document::Person(person) => Ok(person),
        _ => Err(Refusal::wrong("this is no person", "這不是人員資料")),
    }
}

/// For how many days somebody stands in at most.
const LONGEST_DELEGATION: i64 = 92;
/// How many things a refusal names of those that wait.
const NAMED: usize = 5;
