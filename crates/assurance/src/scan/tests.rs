//! Scans of small files in every format: what they count, what they refuse, and that they add up.

use super::*;
use crate::cube::{Orientation, Value};
use crate::histogram::Segment;
use crate::read::Format;
use crate::roles::{
    CutOff, Decision, Feature, FeatureKind, Group, HigherMeans, Label, Missing, Period, Score, Time,
};
use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use std::fs::File;
use std::io::Write;
use std::sync::Arc;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn csv(text: &str) -> Part {
    Part { name: "a.csv".into(), format: Format::Csv, file: file(text.as_bytes()) }
}

fn parquet_of(batch: &RecordBatch, rows_per_group: usize) -> Part {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows_per_group)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    Part { name: "a.parquet".into(), format: Format::Parquet, file: file(&bytes) }
}

fn ipc_of(batch: &RecordBatch, stream: bool) -> Part {
    let mut bytes = Vec::new();
    if stream {
        let mut writer = arrow::ipc::writer::StreamWriter::try_new(&mut bytes, &batch.schema()).unwrap();
        writer.write(batch).unwrap();
        writer.finish().unwrap();
    } else {
        let mut writer = arrow::ipc::writer::FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
        let half = batch.num_rows() / 2;
        writer.write(&batch.slice(0, half)).unwrap();
        writer.write(&batch.slice(half, batch.num_rows() - half)).unwrap();
        writer.finish().unwrap();
    }
    Part { name: "a.arrow".into(), format: Format::ArrowIpc, file: file(&bytes) }
}

fn roles() -> Roles {
    Roles {
        label: Some(Label {
            column: "repaid".into(),
            positive: Some("0".into()),
            favourable: Some("1".into()),
        }),
        decision: Some(Decision::Column { column: "approved".into(), favourable: "yes".into() }),
        groups: vec![Group { attribute: "sex".into(), ..Group::default() }],
        ..Roles::default()
    }
}

fn run(parts: &[Part], roles: &Roles) -> Result<Tables, ScanError> {
    run_with(parts, roles, &ScanOptions::default())
}

fn run_with(parts: &[Part], roles: &Roles, options: &ScanOptions) -> Result<Tables, ScanError> {
    scan(parts, roles, options, &|_| {}, &AtomicBool::new(false))
}

