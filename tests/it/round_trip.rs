//! As code: what is on record, whatever people wrote into it, comes out as files that say the same, and a record that is
//! founded with them comes out as the same files.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::dualtrack::contents;
use crate::served::Bank;

/// Texts that mean something else to a reader of YAML, or to a terminal, or are simply long.
const ODD: [&str; 62] = [
    "yes",
    "no",
    "on",
    "Off",
    "null",
    "~",
    "true",
    "1e3",
    "0x1f",
    "0o17",
    "017",
    "1_000",
    ".5",
    "+1",
    "-0",
    "-.inf",
    ".nan",
    "12:30:45",
    "2026-11-27",
    "2026-11-27T01:00:00Z",
    "- a",
    "-",
    "# none",
    "a # b",
    "a: b",
    "a:",
    ": b",
    "?",
    "? a",
    "=",
    "<<",
    " leading",
    "trailing ",
    "   ",
    "\t",
    "\ttab",
    "a\tb",
    "\"quoted\"",
    "'single'",
    "it's",
    "\\n",
    "several\nlines",
    "ends\n",
    "\n",
    "\n\nbegins",
    "a\n  b\n c",
    "a\r\nb",
    "\r",
    "!tag",
    "&anchor",
    "*alias",
    "%YAML 1.2",
    "@at",
    "`tick`",
    "{a: b}",
    "[a, b]",
    "|",
    ">-",
    "---",
    "...",
    "中文：引號「」、破折號——",
    "海港銀行 # 註",
];

fn odd() -> impl Strategy<Value = String> {
    let long = (select(&ODD[..]), 1_usize..60)
        // As long as a name may be.
        .prop_map(|(text, times)| {
            format!("{text} 很長的名稱 ").repeat(times).chars().take(300).collect::<String>()
        });
    prop_oneof![
        4 => select(&ODD[..]).prop_map(ToOwned::to_owned),
        3 => (select(&ODD[..]), select(&ODD[..])).prop_map(|(one, two)| format!("{one}{two}")),
        2 => any::<String>(),
        1 => "[\\x00-\\x20\\x7f-\\u{a0}\\u{2028}\\u{2029}\\u{feff}\\u{fffd}😀é]{1,12}",
        1 => long,
    ]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("JSON has no other", |number| number.is_finite()),
        select(vec![0.0, -0.0, 0.1, 1.0, 1e21, 1e-7, 5e-324, f64::MAX, f64::MIN_POSITIVE, 123_456_789.0]),
    ]
}

/// What a person who owns uses may bring, with texts of all sorts.
#[derive(Debug)]
struct Brought {
    documents: Vec<Value>,
    incident: Value,
    task: Value,
}

fn brought(round: usize) -> impl Strategy<Value = Brought> {
    let texts = prop::collection::vec(odd(), 90);
    let names = prop::collection::btree_map(odd(), number(), 0..4);
    let settings = prop::collection::btree_map(odd(), odd(), 0..4);
    (texts, names, settings, any::<u64>(), any::<Option<bool>>()).prop_map(
        move |(texts, thresholds, settings, affected, flag)| {
            let mut texts = texts.into_iter();
            let mut text = || texts.next().unwrap();
            let documents = documents(round, &mut text, &json!(thresholds), &json!(settings), &json!(flag));
            let incident = json!({
                "id": format!("incident-{round}"), "uses": ["credit-card-default"], "title": words(text()),
                "severity": "low", "discovered": "2026-11-01T01:02:03.456789Z",
                "authorities": { words(text()): "2026-11-30T01:00:00Z" },
            });
            let task = json!({ "id": format!("task-{round}"), "assignee": "siu-ka-lok", "what": words(text()) });
            let note = json!({ "incident": format!("incident-{round}"), "what": words(text()), "affected": affected });
            Brought { documents, incident: json!([incident, note]), task }
        },
    )
}

/// A text where something must be said.
fn words(text: String) -> String {
    if text.trim().is_empty() { format!("said: {text}") } else { text }
}

