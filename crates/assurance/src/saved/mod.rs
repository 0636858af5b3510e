//! Saved tables: one Parquet file that can be kept, merged, measured elsewhere, and holds no row.
//!
//! The file is a long table that any tool can read: `kind` says what a line is (a cell of the cube,
//! a bin, a category, …), the other columns say where it belongs and what it counts. Sums are
//! decimal integers as text, in units of 2⁻⁶⁰, so a round trip is exact. The roles stand in the
//! file's metadata. Suppression of small counts before export is [`Tables::suppressed_below`].

mod line;
mod load;
mod suppress;

#[cfg(test)]
mod tests;

use crate::error::ScanError;
use crate::fixed::ExactSum;
use crate::histogram::{Bin, Histogram};
use crate::profile::ResidualSums;
use crate::read::unreadable;
use crate::tables::{Suppressed, Tables};
use crate::{Roles, Value};
use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt32Array, UInt64Array};
use line::{Head, Kind, Line, ProfileHead};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::sync::Arc;

pub use load::load;

/// What stands in the file's metadata.
#[derive(Serialize, Deserialize)]
struct Metadata {
    version: u32,
    roles: Roles,
    rows: u64,
    weighted: bool,
    suppressed: Suppressed,
}

/// Writes tables as one Parquet file. Equal tables give equal bytes.
pub fn save(tables: &Tables, writer: impl Write + Send) -> Result<(), ScanError> {
    let failed = |error: &dyn std::fmt::Display| unreadable("the saved tables", &error);
    let metadata = Metadata {
        version: VERSION,
        roles: tables.roles.clone(),
        rows: tables.rows,
        weighted: tables.weighted,
        suppressed: tables.suppressed,
    };
    let metadata = serde_json::to_string(&metadata).map_err(|error| failed(&error))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(parquet::basic::ZstdLevel::default()))
        .set_key_value_metadata(Some(vec![KeyValue::new(KEY.into(), metadata)]))
        .build();
    let lines = lines(tables).map_err(|error| failed(&error))?;
    let batch = batch(&lines).map_err(|error| failed(&error))?;
    let write = || {
        let mut file = ArrowWriter::try_new(writer, batch.schema(), Some(properties))?;
        file.write(&batch)?;
        file.close()
    };
    write().map_err(|error| failed(&error))?;
    Ok(())
}

fn lines(tables: &Tables) -> Result<Vec<Line>, serde_json::Error> {
    let mut lines = Vec::new();
    let cube = &tables.cube;
    let at = |values: &[Value], code: u32| values.get(code as usize).cloned().unwrap_or_default();
    for (key, cell) in &cube.cells {
        let groups: Vec<Value> =
            cube.attributes.iter().zip(&key.groups).map(|(a, &code)| at(&a.values, code)).collect();
        lines.push(Line {
            period: at(&cube.periods, key.period).0,
            groups: Some(serde_json::to_string(&groups)?),
            label: at(&cube.labels, key.label).0,
            decision: at(&cube.decisions, key.decision).0,
            key: Some(cell.n),
            sums: Some(format!(
                "{} {} {} {} {} {} {}",
                cell.scored, cell.w, cell.w2, cell.s, cell.s2, cell.ws, cell.ws2
            )),
            ..Line::of(Kind::Cell, 0)
        });
    }
    for (item, part) in (0..).zip(&tables.histograms) {
        let head = Head { segment: part.segment.clone(), histogram: (&part.scores).into() };
        lines.push(Line {
            period: part.period.0.clone(),
            text: Some(serde_json::to_string(&head)?),
            ..Line::of(Kind::Scores, item)
        });
        lines.extend(bins(&part.scores, Kind::ScoreBin, item));
    }
    for (item, column) in (0..).zip(&tables.columns) {
        let head = ProfileHead::from(column);
        lines.push(Line {
            period: column.period.0.clone(),
            text: Some(serde_json::to_string(&head)?),
            sums: Some(bin(&column.categories.rest)),
            ..Line::of(Kind::Profile, item)
        });
        lines.extend(bins(&column.values, Kind::ProfileBin, item));
        lines.extend(column.categories.sorted().into_iter().map(|(name, counts)| Line {
            text: Some(name.into()),
            sums: Some(bin(&counts)),
            ..Line::of(Kind::Category, item)
        }));
    }
    for (item, sums) in (0..).zip(&tables.residuals) {
        lines.push(Line {
            period: sums.period.0.clone(),
            text: Some(serde_json::to_string(&sums.segment)?),
            key: Some(sums.n),
            sums: Some(residuals(sums)),
            ..Line::of(Kind::Residuals, item)
        });
    }
    Ok(lines)
}

fn bins(histogram: &Histogram, kind: Kind, item: u32) -> impl Iterator<Item = Line> + '_ {
    histogram.bins().iter().map(move |(&key, counts)| Line {
        key: Some(key),
        sums: Some(bin(counts)),
        ..Line::of(kind, item)
    })
}

fn bin(bin: &Bin) -> String {
    let Bin { positive, negative, unlabelled, offset } = bin;
    format!(
        "{} {} {} {} {} {} {offset}",
        positive.n, positive.w, negative.n, negative.w, unlabelled.n, unlabelled.w
    )
}

fn residuals(sums: &ResidualSums) -> String {
    let exact = |sum: &ExactSum| {
        let bands: Vec<String> = sum.bands().map(|(band, sum)| format!("{band}:{sum}")).collect();
        bands.join(",")
    };
    let ResidualSums { error, absolute, squared, target, target_squared, .. } = sums;
    let exact: Vec<String> = [error, absolute, squared, target, target_squared].map(exact).into();
    format!("{} {}", sums.w, exact.join(";"))
}

fn batch(lines: &[Line]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let text = |pick: fn(&Line) -> Option<&str>| {
        Arc::new(lines.iter().map(pick).collect::<StringArray>()) as ArrayRef
    };
    let key: UInt64Array = lines.iter().map(|line| line.key).collect();
    let item: UInt32Array = lines.iter().map(|line| Some(line.item)).collect();
    RecordBatch::try_from_iter_with_nullable([
        ("kind", text(|line| Some(line.kind.name())), false),
        ("item", Arc::new(item) as ArrayRef, false),
        ("period", text(|line| line.period.as_deref()), true),
        ("groups", text(|line| line.groups.as_deref()), true),
        ("label", text(|line| line.label.as_deref()), true),
        ("decision", text(|line| line.decision.as_deref()), true),
        ("key", Arc::new(key) as ArrayRef, true),
        ("text", text(|line| line.text.as_deref()), true),
        ("sums", text(|line| line.sums.as_deref()), true),
    ])
}

const KEY: &str = "dualtrack.tables";
const VERSION: u32 = 1;
