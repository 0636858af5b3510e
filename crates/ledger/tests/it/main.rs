//! The tests of the crate, in one binary.
#![cfg(test)]

mod cosignatures;
mod crashes;
mod erasure;
mod fixture;
mod hostile;
mod oracles;
mod parsers;
mod policy;
mod simulated;
mod sizes;
mod tampering;
mod vectors;
mod witness;
