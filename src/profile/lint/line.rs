//! Rules on the line: whether the profile is for this SIM, and what it needs to know about it.
use super::{Lint, LintContext, Severity};
use crate::event::Msisdn;
use crate::profile::{Fit, MccMnc, Profile, Sender};

type Found = Vec<Lint>;
type Around<'c> = &'c LintContext<'c>;

/// P11: made for another SIM.
pub(super) fn another_sim(profile: &Profile, context: Around<'_>) -> Found {
    let Some(sim) = context.sim else {
        return Found::new();
    };
    // A SIM of which nothing at all is known speaks against nothing.
    let nothing_known = *sim == crate::profile::SimFacts::default();
    if nothing_known || profile.matches.is_empty() || profile.fit(sim) != Fit::No {
        return Found::new();
    }
    let wanted: Vec<String> = profile.matches.iter().map(ToString::to_string).collect();
    let home = sim
        .mccmnc
        .as_deref()
        .map(|c| MccMnc::new(c).map_or_else(|_| c.to_owned(), |c| c.to_string()));
    let told = [
        ("", home),
        ("GID1 ", sim.gid1.clone()),
        ("SPN ", sim.spn.clone()),
    ];
    let told: Vec<String> = told
        .into_iter()
        .filter_map(|(word, value)| value.map(|v| format!("{word}{v}")))
        .collect();
    let says = format!(
        "it is for {}, and the SIM in the modem is {}",
        wanted.join(" or "),
        told.join(", ")
    );
    vec![Lint::whole(
        "P11",
        Severity::Warning,
        "match",
        wanted.join(" or "),
        says,
        "choose the profile that fits the SIM: `mmscope profiles list` shows all",
    )]
}

/// P14: a sender that is written in instead of left to the MMSC. The finding shows the number masked, since findings are recorded.
pub(super) fn explicit_sender(profile: &Profile, context: Around<'_>) -> Found {
    let of_profile = match &profile.mms.from {
        Sender::Address(address) => Some(address.as_str()),
        Sender::InsertAddressToken => None,
    };
    let Some(from) = context.from.or(of_profile) else {
        return Found::new();
    };
    let digits = |text: &str| text.replace(|c: char| !c.is_ascii_digit(), "");
    let own = context
        .identity
        .and_then(|i| i.msisdn.as_deref())
        .map(digits);
    let masked = Msisdn::new(from).masked().to_string();
    let (severity, says) = match own {
        Some(own) if own != digits(from) => (
            Severity::Error,
            format!(
                "{masked} is not the number of this SIM: an MMSC refuses it or puts the right one in its place"
            ),
        ),
        _ => (
            Severity::Warning,
            format!(
                "{masked} is written in as the sender, where MMSCs expect to put it in themselves"
            ),
        ),
    };
    let fix = "leave it out: the MMSC knows whose bearer it is (from = \"insert-address-token\")";
    vec![Lint::whole("P14", severity, "mms.from", masked, says, fix)]
}

/// P17: a header that needs what nobody knows. Said once the line was looked at.
pub(super) fn unresolved_token(profile: &Profile, context: Around<'_>) -> Found {
    let Some(identity) = context.identity else {
        return Found::new();
    };
    let (_, missing) = profile.mms.carrier_headers(identity);
    let lint = |token: crate::profile::UnresolvedToken| {
        let offending = format!("{{{}}}", token.token.word());
        let says = format!(
            "the header {} needs {offending}, which nobody has told: a send stops before its request goes out",
            token.header
        );
        let fix = "set own_number in the configuration";
        Lint::whole(
            "P17",
            Severity::Warning,
            "mms.headers",
            offending,
            says,
            fix,
        )
    };
    missing.into_iter().map(lint).collect()
}
