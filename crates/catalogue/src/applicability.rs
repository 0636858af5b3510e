//! Whether a control applies to a use of an entity, and why.
//!
//! Asked in a fixed order, cheapest and surest first: is it our duty, does it address this kind of institution,
//! was its mechanism chosen, do the facts of the use ask for it. A missing fact is *unknown*, never false.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    Control, DutyHolder, Fact, FactValue, Force, Guideline, GuidelineId, InstitutionKind, Language, Profile,
};

/// Whether a control applies.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// Every fact it asks for holds.
    Applies,
    /// It is somebody else's duty: shown, never judged.
    OthersDuty {
        /// Whose duty it is.
        holder: DutyHolder,
    },
    /// The guideline addresses other kinds of institution than this entity.
    OtherInstitutions {
        /// The kinds it addresses.
        addressed: Vec<InstitutionKind>,
    },
    /// It belongs to a voluntary mechanism that this use does not declare.
    NotDeclared {
        /// The mechanism.
        mechanism: GuidelineId,
    },
    /// This fact does not hold.
    DoesNotApply {
        /// The first fact that does not hold.
        fact: Fact,
        /// What it would have to be.
        wanted: FactValue,
    },
    /// No fact speaks against it, but these are unknown.
    Unknown {
        /// The facts to supply.
        facts: Vec<Fact>,
    },
}

/// Decides whether a control applies to a use.
///
/// `kinds` are the licences of the entity the use belongs to; every entity is a data user and a user of generative
/// AI services besides. `declared` are the voluntary mechanisms the use declares.
pub fn applies(
    guideline: &Guideline,
    control: &Control,
    kinds: &BTreeSet<InstitutionKind>,
    declared: &BTreeSet<GuidelineId>,
    profile: &Profile,
) -> Applicability {
    if control.duty_holder != DutyHolder::Institution {
        return Applicability::OthersDuty { holder: control.duty_holder };
    }
    if !guideline.addresses(kinds) {
        return Applicability::OtherInstitutions { addressed: guideline.applies_to.clone() };
    }
    if guideline.force == Force::VoluntaryMechanism && !declared.contains(&guideline.id) {
        return Applicability::NotDeclared { mechanism: guideline.id.clone() };
    }
    profile.evaluate(&control.applies_when, guideline.high_risk)
}

impl Guideline {
    /// Whether it addresses an entity of these kinds.
    pub fn addresses(&self, kinds: &BTreeSet<InstitutionKind>) -> bool {
        self.applies_to.iter().any(|addressed| match addressed {
            InstitutionKind::DataUser | InstitutionKind::GenaiServiceUser => true,
            InstitutionKind::AllFinancialInstitution => {
                kinds.contains(addressed) || kinds.iter().any(|kind| kind.is_licensed())
            }
            InstitutionKind::AuthorizedInstitution
            | InstitutionKind::GenaiDeveloper
            | InstitutionKind::GenaiServiceProvider
            | InstitutionKind::Insurer
            | InstitutionKind::InsuranceIntermediary
            | InstitutionKind::LicensedCorporation
            | InstitutionKind::MainlandExporter
            | InstitutionKind::MpfTrustee
            | InstitutionKind::SvfLicensee
            | InstitutionKind::VatpOperator => kinds.contains(addressed),
        })
    }
}

impl Applicability {
    /// Whether the control applies for certain.
    pub fn applies(&self) -> bool {
        matches!(self, Self::Applies)
    }

    /// The reason in one sentence, without full stop.
    pub fn explain(&self, language: Language) -> String {
        match language {
            Language::En => self.explain_in_english(),
            Language::ZhHant => self.explain_in_chinese(),
        }
    }

    fn explain_in_english(&self) -> String {
        let language = Language::En;
        match self {
            Self::Applies => "applies".to_owned(),
            Self::OthersDuty { holder } => {
                format!("the duty of {}; shown, not judged", holder.label(language))
            }
            Self::OtherInstitutions { addressed } => {
                format!("addressed to others: {}", listed(addressed, language))
            }
            Self::NotDeclared { mechanism } => {
                format!("binds only a use that declares the voluntary mechanism `{mechanism}`")
            }
            Self::DoesNotApply { fact, wanted } => {
                format!("applies only where `{}` is {}", fact.label(language), wanted.label(language))
            }
            Self::Unknown { facts } => {
                let questions: Vec<_> = facts.iter().map(|fact| fact.question(language)).collect();
                format!("not assessable: tell us {}", questions.join("; "))
            }
        }
    }

    fn explain_in_chinese(&self) -> String {
        let language = Language::ZhHant;
        match self {
            Self::Applies => "適用".to_owned(),
            Self::OthersDuty { holder } => format!("屬{}的責任，只予展示，不作評定", holder.label(language)),
            Self::OtherInstitutions { addressed } => {
                format!("只適用於其他機構：{}", listed(addressed, language))
            }
            Self::NotDeclared { mechanism } => format!("只約束已聲明採用自願機制「{mechanism}」的用例"),
            Self::DoesNotApply { fact, wanted } => {
                format!("只在「{}」為「{}」時適用", fact.label(language), wanted.label(language))
            }
            Self::Unknown { facts } => {
                let questions: Vec<_> = facts.iter().map(|fact| fact.question(language)).collect();
                format!("未能評定，請說明：{}", questions.join("；"))
            }
        }
    }
}

fn listed(kinds: &[InstitutionKind], language: Language) -> String {
    let labels: Vec<_> = kinds.iter().map(|kind| kind.label(language)).collect();
    labels.join(language.pick((", ", "、")))
}
