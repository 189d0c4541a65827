//! Messages that must not be lost: states, the file, the bench, SMS.
mod bench;
mod failing;
mod file;
mod letters;
mod modem;
mod octets;
mod process;
mod queue;
mod row;
mod sms;
mod states;
