//! What stopped a person in the second hour: the sample that would not go away, the fix that was gone, the draft that nobody found.
use super::keys::{after, press};
use super::story::{self, Story, rows, screen};
use mmscope::console::ending::folded;
use mmscope::console::palette::Offer;
use mmscope::console::state::{Overlay, Question};
use mmscope::console::tips::TIPS;
use mmscope::console::view::footer_action;
use mmscope::console::{Action, Draft, Effect, Message, Order, Pane, Screen, State, text, update};
use mmscope::event::*;

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 36), (200, 50), (10, 3)];

fn seen(state: &mut State, (width, height): (u16, u16)) -> String {
    rows(&screen(state, width, height))
}

fn bench(size: (u16, u16)) -> State {
    let mut state = after(&story::ready());
    screen(&mut state, size.0, size.1);
    state
}

/// The sample goes away with one key, whole, and comes back whole.
#[test]
fn the_letter_is_emptied_at_once_and_comes_back() {
    for size in SIZES {
        let mut state = bench(size);
        let before = state.draft();
        press(&mut state, "<esc>1<enter><alt-c>");
        assert!(state.draft().is_empty(), "{size:?}");
        assert!(state.unsent().is_none(), "{size:?}");
        let says = state.hint.clone().unwrap();
        assert_eq!(says, "The letter is empty: Alt-u brings it back.");
        // It is a new letter, begun at its recipients; what is undone there is undone first.
        press(&mut state, "+1202<alt-u>");
        let typed = state.draft();
        press(&mut state, "<ctrl-u><alt-u>");
        assert_eq!(
            state.draft(),
            typed,
            "a line that was taken away comes first"
        );
        let mut state = bench(size);
        press(&mut state, "<esc>1<enter><alt-c><alt-u>");
        assert_eq!(state.draft(), before, "{size:?}");
        press(&mut state, "<alt-c>2025550142");
        assert_eq!(state.draft().to, ["2025550142"], "{size:?}");
        assert!(
            state.unsent().is_some(),
            "a new letter can be lost: {size:?}"
        );
    }
}

/// What a person looks for finds it, from any pane of the bench, and in the help.
#[test]
fn who_looks_for_an_empty_letter_finds_the_key() {
    for words in ["clear", "empty", "new letter"] {
        let mut state = bench((120, 36));
        press(&mut state, &format!("<esc>2:{words}"));
        let first = state.offers().into_iter().next();
        assert_eq!(first, Some(Offer::Do(Action::ClearLetter)), "{words}");
        press(&mut state, "<enter>");
        assert!(state.draft().is_empty(), "{words}");
        let mut state = bench((120, 36));
        press(&mut state, &format!("<esc>?{words}"));
        let frame = seen(&mut state, (120, 36));
        assert!(frame.contains("Alt-c"), "{words}: {frame}");
    }
    // Nothing is there to be emptied: neither key nor word promises it. And a command that is typed is no letter.
    let mut state = bench((200, 50));
    press(&mut state, "<esc>3aAT+CSQ<alt-c>");
    assert_eq!(state.draft(), story::draft());
    let mut footer = |script: &str| {
        press(&mut state, script);
        screen(&mut state, 200, 50);
        (0..200).any(|x| footer_action(&state, x, 49) == Some(Action::ClearLetter))
    };
    assert!(footer("<esc>1<enter>"));
    assert!(!footer("<alt-c>"));
    assert!(!footer("x<esc>"));
}

/// The key that takes a line away says why it does nothing, and which one takes all.
#[test]
fn nothing_left_of_the_cursor_is_said() {
    let mut state = bench((80, 24));
    press(&mut state, "<esc>1<enter><ctrl-home><ctrl-u>");
    assert_eq!(state.draft(), story::draft());
    let frame = seen(&mut state, (80, 24));
    let foot = frame.lines().last().unwrap().trim();
    assert!(foot.ends_with("Alt-c empties the letter."), "{foot}");
    press(&mut state, "<end><ctrl-u>");
    assert!(state.hint.as_ref().unwrap().contains("brings them back"));
}

fn came(item: u64) -> What {
    What::Inbox(InboxStep {
        item,
        kind: InboxKind::Sms,
        state: InboxState::Here,
        from: Some(Msisdn::new("+12025550177").masked()),
        characters: 24,
        received_unix_ms: 1_763_812_900_000 + item,
        ..InboxStep::default()
    })
}

