//! Keys of one's own, layouts, and what happens while the second of two keys is waited for.
use super::keys::{after, press};
use super::story::{self, rows, screen};
use mmscope::config::Config;
use mmscope::console::action::{Place, TABLE};
use mmscope::console::keymap::{Keymap, Stroke, template};
use mmscope::console::state::Overlay;
use mmscope::console::{Action, Effect, Layout, Message, Order, Pane, State, Theme, update};
use proptest::prelude::*;

fn read(text: &str) -> Result<(Keymap, Vec<String>), String> {
    let config = Config::parse("config.toml", text).map_err(|e| e.to_string())?;
    Keymap::of(text, &config.keys).map_err(|faults| {
        let says: Vec<String> = faults.iter().map(ToString::to_string).collect();
        says.join("\n")
    })
}

fn keys(text: &str) -> Keymap {
    read(text).unwrap().0
}

/// A console with keys of its own.
fn console(text: &str) -> State {
    let mut state = story::console(&story::draft(), Theme::default());
    state.keymap = keys(text);
    update(&mut state, Message::Resize(80, 24));
    state
}

fn all(keymap: &Keymap) -> Vec<(Stroke, Place, Action)> {
    let bindings = keymap.bindings().iter();
    bindings.map(|b| (b.stroke(), b.place, b.action)).collect()
}

#[test]
fn the_template_lists_every_action_and_changes_nothing_as_it_stands() {
    let template = template();
    for row in TABLE {
        assert!(
            template.contains(&format!("\n#{} = [", row.name)),
            "{} is not in the template",
            row.name
        );
    }
    assert_eq!(all(&keys(&template)), all(&Keymap::default()));
    let uncommented: String = template
        .lines()
        .filter(|l| l.starts_with('#') && !l.starts_with("# "))
        .map(|l| format!("{}\n", &l[1..]))
        .collect();
    let (mut full, mut default) = (all(&keys(&uncommented)), all(&Keymap::default()));
    for list in [&mut full, &mut default] {
        list.sort_by_key(|entry| format!("{entry:?}"));
    }
    assert_eq!(full, default, "every line says what holds without it");
}

#[test]
fn a_key_of_ones_own_replaces_those_of_the_action() {
    let mut state = console("[keys]\nsend = [\"f10\", \"ctrl-g\"]\n");
    assert_eq!(press(&mut state, "<ctrl-s>"), []);
    assert_eq!(
        press(&mut state, "e<ctrl-g>"),
        [Effect::Order(Order::Send(story::draft()))],
        "also while text is typed"
    );
    let footer = rows(&screen(&mut state, 80, 24));
    assert!(footer.contains("F10 send"), "{footer}");
    press(&mut state, "<esc>?send");
    let help = rows(&screen(&mut state, 80, 24));
    assert!(help.contains("! F10  ^G"), "{help}");
}

#[test]
fn a_plain_key_acts_outside_text_and_is_text_in_it() {
    let mut state = console("[keys]\nwrite = [\"i\"]\n");
    press(&mut state, "i");
    assert!(state.typing);
    press(&mut state, "<ctrl-end> i");
    assert!(state.draft().text.ends_with(" i"));
    press(&mut state, "<esc>e");
    assert!(!state.typing, "its old key is gone");
    press(&mut state, "1<enter>");
    assert!(!state.typing, "and so is its key in the pane");
}

#[test]
fn an_empty_list_takes_the_keys_away_and_the_palette_still_finds_it() {
    let mut state = console("[keys]\nfreeze = []\n");
    press(&mut state, "f");
    assert_eq!(state.traffic.eye, mmscope::console::traffic::Eye::Follow);
    press(&mut state, ":freeze<enter>");
    assert_ne!(state.traffic.eye, mmscope::console::traffic::Eye::Follow);
}

