//! A profile with one thing changed, as a verdict advises it.
use super::{HeaderTemplate, Library, Mms, Origin, Profile, ProfileId, ProxyAddress};
use crate::event::Fix;

/// How the id of a changed copy ends.
const ENDING: &str = "-mended";

/// How the id of a copy ends in which one thing is varied.
const VARIED: &str = "-varied";

/// A thing in which two profiles differ, and the first one with only that thing changed.
#[derive(Clone, Debug)]
pub struct Factor {
    /// `APN`, `PDP type`, `MMSC` …
    pub name: &'static str,
    /// The copy.
    pub profile: Profile,
}

impl Profile {
    /// A copy of which number it is, with something of its MMS service changed: for sending the same message with one thing varied.
    ///
    /// # Errors
    /// In words, where what is to be set cannot be, or leads to no MMSC.
    pub fn varied(
        &self,
        nth: usize,
        change: impl FnOnce(&mut Mms) -> Result<(), String>,
    ) -> Result<Self, String> {
        let mut copy = self.clone();
        copy.id = ProfileId::new(Self::varied_id(self.id.as_str(), nth))?;
        copy.origin = super::Origin::Text;
        change(&mut copy.mms)?;
        copy.endpoint().map_err(|e| e.to_string())?;
        Ok(copy)
    }

    /// The id of that copy.
    #[must_use]
    pub fn varied_id(id: &str, nth: usize) -> String {
        format!("{id}{VARIED}-{nth}")
    }

    /// What sets another profile apart from this one, one thing at a time.
    #[must_use]
    pub fn factors(&self, other: &Self) -> Vec<Factor> {
        let mut all = Vec::new();
        let mut add = |name: &'static str, change: &dyn Fn(&mut Self)| {
            let mut profile = self.clone();
            change(&mut profile);
            let id = format!(
                "{}{VARIED}-{}",
                self.id,
                name.to_lowercase().replace(' ', "-")
            );
            let Ok(id) = ProfileId::new(id) else { return };
            profile.id = id;
            profile.origin = super::Origin::Text;
            if profile.endpoint().is_ok() {
                all.push(Factor { name, profile });
            }
        };
        let (mine, theirs) = (self.mms_pdn(), other.mms_pdn());
        let pdn = self.mms.pdn;
        let on_pdn = |profile: &mut Self, change: &dyn Fn(&mut super::Pdn)| {
            profile.pdns.get_mut(pdn).into_iter().for_each(change);
        };
        if !mine.apn.eq_ignore_ascii_case(&theirs.apn) {
            add("APN", &|p| {
                on_pdn(p, &|pdn| pdn.apn.clone_from(&theirs.apn))
            });
        }
        if mine.pdp_type != theirs.pdp_type {
            add("PDP type", &|p| {
                on_pdn(p, &|pdn| pdn.pdp_type = theirs.pdp_type)
            });
        }
        // A URL and the port that a person insists on are one thing: where the MMSC is.
        let place = |p: &Self| (p.mms.mmsc.clone(), p.mms.connect_port);
        if place(self) != place(other) {
            add("MMSC", &|p| {
                p.mms.mmsc.clone_from(&other.mms.mmsc);
                p.mms.connect_port = other.mms.connect_port;
            });
        }
        if self.mms.proxy != other.mms.proxy {
            add("proxy", &|p| {
                p.mms.proxy.clone_from(&other.mms.proxy);
                p.mms.listed_port = other.mms.listed_port;
            });
        }
        if self.mms.user_agent != other.mms.user_agent {
            add("User-Agent", &|p| {
                p.mms.user_agent.clone_from(&other.mms.user_agent)
            });
        }
        if self.mms.uaprof != other.mms.uaprof || self.mms.headers != other.mms.headers {
            add("headers", &|p| {
                p.mms.uaprof.clone_from(&other.mms.uaprof);
                p.mms.uaprof_header.clone_from(&other.mms.uaprof_header);
                p.mms.headers.clone_from(&other.mms.headers);
            });
        }
        all
    }

    /// Whether it was read from the person's own files.
    #[must_use]
    pub fn is_own(&self) -> bool {
        matches!(self.origin, Origin::User(_))
    }

    /// How often the profile with this id was mended to make this one: `us/mint-mended-2` is the second mend of `us/mint`. None where it is none
    /// of its mends.
    #[must_use]
    pub fn mends(&self, id: &str) -> Option<u32> {
        let (base, count) = counted(self.id.as_str())?;
        let (root, before) = counted(id).unwrap_or((id, 0));
        (base == root && count > before).then_some(count)
    }

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
            Fix::NoProxy => {
                // With a proxy it is the proxy's port, without one it would become the MMSC's.
                copy.mms.proxy = None;
                copy.mms.connect_port = None;
            }
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

impl Library {
    /// The last mend of the profile with this id that the person has kept.
    #[must_use]
    pub fn kept_mend(&self, id: &str) -> Option<&Profile> {
        let own = self.all().iter().filter(|p| p.is_own());
        own.filter(|p| p.mends(id).is_some())
            .max_by_key(|p| p.mends(id))
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
    match counted(id) {
        None => format!("{id}{ENDING}"),
        Some((base, count)) => format!("{base}{ENDING}-{}", count.saturating_add(1)),
    }
}

/// The id of what was mended, and how often; none for the id of no mend.
fn counted(id: &str) -> Option<(&str, u32)> {
    let (base, count) = id.rsplit_once(ENDING)?;
    let count = match count {
        "" => 1,
        counted => counted.strip_prefix('-')?.parse().ok()?,
    };
    Some((base, count))
}
