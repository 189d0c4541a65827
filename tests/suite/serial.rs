//! Serial devices: which there are, who they are, who holds them, and finding them again.
mod devices;
mod holding;
#[cfg(unix)]
pub mod lost;
mod probing;
