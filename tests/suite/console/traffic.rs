//! The traffic pane and the AT line, as a person works in them: keys, and what is seen or what follows.
use super::keys::press;
use super::story::{self, Story, rows, screen};
use mmscope::console::at_line::{AT_HISTORY, LONGEST_SCRIPT};
use mmscope::console::copying::LONGEST_COPY;
use mmscope::console::state::{Overlay, Question};
use mmscope::console::traffic::{Eye, Filter, HEX_ROWS, ROWS, Traffic};
use mmscope::console::{Effect, Message, Order, Pane, State, Typed, update};
use mmscope::event::*;
use proptest::prelude::*;
use std::sync::Arc;

/// Tells an exchange from its command to its end, as the engine does.
struct Teller {
    story: Story,
    exchange: u64,
}

impl Teller {
    fn new() -> Self {
        Self {
            story: Story::new(),
            exchange: 0,
        }
    }

    fn line(&mut self, dir: Direction, role: Role, text: &str, after_ms: Option<u64>) -> EventId {
        let exchange = (role != Role::Urc).then_some(self.exchange);
        self.story.tell(What::Line(Line {
            dir,
            role,
            text: text.into(),
            exchange,
            after_ms,
        }));
        self.story.events.len() as EventId
    }

    fn asks(&mut self, command: &str) -> EventId {
        self.exchange += 1;
        let octets = Octets::copy(format!("{command}\r").as_bytes());
        let dir = Direction::Tx;
        let since = self.line(dir, Role::Command, command, None);
        self.story.tell(What::Wire(Wire { dir, octets }));
        since
    }

    fn answers(&mut self, lines: &[(Role, &str)], ms: u64) -> &mut Self {
        self.story.wait(ms);
        let octets: String = lines.iter().map(|(_, l)| format!("\r\n{l}\r\n")).collect();
        self.story.tell(What::Wire(Wire {
            dir: Direction::Rx,
            octets: Octets::copy(octets.as_bytes()),
        }));
        for (role, text) in lines {
            self.line(Direction::Rx, *role, text, Some(ms));
        }
        self
    }

    fn ends(&mut self, command: &str, since: EventId, purpose: &str, ms: u64) {
        self.story.tell(What::Exchange(Exchange {
            number: self.exchange,
            command: command.into(),
            lines: Vec::new(),
            raw: 0,
            ending: Ending::Final("OK".into()),
            shape: Shape::AtOnce,
            final_ms: ms,
            late_ms: None,
            since,
            purpose: purpose.into(),
        }));
    }

    fn whole(&mut self, command: &str, lines: &[(Role, &str)], purpose: &str) {
        let since = self.asks(command);
        self.answers(lines, 18);
        self.ends(command, since, purpose, 18);
    }
}

use Role::{Answer, Final, Late};

/// A person at work: polls in between, an error, a connect that fails late, something unasked.
fn at_work() -> Story {
    let mut t = Teller::new();
    t.whole("AT+CSQ", &[(Answer, "+CSQ: 21,99"), (Final, "OK")], "poll");
    t.whole(
        "AT+CPIN?",
        &[(Answer, "+CPIN: READY"), (Final, "OK")],
        "person",
    );
    t.whole("AT+CREG=9", &[(Final, "+CME ERROR: 30")], "person");
    t.line(
        Direction::Rx,
        Role::Urc,
        "+CPSI: LTE,Online,310-260,0x1234,52467969,123,EUTRAN-BAND66,66486,4,4,-105,-930,-620,12",
        None,
    );
    let open = "AT+CIPOPEN=0,\"TCP\",\"10.175.85.144\",8080";
    t.whole(open, &[(Final, "OK"), (Late, "+CIPOPEN: 0,4")], "person");
    t.whole(
        "AT+CIMI",
        &[(Answer, "310240000000123"), (Final, "OK")],
        "person",
    );
    t.whole("AT+CSQ", &[(Answer, "+CSQ: 20,99"), (Final, "OK")], "poll");
    t.story
}

pub(super) fn explaining(mut state: State) -> State {
    state.bench.meaning = mmscope::at::meaning::explain_shaped;
    state
}

pub(super) fn working() -> State {
    let mut state = explaining(story::console(&story::draft(), Default::default()));
    update(&mut state, Message::Resize(120, 36));
    story::hear(&mut state, &at_work());
    press(&mut state, "<esc>3z");
    state
}

pub(super) fn seen(state: &mut State) -> String {
    rows(&screen(state, 120, 36))
}

fn snapshot(name: &str, script: &str, (width, height): (u16, u16)) {
    let mut state = working();
    screen(&mut state, width, height);
    press(&mut state, script);
    insta::assert_snapshot!(name, rows(&screen(&mut state, width, height)));
}

