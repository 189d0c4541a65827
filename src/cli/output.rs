//! What the command line says: the one way to standard output and standard error.
//!
//! In: text. Out: the same on the terminal or in the pipe, harmless. A reader that went away (`| head`) is no reason to stop or to
//! complain: what cannot be written is left. Any other failure (a full disk) is remembered, and ends the program with an error; so is a recording that
//! was asked for and is not whole.
use super::Refusal;
use crate::event::{clean_json, clean_lines};
use serde::Serialize;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Exit code where everything was done and could not be told.
pub const UNTOLD: u8 = 1;

/// Why standard output could not be written; the first reason counts.
static FAILED: OnceLock<String> = OnceLock::new();

/// A file that a person has asked for is not whole; it has been told.
static LACKING: AtomicBool = AtomicBool::new(false);

/// Tells what is not whole among what a person has asked for: the program ends with an error, since a script cannot see it otherwise.
pub fn lacks(words: &str) {
    LACKING.store(true, Ordering::Relaxed);
    tell(words);
}

/// Standard output, which remembers why it could not be written.
pub struct Out;

impl Out {
    fn noted<T>(done: io::Result<T>) -> io::Result<T> {
        if let Err(e) = &done
            && !matches!(
                e.kind(),
                io::ErrorKind::BrokenPipe | io::ErrorKind::Interrupted
            )
        {
            // One is there already: the first reason counts.
            let _ = FAILED.set(e.to_string());
        }
        done
    }
}

impl Write for Out {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let mut out = io::stdout().lock();
        // Flushed at once, so that the reason is known here and not when the program has ended.
        Self::noted(out.write(octets).and_then(|n| out.flush().map(|()| n)))
    }

    fn flush(&mut self) -> io::Result<()> {
        Self::noted(io::stdout().lock().flush())
    }
}

/// The exit code of a program that ends with this one: another where what was to be printed is not whole, which is told.
pub fn settled(code: u8) -> u8 {
    let failed = FAILED.get();
    if let Some(why) = failed {
        tell(&format!(
            "standard output cannot be written: {why}; what was printed is not whole. Make room, or print elsewhere"
        ));
    }
    let whole = failed.is_none() && !LACKING.load(Ordering::Relaxed);
    if code == 0 && !whole { UNTOLD } else { code }
}

/// Writes octets to standard output; false where nobody reads any more.
pub fn octets(octets: &[u8]) -> bool {
    Out.write_all(octets).and_then(|()| Out.flush()).is_ok()
}

/// Writes lines that are harmless already, such as those of [`Style`](super::Style), and their colours with them.
pub fn styled(lines: &str) -> bool {
    lines.is_empty() || octets(lines.as_bytes())
}

/// Writes text, its line ends included.
pub fn text(text: &str) -> bool {
    styled(&clean_lines(text))
}

/// Writes a line.
pub fn line(line: &str) -> bool {
    text(&format!("{line}\n"))
}

/// Writes a value as a line of JSON.
pub fn json(value: &impl Serialize) -> bool {
    let json = serde_json::to_string(value).unwrap_or_default();
    octets(format!("{}\n", clean_json(&json)).as_bytes())
}

/// Tells something beside the output, with the program's name before it.
pub fn tell(words: &str) {
    let line = format!("mmscope: {}\n", clean_lines(words));
    // Nobody is left to be told that standard error is closed.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

/// Writes a question to standard error, its line left open for the answer.
pub fn ask(words: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(clean_lines(words).as_bytes());
    let _ = err.flush();
}

/// The line that a person types; nothing where nobody can.
pub fn typed() -> Option<String> {
    let mut line = String::new();
    let read = std::io::stdin().lock().take(256).read_line(&mut line);
    read.ok().map(|_| line.trim().to_owned())
}

/// Asks the person before something happens that cannot be taken back. Where nobody can be asked, `option` is what says yes.
///
/// # Errors
/// He does not agree, or nobody can be asked.
pub fn agreed(says: &str, option: &str) -> Result<(), Refusal> {
    if !std::io::stdin().is_terminal() {
        return Err(Refusal::usage(format!(
            "{says}. Nobody can be asked here: say {option}"
        )));
    }
    ask(&format!("{says}. Go on? [y/N] "));
    match typed() {
        Some(answer) if answer.eq_ignore_ascii_case("y") => Ok(()),
        _ => Err(Refusal::usage("not agreed to; nothing was changed")),
    }
}
