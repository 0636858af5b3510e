//! Every way in which a folder can be wrong, and the one line that says so.

use insta::assert_snapshot;

use crate::fixture::World;

#[test]
fn a_sound_folder_loads() {
    assert_snapshot!(World::new().errors(), @"");
}

#[test]
fn an_unknown_key_is_refused_with_a_suggestion() {
    assert_snapshot!(World::new().edit_use("  owners:", "  ownrs:").errors(), @"");
}

#[test]
fn a_wrong_schema_tag_is_refused() {
    assert_snapshot!(World::new().edit_use("dualtrack.use/1", "dualtrack.use/9").errors(), @"");
}

#[test]
fn a_missing_field_is_named() {
    assert_snapshot!(World::new().edit_use("entity: bank\n", "").errors(), @"");
}

#[test]
fn a_wrong_type_is_named() {
    assert_snapshot!(World::new().edit_use("  credit: true", "  credit: maybe").errors(), @"");
}

#[test]
fn an_unknown_word_is_refused_with_a_suggestion() {
    assert_snapshot!(World::new().edit_use("stage: pilot", "stage: pilto").errors(), @"");
}

#[test]
fn a_text_that_is_not_yaml_is_refused() {
    assert_snapshot!(World::new().with("uses/scoring.yaml", "a: [1,\nb: {").errors(), @"");
}

#[test]
fn an_empty_file_is_refused() {
    assert_snapshot!(World::new().with("uses/empty.yaml", "").errors(), @"");
}

#[test]
fn a_bad_id_is_refused() {
    assert_snapshot!(World::new().edit_use("id: scoring", "id: Scoring Model").errors(), @"");
}

#[test]
fn two_files_with_one_id_are_refused() {
    let world = World::new();
    let copy = world.files["models/scorecard.yaml"].clone();
    assert_snapshot!(world.with("models/zweit.yaml", &copy).errors(), @"");
}

#[test]
fn two_people_with_one_id_are_refused() {
    assert_snapshot!(World::new().edit("people.yaml", "id: builder-bob", "id: owner-ann").errors(), @"");
}

#[test]
fn two_pieces_of_evidence_with_one_id_are_refused() {
    let world = World::new().evidence("e", "risk-assessment", "before", "");
    let copy = world.files["evidence/e.yaml"].clone();
    assert_snapshot!(world.with("evidence/f.yaml", &copy).errors(), @"");
}

#[test]
fn a_person_who_does_not_exist_is_named_with_a_suggestion() {
    assert_snapshot!(World::new().edit_use("[builder-bob]", "[bulder-bob]").errors(), @"");
}

#[test]
fn references_to_nothing_are_all_reported_at_once() {
    let world = World::new()
        .edit_use("entity: bank", "entity: bnk")
        .edit_use("models: [scorecard]", "models: [scorecrd]")
        .edit_use("training: [training]", "training: [trainng]")
        .edit_use("providers: [cloud]", "providers: [clod]")
        .edit_use("set_by: officer-rick", "set_by: officer-ric");
    assert_snapshot!(world.errors(), @"");
}

#[test]
fn records_that_refer_to_nothing_are_reported() {
    let world = World::new()
        .evidence("e", "risk-assessment", "befor", "by: nobody\nabout: {model: scorecrd}")
        .waiver("nothing", "officer-cora", "officer-rik", "2026-12-31")
        .adoption("reportd", "officer-corra");
    assert_snapshot!(world.errors(), @"");
}

#[test]
fn a_check_that_does_not_exist_is_named_with_a_suggestion() {
    let world =
        World::new().edit_use("fairness.demographic_parity_ratio", "fairness.demografic_parity_ratio");
    assert_snapshot!(world.errors(), @"");
}

#[test]
fn a_voluntary_mechanism_that_does_not_exist_is_named() {
    assert_snapshot!(World::new().edit_use("coverage: attested", "coverage: attested\nvoluntary: [vol-2042]").errors(), @"");
}

#[test]
fn models_made_from_each_other_in_a_circle_are_refused() {
    let world = World::new();
    let other =
        world.files["models/scorecard.yaml"].replace("id: scorecard", "id: other\nbased_on: scorecard");
    let world = world.with("models/other.yaml", &other).edit(
        "models/scorecard.yaml",
        "kind:",
        "based_on: other\nkind:",
    );
    assert_snapshot!(world.errors(), @"");
}

#[test]
fn a_provider_that_is_its_own_parent_is_refused() {
    assert_snapshot!(World::new().edit("providers/cloud.yaml", "contact:", "parent: cloud\ncontact:").errors(), @"");
}

#[test]
fn an_expiry_before_its_date_is_refused() {
    let world = World::new().evidence("e", "risk-assessment", "before", "expires: 2026-09-30").waiver(
        "before",
        "officer-cora",
        "officer-rick",
        "2026-08-31",
    );
    assert_snapshot!(world.errors(), @"");
}

#[test]
fn a_date_that_is_none_is_refused() {
    assert_snapshot!(World::new().edit_use("2026-11-01", "2026-02-30").errors(), @"");
}

