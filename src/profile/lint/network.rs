//! Rules on the packet data network: APN, PDP type, credentials, contexts.
use super::{Lint, LintContext, Severity};
use crate::event::PdpType;
use crate::profile::{Auth, Family, Profile};
use std::net::Ipv4Addr;

type Found = Vec<Lint>;
type Around<'c> = &'c LintContext<'c>;

const APN: &str = "pdn.apn";
const TYPE: &str = "pdn.type";

fn warn(
    id: &str,
    field: &str,
    value: impl Into<String>,
    says: impl Into<String>,
    fix: impl Into<String>,
) -> Found {
    vec![Lint::whole(id, Severity::Warning, field, value, says, fix)]
}

/// P09: no PDP type, or one with which the MMSC may be out of reach.
pub(super) fn pdp_type(profile: &Profile, context: Around<'_>) -> Found {
    let own = profile.mms_pdn().pdp_type;
    let listed = context.listed.map(|l| l.mms_pdn().pdp_type);
    match (own, listed) {
        (PdpType::Unknown, _) => warn(
            "P09",
            TYPE,
            "",
            "the list names no PDP type, so IPv4 is asked for, as phones do; it may not be what the network wants today",
            "nothing to do if it works; else try type = \"IPV4V6\"",
        ),
        (PdpType::Ip, Some(better @ (PdpType::Ipv6 | PdpType::Ipv4v6))) => warn(
            "P09",
            TYPE,
            own.to_string(),
            format!("only IPv4 is asked for, where the carrier's list says {better}"),
            format!("write type = \"{better}\""),
        ),
        (PdpType::Ipv6, _) => literal_behind_ipv6(profile),
        _ => Found::new(),
    }
}

/// IPv6 only, and an IPv4 literal is dialled: no resolver can make an IPv6 address of it.
fn literal_behind_ipv6(profile: &Profile) -> Found {
    let Ok(endpoint) = profile.endpoint() else {
        return Found::new();
    };
    let dialled = endpoint.dialled().host;
    let translated = profile.expect.families.contains(&Family::V6Nat64);
    if dialled.parse::<Ipv4Addr>().is_err() || translated {
        return Found::new();
    }
    warn(
        "P09",
        TYPE,
        PdpType::Ipv6.to_string(),
        format!(
            "only IPv6 is asked for and {dialled} is an IPv4 address: without a translator for literals it cannot be reached"
        ),
        "write type = \"IPV4V6\"",
    )
}

/// P12: the same APN on two contexts, or another PDP type than the attach's. Networks refuse a second connection to one APN.
pub(super) fn same_apn_twice(profile: &Profile, context: Around<'_>) -> Found {
    let pdn = profile.mms_pdn();
    let same: Vec<_> = context
        .contexts
        .iter()
        .filter(|c| c.apn.eq_ignore_ascii_case(&pdn.apn))
        .collect();
    if let [first, second, ..] = same.as_slice() {
        let says = format!(
            "the contexts {} and {} both ask for {}: networks refuse a second connection to the same APN",
            first.cid, second.cid, pdn.apn
        );
        return warn(
            "P12",
            APN,
            &pdn.apn,
            says,
            "use one of them for both, or clear one",
        );
    }
    let attach = same.first().filter(|c| c.cid == 1);
    match attach {
        Some(c) if pdn.pdp_type != PdpType::Unknown && c.pdp_type != pdn.pdp_type => {
            let says = format!(
                "the attach (cid 1) asks for {} as {}, this profile asks for it as {}",
                c.apn, c.pdp_type, pdn.pdp_type
            );
            warn(
                "P12",
                TYPE,
                pdn.pdp_type.to_string(),
                says,
                "use the attach's context as it is, or ask for the same type in both",
            )
        }
        _ => Found::new(),
    }
}

/// P18: half of the credentials.
pub(super) fn credentials(profile: &Profile, _: Around<'_>) -> Found {
    let pdn = profile.mms_pdn();
    let user = pdn.user.as_deref().unwrap_or_default();
    let has_password = pdn
        .password
        .as_ref()
        .is_some_and(|p| !p.reveal().is_empty());
    if !user.is_empty() && !has_password {
        let says = "a user name stands here without a password";
        return warn(
            "P18",
            "pdn.user",
            user,
            says,
            "add the password that the carrier publishes with it, or remove both",
        );
    }
    if pdn.auth == Auth::None && (!user.is_empty() || has_password) {
        let says = "there are credentials, and auth = \"none\" keeps them from being sent";
        return warn(
            "P18",
            "pdn.auth",
            "none",
            says,
            "write auth = \"pap_or_chap\", or remove the credentials",
        );
    }
    if pdn.auth != Auth::None && user.is_empty() && !has_password {
        let says = "a way to authenticate is named, and there are no credentials";
        return warn(
            "P18",
            "pdn.auth",
            auth_word(pdn.auth),
            says,
            "add user and password, or write auth = \"none\"",
        );
    }
    Found::new()
}

