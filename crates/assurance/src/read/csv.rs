//! CSV: text in UTF-8 with a header line. Only the declared columns are kept; an empty field is no value.

use super::file::Cursor;
use super::{Batch, Body, Opened, Shared, Sink, Wanted, find, unreadable};
use crate::error::{Place, ScanError};
use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use csv::{ByteRecord, Reader, ReaderBuilder};
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

/// A file of text whose header is known.
pub(super) struct Text {
    file: Shared,
    delimiter: u8,
    /// The header's names, for messages.
    names: Vec<String>,
    /// The place of each wanted column.
    found: Vec<usize>,
}

pub(super) fn columns(part: &str, file: &Shared) -> Result<Vec<String>, ScanError> {
    Ok(header(part, file)?.1)
}

pub(super) fn open(part: &str, file: Shared, wanted: &[Wanted]) -> Result<Opened, ScanError> {
    let (delimiter, names) = header(part, &file)?;
    let found = find(part, &names, wanted.iter().map(|column| column.name.as_str()))?;
    let types = vec![DataType::Utf8; wanted.len()];
    let body = Body::Csv(Text { file, delimiter, names, found });
    Ok(Opened { name: part.into(), rows: None, types, pieces: 1, most: super::BATCH, body })
}

impl Text {
    pub(super) fn read(&self, part: &str, sink: &mut Sink<'_>) -> Result<(), ScanError> {
        let mut reader = reader(&self.file, self.delimiter);
        let mut record = ByteRecord::new();
        next(part, &mut reader, &mut record)?;
        let mut first = 0;
        loop {
            let mut columns: Vec<StringBuilder> = self.found.iter().map(|_| StringBuilder::new()).collect();
            let mut lines = Vec::with_capacity(super::BATCH);
            while lines.len() < super::BATCH && next(part, &mut reader, &mut record)? {
                let line = record.position().map_or(0, csv::Position::line);
                let place = || Place { part: part.into(), row: line, line: true };
                if record.len() != self.names.len() {
                    return Err(self.broken(place(), record.len()));
                }
                for (&column, values) in self.found.iter().zip(&mut columns) {
                    let field = record.get(column).unwrap_or_default();
                    let text = std::str::from_utf8(field)
                        .map_err(|_| not_utf8(place(), self.names.get(column).map_or("", String::as_str)))?;
                    values.append_option(Some(text).filter(|text| !text.is_empty()));
                }
                lines.push(line);
            }
            let rows = lines.len();
            if rows == 0 {
                return Ok(());
            }
            let columns = columns.iter_mut().map(|values| Arc::new(values.finish()) as ArrayRef).collect();
            sink(&Batch { part, columns, rows, first, lines })?;
            first += rows as u64;
        }
    }

    fn broken(&self, place: Place, fields: usize) -> ScanError {
        let columns = self.names.len();
        let because = format!(
            "the row has {fields} fields but the header has {columns}; look for a stray quote or separator"
        );
        ScanError::BrokenRow { place, because }
    }
}

fn next(part: &str, reader: &mut Reader<impl Read>, record: &mut ByteRecord) -> Result<bool, ScanError> {
    reader.read_byte_record(record).map_err(|error| unreadable(part, &error))
}

fn reader(file: &Shared, delimiter: u8) -> Reader<Cursor> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(file.reader(0))
}

/// The separator and the names of the columns.
fn header(part: &str, file: &Shared) -> Result<(u8, Vec<String>), ScanError> {
    let mut start = Vec::new();
    let mut line = BufReader::new(file.reader(0)).take(HEADER_BYTES);
    line.read_until(b'\n', &mut start).map_err(|error| unreadable(part, &error))?;
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) || start.contains(&0) {
        return Err(unreadable(part, &"it is not text in UTF-8 (UTF-16 or binary); save it as UTF-8"));
    }
    let delimiter = [b',', b';', b'\t'].into_iter().find(|byte| start.contains(byte)).unwrap_or(b',');
    let mut record = ByteRecord::new();
    next(part, &mut reader(file, delimiter), &mut record)?;
    let mut names = Vec::with_capacity(record.len());
    for (place, field) in record.iter().enumerate() {
        let field = if place == 0 { field.strip_prefix(b"\xef\xbb\xbf").unwrap_or(field) } else { field };
        let name = std::str::from_utf8(field).map_err(|_| {
            not_utf8(Place { part: part.into(), row: 1, line: true }, &format!("number {}", place + 1))
        })?;
        names.push(name.trim().to_owned());
    }
    if names.iter().all(String::is_empty) {
        return Err(ScanError::Empty(format!("`{part}`")));
    }
    Ok((delimiter, names))
}

fn not_utf8(place: Place, column: &str) -> ScanError {
    let because = "the text is not UTF-8 (perhaps Big5 or GB18030); save the file as UTF-8";
    ScanError::Value { place, column: column.into(), because: because.into() }
}

const HEADER_BYTES: u64 = 1 << 20;
