//! The whole line, tried as a person runs it: the built binary, real folders, exit codes, and what is printed.
#![cfg(test)]

mod bad_data;
mod bad_folders;
mod bank;
mod catalogue;
mod cubes;
mod databases;
mod dualtrack;
mod example;
mod interruption;
mod killed;
mod ledger;
mod mails;
mod places;
mod portfolio;
mod postgres;
mod rebuilt;
mod round_trip;
mod rows;
mod served;
mod serving;
mod slow;
mod trials;
mod verify;
