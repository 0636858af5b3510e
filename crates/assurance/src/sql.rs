//! The cube as a query: what an institution runs in its own warehouse so that rows never leave it.
//!
//! [`query`] prints an ordinary GROUP BY; its answer, as CSV or Parquet, is read back by [`answer`].
//! The answer holds the decision cube only: no histograms, profiles or residuals. Sums are rounded
//! to units of 2⁻⁶⁰ a row as in a scan; Postgres keeps 15 digits of each, the other dialects all.

use crate::cube::{Cell, FAVOURABLE, UNFAVOURABLE, Value};
use crate::error::{Place, ScanError};
use crate::read::{Batch, Part, Wanted, guarded, open};
use crate::roles::{CutOff, Decision, Group, Period, Roles};
use crate::scan::{Coder, ScanOptions, check, cube};
use crate::tables::{Suppressed, Tables};
use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::DataType;
use std::collections::BTreeMap;

/// The SQL of a warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// `DuckDB`.
    DuckDb,
    /// `PostgreSQL`.
    Postgres,
    /// Google `BigQuery`.
    BigQuery,
    /// Snowflake.
    Snowflake,
}

impl std::str::FromStr for Dialect {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "duckdb" => Ok(Self::DuckDb),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            "bigquery" => Ok(Self::BigQuery),
            "snowflake" => Ok(Self::Snowflake),
            _ => Err(format!("no dialect `{text}`; there are duckdb, postgres, bigquery and snowflake")),
        }
    }
}

/// The query whose answer is the cube of a table. `table` stands in the query as it is given.
pub fn query(roles: &Roles, table: &str, dialect: Dialect) -> Result<String, ScanError> {
    if let Some(because) = roles.contradiction() {
        return Err(ScanError::Roles(because));
    }
    let mut keys: Vec<(String, String)> = Vec::new();
    for group in &roles.groups {
        keys.push((group_column(group), attribute(group, dialect)));
    }
    if let Some(label) = &roles.label {
        keys.push((LABEL.into(), text(&quoted(&label.column, dialect), dialect)));
    }
    match &roles.decision {
        Some(Decision::Column { column, .. }) => {
            keys.push((DECISION.into(), text(&quoted(column, dialect), dialect)));
        }
        Some(Decision::CutOff(cut)) => keys.push((DECISION.into(), cut_off(roles, *cut, dialect))),
        None => {}
    }
    if let Some(time) = &roles.time {
        keys.push((PERIOD.into(), period(&quoted(&time.column, dialect), time.period, dialect)));
    }
    if keys.is_empty() {
        return Err(ScanError::Roles("they name no group, label, decision or time to count by".into()));
    }
    let mut columns: Vec<String> =
        keys.iter().map(|(name, expression)| format!("{expression} AS {}", quoted(name, dialect))).collect();
    columns.push(format!("COUNT(*) AS {}", quoted(ROWS, dialect)));
    columns.extend(sums(roles, dialect));
    let numbers: Vec<String> = (1..=keys.len()).map(|number| number.to_string()).collect();
    Ok(format!(
        "SELECT\n  {}\nFROM {table}\nGROUP BY {}\nORDER BY {}\n",
        columns.join(",\n  "),
        numbers.join(", "),
        numbers.join(", ")
    ))
}

