//! Profiles side by side, and beside what the network granted.
//!
//! In: profiles, and a PDP context as the modem last read it. Out: one row a field, with the values of all columns as text. Passwords are
//! compared and never shown.
use super::{Auth, Pdn, Profile};
use crate::event::{Context, PdpType};
use std::fmt::Write as _;

/// Fields in rows, profiles in columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What stands over the columns: `us/mint`, `shipped`, `granted`.
    pub columns: Vec<String>,
    /// One row a field.
    pub rows: Vec<Row>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As in the file: `pdn.apn`, `mms.proxy`; and `dials`, which follows from several.
    pub field: String,
    /// One value a column; nothing where the column cannot say, as a network cannot of an MMSC.
    pub values: Vec<Option<String>>,
    /// Whether two columns that can say it say different things.
    pub differs: bool,
}

impl Comparison {
    /// The rows in which columns differ.
    pub fn differing(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.differs)
    }
}

/// How two values of a field are compared.
#[derive(Clone, Copy, PartialEq)]
enum Same {
    Exactly,
    /// As domain names are: APNs (3GPP TS 23.003 section 9.1), with or without the operator's part.
    AsApn,
}

/// One field of a column: what is shown, and what is compared where that is something else.
struct Cell {
    field: &'static str,
    same: Same,
    shown: String,
    compared: Option<String>,
}

fn cell(field: &'static str, shown: impl Into<String>) -> Cell {
    Cell {
        field,
        same: Same::Exactly,
        shown: shown.into(),
        compared: None,
    }
}

/// Profiles side by side.
#[must_use]
pub fn side_by_side(profiles: &[&Profile]) -> Comparison {
    let columns = profiles.iter().map(|p| p.id.to_string()).collect();
    table(columns, profiles.iter().map(|p| cells(p)).collect())
}

/// The three-way view: the shipped profile, the person's copy, and what the network granted to the context that was asked for. Columns that
/// are not there are left out.
#[must_use]
pub fn three_way(
    shipped: Option<&Profile>,
    own: Option<&Profile>,
    granted: Option<&Context>,
) -> Comparison {
    let (mut columns, mut cells_of) = (Vec::new(), Vec::new());
    for (name, profile) in [("shipped", shipped), ("yours", own)] {
        if let Some(profile) = profile {
            columns.push(name.to_owned());
            cells_of.push(cells(profile));
        }
    }
    if let Some(context) = granted {
        columns.push(format!("granted (cid {})", context.cid));
        cells_of.push(granted_cells(context));
    }
    table(columns, cells_of)
}

