//! What is known now: the fold of what happened.
//!
//! In: events, in order. Out: [`Known`], the one copy of the truth that screen, report and diagnosis read. Never here: I/O,
//! clocks, decisions. A recording replayed through [`Known::apply`] gives the same value as the live session did. Every list
//! is bounded, so that a session of days stays as small as one of minutes.
use crate::event::*;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How many signal readings are kept for the sparkline.
pub const SIGNAL_HISTORY: usize = 120;
/// How many messages of the outbox are kept: the settled ones give way first, then the oldest.
pub const OUTBOX: usize = 4096;
/// How many received messages are kept; the oldest gives way.
pub const INBOX: usize = 1024;
/// How many parts of one SMS are kept: 255 for each of a few recipients.
pub const PARTS: usize = 1024;
/// How many lookups, links, sends, notices and bubbles are kept.
pub const HISTORY: usize = 64;

/// How many attempts of a stage are kept.
const ATTEMPTS: usize = 16;

/// How many PDUs are kept, and how many octets of them together.
pub const PDUS: usize = 32;
/// Octets of all PDUs that are kept, at the most; the newest is always kept.
pub const PDU_OCTETS: usize = 8 << 20;

/// Everything that is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The newest event that is in here.
    pub last: EventId,
    /// Its time, milliseconds since the start.
    pub ms: u64,
    /// Wall clock time of the session's start (RFC 3339, UTC).
    pub started_at: String,
    /// The session's header.
    pub session: Session,
    /// The serial line, once one was opened.
    pub serial: Option<SerialChange>,
    /// Its control lines as of its last opening, or as they were when an output was last driven, where it has some.
    pub control_lines: Option<ControlLines>,
    /// The modem.
    pub modem: Option<Identity>,
    /// Its commands.
    pub commands: Option<CommandScan>,
    /// The SIM.
    pub sim: Option<Sim>,
    /// Registration.
    pub registration: Option<Registration>,
    /// Signal, newest last, with the time of each reading in milliseconds.
    pub signal: VecDeque<(u64, Signal)>,
    /// PDP contexts as last read.
    pub contexts: Vec<Context>,
    /// The module's socket stack.
    pub stack: Stack,
    /// Lookups, newest last.
    pub lookups: VecDeque<Lookup>,
    /// Links by their number: the newest connection on each.
    pub links: BTreeMap<u8, Link>,
    /// The profile in use.
    pub profile: Option<ProfileInUse>,
    /// Sends, newest last. The last one may still be running.
    pub sends: VecDeque<Send>,
    /// MMS PDUs of this session, sent and received, newest last.
    pub pdus: VecDeque<Pdu>,
    /// Probes, newest last. The last one may still be running.
    pub probes: VecDeque<Probe>,
    /// What was last done to the modem's settings, and whether something is still changed.
    pub settings: Option<SettingsStep>,
    /// What carried short messages to this line and was changed by something else, in this session.
    pub inbound_lost: Option<String>,
    /// The outbox, by number. Shared, since it may hold thousands and changes seldom.
    pub outbox: Arc<BTreeMap<u64, OutboxStep>>,
    /// Status reports on SMS, oldest first.
    pub reports: VecDeque<SmsReport>,
    /// Received messages, by number. Shared, as the outbox is.
    pub inbox: Arc<BTreeMap<u64, InboxStep>>,
    /// Delivery and read reports on MMS, oldest first.
    pub mms_reports: VecDeque<MmsReport>,
    /// The last self-test that ended.
    pub self_test: Option<SelfTest>,
    /// Bubbles on simulated phones, oldest first.
    pub bubbles: VecDeque<Bubble>,
    /// Notices, newest last, each with its event.
    pub notices: VecDeque<(EventId, Notice)>,
    /// Counts that the header shows.
    pub counts: Counts,
}

