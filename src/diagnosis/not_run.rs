//! What was left out, why, and what it would tell.
use super::{Budget, Facts};
use crate::event::{Class, Depth, Found, NotRun, PdpType, TargetRole, Witness};

/// What was not run, and what it would tell. Only what could still change something is named.
#[must_use]
pub fn not_run(facts: Facts<'_>, budget: Budget) -> Vec<NotRun> {
    let mut list = Vec::new();
    let mut add = |experiment: &str, title: &str, why: &str, would_tell: &str, side_effect| {
        list.push(NotRun {
            experiment: experiment.to_owned(),
            title: title.to_owned(),
            why: why.to_owned(),
            would_tell: would_tell.to_owned(),
            side_effect,
        });
    };
    let tried = facts.tried();
    let ran = |role: TargetRole| tried.iter().any(|t| t.attempt.target.role == role);
    if !ran(TargetRole::Reference) {
        let named = facts.case().is_some_and(|c| !c.reference.is_empty());
        let why = if named {
            "not reached"
        } else {
            "no public host is named: [reference] open in the configuration"
        };
        add(
            "E05",
            "Connect to a public host",
            why,
            "whether this bearer and stack reach anything beyond the carrier",
            1,
        );
    }
    if !ran(TargetRole::Closed) {
        let why = "no closed port is named: [reference] closed in the configuration";
        add(
            "E06",
            "Connect to a port that refuses",
            why,
            "what a refusal looks like, so that a fast failure gets a name",
            1,
        );
    }
    if !ran(TargetRole::BlackHole) {
        add(
            "E07",
            "Connect to an address at which nobody answers",
            "not reached",
            "what silence looks like on this firmware",
            1,
        );
    }
    let port_80 = tried.iter().any(|t| {
        t.attempt.target.role.is_mmsc()
            && facts
                .case()
                .is_none_or(|c| t.attempt.target.port == c.url_port)
    });
    if !port_80 {
        add(
            "E14",
            "Connect to the MMSC on the port that its URL means",
            "not reached",
            "whether the port is the cause (H1 against H6)",
            1,
        );
    }
    if facts
        .contexts()
        .iter()
        .all(|c| c.on.pdp_type != PdpType::Ipv6 && c.on.pdp_type != PdpType::Ipv4v6)
    {
        let why = "wants another PDP type, side effect 2 (--full)";
        add(
            "E17",
            "Reach the MMSC over IPv6",
            why,
            "whether the IP family is the cause",
            2,
        );
    }
    if budget.depth == Depth::Quick && facts.contexts().len() <= 1 {
        let why = "changes settings for a while, side effect 2 (--full)";
        add(
            "E22",
            "Other PDP types and APNs on a spare context",
            why,
            "whether type or APN is the cause",
            2,
        );
    }
    if !tried
        .iter()
        .any(|t| t.attempt.on.stack == crate::event::StackKind::Host)
    {
        let why = "no interface of this machine leads over the modem (--interface)";
        add(
            "E24",
            "The same connections over the host's own stack",
            why,
            "whether the module's stack is the cause",
            2,
        );
    }
    let witnessed = |a, b| facts.witness(a).is_some() || facts.witness(b).is_some();
    if !witnessed(Witness::PhoneSends, Witness::PhoneFails) {
        add(
            "E34",
            "The same SIM in a phone, Wi-Fi off: send one picture",
            "only a person can do it (--witness phone=sends|fails)",
            "whether the line has MMS at all",
            0,
        );
    }
    if facts.inbound().is_none() && !witnessed(Witness::InboundYes, Witness::InboundNo) {
        add(
            "E35",
            "Send an MMS to this line from another phone",
            "only a person can do it (--witness inbound=yes|no)",
            "whether the line has MMS, and which host and port the carrier names",
            0,
        );
    }
    let silent = tried
        .iter()
        .any(|t| t.attempt.target.role.is_mmsc() && t.class == Class::Silent);
    if silent && facts.answered().is_empty() {
        add(
            "E27",
            "Pings with a rising time to live",
            "AT+CPING takes no time to live below 16, so no hop near to us can be seen",
            "how far packets to the MMSC come",
            1,
        );
    }
    let opened = facts.find(|f| matches!(f, Found::Http(_))).is_some();
    if opened && !budget.sizes {
        add(
            "E31",
            "Ladder of body sizes",
            "only on request (--sizes)",
            "whether large packets are lost on the way",
            1,
        );
    }
    list
}

/// An experiment in a few words, for a sentence that names several.
pub(super) fn in_words(n: &NotRun) -> &str {
    match n.experiment.as_str() {
        "E05" => "a public host",
        "E06" => "a port that refuses",
        "E07" => "an address at which nobody answers",
        "E14" => "the port that the URL means",
        "E17" => "IPv6",
        "E22" => "other PDP types and APNs",
        "E24" => "this machine's own sockets over the modem",
        "E27" => "how far packets come",
        "E31" => "larger bodies",
        "E34" => "the same SIM in a phone",
        "E35" => "an MMS to this line",
        _ => &n.title,
    }
}
