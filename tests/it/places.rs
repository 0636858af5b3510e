//! Where results may lie: never inside the assessed folder, whole or not at all, and the old ones kept on failure.

use insta::assert_snapshot;

use crate::bank::Bank;
use crate::dualtrack::{contents, run_in};
use crate::rows::{ROLES, Rows};

#[test]
fn a_report_inside_the_assessed_folder_is_refused_however_it_is_named() {
    let bank = Bank::new();
    std::os::unix::fs::symlink(bank.path("bank"), bank.path("alias")).unwrap();
    std::fs::create_dir(bank.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(bank.path("bank/data"), bank.path("elsewhere/link")).unwrap();
    let before = contents(bank.place());
    let absolute = bank.path("bank/deep/report").display().to_string();
    for out in [
        "bank",
        "bank/report",
        "bank/not/yet/there",
        "elsewhere/../bank/report",
        "alias/report",
        "elsewhere/link",
        "elsewhere/link/../report",
        &absolute,
    ] {
        let ran = run_in(bank.place(), ["assess", "bank", "--guidelines", "rules", "--out", out]);
        let line = ran.refusal();
        assert!(line.contains("inside the assessed folder") && line.contains("--out"), "{out}: {line}");
    }
    let inside = run_in(&bank.path("bank"), ["assess", ".", "--guidelines", "../rules"]);
    assert_snapshot!(inside.refusal(), @"the report would be written inside the assessed folder, to `dualtrack-report`; choose another folder with --out");
    let by_alias = run_in(&bank.path("bank/data"), ["assess", "../../alias", "--guidelines", "../../rules"]);
    assert!(by_alias.refusal().contains("inside the assessed folder"));
    assert_eq!(contents(bank.place()), before, "nothing was written anywhere");
}

#[test]
fn an_assessment_leaves_the_assessed_folder_as_it_was() {
    let bank = Bank::new();
    let before = contents(&bank.path("bank"));
    bank.assess("").well();
    bank.assess("--format json --as-of 2026-05-01").well();
    bank.assess("--format junit --gate next --by owner-ann");
    assert_eq!(contents(&bank.path("bank")), before);
    bank.assess("--record --by owner-ann").well();
    let after = contents(&bank.path("bank"));
    let new: Vec<_> = after.iter().filter(|file| !before.contains(file)).collect();
    assert!(new.iter().all(|(path, _)| path.starts_with("evidence")) && new.len() == 1, "{new:?}");
}

#[test]
fn a_report_that_cannot_be_written_leaves_the_old_one_and_says_what_to_do() {
    let bank = Bank::new();
    bank.assess("").well();
    // A folder stands where one of the pages goes: none of the pages may change.
    let page = bank.path("report/index.zh-Hant.html");
    std::fs::remove_file(&page).unwrap();
    std::fs::create_dir(&page).unwrap();
    let before = contents(&bank.path("report"));
    let line =
        bank.assess("").refusal().replace(&bank.place().canonicalize().unwrap().display().to_string(), "");
    assert_snapshot!(line, @"cannot write `/report/index.zh-Hant.html`: it is a folder; choose another folder with --out");
    assert_eq!(contents(&bank.path("report")), before, "nothing new, no temporary file");
}

#[test]
fn a_report_below_a_file_or_where_nothing_can_be_written_is_refused() {
    let bank = Bank::new();
    bank.write("taken", "");
    let before = contents(bank.place());
    let refusal = |out: &str| {
        let ran = run_in(bank.place(), ["assess", "bank", "--guidelines", "rules", "--out", out]);
        ran.refusal().replace(&bank.place().canonicalize().unwrap().display().to_string(), "")
    };
    assert_snapshot!(refusal("taken"), @"cannot write `/taken/index.en.html`: a file stands where its folder would be; choose another folder with --out");
    assert_snapshot!(refusal("taken/report"), @"cannot write `/taken/report/index.en.html`: it is not a folder; choose another folder with --out");
    assert_snapshot!(refusal("/proc/report"), @"cannot write `/proc/report/index.en.html`: its folder cannot be made; choose another folder with --out");
    assert_eq!(contents(bank.place()), before);
}

#[test]
fn evidence_that_cannot_be_recorded_leaves_no_report_either() {
    let bank = Bank::new();
    bank.write("bank/evidence", "a file where the folder would be");
    let line = bank.assess("--record --by owner-ann");
    let line = line.refusal().replace(&bank.place().canonicalize().unwrap().display().to_string(), "");
    assert!(line.contains("evidence") && line.contains("make the institution's folder writable"), "{line}");
    assert!(!bank.path("report/index.en.html").exists());
}

#[test]
fn a_cube_or_page_that_cannot_be_written_is_one_line_and_nothing_else() {
    let place = crate::dualtrack::folder();
    Rows::sound().write(&place.path().join("rows.csv"));
    let before = contents(place.path());
    for more in [
        "--save-cube rows.csv/cube.parquet",
        "--html rows.csv/page.html",
        "--save-cube /proc/cube",
        "--save-cube cube.parquet --html .",
    ] {
        let line = format!("measure rows.csv {ROLES} {more}");
        let ran = run_in(place.path(), line.split_whitespace());
        assert!(ran.refusal().starts_with("cannot write `"), "{more}: {}", ran.err);
        assert_eq!(contents(place.path()), before, "{more}");
    }
}
