//! The octets on the wire: each line with its own, and what is looked for in them.
use super::keys::press;
use super::story::{rows, screen};
use super::traffic::{seen, working};
use mmscope::console::inspector::Needle;
use mmscope::console::traffic::{HEX_ROWS, LONGEST, Lit, Traffic};
use mmscope::console::{Message, State, update};
use mmscope::event::{Direction, Event, Octets, What, Wire};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::style::Modifier;
use std::sync::Arc;

fn wire(id: u64, dir: Direction, octets: &[u8]) -> Event {
    Event {
        id,
        at: "2026-11-22T12:01:00.000Z".into(),
        ms: 0,
        what: What::Wire(Wire {
            dir,
            octets: Octets::copy(octets),
        }),
    }
}

fn take(traffic: &mut Traffic, event: &Event) {
    traffic.take(event, |_, _, _| None, 0);
}

/// The octets that are marked on the screen, as they stand there.
fn marked(frame: &Buffer) -> Vec<String> {
    let mut found = Vec::new();
    for y in 0..frame.area.height {
        let mut run = String::new();
        for x in 0..=frame.area.width {
            let cell = frame.cell((x, y));
            match cell.filter(|c| c.modifier.contains(Modifier::UNDERLINED)) {
                Some(cell) => run.push_str(cell.symbol()),
                None if !run.is_empty() => found.push(std::mem::take(&mut run)),
                None => {}
            }
        }
    }
    found
}

fn title(state: &mut State) -> String {
    let frame = seen(state);
    let title = frame.lines().find(|l| l.contains("AT traffic"));
    title.unwrap().to_owned()
}

/// What is typed after `/`, how often it is there, and how it is marked at its first place.
#[test]
fn octets_are_found_as_octets_and_as_text() {
    for (typed, of, shown) in [
        ("2b 43 53 51", 4, ["2b43 5351", "+CSQ"]),
        ("0x2b435351", 4, ["2b43 5351", "+CSQ"]),
        ("+csq", 4, ["2b43 5351", "+CSQ"]),
        ("\"4f4b\"", 0, ["", ""]),
        ("0d0a4f4b", 5, ["0d0a 4f4b", "..OK"]),
    ] {
        let mut state = working();
        press(&mut state, "X/");
        update(&mut state, Message::Paste(typed.to_owned()));
        press(&mut state, "<enter>");
        let head = title(&mut state);
        let nth = if of == 0 { "found 0 of 0" } else { "of " };
        assert!(
            head.contains(nth) && head.contains(&format!("of {of} ")),
            "{typed}: {head}"
        );
        let marked = marked(&screen(&mut state, 120, 36));
        for word in shown.into_iter().filter(|w| !w.is_empty()) {
            assert!(
                marked.iter().any(|m| m.trim() == word),
                "{typed}: {word} in {marked:?}"
            );
        }
        assert_eq!(marked.is_empty(), of == 0, "{typed}");
    }
}

#[test]
fn one_goes_from_finding_to_finding_and_around() {
    let mut state = working();
    screen(&mut state, 120, 12);
    press(&mut state, "X/2b435351<enter>");
    let nth = |state: &State| state.traffic.hex.found();
    // The nearest one upwards from the newest row.
    assert_eq!(nth(&state), (4, 4));
    let here = |state: &mut State| rows(&screen(state, 120, 12)).contains("+CSQ");
    for (keys, at) in [("N", 3), ("N", 2), ("N", 1), ("n", 2), ("n", 3), ("n", 4)] {
        press(&mut state, keys);
        assert_eq!(nth(&state), (at, 4), "{keys}");
        assert!(here(&mut state), "finding {at} is seen");
        assert!(state.traffic.is_held());
    }
    press(&mut state, "n");
    assert_eq!(nth(&state), (1, 4));
    assert!(state.hint.as_ref().unwrap().contains("on from the first"));
    press(&mut state, "N");
    assert_eq!(nth(&state), (4, 4));
    // Esc lets the search go, and says how to follow again.
    press(&mut state, "<esc>");
    assert!(state.traffic.hex.search().is_none());
    assert!(state.hint.as_ref().unwrap().contains("held here"));
    press(&mut state, "f");
    assert!(!state.traffic.is_held());
    // Esc in the line itself: all is as before.
    press(&mut state, "/4154<esc>");
    assert!(state.traffic.hex.search().is_none() && !state.traffic.is_held());
    press(&mut state, "/0x4<enter>");
    assert!(state.hint.as_ref().unwrap().contains("whole octets"));
}

