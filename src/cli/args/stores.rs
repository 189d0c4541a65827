//! What can be done with the inbox and the outbox.
use super::message::way;
use crate::event::Way;
use clap::Subcommand;
use std::path::PathBuf;

/// What to do with received messages.
#[derive(Clone, Debug, Subcommand)]
pub enum Inbox {
    /// One line a message: number, kind, where it is, sender, size, and what was last learned of it
    List,
    /// Everything that is kept of one message: its text, its parts and where they lie
    Show {
        /// Its number
        item: u64,
    },
    /// Listen to the modem for a while: what lies in its store and what comes in goes into the inbox; nothing is deleted, and nothing fetched unless receive = "fetch"
    Receive {
        /// How long, in seconds
        #[arg(long, default_value_t = 15)]
        seconds: u32,
    },
    /// Fetch an MMS that waits at the MMSC, through the modem, and tell the MMSC so
    Fetch {
        /// Its number
        item: u64,
        /// Only tell the MMSC that it will be fetched later (M-NotifyResp.ind deferred)
        #[arg(long)]
        defer: bool,
        /// Also write text and parts into this folder
        #[arg(long, value_name = "DIR", conflicts_with = "defer")]
        save: Option<PathBuf>,
    },
    /// Tell the MMSC that an MMS is not wanted (M-NotifyResp.ind rejected): it deletes the message, and the sender may hear of it
    Reject {
        /// Its number
        item: u64,
    },
    /// Write text and parts into a folder; nothing there is written over
    Save {
        /// Its number
        item: u64,
        /// The folder
        folder: PathBuf,
    },
}

/// What to do with the outbox.
#[derive(Clone, Debug, Subcommand)]
pub enum Outbox {
    /// One line a message: number, state, way, recipients, size, and what became of it
    List,
    /// Everything that is kept of one message, its text among it
    Show {
        /// Its number
        entry: u64,
    },
    /// Put messages in, one a line, as JSON: {"to":["+12025550123"],"text":"…","subject":"…","as":"mms","attach":["FILE"]}
    Add {
        /// The file; - for standard input
        file: PathBuf,
    },
    /// Send one message, or all that are queued, paced, each until it is out or trying again makes no sense
    Send {
        /// Its number
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        entry: Option<u64>,
        /// All that are queued, the oldest first
        #[arg(long)]
        all: bool,
    },
    /// Send one again, whatever became of it
    #[command(group(clap::ArgGroup::new("edition").required(true)))]
    Resend {
        /// Its number
        entry: u64,
        /// The very same octets and Transaction-Id; of an SMS, the parts that are not known to have gone out
        #[arg(long, group = "edition")]
        same: bool,
        /// A new message with the same content
        #[arg(long, group = "edition")]
        new: bool,
        /// With --new: another way (mms, sms, sms-unlinked)
        #[arg(long = "as", value_name = "WAY", value_parser = way, requires = "new")]
        way: Option<Way>,
    },
    /// Do not send a queued one; it stays as a draft
    Cancel {
        /// Its number
        entry: u64,
    },
    /// Take one out for good
    Forget {
        /// Its number
        entry: u64,
    },
}