fn table(columns: Vec<String>, cells_of: Vec<Vec<Cell>>) -> Comparison {
    let mut fields: Vec<(&'static str, Same)> = Vec::new();
    for cell in cells_of.iter().flatten() {
        if !fields.iter().any(|(field, _)| *field == cell.field) {
            fields.push((cell.field, cell.same));
        }
    }
    let rows = fields.into_iter().map(|(field, same)| {
        let of_column = |cells: &Vec<Cell>| cells.iter().position(|c| c.field == field);
        let found: Vec<Option<&Cell>> = cells_of
            .iter()
            .map(|cells| of_column(cells).map(|at| &cells[at]))
            .collect();
        let key = |cell: &Cell| {
            let text = cell.compared.as_ref().unwrap_or(&cell.shown);
            match same {
                Same::Exactly => text.clone(),
                Same::AsApn => plain_apn(text).to_ascii_lowercase(),
            }
        };
        let mut keys = found.iter().flatten().map(|cell| key(cell));
        let first = keys.next();
        let differs = keys.any(|key| Some(key) != first);
        Row {
            field: field.to_owned(),
            values: found.iter().map(|c| c.map(|c| c.shown.clone())).collect(),
            differs,
        }
    });
    let rows = rows
        .filter(|row| row.differs || row.values.iter().flatten().any(|v| !v.is_empty()))
        .collect();
    Comparison { columns, rows }
}

/// An APN without the operator's part, `.mncXXX.mccXXX.gprs`.
fn plain_apn(apn: &str) -> &str {
    let lower = apn.to_ascii_lowercase();
    match lower.rfind(".mnc") {
        Some(at) if lower.ends_with(".gprs") => &apn[..at],
        _ => apn,
    }
}

fn cells(profile: &Profile) -> Vec<Cell> {
    let mms = &profile.mms;
    let matches: Vec<String> = profile.matches.iter().map(ToString::to_string).collect();
    let port = |port: Option<u16>| port.map(|p| p.to_string()).unwrap_or_default();
    let headers = mms.headers.iter().cloned().map(String::from);
    let mut cells = vec![
        cell("name", &profile.name),
        cell("core", &profile.core),
        cell("match", matches.join(", ")),
    ];
    cells.extend(pdn_cells(profile.mms_pdn()));
    cells.extend([
        cell("mms.mmsc", &mms.mmsc),
        cell(
            "mms.proxy",
            mms.proxy
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        cell("mms.listed_port", port(mms.listed_port)),
        cell("mms.connect_port", port(mms.connect_port)),
        cell("dials", dials(profile)),
        cell("mms.max_bytes", mms.max_bytes.to_string()),
        cell("mms.recipient_limit", mms.recipient_limit.to_string()),
        cell("mms.user_agent", &mms.user_agent),
        cell("mms.uaprof", &mms.uaprof),
        cell("mms.uaprof_header", &mms.uaprof_header),
        cell("mms.headers", headers.collect::<Vec<_>>().join("; ")),
        cell("mms.close_connection", yes_no(mms.close_connection)),
        cell(
            "mms.charset_in_content_type",
            yes_no(mms.charset_in_content_type),
        ),
    ]);
    cells
}

/// What is dialled, and what is asked for there.
fn dials(profile: &Profile) -> String {
    match profile.endpoint() {
        Ok(endpoint) => format!("{} for {}", endpoint.dialled(), endpoint.request_target()),
        Err(fault) => format!("cannot be dialled: {fault}"),
    }
}

fn yes_no(on: bool) -> &'static str {
    if on { "yes" } else { "no" }
}

fn pdn_cells(pdn: &Pdn) -> Vec<Cell> {
    let roles: Vec<&str> = pdn.roles.iter().map(|r| r.word()).collect();
    let auth = match pdn.auth {
        Auth::None => "none",
        Auth::Pap => "pap",
        Auth::Chap => "chap",
        Auth::PapOrChap => "pap_or_chap",
    };
    let password = pdn.password.as_ref().map(|p| p.reveal().to_owned());
    vec![
        cell("pdn.role", roles.join(", ")),
        apn_cell(&pdn.apn, None),
        cell("pdn.type", pdn.pdp_type.to_string()),
        cell(
            "pdn.roaming_type",
            pdn.roaming_type.map(|t| t.to_string()).unwrap_or_default(),
        ),
        cell("pdn.auth", auth),
        cell("pdn.user", pdn.user.clone().unwrap_or_default()),
        Cell {
            compared: Some(password.clone().unwrap_or_default()),
            ..cell(
                "pdn.password",
                password.map(|_| "(hidden)").unwrap_or_default(),
            )
        },
        cell(
            "pdn.mtu",
            pdn.mtu.map(|m| m.to_string()).unwrap_or_default(),
        ),
    ]
}

fn apn_cell(shown: &str, compared: Option<String>) -> Cell {
    Cell {
        same: Same::AsApn,
        compared,
        ..cell("pdn.apn", shown)
    }
}

/// What a network says: the APN it gave, the families it gave addresses of, its resolvers.
fn granted_cells(context: &Context) -> Vec<Cell> {
    let mut cells = Vec::new();
    match context.granted.as_ref().map(|g| g.apn.as_str()) {
        Some(apn) if !apn.is_empty() => {
            let mut shown = apn.to_owned();
            if !plain_apn(apn).eq_ignore_ascii_case(plain_apn(&context.apn)) {
                let _ = write!(shown, " (asked for {})", context.apn);
            }
            cells.push(apn_cell(&shown, Some(apn.to_owned())));
        }
        _ if !context.active => cells.push(apn_cell("nothing: not active", None)),
        _ => {} // this firmware does not tell what was granted
    }
    if let Some(families) = granted_type(context) {
        cells.push(cell("pdn.type", families.to_string()));
    }
    cells.push(cell("address", context.addresses.join(", ")));
    let dns = context.granted.as_ref().map(|g| g.dns.join(", "));
    cells.push(cell("resolvers", dns.unwrap_or_default()));
    cells
}

/// The PDP type that the addresses of a context amount to.
#[must_use]
pub fn granted_type(context: &Context) -> Option<PdpType> {
    let v6 = |address: &&String| address.contains(':');
    let has_v6 = context.addresses.iter().any(|a| v6(&a));
    let has_v4 = context.addresses.iter().any(|a| !v6(&a));
    match (has_v4, has_v6) {
        (true, true) => Some(PdpType::Ipv4v6),
        (true, false) => Some(PdpType::Ip),
        (false, true) => Some(PdpType::Ipv6),
        (false, false) => None,
    }
}

/// What two profiles say differently about where a message goes and over what, in one line; empty where they agree. For the `differs` of
/// a source.
#[must_use]
pub fn disagreement(own: &Profile, other: &Profile) -> String {
    const TELLING: [(&str, &str); 7] = [
        ("pdn.apn", "APN"),
        ("pdn.type", "PDP type"),
        ("pdn.user", "user"),
        ("pdn.password", "password"),
        ("mms.mmsc", "MMSC"),
        ("mms.proxy", "proxy"),
        ("mms.listed_port", "listed port"),
    ];
    let both = side_by_side(&[own, other]);
    let silent = PdpType::Unknown.to_string();
    let mut parts = Vec::new();
    for row in both.differing() {
        let Some((_, word)) = TELLING.iter().find(|(field, _)| *field == row.field) else {
            continue;
        };
        let theirs = row.values[1].as_deref().unwrap_or_default();
        // A list that has no PDP types does not disagree about them.
        if row.values.contains(&Some(silent.clone())) && row.field == "pdn.type" {
            continue;
        }
        parts.push(if theirs.is_empty() {
            format!("no {word}")
        } else {
            format!("{word} {theirs}")
        });
    }
    parts.join(", ")
}
