//! The command line's words (contracts.md). `--help` is made from here.
mod message;
mod stores;

use crate::event::Witness;
use clap::{Args, Parser, Subcommand, ValueEnum};
pub use message::{Message, Priority, Send, Visibility};
use std::net::SocketAddr;
use std::path::PathBuf;
pub use stores::{Inbox, Outbox};

/// The instrument for getting an MMS through a cellular modem.
#[derive(Debug, Parser)]
#[command(
    name = "mmscope",
    version,
    about,
    long_about = "The instrument for getting an MMS through a cellular modem.\n\nWithout a command it opens the console. `mmscope --sim` shows it on a simulated bench, with no modem at all.",
    after_long_help = "Exit codes of send and probe:\n  0 sent, or the verdict WORKS; 2 usage; 10 encode; 11 port; 12 sim; 13 register; 14 attach; 15 bearer; 16 stack; 17 resolve; \
                       18 connect; 19 post; 20 confirm; 21 deliver; 22 the request went out and no answer was read; 30 a cause was found; 31 inconclusive; 130 interrupted."
)]
pub struct Cli {
    /// What to do; nothing opens the console.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// The modem's serial line: /dev/ttyUSB2, COM24, auto (the one on which a modem answers), or tcp:127.0.0.1:PORT
    #[arg(long, global = true, value_name = "PATH", conflicts_with_all = ["sim", "world"])]
    pub port: Option<String>,
    /// Ask ModemManager to let this modem go while mmscope runs (mmcli --inhibit-device); it has it back at the end
    #[arg(long, global = true, conflicts_with_all = ["sim", "world"])]
    pub inhibit: bool,
    /// A simulated bench instead of a modem (world `mint`)
    #[arg(long, global = true)]
    pub sim: bool,
    /// A simulated bench of this world, by name or file; implies --sim
    #[arg(long, global = true, value_name = "NAME|FILE")]
    pub world: Option<String>,
    /// How many times faster than life the simulated bench runs (1 in the console, 20 headless)
    #[arg(long, global = true, value_name = "N", value_parser = speed)]
    pub sim_speed: Option<f64>,
    /// With a simulated bench: a real MMSC on loopback in the simulated one's place
    #[arg(long, global = true, value_name = "URL")]
    pub mmsc: Option<String>,
    /// The carrier profile, by id or file; without it the simulated world's own or the best match to the SIM, or a mend of that one which you have kept
    #[arg(long, global = true, value_name = "ID|FILE")]
    pub profile: Option<String>,
    /// Keep messages in this outbox instead of the one in the state folder; a simulated bench has one in memory where none is named
    #[arg(long, global = true, value_name = "FILE")]
    pub outbox: Option<PathBuf>,
    /// Keep received messages in this folder instead of the one in the state folder; a simulated bench keeps them in memory where none is named
    #[arg(long, global = true, value_name = "DIR")]
    pub inbox: Option<PathBuf>,
    /// Record the session here instead of in the state folder; exit code 1 where it is not whole and nothing else went wrong
    #[arg(long, global = true, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Write what the program says of itself here: why it waits, what it decides; identities are hidden
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Print events as JSON Lines
    #[arg(long, global = true)]
    pub json: bool,
    /// With --json: also the octets on the wire
    #[arg(long, global = true, requires = "json")]
    pub wire: bool,
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Colours
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub color: Option<ColorChoice>,
    /// The console's theme: sixteen, dark, light, colour-blind, mono, one of yours by name, or a file
    #[arg(long, global = true, value_name = "NAME|FILE")]
    pub theme: Option<String>,
    /// Only ASCII characters for lines and marks; without it where the locale (LC_ALL, LC_CTYPE, LANG) has no UTF-8
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Change no setting of the modem and send nothing
    #[arg(long, global = true)]
    pub read_only: bool,
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal that has them, and unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send a message, every stage in sight
    Send(Box<Send>),
    /// Messages that must not be lost: list, show, send, send again, cancel, forget; many at once
    Outbox {
        /// What to do with them
        #[command(subcommand)]
        what: Outbox,
    },
    /// Messages that came in: list, show, fetch, save
    Inbox {
        /// What to do with them
        #[command(subcommand)]
        what: Inbox,
    },
    /// Find out why not: experiments, and a verdict with its evidence; nothing is sent
    Probe(Probe),
    /// The octets of an MMS: encode, decode, lint; without a modem
    Pdu {
        /// What to do
        #[command(subcommand)]
        what: Pdu,
    },
    /// Run AT commands and print the answers with their times
    At(At),
    /// Carrier profiles: list, show, lint, diff, import
    Profiles {
        /// What to do with them
        #[command(subcommand)]
        what: Profiles,
    },
    /// Go through a recorded session in the console; where stdout is no terminal, print its ladder
    Replay(Replay),
    /// Write what a recorded session measured, and the letter to the carrier
    Report(Report),
    /// Serve the simulated modem as a process of its own
    Sim {
        /// On a new pseudo terminal, linked to from this path
        #[arg(
            long,
            value_name = "LINK",
            conflicts_with = "tcp",
            required_unless_present_any = ["tcp", "list"]
        )]
        pty: Option<PathBuf>,
        /// On this loopback address
        #[arg(long, value_name = "ADDRESS:PORT")]
        tcp: Option<SocketAddr>,
        /// Write each bubble that a phone shows behind this file, one JSON object a line, before anything else happens
        #[arg(long, value_name = "FILE")]
        phones: Option<PathBuf>,
        /// Name the simulated worlds, each with a line about it, and serve none
        #[arg(long, conflicts_with_all = ["pty", "tcp", "phones"])]
        list: bool,
    },
    /// Serve the simulated MMSC as a process of its own
    Mmsc {
        /// On this loopback address
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: SocketAddr,
        /// Write the body of each request into this folder, and each PDU that would be pushed to the line
        #[arg(long, value_name = "DIR")]
        spool: PathBuf,
        /// Write each bubble that a phone shows behind this file, one JSON object a line, before anything else happens
        #[arg(long, value_name = "FILE")]
        phones: Option<PathBuf>,
    },
    /// Put back settings that an earlier session left changed on the modem
    Restore,
    /// The serial devices of this machine, those that may be a modem first
    Ports {
        /// Ask each of them whether a modem answers (AT, ATI)
        #[arg(long)]
        probe: bool,
        /// Also those that are no more than a name
        #[arg(long)]
        all: bool,
    },
    /// Why a modem cannot be used: checks one by one, each with its remedy
    Doctor,
    /// Print completions for a shell, to be put where it looks for them
    Completions {
        /// Which shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the man page, or write the pages of all commands into a folder
    Man {
        /// Write mmscope.1, mmscope-send.1 … into this folder
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// The configuration: print the commented template or all keys, or check a file
    Config {
        /// Print a commented template
        #[arg(long, conflicts_with = "check")]
        template: bool,
        /// Print every action of the console with its keys and where they are valid
        #[arg(long, conflicts_with_all = ["check", "template"])]
        keys: bool,
        /// Print the JSON Schema of the configuration, for editors
        #[arg(long, conflicts_with_all = ["check", "template", "keys"])]
        schema: bool,
        /// Check this file, with its keys, its layout and its theme
        #[arg(long, value_name = "FILE")]
        check: Option<PathBuf>,
    },
}

/// Options of `at`.
#[derive(Clone, Debug, Default, Args)]
pub struct At {
    /// The commands, each as one word: "AT+CSQ"; - for a script on standard input
    #[arg(required_unless_present_any = ["scan", "script"], value_name = "COMMAND")]
    pub commands: Vec<String>,
    /// Run the commands of this file: one a line, # begins a comment, `> ` the payload of the command before it (text with \r \n \x1a, or
    /// hex: 41 0d). All of it is read before anything is sent; the first command that is not answered with OK ends it
    #[arg(long, value_name = "FILE", conflicts_with = "commands")]
    pub script: Option<PathBuf>,
    /// With a script: go on behind a command that failed
    #[arg(long)]
    pub keep_going: bool,
    /// Show numbers and identities in plain also where standard output is no terminal; on a terminal they are
    #[arg(long, conflicts_with = "json")]
    pub reveal: bool,
    /// Print which commands this firmware has, and its quirks; changes nothing on the modem
    #[arg(long)]
    pub scan: bool,
}

/// Options of a report.
#[derive(Clone, Debug, Args)]
pub struct Report {
    /// The recording
    pub recording: PathBuf,
    /// In which form
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ReportFormat::Markdown)]
    pub format: ReportFormat,
    /// Write it here instead of printing it
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show this in plain: addresses, cell, serial; wire for a pcap. On a terminal each one is asked for again
    #[arg(long, value_name = "FIELD", action = clap::ArgAction::Append)]
    pub reveal: Vec<String>,
    /// What only you know, for the letter to the carrier
    #[command(flatten)]
    pub said: Said,
}

