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
mod probe;
mod process;
mod profile;
mod send;
mod send_http;
mod simulator;
mod sms;
mod story;
mod sweep;
mod terminal;
mod worlds;
