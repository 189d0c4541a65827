//! Profiles side by side: what each of them came to, as a table in Markdown, CSV or JSON.
use super::ladder::time;
use crate::diagnosis::{Facts, cells};
use crate::event::clean;
use crate::event::{Cell, EventId, FactRow, Found, TargetRole};
use crate::known::Probe;
use std::fmt::Write;
use std::net::IpAddr;

/// A table: a first column of names, then one column a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The profiles.
    pub columns: Vec<String>,
    /// A name and a value for each profile.
    pub rows: Vec<(String, Vec<String>)>,
}

/// A probe under its heading.
#[derive(Clone, Debug)]
pub struct Column {
    /// The heading: a profile's id, and when, where it is of an earlier session.
    pub title: String,
    /// The probe.
    pub probe: Probe,
}

impl Column {
    /// Under its profile's id.
    #[must_use]
    pub fn of(probe: &Probe) -> Self {
        Self {
            title: probe.began.profile.clone(),
            probe: probe.clone(),
        }
    }
}

/// What was not measured.
const NOT_TRIED: &str = "not tried";

/// A value, and the events that it rests on, most telling first.
pub type Value = (String, Vec<EventId>);

/// The table over probes, in their order.
#[must_use]
pub fn table(columns: &[Column]) -> Table {
    let probes: Vec<&Probe> = columns.iter().map(|c| &c.probe).collect();
    let values = |row: Vec<Value>| row.into_iter().map(|(value, _)| value).collect();
    let rows = rows(&probes).into_iter();
    Table {
        columns: columns.iter().map(|c| c.title.clone()).collect(),
        rows: rows.map(|(name, row)| (name, values(row))).collect(),
    }
}

/// The same with what each value rests on.
#[must_use]
pub fn rows(probes: &[&Probe]) -> Vec<(String, Vec<Value>)> {
    let mut rows: Vec<(String, Vec<Value>)> = Vec::new();
    let mut add = |name: &str, value: &dyn Fn(&Probe) -> Value| {
        rows.push((name.to_owned(), probes.iter().map(|p| value(p)).collect()));
    };
    add("verdict", &|p| {
        p.verdict.as_ref().map_or_else(Value::default, |v| {
            let pieces = v.evidence.iter();
            let behind = pieces.flat_map(|e| std::iter::once(e.id).chain(e.rests_on.clone()));
            (
                format!("{} ({})", v.verdict, v.confidence),
                behind.collect(),
            )
        })
    });
    add("APN asked", &|p| bearer(p, |b| b.asked));
    add("APN granted", &|p| bearer(p, |b| b.granted));
    add("PDP type", &|p| bearer(p, |b| b.pdp_type));
    add("context", &|p| bearer(p, |b| b.cid));
    add("our address", &|p| bearer(p, |b| b.address));
    add("resolver", &|p| bearer(p, |b| b.dns));
    for name in names(probes) {
        let title = format!("{name} resolves to");
        add(&title, &|p| resolved(p, &name));
    }
    for (title, host, port) in places(probes) {
        add(&title, &|p| reached(p, &host, port));
    }
    rows
}

/// The fact's event, and those that show it.
fn behind(row: &FactRow) -> Vec<EventId> {
    let shown = row.fact.rests_on.iter().copied();
    std::iter::once(row.id).chain(shown).collect()
}

fn not_tried() -> Value {
    (NOT_TRIED.to_owned(), Vec::new())
}

struct Bearer {
    asked: String,
    granted: String,
    pdp_type: String,
    cid: String,
    address: String,
    dns: String,
}

fn bearer(probe: &Probe, pick: impl Fn(Bearer) -> String) -> Value {
    let found = probe.facts.iter().find_map(|r| match &r.fact.found {
        Found::Bearer {
            on,
            addresses,
            dns,
            refused,
        } => Some((
            r,
            Bearer {
                asked: on.apn_asked.clone(),
                granted: match refused {
                    Some(why) => format!("refused: {why}"),
                    None => on
                        .apn_granted
                        .clone()
                        .unwrap_or_else(|| "not told".to_owned()),
                },
                pdp_type: on.pdp_type.to_string(),
                cid: on.cid.map_or_else(String::new, |c| c.to_string()),
                address: all_or_none(addresses.iter().map(|a| address_class(a))),
                dns: all_or_none(dns.iter().cloned()),
            },
        )),
        _ => None,
    });
    match found {
        Some((row, found)) => (pick(found), behind(row)),
        None => not_tried(),
    }
}

