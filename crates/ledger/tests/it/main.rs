//! The tests of the crate, in one binary.
#![cfg(test)]

mod cosignatures;
mod crashes;
mod fixture;
mod hostile;
mod policy;
mod simulated;
mod vectors;
