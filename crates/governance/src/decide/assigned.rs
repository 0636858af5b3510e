//! Parts in many uses at once, given to one person: when a team moves, nobody opens a hundred forms.
//!
//! All of it happens, or nothing does. What barred whoever had a part stays with them.

use std::collections::BTreeSet;

use dualtrack_catalogue::{Language, Stage};
use dualtrack_inventory::{Document, PersonId, Use, UseId, barred_now};

use super::people::holds_an_office;
use super::uses::{formerly, retired};
use crate::command::UsePart;
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Gives a person a part in uses. Those in which nothing would change are left as they are.
pub(super) fn assign(
    view: &View<'_>,
    uses: &BTreeSet<UseId>,
    part: UsePart,
    person: &PersonId,
    instead_of: Option<&PersonId>,
) -> Result<Decision, Refusal> {
    if uses.is_empty() {
        return Err(Refusal::wrong(
            "field `uses` is empty; name the uses",
            "欄位 `uses`：未有填寫；請列明用例",
        ));
    }
    if uses.len() > MOST_USES {
        return Err(Refusal::wrong(
            format!("field `uses`: at most {MOST_USES} at once; do it in parts"),
            format!("欄位 `uses`：每次最多{MOST_USES}個；請分批處理"),
        ));
    }
    holds_an_office(view, person)?;
    let mut puts = Vec::new();
    for id in uses {
        let of = view.of_use(id)?;
        if of.stage == Stage::Retired {
            return Err(retired(of));
        }
        if part == UsePart::Validator {
            must_be_free(view, of, person)?;
        }
        let mut people = of.people.clone();
        let group = match part {
            UsePart::Owner => &mut people.owners,
            UsePart::Builder => &mut people.builders,
            UsePart::Validator => &mut people.validators,
        };
        if let Some(before) = instead_of {
            group.remove(before);
        }
        group.insert(person.clone());
        people.formerly = formerly(of, &people);
        if people != of.people {
            puts.push(Document::Use(Box::new(Use { people, ..of.clone() })));
        }
    }
    Ok(Decision::put(puts))
}

/// Refuses a validator whom something bars.
fn must_be_free(view: &View<'_>, of: &Use, person: &PersonId) -> Result<(), Refusal> {
    let barred = barred_now(view.inventory()?, of, person, view.day()).from_validating;
    let Some(bar) = barred.first() else { return Ok(()) };
    Err(Refusal::not(
        format!("`{person}` does not validate `{}`: the person {}", of.id, bar.text(Language::En)),
        format!("「{person}」不得驗證「{}」：該人士{}", of.id, bar.text(Language::ZhHant)),
    ))
}

/// More than these are hardly looked at before they are sent.
const MOST_USES: usize = 300;
