//! Choosing a modem in the console, where none was named: the picker's edge to this machine's ports, and the way from a choice to an
//! open session.
use super::args::Global;
use super::drawer::Drawer;
use super::session::{self, Session, Wants};
use super::{Refusal, ports};
use crate::config::Config;
use crate::console::picker::{Message, update};
use crate::console::{Canvas, Choice, Picker, PortRow, Ports, Theme, WorldRow, pick, pick_on};
use crate::serial::{self, Device, Finder, System};
use crate::simulator::World;
use futures_util::{Stream, StreamExt};
use ratatui::crossterm::event::{Event as Input, KeyCode, KeyModifiers};
use std::io;
use std::sync::Arc;

/// Whether the person named a modem or a world, in words or in the configuration.
pub fn is_named(global: &Global, config: &Config) -> bool {
    global.sim || global.world.is_some() || global.port.is_some() || config.port.is_some()
}

/// Lets the person choose until something can be opened; `None` where they leave.
///
/// # Errors
/// The terminal fails; nothing else ends the choosing.
pub async fn choose(
    global: &Global,
    config: &Config,
    theme: &Theme,
    wants: Wants,
) -> Result<Option<Session>, Refusal> {
    let mut picker = picker(theme);
    let here = Here::of(config);
    loop {
        let (left, choice) = pick(picker, &here).await.map_err(failed)?;
        picker = left;
        let Some(choice) = choice else {
            return Ok(None);
        };
        // The picker's signals are heard by the program now; while nothing is on the screen, they end it.
        let global = named(global, choice);
        let opening = async {
            let drawer = Drawer::patient(&global)?;
            session::open_on(&global, wants, drawer).await
        };
        let opened = tokio::select! {
            opened = opening => opened,
            () = session::interrupted() => return Ok(None),
        };
        match opened {
            Ok(session) => return Ok(Some(session)),
            Err(refusal) => {
                update(&mut picker, Message::Refused(refusal.says));
            }
        }
    }
}

/// Lets the person choose again over a session that goes on, with a warning of what would be gone with it; `None` where they go back to it.
///
/// # Errors
/// The terminal's.
pub async fn again<C, S>(
    canvas: &mut C,
    input: &mut S,
    config: &Config,
    theme: &Theme,
    (running, warning): (&str, Option<String>),
) -> io::Result<Option<Choice>>
where
    C: Canvas,
    S: Stream<Item = io::Result<Input>> + Unpin,
{
    let mut picker = picker(theme).over(running);
    if let Some(warning) = warning {
        update(&mut picker, Message::Hint(warning));
    }
    let (_, choice) = pick_on(canvas, input, picker, &Here::of(config)).await?;
    Ok(choice)
}

/// Opens what was chosen on a terminal that stays taken; where that cannot be opened, lets the person choose another. `None` where they leave. With
/// the session the options as if it had been named in words.
///
/// # Errors
/// The terminal fails; nothing else ends the choosing.
pub async fn open<C, S>(
    (canvas, input): (&mut C, &mut S),
    (global, config, theme): (&Global, &Config, &Theme),
    mut choice: Choice,
    wants: Wants,
) -> Result<Option<(Session, Global)>, Refusal>
where
    C: Canvas,
    S: Stream<Item = io::Result<Input>> + Unpin,
{
    let mut picker = picker(theme);
    let here = Here::of(config);
    loop {
        let named = named(global, choice);
        let says = match (&named.world, &named.port) {
            (Some(world), _) => format!("Opening world {world} ... (Ctrl-C leaves)"),
            (None, port) => format!(
                "Opening {} ... (Ctrl-C leaves)",
                port.as_deref().unwrap_or("the modem")
            ),
        };
        wait_with(canvas, &mut picker, says).map_err(failed)?;
        let opening = async {
            let drawer = Drawer::patient(&named)?;
            session::open_on(&named, wants, drawer).await
        };
        let opened = tokio::select! {
            opened = opening => opened,
            _ = stopped(input) => return Ok(None),
            () = session::interrupted() => return Ok(None),
        };
        match opened {
            Ok(session) => return Ok(Some((session, named))),
            Err(refusal) => drop(update(&mut picker, Message::Refused(refusal.says))),
        }
        picker.hint = None;
        let picked = pick_on(canvas, &mut *input, picker, &here).await;
        let (left, chosen) = picked.map_err(failed)?;
        picker = left;
        match chosen {
            Some(chosen) => choice = chosen,
            None => return Ok(None),
        }
    }
}

