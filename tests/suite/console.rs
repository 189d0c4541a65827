//! The bench screen: frames, keys, the loop, pictures, and what no input may do.
mod bounds;
mod choosing;
mod diagnosis;
mod frames;
mod keys;
mod looping;
mod picture;
mod real_terminal;
mod story;
