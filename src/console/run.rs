//! The console's loop, at the edge: everything that waits is taken in, then one frame is drawn.
//!
//! In: the terminal's events, the feed of the journal, signals, the clock. Out: orders for the bench, frames. Never here: decisions; those
//! are `update`'s. A frame is drawn at once after a key, otherwise at most twenty times a second (ten in a flood), and only when something came in.
//! Nothing wakes a silent console: the running clock ticks four times a second, and only while a send runs.
pub mod picking;
mod signals;

use signals::{CTRL_C, Signal, Signals};

use super::at_line::may_be_kept;
use super::editor::Draft;
use super::files;
use super::log::LogLine;
use super::picker::{Choice, Picker};
use super::recordings::{Found, Wanted};
use super::state::{Looks, ProfileRow, State};
use super::terminal::Screen;
use super::theme::Theme;
use super::update::{Effect, Message, Order, may_leave, update};
use crate::event::{Event, EventId};
use crate::known::Known;
use futures_util::{FutureExt, Stream, StreamExt};
use ratatui::crossterm::event::{Event as Input, EventStream, KeyEventKind, MouseEventKind};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Two frames are at least so far apart, unless a key was pressed.
pub const FRAME: Duration = Duration::from_millis(50);
/// The same in a flood, which nobody reads line by line.
pub const FLOOD_FRAME: Duration = Duration::from_millis(100);
/// More events in a millisecond than this are a flood: a line at 460,800 baud brings about as many.
const FLOOD: u128 = 1;
/// Fewer events than this between two frames are no flood, however fast they came: a screen has about as many rows.
const SCREENFUL: usize = 50;
/// What comes after a silence is gathered for so long before it is drawn: a poll takes about half of it.
pub const GATHER: Duration = Duration::from_millis(200);
/// Nothing came and no key was pressed for so long: a silence.
const SILENCE: Duration = Duration::from_secs(2);
/// The clock of a running stage moves so often.
pub const TICK: Duration = Duration::from_millis(250);
/// A recording that plays moves so often.
pub const PLAY: Duration = Duration::from_millis(100);
/// A stop has reached every thread by then, or never will.
const STOPPING: Duration = Duration::from_secs(1);
/// So many inputs are taken in before a frame is drawn, at the most.
const DRAIN: usize = 4_096;

/// What the console reads of the session; the journal implements it.
pub trait Feed {
    /// What is known now.
    fn known(&self) -> Arc<Known>;
    /// The events after this one, as far as they are still held, in order.
    fn since(&self, id: EventId) -> Vec<Arc<Event>>;
    /// Returns when something came since it last returned. Must be safe to drop at any time; must never return when the session is over.
    fn changed(&mut self) -> impl Future<Output = ()>;
    /// The session's clock in milliseconds (the world's, in a simulated one).
    fn now_ms(&self) -> u64;
    /// What the edge has to tell the screen: answers to its orders.
    fn told(&mut self) -> Vec<Message> {
        Vec::new()
    }

    /// Lines of the program's own log after this one.
    fn log_since(&self, _number: u64) -> Vec<LogLine> {
        Vec::new()
    }
    /// Reads configuration, theme and profiles again.
    ///
    /// # Errors
    /// Why not, with place and remedy.
    fn reload(&mut self) -> Result<Looks, String> {
        Err("There is nothing to read again here.".to_owned())
    }
    /// Keeps a command of the AT line for later sessions. It holds nothing that must not be kept.
    fn remember(&mut self, _command: &str) {}
    /// Remembers beyond the session that the person knows this hint.
    fn learned(&mut self, _tip: &str) {}
    /// Reads something of the recordings, beside the loop; [`Feed::changed`] returns when it is there, and [`Feed::found`] has it.
    fn fetch(&mut self, _wanted: Wanted) {}
    /// What was read since the last call.
    fn found(&mut self) -> Option<Found> {
        None
    }
    /// The profiles anew where this knowledge changes them (whether they fit the SIM); `None` where all stays.
    fn profiles(&mut self, _known: &Known) -> Option<Vec<ProfileRow>> {
        None
    }
    /// The console ends, and this letter was not sent and is in no outbox; at the most an earlier form of it, the draft with this number.
    fn left(&mut self, _letter: Draft, _draft: Option<u64>) {}
    /// Lets the person choose another world or modem on this canvas while the session goes on; `None` where they go back to it. `warning` is what
    /// would be gone with the session.
    fn choose<C, S>(
        &mut self,
        _canvas: &mut C,
        _input: &mut S,
        _theme: &Theme,
        _warning: Option<String>,
    ) -> impl Future<Output = io::Result<Option<Choice>>>
    where
        C: Canvas,
        S: Stream<Item = io::Result<Input>> + Unpin,
    {
        std::future::ready(Ok(None))
    }
    /// A message of the outbox that was asked for and is to come into the composer, with its number.
    fn draft(&mut self) -> Option<(u64, Draft)> {
        None
    }
}

