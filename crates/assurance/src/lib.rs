//! The measuring engine: data to cube to metrics with intervals to outcomes.

pub mod bootstrap;
pub mod confusion;
pub mod cube;
pub mod definition;
pub mod fixed;
pub mod histogram;
pub mod interval;
pub mod measurement;
pub mod options;
pub mod profile;
pub mod roles;
pub mod significance;
mod tables;

pub use cube::{
    Attribute, Cell, Count, DecisionCube, GroupOutcomes, Key, Orientation, Outcome, Outcomes, Value,
};
pub use histogram::{Bin, Histogram, Point, ScoreHistogram, Segment, Tally};
pub use profile::{Categories, ColumnProfile, ProfileLimits, ResidualSums};
pub use roles::{FeatureKind, Roles};
pub use tables::{Suppressed, Tables};
