//! What a profile asks for, as the diagnosis needs it.
use crate::event::PdpType;
use serde::{Deserialize, Serialize};

/// What the profile asks for, as the diagnosis needs it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The profile's id.
    pub profile: String,
    /// APN of its MMS context.
    pub apn: String,
    /// PDP type of it.
    pub pdp_type: PdpType,
    /// The MMSC's URL as configured.
    pub mmsc: String,
    /// The MMSC's host.
    pub host: String,
    /// The port that a send dials there.
    pub port: u16,
    /// The port that the URL itself means.
    pub url_port: u16,
    /// The path that a send asks for.
    pub path: String,
    /// The path as it was probably meant, where the configured one has a port at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant_path: Option<String>,
    /// The proxy that a send goes through, as `host:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via_proxy: Option<(String, u16)>,
    /// Other MMSCs that the carrier's data names: host, port, path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternates: Vec<(String, u16, String)>,
    /// Proxies that other profiles of this carrier name: host, port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proxies: Vec<(String, u16)>,
    /// Other APNs that other profiles of this carrier name, with their types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_apns: Vec<(String, PdpType)>,
    /// Public hosts for controls: host, port. Empty where the person has named none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference: Vec<(String, u16)>,
    /// A port that is known to refuse, where the person names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<(String, u16)>,
    /// A public resolver that the person names, asked beside the bearer's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_resolver: Option<String>,
    /// An address at which nobody answers.
    pub black_hole: String,
}