/// Where frames go: the terminal, or a test's memory.
pub trait Canvas {
    /// Draws a frame.
    ///
    /// # Errors
    /// The terminal's.
    fn draw(&mut self, state: &State) -> io::Result<()>;
    /// Draws a frame of the picker.
    ///
    /// # Errors
    /// The terminal's.
    fn draw_picker(&mut self, picker: &Picker) -> io::Result<()>;
    /// Columns and rows.
    ///
    /// # Errors
    /// The terminal's.
    fn size(&self) -> io::Result<(u16, u16)>;
    /// Takes the terminal again where it was given back, and forgets what is on the screen, so that the next frame is drawn whole.
    ///
    /// # Errors
    /// The terminal's.
    fn redraw(&mut self) -> io::Result<()>;
    /// Captures the mouse or releases it.
    ///
    /// # Errors
    /// The terminal's.
    fn mouse(&mut self, captured: bool) -> io::Result<()>;
    /// Puts text into the clipboard.
    ///
    /// # Errors
    /// The terminal's.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Gives the terminal back and stops the program. May return before the stop has reached every thread.
    ///
    /// # Errors
    /// The terminal's.
    fn suspend(&mut self) -> io::Result<()>;
}

/// Runs the console on the terminal until the person quits or a signal ends it; the terminal is given back before this returns. Returns
/// the line that should stay on it ([`State::summary`]). A send may still run then: ending it is the caller's.
///
/// # Errors
/// Where there is no terminal, or it fails.
pub async fn run<F: Feed>(
    state: State,
    feed: F,
    orders: mpsc::Sender<Order>,
) -> io::Result<String> {
    let mut screen = Screen::take()?;
    run_on(&mut screen, EventStream::new(), state, feed, orders).await
}

/// The same on any canvas and any input.
///
/// # Errors
/// The canvas' and the input's.
pub async fn run_on<C, S, F>(
    canvas: &mut C,
    input: S,
    mut state: State,
    mut feed: F,
    orders: mpsc::Sender<Order>,
) -> io::Result<String>
where
    C: Canvas,
    S: Stream<Item = io::Result<Input>> + Unpin,
    F: Feed,
{
    let ended = until_the_end(canvas, input, &mut state, &mut feed, orders).await;
    ended.map(|_| state.summary())
}

/// The same for one session of several: ends with the world or modem that the person goes on to, or with `None` where they quit.
///
/// # Errors
/// The canvas' and the input's.
pub async fn until_the_end<C, S, F>(
    canvas: &mut C,
    input: S,
    state: &mut State,
    feed: &mut F,
    orders: mpsc::Sender<Order>,
) -> io::Result<Option<Choice>>
where
    C: Canvas,
    S: Stream<Item = io::Result<Input>> + Unpin,
    F: Feed,
{
    let ended = run_loop(canvas, input, state, feed, orders).await;
    // What became of the letter last decides whether it is still to be kept; nothing is left to be done about it.
    drop(take_feed(state, feed));
    // A terminal that has failed must not cost the letter.
    if let Some(letter) = state.unsent() {
        feed.left(letter, state.edits);
    }
    ended
}

