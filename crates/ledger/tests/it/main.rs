//! The tests of the crate, in one binary.
#![cfg(test)]

mod crashes;
mod fixture;
mod hostile;
mod simulated;
mod vectors;
