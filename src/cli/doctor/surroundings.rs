//! What is checked without a modem: terminal, folders, files that an earlier session left.
use super::super::folders::Folders;
use super::super::locale;
use super::{Check, Shown};
use crate::bench::Snapshots;
use crate::profile::Library;
use std::env;
use std::io::IsTerminal;
use std::path::Path;

/// Columns and rows below which the console folds its panes.
const SMALLEST: (u16, u16) = (80, 24);

/// Returns the profiles that could be read.
pub(super) fn check(folders: &Folders, ascii: bool, shown: &mut Shown<'_>) -> Library {
    let (library, complaints) = folders.library();
    shown.take(profiles(&complaints));
    shown.take(writable(&folders.recordings()));
    shown.take(leftovers(&Snapshots::in_folder(folders.settings())));
    shown.take(terminal());
    shown.take(letters(ascii));
    library
}

fn profiles(complaints: &[String]) -> Check {
    if complaints.is_empty() {
        return Check::ok("profiles", "all could be read");
    }
    Check::warn(
        "profiles",
        format!("left out: {}", complaints.join("; ")),
        "Mend or remove these files; `mmscope profiles lint FILE` tells more",
    )
}

/// Whether recordings and kept settings can be written. A send changes nothing where settings cannot be kept first.
fn writable(folder: &Path) -> Check {
    let trial = folder.join(format!(".doctor-{}", std::process::id()));
    let tried = std::fs::create_dir_all(folder)
        .and_then(|()| crate::bench::private(&trial).map(drop))
        .and_then(|()| std::fs::remove_file(&trial));
    match tried {
        Ok(()) => Check::ok(
            "state folder",
            format!("{} can be written", folder.display()),
        ),
        Err(e) => Check::fail(
            "state folder",
            format!("{}: {e}", folder.display()),
            "Without it sessions are not recorded and no send can change a setting: make the folder writable, or set XDG_STATE_HOME",
        ),
    }
}

fn leftovers(snapshots: &Snapshots) -> Check {
    match snapshots.all() {
        Ok(names) if names.is_empty() => {
            Check::ok("leftovers", "no session left settings of a modem changed")
        }
        Ok(names) => Check::warn(
            "leftovers",
            format!(
                "an earlier session left settings changed on: {}",
                names.join(", ")
            ),
            "`mmscope restore --port …` puts them back; so does the next send on that modem",
        ),
        Err(e) => Check::warn("leftovers", e.to_string(), "Look at the file it names"),
    }
}

fn terminal() -> Check {
    let term = env::var("TERM").unwrap_or_default();
    if !std::io::stdout().is_terminal() {
        return Check::ok(
            "terminal",
            "standard output is none; the console needs one, the other commands do not",
        );
    }
    if term.is_empty() || term == "dumb" {
        return Check::warn(
            "terminal",
            format!("TERM is `{term}`"),
            "The console cannot draw there: use another terminal, or set TERM to what it is (xterm-256color)",
        );
    }
    let (columns, rows) = crossterm::terminal::size().unwrap_or_default();
    let colours = crossterm::style::available_color_count();
    let says = format!("{term}, {columns}x{rows}, {colours} colours");
    if (columns, rows) < SMALLEST || rows < SMALLEST.1 {
        return Check::warn(
            "terminal",
            says,
            "The console shows more from 80x24 on: make the window larger",
        );
    }
    Check::ok("terminal", says)
}

/// Which characters are drawn, and why.
fn letters(ascii: bool) -> Check {
    if cfg!(windows) {
        let says = match ascii {
            true => "not decided by the locale on this system; ASCII is asked for",
            false => "not decided by the locale on this system",
        };
        return Check::ok("UTF-8", says);
    }
    let here = locale::here();
    let says = here.as_ref().map_or_else(
        || "no locale is set".to_owned(),
        |locale| format!("the locale is `{locale}`"),
    );
    match (locale::has_utf8(), ascii) {
        (true, false) => Check::ok("UTF-8", here.unwrap_or_default()),
        (true, true) => Check::ok("UTF-8", format!("{says}; ASCII is asked for")),
        (false, true) => Check::warn(
            "UTF-8",
            format!("{says}: lines and marks are drawn in ASCII"),
            "Set LANG to a UTF-8 locale (C.UTF-8) for lines, marks and graphs as they are meant",
        ),
        (false, false) => Check::warn(
            "UTF-8",
            format!("{says}, and the configuration has ascii = false"),
            "Lines and marks may come out wrong: set LANG to a UTF-8 locale (C.UTF-8), or ascii = \"auto\"",
        ),
    }
}
