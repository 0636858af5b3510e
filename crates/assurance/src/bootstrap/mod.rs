//! The multinomial bootstrap over cells: resampling rows, at the cost of the cells.
//!
//! Drawing `n` rows with replacement and counting them by cell is one multinomial draw, so for metrics of counts this is
//! exactly the row bootstrap. Efron, B. (1979), Bootstrap methods: another look at the jackknife, Ann. Statist. 7, 1–26.
//! Each replicate has its own seed, so the result depends neither on the number of threads nor on their order.

mod binomial;
pub(crate) mod bins;
mod multinomial;
mod random;
mod replicates;
mod tails;

pub use binomial::binomial;
pub use multinomial::Multinomial;
pub(crate) use random::stream;
pub use replicates::{Series, replicate};
