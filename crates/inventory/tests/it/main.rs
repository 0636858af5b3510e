//! What the inventory promises, on a small made-up institution and on the example in the repository.

#![cfg(test)]

mod attacks;
mod fixture;
mod gates;
mod harbour_bank;
mod load_errors;
mod properties;
mod schemas;
mod verdicts;
