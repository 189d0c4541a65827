//! The simulated bench by itself: conversations with its modem, from outside, over the serial line.
mod circuits;
mod conversation;
mod host;
mod messages;
mod octets;
mod processes;
mod quirks;
mod replies;
mod worlds;