/// What is written, where the fault is, what it says, and the remedy.
#[test]
fn a_wrong_key_is_named_with_its_place_and_remedy() {
    let table = [
        (
            "sned = [\"ctrl-g\"]",
            "2:1: `sned` is no action",
            "did you mean `send`?",
        ),
        ("xyzzy = []", "2:1: `xyzzy` is no action", "config --keys"),
        ("send = [\"ctlr-g\"]", "2:9: `ctlr-g` is no key", "ctrl-s"),
        (
            "send = [\"a b c\"]",
            "2:9: `a b c` is no key",
            "one after the other",
        ),
        (
            "send = [\"s\"]",
            "2:9: `s` is a plain character, and `send` changes",
            "ctrl-",
        ),
        (
            "send = [\"g s\"]",
            "2:9: `g s` is a plain character",
            "ctrl-",
        ),
        (
            "use-profile = [\"space\"]",
            "2:16: `space` is a plain character",
            "Enter",
        ),
        (
            "cursor-left = [\"h\"]",
            "2:16: `h` is text where `cursor-left` is valid",
            "ctrl-",
        ),
        (
            "http = [\"x\"]\nbubble = [\"x\"]",
            "3:11: x is given to `http` already",
            "give `bubble` another",
        ),
        (
            "http = [\"g g\"]\nfirst = [\"g\"]",
            "3:10: g is given to `http` already",
            "",
        ),
        ("http = [\"enter\"]", "", ""),
        ("quit = []", "2:1: `quit` needs a key", "no way out"),
        (
            "stop = [\"ctrl-s\"]",
            "2:9: ^S is the only key of `send`",
            "send = []",
        ),
        (
            "preset = \"emacs\"",
            "2:10: `emacs` is no preset",
            "standard, arrows, vim",
        ),
        (
            "leader = \"ctrl-s\"",
            "2:10: `ctrl-s` is a key of `send`",
            "take another key",
        ),
        (
            "zoom = [\"ctrl-k\"]",
            "2:9: ^K would leave ^K t undecided, the only key of `next-theme`",
            "next-theme = []",
        ),
        ("leader = \"g\"", "2:10: `g` is a plain character", "ctrl-k"),
        ("send = \"ctrl-g\"", "2:8: invalid type", "quotes"),
        ("send = [3]", "2:9: invalid type", "quotes"),
    ];
    for (lines, says, remedy) in table {
        let text = format!("[keys]\n{lines}\n");
        match read(&text) {
            Ok(_) => assert_eq!(says, "", "{lines} was taken"),
            Err(error) => {
                assert!(
                    !says.is_empty() && error.contains(says),
                    "{lines}\n{error}\n  lacks {says}"
                );
                assert!(error.contains(remedy), "{error}\n  lacks {remedy}");
            }
        }
    }
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_file() {
    let error = read("[keys]\nzoom = [\"zz zz zz\"]\nsned = []\nsend = [\"s\"]\n").unwrap_err();
    let places: Vec<&str> = error.lines().map(|l| &l[..4]).collect();
    assert_eq!(places, ["2:9:", "3:1:", "4:9:"]);
}

#[test]
fn what_is_taken_from_a_default_is_said() {
    let (keymap, remarks) = read("[keys]\nhttp = [\"p\"]\n").unwrap();
    assert_eq!(
        remarks,
        ["p is now http, and no longer profiles (which keeps 8, ^O, F2, Alt-8)"]
    );
    let mut state = console("[keys]\nhttp = [\"p\"]\n");
    press(&mut state, "p");
    assert_eq!(state.overlay, None);
    assert_eq!(keymap.keys(Action::Http).len(), 1);
}

#[test]
fn two_keys_one_after_the_other() {
    let mut state = console("[keys]\nleader = \"ctrl-t\"\nzoom = [\"leader z\"]\n");
    press(&mut state, "e<ctrl-t>");
    let seen = rows(&screen(&mut state, 80, 24));
    let footer: Vec<&str> = seen.lines().skip(21).collect();
    let footer = footer.join(" ");
    assert!(
        footer.contains("^T …") && footer.contains("z zoom") && footer.contains("r reload"),
        "the footer shows what may follow: {footer}"
    );
    let before = state.draft();
    press(&mut state, "z");
    assert!(state.zoomed);
    assert_eq!(state.draft(), before, "the second key is no text");
    press(&mut state, "<ctrl-t>w");
    assert_eq!(state.draft(), before);
    assert!(
        state
            .hint
            .as_ref()
            .unwrap()
            .contains("^T w means nothing here")
    );
    press(&mut state, "<ctrl-t><esc>");
    assert_eq!(state.pending, None);
    assert!(
        state.typing,
        "a wait that is broken off leaves the text field"
    );
}

#[test]
fn vim_and_arrows_are_sets_of_their_own() {
    let mut vim = console("[keys]\npreset = \"vim\"\n");
    story::hear(&mut vim, &story::sent());
    press(&mut vim, "<esc>3gg");
    assert_ne!(vim.traffic.eye, mmscope::console::traffic::Eye::Follow);
    press(&mut vim, "G");
    assert_eq!(vim.traffic.eye, mmscope::console::traffic::Eye::Follow);
    press(&mut vim, "<ctrl-w>w");
    assert_eq!(vim.focus, Pane::Signal);
    press(&mut vim, "i");
    assert!(vim.typing);
    let mut arrows = console("[keys]\npreset = \"arrows\"\n");
    story::hear(&mut arrows, &story::sent());
    press(&mut arrows, "<esc>3k");
    assert_eq!(arrows.traffic.eye, mmscope::console::traffic::Eye::Follow);
    press(&mut arrows, "<up>");
    assert_ne!(arrows.traffic.eye, mmscope::console::traffic::Eye::Follow);
    for preset in ["standard", "arrows", "vim"] {
        let keymap = keys(&format!("[keys]\npreset = \"{preset}\"\n"));
        for (n, a) in keymap.bindings().iter().enumerate() {
            for b in &keymap.bindings()[n + 1..] {
                let clash = a.place == b.place
                    && a.chord == b.chord
                    && (a.then == b.then || a.then.is_none() || b.then.is_none());
                assert!(
                    !clash,
                    "{preset}: {:?} and {:?} share {}",
                    a.action,
                    b.action,
                    a.stroke().shown()
                );
            }
        }
    }
}

#[test]
fn every_key_is_written_as_it_is_read() {
    let leader = Keymap::default().leader();
    for row in TABLE {
        for (key, _) in row.keys {
            let stroke = Stroke::parse(key, leader).unwrap();
            assert_eq!(stroke.written(leader), *key);
        }
    }
}

fn layout(text: &str) -> Result<Layout, String> {
    let config = Config::parse("config.toml", text).map_err(|e| e.to_string())?;
    let screen = &config.screen;
    Layout::of(text, screen.layout.as_ref(), &screen.panes).map_err(|e| e.to_string())
}

#[test]
fn the_bench_is_divided_as_one_wants() {
    let mut state = after(&story::sent());
    let panes =
        |state: &State| -> Vec<Pane> { state.plan().panes.iter().map(|(p, _)| *p).collect() };
    press(&mut state, "<esc>2");
    press(&mut state, "<ctrl-k>l");
    assert_eq!(panes(&state), [Pane::Compose, Pane::Send]);
    assert!(
        state
            .hint
            .as_ref()
            .unwrap()
            .contains("layout = \"message\"")
    );
    press(&mut state, "<ctrl-k>l");
    assert_eq!(panes(&state), [Pane::Traffic, Pane::Send, Pane::Contexts]);
    press(&mut state, "6");
    assert_eq!(
        panes(&state),
        [Pane::Traffic, Pane::Send, Pane::Dns],
        "what has no place takes the last one"
    );
    press(&mut state, "2<ctrl-k>l");
    assert_eq!(state.layout.name(), "all", "there is no own one to go to");
    state.layout = layout("[screen]\npanes = [[\"traffic\", \"tcp\"], [\"send\"]]\n").unwrap();
    assert_eq!(panes(&state), [Pane::Traffic, Pane::Tcp, Pane::Send]);
    update(&mut state, Message::Resize(60, 24));
    assert_eq!(panes(&state).len(), 3);
    update(&mut state, Message::Resize(45, 24));
    assert_eq!(
        panes(&state),
        [Pane::Send],
        "too small for it: the usual division holds"
    );
    let seen = rows(&screen(&mut state, 120, 36));
    assert!(
        seen.contains("3 AT traffic") && seen.contains("7 TCP") && !seen.contains("1 Compose ━"),
        "{seen}"
    );
}

#[test]
fn a_wrong_layout_is_named_with_its_place_and_remedy() {
    let table = [
        (
            "layout = \"wires\"",
            "2:10: `wires` is no layout",
            "did you mean `wire`?",
        ),
        (
            "layout = \"own\"",
            "2:10: `own` wants panes of your own",
            "panes = ",
        ),
        (
            "panes = [[\"compose\", \"sned\"]]",
            "2:22: `sned` is no pane of the bench",
            "`send`",
        ),
        (
            "panes = [[\"send\"], [\"send\"]]",
            "2:21: `send` stands there twice",
            "once",
        ),
        (
            "panes = [[\"compose\", \"send\", \"signal\", \"dns\", \"tcp\"]]",
            "more than 4 rows",
            "one key away",
        ),
        ("panes = [\"send\"]", "2:10: invalid type", ""),
    ];
    for (line, says, remedy) in table {
        let error = layout(&format!("[screen]\n{line}\n")).unwrap_err();
        assert!(error.contains(says), "{error}\n  lacks {says}");
        assert!(error.contains(remedy), "{error}\n  lacks {remedy}");
    }
}

#[test]
fn a_reload_is_asked_of_the_edge_and_its_looks_are_put_on() {
    let mut state = after(&story::failed());
    assert_eq!(press(&mut state, "<esc><ctrl-k>r"), [Effect::Reload]);
    let looks = mmscope::console::Looks {
        keymap: keys("[keys]\nzoom = [\"x\"]\n"),
        theme: Theme::default().next(),
        layout: Layout::default(),
        ..Default::default()
    };
    update(&mut state, Message::Reloaded(Box::new(looks)));
    assert_eq!(state.theme.name, "dark");
    press(&mut state, "x");
    assert!(state.zoomed);
    assert_eq!(state.overlay, None::<Overlay>);
}

proptest! {
    /// Whatever stands in the file: a keymap, or faults; and a keymap never has two actions on one key of one place.
    #[test]
    fn no_keys_make_it_panic(entries in prop::collection::vec((0usize..TABLE.len(), prop::collection::vec("(ctrl-|alt-|leader )?([a-z?:]|f[1-9]|enter|esc|tab|up|space|g g)", 0..3)), 0..6)) {
        let mut text = String::from("[keys]\n");
        let mut seen = Vec::new();
        for (row, keys) in entries {
            if !seen.contains(&row) {
                seen.push(row);
                text.push_str(&format!("{} = {keys:?}\n", TABLE[row].name));
            }
        }
        if let Ok((keymap, _)) = read(&text) {
            let given: Vec<_> = keymap.bindings().to_vec();
            for (n, a) in given.iter().enumerate() {
                for b in given[n + 1..].iter().filter(|b| b.action != a.action) {
                    prop_assert!(a.stroke() != b.stroke() || a.place != b.place, "{text}\n{a:?}\n{b:?}");
                }
            }
        }
    }
}

/// A word about a key names the one that is bound.
#[test]
fn the_panel_of_the_columns_names_the_keys_that_are_bound() {
    let mut state = console("[keys]\ncolumn-turn = [\"f2\"]\ncolumn-copy = [\"c\"]\n");
    story::hear(&mut state, &story::failed());
    press(&mut state, "<esc>3C<down><f2>");
    let frame = rows(&screen(&mut state, 120, 36));
    assert!(frame.contains("; c copies it"), "{frame}");
    press(&mut state, "<left>");
    let says = state.hint.clone().unwrap();
    assert!(says.contains("F2 shows it"), "{says}");
}
