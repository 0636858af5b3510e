//! Every way in which an institution's folder can be wrong: one line that says what, where, and what to do; exit
//! code 2; nothing printed, nothing written.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::bank::Bank;
use crate::dualtrack::{contents, run};

/// What a bank with one mistake in it is told; the mistake is made by `spoil`.
#[track_caller]
fn told(spoil: impl FnOnce(&Bank)) -> String {
    let bank = Bank::new();
    spoil(&bank);
    let before = contents(bank.place());
    let ran = bank.assess("");
    let line = ran.refusal().to_owned();
    assert_eq!(contents(bank.place()), before, "something was written");
    line
}

#[track_caller]
fn with_use(from: &str, to: &str) -> String {
    told(|bank| bank.edit("bank/uses/scoring.yaml", from, to))
}

#[test]
fn a_key_that_is_misspelt_is_named_with_the_one_that_was_meant() {
    assert_snapshot!(with_use("  owners:", "  ownrs:"), @"uses/scoring.yaml:15:3: unknown field `ownrs`; did you mean `owners`? (expected one of owners, builders, requesters, validators, approvers, formerly)");
}

#[test]
fn an_id_that_is_taken_is_refused() {
    assert_snapshot!(told(|bank| {
        let text = std::fs::read_to_string(bank.path("bank/models/scorecard.yaml")).unwrap();
        bank.write("bank/models/second.yaml", text);
    }), @"models/second.yaml:2:5: `scorecard` is already the id of another model in models/scorecard.yaml");
}

#[test]
fn a_reference_to_nothing_is_named_with_the_nearest() {
    assert_snapshot!(with_use("models: [scorecard]", "models: [scorecrd]"), @"uses/scoring.yaml:35:10: field `models`: no model has the id `scorecrd`; did you mean `scorecard`?");
}

#[test]
fn models_made_from_each_other_are_refused() {
    assert_snapshot!(told(|bank| {
        let text = std::fs::read_to_string(bank.path("bank/models/scorecard.yaml")).unwrap();
        let other = text.replace("id: scorecard", "id: other\nbased_on: scorecard");
        bank.write("bank/models/other.yaml", other);
        bank.edit("bank/models/scorecard.yaml", "kind:", "based_on: other\nkind:");
    }), @"models/other.yaml:3:11: field `based_on` goes round in a circle: model other → scorecard → other");
}

#[test]
fn a_schema_of_another_version_is_refused() {
    assert_snapshot!(with_use("dualtrack.use/1", "dualtrack.use/9"), @"uses/scoring.yaml:1:9: unknown word `dualtrack.use/9`; did you mean `dualtrack.use/1`? (expected `dualtrack.use/1`)");
}

#[test]
fn several_mistakes_are_all_told_each_in_its_line() {
    let bank = Bank::new();
    bank.edit("bank/uses/scoring.yaml", "models: [scorecard]", "models: [scorecrd]");
    bank.edit("bank/uses/scoring.yaml", "builders: [builder-bob]", "builders: [nobody]");
    let ran = bank.assess("");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_snapshot!(ran.err, @r"
    error: uses/scoring.yaml:16:14: field `builders`: no person has the id `nobody`
    error: uses/scoring.yaml:35:10: field `models`: no model has the id `scorecrd`; did you mean `scorecard`?
    ");
}

#[test]
fn yaml_that_unfolds_into_billions_is_refused_at_once() {
    let mut bomb = "schema: dualtrack.model/1\nid: bomb\nname: {en: a, zh-Hant: b}\nversion: '1'\nkind: x\n\
                    open_source: false\nsettings:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        .to_owned();
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(bomb, "  a{level}: &a{level} [{inner}]");
    }
    let started = Instant::now();
    let line = told(|bank| bank.write("bank/models/bomb.yaml", &bomb));
    assert!(line.starts_with("models/bomb.yaml:"), "{line}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn yaml_nested_without_end_is_refused() {
    let line = told(|bank| bank.write("bank/models/deep.yaml", "[".repeat(100_000)));
    assert!(line.starts_with("models/deep.yaml:1:"), "{line}");
}

#[test]
fn yaml_of_two_megabytes_is_refused() {
    assert_snapshot!(told(|bank| bank.write("bank/models/big.yaml", "# x\n".repeat(1 << 19))), @"models/big.yaml: larger than 1 MiB; split it into several files");
}

#[test]
fn yaml_that_is_not_utf_8_is_refused_with_its_line() {
    assert_snapshot!(
        told(|bank| bank.write("bank/models/old.yaml", b"schema: dualtrack.model/1\nid: old\nname: caf\xe9\n")),
        @"models/old.yaml:3: not UTF-8 text; save the file as UTF-8"
    );
}

#[test]
fn a_path_that_leaves_the_folder_is_refused() {
    for path in ["../secret.csv", "data/../../secret.csv", "/etc/hostname"] {
        let line = told(|bank| {
            bank.write("secret.csv", "a\n1\n");
            bank.edit("bank/datasets/held-out.yaml", "data/held-out.csv", path);
        });
        assert!(line.starts_with("datasets/held-out.yaml:7:"), "{path}: {line}");
        assert!(line.contains(path) && line.contains("leaves the folder"), "{path}: {line}");
    }
}

#[test]
fn a_link_that_leads_out_of_the_folder_is_refused() {
    let link = |name: &'static str| {
        told(move |bank| {
            bank.write("secret", "a\n1\n");
            let _ = std::fs::remove_file(bank.path(name));
            std::os::unix::fs::symlink(bank.path("secret"), bank.path(name)).unwrap();
        })
    };
    assert_snapshot!(link("bank/data/held-out.csv"), @"`data/held-out.csv` leads out of the institution's folder; copy the file into the folder");
    assert_snapshot!(link("bank/models/linked.yaml"), @"`models/linked.yaml` leads out of the institution's folder; copy the file into the folder");
}

