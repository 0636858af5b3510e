//! Reading: files of several formats as one stream of batches that hold only the declared columns.
//!
//! A data set is one or more [`Part`]s with the same columns. Each is opened (`Opened`) and cut
//! into pieces that can be read by different threads. Values stay in the types of the file; what
//! they mean is the scan's business. Nothing is opened here that the caller did not hand in.

mod csv;
mod file;
mod ipc;
mod parquet;

use crate::error::{Place, ScanError, listed, quoted};
use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Schema};
use std::collections::HashMap;
use std::fs::File;

pub(crate) use file::Shared;

/// One file of a data set, opened by the caller.
#[derive(Debug)]
pub struct Part {
    /// The name that messages use.
    pub name: String,
    /// How it is written.
    pub format: Format,
    /// The open file; its position does not matter.
    pub file: File,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with a header line; separated by comma, or by semicolon or tab if the header has no comma.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow IPC, file or stream.
    ArrowIpc,
}

impl Format {
    /// Tells the format from the first bytes; what is neither Parquet nor Arrow is text.
    pub fn detect(file: &File) -> std::io::Result<Self> {
        let mut start = [0; 6];
        let read = file::read_at(file, &mut start, 0)?;
        let start = start.get(..read).unwrap_or_default();
        Ok(if start.starts_with(b"PAR1") || start.starts_with(b"PARE") {
            Self::Parquet
        } else if start.starts_with(b"ARROW1") || start.starts_with(&[0xff, 0xff, 0xff, 0xff]) {
            Self::ArrowIpc
        } else {
            Self::Csv
        })
    }
}

/// A column to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    /// Whether the values are categories, so that dictionary codes serve better than text.
    pub(crate) coded: bool,
}

/// Some consecutive rows of a part: the wanted columns in their order.
pub(crate) struct Batch<'a> {
    pub(crate) part: &'a str,
    pub(crate) columns: Vec<ArrayRef>,
    pub(crate) rows: usize,
    /// The number of the first row, from 0.
    pub(crate) first: u64,
    /// The line of each row, for text.
    pub(crate) lines: Vec<u64>,
}

impl Batch<'_> {
    /// Where a row of the batch stands in its file.
    pub(crate) fn place(&self, row: usize) -> Place {
        let (row, line) = match self.lines.get(row) {
            Some(&line) => (line, true),
            None => (self.first + row as u64 + 1, false),
        };
        Place { part: self.part.into(), row, line }
    }
}

/// What takes the batches. An error ends the reading.
pub(crate) type Sink<'a> = dyn FnMut(&Batch<'_>) -> Result<(), ScanError> + 'a;

/// A part whose header is read.
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) rows: Option<u64>,
    /// The types of the wanted columns.
    pub(crate) types: Vec<DataType>,
    pub(crate) pieces: usize,
    /// The greatest number of rows of a batch.
    most: usize,
    body: Body,
}

enum Body {
    Csv(csv::Text),
    Parquet(parquet::Groups),
    ArrowIpc(ipc::Batches),
}

/// Reads the header of a part and finds the wanted columns.
pub(crate) fn open(part: &Part, wanted: &[Wanted]) -> Result<Opened, ScanError> {
    let file = Shared::new(&part.file).map_err(|error| unreadable(&part.name, &error))?;
    match part.format {
        Format::Csv => csv::open(&part.name, file, wanted),
        Format::Parquet => parquet::open(&part.name, file, wanted),
        Format::ArrowIpc => ipc::open(&part.name, file, wanted),
    }
}

/// The names of all columns of a part.
pub fn columns(part: &Part) -> Result<Vec<String>, ScanError> {
    let file = Shared::new(&part.file).map_err(|error| unreadable(&part.name, &error))?;
    guarded(&part.name, || match part.format {
        Format::Csv => csv::columns(&part.name, &file),
        Format::Parquet => parquet::columns(&part.name, &file),
        Format::ArrowIpc => ipc::columns(&part.name, &file),
    })
}

