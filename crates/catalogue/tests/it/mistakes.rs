//! Files that are wrong, each with the one line a person gets to read.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use dualtrack_catalogue::{Catalogue, Guideline, Located, parse};

use crate::repository::{guideline_files, load};

/// The error after replacing `from` by `to` once in the file on operational resilience.
fn mistake(from: &str, to: &str) -> String {
    let mut files = guideline_files();
    // Those that refer to each other are enough, and quick.
    let few = [
        "guidelines/hkma-or2-2022.yaml",
        "guidelines/hkma-cloud-2022.yaml",
        "guidelines/hkma-sa2-outsourcing-2001.yaml",
    ];
    files.retain(|(name, _)| few.contains(&name.as_str()));
    let changed = files.iter_mut().find(|(name, _)| name == "guidelines/hkma-or2-2022.yaml").unwrap();
    assert!(changed.1.contains(from), "`{from}` is not in the file");
    changed.1 = changed.1.replacen(from, to, 1);
    load(&files).unwrap_err().to_string()
}

#[test]
fn every_mistake_is_one_line_with_place_and_remedy() {
    let cases = [
        ("strength: ", "strenght: "),
        ("strength: expect", "strength: expected"),
        ("evidence: [", "evidence: [risk-asessment, "),
        ("status: in-force", "status: [in-force]"),
        ("issued: \"2022-05-31\"", "issued: \"2022-05-32\""),
        ("applies_when: {}", "applies_when: {third_part: true}"),
        ("applies_when: {}", "applies_when: {third_party: maybe}"),
        ("applies_when: {}", "applies_when: {third_party: sandbox}"),
        ("applies_when: {}", "applies_when: {stage: true}"),
        ("applies_when: {}", "applies_when: {high_risk: true}"),
        ("version: 1\n", "version: one\n"),
        ("version: 1\n", "version: 1.5 # half\n"),
        ("statement: ", "statement:\n     - "),
        ("issuer: ", "issuer: #"),
        ("revision:", "revision: none #"),
        ("timing: [", "timing: once #["),
        ("applies_when: {}", "applies_when: {third_party: yes}"),
        ("controls:", "--- # controls:"),
        ("version: 1\n", "version: 1\nversion: 2\n"),
        ("version: 1\n", ""),
        ("id: hkma-or2-2022.critical-operations", "id: hkma-or2-2022"),
        ("id: hkma-or2-2022.critical-operations", "id: hkma-or3-2022.critical-operations"),
        ("id: hkma-or2-2022.disruption-tolerance", "id: hkma-or2-2022.critical-operations"),
        ("- hkma-cloud-2022", "- hkma-clod-2022"),
        ("schema: dualtrack.guideline/1", "schema: dualtrack.guidelines/1"),
        ("schema: dualtrack.guideline/1", "#"),
        ("title:\n", "title: *nowhere\n"),
        ("controls:", "controls: [\n"),
    ];
    let mut lines = String::new();
    for (from, to) in cases {
        let line = mistake(from, to);
        assert!(line.lines().count() == 1 || to.contains("critical-operations"), "{line}");
        writeln!(lines, "{}\n  {line}", to.trim_end()).unwrap();
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn a_translation_of_an_unknown_control_is_refused() {
    let mut files = guideline_files();
    let changed = files.iter_mut().find(|(name, _)| name == "guidelines/zh-Hant/hkma-or2-2022.yaml").unwrap();
    changed.1 = changed.1.replace("hkma-or2-2022.critical-operations:", "hkma-or2-2022.critical-operation:");
    let problems = load(&files).unwrap_err().to_string();
    insta::assert_snapshot!(problems, @"guidelines/zh-Hant/hkma-or2-2022.yaml:7:3: `hkma-or2-2022` version 1 has no control `hkma-or2-2022.critical-operation`; did you mean `hkma-or2-2022.critical-operations`?");
}

#[test]
fn a_translation_of_something_that_is_not_there_is_refused() {
    let mut files = guideline_files();
    let changed = files.iter_mut().find(|(name, _)| name == "guidelines/zh-Hant/hkma-or2-2022.yaml").unwrap();
    changed.1 = changed.1.replacen("    statement:", "    note: 備註\n    statement:", 1);
    let problems = load(&files).unwrap_err().to_string();
    insta::assert_snapshot!(problems, @"guidelines/zh-Hant/hkma-or2-2022.yaml:7:3: `hkma-or2-2022.critical-operations` has no note to translate");
}

#[test]
fn a_check_linked_to_evidence_that_is_not_asked_for_is_refused() {
    let mut files = guideline_files();
    let changed = files.iter_mut().find(|(name, _)| name == "guidelines/checks.yaml").unwrap();
    changed.1 = changed.1.replacen("evidence: fairness-test", "evidence: security-test", 1);
    let problems = load(&files).unwrap_err();
    let line = problems.0.first().unwrap().to_string();
    assert!(line.contains("does not ask for evidence of the kind security test"), "{line}");
}

#[test]
fn a_billion_laughs_are_refused_quickly() {
    let mut text = String::from("a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (earlier, later) in ('a'..='y').zip('b'..='z') {
        writeln!(text, "{later}: &{later} [{}]", vec![format!("*{earlier}"); 10].join(", ")).unwrap();
    }
    let started = Instant::now();
    let problem =
        parse::<std::collections::BTreeMap<String, serde_json::Value>>("bomb.yaml", &text).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(problem.to_string().contains("repeats itself too often"), "{problem}");
}

#[test]
fn endless_nesting_and_huge_files_are_refused_quickly() {
    let started = Instant::now();
    for text in ["[".repeat(200_000), "- ".repeat(200_000), " ".repeat(5_000_000)] {
        assert!(parse::<serde_json::Value>("deep.yaml", &text).is_err());
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn a_located_value_remembers_where_it_stands() {
    #[derive(serde::Deserialize)]
    struct Owner {
        owner: Located<String>,
    }
    let owner: Owner = parse("uses/a.yaml", "# who\nowner: ada\n").unwrap();
    let problem = owner.owner.error("uses/a.yaml", format!("there is no person `{}`", owner.owner.value));
    assert_eq!(problem.to_string(), "uses/a.yaml:2:8: there is no person `ada`");
}

#[test]
fn a_message_never_breaks_the_line() {
    let problem = parse::<Guideline>("a\nb.yaml", "\"sche\\nma\": 1\n").unwrap_err().to_string();
    assert_eq!(problem.lines().count(), 1, "{problem}");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_read() {
    let files: Vec<_> = guideline_files()
        .into_iter()
        .filter(|(name, _)| name == "guidelines/ia-gl8-proposed-2025.yaml")
        .map(|(name, text)| (name, format!("\u{feff}{}", text.replace('\n', "\r\n"))))
        .collect();
    assert_eq!(load(&files).unwrap().editions().count(), 1);
}

#[test]
fn an_empty_catalogue_is_sound() {
    assert_eq!(Catalogue::load([]).unwrap().editions().count(), 0);
}