fn draft(entry: u64) -> What {
    What::Outbox(OutboxStep {
        entry,
        transaction_id: String::new(),
        state: EntryState::Draft,
        way: Way::Mms,
        to: vec![Msisdn::new("+12025550123").masked()],
        characters: 12,
        size: 300,
        parts: None,
        attempts: 0,
        written_unix_ms: 1_763_812_800_000,
        changed_unix_ms: 1_763_812_800_000,
        next_try_ms: None,
        says: String::new(),
        stage: None,
        forgotten: false,
    })
}

/// With a received message under the cursor the key that edits a draft must not open another letter without a word.
#[test]
fn what_came_in_is_not_edited_and_says_so() {
    let mut story = story::ready();
    story.tell(draft(1)).tell(came(1)).tell(came(2));
    let mut state = after(&story);
    press(&mut state, "<esc>M");
    assert_eq!(press(&mut state, "e"), []);
    assert_eq!((state.screen, state.typing), (Screen::Messages, false));
    let frame = seen(&mut state, (80, 24));
    let foot = frame.lines().last().unwrap();
    assert!(foot.contains("as the draft below"), "{foot}");
    let edit = Effect::Order(Order::OpenDraft(1));
    assert_eq!(press(&mut state, "<down><down>e"), [edit]);
    // Without a draft the words are others.
    let mut story = story::ready();
    story.tell(came(1));
    let mut state = after(&story);
    press(&mut state, "<esc>Me");
    assert!(state.hint.as_ref().unwrap().contains("r answers it"));
}

/// Who was told at the start that a draft waits finds the cursor on it, once.
#[test]
fn the_messages_begin_at_the_draft_that_was_told() {
    let mut story = story::ready();
    story.tell(draft(1)).tell(draft(2)).tell(came(1));
    let mut state = after(&story);
    state.remind([EntryState::Draft, EntryState::Draft]);
    let edit = Effect::Order(Order::OpenDraft(2));
    assert_eq!(press(&mut state, "<esc>Me"), [edit]);
    let mut state = after(&story);
    press(&mut state, "<esc>M");
    assert!(state.received().is_some(), "nothing was told: the newest");
}

/// A verdict that could not tell, as the rules give it.
fn inconclusive() -> Story {
    let mut story = story::examined();
    let known = story.known();
    let said = known.probes.back().and_then(|p| p.verdict.clone()).unwrap();
    let next = |says: &str| NextStep {
        says: says.into(),
        fix: None,
    };
    story.tell(What::Verdict(Box::new(Verdict {
        verdict: Code::Inconclusive,
        confidence: Confidence::Low,
        next: vec![
            next("Probe further (--full): E22 would tell whether type or APN is the cause"),
            next("The same SIM in a phone, Wi-Fi off: send one picture (--witness phone=sends|fails): whether the line has MMS at all (E34)"),
            next("Send an MMS to this line from another phone (--witness inbound=yes|no): whether the line has MMS (E35)"),
        ],
        ..said
    })));
    story
}

/// The one step that the program can take itself stands in the smallest usual footer, and the others name their keys.
#[test]
fn an_open_verdict_names_its_keys() {
    let mut state = after(&inconclusive());
    press(&mut state, "<esc><f6>");
    let frame = seen(&mut state, (80, 24));
    let foot = frame.lines().last().unwrap();
    assert!(foot.contains("D full probe"), "{foot}");
    press(&mut state, "z");
    let frame = seen(&mut state, (200, 50));
    for words in [
        "(w says what you saw)",
        "(i says what you saw)",
        "D runs it, asks first",
    ] {
        assert!(frame.contains(words), "{words}: {frame}");
    }
    assert!(!frame.contains("--witness"), "{frame}");
    // Where a cause was found it keeps its place.
    let mut state = after(&story::examined());
    press(&mut state, "<esc><f6>");
    let frame = seen(&mut state, (80, 24));
    assert!(!frame.lines().last().unwrap().contains("D full"), "{frame}");
}

/// The hint that stands longest says the next step, and no other.
#[test]
fn a_tip_goes_where_the_verdict_goes() {
    let table: [(Story, &str, &str); 3] = [
        (inconclusive(), "<esc><f6>", "D probes further"),
        (story::examined(), "<esc><f6>", "uses a mended copy"),
        (story::ready(), "<esc>M", ": finds any action"),
    ];
    for (story, keys, tip) in table {
        let mut state = after(&story);
        state.greet(&["probe".to_owned(), "clear-letter".to_owned()]);
        if story.known().sends.back().is_some() {
            state.greet(&["send", "probe", "clear-letter"].map(str::to_owned));
        }
        press(&mut state, keys);
        let says = state.tip().unwrap_or_default();
        assert!(says.contains(tip), "{tip}: {says}");
    }
}

