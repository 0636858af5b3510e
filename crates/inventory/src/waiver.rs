//! Whether a control is gone without: a waiver counts only with a reason, a second person and an expiry.

use dualtrack_catalogue::Standing;

use crate::barred::barred_now;
use crate::showing::{Asked, Ground};
use crate::{Because, Inventory, PersonId, Reason, Waiver};

/// What the waivers of a control come to.
pub(crate) struct Waivers {
    pub(crate) counts: bool,
    pub(crate) because: Vec<Because>,
}

/// Reads the waivers on record for a control and a use, each with why it counts or does not.
pub(crate) fn read(ground: Ground<'_>, asked: &Asked<'_>) -> Waivers {
    let reasons: Vec<_> = ground
        .inventory
        .waivers()
        .values()
        .filter(|waiver| waiver.use_id == ground.of.id && waiver.on <= ground.day)
        .filter(|waiver| names(ground.standing, asked, waiver))
        .map(|waiver| reading(ground, waiver))
        .collect();
    Waivers {
        counts: reasons.iter().any(|reason| matches!(reason, Reason::WaiverCounts { .. })),
        because: reasons.into_iter().map(Because::leaf).collect(),
    }
}

fn names(standing: &Standing<'_>, asked: &Asked<'_>, waiver: &Waiver) -> bool {
    asked.goes_by(standing, &waiver.control)
}

/// Whether a person holds an office in which some gate lets one approve.
fn holds_approving_office(inventory: &Inventory, person: &PersonId) -> bool {
    let roles = inventory.people().get(person).into_iter().flat_map(|person| &person.roles);
    let rules = || inventory.gates().gates.values().flat_map(|rule| rule.approvals.values());
    roles
        .into_iter()
        .any(|role| rules().any(|rule| rule.roles.contains(role) || rule.including.contains(role)))
}

fn reading(ground: Ground<'_>, waiver: &Waiver) -> Reason {
    let id = waiver.id.clone();
    if waiver.second == waiver.by {
        return Reason::WaiverNeedsSecondPerson { waiver: id, person: waiver.by.clone() };
    }
    for person in [&waiver.by, &waiver.second] {
        let bars = barred_now(ground.inventory, ground.of, person, ground.day).from_approving;
        let name = ground.inventory.name_of(person);
        if !bars.is_empty() {
            return Reason::WaiverByBarred { waiver: id, person: person.clone(), name, bars };
        }
        if !holds_approving_office(ground.inventory, person) {
            return Reason::WaiverWithoutOffice { waiver: id, person: person.clone(), name };
        }
    }
    if waiver.expires < ground.day {
        return Reason::WaiverExpired { waiver: id, on: waiver.expires };
    }
    Reason::WaiverCounts {
        waiver: id,
        by: waiver.by.clone(),
        second: waiver.second.clone(),
        expires: waiver.expires,
        statement: waiver.because.clone(),
    }
}
