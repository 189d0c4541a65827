//! The letter in the composer: all of it that is sent is seen, nothing of it is lost, and hand and mouse find its fields.
use super::keys::press;
use super::story::{self, Story, rows, screen};
use mmscope::console::editor::Field;
use mmscope::console::state::{Overlay, Question};
use mmscope::console::view::footer_action;
use mmscope::console::{Action, Draft, Effect, Message, Order, Pane, Screen, State, Theme, update};
use mmscope::event::*;
use mmscope::report::{Facts, Options, document};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

fn bench(draft: &Draft, (width, height): (u16, u16)) -> State {
    let mut state = story::console(draft, Theme::default());
    story::hear(&mut state, &story::ready());
    screen(&mut state, width, height);
    state
}

/// Presses keys one by one, with a frame after each as on a real screen. Returns the last one.
fn drawn(state: &mut State, script: &str, (width, height): (u16, u16)) -> String {
    for key in super::keys::keys(script) {
        update(state, Message::Key(key));
        screen(state, width, height);
    }
    rows(&screen(state, width, height))
}

fn click(state: &mut State, column: u16, row: u16) -> Vec<Effect> {
    let kind = MouseEventKind::Down(MouseButton::Left);
    let modifiers = KeyModifiers::NONE;
    update(
        state,
        Message::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers,
        }),
    )
}

/// Where these words stand on the screen.
fn place_of(buffer: &Buffer, words: &str) -> (u16, u16) {
    for y in 0..buffer.area.height {
        let row: Vec<&str> = (0..buffer.area.width)
            .map(|x| buffer[(x, y)].symbol())
            .collect();
        for x in 0..row.len() {
            if row[x..].concat().starts_with(words) {
                return (x as u16, y);
            }
        }
    }
    panic!("{words} is nowhere:\n{}", rows(buffer));
}

/// A person sends what stands there, not what scrolled away while the letter was longer.
#[test]
fn no_line_that_is_sent_is_hidden_while_rows_are_free() {
    for size in [(120, 36), (80, 24), (60, 60), (200, 50)] {
        let mut state = bench(&story::draft(), size);
        let frame = drawn(
            &mut state,
            "<esc>1<enter>one<enter>two<enter><end><ctrl-u>last",
            size,
        );
        assert_eq!(state.draft().text, "one\ntwo\nlast");
        for line in ["one", "two", "last"] {
            let at = frame
                .lines()
                .filter(|l| l.contains(&format!("│{line} ")) || l.contains(&format!("┃{line} ")));
            assert_eq!(at.count(), 1, "{line} at {size:?}:\n{frame}");
        }
    }
}

/// Each way in which a text gets shorter, row by row: what has no room is counted, and what has room is seen.
#[test]
fn what_of_a_letter_has_no_room_is_counted_above_and_below() {
    for size in [(120, 36), (80, 24), (60, 15), (30, 8)] {
        let text: Vec<String> = (1..=30).map(|n| format!("row {n:02}.")).collect();
        let draft = Draft {
            text: text.join("\n"),
            ..story::draft()
        };
        let mut state = bench(&draft, size);
        let top = drawn(&mut state, "<esc>1<enter>", size);
        let seen = |frame: &str| {
            let rows = frame.matches("row ").count();
            let counted: usize = frame
                .lines()
                .filter_map(|l| l.split('┃').nth(1).filter(|l| l.starts_with('─')))
                .flat_map(|l| l.split_whitespace().filter_map(|w| w.parse::<usize>().ok()))
                .sum();
            (rows, counted)
        };
        let (shown, counted) = seen(&top);
        assert!(shown > 0 && shown < 30, "{size:?}:\n{top}");
        assert_eq!(shown + counted, 30, "{size:?}:\n{top}");
        let end = drawn(&mut state, "<pagedown>", size);
        let (room, counted) = seen(&end);
        assert_eq!(room + counted, 30, "{size:?}:\n{end}");
        assert!(end.contains("row 30."), "{size:?}:\n{end}");
        for left in (1..30).rev() {
            let frame = drawn(&mut state, "<ctrl-u><backspace>", size);
            let (rows, counted) = seen(&frame);
            assert_eq!(rows, left.min(room), "{left} rows at {size:?}:\n{frame}");
            assert_eq!(rows + counted, left, "{left} rows at {size:?}:\n{frame}");
        }
    }
}

