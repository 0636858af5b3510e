//! The engine as others use it, on real data: golden values, checks from tables to verdict, intervals against resampling.

#![cfg(test)]

mod check_run;
mod golden;
mod regression;
