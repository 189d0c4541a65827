//! The message options of `send` and `pdu encode`, made into a draft: files read, recipients checked.
use super::args;
use super::{Refusal, folders, output};
use crate::compose::{Attachment, Draft, Recipient};
use crate::config::Config;
use crate::mms::{Options, Priority, Time, Visibility};
use std::io::{self, IsTerminal, Read};
use std::path::Path;

/// The longest text that is read from standard input, in octets.
const LONGEST: u64 = 4 << 20;
/// The largest file that is taken along, in octets. A picture is made smaller afterwards; nothing else can be.
const LARGEST: u64 = 64 << 20;

/// What the options say.
///
/// # Errors
/// Nobody to send to, a recipient or sender that is none, a file or a text that cannot be read.
pub fn draft(options: &args::Message, config: &Config) -> Result<Draft, Refusal> {
    let list = |name: &str, typed: &[String]| {
        typed
            .iter()
            .map(|n| recipient(name, n, config))
            .collect::<Result<Vec<_>, _>>()
    };
    let draft = Draft {
        to: list("--to", &options.to)?,
        cc: list("--cc", &options.cc)?,
        bcc: list("--bcc", &options.bcc)?,
        subject: options.subject.clone().unwrap_or_default(),
        text: match options.text.as_deref() {
            Some("-") => from_stdin()?,
            text => text.unwrap_or_default().to_owned(),
        },
        attachments: options
            .attach
            .iter()
            .map(|path| attachment(path))
            .collect::<Result<_, _>>()?,
        options: asked(options),
        from: options
            .from
            .as_deref()
            .map(|from| recipient("--from", from, config).map(|r| r.plain().to_owned()))
            .transpose()?,
    };
    for doubt in doubts(options, &draft, config) {
        output::tell(&doubt);
    }
    if draft.recipients().next().is_none() {
        return Err(Refusal::usage(
            "nobody to send to: --to +12025550123 (a simulated bench has a draft of its own)",
        ));
    }
    Ok(draft)
}

/// What a person may not have meant and can have all the same.
fn doubts(options: &args::Message, draft: &Draft, config: &Config) -> Vec<String> {
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0);
    let long = draft.long(config.text_limit);
    let long = long.map(|lint| format!("{}: {}; {}", lint.id, lint.says, lint.fix));
    let over = match options.expiry {
        Some(Time::Relative(seconds)) => seconds.value() == 0,
        Some(Time::Absolute(moment)) => moment.value() <= now,
        None => false,
    };
    let over = over.then(|| {
        "--expiry: the message is over before it is sent; an MMSC may delete it at once".to_owned()
    });
    let old = options.date.filter(|date| *date < MMS_BEGAN).map(|date| {
        format!(
            "--date {date}: long before there were MMS; a phone may sort it far down or refuse it"
        )
    });
    [long, over, old].into_iter().flatten().collect()
}

/// 1 January 2001: nobody has sent an MMS before.
const MMS_BEGAN: u64 = 978_307_200;

fn asked(options: &args::Message) -> Options {
    Options {
        class: options.class.clone(),
        expiry: options.expiry,
        delivery_time: options.delivery_time,
        priority: options.priority.map(|priority| match priority {
            args::Priority::Low => Priority::Low,
            args::Priority::Normal => Priority::Normal,
            args::Priority::High => Priority::High,
        }),
        visibility: options
            .sender_visibility
            .map(|visibility| match visibility {
                args::Visibility::Show => Visibility::Show,
                args::Visibility::Hide => Visibility::Hide,
            }),
        delivery_report: options.delivery_report,
        read_report: options.read_report,
    }
}

/// Whether somebody is the line itself, and the configuration does not know its number.
#[must_use]
pub fn asks_for_self(options: &args::Message, config: &Config) -> bool {
    let lists = [&options.to, &options.cc, &options.bcc];
    let named = lists.into_iter().flatten().chain(&options.from);
    config.own_number.is_none() && named.into_iter().any(|n| n == SELF)
}

/// Whether the message goes to the line itself, and to nobody else.
#[must_use]
pub fn is_to_self(options: &args::Message) -> bool {
    options.to == [SELF] && options.cc.is_empty() && options.bcc.is_empty()
}

/// Puts the line's own number wherever it is meant.
pub fn fill_in_self(options: &mut args::Message, number: &str) {
    let lists = [&mut options.to, &mut options.cc, &mut options.bcc];
    let named = lists.into_iter().flatten().chain(&mut options.from);
    for name in named.filter(|n| *n == SELF) {
        number.clone_into(name);
    }
}

/// The word for the line itself.
const SELF: &str = "self";

fn recipient(option: &str, typed: &str, config: &Config) -> Result<Recipient, Refusal> {
    if typed == SELF {
        return config
            .own_number
            .as_ref()
            .map(|own| own.recipient().clone())
            .ok_or_else(|| {
                Refusal::usage(format!(
                    "{option} self: your own number is not known; set own_number in the configuration"
                ))
            });
    }
    Recipient::parse(typed)
        .map_err(|e| Refusal::usage(format!("{option} {}: {e}", typed.escape_default())))
}

fn attachment(path: &Path) -> Result<Attachment, Refusal> {
    let wrong = |why: String| Refusal::usage(format!("--attach {}: {why}", path.display()));
    let octets = folders::octets(path, LARGEST).map_err(|e| match e.kind() {
        io::ErrorKind::FileTooLarge => {
            wrong(format!("larger than {LARGEST} octets; no MMSC takes that"))
        }
        _ => wrong(format!("cannot be read: {e}")),
    })?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok(Attachment::new(&name, octets))
}

/// Everything that can be read, or nothing where that is more than `most` octets.
///
/// # Errors
/// Those of reading.
pub fn bounded(from: impl Read, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut octets = Vec::new();
    from.take(most + 1).read_to_end(&mut octets)?;
    Ok((octets.len() as u64 <= most).then_some(octets))
}

fn from_stdin() -> Result<String, Refusal> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        output::tell("reading the text from the terminal; end it with Ctrl-D on a line of its own");
    }
    let octets = bounded(stdin.lock(), LONGEST)
        .map_err(|e| Refusal::usage(format!("standard input cannot be read: {e}")))?
        .ok_or_else(|| {
            Refusal::usage(format!(
                "the text on standard input is longer than {LONGEST} octets; no MMSC takes that"
            ))
        })?;
    let text = String::from_utf8(octets).map_err(|e| Refusal::usage(format!("the text on standard input is no UTF-8 ({e}); convert it first, for instance with iconv")))?;
    Ok(text.strip_suffix('\n').map_or(text.clone(), str::to_owned))
}
