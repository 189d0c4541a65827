//! Everything that the screen depends on.
//!
//! In: what the edge hands over at the start, then messages through `update`. Out: what `view` draws. Never here: clocks, files, the modem;
//! what is known of the bench is held as [`Known`], never copied.
use super::action::{Action, Place};
use super::alike::{Alike, Recipients};
use super::asked::{Compared, Comparison, Mend, Mender, Varying, Witnesses};
use super::at_line::AtLine;
use super::choosing::Choosing;
use super::columns::Columns;
use super::copying::Copying;
use super::dry_run::DryRun;
use super::editor::{Compose, Draft, Entry, Field};
use super::fitting::{self, Fitted, Fitter, Fitting};
use super::inspector::Inspector;
use super::keymap::{Binding, Chord, Keymap};
use super::layout::{self, Layout, Pane, Plan, Screen};
use super::letter::{Cleared, Handed, Incoming};
use super::log::Log;
use super::options::Row;
use super::palette::Palette;
use super::panel::{Interfaces, Panel, Varied};
use super::prompt::{Prompt, Sought};
use super::recordings::Recordings;
use super::replay::{Laid, Replay};
use super::theme::Theme;

pub use super::looks::Looks;
use super::traffic::{Meaning, Traffic};
use super::update::Order;
use crate::compose::Severity;
use crate::config::Confirm;
use crate::event::{
    Code, Drive, EntryState, EventId, Fix, InboxState, InboxStep, Octets, OutboxStep, ProbeBegan,
    ProfileLint, Sim, Verdict, Way,
};
use crate::known::{Known, Probe};
use crate::replay::Expected;
use std::sync::Arc;

/// A row of the profile switcher.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileRow {
    /// `us/mint`.
    pub id: String,
    /// `Mint Mobile`.
    pub name: String,
    /// APN of its MMS context.
    pub apn: String,
    /// PDP type that it asks for, `IPV4V6`.
    pub pdp_type: String,
    /// The MMSC's URL as configured.
    pub mmsc: String,
    /// What is really dialled: `wholesale.mmsmvno.com:80`.
    pub dials: String,
    /// Whether it is for the SIM in the modem; `None` while the SIM is not known.
    pub fits: Option<bool>,
    /// Lints of level warning and error.
    pub lints: Vec<ProfileLint>,
    /// In what a profile of the person's own differs from the shipped one for the same carrier: where it is out of date, it shows here.
    pub beside: Option<String>,
}

/// How big a draft is, as MMS and as SMS.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Octets of the M-Send.req, or why there can be none (a malformed recipient, no text).
    pub pdu: Result<usize, String>,
    /// The profile's limit in octets, where it has one.
    pub limit: Option<usize>,
    /// From this many characters on the person wants to be warned.
    pub warn_at: usize,
    /// The same text as SMS.
    pub sms: SmsSize,
    /// Parts as unlinked SMS.
    pub unlinked: usize,
    /// Why it cannot go as SMS, where it cannot.
    pub no_sms: Option<String>,
    /// The way by the rule of the configuration.
    pub by_rule: Way,
    /// What it costs as MMS and as SMS, where the profile names prices: `USD 0.02`.
    pub costs: Option<(String, String)>,
    /// What speaks against sending it as it stands, worst first.
    pub doubts: Vec<Doubt>,
}

/// Something that speaks against sending a message as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, and what to do.
    pub says: String,
}

impl Default for Measured {
    fn default() -> Self {
        Self {
            pdu: Err("nothing is written yet".to_owned()),
            limit: None,
            warn_at: 5_000,
            sms: SmsSize::default(),
            doubts: Vec::new(),
            unlinked: 0,
            no_sms: None,
            by_rule: Way::Mms,
            costs: None,
        }
    }
}

/// Which alphabet an SMS needs (3GPP TS 23.038).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmsCoding {
    /// The default alphabet, 7 bits a character.
    #[default]
    Gsm7,
    /// UCS-2, 16 bits a character.
    Ucs2,
}

/// The text as SMS.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SmsSize {
    /// Parts that it takes.
    pub parts: usize,
    /// Alphabet.
    pub coding: SmsCoding,
    /// Characters left in the last part.
    pub left: usize,
    /// The characters that force UCS-2, each once, in the order of the text.
    pub forcing: Vec<char>,
    /// Parts that it would take without them; `None` where nothing forces UCS-2.
    pub parts_without: Option<usize>,
}

