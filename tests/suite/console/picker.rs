//! Choosing a modem where none was named: what is seen, what the keys do, and how the list follows the devices.
use super::keys::keys;
use super::story::rows;
use futures_util::{Stream, StreamExt};
use mmscope::console::picker::{Effect, Message, update};
use mmscope::console::{
    Canvas, Choice, Colours, Picker, PortRow, Ports, State, Theme, WorldRow, pick_on,
};
use mmscope::simulator::World;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::Event as Input;
use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, sleep};

fn worlds() -> Vec<WorldRow> {
    let shipped = World::shipped().into_iter();
    let rows = shipped.map(|(name, about)| WorldRow {
        name: name.into(),
        about,
    });
    rows.collect()
}

fn port(name: &str, interface: u8, role: &'static str, may_answer: bool) -> PortRow {
    PortRow {
        name: name.into(),
        usb: Some("1e0e:9001".into()),
        interface: Some(interface),
        role,
        product: "SimTech, Incorporated".into(),
        serial_number: Some("0123456789ABCDEF".into()),
        may_answer,
        ..PortRow::default()
    }
}

fn ports() -> Vec<PortRow> {
    let held = PortRow {
        held_by: Some("ModemManager (pid 812)".into()),
        modem_manager: true,
        remedy: "stop it".into(),
        ..port("/dev/ttyUSB2", 2, "AT", true)
    };
    let uart = PortRow {
        name: "/dev/ttyS0".into(),
        may_answer: true,
        held_by: Some("picocom (pid 4711)".into()),
        remedy: "It is held by picocom (pid 4711). Close that program first".into(),
        ..PortRow::default()
    };
    vec![
        held,
        port("/dev/ttyUSB3", 3, "AT (second, for PPP)", true),
        port("/dev/ttyUSB1", 1, "NMEA", false),
        uart,
    ]
}

fn with(ports: Vec<PortRow>, theme: Theme) -> Picker {
    let mut picker = Picker::new(worlds(), theme);
    update(&mut picker, Message::Resize(80, 24));
    update(&mut picker, Message::Ports(ports, 3));
    picker
}

fn press(picker: &mut Picker, script: &str) -> Vec<Effect> {
    let pressed = keys(script).into_iter();
    pressed
        .flat_map(|k| update(picker, Message::Key(k)))
        .collect()
}

fn screen(picker: &mut Picker, (width, height): (u16, u16)) -> String {
    update(picker, Message::Resize(width, height));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let drawn = terminal.draw(|f| mmscope::console::view::picker::draw(picker, f));
    drawn.unwrap();
    rows(terminal.backend().buffer())
}

#[test]
fn the_list_at_the_sizes_that_people_have() {
    for size in [(80, 24), (200, 50), (40, 10), (10, 3)] {
        let mut picker = with(ports(), Theme::default());
        let frame = screen(&mut picker, size);
        insta::assert_snapshot!(format!("picker_{}x{}", size.0, size.1), frame);
    }
    let ascii = Theme::new(Colours::Mono, true);
    let frame = screen(&mut with(ports(), ascii.clone()), (80, 24));
    assert!(frame.is_ascii(), "{frame}");
    insta::assert_snapshot!("picker_ascii_80x24", frame);
    assert!(screen(&mut with(Vec::new(), ascii), (200, 50)).is_ascii());
}

#[test]
fn with_no_port_at_all_it_says_what_to_plug_in_and_offers_the_worlds() {
    let mut picker = with(Vec::new(), Theme::default());
    let frame = screen(&mut picker, (80, 24));
    insta::assert_snapshot!("picker_no_ports_80x24", frame);
    assert_eq!(
        press(&mut picker, "<enter>"),
        [Effect::Open(Choice::World("open".into()))],
        "the world in which everything works is the first"
    );
}

#[test]
fn enter_opens_what_is_chosen_and_nothing_else() {
    let named = |name: &str, inhibit| {
        let name = name.to_owned();
        vec![Effect::Open(Choice::Port { name, inhibit })]
    };
    let world = |name: &str| vec![Effect::Open(Choice::World(name.to_owned()))];
    let table = [
        ("<enter>", named("/dev/ttyUSB2", false)),
        ("i", named("/dev/ttyUSB2", true)),
        ("<down><enter>", named("/dev/ttyUSB3", false)),
        ("<down>i", vec![]),
        ("<down><down><up>j<enter>", named("/dev/ttyUSB1", false)),
        ("<up><up><enter>", named("/dev/ttyUSB2", false)),
        ("<tab><enter>", world("open")),
        ("<tab><tab><enter>", named("/dev/ttyUSB2", false)),
        ("/firewalled<enter>", world("firewalled")),
        ("/FIREWALL<esc><enter>", named("/dev/ttyUSB2", false)),
        ("/usb3<enter>", named("/dev/ttyUSB3", false)),
        ("/no such thing<enter>", vec![]),
        ("/q<esc>q", vec![Effect::Leave]),
        ("<esc>", vec![Effect::Leave]),
        ("<ctrl-c>", vec![Effect::Leave]),
        ("/x<ctrl-c>", vec![Effect::Leave]),
        ("r", vec![Effect::Look]),
        ("<end><up><home><enter>", named("/dev/ttyUSB2", false)),
    ];
    for (script, wanted) in table {
        let mut picker = with(ports(), Theme::default());
        assert_eq!(press(&mut picker, script), wanted, "{script}");
    }
}