/// Reads the answer of a [`query`] made with the same roles.
pub fn answer(parts: &[Part], roles: &Roles, options: &ScanOptions) -> Result<Tables, ScanError> {
    let dimensions: Vec<(String, bool)> = roles
        .time
        .iter()
        .map(|_| (PERIOD.to_owned(), false))
        .chain(roles.groups.iter().map(|group| (group_column(group), false)))
        .chain(roles.label.iter().map(|_| (LABEL.to_owned(), true)))
        .chain(roles.decision.iter().map(|_| (DECISION.to_owned(), true)))
        .collect();
    let mut names: Vec<String> = dimensions.iter().map(|(name, _)| name.clone()).collect();
    names.push(ROWS.into());
    names.extend(summed(roles).into_iter().map(str::to_owned));
    let wanted: Vec<Wanted> = names.into_iter().map(|name| Wanted { name, coded: false }).collect();

    let mut reading = Reading {
        wanted: &wanted,
        coders: dimensions.iter().map(|(_, canonical)| Coder::new(*canonical)).collect(),
        cells: BTreeMap::new(),
    };
    for part in parts {
        guarded(&part.name, || {
            let opened = open(part, &wanted)?;
            (0..opened.pieces).try_for_each(|piece| opened.read(piece, &mut |batch| reading.take(batch)))
        })?;
    }
    let counted: Vec<(Box<[u32]>, Cell)> = reading.cells.into_iter().collect();
    let mut values = reading.coders.iter().map(Coder::values);
    let periods = roles.time.as_ref().and_then(|_| values.next());
    let groups: Vec<&[Value]> = values.by_ref().take(roles.groups.len()).collect();
    let labels = roles.label.as_ref().and_then(|_| values.next());
    let decisions = roles.decision.as_ref().and_then(|_| values.next());
    let cube = cube(roles, &counted, periods, &groups, labels, decisions);
    let tables = Tables {
        roles: roles.clone(),
        rows: cube.rows(),
        weighted: roles.weight.is_some(),
        cube,
        suppressed: Suppressed::default(),
        ..Tables::default()
    };
    let names: Vec<String> = parts.iter().map(|part| format!("`{}`", part.name)).collect();
    check(&tables, options, &names.join(", "))?;
    Ok(tables)
}

/// An answer that is being read.
struct Reading<'a> {
    wanted: &'a [Wanted],
    coders: Vec<Coder>,
    cells: BTreeMap<Box<[u32]>, Cell>,
}

impl Reading<'_> {
    fn take(&mut self, batch: &Batch<'_>) -> Result<(), ScanError> {
        let mut codes = vec![Vec::new(); self.coders.len()];
        for (place, (coder, codes)) in self.coders.iter_mut().zip(&mut codes).enumerate() {
            let Some(array) = batch.columns.get(place) else { continue };
            coder.encode(array, codes).map_err(|kind| ScanError::WrongType {
                column: self.wanted.get(place).map_or_else(String::new, |column| column.name.clone()),
                part: batch.part.into(),
                kind: kind.to_string(),
                role: "a value to count by",
            })?;
        }
        let first = self.coders.len();
        let mut sums: BTreeMap<&str, Vec<i128>> = BTreeMap::new();
        for (array, column) in batch.columns.iter().zip(self.wanted).skip(first) {
            sums.insert(&column.name, integers(array, &column.name, batch)?);
        }
        for row in 0..batch.rows {
            let at = |name: &str| sums.get(name).and_then(|sums| sums.get(row)).copied();
            let negative = || value_error(batch, row, ROWS, "a count is zero or more");
            let n = u64::try_from(at(ROWS).unwrap_or(0)).map_err(|_| negative())?;
            let plain = Cell::of_rows(n);
            let or = |name: &str, otherwise: i128| at(name).unwrap_or(otherwise);
            let s = or("s", 0);
            let s2 = or("s2", 0);
            let cell = Cell {
                n,
                scored: u64::try_from(or("scored", 0)).map_err(|_| negative())?,
                w: or("w", plain.w),
                w2: or("w2", plain.w2),
                s,
                s2,
                ws: or("ws", s),
                ws2: or("ws2", s2),
            };
            let key: Box<[u32]> = codes.iter().map(|codes| codes.get(row).copied().unwrap_or(0)).collect();
            let total = self.cells.entry(key).or_default();
            *total = total.plus(&cell).ok_or_else(|| ScanError::Overflow(ROWS.into()))?;
        }
        Ok(())
    }
}

/// Whole numbers of any type: text, integers, decimals, or floats (rounded).
fn integers(array: &ArrayRef, column: &str, batch: &Batch<'_>) -> Result<Vec<i128>, ScanError> {
    let texts = arrow::compute::cast(array, &DataType::Utf8).map_err(|_| ScanError::WrongType {
        column: column.into(),
        part: batch.part.into(),
        kind: array.data_type().to_string(),
        role: "a count or a sum",
    })?;
    let texts = texts.as_string::<i32>();
    let read = texts.iter().enumerate().map(|(row, text)| match text.map(str::trim) {
        None | Some("") => Ok(0),
        Some(text) => integer(text)
            .ok_or_else(|| value_error(batch, row, column, "it is not a whole number within 128 bits")),
    });
    read.collect()
}