fn auth_word(auth: Auth) -> &'static str {
    match auth {
        Auth::None => "none",
        Auth::Pap => "pap",
        Auth::Chap => "chap",
        Auth::PapOrChap => "pap_or_chap",
    }
}

/// P19: an APN that is not written as one writes it.
pub(super) fn apn_spelling(profile: &Profile, context: Around<'_>) -> Found {
    let apn = profile.mms_pdn().apn.as_str();
    let lint = |range: std::ops::Range<usize>, says: &str, fix: String| {
        vec![Lint::whole("P19", Severity::Warning, APN, apn, says, fix).part(apn, range)]
    };
    if let Some(at) = apn.find(char::is_whitespace) {
        let width = apn[at..].chars().next().map_or(1, char::len_utf8);
        let plain: String = apn.split_whitespace().collect();
        return lint(
            at..at + width,
            "an APN has no blanks",
            format!("write {plain}"),
        );
    }
    if let Some(plain) = apn.strip_suffix('.') {
        return lint(
            plain.len()..apn.len(),
            "an APN does not end in a dot",
            format!("write {plain}"),
        );
    }
    if let Some(at) = operator_suffix(apn) {
        let says = "this is the operator's part of an APN: the network adds it by itself (3GPP TS 23.003 section 9.1.2)";
        return lint(at..apn.len(), says, format!("write {}", &apn[..at]));
    }
    match context.listed.map(|l| l.mms_pdn().apn.as_str()) {
        Some(listed) if listed != apn && listed.eq_ignore_ascii_case(apn) => lint(
            0..apn.len(),
            "the letter case is not the list's; networks do not mind (3GPP TS 23.003 section 9.1: as in a domain name)",
            format!("write {listed} if you like it tidy"),
        ),
        _ => Found::new(),
    }
}

/// Where `.mncXXX.mccXXX.gprs` begins.
fn operator_suffix(apn: &str) -> Option<usize> {
    let lower = apn.to_ascii_lowercase();
    let before = lower.strip_suffix(".gprs")?;
    let (before, mcc) = before.rsplit_once(".mcc")?;
    let (before, mnc) = before.rsplit_once(".mnc")?;
    let three = |d: &str| d.len() == 3 && d.bytes().all(|b| b.is_ascii_digit());
    (three(mcc) && three(mnc)).then_some(before.len())
}

/// P21: cid 1 is the attach's context on LTE.
pub(super) fn attach_context(profile: &Profile, context: Around<'_>) -> Found {
    if context.writes_cid != Some(1) || !context.lte {
        return Found::new();
    }
    let says = format!(
        "this send would define cid 1 as {}: on LTE that is the attach's context, the change counts only after a new attach, and it may stop SMS",
        profile.mms_pdn().apn
    );
    warn(
        "P21",
        APN,
        &profile.mms_pdn().apn,
        says,
        "let it use a spare cid",
    )
}

/// P22: the carrier's list has an MTU.
pub(super) fn no_mtu(profile: &Profile, context: Around<'_>) -> Found {
    let listed = context.listed.and_then(|l| l.mms_pdn().mtu);
    match (profile.mms_pdn().mtu, listed) {
        (None, Some(mtu)) => {
            let says = format!("no MTU is set, and the carrier's list says {mtu}");
            let fix = format!("write mtu = {mtu}; the module's own stack minds it by itself");
            vec![Lint::whole("P22", Severity::Info, "pdn.mtu", "", says, fix)]
        }
        _ => Found::new(),
    }
}

/// P23: a virtual operator's SIM on its host's APN.
pub(super) fn hosts_apn(profile: &Profile, context: Around<'_>) -> Found {
    let apn = &profile.mms_pdn().apn;
    let virtual_rows = || profile.matches.iter().filter(|m| m.is_specific());
    let host = context.others.iter().find(|other| {
        other.id != profile.id
            && !other.id.is_example()
            && other.pdns.iter().any(|p| p.apn.eq_ignore_ascii_case(apn))
            && other.matches.iter().any(|theirs| {
                !theirs.is_specific() && virtual_rows().any(|own| own.mccmnc == theirs.mccmnc)
            })
    });
    let Some(host) = host else {
        return Found::new();
    };
    let says = format!(
        "this profile is for a virtual operator's SIMs, and {apn} is the APN of its host {}: it may be refused, or lead to another MMSC",
        host.name
    );
    let fix = match context.listed {
        Some(listed) if !listed.mms_pdn().apn.eq_ignore_ascii_case(apn) => {
            format!("write {}", listed.mms_pdn().apn)
        }
        _ => "use the APN that the virtual operator names".to_owned(),
    };
    warn("P23", APN, apn, says, fix)
}