/// Counts since the session's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Octets sent over the serial line.
    pub tx: u64,
    /// Octets received.
    pub rx: u64,
    /// AT exchanges ended.
    pub exchanges: u64,
    /// Unsolicited result codes.
    pub urcs: u64,
    /// Exchanges that were not answered within their limit.
    pub unanswered: u64,
    /// How often the serial line was opened.
    pub opened: u64,
    /// How often it was lost.
    pub broken: u64,
    /// Events that the recording lacks.
    pub lost: u64,
}

/// One send, as far as it got.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    /// What was sent.
    pub message: Message,
    /// When it began, milliseconds since the session's start.
    pub began_ms: u64,
    /// The ladder: one rung a stage, in order.
    pub rungs: Vec<Rung>,
    /// HTTP steps, in order.
    pub http: Vec<HttpPart>,
    /// Parts of an SMS, in the order in which they were handed over.
    pub parts: Vec<SmsPart>,
    /// How it ended.
    pub result: Option<SendResult>,
}

/// A PDU as it went or came.
#[derive(Clone, Debug, PartialEq)]
pub struct Pdu {
    /// Its event.
    pub id: EventId,
    /// When, milliseconds since the session's start.
    pub ms: u64,
    /// What.
    pub seen: PduSeen,
}

/// A rung of the ladder.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// The stage.
    pub stage: Stage,
    /// Where it is; `None` while it waits for its turn.
    pub state: Option<StageState>,
    /// When the stage began, milliseconds since the session's start.
    pub began_ms: Option<u64>,
    /// How long it took, once it ended, in milliseconds.
    pub took_ms: Option<u64>,
    /// What it rests on.
    pub evidence: Vec<EventId>,
    /// Attempts within it that ended badly before another was made, in order: what failed, and its milliseconds.
    pub attempts: Vec<(String, u64)>,
}

/// One probe, as far as it got.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// What was asked for.
    pub began: ProbeBegan,
    /// When it began, milliseconds since the session's start.
    pub began_ms: u64,
    /// Experiments in the order in which they were planned, each as it stands.
    pub experiments: Vec<ExperimentStep>,
    /// What was found, in order.
    pub facts: Vec<FactRow>,
    /// How the hypotheses stand.
    pub hypotheses: Vec<Hypothesis>,
    /// How it ended.
    pub verdict: Option<Verdict>,
}

/// How many facts and experiments of one probe are kept.
pub const PROBE_ROWS: usize = 1024;

impl Send {
    fn new(message: Message, began_ms: u64) -> Self {
        let rungs = Stage::ALL
            .iter()
            .map(|&stage| Rung {
                stage,
                state: None,
                began_ms: None,
                took_ms: None,
                evidence: Vec::new(),
                attempts: Vec::new(),
            })
            .collect();
        Self {
            message,
            began_ms,
            rungs,
            http: Vec::new(),
            parts: Vec::new(),
            result: None,
        }
    }

    /// The stage that failed, with why.
    #[must_use]
    pub fn failure(&self) -> Option<(Stage, &Failure)> {
        self.rungs.iter().find_map(|r| match &r.state {
            Some(StageState::Failed(f)) => Some((r.stage, f)),
            _ => None,
        })
    }
}

impl Known {
    /// The send that runs now.
    #[must_use]
    pub fn running(&self) -> Option<&Send> {
        self.sends.back().filter(|s| s.result.is_none())
    }

    /// The probe that runs now.
    #[must_use]
    pub fn probing(&self) -> Option<&Probe> {
        self.probes.back().filter(|p| p.verdict.is_none())
    }

    /// The newest signal reading.
    #[must_use]
    pub fn signal_now(&self) -> Option<&Signal> {
        self.signal.back().map(|(_, s)| s)
    }

    /// Whether settings of the modem are changed and not yet put back.
    #[must_use]
    pub fn settings_open(&self) -> bool {
        self.settings
            .as_ref()
            .is_some_and(|s| s.step != SettingsAct::Restored)
    }

