//! Every way in which a data file can be wrong: one line that says what, where, and what to do; exit code 2; nothing
//! printed, nothing written. And a few ways that look wrong and are not.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch};
use insta::assert_snapshot;

use crate::dualtrack::{Ran, contents, folder, run, run_in};
use crate::rows::{HEADER, ROLES, Rows};

/// Measures `rows.csv` of this content in the sound roles, with more arguments.
fn measure_with(bytes: impl AsRef<[u8]>, more: &str) -> Ran {
    let place = folder();
    std::fs::write(place.path().join("rows.csv"), bytes).unwrap();
    measure_in(place.path(), &format!("rows.csv {ROLES} {more}"))
}

fn measure(bytes: impl AsRef<[u8]>) -> Ran {
    measure_with(bytes, "")
}

/// Measures in a folder to which nothing may be added.
fn measure_in(place: &Path, line: &str) -> Ran {
    let before = contents(place);
    let ran = run_in(place, ["measure"].into_iter().chain(line.split_whitespace()));
    assert_eq!(contents(place), before, "something was written");
    ran
}

fn sound() -> Rows {
    Rows::sound()
}

#[test]
fn sound_data_is_measured() {
    let ran = measure(sound().csv()).well();
    assert!(ran.out.contains("400"), "{}", ran.out);
}

#[test]
fn a_column_that_is_not_there_is_named_with_the_nearest() {
    let ran = measure_with(sound().csv(), "--weight wieght");
    assert_snapshot!(ran.refusal(), @"`rows.csv` has no column `wieght`; did you mean `weight`?");
    let ran = measure_with(sound().csv(), "--weight tenure");
    assert_snapshot!(ran.refusal(), @"`rows.csv` has no column `tenure`; it has `label`, `score`, `sex`, `weight`, `decision`");
}

#[test]
fn a_column_that_is_there_twice_is_not_guessed() {
    let twice = sound().csv().replacen("weight", "sex", 1);
    assert_snapshot!(measure(twice).refusal(), @"`rows.csv` has more than one column `sex`; give each a name of its own");
}

#[test]
fn a_label_of_three_values_is_refused_where_two_are_needed() {
    assert_snapshot!(measure(sound().with(10, "label", "2").csv()).refusal(), @"label `label` has 3 values (`0`, `1`, `2`) where two are needed; leave out `positive` if it is multi-class, or correct the data");
}

#[test]
fn a_label_that_is_the_same_in_every_row_is_refused() {
    let mut rows = sound();
    for row in &mut rows.0 {
        row[0] = "0".into();
    }
    assert_snapshot!(measure(rows.csv()).refusal(), @"no row of column `label` has the declared positive value `1`; it holds `0`");
}

#[test]
fn a_score_that_is_no_number_from_zero_to_one_is_refused_with_its_line() {
    for (value, expected) in [
        ("NaN", "the score is NaN"),
        ("inf", "the score is inf"),
        ("-inf", "the score is -inf"),
        ("1.5", "1.5 is no probability"),
        ("-0.1", "-0.1 is no probability"),
        ("high", "it is not a number"),
    ] {
        let ran = measure(sound().with(10, "score", value).csv());
        let line = ran.refusal();
        let place = "`rows.csv` line 12, column `score`: ";
        assert!(line.strip_prefix(place).is_some_and(|rest| rest.starts_with(expected)), "{value}: {line}");
    }
}

#[test]
fn a_negative_weight_is_refused_with_its_line() {
    let ran = measure_with(sound().with(399, "weight", "-1").csv(), "--weight weight");
    assert_snapshot!(ran.refusal(), @"`rows.csv` line 401, column `weight`: the weight is negative; weights are zero or more");
}

#[test]
fn a_broken_row_is_refused_with_its_line() {
    assert_snapshot!(measure(sound().csv() + "0,0.5,male\n").refusal(), @"`rows.csv` line 402: the row has 3 fields but the header has 5; look for a stray quote or separator");
    assert_snapshot!(measure(sound().csv() + "0,0.5,\"male,1,approve\n").refusal(), @"`rows.csv` line 402: the row has 3 fields but the header has 5; look for a stray quote or separator");
    assert_snapshot!(measure(sound().csv() + "0,0.5,male,1,approve,more\n").refusal(), @"`rows.csv` line 402: the row has 6 fields but the header has 5; look for a stray quote or separator");
}

