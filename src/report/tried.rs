//! What was tried and what passed, in the words of the letter: by the probe's cells where there was one, else by the session's connections.
use super::examination::{Examination, class_words, seconds};
use super::facts::{Dial, Facts, LookedUp};
use super::redact::Redactor;
use super::session::{outcome, utc};
use crate::event::{Cell, Class, LookupOutcome, StackKind, TargetRole};

/// The longest list of attempts or controls in a letter.
const MOST: usize = 8;

/// What the letter says of attempts is about this host and port.
#[derive(Clone, Copy)]
pub struct Dialled<'a> {
    /// The host of the MMSC, or of the proxy in front of it.
    pub host: &'a str,
    /// The port that a send dials.
    pub port: Option<u16>,
}

/// What each resolver told of a name, by where it was asked: all addresses of one that changes them, else its newest word.
pub fn names(facts: &Facts, host: &str, hide: &Redactor) -> Option<String> {
    let mine = |l: &&LookedUp| l.lookup.name.eq_ignore_ascii_case(host);
    let rows: Vec<&LookedUp> = facts.lookups.iter().filter(mine).collect();
    let mut places: Vec<Vec<&LookedUp>> = Vec::new();
    for row in rows {
        match places.iter_mut().find(|place| place[0].from == row.from) {
            Some(place) => place.push(row),
            None => places.push(vec![row]),
        }
    }
    let words: Vec<String> = places.iter().take(MOST).map(|p| told(p)).collect();
    (!words.is_empty()).then(|| hide.text(&format!("Name {host}: {}", words.join("; "))))
}

/// `over context 1 (internet, IP) from 12:00 UTC: A 192.0.2.80 by the module's own lookup and 10.64.0.53`, of all that was asked there.
fn told(rows: &[&LookedUp]) -> String {
    let mut asked: Vec<Vec<&LookedUp>> = Vec::new();
    for &row in rows {
        let is_same = |other: &LookedUp| {
            (&other.lookup.resolver, &other.lookup.family)
                == (&row.lookup.resolver, &row.lookup.family)
        };
        match asked.iter_mut().find(|all| is_same(all[0])) {
            Some(all) => all.push(row),
            None => asked.push(vec![row]),
        }
    }
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for all in asked.iter().take(MOST) {
        let by = match all[0].lookup.resolver.as_str() {
            "module" => "the module's own lookup",
            other => other,
        };
        let says = outcome_of(all);
        match said.iter_mut().find(|(known, _)| *known == says) {
            Some((_, who)) => who.push(by),
            None => said.push((says, vec![by])),
        }
    }
    let said = said
        .into_iter()
        .map(|(says, who)| format!("{says} by {}", who.join(" and ")));
    let over = match rows[0].from.as_str() {
        "" => "asked".to_owned(),
        from => format!("over {from}"),
    };
    let said = said.collect::<Vec<_>>().join(", ");
    format!("{over} from {}: {said}", utc(&rows[0].at))
}

/// What one resolver came to for one kind of record.
fn outcome_of(rows: &[&LookedUp]) -> String {
    let mut addresses: Vec<&str> = Vec::new();
    let mut last = String::new();
    for row in rows {
        match &row.lookup.outcome {
            LookupOutcome::Addresses(all) => {
                let new = |a: &&String| !addresses.contains(&a.as_str());
                let new: Vec<&String> = all.iter().filter(new).collect();
                addresses.extend(new.into_iter().map(String::as_str));
                last.clear();
            }
            LookupOutcome::Failed(why) => {
                last = format!("not resolved after {} ({why})", seconds(row.lookup.ms));
            }
            LookupOutcome::Pending => {}
        }
    }
    let family = &rows[0].lookup.family;
    match (addresses.is_empty(), last.is_empty()) {
        (true, _) => format!("{family} {last}"),
        (false, true) => format!("{family} {}", addresses.join(", ")),
        (false, false) => format!("{family} {}, later {last}", addresses.join(", ")),
    }
}

