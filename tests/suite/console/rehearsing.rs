//! The dry run in the console: asked of the edge, shown as a sheet, copied with numbers hidden.
use super::keys::{after, press};
use super::story::{self, rows, screen};
use mmscope::console::state::Overlay;
use mmscope::console::{Draft, DryRun, Effect, Message, Order, State, Theme, update};
use mmscope::event::Way;

fn plain() -> String {
    let commands: String = (0..60)
        .map(|n| format!("  port       AT+CMD{n}?\n"))
        .collect();
    format!(
        "DRY RUN: nothing is sent, no modem is asked, nothing is kept\n\
         profile us/mint (Mint Mobile), APN Wholesale IP, dials wholesale.mmsmvno.com:80\n\
         \x20 P02 error: `8080` is dialled at port 8080\n\n\
         M-Send.req to 1 recipient\n\
         002C  2B 31 32 30 32 35 35 35 30 31 32 33     text: +12025550123/TYPE=PLMN\n\n\
         AT commands, in their order\n\
         \x20 port       AT+CGSN                                       the first time in a session; put back to what was read\n\
         {commands}\
         \x20 last       AT+THE=END\n"
    )
}

fn run() -> DryRun {
    DryRun {
        plain: plain(),
        hidden: plain()
            .replace("+12025550123", "+120255*****")
            .replace("35 30 31 32 33", "2A 2A 2A 2A 2A")
            .replacen('\n', "\nNumbers are hidden here\n", 1),
    }
}

fn shown(size: (u16, u16)) -> State {
    let mut state = after(&story::failed());
    update(&mut state, Message::Resize(size.0, size.1));
    update(&mut state, Message::DryRun(Ok(run())));
    state
}

#[test]
fn the_letter_as_it_stands_is_rehearsed_and_no_send_begins() {
    let mut state = after(&story::failed());
    let asked = press(&mut state, "<ctrl-k>d");
    assert_eq!(
        asked,
        [Effect::Order(Order::DryRun(story::draft(), Way::Mms))]
    );
    press(&mut state, "<alt-w>");
    let asked = press(&mut state, "<ctrl-k>d");
    assert_eq!(
        asked,
        [Effect::Order(Order::DryRun(story::draft(), Way::Sms))]
    );
    // It may be looked at while a send runs, and where nothing may be sent.
    let mut busy = after(&story::connecting());
    assert_eq!(press(&mut busy, "<ctrl-k>d").len(), 1);
    let mut read_only = after(&story::failed());
    read_only.flags.read_only = true;
    assert_eq!(press(&mut read_only, "<ctrl-k>d").len(), 1);
}

#[test]
fn what_cannot_be_sent_is_not_rehearsed_either_and_says_why() {
    let mut nobody = story::console(&Draft::default(), Theme::default());
    update(&mut nobody, Message::Resize(80, 24));
    assert_eq!(press(&mut nobody, "<ctrl-k>d"), []);
    assert!(nobody.hint.as_ref().unwrap().contains("Nobody to send to"));
    let why = "the message has no SMIL";
    update(&mut nobody, Message::DryRun(Err(why.into())));
    let hint = nobody.hint.as_ref().unwrap();
    assert!(hint.contains("before it asks the modem") && hint.contains(why));
    assert_eq!(nobody.overlay, None);
}

#[test]
fn the_sheet_shows_the_octets_that_go_out_and_scrolls_to_its_end() {
    for size in [(80, 24), (120, 36), (200, 50)] {
        let mut state = shown(size);
        let top = rows(&screen(&mut state, size.0, size.1));
        for part in [
            "Dry run: nothing is sent",
            "y copies it, numbers hidden",
            "DRY RUN",
            "P02 error",
            "30 31 32 33",
            "+12025550123/TYPE=PLMN",
        ] {
            assert!(top.contains(part), "{part} at {size:?}: {top}");
        }
        assert!(!top.contains("AT+THE=END"), "{top}");
        press(&mut state, "<end>");
        let end = rows(&screen(&mut state, size.0, size.1));
        assert!(end.contains("AT+THE=END"), "{end}");
        press(&mut state, "<home><pagedown>");
        assert!(state.help_scroll > 0);
        press(&mut state, "<esc>");
        assert_eq!(state.overlay, None);
    }
    screen(&mut shown((10, 3)), 10, 3);
}

/// What stands beside a command goes on under its own column, and nothing is lost where there is no room for one.
#[test]
fn a_row_that_is_too_long_goes_on_under_its_last_column() {
    let mut state = shown((80, 24));
    let frame = rows(&screen(&mut state, 80, 24));
    let at = |word: &str| {
        let row = frame.lines().find(|row| row.contains(word));
        row.and_then(|row| row.find(word).map(|at| row[..at].chars().count()))
    };
    assert!(at("the first").is_some(), "{frame}");
    assert_eq!(at("the first"), at("a session;"), "{frame}");
    let mut narrow = shown((40, 24));
    let frame = rows(&screen(&mut narrow, 40, 24));
    for word in ["AT+CGSN", "session;", "read"] {
        assert!(frame.contains(word), "{word}: {frame}");
    }
}

#[test]
fn numbers_leave_the_screen_hidden_only_and_are_hidden_on_it_where_it_is_wished() {
    let mut state = shown((120, 36));
    let copied = press(&mut state, "y");
    let [Effect::Copy(text)] = &copied[..] else {
        panic!("{copied:?}");
    };
    assert!(
        text.contains("Numbers are hidden here"),
        "it says so: {text}"
    );
    assert!(!text.contains("+12025550123") && !text.contains("30 31 32 33"));
    let saved = press(&mut state, "Y");
    let [Effect::Save { place, text }] = &saved[..] else {
        panic!("{saved:?}");
    };
    assert!(place.ends_with("dry-run.txt"), "{place}");
    assert!(!text.contains("+12025550123"));

    press(&mut state, "<ctrl-k>h");
    let frame = rows(&screen(&mut state, 120, 36));
    assert!(frame.contains("Numbers are hidden here"), "{frame}");
    assert!(!frame.contains("30 31 32 33"), "{frame}");
}

/// Somebody has just been asked something: the sheet must not take the question away.
#[test]
fn a_sheet_that_comes_late_takes_no_question_away() {
    let mut state = after(&story::failed());
    press(&mut state, "<ctrl-k>d<ctrl-r>");
    let asked = state.overlay;
    assert!(matches!(asked, Some(Overlay::Ask(_))));
    update(&mut state, Message::DryRun(Ok(run())));
    assert_eq!(state.overlay, asked);
}
