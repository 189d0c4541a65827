//! The options that make a message, and those of sending one.
use crate::compose::Vary;
use crate::event::Way;
use crate::mms::{MessageClass, Time, Version, moment};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Options of `send`.
#[derive(Clone, Debug, Args)]
pub struct Send {
    /// The message
    #[command(flatten)]
    pub message: Message,
    /// Which way: mms; sms (linked parts, one bubble on most phones); sms-unlinked (a bubble for each part). Else by the configuration
    #[arg(long = "as", value_name = "WAY", value_parser = way)]
    pub way: Option<Way>,
    /// Show what would be done and do nothing: the octets, the HTTP request, and the AT commands of each stage as far as they are known. No modem
    /// is opened and nothing is kept
    #[arg(long, conflicts_with_all = ["queue", "queued", "vary", "preset", "verify", "unrecorded"])]
    pub dry_run: bool,
    /// Only put it into the outbox; `mmscope outbox send --all` sends it
    #[arg(long, conflicts_with = "queued")]
    pub queue: bool,
    /// Send what waits in the outbox
    #[arg(long)]
    pub queued: bool,
    /// Send although the outbox cannot keep the message: after a crash nothing tells whether it went out
    #[arg(long, conflicts_with_all = ["queue", "queued"])]
    pub unrecorded: bool,
    /// Send it several times, as it is and with each of these values: user-agent, uaprof, proxy, from, version, charset or length
    #[arg(long, value_name = "WHAT=VALUE,…", conflicts_with_all = ["way", "queue", "queued"])]
    pub vary: Option<Vary>,
    /// Agree to the several messages of --vary
    #[arg(long, requires = "vary")]
    pub yes: bool,
    /// With --vary or --preset: print the table alone, in Markdown
    #[arg(long, conflicts_with_all = ["csv", "json"])]
    pub markdown: bool,
    /// With --vary or --preset: print the table alone, as comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// With --to self: wait until the message comes back, fetch it, and compare every part and the text; exit code 21 where it does not
    #[arg(long, conflicts_with_all = ["queue", "queued", "vary"])]
    pub verify: bool,
    /// With --to self --verify: the texts of a self-test instead of one of your own. lengths: 140, 400, 827 and 2100 characters
    #[arg(long, value_enum, value_name = "NAME", requires = "verify", conflicts_with_all = ["text", "attach", "subject", "way"])]
    pub preset: Option<Preset>,
    /// With --preset: how often each text is sent, 1 to 100
    #[arg(long, value_name = "N", requires = "preset", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub times: u8,
}

/// The texts of a self-test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// Under 160 characters, about 400, 827, over 2,000
    Lengths,
}

pub(super) fn way(text: &str) -> Result<Way, String> {
    Way::named(text).ok_or_else(|| "mms, sms or sms-unlinked is wanted".to_owned())
}

/// Options of a message.
#[derive(Clone, Debug, Args)]
pub struct Message {
    /// A recipient: +12025550123, a short code, or an e-mail address; repeat for more
    #[arg(long, value_name = "N")]
    pub to: Vec<String>,
    /// Somebody who gets a copy, seen by all; repeat for more
    #[arg(long, value_name = "N")]
    pub cc: Vec<String>,
    /// Somebody who gets a copy unseen by the others; repeat for more
    #[arg(long, value_name = "N")]
    pub bcc: Vec<String>,
    /// Subject
    #[arg(long, value_name = "S")]
    pub subject: Option<String>,
    /// A file to go along: picture, sound, film, vCard, anything; repeat for more. Pictures are made to fit the carrier
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// The sender's number instead of the insert-address token
    #[arg(long, value_name = "NUMBER")]
    pub from: Option<String>,
    /// Date header instead of now: seconds since 1970, or 2026-11-22T12:00:00Z
    #[arg(long, value_name = "T", value_parser = moment)]
    pub date: Option<u64>,
    /// Ask to be told when it is delivered
    #[arg(long, value_name = "yes|no", value_parser = yes_no, num_args = 0..=1, require_equals = true, default_missing_value = "yes")]
    pub delivery_report: Option<bool>,
    /// Ask to be told when it is read
    #[arg(long, value_name = "yes|no", value_parser = yes_no, num_args = 0..=1, require_equals = true, default_missing_value = "yes")]
    pub read_report: Option<bool>,
    /// Priority
    #[arg(
        long,
        value_enum,
        value_name = "low|normal|high",
        hide_possible_values = true
    )]
    pub priority: Option<Priority>,
    /// Class: personal, advertisement, informational, auto, or a word of your own
    #[arg(long, value_name = "C")]
    pub class: Option<MessageClass>,
    /// How long the MMSC keeps it: so many seconds, or until 2026-11-22T12:00:00Z
    #[arg(long, value_name = "SECONDS|TIME")]
    pub expiry: Option<Time>,
    /// When it may be delivered: after so many seconds, or from 2026-11-22T12:00:00Z on
    #[arg(long, value_name = "SECONDS|TIME")]
    pub delivery_time: Option<Time>,
    /// Whether recipients see the sender
    #[arg(
        long,
        value_enum,
        value_name = "show|hide",
        hide_possible_values = true
    )]
    pub sender_visibility: Option<Visibility>,
    /// X-Mms-Transaction-Id instead of a new one
    #[arg(long, value_name = "ID", value_parser = transaction_id)]
    pub transaction_id: Option<String>,
    /// MMS version to write: 1.0, 1.1, 1.2 or 1.3
    #[arg(long, value_name = "V", value_parser = version, default_value = "1.2")]
    pub mms_version: Version,
    /// The text, or - for standard input
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
}

/// X-Mms-Priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Priority {
    /// Low
    Low,
    /// Normal
    Normal,
    /// High
    High,
}

/// X-Mms-Sender-Visibility.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Visibility {
    /// Show
    Show,
    /// Hide
    Hide,
}

fn yes_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("yes or no is wanted".to_owned()),
    }
}

/// An MMS version.
pub fn version(text: &str) -> Result<Version, String> {
    match text {
        "1.0" => Ok(Version::V1_0),
        "1.1" => Ok(Version::V1_1),
        "1.2" => Ok(Version::V1_2),
        "1.3" => Ok(Version::V1_3),
        _ => Err("1.0, 1.1, 1.2 or 1.3 is wanted".to_owned()),
    }
}

fn transaction_id(text: &str) -> Result<String, String> {
    let plain = !text.is_empty() && text.len() <= 40 && text.bytes().all(|b| b.is_ascii_graphic());
    if plain {
        Ok(text.to_owned())
    } else {
        Err("1 to 40 printable ASCII characters without blanks are wanted".to_owned())
    }
}
