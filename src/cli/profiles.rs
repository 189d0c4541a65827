//! `mmscope profiles`
use super::args::{Global, Profiles};
use super::folders::{self, Folders};
use super::{Refusal, output};
use crate::event::Context;
use crate::event::clean;
use crate::known::Known;
use crate::profile::compare::{self, Comparison};
use crate::profile::import::{self, Import};
use crate::profile::{Library, Lint, LintContext, MccMnc, Origin, Profile, Severity};
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Prints a line.
macro_rules! say {
    ($($words:tt)*) => {{
        output::line(&format!($($words)*));
    }};
}

/// Lists, shows or lints profiles.
pub fn run(global: &Global, what: Profiles) -> Result<u8, Refusal> {
    let (library, complaints) = Folders::find()?.library();
    for complaint in &complaints {
        output::tell(complaint);
    }
    match what {
        Profiles::List => list(&library, global.json),
        Profiles::Show {
            id,
            granted: Some(recording),
        } => show_granted(&library, &id, &recording, global.json)?,
        Profiles::Show { id, granted: None } => show(&library, &id, global.json)?,
        Profiles::Lint { which } => return lint(&library, &which, global.json),
        Profiles::Diff { a, b } => return diff(&library, &a, &b, global.json),
        Profiles::Import {
            files,
            network,
            output,
        } => return import_lists(&library, &files, network.as_deref(), output.as_deref()),
    }
    Ok(u8::from(!complaints.is_empty()))
}

fn list(library: &Library, as_json: bool) {
    let rows: Vec<[String; 6]> = library
        .all()
        .iter()
        .map(|p| {
            let used = p.in_use();
            let lints = used.lints.len();
            let state = if lints == 0 {
                "ok".to_owned()
            } else {
                format!("{lints} lints")
            };
            [
                p.id.to_string(),
                used.name,
                used.apn,
                used.pdp_type.to_string(),
                used.dials,
                state,
            ]
        })
        .collect();
    if as_json {
        for [id, name, apn, pdp_type, dials, lints] in rows {
            output::json(
                &json!({"id": id, "name": name, "apn": apn, "type": pdp_type, "dials": dials, "lints": lints}),
            );
        }
        return;
    }
    let width = |column: usize| {
        rows.iter()
            .map(|r| r[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    for row in &rows {
        let line: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(text, width)| format!("{:width$}", clean(text)))
            .collect();
        say!("{}", line.join("  ").trim_end());
    }
}

fn show(library: &Library, id: &str, as_json: bool) -> Result<(), Refusal> {
    let profile = find(library, id)?;
    if as_json {
        output::json(&*profile);
        return Ok(());
    }
    let text = toml::to_string(&*profile).map_err(|e| Refusal::usage(e.to_string()))?;
    say!("{}", text.trim_end());
    match profile.endpoint() {
        Ok(endpoint) => say!(
            "\n# dials {} and asks for {} (Host: {})",
            endpoint.dialled(),
            endpoint.request_target(),
            endpoint.authority
        ),
        Err(e) => say!("\n# cannot be dialled: {e}"),
    }
    for lint in profile.lints() {
        print_lint("# ", &lint);
    }
    Ok(())
}

fn lint(library: &Library, which: &[String], as_json: bool) -> Result<u8, Refusal> {
    let all: Vec<String> = library.all().iter().map(|p| p.id.to_string()).collect();
    let which = if which.is_empty() { &all } else { which };
    let mut code = 0;
    let today = jiff::Zoned::now().date();
    for id in which {
        let profile = find(library, id)?;
        let context = LintContext {
            today: Some(today),
            ..LintContext::within(library, &profile)
        };
        let lints = profile.review(&context);
        if lints.iter().any(|l| l.severity == Severity::Error) {
            code = 1;
        }
        if as_json {
            for l in &lints {
                output::json(
                    &json!({"profile": profile.id, "id": l.id, "severity": l.severity.to_string(), "field": l.field, "offending": l.offending, "says": l.says, "fix": l.fix}),
                );
            }
            continue;
        }
        say!("{}: {}", profile.id, summary(&lints));
        for lint in &lints {
            print_lint("  ", lint);
        }
    }
    Ok(code)
}

/// `good`, or how many of which level; an inert fact alone is still good.
fn summary(lints: &[Lint]) -> String {
    let count = |severity| lints.iter().filter(|l| l.severity == severity).count();
    let counted = [
        ("error", count(Severity::Error)),
        ("warning", count(Severity::Warning)),
    ];
    let words: Vec<String> = counted
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(word, n)| format!("{n} {word}{}", if *n == 1 { "" } else { "s" }))
        .collect();
    if words.is_empty() {
        "good".to_owned()
    } else {
        words.join(", ")
    }
}

fn print_lint(before: &str, lint: &Lint) {
    say!(
        "{before}{} {} {}: `{}` {}",
        lint.id,
        lint.severity,
        lint.field,
        clean(&lint.offending),
        clean(&lint.says)
    );
    say!("{before}    {}", clean(&lint.fix));
}

/// A profile by its id, or from a file.
fn find<'l>(library: &'l Library, which: &str) -> Result<std::borrow::Cow<'l, Profile>, Refusal> {
    if which.ends_with(".toml") {
        let text = folders::read(Path::new(which))
            .map_err(|e| Refusal::usage(format!("{which}: cannot be read: {e}")))?;
        let profile = Profile::parse(which, &text).map_err(|e| Refusal::usage(e.to_string()))?;
        return Ok(std::borrow::Cow::Owned(profile));
    }
    library
        .get(which)
        .map(std::borrow::Cow::Borrowed)
        .map_err(|e| Refusal::usage(e.to_string()))
}

