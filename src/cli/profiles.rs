//! `mmscope profiles`
use super::Refusal;
use super::args::{Global, Profiles};
use super::folders::{self, Folders};
use super::ladder::plain;
use crate::profile::{Library, Lint, Profile, Severity};
use serde_json::json;
use std::path::Path;

/// Lists, shows or lints profiles.
pub fn run(global: &Global, what: Profiles) -> Result<u8, Refusal> {
    let (library, complaints) = Folders::find()?.library();
    for complaint in &complaints {
        eprintln!("mmscope: {complaint}");
    }
    match what {
        Profiles::List => list(&library, global.json),
        Profiles::Show { id } => show(&library, &id, global.json)?,
        Profiles::Lint { which } => return lint(&library, &which, global.json),
    }
    Ok(u8::from(!complaints.is_empty()))
}

fn list(library: &Library, as_json: bool) {
    let rows: Vec<[String; 6]> = library
        .all()
        .iter()
        .map(|p| {
            let used = p.in_use();
            let lints = p
                .lints()
                .iter()
                .filter(|l| l.severity != Severity::Info)
                .count();
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
            println!(
                "{}",
                json!({"id": id, "name": name, "apn": apn, "type": pdp_type, "dials": dials, "lints": lints})
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
            .map(|(text, width)| format!("{:width$}", plain(text)))
            .collect();
        println!("{}", line.join("  ").trim_end());
    }
}

fn show(library: &Library, id: &str, as_json: bool) -> Result<(), Refusal> {
    let profile = find(library, id)?;
    if as_json {
        let text = serde_json::to_string(&*profile).map_err(|e| Refusal::usage(e.to_string()))?;
        println!("{text}");
        return Ok(());
    }
    let text = toml::to_string(&*profile).map_err(|e| Refusal::usage(e.to_string()))?;
    println!("{}", text.trim_end());
    match profile.endpoint() {
        Ok(endpoint) => println!(
            "\n# dials {} and asks for {} (Host: {})",
            endpoint.dialled(),
            endpoint.request_target(),
            endpoint.authority
        ),
        Err(e) => println!("\n# cannot be dialled: {e}"),
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
    for id in which {
        let profile = find(library, id)?;
        let lints = profile.lints();
        if lints.iter().any(|l| l.severity == Severity::Error) {
            code = 1;
        }
        if as_json {
            for l in &lints {
                println!(
                    "{}",
                    json!({"profile": profile.id, "id": l.id, "severity": l.severity.to_string(), "field": l.field, "offending": l.offending, "says": l.says, "fix": l.fix})
                );
            }
            continue;
        }
        println!(
            "{}: {}",
            profile.id,
            if lints.is_empty() { "good" } else { "" }
        );
        for lint in &lints {
            print_lint("  ", lint);
        }
    }
    Ok(code)
}

fn print_lint(before: &str, lint: &Lint) {
    println!(
        "{before}{} {} {}: `{}` {}",
        lint.id,
        lint.severity,
        lint.field,
        plain(&lint.offending),
        plain(&lint.says)
    );
    println!("{before}    {}", plain(&lint.fix));
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
