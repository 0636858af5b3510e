//! Properties that hold for every folder: purity, segregation of duties, what a snapshot covers, no panic on any text.

use std::collections::BTreeMap;

use dualtrack_catalogue::Stage;
use dualtrack_inventory::{
    Digest, Inventory, PersonId, Tier, VerdictState, barred, files_to_digest, inventory_checks, snapshot,
    tier, verdicts,
};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use crate::fixture::{TODAY, World, catalogue, scoring};

const PEOPLE: [&str; 7] =
    ["owner-ann", "builder-bob", "asker-amy", "validator-val", "officer-cora", "officer-rick", "manager-may"];

fn some_people() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(PEOPLE.to_vec(), 0..=PEOPLE.len())
}

fn rich() -> World {
    World::new()
        .evidence("e1", "risk-assessment", "before", "")
        .evidence("e2", "security-test", "two-kinds", "expires: 2026-11-01")
        .evidence("e3", "validation-report", "validated", "by: builder-bob")
        .waiver("fair", "officer-cora", "officer-rick", "2026-12-31")
        .adoption("reported", "officer-cora")
}

/// The verdicts as bytes, the files given in some order.
fn judged(files: &[(String, String)], digests: &BTreeMap<String, Digest>) -> String {
    let files = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let inventory = Inventory::load(files, digests, catalogue()).unwrap();
    serde_json::to_string(&verdicts(&catalogue().on(TODAY), &inventory, &[])).unwrap()
}

fn digests(world: &World) -> BTreeMap<String, Digest> {
    world.contents.iter().map(|(path, text)| (path.clone(), Digest::of(text.as_bytes()))).collect()
}

fn digest_of(world: &World) -> Digest {
    let inventory = world.load();
    snapshot(&inventory, scoring(&inventory)).digest
}

