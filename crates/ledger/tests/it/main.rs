//! The formats against published vectors, which stand in `tests/vectors.json` with source and licence of each, and
//! against bytes that no log wrote.

#![cfg(test)]

mod hostile;
mod vectors;