/// A row that begins with a full stop looks like a fault of the letter.
#[test]
fn a_mark_stays_with_its_word() {
    for mark in [",", ".", "?", "…"] {
        // 31 columns of the 32 are the row's, the last is the mark's.
        let letter = Draft {
            text: format!("123456789 1234567890 1234567890{mark} and on"),
            ..story::draft()
        };
        let mut state = story::console(&letter, mmscope::console::Theme::default());
        press(&mut state, "<esc>e");
        let frame = seen(&mut state, (80, 24));
        let wanted = format!("123456789 1234567890 1234567890{mark}");
        assert!(frame.contains(&wanted), "{frame}");
        assert!(frame.contains("┃and on"), "{frame}");
        assert_eq!(state.draft().text, letter.text);
        // Further down, with the row of the word above the window, nothing of it is doubled.
        let many = Draft {
            text: format!("{0}\n{0}\n{0}\n{0}\n{0}\n{0}", letter.text),
            ..story::draft()
        };
        let mut state = story::console(&many, mmscope::console::Theme::default());
        press(&mut state, "<esc>e<ctrl-end>");
        let frame = seen(&mut state, (80, 24));
        assert!(!frame.contains(&format!("┃{mark}")), "{frame}");
    }
}

/// A hint that is cut at its end has lost what it says to do.
#[test]
fn every_hint_has_room_in_the_usual_sizes() {
    // The pane at the lower left of 120 columns is the narrowest of the usual ones.
    let room = 64;
    for broken in [false, true] {
        let mut state = bench((120, 36));
        state.flags.broken = broken;
        press(&mut state, "<esc>");
        for tip in TIPS {
            let says = format!(" Tip: {} {} ", state.key_of(tip.action), (tip.says)(&state));
            assert!(text::width(&says) <= room, "{says}");
        }
    }
    // The first one of who writes is how to get rid of the sample.
    let mut state = bench((120, 36));
    state.greet(&[]);
    press(&mut state, "<esc>1<enter>");
    assert!(
        state
            .tip()
            .unwrap()
            .starts_with("Alt-c empties this letter")
    );
    press(&mut state, "x");
    assert!(!state.tip().unwrap_or_default().contains("Alt-c"));
}

#[test]
fn what_stays_on_the_terminal_is_folded_between_words() {
    let path =
        "/home/somebody/.local/state/mmscope/recordings/2026-11-22T17-47-59-588Z-world-mint.jsonl";
    let says = format!(
        "mmscope: send 1: failed at connect: +CIPOPEN error 4\nmmscope: recorded in {path}; `mmscope report {path}` writes it up"
    );
    let out = folded(&says, 40);
    assert_eq!(
        out.lines().collect::<Vec<_>>(),
        [
            "mmscope: send 1: failed at connect:",
            "  +CIPOPEN error 4",
            "mmscope: recorded in",
            &format!("  {path};"),
            &format!("  `mmscope report {path}`"),
            "  writes it up",
        ]
    );
    let joined: Vec<&str> = out.split_whitespace().collect();
    let words: Vec<&str> = says.split_whitespace().collect();
    assert_eq!(joined, words, "no word is lost or broken");
    assert_eq!(folded(&says, usize::MAX), says);
}

/// An open verdict is not left on the terminal beside the later one that settled it.
#[test]
fn the_ending_tells_the_verdict_that_came_last() {
    let mut story = inconclusive();
    let open = after(&story).summary();
    assert!(open.contains("INCONCLUSIVE"), "{open}");
    let cells = story.examining();
    story.wrong_port(cells);
    let closed = after(&story).summary();
    assert!(closed.contains("WRONG-PORT"), "{closed}");
    assert!(!closed.contains("INCONCLUSIVE"), "{closed}");
}

#[test]
fn the_same_answer_once_more_is_counted_and_not_repeated() {
    let mut story = story::ready();
    let lookup = |ms, address: &str| {
        What::Lookup(Lookup {
            name: "mmsc.example".into(),
            family: "A".into(),
            resolver: "module".into(),
            outcome: LookupOutcome::Addresses(vec![address.into()]),
            ms,
        })
    };
    story
        .tell(lookup(18, "192.0.2.80"))
        .tell(lookup(20, "192.0.2.80"));
    let mut state = after(&story);
    press(&mut state, "<esc>6z");
    let frame = seen(&mut state, (120, 36));
    assert_eq!(frame.matches("192.0.2.80").count(), 1, "{frame}");
    assert!(frame.contains("2 times, 20 ms"), "{frame}");
    // Another answer is told.
    story.tell(lookup(21, "192.0.2.81"));
    let mut state = after(&story);
    press(&mut state, "<esc>6z");
    let frame = seen(&mut state, (120, 36));
    assert!(
        frame.contains("192.0.2.80") && frame.contains("192.0.2.81"),
        "{frame}"
    );
}

