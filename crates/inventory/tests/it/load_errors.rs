//! Every way in which a folder can be wrong, and the one line that says so.

use insta::assert_snapshot;

use crate::fixture::World;

#[test]
fn a_sound_folder_loads() {
    assert_snapshot!(World::new().errors(), @"");
}

#[test]
fn an_unknown_key_is_refused_with_a_suggestion() {
    assert_snapshot!(World::new().edit_use("  owners:", "  ownrs:").errors(), @"uses/scoring.yaml:16:3: unknown field `ownrs`; did you mean `owners`? (expected one of owners, builders, requesters, validators, approvers, formerly)");
}

#[test]
fn a_wrong_schema_tag_is_refused() {
    assert_snapshot!(World::new().edit_use("dualtrack.use/1", "dualtrack.use/9").errors(), @"uses/scoring.yaml:1:9: unknown word `dualtrack.use/9`; did you mean `dualtrack.use/1`? (expected `dualtrack.use/1`)");
}

#[test]
fn a_missing_field_is_named() {
    assert_snapshot!(World::new().edit_use("entity: bank\n", "").errors(), @"uses/scoring.yaml:43:1: field `entity` is missing here");
}

#[test]
fn a_wrong_type_is_named() {
    assert_snapshot!(World::new().edit_use("  credit: true", "  credit: maybe").errors(), @"uses/scoring.yaml:21:11: found `maybe`, expected true or false");
}

#[test]
fn an_unknown_word_is_refused_with_a_suggestion() {
    assert_snapshot!(World::new().edit_use("stage: pilot", "stage: pilto").errors(), @"uses/scoring.yaml:9:8: unknown word `pilto`; did you mean `pilot`? (expected one of idea, sandbox, pilot, production, retired)");
}

#[test]
fn a_text_that_is_not_yaml_is_refused() {
    assert_snapshot!(World::new().with("uses/scoring.yaml", "schema: 'dualtrack.use/1").errors(), @"uses/scoring.yaml:1:9: unclosed quote");
}

#[test]
fn an_empty_file_is_refused() {
    assert_snapshot!(World::new().with("uses/empty.yaml", "").errors(), @"uses/empty.yaml:1:1: unexpected end of file");
}

#[test]
fn a_bad_id_is_refused() {
    assert_snapshot!(World::new().edit_use("id: scoring", "id: Scoring Model").errors(), @"uses/scoring.yaml:2:5: id `Scoring Model` is not lower-case letters, digits and hyphens");
}

#[test]
fn two_files_with_one_id_are_refused() {
    let world = World::new();
    let copy = world.files["models/scorecard.yaml"].clone();
    assert_snapshot!(world.with("models/zweit.yaml", &copy).errors(), @"models/zweit.yaml:2:5: `scorecard` is already the id of another model in models/scorecard.yaml");
}

