//! From facts to a verdict.
//!
//! In: facts, as a probe recorded them. Out: the class of each attempt by learned signatures, how each hypothesis stands, which
//! experiments would separate those still standing, and a [`Verdict`]. Pure: no I/O, no clock; the same facts give the same
//! verdict, live and on replay.
//!
//! What keeps it honest: no verdict rests on a single row; a signature that was not learned on this firmware proves nothing; a
//! cell without a passing control beside it, or whose stack is not proved to be on its context, is void; and an open TCP
//! connection proves no service, since networks run proxies that accept any address: the MMSC must answer as one.
mod apart;
mod case;
mod classify;
mod evidence;
mod facts;
mod grounds;
mod judge;
mod not_run;
mod plan;
mod post;
mod questions;
mod rules;
mod standing;
mod targets;

pub use case::{References, case, host_of};
pub use classify::classify;
pub use facts::{Asked, Facts};
pub use judge::{again, cells, settled, verdict};
pub use not_run::not_run;
pub use plan::{Budget, Capabilities, Proposal, Step, Wants, contexts, plan};
pub use post::{OWN_NUMBER, Post, next_post, variant as post_variant};
pub use questions::{DNS64_NAME, Question, questions};
pub use rules::{Finding, RULES, Rule};
pub use standing::hypotheses;
