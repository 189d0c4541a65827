//! What a person typed, as a command.
use super::manners::{Form, parts};
use super::{Command, CommandError, Payload};
use crate::at::catalogue::{Wanted, wanted};
use bytes::Bytes;

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

    /// The same with a payload after its prompt: exactly as long as the command says, or ended by Ctrl-Z.
    ///
    /// # Errors
    /// What [`Command::typed`] refuses; a payload of another length than the command says; one with Ctrl-Z or ESC in it, which would
    /// end it early.
    pub fn typed_with(text: &str, octets: &[u8]) -> Result<Self, CommandError> {
        let text = text.trim();
        let payload = Bytes::copy_from_slice(octets);
        let counted = match wanted(text) {
            Some(Wanted::Octets(n)) if n != octets.len() => {
                return Err(CommandError::PayloadLength {
                    text: text.to_owned(),
                    wanted: n,
                    given: octets.len(),
                });
            }
            Some(Wanted::Octets(_)) => true,
            Some(Wanted::UntilCtrlZ) | None => false,
        };
        let command = match Self::typed(text) {
            Err(CommandError::NeedsPayload { .. }) => Self::checked(text.to_owned()),
            made => made,
        }?;
        if counted {
            return Ok(command.with_payload(Payload::Exact(payload)));
        }
        if octets.iter().any(|o| matches!(o, 0x1a | 0x1b)) {
            return Err(CommandError::Character {
                what: "the payload",
                text: crate::event::escape(octets),
                offence: "Ctrl-Z or ESC, which would end it",
            });
        }
        Ok(command.with_payload(Payload::CtrlZ(payload)))
    }
}
