//! What the terminal is able to show and take: colours, widths of signs, paste, clipboard. By what the environment says and by what the
//! terminal answers within a short limit; what neither says is called unknown.
use super::{Check, Shown};
use crate::console::answers::{Answers, CLIPBOARD, PASTE, SIGNS, WHOLE_FRAMES};
use crate::console::text::width;
use std::env;
use std::io::{self, IsTerminal};

pub(super) fn check(shown: &mut Shown<'_>) {
    let dumb = env::var("TERM").is_ok_and(|t| t.is_empty() || t == "dumb");
    // Without a terminal there is nothing to know, and the commands that do not draw need none of it.
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() || dumb {
        return;
    }
    shown.take(colours());
    let answers = ask().unwrap_or_default();
    shown.take(name(&answers));
    shown.take(widths(&answers));
    shown.take(frames(&answers));
    shown.take(paste(&answers));
    shown.take(clipboard(&answers));
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|v| !v.is_empty())
}

/// The console draws with the sixteen colours of the terminal's own palette, or with none.
fn colours() -> Check {
    if set("NO_COLOR").is_some() {
        return Check::ok(
            "colours",
            "NO_COLOR is set: none are used, unless --color always",
        );
    }
    let says = match (set("COLORTERM"), crossterm::style::available_color_count()) {
        (Some(word), _) => format!("COLORTERM says {word}"),
        (None, n) => format!("TERM says {n}"),
    };
    if crossterm::style::available_color_count() < 8 && set("COLORTERM").is_none() {
        return Check::warn(
            "colours",
            says,
            "Nothing is lost: every colour goes with a sign. A terminal that has more says so in TERM (xterm-256color)",
        );
    }
    Check::ok(
        "colours",
        format!("{says}; the console uses the terminal's own sixteen"),
    )
}

fn name(answers: &Answers) -> Check {
    match (&answers.name, answers.is_whole()) {
        (Some(name), _) => Check::ok("terminal name", name.clone()),
        (None, true) => Check::unknown("terminal name", "it answers, but does not say who it is"),
        (None, false) => Check::unknown("terminal name", "it answers no question"),
    }
}

/// Whether the terminal draws signs as wide as they are counted.
fn widths(answers: &Answers) -> Check {
    let Some(drawn) = answers.widths() else {
        return Check::unknown(
            "sign widths",
            "the terminal does not tell where its cursor stands",
        );
    };
    let wrong: Vec<String> = SIGNS
        .iter()
        .zip(drawn)
        .filter(|(sign, drawn)| width(sign) != usize::from(*drawn))
        .map(|(sign, drawn)| format!("{sign} takes {drawn}, not {}", width(sign)))
        .collect();
    if wrong.is_empty() {
        return Check::ok(
            "sign widths",
            "marks, accents, wide signs as they are counted",
        );
    }
    Check::warn(
        "sign widths",
        wrong.join("; "),
        "Columns may not stand under each other: use --ascii, or another font or terminal",
    )
}

fn frames(answers: &Answers) -> Check {
    match answers.knows(WHOLE_FRAMES) {
        Some(true) => Check::ok("whole frames", "synchronised output is known: no flicker"),
        Some(false) => Check::ok(
            "whole frames",
            "synchronised output is not known: a frame may be seen half drawn",
        ),
        None => Check::unknown("whole frames", "the terminal does not say"),
    }
}

fn paste(answers: &Answers) -> Check {
    match answers.knows(PASTE) {
        Some(true) => Check::ok("paste", "pasted text comes as one piece (bracketed paste)"),
        Some(false) => Check::warn(
            "paste",
            "the terminal does not know bracketed paste",
            "Paste into a text field only: elsewhere each character is a key",
        ),
        None => Check::unknown(
            "paste",
            "the terminal does not say whether it brackets a paste",
        ),
    }
}

fn clipboard(answers: &Answers) -> Check {
    let within = ["TMUX", "STY"].into_iter().find(|n| set(n).is_some());
    let says = match (&answers.attributes, within) {
        (Some(all), _) if all.contains(&CLIPBOARD) => {
            return Check::ok(
                "clipboard",
                "the terminal says that programs may write it (OSC 52)",
            );
        }
        (_, Some("TMUX")) => {
            "tmux stands in between: it passes copies on where set-clipboard is on"
        }
        (_, Some(_)) => "screen stands in between, which seldom passes copies on",
        (Some(_), None) => "the terminal does not say whether programs may write it (OSC 52)",
        (None, None) => "it answers no question",
    };
    Check::unknown(
        "clipboard",
        format!("{says}; y in the console copies: paste to see"),
    )
}

/// Asks, and reads until the last answer or the limit. Keys pressed in that time are lost.
#[cfg(unix)]
fn ask() -> io::Result<Answers> {
    use crate::console::answers::questions;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use std::io::Write;
    use std::time::{Duration, Instant};

    /// A terminal at the other side of the world takes a third of a second.
    const LIMIT: Duration = Duration::from_millis(600);
    /// More than all answers have.
    const LARGEST: usize = 4096;

    struct Raw;
    impl Drop for Raw {
        fn drop(&mut self) {
            // Where it fails the terminal has gone.
            let _ = crossterm::terminal::disable_raw_mode();
        }
    }
    crossterm::terminal::enable_raw_mode()?;
    let _raw = Raw;
    let mut out = io::stdout();
    out.write_all(questions().as_bytes())?;
    out.flush()?;
    let (input, until) = (io::stdin(), Instant::now() + LIMIT);
    let mut heard = Vec::new();
    let mut answers = Answers::default();
    while !answers.is_whole() && heard.len() < LARGEST {
        let left = until.saturating_duration_since(Instant::now());
        let limit = Timespec {
            tv_sec: 0,
            tv_nsec: left.subsec_nanos().into(),
        };
        let mut waiting = [PollFd::new(&input, PollFlags::IN)];
        if left.is_zero() || poll(&mut waiting, Some(&limit))? == 0 {
            break;
        }
        let mut some = [0; 512];
        match rustix::io::read(&input, &mut some[..])? {
            0 => break,
            n => heard.extend_from_slice(&some[..n]),
        }
        answers = Answers::read(&heard);
    }
    Ok(answers)
}

/// Elsewhere a console answers through its own interface, not on its input.
#[cfg(not(unix))]
fn ask() -> io::Result<Answers> {
    Ok(Answers::default())
}
