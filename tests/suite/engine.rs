//! The engine in conversation with a modem that is played from a script.
pub mod script;
mod talk;
mod trouble;
