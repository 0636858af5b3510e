//! Delegation: one person stands in for another for a while, with all that bars either of them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DelegationId, Inventory, PersonId, Role};

/// That one person may act in the offices of another for a while.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    /// Always `dualtrack.delegation/1`.
    pub schema: DelegationSchema,
    /// Names it.
    pub id: DelegationId,
    /// Whose offices.
    pub from: PersonId,
    /// Who stands in.
    pub to: PersonId,
    /// In which offices.
    pub roles: BTreeSet<Role>,
    /// From when.
    pub on: Date,
    /// Until when, that day included.
    pub expires: Date,
    /// Why.
    pub because: String,
    /// Since when it no longer counts, if it was taken back early.
    #[serde(default)]
    pub revoked: Option<Date>,
}

impl Delegation {
    /// Whether it counts on a day.
    pub fn counts_on(&self, day: Date) -> bool {
        self.on <= day && day <= self.expires && self.revoked.is_none_or(|revoked| day < revoked)
    }
}

impl Inventory {
    /// Whether a person holds an office on a day, or stands in for `of` who holds it. What is delegated is not delegated on.
    pub fn holds_office(&self, person: &PersonId, of: Option<&PersonId>, role: Role, day: Date) -> bool {
        let holds = |id: &PersonId| self.people.get(id).is_some_and(|person| person.roles.contains(&role));
        match of {
            None => holds(person),
            Some(of) => {
                holds(of)
                    && self.delegations.values().any(|delegation| {
                        delegation.from == *of
                            && delegation.to == *person
                            && delegation.roles.contains(&role)
                            && delegation.counts_on(day)
                    })
            }
        }
    }
}

/// The schema tag of a delegation.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum DelegationSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.delegation/1")]
    V1,
}
