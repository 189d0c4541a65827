//! From a session's facts to the blocks of a report. A fact that was not learned has no line.
use super::document::{Block, Document, Section};
use super::facts::{Dial, Facts};
use super::redact::{Redactor, Reveal};
use super::{Options, examination, letter};
use crate::event::{
    Context, Failure, HttpPart, Level, Link, LinkState, LookupOutcome, SendResult, SettingsAct,
    Shape, Signal, SimState, StageState,
};
use crate::known::Send;

pub(super) fn document(facts: &Facts, options: &Options<'_>) -> Document {
    let own = facts.own_addresses().into_iter();
    let mut hide = Redactor::new(options.reveals.clone(), own);
    let mut document = Document {
        title: "mmscope session report".to_owned(),
        ..Document::default()
    };
    document.add(summary(facts, &hide));
    if let Some((newest, before)) = options.examinations.split_last() {
        document.add(newest.section(&hide));
        document.add(examination::earlier(before, &hide));
    }
    document.add(bench(facts, &hide));
    document.add(profile(facts, &hide));
    document.add(contexts(facts, &hide));
    document.add(lookups(facts, &hide));
    document.add(connections(facts, &hide));
    for (at, send) in facts.known.sends.iter().enumerate() {
        let began = facts.sends.get(at);
        document.add(one_send(send, began, &mut hide));
    }
    document.add(notices(facts, &hide));
    if let Some(letter) = letter::letter(facts, options) {
        let mut section = Section::new("Letter to the carrier");
        let found = options.examinations.last();
        let found = found.and_then(examination::Examination::mend_first);
        for first in [found.map(|f| hide.text(&f)), mend_first(facts)] {
            section.blocks.extend(first.map(Block::Paragraph));
        }
        section.blocks.push(Block::Verbatim(letter));
        document.add(section);
    }
    document.add(manifest(facts, options));
    document
}

/// What stands against writing to the carrier yet: errors of the profile itself.
fn mend_first(facts: &Facts) -> Option<String> {
    let lints = &facts.known.profile.as_ref()?.lints;
    let errors = lints.iter().filter(|l| l.severity == "error");
    let rules: Vec<&str> = errors.map(|l| l.id.as_str()).collect();
    (!rules.is_empty()).then(|| {
        format!(
            "Do not send this letter yet: the profile has errors ({}) that can be the cause by themselves, and no carrier can mend them. Correct them, try again, and write only if it still fails.",
            rules.join(", ")
        )
    })
}

/// Labels and values, without those that have no value.
pub(super) fn known_facts<const N: usize>(
    pairs: [(&str, Option<String>); N],
) -> Vec<(String, String)> {
    let known = |(label, value): (&str, Option<String>)| Some((label.to_owned(), value?));
    pairs.into_iter().filter_map(known).collect()
}

pub(super) fn filled(text: String) -> Option<String> {
    Some(text).filter(|t| !t.is_empty())
}

fn summary(facts: &Facts, hide: &Redactor) -> Section {
    let known = &facts.known;
    let mut section = Section::new("Session");
    let counts = known.counts;
    let world = known.session.world.as_ref().map(|w| {
        format!(
            "{} (simulated: nothing here says anything about a real carrier)",
            hide.text(w)
        )
    });
    let serial = known.serial.as_ref().filter(|_| hide.shows(Reveal::Serial));
    section.facts(known_facts([
        ("Began", filled(known.started_at.clone())),
        ("Ended", filled(facts.ended_at.clone())),
        ("Simulated bench", world),
        ("Serial line", serial.map(|s| s.name.clone())),
        ("mmscope", filled(known.session.program.clone())),
        ("AT exchanges", Some(counts.exchanges.to_string())),
        ("Sends", Some(known.sends.len().to_string())),
        ("Probes", filled(count(known.probes.len()))),
        (
            "Missing from the recording",
            (counts.lost > 0).then(|| format!("{} events", counts.lost)),
        ),
        (
            "Not listed here",
            (facts.unlisted > 0)
                .then(|| format!("{} lookups, connections and notices", facts.unlisted)),
        ),
    ]));
    section
}