fn documents(
    round: usize,
    text: &mut impl FnMut() -> String,
    thresholds: &Value,
    settings: &Value,
    flag: &Value,
) -> Vec<Value> {
    // Every other time as long as an id may be.
    let tail = if round.is_multiple_of(2) { 0 } else { 200 - "evidence-0".len() };
    let id = |what: &str| format!("{what}-{round}{}", "x".repeat(tail));
    let given = |kind: &str, document: Value| json!({ "kind": kind, "document": document });
    let mut both = || json!({ "en": text(), "zh-Hant": text() });
    let provider = json!({
        "schema": "dualtrack.provider/1", "id": id("provider"), "name": both(), "relation": "group",
        "places": ["HK", both()["en"]], "service": both(), "contact": both()["en"],
    });
    let model = json!({
        "schema": "dualtrack.model/1", "id": id("model"), "name": both(), "version": both()["en"],
        "kind": both()["en"], "provider": id("provider"), "settings": settings, "remark": both(),
        "open_source": flag,
    });
    let dataset = json!({
        "schema": "dualtrack.dataset/1", "id": id("dataset"), "name": both(), "source": both(),
        "licence": both()["en"], "limits": both(), "personal_data": flag,
    });
    let contract = json!({
        "schema": "dualtrack.contract/1", "id": id("contract"), "provider": id("provider"),
        "entity": "harbour-bank", "reference": both()["en"], "starts": "2026-01-01", "owner": "wong-ka-wing",
        "exit_plan": { "plan": both()["en"] },
    });
    let of = json!({
        "schema": "dualtrack.use/1", "id": id("use"), "name": both(), "entity": "harbour-bank", "purpose": both(),
        "purposes": ["customer-support"], "decides": both(), "affects": both(), "stage": "idea",
        "stage_since": "2026-11-01", "coverage": "attested", "people": { "owners": ["wong-ka-wing"] },
        "models": [id("model")], "thresholds": thresholds, "significant_impact": flag,
        "tools": [{ "name": both()["en"], "version": both()["en"] }],
    });
    let evidence = json!({
        "id": id("evidence"), "kind": "risk-assessment", "about": { "use": id("use") },
        "controls": ["hkma-ai-2019.audit-logs"], "statement": both(), "measured": both()["en"],
        "by": "wong-ka-wing", "on": "2026-11-01", "expires": "2027-11-01",
    });
    vec![
        given("provider", provider),
        given("model", model),
        given("dataset", dataset),
        given("contract", contract),
        given("use", of),
        given("evidence", evidence),
    ]
}

#[test]
fn whatever_is_written_comes_out_as_files_and_founds_the_same_record_again() {
    let bank = Bank::founded();
    let owner = bank.token_of("wong-ka-wing");
    let mut runner = TestRunner::default();
    for round in 0..ROUNDS {
        let brought = brought(round).new_tree(&mut runner).unwrap().current();
        let (status, said) =
            bank.server.post(&owner, "/api/v1/actions/apply", &json!({ "documents": brought.documents }));
        assert_eq!(status, 200, "{said}\n{brought:?}");
        for (action, fields) in [
            ("open-incident", &brought.incident[0]),
            ("note-incident", &brought.incident[1]),
            ("give-task", &brought.task),
        ] {
            let (status, said) = bank.server.post(&owner, &format!("/api/v1/actions/{action}"), fields);
            assert_eq!(status, 200, "{said}\n{brought:?}");
        }
        let folder = format!("round-{round}");
        bank.run(&["export", &folder]).well();
        let diff = bank.run(&["diff", &folder]);
        assert!(
            diff.out.starts_with("to apply 0 ") && diff.out.ends_with("only on record 0\n"),
            "{}{}\n{brought:?}",
            diff.out,
            diff.err
        );
    }
    let last = bank.path(&format!("round-{}", ROUNDS - 1));
    let again = Bank::empty_on(&[]);
    let founded = again.run(&["apply", "--found", last.to_str().unwrap()]).well();
    assert!(founded.out.starts_with("documents applied "), "{}", founded.out);
    again.run(&["export", "again"]).well();
    let (one, two) = (contents(&last), contents(&again.path("again")));
    for ((path, one), (other, two)) in one.iter().zip(&two) {
        assert_eq!(path, other);
        assert!(
            one == two,
            "{}: {}\nbecame {}",
            path.display(),
            String::from_utf8_lossy(one),
            String::from_utf8_lossy(two)
        );
    }
    assert_eq!(one.len(), two.len());
    bank.end();
    again.end();
}

const ROUNDS: usize = 6;
