//! What a person may choose about measuring: confidence, replicates, seed and the least rows a number rests on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The choices behind a set of measurements; two runs with equal options and tables give equal bytes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The confidence level of intervals.
    pub level: f64,
    /// How often the bootstrap resamples.
    pub replicates: u32,
    /// The seed of the bootstrap.
    pub seed: u64,
    /// Groups with fewer rows are measured as too few.
    pub least_rows: u64,
    /// How many threads may share the bootstrap; the result does not depend on it.
    pub threads: usize,
    /// Which intervals rates, differences and ratios get.
    pub intervals: Intervals,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            level: 0.95,
            replicates: 1_000,
            seed: 20_250_101,
            least_rows: 30,
            threads: 1,
            intervals: Intervals::ClosedForm,
        }
    }
}

/// Where a rate, difference or ratio takes its interval from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Intervals {
    /// Wilson, Newcombe, Koopman and `DeLong` where they apply, the bootstrap for the rest.
    #[default]
    ClosedForm,
    /// The bootstrap for every decision metric.
    Bootstrap,
}
