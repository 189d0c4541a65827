//! Ways in which a letter could be lost, doubled or sent by accident: it is asked, kept or said each time.
use super::keys::{after, press};
use super::story;
use mmscope::console::options::Asked;
use mmscope::console::state::{Overlay, Question};
use mmscope::console::{Draft, Effect, Message, Order, State, update};

fn writing(script: &str) -> State {
    let mut state = after(&story::ready());
    state.flags.keeps = false;
    press(&mut state, &format!("<esc>1<enter>{script}"));
    state
}

fn to_file(state: &mut State, key: &str) -> Draft {
    let effects = press(state, key);
    let [Effect::SaveLetter { letter, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    update(
        state,
        Message::Saved(letter.clone(), "letter.txt: written".into()),
    );
    letter.clone()
}

fn other() -> Draft {
    Draft {
        text: "of the outbox".into(),
        ..story::draft()
    }
}

const QUIT_LETTER: Option<Overlay> = Some(Overlay::Ask(Question::QuitLetter));
const REPLACE: Option<Overlay> = Some(Overlay::Ask(Question::ReplaceDraft));

/// A text file is no outbox: the draft is kept as before, and nothing takes the letter's place unasked.
#[test]
fn a_letter_in_a_file_is_still_kept_as_a_draft() {
    let mut state = writing("precious <esc>");
    to_file(&mut state, "<ctrl-k>f");
    assert!(state.unsent().unwrap().text.starts_with("precious "));
    assert!(state.luggage(&story::draft()).unsent().is_some());
    update(&mut state, Message::Draft(5, other()));
    assert_eq!(state.overlay, REPLACE);
    press(&mut state, "n");
    assert_eq!(
        press(&mut state, "<ctrl-c>"),
        [Effect::Quit],
        "it is in a file"
    );
}

/// The file has neither the files' octets nor the options: who quits is asked all the same.
#[test]
fn a_letter_with_options_is_more_than_its_file() {
    let asked = Asked {
        class: "personal".into(),
        ..Asked::default()
    };
    let letter = Draft {
        asked,
        ..story::draft()
    };
    let mut state = story::console(&letter, mmscope::console::Theme::default());
    story::hear(&mut state, &story::ready());
    state.flags.keeps = false;
    press(&mut state, "<esc>1<enter>precious <ctrl-c>");
    assert_eq!(state.overlay, QUIT_LETTER);
    to_file(&mut state, "f");
    assert_eq!(state.overlay, QUIT_LETTER, "it stands");
    let says = state.hint.clone().unwrap();
    assert!(says.contains("not in it"), "{says}");
    assert_eq!(press(&mut state, "n<ctrl-c>"), []);
    assert_eq!(state.overlay, QUIT_LETTER);
}

/// What was emptied by one key counts as long as it can come back: for quitting, for another session, for a message in its place.
#[test]
fn an_emptied_letter_is_not_lost_without_a_word() {
    let emptied = || writing("precious <alt-c>");
    assert!(emptied().unsent().unwrap().text.starts_with("precious "));
    let mut state = emptied();
    assert_eq!(press(&mut state, "<ctrl-c>"), []);
    assert_eq!(state.overlay, QUIT_LETTER);
    assert!(to_file(&mut state, "f").text.starts_with("precious "));
    assert_eq!(press(&mut state, "<ctrl-c>"), [Effect::Quit]);
    let luggage = emptied().luggage(&story::draft());
    assert!(luggage.unsent().unwrap().text.starts_with("precious "));
    let mut state = emptied();
    update(&mut state, Message::Draft(5, other()));
    assert_eq!(state.overlay, REPLACE);
    press(&mut state, "y");
    assert_eq!(state.draft(), other());
    assert_eq!(state.unsent(), None, "it was agreed to");
}

/// A second letter that is emptied does not take the first one's place, and a line that was brought back does not bar the way.
#[test]
fn each_emptied_letter_comes_back() {
    let mut state = writing("precious <alt-c>x<alt-c>");
    assert!(state.unsent().unwrap().text.starts_with("precious "));
    press(&mut state, "<alt-u>");
    assert_eq!(state.draft().to, ["x"]);
    press(&mut state, "<alt-u>");
    assert!(state.draft().text.starts_with("precious "));
    press(&mut state, "<alt-u>");
    assert_eq!(state.draft().to, ["x"], "around");
    // A line that was undone in the empty letter is undone first; then the letter comes.
    let mut state = writing("precious <alt-c>abc<ctrl-u><alt-u>");
    assert_eq!(state.draft().to, ["abc"]);
    press(&mut state, "<backspace><backspace><backspace><alt-u>");
    assert!(state.draft().text.starts_with("precious "));
}

/// Enter that chose the command in the palette, pressed twice, does not agree to what it asks.
#[test]
fn enter_pressed_twice_sends_nothing() {
    let mut state = after(&story::failed());
    state.confirm = mmscope::config::Confirm::Always;
    assert_eq!(press(&mut state, "<esc>:send<enter><enter>"), []);
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::Send)));
    assert_eq!(
        press(&mut state, "y"),
        [Effect::Order(Order::Send(story::draft()))]
    );
    for question in [
        Question::SendEntry(3),
        Question::SendQueued,
        Question::TakeOut(3),
    ] {
        state.overlay = Some(Overlay::Ask(question));
        assert_eq!(press(&mut state, "<enter>"), [], "{question:?}");
        assert_eq!(state.overlay, Some(Overlay::Ask(question)));
    }
}

/// A message that comes late finds a question: the letter that it is about stays under it, and what became of the message is said.
#[test]
fn a_late_message_does_not_change_the_letter_under_a_question() {
    for script in ["", "precious "] {
        let mut state = writing(script);
        state.confirm = mmscope::config::Confirm::Always;
        press(&mut state, "<ctrl-s>");
        assert_eq!(state.overlay, Some(Overlay::Ask(Question::Send)));
        let before = state.draft();
        update(&mut state, Message::Draft(5, other()));
        assert_eq!(state.overlay, Some(Overlay::Ask(Question::Send)));
        assert_eq!(state.draft(), before, "{script:?}");
        let says = state.hint.clone().unwrap();
        assert!(says.contains("Where it waited it is a draft now"), "{says}");
    }
}
