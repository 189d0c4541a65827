//! The letter to the carrier: symptom, line, time, what was measured, and questions. First-line staff route on these; a theory of the
//! network only sends them elsewhere, so there is none in it.
use super::Options;
use super::examination::Examination;
use super::facts::Facts;
use super::plight::plight;
use super::redact::{Redactor, is_public};
use super::session::{radio, utc};
use super::tried::{self, Dialled};
use crate::event::{Class, Context, Failure, Signal, Stage, Witness as Seen};
use crate::known::Send;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write as _;

/// What only a person can say. What is not said has no line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// Whether the same SIM sends MMS from a phone.
    pub phone_sends: Option<bool>,
    /// Whether notifications of incoming MMS reach this line.
    pub inbound: Option<bool>,
    /// The plan, in the person's words.
    pub plan: Option<String>,
    /// The place, in the person's words.
    pub place: Option<String>,
    /// The class of device as which the line is registered, in the person's words.
    pub device_class: Option<String>,
}

/// The letter on the newest failed send, with what a probe of the same profile found; without such a send, on what the newest probe
/// found. None where nothing failed that the carrier could see.
pub(super) fn letter(facts: &Facts, options: &Options<'_>) -> Option<String> {
    let plight = plight(facts, options)?;
    let own = facts.own_addresses().into_iter();
    let hide = Redactor::new(options.reveals.clone(), own);
    let lines = Letter {
        facts,
        options,
        hide: &hide,
        send: plight.send.map(|(_, send, _)| send),
        failure: plight.send.map(|(_, _, failure)| failure),
        found: plight.found,
        stage: plight.stage,
    };
    let began = match (plight.send, plight.found) {
        (Some((at, ..)), _) => facts.sends.get(at),
        (None, Some(found)) => facts.probes.get(&found.began.probe),
        (None, None) => None,
    };
    Some(lines.write(began))
}

struct Letter<'a> {
    facts: &'a Facts,
    options: &'a Options<'a>,
    hide: &'a Redactor,
    send: Option<&'a Send>,
    failure: Option<&'a Failure>,
    found: Option<&'a Examination>,
    stage: Stage,
}