#[test]
fn evidence_that_speaks_for_nothing_is_refused() {
    assert_snapshot!(World::new().evidence("e", "risk-assessment", "before", "controls: []").errors(), @"");
}

#[test]
fn a_derived_fact_is_not_stated() {
    assert_snapshot!(World::new().edit_use("  credit: true", "  credit: true\n  develops_model: true\n  high_risk: false").errors(), @"");
}

#[test]
fn a_use_without_an_owner_is_refused() {
    assert_snapshot!(World::new().edit_use("owners: [owner-ann]", "owners: []").errors(), @"");
}

#[test]
fn a_check_without_threshold_is_refused() {
    assert_snapshot!(World::new().edit_use("    at_least: 0.8\n", "").errors(), @"");
}

#[test]
fn a_threshold_names_who_set_it_why_and_when() {
    for field in ["set_by: officer-rick", "because: {en: Four fifths, zh-Hant: 五分之四}", "on: 2026-05-01"]
    {
        let errors = World::new().edit_use(&format!("    {field}\n"), "").errors();
        let name = field.split(':').next().unwrap();
        assert!(errors.contains(&format!("field `{name}` is missing")), "{errors}");
    }
}

#[test]
fn a_check_declared_twice_is_refused() {
    let again = "checks:\n  - check: fairness.demographic_parity_ratio\n    group: sex\n    at_most: 1.2\n    \
                 set_by: officer-rick\n    because: {en: Why, zh-Hant: 原因}\n    on: 2026-05-01\n";
    assert_snapshot!(World::new().edit_use("checks:\n", again).errors(), @"");
}

#[test]
fn a_waiver_without_reason_is_refused() {
    let world = World::new().waiver("before", "officer-cora", "officer-rick", "2026-12-31").edit(
        "waivers/before.yaml",
        "{en: For a time, zh-Hant: 暫時}",
        "{en: ' ', zh-Hant: ''}",
    );
    assert_snapshot!(world.errors(), @"");
}

#[test]
fn a_decision_rule_is_one_rule() {
    assert_snapshot!(World::new().edit_use("{favourable_below: 0.25}", "{favourable_below: 0.25, column: decided}").errors(), @"");
}

#[test]
fn an_intersection_is_of_declared_groups() {
    assert_snapshot!(World::new().edit_use("checks:", "  intersections: [[sex, agee]]\nchecks:").errors(), @"");
}

#[test]
fn a_file_that_is_missing_is_named_with_a_suggestion() {
    assert_snapshot!(World::new().edit("models/scorecard.yaml", "data/model.txt", "data/modell.txt").errors(), @"");
}

#[test]
fn a_path_that_leaves_the_folder_is_refused() {
    for path in ["../secret.txt", "/etc/passwd", "data/../../x", "C:\\x", "./data/model.txt", ""] {
        let errors =
            World::new().edit("models/scorecard.yaml", "data/model.txt", &format!("'{path}'")).errors();
        assert!(errors.contains("leaves the folder"), "{path}: {errors}");
    }
}

#[test]
fn a_file_of_ours_in_the_wrong_place_is_refused() {
    let world = World::new();
    let text = world.files["uses/scoring.yaml"].clone();
    assert_snapshot!(world.without("uses/scoring.yaml").with("use/scoring.yaml", &text).errors(), @"");
}

#[test]
fn yaml_that_is_not_ours_is_left_alone() {
    assert_snapshot!(World::new().with("scripts/settings.yaml", "schema: other\na: 1\n").errors(), @"");
}

#[test]
fn a_folder_without_institution_or_people_is_refused() {
    assert_snapshot!(World::new().without("institution.yaml").without("people.yaml").without("uses/scoring.yaml").errors(), @"");
}

#[test]
fn parts_that_do_not_make_up_the_snapshot_are_refused() {
    let world = World::new().approval("a", "officer-cora", "compliance-officer", "production", "2026-11-20");
    let text = world.files["approvals/a.yaml"].clone();
    let line = text.lines().find(|line| line.contains("tools:")).unwrap().to_owned();
    assert_snapshot!(world.edit("approvals/a.yaml", &format!("{line}\n"), "").errors(), @"");
}

#[test]
fn gates_of_the_folder_are_whole() {
    let gates =
        include_str!("../../../../policies/gates.yaml").replace("  pilot:\n", "  retired:\n").replace(
            "      low:\n        people: 1\n        roles: [business-owner, risk",
            "      medium:\n        people: 1\n        roles: [risk",
        );
    let errors = World::new().with("gates.yaml", &gates).errors();
    assert!(errors.contains("`medium`"), "{errors}");
    let gates = include_str!("../../../../policies/gates.yaml").replace("  pilot:\n", "  retired:\n");
    assert_snapshot!(World::new().with("gates.yaml", &gates).errors(), @"");
}

#[test]
fn a_tiers_file_of_the_folder_stands_in_the_place_of_the_products() {
    let tiers = "schema: dualtrack.tiers/1\nrules: []\notherwise: {en: All low, zh-Hant: 全屬低}\n";
    let inventory = World::new().with("tiers.yaml", tiers).load();
    assert!(inventory.tiers().rules.is_empty());
}
