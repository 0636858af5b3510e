//! What somebody tries who may write files: each attempt fails, and the record says why.

use dualtrack_catalogue::{Binding, Stage};
use dualtrack_inventory::VerdictState::{Met, Missing, NotMet};
use dualtrack_inventory::{Bar, CheckOutcome, Objection, PersonId, Reason, barred};

use crate::fixture::{TODAY, World, approved, objections, ready, says, scoring};

const FAIRNESS: &str = "fairness.demographic_parity_ratio";

fn bars(world: &World, person: &str) -> Vec<Bar> {
    let inventory = world.load();
    let id = PersonId::parse(person).unwrap();
    barred(&inventory, scoring(&inventory), Stage::Production, &id, TODAY)
        .from_validating
        .into_iter()
        .collect()
}

#[test]
fn a_builder_who_calls_herself_second_line_still_may_not_validate() {
    let world = World::new().evidence("v", "validation-report", "validated", "by: builder-bob\nline: second");
    let verdict = world.verdict("validated");
    assert_eq!(verdict.state, Missing);
    assert!(says(&verdict, |reason| matches!(reason, Reason::EvidenceByBarred { .. })));
}

#[test]
fn somebody_of_the_first_line_speaks_for_it_whatever_the_record_says() {
    let people = |roles: &str| {
        World::new().edit("people.yaml", "roles: [risk-officer]", &format!("roles: [{roles}]")).evidence(
            "e",
            "risk-assessment",
            "before",
            "by: officer-rick\nline: second",
        )
    };
    assert!(matches!(bars(&people("developer"), "officer-rick").as_slice(), [Bar::FirstLineEvidence { .. }]));
    assert_eq!(bars(&people("developer, risk-officer"), "officer-rick"), []);
}

#[test]
fn one_person_with_two_ids_is_refused() {
    let world = World::new().edit("people.yaml", "{en: Rick, zh-Hant: 力}", "{en: Cora, zh-Hant: 歌}");
    assert_eq!(
        world.errors(),
        "people.yaml:8:10: `officer-cora` and `officer-rick` have the same name; one person has one id, and two are \
         told apart by name"
    );
}

#[test]
fn a_waiver_by_the_owner_and_her_builder_does_not_waive() {
    for (by, second) in [("owner-ann", "builder-bob"), ("builder-bob", "owner-ann")] {
        let verdict = World::new().waiver("before", by, second, "2026-12-31").verdict("before");
        assert_eq!(verdict.state, Missing);
        assert!(says(&verdict, |reason| matches!(reason, Reason::WaiverByBarred { .. })));
    }
}

#[test]
fn a_waiver_by_friends_without_an_approving_office_does_not_waive() {
    let verdict = World::new()
        .edit("people.yaml", "roles: [risk-officer]", "roles: [operations]")
        .waiver("before", "officer-cora", "officer-rick", "2026-12-31")
        .verdict("before");
    assert_eq!(verdict.state, Missing);
    assert!(says(
        &verdict,
        |reason| matches!(reason, Reason::WaiverWithoutOffice { person, .. } if person.as_str() == "officer-rick")
    ));
}

#[test]
fn a_waiver_or_evidence_that_ends_before_it_begins_is_refused() {
    let waiver = World::new().waiver("before", "officer-cora", "officer-rick", "2026-08-31");
    assert!(waiver.errors().contains("`expires` (2026-08-31) lies before `on` (2026-09-01)"));
    let evidence = World::new().evidence("e", "risk-assessment", "before", "expires: 2026-09-30");
    assert!(evidence.errors().contains("`expires` (2026-09-30) lies before `on` (2026-10-01)"));
    let approval = approved().edit("approvals/a1.yaml", "    parts:", "    expires: 2026-11-19\n    parts:");
    assert!(approval.errors().contains("`expires` (2026-11-19) lies before `on` (2026-11-20)"));
}

#[test]
fn an_adoption_by_anyone_but_a_compliance_officer_binds_nothing() {
    for person in ["owner-ann", "officer-rick", "manager-may"] {
        let verdict = World::new().adoption("reported", person).verdict("reported");
        assert_eq!(verdict.binding, Binding::BindsOnceAdopted, "{person}");
    }
}

#[test]
fn an_approval_dated_in_the_future_is_not_there_yet() {
    let outcome = ready()
        .approval("a1", "officer-cora", "compliance-officer", "production", "2026-11-23")
        .gate(Stage::Production);
    assert_eq!(outcome.approvals, []);
}

#[test]
fn an_approval_of_an_older_snapshot_without_its_parts_does_not_count() {
    let mut world = approved();
    for file in ["approvals/a1.yaml", "approvals/a2.yaml"] {
        let text = world.files.get_mut(file).unwrap();
        text.truncate(text.find("    parts:").unwrap());
    }
    assert!(world.gate(Stage::Production).open);
    let outcome = world.edit_use("cut_off: 0.25", "cut_off: 0.30").gate(Stage::Production);
    assert!(!outcome.open);
    assert!(
        objections(&outcome)
            .iter()
            .all(|one| matches!(one, Objection::Changed { parts } if parts.is_empty()))
    );
}

