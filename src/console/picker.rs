//! Choosing a modem where none was named: the serial ports of this machine, and the simulated worlds.
//!
//! In: keys, the ports as they are now, what one of them answered when the person asked. Out: what the edge shall do. Pure: nothing
//! here opens, lists or asks anything, and no port is ever asked by itself.
use super::keymap::Chord;
use super::text;
use super::theme::Theme;
use super::view::picker as drawn;
use ratatui::crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};

/// The filter has at most so many characters.
const LONGEST_FILTER: usize = 40;

/// A serial port of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortRow {
    /// The name to open it by: `/dev/ttyUSB2`, `COM24`.
    pub name: String,
    /// On USB: vendor and product, `1e0e:9001`.
    pub usb: Option<String>,
    /// On USB: `bInterfaceNumber`.
    pub interface: Option<u8>,
    /// What the interface is for, where that is known: `AT`, `NMEA`.
    pub role: &'static str,
    /// Who made it and what it calls itself.
    pub product: String,
    /// `iSerial`.
    pub serial_number: Option<String>,
    /// Whether AT commands may be answered there; others are not asked.
    pub may_answer: bool,
    /// Who has it open, with process numbers; `None` where nobody was found.
    pub held_by: Option<String>,
    /// ModemManager has it, or may have it.
    pub modem_manager: bool,
    /// What to do about who holds it.
    pub remedy: String,
}

/// A simulated world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorldRow {
    /// `mint`
    pub name: String,
    /// One line about it.
    pub about: String,
}

/// What is known of a port that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The question is on its way.
    Waiting,
    /// A modem answered: model and firmware.
    Answers(String),
    /// None did; what came instead.
    Fails(String),
}

/// What the person chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A serial port.
    Port {
        /// Its name.
        name: String,
        /// ModemManager is asked to let it go first.
        inhibit: bool,
    },
    /// A simulated world, by name.
    World(String),
}

/// A row that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A serial port.
    Port(&'a PortRow),
    /// A simulated world.
    World(&'a WorldRow),
}

impl Item<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Port(port) => &port.name,
            Self::World(world) => &world.name,
        }
    }

    fn fits(&self, filter: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(filter);
        match self {
            Self::Port(p) => has(&p.name) || has(&p.product) || p.usb.as_deref().is_some_and(has),
            Self::World(w) => has(&w.name) || has(&w.about),
        }
    }
}

/// Everything that the picker shows.
#[derive(Clone, Debug)]
pub struct Picker {
    /// The ports, the likeliest first; `None` before the first look.
    pub ports: Option<Vec<PortRow>>,
    /// UARTs behind which there is nothing: counted, not listed.
    pub folded: usize,
    /// The worlds.
    pub worlds: Vec<WorldRow>,
    /// Ports that were asked, by name.
    pub asked: Vec<(String, Asked)>,
    /// The name of the chosen row and whether it is a port.
    chosen: Option<(bool, String)>,
    /// What rows must have in them, while it is typed.
    pub filter: Option<String>,
    /// A word to the person, until the next key.
    pub hint: Option<String>,
    /// The session that goes on behind the picker, in words; none at the start.
    pub running: Option<String>,
    /// Why the last choice could not be opened; until the next choice.
    pub refused: Option<String>,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// Looks.
    pub theme: Theme,
}

/// What comes in.
#[derive(Debug)]
pub enum Message {
    /// A key.
    Key(KeyEvent),
    /// The mouse.
    Mouse(MouseEvent),
    /// Text pasted as one piece.
    Paste(String),
    /// Columns and rows of the screen.
    Resize(u16, u16),
    /// The ports as they are now, and how many UARTs with nothing behind them there are besides.
    Ports(Vec<PortRow>, usize),
    /// What a port answered, or why it did not.
    Answered(String, Result<String, String>),
    /// The choice could not be opened, and why.
    Refused(String),
    /// A word to the person.
    Hint(String),
}

/// What the edge shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// End with this choice.
    Open(Choice),
    /// Ask this port whether a modem answers.
    Ask(String),
    /// Look for ports now.
    Look,
    /// Draw the whole screen anew.
    Redraw,
    /// Give the terminal back and stop, until continued.
    Suspend,
    /// End without a choice.
    Leave,
}

