//! `mmscope doctor`: why a modem cannot be used, told by checks that each carry their remedy.
//!
//! In: the machine, the person's files, and the modem where one can be opened. Out: one line a check. It changes nothing: no setting of the
//! modem, no file but an empty one in the state folder that it takes away again.
mod modem;
mod profile;
mod screen;
mod surroundings;

use super::args::Global;
use super::folders::Folders;
use super::{Refusal, output};
use crate::config::Config;
use crate::event::{clean, clean_json};
use serde::Serialize;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// As it must be.
    Ok,
    /// It works, but not as well as it could.
    Warn,
    /// It does not work.
    Fail,
    /// Nobody could be asked.
    Unknown,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
struct Check {
    event: &'static str,
    name: &'static str,
    state: Verdict,
    says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    /// The exit code where this one fails.
    #[serde(skip)]
    code: u8,
}

impl Check {
    fn new(
        name: &'static str,
        state: Verdict,
        says: impl Into<String>,
        remedy: Option<&str>,
    ) -> Self {
        Self {
            event: "check",
            name,
            state,
            says: says.into(),
            remedy: remedy.map(str::to_owned),
            code: 11,
        }
    }

    fn ok(name: &'static str, says: impl Into<String>) -> Self {
        Self::new(name, Verdict::Ok, says, None)
    }

    fn unknown(name: &'static str, says: impl Into<String>) -> Self {
        Self::new(
            name,
            Verdict::Unknown,
            format!("not known: {}", says.into()),
            None,
        )
    }

    fn warn(name: &'static str, says: impl Into<String>, remedy: &str) -> Self {
        Self::new(name, Verdict::Warn, says, Some(remedy))
    }

    fn fail(name: &'static str, says: impl Into<String>, remedy: &str) -> Self {
        Self::new(name, Verdict::Fail, says, Some(remedy))
    }

    fn with_code(self, code: u8) -> Self {
        Self { code, ..self }
    }
}

/// The last line of `--json`.
#[derive(Serialize)]
struct Summary {
    event: &'static str,
    ok: bool,
    failed: usize,
    warnings: usize,
}

/// Shows each check as soon as it is done.
struct Shown<'a> {
    global: &'a Global,
    mark: fn(Verdict) -> &'static str,
    all: Vec<Check>,
}

impl Shown<'_> {
    fn take(&mut self, check: Check) {
        let line = if self.global.json {
            clean_json(&serde_json::to_string(&check).unwrap_or_default())
        } else {
            let mark = (self.mark)(check.state);
            let mut line = format!("{mark} {:<15} {}", check.name, clean(&check.says));
            if let Some(remedy) = &check.remedy {
                line += &format!("\n{:>21}{}", "-> ", clean(remedy));
            }
            line
        };
        output::line(&line);
        self.all.push(check);
    }

    /// What to do after this, with the command.
    fn next(&self) -> String {
        let bench = super::onward::same_bench(self.global);
        let found = |wanted: &dyn Fn(&Check) -> bool| self.all.iter().find(|c| wanted(c));
        if let Some(failed) = found(&|c| c.state == Verdict::Fail) {
            let name = failed.name;
            return format!("mend what is said under {name}, then `mmscope doctor{bench}` again");
        }
        match found(&|c| c.name == "profile").map(|c| c.state) {
            Some(Verdict::Warn) => format!(
                "the modem is fine, the profile may not be: `mmscope probe{bench}` finds out, and sends nothing to anybody"
            ),
            Some(Verdict::Ok) => format!(
                "`mmscope send{bench} --to NUMBER TEXT` sends; where that fails, `mmscope probe{bench}` finds out why"
            ),
            _ => {
                "name a modem with --port, or take the simulated bench: `mmscope --sim`".to_owned()
            }
        }
    }

    fn count(&self, state: Verdict) -> usize {
        self.all.iter().filter(|c| c.state == state).count()
    }
}

/// Runs all checks. The exit code is 0 where none failed, else that of the first that did.
pub async fn run(global: &Global) -> Result<u8, Refusal> {
    let folders = Folders::find()?;
    let (config, says) = configuration(global, &folders);
    let style = super::session::style(global, &config);
    let mark = if style.ascii { ascii } else { signs };
    let mut shown = Shown {
        global,
        mark,
        all: Vec::new(),
    };
    shown.take(says);
    let library = surroundings::check(&folders, style.ascii, &mut shown);
    screen::check(&mut shown);
    let card = modem::check(global, &config, &mut shown).await?;
    shown.take(profile::check(global, &config, &library, card)?);
    let (failed, warnings) = (shown.count(Verdict::Fail), shown.count(Verdict::Warn));
    let summary = Summary {
        event: "result",
        ok: failed == 0,
        failed,
        warnings,
    };
    if global.json {
        output::json(&summary);
    } else {
        output::line(&format!(
            "{} checks, {failed} failed, {warnings} to look at",
            shown.all.len()
        ));
        output::line(&format!("next: {}", shown.next()));
    }
    let first = shown.all.iter().find(|c| c.state == Verdict::Fail);
    Ok(first.map_or(0, |c| c.code))
}

fn ascii(state: Verdict) -> &'static str {
    match state {
        Verdict::Ok => "ok  ",
        Verdict::Warn => "warn",
        Verdict::Fail => "FAIL",
        Verdict::Unknown => "?   ",
    }
}

fn signs(state: Verdict) -> &'static str {
    match state {
        Verdict::Ok => "✔   ",
        Verdict::Warn => "!   ",
        Verdict::Fail => "✖   ",
        Verdict::Unknown => "?   ",
    }
}

/// A broken configuration is a finding, and the rest is checked with the usual values.
fn configuration(global: &Global, folders: &Folders) -> (Config, Check) {
    match super::looks::read(global, folders) {
        Ok(read) => (read.config, Check::ok("configuration", "readable, or none")),
        Err(e) => (
            Config::default(),
            Check::fail(
                "configuration",
                e.to_string(),
                "Mend the file; `mmscope config --template` prints one that is right",
            )
            .with_code(2),
        ),
    }
}
