//! The institution: its legal entities and its people.
//!
//! An entity's kinds are the words of the guidelines' `applies_to`. Every entity is also a data user and a user
//! of generative AI services, and a licensed one is a financial institution, without saying so.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, InstitutionKind};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EntityId, PersonId};

/// `institution.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// Always `dualtrack.institution/1`.
    pub schema: InstitutionSchema,
    /// Its name.
    pub name: Bilingual,
    /// Its legal entities; each use belongs to one.
    pub entities: Vec<Entity>,
    /// Within how many hours its own rule has it decide whether an authority is told of an incident, by the authority's
    /// name. Those that it answers to and that stand not here are decided upon without delay.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authority_hours: BTreeMap<String, u16>,
}

/// A legal entity of the institution.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// Names it.
    pub id: EntityId,
    /// Its name.
    pub name: Bilingual,
    /// The kinds of institution it is, as licensed.
    pub kinds: BTreeSet<InstitutionKind>,
}

impl Entity {
    /// Every kind the entity is: as licensed, and by the nature of a financial institution that uses AI.
    pub fn kinds(&self) -> BTreeSet<InstitutionKind> {
        let mut kinds = self.kinds.clone();
        if kinds.iter().any(|kind| is_licensed(*kind)) {
            kinds.insert(InstitutionKind::AllFinancialInstitution);
        }
        kinds.extend([InstitutionKind::DataUser, InstitutionKind::GenaiServiceUser]);
        kinds
    }
}

fn is_licensed(kind: InstitutionKind) -> bool {
    match kind {
        InstitutionKind::AuthorizedInstitution
        | InstitutionKind::Insurer
        | InstitutionKind::InsuranceIntermediary
        | InstitutionKind::LicensedCorporation
        | InstitutionKind::MpfTrustee
        | InstitutionKind::SvfLicensee
        | InstitutionKind::VatpOperator => true,
        InstitutionKind::AllFinancialInstitution
        | InstitutionKind::DataUser
        | InstitutionKind::GenaiDeveloper
        | InstitutionKind::GenaiServiceProvider
        | InstitutionKind::GenaiServiceUser
        | InstitutionKind::MainlandExporter => false,
    }
}

/// `people.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// Always `dualtrack.people/1`.
    pub schema: PeopleSchema,
    /// The people.
    pub people: Vec<Person>,
}

/// A person of the institution.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Names the person.
    pub id: PersonId,
    /// How the person is called.
    pub name: Bilingual,
    /// The offices the person holds in the institution. What a person is for one use stands in the use.
    #[serde(default)]
    pub roles: BTreeSet<Role>,
    /// What the person was trained in or qualified for, and until when.
    #[serde(default)]
    pub competences: Vec<Competence>,
}

/// Something a person was trained in or qualified for.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Competence {
    /// In what.
    pub what: Bilingual,
    /// Since when.
    pub on: Date,
    /// Until when it counts.
    pub expires: Date,
}

/// An office in the institution.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Answers for a line of business.
    BusinessOwner,
    /// Builds models and systems.
    Developer,
    /// Validates independently.
    Validator,
    /// Second line for conduct and law; adopts reported controls.
    ComplianceOfficer,
    /// Second line for risk.
    RiskOfficer,
    /// Answers for personal data.
    DataProtectionOfficer,
    /// Answers for security.
    SecurityOfficer,
    /// The senior manager who answers for the use to the regulator.
    AccountableManager,
    /// Sits on the committee that approves uses.
    CommitteeMember,
    /// Runs systems.
    Operations,
    /// Third line.
    InternalAuditor,
    /// Runs Dualtrack: accounts and settings. Approves nothing.
    Administrator,
    /// Of an authority: looks, changes nothing.
    Supervisor,
    /// Of a university or vendor: speaks for what it supplied.
    Partner,
    /// Teaches what AI in finance means.
    Educator,
}

impl Role {
    /// Every office.
    pub const ALL: [Self; 15] = [
        Self::BusinessOwner,
        Self::Developer,
        Self::Validator,
        Self::ComplianceOfficer,
        Self::RiskOfficer,
        Self::DataProtectionOfficer,
        Self::SecurityOfficer,
        Self::AccountableManager,
        Self::CommitteeMember,
        Self::Operations,
        Self::InternalAuditor,
        Self::Administrator,
        Self::Supervisor,
        Self::Partner,
        Self::Educator,
    ];

    /// Whether granting it takes a second person: who holds it validates, approves, or grants.
    pub fn is_protected(self) -> bool {
        match self {
            Self::Validator
            | Self::ComplianceOfficer
            | Self::RiskOfficer
            | Self::AccountableManager
            | Self::CommitteeMember
            | Self::DataProtectionOfficer
            | Self::Administrator => true,
            Self::BusinessOwner
            | Self::Developer
            | Self::SecurityOfficer
            | Self::Operations
            | Self::InternalAuditor
            | Self::Supervisor
            | Self::Partner
            | Self::Educator => false,
        }
    }

    /// Whether a gate may ask for the approval of the office.
    pub fn may_approve(self) -> bool {
        matches!(
            self,
            Self::RiskOfficer | Self::ComplianceOfficer | Self::CommitteeMember | Self::AccountableManager
        )
    }

    /// Whether the office belongs to those who own, build and run.
    pub fn is_of_first_line(self) -> bool {
        match self {
            Self::BusinessOwner | Self::Developer | Self::Operations | Self::Partner => true,
            Self::Validator
            | Self::ComplianceOfficer
            | Self::RiskOfficer
            | Self::DataProtectionOfficer
            | Self::SecurityOfficer
            | Self::AccountableManager
            | Self::CommitteeMember
            | Self::InternalAuditor
            | Self::Administrator
            | Self::Supervisor
            | Self::Educator => false,
        }
    }
}

/// The schema tag of `institution.yaml`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum InstitutionSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.institution/1")]
    V1,
}

/// The schema tag of `people.yaml`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum PeopleSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.people/1")]
    V1,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entity_is_a_data_user_and_a_user_of_generative_services() {
        let entity = Entity {
            id: EntityId::parse("bank").unwrap(),
            name: Bilingual { en: "Bank".into(), zh_hant: "銀行".into() },
            kinds: BTreeSet::from([InstitutionKind::AuthorizedInstitution]),
        };
        let kinds = entity.kinds();
        assert!(kinds.contains(&InstitutionKind::DataUser));
        assert!(kinds.contains(&InstitutionKind::GenaiServiceUser));
        assert!(kinds.contains(&InstitutionKind::AllFinancialInstitution));
        assert!(!kinds.contains(&InstitutionKind::LicensedCorporation));
    }
}