/// A bigger window shows what it has room for, without a key.
#[test]
fn a_window_that_grows_shows_the_letter_from_its_beginning() {
    let draft = Draft {
        text: "alpha\nbeta\ngamma\ndelta\nepsilon\nzeta\neta\ntheta".into(),
        ..story::draft()
    };
    let mut state = bench(&draft, (80, 24));
    drawn(&mut state, "<esc>1<enter><pagedown>", (60, 15));
    let frame = rows(&screen(&mut state, 200, 50));
    assert!(
        frame.contains("alpha") && frame.contains("theta"),
        "{frame}"
    );
}

/// ^U takes a paragraph of 827 characters: the screen says with which key it comes back, and it does.
#[test]
fn what_was_taken_away_comes_back() {
    let size = (120, 36);
    let mut state = bench(&story::draft(), size);
    let frame = drawn(&mut state, "<esc>1<enter><end><ctrl-u>", size);
    assert_eq!(state.draft().text, "");
    assert!(
        frame.contains("827 characters were taken away: Alt-u brings them back"),
        "{frame}"
    );
    drawn(&mut state, "<alt-u>", size);
    assert_eq!(state.draft().text, story::long_text());
    // The footer has the key as long as there is something to undo, and no longer.
    let frame = drawn(&mut state, "x", size);
    assert!(frame.contains("Alt-u undo"), "{frame}");
    let mut untouched = bench(&story::draft(), size);
    let frame = drawn(&mut untouched, "<esc>1<enter>", size);
    assert!(!frame.contains("Alt-u undo"), "{frame}");
    // In the recipients and the subject as well.
    let mut state = bench(&story::draft(), size);
    press(&mut state, "<esc>1<enter><backtab><backtab><end><ctrl-u>");
    assert_eq!(state.draft().to, [""; 0]);
    press(&mut state, "<alt-u>");
    assert_eq!(state.draft().to, ["+12025550123"]);
}

/// The arrows lead through the fields, up and down; Shift-Tab leads back, and the footer says so.
#[test]
fn arrows_and_shift_tab_lead_through_the_fields() {
    let size = (120, 36);
    let mut state = bench(&story::draft(), size);
    drawn(&mut state, "<esc>1<enter>", size);
    assert_eq!(state.compose.field, Field::Text);
    for (keys, field) in [
        ("<down>", Field::Text),
        ("<up>", Field::Text),
        ("<up>", Field::Subject),
        ("<up>", Field::To),
        ("<up>", Field::To),
        ("<down>", Field::Subject),
        ("<down>", Field::Text),
        ("<backtab>", Field::Subject),
        ("<backtab>", Field::To),
        ("<tab>", Field::Subject),
    ] {
        let frame = drawn(&mut state, keys, size);
        assert_eq!(state.compose.field, field, "after {keys}");
        assert!(state.typing && state.focus == Pane::Compose, "after {keys}");
        let foot = frame.lines().last().unwrap();
        assert_eq!(
            foot.contains("field above"),
            field != Field::To,
            "after {keys}: {foot}"
        );
    }
}