/// A way to alter a folder, and what it alters.
type Alteration = (&'static str, fn(World) -> World);

/// Changes of what a snapshot does not cover.
fn outside() -> Vec<Alteration> {
    vec![
        ("evidence", |world| world.evidence("x", "risk-assessment", "before", "")),
        ("waiver", |world| world.waiver("before", "officer-cora", "officer-rick", "2026-12-31")),
        ("adoption", |world| world.adoption("reported", "officer-cora")),
        ("stage", |world| world.edit_use("stage: pilot", "stage: production")),
        ("since", |world| world.edit_use("2026-11-01", "2026-11-02")),
        ("name", |world| world.edit_use("{en: Scoring, zh-Hant: 評分}", "{en: Score, zh-Hant: 分數}")),
        ("people", |world| world.edit_use("owners: [owner-ann]", "owners: [asker-amy]")),
        ("contact", |world| world.edit("providers/cloud.yaml", "desk@", "help@")),
        ("provider name", |world| world.edit("providers/cloud.yaml", "en: Cloud", "en: Clouds")),
        ("model name", |world| world.edit("models/scorecard.yaml", "en: Scorecard", "en: Card")),
        ("remark", |world| world.edit("models/scorecard.yaml", "en: A remark", "en: Another")),
        ("what a tool does", |world| world.edit_use("en: Looks up", "en: Finds")),
        ("monitoring data", |mut world| {
            world.contents.insert("data/feed.csv".into(), "other".into());
            world
        }),
        ("coverage", |world| world.edit_use("coverage: attested", "coverage: imported")),
        ("why a threshold", |world| world.edit_use("en: Four fifths", "en: The rule of four fifths")),
        ("another use", |world| {
            let copy = world.files["uses/scoring.yaml"].replace("id: scoring", "id: another");
            world.with("uses/another.yaml", &copy)
        }),
    ]
}

/// Changes of what a snapshot covers.
fn inside() -> Vec<Alteration> {
    vec![
        ("profile", |world| world.edit_use("cross_border: false", "cross_border: true")),
        ("a fact left out", |world| world.edit_use("  aml: false\n", "")),
        ("impact", |world| world.edit_use("significant_impact: false", "significant_impact: true")),
        ("purpose", |world| world.edit_use("en: Scores cards", "en: Scores loans")),
        ("purposes", |world| world.edit_use("[credit-decision]", "[credit-decision, pricing]")),
        ("what it decides", |world| world.edit_use("en: Limits", "en: Limits and rates")),
        ("model version", |world| world.edit("models/scorecard.yaml", "version: '1'", "version: '2'")),
        ("model file", |mut world| {
            world.contents.insert("data/model.txt".into(), "other".into());
            world
        }),
        ("training data", |mut world| {
            world.contents.insert("data/training.csv".into(), "other".into());
            world
        }),
        ("validation data", |world| {
            world.edit_use("training: [training],", "training: [training], validation: [feed],")
        }),
        ("retrieval data", |world| {
            world.edit_use("training: [training],", "training: [training], retrieval: [feed],")
        }),
        ("prompt", |mut world| {
            world.contents.insert("data/prompt.txt".into(), "other".into());
            world
        }),
        ("tool", |world| world.edit_use("version: '1', does", "version: '2', does")),
        ("provider place", |world| world.edit("providers/cloud.yaml", "places: [HK]", "places: [SG]")),
        ("no provider", |world| world.edit_use("providers: [cloud]", "providers: []")),
        ("threshold", |world| world.edit_use("cut_off: 0.25", "cut_off: 0.26")),
        ("cut-off", |world| world.edit_use("favourable_below: 0.25", "favourable_below: 0.3")),
        ("yardstick", |world| world.edit_use("at_least: 0.8", "at_least: 0.7")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_same_inputs_give_the_same_bytes_whatever_the_order_of_files(order in Just((0..11_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let world = rich();
        let files: Vec<_> = world.files.clone().into_iter().collect();
        let shuffled: Vec<_> = order.iter().filter_map(|place| files.get(*place).cloned()).collect();
        prop_assert!(shuffled.len() == files.len().min(11));
        let rest = files.iter().skip(11).cloned();
        let shuffled: Vec<_> = shuffled.into_iter().chain(rest).collect();
        prop_assert_eq!(judged(&files, &digests(&world)), judged(&shuffled, &digests(&world)));
    }

    #[test]
    fn nobody_who_owns_builds_or_asks_may_validate_or_approve(
        owners in some_people(), builders in some_people(), requesters in some_people(), validators in some_people(),
        suppliers in some_people(), second_line in some_people(),
    ) {
        let mut world = World::new();
        let owners = if owners.is_empty() { vec!["owner-ann"] } else { owners };
        for (field, was, people) in [
            ("owners", "owner-ann", &owners),
            ("builders", "builder-bob", &builders),
            ("requesters", "asker-amy", &requesters),
            ("validators", "validator-val", &validators),
        ] {
            world = world.edit_use(&format!("{field}: [{was}]"), &format!("{field}: [{}]", people.join(", ")));
        }
        for person in &suppliers {
            world = world.evidence(&format!("first-{person}"), "risk-assessment", "before", &format!("by: {person}\nline: first"));
        }
        for person in &second_line {
            world = world.evidence(&format!("second-{person}"), "risk-assessment", "before", &format!("by: {person}\nline: second"));
        }
        let inventory = world.load();
        for person in PEOPLE {
            let id = PersonId::parse(person).unwrap();
            let found = barred(&inventory, scoring(&inventory), Stage::Pilot, &id, TODAY);
            // Whoever holds offices of the first line only speaks for it, whatever is typed.
            let only_first_line = ["owner-ann", "builder-bob", "asker-amy"].contains(&person);
            let first_line = owners.contains(&person) || builders.contains(&person)
                || requesters.contains(&person) || suppliers.contains(&person)
                || only_first_line && second_line.contains(&person);
            prop_assert_eq!(!found.from_validating.is_empty(), first_line);
            prop_assert_eq!(!found.from_approving.is_empty(), first_line || validators.contains(&person));
        }
    }

    #[test]
    fn a_validation_counts_exactly_when_its_author_may_validate(author in prop::sample::select(PEOPLE.to_vec()), builders in some_people()) {
        let world = World::new()
            .edit_use("builders: [builder-bob]", &format!("builders: [{}]", builders.join(", ")))
            .evidence("v", "validation-report", "validated", &format!("by: {author}\nline: second"));
        let inventory = world.load();
        let id = PersonId::parse(author).unwrap();
        let may = barred(&inventory, scoring(&inventory), Stage::Pilot, &id, TODAY).from_validating.is_empty();
        prop_assert_eq!(world.state("validated") == VerdictState::Met, may);
    }

    #[test]
    fn a_waiver_counts_exactly_with_two_people_who_may_approve_and_in_time(
        by in prop::sample::select(PEOPLE.to_vec()), second in prop::sample::select(PEOPLE.to_vec()), day in 1..30_i8,
    ) {
        let world = World::new().waiver("before", by, second, "2026-11-15");
        let inventory = world.load();
        let on = date(2026, 11, day);
        let may = |person| barred(&inventory, scoring(&inventory), Stage::Pilot, &PersonId::parse(person).unwrap(), on).from_approving.is_empty();
        let counts = by != second && may(by) && may(second) && day <= 15;
        prop_assert_eq!(world.verdict_on("before", on).state == VerdictState::Waived, counts);
    }

    #[test]
    fn what_a_snapshot_does_not_cover_does_not_change_it(picked in prop::collection::vec(any::<Index>(), 1..6)) {
        let before = digest_of(&World::new());
        let all = outside();
        let mut used = Vec::new();
        let mut world = World::new();
        for index in picked {
            let (name, change) = all[index.index(all.len())];
            if !used.contains(&name) {
                used.push(name);
                world = change(world);
            }
        }
        prop_assert_eq!(digest_of(&world), before, "{:?}", used);
    }

    #[test]
    fn whatever_a_snapshot_covers_changes_it(index in any::<Index>()) {
        let all = inside();
        let (name, change) = all[index.index(all.len())];
        prop_assert_ne!(digest_of(&change(World::new())), digest_of(&World::new()), "{}", name);
    }
}

#[test]
fn each_change_inside_a_snapshot_shows_and_each_outside_does_not() {
    let before = digest_of(&World::new());
    for (name, change) in inside() {
        assert_ne!(digest_of(&change(World::new())), before, "{name}");
    }
    for (name, change) in outside() {
        assert_eq!(digest_of(&change(World::new())), before, "{name}");
    }
}

#[test]
fn evidence_in_the_future_changes_no_verdict_of_today() {
    let world = rich();
    let later = world.clone().evidence("later", "risk-assessment", "two-kinds", "on: 2026-12-01").evidence(
        "later-too",
        "fairness-test",
        "fair",
        "on: 2026-12-01\nby: validator-val\nline: first",
    );
    assert_eq!(world.judge_on(TODAY), later.judge_on(TODAY));
}

#[test]
fn an_unknown_fact_never_lowers_the_tier() {
    let facts = [
        "credit",
        "automated_decision",
        "affects_customers",
        "customer_facing",
        "generative",
        "agentic",
        "aml",
        "personal_data",
        "cross_border",
    ];
    let of = |world: &World| {
        let inventory = world.load();
        tier(&inventory, scoring(&inventory), TODAY, inventory.tiers()).tier
    };
    let stated = of(&World::new());
    assert_eq!(stated, Tier::Medium);
    for fact in facts {
        let text = World::new().files["uses/scoring.yaml"].clone();
        let line = text.lines().find(|line| line.starts_with(&format!("  {fact}:"))).unwrap().to_owned();
        assert!(of(&World::new().edit_use(&format!("{line}\n"), "")) >= stated, "{fact}");
    }
}

#[test]
fn the_checks_of_the_folder_are_the_eleven_of_the_catalogue() {
    let inventory = World::new().load();
    let at = TODAY.at(1, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let results = inventory_checks(&inventory, scoring(&inventory), at);
    assert_eq!(results.len(), 11);
    let told: Vec<_> = results
        .iter()
        .map(|result| format!("{} {:?}: {}", result.check, result.outcome, result.statement.en))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    inventory.architecture_recorded TooLittleData: `architecture` does not state: fine_tuned, retrieval, content_filter, tools
    inventory.change_revalidated Pass: nothing material changed since an approval
    inventory.competence_in_date Fail: no competence in date: asker-amy, builder-bob, owner-ann, validator-val
    inventory.data_inventory Pass: 2 datasets on record with source, ground and digests
    inventory.high_risk_derived Pass: high risk follows from the stated facts in each guideline's own sense
    inventory.owner_named Pass: owned by owner-ann
    inventory.segregation_of_duties Pass: those who validate and approve neither own, build nor request the use
    inventory.stage_path Pass: no stage was skipped and each entry is dated
    inventory.tier_recorded Pass: the tier is medium, by stated facts
    inventory.validation_before_approval NotMeasured: no passed validation of this state by a person not barred is on record
    inventory.vendor_recorded Pass: on record: cloud
    ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_mutation_of_any_file_panics(
        file in any::<Index>(), at in any::<Index>(), length in 0..12_usize,
        put in prop_oneof![Just(String::new()), "[ -~]{0,6}", Just("\n".to_owned()), Just("\t".to_owned()), Just("&a *a".to_owned()), Just("9999-99-99".to_owned()), Just("💥".to_owned()), Just("- - -".to_owned())],
    ) {
        let mut world = rich();
        let paths: Vec<_> = world.files.keys().cloned().collect();
        let text = world.files.get_mut(&paths[file.index(paths.len())]).unwrap();
        let letters: Vec<char> = text.chars().collect();
        let from = at.index(letters.len());
        let to = (from + length).min(letters.len());
        *text = letters[..from].iter().copied().chain(put.chars()).chain(letters[to..].iter().copied()).collect();
        let _ = files_to_digest(world.files());
        match world.try_load() {
            Ok(inventory) => {
                let standing = catalogue().on(TODAY);
                let judged = verdicts(&standing, &inventory, &[]);
                for of in inventory.uses().values() {
                    for to in [Stage::Sandbox, Stage::Production] {
                        let _ = dualtrack_inventory::gate(&standing, &inventory, of, to, &judged);
                    }
                }
            }
            Err(errors) => {
                for error in errors {
                    prop_assert_eq!(error.to_string().lines().count(), 1);
                }
            }
        }
    }
}
