//! A profile with one thing changed, as a verdict advises it.
use super::{HeaderTemplate, Profile, ProfileId, ProxyAddress};
use crate::event::Fix;

/// How the id of a changed copy ends.
const ENDING: &str = "-mended";

impl Profile {
    /// A copy with this one thing changed, under an id of its own: `us/mint` becomes `us/mint-mended`, that one `us/mint-mended-2`.
    ///
    /// # Errors
    /// In words, where what is to be set cannot be: a proxy that is none, a header that HTTP does not allow, an id too long.
    pub fn mended(&self, fix: &Fix) -> Result<Self, String> {
        let mut copy = self.clone();
        copy.id = ProfileId::new(next_id(self.id.as_str()))?;
        copy.origin = super::Origin::Text;
        match fix {
            Fix::Mmsc { url } => {
                copy.mms.mmsc.clone_from(url);
                copy.mms.connect_port = None;
            }
            Fix::Proxy { proxy } => copy.mms.proxy = Some(ProxyAddress::new(proxy)?),
            Fix::PdpType { pdp_type } => {
                if let Some(pdn) = copy.pdns.get_mut(self.mms.pdn) {
                    pdn.pdp_type = *pdp_type;
                    pdn.roaming_type = None;
                }
            }
            Fix::Apn { apn } => {
                if let Some(pdn) = copy.pdns.get_mut(self.mms.pdn) {
                    pdn.apn.clone_from(apn);
                }
            }
            Fix::Header { name, value } => set_header(&mut copy, name, value)?,
        }
        copy.endpoint().map_err(|e| e.to_string())?;
        Ok(copy)
    }
}

fn set_header(copy: &mut Profile, name: &str, value: &str) -> Result<(), String> {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    // Reading it as a template checks what HTTP allows in it.
    let header = HeaderTemplate::new(&format!("{name}: {value}"))?;
    if is("user-agent") {
        value.clone_into(&mut copy.mms.user_agent);
    } else if is(&copy.mms.uaprof_header) {
        value.clone_into(&mut copy.mms.uaprof);
    } else {
        copy.mms.headers.retain(|h| !is(h.name()));
        copy.mms.headers.push(header);
    }
    Ok(())
}

fn next_id(id: &str) -> String {
    let Some((base, count)) = id.rsplit_once(ENDING) else {
        return format!("{id}{ENDING}");
    };
    let number = match count {
        "" => 2,
        counted => match counted
            .strip_prefix('-')
            .and_then(|n| n.parse::<u32>().ok())
        {
            Some(n) => n.saturating_add(1),
            None => return format!("{id}{ENDING}"),
        },
    };
    format!("{base}{ENDING}-{number}")
}