/// A click puts the cursor where it points, whether the message is written or not.
#[test]
fn the_mouse_chooses_a_field_and_a_place_in_it() {
    let draft = Draft {
        subject: "From the bench".into(),
        text: "first line\nsecond line\nthird line".into(),
        ..story::draft()
    };
    for begin in ["<esc>1", "<esc>1<enter>", "<esc>4"] {
        let mut state = bench(&draft, (120, 36));
        press(&mut state, begin);
        let frame = screen(&mut state, 120, 36);
        let (x, y) = place_of(&frame, "bench   ");
        click(&mut state, x, y);
        assert_eq!(state.compose.field, Field::Subject, "{begin}");
        press(&mut state, "old ");
        assert_eq!(state.draft().subject, "From the old bench");
        let (x, y) = place_of(&frame, "second");
        click(&mut state, x + 7, y);
        press(&mut state, "long ");
        assert_eq!(state.compose.field, Field::Text, "{begin}");
        assert_eq!(
            state.draft().text,
            "first line\nsecond long line\nthird line"
        );
        let (x, y) = place_of(&frame, "third");
        click(&mut state, x, y + 2);
        press(&mut state, "!");
        assert!(state.draft().text.ends_with("third line!"), "{begin}");
        let (x, y) = place_of(&frame, "+12025550123");
        click(&mut state, x, y);
        assert_eq!(state.compose.field, Field::To, "{begin}");
        assert!(state.typing && state.focus == Pane::Compose, "{begin}");
    }
    // In a text that is wrapped and scrolled, too.
    let mut state = bench(&story::draft(), (120, 36));
    drawn(&mut state, "<esc>1<enter><pagedown>", (120, 36));
    let frame = screen(&mut state, 120, 36);
    let (x, y) = place_of(&frame, "readable.");
    click(&mut state, x, y);
    press(&mut state, "X");
    assert!(state.draft().text.contains(" Xreadable."));
}

/// The words in the footer do what their key does: with the same conditions, and no more.
#[test]
fn a_click_on_send_is_the_same_as_its_key() {
    for (draft, name) in [
        (story::draft(), "a letter"),
        (Draft::default(), "no recipient"),
        (
            Draft {
                to: vec!["+12025550123".into()],
                ..Draft::default()
            },
            "no text",
        ),
    ] {
        let (mut by_key, mut by_mouse) = (bench(&draft, (120, 36)), bench(&draft, (120, 36)));
        for state in [&mut by_key, &mut by_mouse] {
            press(state, "<esc>");
        }
        let place = (0..120).find(|x| footer_action(&by_mouse, *x, 35) == Some(Action::Send));
        let pressed = press(&mut by_key, "<ctrl-s>");
        let clicked = click(&mut by_mouse, place.unwrap(), 35);
        assert_eq!(pressed, clicked, "{name}");
        assert_eq!(by_key.hint, by_mouse.hint, "{name}");
    }
}

/// A letter that is in no outbox is not thrown away by the key that ends the program.
#[test]
fn quitting_asks_where_the_letter_would_be_lost_and_only_there() {
    let quits = [Effect::Quit];
    for key in ["<esc>q", "<ctrl-c>", "<ctrl-q>"] {
        let mut state = bench(&story::draft(), (80, 24));
        assert_eq!(press(&mut state, key), quits, "the sample is nobody's work");

        let mut state = bench(&story::draft(), (80, 24));
        state.flags.keeps = false;
        press(&mut state, "<esc>1<enter>precious ");
        assert_eq!(press(&mut state, key), [], "{key}");
        assert_eq!(state.overlay, Some(Overlay::Ask(Question::QuitLetter)));
        let frame = rows(&screen(&mut state, 80, 24));
        assert!(frame.contains("was not sent"), "{frame}");
        press(&mut state, "n");
        assert!(state.draft().text.starts_with("precious "), "{key}");
        press(&mut state, key);
        assert_eq!(press(&mut state, "y"), quits, "{key}");

        // Where the outbox is on a disk, the letter is kept there.
        let mut state = bench(&story::draft(), (80, 24));
        state.flags.keeps = true;
        press(&mut state, "<esc>1<enter>precious ");
        assert_eq!(press(&mut state, key), quits, "{key}");
        let kept = state.unsent().unwrap();
        assert!(kept.text.starts_with("precious "), "{key}");
    }
    // What was sent is in the outbox.
    let mut state = bench(&story::draft(), (80, 24));
    state.flags.keeps = false;
    press(&mut state, "<esc>1<enter><pagedown>!<ctrl-s>");
    let mut story = story::failed();
    let characters = state.draft().text.chars().count();
    story.tell(What::Message(mmscope::event::Message {
        send: 9,
        characters,
        ..Default::default()
    }));
    story.tell(What::Result(SendResult {
        send: 9,
        stage: Some(Stage::Connect),
        ..SendResult::default()
    }));
    story::hear(&mut state, &story);
    assert_eq!(state.unsent(), None);
    assert_eq!(press(&mut state, "<ctrl-c>"), quits);
    // A send that runs is asked about first, then the letter.
    let mut state = bench(&story::draft(), (80, 24));
    state.flags.keeps = false;
    press(&mut state, "<esc>1<enter>precious ");
    story::hear(&mut state, &story::connecting());
    press(&mut state, "<ctrl-c>");
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::Quit)));
    press(&mut state, "y");
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::QuitLetter)));
    // The same by the key that ends, pressed for each question.
    let mut state = bench(&story::draft(), (80, 24));
    state.flags.keeps = false;
    press(&mut state, "<esc>1<enter>precious ");
    story::hear(&mut state, &story::connecting());
    assert_eq!(press(&mut state, "<ctrl-c><ctrl-c>"), []);
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::QuitLetter)));
    assert_eq!(press(&mut state, "<ctrl-c>"), quits);
    // Where nothing would be lost the second one ends.
    let mut state = bench(&story::draft(), (80, 24));
    story::hear(&mut state, &story::connecting());
    assert_eq!(press(&mut state, "<ctrl-c>"), []);
    assert_eq!(press(&mut state, "<ctrl-c>"), quits);
}

