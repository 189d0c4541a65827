//! The phones of the simulated world: what a person would see on theirs.
//!
//! Comes in: delivered messages. Goes out: bubbles. One delivered message is one bubble, whatever it holds; if a text came in six messages, there are
//! six. Never happens here: decoding, waiting.

use crate::mms::Part;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// So many bubbles a phone shows; older ones scroll away.
const MOST_BUBBLES: usize = 200;
/// So many phones there are; a message to one more is lost, which no honest world comes near.
const MOST_PHONES: usize = 500;

/// A message on its way to one phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivered {
    /// The recipient: a number, in any way of writing, or another address.
    pub to: String,
    /// The sender, as the phone shows it.
    pub from: String,
    /// Subject.
    pub subject: Option<String>,
    /// All parts that the phone got, the presentation included; empty for an SMS.
    pub parts: Vec<Part>,
    /// The whole text.
    pub text: String,
    /// When it came, in milliseconds since the world began.
    pub at_ms: u64,
}

/// What a person sees of a part that is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Media type.
    pub content_type: String,
    /// File name.
    pub name: Option<String>,
    /// Octets.
    pub size: usize,
}

/// One message on the screen of a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bubble {
    /// The sender.
    pub from: String,
    /// Subject.
    pub subject: Option<String>,
    /// The whole text.
    pub text: String,
    /// Parts that are neither text nor presentation.
    pub attachments: Vec<Attachment>,
    /// All parts as they came, to compare them with what was composed.
    pub parts: Vec<Part>,
    /// When it came, in milliseconds since the world began.
    pub at_ms: u64,
}

/// One phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// Its number, as [`canonical`] writes it.
    pub number: String,
    /// What is on its screen, oldest first.
    pub bubbles: Vec<Bubble>,
}

/// All phones of a world. Cloning gives another handle to the same phones.
#[derive(Debug, Clone)]
pub struct Phones {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    phones: Mutex<Vec<(String, VecDeque<Bubble>)>>,
    changes: watch::Sender<u64>,
}

impl Default for Phones {
    fn default() -> Phones {
        Phones::new()
    }
}

impl Phones {
    /// No phone yet; each appears with its first message.
    pub fn new() -> Phones {
        Phones {
            shared: Arc::new(Shared {
                phones: Mutex::default(),
                changes: watch::Sender::new(0),
            }),
        }
    }

    /// Puts a message on the recipient's screen.
    pub fn deliver(&self, message: Delivered) {
        let number = canonical(&message.to);
        let bubble = bubble(message);
        {
            let mut phones = self.phones();
            let index = phones.iter().position(|(known, _)| *known == number);
            let index = match index {
                Some(index) => index,
                None if phones.len() == MOST_PHONES => return,
                None => {
                    phones.push((number, VecDeque::new()));
                    phones.len() - 1
                }
            };
            let bubbles = &mut phones[index].1;
            if bubbles.len() == MOST_BUBBLES {
                bubbles.pop_front();
            }
            bubbles.push_back(bubble);
        }
        self.shared.changes.send_modify(|count| *count += 1);
    }

    /// Every phone that ever got a message, in the order of their first one.
    pub fn all(&self) -> Vec<Phone> {
        self.phones()
            .iter()
            .map(|(number, bubbles)| Phone {
                number: number.clone(),
                bubbles: bubbles.iter().cloned().collect(),
            })
            .collect()
    }

    /// What is on the screen of one phone, oldest first; the number in any way of writing.
    pub fn bubbles(&self, number: &str) -> Vec<Bubble> {
        let number = canonical(number);
        let phones = self.phones();
        phones
            .iter()
            .find(|(known, _)| *known == number)
            .map(|(_, bubbles)| bubbles.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// Counts the messages delivered so far; changes with each.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    fn phones(&self) -> MutexGuard<'_, Vec<(String, VecDeque<Bubble>)>> {
        self.shared
            .phones
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn bubble(message: Delivered) -> Bubble {
    let seen = |part: &&Part| !part.is_smil() && part.content_type != "text/plain";
    let attachment = |part: &Part| Attachment {
        content_type: part.content_type.clone(),
        name: part.name.clone(),
        size: part.data.len(),
    };
    Bubble {
        from: message.from,
        subject: message.subject,
        text: message.text,
        attachments: message.parts.iter().filter(seen).map(attachment).collect(),
        parts: message.parts,
        at_ms: message.at_ms,
    }
}

/// A number in one way of writing, as the numbering plan of the simulated carrier (+1) completes it: `2025550123`, `12025550123` and
/// `+1 202-555-0123` are the same phone. Short codes and other addresses stay as they are.
pub fn canonical(number: &str) -> String {
    let number = number.trim();
    let dialled: String = number
        .chars()
        .filter(|character| !matches!(character, ' ' | '-' | '.' | '(' | ')'))
        .collect();
    let digits = dialled.strip_prefix('+').unwrap_or(&dialled);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return number.to_owned();
    }
    match (dialled.starts_with('+'), digits.len()) {
        (true, _) | (false, ..10) => dialled,
        (false, 10) => format!("+1{digits}"),
        (false, _) => format!("+{digits}"),
    }
}
