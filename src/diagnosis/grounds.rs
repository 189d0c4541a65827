//! What a row can carry: whether a packet left at all, whether an address is one, whether silence was told apart from a refusal.
use super::Facts;
use super::facts::Tried;
use crate::event::{Class, On, Shape, StackKind, Target, TargetRole};
use std::net::IpAddr;

/// Below this many milliseconds an `ERROR` that stands before any `OK` is the module's own (diagnosis tree section 5, LOCAL).
const OWN_MS: u64 = 150;
/// So many times an attempt that never left the module is made again.
const AGAIN: usize = 2;
/// "busy" (at-sim7600 section 4.3): the module is at another connect, however long it takes to say so.
const BUSY: u8 = 8;
/// "wrong parameter" (at-sim7600 section 4.3): the command is refused for what it says, however often it is given.
const WRONG_PARAMETER: u8 = 3;

impl Tried<'_> {
    /// Whether the module refused by itself, before anything went out: then it says nothing of the network.
    #[must_use]
    pub fn never_left(&self) -> bool {
        let own = self.attempt.shape == Shape::AtOnce
            && (self.attempt.code == Some(BUSY) || self.attempt.ms.is_some_and(|ms| ms < OWN_MS));
        self.attempt.on.stack == StackKind::At
            && self.class != Class::Open
            && (own || matches!(self.class, Class::Local | Class::Nostack))
    }

    /// Whether it ended because its limit passed, and not by anything that came.
    #[must_use]
    pub fn at_limit(&self) -> bool {
        matches!(
            (self.attempt.ms, self.attempt.limit_ms),
            (Some(ms), Some(limit)) if ms.saturating_mul(10) >= limit.saturating_mul(9)
        )
    }
}

/// Whether a packet can be sent there to one host: neither "no address" nor everybody. Resolvers that block a name answer so.
#[must_use]
pub fn is_usable(address: &str) -> bool {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => v4.octets()[0] != 0 && !v4.is_broadcast(),
        Ok(IpAddr::V6(v6)) => !v6.is_unspecified(),
        Err(_) => true,
    }
}

impl Facts<'_> {
    /// Whether a target needs no further attempt on this context. One that never left the module is repeated once something
    /// else has opened since: what stood in the way is gone then.
    #[must_use]
    pub fn was_tried(self, on: &On, target: &Target) -> bool {
        let all = self.tried();
        let here: Vec<usize> = (0..all.len())
            .filter(|&i| all[i].attempt.on == *on && all[i].attempt.target == *target)
            .collect();
        let Some(&last) = here.last() else {
            return false;
        };
        let opened_since = all[last..]
            .iter()
            .any(|t| t.attempt.on == *on && t.class == Class::Open);
        let repeated = all[last].never_left()
            && all[last].attempt.code != Some(WRONG_PARAMETER)
            && here.len() <= AGAIN
            && opened_since;
        !repeated
    }

    /// Whether a stack was seen to show a refusal otherwise than silence: a refusal was learned, something ended early at the
    /// MMSC, or the host's system said in so many words that nothing came. Without that a reset that the module keeps to
    /// itself until its limit looks like a packet that was dropped (E06 and E07 with one signature).
    #[must_use]
    pub fn tells_silence_apart(self) -> bool {
        let learned = self
            .calibrations()
            .iter()
            .any(|(_, c)| c.class == Class::Refused);
        let early = |t: &Tried<'_>| {
            let probed = t.attempt.target.role.is_mmsc();
            t.attempt.on.stack == StackKind::At
                && t.class != Class::Open
                && t.attempt.shape == Shape::Late
                && t.attempt.code.is_some()
                && !t.at_limit()
                && (probed || t.attempt.target.role == TargetRole::Closed)
        };
        let said = |t: &Tried<'_>| {
            t.attempt.on.stack == StackKind::Host
                && t.class == Class::Silent
                && t.attempt.target.role.is_mmsc()
        };
        learned || self.counting().iter().any(|t| early(t) || said(t))
    }

    /// Whether public hosts were tried on a context, and none opened.
    #[must_use]
    pub fn public_hosts_fail(self, on: &On) -> bool {
        let tried = self.tried();
        let mut public = tried
            .iter()
            .filter(|t| t.attempt.target.role == TargetRole::Reference && t.attempt.on == *on)
            .filter(|t| !t.never_left())
            .peekable();
        public.peek().is_some() && public.all(|t| t.class != Class::Open)
    }

    /// Whether the name that a send dials was asked for on the profile's context, and came to no address that the
    /// context could dial.
    #[must_use]
    pub fn is_unresolved(self) -> bool {
        let Some(case) = self.case() else {
            return false;
        };
        let dialled = case.via_proxy.as_ref().map_or(&case.host, |(host, _)| host);
        let mut asked = self
            .lookups()
            .into_iter()
            .filter(|l| l.name == *dialled && self.is_home(l.on))
            .peekable();
        let dialled = |l: &super::facts::Named<'_>| {
            let fits = |a: &String| is_usable(a) && self.has_family(l.on, a);
            l.addresses.iter().any(fits)
        };
        asked.peek().is_some() && !asked.any(|l| dialled(&l))
    }

    /// APNs that other profiles for this SIM name, and that no context was brought up with.
    #[must_use]
    pub fn untried_apns(self) -> Vec<String> {
        let seen = self.contexts();
        let named = self.case().map(|c| c.other_apns.as_slice());
        named
            .unwrap_or_default()
            .iter()
            .map(|(apn, _)| apn)
            .filter(|apn| {
                !seen
                    .iter()
                    .any(|c| c.on.apn_asked.eq_ignore_ascii_case(apn))
            })
            .cloned()
            .collect()
    }
}