/// The first message of a row in which one thing is changed is the letter as it stands: it is in the outbox and is not kept once more.
#[test]
fn a_letter_that_went_out_in_a_row_is_not_called_unsent() {
    let row = |story: &Story| {
        let mut state = super::keys::after(story);
        press(
            &mut state,
            "<esc>1<enter>precious <esc><alt-v><down>Nokia<down><enter>y",
        );
        assert!(state.is_varying());
        state
    };
    let mut story = story::examined();
    let mut state = row(&story);
    assert!(state.unsent().is_some(), "nothing has begun yet");
    let message = mmscope::event::Message {
        send: 9,
        characters: state.draft().text.chars().count(),
        ..Default::default()
    };
    update(&mut state, Message::VaryBegun(vec!["A".into(), "B".into()]));
    story.tell(What::Message(message));
    story::hear(&mut state, &story);
    update(&mut state, Message::VaryEnded("2 sends ended".into()));
    assert_eq!(state.unsent(), None);
    press(&mut state, "<esc>1<enter>more ");
    assert!(
        state.unsent().is_some(),
        "what is written since is another letter"
    );
    // A row that did not begin has taken nothing.
    let mut state = row(&story::examined());
    update(
        &mut state,
        Message::VaryEnded("Nothing was sent: no profile is in use".into()),
    );
    assert!(state.unsent().is_some() && state.handed.is_none());
}

/// A letter carries its way to where it is kept, and back into the composer.
#[test]
fn a_kept_letter_has_its_way() {
    let mut state = bench(&story::draft(), (120, 36));
    press(&mut state, "<esc>1<enter>x<esc>");
    assert_eq!(state.unsent().unwrap().way, Some(Way::Mms));
    state.way = Some(Way::SmsUnlinked);
    let kept = state.unsent().unwrap();
    assert_eq!(kept.way, Some(Way::SmsUnlinked));
    let mut state = bench(&story::draft(), (120, 36));
    update(&mut state, Message::Draft(1, kept));
    assert_eq!(state.effective_way(), Way::SmsUnlinked);
    assert_eq!(state.unsent(), None, "nothing was changed in it");
    let by_rule = Draft {
        text: "Hello".into(),
        way: Some(Way::Mms),
        ..story::draft()
    };
    update(&mut state, Message::Draft(1, by_rule));
    assert_eq!((state.way, state.effective_way()), (None, Way::Mms));
}