#[test]
fn two_people_with_one_id_are_refused() {
    assert_snapshot!(World::new().edit("people.yaml", "id: builder-bob", "id: owner-ann").errors(), @r"
    people.yaml:3:10: `owner-ann` is already the id of another person in people.yaml
    uses/scoring.yaml:17:14: field `builders`: no person has the id `builder-bob`
    ");
}

#[test]
fn two_pieces_of_evidence_with_one_id_are_refused() {
    let world = World::new().evidence("e", "risk-assessment", "before", "");
    let copy = world.files["evidence/e.yaml"].clone();
    assert_snapshot!(world.with("evidence/f.yaml", &copy).errors(), @"evidence/f.yaml:3:9: `e` is already the id of another evidence in evidence/e.yaml");
}

#[test]
fn a_person_who_does_not_exist_is_named_with_a_suggestion() {
    assert_snapshot!(World::new().edit_use("[builder-bob]", "[bulder-bob]").errors(), @"uses/scoring.yaml:17:14: field `builders`: no person has the id `bulder-bob`; did you mean `builder-bob`?");
}

#[test]
fn references_to_nothing_are_all_reported_at_once() {
    let world = World::new()
        .edit_use("entity: bank", "entity: bnk")
        .edit_use("models: [scorecard]", "models: [scorecrd]")
        .edit_use("training: [training]", "training: [trainng]")
        .edit_use("providers: [cloud]", "providers: [clod]")
        .edit_use("set_by: officer-rick", "set_by: officer-ric");
    assert_snapshot!(world.errors(), @r"
    uses/scoring.yaml:4:9: field `entity`: no entity has the id `bnk`; did you mean `bank`?
    uses/scoring.yaml:31:10: field `models`: no model has the id `scorecrd`; did you mean `scorecard`?
    uses/scoring.yaml:32:23: field `training`: no dataset has the id `trainng`; did you mean `training`?
    uses/scoring.yaml:34:13: field `providers`: no provider has the id `clod`; did you mean `cloud`?
    uses/scoring.yaml:49:13: field `set_by`: no person has the id `officer-ric`; did you mean `officer-rick`?
    ");
}

#[test]
fn records_that_refer_to_nothing_are_reported() {
    let world = World::new()
        .evidence("e", "risk-assessment", "befor", "by: nobody\nabout: {model: scorecrd}")
        .waiver("nothing", "officer-cora", "officer-rik", "2026-12-31")
        .adoption("reportd", "officer-corra");
    assert_snapshot!(world.errors(), @r"
    adoptions/reportd.yaml:4:14: field `control`: no control has the id `hk-2024.reportd`; did you mean `hk-2024.reported`?
    adoptions/reportd.yaml:6:9: field `by`: no person has the id `officer-corra`; did you mean `officer-cora`?
    evidence/e.yaml:5:16: field `controls`: no control has the id `hk-2024.befor`; did you mean `hk-2024.before`?
    evidence/e.yaml:9:9: field `by`: no person has the id `nobody`
    evidence/e.yaml:10:20: field `about`: no model has the id `scorecrd`; did you mean `scorecard`?
    waivers/nothing.yaml:5:14: field `control`: no control has the id `hk-2024.nothing`; did you mean `hk-2024.both`?
    waivers/nothing.yaml:8:13: field `second`: no person has the id `officer-rik`; did you mean `officer-rick`?
    ");
}

#[test]
fn a_check_that_does_not_exist_is_named_with_a_suggestion() {
    let world =
        World::new().edit_use("fairness.demographic_parity_ratio", "fairness.demografic_parity_ratio");
    assert_snapshot!(world.errors(), @"uses/scoring.yaml:45:12: field `check`: no check has the id `fairness.demografic_parity_ratio`; did you mean `fairness.demographic_parity_ratio`?");
}

#[test]
fn a_voluntary_mechanism_that_does_not_exist_is_named() {
    assert_snapshot!(World::new().edit_use("coverage: attested", "coverage: attested\nvoluntary: [vol-2042]").errors(), @"uses/scoring.yaml:12:13: field `voluntary`: no guideline has the id `vol-2042`; did you mean `vol-2024`?");
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
    assert_snapshot!(world.errors(), @"models/other.yaml:3:11: field `based_on` goes round in a circle: model other → scorecard → other");
}

#[test]
fn a_provider_that_is_its_own_parent_is_refused() {
    assert_snapshot!(World::new().edit("providers/cloud.yaml", "contact:", "parent: cloud\ncontact:").errors(), @"providers/cloud.yaml:7:9: field `parent` goes round in a circle: provider cloud → cloud");
}

#[test]
fn an_expiry_before_its_date_is_refused() {
    let world = World::new().evidence("e", "risk-assessment", "before", "expires: 2026-09-30").waiver(
        "before",
        "officer-cora",
        "officer-rick",
        "2026-08-31",
    );
    assert_snapshot!(world.errors(), @r"
    evidence/e.yaml:10:5: `expires` (2026-09-30) lies before `on` (2026-10-01)
    waivers/before.yaml:10:5: `expires` (2026-08-31) lies before `on` (2026-09-01)
    ");
}

#[test]
fn a_date_that_is_none_is_refused() {
    assert_snapshot!(World::new().edit_use("2026-11-01", "2026-02-30").errors(), @"uses/scoring.yaml:10:14: `2026-02-30` cannot be read: parsed date is not valid: parameter 'day' for `2026-02` is invalid, must be in range `1..=28`");
}

#[test]
fn evidence_that_speaks_for_nothing_is_refused() {
    assert_snapshot!(World::new().evidence("e", "risk-assessment", "before", "controls: []").errors(), @"evidence/e.yaml:3:9: evidence `e` names neither `controls` nor the `check` that made it, so it speaks for nothing");
}

#[test]
fn a_derived_fact_is_not_stated() {
    assert_snapshot!(World::new().edit_use("  credit: true", "  credit: true\n  develops_model: true\n  high_risk: false").errors(), @r"
    uses/scoring.yaml:22:3: `develops_model` is not stated in the profile; it follows from `architecture`
    uses/scoring.yaml:23:3: `high_risk` is not stated in the profile; it follows from `purposes`, `significant_impact` and `dpo`
    ");
}

#[test]
fn a_use_without_an_owner_is_refused() {
    assert_snapshot!(World::new().edit_use("owners: [owner-ann]", "owners: []").errors(), @"uses/scoring.yaml:16:11: a use has at least one owner");
}

#[test]
fn a_check_without_threshold_is_refused() {
    assert_snapshot!(World::new().edit_use("    at_least: 0.8\n", "").errors(), @"uses/scoring.yaml:45:12: check `fairness.demographic_parity_ratio` has no threshold; it needs `at_least`, `at_most` or `between`");
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
    assert_snapshot!(World::new().edit_use("checks:\n", again).errors(), @"uses/scoring.yaml:51:12: check `fairness.demographic_parity_ratio[group=sex]` is declared twice");
}

#[test]
fn a_waiver_without_reason_is_refused() {
    let world = World::new().waiver("before", "officer-cora", "officer-rick", "2026-12-31").edit(
        "waivers/before.yaml",
        "{en: For a time, zh-Hant: 暫時}",
        "{en: ' ', zh-Hant: ''}",
    );
    assert_snapshot!(world.errors(), @"waivers/before.yaml:6:5: `because` is blank; it is given in both languages");
}

#[test]
fn a_decision_rule_is_one_rule() {
    assert_snapshot!(World::new().edit_use("{favourable_below: 0.25}", "{favourable_below: 0.25, column: decided}").errors(), @"uses/scoring.yaml:41:3: `decision` needs exactly one of `column`, `favourable_below` and `favourable_at_least`");
}

#[test]
fn an_intersection_is_of_declared_groups() {
    assert_snapshot!(World::new().edit_use("checks:", "  intersections: [[sex, agee]]\nchecks:").errors(), @"uses/scoring.yaml:44:25: `agee` is not among the groups of this use");
}

#[test]
fn a_file_that_is_missing_is_named_with_a_suggestion() {
    assert_snapshot!(World::new().edit("models/scorecard.yaml", "data/model.txt", "data/modell.txt").errors(), @"models/scorecard.yaml:7:9: file `data/modell.txt` is not in the folder");
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
    assert_snapshot!(world.without("uses/scoring.yaml").with("use/scoring.yaml", &text).errors(), @"use/scoring.yaml:1:9: a `dualtrack.use/1` file in `use` is not looked at; it belongs elsewhere; did you mean `uses`? (expected one of institution.yaml, people.yaml, tiers.yaml, gates.yaml, uses, models, datasets, providers, evidence, waivers, adoptions, approvals, activations, candidates, contracts, delegations, deployments, findings, incidents, opinions, proposals, tasks)");
}

#[test]
fn yaml_that_is_not_ours_is_left_alone() {
    assert_snapshot!(World::new().with("scripts/settings.yaml", "schema: other\na: 1\n").errors(), @"");
}

#[test]
fn a_folder_without_institution_or_people_is_refused() {
    assert_snapshot!(World::new().without("institution.yaml").without("people.yaml").without("uses/scoring.yaml").errors(), @r"
    institution.yaml: the file is missing; it names the institution
    people.yaml: the file is missing; it names the people
    ");
}

#[test]
fn parts_that_do_not_make_up_the_snapshot_are_refused() {
    let world = World::new().approval("a", "officer-cora", "compliance-officer", "production", "2026-11-20");
    let text = world.files["approvals/a.yaml"].clone();
    let line = text.lines().find(|line| line.contains("tools:")).unwrap().to_owned();
    assert_snapshot!(world.edit("approvals/a.yaml", &format!("{line}\n"), "").errors(), @"approvals/a.yaml:10:5: the `parts` of approval `a` do not make up its `snapshot`");
}

#[test]
fn gates_of_the_folder_are_whole() {
    let gates =
        include_str!("../../../../policies/gates.yaml").replace("  pilot:\n", "  retired:\n").replace(
            "      low:\n        people: 1\n        roles: [risk",
            "      medium:\n        people: 1\n        roles: [risk",
        );
    let errors = World::new().with("gates.yaml", &gates).errors();
    assert!(errors.contains("`medium`"), "{errors}");
    let gates = include_str!("../../../../policies/gates.yaml").replace("  pilot:\n", "  retired:\n");
    assert_snapshot!(World::new().with("gates.yaml", &gates).errors(), @"gates.yaml:6:3: `gates` does not say what `pilot` asks for");
}

#[test]
fn a_tiers_file_of_the_folder_stands_in_the_place_of_the_products() {
    let tiers = "schema: dualtrack.tiers/1\nrules: []\notherwise: {en: All low, zh-Hant: 全屬低}\n";
    let inventory = World::new().with("tiers.yaml", tiers).load();
    assert!(inventory.tiers().rules.is_empty());
}
