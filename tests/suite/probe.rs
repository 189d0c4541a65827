//! Finding out why not, in whole worlds: what a person would be told, and that it is never told wrong with confidence.
mod advice;
mod generated;
mod host;
mod ipv6;
mod kept;
mod names;
mod near_misses;
mod rules;
mod sent;
mod sizes;
mod table;
mod worlds;