async fn run_loop<C, S, F>(
    canvas: &mut C,
    mut input: S,
    state: &mut State,
    feed: &mut F,
    orders: mpsc::Sender<Order>,
) -> io::Result<Option<Choice>>
where
    C: Canvas,
    S: Stream<Item = io::Result<Input>> + Unpin,
    F: Feed,
{
    let mut signals = Signals::new()?;
    let (width, height) = canvas.size()?;
    let (errands, mut answers) = mpsc::unbounded_channel();
    let hands = Hands { orders, errands };
    update(state, Message::Resize(width, height));
    for effect in take_feed(state, feed).0 {
        perform(canvas, state, feed, &hands, effect)?;
    }
    canvas.draw(state)?;
    let begun = Instant::now();
    let mut drawn = begun;
    // When what came was last taken in, and how far apart that is to be.
    let mut fed = begun;
    let mut apart = FRAME;
    // When the next frame is due, where something came in; and when something last did.
    let mut due: Option<Instant> = None;
    let mut stirred = begun;
    loop {
        let tick = if state.is_replaying() { PLAY } else { TICK };
        let tick_at = drawn + tick;
        let mut at_once = false;
        tokio::select! {
            event = input.next() => match event {
                None => return Ok(None),
                Some(event) => {
                    let mut event = Some(event?);
                    let mut taken = 0;
                    // What waits is taken in before anything is drawn.
                    while let Some(now) = event.take() {
                        let Some(message) = message_of(now) else { continue };
                        at_once = true;
                        stirred = Instant::now();
                        let effects = update(state, message);
                        let performed =
                            perform_all(canvas, &mut input, state, feed, &hands, &mut signals, effects);
                        if let Some(end) = performed.await? {
                            return Ok(end);
                        }
                        taken += 1;
                        if taken < DRAIN && let Some(more) = waiting(&mut input).await {
                            event = Some(more?);
                        }
                    }
                }
            },
            // What came is taken in with the next frame, not one by one: a flood would be told to the screen a thousand times for each time
            // that it is seen.
            () = feed.changed(), if due.is_none() => {
                let now = Instant::now();
                let gather = now.duration_since(stirred) >= SILENCE && !state.wants_clock();
                due = Some(if gather { now + GATHER } else { drawn + apart });
                stirred = now;
            }
            Some(answer) = answers.recv() => {
                for effect in update(state, answer) {
                    perform(canvas, state, feed, &hands, effect)?;
                }
                at_once = true;
            }
            () = sleep_until_some(due) => at_once = true,
            () = tokio::time::sleep_until(tick_at), if state.wants_clock() => at_once = true,
            signal = signals.next() => match signal {
                Signal::End => return Ok(None),
                Signal::Interrupt => {
                    at_once = true;
                    let effects = update(state, Message::Key(CTRL_C));
                    let performed =
                        perform_all(canvas, &mut input, state, feed, &hands, &mut signals, effects);
                    if let Some(end) = performed.await? {
                        return Ok(end);
                    }
                }
                Signal::Suspend => {
                    suspend(canvas, state, &mut signals).await?;
                    at_once = true;
                }
                Signal::Continued => {
                    canvas.redraw()?;
                    at_once = true;
                }
            },
        }
        let is_due = due.is_some_and(|due| due <= Instant::now());
        if at_once || is_due {
            // A key waits for nothing: in a flood two thousand lines may lie there.
            if is_due {
                due = None;
                let (effects, came) = take_feed(state, feed);
                let flood = came > SCREENFUL && came as u128 > fed.elapsed().as_millis() * FLOOD;
                fed = Instant::now();
                apart = if flood { FLOOD_FRAME } else { FRAME };
                let performed = perform_all(
                    canvas,
                    &mut input,
                    state,
                    feed,
                    &hands,
                    &mut signals,
                    effects,
                );
                if let Some(end) = performed.await? {
                    return Ok(end);
                }
            }
            if state.wants_clock() {
                // A recording plays by the clock of life, whatever the world's is.
                let life = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                let now = if state.is_replaying() {
                    life
                } else {
                    feed.now_ms()
                };
                update(state, Message::Tick(now));
            }
            canvas.draw(state)?;
            drawn = Instant::now();
        }
    }
}