#[test]
fn a_low_pane_shows_what_was_found() {
    for keys in ["X", "S"] {
        let mut state = working();
        press(&mut state, keys);
        press(&mut state, "/+cpin<enter>N");
        for height in [6, 7, 8, 12] {
            let frame = screen(&mut state, 60, height);
            assert!(
                !marked(&frame).is_empty(),
                "{keys} {height}\n{}",
                rows(&frame)
            );
        }
    }
}

#[test]
fn what_two_reads_cut_is_found() {
    let mut traffic = Traffic::default();
    take(&mut traffic, &wire(1, Direction::Rx, b"\r\n+C"));
    traffic.hex.set_search(Needle::read("+CSQ").unwrap());
    take(&mut traffic, &wire(2, Direction::Tx, b"SQ\r"));
    assert_eq!(
        traffic.hex.found(),
        (0, 0),
        "the other way is another stream"
    );
    take(&mut traffic, &wire(3, Direction::Rx, b"S"));
    take(&mut traffic, &wire(4, Direction::Rx, b"Q: 1\r\n"));
    assert_eq!(traffic.hex.found(), (1, 1));
    let lit: Vec<usize> = traffic
        .hex
        .visible()
        .map(|row| {
            let lit = traffic.hex.lit(row).unwrap_or_default();
            lit.iter().filter(|l| **l != Lit::No).count()
        })
        .collect();
    assert_eq!(lit, [2, 0, 1, 1]);
}

#[test]
fn each_line_stands_with_its_octets() {
    let mut state = working();
    press(&mut state, "S");
    let frame = seen(&mut state);
    assert!(frame.contains("lines and octets"), "{frame}");
    let row = |words: &str| {
        let found = frame.lines().find(|l| l.contains(words));
        found
            .unwrap_or_else(|| panic!("no {words} in\n{frame}"))
            .to_owned()
    };
    assert!(row(r"\r\n+CSQ: 21,99\r\n").contains("0d0a 2b43 5351 3a20 3231 2c39 390d 0a"));
    assert!(row(r"AT+CIMI\r").contains("4154 2b43 494d 490d"));
    // A line that is longer than a row of octets goes on under both.
    let lines: Vec<&str> = frame.lines().collect();
    let at = lines.iter().position(|l| l.contains("AT+CIPOPEN")).unwrap();
    assert!(lines[at + 1].contains("5022 2c22 3130 2e31"), "{frame}");
    // S shows the lines again; X the octets alone, and S once more both.
    press(&mut state, "S");
    assert!(!state.traffic.look.hex);
    press(&mut state, "SX");
    assert!(state.traffic.look.hex && !state.traffic.hex.is_split());
    press(&mut state, "S");
    assert!(state.traffic.hex.is_split());
    // Held in one, it is held at the same octets in the other.
    press(&mut state, "X/494d49<enter>X");
    assert!(!state.traffic.look.hex);
    // Hidden identities hide octets in both.
    press(&mut state, "S");
    state.hides = true;
    assert!(seen(&mut state).contains("Octets are not shown"));
    press(&mut state, "/");
    assert!(state.prompt.is_none() && state.hint.is_some());
}

#[test]
fn a_payload_without_line_ends_is_cut_into_rows() {
    let mut traffic = Traffic::default();
    take(&mut traffic, &wire(1, Direction::Tx, &[0xff; 1_000]));
    traffic.turn_hex(true);
    let long: Vec<usize> = traffic.hex.visible().map(|r| r.octets.len()).collect();
    assert_eq!(long.len(), 1_000_usize.div_ceil(LONGEST));
    assert_eq!(long.iter().sum::<usize>(), 1_000);
    for id in 2..2_000 {
        take(&mut traffic, &wire(id, Direction::Rx, &b"a\n".repeat(8)));
    }
    assert_eq!(traffic.hex.visible().len(), HEX_ROWS);
}

#[test]
fn frames_of_lines_and_octets() {
    for (keys, (width, height)) in [
        ("S/CSQ<enter>", (80, 24)),
        ("S", (120, 36)),
        ("S", (200, 50)),
        ("S", (44, 24)),
        ("S", (24, 16)),
    ] {
        let mut state = working();
        screen(&mut state, width, height);
        press(&mut state, keys);
        let frame = rows(&screen(&mut state, width, height));
        insta::assert_snapshot!(format!("split_{width}x{height}"), frame);
    }
}

