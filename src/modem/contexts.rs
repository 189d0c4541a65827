//! PDP contexts: read them, choose one, bring it up.
//!
//! Which cid a send uses: a context that already has the APN and covers the type; else a spare one. Context 1 carries the attach
//! on LTE: rewriting it can stop SMS, so it is never rewritten here.
use super::{Modem, Settings, Trouble};
use crate::at::{Auth, Command, reply};
use crate::event::{Context, ContextList, EventId, Granted, PdpType, What};

/// The context that a profile wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// APN.
    pub apn: String,
    /// PDP type.
    pub pdp_type: PdpType,
    /// How it authenticates, with user and password.
    pub auth: Option<(Auth, String, String)>,
}

/// A context that is up.
#[derive(Clone, Debug, PartialEq)]
pub struct Bearer {
    /// The context as it is now.
    pub context: Context,
    /// It was defined for this send and goes away after it.
    pub ours: bool,
    /// What it rests on.
    pub evidence: Vec<EventId>,
}

/// What is about to be done to a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// It is defined; there was none.
    Define(u8),
    /// It is activated.
    Activate(u8),
}

/// Which context to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This one is there already.
    Existing(u8),
    /// Define this one.
    Spare(u8),
}

/// Spare contexts in the order in which they are tried: 2 to 4 come last, since modems keep IMS and emergency contexts there.
pub(super) const SPARE: [u8; 23] = [
    5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 2, 3, 4,
];

/// Chooses the context for a profile; `None` where all are taken.
#[must_use]
pub fn choose(contexts: &[Context], wanted: &Wanted) -> Option<Choice> {
    let same_apn = |c: &&Context| c.apn.eq_ignore_ascii_case(&wanted.apn);
    // Where IPv6 alone is wanted, a context with both would be resolved to IPv4.
    let alone = |c: &&Context| wanted.pdp_type != PdpType::Ipv6 || c.pdp_type == PdpType::Ipv6;
    let fits = |c: &&Context| same_apn(c) && c.pdp_type.covers(wanted.pdp_type) && alone(c);
    let exact = |c: &&Context| same_apn(c) && c.pdp_type == wanted.pdp_type;
    // Credentials cannot be read back, so a context that needs some is always one of ours.
    let existing = if wanted.auth.is_some() {
        None
    } else {
        contexts
            .iter()
            .filter(exact)
            .max_by_key(|c| c.active)
            .or_else(|| contexts.iter().filter(fits).max_by_key(|c| c.active))
    };
    existing.map(|c| Choice::Existing(c.cid)).or_else(|| {
        SPARE
            .into_iter()
            .find(|cid| contexts.iter().all(|c| c.cid != *cid))
            .map(Choice::Spare)
    })
}

impl Modem {
    /// Reads all contexts, asked and granted, and records them.
    ///
    /// # Errors
    /// Where the modem falls silent.
    pub async fn contexts(&self) -> Result<Vec<Context>, Trouble> {
        let defined = self.must(Command::cgdcont_read()).await?;
        let active = self.ask(Command::cgact_read()).await?;
        let active: Vec<(u8, bool)> = active
            .lines
            .iter()
            .filter_map(|l| reply::cgact(l))
            .collect();
        let mut contexts = Vec::new();
        for row in defined.lines.iter().filter_map(|l| reply::cgdcont(l)) {
            let is_active = active.iter().any(|(cid, on)| *cid == row.cid && *on);
            let mut context = Context {
                cid: row.cid,
                pdp_type: row.pdp_type,
                apn: row.apn,
                active: is_active,
                ..Context::default()
            };
            if is_active {
                self.look_into(&mut context).await?;
            }
            contexts.push(context);
        }
        self.record(What::Contexts(ContextList {
            contexts: contexts.clone(),
        }));
        Ok(contexts)
    }

    /// Reads what an active context was granted. `+CGCONTRDP` is not on every firmware.
    async fn look_into(&self, context: &mut Context) -> Result<EventId, Trouble> {
        let command = |made: Result<Command, crate::at::CommandError>| {
            made.map_err(|e| {
                Trouble::new(
                    "the context cannot be asked for",
                    "",
                    e.to_string(),
                    "This is a fault in mmscope",
                )
            })
        };
        let addresses = self.ask(command(Command::cgpaddr(context.cid))?).await?;
        context.addresses = addresses
            .lines
            .iter()
            .filter_map(|l| reply::cgpaddr(l))
            .filter(|(cid, _)| *cid == context.cid)
            .flat_map(|(_, found)| found)
            .map(|a| a.to_string())
            .collect();
        if let Some(granted) = self.may(command(Command::cgcontrdp(context.cid))?).await? {
            for row in granted
                .lines
                .iter()
                .filter_map(|l| reply::cgcontrdp(l))
                .filter(|r| r.cid == context.cid)
            {
                // One line a family: the second adds its resolvers to the first.
                let granted = row.granted();
                let known = context.granted.get_or_insert_with(Granted::default);
                known.apn = granted.apn;
                known.gateway = known.gateway.take().or(granted.gateway);
                known.dns.extend(granted.dns);
            }
        }
        Ok(addresses.evidence)
    }