/// What the edge knows and does not change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flags {
    /// The simulated world, where the bench is simulated.
    pub world: Option<String>,
    /// That world is broken on purpose, so that there is something to find out.
    pub broken: bool,
    /// Where the session is recorded; `None` when it is not.
    pub recording: Option<String>,
    /// Local time's distance from UTC in minutes.
    pub utc_offset_minutes: i16,
    /// The bench is only looked at: nothing is sent and no setting changed.
    pub read_only: bool,
    /// The terminal is one of tmux: it hands the clipboard on only where it is told to.
    pub tmux: bool,
    /// The outbox is on a disk: a letter that was not sent is kept there as a draft when the console ends.
    pub keeps: bool,
}

/// Measures a draft for the profile with this id, and for this SIM where it was read.
pub type Measure = Arc<dyn Fn(&Draft, Option<&str>, Option<&Sim>) -> Measured + Send + Sync>;

/// Makes the M-Send.req of a draft for the profile with this id, dated so many seconds after 1970; `None` where there can be none.
pub type Encode = Arc<dyn Fn(&Draft, Option<&str>, Option<u64>) -> Option<Octets> + Send + Sync>;

/// What the console needs of other rooms, as plain functions: it has no arrows to them.
#[derive(Clone)]
pub struct Bench {
    /// Measures a draft for the profile with this id.
    pub measure: Measure,
    /// Makes the M-Send.req of a draft, to be looked at.
    pub encode: Encode,
    /// Makes the files of a draft fit for the profile with this id; called at the edge, since it takes time.
    pub fit: Fitter,
    /// Explains a line of the modem.
    pub meaning: Meaning,
    /// Says what a profile would be with something changed.
    pub mend: Mender,
    /// Puts probes side by side.
    pub compare: Compared,
    /// Puts sends of one message side by side.
    pub varying: Varying,
    /// The content of a received message.
    pub letter: Reader,
    /// The recipients of a message of the outbox, to tell those apart whose masks are alike.
    pub recipients: Recipients,
    /// The content of a message of the outbox.
    pub own: OwnReader,
    /// The interfaces from which a probe may look as well.
    pub interfaces: Interfaces,
}

/// Reads the content of a received message, by its number.
pub type Reader = Arc<dyn Fn(u64) -> Option<Letter> + Send + Sync>;

/// Reads the content of a message of the outbox, by its number; or says why it cannot be read.
pub type OwnReader = Arc<dyn Fn(u64) -> Result<Letter, String> + Send + Sync>;

/// The content of a message: on the screen only, never in a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// The sender in plain, where shown.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Each part: type, octets, file.
    pub parts: Vec<String>,
}

impl Default for Bench {
    /// Measures nothing and explains nothing.
    fn default() -> Self {
        Self {
            measure: Arc::new(|_, _, _| Measured::default()),
            encode: Arc::new(|_, _, _| None),
            fit: Arc::new(|draft, _| Fitted {
                attachments: draft.attachments.clone(),
                changes: Vec::new(),
            }),
            meaning: |_, _, _| None,
            mend: Arc::new(|_, _| None),
            compare: |_| Vec::new(),
            varying: |_, _| (Vec::new(), None),
            letter: Arc::new(|_| None),
            recipients: Arc::new(|_| Vec::new()),
            own: Arc::new(|_| Err("it is kept nowhere here".to_owned())),
            interfaces: Arc::new(Vec::new),
        }
    }
}

/// What lies over the panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// All keys.
    Help,
    /// Which commands this firmware has, and its ways.
    Capabilities,
    /// Any action by its name.
    Palette,
    /// The profile switcher, where the layout has no pane for it.
    Profiles,
    /// The list of recordings.
    Recordings,
    /// Copies, options and files of the message.
    Options,
    /// A question.
    Ask(Question),
    /// In which form to copy.
    Copy,
    /// A short list: [`State::choosing`].
    Choosing,
    /// What a probe or a row of sends shall be: [`State::panel`].
    Panel,
    /// In which form to copy octets.
    CopyOctets,
    /// The chosen message, whole.
    Post,
    /// What a send of the letter would do: [`State::dry_run`].
    DryRun,
    /// Which columns the traffic has.
    Columns,
}

