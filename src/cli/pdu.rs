//! `mmscope pdu`: the octets of an MMS, without a modem.
use super::args::{self, Global, Pdu as What};
use super::{Refusal, folders, message, output, session, tpdu};
use crate::compose::{self, Severity as Level};
use crate::event::{clean, clean_json};
use crate::mms::{self, Lint, Node, Pdu, Sender, Severity, TransactionId, Unwrapped};
use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::path::Path;

/// The largest file that is read as a PDU, in octets; no MMSC takes a twentieth of it.
const LARGEST: u64 = 64 << 20;
/// Octets of a node that are shown in hexadecimal.
const SHOWN: usize = 12;

/// Encodes, decodes or lints.
pub fn run(global: &Global, what: What) -> Result<u8, Refusal> {
    match what {
        What::Encode { message, output } => encode(global, &message, output.as_deref()),
        What::Decode { file } => decode(global, &file),
        What::Lint { file } => lint(global, &file),
    }
}

fn encode(global: &Global, options: &args::Message, output: Option<&Path>) -> Result<u8, Refusal> {
    if output.is_none() && io::stdout().is_terminal() {
        return Err(Refusal::usage(
            "a PDU is no text for a terminal: -o FILE, or pipe it into `mmscope pdu decode -`",
        ));
    }
    let (folders, config) = session::configuration(global)?;
    let world = session::world(global)?;
    let (library, _) = folders.library();
    let profile = super::starting::profile(global, &config, &library, world.as_ref())?;
    let mut draft = message::draft(options, &config)?;
    let now = jiff::Timestamp::now();
    let id = options.transaction_id.clone().unwrap_or_else(|| {
        let ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
        TransactionId::new(ms, fastrand::u64(..))
    });
    let date = options.date.or(u64::try_from(now.as_second()).ok());
    let request = match &profile {
        Some(profile) => {
            for change in compose::fit(&mut draft, profile) {
                output::tell(&change.to_string());
            }
            let request = compose::send_req(&draft, profile, &id, date, options.mms_version);
            let size = mms::encoded_size(&request);
            for lint in draft.check(profile, size, usize::MAX) {
                let says = format!("{}: {}; {}", lint.id, lint.says, lint.fix);
                if lint.severity == Level::Error {
                    return Err(Refusal::with(10, says));
                }
                output::tell(&says);
            }
            request
        }
        None => {
            // No carrier, no limit; the place of a picture is nobody's business all the same.
            for change in compose::fit_into(&mut draft, usize::MAX, |_| 0) {
                output::tell(&change.to_string());
            }
            let sender = draft
                .from
                .clone()
                .map_or(Sender::InsertAddress, Sender::Address);
            compose::message(&draft, sender, &id, date, options.mms_version)
        }
    };
    let octets = request
        .encode()
        .map_err(|e| Refusal::with(10, format!("the message cannot be encoded: {e}")))?;
    for lint in Pdu::decode(&octets).examine(octets.len()) {
        output::tell(&line(&lint));
    }
    match output {
        Some(path) => {
            std::fs::write(path, &octets).map_err(|e| {
                Refusal::with(1, format!("{}: cannot be written: {e}", path.display()))
            })?;
            output::tell(&format!(
                "M-Send.req of {} octets in {}",
                octets.len(),
                path.display()
            ));
        }
        None => {
            output::octets(&octets);
        }
    }
    Ok(0)
}