/// What only a person knows of his line.
#[derive(Clone, Debug, Default, Args)]
pub struct Said {
    /// Your plan, in your words, for the letter
    #[arg(long, value_name = "TEXT")]
    pub plan: Option<String>,
    /// Where the modem stands, for the letter
    #[arg(long, value_name = "TEXT")]
    pub place: Option<String>,
    /// As which class of device the line is registered, where you know it, for the letter
    #[arg(long, value_name = "TEXT")]
    pub device_class: Option<String>,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Markdown
    Markdown,
    /// Text to paste into a mail
    Text,
    /// JSON
    Json,
    /// The HTTP exchange for Wireshark (pcapng); needs --reveal wire
    Pcap,
}

/// What to do with profiles.
#[derive(Debug, Subcommand)]
pub enum Profiles {
    /// One line a profile
    List,
    /// Everything that one says, and what it really dials
    Show {
        /// Its id
        id: String,
        /// The shipped one, yours, and what the network granted in this recorded session, side by side
        #[arg(long, value_name = "RECORDING")]
        granted: Option<PathBuf>,
    },
    /// What is wrong or doubtful, with the offending characters
    Lint {
        /// Ids or files; nothing checks all
        #[arg(value_name = "FILE|ID")]
        which: Vec<String>,
    },
    /// Two side by side; exit code 1 where they differ
    Diff {
        /// An id or a file
        #[arg(value_name = "FILE|ID")]
        a: String,
        /// An id or a file
        #[arg(value_name = "FILE|ID")]
        b: String,
    },
    /// Read carrier lists of others: Android APN XML, mobile-broadband-provider-info XML
    Import {
        /// The lists; of two, what the second says otherwise is kept beside the first's
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Only carriers for this MCC-MNC, such as 310260
        #[arg(long, value_name = "MCCMNC")]
        network: Option<String>,
        /// Write a file here (of several profiles: into this folder) instead of printing TOML
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
}

/// Options of `replay`.
#[derive(Clone, Debug, Args)]
pub struct Replay {
    /// The recording
    pub recording: PathBuf,
    /// Lay the newest send of this recording beside it, stage by stage; `good`: the profile's last accepted send that is
    /// recorded (same SIM and modem, where that is known). Printed, exit code 1 says that they part
    #[arg(long, value_name = "RECORDING|good")]
    pub beside: Option<PathBuf>,
    /// Print text also on a terminal
    #[arg(long)]
    pub text: bool,
    /// Print the two side by side in Markdown
    #[arg(long, requires = "beside", conflicts_with = "text")]
    pub markdown: bool,
}

/// What to do with a PDU.
#[derive(Debug, Subcommand)]
pub enum Pdu {
    /// Make an M-Send.req; without a modem
    Encode {
        /// The message
        #[command(flatten)]
        message: Box<Message>,
        /// Write the octets here instead of to standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Show what stands in a PDU, octet by octet, or in a short message as +CMGR and +CMGL show it; with --json for programs
    Decode {
        /// The PDU (octets, hexadecimal text, a WSP push or an HTTP message); - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Say what is wrong with a PDU, and at which octet; exit code 1 where something is lost
    Lint {
        /// The PDU (octets, hexadecimal text, a WSP push or an HTTP message); - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Options of a probe.
#[derive(Clone, Debug, Default, Args)]
pub struct Probe {
    /// Probe these profiles one after the other and print a table with a column for each. Where B differs from A in more than one thing,
    /// A is probed also with one thing of B at a time (APN, type, MMSC, proxy …), so that it shows which of them matters
    #[arg(
        long,
        value_name = "A,B,C",
        value_delimiter = ',',
        conflicts_with = "matching"
    )]
    pub profiles: Vec<String>,
    /// Probe every profile that fits the SIM, each as it is
    #[arg(long)]
    pub matching: bool,
    /// A recording of an earlier session: its newest probe of each profile becomes a column, to compare before with after; repeat for more
    #[arg(long, value_name = "RECORDING")]
    pub earlier: Vec<PathBuf>,
    /// With --profiles: the profiles as they are and nothing between them, which takes less time
    #[arg(long, requires = "profiles")]
    pub whole_profiles: bool,
    /// Open sockets and nothing more (the default)
    #[arg(long, conflicts_with = "full")]
    pub quick: bool,
    /// Also define contexts and move the socket stack for a while; asks first, or wants --yes where nobody can be asked
    #[arg(long)]
    pub full: bool,
    /// Agree to what --full changes
    #[arg(long, requires = "full")]
    pub yes: bool,
    /// Look from this network interface of the machine as well: its name (Linux), or an address of it. It must be up and lead over
    /// the modem; nothing about it is changed
    #[arg(long, value_name = "IF")]
    pub interface: Option<String>,
    /// Also look, by bisection, for the size from which on requests stall; takes minutes where they do
    #[arg(long)]
    pub sizes: bool,
    /// What you saw: phone=sends, phone=fails (the same SIM in a phone), inbound=yes, inbound=no (an MMS to this line)
    #[arg(long, value_name = "WHAT", value_parser = witness)]
    pub witness: Vec<Witness>,
    /// The table in Markdown
    #[arg(long, conflicts_with = "csv")]
    pub markdown: bool,
    /// The table as comma-separated values
    #[arg(long)]
    pub csv: bool,
}

fn witness(text: &str) -> Result<Witness, String> {
    match text {
        "phone=sends" => Ok(Witness::PhoneSends),
        "phone=fails" => Ok(Witness::PhoneFails),
        "inbound=yes" => Ok(Witness::InboundYes),
        "inbound=no" => Ok(Witness::InboundNo),
        _ => Err("phone=sends, phone=fails, inbound=yes or inbound=no is wanted".to_owned()),
    }
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(n) if (0.1..=1000.0).contains(&n) => Ok(n),
        _ => Err("a number from 0.1 to 1000 is wanted".to_owned()),
    }
}
