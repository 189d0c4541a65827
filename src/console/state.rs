//! Everything that the screen depends on.
//!
//! In: what the edge hands over at the start, then messages through `update`. Out: what `view` draws. Never here: clocks, files, the modem;
//! what is known of the bench is held as [`Known`], never copied.
mod bench;
mod overlay;
mod validity;

use super::alike::Alike;
use super::asked::{Comparison, Mend, Witnesses};
use super::at_line::AtLine;
use super::choosing::Choosing;
use super::columns::Columns;
use super::copying::Copying;
use super::dry_run::DryRun;
use super::editor::{Compose, Draft, Entry};
use super::fitting::{self, Fitting};
use super::inspector::Inspector;
use super::keymap::{Chord, Keymap};
use super::layout::{self, Layout, Pane, Plan, Screen};
use super::letter::{Emptied, Handed, Incoming};
use super::log::Log;
use super::palette::Palette;
use super::panel::{Panel, Varied};
use super::prompt::{Prompt, Sought};
use super::recordings::Recordings;
use super::replay::{Laid, Replay};
use super::theme::Theme;
pub use bench::{
    Bench, Doubt, Encode, Flags, IsFree, Letter, Measure, Measured, OwnReader, ProfileRow, Reader,
    SmsCoding, SmsSize,
};
pub use overlay::{Elsewhere, Overlay, Question, SendFace, Unrecorded};

pub use super::looks::Looks;
use super::traffic::Traffic;
use crate::config::Confirm;
use crate::event::{Code, Drive, EventId, Fix, InboxStep, OutboxStep, ProbeBegan, Verdict, Way};
use crate::known::{Known, Probe};
use crate::replay::Expected;
use std::sync::Arc;

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
    /// The letter came along as a draft of another session's outbox.
    pub elsewhere: bool,
    /// The letter that was last handed to the bench.
    pub handed: Option<Handed>,
    /// Letters that were emptied.
    pub emptied: Emptied,
    /// The letter as it was last written into a file.
    pub in_file: Option<Draft>,
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
    /// What an output of the line was asked for, until the bench says what came of it.
    pub driven: Option<Drive>,
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
            elsewhere: false,
            handed: None,
            emptied: Emptied::default(),
            in_file: None,
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
            driven: None,
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
        if (self.edits.is_some() || self.elsewhere) && self.draft().is_empty() {
            (self.edits, self.elsewhere) = (None, false);
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

    /// Whether the newest send arrived, or was at least accepted.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        let newest = self.known.sends.back();
        newest.is_some_and(|s| s.result.as_ref().is_some_and(|r| r.ok))
    }

    /// Whether the verdict's own first step is to probe further, where it is looked at.
    #[must_use]
    pub fn goes_further(&self) -> bool {
        let on_it = self.screen == Screen::Diagnosis;
        let verdict = self
            .verdict()
            .filter(|v| on_it && v.verdict == Code::Inconclusive);
        verdict.is_some_and(|v| v.next.iter().any(|n| n.says.contains("--full")))
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
