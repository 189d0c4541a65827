//! Reads a recording back.
//!
//! In: lines of text from anywhere. Out: events, or an error with its line. Lines have a bound; a file is never read whole.
use super::FORMAT;
use crate::event::{Event, What};
use std::io::{BufRead, Read};

/// The longest line that is read: an event with a whole chunk of wire data is far shorter.
const LONGEST_LINE: u64 = 4 << 20;

/// Why a recording cannot be read, and where.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The source failed.
    #[error("line {line}: the recording cannot be read: {source}")]
    Io {
        /// From 1.
        line: usize,
        /// Why.
        source: std::io::Error,
    },
    /// A line is no event.
    #[error(
        "line {line}: not an event of a recording: {why}. If mmscope was killed while writing, remove this last line"
    )]
    NotAnEvent {
        /// From 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// The first line is no header.
    #[error(
        "line 1: a recording begins with a `session` line; this begins with something else. Is it a recording of mmscope?"
    )]
    NoHeader,
    /// Written by a newer program.
    #[error(
        "line 1: the recording has format {found}, this program reads up to {FORMAT}; use a newer mmscope"
    )]
    TooNew {
        /// Its format.
        found: u32,
    },
}

/// Reads events one by one. The first must be the session's header. Stops after the first error.
pub fn read_events(source: impl BufRead) -> impl Iterator<Item = Result<Event, ReadError>> {
    let mut source = source;
    let mut line = 0;
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let next = next_event(&mut source, &mut line).transpose();
        ended = !matches!(next, Some(Ok(_)));
        next
    })
}

fn next_event(source: &mut impl BufRead, line: &mut usize) -> Result<Option<Event>, ReadError> {
    loop {
        *line += 1;
        let mut text = Vec::new();
        let read = source
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut text)
            .map_err(|source| ReadError::Io {
                line: *line,
                source,
            })?;
        if read == 0 {
            return if *line == 1 {
                Err(ReadError::NoHeader)
            } else {
                Ok(None)
            };
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        let event: Event = match serde_json::from_slice(&text) {
            Ok(event) => event,
            Err(_) if *line == 1 => return Err(header_fault(&text)),
            Err(e) => {
                return Err(ReadError::NotAnEvent {
                    line: *line,
                    why: e.to_string(),
                });
            }
        };
        if *line == 1 {
            match &event.what {
                What::Session(s) if s.format > FORMAT => {
                    return Err(ReadError::TooNew { found: s.format });
                }
                What::Session(_) => {}
                _ => return Err(ReadError::NoHeader),
            }
        }
        return Ok(Some(event));
    }
}

/// Why a first line is no header that this program reads: one of a newer format may hold what it does not know.
fn header_fault(line: &[u8]) -> ReadError {
    let read = serde_json::from_slice::<serde_json::Value>(line).unwrap_or_default();
    let format = read["format"]
        .as_u64()
        .filter(|_| read["event"] == "session");
    match format.map(|format| u32::try_from(format).unwrap_or(u32::MAX)) {
        Some(found) if found > FORMAT => ReadError::TooNew { found },
        _ => ReadError::NoHeader,
    }
}
