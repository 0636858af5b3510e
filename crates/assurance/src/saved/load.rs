//! Reading saved tables back, trusting nothing in the file.

use super::line::{Head, HistogramHead, Kind, Line, ProfileHead};
use super::{KEY, Metadata, VERSION};
use crate::cube::{Cell, Value};
use crate::error::ScanError;
use crate::fixed::ExactSum;
use crate::histogram::{Bin, Histogram, ScoreHistogram, Segment, Tally};
use crate::profile::{Categories, ColumnProfile, ResidualSums};
use crate::read::{Shared, guarded, unreadable};
use crate::scan::{Coder, cube};
use crate::tables::Tables;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Schema, UInt32Type, UInt64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;
use std::fs::File;

/// Reads tables that [`super::save`] wrote. `name` is what messages call the file.
pub fn load(name: &str, file: &File) -> Result<Tables, ScanError> {
    let shared = Shared::new(file).map_err(|error| unreadable(name, &error))?;
    guarded(name, || read(shared).map_err(|because| unreadable(name, &because)))
}

/// One line on what is wrong with a file.
type Wrong = String;

fn read(file: Shared) -> Result<Tables, Wrong> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| text(&error))?;
    let values = builder.metadata().file_metadata().key_value_metadata();
    let metadata = values.into_iter().flatten().find(|value| value.key == KEY);
    let metadata = metadata.and_then(|value| value.value.as_deref()).ok_or("it holds no saved tables")?;
    let metadata: Metadata = serde_json::from_str(metadata).map_err(|error| text(&error))?;
    if metadata.version != VERSION {
        return Err(format!("it is of version {}; this program reads version {VERSION}", metadata.version));
    }
    expect_columns(builder.schema())?;
    let mut building = Building::default();
    for batch in builder.build().map_err(|error| text(&error))? {
        let batch = batch.map_err(|error| text(&error))?;
        for row in 0..batch.num_rows() {
            building.take(line(&batch, row)?)?;
        }
    }
    building.finish(metadata)
}

fn expect_columns(schema: &Schema) -> Result<(), Wrong> {
    let columns = schema.fields().iter().map(|field| (field.name().as_str(), field.data_type()));
    let expected = [
        ("kind", &DataType::Utf8),
        ("item", &DataType::UInt32),
        ("period", &DataType::Utf8),
        ("groups", &DataType::Utf8),
        ("label", &DataType::Utf8),
        ("decision", &DataType::Utf8),
        ("key", &DataType::UInt64),
        ("text", &DataType::Utf8),
        ("sums", &DataType::Utf8),
    ];
    if columns.eq(expected) { Ok(()) } else { Err("its columns are not those of saved tables".into()) }
}

fn line(batch: &RecordBatch, row: usize) -> Result<Line, Wrong> {
    let text = |column: usize| {
        let array = batch.column(column).as_string::<i32>();
        array.is_valid(row).then(|| array.value(row).to_owned())
    };
    let kind = text(0).and_then(|name| Kind::named(&name)).ok_or("a line of unknown kind")?;
    let key = batch.column(6).as_primitive::<UInt64Type>();
    Ok(Line {
        kind,
        item: batch.column(1).as_primitive::<UInt32Type>().value(row),
        period: text(2),
        groups: text(3),
        label: text(4),
        decision: text(5),
        key: key.is_valid(row).then(|| key.value(row)),
        text: text(7),
        sums: text(8),
    })
}

/// Tables that are being read.
#[derive(Default)]
struct Building {
    cells: Vec<(Line, Vec<Value>, Cell)>,
    scores: BTreeMap<u32, (Head, Value)>,
    score_bins: BTreeMap<u32, BTreeMap<u64, Bin>>,
    profiles: BTreeMap<u32, (ProfileHead, Value, Bin)>,
    profile_bins: BTreeMap<u32, BTreeMap<u64, Bin>>,
    categories: BTreeMap<u32, Vec<(String, Bin)>>,
    residuals: Vec<ResidualSums>,
}

