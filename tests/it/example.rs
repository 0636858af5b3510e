//! The example institution, assessed as the README says, and gates that open and shut.

use std::path::Path;
use std::sync::OnceLock;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr as _;

use crate::bank::Bank;
use crate::dualtrack::{Ran, contents, example, folder, run_in};

/// One run on the example, shared by the tests that only look at what came of it.
fn assessed() -> &'static (Ran, TempDir) {
    static ASSESSED: OnceLock<(Ran, TempDir)> = OnceLock::new();
    ASSESSED.get_or_init(|| {
        let place = folder();
        let ran = assess(place.path(), "--out report");
        (ran, place)
    })
}

fn assess(place: &Path, more: &str) -> Ran {
    let example = example().display().to_string();
    run_in(place, ["assess", example.as_str()].into_iter().chain(more.split_whitespace()))
}

#[test]
fn the_readme_command_ends_well_and_says_where_the_report_is() {
    let (ran, place) = assessed();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("Harbour Group\n"), "{}", ran.out);
    assert!(ran.out.ends_with("\nReport: report/index.en.html\n"));
    let mut files: Vec<String> =
        contents(place.path()).iter().map(|(path, _)| path.display().to_string()).collect();
    files.sort();
    assert_snapshot!(files.join("\n"), @r"
    report/assessment.json
    report/index.en.html
    report/index.zh-Hant.html
    report/uses/client-assistant.en.html
    report/uses/client-assistant.zh-Hant.html
    report/uses/credit-card-default.en.html
    report/uses/credit-card-default.zh-Hant.html
    report/uses/research-assistant.en.html
    report/uses/research-assistant.zh-Hant.html
    report/uses/transaction-monitoring.en.html
    report/uses/transaction-monitoring.zh-Hant.html
    ");
}

