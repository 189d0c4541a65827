//! The PDU screen: fields and octets in step, remarks that lead to their octets, a message again as a draft or as it was.
use super::keys::{after, press};
use super::story::{self, Story, rows, screen};
use mmscope::console::inspector::Inspected;
use mmscope::console::state::{Overlay, Question};
use mmscope::console::{Effect, Message, Order, Pane, Screen, State, update};
use mmscope::event::{Direction, Octets};
use proptest::prelude::*;

fn frame(name: &str, story: &Story, script: &str, sizes: &[(u16, u16)]) {
    for &(width, height) in sizes {
        let mut state = story::at_the_end(story);
        screen(&mut state, width, height);
        press(&mut state, script);
        let frame = rows(&screen(&mut state, width, height));
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), frame);
    }
}

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 36), (200, 50), (60, 30)];

#[test]
fn fields_and_octets_stand_side_by_side() {
    frame("pdu", &story::sent(), "<f3><down><down><down>", &SIZES);
}

#[test]
fn before_the_first_message_the_screen_says_what_it_will_show() {
    frame("pdu_empty", &story::ready(), "<f3>", &[(80, 24)]);
}

#[test]
fn what_is_wrong_is_said_with_its_octet() {
    frame(
        "pdu_broken",
        &broken(),
        "<f3>3<down><down>",
        &[(80, 24), (120, 36)],
    );
}

/// A PDU as one real encoder writes it: a subject without quote and charset, and a body that ends too early.
fn broken() -> Story {
    let mut story = story::sent();
    let mut octets =
        b"\x8C\x80\x98T9\0\x8D\x92\x89\x01\x81\x97+12025550123/TYPE=PLMN/TYPE=PLMN\0".to_vec();
    octets.extend(b"\x96\xC3\x89t\xC3\xA9\0\x84\xA3\x02\x04\x20\x03\x83\x81\xEAhi");
    story.pdu(Direction::Tx, octets);
    story
}

/// The label of the chosen field, and the marked octets.
fn place(state: &State) -> (String, std::ops::Range<usize>) {
    let shown = state.inspector.shown.as_ref().unwrap();
    let field = &shown.fields[state.inspector.field];
    (field.label.clone(), state.inspector.marked())
}

#[test]
fn moving_in_one_moves_the_other() {
    let mut state = after(&story::sent());
    press(&mut state, "<f3>");
    assert_eq!(place(&state), ("X-Mms-Message-Type".into(), 0..2));
    // Down the tree: what a field is made of follows it.
    press(&mut state, "<down><down><down>");
    let (label, marked) = place(&state);
    assert_eq!((label.as_str(), marked), ("X-Mms-Transaction-Id", 2..6));
    // Tab leads to the octets; the field goes with the octet there.
    press(&mut state, "<tab>");
    assert_eq!((state.focus, state.inspector.octet), (Pane::Octets, 2));
    press(&mut state, "<right>");
    assert_eq!(place(&state), ("text".into(), 3..5));
    press(&mut state, "<right><right>");
    assert_eq!(place(&state), ("end".into(), 5..6));
    press(&mut state, "<left><left><left>");
    assert_eq!(place(&state), ("field".into(), 2..3));
    // A row down is eight octets at this width; the ends hold.
    press(&mut state, "<down>");
    assert_eq!(state.inspector.octet, 10);
    let last = state.inspector.shown.as_ref().unwrap().octets.0.len() - 1;
    press(&mut state, "<end>");
    assert_eq!(state.inspector.octet, last);
    press(&mut state, "<down><right>");
    assert_eq!(state.inspector.octet, last);
    press(&mut state, "<home>");
    assert_eq!(place(&state), ("field".into(), 0..1));
}

#[test]
fn choosing_a_remark_goes_to_its_octet() {
    let mut state = after(&broken());
    press(&mut state, "<f3>3");
    let remarks = state.inspector.shown.as_ref().unwrap().remarks.clone();
    assert!(remarks.len() >= 3, "{remarks:?}");
    for lint in &remarks {
        press(&mut state, "<down>");
        assert_eq!(state.inspector.octet, lint.offset.min(62), "{lint:?}");
        assert!(state.inspector.marked().contains(&state.inspector.octet));
    }
}

#[test]
fn the_newest_message_is_shown_first_and_any_other_can_be_chosen() {
    let mut state = after(&story::sent());
    press(&mut state, "<f3>");
    let name = |state: &State| state.inspector.shown.as_ref().unwrap().name();
    assert_eq!(name(&state), "M-Send.req");
    // The answer is newer, and stands on top of the list.
    press(&mut state, "4<up>");
    assert_eq!(name(&state), "M-Send.conf");
    press(&mut state, "<end>");
    let oldest = state.inspector.shown.as_ref().unwrap().id;
    assert_eq!(oldest, state.known.pdus[0].id);
    // What was chosen stays when others come.
    let mut more = story::sent();
    more.pdu(Direction::Rx, vec![0x8C, 0x86]);
    story::hear(&mut state, &more);
    assert_eq!(state.inspector.shown.as_ref().unwrap().id, oldest);
}