impl Opened {
    /// Reads one of the pieces.
    pub(crate) fn read(&self, piece: usize, sink: &mut Sink<'_>) -> Result<(), ScanError> {
        match &self.body {
            Body::Csv(text) => text.read(&self.name, sink),
            Body::Parquet(groups) => groups.read(&self.name, piece, self.most, sink),
            Body::ArrowIpc(batches) => batches.read(&self.name, piece, self.most, sink),
        }
    }

    /// Reads in long batches: for columns of numbers, whose tables then stay in the cache for longer.
    pub(crate) fn in_long_batches(self) -> Self {
        Self { most: LONG_BATCH, ..self }
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.body, Body::Csv(_))
    }
}

/// Runs a reader so that a damaged file on which it panics becomes an error like any other.
pub(crate) fn guarded<T>(part: &str, read: impl FnOnce() -> Result<T, ScanError>) -> Result<T, ScanError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(unreadable(part, &"the file is damaged")))
}

/// A failure of a reader, in one line.
pub(crate) fn unreadable(part: &str, error: &impl std::fmt::Display) -> ScanError {
    let because = error.to_string();
    let because = because.lines().next().unwrap_or_default().trim_end_matches('.');
    ScanError::Unreadable { part: part.into(), because: because.into() }
}

/// Finds the wanted columns among those of a file, or says which it has.
pub(crate) fn find<'a>(
    part: &str,
    names: &[impl AsRef<str>],
    wanted: impl Iterator<Item = &'a str>,
) -> Result<Vec<usize>, ScanError> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, name) in names.iter().enumerate() {
        places.entry(name.as_ref()).or_default().push(place);
    }
    wanted
        .map(|column| match places.get(column).map(Vec::as_slice) {
            Some([place]) => Ok(*place),
            Some(_) => Err(ScanError::RepeatedColumn { part: part.into(), column: column.into() }),
            None => Err(ScanError::MissingColumn {
                part: part.into(),
                column: column.into(),
                hint: match nearest(column, names.iter().map(AsRef::as_ref)) {
                    Some(nearest) => format!("did you mean {}?", quoted(&nearest)),
                    None => format!("it has {}", listed(names.iter().map(AsRef::as_ref))),
                },
            }),
        })
        .collect()
}

/// The name that comes nearest, if any comes near.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let plain = |text: &str| text.to_lowercase().replace([' ', '-', '_'], "");
    let wanted = plain(name);
    names
        .map(|other| (strsim::jaro_winkler(&wanted, &plain(other)), other))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, other)| other.to_owned())
}

/// Hands on a batch of any size in slices of at most `most` rows.
fn deliver(
    part: &str,
    most: usize,
    batch: &RecordBatch,
    order: &[usize],
    first: u64,
    sink: &mut Sink<'_>,
) -> Result<(), ScanError> {
    let columns: Option<Vec<&ArrayRef>> = order.iter().map(|&column| batch.columns().get(column)).collect();
    let columns = columns.ok_or_else(|| unreadable(part, &"a batch lacks columns"))?;
    let mut start = 0;
    while start < batch.num_rows() {
        let rows = most.min(batch.num_rows() - start);
        let columns = if rows == batch.num_rows() {
            columns.iter().map(|&column| ArrayRef::clone(column)).collect()
        } else {
            columns.iter().map(|column| column.slice(start, rows)).collect()
        };
        sink(&Batch { part, columns, rows, first: first + start as u64, lines: Vec::new() })?;
        start += rows;
    }
    Ok(())
}

fn names(schema: &Schema) -> Vec<&str> {
    schema.fields().iter().map(|field| field.name().as_str()).collect()
}

/// Rows of a batch: the codes of one column fit the first-level cache.
const BATCH: usize = 8_192;
/// Rows of a batch whose columns are counted one after the other.
const LONG_BATCH: usize = 65_536;
