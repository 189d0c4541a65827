//! What a person typed, as a command.
use super::manners::{Form, parts};
use super::{Command, CommandError};

impl Command {
    /// Makes a command of what a person (or a file of settings) wrote. Late results, claims and limits of known commands are
    /// theirs; anything else takes every line that is no known URC for its answer, and has 30 s.
    ///
    /// # Errors
    /// No AT command, a control character in it, too long, or a command whose prompt asks for a fixed number of octets.
    pub fn typed(text: &str) -> Result<Self, CommandError> {
        let text = text.trim();
        if text.chars().any(|c| c.is_control()) {
            return Err(CommandError::Character {
                what: "the command",
                text: crate::event::escape(text.as_bytes()),
                offence: "a control character",
            });
        }
        let begins = text.get(..2).unwrap_or_default();
        if !begins.eq_ignore_ascii_case("AT") && !begins.eq_ignore_ascii_case("A/") {
            return Err(CommandError::NotACommand {
                text: crate::event::escape(text.as_bytes()),
            });
        }
        let (name, form, values) = parts(text);
        let counted = values
            .split_once(',')
            .is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()));
        if name == "AT+CIPSEND" && form == Form::Set && counted {
            return Err(CommandError::NeedsPayload {
                text: text.to_owned(),
            });
        }
        Self::checked(text.to_owned())
    }
}
