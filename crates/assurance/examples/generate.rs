//! Writes the synthetic data that the benchmarks measure, the same bytes for the same seed.
//!
//! ```text
//! cargo run --release -p dualtrack-assurance --example generate -- DIRECTORY [ROWS] [SEED]
//! ```
//!
//! `decisions.parquet`: ROWS (default 1,000,000) rows of `sex` (2 values), `age_band` (5), `region`
//! (6), `label` (0 or 1), `decision` (0 or 1) and `score` (a probability of label 1).
//! `reference.parquet` and `current.parquet`: 1,000,000 rows each (or ROWS, if fewer) of twenty
//! normal features `f00` to `f19`, the later ones shifted in the second file.
//! Snappy, row groups of 122,880 rows (what `DuckDB` writes itself, and one piece of work for a
//! thread of either engine), text and labels dictionary-encoded, floats plain.

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().ok_or("usage: generate DIRECTORY [ROWS] [SEED]")?);
    let rows: usize = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(7), |text| text.parse())?;
    std::fs::create_dir_all(&directory)?;
    decisions(&directory.join("decisions.parquet"), rows, seed)?;
    features(&directory.join("reference.parquet"), rows.min(1_000_000), seed + 1, 0.0)?;
    features(&directory.join("current.parquet"), rows.min(1_000_000), seed + 2, 0.05)?;
    Ok(())
}

fn decisions(path: &Path, rows: usize, seed: u64) -> Result<(), Box<dyn Error>> {
    let mut random = Random(seed);
    write(path, rows, &["score"], |rows| {
        let mut sexes = Vec::with_capacity(rows);
        let (mut ages, mut regions) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        let (mut labels, mut decisions, mut scores) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rows {
            let (sex, age, region) = (random.below(2), random.below(5), random.below(6));
            let risk = -1.0 + 0.25 * f64::from(sex) - 0.15 * f64::from(age) + 0.05 * f64::from(region);
            let score = 1.0 / (1.0 + (-(risk + random.normal())).exp());
            sexes.push(["female", "male"].get(sex as usize).copied());
            ages.push(["18-24", "25-34", "35-49", "50-64", "65+"].get(age as usize).copied());
            let names = ["Central", "Eastern", "Kowloon", "New Territories", "Outlying", "Tuen Mun"];
            regions.push(names.get(region as usize).copied());
            labels.push(i64::from(random.uniform() < score));
            decisions.push(i64::from(score < 0.35));
            scores.push(score);
        }
        vec![
            ("sex", Arc::new(StringArray::from(sexes)) as ArrayRef),
            ("age_band", Arc::new(StringArray::from(ages))),
            ("region", Arc::new(StringArray::from(regions))),
            ("label", Arc::new(Int64Array::from(labels))),
            ("decision", Arc::new(Int64Array::from(decisions))),
            ("score", Arc::new(Float64Array::from(scores))),
        ]
    })
}

fn features(path: &Path, rows: usize, seed: u64, shift: f64) -> Result<(), Box<dyn Error>> {
    let mut random = Random(seed);
    let names: Vec<String> = (0..20).map(|feature| format!("f{feature:02}")).collect();
    let plain: Vec<&str> = names.iter().map(String::as_str).collect();
    write(path, rows, &plain, |rows| {
        let columns = plain.iter().zip(0_u32..).map(|(&name, number)| {
            let shift = shift * f64::from(number) / 10.0;
            let values: Vec<f64> = (0..rows).map(|_| random.normal() + shift).collect();
            (name, Arc::new(Float64Array::from(values)) as ArrayRef)
        });
        columns.collect()
    })
}

fn write<'a>(
    path: &Path,
    rows: usize,
    plain: &[&str],
    mut columns: impl FnMut(usize) -> Vec<(&'a str, ArrayRef)>,
) -> Result<(), Box<dyn Error>> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP));
    for &name in plain {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
    }
    let mut writer: Option<ArrowWriter<File>> = None;
    let mut left = rows;
    while left > 0 {
        let batch = RecordBatch::try_from_iter(columns(left.min(ROW_GROUP)))?;
        left -= batch.num_rows();
        let writer = if let Some(writer) = &mut writer {
            writer
        } else {
            let file = File::create(path)?;
            writer.insert(ArrowWriter::try_new(file, batch.schema(), Some(properties.clone().build()))?)
        };
        writer.write(&batch)?;
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    Ok(())
}

/// `SplitMix64`: small, quick, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u32) -> u32 {
        u32::try_from((u64::from(bound) * (self.next() >> 32)) >> 32).unwrap_or(0)
    }

    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let (one, two) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos()
    }
}

/// Rows of a row group.
const ROW_GROUP: usize = 122_880;
