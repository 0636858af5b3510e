//! One line of a saved file, and the heads under which bins and categories stand.

use crate::histogram::{Histogram, Segment};
use crate::profile::ColumnProfile;
use crate::roles::FeatureKind;
use serde::{Deserialize, Serialize};

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Cell,
    Scores,
    ScoreBin,
    Profile,
    ProfileBin,
    Category,
    Residuals,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Cell,
        Self::Scores,
        Self::ScoreBin,
        Self::Profile,
        Self::ProfileBin,
        Self::Category,
        Self::Residuals,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Cell => "cell",
            Self::Scores => "scores",
            Self::ScoreBin => "score_bin",
            Self::Profile => "profile",
            Self::ProfileBin => "profile_bin",
            Self::Category => "category",
            Self::Residuals => "residuals",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A line. `item` ties bins and categories to the head they stand under.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) item: u32,
    pub(super) period: Option<String>,
    pub(super) groups: Option<String>,
    pub(super) label: Option<String>,
    pub(super) decision: Option<String>,
    pub(super) key: Option<u64>,
    pub(super) text: Option<String>,
    pub(super) sums: Option<String>,
}

impl Line {
    pub(super) fn of(kind: Kind, item: u32) -> Self {
        Self {
            kind,
            item,
            period: None,
            groups: None,
            label: None,
            decision: None,
            key: None,
            text: None,
            sums: None,
        }
    }
}

/// The head of a score histogram.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) segment: Segment,
    pub(super) histogram: HistogramHead,
}

/// How fine a histogram is.
#[derive(Serialize, Deserialize)]
pub(super) struct HistogramHead {
    pub(super) limit: usize,
    pub(super) dropped_bits: u8,
}

impl From<&Histogram> for HistogramHead {
    fn from(histogram: &Histogram) -> Self {
        Self { limit: histogram.limit(), dropped_bits: histogram.dropped_bits() }
    }
}

/// The head of a column profile.
#[derive(Serialize, Deserialize)]
pub(super) struct ProfileHead {
    pub(super) name: String,
    pub(super) kind: FeatureKind,
    pub(super) rows: u64,
    pub(super) nulls: u64,
    pub(super) not_a_number: u64,
    pub(super) infinite: u64,
    pub(super) out_of_range: u64,
    pub(super) unexpected: u64,
    pub(super) type_surprises: u64,
    pub(super) values: HistogramHead,
    pub(super) categories: usize,
}

impl From<&ColumnProfile> for ProfileHead {
    fn from(column: &ColumnProfile) -> Self {
        Self {
            name: column.name.clone(),
            kind: column.kind,
            rows: column.rows,
            nulls: column.nulls,
            not_a_number: column.not_a_number,
            infinite: column.infinite,
            out_of_range: column.out_of_range,
            unexpected: column.unexpected,
            type_surprises: column.type_surprises,
            values: (&column.values).into(),
            categories: column.categories.limit(),
        }
    }
}
