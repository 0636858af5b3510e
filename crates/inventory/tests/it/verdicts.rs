//! Hand-worked verdicts, one sentence each.

use dualtrack_catalogue::{Binding, Fact, Language, Status};
use dualtrack_inventory::VerdictState::{Met, Missing, NotApplicable, NotAssessable, NotMet, Stale, Waived};
use dualtrack_inventory::{CheckOutcome, Due, Reason};
use jiff::civil::date;

use crate::fixture::{TODAY, World, says};

const FAIRNESS: &str = "fairness.demographic_parity_ratio";
const BY_SEX: &str = "fairness.demographic_parity_ratio[group=sex]";

#[test]
fn without_evidence_a_control_is_missing() {
    let verdict = World::new().verdict("before");
    assert_eq!(verdict.state, Missing);
    assert!(says(&verdict, |reason| matches!(reason, Reason::KindNotShown { .. })));
}

#[test]
fn an_attestation_that_names_the_control_meets_it() {
    let verdict = World::new().evidence("e", "risk-assessment", "before", "").verdict("before");
    assert_eq!(verdict.state, Met);
    assert!(says(
        &verdict,
        |reason| matches!(reason, Reason::EvidenceCounts { evidence, .. } if evidence.as_str() == "e")
    ));
    assert_eq!(verdict.evidence.len(), 1);
}

#[test]
fn every_verdict_reaches_the_source_paragraph() {
    for verdict in World::new().judge_on(TODAY) {
        assert!(
            says(&verdict, |reason| matches!(reason, Reason::Source { control, paragraph, .. }
                if *control == verdict.control && paragraph.as_deref() == Some("para 1"))),
            "{}",
            verdict.control
        );
    }
}

#[test]
fn evidence_of_the_right_kind_that_names_another_control_does_not_count_and_the_verdict_says_so() {
    let verdict = World::new().evidence("e", "risk-assessment", "advised", "").verdict("before");
    assert_eq!(verdict.state, Missing);
    assert!(says(&verdict, |reason| matches!(reason, Reason::EvidenceSilent { .. })));
}

#[test]
fn evidence_of_another_kind_does_not_count_though_it_names_the_control() {
    assert_eq!(World::new().evidence("e", "security-test", "before", "").state("before"), Missing);
}

#[test]
fn every_kind_a_control_lists_is_needed() {
    let one = World::new().evidence("e", "risk-assessment", "two-kinds", "");
    assert_eq!(one.state("two-kinds"), Missing);
    let both = one.evidence("f", "security-test", "two-kinds", "");
    assert_eq!(both.state("two-kinds"), Met);
}

#[test]
fn evidence_that_names_a_former_id_speaks_for_the_control() {
    let world = World::new().evidence("e", "risk-assessment", "before", "controls: [hk-2024.formerly]");
    assert_eq!(world.state("before"), Met);
}

#[test]
fn evidence_about_a_model_the_use_stands_on_counts() {
    let world = World::new().evidence("e", "risk-assessment", "before", "about: {model: scorecard}");
    assert_eq!(world.state("before"), Met);
}

#[test]
fn evidence_about_a_dataset_or_a_provider_the_use_stands_on_counts() {
    for about in ["{dataset: feed}", "{provider: cloud}", "{entity: bank}"] {
        let world = World::new().evidence("e", "risk-assessment", "before", &format!("about: {about}"));
        assert_eq!(world.state("before"), Met, "{about}");
    }
}

#[test]
fn evidence_about_something_the_use_does_not_stand_on_does_not_count() {
    let world = World::new().edit_use("providers: [cloud]", "providers: []").evidence(
        "e",
        "risk-assessment",
        "before",
        "about: {provider: cloud}",
    );
    assert_eq!(world.state("before"), Missing);
}

#[test]
fn expired_evidence_makes_a_control_stale() {
    let world = World::new().evidence("e", "risk-assessment", "before", "expires: 2026-11-21");
    let verdict = world.verdict("before");
    assert_eq!(verdict.state, Stale);
    assert!(says(&verdict, |reason| matches!(reason, Reason::EvidenceExpired { .. })));
}

#[test]
fn evidence_counts_on_its_last_day() {
    let world = World::new().evidence("e", "risk-assessment", "before", "expires: 2026-11-22");
    assert_eq!(world.state("before"), Met);
}

#[test]
fn a_missing_kind_weighs_more_than_a_stale_one() {
    let world = World::new().evidence("e", "risk-assessment", "two-kinds", "expires: 2026-11-21");
    assert_eq!(world.state("two-kinds"), Missing);
}