/// A paste while the wire has the keys is for the modem, never for a phone.
#[test]
fn a_paste_goes_where_the_keys_are() {
    let mut state = bench(&story::draft(), (120, 36));
    let letter = state.draft();
    press(&mut state, "<esc>3");
    update(
        &mut state,
        Message::Paste("AT+CSQ\rAT+CREG?\rAT+CFUN=0".into()),
    );
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::Commands)));
    assert_eq!((state.draft(), state.at.waiting.len()), (letter.clone(), 3));
    press(&mut state, "n");
    update(&mut state, Message::Paste("AT+CSQ".into()));
    assert_eq!(state.at.entry.text(), "AT+CSQ");
    assert!(state.types_at() && state.draft() == letter);
    // Elsewhere it is text for the message.
    press(&mut state, "<esc>4");
    update(&mut state, Message::Paste("words".into()));
    assert_eq!(state.compose.field, Field::Text);
    assert!(state.draft().text.contains("words"));
}

/// A send that was stopped: one time, the stage at which it stood, and whether anything went out.
#[test]
fn a_stopped_send_says_where_it_stood_and_that_nothing_went_out() {
    let mut story = story::ready();
    story
        .wait(1_000)
        .tell(What::Message(mmscope::event::Message {
            send: 1,
            characters: 827,
            ..Default::default()
        }));
    story.done(Stage::Encode, 20, "1.2 KiB");
    story.done(Stage::Port, 30, "answers");
    story.tell(What::Stage(StageStep {
        fetch: None,
        send: 1,
        stage: Stage::Register,
        state: StageState::Started {
            limit_ms: Some(65_000),
        },
        stage_ms: 0,
        evidence: Vec::new(),
    }));
    story.wait(750);
    let stopped = |stage, parts| {
        What::Result(SendResult {
            send: 1,
            cancelled: true,
            stage: Some(stage),
            parts,
            duration_ms: 800,
            ..SendResult::default()
        })
    };
    story.tell(stopped(Stage::Register, None));
    // The tidying up goes on meanwhile.
    story.wait(3_000).tell(What::Act(Act::Restore));
    let mut state = super::keys::after(&story);
    press(&mut state, "<esc>");
    let frame = rows(&screen(&mut state, 120, 36));
    let rung = frame.lines().find(|l| l.contains("⚠ register")).unwrap();
    assert!(
        rung.contains("0.7 s") && rung.contains("stopped here"),
        "{frame}"
    );
    assert!(!frame.contains("of at most"), "{frame}");
    assert!(frame.contains("You stopped it after 0.8 s."), "{frame}");
    assert!(
        frame.contains("Nothing of the message went out."),
        "{frame}"
    );
    // What went out is not denied, at whatever stage it was stopped. The bench counts parts of an SMS only, and of each.
    let sms = |stage, unknown, parts| {
        What::Result(SendResult {
            send: 1,
            way: Way::Sms,
            cancelled: true,
            unknown,
            stage: Some(stage),
            parts,
            duration_ms: 800,
            ..SendResult::default()
        })
    };
    for (result, says) in [
        (
            sms(Stage::Register, false, Some((2, 6))),
            "The service centre has 2 of 6 parts.",
        ),
        (
            sms(Stage::Post, true, Some((2, 6))),
            "The service centre has 2 of 6 parts.",
        ),
        (
            sms(Stage::Register, false, Some((0, 6))),
            "The service centre has taken no part.",
        ),
        (
            sms(Stage::Post, false, None),
            "How many parts went out is not recorded here.",
        ),
    ] {
        story.tell(result);
        let mut state = super::keys::after(&story);
        press(&mut state, "<esc>");
        let frame = rows(&screen(&mut state, 200, 50));
        assert!(pane_words(&frame).contains(says), "{says}:\n{frame}");
        assert!(
            !frame.contains("Nothing of the message went out"),
            "{frame}"
        );
    }
}

/// What the panes of the middle say, without their edges and line ends.
fn pane_words(frame: &str) -> String {
    let pane = frame.lines().filter_map(|l| l.split(['│', '┃']).nth(3));
    let words: Vec<&str> = pane.flat_map(str::split_whitespace).collect();
    words.join(" ")
}