/// What a key means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The row above.
    Up,
    /// The row below.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// The first row.
    First,
    /// The last row.
    Last,
    /// From the ports to the worlds and back.
    Section,
    /// Opens what is chosen.
    Open,
    /// Asks the chosen port whether a modem answers.
    Ask,
    /// Opens the chosen port after ModemManager was asked to let it go.
    Inhibit,
    /// Types a filter.
    Filter,
    /// Looks for ports now.
    Look,
    /// Ends.
    Leave,
    /// Draws everything anew.
    Redraw,
    /// Suspends the program.
    Suspend,
}

/// A row of the picker's keys: action, keys, and its word in the footer (none for what needs no telling).
pub struct Key {
    /// The action.
    pub act: Act,
    /// Its keys, as [`Chord::parse`] reads them.
    pub keys: &'static [&'static str],
    /// The footer's word.
    pub label: &'static str,
}

const fn key(act: Act, label: &'static str, keys: &'static [&'static str]) -> Key {
    Key { act, keys, label }
}

/// The keys, in the order of the footer; a footer that is too narrow leaves out the last ones but one: leaving.
pub const KEYS: &[Key] = &[
    key(Act::Open, "open", &["enter"]),
    key(Act::Inhibit, "open without ModemManager", &["i"]),
    key(Act::Ask, "ask if a modem answers", &["a"]),
    key(Act::Section, "ports/worlds", &["tab", "backtab"]),
    key(Act::Filter, "filter", &["/"]),
    key(Act::Look, "look again", &["r", "f5"]),
    key(Act::Leave, "leave", &["q", "esc", "ctrl-c", "ctrl-q"]),
    key(Act::Up, "", &["up", "k"]),
    key(Act::Down, "", &["down", "j"]),
    key(Act::PageUp, "", &["pageup"]),
    key(Act::PageDown, "", &["pagedown"]),
    key(Act::First, "", &["home", "g"]),
    key(Act::Last, "", &["end", "G"]),
    key(Act::Redraw, "", &["ctrl-l"]),
    key(Act::Suspend, "", &["ctrl-z"]),
];

impl Picker {
    /// The picker before the first look at the ports.
    #[must_use]
    pub fn new(worlds: Vec<WorldRow>, theme: Theme) -> Self {
        Self {
            ports: None,
            folded: 0,
            worlds,
            asked: Vec::new(),
            chosen: None,
            filter: None,
            hint: None,
            running: None,
            refused: None,
            size: (0, 0),
            theme,
        }
    }

    /// Lies over a session on this line, whose own row is chosen first: Enter by accident must not open something else.
    #[must_use]
    pub fn over(mut self, running: &str) -> Self {
        let world = running.strip_prefix("world ");
        self.chosen = Some((world.is_none(), world.unwrap_or(running).to_owned()));
        self.running = Some(running.to_owned());
        self
    }

    /// The rows that can be chosen now: ports, then worlds, as far as the filter lets them through.
    #[must_use]
    pub fn items(&self) -> Vec<Item<'_>> {
        let filter = self.filter.as_deref().unwrap_or("").to_lowercase();
        let ports = self.ports.iter().flatten().map(Item::Port);
        let items = ports
            .chain(self.worlds.iter().map(Item::World))
            .filter(|item| filter.is_empty() || item.fits(&filter));
        // What is called so comes before what only speaks of it.
        let (named, about): (Vec<_>, Vec<_>) =
            items.partition(|item| item.name().to_lowercase().contains(&filter));
        [named, about].concat()
    }

    /// The place of the chosen row among [`Self::items`]; the first one where nothing was chosen yet.
    #[must_use]
    pub fn chosen(&self) -> usize {
        let items = self.items();
        let place = self.chosen.as_ref().and_then(|(port, name)| {
            let same =
                |i: &Item<'_>| matches!(i, Item::Port(_)) == *port && i.name() == name.as_str();
            items.iter().position(same)
        });
        place.unwrap_or(0)
    }

    /// The chosen row.
    #[must_use]
    pub fn item(&self) -> Option<Item<'_>> {
        self.items().get(self.chosen()).copied()
    }

    /// What is known of a port that was asked.
    #[must_use]
    pub fn said(&self, name: &str) -> Option<&Asked> {
        let found = self.asked.iter().find(|(n, _)| n == name);
        found.map(|(_, asked)| asked)
    }

    /// Whether an action has something to act on now.
    #[must_use]
    pub fn is_valid(&self, act: Act) -> bool {
        match (act, self.item()) {
            (Act::Open, item) => item.is_some(),
            (Act::Ask, Some(Item::Port(port))) => port.may_answer,
            (Act::Inhibit, Some(Item::Port(port))) => port.modem_manager,
            (Act::Ask | Act::Inhibit, _) => false,
            (Act::Section, _) => self.ports.as_ref().is_some_and(|p| !p.is_empty()),
            _ => true,
        }
    }

    /// Chooses the row at this place; the nearest there is.
    fn choose(&mut self, place: usize) {
        let items = self.items();
        let at = place.min(items.len().saturating_sub(1));
        let chosen = items
            .get(at)
            .map(|i| (matches!(i, Item::Port(_)), i.name().to_owned()));
        if chosen.is_some() {
            self.chosen = chosen;
        }
    }

    fn step(&mut self, by: isize) {
        self.choose(self.chosen().saturating_add_signed(by));
    }

    fn page(&self) -> isize {
        isize::try_from(drawn::list_height(self).saturating_sub(1).max(1)).unwrap_or(1)
    }

    fn set_asked(&mut self, name: &str, now: Asked) {
        self.asked.retain(|(n, _)| n != name);
        self.asked.push((name.to_owned(), now));
    }
}

