//! The message as it is being written.
use super::{Attachment, Lint, Recipient, Severity, size_text};
use crate::mms::Options;
use crate::profile::Profile;
use std::collections::HashSet;
use std::fmt;

/// A message before it is encoded.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// To whom.
    pub to: Vec<Recipient>,
    /// Copies, which everybody sees.
    pub cc: Vec<Recipient>,
    /// Copies that nobody else sees.
    pub bcc: Vec<Recipient>,
    /// Subject; empty for none.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Files that go along, in the order in which they are shown.
    pub attachments: Vec<Attachment>,
    /// Class, priority, times, reports.
    pub options: Options,
    /// The sender's address in place of the profile's way of saying it.
    pub from: Option<String>,
}

/// A debug print shows sizes, never what a person wrote.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("to", &self.to)
            .field("cc", &self.cc)
            .field("bcc", &self.bcc)
            .field("subject_characters", &self.subject.chars().count())
            .field("text_characters", &self.text.chars().count())
            .field("attachments", &self.attachments)
            .finish()
    }
}

impl Draft {
    /// Everybody who gets it: to, cc, bcc.
    pub fn recipients(&self) -> impl Iterator<Item = &Recipient> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    /// What speaks against sending it, worst first. An [`Severity::Error`] must stop the send, the rest is shown.
    ///
    /// `pdu_size` is the encoded M-Send.req in octets; `text_limit` the person's own limit in characters (Unicode scalar values).
    #[must_use]
    pub fn check(&self, profile: &Profile, pdu_size: usize, text_limit: usize) -> Vec<Lint> {
        let mut found: Vec<Lint> = [
            self.nobody(),
            self.nothing(),
            self.too_big(profile, pdu_size),
            self.long(text_limit),
            self.too_many(profile),
            self.own_sender(profile),
            self.twice(),
            self.unlike(),
        ]
        .into_iter()
        .flatten()
        .collect();
        found.sort_by_key(|lint| lint.severity);
        found
    }

    /// C01: nobody gets it.
    fn nobody(&self) -> Option<Lint> {
        self.recipients().next().is_none().then(|| {
            let fix = "write a number with its country code under To, such as +12025550123";
            Lint::whole(
                "C01",
                Severity::Error,
                "to",
                "",
                "there is no recipient",
                fix,
            )
        })
    }

    /// C02: there is nothing to send.
    fn nothing(&self) -> Option<Lint> {
        let empty = self.text.trim().is_empty()
            && self.subject.trim().is_empty()
            && self.attachments.is_empty();
        empty.then(|| {
            let fix = "write a text or a subject, or attach a file";
            Lint::whole(
                "C02",
                Severity::Error,
                "text",
                "",
                "the message is empty",
                fix,
            )
        })
    }

    /// P15: bigger than the carrier takes, or close to it.
    fn too_big(&self, profile: &Profile, pdu_size: usize) -> Option<Lint> {
        let size = pdu_size as u64;
        let most = profile.mms.max_bytes;
        let (severity, verb) = match size {
            _ if size > most => (Severity::Error, "is more than"),
            // Nine tenths, without a product that could overflow.
            _ if size > most - most / 10 => (Severity::Warning, "is over nine tenths of"),
            _ => return None,
        };
        let says = format!(
            "the encoded message of {} ({size} octets) {verb} the {} that {} takes",
            size_text(size),
            size_text(most),
            profile.id
        );
        Some(Lint::whole(
            "P15",
            severity,
            "text",
            size.to_string(),
            says,
            "shorten it, or send it in several messages",
        ))
    }

    /// C03: longer than the person wants. The finding holds no word of the text, since findings are recorded.
    #[must_use]
    pub fn long(&self, text_limit: usize) -> Option<Lint> {
        let count = self.text.chars().count();
        (count > text_limit).then(|| {
            let says = format!("the text has {count} characters, your own limit is {text_limit}");
            let fix = "shorten it, or raise text_limit in the configuration";
            Lint::whole(
                "C03",
                Severity::Warning,
                "text",
                count.to_string(),
                says,
                fix,
            )
        })
    }

    /// P16: more recipients than the carrier lists.
    fn too_many(&self, profile: &Profile) -> Option<Lint> {
        let most = profile.mms.recipient_limit as usize;
        let count = self.recipients().count();
        (most > 0 && count > most).then(|| {
            let says = format!(
                "{count} recipients are more than the {most} that {} lists",
                profile.id
            );
            Lint::whole(
                "P16",
                Severity::Warning,
                "to",
                count.to_string(),
                says,
                "send it in several messages",
            )
        })
    }

    /// P14: a sender where the carrier puts one in itself.
    fn own_sender(&self, profile: &Profile) -> Option<Lint> {
        let inserts = profile.mms.from == crate::profile::Sender::InsertAddressToken;
        let from = self.from.as_deref().filter(|_| inserts)?;
        let says = format!(
            "the message names its sender, but {} expects to put in the number of the line itself",
            profile.id
        );
        Some(Lint::whole(
            "P14",
            Severity::Warning,
            "from",
            crate::event::Msisdn::new(from).masked().as_str(),
            says,
            "leave out --from unless this is what you want to try",
        ))
    }

    /// C05: a file that holds nothing, or a picture that does not begin like one. Its name is not in it, since findings are recorded.
    fn unlike(&self) -> Option<Lint> {
        let (number, file) = (1..)
            .zip(&self.attachments)
            .find(|(_, file)| file.data.is_empty() || !file.is_what_it_says())?;
        let says = match file.data.len() {
            0 => format!("attachment {number} is empty"),
            _ => format!(
                "attachment {number} is called {} and does not begin like one",
                file.content_type
            ),
        };
        Some(Lint::whole(
            "C05",
            Severity::Warning,
            "attachments",
            format!("{number}: {} octets", file.data.len()),
            says,
            "look at the file; a phone will show nothing of it",
        ))
    }

    /// C04: somebody gets it twice.
    fn twice(&self) -> Option<Lint> {
        let mut seen = HashSet::new();
        let again = self
            .recipients()
            .find(|recipient| !seen.insert(recipient.plain()))?;
        let says = "this recipient stands here twice and may get the message twice";
        Some(Lint::whole(
            "C04",
            Severity::Warning,
            "to",
            again.masked().as_str(),
            says,
            "remove one of them",
        ))
    }
}
