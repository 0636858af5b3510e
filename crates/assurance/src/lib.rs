//! The measuring engine: data to cube to metrics with intervals to outcomes.

pub mod bootstrap;
pub mod calibration;
pub mod confusion;
pub mod cube;
pub mod definition;
pub mod error;
pub mod fairness;
pub mod fixed;
pub mod histogram;
pub mod interval;
pub mod measurement;
pub mod options;
pub mod performance;
pub mod profile;
pub mod read;
pub mod roles;
pub mod scan;
pub mod scores;
pub mod significance;
mod tables;

pub use cube::{
    Attribute, Cell, Count, DecisionCube, GroupOutcomes, Key, Orientation, Outcome, Outcomes, Value,
};
pub use error::ScanError;
pub use histogram::{Bin, Histogram, Point, ScoreHistogram, Segment, Tally};
pub use profile::{Categories, ColumnProfile, ProfileLimits, ResidualSums};
pub use read::{Format, Part};
pub use roles::{FeatureKind, Roles};
pub use scan::{Progress, ScanOptions, scan};
pub use tables::{Suppressed, Tables};
