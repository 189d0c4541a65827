//! A bench that is read-only says so before a person tries, and answers each try in its place.
use super::keys::press;
use super::story::{self, Story, rows, screen};
use mmscope::console::action::{Action, TABLE};
use mmscope::console::state::Overlay;
use mmscope::console::update::act;
use mmscope::console::{Effect, Message, Order, State, update};

fn looked_at(story: &Story) -> State {
    let mut state = story::at_the_end(story);
    state.flags.read_only = true;
    update(&mut state, Message::Resize(120, 36));
    state
}

fn orders(effects: &[Effect]) -> Vec<&Order> {
    let orders = effects.iter().filter_map(|e| match e {
        Effect::Order(order) => Some(order),
        _ => None,
    });
    orders.collect()
}

#[test]
fn the_strip_says_it_at_every_size_and_the_footer_offers_no_send() {
    for (width, height) in [(60, 15), (80, 24), (120, 36), (200, 50)] {
        for story in [story::ready(), story::failed(), story::examined()] {
            let mut state = looked_at(&story);
            let frame = rows(&screen(&mut state, width, height));
            let strip = frame.lines().next().unwrap();
            assert!(strip.contains("READ-ONLY"), "{width}: {strip}");
            let footer = frame.lines().last().unwrap();
            for offered in ["send", "probe"] {
                assert!(!footer.contains(offered), "{width}: {footer}");
            }
            state.flags.read_only = false;
            let frame = rows(&screen(&mut state, width, height));
            assert!(!frame.contains("READ-ONLY"), "only where it is so");
        }
    }
}

#[test]
fn each_try_is_answered_in_its_place() {
    for script in ["<ctrl-s>", "d", "D", "<f8>", "<alt-v>", "<ctrl-r>"] {
        let mut state = looked_at(&story::failed());
        let effects = press(&mut state, script);
        assert_eq!(orders(&effects), [] as [&Order; 0], "{script}");
        assert!(state.overlay.is_none(), "{script}: nothing is asked first");
        let hint = state.hint.clone().unwrap_or_default();
        let shown = rows(&screen(&mut state, 80, 24));
        assert!(hint.starts_with("Read-only"), "{script}: {hint}");
        assert!(shown.contains("Read-only: nothing is sent"), "{script}");
    }
}

#[test]
fn what_concerns_only_the_program_can_still_be_done() {
    let mut state = looked_at(&story::failed());
    let effects = act(&mut state, Action::UseProfile);
    assert!(matches!(orders(&effects)[..], [Order::UseProfile(_)]));
    assert!(press(&mut state, "?").is_empty() && state.overlay == Some(Overlay::Help));
}

/// Whatever state one is in: no action hands the bench what it would refuse.
#[test]
fn no_action_leads_to_an_order_that_changes_anything() {
    let stories = [
        story::ready(),
        story::connecting(),
        story::failed(),
        story::examined(),
        story::sent(),
    ];
    for story in &stories {
        for first in TABLE {
            let mut state = looked_at(story);
            state.marked = vec!["us/mint".into(), "us/tmobile".into()];
            let mut effects = act(&mut state, first.action);
            effects.extend(act(&mut state, Action::Yes));
            for order in orders(&effects) {
                let allowed = matches!(
                    order,
                    Order::Cancel
                        | Order::UseProfile(_)
                        | Order::Mend { .. }
                        | Order::Keep(_)
                        | Order::CancelEntry(_)
                        | Order::Forget(_)
                        | Order::OpenDraft(_)
                        | Order::SaveItem(_)
                        | Order::Recordings
                        | Order::Mark { .. }
                        | Order::DryRun(..)
                );
                assert!(allowed, "{}: {order:?}", first.name);
            }
        }
    }
}

#[test]
fn a_command_that_changes_the_modem_is_refused_before_anything_is_asked() {
    for (typed, named) in [
        ("AT+CFUN=1,1", "AT+CFUN=1,1"),
        ("AT+CGDCONT=5,\"IP\",\"x\"", "AT+CGDCONT=5"),
        // Asks for a payload: that is not asked for, either.
        ("AT+CMGS=\"+12025550123\"", "AT+CMGS="),
        ("AT+CIPSEND=0,5", "AT+CIPSEND=0,5"),
        ("ATZ", "ATZ"),
    ] {
        let mut state = looked_at(&story::ready());
        let effects = press(&mut state, &format!("a{typed}<enter>"));
        assert_eq!(orders(&effects), [] as [&Order; 0], "{typed}");
        assert!(state.overlay.is_none(), "{typed}: no question");
        assert!(state.at.payload.is_none(), "{typed}: no payload");
        let hint = state.hint.unwrap();
        let whole = format!("Read-only: {named}");
        assert!(hint.starts_with(&whole), "{hint}");
        assert_eq!(state.at.entry.text(), typed, "what was typed stays");
    }
    let mut state = looked_at(&story::ready());
    let effects = press(&mut state, "aAT+CSQ<enter>");
    assert_eq!(orders(&effects), [&Order::RunAt("AT+CSQ".into())]);
}

#[test]
fn a_pasted_script_with_one_such_command_is_not_begun() {
    let mut state = looked_at(&story::ready());
    press(&mut state, "a");
    update(&mut state, Message::Paste("AT+CSQ\nAT+CFUN=0\n".into()));
    assert!(state.overlay.is_none());
    let hint = state.hint.clone().unwrap();
    assert!(hint.starts_with("Read-only: AT+CFUN=0 would"), "{hint}");
    update(&mut state, Message::Paste("AT+CSQ\nAT+CREG?\n".into()));
    assert!(matches!(state.overlay, Some(Overlay::Ask(_))), "it may run");
}

#[test]
fn while_it_is_typed_it_says_that_it_will_not_be_sent() {
    let mut state = looked_at(&story::ready());
    press(&mut state, "aAT+CFUN=1,1");
    let shown = rows(&screen(&mut state, 120, 36));
    assert!(shown.contains("read-only: it is not sent"), "{shown}");
    assert!(!shown.contains("asks first"), "{shown}");
}