/// Takes a message in.
pub fn update(picker: &mut Picker, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) if key.kind != KeyEventKind::Release => return on_key(picker, &key),
        Message::Key(_) => {}
        Message::Mouse(mouse) => return on_mouse(picker, &mouse),
        Message::Paste(pasted) => {
            if picker.filter.is_some() {
                pasted.chars().for_each(|c| narrow(picker, c));
            }
        }
        Message::Resize(width, height) => picker.size = (width, height),
        Message::Ports(ports, folded) => on_ports(picker, ports, folded),
        Message::Answered(name, answer) => {
            let now = match answer {
                Ok(says) => Asked::Answers(says),
                Err(why) => Asked::Fails(why),
            };
            picker.set_asked(&name, now);
        }
        Message::Refused(why) => picker.refused = Some(text::clean(&why)),
        Message::Hint(hint) => picker.hint = Some(text::clean(&hint)),
    }
    Vec::new()
}

/// The list as it is now. What is chosen stays chosen: a device that appears must not slip under somebody's Enter.
fn on_ports(picker: &mut Picker, ports: Vec<PortRow>, folded: usize) {
    let place = picker.chosen();
    let names = |rows: &[PortRow]| -> Vec<String> { rows.iter().map(|p| p.name.clone()).collect() };
    let now = names(&ports);
    if let Some(before) = picker.ports.as_deref().map(names) {
        // Held as it stood before rows appeared above it.
        picker.choose(place);
        let new: Vec<&str> = now
            .iter()
            .filter(|n| !before.contains(n))
            .map(String::as_str)
            .collect();
        let gone: Vec<&str> = before
            .iter()
            .filter(|n| !now.contains(n))
            .map(String::as_str)
            .collect();
        let says = match (&new[..], &gone[..]) {
            ([], []) => None,
            ([], gone) => Some(format!("Gone: {}", gone.join(", "))),
            (new, _) => Some(format!("New: {}", new.join(", "))),
        };
        if let Some(says) = says {
            picker.hint = Some(text::clean(&says));
        }
    }
    picker.asked.retain(|(name, _)| now.contains(name));
    picker.ports = Some(ports);
    picker.folded = folded;
    let there = |(port, name): &(bool, String)| {
        let same = |i: &Item<'_>| matches!(i, Item::Port(_)) == *port && i.name() == name;
        picker.items().iter().any(same)
    };
    if picker.chosen.as_ref().is_some_and(|c| !there(c)) {
        picker.choose(place);
    }
}

fn on_key(picker: &mut Picker, key: &KeyEvent) -> Vec<Effect> {
    picker.hint = None;
    let chord = Chord::of(key);
    if picker.filter.is_some() && typed(picker, &chord) {
        return Vec::new();
    }
    let means = |k: &&Key| k.keys.iter().any(|&t| Chord::parse(t) == Some(chord));
    match KEYS.iter().find(means) {
        Some(key) => act(picker, key.act),
        None => Vec::new(),
    }
}