#[test]
fn evidence_dated_after_the_day_is_not_there_yet() {
    let world = World::new().evidence("e", "risk-assessment", "before", "on: 2026-10-01");
    assert_eq!(world.verdict_on("before", date(2026, 9, 30)).state, Missing);
    assert!(!says(&world.verdict_on("before", date(2026, 9, 30)), |reason| matches!(
        reason,
        Reason::EvidenceSilent { .. }
    )));
    assert_eq!(world.verdict_on("before", date(2026, 10, 1)).state, Met);
}

#[test]
fn a_passing_check_of_this_run_meets_the_control() {
    let world = World::new().ran(FAIRNESS, "sex", CheckOutcome::Pass);
    assert_eq!(world.state("fair"), Met);
}

#[test]
fn a_failing_check_makes_the_control_not_met() {
    let verdict = World::new().ran(FAIRNESS, "sex", CheckOutcome::Fail).verdict("fair");
    assert_eq!(verdict.state, NotMet);
    assert!(says(&verdict, |reason| matches!(reason, Reason::CheckRan { outcome: CheckOutcome::Fail, .. })));
}

#[test]
fn too_little_data_makes_the_control_not_assessable() {
    assert_eq!(World::new().ran(FAIRNESS, "sex", CheckOutcome::TooLittleData).state("fair"), NotAssessable);
}

#[test]
fn a_check_that_could_not_be_measured_shows_nothing() {
    assert_eq!(World::new().ran(FAIRNESS, "sex", CheckOutcome::NotMeasured).state("fair"), Missing);
}

#[test]
fn one_failing_group_outweighs_one_that_passes() {
    let world =
        World::new().ran(FAIRNESS, "sex", CheckOutcome::Pass).ran(FAIRNESS, "age", CheckOutcome::Fail);
    assert_eq!(world.state("fair"), NotMet);
}

#[test]
fn a_check_speaks_for_the_definitions_beneath_it() {
    let world = World::new().ran("fairness.demographic_parity_ratio.strict", "sex", CheckOutcome::Pass);
    assert_eq!(world.state("fair"), Met);
}

#[test]
fn a_check_that_shows_a_part_leaves_the_rest_to_a_person() {
    let part = World::new().ran("performance.auc", "auc", CheckOutcome::Pass);
    assert_eq!(part.state("validated"), Missing);
    let whole = part.evidence("v", "validation-report", "validated", "by: validator-val");
    assert_eq!(whole.state("validated"), Met);
}

#[test]
fn a_failing_part_makes_the_control_not_met_whatever_people_attest() {
    let world = World::new().evidence("v", "validation-report", "validated", "by: validator-val").ran(
        "performance.auc",
        "auc",
        CheckOutcome::Fail,
    );
    assert_eq!(world.state("validated"), NotMet);
}

#[test]
fn the_run_stands_in_the_place_of_what_was_recorded_before() {
    let recorded =
        World::new().record("r", "fairness-test", FAIRNESS, &format!("key: {BY_SEX}\noutcome: fail"));
    assert_eq!(recorded.state("fair"), NotMet);
    assert_eq!(recorded.ran(FAIRNESS, BY_SEX, CheckOutcome::Pass).state("fair"), Met);
}

#[test]
fn the_newest_record_of_a_check_stands() {
    let world = World::new()
        .record("r1", "fairness-test", FAIRNESS, &format!("key: {BY_SEX}\noutcome: fail\non: 2026-08-01"))
        .record("r2", "fairness-test", FAIRNESS, &format!("key: {BY_SEX}\noutcome: pass\non: 2026-09-01"));
    assert_eq!(world.state("fair"), Met);
    assert_eq!(world.verdict_on("fair", date(2026, 8, 15)).state, NotMet);
}

#[test]
fn a_validation_by_the_builder_does_not_count_and_the_verdict_says_so() {
    let verdict =
        World::new().evidence("v", "validation-report", "validated", "by: builder-bob").verdict("validated");
    assert_eq!(verdict.state, Missing);
    assert!(says(
        &verdict,
        |reason| matches!(reason, Reason::EvidenceByBarred { person, .. } if person.as_str() == "builder-bob")
    ));
}

