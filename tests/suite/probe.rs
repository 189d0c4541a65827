//! Finding out why not, in whole worlds: what a person would be told, and that it is never told wrong with confidence.
mod generated;
mod names;
mod rules;
mod worlds;
