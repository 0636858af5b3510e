//! Saved cubes: what was added up elsewhere measures the same as the rows themselves.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::dualtrack::{Ran, contents, folder, run, run_in};
use crate::rows::{HEADER, ROLES, Rows};

/// The roles that a query of the warehouse answers: decisions, without scores.
const COUNTED: &str = "--label label=1 --favourable 0 --decision decision=approve --groups sex=male";

fn in_place(place: &Path, line: &str) -> Ran {
    run_in(place, line.split_whitespace())
}

/// A folder with the sound rows, whole and in two halves, and the cubes of the halves.
fn halves() -> TempDir {
    let place = folder();
    let rows = Rows::sound();
    let (first, second) = rows.0.split_at(170);
    rows.write(&place.path().join("rows.csv"));
    Rows(first.to_vec()).write(&place.path().join("first.csv"));
    Rows(second.to_vec()).write(&place.path().join("second.csv"));
    for half in ["first", "second"] {
        in_place(place.path(), &format!("measure {half}.csv {ROLES} --save-cube {half}.parquet")).well();
    }
    place
}

#[test]
fn two_halves_added_up_measure_the_same_as_the_whole() {
    let place = halves();
    let whole = in_place(place.path(), &format!("measure rows.csv {ROLES} --format json")).well().out;
    let added = "measure --cube first.parquet --cube second.parquet --format json";
    assert_eq!(in_place(place.path(), added).well().out, whole);
    // Two files of one data set are the whole as well.
    let both = format!("measure first.csv second.csv {ROLES} --format json");
    assert_eq!(in_place(place.path(), &both).well().out, whole);

    in_place(place.path(), "cube merge first.parquet second.parquet --out sum.parquet").well();
    assert_eq!(in_place(place.path(), "measure --cube sum.parquet --format json").well().out, whole);
    in_place(place.path(), "cube merge second.parquet first.parquet --out other.parquet").well();
    assert_eq!(in_place(place.path(), "measure --cube other.parquet --format json").well().out, whole);
}

#[test]
fn saving_the_same_cube_twice_gives_the_same_bytes() {
    let place = halves();
    let first = std::fs::read(place.path().join("first.parquet")).unwrap();
    in_place(place.path(), &format!("measure first.csv {ROLES} --save-cube first.parquet")).well();
    assert_eq!(std::fs::read(place.path().join("first.parquet")).unwrap(), first);
}

#[test]
fn a_suppressed_cube_holds_no_small_cell() {
    let place = folder();
    Rows::sound().with(10, "sex", "other").write(&place.path().join("rows.csv"));
    let line = format!("measure rows.csv {COUNTED} --save-cube");
    in_place(place.path(), &format!("{line} whole.parquet")).well();
    in_place(place.path(), &format!("{line} safe.parquet --suppress-below 5")).well();
    let groups =
        |cube: &str| in_place(place.path(), &format!("measure --cube {cube} --format json")).well().out;
    assert!(groups("whole.parquet").contains("\"other\""));
    assert!(!groups("safe.parquet").contains("\"other\""));
    in_place(place.path(), "cube merge whole.parquet --suppress-below 5 --out merged.parquet").well();
    assert!(!groups("merged.parquet").contains("\"other\""));
}

#[test]
fn cubes_of_different_roles_are_not_added() {
    let place = halves();
    in_place(place.path(), &format!("measure first.csv {COUNTED} --save-cube counted.parquet")).well();
    let before = contents(place.path());
    assert_snapshot!(in_place(place.path(), "cube merge first.parquet counted.parquet --out sum.parquet").refusal(), @"`counted.parquet` cannot be added: the tables were made with different roles");
    assert_snapshot!(in_place(place.path(), "measure --cube first.parquet --cube counted.parquet").refusal(), @"`counted.parquet` cannot be added: the tables were made with different roles");
    assert_eq!(contents(place.path()), before);
}

#[test]
fn a_file_that_is_no_cube_is_refused() {
    let place = halves();
    let cube = std::fs::read(place.path().join("first.parquet")).unwrap();
    std::fs::write(place.path().join("cut.parquet"), &cube[..cube.len() / 2]).unwrap();
    std::fs::create_dir(place.path().join("folder")).unwrap();
    for (cube, named) in [
        ("rows.csv", "`rows.csv`"),
        ("cut.parquet", "`cut.parquet`"),
        ("nowhere.parquet", "`nowhere.parquet`"),
        ("folder", "`folder`"),
    ] {
        let ran = in_place(place.path(), &format!("measure --cube {cube}"));
        assert!(ran.refusal().contains(named), "{cube}: {}", ran.err);
        let ran = in_place(place.path(), &format!("cube merge first.parquet {cube} --out sum.parquet"));
        assert!(ran.refusal().contains(named), "{cube}: {}", ran.err);
    }
    // Data in the same format, but rows and not a cube.
    let example = crate::dualtrack::example().join("data/credit-card-default/validation.parquet");
    let ran = in_place(place.path(), &format!("measure --cube {}", example.display()));
    assert!(ran.refusal().contains("validation.parquet"), "{}", ran.err);
    assert!(!place.path().join("sum.parquet").exists());
}

