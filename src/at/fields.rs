//! The values of an information line: parted by commas, some in quotes.
//!
//! In: what stands after the prefix. Out: its fields in order, blanks around them trimmed, quotes taken off and remembered.
//! A quote that is never closed takes the rest of the line; nothing is an error here.

/// One value of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The value without quotes and blanks around it.
    pub text: &'a str,
    /// Whether it stood in quotes.
    pub quoted: bool,
}

impl Field<'_> {
    /// The value as a decimal number.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        self.text.parse().ok()
    }
    /// The value, if it is not empty.
    #[must_use]
    pub fn filled(&self) -> Option<&str> {
        (!self.text.is_empty()).then_some(self.text)
    }
}

/// Parts a line's values. An empty text has no field; `a,,b` has three.
#[must_use]
pub fn split(values: &str) -> Vec<Field<'_>> {
    let mut out = Vec::new();
    let mut rest = values.trim();
    if rest.is_empty() {
        return out;
    }
    loop {
        let trimmed = rest.trim_start();
        let (field, after) = match trimmed.strip_prefix('"') {
            Some(inside) => {
                let (text, after) = inside.split_once('"').unwrap_or((inside, ""));
                let tail = after.split_once(',').map(|(_, next)| next);
                (Field { text, quoted: true }, tail)
            }
            None => match trimmed.split_once(',') {
                Some((text, next)) => (bare(text), Some(next)),
                None => (bare(trimmed), None),
            },
        };
        out.push(field);
        match after {
            Some(next) => rest = next,
            None => return out,
        }
    }
}

fn bare(text: &str) -> Field<'_> {
    Field {
        text: text.trim(),
        quoted: false,
    }
}

/// What stands after `+NAME:` if the line begins with it. The prefix is given with its colon; blanks after it are trimmed.
#[must_use]
pub fn after<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    line.strip_prefix(prefix).map(str::trim)
}
