//! What a send will ask of a modem, as far as that is known before the modem has said anything.
//!
//! In: what the profile wants, the limits, where the connection goes. Out: commands in their order, each with its condition and with what puts
//! it back. Pure: nothing is asked here. What is written in angle brackets depends on answers. Real sends on simulated benches are held
//! against it in a test.
use super::contexts::{SPARE, Wanted};
use super::{READ, READ_SMS, StackLimits, Trouble};
use crate::at::{Command, CommandError};
use crate::event::redact;

/// What a command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It reads.
    Reads,
    /// It changes a setting or a state of the modem; with what becomes of that afterwards.
    Changes(String),
    /// Octets go over the network.
    Network,
}

/// A command, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What it is for, as its exchange will say: a stage, `sms` for the settings that carry short messages, or `restore`.
    pub serves: &'static str,
    /// The command; `<…>` is known only then.
    pub command: String,
    /// Only where this holds; none where it is always given.
    pub when: Option<&'static str>,
    /// What it does.
    pub effect: Effect,
}

/// Where a connection goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal<'g> {
    /// Name or address.
    pub host: &'g str,
    /// TCP port.
    pub port: u16,
}

/// Collects them.
struct Plan {
    all: Vec<Planned>,
    serves: &'static str,
}

impl Plan {
    fn add(&mut self, command: impl Into<String>, when: Option<&'static str>, effect: Effect) {
        self.all.push(Planned {
            serves: self.serves,
            command: command.into(),
            when,
            effect,
        });
    }

    fn reads(&mut self, serves: &'static str, commands: &[&str]) {
        self.serves = serves;
        for command in commands {
            self.add(*command, None, Effect::Reads);
        }
    }

    /// A setting that is touched only where it has another value.
    fn sets(&mut self, command: &Command) {
        let then = Effect::Changes("put back to what was read".to_owned());
        self.add(command.text(), Some("where it is set otherwise"), then);
    }
}

/// The way up to a modem that is registered, the same for every send.
fn up_to_registration(plan: &mut Plan) {
    const NEW: &str = "the first time in a session";
    plan.reads("port", &["AT"]);
    for command in ["AT+CGMI", "AT+CGMM", "AT+CGMR", "AT+CGSN"] {
        plan.add(command, Some(NEW), Effect::Reads);
    }
    plan.reads("port", &READ);
    plan.reads("sms", &READ_SMS);
    plan.serves = "port";
    let echo = Effect::Changes("put back with ATE1".to_owned());
    plan.add(Command::ate0().text(), Some("where the echo is on"), echo);
    plan.sets(&Command::cmee(2));
    plan.reads("sim", &["AT+CPIN?"]);
    for command in [
        "AT+CIMI",
        "AT+CICCID",
        "AT+CNUM",
        "AT+CRSM=176,<file>,0,0,<octets>",
    ] {
        plan.add(command, Some(NEW), Effect::Reads);
    }
    let radio = [
        "AT+CSQ",
        "AT+CPSI?",
        "AT+CREG?",
        "AT+CGREG?",
        "AT+CEREG?",
        "AT+COPS?",
        "AT+CGATT?",
    ];
    plan.reads("register", &radio);
}

/// From there to a context that is active.
fn up_to_bearer(plan: &mut Plan, wanted: &Wanted) -> Result<(), CommandError> {
    plan.reads("attach", &["AT+CGATT?"]);
    let attached = Effect::Changes("it stays attached".to_owned());
    let attach = Command::cgatt(true);
    plan.add(attach.text(), Some("where it is not attached"), attached);
    plan.reads("bearer", &["AT+CGDCONT?", "AT+CGACT?"]);
    for command in ["AT+CGPADDR=<cid>", "AT+CGCONTRDP=<cid>"] {
        plan.add(command, Some("for each active context"), Effect::Reads);
    }
    context(plan, wanted)
}

/// The context itself: one that is there, or a spare one that is defined.
fn context(plan: &mut Plan, wanted: &Wanted) -> Result<(), CommandError> {
    // Whichever is spare then, the command is made now: an APN that cannot stand in it is told before anything is asked.
    let spare = SPARE[0];
    let define = Command::cgdcont(spare, wanted.pdp_type, &wanted.apn)?;
    let unnumbered = |command: &Command, name: &str| {
        let numbered = format!("{name}={spare},");
        command
            .text()
            .replacen(&numbered, &format!("{name}=<cid>,"), 1)
    };
    let when = match wanted.auth {
        Some(_) => {
            "always, since credentials cannot be read back; <cid> is the first free one of 5 to 24, then 2 to 4"
        }
        None => {
            "where no context has this APN and covers the type; <cid> is the first free one of 5 to 24, then 2 to 4"
        }
    };
    let deleted = Effect::Changes("deleted again with AT+CGDCONT=<cid>".to_owned());
    plan.add(unnumbered(&define, "AT+CGDCONT"), Some(when), deleted);
    if let Some((auth, user, password)) = &wanted.auth {
        let login = Command::cgauth(spare, *auth, user, password)?;
        let login = redact(&unnumbered(&login, "AT+CGAUTH"));
        let gone = Effect::Changes("goes with the context".to_owned());
        plan.add(login, Some("with the context"), gone);
    }
    let down = Effect::Changes(
        "down again with AT+CGACT=0,<cid>, but for context 1, which carries the attach".to_owned(),
    );
    plan.add("AT+CGACT=1,<cid>", Some("where it is not active"), down);
    Ok(())
}