fn all_or_none(values: impl Iterator<Item = String>) -> String {
    let all = values.collect::<Vec<_>>().join(", ");
    if all.is_empty() {
        "none".to_owned()
    } else {
        all
    }
}

/// An address by its kind; the address itself of a private one only (a public one points at the line).
fn address_class(text: &str) -> String {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(a)) if a.is_private() => format!("{a} (private, RFC 1918)"),
        Ok(IpAddr::V4(a)) if a.octets()[0] == 100 && (64..128).contains(&a.octets()[1]) => {
            format!("{a} (shared, RFC 6598)")
        }
        Ok(IpAddr::V4(a)) => {
            let [first, second, ..] = a.octets();
            format!("{first}.{second}.x.x (neither private nor shared)")
        }
        Ok(IpAddr::V6(a)) if a.segments()[0] & 0xfe00 == 0xfc00 => "IPv6, unique local".to_owned(),
        Ok(IpAddr::V6(_)) => "IPv6".to_owned(),
        Err(_) => clean(text),
    }
}

fn names(probes: &[&Probe]) -> Vec<String> {
    let mut names = Vec::new();
    for probe in probes {
        for row in &probe.facts {
            if let Found::Lookup { name, role, .. } = &row.fact.found
                && role.is_mmsc()
                && name.parse::<IpAddr>().is_err()
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        }
    }
    names
}

fn resolved(probe: &Probe, wanted: &str) -> Value {
    let mut asked = Vec::new();
    let mut all: Vec<&str> = Vec::new();
    for row in &probe.facts {
        if let Found::Lookup {
            name, addresses, ..
        } = &row.fact.found
            && name == wanted
        {
            asked.extend(behind(row));
            for address in addresses {
                if !all.contains(&address.as_str()) {
                    all.push(address);
                }
            }
        }
    }
    match (asked.is_empty(), all.is_empty()) {
        (true, _) => not_tried(),
        (false, true) => ("no address".to_owned(), asked),
        (false, false) => (all.join(", "), asked),
    }
}

/// Every place that some probe tried, with a title: name or kind, address and port.
fn places(probes: &[&Probe]) -> Vec<(String, String, u16)> {
    let mut all: Vec<(String, String, u16)> = Vec::new();
    for probe in probes {
        for cell in tried(probe) {
            let t = &cell.target;
            if all
                .iter()
                .any(|(_, host, port)| *host == t.host && *port == t.port)
            {
                continue;
            }
            let what = match (&t.name, t.role.is_mmsc()) {
                (Some(name), true) if *name != t.host => format!("{name} at {t}"),
                (_, true) => t.to_string(),
                (_, false) => format!("{} {t}", t.role.words()),
            };
            all.push((what, t.host.clone(), t.port));
        }
    }
    all.sort_by_key(|(title, _, _)| title.clone());
    all.sort_by_key(|(title, _, _)| title.contains("(control)"));
    all
}

/// The cells of a probe: as its verdict has them, or as they are so far.
fn tried(probe: &Probe) -> Vec<Cell> {
    match &probe.verdict {
        Some(verdict) => verdict.cells.clone(),
        None => cells(Facts::of(&probe.facts)),
    }
}

fn reached(probe: &Probe, host: &str, port: u16) -> Value {
    let cells = tried(probe);
    let cell = cells.iter().find(|c| {
        c.target.host == host && c.target.port == port && c.target.role != TargetRole::BusyLink
    });
    let Some(cell) = cell else {
        return not_tried();
    };
    let mut text = cell.class.to_string();
    if let Some(ms) = cell.ms {
        let _ = write!(text, " {}", time(ms));
    }
    if let Some(http) = &cell.http {
        let _ = write!(text, "; HTTP {http}");
    }
    if let Some(void) = &cell.void {
        let _ = write!(text, " (void: {void})");
    }
    let row = probe.facts.iter().find(|r| r.id == cell.id);
    (text, row.map_or_else(|| vec![cell.id], behind))
}

