//! The console's loop: what wakes it, what is drawn, what goes to the bench. Time is paused: the figures are exact.
use super::story;
use futures_util::{Stream, StreamExt};
use mmscope::console::{Canvas, Feed, Order, Picker, State, Theme, run_on};
use mmscope::event::{Event, EventId};
use mmscope::known::Known;
use ratatui::crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

/// What was done to the terminal, and when (milliseconds since the start).
#[derive(Default)]
struct Log {
    drawn: Vec<u64>,
    /// The newest event that each frame knows of.
    seen: Vec<EventId>,
    done: Vec<String>,
}

struct Paper {
    log: Rc<RefCell<Log>>,
    start: Instant,
}

impl Paper {
    fn note(&self, what: String) -> io::Result<()> {
        self.log.borrow_mut().done.push(what);
        Ok(())
    }
}

impl Canvas for Paper {
    fn draw(&mut self, state: &State) -> io::Result<()> {
        let mut log = self.log.borrow_mut();
        log.drawn.push(self.start.elapsed().as_millis() as u64);
        log.seen.push(state.seen);
        Ok(())
    }
    fn draw_picker(&mut self, _: &Picker) -> io::Result<()> {
        unreachable!("the console's loop draws no picker")
    }
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((80, 24))
    }
    fn redraw(&mut self) -> io::Result<()> {
        self.note("redraw".into())
    }
    fn mouse(&mut self, captured: bool) -> io::Result<()> {
        self.note(format!("mouse {captured}"))
    }
    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.note(format!("copy {} characters", text.chars().count()))
    }
    fn suspend(&mut self) -> io::Result<()> {
        self.note("suspend".into())
    }
}

/// A journal that holds one story and shows as much of it as was told so far.
struct Journal {
    events: Vec<Arc<Event>>,
    told: watch::Receiver<usize>,
    start: Instant,
}

impl Feed for Journal {
    fn known(&self) -> Arc<Known> {
        let mut known = Known::default();
        for event in &self.events[..*self.told.borrow()] {
            known.apply(event);
        }
        Arc::new(known)
    }
    fn since(&self, id: EventId) -> Vec<Arc<Event>> {
        let told = &self.events[..*self.told.borrow()];
        told.iter().filter(|e| e.id > id).cloned().collect()
    }
    async fn changed(&mut self) {
        if self.told.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
    fn now_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }
}

type Keys = Pin<Box<dyn Stream<Item = io::Result<Input>>>>;

/// Keys, each so many milliseconds after the one before.
fn pressed(script: &[(u64, &str)]) -> Keys {
    let script: Vec<(u64, Input)> = script
        .iter()
        .flat_map(|(ms, keys)| {
            let events = super::keys::keys(keys).into_iter().map(Input::Key);
            events
                .enumerate()
                .map(|(n, key)| (if n == 0 { *ms } else { 0 }, key))
                .collect::<Vec<_>>()
        })
        .collect();
    let stream = futures_util::stream::unfold(script.into_iter(), |mut rest| async move {
        let (ms, input) = rest.next()?;
        if ms > 0 {
            sleep(Duration::from_millis(ms)).await;
        }
        Some((Ok(input), rest))
    });
    Box::pin(stream.chain(futures_util::stream::pending()))
}

struct Run {
    log: Rc<RefCell<Log>>,
    orders: mpsc::Receiver<Order>,
    summary: String,
}