fn diff(library: &Library, a: &str, b: &str, as_json: bool) -> Result<u8, Refusal> {
    let (a, b) = (find(library, a)?, find(library, b)?);
    let table = compare::side_by_side(&[&a, &b]);
    let differs = table.differing().next().is_some();
    print_table(&table, true, as_json);
    if !differs && !as_json {
        say!("{} and {} say the same", a.id, b.id);
    }
    Ok(u8::from(differs))
}

/// The shipped profile, the person's copy, and what the network granted.
fn show_granted(
    library: &Library,
    id: &str,
    recording: &Path,
    as_json: bool,
) -> Result<(), Refusal> {
    let profile = find(library, id)?;
    let known = super::report::known_of(recording)?;
    let context = context_for(&known, &profile).ok_or_else(|| {
        Refusal::usage(format!(
            "{}: no context in this session asked for {}; it had: {}",
            recording.display(),
            profile.mms_pdn().apn,
            known
                .contexts
                .iter()
                .map(|c| format!("{} {}", c.cid, c.apn))
                .collect::<Vec<_>>()
                .join(", ")
        ))
    })?;
    let own = (profile.origin != Origin::Shipped).then_some(&*profile);
    let shipped = match own {
        Some(own) => library.listed(own),
        None => Some(&*profile),
    };
    print_table(
        &compare::three_way(shipped, own, Some(context)),
        false,
        as_json,
    );
    Ok(())
}

/// The context under the stack, if it is this profile's; else an active one that asked for its APN, else any that did.
fn context_for<'k>(known: &'k Known, profile: &Profile) -> Option<&'k Context> {
    let apn = &profile.mms_pdn().apn;
    let asks = |c: &&Context| c.apn.eq_ignore_ascii_case(apn);
    let of_stack = known
        .contexts
        .iter()
        .find(|c| Some(c.cid) == known.stack.cid);
    let active = || known.contexts.iter().find(|c| c.active && asks(c));
    of_stack
        .filter(asks)
        .or_else(active)
        .or_else(|| known.contexts.iter().find(asks))
}

