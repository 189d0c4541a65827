//! The command line's words (contracts.md). `--help` is made from here.
use crate::event::Witness;
use crate::mms::Version;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// The instrument for getting an MMS through a cellular modem.
#[derive(Debug, Parser)]
#[command(
    name = "mmscope",
    version,
    about,
    long_about = "The instrument for getting an MMS through a cellular modem.\n\nWithout a command it opens the console. `mmscope --sim` shows it on a simulated bench, with no modem at all."
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
    /// The modem's serial line: /dev/ttyUSB2, COM24, or tcp:127.0.0.1:PORT
    #[arg(long, global = true, value_name = "PATH", conflicts_with_all = ["sim", "world"])]
    pub port: Option<String>,
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
    /// The carrier profile, by id or file
    #[arg(long, global = true, value_name = "ID|FILE")]
    pub profile: Option<String>,
    /// Record the session here instead of in the state folder
    #[arg(long, global = true, value_name = "FILE")]
    pub record: Option<PathBuf>,
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
    /// Only ASCII characters for lines and marks
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
    /// Send an MMS, every stage in sight
    Send(Send),
    /// Find out why not: experiments, and a verdict with its evidence; nothing is sent
    Probe(Probe),
    /// Run AT commands and print the answers with their times
    At {
        /// The commands, each as one word: "AT+CSQ"
        #[arg(required = true, value_name = "COMMAND")]
        commands: Vec<String>,
    },
    /// Carrier profiles: list, show, lint
    Profiles {
        /// What to do with them
        #[command(subcommand)]
        what: Profiles,
    },
    /// Print the ladder of a recorded session
    Replay {
        /// The recording
        recording: PathBuf,
    },
    /// Serve the simulated modem as a process of its own
    Sim {
        /// On a new pseudo terminal, linked to from this path
        #[arg(
            long,
            value_name = "LINK",
            conflicts_with = "tcp",
            required_unless_present = "tcp"
        )]
        pty: Option<PathBuf>,
        /// On this loopback address
        #[arg(long, value_name = "ADDRESS:PORT")]
        tcp: Option<SocketAddr>,
    },
    /// Serve the simulated MMSC as a process of its own
    Mmsc {
        /// On this loopback address
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: SocketAddr,
        /// Write each M-Send.req that came into this folder
        #[arg(long, value_name = "DIR")]
        spool: PathBuf,
    },
    /// Put back settings that an earlier session left changed on the modem
    Restore,
    /// The configuration: print the commented template, or check a file
    Config {
        /// Print a commented template
        #[arg(long, conflicts_with = "check")]
        template: bool,
        /// Check this file
        #[arg(long, value_name = "FILE")]
        check: Option<PathBuf>,
    },
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
    },
    /// What is wrong or doubtful, with the offending characters
    Lint {
        /// Ids or files; nothing checks all
        #[arg(value_name = "FILE|ID")]
        which: Vec<String>,
    },
}

/// Options of a probe.
#[derive(Clone, Debug, Default, Args)]
pub struct Probe {
    /// Examine these profiles one after the other and print a table with a column for each
    #[arg(
        long,
        value_name = "A,B,C",
        value_delimiter = ',',
        conflicts_with = "matching"
    )]
    pub profiles: Vec<String>,
    /// The same, with every profile that fits the SIM
    #[arg(long)]
    pub matching: bool,
    /// Open sockets and nothing more (the default)
    #[arg(long, conflicts_with = "full")]
    pub quick: bool,
    /// Also define contexts and move the socket stack for a while; asks first, or wants --yes where nobody can be asked
    #[arg(long)]
    pub full: bool,
    /// Agree to what --full changes
    #[arg(long, requires = "full")]
    pub yes: bool,
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

/// Options of a message.
#[derive(Clone, Debug, Args)]
pub struct Send {
    /// A recipient: +12025550123, a short code, or an e-mail address; repeat for more
    #[arg(long, value_name = "N")]
    pub to: Vec<String>,
    /// Subject
    #[arg(long, value_name = "S")]
    pub subject: Option<String>,
    /// X-Mms-Transaction-Id instead of a new one
    #[arg(long, value_name = "ID", value_parser = transaction_id)]
    pub transaction_id: Option<String>,
    /// Date header, in seconds since 1970, instead of now
    #[arg(long, value_name = "T")]
    pub date: Option<u64>,
    /// MMS version to write: 1.0, 1.1, 1.2 or 1.3
    #[arg(long, value_name = "V", value_parser = version, default_value = "1.2")]
    pub mms_version: Version,
    /// The text, or - for standard input; on a simulated bench nothing takes the world's draft
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(n) if (0.1..=1000.0).contains(&n) => Ok(n),
        _ => Err("a number from 0.1 to 1000 is wanted".to_owned()),
    }
}

fn version(text: &str) -> Result<Version, String> {
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
