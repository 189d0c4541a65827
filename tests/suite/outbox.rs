//! Messages that must not be lost: states, the file, the bench, SMS.
mod bench;
mod file;
mod modem;
mod octets;
mod process;
mod queue;
mod sms;
mod states;
