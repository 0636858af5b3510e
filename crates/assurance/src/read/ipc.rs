//! Arrow IPC: files, whose batches several threads may read, and streams, which one reads.

use super::file::Cursor;
use super::{Body, Opened, Shared, Sink, Wanted, deliver, find, names, unreadable};
use crate::error::ScanError;
use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::{FileReader, StreamReader, read_footer_length};
use arrow::ipc::{Block, root_as_footer, root_as_message};
use parquet::file::reader::Length;
use std::error::Error;
use std::io::{BufReader, Read};

/// The batches of a file or stream.
pub(super) struct Batches {
    file: Shared,
    /// The wanted columns by their place in the file, each once, rising.
    projection: Vec<usize>,
    /// For each wanted column its place among those read.
    order: Vec<usize>,
    /// For a file: how many batches there are.
    number: Option<usize>,
}

pub(super) fn columns(part: &str, file: &Shared) -> Result<Vec<String>, ScanError> {
    let (schema, _) = header(part, file)?;
    Ok(names(&schema).into_iter().map(str::to_owned).collect())
}

pub(super) fn open(part: &str, file: Shared, wanted: &[Wanted]) -> Result<Opened, ScanError> {
    let (schema, batches) = header(part, &file)?;
    let found = find(part, &names(&schema), wanted.iter().map(|column| column.name.as_str()))?;
    let mut projection = found.clone();
    projection.sort_unstable();
    projection.dedup();
    let order = found.iter().filter_map(|column| projection.binary_search(column).ok()).collect();
    let types = found.iter().filter_map(|&column| schema.fields().get(column));
    let types = types.map(|field| field.data_type().clone()).collect();
    let pieces = batches.map_or(1, |batches| batches.min(PIECES));
    let body = Body::ArrowIpc(Batches { file, projection, order, number: batches });
    Ok(Opened { name: part.into(), rows: None, types, pieces, most: super::BATCH, body })
}

impl Batches {
    pub(super) fn read(
        &self,
        part: &str,
        piece: usize,
        most: usize,
        sink: &mut Sink<'_>,
    ) -> Result<(), ScanError> {
        let reader = BufReader::new(self.file.reader(0));
        let projection = Some(self.projection.clone());
        let Some(batches) = self.number else {
            let stream =
                StreamReader::try_new(reader, projection).map_err(|error| unreadable(part, &error))?;
            let mut first = 0;
            for batch in stream {
                let batch = batch.map_err(|error| unreadable(part, &error))?;
                deliver(part, most, &batch, &self.order, first, sink)?;
                first += batch.num_rows() as u64;
            }
            return Ok(());
        };
        let mut file = FileReader::try_new(reader, projection).map_err(|error| unreadable(part, &error))?;
        let (start, end) =
            (batches * piece / PIECES.min(batches), batches * (piece + 1) / PIECES.min(batches));
        file.set_index(start).map_err(|error| unreadable(part, &error))?;
        let mut first = 0;
        for batch in file.take(end - start) {
            let batch = batch.map_err(|error| unreadable(part, &error))?;
            deliver(part, most, &batch, &self.order, first, sink)
                .map_err(|error| self.located(part, error, start))?;
            first += batch.num_rows() as u64;
        }
        Ok(())
    }

    /// The error with the row counted from the start of the file, not of the piece. The header does
    /// not tell how many rows come before, and only an error needs to know.
    fn located(&self, part: &str, error: ScanError, batches_before: usize) -> ScanError {
        let ScanError::Value { mut place, column, because } = error else { return error };
        let reader = BufReader::new(self.file.reader(0));
        let Ok(file) = FileReader::try_new(reader, Some(self.projection.clone())) else {
            return unreadable(part, &"the file changed while it was read");
        };
        let before = file.take(batches_before).map_while(Result::ok);
        place.row += before.map(|batch| batch.num_rows() as u64).sum::<u64>();
        ScanError::Value { place, column, because }
    }
}

fn header(part: &str, file: &Shared) -> Result<(SchemaRef, Option<usize>), ScanError> {
    let mut magic = [0; 6];
    file.reader(0).read_exact(&mut magic).map_err(|error| unreadable(part, &error))?;
    let reader: BufReader<Cursor> = BufReader::new(file.reader(0));
    let framed = &magic == b"ARROW1";
    let fit = if framed { blocks_fit(file) } else { messages_fit(file) };
    if !fit.map_err(|error| unreadable(part, &error))? {
        return Err(unreadable(part, &"a batch lies beyond the end of the file"));
    }
    if framed {
        let file = FileReader::try_new(reader, None).map_err(|error| unreadable(part, &error))?;
        Ok((file.schema(), Some(file.num_batches())))
    } else {
        let stream = StreamReader::try_new(reader, None).map_err(|error| unreadable(part, &error))?;
        Ok((stream.schema(), None))
    }
}

/// Whether all batches that the footer lists lie within the file. Arrow would ask for the memory first.
fn blocks_fit(file: &Shared) -> Result<bool, Box<dyn Error>> {
    let mut tail = [0; 10];
    let end = file.len().checked_sub(10).ok_or("the file is too short")?;
    file.reader(end).read_exact(&mut tail)?;
    let length = read_footer_length(tail)?;
    let start = end.checked_sub(u64::try_from(length)?).ok_or("the footer is longer than the file")?;
    let mut bytes = vec![0; length];
    file.reader(start).read_exact(&mut bytes)?;
    let footer = root_as_footer(&bytes).map_err(|error| error.to_string())?;
    let fits = |block: &Block| {
        let parts = [block.offset(), block.metaDataLength().into(), block.bodyLength()];
        let sum = parts.into_iter().try_fold(0_u64, |sum, part| sum.checked_add(u64::try_from(part).ok()?));
        sum.is_some_and(|sum| sum <= file.len())
    };
    let lists = [footer.dictionaries(), footer.recordBatches()];
    Ok(lists.into_iter().flatten().flatten().all(fits))
}

/// Whether all messages of a stream lie within the file, for the same reason.
fn messages_fit(file: &Shared) -> Result<bool, Box<dyn Error>> {
    let mut at = 0;
    while at < file.len() {
        let mut length = [0; 4];
        file.reader(at).read_exact(&mut length)?;
        at += 4;
        if length == CONTINUATION {
            file.reader(at).read_exact(&mut length)?;
            at += 4;
        }
        let length = u64::try_from(i32::from_le_bytes(length))?;
        if length == 0 {
            break;
        }
        if file.len() - at < length {
            return Ok(false);
        }
        let mut bytes = vec![0; usize::try_from(length)?];
        file.reader(at).read_exact(&mut bytes)?;
        let message = root_as_message(&bytes).map_err(|error| error.to_string())?;
        let body = u64::try_from(message.bodyLength())?;
        at += length;
        if file.len() - at < body {
            return Ok(false);
        }
        at += body;
    }
    Ok(true)
}

/// What stands before the length of a message since Arrow 0.15.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// Enough for threads to share a file evenly.
const PIECES: usize = 64;
