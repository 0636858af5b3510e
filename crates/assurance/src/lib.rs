//! The measuring engine: data to cube to metrics with intervals to outcomes.

pub mod bootstrap;
pub mod calibration;
pub mod check;
pub mod confusion;
pub mod cube;
pub mod definition;
pub mod drift;
pub mod error;
pub mod exact;
pub mod fairness;
pub mod fixed;
pub mod histogram;
pub mod interval;
pub mod measure;
pub mod measurement;
pub mod options;
pub mod performance;
pub mod profile;
pub mod quality;
pub mod read;
pub mod roles;
pub mod saved;
pub mod scan;
pub mod scores;
pub mod significance;
pub mod sql;
mod tables;

pub use cube::{
    Attribute, Cell, Count, DecisionCube, GroupOutcomes, Key, Orientation, Outcome, Outcomes, Value,
};
pub use definition::{Definition, DefinitionId, Family, Unit, definitions};
pub use error::ScanError;
pub use histogram::{Bin, Histogram, Point, ScoreHistogram, Segment, Tally};
pub use measurement::{Because, Estimate, Interval, Measurement, Method, Slice};
pub use options::Options;
pub use profile::{Categories, ColumnProfile, ProfileLimits, ResidualSums};
pub use read::{Format, Part};
pub use roles::{FeatureKind, Roles};
pub use scan::{Progress, ScanOptions, scan};
pub use tables::{Suppressed, Tables};
