//! Charts: SVG drawn here, with deterministic bytes, each with a summary in words and a table twin.
//!
//! Shapes, patterns and direct labels carry the meaning, so that a black-and-white print says as much as the screen;
//! colours are classes that the stylesheet sets for light, dark and print. No chart computes a statistic.

mod bars;
mod coverage;
mod drift;
mod flows;
mod growth;
mod rates;
mod reliability;
mod scale;
mod scores;
mod svg;

pub use bars::{Bar, Bars, bars_chart};
pub(crate) use coverage::coverage_chart;
pub(crate) use drift::{DriftCell, DriftMap, drift_chart};
pub use flows::{Band, End, FlowMap, Holds, flows_chart};
pub use growth::growth_chart;
pub(crate) use rates::{RateRow, Rates, Unit, rates_chart};
pub(crate) use reliability::reliability_chart;
pub(crate) use scores::scores_chart;
pub(crate) use svg::escaped;

/// A drawn chart with everything that says the same without seeing it.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// What a reader should take from it, in a sentence or two.
    pub summary: String,
    /// The picture.
    pub svg: String,
    /// How to read its marks.
    pub legend: Vec<String>,
    /// The same values as a table.
    pub table: Table,
    /// Ids of the definitions its numbers follow.
    pub definitions: Vec<String>,
}

/// A table of texts; the first cell of each row names the row.
#[derive(Clone, Debug)]
pub struct Table {
    /// What the table holds.
    pub caption: String,
    /// The names of its columns.
    pub heads: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// The width of a chart in its own units: about a phone's, so that text is read at nearly its size everywhere.
const WIDTH: f64 = 420.0;
/// The size of labels, as the stylesheet sets them.
const LABEL: f64 = 12.5;
