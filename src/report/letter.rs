//! The letter to the carrier: symptom, line, time, what was measured, and questions. First-line staff route on these; a theory of the
//! network only sends them elsewhere, so there is none in it.
use super::Options;
use super::facts::{Dial, Facts};
use super::redact::{Redactor, is_public};
use super::session::{outcome, radio};
use crate::event::{Context, Failure, LookupOutcome, Signal, Stage, Way};
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

/// The letter on the newest failed send. None where no send failed, or where it failed on this side of the network.
pub(super) fn letter(facts: &Facts, options: &Options<'_>) -> Option<String> {
    // An SMS says nothing about the MMSC, and one that went in an MMS's place does not mend it.
    let is_mms = |s: &Send| s.message.way == Way::Mms;
    let sends = facts.known.sends.iter().enumerate();
    let sends = sends.filter(|(_, s)| is_mms(s));
    let mut failed =
        sends.filter_map(|(at, s)| s.failure().map(|(stage, why)| (at, s, stage, why)));
    let (at, send, stage, failure) = failed.next_back()?;
    if matches!(
        stage,
        Stage::Encode | Stage::Port | Stage::Sim | Stage::Stack
    ) {
        return None; // nothing that the carrier could see
    }
    // A later send that went well answers the question.
    if facts
        .known
        .sends
        .iter()
        .skip(at)
        .any(|s| s.result.as_ref().is_some_and(|r| r.ok && r.way == Way::Mms))
    {
        return None;
    }
    let own = facts.own_addresses().into_iter();
    let hide = Redactor::new(options.reveals.clone(), own);
    let began = facts.sends.get(at);
    let lines = Letter {
        facts,
        options,
        hide: &hide,
        send,
        stage,
        failure,
    };
    Some(lines.write(began))
}

