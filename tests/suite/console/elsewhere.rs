//! To another world or modem in a running console: who may go, what goes along, and that Esc leaves everything as it was.
use super::keys::{after, keys, press};
use super::story::{self, rows, screen};
use futures_util::{Stream, StreamExt};
use mmscope::console::picker;
use mmscope::console::{
    Canvas, Choice, Draft, Effect, Feed, Message, Order, Picker, PortRow, Ports, State, Theme,
    WorldRow, pick_on, until_the_end, update,
};
use mmscope::event::{Event, EventId, Way};
use mmscope::known::Known;
use ratatui::crossterm::event::Event as Input;
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc;

#[test]
fn the_picker_opens_from_anywhere_unless_something_would_be_stopped() {
    for way in ["", "e", "a", "?", "p", "3z", "<alt-o>"] {
        let mut state = after(&story::failed());
        press(&mut state, way);
        assert_eq!(
            press(&mut state, "<ctrl-k>m"),
            [Effect::Another],
            "after {way:?}"
        );
    }
    let mut found = after(&story::failed());
    assert_eq!(
        press(&mut found, "<esc>:another<enter>"),
        [Effect::Another],
        "by its name"
    );
    let mut busy = after(&story::connecting());
    assert_eq!(press(&mut busy, "<ctrl-k>m"), []);
    let why = busy.hint.clone().unwrap();
    assert!(
        why.contains("A send is running") && why.contains("^X stops it"),
        "{why}"
    );
    let mut running = after(&story::failed());
    running.at.running = 1;
    assert_eq!(press(&mut running, "<ctrl-k>m"), []);
    assert!(running.hint.unwrap().contains("A command is running"));
}

/// From one screen to the next; `ready_made` stood in the first one from its beginning.
fn moved(before: &State, ready_made: &Draft, into: &Draft, entry: Option<u64>) -> State {
    let mut next = story::console(into, Theme::default());
    update(&mut next, Message::Resize(80, 24));
    next.unpack(before.luggage(ready_made), entry);
    next
}

#[test]
fn what_was_written_goes_along_with_its_options_and_its_way() {
    let ready_made = story::draft();
    let mut before = after(&story::failed());
    press(&mut before, "eHello there. <esc><alt-w>");
    press(&mut before, "<ctrl-k>h");
    let unsent = before.luggage(&ready_made);
    assert_eq!(unsent.unsent(), Some(&before.draft()), "it can be told of");
    let next = moved(&before, &ready_made, &Draft::default(), None);
    assert_eq!(next.draft(), before.draft());
    assert!(next.draft().text.starts_with("Hello there."));
    assert_eq!(next.way, Some(Way::Sms));
    assert!(
        next.hides,
        "who hides identities hides them in the next session, too"
    );
    assert!(next.would_lose(), "it was sent nowhere");
}

/// Somebody tries the simulated letter of a world, then opens a real modem: that letter must not stand there, one key from being sent.
#[test]
fn a_letter_that_stood_there_ready_made_stays_behind() {
    let ready_made = story::draft();
    let before = after(&story::failed());
    let next = moved(&before, &ready_made, &Draft::default(), None);
    assert!(next.draft().is_empty());
    let other = Draft {
        text: "of the other world".into(),
        ..story::draft()
    };
    let next = moved(&before, &ready_made, &other, None);
    assert_eq!(next.draft(), other, "the next world has its own");
}

#[test]
fn a_letter_that_is_a_draft_stays_one_message_and_a_sent_one_is_not_lost() {
    let ready_made = story::draft();
    let mut before = after(&story::failed());
    press(&mut before, "eA new one. <esc>");
    let mut next = moved(&before, &ready_made, &Draft::default(), Some(7));
    assert!(!next.would_lose(), "it is draft 7");
    assert!(
        matches!(
            &press(&mut next, "<ctrl-s>")[..],
            [Effect::Order(Order::SendDraft { entry: 7, .. })]
        ),
        "it takes the draft's place"
    );
}

/// A feed whose picker is played from keys; what was chosen and what was drawn is noted.
struct Chooser {
    picked: Vec<String>,
}

struct NoPorts;

impl Ports for NoPorts {
    async fn look(&self) -> (Vec<PortRow>, usize) {
        (Vec::new(), 0)
    }
    async fn ask(&self, _: &str) -> Result<String, String> {
        unreachable!("there is no port")
    }
}