#[test]
fn a_port_is_asked_only_on_the_key_and_only_where_nobody_is_disturbed() {
    let mut picker = with(ports(), Theme::default());
    assert_eq!(press(&mut picker, "a"), [], "ModemManager has it");
    assert!(picker.hint.as_ref().unwrap().contains("ModemManager"));
    assert_eq!(
        press(&mut picker, "<down>a"),
        [Effect::Ask("/dev/ttyUSB3".into())]
    );
    assert_eq!(press(&mut picker, "a"), [], "one question at a time");
    let answer = Ok("SIMCOM_SIM7600G-H LE20B05SIM7600G22".to_owned());
    update(
        &mut picker,
        Message::Answered("/dev/ttyUSB3".into(), answer),
    );
    let frame = screen(&mut picker, (120, 36));
    assert!(
        frame.contains("answers: SIMCOM_SIM7600G-H LE20B05SIM7600G22"),
        "{frame}"
    );
    assert_eq!(press(&mut picker, "<down>a"), [], "NMEA answers no AT");
    assert!(picker.hint.as_ref().unwrap().contains("no AT"));
    let mut picker = with(ports(), Theme::default());
    press(&mut picker, "<down>a");
    let silent = Err("silent: nothing answers AT".to_owned());
    update(
        &mut picker,
        Message::Answered("/dev/ttyUSB3".into(), silent),
    );
    let frame = screen(&mut picker, (120, 36));
    assert!(
        frame.contains("No modem answered: silent: nothing answers AT"),
        "{frame}"
    );
}

#[test]
fn a_device_that_comes_or_goes_never_slips_under_the_enter_key() {
    let mut picker = with(ports()[1..].to_vec(), Theme::default());
    let chosen = [Effect::Open(Choice::Port {
        name: "/dev/ttyUSB3".into(),
        inhibit: false,
    })];
    update(&mut picker, Message::Ports(ports(), 3));
    assert!(picker.hint.as_ref().unwrap().contains("/dev/ttyUSB2"));
    assert_eq!(press(&mut picker, "<enter>"), chosen);
    update(&mut picker, Message::Ports(ports()[2..].to_vec(), 3));
    let hint = picker.hint.clone().unwrap();
    assert!(
        hint.starts_with("Gone") && hint.contains("/dev/ttyUSB3"),
        "{hint}"
    );
    // What was known of a device goes with it: another one may come back under its name.
    let mut picker = with(ports(), Theme::default());
    press(&mut picker, "<down>a");
    let answer = Ok("SIM7600".to_owned());
    update(
        &mut picker,
        Message::Answered("/dev/ttyUSB3".into(), answer),
    );
    update(&mut picker, Message::Ports(Vec::new(), 3));
    update(&mut picker, Message::Ports(ports(), 3));
    assert_eq!(picker.said("/dev/ttyUSB3"), None);
}

#[test]
fn what_could_not_be_opened_says_why_and_the_list_stays() {
    let mut picker = with(ports(), Theme::default());
    press(&mut picker, "<enter>");
    let why = "/dev/ttyUSB2: the device is in use by another program.\x1b[2J";
    update(&mut picker, Message::Refused(why.into()));
    let frame = screen(&mut picker, (100, 30));
    assert!(
        frame.contains("Not opened: /dev/ttyUSB2: the device is in use"),
        "{frame}"
    );
    press(&mut picker, "<tab>");
    assert!(picker.refused.is_some(), "until the next choice");
    press(&mut picker, "<enter>");
    assert!(picker.refused.is_none());
}

proptest::proptest! {
    #[test]
    fn every_size_has_a_frame_and_every_key_an_end(
        (width, height) in (0u16..130, 0u16..50),
        script in "[a-zA-Z/ ]{0,12}",
        n in 0usize..5,
    ) {
        let mut picker = with(ports()[..n.min(4)].to_vec(), Theme::default());
        update(&mut picker, Message::Resize(width, height));
        press(&mut picker, &script);
        press(&mut picker, "<pagedown><pageup><end>");
        screen(&mut picker, (width, height));
    }
}

/// A machine whose ports change with time; it counts how often one is asked.
struct Machine {
    start: Instant,
    /// From this second on these ports are there.
    plugged: Vec<(u64, Vec<PortRow>)>,
    asked: RefCell<Vec<String>>,
    looks: Cell<usize>,
}