impl Building {
    fn take(&mut self, line: Line) -> Result<(), Wrong> {
        let sums = line.sums.as_deref().ok_or("a line without sums");
        let text = || line.text.as_deref().ok_or("a line without text");
        let period = Value(line.period.clone());
        let key = line.key.ok_or("a line without a key");
        match line.kind {
            Kind::Cell => {
                let groups = line.groups.as_deref().ok_or("a cell without groups")?;
                let groups = serde_json::from_str(groups).map_err(|error| error.to_string())?;
                let cell = cell(key?, sums?)?;
                self.cells.push((line, groups, cell));
            }
            Kind::Scores => {
                let head = serde_json::from_str(text()?).map_err(|error| error.to_string())?;
                self.scores.insert(line.item, (head, period));
            }
            Kind::ScoreBin => {
                self.score_bins.entry(line.item).or_default().insert(key?, bin(sums?)?);
            }
            Kind::Profile => {
                let head = serde_json::from_str(text()?).map_err(|error| error.to_string())?;
                self.profiles.insert(line.item, (head, period, bin(sums?)?));
            }
            Kind::ProfileBin => {
                self.profile_bins.entry(line.item).or_default().insert(key?, bin(sums?)?);
            }
            Kind::Category => {
                let category = (text()?.to_owned(), bin(sums?)?);
                self.categories.entry(line.item).or_default().push(category);
            }
            Kind::Residuals => {
                let segment: Segment = serde_json::from_str(text()?).map_err(|error| error.to_string())?;
                self.residuals.push(residuals(segment, period, key?, sums?)?);
            }
        }
        Ok(())
    }

    fn finish(mut self, metadata: Metadata) -> Result<Tables, Wrong> {
        let roles = metadata.roles;
        if let Some(because) = roles.contradiction() {
            return Err(because);
        }
        let mut histograms = Vec::new();
        for (item, (head, period)) in self.scores {
            let bins = self.score_bins.remove(&item).unwrap_or_default();
            let scores = histogram(&head.histogram, bins)?;
            histograms.push(ScoreHistogram { segment: head.segment, period, scores });
        }
        let mut columns = Vec::new();
        for (item, (head, period, rest)) in self.profiles {
            let bins = self.profile_bins.remove(&item).unwrap_or_default();
            let mut categories = Categories::new(head.categories);
            for (name, bin) in self.categories.remove(&item).unwrap_or_default() {
                categories.add(&name, &bin);
            }
            categories.rest = categories.rest.plus(&rest);
            columns.push(ColumnProfile {
                values: histogram(&head.values, bins)?,
                name: head.name,
                kind: head.kind,
                period,
                rows: head.rows,
                nulls: head.nulls,
                not_a_number: head.not_a_number,
                infinite: head.infinite,
                out_of_range: head.out_of_range,
                unexpected: head.unexpected,
                type_surprises: head.type_surprises,
                categories,
            });
        }
        if !(self.score_bins.is_empty() && self.profile_bins.is_empty() && self.categories.is_empty()) {
            return Err("bins or categories without a head".into());
        }
        let cube = cube_of(&roles, self.cells)?;
        Ok(Tables {
            roles,
            rows: metadata.rows,
            weighted: metadata.weighted,
            cube,
            histograms,
            columns,
            residuals: self.residuals,
            suppressed: metadata.suppressed,
        })
    }
}

