//! The self-test: what was sent to the line's own number comes back, is fetched, and compared with what was sent.
//!
//! In: a message that was accepted, the inbox. Out: a [`Verify`], and seconds that were measured. Never here: what a message is to say.
use super::Actor;
use super::fetching::{Act, FetchDesk, text_of};
use super::sending::Waiting;
use crate::bench::Message;
use crate::compose::{Draft, Recipient};
use crate::event::{
    Failure, InboxKind, InboxState, Level, SelfTest, SelfTestRow, SendResult, Stage, Verify, Way,
    What,
};
use crate::inbox::Item;
use crate::mms::{self, Part, Pdu};
use crate::modem::Trouble;
use crate::outbox::{Entry, Persistence};
use crate::pipeline::{Gear, Ladder, Learned};
use crate::profile::Profile;
use std::collections::{HashSet, VecDeque};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// After the first message has come back, a second one of it would show within this time.
const A_SECOND_ONE: Duration = Duration::from_secs(2);
/// Digits of a number that decide whether two ways of writing mean the same line.
const TELLING: usize = 8;

/// What is to come back.
pub(super) struct Expected {
    pub desk: FetchDesk,
    /// The newest message in the inbox before the send.
    pub after: u64,
    pub profile: Option<Profile>,
    pub entry: Entry,
    /// The M-Send.req.
    pub octets: Vec<u8>,
    pub message_id: Option<String>,
    /// When the message was taken for sending, in world milliseconds.
    pub began_ms: u64,
}

/// Waits until it comes back, fetches it, compares it. The second value is what stands in the way, where it did not pass.
pub(super) async fn verify(
    gear: &Gear,
    send: u64,
    expected: &Expected,
) -> (Verify, Option<Failure>) {
    let ladder = gear.ladder(send);
    let mut seen = Verify::default();
    let done = ladder
        .stage(Stage::Deliver, None, async {
            comes_back(gear, expected, &ladder, &mut seen).await?;
            let seconds = seen.seconds.unwrap_or_default();
            let says = format!("came back whole after {seconds:.1} s, text and parts the same");
            Ok(Learned::new((), says, Vec::new()))
        })
        .await;
    (seen, done.err().map(|fallen| fallen.trouble.failure))
}

async fn comes_back(
    gear: &Gear,
    expected: &Expected,
    ladder: &Ladder,
    seen: &mut Verify,
) -> Result<(), Trouble> {
    let limit = gear.limits.of(Stage::Deliver);
    let mut news = expected.desk.news.subscribe();
    let mut until = Instant::now() + gear.modem.pace().real(limit);
    let mut tried = HashSet::new();
    let mut failed = None;
    let wanted = expected.bubbles();
    loop {
        news.mark_unchanged();
        for item in expected.desk.inbox.after(expected.after) {
            let waits = item.kind == InboxKind::Mms && item.state.can_be_fetched();
            if waits && expected.may_be(&item) && tried.insert(item.id) {
                ladder.progress(Stage::Deliver, "the notification is here; fetching", None);
                failed = fetch(gear, expected, item.id).await.or(failed);
            }
        }
        let whole = expected.look(gear, seen);
        if whole && seen.bubbles >= wanted {
            // A second one, too many, would come about now.
            until = until.min(Instant::now() + gear.modem.pace().real(A_SECOND_ONE));
        }
        if timeout_at(until, news.changed()).await.is_err() {
            break;
        }
    }
    expected.look(gear, seen);
    match failed {
        _ if seen.passed(wanted) => Ok(()),
        Some(item) if !seen.delivered => Err(unfetched(&item)),
        _ => Err(not_whole(seen, wanted, limit)),
    }
}

/// Fetches a message; gives it back where that did not succeed.
async fn fetch(gear: &Gear, expected: &Expected, id: u64) -> Option<Item> {
    let profile = expected.profile.clone()?;
    expected.desk.go(gear, id, profile, Act::Fetch).await;
    let item = expected.desk.inbox.get(id).ok()?;
    (item.state != InboxState::Here).then_some(item)
}

impl Expected {
    /// How many messages are right.
    fn bubbles(&self) -> usize {
        match self.entry.way {
            Way::SmsUnlinked => self.entry.parts.len().max(1),
            Way::Mms | Way::Sms => 1,
        }
    }

