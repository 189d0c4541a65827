//! One binary for all integration tests: each module is a table or a conversation about one room.
#![allow(clippy::unwrap_used)]

mod arrows;
mod at;
mod compose;
mod config;
mod console;
mod engine;
mod journal;
mod mms;
mod mmsc;
mod newcomer;
mod process;
mod profile;
mod send;
mod simulator;
mod sms;
mod story;
mod terminal;