/// What is written at `F`, how many lines pass, and a line that must and one that must not be seen.
#[test]
fn a_filter_shows_what_passes_and_says_how_much_that_is() {
    let table = [
        ("tx", 6, "AT+CIMI", "+CPIN: READY"),
        ("rx", 12, "+CPIN: READY", "AT+CIMI"),
        ("urc", 1, "+CPSI: LTE", "AT+"),
        ("errors", 2, "+CME ERROR: 30", "AT+"),
        ("late", 1, "+CIPOPEN: 0,4", "AT+"),
        ("by:poll", 6, "+CSQ: 20,99", "AT+CIMI"),
        ("!by:poll", 12, "AT+CIMI", "+CSQ: 20,99"),
        ("csq", 4, "+CSQ: 21,99", "AT+CIMI"),
        ("CSQ !tx", 2, "+CSQ: 21,99", "AT+CSQ"),
        (r"/^AT\+C(SQ|IMI)$/", 3, "AT+CIMI", "AT+CPIN"),
        ("\"sim is ready\"", 1, "+CPIN: READY", "AT+"),
        ("stage:connect", 0, "No line passes", "AT+"),
        ("slow:18", 17, "AT+CIMI", "+CPSI: LTE"),
        ("slow:19", 0, "No line passes", "AT+"),
        ("!slow:18", 1, "+CPSI: LTE", "AT+"),
    ];
    for (typed, lines, with, without) in table {
        let mut state = working();
        press(&mut state, &format!("F{typed}<enter>"));
        let seen = seen(&mut state);
        let (_, pane) = seen.split_once("AT traffic").unwrap();
        let (edge, pane) = pane.split_once('\n').unwrap();
        let (pane, _) = pane.split_once("at> ").unwrap();
        let says = format!("{typed}: {lines} of 18 lines");
        assert!(edge.contains(&says), "{says}:\n{edge}");
        assert!(pane.contains(with), "{typed} shows {with}:\n{pane}");
        assert!(!pane.contains(without), "{typed} hides {without}:\n{pane}");
        press(&mut state, "<esc>");
        assert!(state.traffic.filter().is_empty(), "Esc takes it away");
        assert_eq!(state.traffic.listed().len(), 18);
    }
}