fn decode(global: &Global, file: &Path) -> Result<u8, Refusal> {
    let there = read(file)?;
    if let Some(code) = tpdu::decode(&there, global.json)? {
        return Ok(code);
    }
    let Unwrapped { octets, layers } = unwrapped(&there, file)?;
    let decoded = Pdu::decode(&octets);
    // Octets that do not even say which PDU they are, are none.
    let code = u8::from(decoded.pdu.message_type().is_none());
    if global.json {
        let mut object = mms::describe(&octets);
        if !layers.is_empty() {
            object["wrapping"] = serde_json::to_value(&layers).unwrap_or_default();
        }
        output::text(&clean_json(&format!("{object}\n")));
        return Ok(code);
    }
    let mut out = String::new();
    for layer in &layers {
        let _ = writeln!(out, "{}", clean(&layer.says));
    }
    let _ = writeln!(
        out,
        "{} octets, sha256 {}",
        octets.len(),
        mms::sha256(&octets)
    );
    out += &outlined(&octets);
    for lint in &decoded.examine(octets.len()) {
        let _ = writeln!(out, "{}", line(lint));
    }
    output::text(&out);
    Ok(code)
}

fn lint(global: &Global, file: &Path) -> Result<u8, Refusal> {
    let there = read(file)?;
    let Unwrapped { octets, layers } = unwrapped(&there, file)?;
    for layer in &layers {
        output::tell(&format!(
            "{}; octets are counted within the PDU",
            clean(&layer.says)
        ));
    }
    let lints = Pdu::decode(&octets).examine(octets.len());
    let mut out = String::new();
    for lint in &lints {
        let said = match global.json {
            true => clean_json(&serde_json::to_string(lint).unwrap_or_default()),
            false => line(lint),
        };
        let _ = writeln!(out, "{said}");
    }
    if lints.is_empty() && !global.json {
        out.push_str("good\n");
    }
    output::text(&out);
    Ok(u8::from(
        lints.iter().any(|l| l.severity == Severity::Error),
    ))
}

/// `octet 18 (0012) warning: …`
fn line(lint: &Lint) -> String {
    let severity = match lint.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    format!(
        "octet {} ({:04X}) {severity}: {}",
        lint.offset,
        lint.offset,
        clean(&lint.what)
    )
}

/// Every field with its place, its octets and what it says, a line each.
pub(super) fn outlined(octets: &[u8]) -> String {
    let mut out = String::new();
    for node in mms::outline(octets) {
        draw(&node, octets, 0, &mut out);
    }
    out
}

fn draw(node: &Node, octets: &[u8], depth: usize, out: &mut String) {
    let there = &octets[node.range.clone()];
    let mut hex = there
        .iter()
        .take(SHOWN)
        .map(|octet| format!("{octet:02X}"))
        .collect::<Vec<_>>()
        .join(" ");
    if there.len() > SHOWN {
        hex.push_str(" …");
    }
    // What a node is made of shows its octets; the node itself need not.
    let hex = if node.children.is_empty() {
        hex
    } else {
        String::new()
    };
    let indent = depth * 2;
    let _ = writeln!(
        out,
        "{:04X}  {hex:<38}{:indent$}{}{}{}",
        node.range.start,
        "",
        clean(&node.label),
        if node.value.is_empty() { "" } else { ": " },
        clean(&node.value)
    );
    for child in &node.children {
        draw(child, octets, depth + 1, out);
    }
}

/// What a file holds, or standard input.
fn read(file: &Path) -> Result<Vec<u8>, Refusal> {
    let wrong = |why: String| Refusal::usage(format!("{}: {why}", file.display()));
    let too_large = || wrong(format!("larger than {LARGEST} octets: this is no MMS PDU"));
    match file.as_os_str() == "-" {
        true => message::bounded(io::stdin().lock(), LARGEST)
            .map_err(|e| wrong(format!("cannot be read: {e}")))?
            .ok_or_else(too_large),
        false => folders::octets(file, LARGEST).map_err(|e| match e.kind() {
            io::ErrorKind::FileTooLarge => too_large(),
            _ => wrong(format!("cannot be read: {e} (- reads standard input)")),
        }),
    }
}

fn unwrapped<'a>(there: &'a [u8], file: &Path) -> Result<Unwrapped<'a>, Refusal> {
    mms::unwrap(there)
        .map_err(|why| Refusal::usage(format!("{}: {}", file.display(), clean(&why.to_string()))))
}
