//! Several versions at once: which one counts on a day, and how controls keep their identity.

use dualtrack_catalogue::{Precision, Version};
use jiff::civil::date;

use crate::repository::{catalogue, control, guideline, load};

const FILE: &str = "schema: dualtrack.guideline/1
id: test-guide
version: VERSION
title: {en: Test, zh-Hant: 測試}
title_zh_status: translated
issuer: Test
issued: \"ISSUED\"
issued_precision: PRECISION
effective: EFFECTIVE
status: in-force
force: circular
applies_to: [authorized-institution]
source: {citation: Test, reference: null, url: \"https://example.org\", read_from: Test}
relations: {}
revision: {clause: null, superseded_by: null}
controls:
  - id: test-guide.KEY
ALIASES    title: {en: Test, zh-Hant: 測試}
    statement: Something holds.
    source_ref: null
    principle: governance
    applies_when: {}
    timing: [once]
    strength: must
    evidence: [owner-assigned]
    automatable: machine
    confidence: confirmed
    basis: primary-text
";

/// A file of the test guideline with one control.
fn file(
    version: u32,
    issued: &str,
    precision: &str,
    effective: &str,
    key: &str,
    alias: &str,
) -> (String, String) {
    let aliases =
        if alias.is_empty() { String::new() } else { format!("    aliases: [test-guide.{alias}]\n") };
    let text = FILE
        .replace("VERSION", &version.to_string())
        .replace("ISSUED", issued)
        .replace("PRECISION", precision)
        .replace("EFFECTIVE", effective)
        .replace("KEY", key)
        .replace("ALIASES", &aliases);
    (format!("guidelines/test-guide-{version}.yaml"), text)
}

#[test]
fn the_highest_version_in_force_that_day_is_picked() {
    let files = [
        file(1, "2024-03-15", "day", "null", "old-key", ""),
        file(2, "2026-01-10", "day", "\"2026-07-01\"", "new-key", "old-key"),
    ];
    let catalogue = load(&files).unwrap();
    let id = guideline("test-guide");
    let picked = |day| catalogue.on(day).edition(&id).map(|edition| edition.guideline().version);
    assert_eq!(picked(date(2024, 3, 14)), None);
    assert_eq!(picked(date(2024, 3, 15)), Some(Version(1)));
    assert_eq!(picked(date(2026, 6, 30)), Some(Version(1)));
    assert_eq!(picked(date(2026, 7, 1)), Some(Version(2)));
    assert_eq!(catalogue.on(date(2026, 6, 30)).coming().len(), 1);
    assert_eq!(catalogue.on(date(2026, 7, 1)).coming().len(), 0);
}

#[test]
fn a_renamed_control_is_found_by_either_id_in_either_version() {
    let files = [
        file(1, "2024-03-15", "day", "null", "old-key", ""),
        file(2, "2026-01-10", "day", "null", "new-key", "old-key"),
    ];
    let catalogue = load(&files).unwrap();
    let found = |day, id: &str| catalogue.on(day).control(&control(id)).unwrap().id().to_string();
    for id in ["test-guide.old-key", "test-guide.new-key"] {
        assert_eq!(found(date(2025, 1, 1), id), "test-guide.old-key");
        assert_eq!(found(date(2027, 1, 1), id), "test-guide.new-key");
    }
    assert!(catalogue.on(date(2027, 1, 1)).control(&control("test-guide.other")).is_none());
}

#[test]
fn a_date_known_to_the_month_counts_from_its_first_day() {
    let catalogue = catalogue();
    let dpo = catalogue.edition(&guideline("dpo-genai-2025"), Version(1)).unwrap().guideline();
    assert_eq!(dpo.in_force_from().date, date(2025, 4, 1));
    assert_eq!(dpo.in_force_from().precision, Precision::Month);
    let late = load(&[file(1, "2025-04-17", "month", "null", "a", "")]).unwrap();
    assert_eq!(late.editions().next().unwrap().guideline().in_force_from().date, date(2025, 4, 1));
}

#[test]
fn an_unconfirmed_date_is_used_and_flagged() {
    let catalogue = catalogue();
    let or2 = catalogue.edition(&guideline("hkma-or2-2022"), Version(1)).unwrap().guideline();
    assert_eq!(or2.in_force_from().date, date(2022, 5, 31));
    assert_eq!(or2.in_force_from().precision, Precision::Unconfirmed);
}

#[test]
fn an_effective_date_prevails_over_the_date_of_issue() {
    let catalogue = catalogue();
    let gba = catalogue.edition(&guideline("gba-cross-boundary-2023"), Version(1)).unwrap().guideline();
    assert_eq!(gba.in_force_from().date, date(2023, 12, 10));
}

#[test]
fn the_same_version_twice_is_refused() {
    let first = file(1, "2024-03-15", "day", "null", "a", "");
    let second = ("guidelines/copy.yaml".to_owned(), first.1.clone());
    let problems = load(&[first, second]).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "guidelines/copy.yaml:2:5: `test-guide` version 1 is already in guidelines/test-guide-1.yaml"
    );
}

#[test]
fn an_alias_that_is_an_id_of_the_same_version_is_refused() {
    let problems = load(&[file(1, "2024-03-15", "day", "null", "a", "a")]).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "guidelines/test-guide-1.yaml:18:15: `test-guide.a` names two controls of this file"
    );
}

#[test]
fn two_ids_cannot_each_be_the_others_former_one() {
    let files =
        [file(1, "2024-03-15", "day", "null", "a", "b"), file(2, "2025-03-15", "day", "null", "b", "a")];
    let problems = load(&files).unwrap_err();
    assert!(problems.to_string().contains("each said to be the other's former id"), "{problems}");
}