/// Performs effects in their order, until one of them ends the loop: with a choice, or without one.
async fn perform_all<C, S, F>(
    canvas: &mut C,
    input: &mut S,
    state: &mut State,
    feed: &mut F,
    hands: &Hands,
    signals: &mut Signals,
    effects: Vec<Effect>,
) -> io::Result<Option<Option<Choice>>>
where
    C: Canvas,
    S: Stream<Item = io::Result<Input>> + Unpin,
    F: Feed,
{
    for effect in effects {
        match perform(canvas, state, feed, hands, effect)? {
            Next::On => {}
            Next::Suspend => suspend(canvas, state, signals).await?,
            Next::Another => {
                let warning = state.left_behind();
                let chosen = feed.choose(canvas, input, &state.theme, warning).await?;
                signals.forget_heard();
                // The picker has taken in what became of the screen meanwhile.
                let (width, height) = canvas.size()?;
                update(state, Message::Resize(width, height));
                // The session went on: what has begun meanwhile is not stopped unasked.
                if chosen.is_some() {
                    for effect in take_feed(state, feed).0 {
                        perform(canvas, state, feed, hands, effect)?;
                    }
                    if may_leave(state) {
                        return Ok(Some(chosen));
                    }
                }
            }
            Next::End => return Ok(Some(None)),
        }
    }
    Ok(None)
}

/// Sleeps until then; for ever without a time.
async fn sleep_until_some(then: Option<Instant>) {
    match then {
        Some(then) => tokio::time::sleep_until(then).await,
        None => std::future::pending().await,
    }
}

/// Takes what waits in the input for nobody: it was meant for a screen that is gone.
pub async fn drained<S>(input: &mut S)
where
    S: Stream<Item = io::Result<Input>> + Unpin,
{
    while let Some(Ok(_)) = waiting(input).await {}
}

