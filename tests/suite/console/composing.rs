//! Everything that a message can ask for, written in the console: the panel of options, files, doubts before sending.
use super::keys::press;
use super::story::{self, rows, screen};
use crate::story::Beginning;
use mmscope::compose::Attachment;
use mmscope::console::measure::{draft_of, fitter, measure, read_draft};
use mmscope::console::options::Row;
use mmscope::console::state::Overlay;
use mmscope::console::{Bench, Draft, Effect, Flags, Message, Order, State, Theme, files, update};
use mmscope::mms::{MessageClass, Options, Priority, Time, Version, Visibility};
use mmscope::profile::Library;
use std::sync::Arc;

fn console() -> State {
    let mut state = story::at_the_end(&story::ready());
    update(&mut state, Message::Resize(80, 24));
    state
}

fn sent(state: &mut State) -> Draft {
    match press(state, "<ctrl-s>").pop() {
        Some(Effect::Order(Order::Send(draft))) => draft,
        other => panic!("{other:?}, {:?}", state.hint),
    }
}

/// Keys in the panel, and what the message then asks for.
#[test]
fn every_option_of_the_command_line_can_be_written() {
    let keys = "o+12025550145, 12345<down>secret@mail.example.com<down>+12025550199<down>informational<down>86400\
                <down>2026-11-23T08:00:00Z<down><right><right><right><down> <down>  <down><enter><down><right><right><esc>";
    let mut state = console();
    press(&mut state, keys);
    assert_eq!(state.overlay, None);
    let draft = sent(&mut state);
    assert_eq!(draft.asked.version, Some(Version::V1_0));
    let message = read_draft(&draft).unwrap();
    let plain = |list: &[mmscope::compose::Recipient]| {
        list.iter()
            .map(|r| r.plain().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(plain(&message.cc), ["+12025550145", "12345"]);
    assert_eq!(plain(&message.bcc), ["secret@mail.example.com"]);
    assert_eq!(message.from.as_deref(), Some("+12025550199"));
    assert_eq!(
        message.options,
        Options {
            class: Some(MessageClass::Informational),
            expiry: Some(Time::after(86_400)),
            delivery_time: Some(Time::at(1_795_420_800)),
            priority: Some(Priority::High),
            delivery_report: Some(true),
            read_report: Some(false),
            visibility: Some(Visibility::Show),
        }
    );
    // And back again: what was sent reads as the same draft.
    let request = mmscope::compose::message(
        &message,
        mmscope::mms::Sender::Address("+12025550199".into()),
        "T1",
        None,
        Version::V1_0,
    );
    assert_eq!(draft_of(&request.encode().unwrap()).unwrap(), draft);
}

#[test]
fn choices_turn_both_ways_and_letters_do_not_act_in_the_panel() {
    let mut state = console();
    press(&mut state, "o");
    state.compose.form.row = Row::Priority;
    let said = |state: &State| state.compose.form.choice(Row::Priority).unwrap();
    press(&mut state, "<left>");
    assert_eq!(said(&state), "high");
    press(&mut state, "<right><right>");
    assert_eq!(said(&state), "low");
    assert_eq!(press(&mut state, "qadp"), []);
    assert_eq!(state.overlay, Some(Overlay::Options));
    press(&mut state, "<backtab><backtab><backtab><backtab>quiz");
    assert_eq!(
        state.compose.form.entry(Row::From).map(|e| e.text()),
        Some("quiz")
    );
}

#[test]
fn a_word_that_means_nothing_is_said_before_it_is_sent() {
    let library = Arc::new(Library::shipped());
    let measure = measure(library, 5_000, Some("+12025550199".into()));
    let mut draft = story::draft();
    draft.asked.expiry = "soon".into();
    let why = measure(&draft, Some("us/mint"), None).pdu.unwrap_err();
    assert!(
        why.starts_with("Expiry: ") && why.contains("seconds"),
        "{why}"
    );
    draft.asked.expiry.clear();
    draft.bcc = vec!["202 555 0123".into()];
    let why = measure(&draft, Some("us/mint"), None).pdu.unwrap_err();
    assert!(
        why.starts_with("Bcc: ") && why.contains("country code"),
        "{why}"
    );
}

/// What must be said, and the change of the draft after which it is.
type Doubted<'a> = (&'a str, &'a dyn Fn(&mut Draft));

/// A draft, and the doubts that must be said of it; none for a good one.
#[test]
fn what_speaks_against_a_message_is_said_while_it_is_written() {
    let library = Arc::new(Library::shipped());
    let measure = measure(library, 1_000, Some("+12025550199".into()));
    let doubts = |change: &dyn Fn(&mut Draft)| {
        let mut draft = story::draft();
        change(&mut draft);
        let found = measure(&draft, Some("us/mint"), None).doubts;
        found.into_iter().map(|d| d.says).collect::<Vec<_>>()
    };
    assert_eq!(doubts(&|_| {}), [""; 0]);
    let other = |name: &str, data: &[u8]| Attachment::new(name, data.to_vec());
    let smil = b"<smil><body><par><img src=\"gone.jpg\"/></par></body></smil>";
    let table: [Doubted<'_>; 7] = [
        ("C01", &|d| d.to.clear()),
        ("C02", &|d| {
            d.text.clear();
        }),
        ("C03", &|d| d.text = "long ".repeat(300)),
        ("C04", &|d| d.cc = vec!["+12025550123".into()]),
        ("P14", &|d| d.asked.from = "+12025550145".into()),
        ("P15", &|d| {
            d.attachments.push(other("film.mp4", &vec![7; 5 << 20]));
        }),
        ("the SMIL shows \"gone.jpg\"", &|d| {
            d.attachments.push(other("own.smil", smil));
        }),
    ];
    for (says, change) in table {
        let found = doubts(change);
        assert!(found.iter().any(|d| d.contains(says)), "{says}: {found:?}");
    }
    // Telus lists at most ten recipients.
    let mut many = story::draft();
    many.to = (0..11).map(|n| format!("+120255501{n:02}")).collect();
    let found = measure(&many, Some("ca/telus"), None).doubts;
    assert!(found.iter().any(|d| d.says.starts_with("P16")), "{found:?}");
    // Verizon wants the line's number in a header: once the SIM was read, it is known whether anybody knows it.
    let sim = |number| mmscope::event::Sim {
        state: mmscope::event::SimState::Ready,
        home: None,
        imsi: None,
        iccid: None,
        number,
        gid1: None,
        spn: None,
    };
    let silent = mmscope::console::measure::measure(Arc::new(Library::shipped()), 1_000, None);
    let p17 = |sim: Option<&mmscope::event::Sim>| {
        let found = silent(&story::draft(), Some("us/verizon"), sim).doubts;
        found.iter().filter(|d| d.says.starts_with("P17")).count()
    };
    let told = mmscope::event::Msisdn::new("+12025550199").masked();
    assert_eq!(
        (
            p17(None),
            p17(Some(&sim(Some(told)))),
            p17(Some(&sim(None)))
        ),
        (0, 0, 2)
    );
    // P14 weighs more where it is known whose line it is.
    let mut draft = story::draft();
    draft.asked.from = "+12025550145".into();
    let found = measure(&draft, Some("us/mint"), None).doubts;
    let p14: Vec<_> = found.iter().filter(|d| d.says.starts_with("P14")).collect();
    assert_eq!(p14.len(), 1, "{found:?}");
    assert_eq!(p14[0].severity, mmscope::compose::Severity::Error);
}

#[test]
fn a_text_that_says_another_charset_than_it_has_is_doubted_before_it_is_sent() {
    let library = Arc::new(Library::shipped());
    let measure = measure(library, 5_000, None);
    let mut draft = story::draft();
    draft.attachments = vec![Attachment::new("old.txt", &b"caf\xE9 in Latin-1"[..])];
    let found = measure(&draft, Some("us/mint"), None).doubts;
    assert!(
        found.iter().any(|d| d.says.contains("charset")),
        "{found:?}"
    );
}

fn attached(state: &mut State, name: &str, octets: usize) -> Vec<Effect> {
    let mut data = b"\xFF\xD8\xFF".to_vec();
    data.resize(octets, 1);
    let read = Ok(Attachment::new(name, data));
    update(state, Message::Attached(read))
}

#[test]
fn a_file_is_read_at_the_edge_measured_and_can_be_left_out() {
    let mut state = console();
    press(&mut state, "<alt-a>");
    let effects = press(&mut state, "~/pictures/beach.jpg<enter>");
    assert_eq!(effects, [Effect::Attach("~/pictures/beach.jpg".into())]);
    assert_eq!(press(&mut state, "<enter>"), [], "one at a time");
    let before = state.measured.clone();
    let effects = attached(&mut state, "beach.jpg", 40_000);
    let [
        Effect::Fit {
            draft,
            profile,
            revision,
        },
    ] = &effects[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!(profile.as_deref(), Some("example/mint-as-configured"));
    assert_eq!(before.pdu.is_ok(), state.measured.pdu.is_ok());
    // While it runs nothing more is asked for; a stale answer is not taken for these files.
    assert_eq!(press(&mut state, "<esc>e!"), []);
    let fitted = (state.bench.fit)(draft, profile.as_deref());
    let (revision, profile) = (*revision, profile.clone());
    let back = Message::Fitted {
        revision,
        profile,
        fitted,
    };
    assert_eq!(update(&mut state, back), []);
    press(&mut state, "<esc>o");
    insta::assert_snapshot!("options_80x24", rows(&screen(&mut state, 80, 24)));
    insta::assert_snapshot!("options_120x36", rows(&screen(&mut state, 120, 36)));
    insta::assert_snapshot!("options_40x10", rows(&screen(&mut state, 40, 10)));
    // The message goes with the file as it is on the disk: what is sent is made from it once more, when it is sent.
    let draft = sent(&mut state);
    assert_eq!(draft.attachments[0].data.len(), 40_000);

    press(&mut state, "o");
    state.compose.form.row = Row::File(0);
    press(&mut state, "<delete>");
    assert!(state.draft().attachments.is_empty());
    assert_eq!(state.compose.form.row, Row::Path);
}

#[test]
fn a_file_that_cannot_be_read_says_why_and_nothing_is_lost() {
    let mut state = console();
    press(&mut state, "<alt-a>/nowhere.jpg<enter>");
    let why = files::read("/nowhere/at/all.jpg").unwrap_err();
    update(&mut state, Message::Attached(Err(why)));
    assert!(state.hint.as_ref().unwrap().contains("/nowhere/at/all.jpg"));
    assert_eq!(
        state.compose.form.entry(Row::Path).unwrap().text(),
        "/nowhere.jpg"
    );
}

#[test]
fn tab_completes_a_path_as_far_as_it_is_sure() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["beach-1.jpg", "beach-2.jpg", "été.png", ".hidden"] {
        std::fs::write(folder.path().join(name), b"\xFF\xD8\xFF").unwrap();
    }
    std::fs::create_dir(folder.path().join("deep")).unwrap();
    let base = format!("{}/", folder.path().display());
    let complete = |state: &mut State| {
        let effects = press(state, "<tab>");
        let [Effect::Complete(typed)] = &effects[..] else {
            panic!("{effects:?}")
        };
        let (typed, found) = (typed.clone(), files::offers(typed));
        update(state, Message::Completed { typed, found });
        let path = state.compose.form.entry(Row::Path).unwrap();
        path.text().strip_prefix(&base).unwrap().to_owned()
    };
    // Typed after the folder, completed to, offered.
    for (typed, to, offers) in [
        ("b", "beach-", 2),
        ("é", "été.png", 0),
        ("de", "deep/", 0),
        (".h", ".hidden", 0),
        ("", "", 4),
    ] {
        let mut state = console();
        press(&mut state, "<alt-a>");
        update(&mut state, Message::Paste(format!("{base}{typed}")));
        assert_eq!(complete(&mut state), to, "{typed}");
        assert_eq!(state.compose.form.offers.len(), offers, "{typed}");
    }
    // An answer for a path that has changed since is dropped.
    let mut state = console();
    press(&mut state, "<alt-a>xyz");
    let found = vec!["xavier".into()];
    update(
        &mut state,
        Message::Completed {
            typed: "x".into(),
            found,
        },
    );
    assert_eq!(state.compose.form.entry(Row::Path).unwrap().text(), "xyz");
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let why = files::read(&folder.path().display().to_string()).unwrap_err();
    assert!(why.contains("is no file"), "{why}");
    let quoted = folder.path().join("a b.txt");
    std::fs::write(&quoted, "words").unwrap();
    // As a terminal types a file that is dropped on it.
    let read = files::read(&format!(" '{}' ", quoted.display())).unwrap();
    assert_eq!(
        (read.name.as_str(), read.content_type.as_str()),
        ("a b.txt", "text/plain")
    );
}

/// What a person composes in the console is what the phones get, the pictures as the panel has shown them.
#[tokio::test(start_paused = true)]
async fn what_is_composed_is_what_the_phones_show() {
    let library = Arc::new(Library::shipped());
    let bench = Bench {
        measure: measure(library.clone(), 5_000, None),
        fit: fitter(library.clone()),
        ..Bench::default()
    };
    let mut state = State::new(
        Vec::new(),
        &Draft::default(),
        Flags::default(),
        Theme::default(),
        bench,
    );
    update(&mut state, Message::Resize(80, 24));
    let story = Beginning::world("open").open();
    update(&mut state, Message::Known(story.journal.known()));
    press(
        &mut state,
        "+12025550123<enter>Été à la plage<enter>Regarde ça<esc>o+12025550145<esc>",
    );
    let picture = image::RgbImage::from_fn(1600, 1200, |x, y| {
        let n = (x * 31 + y * 17) ^ (x * y);
        image::Rgb([n as u8, (n >> 8) as u8, (n >> 3) as u8])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = png.into_inner();
    assert!(png.len() > 1 << 20, "{}", png.len());
    let read = Ok(Attachment::new("plage.png", png));
    let effects = update(&mut state, Message::Attached(read));
    let [
        Effect::Fit {
            draft,
            profile,
            revision,
        },
    ] = &effects[..]
    else {
        panic!("{effects:?}")
    };
    let fitted = (state.bench.fit)(draft, profile.as_deref());
    let shown = fitted.attachments[0].data.clone();
    let (revision, profile) = (*revision, profile.clone());
    assert_eq!(
        update(
            &mut state,
            Message::Fitted {
                revision,
                profile,
                fitted
            }
        ),
        []
    );
    let size = state.measured.pdu.clone().unwrap();
    assert!(size <= state.measured.limit.unwrap(), "{size}");

    let result = story.send(read_draft(&sent(&mut state)).unwrap()).await;
    assert!(result.ok, "{result:?}");
    assert_eq!(result.size, Some(size), "the size that was shown");
    for phone in ["+12025550123", "+12025550145"] {
        let bubbles = story.modem.phones().bubbles(phone);
        let [bubble] = &bubbles[..] else {
            panic!("{phone}: {}", bubbles.len())
        };
        assert_eq!(bubble.subject.as_deref(), Some("Été à la plage"));
        assert_eq!(bubble.text, "Regarde ça");
        assert_eq!(bubble.parts.last().unwrap().data, shown);
    }
}

#[test]
fn a_name_of_a_file_does_not_act_on_the_terminal() {
    let mut state = console();
    let read = Ok(Attachment::new(
        "\x1b]0;owned\x07\u{202e}gpj.exe",
        &b"x"[..],
    ));
    update(&mut state, Message::Attached(read));
    press(&mut state, "o<tab><tab>");
    let found = vec!["\x1b[2Ja".into(), "\x1b[2Jb".into()];
    state.compose.form.row = Row::Path;
    update(
        &mut state,
        Message::Completed {
            typed: String::new(),
            found,
        },
    );
    for (w, h) in [(80, 24), (30, 8), (200, 50)] {
        let drawn = rows(&screen(&mut state, w, h));
        assert!(
            !drawn
                .chars()
                .any(|c| c != '\n' && mmscope::console::text::acts(c)),
            "{drawn}"
        );
    }
}

#[test]
fn a_message_can_be_looked_at_before_it_is_sent() {
    use mmscope::console::Screen;
    use mmscope::console::measure::encoder;
    use mmscope::mms::{Field, Pdu};

    let mut state = console();
    let library = Arc::new(Library::shipped());
    state.bench.encode = encoder(library.clone());
    state.bench.measure = measure(library, 5_000, None);
    press(&mut state, "<f3>");
    assert_eq!(state.screen, Screen::Pdu);
    let shown = state.inspector.shown.clone().unwrap();
    let pdu = Pdu::decode(&shown.octets.0).pdu;
    assert_eq!(pdu.texts(), [story::long_text()]);
    // The session began at 12:01:00 on 2026-11-22, and seven seconds went by.
    assert_eq!(pdu.date(), Some(1_795_348_866));
    assert!(rows(&screen(&mut state, 200, 50)).contains("not sent yet"));
    // It cannot be sent again: it was not sent.
    assert_eq!(press(&mut state, "<alt-s>"), []);
    assert_eq!(state.overlay, None);
    // What is written meanwhile is seen at the next look, and its size is the one that the composer shows.
    press(&mut state, "<esc>e!<esc><f3>");
    let again = state.inspector.shown.clone().unwrap();
    assert_eq!(Some(again.octets.0.len()), state.measured.pdu.clone().ok());
    assert_eq!(again.octets.0.len(), shown.octets.0.len() + 1);
    assert!(
        Pdu::decode(&again.octets.0)
            .pdu
            .get(&Field::TransactionId)
            .is_some()
    );
}
