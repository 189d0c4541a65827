//! What must be on disk before it is done, so that a crash leaves no doubt that could be avoided.
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;

/// A step of a send from which there may be no way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The last octets of the request are about to be handed to the modem: from now on the MMSC may accept it.
    GoesOut,
    /// It did not go out whole after all: nobody can have taken it.
    StaysIn,
    /// This part of an SMS (its place among all parts, from 0) is about to be handed to the modem.
    Handed(usize),
    /// The service centre took it under this reference.
    Taken(usize, u8),
    /// It certainly did not go out.
    Back(usize),
}

/// Written, or not.
pub type Writing = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// Where marks are written. A step whose mark cannot be written is not done.
pub trait Ledger: Send + Sync + fmt::Debug {
    /// Writes a mark so that it survives a crash.
    fn write(&self, mark: Mark) -> Writing;
}

/// For a message that nobody keeps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unkept;

impl Ledger for Unkept {
    fn write(&self, _mark: Mark) -> Writing {
        Box::pin(std::future::ready(Ok(())))
    }
}
