//! Hand-worked cases of which controls apply.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{
    Applicability, DutyHolder, Fact, FactValue, GuidelineId, HighRiskSense, InstitutionKind, Language,
    Profile, Stage,
};
use jiff::civil::date;

use crate::repository::{catalogue, control, guideline};

/// What `id` comes to today for an entity of `kinds`.
fn outcome(id: &str, kinds: &[InstitutionKind], declared: &[&str], profile: &Profile) -> Applicability {
    let catalogue = catalogue();
    let declared: BTreeSet<GuidelineId> = declared.iter().map(|id| guideline(id)).collect();
    let kinds: BTreeSet<_> = kinds.iter().copied().collect();
    catalogue.on(date(2026, 11, 22)).control(&control(id)).unwrap().applies(&kinds, &declared, profile)
}

fn profile(facts: &[(Fact, bool)]) -> Profile {
    Profile { facts: facts.iter().copied().collect(), ..Profile::default() }
}

const BANK: &[InstitutionKind] = &[InstitutionKind::AuthorizedInstitution];
const SECURITIES_FIRM: &[InstitutionKind] = &[InstitutionKind::LicensedCorporation];

#[test]
fn a_missing_fact_is_unknown_and_asked_for() {
    let outcome =
        outcome("sfc-genai-2024.disclose-ai", SECURITIES_FIRM, &[], &profile(&[(Fact::Generative, true)]));
    assert_eq!(outcome, Applicability::Unknown { facts: vec![Fact::CustomerFacing] });
    assert_eq!(
        outcome.explain(Language::En),
        "not assessable: tell us whether customers meet the use themselves"
    );
    assert_eq!(outcome.explain(Language::ZhHant), "未能評定，請說明：客戶會否直接接觸此用例");
}

#[test]
fn one_false_fact_wins_over_an_unknown_one() {
    let known = profile(&[(Fact::Generative, false)]);
    let expected = Applicability::DoesNotApply { fact: Fact::Generative, wanted: FactValue::Bool(true) };
    assert_eq!(outcome("sfc-genai-2024.disclose-ai", SECURITIES_FIRM, &[], &known), expected);
    // The unknown fact comes first by name, the false one last: the order does not matter.
    let known = profile(&[(Fact::Generative, false), (Fact::CustomerFacing, true)]);
    assert_eq!(outcome("sfc-genai-2024.hr-disclose-each-time", SECURITIES_FIRM, &[], &known), expected);
}

#[test]
fn the_sfc_circular_does_not_touch_a_bank() {
    let everything = profile(&[(Fact::Generative, true), (Fact::CustomerFacing, true)]);
    let outcome = outcome("sfc-genai-2024.disclose-ai", BANK, &[], &everything);
    let addressed = vec![InstitutionKind::LicensedCorporation, InstitutionKind::VatpOperator];
    assert_eq!(outcome, Applicability::OtherInstitutions { addressed });
}

#[test]
fn every_entity_is_a_data_user_and_a_user_of_generative_services() {
    let personal = profile(&[(Fact::PersonalData, true), (Fact::Generative, true)]);
    for kinds in [BANK, SECURITIES_FIRM, &[]] {
        assert!(outcome("pcpd-model-framework-2024.clear-roles", kinds, &[], &personal).applies());
        assert!(outcome("dpo-genai-2025.risk-tier", kinds, &[], &personal).applies());
    }
}

#[test]
fn the_policy_statement_addresses_every_licensed_institution_and_no_other() {
    let nothing = Profile::default();
    assert!(outcome("fstb-2024.human-oversight", BANK, &[], &nothing).applies());
    assert!(outcome("fstb-2024.human-oversight", &[InstitutionKind::MpfTrustee], &[], &nothing).applies());
    let trader = outcome("fstb-2024.human-oversight", &[InstitutionKind::MainlandExporter], &[], &nothing);
    assert!(matches!(trader, Applicability::OtherInstitutions { .. }));
}

#[test]
fn a_voluntary_mechanism_binds_only_a_use_that_declares_it() {
    let transfer =
        profile(&[(Fact::PersonalData, true), (Fact::CrossBorder, true), (Fact::MainlandData, true)]);
    let mechanism = "gba-cross-boundary-2023";
    let expected = Applicability::NotDeclared { mechanism: guideline(mechanism) };
    assert_eq!(outcome("gba-cross-boundary-2023.no-onward", BANK, &[], &transfer), expected);
    assert!(outcome("gba-cross-boundary-2023.no-onward", BANK, &[mechanism], &transfer).applies());
}

#[test]
fn our_sandbox_is_not_the_sandbox_of_the_authorities() {
    let mut ours = profile(&[(Fact::Generative, true)]);
    ours.stage = Some(Stage::Sandbox);
    let undecided = outcome("genai-sandbox-2026.own-regulator", BANK, &[], &ours);
    assert_eq!(undecided, Applicability::Unknown { facts: vec![Fact::SupervisorySandbox] });
    ours.facts.insert(Fact::SupervisorySandbox, true);
    assert!(outcome("genai-sandbox-2026.own-regulator", BANK, &[], &ours).applies());
    // The supervised trial of the money-laundering circular stays on our own stage.
    ours.facts.insert(Fact::Aml, true);
    assert!(outcome("hkma-ai-aml-2024.supervised-trial", BANK, &[], &ours).applies());
    ours.stage = Some(Stage::Pilot);
    assert!(!outcome("hkma-ai-aml-2024.supervised-trial", BANK, &[], &ours).applies());
}

#[test]
fn high_risk_is_meant_in_the_guidelines_own_sense() {
    let mut credit = profile(&[(Fact::PersonalData, true), (Fact::Generative, true)]);
    credit.high_risk = BTreeMap::from([
        (HighRiskSense::SignificantImpact, true),
        (HighRiskSense::AdviceRecommendationResearch, false),
    ]);
    assert!(outcome("pcpd-model-framework-2024.high-risk-in-the-loop", BANK, &[], &credit).applies());
    let sfc = outcome("sfc-genai-2024.hr-prompt-variation", SECURITIES_FIRM, &[], &credit);
    assert!(matches!(sfc, Applicability::DoesNotApply { fact: Fact::HighRisk, .. }));
    let dpo = outcome("dpo-genai-2025.high-risk-tier", BANK, &[], &credit);
    assert_eq!(dpo, Applicability::Unknown { facts: vec![Fact::HighRisk] });
}

#[test]
fn the_duty_of_another_body_is_shown_and_never_judged() {
    let catalogue = catalogue();
    let standing = catalogue.on(date(2026, 11, 22));
    let kinds = BTreeSet::from([InstitutionKind::AuthorizedInstitution]);
    let others: Vec<_> = standing
        .controls()
        .filter(|control| control.control.duty_holder != DutyHolder::Institution)
        .map(|control| control.applies(&kinds, &BTreeSet::new(), &Profile::default()))
        .collect();
    assert_eq!(others, [Applicability::OthersDuty { holder: DutyHolder::InvestorEducationBody }]);
}