#[test]
fn another_encoding_is_refused_by_name() {
    let mut latin = sound().csv().into_bytes();
    latin.extend(b"0,0.5,f\xe9minin,1,approve\n");
    assert_snapshot!(measure(latin).refusal(), @"`rows.csv` line 402, column `sex`: the text is not UTF-8 (perhaps Big5 or GB18030); save the file as UTF-8");
    let wide: Vec<u8> = sound().csv().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(wide).collect();
    assert_snapshot!(measure(marked).refusal(), @"`rows.csv` cannot be read: it is not text in UTF-8 (UTF-16 or binary); save it as UTF-8; check that the file is complete and of the right format");
}

#[test]
fn a_file_without_rows_is_refused() {
    assert_snapshot!(measure("").refusal(), @"there are no rows in `rows.csv`; hand in data that has at least one");
    assert_snapshot!(measure(format!("{HEADER}\n")).refusal(), @"there are no rows in `rows.csv`; hand in data that has at least one");
}

#[test]
fn a_file_that_is_not_there_or_a_folder_without_data_is_refused() {
    let place = folder();
    std::fs::create_dir(place.path().join("empty")).unwrap();
    assert_snapshot!(measure_in(place.path(), &format!("nowhere.csv {ROLES}")).refusal(), @"cannot read `nowhere.csv`: it does not exist; name a CSV, Parquet or Arrow IPC file, or a folder of them");
    assert_snapshot!(measure_in(place.path(), &format!("empty {ROLES}")).refusal(), @"`empty` holds no data file; files end in csv, tsv, parquet, pq, arrow, feather, ipc");
    assert_snapshot!(measure_in(place.path(), "").refusal(), @"name a data file, a folder, or a saved cube with --cube");
}

#[test]
fn a_value_that_never_occurs_is_refused_with_those_that_do() {
    let place = folder();
    sound().write(&place.path().join("rows.csv"));
    let line = |roles: &str| measure_in(place.path(), &format!("rows.csv {roles}")).refusal().to_owned();
    assert_snapshot!(line("--label label=yes --favourable 0"), @"no row of column `label` has the declared positive value `yes`; it holds `0`, `1`");
    assert_snapshot!(line("--label label=1 --favourable 0 --decision decision=approved"), @"no row of column `decision` has the declared favourable value `approved`; it holds `approve`, `decline`");
    assert_snapshot!(line("--label label=1 --favourable 0 --groups sex=man"), @"no row of column `sex` has the declared reference value `man`; it holds `female`, `male`");
}

#[test]
fn a_wrong_argument_is_one_line() {
    let place = folder();
    sound().write(&place.path().join("rows.csv"));
    let line = |more: &str| measure_in(place.path(), &format!("rows.csv {more}")).refusal().to_owned();
    assert_snapshot!(line("--label label=1 --level 2"), @"`2` is not a level of confidence; use a number such as 0.95");
    assert_snapshot!(line("--label label=1 --level NaN"), @"`NaN` is not a level of confidence; use a number such as 0.95");
    assert_snapshot!(line("--label label=1 --replicates 4294967295"), @"invalid value '4294967295' for '--replicates <N>': 4294967295 is not in 100..=100000; `--help` shows what there is");
    assert_snapshot!(line("--label label=1 --score score"), @"say which way the score points: --higher-means event, or --higher-means no-event");
    assert_snapshot!(line("--label label=1 --groups sex"), @"groups are compared by what is good for the person: say with --favourable which value of the label is");
    assert_snapshot!(line("--label label=1 --decision decision"), @"say which decision is good for the person: --decision decision=VALUE, such as decision=approve");
    assert_snapshot!(line("--label label=1 --score score --higher-means event --favourable-below NaN"), @"`NaN` is not a cut-off of the score; use a number such as 0.3");
    assert_snapshot!(line("--label label=1 --time sex=week"), @"`week` is not a period; use day, month, quarter, year or as-is");
    assert_snapshot!(line("--label label=1 --suppress-below 5"), @"the following required arguments were not provided: --save-cube <FILE>; `--help` shows what there is");
    assert_snapshot!(line("--lable label=1"), @"unexpected argument '--lable' found; a similar argument exists: '--label'; `--help` shows what there is");
    assert_snapshot!(line(""), @"no column is named; say what they are, such as --label default=1 or --features all");
    assert_snapshot!(run("mesure").refusal(), @"unrecognized subcommand 'mesure'; some similar subcommands exist: 'serve', 'restore', 'measure'; `--help` shows what there is");
}

