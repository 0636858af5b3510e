//! The record of an institution, tried on a real ledger and real databases.
#![cfg(test)]

mod attacks;
mod bank;
mod clocks;
mod duties;
mod erased;
mod every_command;
mod held;
mod histories;
mod invariants;
mod judgements;
mod lists;
mod record;
mod steps;
mod temptations;
mod torn;
mod tried;