#[test]
fn parts_of_the_present_under_an_older_snapshot_are_refused() {
    let world = approved();
    let present = world.clone().edit_use("cut_off: 0.25", "cut_off: 0.30");
    let present = present.approval("a3", "officer-rick", "risk-officer", "production", "2026-11-21");
    let digest = |text: &str| text.lines().find(|line| line.contains("snapshot:")).unwrap().to_owned();
    let (old, new) = (digest(&world.files["approvals/a1.yaml"]), digest(&present.files["approvals/a3.yaml"]));
    let forged = present.edit("approvals/a3.yaml", &new, &old);
    assert!(forged.errors().contains("the `parts` of approval `a3` do not make up its `snapshot`"));
}

#[test]
fn evidence_dated_in_the_future_is_not_there_yet() {
    let world = World::new().evidence("e", "risk-assessment", "before", "on: 2026-11-23");
    assert_eq!(world.state("before"), Missing);
}

#[test]
fn who_built_a_model_the_use_stands_on_may_not_validate_the_use() {
    let world = World::new()
        .edit("models/scorecard.yaml", "open_source:", "builders: [validator-val]\nopen_source:")
        .evidence("v", "validation-report", "validated", "by: validator-val");
    assert_eq!(world.state("validated"), Missing);
    assert!(matches!(bars(&world, "validator-val").as_slice(), [Bar::ModelBuilder { .. }]));
    let of_base = World::new()
        .edit("models/scorecard.yaml", "open_source:", "based_on: base\nopen_source:")
        .with(
            "models/base.yaml",
            "schema: dualtrack.model/1\nid: base\nname: {en: Base, zh-Hant: 基礎}\nversion: '1'\nkind: lightgbm\nbuilders: [validator-val]\n",
        )
        .evidence("v", "validation-report", "validated", "by: validator-val");
    assert_eq!(of_base.state("validated"), Missing);
}

#[test]
fn a_pass_typed_by_hand_for_a_check_never_run_does_not_count() {
    let unbound =
        World::new().evidence("r", "fairness-test", "fair", &format!("controls: []\ncheck: {FAIRNESS}"));
    assert!(unbound.errors().contains("records a check without the `snapshot` it was run on"));
    let undeclared = World::new().record("r", "fairness-test", FAIRNESS, "by: builder-bob");
    assert_eq!(undeclared.state("fair"), Missing);
    assert!(says(&undeclared.verdict("fair"), |reason| matches!(
        reason,
        Reason::RecordOfUndeclaredCheck { .. }
    )));
}

#[test]
fn a_pass_typed_by_hand_is_answered_by_the_run_of_the_day() {
    let key = format!("{FAIRNESS}[group=sex]");
    let typed = World::new().record("r", "fairness-test", FAIRNESS, &format!("by: builder-bob\nkey: {key}"));
    assert_eq!(typed.state("fair"), Met);
    assert_eq!(typed.ran(FAIRNESS, &key, CheckOutcome::Fail).state("fair"), NotMet);
}

#[test]
fn a_record_of_a_check_ends_with_the_state_it_was_run_on() {
    let key = format!("{FAIRNESS}[group=sex]");
    let recorded = World::new().record("r", "fairness-test", FAIRNESS, &format!("key: {key}"));
    let loosened = recorded.edit_use("at_least: 0.8", "at_least: 0.1");
    assert_eq!(loosened.state("fair"), Missing);
}

#[test]
fn whom_a_group_is_compared_with_cannot_be_changed_behind_an_approval() {
    let outcome = approved().edit_use("reference: male", "reference: female").gate(Stage::Production);
    assert!(matches!(objections(&outcome)[0], Objection::Changed { .. }));
}

#[test]
fn the_owner_cannot_talk_away_what_a_validator_found() {
    let found = World::new().evidence(
        "found",
        "risk-assessment",
        "before",
        "by: validator-val\noutcome: fail\non: 2026-10-10",
    );
    let talked = found.clone().evidence("talk", "risk-assessment", "before", "by: owner-ann\non: 2026-10-20");
    assert_eq!(talked.state("before"), NotMet);
    let mended = found.evidence("again", "risk-assessment", "before", "by: validator-val\non: 2026-10-20");
    assert_eq!(mended.state("before"), Met);
}

#[test]
fn an_owner_cannot_put_off_running_evidence() {
    let late = World::new()
        .edit_use("coverage: attested", "coverage: attested\nrunning_evidence_after_days: 9999")
        .verdict("watch");
    assert_eq!(late.due, World::new().verdict("watch").due);
}

#[test]
fn a_minor_change_confirmed_by_the_owner_is_not_confirmed() {
    let changed = approved().edit_use("training: [training],", "training: [training], validation: [feed],");
    let outcome =
        changed.change("parts: [validation-data]\n    confirmed_by: owner-ann").gate(Stage::Production);
    assert!(matches!(objections(&outcome)[0], Objection::NotConfirmed { .. }));
}

#[test]
fn the_test_of_a_planned_change_is_of_the_changed_state() {
    let plan = "change_plans:\n  - id: wording\n    what: {en: Wording, zh-Hant: 措辭}\n    parts: [prompts]\n    \
                tests: [performance.auc]\n    approved_by: officer-rick\n    on: 2026-10-01\n    expires: 2027-10-01\nthresholds:";
    let before = approved().edit_use("thresholds:", plan).record(
        "t",
        "validation-report",
        "performance.auc",
        "on: 2026-11-21\nby: validator-val",
    );
    let mut changed = before;
    changed.contents.insert("data/prompt.txt".to_owned(), "be kinder".to_owned());
    let outcome =
        changed.change("parts: [prompts]\n    plan: wording\n    tests: [t]").gate(Stage::Production);
    assert!(matches!(objections(&outcome)[0], Objection::OutsidePlan { .. }));
}
