//! MMS PDUs as they went and came, octet for octet: what an inspector shows and what a resend repeats.
use super::{Direction, Octets};
use serde::{Deserialize, Serialize};

/// A PDU that was made to be sent or came from the network, whatever stands in its octets. A recording holds it with identities hidden, each mask as
/// long as what it hides, so that every octet keeps its place; `--json` holds it only with `--wire`, as it does the wire itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PduSeen {
    /// Towards the MMSC (`tx`) or from it (`rx`).
    pub dir: Direction,
    /// The send that it belongs to, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<u64>,
    /// The octets, all of them.
    pub octets: Octets,
}