#[test]
fn the_lines_of_a_stage_are_those_that_came_while_it_ran() {
    let mut state = explaining(story::at_the_end(&story::failed()));
    update(&mut state, Message::Resize(120, 36));
    press(&mut state, "<esc>");
    for (stage, command) in [("connect", "AT+CIPOPEN"), ("post", "")] {
        press(&mut state, &format!("3F<ctrl-u>stage:{stage}<enter>"));
        let listed = state.traffic.listed().filter_map(|n| state.traffic.row(n));
        let texts: Vec<&str> = listed.map(|r| r.text.as_str()).collect();
        match command {
            "" => assert_eq!(texts, Vec::<&str>::new(), "{stage}"),
            _ => assert!(
                texts[0].starts_with(command) && texts.len() == 3,
                "{texts:?}"
            ),
        }
    }
    let effects = press(&mut state, "F<ctrl-u>stage:connect<enter>yc");
    let [Effect::Copy(copied)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let begins = "mmscope send --world mint --profile example/mint-as-configured --to '+12025";
    assert!(
        copied.starts_with(begins),
        "what a send did is done again by a send:\n{copied}"
    );
    assert!(
        !copied.contains("mmscope at") && !copied.contains("2025550123"),
        "{copied}"
    );
}

#[test]
fn what_is_no_filter_yet_changes_nothing_and_says_why() {
    for (typed, why) in [
        ("/^AT", "a second / is missing"),
        ("stage:conect", "is no stage: encode, port"),
        ("slow:fast", "milliseconds are wanted, as slow:500"),
        ("/(/", "found open group without closing"),
        ("urc !", "after ! a term must follow"),
    ] {
        let mut state = working();
        press(&mut state, &format!("Fcsq<enter>F<ctrl-u>{typed}"));
        let frame = seen(&mut state);
        assert!(frame.contains(why), "{typed}: {why}\n{frame}");
        press(&mut state, "<enter>");
        assert!(state.prompt.is_some(), "Enter takes nothing broken");
        press(&mut state, "<esc>");
        assert_eq!(
            state.traffic.filter().text(),
            "csq",
            "the one before stands"
        );
    }
}

#[test]
fn one_key_goes_through_the_usual_filters() {
    let mut state = working();
    let mut seen = Vec::new();
    for _ in 0..4 {
        press(&mut state, "r");
        seen.push(state.traffic.filter().text().to_owned());
    }
    assert_eq!(seen, ["errors", "urc", "!by:poll", ""]);
}

#[test]
fn an_exchange_is_one_line_with_its_result_and_opens_alone() {
    let mut state = working();
    press(&mut state, "o");
    let folded = seen(&mut state);
    assert!(folded.contains("AT+CSQ  ◀ +CSQ: 21,99  ◀ OK"), "{folded}");
    assert!(
        folded.contains("8080  ◀ OK  ⤷ +CIPOPEN: 0,4"),
        "the late result stands behind its command:\n{folded}"
    );
    assert_eq!(state.traffic.listed().len(), 7, "six exchanges and the URC");
    press(&mut state, "<up><up>x");
    assert_eq!(state.traffic.listed().len(), 9, "one is open");
    press(&mut state, "x");
    assert_eq!(state.traffic.listed().len(), 7);
    press(&mut state, "o");
    assert_eq!(state.traffic.listed().len(), 18);
}

/// Four exchanges of different length, something unasked, and a command that has no answer yet.
fn of_different_length() -> State {
    let mut t = Teller::new();
    let times = [
        ("AT+CSQ", 20),
        ("AT+COPS=?", 41_000),
        ("AT+CREG?", 900),
        ("AT+CGATT?", 2_500),
    ];
    for (command, ms) in times {
        let since = t.asks(command);
        t.answers(&[(Final, "OK")], ms);
        t.ends(command, since, "person", ms);
    }
    t.line(Direction::Rx, Role::Urc, "+CPSI: NO SERVICE", None);
    t.asks("AT+CPIN?");
    let mut state = explaining(story::console(&story::draft(), Default::default()));
    update(&mut state, Message::Resize(120, 36));
    story::hear(&mut state, &t.story);
    press(&mut state, "<esc>3z");
    state
}

fn chosen(state: &State) -> &str {
    let chosen = state.traffic.chosen().and_then(|n| state.traffic.row(n));
    chosen.map_or("", |r| r.text.as_str())
}

#[test]
fn the_slowest_exchange_stands_first_until_the_order_of_time_is_wanted_again() {
    let mut state = of_different_length();
    let all = state.traffic.listed().len();
    let listed = |state: &State| -> Vec<String> {
        let rows = state.traffic.listed().filter_map(|n| state.traffic.row(n));
        rows.map(|r| r.text.clone()).collect()
    };
    let slowest = ["AT+COPS=?", "AT+CGATT?", "AT+CREG?", "AT+CSQ"];
    press(&mut state, "T");
    assert_eq!(listed(&state), slowest);
    assert_eq!(chosen(&state), "AT+COPS=?");
    let frame = seen(&mut state);
    assert!(
        frame.contains("HELD, 0 waiting slowest first: 4"),
        "{frame}"
    );
    let places: Vec<_> = slowest.map(|c| frame.find(c).unwrap()).into();
    assert!(places.is_sorted(), "the slowest at the top:\n{frame}");
    press(&mut state, "<down><down>");
    assert_eq!(chosen(&state), "AT+CREG?");
    // What comes later moves nothing.
    let mut later = Teller::new();
    later.exchange = 100;
    let since = later.asks("AT+CGDCONT?");
    later.answers(&[(Final, "OK")], 90_000);
    later.ends("AT+CGDCONT?", since + 1_000, "person", 90_000);
    let events = later.story.events[1..].iter().map(|e| {
        let id = e.id + 1_000;
        Arc::new(Event {
            id,
            ..(**e).clone()
        })
    });
    update(&mut state, Message::Traffic(events.collect()));
    assert_eq!(listed(&state), slowest);
    assert_eq!(chosen(&state), "AT+CREG?");
    // A search goes through the order as it is seen; Esc lets it go, then the order.
    press(&mut state, "/csq<enter>");
    assert_eq!((chosen(&state), state.traffic.found()), ("AT+CSQ", (1, 1)));
    press(&mut state, "<esc>");
    assert!(state.traffic.is_ranked() && state.traffic.search().is_none());
    // A script does again what was done, in the order in which it was done.
    let effects = press(&mut state, "ywa");
    let [Effect::Copy(copied)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let commands: Vec<&str> = copied.lines().filter(|l| l.starts_with("AT")).collect();
    assert_eq!(commands, ["AT+CSQ", "AT+COPS=?", "AT+CREG?", "AT+CGATT?"]);
    press(&mut state, "v");
    assert!(state.traffic.selection().is_none() && state.hint.is_some());
    // One of them in its place in time, with its lines.
    press(&mut state, "<home>x");
    assert_eq!(chosen(&state), "AT+COPS=?");
    assert!(!state.traffic.is_ranked() && !state.traffic.is_folded());
    assert!(listed(&state).len() >= all);
    for back in ["T", "<esc>", "G", "f"] {
        press(&mut state, "GT");
        if back == "G" {
            // The last place of the order is no end of time.
            press(&mut state, "G");
            assert_eq!(chosen(&state), "AT+CSQ");
            press(&mut state, "T");
        } else {
            press(&mut state, back);
        }
        assert!(!state.traffic.is_ranked(), "{back}");
        assert!(!state.traffic.is_folded(), "{back}: not folded before");
        assert_eq!(state.traffic.eye, Eye::Follow, "{back}");
    }
    press(&mut state, "Fslow:1000<enter>T");
    assert_eq!(listed(&state), ["AT+CGDCONT?", "AT+COPS=?", "AT+CGATT?"]);
    press(&mut state, "F<ctrl-u>slow:100000<enter>TT");
    assert!(!state.traffic.is_ranked(), "nothing to put in order");
    assert_eq!(
        state.hint.as_deref(),
        Some("No exchange that is listed has ended yet.")
    );
}

#[test]
fn frames_of_the_traffic() {
    snapshot("folded_120x36", "o", (120, 36));
    snapshot("explained_80x24", "E", (80, 24));
    snapshot("filtered_and_found_120x36", "Frx<enter>/ok", (120, 36));
    snapshot("octets_80x24", "X", (80, 24));
    snapshot("since_start_120x36", "t", (120, 36));
    snapshot("copying_80x24", "<up><up>y", (80, 24));
    snapshot("completing_80x24", "aat+cip", (80, 24));
    snapshot("endangered_120x36", "aAT+CFUN=1,1<enter>", (120, 36));
}

/// Keys after a search for `csq`, and the line that is chosen then.
#[test]
fn searching_goes_to_the_nearest_and_on_from_there() {
    let table = [
        ("/csq<enter>", "+CSQ: 20,99", (4, 4)),
        ("/csq<enter>N", "AT+CSQ", (3, 4)),
        ("/csq<enter>NN", "+CSQ: 21,99", (2, 4)),
        ("/csq<enter>n", "AT+CSQ", (1, 4)),
        ("/READY<enter>", "+CPIN: READY", (1, 1)),
        (r"/\/^AT.*I$\/<enter>", "AT+CIMI", (1, 1)),
    ];
    for (script, chosen, found) in table {
        let mut state = working();
        press(&mut state, &script.replace(r"\/", "/"));
        let row = state.traffic.row(state.traffic.chosen().unwrap()).unwrap();
        assert_eq!(row.text, chosen, "{script}");
        assert_eq!(state.traffic.found(), found, "{script}");
    }
    let mut state = working();
    press(&mut state, "/nowhere");
    assert!(seen(&mut state).contains("nowhere here"));
    press(&mut state, "<esc>");
    assert_eq!(state.traffic.eye, Eye::Follow, "Esc: all is as before");
    press(&mut state, "/csq<enter><esc>");
    assert!(state.traffic.search().is_none(), "Esc lets the search go");
}

#[test]
fn other_lists_are_searched_as_well() {
    let mut state = working();
    story::hear(&mut state, &story::sent());
    press(&mut state, "<esc>2z/m-send<enter>");
    let sought = state.sought.clone().unwrap();
    assert!(sought.count.1 >= 2, "{:?}", sought.count);
    press(&mut state, "n");
    assert_eq!(state.sought.as_ref().unwrap().count.0, 2);
    assert!(seen(&mut state).contains("found 2 of"));
    press(&mut state, "<esc>");
    assert!(state.sought.is_none());
    press(&mut state, "8/");
    assert!(
        state.prompt.is_none() && state.hint.is_some(),
        "says where it works"
    );
}

#[test]
fn while_it_is_held_nothing_moves_and_what_waits_is_counted() {
    let mut state = working();
    press(&mut state, "f");
    let before = seen(&mut state);
    let mut more = Teller::new();
    more.exchange = 100;
    for _ in 0..5 {
        more.whole("AT+CSQ", &[(Answer, "+CSQ: 9,99"), (Final, "OK")], "poll");
    }
    let events = more.story.events[1..].iter().map(|e| {
        let id = e.id + 1_000;
        Arc::new(Event {
            id,
            ..(**e).clone()
        })
    });
    update(&mut state, Message::Traffic(events.collect()));
    let after = seen(&mut state);
    assert!(after.contains("HELD, 15 waiting"), "{after}");
    let still = |frame: &str| frame.replace('━', "").replace("HELD, 0", "HELD, 15");
    assert_eq!(still(&before), still(&after));
    press(&mut state, "G");
    assert!(seen(&mut state).contains("+CSQ: 9,99"));
}

/// How lines are copied: keys, and what stands in the copy and what not.
#[test]
fn lines_are_copied_in_the_form_that_is_wanted() {
    let imsi = "310240000000123";
    let table: &[(&str, &[&str], &[&str])] = &[
        ("<up>yt", &["> AT+CSQ", "< OK"], &["AT+CIMI"]),
        (
            "yt",
            &["> AT+CIMI", "< 310240*********", "# world"],
            &[imsi],
        ),
        ("ynt", &[imsi], &["***"]),
        (
            "yj",
            &["\"role\":\"late\"", "\"means\":", "310240*********"],
            &[imsi],
        ),
        (
            "ym",
            &[
                "| time |",
                "`+CME ERROR: 30`",
                "not registered with any network",
            ],
            &[imsi],
        ),
        ("ya", &["\nAT+CPIN?\n", "# +CPIN: READY  (18 ms)"], &[imsi]),
        (
            "yc",
            &[
                "mmscope at --world mint AT+CSQ 'AT+CPIN?' 'AT+CREG=9' 'AT+CIPOPEN=0,\"TCP\",\"10.175.85.144\",8080'",
            ],
            &[": 21"],
        ),
        ("<up><up>v<up>yt", &["< OK", "> AT+CSQ"], &["AT+CIMI"]),
    ];
    for (script, with, without) in table {
        let mut state = working();
        state.flags.world = Some("mint".into());
        if with.contains(&"# world") {
            let mut t = Story::new();
            t.tell(What::Serial(SerialChange {
                name: "world mint".into(),
                state: SerialState::Open,
            }));
            let open = t.events.pop().unwrap();
            update(
                &mut state,
                Message::Traffic(vec![Arc::new(Event {
                    id: 5_000,
                    ..(*open).clone()
                })]),
            );
        }
        let effects = press(&mut state, script);
        let [Effect::Copy(copied)] = effects.as_slice() else {
            panic!("{script}: {effects:?}");
        };
        for part in *with {
            assert!(
                copied.contains(part.trim_start_matches("# world")),
                "{script}: {part}\n{copied}"
            );
        }
        for part in *without {
            assert!(!copied.contains(part), "{script}: {part}\n{copied}");
        }
        assert_eq!(state.overlay, None);
    }
}

/// Where `f` or `Y` leads the same lines: keys, the file's name, and what stands in it. Numbers stay hidden there, too.
#[test]
fn what_can_be_copied_can_be_written_into_a_file() {
    let table = [
        ("Yt", "here/s-traffic.txt", "< 310240*********"),
        ("yfa", "here/s-traffic.at", "# 310240*********"),
        ("Ym", "here/s-traffic.md", "`310240*********`"),
        ("yfj", "here/s-traffic.jsonl", "\"310240*********\""),
        ("Yc", "here/s-traffic.sh", "mmscope at"),
        ("Ynt", "here/s-traffic.txt", "310240000000123"),
        ("v<up>Yt", "here/s-traffic.txt", "< OK"),
        ("1Y", "here/s-compose.txt", "This is the long text"),
        ("4Y", "here/s-signal.txt", "\n"),
        ("<f3>2yfwd", "here/s-pdu.hex", "000000  8c 80"),
    ];
    for (script, wanted, with) in table {
        let mut state = working();
        state.flags.recording = Some("here/s.jsonl".into());
        if script.starts_with("<f3>") || script.starts_with('1') {
            story::hear(&mut state, &story::sent());
            state.zoomed = false;
        }
        let effects = press(&mut state, script);
        let [Effect::Save { place, text }] = effects.as_slice() else {
            panic!("{script}: {effects:?}");
        };
        assert_eq!(place, wanted, "{script}");
        assert!(text.contains(with), "{script}: {with}\n{text}");
        let plain = script == "Ynt";
        assert_eq!(text.contains("310240000000123"), plain, "{script}\n{text}");
        assert_eq!(state.overlay, None);
    }
    let mut state = working();
    press(&mut state, "y");
    assert!(seen(&mut state).contains("to the clipboard (OSC 52)"));
    press(&mut state, "f");
    assert!(seen(&mut state).contains("into a file beside the recording"));
    let effects = press(&mut state, "ft");
    assert!(
        matches!(effects.as_slice(), [Effect::Copy(_)]),
        "{effects:?}"
    );
    let effects = press(&mut state, "Y<esc>yt");
    assert!(
        matches!(effects.as_slice(), [Effect::Copy(_)]),
        "each time anew: {effects:?}"
    );
}

#[test]
fn what_was_copied_as_a_script_can_be_pasted_and_run() {
    let mut state = working();
    let effects = press(&mut state, "Fby:person !cimi<enter>ya");
    let [Effect::Copy(copied)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    press(&mut state, "a");
    assert_eq!(update(&mut state, Message::Paste(copied.clone())), []);
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::Commands)));
    let commands: Vec<String> = state.at.waiting.iter().map(|t| t.command.clone()).collect();
    assert_eq!(
        commands,
        [
            "AT+CPIN?",
            "AT+CREG=9",
            "AT+CIPOPEN=0,\"TCP\",\"10.175.85.144\",8080"
        ]
    );
}