/// What waits in the input, without waiting for more. It must be asked with this task's own waker: the terminal's event stream keeps the
/// waker of the first call that found nothing, and with another one the next key would wake nobody.
async fn waiting<S>(input: &mut S) -> Option<io::Result<Input>>
where
    S: Stream<Item = io::Result<Input>> + Unpin,
{
    std::future::poll_fn(|context| match input.poll_next_unpin(context) {
        Poll::Ready(event) => Poll::Ready(event),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Where effects go that the terminal does not perform.
struct Hands {
    orders: mpsc::Sender<Order>,
    /// Work with files and pictures, done beside the loop, comes back here. At most one fit and one file are under way.
    errands: mpsc::UnboundedSender<Message>,
}

impl Hands {
    /// Does something that takes time, beside the loop.
    fn errand(&self, work: impl FnOnce() -> Message + Send + 'static) {
        let back = self.errands.clone();
        // In a box: each kind of task brings a copy of what the runtime needs for one.
        let work: Box<dyn FnOnce() -> Message + Send> = Box::new(work);
        tokio::task::spawn_blocking(move || {
            // The loop may have ended meanwhile.
            let _ = back.send(work());
        });
    }
}

/// So often it is asked at most whether more has come: it may come faster than it is asked.
const ASKED: usize = 64;

/// Takes in what the journal has: what is known, the new lines, and the profiles where they change. With the effects the number of new events.
fn take_feed<F: Feed>(state: &mut State, feed: &mut F) -> (Vec<Effect>, usize) {
    // What has come since the loop was woken is taken in now and needs no frame of its own.
    let more = std::iter::repeat_with(|| feed.changed().now_or_never());
    more.take(ASKED).take_while(Option::is_some).for_each(drop);
    let events = feed.since(state.seen);
    let came = events.len();
    if let Some(last) = events.last() {
        state.seen = last.id;
    }
    let known = feed.known();
    let mut effects = Vec::new();
    if let Some(profiles) = feed.profiles(&known) {
        effects.extend(update(state, Message::Profiles(profiles)));
    }
    effects.extend(update(state, Message::Known(known)));
    effects.extend(update(state, Message::Traffic(events)));
    while let Some(found) = feed.found() {
        effects.extend(update(state, Message::Found(Box::new(found))));
    }
    // What a good send looks like is wanted once there is one to lay it beside.
    if !state.recordings.asked && state.known.running().is_some() {
        state.recordings.asked = true;
        effects.push(Effect::Fetch(Wanted::List));
    }
    if let Some((entry, draft)) = feed.draft() {
        effects.extend(update(state, Message::Draft(entry, draft)));
    }
    for message in feed.told() {
        effects.extend(update(state, message));
    }
    let said = feed.log_since(state.log.last());
    if !said.is_empty() {
        effects.extend(update(state, Message::Log(said)));
    }
    (effects, came)
}

/// The message of a terminal's event; `None` for what changes nothing (keys going up, a mouse that only moves).
fn message_of(event: Input) -> Option<Message> {
    match event {
        Input::Key(key) if key.kind != KeyEventKind::Release => Some(Message::Key(key)),
        Input::Paste(text) => Some(Message::Paste(text)),
        Input::Resize(width, height) => Some(Message::Resize(width, height)),
        Input::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(_) | MouseEventKind::ScrollUp | MouseEventKind::ScrollDown => {
                Some(Message::Mouse(mouse))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Performs an effect.
fn perform<C: Canvas, F: Feed>(
    canvas: &mut C,
    state: &mut State,
    feed: &mut F,
    hands: &Hands,
    effect: Effect,
) -> io::Result<Next> {
    match effect {
        Effect::Quit => return Ok(Next::End),
        Effect::Another => return Ok(Next::Another),
        Effect::Order(order) => {
            let kept = order.commands().into_iter().filter(|c| may_be_kept(c));
            kept.for_each(|command| feed.remember(command));
            if let Err(refused) = hands.orders.try_send(order) {
                let why = match refused {
                    mpsc::error::TrySendError::Full(_) => {
                        "The bench is busy: that was not taken. Try again in a moment."
                    }
                    mpsc::error::TrySendError::Closed(_) => {
                        "The bench has ended: nothing can be done any more. q quits."
                    }
                };
                // A letter that was not taken waits for nothing.
                state.handed = state
                    .handed
                    .take()
                    .filter(|h| h.send.is_some() || h.entry.is_some());
                update(state, Message::Hint(why.to_owned()));
            }
        }
        Effect::Copy(text) => {
            canvas.copy(&text)?;
            let tmux = match state.flags.tmux {
                true => " tmux hands it on with `set -g set-clipboard on`.",
                false => "",
            };
            let says = format!(
                "Copied {} characters, if the terminal allows it (OSC 52).{tmux}",
                text.chars().count()
            );
            update(state, Message::Hint(says));
        }
        Effect::Save { place, text } => {
            hands.errand(move || Message::Hint(files::saved(&place, &text)))
        }
        Effect::SaveLetter { place, letter } => {
            hands.errand(move || match files::saved_as(&place, &letter.as_file()) {
                Ok(says) => Message::Saved(letter, says),
                Err(why) => Message::Hint(why),
            })
        }
        Effect::Attach(path) => hands.errand(move || Message::Attached(files::read(&path))),
        Effect::Complete(typed) => hands.errand(move || Message::Completed {
            found: files::offers(&typed),
            typed,
        }),
        Effect::Fit {
            draft,
            profile,
            revision,
        } => {
            let fit = state.bench.fit.clone();
            hands.errand(move || Message::Fitted {
                fitted: fit(&draft, profile.as_deref()),
                revision,
                profile,
            });
        }
        Effect::Mouse(captured) => canvas.mouse(captured)?,
        Effect::Redraw => canvas.redraw()?,
        Effect::Fetch(wanted) => feed.fetch(wanted),
        Effect::Learned(tip) => feed.learned(tip),
        Effect::Reload => match feed.reload() {
            Ok(looks) => {
                take_feed(state, feed);
                update(state, Message::Reloaded(Box::new(looks)));
            }
            Err(why) => drop(update(state, Message::Hint(why))),
        },
        Effect::Suspend if cfg!(unix) => return Ok(Next::Suspend),
        Effect::Suspend => {
            let says = "This system cannot suspend a program.";
            update(state, Message::Hint(says.to_owned()));
        }
    }
    Ok(Next::On)
}

/// What the loop does after an effect.
enum Next {
    On,
    Suspend,
    Another,
    End,
}

/// Stops the program until it is continued. The stop may reach this thread later than the others, so it waits for the signal that ends
/// it before it takes the terminal again.
async fn suspend<C: Canvas>(
    canvas: &mut C,
    state: &mut State,
    signals: &mut Signals,
) -> io::Result<()> {
    signals.forget_continued();
    canvas.suspend()?;
    let _ = tokio::time::timeout(STOPPING, signals.continued()).await;
    canvas.redraw()?;
    let (width, height) = canvas.size()?;
    update(state, Message::Resize(width, height));
    Ok(())
}
