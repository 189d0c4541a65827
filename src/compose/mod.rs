//! The message being written: to whom, what, how big, and which way it would best go.
//!
//! In: what a person typed, the profile in use, the size of the encoded message. Out: checked [`Recipient`]s, a
//! [`Draft`] with its [`Attachment`]s made fit for the carrier, the [`Lint`]s on it, and the [`Budget`] that stands beside
//! the text. Nothing is encoded or sent here.
mod attachment;
mod budget;
mod draft;
mod fit;
mod picture;
mod recipient;
mod request;
mod sms;
mod vary;

pub use crate::profile::{Lint, Severity};
pub use attachment::Attachment;
pub use budget::{Budget, SmsCount, SmsEncoding, plain_text, size_text, unlinked_parts};
pub use draft::Draft;
pub use fit::{Change, Treatment, fit, fit_into};
pub use recipient::{Recipient, RecipientError};
pub use request::{budget, draft_of, files_of, message, pdu_size, send_req};
pub use vary::{MOST_VALUES, VARIABLES, Variable, Vary};

pub use sms::{MOST_SMS, NoSms, SmsOut, can_be_sms, sms_parts, sms_text, way_by_length};

use unicode_segmentation::UnicodeSegmentation;

/// How many `char`s backspace takes away before `column` (counted in `char`s): all of what a person sees as one character, such as an
/// emoji family or a letter with its accent (Unicode Standard Annex 29, extended grapheme clusters). 0 at the start of the line.
#[must_use]
pub fn grapheme_len_before(line: &str, column_in_chars: usize) -> usize {
    let end = line
        .char_indices()
        .nth(column_in_chars)
        .map_or(line.len(), |(octet, _)| octet);
    line[..end]
        .graphemes(true)
        .next_back()
        .map_or(0, |visible| visible.chars().count())
}
