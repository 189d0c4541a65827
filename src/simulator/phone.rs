//! The phones of the simulated world: what a person would see on theirs.
//!
//! Comes in: delivered messages. Goes out: bubbles. One delivered message is one bubble, whatever it holds; if a text came in six messages, there are
//! six. Never happens here: decoding, waiting.

use crate::mms::Part;
use serde::Serialize;
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
    /// What carried it.
    pub kind: Kind,
    /// Addresses of To and Cc, as the phone shows who else has it; empty for an SMS.
    pub shared_with: Vec<String>,
    /// Parts of a long SMS that never came.
    pub missing_parts: u8,
}

/// What carried a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// MMS.
    #[default]
    Mms,
    /// SMS, in one part or several.
    Sms,
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
    /// What carried it.
    pub kind: Kind,
    /// Addresses of To and Cc, in the order of the message; Bcc is never among them.
    pub shared_with: Vec<String>,
    /// Parts of a long SMS that never came; the text is that of the others.
    pub missing_parts: u8,
}

/// One phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// Its number, as [`canonical`] writes it.
    pub number: String,
    /// What is on its screen, oldest first: the last 200.
    pub bubbles: Vec<Bubble>,
    /// How many it got in all.
    pub count: u64,
}

/// All phones of a world. Cloning gives another handle to the same phones.
#[derive(Debug, Clone)]
pub struct Phones {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    phones: Mutex<Vec<Screen>>,
    observers: Mutex<Observers>,
    changes: watch::Sender<u64>,
}

#[derive(Debug)]
struct Screen {
    number: String,
    bubbles: VecDeque<Bubble>,
    count: u64,
}

/// Told of the phone's number, how many bubbles it has had with this one, and the bubble.
type Observer = Box<dyn FnMut(&str, u64, &Bubble) + Send>;

#[derive(Default)]
struct Observers(Vec<Observer>);

impl std::fmt::Debug for Observers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} observers", self.0.len())
    }
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
                observers: Mutex::default(),
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
            let index = phones.iter().position(|screen| screen.number == number);
            let index = match index {
                Some(index) => index,
                None if phones.len() == MOST_PHONES => return,
                None => {
                    phones.push(Screen {
                        number,
                        bubbles: VecDeque::new(),
                        count: 0,
                    });
                    phones.len() - 1
                }
            };
            let screen = &mut phones[index];
            screen.count += 1;
            // Within the lock, so that observers hear of bubbles in the order in which they came.
            for observer in &mut lock(&self.shared.observers).0 {
                observer(&screen.number, screen.count, &bubble);
            }
            if screen.bubbles.len() == MOST_BUBBLES {
                screen.bubbles.pop_front();
            }
            screen.bubbles.push_back(bubble);
        }
        self.shared.changes.send_modify(|count| *count += 1);
    }

    /// Has every bubble from here on told at once, before anything else happens in the world: the phone's number, how many bubbles it has
    /// had with this one, and the bubble. The observer must not ask the phones for anything.
    pub fn observe(&self, observer: impl FnMut(&str, u64, &Bubble) + Send + 'static) {
        lock(&self.shared.observers).0.push(Box::new(observer));
    }

    /// Every phone that ever got a message, in the order of their first one.
    pub fn all(&self) -> Vec<Phone> {
        self.phones()
            .iter()
            .map(|screen| Phone {
                number: screen.number.clone(),
                bubbles: screen.bubbles.iter().cloned().collect(),
                count: screen.count,
            })
            .collect()
    }

    /// What is on the screen of one phone, oldest first; the number in any way of writing.
    pub fn bubbles(&self, number: &str) -> Vec<Bubble> {
        self.of(number, |screen| screen.bubbles.iter().cloned().collect())
    }

    /// How many bubbles one phone got in all, those that have scrolled away included.
    pub fn count(&self, number: &str) -> u64 {
        self.of(number, |screen| screen.count)
    }

    fn of<T: Default>(&self, number: &str, look: impl FnOnce(&Screen) -> T) -> T {
        let number = canonical(number);
        let phones = self.phones();
        let screen = phones.iter().find(|screen| screen.number == number);
        screen.map(look).unwrap_or_default()
    }

    /// Counts the messages delivered so far; changes with each.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    fn phones(&self) -> MutexGuard<'_, Vec<Screen>> {
        lock(&self.shared.phones)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        kind: message.kind,
        shared_with: message.shared_with,
        missing_parts: message.missing_parts,
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