#[test]
fn a_data_file_that_is_not_there_is_named_where_it_is_named() {
    assert_snapshot!(told(|bank| std::fs::remove_file(bank.path("bank/data/held-out.csv")).unwrap()), @"datasets/held-out.yaml:7:9: file `data/held-out.csv` is not in the folder");
}

#[test]
fn a_data_file_that_is_a_folder_or_a_pipe_is_refused() {
    assert_snapshot!(told(|bank| {
        std::fs::remove_file(bank.path("bank/data/held-out.csv")).unwrap();
        std::fs::create_dir(bank.path("bank/data/held-out.csv")).unwrap();
    }), @"`data/held-out.csv` is not a file; mend the path, which is relative to the institution's folder");
    let line = told(|bank| {
        std::fs::remove_file(bank.path("bank/data/held-out.csv")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(bank.path("bank/data/held-out.csv")).status();
        assert!(made.unwrap().success());
    });
    assert!(line.contains("data/held-out.csv") && line.contains("is not a file"), "{line}");
}

#[test]
fn a_column_that_the_data_lacks_is_named_with_the_nearest() {
    let line = with_use("column: decision", "column: decison");
    assert!(line.ends_with("held-out.csv` has no column `decison`; did you mean `decision`?"), "{line}");
}

#[test]
fn a_folder_that_is_none_is_refused() {
    assert_snapshot!(run("assess nowhere/at/all").refusal(), @"cannot read `nowhere/at/all`: it does not exist; name an institution's folder, such as examples/harbour-bank");
    let place = crate::dualtrack::folder();
    let empty = place.path().display().to_string();
    let line = run(&format!("assess {empty}")).refusal().replace(&empty, "EMPTY");
    assert_snapshot!(line, @"`EMPTY` holds no `institution.yaml`; name an institution's folder, such as examples/harbour-bank");
    let line = told(|bank| std::fs::remove_file(bank.path("bank/uses/scoring.yaml")).unwrap());
    assert_snapshot!(line, @"`bank` holds no use; describe one in a file under `uses/`");
}

#[test]
fn a_use_a_person_or_a_dataset_that_does_not_exist_is_named_with_the_nearest() {
    let bank = Bank::new();
    assert_snapshot!(bank.assess("--use scorin").refusal(), @"there is no use `scorin`; did you mean `scoring`?");
    assert_snapshot!(bank.assess("--by owner-anne").refusal(), @"there is no person `owner-anne`; did you mean `owner-ann`?");
    assert_snapshot!(bank.assess("--cube heldout=cube.parquet").refusal(), @"there is no dataset `heldout`; did you mean `held-out`?");
    assert_snapshot!(bank.assess("--cube held-out").refusal(), @"`held-out` is not of the form DATASET=FILE; such as --cube held-out=cube.parquet");
    assert_snapshot!(bank.assess("--gate prodction").refusal(), @"there is no gate `prodction`; use sandbox, pilot, production or next");
    assert_snapshot!(bank.assess("--as-of 2026-02-30").refusal(), @"invalid value '2026-02-30' for '--as-of <DATE>': no such day; write it as 2026-06-30; `--help` shows what there is");
    assert!(!bank.path("report").exists());
}
