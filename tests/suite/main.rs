//! One binary for all integration tests: each module is a table or a conversation about one room.
#![allow(clippy::unwrap_used)]

mod arrows;
mod at;
mod compose;
mod config;
mod console;
mod corpus;
mod doctor;
mod engine;
mod flood;
mod journal;
mod mms;
mod mmsc;
mod newcomer;
mod outbox;
mod pdu;
mod pictures;
mod probe;
mod process;
mod profile;
mod profile_import;
mod profile_lint;
mod profile_sim;
mod receive;
mod report;
mod send;
mod send_http;
mod serial;
mod settings;
mod simulator;
mod sms;
mod story;
mod sweep;
mod terminal;
mod transcripts;
mod worlds;