/// A key while the filter is typed; whether it was taken.
fn typed(picker: &mut Picker, chord: &Chord) -> bool {
    if let (true, Some(c)) = (chord.is_text(), chord.character()) {
        narrow(picker, c);
        return true;
    }
    if Chord::parse("esc") == Some(*chord) {
        picker.filter = None;
        return true;
    }
    if Chord::parse("backspace") == Some(*chord) {
        let emptied = picker.filter.as_mut().is_some_and(|f| f.pop().is_none());
        if emptied {
            picker.filter = None;
        }
        return true;
    }
    false
}

fn narrow(picker: &mut Picker, c: char) {
    if let Some(filter) = &mut picker.filter
        && !c.is_control()
        && filter.chars().count() < LONGEST_FILTER
    {
        filter.push(c);
    }
}

/// Does an action; also for the mouse.
pub fn act(picker: &mut Picker, act: Act) -> Vec<Effect> {
    if !picker.is_valid(act) {
        picker.hint = why_not(picker, act);
        return Vec::new();
    }
    match act {
        Act::Up => picker.step(-1),
        Act::Down => picker.step(1),
        Act::PageUp => picker.step(-picker.page()),
        Act::PageDown => picker.step(picker.page()),
        Act::First => picker.choose(0),
        Act::Last => picker.choose(usize::MAX),
        Act::Section => other_section(picker),
        Act::Open => return open(picker, false),
        Act::Inhibit => return open(picker, true),
        Act::Ask => return ask(picker),
        Act::Filter => picker.filter = Some(String::new()),
        Act::Look => return vec![Effect::Look],
        Act::Leave => return vec![Effect::Leave],
        Act::Redraw => return vec![Effect::Redraw],
        Act::Suspend => return vec![Effect::Suspend],
    }
    Vec::new()
}

/// Why an action has nothing to act on, where somebody may wonder.
fn why_not(picker: &Picker, act: Act) -> Option<String> {
    let says = match (act, picker.item()) {
        (Act::Ask, Some(Item::Port(_))) => {
            "This interface is known to answer no AT: a question there can disturb."
        }
        (Act::Ask, Some(Item::World(_))) => "A simulated modem always answers: Enter opens it.",
        (Act::Inhibit, Some(Item::Port(_))) => {
            "ModemManager does not have this port: Enter opens it."
        }
        (Act::Section, _) => "There are no serial ports; the worlds are all that can be chosen.",
        _ => return None,
    };
    Some(says.to_owned())
}

fn other_section(picker: &mut Picker) {
    let on_port = matches!(picker.item(), Some(Item::Port(_)));
    let other = |i: &Item<'_>| matches!(i, Item::Port(_)) != on_port;
    if let Some(place) = picker.items().iter().position(other) {
        picker.choose(place);
    }
}

fn open(picker: &mut Picker, inhibit: bool) -> Vec<Effect> {
    let choice = match picker.item() {
        Some(Item::Port(port)) => Choice::Port {
            name: port.name.clone(),
            inhibit,
        },
        Some(Item::World(world)) => Choice::World(world.name.clone()),
        None => return Vec::new(),
    };
    picker.choose(picker.chosen());
    picker.refused = None;
    vec![Effect::Open(choice)]
}

/// A port that somebody has open is not asked: two readers take octets from each other.
fn ask(picker: &mut Picker) -> Vec<Effect> {
    let Some(Item::Port(port)) = picker.item() else {
        return Vec::new();
    };
    if let Some(holders) = &port.held_by {
        picker.hint = Some(text::clean(&format!(
            "Not asked: {holders} has it open, and two readers take octets from each other."
        )));
        return Vec::new();
    }
    if picker
        .asked
        .iter()
        .any(|(_, asked)| *asked == Asked::Waiting)
    {
        picker.hint = Some("One port is being asked: a moment.".to_owned());
        return Vec::new();
    }
    let name = port.name.clone();
    picker.choose(picker.chosen());
    picker.set_asked(&name, Asked::Waiting);
    vec![Effect::Ask(name)]
}

fn on_mouse(picker: &mut Picker, mouse: &MouseEvent) -> Vec<Effect> {
    match mouse.kind {
        MouseEventKind::ScrollUp => picker.step(-1),
        MouseEventKind::ScrollDown => picker.step(1),
        MouseEventKind::Down(MouseButton::Left) => {
            picker.hint = None;
            if let Some(key) = drawn::key_at(picker, mouse.column, mouse.row) {
                return act(picker, key);
            }
            if let Some(place) = drawn::item_at(picker, mouse.column, mouse.row) {
                picker.choose(place);
            }
        }
        _ => {}
    }
    Vec::new()
}
