//! Whom an institution answers to when something goes wrong, and by when it decides whether they are told.
//!
//! No document that is built in names a period for telling an authority of an incident with AI. So none is made up: the
//! clock says "without delay", or runs for as long as the institution's own rule says.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::InstitutionKind;
use jiff::{SignedDuration, Timestamp};

use crate::{Basis, Entity, Institution, Notification};

/// The authorities that a kind of institution answers to, by the names that incidents have for them.
pub fn authorities_of(kind: InstitutionKind) -> &'static [&'static str] {
    match kind {
        // The Hong Kong Monetary Authority.
        InstitutionKind::AuthorizedInstitution | InstitutionKind::SvfLicensee => &["hkma"],
        // The Securities and Futures Commission.
        InstitutionKind::LicensedCorporation | InstitutionKind::VatpOperator => &["sfc"],
        // The Insurance Authority.
        InstitutionKind::Insurer | InstitutionKind::InsuranceIntermediary => &["ia"],
        // The Mandatory Provident Fund Schemes Authority.
        InstitutionKind::MpfTrustee => &["mpfa"],
        // The Privacy Commissioner for Personal Data, to whom everybody answers who holds personal data.
        InstitutionKind::DataUser => &["pcpd"],
        InstitutionKind::AllFinancialInstitution
        | InstitutionKind::GenaiDeveloper
        | InstitutionKind::GenaiServiceProvider
        | InstitutionKind::GenaiServiceUser
        | InstitutionKind::MainlandExporter => &[],
    }
}

/// A clock for each authority that these entities answer to, and for each that the institution adds.
pub fn notifications<'e>(
    institution: &Institution,
    entities: impl Iterator<Item = &'e Entity>,
    discovered: Timestamp,
) -> BTreeMap<String, Notification> {
    let kinds: BTreeSet<InstitutionKind> = entities.flat_map(Entity::kinds).collect();
    let by_kind = kinds.into_iter().flat_map(authorities_of).map(|name| (*name).to_owned());
    let own = &institution.authority_hours;
    let names: BTreeSet<String> = by_kind.chain(own.keys().cloned()).collect();
    let clock = |authority: String| {
        let (due, basis) = match own.get(&authority) {
            Some(hours) => {
                let later = discovered.checked_add(SignedDuration::from_hours(i64::from(*hours)));
                (later.unwrap_or(discovered), Basis::OwnRule)
            }
            None => (discovered, Basis::WithoutDelay),
        };
        (authority.clone(), Notification { authority, due, basis, decision: None })
    };
    names.into_iter().map(clock).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_licence_has_an_authority_and_everybody_the_privacy_commissioner() {
        let yaml = |kinds: &str| -> Institution {
            let text = format!(
                "schema: dualtrack.institution/1\nname: {{en: A, zh-Hant: 甲}}\nentities:\n  - {{id: a, name: {{en: A, zh-Hant: 甲}}, kinds: [{kinds}]}}\nauthority_hours: {{hkma: 24, mas: 1}}\n"
            );
            dualtrack_catalogue::parse("institution.yaml", &text).unwrap()
        };
        let found: Timestamp = "2026-11-27T01:00:00Z".parse().unwrap();
        let of = |kinds: &str| {
            let institution = yaml(kinds);
            let clocks = notifications(&institution, institution.entities.iter(), found);
            clocks
                .into_values()
                .map(|one| format!("{} {:?} {}", one.authority, one.basis, one.due))
                .collect::<Vec<_>>()
        };
        // What the institution's own rule names is always there.
        let own = ["hkma OwnRule 2026-11-28T01:00:00Z", "mas OwnRule 2026-11-27T02:00:00Z"];
        let now = |name: &str| format!("{name} WithoutDelay 2026-11-27T01:00:00Z");
        assert_eq!(of("authorized-institution"), [own[0], own[1], &now("pcpd")]);
        assert_eq!(of("licensed-corporation"), [own[0], own[1], &now("pcpd"), &now("sfc")]);
        assert_eq!(of("insurer, mpf-trustee"), [own[0], &now("ia"), own[1], &now("mpfa"), &now("pcpd")]);
    }
}