/// Shows the picker with a word about what is under way.
///
/// # Errors
/// The terminal's.
pub fn wait_with<C: Canvas>(canvas: &mut C, picker: &mut Picker, says: String) -> io::Result<()> {
    let (width, height) = canvas.size()?;
    update(picker, Message::Resize(width, height));
    update(picker, Message::Hint(says));
    canvas.draw_picker(picker)
}

/// Ends with Ctrl-C or with the end of the input: in raw mode the terminal makes no signal of it. Other keys are for nobody. Whether it was Ctrl-C.
pub async fn stopped<S>(input: &mut S) -> bool
where
    S: Stream<Item = io::Result<Input>> + Unpin,
{
    while let Some(Ok(event)) = input.next().await {
        if let Input::Key(key) = event
            && key.code == KeyCode::Char('c')
            && key.modifiers.contains(KeyModifiers::CONTROL)
        {
            return true;
        }
    }
    false
}

/// The picker with the worlds, before the first look at the ports.
pub fn picker(theme: &Theme) -> Picker {
    let worlds = World::shipped().into_iter();
    let worlds = worlds.map(|(name, about)| WorldRow {
        name: name.to_owned(),
        about,
    });
    Picker::new(worlds.collect(), theme.clone())
}

/// The terminal has failed.
pub fn failed(e: io::Error) -> Refusal {
    Refusal::with(11, format!("the terminal failed: {e}"))
}

/// The options as if the choice had been named in words, and nothing else.
fn named(global: &Global, choice: Choice) -> Global {
    let mut global = global.clone();
    match choice {
        Choice::Port { name, inhibit } => {
            global.port = Some(name);
            (global.sim, global.world) = (false, None);
            // It puts a real MMSC into a simulated world, and nothing else.
            global.mmsc = None;
            global.inhibit |= inhibit;
        }
        Choice::World(name) => {
            global.world = Some(name);
            global.inhibit = false;
        }
    }
    global
}

/// The serial ports of this machine.
struct Here {
    finder: Arc<System>,
    baud: u32,
}

impl Here {
    fn of(config: &Config) -> Self {
        Self {
            finder: Arc::new(System),
            baud: config.baud.get(),
        }
    }
}

impl Ports for Here {
    async fn look(&self) -> (Vec<PortRow>, usize) {
        let finder = self.finder.clone();
        // Who holds a port stands in the folders of all processes: that takes a while on a busy machine.
        let looked = tokio::task::spawn_blocking(move || rows(&*finder)).await;
        looked.unwrap_or_default()
    }

    async fn ask(&self, name: &str) -> Result<String, String> {
        ports::ask(name, self.baud).await
    }
}

/// The ports that a finder knows, as the picker shows them, and how many bare UARTs there are besides.
fn rows(finder: &dyn Finder) -> (Vec<PortRow>, usize) {
    let devices = finder.devices();
    let folded = devices.iter().filter(|d| d.bare).count();
    let shown = devices.iter().filter(|d| !d.bare);
    (shown.map(|d| row(d, finder)).collect(), folded)
}

fn row(device: &Device, finder: &dyn Finder) -> PortRow {
    let holding = finder.holding(&device.name);
    let usb = device.usb.as_ref();
    let product = usb.map_or_else(String::new, |usb| {
        let words = [&usb.manufacturer, &usb.product];
        let mut words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
        words.dedup();
        words.join(" ")
    });
    PortRow {
        name: device.name.clone(),
        usb: usb.map(|u| format!("{:04x}:{:04x}", u.id.vendor, u.id.product)),
        interface: usb.and_then(|u| u.id.interface),
        role: device.role().word(),
        product,
        serial_number: usb.and_then(|u| u.id.serial.clone()),
        may_answer: device.role().may_answer(),
        held_by: Some(holding.names()).filter(|n| !n.is_empty()),
        modem_manager: modem_manager(device, &holding),
        remedy: holding.explain(&device.name),
    }
}

/// ModemManager can be asked to let go of what it may have: a device on USB whose place is known.
fn modem_manager(device: &Device, holding: &serial::Holding) -> bool {
    let has_place = device.usb.as_ref().is_some_and(|u| u.place.is_some());
    has_place && holding.modem_manager_holds()
}
