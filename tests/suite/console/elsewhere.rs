//! To another world or modem in a running console: who may go, what goes along, and that Esc leaves everything as it was.
use super::keys::{after, keys, press};
use super::story::{self, rows, screen};
use futures_util::{Stream, StreamExt};
use mmscope::console::picker;
use mmscope::console::{
    Canvas, Choice, Draft, Effect, Feed, Kept, Message, Order, Picker, PortRow, Ports, State,
    Theme, WorldRow, pick_on, until_the_end, update,
};
use mmscope::event::{EntryState, Event, EventId, OutboxStep, Way, What};
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
fn moved(before: &State, ready_made: &Draft, into: &Draft, kept: Kept) -> State {
    let mut next = story::console(into, Theme::default());
    update(&mut next, Message::Resize(80, 24));
    let mut luggage = before.luggage(ready_made);
    if let Kept::Here(_) = kept {
        luggage.kept();
    }
    next.unpack(luggage, kept);
    next
}

/// A message that was handed over, as the bench tells of it.
fn message(entry: u64, characters: usize, state: EntryState) -> What {
    What::Outbox(OutboxStep {
        entry,
        transaction_id: String::new(),
        state,
        way: Way::Mms,
        to: Vec::new(),
        characters,
        size: 1004,
        parts: None,
        attempts: 0,
        written_unix_ms: 1_763_812_860_000,
        changed_unix_ms: 1_763_812_860_000,
        next_try_ms: None,
        says: String::new(),
        stage: None,
        forgotten: false,
    })
}

/// The bench takes a message up.
fn begins(send: u64, entry: u64, characters: usize) -> What {
    What::Message(mmscope::event::Message {
        send,
        characters,
        entry: Some(entry),
        profile: "mint".into(),
        ..Default::default()
    })
}

/// A letter that was handed over and waits as message 4, and its characters.
fn waiting() -> (State, story::Story, usize) {
    let mut story = story::ready();
    let mut state = after(&story);
    press(&mut state, "eA second one. <esc>");
    let characters = state.draft().text.chars().count();
    assert!(matches!(
        &press(&mut state, "<ctrl-s>")[..],
        [Effect::Order(Order::Send(_))]
    ));
    story.tell(message(4, characters, EntryState::Queued));
    update(&mut state, Message::Known(story.known()));
    (state, story, characters)
}

/// Pace holds a message for seconds: leaving then would leave it lying in the outbox, and keep it a second time as a draft.
#[test]
fn a_message_that_waits_for_its_turn_is_not_left_behind_nor_kept_twice() {
    let (mut state, _, _) = waiting();
    assert_eq!(
        press(&mut state, "<ctrl-k>m"),
        [],
        "it would be left behind"
    );
    let why = state.hint.clone().unwrap();
    assert!(
        why.contains("waits for its turn") && why.contains("^X stops it"),
        "{why}"
    );
    assert!(!state.would_lose(), "the outbox has it");
    assert_eq!(state.waiting(), Some(4), "it is told at the end");
    // Another message's turn says nothing about it.
    let (mut other, mut story, characters) = waiting();
    story.tell(begins(1, 3, 12));
    update(&mut other, Message::Known(story.known()));
    assert_eq!(other.waiting(), Some(4));
    assert!(!other.would_lose());
    // Its own turn does.
    story.tell(begins(2, 4, characters));
    update(&mut other, Message::Known(story.known()));
    assert_eq!(other.waiting(), None);
    // Who stops it may go; it is where it was.
    assert_eq!(
        press(&mut state, "<ctrl-x>"),
        [Effect::Order(Order::Cancel)]
    );
    assert_eq!(press(&mut state, "<ctrl-k>m"), [Effect::Another]);
    assert!(!state.would_lose(), "still in the outbox");
    // An outbox in memory keeps nothing.
    state.flags.keeps = false;
    assert!(state.would_lose());
}

/// Somebody opens a draft, looks at two other places, and sends it: one message, not two.
#[test]
fn a_draft_stays_that_draft_over_any_number_of_moves() {
    let mut story = story::ready();
    story.tell(message(5, 8, EntryState::Draft));
    let mut first = after(&story);
    let draft = Draft {
        text: "Kept one".into(),
        ..story::draft()
    };
    update(&mut first, Message::Draft(5, draft.clone()));
    let none = Draft::default();
    let luggage = first.luggage(&none);
    assert_eq!((luggage.edits(), luggage.unsent()), (Some(5), None));
    let mut second = moved(&first, &none, &none, Kept::Here(5));
    assert_eq!(second.luggage(&none).edits(), Some(5), "once more");
    // A world has an outbox of its own: nothing of that message goes there, and nothing is lost by quitting.
    second.flags.keeps = false;
    let mut world = moved(&second, &none, &none, Kept::Elsewhere);
    world.flags.keeps = false;
    assert!(!world.would_lose());
    let luggage = world.luggage(&none);
    assert_eq!((luggage.edits(), luggage.is_elsewhere()), (None, true));
    assert!(luggage.unsent().is_none(), "the draft has it");
    assert!(matches!(
        &press(&mut world, "<ctrl-s>")[..],
        [Effect::Order(Order::Send(_))]
    ));
    let mut back = moved(&world, &none, &none, Kept::Here(5));
    assert!(!back.would_lose());
    assert!(matches!(
        &press(&mut back, "<ctrl-s>")[..],
        [Effect::Order(Order::SendDraft { entry: 5, .. })]
    ));
    // What is changed in the world is in no outbox.
    press(&mut world, "eAnd more. <esc>");
    assert!(world.would_lose());
    assert!(world.luggage(&none).unsent().is_some());
    // Another letter is not that draft.
    press(&mut world, "<alt-c>");
    assert!(!world.elsewhere);
}

