//! The bench screen: frames, keys, the loop, pictures, and what no input may do.
mod bindings;
mod bounds;
mod composing;
mod diagnosis;
mod frames;
mod inspecting;
mod keys;
mod looping;
mod messages;
mod palette;
mod picture;
mod real_terminal;
mod replay;
mod story;
mod tape;
mod themes;