#[test]
fn the_json_names_four_uses_and_nothing_the_schema_does_not_know() {
    let (_, place) = assessed();
    let text = std::fs::read_to_string(place.path().join("report/assessment.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["schema"], "dualtrack.assessment/1");
    let uses: Vec<_> = document["uses"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(
        uses,
        ["client-assistant", "credit-card-default", "research-assistant", "transaction-monitoring"]
    );
    let schema = include_str!("../../docs/schemas/assessment.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    assert_eq!(stray(&document, &schema["properties"]), Vec::<String>::new());
    assert_eq!(
        stray(&document["uses"][0], &schema["$defs"]["UseAssessment"]["properties"]),
        Vec::<String>::new()
    );
}

/// The keys of an object that a schema's properties do not have, and the other way round.
fn stray(object: &Value, properties: &Value) -> Vec<String> {
    let (object, properties) = (object.as_object().unwrap(), properties.as_object().unwrap());
    let unknown = object.keys().filter(|key| !properties.contains_key(*key));
    let absent = properties.keys().filter(|key| !object.contains_key(*key));
    unknown.chain(absent).cloned().collect()
}

#[test]
fn two_runs_differ_by_the_instant_alone() {
    let (_, first) = assessed();
    let second = folder();
    assert_eq!(assess(second.path(), "--out report").code, 0);
    let (first, second) = (contents(first.path()), contents(second.path()));
    assert_eq!(first.len(), second.len());
    for ((path, one), (other_path, other)) in first.iter().zip(&second) {
        assert_eq!(path, other_path);
        let (one, other) = (String::from_utf8_lossy(one), String::from_utf8_lossy(other));
        // Pages show the minute, which may be another; the JSON shows more, on a line of its own.
        let same = |text: &str| {
            let kept = text.lines().filter(|line| {
                !line.contains("\"instant\"") && !line.contains("HKT") && !line.contains("香港時間")
            });
            kept.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(same(&one), same(&other), "{}", path.display());
        let dropped = one.lines().count() - same(&one).lines().count();
        assert!(dropped <= 3, "{dropped} lines of {} name the instant", path.display());
    }
}

#[test]
fn the_text_fits_a_terminal_of_eighty_columns_in_both_languages() {
    let place = folder();
    let chinese = assess(place.path(), "--as-of 2026-11-20 --all --language zh-hant").well();
    assert!(chinese.out.contains("香港"), "{}", chinese.out);
    assert!(chinese.out.contains("report/index.zh-Hant.html"), "{}", chinese.out);
    for line in assessed().0.out.lines().chain(chinese.out.lines()) {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
    }
}

#[test]
fn junit_is_well_formed_and_fails_where_a_control_blocks() {
    let place = folder();
    let ran = assess(place.path(), "--format junit --use research-assistant").well();
    let document = roxmltree::Document::parse(&ran.out).expect("well-formed XML");
    let suites = document.root_element();
    assert_eq!(suites.tag_name().name(), "testsuites");
    let failed: Vec<_> = document.descendants().filter(|node| node.has_tag_name("failure")).collect();
    assert_eq!(suites.attribute("failures"), Some(failed.len().to_string().as_str()));
    let text = std::fs::read_to_string(place.path().join("dualtrack-report/assessment.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let controls = document["uses"][0]["controls"].as_array().unwrap();
    for blocking in controls.iter().filter(|control| control["blocks"] == true) {
        let id = blocking["id"].as_str().unwrap();
        let named = failed.iter().filter_map(|node| node.parent()?.attribute("name"));
        assert!(named.clone().any(|name| name.starts_with(id)), "{id} blocks but does not fail");
    }
    assert!(!failed.is_empty());
}

#[test]
fn a_shut_gate_is_told_by_the_exit_code() {
    let place = folder();
    for (gate, code) in [("next", 1), ("production", 1)] {
        let ran = assess(place.path(), &format!("--use client-assistant --gate {gate}"));
        assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{gate}");
    }
    let ran = assess(place.path(), "--use client-assistant --gate prodction");
    assert_snapshot!(ran.refusal(), @"there is no gate `prodction`; use sandbox, pilot, production or next");
}

#[test]
fn a_gate_opens_when_everything_it_asks_for_is_there() {
    let bank = Bank::new();
    let shut = bank.assess("--gate next");
    assert_eq!(shut.code, 1, "{}", shut.out);
    bank.complete();
    let open = bank.assess("--gate next");
    assert_eq!((open.code, open.err.as_str()), (0, ""), "{}", open.out);
    assert!(open.out.contains("The gate from sandbox to pilot is open"), "{}", open.out);

    // One line of the approved state changed: the approval was for something else.
    bank.edit("bank/uses/scoring.yaml", "Ranks cards", "Ranks cards and loans");
    assert_eq!(bank.assess("--gate next").code, 1);
}

#[test]
fn a_check_that_fails_shuts_the_gate_again() {
    let bank = Bank::new();
    bank.complete();
    let unfair = crate::rows::Rows::sound().csv().replace("female,1,approve", "female,1,decline");
    bank.write("bank/data/held-out.csv", unfair);
    let ran = bank.assess("--gate next");
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert_eq!(bank.verdict("fair", "").0, "not-met");
}

#[test]
fn an_assessment_as_of_a_day_runs_no_check_and_counts_nothing_later() {
    let bank = Bank::new();
    bank.complete();
    let ran = bank.assess("--as-of 2026-03-01").well();
    assert!(ran.out.contains("As of 1 March 2026: no check ran"), "{}", ran.out);
    assert!(!ran.out.contains("[0."), "no interval is shown, since nothing was measured: {}", ran.out);

    assert_eq!(bank.verdict("fair", "").0, "met");
    assert_eq!(bank.verdict("fair", "--as-of 2026-03-01").0, "missing");
    // Evidence of the day itself counts, of the day after does not.
    assert_eq!(bank.verdict("privacy", "--as-of 2026-03-01").0, "met");
    assert_eq!(bank.verdict("privacy", "--as-of 2026-02-28").0, "missing");
    assert_eq!(bank.verdict("validated", "--as-of 2026-03-02").0, "met");
    assert_eq!(bank.verdict("validated", "--as-of 2026-03-01").0, "missing");
    // Nor does an approval: with everything else recorded, the gate is open from its day on.
    bank.assess("--record --by validator-val").well();
    let day = |text: &str| bank.assess(&format!("--format json --as-of {text}")).json();
    let objections = |day: &Value| day["uses"][0]["gate"]["approvals"].to_string();
    assert!(objections(&day("2026-03-03")).contains("Rick"));
    assert!(!objections(&day("2026-03-02")).contains("Rick"));
}

#[test]
fn recorded_checks_are_evidence_that_loads_again_and_counts() {
    let bank = Bank::new();
    let ran = bank.assess("--record --by validator-val").well();
    let said =
        ran.out.lines().find_map(|line| line.strip_prefix("Evidence recorded: ")).expect("where it is");
    let text = std::fs::read_to_string(bank.path(said)).expect("the path that was said");
    for wanted in ["by: validator-val", "expires: ", "check: fairness.demographic_parity_ratio", "snapshot: "]
    {
        assert!(text.contains(wanted), "no `{wanted}` in {text}");
    }
    // On that day, with no check running, the record alone carries the verdict; before it, nothing does.
    let (verdict, because) = bank.verdict("fair", &format!("--as-of {}", day_of_record(&bank)));
    assert_eq!(verdict, "met", "{because}");
    assert!(because.contains("validator-val"), "{because}");
    assert_eq!(bank.verdict("fair", "--as-of 2026-03-04").0, "missing");
}

/// The day on which the one record was made, as its name says.
fn day_of_record(bank: &Bank) -> String {
    let files = contents(&bank.path("bank/evidence"));
    let name = files[0].0.display().to_string();
    name.strip_prefix("run-").expect("a record of a run")[..10].to_owned()
}

#[test]
fn recording_twice_on_a_day_keeps_the_later_record_alone() {
    let bank = Bank::new();
    bank.assess("--record --by validator-val").well();
    let first = contents(&bank.path("bank/evidence"));
    bank.assess("--record --by validator-val").well();
    assert_eq!(contents(&bank.path("bank/evidence")), first);
    bank.assess("--record --by officer-rick").well();
    assert_eq!(contents(&bank.path("bank/evidence")).len(), first.len() + 1);
}

#[test]
fn recording_names_who_ran_the_checks() {
    let bank = Bank::new();
    let before = contents(bank.place());
    assert_snapshot!(bank.assess("--record").refusal(), @"the following required arguments were not provided: --by <PERSON>; `--help` shows what there is");
    assert_snapshot!(bank.assess("--record --by validator-vall").refusal(), @"there is no person `validator-vall`; did you mean `validator-val`?");
    assert_snapshot!(bank.assess("--record --by validator-val --as-of 2026-03-01").refusal(), @"the argument '--record' cannot be used with '--as-of <DATE>'; `--help` shows what there is");
    assert_eq!(contents(bank.place()), before);
}

#[test]
fn a_record_for_the_second_line_by_someone_barred_does_not_count() {
    let bank = Bank::new();
    bank.assess("--record --by builder-bob").well();
    let day = day_of_record(&bank);
    let (verdict, because) = bank.verdict("validated", &format!("--as-of {day}"));
    assert_ne!(verdict, "met", "{because}");
    assert!(because.contains("builder-bob") || because.contains("Bob"), "{because}");

    let bank = Bank::new();
    bank.assess("--record --by validator-val").well();
    let (verdict, because) = bank.verdict("validated", &format!("--as-of {day}"));
    assert_eq!(verdict, "met", "{because}");
}