#[test]
fn what_a_barred_person_gave_is_the_first_thing_a_reader_learns_of_that_kind() {
    let verdict =
        World::new().evidence("v", "validation-report", "validated", "by: builder-bob").verdict("validated");
    let branch = verdict.because.because.iter().find(|one| matches!(one.reason, Reason::KindNotShown { .. }));
    let first = &branch.unwrap().because[0].reason;
    assert_eq!(first.text(Language::En), "`v` does not count: Bob builds the use");
    assert_eq!(first.text(Language::ZhHant), "「v」不獲計算：寶參與建構用例");
}

#[test]
fn a_validators_own_run_does_not_bar_her() {
    let world = World::new().evidence("run", "fairness-test", "fair", "by: validator-val").evidence(
        "v",
        "validation-report",
        "validated",
        "by: validator-val",
    );
    assert_eq!(world.state("validated"), Met);
}

#[test]
fn evidence_for_the_first_line_bars_a_validator() {
    let world = World::new()
        .evidence("run", "fairness-test", "fair", "by: validator-val\nline: first")
        .evidence("v", "validation-report", "validated", "by: validator-val");
    assert_eq!(world.state("validated"), Missing);
}

#[test]
fn a_board_approval_from_the_owner_does_not_count() {
    let world = World::new().evidence("b", "board-approval", "board", "by: owner-ann");
    assert_eq!(world.state("board"), Missing);
    let world = World::new().evidence("b", "board-approval", "board", "by: manager-may\nline: second");
    assert_eq!(world.state("board"), Met);
}

#[test]
fn evidence_bound_to_another_state_does_not_count() {
    let other = format!("snapshot: sha256:{}", "0".repeat(64));
    let verdict = World::new().evidence("e", "risk-assessment", "before", &other).verdict("before");
    assert_eq!(verdict.state, Missing);
    assert!(says(&verdict, |reason| matches!(reason, Reason::EvidenceForOtherSnapshot { .. })));
}

#[test]
fn a_fact_that_is_false_makes_a_control_not_applicable_even_if_another_is_unknown() {
    let world = World::new().edit_use("  personal_data: true\n", "");
    assert_eq!(world.state("privacy"), NotApplicable);
}

#[test]
fn an_unknown_fact_makes_a_control_not_assessable_and_the_reason_asks_for_it() {
    let verdict = World::new().edit_use("  cross_border: false\n", "").verdict("privacy");
    assert_eq!(verdict.state, NotAssessable);
    let reason = Reason::FactUnknown { fact: Fact::CrossBorder, sense: None };
    assert!(says(&verdict, |found| *found == reason));
    assert_eq!(reason.text(Language::En), "tell us whether data crosses the border of Hong Kong");
}

#[test]
fn the_stage_asked_for_is_the_stage_now() {
    assert_eq!(World::new().state("in-sandbox"), NotApplicable);
    let sandbox = World::new().edit_use("stage: pilot", "stage: sandbox");
    assert_eq!(sandbox.state("in-sandbox"), Missing);
}

#[test]
fn high_risk_is_the_guidelines_own_sense() {
    assert_eq!(World::new().state("grave"), NotApplicable);
    assert_eq!(
        World::new().edit_use("significant_impact: false", "significant_impact: true").state("grave"),
        Missing
    );
    assert_eq!(World::new().edit_use("significant_impact: false\n", "").state("grave"), NotAssessable);
    let forced = World::new().edit_use("automated_decision: false", "automated_decision: true");
    assert_eq!(forced.state("grave"), Missing);
}

#[test]
fn a_duty_of_another_body_is_shown_and_not_judged() {
    let verdict = World::new().verdict("teaching");
    assert_eq!(verdict.state, NotApplicable);
    assert_eq!(verdict.binding, Binding::OthersDuty);
    assert!(says(&verdict, |reason| matches!(reason, Reason::DutyOfAnother { .. })));
}

#[test]
fn a_guideline_for_other_institutions_does_not_touch_the_use() {
    assert_eq!(World::new().state("sfc-2024.own"), NotApplicable);
    let broker = World::new().edit("institution.yaml", "[authorized-institution]", "[licensed-corporation]");
    assert_eq!(broker.state("sfc-2024.own"), Missing);
}

#[test]
fn a_voluntary_mechanism_binds_only_a_use_that_declares_it() {
    assert_eq!(World::new().state("vol-2024.own"), NotApplicable);
    let declared = World::new().edit_use("coverage: attested", "coverage: attested\nvoluntary: [vol-2024]");
    assert_eq!(declared.state("vol-2024.own"), Missing);
}

