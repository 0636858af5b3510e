//! In which offices a reader could approve a use, or why she could not.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_governance::{Awaits, Line, Officer};
use dualtrack_inventory::{Document, Key, Kind, PersonId, Role};
use dualtrack_report::Badge;
use dualtrack_report::screen::Cell;

use crate::pages::errors::sentence;
use crate::pages::reader::Reader;

/// The offices of a reader: her own, and those in which she stands in for others.
#[derive(Debug, Default)]
pub(super) struct Offices {
    own: BTreeSet<Role>,
    lent: BTreeMap<PersonId, BTreeSet<Role>>,
    /// Why she approves nothing, whatever it is.
    never: Option<String>,
}

/// An office in which somebody acts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Office {
    pub(super) role: Role,
    /// For whom she stands in.
    pub(super) of: Option<PersonId>,
}

/// How somebody stands to the approvals that a use waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// She could give one, in one of these offices.
    May(Vec<Office>),
    /// She gave one.
    Signed,
    /// What she is for the use bars her.
    Barred(String),
    /// None of her offices is asked for.
    NotAsked,
    /// She approves nothing at all.
    Never(String),
}

impl Offices {
    /// The offices of a reader today.
    pub(super) async fn of(reader: &Reader) -> Self {
        let me = &reader.who.officer.person;
        let mut offices = Self::default();
        if let Some((_, Document::Person(person))) = reader.common.documents.get(&Key::new(Kind::Person, me))
        {
            offices.own.clone_from(&person.roles);
        }
        for (_, document) in reader.common.documents.values() {
            if let Document::Delegation(delegation) = document
                && delegation.to == *me
                && delegation.counts_on(reader.common.day)
            {
                offices.lent.entry(delegation.from.clone()).or_default().extend(&delegation.roles);
            }
        }
        let officer = Officer { stepped_up: true, ..reader.who.officer.clone() };
        let institution = Key::new(Kind::Institution, Kind::Institution);
        let may = reader.web.desk.may(&officer, "approve", &institution, false, reader.now()).await;
        if let Err(refusal) = may
            && offices.lent.is_empty()
        {
            offices.never = Some(sentence(&reader.refused(&refusal).details(reader.language())));
        }
        offices
    }

    /// Every office in which she could act, of those that are asked for.
    pub(super) fn among(&self, asked: &dyn Fn(Role) -> bool) -> Vec<Office> {
        let own = self.own.iter().map(|role| Office { role: *role, of: None });
        let lent = self.lent.iter().flat_map(|(of, roles)| {
            roles.iter().map(move |role| Office { role: *role, of: Some(of.clone()) })
        });
        own.chain(lent).filter(|office| asked(office.role)).collect()
    }

    /// How she stands to the approvals that a use waits for.
    pub(super) fn part(&self, reader: &Reader, line: &Line, awaits: &Awaits) -> Part {
        let me = &reader.who.officer.person;
        let asked = |role: Role| awaits.roles.contains(&role) || awaits.including.contains(&role);
        let mut offices = self.among(&asked);
        if offices.is_empty() {
            return Part::NotAsked;
        }
        if let Some(never) = &self.never {
            return Part::Never(never.clone());
        }
        if awaits.signed.contains(me) {
            return Part::Signed;
        }
        let bars = |person: &PersonId| {
            let bars = line.barred.get(person)?;
            let bars = super::bars(bars, reader.language());
            let person = reader.name_of(person.as_str());
            Some(reader.words.say_with("not-by", &[("person", &person), ("bars", &bars)]))
        };
        if let Some(barred) = bars(me) {
            return Part::Barred(barred);
        }
        // With whoever she stands in for come all that bars them.
        let first = offices.first().and_then(|office| office.of.clone());
        offices.retain(|office| office.of.as_ref().is_none_or(|of| !line.barred.contains_key(of)));
        match first.as_ref().and_then(bars) {
            Some(barred) if offices.is_empty() => Part::Barred(barred),
            _ if offices.is_empty() => Part::NotAsked,
            _ => Part::May(offices),
        }
    }
}

impl Office {
    /// What it is called, with whom she stands in for.
    pub(super) fn label(&self, reader: &Reader) -> String {
        let words = reader.words;
        let role = words.sentence_of(self.role.label(words.language));
        match &self.of {
            None => role,
            Some(of) => {
                let person = reader.name_of(of.as_str());
                words.say_with("office-for", &[("office", &role), ("person", &person)])
            }
        }
    }
}

impl Part {
    /// What a row says of it.
    pub(super) fn cell(&self, reader: &Reader) -> Cell {
        let words = reader.words;
        match self {
            Self::May(offices) => {
                let badge = Badge { class: "met", sign: "✓", word: words.say("you-may-approve") };
                let mut cells = vec![Cell::Badge(badge)];
                cells.extend(offices.iter().map(|office| Cell::Muted(office.label(reader))));
                Cell::Lines(cells)
            }
            Self::Signed => Cell::text(words.say("you-approved")),
            Self::Barred(why) | Self::Never(why) => Cell::text(why.clone()),
            Self::NotAsked => Cell::Muted(words.say("office-not-asked")),
        }
    }
}
