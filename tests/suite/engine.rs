//! The engine in conversation with a modem that is played from a script.
mod driving;
pub mod script;
mod talk;
mod trouble;
