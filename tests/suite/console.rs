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
mod picker;
mod picture;
mod real_terminal;
mod story;
mod themes;
mod traffic;