/// What nobody but a simulated phone has seen is not sent for the modem to which it is carried.
#[test]
fn a_letter_that_was_sent_is_not_lost_unless_only_a_world_had_it() {
    for (world, lost) in [(None, false), (Some("mint"), true)] {
        let mut story = story::ready();
        let mut before = after(&story);
        before.flags.world = world.map(str::to_owned);
        before.flags.keeps = false;
        press(&mut before, "eA new one. <esc>");
        let characters = before.draft().text.chars().count();
        press(&mut before, "<ctrl-s>");
        story.tell(begins(1, 1, characters));
        update(&mut before, Message::Known(story.known()));
        assert!(!before.would_lose(), "{world:?}: it was sent here");
        let none = Draft::default();
        let next = moved(&before, &story::draft(), &none, Kept::Nowhere);
        assert_eq!(next.would_lose(), lost, "{world:?}");
    }
}

#[test]
fn a_changed_profile_that_nobody_has_kept_is_named_before_it_is_gone() {
    let mut state = after(&story::failed());
    assert_eq!(state.left_behind(), None);
    let used = state.known.profile.as_ref().unwrap().id.clone();
    let fix = mmscope::event::Fix::Mmsc {
        url: "http://192.0.2.1/".into(),
    };
    let mend = mmscope::console::Mend {
        id: used.clone(),
        says: String::new(),
    };
    state.mend = Some((fix, mend));
    let warning = state.left_behind().unwrap();
    assert!(
        warning.contains(&used) && warning.contains("ends with this session"),
        "{warning}"
    );
}

#[test]
fn what_was_written_goes_along_with_its_options_and_its_way() {
    let ready_made = story::draft();
    let mut before = after(&story::failed());
    press(&mut before, "eHello there. <esc><alt-w>");
    press(&mut before, "<ctrl-k>h");
    let unsent = before.luggage(&ready_made);
    assert_eq!(unsent.unsent(), Some(&before.draft()), "it can be told of");
    let next = moved(&before, &ready_made, &Draft::default(), Kept::Nowhere);
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
    let next = moved(&before, &ready_made, &Draft::default(), Kept::Nowhere);
    assert!(next.draft().is_empty());
    let other = Draft {
        text: "of the other world".into(),
        ..story::draft()
    };
    let next = moved(&before, &ready_made, &other, Kept::Nowhere);
    assert_eq!(next.draft(), other, "the next world has its own");
}

#[test]
fn a_letter_that_was_kept_takes_its_drafts_place() {
    let ready_made = story::draft();
    let mut before = after(&story::failed());
    press(&mut before, "eA new one. <esc>");
    let mut next = moved(&before, &ready_made, &Draft::default(), Kept::Here(7));
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
#[derive(Default)]
struct Chooser {
    picked: Vec<String>,
    /// A send begins while the picker is open.
    begins: bool,
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
        match self.begins && !self.picked.is_empty() {
            true => story::connecting().known(),
            false => story::failed().known(),
        }
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
        _: Option<String>,
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

/// Keys, more keys a second later, then what was picked and what the loop ended with.
#[tokio::test(start_paused = true)]
async fn esc_goes_back_to_the_session_that_runs_and_a_choice_ends_it() {
    let open = Choice::World("open".into());
    let table = [
        ("<ctrl-k>m<esc>", "q", "None of 2", None),
        ("<ctrl-k>mq<esc>", "q", "None of 2", None),
        (
            "<ctrl-k>m<down><enter>",
            "",
            "Some(World(\"open\")) of 2",
            Some(open),
        ),
    ];
    for (script, later, picked, ended) in table {
        let mut state = story::console(&story::draft(), Theme::default());
        let mut feed = Chooser::default();
        let mut paper = Paper::default();
        let (orders, mut bench) = mpsc::channel(8);
        let input = typed(script, later).chain(futures_util::stream::pending());
        let chosen = until_the_end(&mut paper, Box::pin(input), &mut state, &mut feed, orders);
        assert_eq!(chosen.await.unwrap(), ended, "{script}");
        assert_eq!(feed.picked, [picked], "{script}");
        let last = paper.0.iter().rposition(|drawn| *drawn == "picker");
        let back = paper.0[last.expect(script)..].contains(&"bench");
        assert_eq!(back, ended.is_none(), "{script}: {:?}", paper.0);
        assert!(
            bench.recv().await.is_none(),
            "nothing was ordered of the bench"
        );
    }
}

fn typed(now: &str, later: &str) -> impl Stream<Item = io::Result<Input>> + use<> {
    let inputs = |script: &str| -> Vec<io::Result<Input>> {
        keys(script)
            .into_iter()
            .map(|k| Ok(Input::Key(k)))
            .collect()
    };
    let later = inputs(later);
    let later = futures_util::stream::once(async move {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        futures_util::stream::iter(later)
    });
    futures_util::stream::iter(inputs(now)).chain(later.flatten())
}

/// The session goes on under the picker: what begins there meanwhile is not cut off by a choice.
#[tokio::test(start_paused = true)]
async fn a_send_that_begins_under_the_picker_is_not_stopped_by_the_choice() {
    let mut state = story::console(&story::draft(), Theme::default());
    let mut feed = Chooser {
        begins: true,
        ..Chooser::default()
    };
    let (orders, _bench) = mpsc::channel(8);
    let input = Box::pin(typed("<ctrl-k>m<down><enter>", ""));
    let mut paper = Paper::default();
    let chosen = until_the_end(&mut paper, input, &mut state, &mut feed, orders);
    assert_eq!(chosen.await.unwrap(), None, "it ended with the input");
    assert_eq!(feed.picked, ["Some(World(\"open\")) of 2"]);
    let why = state.hint.unwrap();
    assert!(why.contains("A send is running"), "{why}");
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