/// A number, where there is any.
fn count(n: usize) -> String {
    if n == 0 { String::new() } else { n.to_string() }
}

fn bench(facts: &Facts, hide: &Redactor) -> Section {
    let known = &facts.known;
    let mut section = Section::new("Modem, SIM, radio");
    let modem = known.modem.as_ref();
    let sim = known.sim.as_ref();
    let registration = known.registration.as_ref();
    let text = |text: &str| filled(hide.text(text));
    section.facts(known_facts([
        (
            "Modem",
            modem.and_then(|m| text(&format!("{} {}", m.manufacturer, m.model))),
        ),
        ("Firmware", modem.and_then(|m| text(&m.firmware))),
        (
            "IMEI",
            modem.and_then(|m| filled(m.imei.as_str().to_owned())),
        ),
        ("SIM", sim.map(|s| sim_state(&s.state, hide))),
        ("Home network", sim.and_then(|s| s.home.clone())),
        ("GID1", sim.and_then(|s| s.gid1.clone())),
        (
            "Service provider name",
            sim.and_then(|s| s.spn.as_deref()).and_then(text),
        ),
        (
            "ICCID",
            sim.and_then(|s| s.iccid.as_ref()).map(ToString::to_string),
        ),
        (
            "Own number",
            sim.and_then(|s| s.number.as_ref()).map(ToString::to_string),
        ),
        ("Registration", registration.map(|r| r.words().to_owned())),
        (
            "Operator",
            registration
                .and_then(|r| r.operator.as_deref())
                .and_then(text),
        ),
        (
            "Attached",
            registration
                .and_then(|r| r.attached)
                .map(|a| if a { "yes" } else { "no" }.to_owned()),
        ),
        (
            "Radio",
            known.signal_now().and_then(|s| filled(radio(s, hide))),
        ),
    ]));
    let missing: Vec<&str> = known
        .commands
        .iter()
        .flat_map(|c| &c.rows)
        .filter(|row| !row.present)
        .map(|row| row.command.as_str())
        .collect();
    if !missing.is_empty() {
        let says = format!(
            "This firmware answers these with an error: {}",
            missing.join(", ")
        );
        section.blocks.push(Block::Paragraph(hide.text(&says)));
    }
    section
}

fn sim_state(state: &SimState, hide: &Redactor) -> String {
    match state {
        SimState::Ready => "ready".to_owned(),
        SimState::Locked(what) => format!("locked: {}", hide.text(what)),
        SimState::Absent => "absent".to_owned(),
        SimState::Failed(why) => format!("failed: {}", hide.text(why)),
    }
}

/// `2026-11-22 12:00:34 UTC`.
pub(super) fn utc(at: &str) -> String {
    match at.parse::<jiff::Timestamp>() {
        Ok(moment) => format!("{moment:.0}")
            .replace('T', " ")
            .replace('Z', " UTC"),
        Err(_) => at.to_owned(),
    }
}

/// Tenths with their sign: `-101.4`.
fn tenths(value: i32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!(
        "{sign}{}.{}",
        value.unsigned_abs() / 10,
        value.unsigned_abs() % 10
    )
}

