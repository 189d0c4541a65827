//! The rule table: one small function a rule, each returning what it found and on which rows, or nothing.
//!
//! The order is that of the way from the serial line to the MMSC's answer; the first rule that finds something of high
//! confidence decides, else the surest. A rule that rests on fewer than two rows is not heard (see [`super::verdict`]).
mod access;
mod bearer;
mod endpoint;
mod name;
mod page;
mod redirect;
mod rows;
mod sent;
mod service;
mod silence;
mod stack;

use super::Facts;
use crate::event::{Code, Confidence, Evidence, Fix, NextStep};

/// What a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The verdict.
    pub code: Code,
    /// How sure.
    pub confidence: Confidence,
    /// In one line.
    pub headline: String,
    /// The rows that it rests on.
    pub evidence: Vec<Evidence>,
    /// What would change it.
    pub would_change: Vec<String>,
    /// What to do next.
    pub next: Vec<NextStep>,
}

impl Finding {
    fn new(code: Code, confidence: Confidence, headline: impl Into<String>) -> Self {
        Self {
            code,
            confidence,
            headline: headline.into(),
            evidence: Vec::new(),
            would_change: Vec::new(),
            next: Vec::new(),
        }
    }

    fn on(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        for piece in evidence {
            if self.evidence.iter().all(|known| known.id != piece.id) {
                self.evidence.push(piece);
            }
        }
        self
    }

    fn unless(mut self, says: impl Into<String>) -> Self {
        self.would_change.push(says.into());
        self
    }

    fn then(mut self, says: impl Into<String>) -> Self {
        self.next.push(NextStep {
            says: says.into(),
            fix: None,
        });
        self
    }

    fn fix(mut self, says: impl Into<String>, fix: Fix) -> Self {
        self.next.push(NextStep {
            says: says.into(),
            fix: Some(fix),
        });
        self
    }
}

/// Whether a send of this session broke once its connection was open.
pub(super) fn send_broke(facts: Facts<'_>) -> bool {
    sent::broken(facts).is_some()
}

pub(super) use redirect::same_host_path;

/// A rule.
pub type Rule = fn(Facts<'_>) -> Option<Finding>;

/// All rules with their names, in the order in which they are heard.
pub const RULES: &[(&str, Rule)] = &[
    ("nothing answers to AT", access::modem_silent),
    ("the SIM is not ready", access::sim_problem),
    ("registration is denied", access::registration_denied),
    ("no network is heard", access::no_coverage),
    ("the packet domain does not attach", access::not_attached),
    ("the context's IP family is refused", access::family_refused),
    ("the context is refused", access::pdp_refused),
    ("the context has no address", access::no_address),
    ("the stack refuses to open", access::stack_refuses),
    ("the stack is on another context", access::stack_elsewhere),
    ("all links are taken", access::links_taken),
    ("the host's route leads elsewhere", stack::host_route),
    (
        "the host reaches it, the module does not",
        stack::host_reaches,
    ),
    (
        "the module's lookup fails, the resolver answers",
        stack::lookup_fails,
    ),
    ("a send was refused by the MMSC", sent::send_refused),
    ("the modem went away during a send", sent::send_lost_modem),
    ("a send was refused over HTTP", sent::send_rejected),
    ("a send met a web page", sent::send_met_page),
    ("a send met a fault of the MMSC", sent::send_met_fault),
    ("a send got no answer", sent::send_unanswered),
    ("the MMSC refuses this line's PDUs", service::pdu_reject),
    ("the MMSC answers as configured", service::works),
    ("the MMSC is on another port", endpoint::wrong_port),
    ("the MMSC is behind a proxy", endpoint::proxy_required),
    (
        "the MMSC answers without the proxy",
        endpoint::without_proxy,
    ),
    ("the MMSC is on the other IP family", bearer::ip_family),
    ("IPv6 is reached by name only", bearer::by_name_only),
    ("another APN reaches it", bearer::other_apn),
    ("another context reaches it", bearer::other_context),
    ("another APN was granted", bearer::apn_substituted),
    ("another address reaches it", endpoint::stale_name),
    ("the name does not resolve", name::name_wrong),
    (
        "the name has the other family only",
        name::other_family_only,
    ),
    ("a redirect names another port", redirect::other_port),
    ("a redirect names another path", redirect::other_path),
    ("a header makes the difference", service::header_flips),
    ("the path makes the difference", service::path_flips),
    ("large bodies stall", service::mtu),
    ("the larger of two requests stalls", service::larger_stalls),
    ("large bodies are broken off", service::large_dropped),
    ("the MMSC breaks", service::mmsc_fault),
    ("no M-Send.conf comes", service::no_conf),
    ("a web page answers", page::portal),
    (
        "the person's witness speaks against the line",
        silence::subscription,
    ),
    ("the request is refused", page::http_reject),
    ("nothing leaves the module", stack::all_local),
    ("nothing comes back at all", silence::no_data),
    ("only the MMSC is silent", silence::network_block),
];
