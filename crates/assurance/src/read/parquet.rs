//! Parquet: one piece for each row group, only the wanted columns, categories as dictionary codes.

use super::{Body, Opened, Shared, Sink, Wanted, deliver, find, names, unreadable};
use crate::error::ScanError;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use std::sync::Arc;

/// The row groups of a file.
pub(super) struct Groups {
    file: Shared,
    metadata: ArrowReaderMetadata,
    projection: ProjectionMask,
    /// For each wanted column its place among those read.
    order: Vec<usize>,
    /// The number of the first row of each group.
    first: Vec<u64>,
}

pub(super) fn columns(part: &str, file: &Shared) -> Result<Vec<String>, ScanError> {
    let metadata = ArrowReaderMetadata::load(file, options()).map_err(|error| unreadable(part, &error))?;
    Ok(names(metadata.schema()).into_iter().map(str::to_owned).collect())
}

pub(super) fn open(part: &str, file: Shared, wanted: &[Wanted]) -> Result<Opened, ScanError> {
    let metadata = ArrowReaderMetadata::load(&file, options()).map_err(|error| unreadable(part, &error))?;
    let found = find(part, &names(metadata.schema()), wanted.iter().map(|column| column.name.as_str()))?;
    let coded: Vec<usize> =
        found.iter().zip(wanted).filter(|(_, column)| column.coded).map(|(&place, _)| place).collect();
    let metadata = with_codes(metadata, &coded).map_err(|error| unreadable(part, &error))?;

    let mut roots = found.clone();
    roots.sort_unstable();
    roots.dedup();
    let order = found.iter().filter_map(|column| roots.binary_search(column).ok()).collect();
    let types = found.iter().filter_map(|&column| metadata.schema().fields().get(column));
    let types = types.map(|field| field.data_type().clone()).collect();
    let projection = ProjectionMask::roots(metadata.parquet_schema(), roots);
    let mut first = Vec::new();
    let mut rows = 0_u64;
    for group in metadata.metadata().row_groups() {
        first.push(rows);
        let more = u64::try_from(group.num_rows()).ok().and_then(|more| rows.checked_add(more));
        rows = more.ok_or_else(|| unreadable(part, &"a row group has an impossible number of rows"))?;
    }
    let pieces = first.len();
    let body = Body::Parquet(Groups { file, metadata, projection, order, first });
    Ok(Opened { name: part.into(), rows: Some(rows), types, pieces, most: super::BATCH, body })
}

impl Groups {
    pub(super) fn read(
        &self,
        part: &str,
        piece: usize,
        most: usize,
        sink: &mut Sink<'_>,
    ) -> Result<(), ScanError> {
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), self.metadata.clone());
        let batches = builder
            .with_projection(self.projection.clone())
            .with_row_groups(vec![piece])
            .with_batch_size(most)
            .build()
            .map_err(|error| unreadable(part, &error))?;
        let mut first = self.first.get(piece).copied().unwrap_or_default();
        for batch in batches {
            let batch = batch.map_err(|error| unreadable(part, &error))?;
            deliver(part, most, &batch, &self.order, first, sink)?;
            first += batch.num_rows() as u64;
        }
        Ok(())
    }
}

/// Types come from Parquet itself; an embedded Arrow schema could only make the same column look different.
fn options() -> ArrowReaderOptions {
    ArrowReaderOptions::new().with_skip_arrow_metadata(true)
}

/// Asks for text columns of categories as the dictionary codes they are stored as.
fn with_codes(
    metadata: ArrowReaderMetadata,
    coded: &[usize],
) -> parquet::errors::Result<ArrowReaderMetadata> {
    let text = |kind: &DataType| matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let fields = metadata.schema().fields();
    if !fields.iter().enumerate().any(|(place, field)| coded.contains(&place) && text(field.data_type())) {
        return Ok(metadata);
    }
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields: Vec<Arc<Field>> = fields
        .iter()
        .enumerate()
        .map(|(place, field)| {
            if coded.contains(&place) && text(field.data_type()) {
                Arc::new(field.as_ref().clone().with_data_type(dictionary.clone()))
            } else {
                Arc::clone(field)
            }
        })
        .collect();
    let schema = Schema::new_with_metadata(fields, metadata.schema().metadata().clone());
    ArrowReaderMetadata::try_new(
        Arc::clone(metadata.metadata()),
        ArrowReaderOptions::new().with_schema(Arc::new(schema)),
    )
}