    /// Takes one event in.
    pub fn apply(&mut self, event: &Event) {
        self.last = event.id;
        self.ms = event.ms;
        match &event.what {
            What::Session(s) => {
                self.started_at.clone_from(&event.at);
                self.session = s.clone();
            }
            What::Serial(s) => {
                self.counts.opened += u64::from(s.state == SerialState::Open);
                self.counts.broken += u64::from(matches!(s.state, SerialState::Lost(_)));
                self.serial = Some(s.clone());
            }
            What::ControlLines(c) => self.control_lines = Some(c.clone()),
            What::Wire(w) => match w.dir {
                Direction::Tx => self.counts.tx += w.octets.0.len() as u64,
                Direction::Rx => self.counts.rx += w.octets.0.len() as u64,
            },
            What::Line(l) => self.counts.urcs += u64::from(l.role == Role::Urc),
            What::Exchange(e) => {
                self.counts.exchanges += 1;
                let silent = !matches!(e.ending, Ending::Final(_));
                self.counts.unanswered += u64::from(silent);
            }
            What::Modem(m) => self.modem = Some(m.clone()),
            What::Commands(c) => self.commands = Some(c.clone()),
            What::Sim(s) => self.sim = Some(s.clone()),
            What::Registration(r) => self.registration = Some(r.clone()),
            What::Signal(s) => {
                push_bounded(&mut self.signal, (event.ms, s.clone()), SIGNAL_HISTORY)
            }
            What::Contexts(c) => self.contexts.clone_from(&c.contexts),
            What::Stack(s) => self.stack = s.clone(),
            What::Lookup(l) => self.apply_lookup(l),
            What::Link(l) => {
                self.links.insert(l.number, l.clone());
            }
            What::Pdu(p) => self.apply_pdu(event, p),
            What::Profile(p) => self.profile = Some(p.clone()),
            What::Message(m) => {
                push_bounded(&mut self.sends, Send::new(m.clone(), event.ms), HISTORY)
            }
            What::Http(h) => {
                if let Some(send) = self.send_mut(h.send) {
                    send.http.push(h.step.clone());
                    send.http.truncate(HISTORY);
                }
            }
            What::Stage(s) => self.apply_stage(s, event.ms),
            What::Result(r) => {
                if let Some(send) = self.send_mut(r.send) {
                    send.result = Some(r.clone());
                }
            }
            What::Probe(p) => {
                let probe = Probe {
                    began: p.clone(),
                    began_ms: event.ms,
                    experiments: Vec::new(),
                    facts: Vec::new(),
                    hypotheses: Vec::new(),
                    verdict: None,
                };
                push_bounded(&mut self.probes, probe, HISTORY);
            }
            What::Experiment(step) => {
                if let Some(probe) = self.probe_mut(step.probe) {
                    probe.step(step);
                }
            }
            What::Fact(fact) => {
                let row = FactRow {
                    id: event.id,
                    ms: event.ms,
                    fact: fact.clone(),
                };
                if let Some(probe) = self.probe_mut(fact.probe)
                    && probe.facts.len() < PROBE_ROWS
                {
                    probe.facts.push(row);
                }
            }
            What::Hypotheses(h) => {
                if let Some(probe) = self.probe_mut(h.probe) {
                    probe.hypotheses.clone_from(&h.all);
                }
            }
            What::Verdict(v) => {
                if let Some(probe) = self.probe_mut(v.probe) {
                    probe.verdict = Some((**v).clone());
                }
            }
            What::Settings(s) if s.step == SettingsAct::InboundLost => {
                self.inbound_lost = Some(s.commands.join("; "));
            }
            What::Settings(s) => self.settings = Some(s.clone()),
            What::Outbox(step) => self.apply_outbox(step),
            What::SmsPart(part) => {
                if let Some(send) = self.send_mut(part.send) {
                    send.parts.push(part.clone());
                    send.parts.truncate(PARTS);
                }
            }
            What::SmsReport(r) => push_bounded(&mut self.reports, r.clone(), HISTORY),
            What::Inbox(step) => {
                let inbox = Arc::make_mut(&mut self.inbox);
                inbox.insert(step.item, step.clone());
                if inbox.len() > INBOX {
                    inbox.pop_first();
                }
            }
            What::MmsReport(r) => push_bounded(&mut self.mms_reports, r.clone(), HISTORY),
            What::SelfTest(t) => self.self_test = Some(t.clone()),
            What::Bubble(b) => push_bounded(&mut self.bubbles, b.clone(), HISTORY),
            What::Notice(n) => push_bounded(&mut self.notices, (event.id, n.clone()), HISTORY),
            What::Lost(l) => self.counts.lost = l.events,
            What::Act(_) => {}
        }
    }

