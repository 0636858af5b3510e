//! What shuts a gate and what opens it.

use dualtrack_catalogue::{Language, Stage};
use dualtrack_inventory::{Action, CheckOutcome, GateOutcome, Objection, Part, approval_template};

use crate::fixture::{World, approved, objections, ready, scoring};

fn actions(outcome: &GateOutcome) -> Vec<String> {
    outcome.blockers.iter().map(|blocker| blocker.action.text(Language::En)).collect()
}

/// The text with a word in the place of each digest.
fn without_digests(text: &str) -> String {
    let is_digest = |word: &str| {
        word.trim_start_matches("sha256:").len() >= 12
            && word.trim_start_matches("sha256:").bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let lines = text.lines().map(|line| {
        line.split(' ')
            .map(|word| if is_digest(word.trim_matches('`')) { "[digest]" } else { word })
            .collect::<Vec<_>>()
            .join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_gate_opens_when_everything_asked_is_there_and_the_right_people_approved() {
    let outcome = approved().gate(Stage::Production);
    assert_eq!(actions(&outcome), Vec::<String>::new());
    assert!(outcome.open);
    assert_eq!(outcome.asked, outcome.content);
}

#[test]
fn without_approvals_the_only_thing_left_is_to_approve() {
    let outcome = ready().gate(Stage::Production);
    assert!(!outcome.open);
    let [blocker] = outcome.blockers.as_slice() else { panic!("{:?}", actions(&outcome)) };
    assert!(matches!(blocker.action, Action::Approve { more: 2, .. }));
}

#[test]
fn blockers_come_in_the_order_in_which_to_act() {
    let outcome = World::new()
        .edit_use("  cross_border: false\n", "")
        .ran("fairness.demographic_parity_ratio", "sex", CheckOutcome::Fail)
        .evidence("v", "validation-report", "validated", "by: builder-bob")
        .gate(Stage::Production);
    insta::assert_snapshot!(without_digests(&actions(&outcome).join("\n")), @r"
    tell us whether data crosses the border of Hong Kong
    put on file: board approval, naming the controls it speaks for
    put on file: drift monitor, naming the controls it speaks for
    put on file: risk assessment, naming the controls it speaks for
    put on file: security test, naming the controls it speaks for
    set up a monitor that supplies: drift monitor, naming the controls it serves
    have somebody other than `builder-bob` give: validation report
    mend what `sex` found, or have two people waive it for a time
    have 2 more people approve snapshot [digest] (tier medium): compliance officer, and 1 more, who may also be risk officer, accountable senior manager or committee member
    ");
}

#[test]
fn advice_and_what_is_only_reported_shut_no_gate() {
    let outcome = World::new().gate(Stage::Production);
    let named = outcome.blockers.iter().flat_map(|blocker| &blocker.controls);
    let named: Vec<_> = named.map(|blocked| blocked.control.as_str()).collect();
    assert!(named.contains(&"hk-2024.before"));
    for quiet in ["hk-2024.advised", "hk-2024.reported", "coming-2025.own", "hk-2024.teaching"] {
        assert!(!named.contains(&quiet), "{quiet}");
    }
}

#[test]
fn an_adopted_control_shuts_the_gate() {
    let outcome = approved().adoption("reported", "officer-cora").gate(Stage::Production);
    assert!(!outcome.open);
}

#[test]
fn a_waived_control_shuts_no_gate() {
    let world = approved().without("evidence/e2.yaml");
    assert!(!world.gate(Stage::Production).open);
    let waived = world.waiver("two-kinds", "officer-cora", "officer-rick", "2026-12-31");
    assert!(waived.gate(Stage::Production).open);
}

#[test]
fn of_a_duty_that_runs_on_the_gate_asks_only_for_the_means() {
    let overdue =
        approved().edit_use("coverage: attested", "coverage: attested\nrunning_evidence_after_days: 1");
    assert!(overdue.gate(Stage::Production).open);
    let without_means = World::new();
    assert!(
        actions(&without_means.gate(Stage::Production))
            .iter()
            .any(|action| action.contains("set up a monitor"))
    );
}

#[test]
fn to_stay_in_a_stage_running_evidence_must_be_there_once_it_is_due() {
    let staying = approved()
        .edit_use(
            "  - {stage: sandbox, since: 2026-06-01}",
            "  - {stage: sandbox, since: 2026-06-01}\n  - {stage: pilot, since: 2026-08-01}",
        )
        .edit_use("stage: pilot\nstage_since: 2026-11-01", "stage: production\nstage_since: 2026-10-01");
    let outcome = staying.gate(Stage::Production);
    assert_eq!(actions(&outcome), ["put on file: drift monitor, naming the controls it speaks for"]);
    let shown = staying.evidence("d", "drift-monitor", "watch", "by: builder-bob");
    assert!(shown.gate(Stage::Production).open);
}

#[test]
fn a_use_in_production_whose_running_evidence_expired_may_not_stay_until_it_is_renewed() {
    let staying = approved()
        .edit_use(
            "  - {stage: sandbox, since: 2026-06-01}",
            "  - {stage: sandbox, since: 2026-06-01}\n  - {stage: pilot, since: 2026-08-01}",
        )
        .edit_use("stage: pilot\nstage_since: 2026-11-01", "stage: production\nstage_since: 2026-10-01")
        .evidence("d", "drift-monitor", "watch", "by: builder-bob\nexpires: 2026-11-21");
    let outcome = staying.gate(Stage::Production);
    assert!(!outcome.open);
    assert_eq!(actions(&outcome), ["renew what has expired: drift monitor"]);
}

#[test]
fn a_filled_in_template_is_an_approval_that_counts() {
    let inventory = ready().load();
    let template = approval_template(&inventory, scoring(&inventory));
    insta::assert_snapshot!(without_digests(&template), @r"
    # Approves `scoring` as it is now. Fill in `by`, `role` and `on`; it counts while the use stays in this state.
    schema: dualtrack.approval/1
    approvals:
      - id: scoring-production
        use: scoring
        stage: production
        snapshot: [digest]
        parts:
          profile: [digest]
          purpose: [digest]
          models: [digest]
          training-data: [digest]
          validation-data: [digest]
          retrieval-data: [digest]
          prompts: [digest]
          tools: [digest]
          providers: [digest]
          thresholds: [digest]
        by: # your id in people.yaml; not an owner, builder, requester or validator of the use
        role: # an office you hold: compliance-officer, risk-officer, accountable-manager, committee-member
        on: # today, such as 2026-11-22
        # expires: # the last day on which it counts
        # conditions:
        #   - {en: …, zh-Hant: …}
    ");
    let left_blank = ready().with("approvals/a.yaml", &template);
    assert!(left_blank.errors().starts_with("approvals/a.yaml:"), "{}", left_blank.errors());
    let filled = template
        .replace("by: #", "by: officer-cora #")
        .replace("role: #", "role: compliance-officer #")
        .replace("on: #", "on: 2026-11-20 #");
    let outcome = ready().with("approvals/a.yaml", &filled).gate(Stage::Production);
    assert_eq!(outcome.approvals.len(), 1);
    assert_eq!(objections(&outcome), Vec::<&Objection>::new());
}

#[test]
fn evidence_supplied_for_another_stage_does_not_bar() {
    let supplied = |stage: &str| {
        let rest = format!("by: officer-cora\nline: first\nfor_stage: {stage}");
        approved().evidence("s", "risk-assessment", "advised", &rest).gate(Stage::Production).open
    };
    assert!(supplied("sandbox"));
    assert!(!supplied("production"));
}

#[test]
fn the_sandbox_asks_for_little_and_lists_the_rest_as_preparation() {
    let idea = World::new()
        .edit_use("stage: pilot", "stage: idea")
        .edit_use("cross_border: false", "cross_border: true")
        .edit_use("  - {stage: idea, since: 2026-01-01}\n  - {stage: sandbox, since: 2026-06-01}\n", "")
        .edit_use("history:\n", "");
    let outcome = idea.gate(Stage::Sandbox);
    let asked: Vec<_> = outcome.blockers.iter().flat_map(|blocker| &blocker.controls).collect();
    let asked: std::collections::BTreeSet<_> = asked.iter().map(|blocked| blocked.control.as_str()).collect();
    assert_eq!(Vec::from_iter(asked), ["hk-2024.privacy", "hk-2024.two-kinds"]);
    assert!(outcome.preparation.iter().any(|later| later.gate.to == Stage::Pilot));
    assert!(outcome.preparation.iter().any(|later| later.gate.to == Stage::Production));
}

#[test]
fn no_gate_can_be_jumped() {
    let sandbox = approved().edit_use("stage: pilot", "stage: sandbox");
    let outcome = sandbox.gate(Stage::Production);
    assert!(matches!(outcome.blockers[0].action, Action::PassEarlierGate { .. }));
}

#[test]
fn a_suspended_use_passes_no_gate_but_can_always_be_retired() {
    let world = approved().edit_use(
        "coverage: attested",
        "coverage: attested\nsuspended: {on: 2026-11-21, by: owner-ann, because: {en: Odd answers, zh-Hant: 回答異常}}",
    );
    let outcome = world.gate(Stage::Production);
    assert!(!outcome.open);
    assert!(matches!(outcome.blockers[0].action, Action::LiftSuspension { .. }));
    assert!(world.gate(Stage::Retired).open);
    assert!(world.gate(Stage::Sandbox).open);
}

#[test]
fn a_retired_use_passes_no_gate() {
    let retired = approved().edit_use("stage: pilot", "stage: retired");
    assert!(retired.gate(Stage::Retired).open);
    for stage in [Stage::Idea, Stage::Sandbox, Stage::Pilot, Stage::Production] {
        let outcome = retired.gate(stage);
        assert!(!outcome.open, "{stage:?}");
        assert!(matches!(outcome.blockers[0].action, Action::Retired), "{stage:?}");
    }
}

#[test]
fn an_approval_by_the_validator_does_not_count() {
    let outcome = ready()
        .edit("people.yaml", "roles: [validator]", "roles: [validator, compliance-officer]")
        .approval("a1", "validator-val", "compliance-officer", "production", "2026-11-20")
        .gate(Stage::Production);
    assert!(matches!(objections(&outcome)[0], Objection::Barred { .. }));
}

#[test]
fn an_approval_by_somebody_who_supplied_first_line_evidence_does_not_count() {
    let outcome =
        approved().evidence("late", "risk-assessment", "advised", "by: officer-cora").gate(Stage::Production);
    assert!(!outcome.open);
    assert!(matches!(objections(&outcome)[0], Objection::Barred { .. }));
}

#[test]
fn an_approval_in_an_office_one_does_not_hold_does_not_count() {
    let outcome = ready()
        .approval("a1", "officer-rick", "compliance-officer", "production", "2026-11-20")
        .gate(Stage::Production);
    assert!(matches!(objections(&outcome)[0], Objection::NotInOffice { .. }));
}

#[test]
fn two_approvals_by_one_person_count_once() {
    let outcome = ready()
        .approval("a1", "officer-cora", "compliance-officer", "production", "2026-11-20")
        .approval("a2", "officer-cora", "compliance-officer", "production", "2026-11-21")
        .gate(Stage::Production);
    assert_eq!(objections(&outcome), [&Objection::SamePerson]);
}

#[test]
fn a_change_of_a_threshold_voids_the_approvals() {
    let outcome = approved().edit_use("cut_off: 0.25", "cut_off: 0.30").gate(Stage::Production);
    assert!(!outcome.open);
    assert!(matches!(objections(&outcome)[0], Objection::Changed { .. }));
}

#[test]
fn a_minor_change_needs_a_second_person() {
    let changed =
        || approved().edit_use("training: [training],", "training: [training], validation: [feed],");
    let alone = changed().change("parts: [validation-data]").gate(Stage::Production);
    assert!(matches!(objections(&alone)[0], Objection::NotConfirmed { .. }));
    assert!(actions(&alone).iter().any(|action| action.contains("settle the minor change")));
    let same =
        changed().change("parts: [validation-data]\n    confirmed_by: builder-bob").gate(Stage::Production);
    assert!(!same.open);
    let confirmed =
        changed().change("parts: [validation-data]\n    confirmed_by: officer-rick").gate(Stage::Production);
    assert_eq!(objections(&confirmed), Vec::<&Objection>::new());
    assert!(confirmed.open);
}

#[test]
fn a_minor_change_nobody_recorded_is_material() {
    let outcome = approved()
        .edit_use("training: [training],", "training: [training], validation: [feed],")
        .gate(Stage::Production);
    assert!(matches!(objections(&outcome)[0], Objection::Changed { .. }));
}

#[test]
fn a_change_of_what_is_retrieved_voids_the_approvals_even_if_confirmed() {
    let changed = approved().edit_use("training: [training],", "training: [training], retrieval: [feed],");
    let recorded = changed.change("parts: [retrieval-data]\n    confirmed_by: officer-rick");
    let outcome = recorded.gate(Stage::Production);
    assert!(
        matches!(objections(&outcome)[0], Objection::Changed { parts } if parts.contains(&Part::RetrievalData))
    );
}

#[test]
fn a_planned_change_needs_its_plan_and_its_tests() {
    let plan = "change_plans:\n  - id: wording\n    what: {en: Wording, zh-Hant: 措辭}\n    parts: [prompts]\n    \
                tests: [performance.auc]\n    approved_by: officer-rick\n    on: 2026-10-01\n    expires: 2027-10-01\nthresholds:";
    let mut changed = approved().edit_use("thresholds:", plan);
    changed.contents.insert("data/prompt.txt".to_owned(), "be kinder".to_owned());
    let untested = changed.clone().change("parts: [prompts]\n    plan: wording").gate(Stage::Production);
    assert!(matches!(objections(&untested)[0], Objection::OutsidePlan { .. }));
    let tested = changed
        .record("t", "validation-report", "performance.auc", "on: 2026-11-21\nby: validator-val")
        .change("parts: [prompts]\n    plan: wording\n    tests: [t]");
    assert_eq!(objections(&tested.gate(Stage::Production)), Vec::<&Objection>::new());
}

#[test]
fn an_unacceptable_practice_passes_no_gate() {
    let world =
        approved().edit_use("coverage: attested", "coverage: attested\ndpo: {unacceptable_practice: true}");
    assert!(
        actions(&world.gate(Stage::Production)).iter().any(|action| action.starts_with("stop the practice"))
    );
}

#[test]
fn every_action_has_words_in_both_languages_and_somebody_who_may_do_it() {
    let outcome = World::new().gate(Stage::Production);
    for blocker in &outcome.blockers {
        assert!(!blocker.who.is_empty(), "{blocker:?}");
        for language in Language::ALL {
            assert!(!blocker.action.text(language).is_empty());
        }
    }
}