/// Attempts of the probe at MMSC and proxies, by address and port.
pub fn attempts(found: &Examination, hide: &Redactor) -> Option<String> {
    let cells = found.cells(TargetRole::is_mmsc);
    let mut groups: Vec<(String, Vec<&Cell>)> = Vec::new();
    for cell in &cells {
        let family = match (cell.target.host.parse(), cell.target.host.contains(':')) {
            (Ok::<std::net::IpAddr, _>(_), true) => ", IPv6",
            (Ok(_), false) => ", IPv4",
            (Err(_), _) => ", by name",
        };
        let title = format!("{} port {}{family}", cell.target.host, cell.target.port);
        match groups.iter_mut().find(|(t, _)| *t == title) {
            Some((_, cells)) => cells.push(cell),
            None => groups.push((title, vec![cell])),
        }
    }
    let left = groups.len().saturating_sub(MOST);
    let mut words: Vec<String> = groups.iter().take(MOST).map(|(t, c)| group(t, c)).collect();
    if left > 0 {
        words.push(format!("{left} more"));
    }
    let over = over(&cells)?;
    Some(hide.text(&format!("Attempts: {}. {over}", words.join("; "))))
}

fn group(title: &str, cells: &[&Cell]) -> String {
    let mut said: Vec<String> = Vec::new();
    for cell in cells {
        let after = match (cell.class, cell.ms) {
            (Class::Silent, Some(ms)) => format!(" within {}", seconds(ms)),
            (_, Some(ms)) => format!(" after {}", seconds(ms)),
            (_, None) => String::new(),
        };
        let http = match &cell.http {
            Some(http) => format!(", then HTTP {http}"),
            None => String::new(),
        };
        let says = format!("{}{after}{http}", class_words(cell.class));
        if !said.contains(&says) {
            said.push(says);
        }
    }
    format!("{} to {title}: {}", cells.len(), said.join(" / "))
}

/// Over which stacks and bearers, where there was more than one.
fn over(cells: &[&Cell]) -> Option<String> {
    cells.first()?;
    let host = cells.iter().any(|c| c.on.stack == StackKind::Host);
    let module = cells.iter().any(|c| c.on.stack != StackKind::Host);
    let stacks = match (module, host) {
        (true, true) => "Over the module's own sockets and over this computer's interface",
        (false, true) => "Over this computer's interface",
        _ => "Over the module's own sockets",
    };
    let mut bearers: Vec<String> = Vec::new();
    for cell in cells {
        let bearer = format!("{} ({})", cell.on.apn_asked, cell.on.pdp_type);
        if !bearers.contains(&bearer) {
            bearers.push(bearer);
        }
    }
    let bearers = match bearers.len() {
        1 => String::new(),
        _ => format!(", with {}", bearers.join(" and with ")),
    };
    Some(format!("{stacks}{bearers}"))
}

/// The class of the attempts at what is dialled, where all came to the same.
pub fn came_to(found: &Examination, dialled: Dialled<'_>) -> Option<Class> {
    let cells = found.cells(|role| matches!(role, TargetRole::Mmsc | TargetRole::Proxy));
    let mut classes = cells
        .iter()
        .filter(|c| dialled.port.is_none_or(|port| c.target.port == port))
        .map(|c| c.class);
    let first = classes.next()?;
    classes.all(|c| c == first).then_some(first)
}

/// Whether a public host opened in the probe: then data works on this line.
pub fn data_works(found: &Examination) -> bool {
    found
        .cells(|role| role == TargetRole::Reference)
        .iter()
        .any(|c| c.class == Class::Open)
}