fn error(text: &str, roles: &Roles) -> String {
    run(&[csv(text)], roles).unwrap_err().to_string()
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

#[test]
fn a_csv_file_becomes_a_cube() {
    let tables = run(&[csv("sex,repaid,approved\nf,1,yes\nf,0,no\nm,1,no\n,1,yes\n")], &roles()).unwrap();
    assert_eq!(tables.rows, 4);
    let groups = tables.cube.marginal(&["sex"], None, Orientation::Favourable);
    assert_eq!(groups[0].group, [Value::MISSING]);
    assert_eq!((groups[1].outcomes.tp.n, groups[1].outcomes.tn.n), (1, 1));
    assert_eq!(groups[2].outcomes.fn_.n, 1);
}

#[test]
fn every_format_and_type_gives_the_same_tables() {
    let text = "sex,repaid,approved,score\nf,1,yes,0.5\nf,0,no,0.25\nm,1,no,0.75\n,,yes,\n";
    let mut roles = roles();
    roles.score =
        Some(Score { column: "score".into(), higher_means: HigherMeans::Positive, probability: true });
    let expected = run(&[csv(text)], &roles).unwrap();
    let batch = batch(vec![
        ("other", Arc::new(BooleanArray::from(vec![true; 4])) as ArrayRef),
        ("score", Arc::new(Float64Array::from(vec![Some(0.5), Some(0.25), Some(0.75), None]))),
        ("repaid", Arc::new(Int64Array::from(vec![Some(1), Some(0), Some(1), None]))),
        ("approved", texts(&[Some("yes"), Some("no"), Some("no"), Some("yes")])),
        ("sex", texts(&[Some("f"), Some("f"), Some("m"), None])),
    ]);
    for part in [parquet_of(&batch, 100), parquet_of(&batch, 1), ipc_of(&batch, false), ipc_of(&batch, true)]
    {
        assert_eq!(run(&[part], &roles).unwrap(), expected);
    }
    assert_eq!(expected.histogram(&Segment::all(), &Value::MISSING).unwrap().scores.rows(), 3);
    assert_eq!(expected.histograms.len(), 4);
}

#[test]
fn parts_add_up_to_the_whole() {
    let whole = run(&[csv("sex,repaid,approved\nf,1,yes\nm,0,no\nx,1,yes\n")], &roles()).unwrap();
    let parts = [csv("sex,repaid,approved\nx,1,yes\n"), csv("approved,sex,repaid\nyes,f,1\nno,m,0\n")];
    assert_eq!(run(&parts, &roles()).unwrap(), whole);
}

#[test]
fn a_missing_column_is_named_with_its_nearest_neighbour() {
    assert_eq!(
        error("Sex,repaid,approved\nf,1,yes\n", &roles()),
        "`a.csv` has no column `sex`; did you mean `Sex`?"
    );
}

#[test]
fn a_broken_row_is_named_by_its_line() {
    let message = error("sex,repaid,approved\nf,1,yes\nm,0\n", &roles());
    assert!(message.starts_with("`a.csv` line 3: the row has 2 fields but the header has 3"), "{message}");
}

#[test]
fn text_in_another_encoding_is_named_by_line_and_column() {
    let bytes = b"sex,repaid,approved\nf,1,yes\n\xa4k,0,no\n";
    let part = Part { name: "a.csv".into(), format: Format::Csv, file: file(bytes) };
    let message = run(&[part], &roles()).unwrap_err().to_string();
    assert!(message.starts_with("`a.csv` line 3, column `sex`: the text is not UTF-8"), "{message}");
    let part = Part { name: "a.csv".into(), format: Format::Csv, file: file(b"\xff\xfes\0e\0x\0") };
    assert!(run(&[part], &roles()).unwrap_err().to_string().contains("UTF-16"));
}

#[test]
fn labels_that_cannot_be_used_are_refused() {
    let message = error("sex,repaid,approved\nf,1,yes\nf,0,no\nf,2,no\n", &roles());
    assert!(message.starts_with("label `repaid` has 3 values (`0`, `1`, `2`) where two"), "{message}");
    let message = error("sex,repaid,approved\nf,1,yes\nf,1,no\n", &roles());
    assert_eq!(message, "no row of column `repaid` has the declared positive value `0`; it holds `1`");
    let mut one_sided = roles();
    one_sided.label = Some(Label { column: "repaid".into(), positive: Some("1".into()), favourable: None });
    let message = error("sex,repaid,approved\nf,1,yes\nf,1,no\n", &one_sided);
    assert!(message.starts_with("label `repaid` is `1` in every row"), "{message}");
    let mut multi = roles();
    multi.label = Some(Label { column: "repaid".into(), positive: None, favourable: None });
    assert!(run(&[csv("sex,repaid,approved\nf,1,yes\nf,0,no\nf,2,no\n")], &multi).is_ok());
}

#[test]
fn a_favourable_decision_or_reference_that_never_occurs_is_refused() {
    let mut roles = roles();
    roles.groups[0].reference = Some("male".into());
    let message = error("sex,repaid,approved\nf,1,yes\nm,0,no\n", &roles);
    assert_eq!(message, "no row of column `sex` has the declared reference value `male`; it holds `f`, `m`");
    let options = ScanOptions { partial: true, ..ScanOptions::default() };
    assert!(run_with(&[csv("sex,repaid,approved\nf,1,yes\n")], &roles, &options).is_ok());
}

#[test]
fn scores_and_weights_that_cannot_be_used_are_named_by_their_line() {
    let mut roles = roles();
    roles.score =
        Some(Score { column: "score".into(), higher_means: HigherMeans::Positive, probability: true });
    roles.weight = Some("weight".into());
    let of = |score: &str, weight: &str| {
        error(&format!("sex,repaid,approved,score,weight\nf,1,yes,0.5,1\nm,0,no,{score},{weight}\n"), &roles)
    };
    assert!(of("1.5", "1").starts_with("`a.csv` line 3, column `score`: 1.5 is no probability"));
    assert!(of("nan", "1").contains("the score is NaN"));
    assert!(of("inf", "1").contains("the score is inf"));
    assert!(of("high", "1").contains("it is not a number, as a score must be"));
    assert!(of("0.5", "-1").contains("line 3, column `weight`: the weight is negative"));
    assert!(of("0.5", "inf").contains("not a finite number"));
    assert!(of("0.5", "").contains("the weight is missing"));
    assert!(of("0.5", "1e30").contains("divide the column by a constant"));
}

#[test]
fn a_bad_value_is_named_by_its_row_in_every_format() {
    let mut roles = roles();
    roles.score =
        Some(Score { column: "score".into(), higher_means: HigherMeans::Positive, probability: true });
    let columns = batch(vec![
        ("sex", texts(&[Some("f"), Some("m"), None, Some("f")])),
        ("repaid", Arc::new(Int64Array::from(vec![1, 0, 1, 0])) as ArrayRef),
        ("approved", texts(&[Some("yes"), Some("no"), Some("no"), Some("no")])),
        ("score", Arc::new(Float64Array::from(vec![0.1, 0.2, 0.3, -1.0]))),
    ]);
    for part in [parquet_of(&columns, 2), ipc_of(&columns, false), ipc_of(&columns, true)] {
        let expected = format!("`{}` row 4, column `score`: -1 is no probability", part.name);
        let message = run(&[part], &roles).unwrap_err().to_string();
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn too_many_groups_are_refused_with_advice() {
    let mut text = String::from("sex,repaid,approved\n");
    for row in 0..1500 {
        text.extend(["g", &row.to_string(), ",", &(row % 2).to_string(), ",yes\n"]);
    }
    let message = error(&text, &roles());
    assert!(
        message.starts_with("column `sex` has more than 1000 distinct values; put its values"),
        "{message}"
    );
}

#[test]
fn a_data_set_without_rows_is_refused() {
    assert!(error("sex,repaid,approved\n", &roles()).starts_with("there are no rows in `a.csv`"));
    assert!(error("", &roles()).starts_with("there are no rows in `a.csv`"));
    assert!(matches!(run(&[], &roles()), Err(ScanError::Empty(_))));
}

#[test]
fn parts_that_disagree_about_a_type_are_refused() {
    let columns = |sex: ArrayRef| {
        batch(vec![
            ("sex", sex),
            ("repaid", Arc::new(Int64Array::from(vec![1, 0])) as ArrayRef),
            ("approved", texts(&[Some("yes"), Some("no")])),
        ])
    };
    let one = parquet_of(&columns(texts(&[Some("f"), None])), 10);
    let two = parquet_of(&columns(Arc::new(Int64Array::from(vec![1, 0]))), 10);
    let message = run(&[one, two], &roles()).unwrap_err().to_string();
    assert!(message.starts_with("column `sex` is a number in `a.parquet` but text in"), "{message}");
}

#[test]
fn a_file_cut_short_is_refused() {
    let batch = batch(vec![
        ("sex", texts(&[Some("f"), Some("m")])),
        ("repaid", Arc::new(Int64Array::from(vec![1, 0])) as ArrayRef),
        ("approved", texts(&[Some("yes"), Some("no")])),
    ]);
    for part in [parquet_of(&batch, 10), ipc_of(&batch, false), ipc_of(&batch, true)] {
        let length = part.file.metadata().unwrap().len();
        part.file.set_len(length / 2).unwrap();
        let message = run(&[part], &roles()).unwrap_err().to_string();
        assert!(message.contains("cannot be read") || message.contains("no rows"), "{message}");
        assert_eq!(message.lines().count(), 1);
    }
}

#[test]
fn ten_thousand_columns_are_no_trouble() {
    let mut text = String::from("sex,repaid,approved");
    (0..10_000).for_each(|column| text.extend([",c", &column.to_string()]));
    for row in ["f,1,yes", "m,0,no"] {
        text.push('\n');
        text.push_str(row);
        (0..10_000).for_each(|column| text.extend([",", &column.to_string()]));
    }
    assert_eq!(run(&[csv(&text)], &roles()).unwrap().rows, 2);
}

#[test]
fn a_stopped_scan_says_so() {
    let stop = AtomicBool::new(true);
    let parts = [csv("sex,repaid,approved\nf,1,yes\n")];
    let result = scan(&parts, &roles(), &ScanOptions::default(), &|_| {}, &stop);
    assert_eq!(result.unwrap_err(), ScanError::Interrupted);
}

#[test]
fn a_cut_off_decides_and_bins_group_ages_and_months_are_apart() {
    let roles = Roles {
        label: Some(Label {
            column: "bad".into(),
            positive: Some("true".into()),
            favourable: Some("false".into()),
        }),
        score: Some(Score { column: "pd".into(), higher_means: HigherMeans::Positive, probability: true }),
        decision: Some(Decision::CutOff(CutOff::Below(0.3))),
        time: Some(Time { column: "on".into(), period: Period::Month }),
        groups: vec![Group {
            attribute: "age".into(),
            bins: Some(vec![30.0, 60.0]),
            missing: Missing::LeftOut,
            ..Group::default()
        }],
        features: vec![
            Feature { column: "age".into(), ..Feature::default() },
            Feature { column: "job".into(), ..Feature::default() },
        ],
        ..Roles::default()
    };
    let text = "age,bad,pd,on,job\n29,True,0.1,2026-01-31,a\n30,False,0.3,2026-02-01,b\n60,False,0.29,2026-02-02,\n,False,0.9,2026-02-03,a\n";
    let tables = run(&[csv(text)], &roles).unwrap();
    let groups = tables.cube.marginal(&["age"], None, Orientation::Favourable);
    let names: Vec<_> = groups.iter().map(|group| group.group[0].to_string()).collect();
    assert_eq!(names, ["30-60", "<30", ">=60"]);
    assert_eq!((groups[0].outcomes.fn_.n, groups[1].outcomes.fp.n, groups[2].outcomes.tp.n), (1, 1, 1));
    let february = tables.cube.marginal(&[], Some(&"2026-02".into()), Orientation::Favourable);
    assert_eq!(february[0].outcomes.total().n, 3);
    assert!(tables.cube.marginal(&[], Some(&"2027-02".into()), Orientation::Favourable).is_empty());
    assert_eq!(tables.column("age").unwrap().kind, FeatureKind::Numeric);
    assert_eq!(tables.column("age").unwrap().nulls, 1);
    assert_eq!(tables.column("job").unwrap().kind, FeatureKind::Categorical);
    assert_eq!(tables.columns.len(), 4);
    assert_eq!(tables.histograms.iter().filter(|part| part.segment != Segment::all()).count(), 3);
}

#[test]
fn a_numeric_target_leaves_residuals_by_group() {
    let roles = Roles {
        target: Some("y".into()),
        score: Some(Score { column: "p".into(), higher_means: HigherMeans::Positive, probability: false }),
        groups: vec![Group { attribute: "g".into(), ..Group::default() }],
        ..Roles::default()
    };
    let tables = run(&[csv("y,p,g\n1,2,a\n3,1,a\n5,5,b\n,5,b\n")], &roles).unwrap();
    let all = &tables.residuals[0];
    assert_eq!((all.n, all.error.value(), all.absolute.value(), all.squared.value()), (3, -1.0, 3.0, 5.0));
    assert_eq!(tables.residuals.len(), 3);
}

/// One row of random data: sex, label, decision, score, weight, month, feature.
type Row = (Option<u8>, Option<bool>, bool, Option<f64>, f64, u8, Option<f64>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let score = prop::option::of(prop_oneof![0.0_f64..1.0, (0..4_u8).prop_map(|n| f64::from(n) / 4.0)]);
    let row = (
        prop::option::of(0_u8..4),
        prop::option::of(any::<bool>()),
        any::<bool>(),
        score,
        0.0_f64..1e6,
        1_u8..4,
        prop::option::of(-1e9_f64..1e9),
    );
    prop::collection::vec(row, 1..60)
}

fn part(rows: &[Row]) -> Part {
    let text = |pick: &dyn Fn(&Row) -> Option<String>| {
        Arc::new(rows.iter().map(pick).collect::<StringArray>()) as ArrayRef
    };
    let number = |pick: &dyn Fn(&Row) -> Option<f64>| {
        Arc::new(rows.iter().map(pick).collect::<Float64Array>()) as ArrayRef
    };
    let batch = batch(vec![
        ("sex", text(&|row| row.0.map(|sex| format!("s{sex}")))),
        ("repaid", Arc::new(rows.iter().map(|row| row.1.map(i64::from)).collect::<Int64Array>())),
        ("approved", text(&|row| Some(if row.2 { "yes" } else { "no" }.into()))),
        ("score", number(&|row| row.3)),
        ("weight", number(&|row| Some(row.4))),
        ("on", text(&|row| Some(format!("2026-{:02}-01", row.5)))),
        ("income", number(&|row| row.6)),
        ("job", text(&|row| row.6.map(|income| format!("{:.0}", income / 1e8)))),
    ]);
    parquet_of(&batch, 7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn tables_add_up_exactly_whatever_the_split_order_and_threads(
        mut rows in rows(), cut in 0_usize..60, seed in any::<u64>(), weighted in any::<bool>(), timed in any::<bool>(),
    ) {
        let mut roles = roles();
        roles.score = Some(Score { column: "score".into(), higher_means: HigherMeans::Positive, probability: true });
        roles.weight = weighted.then(|| "weight".into());
        roles.time = timed.then(|| Time { column: "on".into(), period: Period::Month });
        roles.features = ["income", "job"].map(|name| Feature { column: name.into(), ..Feature::default() }).into();
        let options = ScanOptions {
            partial: true, score_bins: 9, group_score_bins: 5, threads: NonZero::new(2),
            profile: ProfileLimits { bins: 6, categories: 4 }, ..ScanOptions::default()
        };
        let whole = run_with(&[part(&rows)], &roles, &ScanOptions { threads: NonZero::new(1), ..options }).unwrap();
        // A permutation that proptest can repeat.
        for place in (1..rows.len()).rev() {
            let turned = seed.rotate_left(u32::try_from(place).unwrap()) & 0xffff;
            rows.swap(place, usize::try_from(turned).unwrap() % (place + 1));
        }
        let (left, right) = rows.split_at(cut.min(rows.len()));
        let (left, right) = (part(left), part(right));
        let one = run_with(std::slice::from_ref(&left), &roles, &options).unwrap();
        let two = run_with(std::slice::from_ref(&right), &roles, &options).unwrap();
        prop_assert_eq!(&one.merge(&two).unwrap(), &whole);
        prop_assert_eq!(&two.merge(&one).unwrap(), &whole);
        prop_assert_eq!(&run_with(&[right, left], &roles, &options).unwrap(), &whole);
    }

    #[test]
    fn a_damaged_file_is_an_error_or_read_but_never_a_panic(
        which in 0_usize..4, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let columns = batch(vec![
            ("sex", texts(&[Some("f"), Some("m"), None, Some("f")])),
            ("repaid", Arc::new(Int64Array::from(vec![1, 0, 1, 0])) as ArrayRef),
            ("approved", texts(&[Some("yes"), Some("no"), Some("no"), Some("no")])),
        ]);
        let part = match which {
            0 => csv("sex,repaid,approved\nf,1,yes\nm,0,no\n\"x\",1,no\n"),
            1 => parquet_of(&columns, 2),
            2 => ipc_of(&columns, false),
            _ => ipc_of(&columns, true),
        };
        let mut bytes = Vec::new();
        std::io::copy(&mut crate::read::Shared::new(&part.file).unwrap().reader(0), &mut bytes).unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let part = Part { file: file(&bytes), ..part };
        if let Err(error) = run(&[part], &roles()) {
            prop_assert_eq!(error.to_string().lines().count(), 1);
        }
    }
}