impl Feed for Chooser {
    fn known(&self) -> Arc<Known> {
        story::failed().known()
    }
    fn since(&self, _: EventId) -> Vec<Arc<Event>> {
        Vec::new()
    }
    async fn changed(&mut self) {
        std::future::pending().await
    }
    fn now_ms(&self) -> u64 {
        0
    }
    async fn choose<C, S>(
        &mut self,
        canvas: &mut C,
        input: &mut S,
        theme: &Theme,
    ) -> io::Result<Option<Choice>>
    where
        C: Canvas,
        S: Stream<Item = io::Result<Input>> + Unpin,
    {
        let (picker, choice) = pick_on(canvas, input, again(theme), &NoPorts).await?;
        self.picked
            .push(format!("{:?} of {}", choice, picker.worlds.len()));
        Ok(choice)
    }
}

fn again(theme: &Theme) -> Picker {
    let world = |name: &str, about: &str| WorldRow {
        name: name.into(),
        about: about.into(),
    };
    let worlds = vec![
        world("mint", "the first attempt"),
        world("open", "everything works"),
    ];
    Picker::new(worlds, theme.clone()).over("world mint")
}

#[derive(Default)]
struct Paper(Vec<&'static str>);

impl Canvas for Paper {
    fn draw(&mut self, _: &State) -> io::Result<()> {
        self.0.push("bench");
        Ok(())
    }
    fn draw_picker(&mut self, _: &Picker) -> io::Result<()> {
        self.0.push("picker");
        Ok(())
    }
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((80, 24))
    }
    fn redraw(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }
    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keys, then what was picked, what the loop ended with, and what stood on the screen last.
#[tokio::test(start_paused = true)]
async fn esc_goes_back_to_the_session_that_runs_and_a_choice_ends_it() {
    let open = Choice::World("open".into());
    let table = [
        ("<ctrl-k>m<esc>q", "None of 2", None, "picker"),
        ("<ctrl-k>mq<esc>q", "None of 2", None, "picker"),
        (
            "<ctrl-k>m<down><enter>",
            "Some(World(\"open\")) of 2",
            Some(open),
            "picker",
        ),
    ];
    for (script, picked, ended, seen) in table {
        let mut state = story::console(&story::draft(), Theme::default());
        let mut feed = Chooser { picked: Vec::new() };
        let mut paper = Paper::default();
        let keys = keys(script).into_iter().map(|k| Ok(Input::Key(k)));
        let keys = futures_util::stream::iter(keys.collect::<Vec<_>>());
        let (orders, mut bench) = mpsc::channel(8);
        let input = Box::pin(keys.chain(futures_util::stream::pending()));
        let chosen = until_the_end(&mut paper, input, &mut state, &mut feed, orders).await;
        assert_eq!(chosen.unwrap(), ended, "{script}");
        assert_eq!(feed.picked, [picked], "{script}");
        assert!(paper.0.contains(&seen), "{script}");
        assert!(
            bench.recv().await.is_none(),
            "nothing was ordered of the bench"
        );
    }
}

fn drawn((width, height): (u16, u16)) -> String {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    let uart = PortRow {
        name: "/dev/ttyS0".into(),
        ..PortRow::default()
    };
    let mut picker = again(&Theme::default());
    picker::update(&mut picker, picker::Message::Resize(width, height));
    picker::update(&mut picker, picker::Message::Ports(vec![uart], 0));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let drawn = terminal.draw(|f| mmscope::console::view::picker::draw(&picker, f));
    rows(drawn.unwrap().buffer)
}

#[test]
fn the_picker_says_that_the_session_goes_on_and_that_one_can_go_back() {
    for size in [(80, 24), (120, 36), (200, 50)] {
        let frame = drawn(size);
        assert!(frame.contains("▸ mint"), "its own row is chosen: {frame}");
        assert!(
            frame.contains("world mint goes on until you choose"),
            "{frame}"
        );
        assert!(frame.contains("q back"), "{frame}");
        assert!(!frame.contains("q leave"), "{frame}");
    }
    drawn((10, 3));
}

/// After the first verdict on a simulated bench there is more to try.
#[test]
fn after_a_verdict_on_a_simulated_bench_a_tip_names_it() {
    let mut state = after(&story::examined());
    state.greet(&["send".to_owned(), "probe".to_owned()]);
    press(&mut state, "<esc>");
    let frame = rows(&screen(&mut state, 120, 36));
    assert!(
        frame.contains("^K m opens another world or modem"),
        "{frame}"
    );
    let learned = press(&mut state, "<ctrl-k>m");
    assert_eq!(learned, [Effect::Learned("another-modem"), Effect::Another]);
    state.flags.world = None;
    state.greet(&["send".to_owned(), "probe".to_owned()]);
    let frame = rows(&screen(&mut state, 120, 36));
    assert!(!frame.contains("another world"), "{frame}");
}