/// Controls of the probe that passed.
pub fn passed(found: &Examination, hide: &Redactor) -> Option<String> {
    let all = found.cells(TargetRole::is_control);
    let open: Vec<&Cell> = all.into_iter().filter(|c| c.class == Class::Open).collect();
    let attempts = found.cells(TargetRole::is_mmsc);
    let near = |control: &&Cell| attempts.iter().any(|a| found.same_minute(a, control));
    let when = if !open.is_empty() && open.iter().all(near) {
        "in the same minute"
    } else {
        "in the same session"
    };
    let mut words: Vec<String> = Vec::new();
    for cell in &open {
        let what = match cell.target.role {
            TargetRole::Resolver => "your resolver",
            _ => "public host",
        };
        let place = format!("{what} {} port {}", cell.target.host, cell.target.port);
        if words.iter().all(|w| !w.starts_with(&place)) {
            let took = cell
                .ms
                .map_or_else(String::new, |ms| format!(" in {}", seconds(ms)));
            words.push(format!("{place} opened{took}"));
        }
    }
    words.truncate(MOST);
    let hole = silent_like_nobody(found);
    (!words.is_empty()).then(|| {
        hide.text(&format!(
            "Controls that passed {when}: {}{hole}",
            words.join("; ")
        ))
    })
}

/// For comparison: how an address ended at which nobody answers, where the MMSC ended alike.
fn silent_like_nobody(found: &Examination) -> String {
    let silent = found
        .cells(TargetRole::is_mmsc)
        .iter()
        .any(|c| c.class == Class::Silent);
    let hole = found.cells(|role| role == TargetRole::BlackHole);
    let hole = hole.iter().find(|c| c.class == Class::Silent);
    match (silent, hole) {
        (true, Some(c)) => format!(
            ". For comparison: {}, a documentation address at which nobody answers, ended as the MMSC did",
            c.target.host
        ),
        _ => String::new(),
    }
}

/// Whether a connection went to what is dialled.
fn is_to(facts: &Facts, dial: &Dial, host: &str) -> bool {
    let resolved = facts.lookups.iter().any(|l| {
        let addresses = matches!(&l.lookup.outcome, LookupOutcome::Addresses(all) if all.contains(&dial.link.host));
        addresses && l.lookup.name.eq_ignore_ascii_case(host)
    });
    resolved || dial.link.host == host
}

/// Attempts of the session at what is dialled, by port and family.
pub fn dials(facts: &Facts, dialled: Dialled<'_>, hide: &Redactor) -> Option<String> {
    let mut groups: Vec<(u16, &str, Vec<&Dial>)> = Vec::new();
    for dial in facts.dials.iter().filter(|d| is_to(facts, d, dialled.host)) {
        let family = if dial.link.host.contains(':') {
            "IPv6"
        } else {
            "IPv4"
        };
        match groups
            .iter_mut()
            .find(|(port, f, _)| *port == dial.link.port && *f == family)
        {
            Some((_, _, dials)) => dials.push(dial),
            None => groups.push((dial.link.port, family, vec![dial])),
        }
    }
    let words = groups.iter().map(|(port, family, dials)| {
        let mut said: Vec<String> = Vec::new();
        for dial in dials {
            let says = format!("{} after {} ms", hide.text(&outcome(dial)), dial.link.ms);
            if !said.contains(&says) {
                said.push(says);
            }
        }
        format!(
            "{} to port {port} ({family}): {}",
            dials.len(),
            said.join("; ")
        )
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| {
        format!(
            "Attempts: {}; over the module's own sockets",
            words.join(". ")
        )
    })
}

/// What worked in the same session: connections to others, names that resolved.
pub fn worked(facts: &Facts, dialled: Dialled<'_>, hide: &Redactor) -> Option<String> {
    let others = facts
        .dials
        .iter()
        .filter(|d| d.opened == Some(true) && !is_to(facts, d, dialled.host));
    let mut words: Vec<String> = others
        .map(|d| {
            format!(
                "{} port {} opened in {} ms",
                hide.text(&d.link.host),
                d.link.port,
                d.link.ms
            )
        })
        .collect();
    let answered = facts.lookups.iter().filter(|l| {
        matches!(l.lookup.outcome, LookupOutcome::Addresses(_))
            && !l.lookup.name.eq_ignore_ascii_case(dialled.host)
    });
    words.extend(answered.map(|l| {
        format!(
            "{} resolved in {} ms",
            hide.text(&l.lookup.name),
            l.lookup.ms
        )
    }));
    words.dedup();
    words.truncate(MOST);
    (!words.is_empty()).then(|| {
        format!(
            "Controls that passed in the same session: {}",
            words.join("; ")
        )
    })
}