    /// Brings up the context that a profile wants, and looks at what was granted. `intend` hears of each change before it is
    /// made, so that it can be undone whatever happens then; where it fails, the change is not made.
    ///
    /// # Errors
    /// `intend`'s, the network's refusal, no spare context, or a context without an address.
    pub async fn bring_up(
        &self,
        wanted: &Wanted,
        now: &Settings,
        intend: impl Fn(Intent) -> Result<(), Trouble>,
    ) -> Result<Bearer, Trouble> {
        let contexts = self.contexts().await?;
        let made = |e: crate::at::CommandError| {
            Trouble::new(
                "the PDP context cannot be defined",
                "",
                e.to_string(),
                "Correct the APN in the profile",
            )
        };
        let (cid, ours) = match choose(&contexts, wanted) {
            Some(Choice::Existing(cid)) => (cid, false),
            Some(Choice::Spare(cid)) => (cid, true),
            None => {
                return Err(Trouble::new(
                    "all 24 PDP contexts are in use",
                    "",
                    "there is no spare context for this APN, and context 1 is not rewritten, since that can stop SMS",
                    "Delete a context that is not needed: AT+CGDCONT=n",
                ));
            }
        };
        let mut evidence = Vec::new();
        if ours {
            intend(Intent::Define(cid))?;
            evidence.push(
                self.must(Command::cgdcont(cid, wanted.pdp_type, &wanted.apn).map_err(made)?)
                    .await?
                    .evidence,
            );
            if let Some((auth, user, password)) = &wanted.auth {
                evidence.push(
                    self.must(Command::cgauth(cid, *auth, user, password).map_err(made)?)
                        .await?
                        .evidence,
                );
            }
        }
        let active = !ours && now.active.get(&cid).copied().unwrap_or(false);
        if !active {
            intend(Intent::Activate(cid))?;
            evidence.push(self.activate(cid, wanted).await?);
        }
        // Read again: an activation may have changed more than this one.
        let contexts = self.contexts().await?;
        let context = contexts
            .into_iter()
            .find(|c| c.cid == cid)
            .unwrap_or_default();
        if context.addresses.is_empty() {
            return Err(Trouble::new(
                format!("PDP context {cid} is active and has no address"),
                "",
                "the network accepted the context and gave it no address: nothing can be sent over it",
                "Try another PDP type in a copy of the profile (IPV4V6, IP), or another APN",
            ));
        }
        Ok(Bearer {
            context,
            ours,
            evidence,
        })
    }

    async fn activate(&self, cid: u8, wanted: &Wanted) -> Result<EventId, Trouble> {
        let command = Command::cgact(true, cid).map_err(|e| {
            Trouble::new(
                "the PDP context cannot be activated",
                "",
                e.to_string(),
                "This is a fault in mmscope",
            )
        })?;
        let answer = self.ask(command).await?;
        if answer.result.is_ok() {
            return Ok(answer.evidence);
        }
        let mut means = super::trouble::means(&answer.result);
        if let Some(cause) = cause(&answer.result.to_string()).and_then(cause_words) {
            means = format!("{means}: {cause}");
        }
        Err(Trouble::new(
            format!("PDP context {cid} with APN {} ({}) was refused", wanted.apn, wanted.pdp_type),
            super::trouble::raw(&answer),
            means,
            "Check the APN's spelling against the carrier's page; try the PDP type that the carrier lists; if both are right, ask the carrier whether this line may use this APN",
        )
        .on(answer.evidence))
    }
}

/// The 3GPP cause that newer firmware writes behind the words of an error: `(#33)`.
fn cause(result: &str) -> Option<u8> {
    let (_, after) = result.rsplit_once("(#")?;
    after.split_once(')')?.0.parse().ok()
}

/// Causes of 3GPP TS 24.008 section 10.5.6.6 and TS 24.301 section 9.9.4.4 that a person can do something about.
fn cause_words(cause: u8) -> Option<&'static str> {
    Some(match cause {
        8 => "operator determined barring: the carrier has barred data for this line",
        26 => "insufficient resources: the cell is full; try again",
        27 => "missing or unknown APN: the name is wrong, or it is not given to this line",
        28 => "unknown PDP type: try IP, IPV4V6 or IPV6",
        29 => "user authentication failed: user, password or the kind of authentication is wrong",
        30 | 31 => "rejected by the gateway without a reason of its own",
        32 => "service option not supported by the network",
        33 => "requested service option not subscribed: this line may not use the APN",
        34 => "service option temporarily out of order; try again later",
        50 => "the network gives IPv4 only here: use PDP type IP",
        51 => {
            "the network gives IPv6 only here: use PDP type IPV6 or IPV4V6; the MMSC then needs an IPv6 address, or NAT64 in between"
        }
        54 => "the context that is to be used does not exist in the network",
        55 => "the network allows no second connection to this APN (multiple PDN)",
        _ => return None,
    })
}