/// A question before something that cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Send the letter, where each send is asked for.
    Send,
    /// Send this message of the outbox, where each send is asked for.
    SendEntry(u64),
    /// Send what is queued, where each send is asked for.
    SendQueued,
    /// Drive this output of the serial line.
    Drive(Drive),
    /// Quit while a send runs.
    Quit,
    /// Quit although the letter in the composer is kept nowhere.
    QuitLetter,
    /// Put the modem's settings back.
    Restore,
    /// Run the AT commands that wait: several, or one that can break the bench.
    Commands,
    /// Probe with contexts of its own.
    FullProbe,
    /// Write the changed copy of the profile into the person's folder.
    Keep,
    /// Send the very same octets again.
    SendAgain,
    /// Send a message of the outbox again: the very same octets, or as a new one.
    ResendEntry {
        /// Its number.
        entry: u64,
        /// The very same octets.
        same: bool,
    },
    /// Put another message in the place of what is being written.
    ReplaceDraft,
    /// Take this message out of the queue into the composer.
    TakeOut(u64),
    /// Take this message out of the outbox.
    Forget(u64),
    /// Tell the MMSC that this message is not wanted.
    RejectItem(u64),
    /// Delete this received message from the modem's store.
    DeleteStored(u64),
    /// Send messages to oneself.
    SelfTest,
    /// Send as SMS what failed as MMS.
    SendSms,
    /// Send although the outbox cannot keep what goes out.
    Unrecorded,
    /// Probe with contexts of its own, as the panel says.
    FullWish,
    /// Send one message several times with one thing changed.
    Vary,
}

/// An outbox that cannot keep what goes out forbids sending until a person agrees, once.
#[derive(Clone, Debug, Default)]
pub struct Unrecorded {
    /// Why it cannot; none where it can, or somebody has agreed.
    pub why: Option<String>,
    /// The order that waits for the answer.
    pub held: Option<Order>,
}

/// What the send pane shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SendFace {
    /// The ladder.
    #[default]
    Ladder,
    /// The HTTP request and answer.
    Http,
    /// The bubble on the simulated phone.
    Bubble,
}

/// Everything that the screen depends on.
pub struct State {
    /// The newest event that the traffic took in.
    pub seen: EventId,
    /// What is known of the bench.
    pub known: Arc<Known>,
    /// The profiles, in the order in which they are shown.
    pub profiles: Vec<ProfileRow>,
    /// What does not change.
    pub flags: Flags,
    /// Looks.
    pub theme: Theme,
    /// Keys.
    pub keymap: Keymap,
    /// How the bench is divided.
    pub layout: Layout,
    /// Before which sends it is asked.
    pub confirm: Confirm,
    /// What the send of the letter would do, as it was asked last.
    pub dry_run: Option<DryRun>,
    /// The columns of the traffic.
    pub columns: Columns,
    /// Functions of other rooms.
    pub bench: Bench,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// The session's clock in milliseconds, as of the last tick.
    pub now_ms: u64,
    /// The screen that is shown.
    pub screen: Screen,
    /// The pane that has the keys.
    pub focus: Pane,
    /// Whether text is being typed (into the message's field, or the AT line).
    pub typing: bool,
    /// The message.
    pub compose: Compose,
    /// What came into the composer from the outbox: as long as nothing is changed in it, nothing can be lost.
    pub given: Draft,
    /// What stood in the composer at the start.
    pub sample: Draft,
    /// The message of the outbox that is in the composer, with whatever was changed in it: as long as it is a draft there, the letter takes its place.
    pub edits: Option<u64>,
    /// The letter that was last handed to the bench.
    pub handed: Option<Handed>,
    /// The letter that was emptied last.
    pub cleared: Option<Box<Cleared>>,
    /// A message that waits for the person to agree that it takes the letter's place.
    pub incoming: Option<Incoming>,
    /// Its sizes.
    pub measured: Measured,
    /// What the profile's limit makes of its files.
    pub fitting: Fitting,
    /// The PDU that is looked at.
    pub inspector: Inspector,
    /// The AT line.
    pub at: AtLine,
    /// Lines on the wire.
    pub traffic: Traffic,
    /// What the program says of itself.
    pub log: Log,
    /// A line that is asked for at the foot of the screen.
    pub prompt: Option<Prompt>,
    /// What is looked for in a pane other than the traffic.
    pub sought: Option<Sought>,
    /// What is about to be copied.
    pub copying: Copying,
    /// How far each pane is scrolled, in rows.
    pub scroll: [usize; Pane::ALL.len()],
    /// How far the sheet that lies over the panes is scrolled.
    pub help_scroll: usize,
    /// What the help is searched for.
    pub help_search: Entry,
    /// The palette.
    pub palette: Palette,
    /// The first of two keys, while the second is waited for.
    pub pending: Option<Chord>,
    /// What lies over the panes.
    pub overlay: Option<Overlay>,
    /// Whether messages can be kept.
    pub unrecorded: Unrecorded,
    /// Whether the focused pane has the whole screen.
    pub zoomed: bool,
    /// What the send pane shows.
    pub face: SendFace,
    /// The chosen row of the profiles.
    pub chosen: usize,
    /// The way that the person chose for the message; none for the one of the rule.
    pub way: Option<Way>,
    /// The chosen message of the outbox.
    pub entry: Option<u64>,
    /// The outbox held a draft at the start, and the messages were not looked at yet.
    pub seeks_draft: bool,
    /// Numbers whose masks are alike.
    pub alike: Alike,
    /// The chosen received message; it goes before one of the outbox.
    pub item: Option<u64>,
    /// What stands in the received message that is shown, with its number.
    pub letter: Option<(u64, Letter)>,
    /// What stands in the message of the outbox that is shown whole, with its number; or why that is not known.
    pub own: Option<(u64, Result<Letter, String>)>,
    /// The chosen piece of evidence.
    pub evidence: usize,
    /// What the person saw.
    pub witnesses: Witnesses,
    /// What the newest verdict's fix would make of the profile.
    pub mend: Option<(Fix, Mend)>,
    /// The copy that was last written into the person's folder, by its id.
    pub kept: Option<String>,
    /// Profiles that are marked for comparing, in the order of marking.
    pub marked: Vec<String>,
    /// What is compared.
    pub comparison: Comparison,
    /// The chosen cell of the tables: row over all of them, and column.
    pub cell: Option<(usize, usize)>,
    /// What a probe or a row of sends shall be, before it begins.
    pub panel: Option<Panel>,
    /// Sends of one message with one thing changed.
    pub varied: Option<Varied>,
    /// The recordings of the folder.
    pub recordings: Recordings,
    /// The recording in the place of the bench.
    pub replay: Option<Box<Replay>>,
    /// What was laid beside what is on the screen.
    pub laid: Option<Laid>,
    /// How long the stages of good sends through the profile took.
    pub expected: Option<Expected>,
    /// The list that [`Overlay::Choosing`] shows.
    pub choosing: Option<Choosing>,
    /// A word to the person, until the next key.
    pub hint: Option<String>,
    /// Hints that were not learned yet, by name.
    pub tips: Vec<&'static str>,
    /// Whether the terminal's mouse is ours.
    pub mouse: bool,
    /// Whether identities are hidden on the screen.
    pub hides: bool,
}

