//! The way back: messages that come in, reports, the self-test, and what a stranger may write into a name.
mod bench;
mod forged;
mod inbox;
mod modem;
mod passing;
mod pdus;
mod process;