struct Letter<'a> {
    facts: &'a Facts,
    options: &'a Options<'a>,
    hide: &'a Redactor,
    send: &'a Send,
    stage: Stage,
    failure: &'a Failure,
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
            self.attempts(),
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
            Stage::Connect => format!(
                "MMS send fails before HTTP: no TCP connection to {}",
                target()
            ),
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
                self.hide.text(&self.failure.what)
            ),
        }
    }

    fn opening(&self) -> String {
        let symptom = match self.stage {
            Stage::Connect => {
                "On this line the data connection comes up, and a standards-conforming MMS client cannot open a TCP connection to your MMSC. Please check whether MMS is provisioned for this line, and whether this IP pool is permitted to reach the MMSC."
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
        let parts = [
            began.map(|(at, _)| times(at, self.options.zone.as_ref())),
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

    fn bearer(&self) -> Option<String> {
        let context = self.context()?;
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
        let host = host_of(self.dialled().unwrap_or_default());
        let mut mine = self
            .facts
            .lookups
            .iter()
            .filter(|l| l.lookup.name.eq_ignore_ascii_case(host));
        let resolved = mine.next_back().map(|row| {
            let by = match row.lookup.resolver.as_str() {
                "module" => "the module's resolver",
                other => other,
            };
            let (at, ms) = (&row.at, row.lookup.ms);
            match &row.lookup.outcome {
                LookupOutcome::Addresses(all) => {
                    format!("{host} resolved to {} by {by} at {at}", all.join(", "))
                }
                LookupOutcome::Failed(why) => {
                    format!("{host} not resolved by {by} at {at} after {ms} ms: {why}")
                }
                LookupOutcome::Pending => format!("{host} asked for at {at}"),
            }
        });
        let parts = [
            Some(format!("URL {}", self.hide.text(&profile.mmsc))),
            Some(format!("dialled {}", self.hide.text(&profile.dials)))
                .filter(|_| !profile.dials.is_empty()),
            resolved.map(|r| self.hide.text(&r)),
        ];
        point("MMSC", parts)
    }

    /// The addresses that belong to what is dialled.
    fn is_mmsc(&self, dial: &Dial) -> bool {
        let host = host_of(self.dialled().unwrap_or_default());
        let resolved = self.facts.lookups.iter().any(|l| {
            let addresses = matches!(&l.lookup.outcome, LookupOutcome::Addresses(all) if all.contains(&dial.link.host));
            addresses && l.lookup.name.eq_ignore_ascii_case(host)
        });
        resolved || dial.link.host == host
    }

    /// Attempts by port and family, with what came of them.
    fn attempts(&self) -> Option<String> {
        let mut groups: Vec<(u16, &str, Vec<&Dial>)> = Vec::new();
        for dial in self.facts.dials.iter().filter(|d| self.is_mmsc(d)) {
            let family = if dial.link.host.contains(':') {
                "IPv6"
            } else {
                "IPv4"
            };
            match groups
                .iter_mut()
                .find(|(port, f, _)| *port == dial.link.port && *f == family)
            {
                Some((_, _, dials)) => dials.push(dial),
                None => groups.push((dial.link.port, family, vec![dial])),
            }
        }
        let words = groups.iter().map(|(port, family, dials)| {
            let mut said: Vec<String> = Vec::new();
            for dial in dials {
                let says = format!(
                    "{} after {} ms",
                    self.hide.text(&outcome(dial)),
                    dial.link.ms
                );
                if !said.contains(&says) {
                    said.push(says);
                }
            }
            format!(
                "{} to port {port} ({family}): {}",
                dials.len(),
                said.join("; ")
            )
        });
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then(|| {
            format!(
                "Attempts: {}; over the module's own sockets",
                words.join(". ")
            )
        })
    }

    /// What the MMSC said, where it said something.
    fn answer(&self) -> Option<String> {
        let result = self.send.result.as_ref()?;
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
                .map(|m| format!("Message-ID {}", self.hide.text(m))),
            Some(format!(
                "Transaction-Id {}",
                self.hide.text(&self.send.message.transaction_id)
            )),
        ];
        result.http_status?;
        point("Answer", parts)
    }

    /// What worked in the same session: connections to others, names that resolved.
    fn controls(&self) -> Option<String> {
        let others = self
            .facts
            .dials
            .iter()
            .filter(|d| d.opened == Some(true) && !self.is_mmsc(d));
        let mut words: Vec<String> = others
            .map(|d| {
                format!(
                    "{} port {} opened in {} ms",
                    self.hide.text(&d.link.host),
                    d.link.port,
                    d.link.ms
                )
            })
            .collect();
        let host = host_of(self.dialled().unwrap_or_default());
        let answered = self.facts.lookups.iter().filter(|l| {
            matches!(l.lookup.outcome, LookupOutcome::Addresses(_))
                && !l.lookup.name.eq_ignore_ascii_case(host)
        });
        words.extend(answered.map(|l| {
            format!(
                "{} resolved in {} ms",
                self.hide.text(&l.lookup.name),
                l.lookup.ms
            )
        }));
        words.dedup();
        words.truncate(6);
        (!words.is_empty()).then(|| {
            format!(
                "Controls that passed in the same session: {}",
                words.join("; ")
            )
        })
    }

    fn witness(&self) -> Option<String> {
        let witness = &self.options.witness;
        let phone = witness.phone_sends.map(|sends| {
            let word = if sends { "sends" } else { "fails" };
            format!("same SIM in a phone: {word}")
        });
        let inbound = witness.inbound.map(|comes| {
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
    let Ok(utc) = at.parse::<Timestamp>() else {
        return at.to_owned();
    };
    let plain = format!("{utc:.0}").replace('T', " ").replace('Z', " UTC");
    match zone {
        Some(zone) => {
            let local = utc.to_zoned(zone.clone());
            format!("{plain} ({} local)", local.strftime("%Y-%m-%d %H:%M:%S %z"))
        }
        None => plain,
    }
}
