//! The module's own socket stack, on a chosen context, and the proof of it.
use super::{Bearer, Modem, Settings, Trouble};
use crate::at::errors::{IpError, SocketError};
use crate::at::{Command, reply};
use crate::event::{EventId, Stack, What};
use std::time::Duration;

/// The stack is on another context, and moving it would cut connections that are not ours.
fn stack_of_others(cid: u8, used: &[u8]) -> Trouble {
    let numbers: Vec<String> = used.iter().map(u8::to_string).collect();
    Trouble::new(
        format!("the socket stack is not on PDP context {cid}, and others use it"),
        format!("links in use: {}", numbers.join(", ")),
        "the module has one socket stack for all: putting it on another context would cut these connections, so it was left alone",
        "Let the program that opened them end, or close them yourself (AT+CIPCLOSE=n, or AT+NETCLOSE for all); then send again",
    )
}

/// Limits that the stack is told (`+CIPTIMEOUT`), at speed 1; each is 3 to 120 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackLimits {
    /// For `+NETOPEN`.
    pub open: Duration,
    /// For a TCP connect.
    pub connect: Duration,
    /// For a chunk of `+CIPSEND`.
    pub send: Duration,
}

impl Modem {
    /// Opens the stack on the bearer's context and proves it: `+IPADDR` must be the context's address. Settings are changed
    /// only where they differ.
    ///
    /// # Errors
    /// A refusing stack, or one that is on another context.
    pub async fn open_stack(
        &self,
        bearer: &Bearer,
        limits: StackLimits,
        now: &Settings,
    ) -> Result<(Stack, Vec<EventId>), Trouble> {
        let cid = bearer.context.cid;
        let mut evidence = Vec::new();
        let was_open = now.value("NETOPEN") == Some("1");
        if was_open {
            let (stack, event) = self.look_at_stack(bearer).await?;
            evidence.push(event);
            // Two contexts can have the same address: the stack must also say that it is on this one.
            let chosen = now
                .value("CSOCKSETPN")
                .map_or(cid == 1, |c| c == cid.to_string());
            if stack.proven == Some(true) && chosen {
                self.configure(limits, now).await?;
                return Ok((stack, evidence));
            }
            let used = self.look_at_links().await?;
            if !used.is_empty() {
                return Err(stack_of_others(cid, &used));
            }
            self.must(Command::netclose().late_exclusive()).await?;
            self.tell_links_closed("the socket stack was closed");
        }
        self.point_at(cid, now).await?;
        self.configure(limits, now).await?;
        evidence.push(self.netopen().await?);
        let (stack, event) = self.look_at_stack(bearer).await?;
        evidence.push(event);
        if stack.proven == Some(true) {
            return Ok((stack, evidence));
        }
        let address = stack.address.unwrap_or_default();
        let mut trouble = Trouble::new(
            format!("the socket stack is not on PDP context {cid}"),
            format!(
                "+IPADDR: {address}, +CGPADDR: {cid},{}",
                bearer.context.addresses.join(",")
            ),
            format!(
                "sockets of the module leave by an address that is not context {cid}'s, so they do not use the APN {}",
                bearer.context.apn
            ),
            "This firmware does not follow AT+CSOCKSETPN: define the APN in the context that it uses, or delete the other contexts",
        );
        trouble.evidence = evidence;
        Err(trouble)
    }

    /// Tells the stack which context to use. Without that command it uses context 1.
    async fn point_at(&self, cid: u8, now: &Settings) -> Result<(), Trouble> {
        let fault = |e: crate::at::CommandError| {
            Trouble::new(
                "the context cannot be chosen",
                "",
                e.to_string(),
                "This is a fault in mmscope",
            )
        };
        match now.value("CSOCKSETPN") {
            Some(used) if used == cid.to_string() => Ok(()),
            Some(_) => self
                .must(Command::csocksetpn(cid).map_err(fault)?)
                .await
                .map(|_| ()),
            None if cid == 1 => Ok(()),
            None => Err(Trouble::new(
                format!("this firmware cannot put its sockets on PDP context {cid}"),
                "AT+CSOCKSETPN? | ERROR",
                "the command that chooses the context is missing, so the socket stack uses context 1 whatever APN that has",
                "Put the APN into context 1 by hand (AT+CGDCONT=1,…), knowing that SMS may stop until the modem has attached again",
            )),
        }
    }