#[test]
fn the_rules_of_a_programme_touch_only_its_participants_and_shut_no_gate() {
    assert_eq!(World::new().state("programme-2026.own"), NotApplicable);
    let joined = World::new().edit_use(
        "coverage: attested",
        "coverage: attested\nsupervisory_sandbox: {programme: Test, cohort: '1', regulator: HKMA}",
    );
    let verdict = joined.verdict("programme-2026.own");
    assert_eq!(verdict.state, Missing);
    assert_eq!(verdict.binding, Binding::Guidance { status: Status::Programme });
}

#[test]
fn a_proposed_guideline_guides_and_says_so() {
    let verdict = World::new().verdict("coming-2025.own");
    assert_eq!(verdict.binding, Binding::Guidance { status: Status::Proposed });
    assert!(says(&verdict, |reason| matches!(reason, Reason::NotInForce { .. })));
}

#[test]
fn a_guideline_is_judged_only_from_the_day_it_takes_effect() {
    let world = World::new();
    let has = |day| world.judge_on(day).iter().any(|verdict| verdict.guideline.as_str() == "late-2026");
    assert!(!has(date(2026, 8, 31)));
    assert!(has(date(2026, 9, 1)));
}

#[test]
fn a_running_duty_without_means_is_missing() {
    let verdict = World::new().verdict("watch");
    assert_eq!(verdict.state, Missing);
    assert_eq!(verdict.due, Due::Means { set_up: false, evidence_from: Some(date(2026, 12, 1)) });
}

fn watched() -> World {
    World::new().edit_use(
        "thresholds:",
        "monitors:\n  - id: drift\n    what: {en: Watches, zh-Hant: 監察}\n    kinds: [drift-monitor]\n    \
         controls: [hk-2024.watch, hk-2024.both]\n    every_days: 7\n    since: 2026-10-01\n    set_up_by: builder-bob\nthresholds:",
    )
}

#[test]
fn with_its_means_set_up_a_running_duty_is_not_due_until_the_interval_has_passed() {
    let verdict = watched().verdict("watch");
    assert_eq!(verdict.state, NotApplicable);
    let reason = Reason::NotDueYet { until: date(2026, 12, 1) };
    assert!(says(&verdict, |found| *found == reason));
    assert_eq!(reason.text(Language::En), "running evidence is not due yet, until 2026-12-01");
}

#[test]
fn from_the_day_it_is_due_running_evidence_is_asked_for() {
    assert_eq!(watched().verdict_on("watch", date(2026, 11, 30)).state, NotApplicable);
    assert_eq!(watched().verdict_on("watch", date(2026, 12, 1)).state, Missing);
    let shown = watched().evidence("d", "drift-monitor", "watch", "by: builder-bob");
    assert_eq!(shown.verdict_on("watch", date(2026, 12, 1)).state, Met);
}

#[test]
fn a_use_may_state_its_own_interval_for_running_evidence() {
    let world =
        watched().edit_use("coverage: attested", "coverage: attested\nrunning_evidence_after_days: 10");
    assert_eq!(world.verdict_on("watch", date(2026, 11, 10)).state, NotApplicable);
    assert_eq!(world.verdict_on("watch", date(2026, 11, 11)).state, Missing);
}

#[test]
fn running_evidence_is_not_due_before_the_use_runs() {
    let verdict = watched().edit_use("stage: pilot", "stage: sandbox").verdict("watch");
    assert_eq!(verdict.state, NotApplicable);
    assert!(says(&verdict, |reason| matches!(reason, Reason::NotDueBeforeItRuns { .. })));
}

#[test]
fn what_is_due_before_launch_and_runs_on_must_be_shown_before_the_gate() {
    assert_eq!(watched().state("both"), Missing);
    assert_eq!(watched().evidence("d", "drift-monitor", "both", "by: builder-bob").state("both"), Met);
}

#[test]
fn a_duty_on_an_incident_falls_due_with_the_incident_and_older_evidence_does_not_answer_it() {
    assert_eq!(World::new().state("incident"), NotApplicable);
    let happened = World::new().edit_use(
        "coverage: attested",
        "coverage: attested\nevents:\n  - {kind: incident, on: 2026-11-10, what: {en: Outage, zh-Hant: 中斷}}",
    );
    assert_eq!(happened.state("incident"), Missing);
    assert_eq!(happened.verdict_on("incident", date(2026, 11, 9)).state, NotApplicable);
    let old = happened.clone().evidence("i", "incident-record", "incident", "on: 2026-11-09");
    assert_eq!(old.state("incident"), Missing);
    assert!(says(&old.verdict("incident"), |reason| matches!(reason, Reason::EvidenceTooOld { .. })));
    assert_eq!(
        happened.evidence("i", "incident-record", "incident", "on: 2026-11-10").state("incident"),
        Met
    );
}