#[expect(clippy::cast_possible_truncation, reason = "the bound is checked and the number is whole")]
fn integer(text: &str) -> Option<i128> {
    let whole = text
        .split_once('.')
        .map_or(text, |(whole, zeros)| if zeros.bytes().all(|digit| digit == b'0') { whole } else { text });
    whole.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        (number.fract() == 0.0 && number.abs() < 1.7e38).then_some(number as i128)
    })
}

fn value_error(batch: &Batch<'_>, row: usize, column: &str, because: &str) -> ScanError {
    let place: Place = batch.place(row);
    ScanError::Value { place, column: column.into(), because: because.into() }
}

fn group_column(group: &Group) -> String {
    format!("group_{}", group.attribute)
}

fn attribute(group: &Group, dialect: Dialect) -> String {
    let column = quoted(&group.attribute, dialect);
    let Some(edges) = &group.bins else { return text(&column, dialect) };
    let mut cases = String::new();
    let mut low: Option<f64> = None;
    for &edge in edges {
        let name = low.map_or_else(|| format!("<{edge}"), |low| format!("{low}-{edge}"));
        cases.extend([" WHEN ", &column, " < ", &edge.to_string(), " THEN ", &literal(&name)]);
        low = Some(edge);
    }
    let last = low.map_or_else(String::new, |low| format!(">={low}"));
    format!("CASE WHEN {column} IS NULL THEN NULL{cases} ELSE {} END", literal(&last))
}

fn cut_off(roles: &Roles, cut: CutOff, dialect: Dialect) -> String {
    let column = roles.score.as_ref().map_or_else(String::new, |score| quoted(&score.column, dialect));
    let condition = match cut {
        CutOff::Below(edge) => format!("{column} < {edge}"),
        CutOff::AtLeast(edge) => format!("{column} >= {edge}"),
    };
    let (yes, no) = (literal(FAVOURABLE), literal(UNFAVOURABLE));
    format!("CASE WHEN {column} IS NULL THEN NULL WHEN {condition} THEN {yes} ELSE {no} END")
}

fn period(column: &str, period: Period, dialect: Dialect) -> String {
    let year = text(&format!("EXTRACT(YEAR FROM {column})"), dialect);
    let two = |part: &str| {
        let number = text(&format!("EXTRACT({part} FROM {column})"), dialect);
        format!("LPAD({number}, 2, '0')")
    };
    let quarter = text(&format!("EXTRACT(QUARTER FROM {column})"), dialect);
    let (month, day) = (two("MONTH"), two("DAY"));
    match period {
        Period::AsIs => text(column, dialect),
        Period::Year => year,
        Period::Quarter => format!("{year} || '-Q' || {quarter}"),
        Period::Month => format!("{year} || '-' || {month}"),
        Period::Day => format!("{year} || '-' || {month} || '-' || {day}"),
    }
}

/// The names of the sums an answer has, beside the number of rows.
fn summed(roles: &Roles) -> Vec<&'static str> {
    let scored = roles.score.is_some() && roles.target.is_none();
    match (roles.weight.is_some(), scored) {
        (false, false) => vec![],
        (true, false) => vec!["w", "w2"],
        (false, true) => vec!["scored", "s", "s2"],
        (true, true) => vec!["w", "w2", "scored", "s", "s2", "ws", "ws2"],
    }
}

fn sums(roles: &Roles, dialect: Dialect) -> Vec<String> {
    let float = |column: &str| {
        let kind = match dialect {
            Dialect::DuckDb => "DOUBLE",
            Dialect::Postgres => "DOUBLE PRECISION",
            Dialect::BigQuery => "FLOAT64",
            Dialect::Snowflake => "FLOAT",
        };
        format!("CAST({} AS {kind})", quoted(column, dialect))
    };
    let w = roles.weight.as_deref().map(float).unwrap_or_default();
    let s = roles.score.as_ref().map(|score| float(&score.column)).unwrap_or_default();
    let sum = |product: &str| {
        let scaled = format!("ROUND({product} * 1152921504606846976)");
        match dialect {
            Dialect::DuckDb => format!("CAST(SUM(CAST({scaled} AS HUGEINT)) AS DECIMAL(38, 0))"),
            Dialect::Postgres => format!("SUM(CAST({scaled} AS NUMERIC))"),
            Dialect::BigQuery => format!("SUM(CAST({scaled} AS BIGNUMERIC))"),
            Dialect::Snowflake => format!("SUM(CAST({scaled} AS NUMBER(38, 0)))"),
        }
    };
    let expression = |name: &str| match name {
        "w" => sum(&w),
        "w2" => sum(&format!("({w} * {w})")),
        "s" => sum(&s),
        "s2" => sum(&format!("({s} * {s})")),
        "ws" => sum(&format!("({w} * {s})")),
        "ws2" => sum(&format!("({w} * {s} * {s})")),
        _ => format!("COUNT({s})"),
    };
    summed(roles)
        .into_iter()
        .map(|name| format!("{} AS {}", expression(name), quoted(name, dialect)))
        .collect()
}