fn print_table(table: &Comparison, only_differing: bool, as_json: bool) {
    let rows: Vec<_> = table
        .rows
        .iter()
        .filter(|r| r.differs || !only_differing)
        .collect();
    if as_json {
        for row in rows {
            let values: serde_json::Map<_, _> = table
                .columns
                .iter()
                .cloned()
                .zip(row.values.iter().map(|v| json!(v)))
                .collect();
            output::json(&json!({"field": row.field, "differs": row.differs, "values": values}));
        }
        return;
    }
    let mut lines = vec![[vec!["  field".to_owned()], table.columns.clone()].concat()];
    for row in rows {
        let mark = if row.differs { "≠" } else { " " };
        let shown = |v: &Option<String>| match v.as_deref() {
            None => String::new(),
            Some("") => "(none)".to_owned(),
            Some(text) => clean(text),
        };
        let values = row.values.iter().map(shown);
        lines.push(
            [format!("{mark} {}", row.field)]
                .into_iter()
                .chain(values)
                .collect(),
        );
    }
    if lines.len() == 1 {
        return;
    }
    let widths: Vec<usize> = (0..=table.columns.len())
        .map(|c| {
            lines
                .iter()
                .map(|l| l[c].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(text, w)| format!("{text:w$}"))
            .collect();
        say!("{}", cells.join("  ").trim_end());
    }
}

/// Reads lists, joins them, and prints or writes what they say of MMS.
fn import_lists(
    library: &Library,
    files: &[PathBuf],
    network: Option<&str>,
    output: Option<&Path>,
) -> Result<u8, Refusal> {
    let network = network
        .map(MccMnc::new)
        .transpose()
        .map_err(Refusal::usage)?;
    let mut profiles: Vec<Profile> = Vec::new();
    for file in files {
        let Import {
            kind,
            profiles: read,
            notes,
            without_mms,
        } = read_list(file)?;
        output::tell(&format!(
            "{}: {}: {} ways to send MMS, {without_mms} rows for other things",
            file.display(),
            kind.name(),
            read.len()
        ));
        for note in notes {
            output::tell(&format!("{}:{note}", file.display()));
        }
        import::join(&mut profiles, read);
    }
    if let Some(network) = &network {
        profiles.retain(|p| p.matches.iter().any(|m| m.mccmnc.as_ref() == Some(network)));
    }
    if profiles.is_empty() {
        let of = network.map(|n| format!(" for {n}")).unwrap_or_default();
        return Err(Refusal::with(
            1,
            format!("there is nothing to send MMS with{of} in it"),
        ));
    }
    let mut texts = Vec::new();
    for profile in &profiles {
        let text = profile
            .to_file()
            .map_err(|e| Refusal::usage(e.to_string()))?;
        texts.push((
            profile.id.clone(),
            format!("{}{text}", remarks(library, profile)),
        ));
    }
    match output {
        None => {
            for (id, text) in &texts {
                say!("# ---- {id}.toml\n{text}");
            }
            Ok(0)
        }
        Some(path) => write_profiles(path, &texts),
    }
}

fn read_list(file: &Path) -> Result<Import, Refusal> {
    let cannot = |e: &dyn std::fmt::Display| {
        Refusal::usage(format!("{}: cannot be read: {e}", file.display()))
    };
    let about = fs::metadata(file).map_err(|e| cannot(&e))?;
    let changed = about
        .modified()
        .ok()
        .and_then(|t| jiff::Timestamp::try_from(t).ok());
    let date = changed.map_or_else(
        || jiff::Zoned::now().date(),
        |t| t.to_zoned(jiff::tz::TimeZone::UTC).date(),
    );
    let text = folders::text(file, import::LARGEST_LIST as u64).map_err(|e| cannot(&e))?;
    let name = file
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    import::import(&text, &name, &date.to_string())
        .map_err(|fault| Refusal::usage(format!("{}:{fault}", file.display())))
}

/// What the profiles at hand say otherwise for the same SIMs, and the lints, as comments above the profile.
fn remarks(library: &Library, profile: &Profile) -> String {
    let mut remarks = String::new();
    if let Some(listed) = library.listed(profile) {
        let differs = compare::disagreement(profile, listed);
        if differs.is_empty() {
            remarks.push_str(&format!("# {} says the same.\n", listed.id));
        } else {
            remarks.push_str(&format!(
                "# {} says otherwise: {}\n",
                listed.id,
                clean(&differs)
            ));
        }
    }
    for lint in profile.lints() {
        remarks.push_str(&format!("# {}\n", clean(&lint.to_string())));
    }
    remarks
}

/// One profile into the file, several into the folder. Nothing that is there is written over.
fn write_profiles(
    path: &Path,
    texts: &[(crate::profile::ProfileId, String)],
) -> Result<u8, Refusal> {
    let as_folder = texts.len() > 1 || path.is_dir();
    for (id, text) in texts {
        let file = if as_folder {
            path.join(format!("{id}.toml"))
        } else {
            path.to_owned()
        };
        let failed = |e: std::io::Error| {
            Refusal::with(1, format!("{}: cannot be written: {e}", file.display()))
        };
        if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut to = fs::File::create_new(&file).map_err(failed)?;
        to.write_all(text.as_bytes()).map_err(failed)?;
        output::tell(&format!("wrote {}", file.display()));
    }
    Ok(0)
}
