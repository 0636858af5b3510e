//! Whether a control can shut a gate here: in force, and its reading confirmed or adopted by a compliance officer.

use dualtrack_catalogue::Binding;

use crate::showing::{Asked, Ground};
use crate::{Adoption, Because, Reason, Role};

/// Whether a control binds a use, and why.
pub(crate) struct Bound {
    pub(crate) binding: Binding,
    pub(crate) because: Vec<Because>,
}

/// Reads the guideline's standing and the adoptions on record.
pub(crate) fn read(ground: Ground<'_>, asked: &Asked<'_>) -> Bound {
    let (counted, refused): (Vec<_>, Vec<_>) = ground
        .inventory
        .adoptions()
        .values()
        .filter(|adoption| adoption.on <= ground.day)
        .filter(|adoption| adoption.entity.as_ref().is_none_or(|entity| *entity == ground.of.entity))
        .filter(|adoption| asked.goes_by(ground.standing, &adoption.control))
        .partition(|adoption| is_by_compliance_officer(ground, adoption));
    let stands = asked.control.binding();
    let binding = match stands {
        Binding::BindsOnceAdopted if !counted.is_empty() => Binding::Binds,
        _ => stands,
    };
    let mut reasons = Vec::new();
    match binding {
        Binding::Binds | Binding::OthersDuty => {}
        Binding::BindsOnceAdopted => reasons.push(Reason::OnlyReported),
        Binding::Guidance { status } => reasons.push(Reason::NotInForce { status }),
    }
    for adoption in counted {
        reasons.extend(readings(adoption));
    }
    reasons.extend(refused.into_iter().map(|adoption| Reason::AdoptionNotCounted {
        adoption: adoption.id.clone(),
        person: adoption.by.clone(),
    }));
    Bound { binding, because: reasons.into_iter().map(Because::leaf).collect() }
}

fn is_by_compliance_officer(ground: Ground<'_>, adoption: &Adoption) -> bool {
    let person = ground.inventory.people().get(&adoption.by);
    person.is_some_and(|person| person.roles.contains(&Role::ComplianceOfficer))
}

fn readings(adoption: &Adoption) -> impl Iterator<Item = Reason> {
    let adopted = Reason::Adopted {
        adoption: adoption.id.clone(),
        by: adoption.by.clone(),
        on: adoption.on,
        statement: adoption.because.clone(),
    };
    let reading =
        adoption.reading.clone().map(|reading| Reason::Reading { adoption: adoption.id.clone(), reading });
    std::iter::once(adopted).chain(reading)
}