pub(super) fn radio(signal: &Signal, hide: &Redactor) -> String {
    let cell = signal.cell.as_ref().filter(|_| hide.shows(Reveal::Cell));
    let parts = [
        signal.system.as_ref().map(|s| hide.text(s)),
        signal
            .plmn
            .as_ref()
            .map(|p| format!("network {}", hide.text(p))),
        signal.band.as_ref().map(|b| hide.text(b)),
        signal.rsrp_ddbm.map(|r| format!("RSRP {} dBm", tenths(r))),
        signal.rsrq_ddb.map(|r| format!("RSRQ {} dB", tenths(r))),
        signal.snr_db.map(|s| format!("SNR {s} dB")),
        signal.rssi_dbm.map(|r| format!("RSSI {r} dBm")),
        cell.map(|c| format!("cell {c}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn profile(facts: &Facts, hide: &Redactor) -> Section {
    let mut section = Section::new("Profile");
    let Some(profile) = &facts.known.profile else {
        return section;
    };
    section.facts(known_facts([
        (
            "Profile",
            filled(format!("{} ({})", profile.id, hide.text(&profile.name))),
        ),
        ("APN", filled(hide.text(&profile.apn))),
        ("PDP type", filled(profile.pdp_type.to_string())),
        ("MMSC", filled(hide.text(&profile.mmsc))),
        ("Dials", filled(hide.text(&profile.dials))),
    ]));
    let lints = profile.lints.iter().map(|l| {
        hide.text(&format!(
            "{} {}: `{}`: {}. {}",
            l.id, l.severity, l.offending, l.says, l.fix
        ))
    });
    let lints: Vec<String> = lints.collect();
    if !lints.is_empty() {
        section.blocks.push(Block::List(lints));
    }
    section
}

fn contexts(facts: &Facts, hide: &Redactor) -> Section {
    let known = &facts.known;
    let mut section = Section::new("PDP contexts, asked for and granted");
    let addresses = |c: &Context| {
        let all: Vec<String> = c.addresses.iter().map(|a| hide.own_address(a)).collect();
        all.join(", ")
    };
    let row = |c: &Context| {
        let granted = c.granted.as_ref();
        vec![
            c.cid.to_string(),
            if c.active { "active" } else { "not active" }.to_owned(),
            hide.text(&c.apn),
            granted.map(|g| hide.text(&g.apn)).unwrap_or_default(),
            c.pdp_type.to_string(),
            addresses(c),
            granted
                .map(|g| hide.text(&g.dns.join(", ")))
                .unwrap_or_default(),
        ]
    };
    let head = [
        "cid",
        "state",
        "APN asked",
        "APN granted",
        "type asked",
        "address",
        "resolvers",
    ];
    section.table(&head, known.contexts.iter().map(row).collect());
    let stack = facts.stack.as_ref().unwrap_or(&known.stack);
    if stack.cid.is_some() || stack.address.is_some() {
        let proof = match stack.proven {
            Some(true) => Some("yes: its address is the context's"),
            Some(false) => {
                Some("NO: its address is not the context's, so its sockets leave by another one")
            }
            None => None,
        };
        section.facts(known_facts([
            ("Socket stack on context", stack.cid.map(|c| c.to_string())),
            (
                "Its address",
                stack.address.as_deref().map(|a| hide.own_address(a)),
            ),
            ("Proved", proof.map(str::to_owned)),
        ]));
    }
    if let Some(settings) = &known.settings {
        let says = match settings.step {
            SettingsAct::Saved => {
                "At the end of the session the modem's settings were still changed; `mmscope restore` puts them back."
            }
            SettingsAct::Restored => {
                "The modem's settings were put back and read again: all as before."
            }
            // Not a state of the settings; it is told as a notice.
            SettingsAct::InboundLost => {
                "Settings that carry SMS to this line were changed by something else."
            }
            SettingsAct::Different => {
                "The modem's settings were put back, and reading them again showed a difference."
            }
        };
        section.blocks.push(Block::Paragraph(says.to_owned()));
    }
    section
}

fn lookups(facts: &Facts, hide: &Redactor) -> Section {
    let mut section = Section::new("Names");
    let rows = facts.lookups.iter().map(|row| {
        let l = &row.lookup;
        let outcome = match &l.outcome {
            LookupOutcome::Pending => "no answer yet".to_owned(),
            LookupOutcome::Addresses(all) => all.join(", "),
            LookupOutcome::Failed(why) => format!("failed: {why}"),
        };
        vec![
            row.at.clone(),
            hide.text(&l.name),
            l.family.clone(),
            hide.text(&l.resolver),
            hide.text(&row.from),
            hide.text(&outcome),
            format!("{} ms", l.ms),
        ]
    });
    section.table(
        &[
            "when", "name", "family", "resolver", "over", "outcome", "took",
        ],
        rows.collect(),
    );
    section
}

/// What became of dialling, in words.
pub(super) fn outcome(dial: &Dial) -> String {
    match (&dial.link.state, dial.opened) {
        (LinkState::Failed { code, shape, what }, _) => {
            let code = code.map(|c| format!("code {c}, ")).unwrap_or_default();
            let shape = match shape {
                Shape::AtOnce => "at once, ",
                Shape::Late => "after OK, ",
                Shape::Unknown => "",
            };
            format!("did not open: {code}{shape}{what}")
        }
        (_, Some(true)) => "opened".to_owned(),
        (LinkState::Closed(why), _) => format!("closed before it opened: {why}"),
        _ => "no answer yet".to_owned(),
    }
}

fn target(link: &Link) -> String {
    if link.host.contains(':') {
        format!("[{}]:{}", link.host, link.port)
    } else {
        format!("{}:{}", link.host, link.port)
    }
}

fn connections(facts: &Facts, hide: &Redactor) -> Section {
    let mut section = Section::new("Connections");
    let rows = facts.dials.iter().map(|dial| {
        let link = &dial.link;
        vec![
            dial.at.clone(),
            hide.text(&target(link)),
            link.cid.map(|c| c.to_string()).unwrap_or_default(),
            hide.text(&outcome(dial)),
            format!("{} ms", link.ms),
            link.sent.to_string(),
            link.received.to_string(),
        ]
    });
    let head = [
        "when",
        "to",
        "cid",
        "outcome",
        "took",
        "octets sent",
        "received",
    ];
    section.table(&head, rows.collect());
    section
}

fn one_send(send: &Send, began: Option<&(String, Option<Signal>)>, hide: &mut Redactor) -> Section {
    let message = &send.message;
    let mut section = Section::new(format!("Send {}", message.send));
    let to: Vec<String> = message.to.iter().map(|m| hide.recipient(m)).collect();
    let result = send.result.as_ref();
    section.facts(known_facts([
        ("Began", began.map(|(at, _)| at.clone())),
        ("To", filled(to.join(", "))),
        (
            "Text",
            Some(format!(
                "{} characters (never in a report)",
                message.characters
            )),
        ),
        ("Transaction-Id", filled(hide.text(&message.transaction_id))),
        ("Profile", filled(hide.text(&message.profile))),
        (
            "Radio then",
            began
                .and_then(|(_, s)| s.as_ref())
                .and_then(|s| filled(radio(s, hide))),
        ),
        (
            "Result",
            Some(result.map_or("the session ended before it did".to_owned(), ending)),
        ),
        (
            "M-Send.req",
            result.and_then(|r| r.size).map(|s| format!("{s} octets")),
        ),
        (
            "HTTP status",
            result.and_then(|r| r.http_status).map(|s| s.to_string()),
        ),
        (
            "X-Mms-Response-Status",
            result.and_then(|r| response_status(r, hide)),
        ),
        (
            "Message-ID",
            result
                .and_then(|r| r.message_id.as_deref())
                .map(|m| hide.id(m)),
        ),
        (
            "Took",
            result.map(|r| format!("{} ms, {} AT exchanges", r.duration_ms, r.exchanges)),
        ),
    ]));
    let attempts = |rung: &crate::known::Rung| -> Vec<Vec<String>> {
        let row = |(says, ms): &(String, u64)| {
            let name = rung.stage.name().to_owned();
            vec![
                name,
                "attempt".to_owned(),
                format!("{ms} ms"),
                hide.text(says),
            ]
        };
        rung.attempts.iter().map(row).collect()
    };
    let rungs = send.rungs.iter().filter_map(|rung| {
        let (mark, says) = match rung.state.as_ref()? {
            StageState::Attempt { says, .. } => ("attempt", says.clone()),
            StageState::Started { .. } => ("began", String::new()),
            StageState::Progress { says, .. } => ("running", says.clone()),
            StageState::Done { says } => ("done", says.clone()),
            StageState::Failed(failure) => ("FAILED", failure.what.clone()),
            StageState::Skipped { says } => ("skipped", says.clone()),
        };
        let took = rung
            .took_ms
            .map(|ms| format!("{ms} ms"))
            .unwrap_or_default();
        let mut rows = attempts(rung);
        rows.push(vec![
            rung.stage.name().to_owned(),
            mark.to_owned(),
            took,
            hide.text(&says),
        ]);
        Some(rows)
    });
    section.table(
        &["stage", "state", "took", "what"],
        rungs.flatten().collect(),
    );
    if let Some((_, failure)) = send.failure() {
        section.facts(failure_facts(failure, hide));
    }
    for part in &send.http {
        section.blocks.push(Block::Verbatim(http(part, hide)));
    }
    section
}

fn ending(result: &SendResult) -> String {
    let at = || {
        result
            .stage
            .map_or("before the first stage".to_owned(), |s| format!("at {s}"))
    };
    let taken = result.taken();
    match (result, taken) {
        (r, Some(taken)) if r.ok => format!("sent as {}: {taken}", r.way.words()),
        (r, None) if r.ok => "sent: M-Send.conf Ok".to_owned(),
        (r, Some(taken)) if r.unknown => format!(
            "unknown: a part was handed to the modem and no answer was read; it may have been accepted; {taken}"
        ),
        (r, None) if r.unknown => {
            "unknown: the request may have gone out whole and no answer was read; it may have been accepted"
                .to_owned()
        }
        (r, Some(taken)) if r.cancelled => format!("stopped by the person after {taken}"),
        (r, None) if r.cancelled => "stopped by the person".to_owned(),
        (_, Some(taken)) => format!("not sent whole: failed {} after {taken}", at()),
        (_, None) => format!("not sent: failed {}", at()),
    }
}

fn response_status(result: &SendResult, hide: &Redactor) -> Option<String> {
    let code = result.response_status?;
    let name = result.response_status_name.as_deref().unwrap_or_default();
    let text = result
        .response_text
        .as_deref()
        .map(|t| format!(": {}", hide.text(t)));
    Some(format!("{code} {name}{}", text.unwrap_or_default()))
}

fn failure_facts(failure: &Failure, hide: &Redactor) -> Vec<(String, String)> {
    known_facts([
        ("Came back", filled(hide.text(&failure.raw))),
        ("Means", filled(hide.text(&failure.means))),
        ("Do now", filled(hide.text(&failure.advice))),
    ])
}

/// The head of a request or an answer. The body is never here: of an answer that was not an M-Send.conf its beginning is in the failure.
fn http(part: &HttpPart, hide: &Redactor) -> String {
    let (line, headers, body) = match part {
        HttpPart::Request {
            line,
            headers,
            body,
        }
        | HttpPart::Answer {
            line,
            headers,
            body,
            ..
        } => (line, headers, body),
    };
    let mark = if matches!(part, HttpPart::Request { .. }) {
        ">"
    } else {
        "<"
    };
    let mut lines = vec![format!("{mark} {}", hide.text(line))];
    for (name, value) in headers {
        lines.push(format!(
            "{mark} {}: {}",
            hide.text(name),
            hide.header(name, value)
        ));
    }
    lines.push(format!("{mark} ({body} octets of body)"));
    lines.join("\n")
}

fn notices(facts: &Facts, hide: &Redactor) -> Section {
    let mut section = Section::new("Notices");
    let told = facts.notices.iter().filter(|(_, n)| n.level != Level::Info);
    let lines: Vec<String> = told
        .map(|(at, n)| format!("{at} {}", hide.text(&n.text)))
        .collect();
    if !lines.is_empty() {
        section.blocks.push(Block::List(lines));
    }
    section
}

/// What is hidden and what was revealed, so that the reader knows.
fn manifest(facts: &Facts, options: &Options<'_>) -> Section {
    let mut section = Section::new("What is hidden here");
    let says = "Recipients are R1, R2 …; message text and media are never here. Of the IMEI the type allocation code is shown, of the ICCID the issuer and the last four, of the IMSI the network. Addresses of the carrier's services are shown, the bearer's own public ones as their network.";
    section.blocks.push(Block::Paragraph(says.to_owned()));
    let revealed: Vec<String> = options
        .reveals
        .0
        .iter()
        .map(|r| format!("{r}: {}", r.means()))
        .collect();
    let none = "nothing".to_owned();
    let shown = if revealed.is_empty() {
        none
    } else {
        revealed.join("; ")
    };
    let format = facts.known.session.format;
    section.facts(vec![
        ("Revealed on request".to_owned(), shown),
        ("Recording's format".to_owned(), format.to_string()),
    ]);
    section
}