/// Whether the profiles differ in a row: those rows stand out. How long something took is no difference.
#[must_use]
pub fn differs(values: &[String]) -> bool {
    let mut told = values
        .iter()
        .filter(|v| *v != NOT_TRIED)
        .map(|v| timeless(v));
    let first = told.next();
    told.any(|v| Some(v) != first)
}

/// A value without its durations: `SILENT 15.1 s` is `SILENT`.
fn timeless(value: &str) -> String {
    let words: Vec<&str> = value.split(' ').collect();
    let unit = |w: &str| matches!(w.trim_end_matches(';'), "ms" | "s" | "min");
    let number = |w: &str| {
        w.chars()
            .all(|c| c.is_ascii_digit() || c == '.' || c == ':')
    };
    let is_time = |n: usize| {
        let next = words.get(n + 1).is_some_and(|w| unit(w));
        let before = n.checked_sub(1).and_then(|b| words.get(b));
        number(words[n]) && next || unit(words[n]) && before.is_some_and(|w| number(w))
    };
    let kept = (0..words.len()).filter(|n| !is_time(*n));
    kept.map(|n| words[n]).collect::<Vec<_>>().join(" ")
}

/// As Markdown; rows in which the profiles differ are bold.
#[must_use]
pub fn markdown(table: &Table) -> String {
    let cell = |text: &str| clean(text).replace('|', "\\|");
    let mut out = String::from("| |");
    for column in &table.columns {
        let _ = write!(out, " {} |", cell(column));
    }
    out.push_str("\n|---|");
    out.push_str(&"---|".repeat(table.columns.len()));
    out.push('\n');
    for (name, values) in &table.rows {
        let bold = differs(values);
        let name = if bold {
            format!("**{}**", cell(name))
        } else {
            cell(name)
        };
        let _ = write!(out, "| {name} |");
        for value in values {
            let _ = write!(out, " {} |", cell(value));
        }
        out.push('\n');
    }
    out
}

/// As CSV (RFC 4180), with a last column that says whether the values differ.
#[must_use]
pub fn csv(table: &Table) -> String {
    let field = |text: &str| {
        let text = clean(text);
        if text.contains([',', '"']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    let line = |first: &str, rest: &[String]| {
        let all: Vec<String> = std::iter::once(field(first))
            .chain(rest.iter().map(|v| field(v)))
            .collect();
        format!("{}\r\n", all.join(","))
    };
    let with = |values: &[String], last: &str| -> Vec<String> {
        values.iter().cloned().chain([last.to_owned()]).collect()
    };
    let mut out = line("", &with(&table.columns, "differs"));
    for (name, values) in &table.rows {
        let differs = if differs(values) { "yes" } else { "no" };
        out += &line(name, &with(values, differs));
    }
    out
}

/// The rows for programs, each with whether its values differ.
fn rows_of(table: &Table) -> Vec<serde_json::Value> {
    let rows = table.rows.iter();
    rows.map(|(name, values)| {
        serde_json::json!({"name": name, "values": values, "differs": differs(values)})
    })
    .collect()
}

/// The table alone as JSON, indented.
#[must_use]
pub fn rows_json(table: &Table) -> String {
    let value = serde_json::json!({"columns": table.columns, "rows": rows_of(table)});
    format!("{value:#}\n")
}

/// As one JSON line: the table, and the verdict of each profile.
#[must_use]
pub fn json(table: &Table, columns: &[Column], notes: &[String]) -> String {
    let rows = rows_of(table);
    let verdicts: Vec<_> = columns
        .iter()
        .filter_map(|c| c.probe.verdict.as_ref())
        .collect();
    let value = serde_json::json!({
        "event": "result",
        "profiles": table.columns,
        "rows": rows,
        "verdicts": verdicts,
        "notes": notes,
    });
    format!("{value}\n")
}
