//! Finding out why not: facts, experiments, hypotheses and the verdict, as plain values.
//!
//! A fact is one thing that was measured, with where it was measured ([`On`]) and the event that shows it. Verdicts are computed
//! from facts alone, so a recording that holds the facts gives the same verdict again.
mod attempt;
mod case;
mod fact;
mod http;
mod name;
mod place;
mod run;
mod verdict;

pub use attempt::*;
pub use case::*;
pub use fact::*;
pub use http::*;
pub use name::*;
pub use place::*;
pub use run::*;
pub use verdict::*;
