//! What comes in from the edge, what goes to the bench, and what the edge is to do. Values only.
use crate::compose::{Attachment, Vary};
use crate::console::at_line::Typed;
use crate::console::choosing::{CompareTable, Form};
use crate::console::dry_run::DryRun;
use crate::console::editor::Draft;
use crate::console::fitting::Fitted;
use crate::console::log::LogLine;
use crate::console::panel::Wish;
use crate::console::recordings::{Found, Wanted};
use crate::console::state::{Looks, ProfileRow};
use crate::event::{Drive, Event, EventId, Fix, Octets, Way, Witness};
use crate::known::{Known, Probe};
use crate::report::Reveals;
use ratatui::crossterm::event::{KeyEvent, MouseEvent};
use std::sync::Arc;

/// What comes in.
pub enum Message {
    /// A key.
    Key(KeyEvent),
    /// Text pasted as one piece.
    Paste(String),
    /// The mouse.
    Mouse(MouseEvent),
    /// Columns and rows of the screen.
    Resize(u16, u16),
    /// What is known now.
    Known(Arc<Known>),
    /// Events since the last ones, in order.
    Traffic(Vec<Arc<Event>>),
    /// The profiles, all of them.
    Profiles(Vec<ProfileRow>),
    /// The session's clock in milliseconds; only while [`State::wants_clock`].
    Tick(u64),
    /// A word to the person, shown until the next key.
    Hint(String),
    /// A message of the outbox for the composer, with its number there.
    Draft(u64, Draft),
    /// New lines of the log.
    Log(Vec<LogLine>),
    /// The recordings of earlier sessions, newest first.
    Recordings(Vec<String>),
    /// The probe of an earlier session, with its heading.
    Earlier(String, Box<Probe>),
    /// A row of sends with one thing changed begins: the X-Mms-Transaction-Ids of its messages, in order.
    VaryBegun(Vec<String>),
    /// A row of sends with one thing changed has ended; in words.
    VaryEnded(String),
    /// What a send of the letter would do, or why it would stop before it asks the modem.
    DryRun(Result<DryRun, String>),
    /// A copy was written into the person's folder.
    Kept {
        /// Its id.
        id: String,
        /// Whether the next start uses it by itself.
        begins: bool,
    },
    /// What a reload read.
    Reloaded(Box<Looks>),
    /// Something of the recordings was read.
    Found(Box<Found>),
    /// A file was read to go along, or why it could not be.
    Attached(Result<Attachment, String>),
    /// This letter is in a file now; where, in words.
    Saved(Draft, String),
    /// What a typed path may go on to.
    Completed {
        /// The path as it was typed.
        typed: String,
        /// Paths that begin like it.
        found: Vec<String>,
    },
    /// The files of a draft were made fit.
    Fitted {
        /// The state of the files that was asked about.
        revision: u64,
        /// The profile that was asked about.
        profile: Option<String>,
        /// What was made.
        fitted: Fitted,
    },
}