fn some_wire() -> impl Strategy<Value = Vec<(bool, Vec<u8>)>> {
    let octet = prop::sample::select(vec![b'a', b'b', b'A', b'\n', 0x2b, b'2']);
    let read = prop::collection::vec(octet, 0..40);
    prop::collection::vec((any::<bool>(), read), 0..30)
}

proptest! {
    /// However the octets are cut into reads, and whenever the search begins: what is found is what stands in each direction's stream.
    #[test]
    fn no_cut_hides_a_finding(reads in some_wire(), begin in 0usize..30, typed in "(2b|a|b2|ab|2b 61|\"aba\")") {
        let needle = Needle::read(&typed).unwrap().unwrap();
        let mut traffic = Traffic::default();
        let mut streams = [Vec::new(), Vec::new()];
        for (n, (up, octets)) in reads.iter().enumerate() {
            if n == begin {
                traffic.hex.set_search(Some(needle.clone()));
            }
            let dir = if *up { Direction::Tx } else { Direction::Rx };
            streams[usize::from(*up)].extend_from_slice(octets);
            take(&mut traffic, &wire(n as u64 + 1, dir, octets));
        }
        if begin >= reads.len() {
            traffic.hex.set_search(Some(needle.clone()));
        }
        let wanted: usize = streams.iter().map(|s| needle.find(s).len()).sum();
        prop_assert_eq!(traffic.hex.found().1, wanted);
        // Each is reached once in one round, in order, in both faces.
        for split in [false, true] {
            traffic.turn_hex(split);
            traffic.hex.find_from(None);
            prop_assert_eq!(traffic.hex.found(), (wanted, wanted));
            for at in 1..=wanted {
                let around = traffic.hex.to_found(true);
                prop_assert_eq!((around, traffic.hex.found().0), (Some(at == 1), at));
            }
            for at in (1..wanted).rev() {
                let around = traffic.hex.to_found(false);
                prop_assert_eq!((around, traffic.hex.found().0), (Some(false), at));
            }
            // All octets stand in it, in their order.
            let mut seen = [Vec::new(), Vec::new()];
            traffic.freeze();
            traffic.freeze();
            for row in traffic.hex.visible() {
                prop_assert!(!row.octets.is_empty() && row.octets.len() <= LONGEST);
                seen[usize::from(row.dir == Direction::Tx)].extend_from_slice(&row.octets);
            }
            prop_assert_eq!(&seen, &streams);
        }
    }
}

/// A search over a flood stays bounded and true: what is no longer kept is no longer counted.
#[test]
fn a_search_forgets_what_is_no_longer_kept() {
    let mut traffic = Traffic::default();
    traffic.hex.set_search(Needle::read("needle").unwrap());
    let straw = Arc::new([b'-'; 1_024]);
    take(&mut traffic, &wire(1, Direction::Rx, b"needle"));
    for id in 2..200 {
        take(&mut traffic, &wire(id, Direction::Rx, &straw[..]));
    }
    assert_eq!(traffic.hex.found(), (0, 0));
    for id in 1_000..1_600 {
        take(&mut traffic, &wire(id, Direction::Rx, &straw[..]));
    }
    assert_eq!(traffic.hex.findings(), 0, "no face keeps it");
    take(&mut traffic, &wire(2_000, Direction::Rx, b"a needle"));
    assert_eq!(traffic.hex.found(), (1, 1));
    assert_eq!(traffic.hex.to_found(true), Some(true));
}

/// Lines of 64 octets reach four times as far back as rows of sixteen: what stands on the screen is found, whenever it is looked for.
#[test]
fn what_only_the_face_of_lines_still_keeps_is_found() {
    let straw = Arc::new([b'-'; 1_024]);
    let mut traffic = Traffic::default();
    take(&mut traffic, &wire(1, Direction::Rx, b"needle"));
    for id in 2..200 {
        take(&mut traffic, &wire(id, Direction::Rx, &straw[..]));
    }
    traffic.hex.set_search(Needle::read("needle").unwrap());
    assert_eq!(traffic.hex.found().1, 0, "rows of sixteen keep it no more");
    traffic.turn_hex(true);
    assert_eq!(traffic.hex.found().1, 1);
    assert!(traffic.hex.to_found(true).is_some());
}