#[test]
fn a_sent_message_becomes_a_draft_again_with_all_that_was_in_it() {
    let mut state = after(&story::sent());
    state.given = Default::default();
    press(&mut state, "<f3>e");
    // Another text is being written: nobody loses it unasked.
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::ReplaceDraft)));
    press(&mut state, "n");
    assert_eq!(state.draft(), story::draft());
    press(&mut state, "ey");
    assert_eq!((state.screen, state.focus), (Screen::Bench, Pane::Compose));
    let draft = state.draft();
    assert_eq!(draft.to, ["+12025550123"]);
    assert_eq!(draft.cc, ["someone@mail.example.com"]);
    assert_eq!(draft.subject, "From the bench");
    assert_eq!(draft.text, story::long_text());
    assert_eq!(draft.asked.expiry, "86400");
    assert_eq!(draft.asked.read_report, Some(true));
    assert_eq!(
        draft.attachments,
        [],
        "our own presentation is written anew"
    );
}

#[test]
fn sending_again_asks_first_and_sends_the_same_octets() {
    let mut state = after(&story::sent());
    press(&mut state, "<f3>");
    let octets = state.known.pdus[1].seen.octets.clone();
    assert_eq!(press(&mut state, "<alt-s>"), []);
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::SendAgain)));
    let asked = rows(&screen(&mut state, 80, 24));
    assert!(
        asked.contains("The MMSC has accepted this message"),
        "{asked}"
    );
    assert_eq!(press(&mut state, "n"), []);
    assert_eq!(
        press(&mut state, "<alt-s>y"),
        [Effect::Order(Order::SendAgain(octets))]
    );
    assert_eq!(state.screen, Screen::Bench);

    // An answer cannot be sent, and nothing is sent while a send runs.
    press(&mut state, "<f3>4<home>");
    assert_eq!(press(&mut state, "<alt-s>"), []);
    let mut busy = after(&story::connecting());
    assert_eq!(press(&mut busy, "<f3><alt-s>"), []);
    assert!(busy.hint.as_ref().unwrap().contains("A send is running"));
}

#[test]
fn the_mouse_points_at_fields_and_octets() {
    use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut state = after(&broken());
    press(&mut state, "<f3>");
    let click = |state: &mut State, words: &str, beyond: usize| {
        let frame = rows(&screen(state, 80, 24));
        let (row, line) = frame
            .lines()
            .enumerate()
            .find(|(_, l)| l.contains(words))
            .unwrap();
        let column = line[..line.find(words).unwrap()].chars().count() + beyond;
        let mouse = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: u16::try_from(column).unwrap(),
            row: u16::try_from(row).unwrap(),
            modifiers: KeyModifiers::NONE,
        };
        update(state, Message::Mouse(mouse));
    };
    click(&mut state, "X-Mms-MMS-Version  1.2", 3);
    assert_eq!(place(&state), ("X-Mms-MMS-Version".into(), 6..8));
    // A digit of an octet, and its letter at the right.
    click(&mut state, "0010 32 35", 8);
    assert_eq!((state.focus, state.inspector.octet), (Pane::Octets, 0x11));
    click(&mut state, "/TYPE=PL", 2);
    assert_eq!(state.inspector.octet, 0x1A);
    click(&mut state, "/TYPE= more than once", 0);
    assert_eq!(
        (state.inspector.remark, state.inspector.octet),
        (Some(0), 11)
    );
}

#[test]
fn the_octets_are_copied_as_other_programs_read_them() {
    let mut state = after(&story::sent());
    let effects = press(&mut state, "<f3>2ywd");
    let [Effect::Copy(text)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert!(
        text.starts_with("000000  8c 80 98 54 32 00 8d 92 "),
        "{text}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever came from a carrier: it is taken apart, every octet leads to a field that holds it, and nothing of it acts on the terminal.
    #[test]
    fn any_octets_can_be_looked_at(
        octets in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..600),
            prop::collection::vec(any::<u8>(), 0..300).prop_map(|tail| [b"\x8C\x80\x98T1\0\x8D\x92\x97".to_vec(), tail].concat()),
        ],
        script in "(<down>|<tab>|<right>|<end>|<home>|<left>|<up>|3|2|1|4|z){0,12}",
        w in 20u16..=220, h in 4u16..=70,
    ) {
        let shown = Inspected::new(1, Direction::Rx, Octets::copy(&octets));
        for at in 0..octets.len() {
            let field = shown.field_at(at).unwrap();
            prop_assert!(shown.fields[field].range.contains(&at));
        }
        let mut story = story::ready();
        story.pdu(Direction::Rx, octets);
        let mut state = story::at_the_end(&story);
        screen(&mut state, w, h);
        press(&mut state, "<f3>");
        press(&mut state, &script);
        let drawn = rows(&screen(&mut state, w, h));
        prop_assert!(!drawn.chars().any(|c| c != '\n' && mmscope::console::text::acts(c)));
    }
}

#[test]
fn a_large_message_costs_a_frame_no_more_than_a_small_one() {
    let mut story = story::ready();
    let mut octets = b"\x8C\x80\x98T1\0\x8D\x92\x89\x01\x81\x84\xA3\x01\x01".to_vec();
    octets.extend([0xC0, 0x80, 0x00, 0xDA]);
    octets.resize(1 << 20, 0xAA);
    story.pdu(Direction::Tx, octets);
    let mut state = story::at_the_end(&story);
    update(&mut state, Message::Resize(200, 50));
    press(&mut state, "<f3>2<end>");
    let began = std::time::Instant::now();
    for _ in 0..20 {
        screen(&mut state, 200, 50);
    }
    // Sixty-five thousand rows would take seconds in a debug build.
    assert!(began.elapsed().as_millis() < 4_000, "{:?}", began.elapsed());
    assert_eq!(state.inspector.octet, (1 << 20) - 1);
}
