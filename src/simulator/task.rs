//! How work of the simulated world is begun. Comes in: work, of whatever kind. Goes out: a task of one kind; two dozen kinds would each bring
//! a copy of the runtime's code into the program. Never here: what the work is.
use std::pin::Pin;

/// Work of the world, whatever it does.
pub(super) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Work as the one kind that all tasks here are.
pub(super) fn of_one_kind(work: impl Future<Output = ()> + Send + 'static) -> Work {
    Box::pin(work)
}

/// Begins work that goes on by itself until it is done.
pub(super) fn beside(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(of_one_kind(work));
}
