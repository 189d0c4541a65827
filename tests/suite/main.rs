//! One binary for all integration tests: each module is a table or a conversation about one room.
#![allow(clippy::unwrap_used)]

mod at;
mod compose;
mod config;
mod engine;
mod mms;
mod mmsc;
mod profile;
mod simulator;
mod sms;
