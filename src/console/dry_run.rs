//! What sending the letter would do, as text: the octets, the HTTP request, the AT commands of each stage.
//!
//! In: the text, made at the edge by the same hand as `send --dry-run`. Out: its rows. Never here: making it.
use super::state::{Overlay, State};

/// What a send would do. No modem was asked, nothing went over a network, nothing was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DryRun {
    /// Everything in plain.
    pub plain: String,
    /// The same with numbers hidden, which it says of itself.
    pub hidden: String,
}

impl State {
    /// The text of the dry run as it may stand on this screen.
    #[must_use]
    pub fn rehearsed(&self) -> &str {
        match (&self.dry_run, self.hides) {
            (None, _) => "",
            (Some(run), false) => &run.plain,
            (Some(run), true) => &run.hidden,
        }
    }

    /// The text of the sheet that lies over the panes, where it is one that is copied: numbers are hidden in it.
    #[must_use]
    pub fn sheet_to_copy(&self) -> Option<&str> {
        let shown = self.overlay == Some(Overlay::DryRun);
        let run = self.dry_run.as_ref().filter(|_| shown);
        run.map(|run| run.hidden.as_str())
    }
}
