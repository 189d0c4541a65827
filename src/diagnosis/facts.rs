//! Facts, asked as a rule wants to ask them.
use super::classify::classify;
use super::evidence::of;
use crate::event::{
    AnswerKind, Attempt, Calibration, Case, Class, EventId, Evidence, FactRow, Found, HttpProbe,
    On, Query, RecordKind, TargetRole, Witness,
};

/// The facts of one probe.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    rows: &'a [FactRow],
}

/// An attempt as a rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    /// Its row.
    pub row: &'a FactRow,
    /// The attempt.
    pub attempt: &'a Attempt,
    /// Its class, by all that was learned.
    pub class: Class,
}

/// An HTTP request as a rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Its row.
    pub row: &'a FactRow,
    /// The request.
    pub http: &'a HttpProbe,
}

/// A lookup as a rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// Its row.
    pub row: &'a FactRow,
    /// Where.
    pub on: &'a On,
    /// The name.
    pub name: &'a str,
    /// What it is.
    pub role: TargetRole,
    /// What came.
    pub addresses: &'a [String],
    /// In words.
    pub says: &'a str,
}

/// A question to one resolver as a rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Put<'a> {
    /// Its row.
    pub row: &'a FactRow,
    /// Question and answer.
    pub query: &'a Query,
}

/// A context as a rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Its row.
    pub row: &'a FactRow,
    /// Which.
    pub on: &'a On,
    /// Its addresses.
    pub addresses: &'a [String],
    /// Its resolvers.
    pub dns: &'a [String],
    /// Why it was refused.
    pub refused: Option<&'a str>,
}

impl<'a> Facts<'a> {
    /// Of these rows, in the order in which they were found.
    #[must_use]
    pub fn of(rows: &'a [FactRow]) -> Self {
        Self { rows }
    }