impl Ports for Machine {
    async fn look(&self) -> (Vec<PortRow>, usize) {
        self.looks.set(self.looks.get() + 1);
        let now = self.start.elapsed().as_secs();
        let there = self.plugged.iter().rev().find(|(from, _)| *from <= now);
        (there.map(|(_, rows)| rows.clone()).unwrap_or_default(), 0)
    }
    async fn ask(&self, name: &str) -> Result<String, String> {
        self.asked.borrow_mut().push(name.to_owned());
        sleep(Duration::from_millis(700)).await;
        Ok("SIM7600".into())
    }
}

#[derive(Default)]
struct Paper(Vec<String>);

impl Canvas for Paper {
    fn draw(&mut self, _: &State) -> io::Result<()> {
        unreachable!("the picker's loop draws no bench")
    }
    fn draw_picker(&mut self, picker: &Picker) -> io::Result<()> {
        self.0.push(screen(&mut picker.clone(), (100, 30)));
        Ok(())
    }
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((100, 30))
    }
    fn redraw(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }
    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Keys = Pin<Box<dyn Stream<Item = io::Result<Input>>>>;

fn pressed(script: &'static [(u64, &'static str)]) -> Keys {
    let each = futures_util::stream::iter(script).then(|(ms, text)| async move {
        sleep(Duration::from_millis(*ms)).await;
        let keys = keys(text).into_iter().map(|k| Ok(Input::Key(k)));
        futures_util::stream::iter(keys.collect::<Vec<_>>())
    });
    Box::pin(each.flatten().chain(futures_util::stream::pending()))
}

async fn run(
    plugged: Vec<(u64, Vec<PortRow>)>,
    script: &'static [(u64, &'static str)],
) -> (Machine, Vec<String>, Option<Choice>) {
    let machine = Machine {
        start: Instant::now(),
        plugged,
        asked: RefCell::default(),
        looks: Cell::new(0),
    };
    let mut paper = Paper::default();
    let picker = Picker::new(worlds(), Theme::default());
    let (_, choice) = pick_on(&mut paper, pressed(script), picker, &machine)
        .await
        .unwrap();
    (machine, paper.0, choice)
}

#[tokio::test(start_paused = true)]
async fn a_modem_that_is_plugged_in_appears_and_one_that_is_pulled_goes() {
    let plugged = vec![(0, vec![]), (3, ports()), (6, vec![])];
    let (machine, frames, choice) = run(plugged, &[(10_500, "q")]).await;
    assert_eq!(choice, None);
    assert_eq!(frames.len(), 3, "drawn only when something changed");
    assert!(frames[0].contains("None is present") && !frames[0].contains("ttyUSB2"));
    assert!(frames[1].contains("New: /dev/ttyUSB2") && frames[1].contains("ttyUSB1  "));
    assert!(frames[2].contains("Gone: ") && frames[2].contains("None is present"));
    assert!(machine.asked.borrow().is_empty(), "nobody was asked");
    assert!(machine.looks.get() <= 12, "once a second");
}

#[tokio::test(start_paused = true)]
async fn the_key_asks_the_answer_is_shown_and_the_choice_ends_it() {
    let plugged = vec![(0, ports())];
    let script = &[(100, "<down>a"), (1_000, "<enter>")];
    let (machine, frames, choice) = run(plugged, script).await;
    assert_eq!(*machine.asked.borrow(), ["/dev/ttyUSB3"]);
    assert!(frames.iter().any(|f| f.contains("Asked AT and ATI")));
    assert!(
        frames
            .iter()
            .any(|f| f.contains("A modem answers: SIM7600"))
    );
    let name = "/dev/ttyUSB3".to_owned();
    let inhibit = false;
    assert_eq!(choice, Some(Choice::Port { name, inhibit }));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_hangs_does_not_hold_the_person() {
    let plugged = vec![(0, ports())];
    let (_, _, choice) = run(plugged, &[(100, "<down>a"), (1, "q")]).await;
    assert_eq!(choice, None);
}

/// `self` is typed for the world self-test; one whose description has "itself" in it stands further down.
#[test]
fn what_is_called_so_comes_before_what_speaks_of_it() {
    let world = |name: &str, about: &str| WorldRow {
        name: name.to_owned(),
        about: about.to_owned(),
    };
    let worlds = vec![
        world("refuses", "it does so by itself"),
        world("self-test", "a line that answers"),
    ];
    let mut picker = Picker::new(worlds, Theme::default());
    picker.filter = Some("self".to_owned());
    let names: Vec<String> = picker.items().iter().map(|i| format!("{i:?}")).collect();
    assert!(names[0].contains("\"self-test\""), "{names:?}");
    assert!(names[1].contains("\"refuses\""), "{names:?}");
}