/// What the bench shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Send this message through the profile in use.
    Send(Draft),
    /// Send this M-Send.req again, octet for octet.
    SendAgain(Octets),
    /// Send this message another way than the rule says.
    SendAs(Draft, Way),
    /// Send this letter in the place of the draft that it was; where that is no draft any more, as a new message.
    SendDraft {
        /// The draft's number in the outbox.
        entry: u64,
        /// The letter as it is now.
        letter: Draft,
        /// The way; by the rule, where none is chosen.
        way: Option<Way>,
    },
    /// Tell what a send of this message this way would do; nothing is done.
    DryRun(Draft, Way),
    /// Drive this output of the serial line; the person has agreed.
    Drive(Drive),
    /// From now on messages go out although the outbox cannot keep them.
    Unrecorded,
    /// Send every message that is queued.
    SendQueued,
    /// Send this message of the outbox, which has not gone out yet.
    SendEntry(u64),
    /// Send this message of the outbox again.
    Resend {
        /// Its number.
        entry: u64,
        /// The very same octets; else a new message.
        same: bool,
        /// Another way, for a new message.
        way: Option<Way>,
    },
    /// Do not send this message of the outbox.
    CancelEntry(u64),
    /// Take this message out of the outbox.
    Forget(u64),
    /// Bring this message of the outbox into the composer.
    OpenDraft(u64),
    /// Fetch this received message.
    FetchItem(u64),
    /// Tell the MMSC that this one is fetched later.
    DeferItem(u64),
    /// Tell the MMSC that this one is not wanted.
    RejectItem(u64),
    /// Write this received message into a folder.
    SaveItem(u64),
    /// Delete what lies of this received message in the modem.
    DeleteStored(u64),
    /// Send texts of several lengths to oneself.
    SelfTest,
    /// Stop the running send.
    Cancel,
    /// Run this AT command.
    RunAt(String),
    /// Run these one after the other, until one fails.
    RunAll(Vec<Typed>),
    /// Mark the line of this event; without a name, take its mark away.
    Mark {
        /// The line's event.
        line: EventId,
        /// The mark's name.
        name: Option<String>,
    },
    /// Find out why not.
    Probe {
        /// The profile's id; the one in use where none is named.
        profile: Option<String>,
        /// Everything within a quick run, settled or not: for comparing.
        exhaustive: bool,
        /// What the person saw.
        witnesses: Vec<Witness>,
    },
    /// Find out why not with contexts of its own; the person has agreed.
    FullProbe(Vec<Witness>),
    /// Find out why not as the person has chosen it.
    Examine(Box<Wish>),
    /// Send this message several times with one thing changed; the person has agreed to each.
    Vary(Draft, Vary),
    /// Write a report of this session.
    Report {
        /// In this form.
        form: Form,
        /// To this file.
        place: String,
        /// What it shows in plain; the person has agreed to each.
        reveals: Reveals,
    },
    /// Write the table of profiles.
    Export {
        /// In this form.
        form: Form,
        /// To this file.
        place: String,
        /// The table.
        table: CompareTable,
    },
    /// Tell which recordings there are.
    Recordings,
    /// Read the newest probe of this recording.
    Earlier(String),
    /// Write the held copy with this id into the person's folder.
    Keep(String),
    /// Use a copy of this profile with this changed, held for the session.
    Mend {
        /// The profile's id.
        profile: String,
        /// What is changed.
        fix: Fix,
    },
    /// Use the profile with this id from now on.
    UseProfile(String),
    /// Put the modem's settings back.
    Restore,
}

impl Order {
    /// The commands of the AT line that it runs.
    #[must_use]
    pub fn commands(&self) -> Vec<&str> {
        match self {
            Self::RunAt(command) => vec![command],
            Self::RunAll(all) => all.iter().map(|typed| typed.command.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}

/// What the edge shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Hand this to the bench.
    Order(Order),
    /// Put this text into the terminal's clipboard.
    Copy(String),
    /// Write this text into a new file with this name, readable by its owner alone.
    Save {
        /// The file, with its folder.
        place: String,
        /// What stands in it.
        text: String,
    },
    /// Write this letter into a new file, readable by its owner alone; that it was written comes as [`Message::Saved`].
    SaveLetter {
        /// The file, with its folder.
        place: String,
        /// The letter.
        letter: Draft,
    },
    /// Read the file with this path, to take it along.
    Attach(String),
    /// Find what this path may go on to.
    Complete(String),
    /// Make the files of this draft fit for this profile.
    Fit {
        /// The draft.
        draft: Draft,
        /// The profile's id.
        profile: Option<String>,
        /// The state of the files.
        revision: u64,
    },
    /// Capture the mouse, or release it.
    Mouse(bool),
    /// Draw the whole screen anew.
    Redraw,
    /// Read configuration, theme and profiles again; what was read comes as [`Message::Reloaded`].
    Reload,
    /// Read this of the recordings; it comes back as [`Message::Found`].
    Fetch(Wanted),
    /// Remember that the person knows this hint.
    Learned(&'static str),
    /// Let the person choose another world or modem while this session goes on; where one is chosen, it ends.
    Another,
    /// Give the terminal back and stop, until continued.
    Suspend,
    /// End.
    Quit,
}

impl Order {
    /// Whether a message goes out with it.
    #[must_use]
    pub fn sends(&self) -> bool {
        matches!(
            self,
            Self::Send(_)
                | Self::SendAgain(_)
                | Self::SendAs(..)
                | Self::SendDraft { .. }
                | Self::Vary(..)
                | Self::SendQueued
                | Self::SendEntry(_)
                | Self::Resend { .. }
                | Self::SelfTest
        )
    }
}