    fn apply_pdu(&mut self, event: &Event, seen: &PduSeen) {
        let pdu = Pdu {
            id: event.id,
            ms: event.ms,
            seen: seen.clone(),
        };
        push_bounded(&mut self.pdus, pdu, PDUS);
        let mut held: usize = self.pdus.iter().map(|p| p.seen.octets.0.len()).sum();
        while held > PDU_OCTETS && self.pdus.len() > 1 {
            held -= self.pdus.pop_front().map_or(0, |p| p.seen.octets.0.len());
        }
    }

    fn apply_outbox(&mut self, step: &OutboxStep) {
        let outbox = Arc::make_mut(&mut self.outbox);
        if step.forgotten {
            outbox.remove(&step.entry);
            return;
        }
        outbox.insert(step.entry, step.clone());
        if outbox.len() > OUTBOX {
            let settled = |(id, row): (&u64, &OutboxStep)| row.state.is_settled().then_some(*id);
            let oldest = outbox.iter().find_map(settled);
            let gone = oldest.or_else(|| outbox.keys().next().copied());
            gone.and_then(|id| outbox.remove(&id));
        }
    }

    /// A lookup is shown once: its outcome replaces the pending row.
    fn apply_lookup(&mut self, lookup: &Lookup) {
        let same = |l: &&mut Lookup| {
            l.name == lookup.name
                && l.family == lookup.family
                && l.resolver == lookup.resolver
                && l.outcome == LookupOutcome::Pending
        };
        match self.lookups.iter_mut().rev().find(same) {
            Some(row) => *row = lookup.clone(),
            None => push_bounded(&mut self.lookups, lookup.clone(), HISTORY),
        }
    }

    fn apply_stage(&mut self, step: &StageStep, ms: u64) {
        let Some(send) = self.send_mut(step.send) else {
            return;
        };
        let Some(rung) = send.rungs.iter_mut().find(|r| r.stage == step.stage) else {
            return;
        };
        match &step.state {
            StageState::Started { .. } => {
                rung.began_ms = Some(ms);
                rung.took_ms = None;
            }
            StageState::Progress { .. } => {}
            StageState::Attempt { says, attempt_ms } => {
                if rung.attempts.len() < ATTEMPTS {
                    rung.attempts.push((says.clone(), *attempt_ms));
                }
                // The stage goes on: it is still what it was.
                return;
            }
            StageState::Done { .. } | StageState::Failed(_) | StageState::Skipped { .. } => {
                rung.took_ms = Some(step.stage_ms)
            }
        }
        rung.state = Some(step.state.clone());
        rung.evidence.clone_from(&step.evidence);
    }

    fn probe_mut(&mut self, number: u64) -> Option<&mut Probe> {
        self.probes
            .iter_mut()
            .rev()
            .find(|p| p.began.probe == number)
    }

    fn send_mut(&mut self, number: u64) -> Option<&mut Send> {
        self.sends
            .iter_mut()
            .rev()
            .find(|s| s.message.send == number)
    }
}

impl Probe {
    /// An experiment is one row: a later step replaces the earlier.
    fn step(&mut self, step: &ExperimentStep) {
        let same =
            |e: &&mut ExperimentStep| e.experiment == step.experiment && e.title == step.title;
        if let Some(row) = self.experiments.iter_mut().find(same) {
            *row = step.clone();
        } else if self.experiments.len() < PROBE_ROWS {
            self.experiments.push(step.clone());
        }
    }
}

fn push_bounded<T>(list: &mut VecDeque<T>, value: T, bound: usize) {
    if list.len() == bound {
        list.pop_front();
    }
    list.push_back(value);
}
