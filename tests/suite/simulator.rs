//! The simulated bench by itself: conversations with its modem, from outside, over the serial line.
mod conversation;
mod host;
mod octets;
mod quirks;
mod worlds;