    /// Whether a message may be ours: it does not come from somebody else.
    fn may_be(&self, item: &Item) -> bool {
        let digits = |n: &str| n.chars().filter(char::is_ascii_digit).collect::<Vec<_>>();
        let from = digits(&item.from);
        let ours = |to: &String| {
            let to = digits(to);
            let least = to.len().min(from.len()).min(TELLING);
            to[to.len() - least..] == from[from.len() - least..]
        };
        from.is_empty() || self.entry.to.iter().any(ours)
    }

    /// Looks at what has come back. Returns whether all of it is here.
    fn look(&self, gear: &Gear, seen: &mut Verify) -> bool {
        let items: Vec<Item> = self
            .desk
            .inbox
            .after(self.after)
            .into_iter()
            .filter(|item| item.state == InboxState::Here && self.may_be(item))
            .collect();
        let (bubbles, same_text, same_parts) = match self.entry.way {
            Way::Mms => self.look_at_mms(&items),
            Way::Sms | Way::SmsUnlinked => self.look_at_sms(&items),
        };
        let whole = same_text && same_parts;
        if bubbles > 0
            && (seen.seconds.is_none() || (whole && !(seen.same_text && seen.same_parts)))
        {
            let ms = gear.sink.now_ms().saturating_sub(self.began_ms);
            #[expect(
                clippy::cast_precision_loss,
                reason = "a session has fewer milliseconds than 2^52"
            )]
            let seconds = ms as f64 / 1000.0;
            seen.seconds = Some(seconds);
        }
        *seen = Verify {
            delivered: bubbles > 0,
            bubbles,
            same_text,
            same_parts,
            seconds: seen.seconds,
        };
        whole
    }

    fn look_at_mms(&self, items: &[Item]) -> (usize, bool, bool) {
        let sent = Pdu::decode(&self.octets).pdu.parts();
        let text = text_of(&sent);
        let ours: Vec<&Item> = items
            .iter()
            .filter(|i| i.kind == InboxKind::Mms)
            .filter(|i| {
                i.text == text || (i.message_id.is_some() && i.message_id == self.message_id)
            })
            .collect();
        let same = |item: &&&Item| {
            let came = self.desk.inbox.parts(item.id).unwrap_or_default();
            alike(&sent) == alike(&came)
        };
        let best = ours.iter().find(same).or(ours.first());
        let same_text = best.is_some_and(|item| item.text == text);
        let same_parts = best.is_some_and(|item| same(&item));
        (ours.len(), same_text, same_parts)
    }

    /// An SMS has no other parts than its text.
    fn look_at_sms(&self, items: &[Item]) -> (usize, bool, bool) {
        let texts: Vec<&str> = items
            .iter()
            .filter(|i| i.kind == InboxKind::Sms && !i.text.is_empty())
            .map(|i| i.text.as_str())
            .filter(|text| self.entry.text.contains(text))
            .collect();
        let mut together: Vec<&str> = texts.clone();
        // Parts that nothing links may come in any order.
        together.sort_by_key(|text| self.entry.text.find(text));
        let same = together.concat() == self.entry.text;
        (texts.len(), same, same)
    }
}

/// The parts as they are compared: their types and octets, texts as characters; the presentation is left out, since an MMSC may write it anew.
fn alike(parts: &[Part]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = parts
        .iter()
        .filter(|part| !part.is_smil())
        .map(|part| {
            let data = part.text().unwrap_or_else(|| mms::sha256(&part.data));
            (part.content_type.to_ascii_lowercase(), data)
        })
        .collect();
    all.sort();
    all
}

fn unfetched(item: &Item) -> Trouble {
    let what = match item.state {
        InboxState::Expired => {
            "the message came back as a notification, and the MMSC has it no more"
        }
        _ => "the message came back as a notification and could not be fetched",
    };
    Trouble::new(
        what,
        "",
        item.says.clone(),
        format!("`mmscope inbox fetch {}` tries once more", item.id),
    )
}

fn not_whole(seen: &Verify, wanted: usize, limit: Duration) -> Trouble {
    if !seen.delivered {
        return Trouble::new(
            format!("nothing came back within {} s", limit.as_secs()),
            "",
            "the message was accepted; either it is still on its way, or this line gets no notifications (its subscription lacks MMS, or SMS does not reach it)",
            "Raise `deliver` under [limits] in the configuration where the carrier is slow; send an SMS to this number from a phone and see whether it shows in `mmscope inbox list`",
        );
    }
    let yes = |b| if b { "the same" } else { "another" };
    Trouble::new(
        "what came back is not what was sent",
        "",
        format!(
            "{} of {wanted} messages, {} text, {} parts",
            seen.bubbles,
            yes(seen.same_text),
            if seen.same_parts { "the same" } else { "other" }
        ),
        "`mmscope inbox show` shows what came; compare it with `mmscope outbox show`",
    )
}