#[test]
fn the_query_of_each_warehouse_is_printed() {
    let query =
        |dialect: &str| run(&format!("cube sql --dialect {dialect} --table scores {COUNTED}")).well().out;
    assert_snapshot!(query("duckdb"), @r#"
    SELECT
      CAST("sex" AS VARCHAR) AS "group_sex",
      CAST("label" AS VARCHAR) AS "label",
      CAST("decision" AS VARCHAR) AS "decision",
      COUNT(*) AS "n"
    FROM scores
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    "#);
    assert_snapshot!(query("postgres"), @r#"
    SELECT
      CAST("sex" AS TEXT) AS "group_sex",
      CAST("label" AS TEXT) AS "label",
      CAST("decision" AS TEXT) AS "decision",
      COUNT(*) AS "n"
    FROM scores
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    "#);
    assert_snapshot!(query("bigquery"), @r"
    SELECT
      CAST(`sex` AS STRING) AS `group_sex`,
      CAST(`label` AS STRING) AS `label`,
      CAST(`decision` AS STRING) AS `decision`,
      COUNT(*) AS `n`
    FROM scores
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    ");
    assert_snapshot!(query("snowflake"), @r#"
    SELECT
      CAST("sex" AS VARCHAR) AS "group_sex",
      CAST("label" AS VARCHAR) AS "label",
      CAST("decision" AS VARCHAR) AS "decision",
      COUNT(*) AS "n"
    FROM scores
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    "#);
    assert_snapshot!(run(&format!("cube sql --dialect oracle --table scores {COUNTED}")).refusal(), @"no dialect `oracle`; there are duckdb, postgres, bigquery and snowflake");
}

#[test]
fn a_name_cannot_smuggle_anything_into_the_query() {
    let ran = run_in(
        Path::new("/"),
        [
            "cube",
            "sql",
            "--table",
            "scores",
            "--label",
            "a\"b=1",
            "--favourable",
            "0",
            "--groups",
            "x\" FROM y; --",
        ],
    )
    .well();
    assert!(ran.out.contains("\"a\"\"b\"") && ran.out.contains("\"x\"\" FROM y; --\""), "{}", ran.out);
}

#[test]
fn an_answer_from_a_warehouse_measures_as_the_rows_do() {
    let place = folder();
    let rows = Rows::sound();
    rows.write(&place.path().join("rows.csv"));
    std::fs::write(place.path().join("answer.csv"), answer(&rows)).unwrap();
    in_place(place.path(), &format!("cube import answer.csv {COUNTED} --out answer.parquet")).well();
    let counted = in_place(place.path(), &format!("measure rows.csv {COUNTED} --format json")).well().json();
    let imported = in_place(place.path(), "measure --cube answer.parquet --format json").well().json();
    let metrics = |found: &Value| -> Vec<Value> {
        let all = found.as_array().unwrap().iter();
        all.filter(|one| !one["definition"].as_str().unwrap().starts_with("quality.")).cloned().collect()
    };
    assert!(!metrics(&imported).is_empty());
    assert_eq!(metrics(&imported), metrics(&counted));
}

/// What a warehouse answers to the query: a count of each combination, from the rows alone.
fn answer(rows: &Rows) -> String {
    let at = |name: &str| HEADER.split(',').position(|column| column == name).unwrap();
    let mut counts: BTreeMap<(&str, &str, &str), u64> = BTreeMap::new();
    for row in &rows.0 {
        *counts.entry((&row[at("sex")], &row[at("label")], &row[at("decision")])).or_default() += 1;
    }
    let mut text = "group_sex,label,decision,n\n".to_owned();
    for ((sex, label, decision), count) in counts {
        let _ = writeln!(text, "{sex},{label},{decision},{count}");
    }
    text
}

#[test]
fn an_answer_that_lacks_a_column_or_counts_less_than_nothing_is_refused() {
    let place = folder();
    let import = |text: &str| {
        std::fs::write(place.path().join("answer.csv"), text).unwrap();
        let ran = in_place(place.path(), &format!("cube import answer.csv {COUNTED} --out cube.parquet"));
        assert!(!place.path().join("cube.parquet").exists());
        ran.refusal().to_owned()
    };
    assert_snapshot!(import("group_sex,label,decisionn,n\nmale,1,approve,5\n"), @"`answer.csv` has no column `decision`; did you mean `decisionn`?");
    assert_snapshot!(import("group_sex,label,decision,n\nmale,1,approve,-5\n"), @"`answer.csv` line 2, column `n`: a count is zero or more");
    assert_snapshot!(import("group_sex,label,decision,n\n"), @"there are no rows in `answer.csv`; hand in data that has at least one");
}