    /// Sets how the stack talks: errors as words, data by count, its own limits.
    async fn configure(&self, limits: StackLimits, now: &Settings) -> Result<(), Trouble> {
        self.set(now, "CIPMODE", "0", Command::cipmode(false))
            .await?;
        self.set(now, "CIPSENDMODE", "0", Command::cipsendmode(false))
            .await?;
        let words = Command::cipccfg_words();
        let wanted = words
            .text()
            .split_once('=')
            .map(|(_, v)| v.to_owned())
            .unwrap_or_default();
        self.set(now, "CIPCCFG", &wanted, words).await?;
        let fault = |e: crate::at::CommandError| {
            Trouble::new(
                "the limits cannot be set",
                "",
                e.to_string(),
                "Correct the limits in the configuration",
            )
        };
        let timeouts =
            Command::ciptimeout(limits.open, limits.connect, limits.send).map_err(fault)?;
        let wanted = timeouts
            .text()
            .split_once('=')
            .map(|(_, v)| v.to_owned())
            .unwrap_or_default();
        self.set(now, "CIPTIMEOUT", &wanted, timeouts).await?;
        self.set(now, "CIPRXGET", "1", Command::ciprxget(true))
            .await
    }

    async fn netopen(&self) -> Result<EventId, Trouble> {
        let answer = self.ask(Command::netopen().late_exclusive()).await?;
        let late = answer.late.as_deref().and_then(reply::net_result);
        let already = answer
            .lines
            .iter()
            .filter_map(|l| IpError::parse(l))
            .any(|e| e.number == Some(IpError::ALREADY_OPENED));
        if late == Some(SocketError::NONE) || (late.is_none() && already) {
            return Ok(answer.evidence);
        }
        let raw = super::trouble::raw(&answer);
        let means = match late {
            Some(err) => format!(
                "the modem tried and failed with {err}: it does not say whether the network or itself is the cause"
            ),
            None => format!(
                "{} and gives no reason; on some firmware (LE20B05SIM7600G22) this happens although the PDP context is active and works over USB",
                super::trouble::AT_ONCE
            ),
        };
        Err(Trouble::new(
            "the module's socket stack did not open (AT+NETOPEN)",
            raw,
            means,
            "Try once more after AT+NETCLOSE; try PDP type IP in a copy of the profile; if it stays, the modem's network interface over USB may still work",
        )
        .on(answer.evidence))
    }

    /// Closes the stack, whatever state it is in: a refusal means that it was closed.
    ///
    /// # Errors
    /// Where the modem falls silent.
    pub async fn close_stack(&self) -> Result<(), Trouble> {
        self.ask(Command::netclose().late_exclusive()).await?;
        Ok(())
    }

    /// Reads the stack's address and compares it with the context's.
    ///
    /// # Errors
    /// Where the modem falls silent.
    pub async fn look_at_stack(&self, bearer: &Bearer) -> Result<(Stack, EventId), Trouble> {
        let answer = self.ask(Command::ipaddr()).await?;
        let address = answer
            .lines
            .iter()
            .find_map(|l| reply::ipaddr(l))
            .map(|a| a.to_string());
        let proven = address
            .as_ref()
            .map(|a| bearer.context.addresses.contains(a));
        let cid = proven.filter(|p| *p).map(|_| bearer.context.cid);
        let stack = Stack {
            open: address.is_some(),
            cid,
            address,
            proven,
        };
        self.record(What::Stack(stack.clone()));
        Ok((stack, answer.evidence))
    }

    /// Records that the stack is closed, as a restore left it.
    pub fn tell_stack_closed(&self, settings: &Settings) {
        if settings.value("NETOPEN") != Some("1") {
            self.record(What::Stack(Stack::default()));
        }
    }
}