/// One's own messages can be read as those that came in; where that cannot be, the reason stands there.
#[test]
fn ones_own_message_is_opened_whole() {
    let mut story: Story = story::failed();
    story.tell(What::Outbox(OutboxStep {
        entry: 3,
        transaction_id: String::new(),
        state: EntryState::Failed,
        way: Way::Mms,
        to: vec![Msisdn::new("+12025550123").masked()],
        characters: 13,
        size: 200,
        parts: None,
        attempts: 1,
        written_unix_ms: 1_763_812_860_000,
        changed_unix_ms: 1_763_812_860_000,
        next_try_ms: None,
        says: "10.175.85.144:8080 did not connect".into(),
        stage: Some(Stage::Connect),
        forgotten: false,
    }));
    let mut state = super::keys::after(&story);
    press(&mut state, "<esc>M<enter>");
    let frame = rows(&screen(&mut state, 120, 36));
    assert!(
        frame.contains("Its text cannot be shown: it is kept nowhere here"),
        "{frame}"
    );
    state.bench.own = std::sync::Arc::new(|id| {
        Ok(mmscope::console::Letter {
            subject: format!("Number {id}"),
            text: "Hello\nbench \u{1b}[31m".into(),
            parts: vec!["+ image/jpeg 20 KB beach.jpg".into()],
            ..Default::default()
        })
    });
    press(&mut state, "<esc><enter>");
    let frame = rows(&screen(&mut state, 120, 36));
    for words in ["subject Number 3", "Hello", "bench", "beach.jpg"] {
        assert!(frame.contains(words), "{words}:\n{frame}");
    }
    assert_eq!(state.screen, Screen::Messages);
    let reads_octets = press(&mut state, "<esc>e");
    assert_eq!(reads_octets, [Effect::Order(Order::OpenDraft(3))]);
}

/// A message that lay in the modem is as old as its stamp says, not as its reading here.
#[test]
fn a_stored_sms_is_as_old_as_its_stamp() {
    let now = 1_795_348_860_000; // 2026-11-22T12:01:00Z
    let hour = 3_600_000;
    for (sent, received, says) in [
        (Some(now - 5 * hour), now, "sent 5 h ago, read here"),
        (Some(now - hour), now - hour + 2_000, "sent 1 h ago"),
        (None, now - 2 * hour, "came 2 h ago"),
        // The clock of the service centre, or ours, is wrong.
        (Some(now + 9 * hour), now - 2 * hour, "came 2 h ago"),
    ] {
        let mut story = story::ready();
        story.tell(What::Inbox(InboxStep {
            item: 2,
            state: InboxState::Here,
            characters: 5,
            received_unix_ms: received,
            sent_unix_ms: sent,
            was_stored: true,
            ..InboxStep::default()
        }));
        let mut state = super::keys::after(&story);
        press(&mut state, "<esc>M");
        let frame = rows(&screen(&mut state, 120, 36));
        assert!(frame.contains(says), "{says}:\n{frame}");
    }
}

/// What stays on the terminal says how much of a stopped SMS is billed and on its way.
#[test]
fn the_ending_says_how_many_parts_of_a_stopped_sms_went_out() {
    let ended = |change: fn(&mut SendResult)| {
        let mut story = story::ready();
        story.tell(What::Message(mmscope::event::Message {
            send: 1,
            way: Way::Sms,
            profile: "us/mint".into(),
            ..Default::default()
        }));
        let mut result = SendResult {
            send: 1,
            way: Way::Sms,
            stage: Some(Stage::Post),
            parts: Some((2, 5)),
            duration_ms: 8_000,
            ..SendResult::default()
        };
        change(&mut result);
        story.tell(What::Result(result));
        let mut facts = Facts::default();
        story.events.iter().for_each(|event| facts.take(event));
        let report = document(&facts, &Options::default()).unwrap().text();
        (super::keys::after(&story).summary(), report)
    };
    type Row = (fn(&mut SendResult), &'static str, &'static str);
    let table: &[Row] = &[
        (
            |r| r.cancelled = true,
            "send 1: stopped by you after 2 of 5 parts (taken by the network), 8.0 s",
            "stopped by the person after 2 of 5 parts (taken by the network)",
        ),
        (
            |r| (r.cancelled, r.parts) = (true, None),
            "send 1: stopped by you after 8.0 s",
            "stopped by the person",
        ),
        (
            |r| (r.cancelled, r.unknown) = (true, true),
            "no answer was read; 2 of 5 parts (taken by the network)",
            "it may have been accepted; 2 of 5 parts (taken by the network)",
        ),
        (
            |r| (r.ok, r.parts) = (true, Some((1, 1))),
            "send 1: sent as linked SMS, 1 of 1 part (taken by the network), in 8.0 s",
            "sent as linked SMS: 1 of 1 part (taken by the network)",
        ),
        (
            |_| (),
            "failed at",
            "not sent whole: failed at post after 2 of 5 parts (taken by the network)",
        ),
    ];
    for (change, summary, report) in table {
        let (said, reported) = ended(*change);
        assert!(said.contains(summary), "{summary}: {said}");
        assert!(reported.contains(report), "{report}: {reported}");
    }
}