impl Letter<'_> {
    fn write(&self, began: Option<&(String, Option<Signal>)>) -> String {
        let mut out = format!("Subject: {}\n\n{}\n\n", self.subject(), self.opening());
        if let Some(world) = &self.facts.known.session.world {
            let world = self.hide.text(world);
            let _ = writeln!(
                out,
                "(Measured on a simulated bench, {world}: this letter is a specimen.)\n"
            );
        }
        let points = [
            self.line(),
            self.device(),
            self.when(began),
            self.bearer(),
            self.mmsc(),
            self.names(),
            self.attempts(),
            self.reported(),
            self.answer(),
            self.controls(),
            self.witness(),
        ];
        for point in points.into_iter().flatten() {
            let _ = writeln!(out, "- {point}");
        }
        out.push('\n');
        out.push_str(&self.questions());
        out
    }

    /// What is dialled: the MMSC or the proxy in front of it.
    fn dialled(&self) -> Option<&str> {
        let dials = self.facts.known.profile.as_ref().map(|p| p.dials.as_str());
        dials.filter(|d| !d.is_empty())
    }

    fn subject(&self) -> String {
        let target = || self.hide.text(self.dialled().unwrap_or("the MMSC"));
        match self.stage {
            Stage::Connect => self.subject_of_connect(&target()),
            Stage::Resolve => format!(
                "MMS send fails before HTTP: the name of the MMSC does not resolve ({})",
                target()
            ),
            Stage::Post => format!(
                "MMS send fails at HTTP: {} gives no answer of an MMSC",
                target()
            ),
            Stage::Confirm => "MMS send is refused by the MMSC".to_owned(),
            Stage::Deliver => "MMS is accepted by the MMSC and not delivered".to_owned(),
            stage => format!(
                "MMS send fails at {stage}: {}",
                self.hide
                    .text(self.failure.map_or(self.found_headline(), |f| &f.what))
            ),
        }
    }

    fn found_headline(&self) -> &str {
        self.found.map_or("", |found| &found.verdict.headline)
    }

    fn subject_of_connect(&self, target: &str) -> String {
        let dialled = self.host_and_port();
        let class = self.found.and_then(|found| tried::came_to(found, dialled));
        match (class, dialled.port) {
            (Some(Class::Silent), Some(port)) => format!(
                "MMS send fails before HTTP: no TCP answer from MMSC {} on port {port}",
                self.hide.text(dialled.host)
            ),
            (Some(Class::Refused), Some(port)) => format!(
                "MMS send fails before HTTP: MMSC {} refuses TCP on port {port}",
                self.hide.text(dialled.host)
            ),
            _ => format!("MMS send fails before HTTP: no TCP connection to {target}"),
        }
    }

    fn host_and_port(&self) -> Dialled<'_> {
        let dialled = self.dialled().unwrap_or_default();
        Dialled {
            host: host_of(dialled),
            port: dialled
                .rsplit_once(':')
                .and_then(|(_, port)| port.parse().ok()),
        }
    }

    fn opening(&self) -> String {
        let symptom = match self.stage {
            Stage::Connect => {
                "The data connection for MMS comes up, but a standards-conforming MMS client cannot open a TCP connection to your MMSC. Please check whether MMS is provisioned for this line, and whether this IP pool is permitted to reach the MMSC."
            }
            Stage::Resolve => {
                "On this line the data connection comes up, and the resolver that your network gave to it does not resolve the name of your MMSC. Please check which name and which resolver apply to this line."
            }
            Stage::Post => {
                "On this line a standards-conforming MMS client opens a TCP connection to your MMSC, sends an M-Send.req over HTTP, and gets no answer of an MMSC. Please check what became of the request."
            }
            Stage::Confirm => {
                "On this line a standards-conforming MMS client reaches your MMSC, which answers and refuses the message. Please check why."
            }
            Stage::Deliver => {
                "Your MMSC accepted this message, and it did not arrive. Please check what became of it."
            }
            _ => {
                "On this line a standards-conforming MMS client gets no data connection for MMS. Please check whether this line may use it."
            }
        };
        let works = self.found.is_some_and(tried::data_works);
        if works && matches!(self.stage, Stage::Connect | Stage::Resolve | Stage::Post) {
            return format!("Internet data works on this line. {symptom}");
        }
        symptom.to_owned()
    }

    fn line(&self) -> Option<String> {
        let sim = self.facts.known.sim.as_ref()?;
        let parts = [
            sim.number.as_ref().map(|n| format!("MSISDN {n}")),
            sim.iccid.as_ref().map(|i| format!("ICCID {i}")),
            sim.home.as_ref().map(|h| format!("IMSI network {h}")),
            sim.gid1.as_ref().map(|g| format!("GID1 {g}")),
            self.options
                .witness
                .plan
                .as_ref()
                .map(|p| format!("plan {}", self.hide.text(p))),
        ];
        point("Line", parts)
    }

    fn device(&self) -> Option<String> {
        let modem = self.facts.known.modem.as_ref()?;
        let class = self.options.witness.device_class.as_ref();
        let parts = [
            Some(format!(
                "{}, firmware {}",
                self.hide.text(&modem.model),
                self.hide.text(&modem.firmware)
            )),
            Some(format!("IMEI {}", modem.imei)).filter(|_| !modem.imei.as_str().is_empty()),
            Some(match class {
                Some(class) => format!("device class {}", self.hide.text(class)),
                None => "device class as you record it: please state it".to_owned(),
            }),
        ];
        point("Device", parts)
    }

    fn when(&self, began: Option<&(String, Option<Signal>)>) -> Option<String> {
        let then = began.and_then(|(_, signal)| signal.as_ref());
        let signal = then.or_else(|| self.facts.known.signal_now());
        let examined = self
            .found
            .filter(|f| self.send.is_some() && !f.at.is_empty());
        let parts = [
            began.map(|(at, _)| times(at, self.options.zone.as_ref())),
            examined.map(|f| format!("probed from {}", times(&f.at, None))),
            self.options
                .witness
                .place
                .as_ref()
                .map(|p| self.hide.text(p)),
            signal
                .map(|s| radio(s, self.hide))
                .filter(|r| !r.is_empty()),
        ];
        point("When", parts)
    }

    /// The context under the stack, else the one with the profile's APN.
    fn context(&self) -> Option<&Context> {
        let known = &self.facts.known;
        let of_stack = known
            .contexts
            .iter()
            .find(|c| Some(c.cid) == known.stack.cid);
        of_stack.or_else(|| {
            let apn = &known.profile.as_ref()?.apn;
            let asks = |c: &&Context| c.apn.eq_ignore_ascii_case(apn);
            known.contexts.iter().find(|c| c.active && asks(c))
        })
    }

    /// The bearer as the probe asked for it, where its context is gone again.
    fn bearer_of_probe(&self) -> Option<String> {
        let on = &self.found?.verdict.cells.first()?.on;
        let apn = match &on.apn_granted {
            Some(granted) => format!("APN requested {} / granted {granted}", on.apn_asked),
            None => format!("APN requested {}", on.apn_asked),
        };
        let parts = [
            Some(self.hide.text(&apn)),
            on.cid.map(|cid| format!("CID {cid}")),
            Some(format!("type requested {}", on.pdp_type)),
        ];
        point("Bearer", parts)
    }

    fn bearer(&self) -> Option<String> {
        let Some(context) = self.context() else {
            return self.bearer_of_probe();
        };
        let granted = context.granted.as_ref();
        let apn = match granted.map(|g| g.apn.as_str()).filter(|a| !a.is_empty()) {
            Some(given) => format!("APN requested {} / granted {}", context.apn, given),
            None => format!("APN requested {}", context.apn),
        };
        let kind = |a: &String| if is_public(a) { "public" } else { "private" };
        let addresses: Vec<String> = context
            .addresses
            .iter()
            .map(|a| format!("{} ({})", self.hide.own_address(a), kind(a)))
            .collect();
        let dns = granted.map(|g| g.dns.join(", ")).filter(|d| !d.is_empty());
        let given = crate::profile::compare::granted_type(context);
        let kinds = match given {
            Some(given) => format!("type requested {} / granted {given}", context.pdp_type),
            None => format!("type requested {}", context.pdp_type),
        };
        let parts = [
            Some(self.hide.text(&apn)),
            Some(format!("CID {}", context.cid)),
            Some(kinds),
            Some(format!("local address {}", addresses.join(", ")))
                .filter(|_| !addresses.is_empty()),
            dns.map(|d| format!("DNS {}", self.hide.text(&d))),
        ];
        point("Bearer", parts)
    }

    fn mmsc(&self) -> Option<String> {
        let profile = self.facts.known.profile.as_ref()?;
        let parts = [
            Some(format!("URL {}", self.hide.text(&profile.mmsc))),
            Some(format!("dialled {}", self.hide.text(&profile.dials)))
                .filter(|_| !profile.dials.is_empty()),
        ];
        point("MMSC", parts)
    }

    /// The name that is dialled, as each resolver told it.
    fn names(&self) -> Option<String> {
        let host = host_of(self.dialled()?);
        tried::names(self.facts, host, self.hide)
    }

    /// Attempts, with what came of them.
    fn attempts(&self) -> Option<String> {
        let of_probe = self
            .found
            .and_then(|found| tried::attempts(found, self.hide));
        of_probe.or_else(|| tried::dials(self.facts, self.host_and_port(), self.hide))
    }

    /// How the send itself ended, in the client's words and the modem's.
    fn reported(&self) -> Option<String> {
        // Without a probe the attempts say it already.
        self.found?;
        let failure = self.failure?;
        let raw = Some(self.hide.text(&failure.raw)).filter(|raw| !raw.is_empty());
        let raw = raw.map(|raw| format!("modem or server said: {raw}"));
        point(
            "The send itself",
            [Some(self.hide.text(&failure.what)), raw],
        )
    }

    /// What the MMSC said, where it said something.
    fn answer(&self) -> Option<String> {
        let result = self.send?.result.as_ref()?;
        let status = result.response_status.map(|code| {
            let name = result.response_status_name.as_deref().unwrap_or_default();
            format!("X-Mms-Response-Status {code} {name}")
        });
        let parts = [
            result.http_status.map(|s| format!("HTTP status {s}")),
            status,
            result.response_text.as_deref().map(|t| self.hide.text(t)),
            result
                .message_id
                .as_deref()
                .map(|m| format!("Message-ID {}", self.hide.id(m))),
            self.send
                .map(|s| format!("Transaction-Id {}", self.hide.id(&s.message.transaction_id))),
        ];
        result.http_status?;
        point("Answer", parts)
    }

    /// What worked beside it.
    fn controls(&self) -> Option<String> {
        let of_probe = self.found.and_then(|found| tried::passed(found, self.hide));
        of_probe.or_else(|| tried::worked(self.facts, self.host_and_port(), self.hide))
    }

    fn witness(&self) -> Option<String> {
        let seen = |yes: Seen, no: Seen| {
            let seen = &self.found?.witnesses;
            let says = |w: &Seen| *w == yes || *w == no;
            seen.iter().rev().find(|w| says(w)).map(|w| *w == yes)
        };
        let witness = &self.options.witness;
        let sends = witness
            .phone_sends
            .or_else(|| seen(Seen::PhoneSends, Seen::PhoneFails));
        let inbound = witness
            .inbound
            .or_else(|| seen(Seen::InboundYes, Seen::InboundNo));
        let phone = sends.map(|sends| {
            let word = if sends { "sends" } else { "fails" };
            format!("same SIM in a phone: {word}")
        });
        let inbound = inbound.map(|comes| {
            let word = if comes { "yes" } else { "no" };
            format!("incoming MMS notification: {word}")
        });
        point("Seen by me", [phone, inbound])
    }

    fn questions(&self) -> String {
        let mut questions = vec![
            "Is MMS active on this line, and for this IMEI class?".to_owned(),
            "Which APN, PDP type, MMSC URL, proxy and port apply to it?".to_owned(),
        ];
        match self.stage {
            Stage::Connect | Stage::Post => {
                questions.push("Is the pool of my address allowed to reach the MMSC?".to_owned());
                questions.push(
                    "Do you see the SYN or an HTTP request from me at the time above?".to_owned(),
                );
            }
            Stage::Confirm | Stage::Deliver => {
                questions.push(
                    "What does your MMSC log for this transaction at the time above?".to_owned(),
                );
            }
            _ => questions
                .push("What does your network log for this line at the time above?".to_owned()),
        }
        let numbered = questions
            .iter()
            .enumerate()
            .map(|(at, q)| format!("{}. {q}", at + 1));
        format!("Questions:\n{}\n", numbered.collect::<Vec<_>>().join("\n"))
    }
}

/// `Label: a, b`, or nothing where nothing is known.
fn point<const N: usize>(label: &str, parts: [Option<String>; N]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{label}: {}", parts.join(", ")))
}

/// The host of `host:port`.
fn host_of(dialled: &str) -> &str {
    let host = dialled.rsplit_once(':').map_or(dialled, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}

/// UTC, and the same in the person's zone.
fn times(at: &str, zone: Option<&TimeZone>) -> String {
    match (zone, at.parse::<Timestamp>()) {
        (Some(zone), Ok(moment)) => {
            let local = moment.to_zoned(zone.clone());
            let local = local.strftime("%Y-%m-%d %H:%M:%S %z");
            format!("{} ({local} local)", utc(at))
        }
        _ => utc(at),
    }
}
