//! What lies over the panes, and what a person is asked there.
use crate::console::update::Order;
use crate::event::Drive;

/// What lies over the panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// All keys.
    Help,
    /// Which commands this firmware has, and its ways.
    Capabilities,
    /// Any action by its name.
    Palette,
    /// The profile switcher, where the layout has no pane for it.
    Profiles,
    /// The list of recordings.
    Recordings,
    /// Copies, options and files of the message.
    Options,
    /// A question.
    Ask(Question),
    /// In which form to copy.
    Copy,
    /// A short list: [`State::choosing`].
    Choosing,
    /// What a probe or a row of sends shall be: [`State::panel`].
    Panel,
    /// In which form to copy octets.
    CopyOctets,
    /// The chosen message, whole.
    Post,
    /// What a send of the letter would do: [`State::dry_run`].
    DryRun,
    /// Which columns the traffic has.
    Columns,
}

/// A question before something that cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Send the letter, where each send is asked for.
    Send,
    /// Send this message of the outbox, where each send is asked for.
    SendEntry(u64),
    /// Send what is queued, where each send is asked for.
    SendQueued,
    /// Drive this output of the serial line.
    Drive(Drive),
    /// Quit while a send runs.
    Quit,
    /// Quit although the letter in the composer is kept nowhere.
    QuitLetter,
    /// Put the modem's settings back.
    Restore,
    /// Run the AT commands that wait: several, or one that can break the bench.
    Commands,
    /// Probe with contexts of its own.
    FullProbe,
    /// Write the changed copy of the profile into the person's folder.
    Keep,
    /// Send the very same octets again.
    SendAgain,
    /// Send a message of the outbox again: the very same octets, or as a new one.
    ResendEntry {
        /// Its number.
        entry: u64,
        /// The very same octets.
        same: bool,
    },
    /// Put another message in the place of what is being written.
    ReplaceDraft,
    /// Take this message out of the queue into the composer.
    TakeOut(u64),
    /// Take this message out of the outbox.
    Forget(u64),
    /// Tell the MMSC that this message is not wanted.
    RejectItem(u64),
    /// Delete this received message from the modem's store.
    DeleteStored(u64),
    /// Send messages to oneself.
    SelfTest,
    /// Send as SMS what failed as MMS.
    SendSms,
    /// Send although the outbox cannot keep what goes out.
    Unrecorded,
    /// Probe with contexts of its own, as the panel says.
    FullWish,
    /// Send one message several times with one thing changed.
    Vary,
}

/// An outbox that cannot keep what goes out forbids sending until a person agrees, once.
#[derive(Clone, Debug, Default)]
pub struct Unrecorded {
    /// Why it cannot; none where it can, or somebody has agreed.
    pub why: Option<String>,
    /// The order that waits for the answer.
    pub held: Option<Order>,
    /// Another mmscope had the outbox's file at the start: this session does not show what stands in it, whatever is agreed to.
    pub elsewhere: Option<Elsewhere>,
}

/// An outbox that another mmscope has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its file.
    pub file: String,
    /// That mmscope let it go, as it was found when it was last looked at.
    pub is_free: bool,
}

impl Elsewhere {
    /// What that means here, and what to do.
    #[must_use]
    pub fn says(&self) -> String {
        let file = &self.file;
        match self.is_free {
            true => format!(
                "{file}: the outbox was in use by another mmscope when this one started, and is free now. This session does not take it any more: \
                 quit and start mmscope again to see what stands in it, and to send with it"
            ),
            false => format!(
                "{file}: the outbox is in use by another mmscope. What stands in it is not shown here, and what is sent here is not written into it. \
                 Wait until that one has ended, or end it; then start mmscope again"
            ),
        }
    }
}

/// What the send pane shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SendFace {
    /// The ladder.
    #[default]
    Ladder,
    /// The HTTP request and answer.
    Http,
    /// The bubble on the simulated phone.
    Bubble,
}