fn text(expression: &str, dialect: Dialect) -> String {
    let kind = match dialect {
        Dialect::DuckDb | Dialect::Snowflake => "VARCHAR",
        Dialect::Postgres => "TEXT",
        Dialect::BigQuery => "STRING",
    };
    format!("CAST({expression} AS {kind})")
}

fn quoted(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::BigQuery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
        Dialect::DuckDb | Dialect::Postgres | Dialect::Snowflake => {
            format!("\"{}\"", name.replace('"', "\"\""))
        }
    }
}

/// The text of a literal of ours: names of bins and decisions, which hold no quotes.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

const LABEL: &str = "label";
const DECISION: &str = "decision";
const PERIOD: &str = "period";
const ROWS: &str = "n";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Format;
    use crate::roles::{HigherMeans, Label, Score, Time};
    use crate::scan::scan;
    use std::io::Write;
    use std::sync::atomic::AtomicBool;

    fn roles() -> Roles {
        Roles {
            label: Some(Label {
                column: "bad".into(),
                positive: Some("1".into()),
                favourable: Some("0".into()),
            }),
            score: Some(Score { column: "p".into(), higher_means: HigherMeans::Positive, probability: true }),
            decision: Some(Decision::CutOff(CutOff::Below(0.5))),
            groups: vec![
                Group { attribute: "sex".into(), ..Group::default() },
                Group { attribute: "age".into(), bins: Some(vec![30.0, 60.0]), ..Group::default() },
            ],
            ..Roles::default()
        }
    }

    fn csv(text: &str) -> [Part; 1] {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        [Part { name: "answer.csv".into(), format: Format::Csv, file }]
    }

    #[test]
    fn the_query_is_plain_sql_in_each_dialect() {
        let mut roles = roles();
        roles.time = Some(Time { column: "on".into(), period: Period::Quarter });
        roles.weight = Some("w\"eight".into());
        for dialect in [Dialect::DuckDb, Dialect::Postgres, Dialect::BigQuery, Dialect::Snowflake] {
            insta::assert_snapshot!(format!("{dialect:?}"), query(&roles, "applications", dialect).unwrap());
        }
        assert!(query(&Roles::default(), "t", Dialect::DuckDb).is_err());
        assert_eq!("PostgreSQL".parse(), Ok(Dialect::Postgres));
    }

    #[test]
    fn the_answer_is_the_cube_that_a_scan_makes() {
        let rows = "sex,age,bad,p\nf,20,1,0.25\nf,20,1,0.25\nm,70,0,0.75\n,,0,\n";
        let stop = AtomicBool::new(false);
        let scanned = scan(&csv(rows), &roles(), &ScanOptions::default(), &|_| {}, &stop).unwrap();
        let unit = 1_i128 << 60;
        let answered = format!(
            "group_sex,group_age,label,decision,n,scored,s,s2\n\
             f,<30,1,favourable,2,2,{},{}\nm,>=60,0,unfavourable,1,1,{},{}\n,,0,,1,0,,\n",
            unit / 2,
            unit / 8,
            unit * 3 / 4,
            unit * 9 / 16
        );
        let answered = answer(&csv(&answered), &roles(), &ScanOptions::default()).unwrap();
        assert_eq!(answered.cube, scanned.cube);
    }

    #[test]
    fn an_answer_without_counts_is_refused() {
        let message =
            answer(&csv("group_sex,group_age,label,decision,N\n"), &roles(), &ScanOptions::default());
        assert_eq!(message.unwrap_err().to_string(), "`answer.csv` has no column `n`; did you mean `N`?");
        assert_eq!(integer("12.000"), Some(12));
        assert_eq!(integer("1e3"), Some(1000));
        assert_eq!(integer("1.5"), None);
    }
}