#[test]
fn no_more_is_copied_than_a_terminal_takes() {
    let mut state = working();
    let mut flood = Teller::new();
    for _ in 0..ROWS {
        flood.line(Direction::Rx, Role::Urc, &"x".repeat(40), None);
    }
    update(&mut state, Message::Traffic(flood.story.events.clone()));
    assert_eq!(press(&mut state, "yt"), []);
    let hint = state.hint.clone().unwrap();
    assert!(
        hint.contains("Not copied")
            && hint.contains("74 994")
            && hint.contains("Y writes it into a file"),
        "{hint}"
    );
    let effects = press(&mut state, "Yt");
    let [Effect::Save { place, text }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(place, "session-traffic.txt");
    assert!(text.len() > LONGEST_COPY, "a file takes all of it");
    const { assert!(LONGEST_COPY.div_ceil(3) * 4 <= 100_000) }
}

#[test]
fn a_mark_has_a_name_that_goes_into_the_recording_and_leads_back() {
    let mut state = working();
    let mark = |state: &mut State, script: &str| match press(state, script).as_slice() {
        [Effect::Order(Order::Mark { line, name })] => (*line, name.clone()),
        other => panic!("{other:?}"),
    };
    let tell = |state: &mut State, id, line, name: &Option<String>| {
        let name = name.clone();
        let what = What::Act(Act::Mark { line, name });
        let at = "2026-11-22T12:01:00.000Z".into();
        let event = Event {
            id,
            at,
            ms: 9,
            what,
        };
        let text = serde_json::to_string(&event).unwrap();
        let read: Event = serde_json::from_str(&text).unwrap();
        assert_eq!(read, event, "the recording keeps it");
        update(state, Message::Traffic(vec![Arc::new(read)]));
    };
    let (first, name) = mark(&mut state, "<up><up><up>sbefore the change<enter>");
    assert_eq!(name.as_deref(), Some("before the change"));
    tell(&mut state, 900, first, &name);
    assert!(seen(&mut state).contains("[before the change]"));
    let (second, name) = mark(&mut state, "GG<up>s<enter>");
    tell(&mut state, 901, second, &name);
    let chosen = |state: &State| {
        state
            .traffic
            .row(state.traffic.chosen().unwrap())
            .unwrap()
            .id
    };
    press(&mut state, "G]");
    assert_eq!(chosen(&state), first, "around the end");
    press(&mut state, "]");
    assert_eq!(chosen(&state), second);
    press(&mut state, "[");
    assert_eq!(chosen(&state), first);
    let effects = press(&mut state, "ywt");
    let [Effect::Copy(copied)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert!(
        copied.lines().count() < 10,
        "only what stands between the marks:\n{copied}"
    );
    let (gone, name) = mark(&mut state, "s");
    assert_eq!((gone, &name), (first, &None), "a second s takes it away");
    tell(&mut state, 902, gone, &name);
    assert!(!seen(&mut state).contains("[before the change]"));
}

#[test]
fn the_at_line_says_what_a_command_is_and_completes_it() {
    let mut state = working();
    press(&mut state, "aat+cs");
    let frame = seen(&mut state);
    assert!(
        frame.contains("AT+CSQ") && frame.contains("signal strength"),
        "{frame}"
    );
    press(&mut state, "q<tab>");
    assert_eq!(state.at.entry.text(), "AT+CSQ");
    press(&mut state, "<ctrl-u>at+cipo<tab>");
    assert_eq!(state.at.entry.text(), "AT+CIPOPEN");
    press(&mut state, "=");
    let frame = seen(&mut state);
    assert!(frame.contains("=link,\"TCP\",\"host\",port"), "{frame}");
    press(&mut state, "<ctrl-u>at+cgd<tab>?<ctrl-u>at+cgc<tab>");
    assert_eq!(state.at.entry.text(), "AT+CGCONTRDP");
    // Several: as far as all agree, then one after the other.
    press(&mut state, "<ctrl-u>at+cipc<tab>");
    let first = state.at.entry.text().to_owned();
    press(&mut state, "<tab>");
    let second = state.at.entry.text().to_owned();
    assert!(first.starts_with("AT+CIPC") && second.starts_with("AT+CIPC"));
    assert_ne!(first, second);
    // Nothing to complete: Tab goes on to the next pane, as everywhere.
    press(&mut state, "<ctrl-u><tab>");
    assert_ne!(state.focus, Pane::Traffic);
}

/// What is typed, and a part of the question.
#[test]
fn what_can_break_the_bench_asks_first_and_says_why() {
    for (typed, why) in [
        ("AT+CFUN=1,1", "every context"),
        ("at+creset", "restarts the modem"),
        ("AT+CUSBPIDSWITCH=9011,1,1", "changes the USB layout"),
        ("AT&F", "puts all settings back"),
        ("AT+COPS=2", "changes the network"),
        ("AT+CGDCONT=1,\"IP\",\"x\"", "rewrites the default bearer"),
        ("AT+CSQ;+CPOF", "switches the modem off"),
    ] {
        let mut state = working();
        assert_eq!(
            press(&mut state, &format!("a{typed}<enter>")),
            [],
            "{typed}"
        );
        let frame = seen(&mut state);
        assert!(
            frame.contains(typed) && frame.contains(why),
            "{typed}\n{frame}"
        );
        assert_eq!(press(&mut state, "<enter>"), [], "Enter twice is no yes");
        assert_eq!(state.overlay, Some(Overlay::Ask(Question::Commands)));
        let run = Order::RunAt(typed.to_owned());
        assert_eq!(press(&mut state, "y"), [Effect::Order(run)]);
        let mut state = working();
        assert_eq!(press(&mut state, &format!("a{typed}<enter>n")), []);
        assert_eq!(
            state.at.entry.text(),
            typed,
            "what was typed is still there"
        );
    }
    let mut busy = explaining(story::at_the_end(&story::connecting()));
    update(&mut busy, Message::Resize(120, 36));
    assert_eq!(press(&mut busy, "aAT+NETCLOSE<enter>"), []);
    assert!(seen(&mut busy).contains("not because of the carrier"));
}

#[test]
fn a_command_that_asks_for_a_payload_gets_it() {
    let mut state = working();
    assert_eq!(press(&mut state, "aAT+CIPSEND=0,5<enter>"), []);
    assert!(seen(&mut state).contains("5 octets for AT+CIPSEND=0,5, no more, no less"));
    assert_eq!(press(&mut state, "four<enter>"), []);
    assert!(state.hint.clone().unwrap().contains("the payload has 4"));
    let run = |command: &str, payload: &[u8]| {
        [Effect::Order(Order::RunAll(vec![Typed {
            command: command.into(),
            payload: Some(payload.to_vec()),
        }]))]
    };
    assert_eq!(
        press(&mut state, "!<enter>"),
        run("AT+CIPSEND=0,5", b"four!")
    );
    assert_eq!(press(&mut state, "AT+CMGS=17<enter>"), []);
    assert!(seen(&mut state).contains("payload>"));
    assert_eq!(
        press(&mut state, "hex: 41 0d<enter>"),
        run("AT+CMGS=17", b"A\r")
    );
    press(&mut state, "AT+CMGS=17<enter>abc<esc>");
    assert!(
        state.at.payload.is_none() && state.typing,
        "Esc leaves the payload only"
    );
    assert_eq!(state.at.entry.text(), "AT+CMGS=17");
}

/// Who says yes must know what runs when: the dangerous one is marked in its place.
#[test]
fn the_question_lists_a_script_in_the_order_in_which_it_runs() {
    let mut state = working();
    press(&mut state, "a");
    update(
        &mut state,
        Message::Paste("AT+CSQ\rAT+CREG?\rAT+CFUN=0".into()),
    );
    let frame = seen(&mut state);
    let at = |words: &str| {
        let found = frame.lines().position(|l| l.contains(words));
        found.unwrap_or_else(|| panic!("{words}:\n{frame}"))
    };
    assert!(at("1 AT+CSQ") < at("2 AT+CREG?"), "{frame}");
    assert!(at("2 AT+CREG?") < at("3 AT+CFUN=0"), "{frame}");
    assert!(at("3 AT+CFUN=0") < at("⚠"), "{frame}");
    // Where there is no room for all, the dangerous one is seen all the same, and what is left out is counted in its place.
    let mut long: Vec<&str> = vec!["AT+CSQ"; 60];
    long[40] = "AT+CFUN=0";
    for size in [(120, 36), (80, 24), (60, 15)] {
        let mut state = working();
        press(&mut state, "a");
        update(&mut state, Message::Paste(long.join("\r")));
        let frame = rows(&screen(&mut state, size.0, size.1));
        let shown = frame.lines().filter(|l| l.contains(" AT+CSQ ")).count();
        let left: usize = frame
            .lines()
            .filter_map(|l| l.split_once(" more"))
            .filter_map(|(n, _)| n.split_whitespace().last()?.parse::<usize>().ok())
            .sum();
        assert!(frame.contains("41 AT+CFUN=0"), "{size:?}\n{frame}");
        assert!(
            frame.contains(" 1 AT+CSQ") || size.1 < 24,
            "{size:?}\n{frame}"
        );
        assert!(shown < 59 && left > 0, "{size:?}\n{frame}");
    }
}

/// The answers are what one ran the script for: the program's own reading after it does not push them out.
#[test]
fn the_answers_of_a_script_stay_in_sight() {
    let mut state = working();
    press(&mut state, "a");
    update(
        &mut state,
        Message::Paste("AT+CSQ\rAT+CREG?\rAT+CFUN=0".into()),
    );
    press(&mut state, "y");
    let mut t = Teller::new();
    t.whole(
        "AT+CSQ",
        &[(Answer, "+CSQ: 17,99"), (Final, "OK")],
        "person",
    );
    t.whole(
        "AT+CREG?",
        &[(Answer, "+CREG: 0,1"), (Final, "OK")],
        "person",
    );
    t.whole("AT+CFUN=0", &[(Final, "OK")], "person");
    for _ in 0..40 {
        t.whole("AT+CGATT?", &[(Answer, "+CGATT: 0"), (Final, "OK")], "poll");
    }
    update(&mut state, Message::Traffic(t.story.events.clone()));
    let frame = seen(&mut state);
    for words in [
        "+CSQ: 17,99",
        "+CREG: 0,1",
        "AT+CFUN=0",
        "your script's answers, 120 waiting",
    ] {
        assert!(frame.contains(words), "{words}:\n{frame}");
    }
    // Following shows the newest again.
    press(&mut state, "<esc>");
    press(&mut state, "f");
    let frame = seen(&mut state);
    assert!(
        frame.contains("following") && !frame.contains("+CSQ: 17,99"),
        "{frame}"
    );
}

#[test]
fn several_pasted_lines_are_a_script_that_asks_before_it_runs() {
    let script = "# a look\nAT+CSQ\n\nAT+CFUN=1,1\nAT+CMGS=17\n> 0791\n";
    // Terminals send the ends of pasted lines in either way.
    for ends in ["\r", "\r\n"] {
        let mut state = working();
        press(&mut state, "a");
        update(&mut state, Message::Paste(script.replace('\n', ends)));
        assert_eq!(state.at.waiting.len(), 3, "{ends:?}");
    }
    let mut state = working();
    press(&mut state, "a");
    assert_eq!(update(&mut state, Message::Paste(script.into())), []);
    let frame = seen(&mut state);
    for part in [
        "3 commands, one after the other",
        "AT+CSQ",
        "every context",
        "4 octets",
    ] {
        assert!(frame.contains(part), "{part}\n{frame}");
    }
    let effects = press(&mut state, "y");
    let [Effect::Order(Order::RunAll(run))] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let commands: Vec<&str> = run.iter().map(|t| t.command.as_str()).collect();
    assert_eq!(commands, ["AT+CSQ", "AT+CFUN=1,1", "AT+CMGS=17"]);
    assert_eq!(run[2].payload.as_deref(), Some(&b"0791"[..]));
    assert_eq!(
        press(&mut state, "<ctrl-x>"),
        [Effect::Order(Order::Cancel)],
        "it can be stopped"
    );

    for (pasted, why) in [
        ("AT+CSQ\nhello\n", "`hello` is no AT command"),
        ("> 41\nAT\n", "a payload without a command"),
        ("AT+CIPSEND=0,5\n> 1234\n", "the payload has 4"),
        ("AT+CIPSEND=0,5\nAT\n", "needs the octets along with it"),
        (&"AT\n".repeat(LONGEST_SCRIPT + 1), "at most 200 commands"),
    ] {
        let mut state = working();
        press(&mut state, "a");
        assert_eq!(update(&mut state, Message::Paste(pasted.into())), []);
        assert_eq!(state.overlay, None, "{pasted}");
        let hint = state.hint.clone().unwrap();
        assert!(
            hint.contains(why) && hint.contains("Nothing was run"),
            "{hint}"
        );
    }
    let mut state = working();
    press(&mut state, "a");
    update(&mut state, Message::Paste("AT+CSQ\n".into()));
    assert_eq!((state.overlay, state.at.entry.text()), (None, "AT+CSQ "));
}

#[test]
fn the_history_is_bounded() {
    let mut state = working();
    press(&mut state, "a");
    for n in 0..AT_HISTORY + 10 {
        press(&mut state, &format!("AT+X{n}<enter>"));
    }
    assert_eq!(state.at.history.len(), AT_HISTORY);
}

/// A number of columns, how a row of octets begins there, and whether what can be read stands beside it.
#[test]
fn octets_keep_their_times_in_a_narrow_pane() {
    for (width, begins, readable) in [
        (80, "12:01:00.018 ◀ 0000  0d0a", true),
        (74, "12:01:00.018 ◀ 0d0a", true),
        (70, "12:01:00 ◀ 0d0a", true),
        (60, "12:01:00.018 ◀ 0d0a", false),
        (54, "12:01:00 ◀ 0d0a", false),
        (50, "◀ 0000  0d0a", false),
    ] {
        let mut state = working();
        screen(&mut state, width, 40);
        press(&mut state, "X");
        let frame = rows(&screen(&mut state, width, 40));
        let mut lines = frame.lines();
        let row = lines
            .find(|l| l.contains("0d0a 2b43 5351 3a20 3231"))
            .unwrap();
        assert!(row[3..].starts_with(begins), "{width}: {row}");
        assert_eq!(row.contains("..+CSQ: 21"), readable, "{width}: {row}");
        let second = lines.next().unwrap();
        assert!(second.contains("0010 "), "{width}: {second}");
    }
    let mut state = working();
    press(&mut state, "Xt");
    let seen = seen(&mut state);
    assert!(seen.contains("     0.018 s ◀ 0000"), "{seen}");
    assert!(seen.contains("octets since start"), "{seen}");
}

#[test]
fn octets_stand_as_they_went_over_the_line() {
    let mut state = working();
    press(&mut state, "X");
    let frame = seen(&mut state);
    // AT+CIMI and CR, as they are written.
    assert!(frame.contains("4154 2b43 494d 490d"), "{frame}");
    assert!(frame.contains("AT+CIMI."), "{frame}");
    press(&mut state, "<up>");
    assert!(state.traffic.is_held());
    press(&mut state, "X");
    assert!(seen(&mut state).contains("AT+CIMI"));
    let mut flood = Traffic::default();
    let octets = Octets::copy(&[7; 1_000]);
    for id in 1..1_000 {
        let dir = Direction::Rx;
        let what = What::Wire(Wire {
            dir,
            octets: octets.clone(),
        });
        let event = Event {
            id,
            at: String::new(),
            ms: 0,
            what,
        };
        flood.take(&event, |_, _, _| None, 0);
    }
    assert_eq!(flood.hex.visible().len(), HEX_ROWS);
}

/// Every row judged by itself is what the incremental index lists, whatever comes, is filtered, folded and scrolled in which order.
fn assert_index_is_true(traffic: &Traffic, filter: &Filter) {
    let rows = traffic.rows();
    let passing: Vec<&EventId> = rows
        .iter()
        .filter(|r| filter.passes(r))
        .map(|r| &r.id)
        .collect();
    assert_eq!(traffic.passing(), (passing.len(), rows.len()));
    let folded = traffic.listed().any(|n| traffic.folded(n).is_some());
    if !folded && traffic.eye == Eye::Follow {
        let listed: Vec<&EventId> = traffic
            .listed()
            .map(|n| &traffic.row(n).unwrap().id)
            .collect();
        assert_eq!(listed, passing);
    }
    let listed: Vec<u64> = traffic.listed().collect();
    assert!(
        (traffic.is_ranked() || listed.is_sorted())
            && listed.iter().all(|n| traffic.row(*n).is_some())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_index_lists_what_passes(
        steps in proptest::collection::vec((0u8..9, 0usize..6), 1..80),
        burst in 1usize..200,
    ) {
        let texts = ["tx", "!by:poll", "csq", "errors", "", "rx !urc"];
        let mut told = Teller::new();
        let mut traffic = Traffic::default();
        let (mut taken, mut filter) = (0, Filter::default());
        for (step, which) in steps {
            match step {
                0..=3 => for _ in 0..burst {
                    let purpose = if which % 2 == 0 { "poll" } else { "person" };
                    told.whole("AT+CSQ", &[(Answer, "+CSQ: 1,99"), (Final, "OK")], purpose);
                },
                4 => {
                    filter = Filter::read(texts[which]).unwrap();
                    traffic.set_filter(filter.clone());
                }
                5 => traffic.fold(),
                6 => traffic.scroll(which as i64 - 3),
                7 => drop(traffic.rank()),
                _ => drop(traffic.fold_one()),
            }
            for event in &told.story.events[taken..] {
                traffic.take(event, |_, _, _| None, 0);
            }
            taken = told.story.events.len();
            assert_index_is_true(&traffic, &filter);
        }
    }

    #[test]
    fn no_filter_and_no_search_breaks_anything(text in r#"[a-z:!/"\\(\[*+é ]{0,40}"#, keys in "[/FnNrovxXSCEtT<>]{0,12}") {
        let mut state = working();
        for c in text.chars() {
            update(&mut state, Message::Key(ratatui::crossterm::event::KeyEvent::from(
                ratatui::crossterm::event::KeyCode::Char(c),
            )));
        }
        press(&mut state, "<esc>F");
        update(&mut state, Message::Paste(text.clone()));
        press(&mut state, "<enter><esc>/");
        update(&mut state, Message::Paste(text));
        press(&mut state, "<enter>");
        press(&mut state, &keys.replace(['<', '>'], ""));
        for (width, height) in [(120, 36), (80, 24), (30, 8)] {
            screen(&mut state, width, height);
        }
    }
}

#[test]
fn the_log_shows_the_newest_first_and_as_much_as_is_wanted() {
    use mmscope::console::log::{LOG_LINES, LogLine, Severity};
    let mut state = working();
    press(&mut state, "<esc><f12>");
    assert!(seen(&mut state).contains("What the program says of itself shows here"));
    let line = |number: u64, severity, text: &str| LogLine {
        number,
        at: format!("2026-11-22T12:01:{number:02}.000Z"),
        severity,
        room: "engine".into(),
        text: text.into(),
    };
    let told = vec![
        line(
            1,
            Severity::Warning,
            "quarantine: nothing is believed after=AT+CSQ",
        ),
        line(2, Severity::Debug, "quarantine: asking probe=AT+CMEE?"),
        line(3, Severity::Info, "quarantine: it listens again \u{1b}[31m"),
    ];
    update(&mut state, Message::Log(told));
    insta::assert_snapshot!("log_120x36", seen(&mut state));
    for (script, shown) in [("", 2), ("l", 3), ("l", 1), ("l", 2)] {
        press(&mut state, script);
        let says = format!("{shown} of 3");
        assert!(seen(&mut state).contains(&says), "{says}");
    }
    press(&mut state, "/listens<enter>");
    assert!(seen(&mut state).contains("found 1 of 1"));
    press(&mut state, "<esc><esc>");
    assert_eq!(state.screen, mmscope::console::Screen::Bench);
    let flood = (4..)
        .take(LOG_LINES + 5)
        .map(|n| line(n, Severity::Info, "x"));
    update(&mut state, Message::Log(flood.collect()));
    assert_eq!(state.log.shown().1, LOG_LINES);
}

/// What is read must not run away, wherever it is read; and who holds one thing learns what goes on.
#[test]
fn the_log_is_held_too_and_elsewhere_it_is_said_what_stands_still() {
    use mmscope::console::log::{LOG_LINES, LogLine, Severity};
    let mut state = working();
    let line = |number: u64, severity| LogLine {
        number,
        at: "2026-11-22T12:01:01.000Z".into(),
        severity,
        room: "engine".into(),
        text: format!("line {number}"),
    };
    update(&mut state, Message::Log(vec![line(1, Severity::Info)]));
    press(&mut state, "<esc><f12>f");
    let frame = seen(&mut state);
    assert!(
        frame.contains("The log is held; the AT traffic goes on"),
        "{frame}"
    );
    assert!(!state.traffic.is_held());
    let more = vec![line(2, Severity::Debug), line(3, Severity::Warning)];
    update(&mut state, Message::Log(more));
    let frame = seen(&mut state);
    assert!(frame.contains("HELD, 1 waiting"), "{frame}");
    assert!(
        frame.contains("line 1") && !frame.contains("line 3"),
        "{frame}"
    );
    press(&mut state, "f");
    assert!(seen(&mut state).contains("line 3"));
    press(&mut state, "f");
    let flood = (4..).take(LOG_LINES + 5).map(|n| line(n, Severity::Info));
    update(&mut state, Message::Log(flood.collect()));
    assert_eq!(
        state.log.shown().0.len(),
        1,
        "the oldest that is left stays"
    );
    press(&mut state, "<esc>4f");
    let frame = seen(&mut state);
    assert!(
        frame.contains("The AT traffic is held; this pane and the log go on"),
        "{frame}"
    );
    assert!(state.traffic.is_held());
    press(&mut state, "f");
    assert!(seen(&mut state).contains("The AT traffic is followed again."));
    assert!(!state.traffic.is_held());
}