fn cube_of(roles: &crate::Roles, cells: Vec<(Line, Vec<Value>, Cell)>) -> Result<crate::DecisionCube, Wrong> {
    let mut coders: Vec<Coder> = (0..roles.groups.len() + 3).map(|_| Coder::new(false)).collect();
    let mut counted: Vec<(Box<[u32]>, Cell)> = Vec::with_capacity(cells.len());
    for (line, groups, cell) in cells {
        if groups.len() != roles.groups.len() {
            return Err("a cell has another number of groups than the roles".into());
        }
        let declared = [
            (roles.time.is_some(), Value(line.period)),
            (roles.label.is_some(), Value(line.label)),
            (roles.decision.is_some(), Value(line.decision)),
        ];
        let [period, label, decision] = declared.map(|(declared, value)| declared.then_some(value));
        let values = [period].into_iter().chain(groups.into_iter().map(Some)).chain([label, decision]);
        let codes = values
            .zip(&mut coders)
            .filter_map(|(value, coder)| Some(value?.text().map_or(0, |text| coder.code(text))));
        counted.push((codes.collect(), cell));
    }
    let mut values = coders.iter().map(Coder::values);
    let periods = values.next().filter(|_| roles.time.is_some());
    let groups: Vec<&[Value]> = values.by_ref().take(roles.groups.len()).collect();
    let labels = values.next().filter(|_| roles.label.is_some());
    let decisions = values.next().filter(|_| roles.decision.is_some());
    let cube = cube(roles, &counted, periods, &groups, labels, decisions);
    if cube.cells.len() == counted.len() { Ok(cube) } else { Err("two cells of the same kind".into()) }
}

fn histogram(head: &HistogramHead, bins: BTreeMap<u64, Bin>) -> Result<Histogram, Wrong> {
    let widest = u64::MAX.checked_shr(u32::from(head.dropped_bits)).filter(|_| head.dropped_bits < 64);
    if widest.is_none_or(|widest| bins.last_key_value().is_some_and(|(&key, _)| key > widest)) {
        return Err("a bin lies outside the numbers".into());
    }
    Ok(Histogram::from_bins(head.limit, head.dropped_bits, bins))
}

fn numbers<const N: usize>(sums: &str) -> Result<[i128; N], Wrong> {
    let numbers: Result<Vec<i128>, _> = sums.split(' ').map(str::parse).collect();
    numbers.ok().and_then(|numbers| numbers.try_into().ok()).ok_or_else(|| "sums that are not numbers".into())
}

fn rows(number: i128) -> Result<u64, Wrong> {
    // Half of what fits, so that adding up a few files cannot overflow.
    u64::try_from(number)
        .ok()
        .filter(|&rows| rows < u64::MAX / 4)
        .ok_or_else(|| "an impossible number of rows".into())
}

fn cell(n: u64, sums: &str) -> Result<Cell, Wrong> {
    let [scored, w, w2, s, s2, ws, ws2] = numbers(sums)?;
    Ok(Cell { n: rows(i128::from(n))?, scored: rows(scored)?, w, w2, s, s2, ws, ws2 })
}

fn bin(sums: &str) -> Result<Bin, Wrong> {
    let [positive, positive_w, negative, negative_w, unlabelled, unlabelled_w, offset] = numbers(sums)?;
    let tally = |n: i128, w: i128| Ok::<Tally, Wrong>(Tally { n: rows(n)?, w });
    Ok(Bin {
        positive: tally(positive, positive_w)?,
        negative: tally(negative, negative_w)?,
        unlabelled: tally(unlabelled, unlabelled_w)?,
        offset: u128::try_from(offset).map_err(|_| "a negative offset")?,
    })
}

fn residuals(segment: Segment, period: Value, n: u64, sums: &str) -> Result<ResidualSums, Wrong> {
    let (w, exact) = sums.split_once(' ').ok_or("residuals without sums")?;
    let exact: Vec<ExactSum> = exact.split(';').map(exact_sum).collect::<Result<_, _>>()?;
    let [error, absolute, squared, target, target_squared] =
        <[ExactSum; 5]>::try_from(exact).map_err(|_| "residuals without sums")?;
    let w = w.parse().map_err(|_| "residuals without a weight")?;
    let n = rows(i128::from(n))?;
    Ok(ResidualSums { segment, period, n, w, error, absolute, squared, target, target_squared })
}

fn exact_sum(text: &str) -> Result<ExactSum, Wrong> {
    let bands = text.split(',').filter(|band| !band.is_empty()).map(|band| {
        let (band, sum) = band.split_once(':')?;
        Some((band.parse().ok()?, sum.parse().ok()?))
    });
    let bands = bands.collect::<Option<Vec<(i32, i128)>>>();
    bands.and_then(|bands| ExactSum::of_bands(&bands)).ok_or_else(|| "a sum that is none".into())
}