/// What of the letter stands in the composer, and whether a rule counts rows that have no room.
fn written(frame: &str) -> (String, bool) {
    let mut inside = frame.lines().filter_map(|l| l.split('┃').nth(1));
    let is_rule = |l: &str| l.starts_with('─');
    let upper = inside.find(|l| is_rule(l)).unwrap_or_default();
    let mut text = String::new();
    let mut lower = "";
    for row in inside {
        if is_rule(row) {
            lower = row;
            break;
        }
        text.extend(row.chars().filter(|c| !c.is_whitespace()));
    }
    let counts = |rule: &str| rule.contains(char::is_numeric);
    (text, counts(upper) || counts(lower))
}

fn assert_written(text: &str, keys: &str, size: (u16, u16)) {
    let draft = Draft {
        text: text.into(),
        ..story::draft()
    };
    let mut state = bench(&draft, size);
    let frame = drawn(&mut state, &format!("<esc>1<enter>{keys}"), size);
    let whole = state.draft().text;
    let whole: String = whole.chars().filter(|c| !c.is_whitespace()).collect();
    if state.draft().text.is_empty() {
        // Then it is said what goes here.
        return;
    }
    let (seen, more) = written(&frame);
    match more {
        true => assert!(whole.contains(&seen), "{text:?} {size:?}:\n{frame}"),
        false => assert_eq!(seen, whole, "{text:?} {size:?}:\n{frame}"),
    }
}

/// A mark that hangs behind its word is drawn once, where it stands, and nowhere below.
#[test]
fn no_character_is_drawn_that_is_not_in_the_letter() {
    let texts = [
        "and the MMSC all did their part.",
        "and the MMSC all did their part. More",
        "aaaa bbbb cccc dddd eeee fffffg.",
        "aaaa bbbb cccc dddd eeee ff-fff!",
        "PRECIOUS If you can read this, the modem, the bearer, the gateway and the MMSC all did their part.",
    ];
    for text in texts {
        for width in (60..=130).step_by(5) {
            assert_written(text, "", (width, 24));
            assert_written(text, "<pagedown>", (width, 24));
        }
        assert_written(text, "<pagedown>.", (80, 24));
        assert_written(text, "<pagedown> and.", (80, 24));
        assert_written(&format!("{text}\n").repeat(12), "", (80, 24));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands there, wherever the cursor is: the rows of the composer are the letter.
    #[test]
    fn the_rows_of_the_composer_are_the_letter(
        text in "([a-e]{1,12}[.,;:!?…]?[ \n]|[a-e]{1,9}-|[.!?]{1,3}| {1,3}|\n|漢|👍|e\u{301}|[a-e]{30,40}){0,60}",
        keys in "(<up>|<down>|<left>|<right>|<pagedown>|<pageup>|<backspace>|a|\\.| ){0,12}",
        width in 60u16..=130,
        height in 15u16..=40,
    ) {
        assert_written(&text, &keys, (width, height));
    }
}