impl State {
    /// The screen at the start.
    #[must_use]
    pub fn new(
        profiles: Vec<ProfileRow>,
        draft: &Draft,
        flags: Flags,
        theme: Theme,
        bench: Bench,
    ) -> Self {
        let mut state = Self {
            seen: 0,
            known: Arc::default(),
            profiles,
            flags,
            theme,
            keymap: Keymap::default(),
            layout: Layout::default(),
            confirm: Confirm::default(),
            dry_run: None,
            columns: Columns::default(),
            bench,
            size: (0, 0),
            now_ms: 0,
            screen: Screen::Bench,
            focus: Pane::Compose,
            typing: draft.to.is_empty(),
            compose: Compose::new(draft),
            given: Draft::default(),
            sample: Draft::default(),
            edits: None,
            handed: None,
            cleared: None,
            incoming: None,
            measured: Measured::default(),
            fitting: Fitting::default(),
            inspector: Inspector::default(),
            at: AtLine::default(),
            traffic: Traffic::default(),
            log: Log::default(),
            prompt: None,
            sought: None,
            copying: Copying::default(),
            scroll: [0; Pane::ALL.len()],
            help_scroll: 0,
            help_search: Entry::new("", 80),
            palette: Palette::default(),
            pending: None,
            overlay: None,
            unrecorded: Unrecorded::default(),
            zoomed: false,
            face: SendFace::Ladder,
            chosen: 0,
            way: None,
            entry: None,
            seeks_draft: false,
            alike: Alike::default(),
            item: None,
            letter: None,
            own: None,
            evidence: 0,
            witnesses: Witnesses::default(),
            mend: None,
            kept: None,
            marked: Vec::new(),
            comparison: Comparison::default(),
            cell: None,
            panel: None,
            varied: None,
            recordings: Recordings::default(),
            replay: None,
            laid: None,
            expected: None,
            choosing: None,
            hint: None,
            tips: Vec::new(),
            mouse: true,
            hides: false,
        };
        // A letter that stands there ready-made is nobody's work: only what is changed in it can be lost.
        state.given = state.draft();
        state.sample = state.given.clone();
        state.measure();
        state
    }

    /// What is written now.
    #[must_use]
    pub fn draft(&self) -> Draft {
        self.compose.draft()
    }

    /// Measures the draft anew, for the profile in use.
    pub(super) fn measure(&mut self) {
        let profile = self.known.profile.as_ref().map(|p| p.id.as_str());
        let sim = self.known.sim.as_ref();
        self.measured = (self.bench.measure)(&fitting::as_sent(self), profile, sim);
        // Where nothing is left of a draft, what is written then is another letter.
        if self.edits.is_some() && self.draft().is_empty() {
            self.edits = None;
        }
    }

