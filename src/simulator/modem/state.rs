//! What the module remembers. Never here: time, input or output.
use std::collections::BTreeMap;

use super::incoming::Incoming;
use super::mailbox::Mailbox;
use super::settings::Settings;
use super::stack::{Link, LinkPhase, Net, Stack};
use crate::simulator::circuits::Circuits;
use crate::simulator::clock::Clock;
use crate::simulator::network::Grant;
use crate::simulator::world::{PdpType, World};

/// A PDP context in the module's memory.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub kind: PdpType,
    pub apn: String,
    /// What the network has granted; none: not active.
    pub grant: Option<Grant>,
}

/// A short message that the module has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortMessage {
    /// The recipient in text mode; empty in PDU mode, where the PDU names it.
    pub to: String,
    /// The text as typed, or the PDU in hexadecimal.
    pub body: Vec<u8>,
}

/// Everything that the module remembers.
pub(super) struct State {
    pub settings: Settings,
    pub echo: bool,
    pub verbose: bool,
    pub quiet: bool,
    /// `AT+CFUN`.
    pub functionality: i64,
    /// The card answers: there is one, and its PIN has been given.
    pub card_ready: bool,
    pub pin_tries: u8,
    pub puk_tries: u8,
    /// Registration has been settled since the radio came on.
    pub registered: bool,
    pub attached: bool,
    pub contexts: BTreeMap<u8, Context>,
    /// `AT+CGAUTH` per context, as written.
    pub auth: BTreeMap<u8, String>,
    /// `AT+CEER`.
    pub last_cause: String,
    /// `AT+COPS` mode and format.
    pub operator_mode: i64,
    pub operator_format: i64,
    /// Settings that are words: CSCS, CPMS, CSCA, CSMP, CSMS.
    pub words: BTreeMap<&'static str, String>,
    pub message_reference: u8,
    pub messages: Vec<ShortMessage>,
    pub mailbox: Mailbox,
    pub incoming: Incoming,
    pub stack: Stack,
    pub circuits: Circuits,
    /// This firmware gives errors as numbers only.
    numeric_errors: bool,
}

impl State {
    /// A module fresh from the factory in this world.
    pub fn new(world: &World, clock: Clock) -> Self {
        let contexts = world
            .contexts
            .iter()
            .map(|definition| {
                let context = Context {
                    kind: definition.kind,
                    apn: definition.apn.as_str().to_owned(),
                    grant: None,
                };
                (definition.cid.number(), context)
            })
            .collect();
        State {
            settings: Settings::factory(),
            echo: world.modem.quirks.echo,
            verbose: true,
            quiet: false,
            functionality: world.modem.functionality.into(),
            card_ready: world.sim.present && world.sim.pin.is_none(),
            pin_tries: world.sim.pin_tries,
            puk_tries: world.sim.puk_tries,
            registered: false,
            attached: false,
            contexts,
            auth: BTreeMap::new(),
            last_cause: "No cause information available".into(),
            operator_mode: 0,
            operator_format: 0,
            words: words(world),
            message_reference: 45,
            messages: Vec::new(),
            mailbox: Mailbox::new(world, clock),
            incoming: Incoming::default(),
            stack: Stack::default(),
            circuits: Circuits::default(),
            numeric_errors: world.modem.quirks.numeric_errors,
        }
    }

    /// What a restart leaves: contexts and kept settings stay, everything else is as after switching on.
    pub fn restart(&mut self, world: &World) {
        self.settings.restart();
        self.stack.restart();
        self.incoming.restart();
        self.echo = true;
        self.verbose = true;
        self.quiet = false;
        self.functionality = world.modem.functionality.into();
        self.card_ready = world.sim.present && world.sim.pin.is_none();
        self.operator_mode = 0;
        self.operator_format = 0;
        self.words = words(world);
        self.drop_radio();
    }

    /// The radio is off: no registration, no context.
    pub fn drop_radio(&mut self) {
        self.registered = false;
        self.attached = false;
        for context in self.contexts.values_mut() {
            context.grant = None;
        }
    }

    /// The grant of an active context.
    pub fn grant(&self, cid: u8) -> Option<&Grant> {
        self.contexts
            .get(&cid)
            .and_then(|context| context.grant.as_ref())
    }

    /// The names of the three stores of `AT+CPMS`: for reading and deleting, for writing and sending, for what comes in.
    pub fn stores(&self) -> [String; 3] {
        let words = self.words.get("+CPMS").map_or("", String::as_str);
        let mut names = words
            .split(',')
            .map(|name| name.trim_matches('"').to_owned());
        std::array::from_fn(|_| names.next().unwrap_or_else(|| "SM".to_owned()))
    }

    /// Whether errors of the socket stack come in words.
    pub fn errors_in_words(&self) -> bool {
        !self.numeric_errors && self.settings.field("+CIPCCFG", 3) == 1
    }
}

fn words(world: &World) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("+CSCS", "\"IRA\"".to_owned()),
        ("+CPMS", "\"SM\",\"SM\",\"SM\"".to_owned()),
        (
            "+CSCA",
            format!(
                "\"{}\",{}",
                world.sim.smsc,
                if world.sim.smsc.starts_with('+') {
                    145
                } else {
                    129
                }
            ),
        ),
        ("+CSMP", "17,167,0,0".to_owned()),
        ("+CSMS", "0".to_owned()),
    ])
}

impl State {
    /// Every stored setting and the state of contexts, stack and links, under the names of their commands.
    pub fn inventory(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<String, String> = self
            .settings
            .all()
            .map(|(name, value)| (name.trim_start_matches('+').to_owned(), value))
            .collect();
        let mut put = |name: &str, value: String| all.insert(name.to_owned(), value);
        put("E", u8::from(self.echo).to_string());
        put("V", u8::from(self.verbose).to_string());
        put("Q", u8::from(self.quiet).to_string());
        put("CFUN", self.functionality.to_string());
        put("CGATT", u8::from(self.attached).to_string());
        put(
            "COPS",
            format!("{},{}", self.operator_mode, self.operator_format),
        );
        for (name, value) in &self.words {
            put(name.trim_start_matches('+'), value.clone());
        }
        for (cid, context) in &self.contexts {
            put(
                &format!("CGDCONT {cid}"),
                format!("\"{}\",\"{}\"", context.kind, context.apn),
            );
            put(
                &format!("CGACT {cid}"),
                u8::from(context.grant.is_some()).to_string(),
            );
        }
        for (cid, auth) in &self.auth {
            put(&format!("CGAUTH {cid}"), auth.clone());
        }
        put(
            "NETOPEN",
            u8::from(self.stack.net != Net::Closed).to_string(),
        );
        if let Net::Open { cid, .. } = self.stack.net {
            put("NETOPEN context", cid.to_string());
        }
        let busy = |(number, link): (usize, &Link)| {
            (link.phase != LinkPhase::Free).then(|| number.to_string())
        };
        put(
            "open links",
            self.stack
                .links
                .iter()
                .enumerate()
                .filter_map(busy)
                .collect::<Vec<_>>()
                .join(","),
        );
        all
    }
}
