//! Significance tests over plain counts, and corrections for testing many groups at once.
//!
//! With a million rows every p-value is zero, so gates should stand on effect sizes; these say whether a gap could be
//! chance, not whether it matters.

pub mod chi_square;
pub mod fisher;
pub mod kolmogorov;
pub mod multiplicity;

/// A test statistic with its p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// The chance of a statistic at least as extreme if nothing were going on.
    pub p_value: f64,
}