/// Where nothing keeps the letter, the question itself offers the file; only what is in it by then is safe.
#[test]
fn the_question_at_the_end_writes_the_letter_into_a_file() {
    let mut state = bench((80, 24));
    state.flags.keeps = false;
    press(&mut state, "<esc>1<enter>precious <ctrl-c>");
    let frame = seen(&mut state, (80, 24));
    assert!(frame.contains("f to a file first"), "{frame}");
    let effects = press(&mut state, "f");
    let [Effect::SaveLetter { place, letter }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert!(place.ends_with("letter.txt"), "{place}");
    let file = letter.as_file();
    assert!(
        file.starts_with("To: +12025550123\n\nprecious This"),
        "{file}"
    );
    assert_eq!(
        state.overlay,
        Some(Overlay::Ask(Question::QuitLetter)),
        "it stands until the file is there"
    );
    let says = "letter.txt: 3 lines written, in ~".to_owned();
    update(&mut state, Message::Saved(letter.clone(), says));
    assert_eq!(state.overlay, None);
    assert!(state.unsent().is_some(), "a file is no outbox");
    let foot = seen(&mut state, (80, 24))
        .lines()
        .last()
        .unwrap()
        .to_owned();
    assert!(
        foot.contains("^C quits now. letter.txt: 3 lines written"),
        "{foot}"
    );
    state.greet(&[]);
    let tip = state.tip().unwrap_or_default();
    assert!(!tip.contains("empties"), "it is no sample: {tip}");
    assert_eq!(press(&mut state, "<ctrl-c>"), [Effect::Quit]);
    // What is written after that is not in the file.
    press(&mut state, "1<enter>more <ctrl-c>");
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::QuitLetter)));
}

/// The fix that a verdict led to ends with the program as well: who is asked about the letter hears of it.
#[test]
fn the_question_at_the_end_names_the_fix_that_nobody_has_kept() {
    let mut told = story::examined();
    let mut state = after(&told);
    state.flags.keeps = false;
    press(&mut state, "<esc>1<enter>precious <ctrl-c>");
    assert!(!seen(&mut state, (80, 24)).contains("ends with it"));
    press(&mut state, "n");
    let mut row = story::profiles()[1].clone();
    row.id = "example/mint-as-configured-mended".into();
    told.profile(&row);
    update(&mut state, Message::Known(told.known()));
    press(&mut state, "<ctrl-c>");
    let frame = seen(&mut state, (80, 24));
    assert!(frame.contains("mended ends with it, too"), "{frame}");
    assert_eq!(state.focus, Pane::Compose);
}

/// A word that one row cannot hold goes on: its end is the remedy. Nothing is cut at 80 columns, and nothing outgrows the window.
#[test]
fn a_long_word_to_the_person_is_read_to_its_end() {
    let says = "A send is running: another world or modem can be chosen when it has ended; ^X stops it, and keeps the letter.";
    for size in SIZES {
        let mut state = bench(size);
        state.hint = Some(says.to_owned());
        let frame = seen(&mut state, size);
        if size.0 >= 80 {
            let words: Vec<&str> = frame.split_whitespace().collect();
            let tail = ["keeps", "the", "letter."];
            assert!(words.windows(3).any(|w| w == tail), "{size:?}: {frame}");
            assert!(!frame.lines().last().unwrap().contains('…'), "{frame}");
        }
    }
}

/// After ^K each key that may follow has a place with its words, in as many rows as that takes.
#[test]
fn every_second_key_of_a_chord_is_shown() {
    let mut state = bench((80, 24));
    press(&mut state, "<esc><ctrl-k>");
    let frame = seen(&mut state, (80, 24));
    let rows: Vec<&str> = frame.lines().skip(21).collect();
    let foot = rows.join(" ");
    for binding in state.keymap.bindings() {
        let follows = binding.then.filter(|_| binding.chord.shown() == "^K");
        if let Some(then) = follows.filter(|_| state.binding_is_valid(binding)) {
            let label = binding.action.row().map_or("", |r| r.label);
            let key = format!("  {} {label}", then.shown());
            assert!(foot.contains(&key), "{key}: {foot}");
        }
    }
}