#[test]
fn a_duty_on_material_change_falls_due_when_the_approved_state_changes() {
    let approved = World::new().approval("a", "officer-cora", "compliance-officer", "pilot", "2026-10-30");
    assert_eq!(approved.state("changed"), NotApplicable);
    let changed = approved.edit_use("cut_off: 0.25", "cut_off: 0.30");
    let verdict = changed.verdict("changed");
    assert_eq!(verdict.state, Missing);
    assert!(says(&verdict, |reason| matches!(reason, Reason::MaterialChange { .. })));
    assert_eq!(
        changed.clone().evidence("e", "risk-assessment", "changed", "on: 2026-10-30").state("changed"),
        Missing
    );
    assert_eq!(changed.evidence("e", "risk-assessment", "changed", "on: 2026-10-31").state("changed"), Met);
}

#[test]
fn a_waiver_by_two_people_until_a_day_waives() {
    let world = World::new().waiver("before", "officer-cora", "officer-rick", "2026-12-31");
    let verdict = world.verdict("before");
    assert_eq!(verdict.state, Waived);
    assert!(says(&verdict, |reason| matches!(reason, Reason::SomethingMissing)));
    assert!(says(&verdict, |reason| matches!(reason, Reason::WaiverCounts { .. })));
}

#[test]
fn an_expired_waiver_does_not_waive_and_says_so() {
    let verdict =
        World::new().waiver("before", "officer-cora", "officer-rick", "2026-11-21").verdict("before");
    assert_eq!(verdict.state, Missing);
    assert!(says(&verdict, |reason| matches!(reason, Reason::WaiverExpired { .. })));
}

#[test]
fn a_waiver_by_one_person_twice_does_not_waive() {
    let verdict =
        World::new().waiver("before", "officer-cora", "officer-cora", "2026-12-31").verdict("before");
    assert_eq!(verdict.state, Missing);
    assert!(says(&verdict, |reason| matches!(reason, Reason::WaiverNeedsSecondPerson { .. })));
}

#[test]
fn a_waiver_by_the_owner_does_not_waive_in_either_place() {
    for (by, second) in [("owner-ann", "officer-cora"), ("officer-cora", "owner-ann")] {
        let verdict = World::new().waiver("before", by, second, "2026-12-31").verdict("before");
        assert_eq!(verdict.state, Missing);
        assert!(says(&verdict, |reason| matches!(reason, Reason::WaiverByBarred { .. })));
    }
}

#[test]
fn a_waiver_does_not_touch_what_is_met() {
    let world = World::new().evidence("e", "risk-assessment", "before", "").waiver(
        "before",
        "officer-cora",
        "officer-rick",
        "2026-12-31",
    );
    assert_eq!(world.state("before"), Met);
}

#[test]
fn a_reported_control_binds_once_a_compliance_officer_adopts_it() {
    assert_eq!(World::new().verdict("reported").binding, Binding::BindsOnceAdopted);
    assert_eq!(World::new().adoption("reported", "officer-cora").verdict("reported").binding, Binding::Binds);
    let wrong = World::new().adoption("reported", "officer-rick").verdict("reported");
    assert_eq!(wrong.binding, Binding::BindsOnceAdopted);
    assert!(says(&wrong, |reason| matches!(reason, Reason::AdoptionNotCounted { .. })));
}

#[test]
fn the_reading_of_the_institution_is_shown() {
    let world = World::new().adoption("before", "officer-cora").edit(
        "adoptions/before.yaml",
        "    by:",
        "    reading: {en: As we read it, zh-Hant: 我們的解讀}\n    by:",
    );
    assert!(says(&world.verdict("before"), |reason| matches!(reason, Reason::Reading { .. })));
}

#[test]
fn every_reason_has_words_in_both_languages() {
    let world = watched()
        .evidence("e", "risk-assessment", "before", "expires: 2026-11-21")
        .evidence("v", "validation-report", "validated", "by: builder-bob")
        .waiver("two-kinds", "owner-ann", "officer-cora", "2026-12-31")
        .ran(FAIRNESS, "sex", CheckOutcome::Fail);
    for verdict in world.judge_on(TODAY) {
        for reason in verdict.because.reasons() {
            for language in Language::ALL {
                assert!(!reason.text(language).is_empty(), "{reason:?}");
            }
        }
    }
}