/// The characters of the texts of the first test plan: under 160, about 400, 827, over 2,000.
pub const LENGTHS: [usize; 4] = [140, 400, 827, 2100];

/// A text of so many characters, different with each `seed`, with words that show where it was cut.
#[must_use]
pub fn test_text(characters: usize, seed: u64) -> String {
    let mut text = format!("Self-test {seed}, {characters} characters. ");
    let mut place = 0;
    while text.chars().count() < characters {
        place += 1;
        text.push_str(&format!("This is piece {place} of the text. "));
    }
    text.chars().take(characters - 1).chain(['.']).collect()
}

/// A self-test under way.
#[derive(Default)]
pub(super) struct Testing {
    rows: Vec<SelfTestRow>,
    /// Entries whose ends are awaited, each with its row.
    open: VecDeque<(u64, usize)>,
}

impl Actor {
    /// Sends each of the texts to the line itself, so many times.
    pub(super) async fn self_test(&mut self, texts: Vec<usize>, times: usize) {
        if self.read_only {
            let text = "read-only: nothing is sent. Start without --read-only to send";
            return self.say(Level::Warning, text);
        }
        if let Some(why) = self.receiving.inbox.why_unkept() {
            let text = format!("the self-test needs an inbox that keeps what comes: {why}");
            return self.say(Level::Warning, text);
        }
        let Some(own) = self.own_number().await else {
            return self.say(
                Level::Warning,
                "the self-test needs the line's own number: the SIM does not tell it (AT+CNUM); set own_number in the configuration",
            );
        };
        let rows = texts.iter().map(|&characters| SelfTestRow {
            characters,
            of: times,
            ..SelfTestRow::default()
        });
        let mut testing = Testing {
            rows: rows.collect(),
            open: VecDeque::new(),
        };
        for turn in 0..times {
            for (row, &characters) in texts.iter().enumerate() {
                let seed = (self.chance)()
                    .1
                    .wrapping_add((turn * texts.len() + row) as u64)
                    % 1_000_000;
                let message = Message {
                    draft: Draft {
                        to: vec![own.clone()],
                        text: test_text(characters, seed),
                        ..Draft::default()
                    },
                    way: Some(Way::Mms),
                    persistence: Persistence::Once,
                    verify: true,
                    ..Message::default()
                };
                let waiting: Option<u64> = self.take_in(message).await;
                if let Some(entry) = waiting {
                    testing.open.push_back((entry, row));
                }
            }
        }
        self.testing = Some(testing);
        self.tested(None);
    }

    async fn own_number(&mut self) -> Option<Recipient> {
        let known = self.gear.own_number.clone();
        let number = match known.or_else(|| self.gear.learnt(|l| l.card.as_ref()?.number.clone())) {
            Some(number) => Some(number),
            None => {
                let card = self.gear.modem.serving("inbox").sim_card().await.ok()?;
                card.number
            }
        };
        Recipient::parse(number?.reveal()).ok()
    }

    /// A send has ended; where it was one of a self-test, it is counted.
    pub(super) fn tested(&mut self, ended: Option<(u64, SendResult)>) {
        let Some(testing) = &mut self.testing else {
            return;
        };
        if let Some((entry, result)) = ended
            && let Some(place) = testing.open.iter().position(|(e, _)| *e == entry)
            && let Some((_, row)) = testing.open.remove(place)
            && let Some(row) = testing.rows.get_mut(row)
            && let Some(verify) = &result.verify
        {
            row.passed += usize::from(result.ok && verify.passed(1));
            row.seconds.extend(verify.seconds);
        }
        let waiting = |entry: u64| {
            self.waiting
                .iter()
                .any(|w: &Waiting| w.entry == Some(entry))
        };
        let current = self.current.map(|c| c.entry);
        let over = !testing
            .open
            .iter()
            .any(|(e, _)| waiting(*e) || current == Some(*e));
        if over && let Some(testing) = self.testing.take() {
            let passed = testing.rows.iter().map(|r| r.passed).sum();
            let of = testing.rows.iter().map(|r| r.of).sum();
            self.gear.sink.record(What::SelfTest(SelfTest {
                rows: testing.rows,
                passed,
                of,
            }));
        }
    }
}