/// The module's socket stack on that context.
fn stack(plan: &mut Plan, limits: StackLimits) -> Result<(), CommandError> {
    plan.serves = "stack";
    let back = || Effect::Changes("as it was found, at the end".to_owned());
    plan.add(
        Command::netclose().text(),
        Some("where the stack is open on another context and nobody uses it"),
        back(),
    );
    plan.add(
        "AT+CSOCKSETPN=<cid>",
        Some("where it is set otherwise"),
        back(),
    );
    plan.sets(&Command::cipmode(false));
    plan.sets(&Command::cipsendmode(false));
    plan.sets(&Command::cipccfg_words());
    plan.sets(&Command::ciptimeout(
        limits.open,
        limits.connect,
        limits.send,
    )?);
    plan.sets(&Command::ciprxget(true));
    let closed = Effect::Changes("closed again with AT+NETCLOSE".to_owned());
    let open = Command::netopen();
    plan.add(open.text(), Some("where it is closed"), closed);
    plan.reads("stack", &["AT+IPADDR", "AT+CIPOPEN?"]);
    Ok(())
}

/// Resolve, connect, post, and leaving the modem tidy.
fn over_the_network(plan: &mut Plan, goal: &Goal<'_>) -> Result<(), CommandError> {
    let is_address = goal.host.parse::<std::net::IpAddr>().is_ok();
    if !is_address {
        plan.serves = "resolve";
        let ask = Command::cdnsgip(goal.host)?;
        plan.add(ask.text(), None, Effect::Network);
    }
    let to = if is_address { goal.host } else { "<address>" };
    // A port or a host that cannot stand in the command is told now.
    Command::cipopen_tcp(0, goal.host, goal.port)?;
    plan.serves = "connect";
    let open = format!("AT+CIPOPEN=<link>,\"TCP\",\"{to}\",{}", goal.port);
    plan.add(open, None, Effect::Network);
    if !is_address {
        let again = Some("where none of the addresses could be connected: asked once more");
        plan.add(Command::cdnsgip(goal.host)?.text(), again, Effect::Network);
    }
    let broken =
        Some("where the request broke off before it was out: once more, on a new connection");
    let ours = Effect::Changes("the link is ours".to_owned());
    plan.add("AT+CIPCLOSE=<link>", broken, ours);
    plan.add("AT", broken, Effect::Reads);
    plan.serves = "post";
    plan.add("AT+CIPSEND=<link>,<octets>", None, Effect::Network);
    plan.add("AT+CIPRXGET=2,<link>,1500", None, Effect::Network);
    plan.serves = "restore";
    let closed = Effect::Changes("the link is ours".to_owned());
    plan.add(
        "AT+CIPCLOSE=<link>",
        Some("where the link is still open"),
        closed,
    );
    read_again(plan);
    Ok(())
}

/// What is read at the end, so that it is known what has to be put back.
fn read_again(plan: &mut Plan) {
    plan.reads("restore", &READ);
    plan.reads("restore", &READ_SMS);
    for command in ["AT+CGPADDR=<cid>", "AT+CGCONTRDP=<cid>"] {
        let active = Some("for each context that is still active");
        plan.add(command, active, Effect::Reads);
    }
}

/// All commands of a send of an MMS, in their order. Those of the listening for incoming messages are not among them.
///
/// # Errors
/// What the profile names cannot stand in a command: an APN with a quote, port 0.
pub fn planned(
    wanted: &Wanted,
    limits: StackLimits,
    goal: &Goal<'_>,
) -> Result<Vec<Planned>, Trouble> {
    let mut plan = Plan {
        all: Vec::new(),
        serves: "port",
    };
    up_to_registration(&mut plan);
    let made = up_to_bearer(&mut plan, wanted)
        .and_then(|()| stack(&mut plan, limits))
        .and_then(|()| over_the_network(&mut plan, goal));
    made.map_err(|e| {
        Trouble::new(
            "the profile names something that cannot be said to a modem",
            "",
            e.to_string(),
            "Correct the profile",
        )
    })?;
    Ok(plan.all)
}

/// All commands of a send as SMS, in their order.
#[must_use]
pub fn planned_sms(tpdus: &[usize], report: bool) -> Vec<Planned> {
    let mut plan = Plan {
        all: Vec::new(),
        serves: "port",
    };
    up_to_registration(&mut plan);
    plan.reads("sms", &READ_SMS);
    plan.sets(&Command::cmgf(false));
    plan.sets(&Command::csms(0));
    if report {
        let back = Effect::Changes("put back to what was read".to_owned());
        let when = Some("where status reports are not handed on");
        plan.add("AT+CNMI=1,<as read>,<as read>,1,<as read>", when, back);
    }
    for octets in tpdus {
        plan.add(format!("AT+CMGS={octets}"), None, Effect::Network);
    }
    read_again(&mut plan);
    plan.all
}