/// Runs the loop on a story of which `told(n)` says when the first n events are known.
async fn run(events: Vec<Arc<Event>>, telling: Vec<(u64, usize)>, keys: Keys) -> Run {
    let (teller, told) = watch::channel(0);
    let (orders_in, orders) = mpsc::channel(8);
    let start = Instant::now();
    let log = Rc::new(RefCell::new(Log::default()));
    let mut paper = Paper {
        log: log.clone(),
        start,
    };
    let state = story::console(&story::draft(), Theme::default());
    let journal = Journal {
        events,
        told,
        start,
    };
    let telling = async move {
        for (ms, n) in telling {
            sleep(Duration::from_millis(ms)).await;
            let _ = teller.send(n);
        }
        std::future::pending::<()>().await;
    };
    let summary = tokio::select! {
        summary = run_on(&mut paper, keys, state, journal, orders_in) => summary.unwrap(),
        () = telling => unreachable!(),
    };
    Run {
        log,
        orders,
        summary,
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_console_draws_once_and_sleeps() {
    let run = run(Vec::new(), Vec::new(), pressed(&[(3_600_000, "q")])).await;
    assert_eq!(run.log.borrow().drawn, [0], "one frame in an hour");
    assert!(run.summary.contains("nothing was sent"));
}

#[tokio::test(start_paused = true)]
async fn a_key_is_drawn_at_once_and_what_waits_is_one_frame() {
    let run = run(
        Vec::new(),
        Vec::new(),
        pressed(&[(1_000, "eabcdefgh"), (5, "i"), (1_000, "<esc>q")]),
    )
    .await;
    assert_eq!(
        run.log.borrow().drawn,
        [0, 1_000, 1_005],
        "nine keys in one frame, the next 5 ms later in its own"
    );
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_traffic_is_twenty_frames_a_second() {
    let story = story::ready();
    let n = story.events.len();
    // A change every millisecond for a second.
    let telling = (1..=1_000).map(|i| (1, 1 + i % (n - 1))).collect();
    let run = run(story.events.clone(), telling, pressed(&[(1_100, "q")])).await;
    let frames = run.log.borrow().drawn.len();
    assert!((12..=26).contains(&frames), "{frames} frames");
}

/// What the modem said in a poll every ten seconds would cost two frames, one of them for nothing.
#[tokio::test(start_paused = true)]
async fn a_poll_is_one_frame() {
    let mut story = story::ready();
    let before = story.events.len();
    story
        .urc("+CSQ: 21,99")
        .urc("+CSQ: 22,99")
        .urc("+CSQ: 23,99");
    let n = story.events.len();
    assert_eq!(n, before + 3);
    let telling = vec![(5_000, n - 2), (20, n - 1), (20, n)];
    let run = run(story.events.clone(), telling, pressed(&[(20_000, "q")])).await;
    assert_eq!(run.log.borrow().drawn, [0, 5_200]);
}

/// Two thousand lines a second, as a line at 921,600 baud brings them, are read by nobody; what is drawn for them is taken from what else runs. A key is
/// not made to wait for it.
#[tokio::test(start_paused = true)]
async fn a_flood_that_nobody_can_read_is_ten_frames_a_second_and_a_key_is_drawn_at_once() {
    let mut story = story::ready();
    for n in 0..4_000 {
        story.urc(&format!("+CSQ: {},99", n % 32));
    }
    let first = story.events.len() - 4_000;
    let telling = (1..=2_000).map(|ms| (1, first + 2 * ms)).collect();
    let keys = pressed(&[(1_033, "<tab>"), (1_500, "q")]);
    let run = run(story.events.clone(), telling, keys).await;
    let drawn = run.log.borrow().drawn.clone();
    let flood = drawn.iter().filter(|at| (200..2_000).contains(*at)).count();
    assert!((17..=20).contains(&flood), "{drawn:?}");
    let key = drawn.iter().position(|at| *at == 1_033).expect("its frame");
    // It is not made to wait until the lines are taken in that came since the frame before.
    let seen = &run.log.borrow().seen;
    assert_eq!(seen[key], seen[key - 1]);
    assert!(seen[key + 1] > seen[key] + 50, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_a_running_stage_moves_four_times_a_second_and_only_then() {
    let story = story::connecting();
    let n = story.events.len();
    let run = run(
        story.events.clone(),
        vec![(10, n)],
        pressed(&[(10_000, "qy")]),
    )
    .await;
    let frames = run.log.borrow().drawn.len();
    assert!(
        (38..=43).contains(&frames),
        "{frames} frames in ten seconds"
    );
}

#[tokio::test(start_paused = true)]
async fn orders_go_to_the_bench_and_effects_to_the_terminal() {
    let keys = pressed(&[
        (10, "<ctrl-s>"),
        (10, "aAT+CSQ<enter><esc>"),
        (10, "m"),
        (10, "1y"),
        (10, "<ctrl-l>"),
        (10, "<ctrl-c>"),
    ]);
    let mut run = run(Vec::new(), Vec::new(), keys).await;
    assert_eq!(run.orders.recv().await, Some(Order::Send(story::draft())));
    assert_eq!(run.orders.recv().await, Some(Order::RunAt("AT+CSQ".into())));
    assert_eq!(
        run.log.borrow().done,
        ["mouse false", "copy 827 characters", "redraw"]
    );
}

/// What is saved lies in a file of its own, is for its owner alone, and takes no other file's place.
#[test]
fn what_is_saved_takes_no_other_files_place_and_is_private() {
    use mmscope::console::files::saved;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("s-traffic.md");
    let place = place.to_str().unwrap();
    let first = saved(place, "one\ntwo\n");
    assert!(
        first.starts_with("s-traffic.md: 2 lines written, in "),
        "{first}"
    );
    assert!(first.ends_with(folder.path().to_str().unwrap()), "{first}");
    let second = saved(place, "other\n");
    assert!(
        second.starts_with("s-traffic-2.md: 1 line written"),
        "{second}"
    );
    assert_eq!(std::fs::read_to_string(place).unwrap(), "one\ntwo\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(place).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let nowhere = saved(&format!("{place}/no/such.txt"), "x");
    assert!(nowhere.starts_with("It was not written: "), "{nowhere}");
}

/// A file is found, read and made fit beside the loop, and goes along with the message.
#[tokio::test(start_paused = true)]
async fn a_file_is_taken_along_from_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let picture = b"\xFF\xD8\xFF and so on".to_vec();
    std::fs::write(folder.path().join("beach.jpg"), &picture).unwrap();
    let path = format!("<alt-a>{}/be<tab>", folder.path().display());
    let keys = pressed(&[
        (10, path.as_str()),
        (1_000, "<enter>"),
        (1_000, "<esc><ctrl-s>"),
        (10, "<ctrl-c>"),
    ]);
    let mut run = run(Vec::new(), Vec::new(), keys).await;
    let Some(Order::Send(draft)) = run.orders.recv().await else {
        panic!("nothing was sent: {}", run.summary)
    };
    assert_eq!(draft.attachments.len(), 1);
    assert_eq!(draft.attachments[0].name, "beach.jpg");
    assert_eq!(draft.attachments[0].content_type, "image/jpeg");
    assert_eq!(draft.attachments[0].data, picture);
    // The typing, the completed path, the file, what was made of it: each is drawn when it comes.
    assert!(
        run.log.borrow().drawn.len() >= 6,
        "{:?}",
        run.log.borrow().drawn
    );
}

#[tokio::test(start_paused = true)]
async fn ctrl_z_suspends_and_comes_back() {
    if cfg!(unix) {
        let run = run(
            Vec::new(),
            Vec::new(),
            pressed(&[(10, "<ctrl-z>"), (10, "q")]),
        )
        .await;
        assert_eq!(run.log.borrow().done, ["suspend", "redraw"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_mouse_that_only_moves_draws_nothing() {
    use ratatui::crossterm::event::{MouseEvent, MouseEventKind};
    let moved = Input::Mouse(MouseEvent {
        kind: MouseEventKind::Moved,
        column: 1,
        row: 1,
        modifiers: KeyModifiers::NONE,
    });
    let quit = Input::Key(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE));
    let moves = futures_util::stream::iter(vec![Ok(moved.clone()), Ok(moved), Ok(quit)]);
    let keys: Keys = Box::pin(moves.chain(futures_util::stream::pending()));
    let run = run(Vec::new(), Vec::new(), keys).await;
    assert_eq!(run.log.borrow().drawn, [0]);
}

/// A terminal that fails at the nth thing that is done to it.
struct Torn {
    left: usize,
}

impl Torn {
    fn once(&mut self) -> io::Result<()> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| io::Error::other("gone"))?;
        Ok(())
    }
}

impl Canvas for Torn {
    fn draw(&mut self, _: &State) -> io::Result<()> {
        self.once()
    }
    fn draw_picker(&mut self, _: &Picker) -> io::Result<()> {
        unreachable!("the console's loop draws no picker")
    }
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((80, 24))
    }
    fn redraw(&mut self) -> io::Result<()> {
        self.once()
    }
    fn mouse(&mut self, _: bool) -> io::Result<()> {
        self.once()
    }
    fn copy(&mut self, _: &str) -> io::Result<()> {
        self.once()
    }
    fn suspend(&mut self) -> io::Result<()> {
        self.once()
    }
}

/// A feed that has nothing to tell, and keeps what is left.
struct Keeper(Rc<RefCell<Option<mmscope::console::Draft>>>);

impl Feed for Keeper {
    fn known(&self) -> Arc<Known> {
        Arc::default()
    }
    fn since(&self, _: EventId) -> Vec<Arc<Event>> {
        Vec::new()
    }
    async fn changed(&mut self) {
        std::future::pending::<()>().await;
    }
    fn now_ms(&self) -> u64 {
        0
    }
    fn left(&mut self, letter: mmscope::console::Draft, _: Option<u64>) {
        *self.0.borrow_mut() = Some(letter);
    }
}

/// Whatever fails of the terminal, the letter that nobody has sent is handed over.
#[tokio::test(start_paused = true)]
async fn a_terminal_that_fails_does_not_cost_the_letter() {
    let gone = || futures_util::stream::once(async { Err(io::Error::other("gone")) });
    let cases: [(&str, usize, Keys); 4] = [
        ("a frame", 1, pressed(&[(10, "eprecious ")])),
        (
            "the input",
            99,
            Box::pin(pressed(&[(10, "eprecious ")]).take(10).chain(gone())),
        ),
        (
            "the mouse",
            2,
            pressed(&[(10, "eprecious "), (10, "<esc>m")]),
        ),
        (
            "the suspension",
            2,
            pressed(&[(10, "eprecious "), (10, "<ctrl-z>")]),
        ),
    ];
    for (what, works, keys) in cases {
        let kept = Rc::default();
        let (orders, _orders) = mpsc::channel(8);
        let state = story::console(&story::draft(), Theme::default());
        let mut torn = Torn { left: works };
        let keeper = Keeper(Rc::clone(&kept));
        let ended = run_on(&mut torn, keys, state, keeper, orders).await;
        assert!(ended.is_err(), "{what}");
        let kept = kept.borrow_mut().take();
        let kept = kept.unwrap_or_else(|| panic!("{what} failed, and the letter is gone"));
        assert!(kept.text.starts_with("precious"), "{what}: {}", kept.text);
    }
}