#[test]
fn parquet_and_arrow_files_that_are_cut_short_are_refused() {
    let place = folder();
    let values: ArrayRef =
        Arc::new(Float64Array::from_iter_values((0..5_000).map(|n| f64::from(n) / 5_000.0)));
    let batch = RecordBatch::try_from_iter([("score", values)]).unwrap();
    let mut parquet = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut parquet, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut ipc = Vec::new();
    let mut writer = arrow::ipc::writer::FileWriter::try_new(&mut ipc, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    for (name, bytes) in [("rows.parquet", parquet), ("rows.arrow", ipc)] {
        let path = place.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        measure_in(place.path(), &format!("{name} --features score")).well();
        for kept in [bytes.len() - 1, bytes.len() / 2, 16, 4] {
            std::fs::write(&path, &bytes[..kept]).unwrap();
            let ran = measure_in(place.path(), &format!("{name} --features score"));
            let line = ran.refusal();
            assert!(line.contains(&format!("`{name}`")), "{kept} bytes: {line}");
        }
        // The footer is whole, the pages are not.
        let mut damaged = bytes.clone();
        let half = bytes.len() / 2;
        damaged[8..half].fill(0xff);
        std::fs::write(&path, &damaged).unwrap();
        let ran = measure_in(place.path(), &format!("{name} --features score"));
        assert!(ran.refusal().contains(&format!("`{name}`")), "{}", ran.err);
    }
}

#[test]
fn a_group_without_a_name_is_shown_as_one() {
    let ran = measure(sound().with(10, "sex", "").csv()).well();
    assert!(ran.out.contains("missing"), "{}", ran.out);
}

#[test]
fn a_group_of_one_row_is_too_few_and_no_error() {
    let ran = measure_with(sound().with(10, "sex", "other").csv(), "--format json").well();
    let found = ran.json();
    let of_group = |one: &&serde_json::Value| {
        one["slice"]["group"] == "other" && one["definition"].as_str().unwrap().starts_with("fairness.")
    };
    let rates: Vec<_> = found.as_array().unwrap().iter().filter(of_group).collect();
    assert!(rates.iter().any(|one| one["estimate"]["kind"] == "too_few"));
    for one in rates {
        assert_ne!(one["estimate"]["kind"], "value", "{one}");
    }
}

#[test]
fn an_empty_score_or_label_leaves_its_row_out() {
    let ran = measure_with(sound().with(10, "score", "").csv(), "--format json --only performance").well();
    let auc =
        ran.json().as_array().unwrap().iter().find(|one| one["definition"] == "performance.auc").cloned();
    assert_eq!(auc.expect("the AUC")["rows"], 399);
}

#[test]
fn ten_thousand_columns_are_read() {
    let place = folder();
    let names: Vec<String> = (0..10_000).map(|column| format!("column_{column}")).collect();
    let mut text = format!("{HEADER},{}\n", names.join(","));
    let more = ",1".repeat(names.len());
    for row in &sound().0[..100] {
        text.push_str(&row.join(","));
        text.push_str(&more);
        text.push('\n');
    }
    std::fs::write(place.path().join("wide.csv"), text).unwrap();
    measure_in(place.path(), &format!("wide.csv {ROLES}")).well();
    measure_in(place.path(), "wide.csv --features all").well();
}
