//! How the program is told to end.

/// The ways in which the program is told to end: Ctrl-C, and where there is such a thing SIGTERM and SIGHUP (the terminal was closed).
pub struct Interrupts {
    #[cfg(unix)]
    signals: Vec<tokio::signal::unix::Signal>,
}

impl Interrupts {
    /// Listens from now on; what comes while nobody waits is kept.
    #[must_use]
    pub fn listen() -> Self {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let kinds = [
                SignalKind::interrupt(),
                SignalKind::terminate(),
                SignalKind::hangup(),
            ];
            // Where one cannot be listened to it does what it always does.
            let signals = kinds.into_iter().filter_map(|k| signal(k).ok()).collect();
            Self { signals }
        }
        #[cfg(not(unix))]
        Self {}
    }

    /// Ends with the next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        std::future::poll_fn(|context| {
            let told = self.signals.iter_mut().any(|signal| {
                matches!(signal.poll_recv(context), std::task::Poll::Ready(Some(())))
            });
            if told {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Ends when the program is told to end.
pub async fn interrupted() {
    Interrupts::listen().next().await;
}