    /// All rows.
    #[must_use]
    pub fn rows(self) -> &'a [FactRow] {
        self.rows
    }

    fn found(self) -> impl DoubleEndedIterator<Item = (&'a FactRow, &'a Found)> {
        self.rows.iter().map(|r| (r, &r.fact.found))
    }

    /// What is asked for.
    #[must_use]
    pub fn case(self) -> Option<&'a Case> {
        self.found().rev().find_map(|(_, f)| match f {
            Found::Case(case) => Some(case),
            _ => None,
        })
    }

    /// Signatures that were learned.
    #[must_use]
    pub fn calibrations(self) -> Vec<(EventId, &'a Calibration)> {
        self.found()
            .filter_map(|(r, f)| match f {
                Found::Calibration(c) => Some((r.id, c)),
                Found::Recalled { calibration, .. } => Some((r.id, calibration)),
                _ => None,
            })
            .collect()
    }

    /// All attempts, classed by all that was learned, the void ones included.
    #[must_use]
    pub fn tried(self) -> Vec<Tried<'a>> {
        let learned = self.calibrations();
        self.found()
            .filter_map(|(row, f)| match f {
                Found::Attempt(attempt) => Some(Tried {
                    row,
                    attempt,
                    class: classify(attempt, &learned).0,
                }),
                _ => None,
            })
            .collect()
    }

    /// Attempts that count: see [`Facts::void`].
    #[must_use]
    pub fn counting(self) -> Vec<Tried<'a>> {
        self.tried()
            .into_iter()
            .filter(|t| self.void(t).is_none())
            .collect()
    }

    /// Attempts that count, with targets of this role.
    #[must_use]
    pub fn to(self, role: TargetRole) -> Vec<Tried<'a>> {
        self.counting()
            .into_iter()
            .filter(|t| t.attempt.target.role == role)
            .collect()
    }

    /// Why nothing may be inferred from an attempt.
    #[must_use]
    pub fn void(self, tried: &Tried<'_>) -> Option<String> {
        let attempt = tried.attempt;
        let on = &attempt.on;
        if on.stack == crate::event::StackKind::At && on.proven != Some(true) {
            let cid = on.cid.map_or_else(|| "?".to_owned(), |c| c.to_string());
            return Some(format!(
                "the stack is not proved to be on context {cid} (IPADDR = CGPADDR)"
            ));
        }
        if on.stack == crate::event::StackKind::Host {
            let misrouted = self.misrouted_to(&attempt.target.host);
            if let (false, Some(by)) = (tried.class == Class::Open, misrouted) {
                return Some(format!("this machine's routes lead by {by}"));
            }
        } else if attempt.target.host.contains(':') && tried.class != Class::Open {
            return Some("a literal IPv6 address is not documented for this command".to_owned());
        }
        if tried.never_left() {
            return Some("it never left the module".to_owned());
        }
        if !self.has_family(on, &attempt.target.host) {
            return Some("the context has no address of that family".to_owned());
        }
        if attempt.target.role.is_mmsc() && tried.class != Class::Open && self.control(on).is_none()
        {
            return Some("no control passed beside it".to_owned());
        }
        None
    }

    /// Whether a context has an address of the family of a literal; true for a name, and where nothing is known of it.
    #[must_use]
    pub fn has_family(self, on: &On, host: &str) -> bool {
        let is_v6 = |a: &str| a.contains(':');
        let known = self.contexts().into_iter().rev().find(|c| {
            c.on.cid == on.cid && c.on.pdp_type == on.pdp_type && !c.addresses.is_empty()
        });
        match (host.parse::<std::net::IpAddr>(), known) {
            (Ok(_), Some(context)) => context.addresses.iter().any(|a| is_v6(a) == is_v6(host)),
            _ => true,
        }
    }

    /// A control that passed on this context.
    #[must_use]
    pub fn control(self, on: &On) -> Option<Tried<'a>> {
        let mut open = self.tried().into_iter().filter(|t| {
            t.attempt.target.role.is_control() && t.attempt.on == *on && t.class == Class::Open
        });
        let first = open.next()?;
        // A public host says more than the resolver beside us.
        let public = open.find(|t| t.attempt.target.role == TargetRole::Reference);
        match first.attempt.target.role {
            TargetRole::Reference => Some(first),
            _ => public.or(Some(first)),
        }
    }

    /// The interface by which this machine's route leads to this address, where it is another one than was to be used. What was not
    /// looked at by itself goes by what was seen of its family: nothing is inferred from it rather than too much.
    #[must_use]
    pub fn misrouted_to(self, host: &str) -> Option<&'a str> {
        let six = host.contains(':');
        let audited = self.found().filter_map(|(_, f)| match f {
            Found::Route {
                target,
                leaves_by,
                wanted,
            } if target.contains(':') == six => Some((target == host, leaves_by, wanted)),
            _ => None,
        });
        let audited: Vec<_> = audited.collect();
        let its_own = audited.iter().any(|(same, ..)| *same);
        audited
            .into_iter()
            .filter(|(same, ..)| *same || !its_own)
            .find_map(|(_, leaves_by, wanted)| (leaves_by != wanted).then_some(leaves_by.as_str()))
    }

    /// Whether routes of this machine lead by another interface than was to be used.
    #[must_use]
    pub fn is_misrouted(self) -> bool {
        self.find(|f| matches!(f, Found::Route { leaves_by, wanted, .. } if leaves_by != wanted))
            .is_some()
    }

    /// A ping that the MMSC, or its proxy, answered.
    #[must_use]
    pub fn pinged(self) -> Option<Evidence> {
        self.found().find_map(|(row, f)| match f {
            Found::Ping {
                host,
                role,
                answers: 1..,
                average_ms,
                ..
            } if role.is_mmsc() => Some(of(
                row,
                format!("{host} answers a ping after {average_ms} ms"),
            )),
            _ => None,
        })
    }

    /// HTTP requests.
    #[must_use]
    pub fn http(self) -> Vec<Asked<'a>> {
        self.found()
            .filter_map(|(row, f)| match f {
                Found::Http(http) => Some(Asked { row, http }),
                _ => None,
            })
            .collect()
    }

    /// Requests that an MMSC answered as one.
    #[must_use]
    pub fn answered(self) -> Vec<Asked<'a>> {
        self.http()
            .into_iter()
            .filter(|a| a.http.kind() == Some(AnswerKind::Mmsc))
            .collect()
    }

    /// Where a send would go: the configured MMSC, at the configured port, over the context of the profile.
    #[must_use]
    pub fn is_configured(self, on: &On, target: &crate::event::Target) -> bool {
        let Some(case) = self.case() else {
            return false;
        };
        let role = match case.via_proxy {
            Some(_) => TargetRole::Proxy,
            None => TargetRole::Mmsc,
        };
        let port = case.via_proxy.as_ref().map_or(case.port, |(_, port)| *port);
        target.role == role && target.port == port && self.is_home(on)
    }

    /// Whether this is the context that the profile asks for: the first that was brought up.
    #[must_use]
    pub fn is_home(self, on: &On) -> bool {
        on.stack != crate::event::StackKind::Host
            && self.home().is_some_and(|home| {
                home.on.cid == on.cid
                    && home.on.apn_asked == on.apn_asked
                    && home.on.pdp_type == on.pdp_type
            })
    }

    /// The context that the profile asks for: where it was refused or left without an address at first and given later, the one
    /// that was given.
    #[must_use]
    pub fn home(self) -> Option<Context<'a>> {
        let contexts = self.contexts();
        let first = *contexts.first()?;
        let given = || {
            contexts.iter().filter(|c| {
                c.refused.is_none()
                    && c.on.apn_asked == first.on.apn_asked
                    && c.on.pdp_type == first.on.pdp_type
            })
        };
        let whole = given().find(|c| !c.addresses.is_empty());
        Some(whole.or_else(|| given().next()).copied().unwrap_or(first))
    }

    /// Whether another APN was granted than asked for.
    #[must_use]
    pub fn substituted(self) -> Option<Context<'a>> {
        self.home().filter(|c| {
            c.on.apn_granted
                .as_ref()
                .is_some_and(|granted| !same_apn(granted, &c.on.apn_asked))
        })
    }

    /// Whether the configured MMSC answered as one.
    #[must_use]
    pub fn works_as_configured(self) -> Option<Asked<'a>> {
        let case = self.case()?;
        self.answered().into_iter().find(|a| {
            self.is_configured(&a.http.on, &a.http.target)
                && a.http.variant.is_empty()
                && (case.via_proxy.is_some() || a.http.path == case.path)
                && case
                    .meant_path
                    .as_deref()
                    .is_none_or(|meant| a.http.path != meant)
        })
    }

    /// Contexts that were brought up or refused.
    #[must_use]
    pub fn contexts(self) -> Vec<Context<'a>> {
        self.found()
            .filter_map(|(row, f)| match f {
                Found::Bearer {
                    on,
                    addresses,
                    dns,
                    refused,
                } => Some(Context {
                    row,
                    on,
                    addresses,
                    dns,
                    refused: refused.as_deref(),
                }),
                _ => None,
            })
            .collect()
    }

    /// Lookups.
    #[must_use]
    pub fn lookups(self) -> Vec<Named<'a>> {
        self.found()
            .filter_map(|(row, f)| match f {
                Found::Lookup {
                    on,
                    name,
                    role,
                    addresses,
                    says,
                    ..
                } => Some(Named {
                    row,
                    on,
                    name,
                    role: *role,
                    addresses,
                    says,
                }),
                _ => None,
            })
            .collect()
    }

    /// Questions to single resolvers.
    #[must_use]
    pub fn queries(self) -> Vec<Put<'a>> {
        self.found()
            .filter_map(|(row, f)| match f {
                Found::Query(query) => Some(Put { row, query }),
                _ => None,
            })
            .collect()
    }

    /// Whether a context was given this resolver by the network.
    #[must_use]
    pub fn is_granted(self, resolver: &str) -> bool {
        self.contexts()
            .iter()
            .any(|c| c.dns.iter().any(|d| d == resolver))
    }

    /// Addresses of a kind that resolvers gave by themselves on this context for names of this role, first come first.
    #[must_use]
    pub fn told(self, on: &On, role: TargetRole, record: RecordKind) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        let here = |q: &&Put<'_>| {
            q.query.role == role
                && q.query.record == record
                && q.query.on.stack == on.stack
                && q.query.on.cid == on.cid
                && q.query.on.pdp_type == on.pdp_type
        };
        for put in self.queries().iter().filter(here) {
            for address in put.query.addresses() {
                if all.iter().all(|(_, known)| known != address) {
                    all.push((put.query.name.clone(), address.clone()));
                }
            }
        }
        all
    }

    /// What a person saw.
    #[must_use]
    pub fn witness(self, witness: Witness) -> Option<&'a FactRow> {
        self.found().find_map(|(row, f)| match f {
            Found::Witness { witness: said } if *said == witness => Some(row),
            _ => None,
        })
    }

    /// An MMS was announced to this line: from where the carrier wants it fetched, and what the profile names.
    #[must_use]
    pub fn inbound(self) -> Option<(&'a FactRow, &'a str, &'a str)> {
        self.found().find_map(|(row, f)| match f {
            Found::Inbound { at, profile, .. } => Some((row, at.as_str(), profile.as_str())),
            _ => None,
        })
    }

    /// The first row that a closure accepts.
    #[must_use]
    pub fn find(self, accept: impl Fn(&Found) -> bool) -> Option<&'a FactRow> {
        self.rows.iter().find(|r| accept(&r.fact.found))
    }

    /// All rows that a closure accepts.
    #[must_use]
    pub fn all(self, accept: impl Fn(&Found) -> bool) -> Vec<&'a FactRow> {
        self.rows.iter().filter(|r| accept(&r.fact.found)).collect()
    }
}

/// The network writes the operator's suffix behind an APN (3GPP TS 23.003 section 9.1).
#[must_use]
pub fn same_apn(granted: &str, asked: &str) -> bool {
    let (granted, asked) = (granted.to_ascii_lowercase(), asked.to_ascii_lowercase());
    granted == asked
        || granted
            .strip_prefix(&asked)
            .is_some_and(|rest| rest.starts_with(".mnc") && rest.ends_with(".gprs"))
}