    /// Whether something with a running clock is on the screen: only then are ticks wanted.
    #[must_use]
    pub fn wants_clock(&self) -> bool {
        match &self.replay {
            Some(replay) => replay.player.is_playing(),
            None => self.is_busy(),
        }
    }

    /// Whether a send or a probe runs on the bench.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let runs = |k: &Known| k.running().is_some() || k.probing().is_some();
        self.of_bench().is_some_and(runs)
    }

    /// The newest verdict, where no newer probe runs.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.replay {
            Some(replay) => replay.anew.as_ref(),
            None => self.said_then(),
        }
    }

    /// The same as the recording has it.
    #[must_use]
    pub fn said_then(&self) -> Option<&Verdict> {
        self.known.probes.back().and_then(|p| p.verdict.as_ref())
    }

    /// The way that the message goes.
    #[must_use]
    pub fn effective_way(&self) -> Way {
        self.way.unwrap_or(self.measured.by_rule)
    }

    /// Messages of the outbox, the newest first.
    pub fn messages(&self) -> impl Iterator<Item = &OutboxStep> {
        self.known.outbox.values().rev()
    }

    /// All messages, sent and received, the newest first.
    #[must_use]
    pub fn posts(&self) -> Vec<Post<'_>> {
        let mut sent = self.messages().peekable();
        let mut received = self.known.inbox.values().rev().peekable();
        let mut all = Vec::new();
        loop {
            let newer = match (sent.peek(), received.peek()) {
                (None, None) => return all,
                (Some(s), Some(r)) => r.received_unix_ms > s.written_unix_ms,
                (sent, _) => sent.is_none(),
            };
            let next = if newer {
                received.next().map(Post::Received)
            } else {
                sent.next().map(Post::Sent)
            };
            all.extend(next);
        }
    }

    /// The chosen message; the newest, where none is chosen.
    #[must_use]
    pub fn post(&self) -> Option<Post<'_>> {
        let item = self.item.and_then(|id| self.known.inbox.get(&id));
        let entry = self.entry.and_then(|id| self.known.outbox.get(&id));
        let chosen = item.map(Post::Received).or(entry.map(Post::Sent));
        chosen.or_else(|| self.posts().into_iter().next())
    }

    /// The chosen message of the outbox; the newest, where none is chosen.
    #[must_use]
    pub fn message(&self) -> Option<&OutboxStep> {
        match self.post()? {
            Post::Sent(message) => Some(message),
            Post::Received(_) => None,
        }
    }

    /// The chosen received message.
    #[must_use]
    pub fn received(&self) -> Option<&InboxStep> {
        match self.post()? {
            Post::Received(item) => Some(item),
            Post::Sent(_) => None,
        }
    }

    /// Tells the numbers of the messages apart, while they are on the screen.
    pub(super) fn tell_apart(&mut self) {
        // The outbox has other messages under the numbers of a recording.
        if self.screen != Screen::Messages || self.is_replaying() {
            return;
        }
        for message in self.known.outbox.values() {
            if !self.alike.knows(message) {
                let plain = (self.bench.recipients)(message.entry);
                self.alike.take(message, plain);
            }
        }
    }

    /// The letter of the nth recipient of a message, where another number has the same mask. A recording has the masks only.
    #[must_use]
    pub fn mark(&self, message: &OutboxStep, nth: usize) -> Option<char> {
        let apart = !self.is_replaying();
        apart.then(|| self.alike.mark(message, nth)).flatten()
    }

    /// Reads what stands in the chosen message anew.
    pub(super) fn read_letter(&mut self) {
        let id = self.received().map(|item| item.item);
        self.letter = id.and_then(|id| Some((id, (self.bench.letter)(id)?)));
    }

    /// Reads what stands in the chosen message of the outbox.
    pub(super) fn read_own(&mut self) {
        let id = self.message().map(|m| m.entry);
        let read = |id| match self.is_replaying() {
            true => Err(self.held_instead(id)),
            false => (self.bench.own)(id),
        };
        self.own = id.map(|id| (id, read(id)));
    }

    /// Why a message is not shown whole out of a recording, and where its text stands in it all the same.
    fn held_instead(&self, entry: u64) -> String {
        let mut sends = self.known.sends.iter().rev().map(|s| &s.message);
        let send = sends.find(|m| m.entry == Some(entry)).map(|m| m.send);
        let places = send.map(|send| self.text_held(send)).unwrap_or_default();
        match places.is_empty() {
            true => "up to here the recording does not hold it".to_owned(),
            false => format!(
                "messages are not read out of recordings; this one holds the text, in {}",
                places.join(" and in ")
            ),
        }
    }

    /// The message of the last send, where it may go another way.
    #[must_use]
    pub fn offer(&self) -> Option<(u64, Way)> {
        let result = self.known.sends.back()?.result.as_ref()?;
        Some((result.entry?, result.offers?))
    }

    /// Whether the person has reason to ask why not: the last send failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        let failed = |s: &crate::known::Send| {
            s.result
                .as_ref()
                .map_or(s.failure().is_some(), |r| !r.ok && !r.cancelled)
        };
        self.known.sends.back().is_some_and(failed)
    }

    /// The fix that can be applied now: it is not in use yet.
    #[must_use]
    pub fn fix(&self) -> Option<&(Fix, Mend)> {
        let used = self.known.profile.as_ref().map(|p| p.id.as_str());
        self.mend.as_ref().filter(|(_, m)| used != Some(&m.id))
    }

    /// Whether the fix of the newest verdict is in use.
    #[must_use]
    pub fn is_mended(&self) -> bool {
        self.mend.is_some() && self.fix().is_none()
    }

    /// The newest probe of a column of the comparison; one in which nothing was found, where it has not begun.
    #[must_use]
    pub fn probe_of(&self, id: &str) -> Probe {
        let probes = self.known.probes.iter().rev();
        let mut of_this = probes.filter(|p| p.began.probe > self.comparison.after);
        let found = of_this.find(|p| p.began.profile == id);
        found.cloned().unwrap_or_else(|| Probe {
            began: ProbeBegan {
                profile: id.to_owned(),
                ..ProbeBegan::default()
            },
            began_ms: 0,
            experiments: Vec::new(),
            facts: Vec::new(),
            hypotheses: Vec::new(),
            verdict: None,
        })
    }

    /// Whether a row of sends with one thing changed is under way.
    #[must_use]
    pub fn is_varying(&self) -> bool {
        self.varied.as_ref().is_some_and(|v| !v.ended)
    }

    /// The `nth` send of a row with one thing changed, from 0 for the message as it is; `None` while it has not begun.
    #[must_use]
    pub fn varied_send(&self, varied: &Varied, nth: usize) -> Option<&crate::known::Send> {
        let id = varied.ids.get(nth)?;
        let mut newest = self.known.sends.iter().rev();
        newest.find(|s| s.message.transaction_id == *id)
    }

    /// The changed copy that is in use and was not written to a file yet.
    #[must_use]
    pub fn unkept(&self) -> Option<&Mend> {
        let (_, mend) = self.mend.as_ref()?;
        (self.is_mended() && self.kept.as_deref() != Some(&mend.id)).then_some(mend)
    }

    /// Learns what the newest verdict's fix would make of the profile.
    pub(super) fn mend(&mut self) {
        let made = self.verdict().and_then(|v| {
            let fixes = v.next.iter().filter_map(|n| n.fix.as_ref());
            fixes
                .filter(|_| v.verdict != Code::Works)
                .find_map(|fix| Some((fix.clone(), (self.bench.mend)(&v.profile, fix)?)))
        });
        self.mend = made;
    }

    /// The wall clock in milliseconds since 1970, as far as the screen knows it: the session's start and its time.
    #[must_use]
    pub fn unix_ms(&self) -> Option<u64> {
        let start: jiff::Timestamp = self.known.started_at.parse().ok()?;
        let start = u64::try_from(start.as_millisecond()).ok()?;
        Some(start + self.clock_ms())
    }

    /// The session's time in milliseconds, as far as the screen knows it.
    #[must_use]
    pub fn clock_ms(&self) -> u64 {
        self.now_ms.max(self.known.ms)
    }

    /// How the screen is divided now.
    #[must_use]
    pub fn plan(&self) -> Plan {
        self.plan_at(self.size)
    }

    /// The same for a screen of this size.
    #[must_use]
    pub fn plan_at(&self, size: (u16, u16)) -> Plan {
        let rows = match (&self.replay, size.1) {
            (None, _) | (_, 0..8) => 0,
            (_, 8..24) => 1,
            _ => 2,
        };
        let size = (size.0, size.1 - rows);
        layout::plan(size, self.screen, self.focus, self.zoomed, &self.layout).with_timeline(rows)
    }

    /// Whether the profiles have the keys, in their pane or as an overlay.
    #[must_use]
    pub fn on_profiles(&self) -> bool {
        self.overlay == Some(Overlay::Profiles)
            || (self.overlay.is_none() && self.focus == Pane::Profiles)
    }

    /// Whether characters are text now, and no keys.
    #[must_use]
    pub fn takes_text(&self) -> bool {
        (self.prompt.is_some() && self.overlay.is_none()) || self.typing_under(self.overlay)
    }

    fn typing_under(&self, overlay: Option<Overlay>) -> bool {
        let form = &self.compose.form;
        match overlay {
            None => self.typing,
            Some(Overlay::Options) => form.entry(form.row).is_some(),
            Some(Overlay::Panel) => self.panel.as_ref().is_some_and(|p| p.entry().is_some()),
            Some(_) => is_searched(overlay),
        }
    }

    /// Whether a place counts under an overlay.
    pub(super) fn counts(&self, place: Place, overlay: Option<Overlay>) -> bool {
        let asked = self.prompt.is_some() && overlay.is_none();
        let fields = self.typing_under(overlay);
        let searched = is_searched(overlay);
        let of_message = overlay == Some(Overlay::Options);
        let in_panel = overlay == Some(Overlay::Panel);
        let in_options = of_message || in_panel;
        let row = self.compose.form.row;
        let body = self.compose.field == Field::Text;
        match (place, overlay) {
            (Place::InPrompt, _) => asked,
            (Place::Typing | Place::Everywhere, None) if asked => true,
            (_, None) if asked => false,
            (Place::InCopyMenu, overlay) => overlay == Some(Overlay::Copy),
            (Place::InOctetMenu, overlay) => overlay == Some(Overlay::CopyOctets),
            (Place::Command, Some(Overlay::Copy | Overlay::CopyOctets | Overlay::Choosing)) => {
                false
            }
            (Place::Asked, overlay) => matches!(overlay, Some(Overlay::Ask(_))),
            (_, Some(Overlay::Ask(_))) => false,
            (Place::Everywhere, _) => true,
            (Place::Typing, _) => fields,
            (Place::InList, _) => searched,
            (Place::InPalette, _) => overlay == Some(Overlay::Palette),
            (_, Some(Overlay::Palette | Overlay::Help)) => false,
            (Place::InColumns, _) => overlay == Some(Overlay::Columns),
            (Place::InRecordings, _) => overlay == Some(Overlay::Recordings),
            (Place::InReplay, _) => self.replay.is_some() && overlay.is_none() && !fields,
            (Place::InOptions, _) => in_options,
            (Place::OnChoice, Some(Overlay::Panel)) => {
                self.panel.as_ref().is_some_and(Panel::is_choice)
            }
            (Place::OnOffer, overlay) => {
                overlay == Some(Overlay::Panel)
                    && self.panel.as_ref().is_some_and(Panel::is_offered)
            }
            (Place::OnChoice, _) => of_message && self.compose.form.choice(row).is_some(),
            (Place::OnFile, _) => of_message && matches!(row, Row::File(_)),
            (Place::InText | Place::InLine | Place::InAt, Some(_)) => false,
            (Place::Command, _) => !fields && !in_options,
            (Place::On(Pane::Profiles), _) => {
                overlay == Some(Overlay::Profiles)
                    || (overlay.is_none() && !fields && self.focus == Pane::Profiles)
            }
            (Place::OnScreen(screen), _) => overlay.is_none() && self.screen == screen,
            (Place::On(pane), _) => overlay.is_none() && !fields && self.focus == pane,
            (Place::InText, _) => fields && self.focus == Pane::Compose && body,
            (Place::InLine, _) => fields && self.focus == Pane::Compose && !body,
            (Place::InAt, _) => fields && self.focus == Pane::Traffic,
        }
    }

    /// Whether a binding counts now: its place does, its key is no text that is being typed, and its action has something to act on.
    #[must_use]
    pub fn binding_is_valid(&self, binding: &Binding) -> bool {
        self.binding_counts(binding, self.overlay)
    }

    /// The same for the screen under the help.
    #[must_use]
    pub fn valid_below(&self, binding: &Binding) -> bool {
        let overlay = self.overlay.filter(|o| !is_searched(Some(*o)));
        self.binding_counts(binding, overlay)
    }

    fn binding_counts(&self, binding: &Binding, overlay: Option<Overlay>) -> bool {
        let asked = self.prompt.is_some() && overlay.is_none();
        let fields = asked || self.typing_under(overlay);
        let quits = binding.action == Action::Quit && !binding.chord.is_text();
        // Enter made the question: pressed twice by accident it must not answer it, too.
        let by_enter = matches!(
            overlay,
            Some(Overlay::Ask(
                Question::Commands | Question::FullWish | Question::Vary | Question::Drive(_)
            ))
        );
        let twice = by_enter && binding.action == Action::Yes && !binding.chord.is_text();
        (self.counts(binding.place, overlay) || quits)
            && !(fields && binding.chord.is_text())
            && !twice
            // What lies over the panes hides the one that would be zoomed.
            && (binding.action != Action::Zoom || overlay.is_none())
            && self.has_object(binding.action)
    }

    /// Whether an action has something to act on. Others stay silent and out of the footer.
    pub(super) fn has_object(&self, action: Action) -> bool {
        match action {
            Action::Stop => self.is_busy() || self.at.running > 0 || self.is_varying(),
            Action::Complete => self.at.completes(),
            Action::FindNext | Action::FindPrevious => self.is_searching(),
            Action::NextMark | Action::PreviousMark => self.traffic.has_marks(),
            Action::Apply => self.fix().is_some(),
            Action::SendSms => self.offer().is_some(),
            Action::Plain => !self.measured.sms.forcing.is_empty(),
            Action::SendQueued => self.messages().any(|m| m.state == EntryState::Queued),
            Action::SendEntry => self
                .message()
                .is_some_and(|m| matches!(m.state, EntryState::Draft | EntryState::Queued)),
            Action::CancelEntry => self
                .message()
                .is_some_and(|m| matches!(m.state, EntryState::Queued | EntryState::Sending)),
            Action::ResendSame | Action::ResendNew | Action::Forget => self
                .message()
                .is_some_and(|m| !matches!(m.state, EntryState::Sending | EntryState::Queued)),
            Action::OpenPost => self.post().is_some(),
            Action::Keep => self.unkept().is_some(),
            Action::Export => !self.comparison.is_empty() || self.varied.is_some(),
            Action::FetchItem | Action::RejectItem => {
                self.received().is_some_and(|i| i.state.can_be_fetched())
            }
            Action::DeferItem => self
                .received()
                .is_some_and(|i| matches!(i.state, InboxState::Waiting | InboxState::Failed)),
            Action::SaveItem => self.received().is_some_and(|i| i.state == InboxState::Here),
            Action::Reply => self.received().is_some_and(|i| i.from.is_some()),
            Action::DeleteStored => self.received().is_some_and(|i| i.in_modem > 0),
            Action::SelfTest => !self.is_busy(),
            Action::ShowCell | Action::CellLeft | Action::CellRight => {
                !self.comparison.is_empty() || self.varied.is_some()
            }
            Action::OctetMenu => self.inspector.shown.is_some(),
            Action::ShowEvidence => self.verdict().is_some_and(|v| !v.evidence.is_empty()),
            Action::Focus(pane) => self.screen.has(pane),
            Action::Go(Screen::Beside) => self.laid.is_some() && self.screen != Screen::Beside,
            Action::EditPdu | Action::Resend => {
                let shown = self.inspector.shown.as_ref();
                shown.is_some_and(super::inspector::Inspected::is_send_req)
            }
            Action::Go(screen) => self.screen != screen,
            Action::Live => self.replay.as_ref().is_some_and(|r| r.live.is_some()),
            Action::OpenRecording | Action::LayBeside => self.recordings.row().is_some(),
            Action::Bubble => !self.known.bubbles.is_empty(),
            Action::Http => self.known.sends.back().is_some_and(|s| !s.http.is_empty()),
            Action::Leave => {
                self.typing
                    || self.overlay.is_some()
                    || self.zoomed
                    || self.face != SendFace::Ladder
                    || self.screen != Screen::Bench
                    || self.traffic_holds_on()
                    || self.sought.is_some()
                    || self.has_object(Action::Live)
            }
            Action::Undo => self.compose.can_undo() || self.can_bring_back(),
            Action::SaveLetter => match self.overlay {
                Some(Overlay::Ask(question)) => question == Question::QuitLetter,
                _ => !self.is_replaying() && !self.draft().is_empty(),
            },
            // What is typed elsewhere is no letter.
            Action::ClearLetter => {
                let elsewhere = self.typing && self.focus != Pane::Compose;
                !elsewhere && !self.is_replaying() && !self.draft().is_empty()
            }
            _ => true,
        }
    }

    /// Whether something is looked for in the pane that has the keys.
    #[must_use]
    pub fn is_searching(&self) -> bool {
        match self.focus {
            Pane::Traffic => self.traffic.is_searched(),
            pane => self.sought.as_ref().is_some_and(|s| s.pane == pane),
        }
    }

    /// Whether the traffic has the keys, and a selection, a search or a filter that Esc lets go.
    #[must_use]
    pub fn traffic_holds_on(&self) -> bool {
        let traffic = &self.traffic;
        self.focus == Pane::Traffic && traffic.holds_on()
    }
}

/// A message on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Post<'s> {
    /// One of the outbox.
    Sent(&'s OutboxStep),
    /// One that came in.
    Received(&'s InboxStep),
}

/// Whether text is typed into an overlay.
fn is_searched(overlay: Option<Overlay>) -> bool {
    matches!(overlay, Some(Overlay::Palette | Overlay::Help))
}
