//! Pictures for the README, drawn from the same frames that the tests look at.
//!
//! `MMSCOPE_PICTURES=write cargo test --test suite picture` writes them; otherwise they are compared with what the program draws now.
use super::story::{self, screen};
use crate::story::{Beginning, Story};
use mmscope::bench;
use mmscope::console::measure::{measure, profile_rows, read_draft};
use mmscope::console::{
    Bench, Colours, Draft, Effect, Flags, Mend, Message, Order, State, Theme, update,
};
use mmscope::event::Depth;
use mmscope::known::Known;
use mmscope::profile::Library;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Width and height of a character, and the place of its base line, in pixels.
pub(super) const CELL: (f64, f64, f64) = (8.4, 18.0, 13.5);
/// Ground and ink of the pictures' terminal.
pub(super) const GROUND: &str = "#14161b";
pub(super) const INK: &str = "#d5d9e0";

fn colour(colour: Color, otherwise: &'static str) -> &'static str {
    match colour {
        Color::Black => "#14161b",
        Color::Red => "#d9534f",
        Color::Green => "#7ec16e",
        Color::Yellow => "#e6c15c",
        Color::Blue => "#6ea8e6",
        Color::Magenta => "#c78adf",
        Color::Cyan => "#5cc8d7",
        Color::Gray => "#aab0bb",
        Color::DarkGray => "#767d8a",
        Color::White => "#ffffff",
        _ => otherwise,
    }
}

/// Ink, ground and modifiers of a cell, with reversal carried out.
fn look(cell: &Cell) -> (&'static str, &'static str, Modifier) {
    let (ink, ground) = (colour(cell.fg, INK), colour(cell.bg, GROUND));
    if cell.modifier.contains(Modifier::REVERSED) {
        (ground, ink, cell.modifier)
    } else {
        (ink, ground, cell.modifier)
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A frame as SVG: a grid of characters, one `<text>` for each run of equal looks.
pub fn svg(buffer: &Buffer, title: &str) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let (w, h) = (
        f64::from(columns) * CELL.0 + 16.0,
        f64::from(rows) * CELL.1 + 16.0,
    );
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.1} {h:.1}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, \
         Consolas, monospace\" font-size=\"14\">\n<title>{}</title>\n<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{GROUND}\"/>\n",
        escaped(title)
    );
    for y in 0..rows {
        out.push_str(&row(buffer, y));
    }
    out.push_str("</svg>\n");
    out
}

/// A row of the frame, in its place.
pub(super) fn row(buffer: &Buffer, y: u16) -> String {
    let columns = buffer.area.width;
    let mut out = String::new();
    let mut x = 0;
    while x < columns {
        let style = look(&buffer[(x, y)]);
        let from = x;
        let mut text = String::new();
        while x < columns && look(&buffer[(x, y)]) == style {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += (unicode_width::UnicodeWidthStr::width(symbol).max(1)) as u16;
        }
        run(&mut out, (from, x.min(columns), y), style, &text);
    }
    out
}

fn run(
    out: &mut String,
    (from, until, y): (u16, u16, u16),
    look: (&str, &str, Modifier),
    text: &str,
) {
    let (ink, ground, modifier) = look;
    let (left, top) = (f64::from(from) * CELL.0 + 8.0, f64::from(y) * CELL.1 + 8.0);
    let width = f64::from(until - from) * CELL.0;
    if ground != GROUND {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{ground}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let mut attributes = String::new();
    if modifier.contains(Modifier::BOLD) {
        attributes.push_str(" font-weight=\"bold\"");
    }
    if modifier.contains(Modifier::UNDERLINED) {
        attributes.push_str(" text-decoration=\"underline\"");
    }
    if modifier.contains(Modifier::DIM) {
        attributes.push_str(" opacity=\"0.6\"");
    }
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" fill=\"{ink}\"{attributes} xml:space=\"preserve\">{}</text>",
        top + CELL.2,
        escaped(text)
    );
}

fn picture(name: &str, title: &str, state: &mut State, (width, height): (u16, u16)) {
    kept(name, &svg(&screen(state, width, height), title));
}

/// Writes a picture where that is wanted; else it is compared with the one that is kept.
pub(super) fn kept(name: &str, drawn: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/pictures/{name}.svg"));
    if std::env::var("MMSCOPE_PICTURES").is_ok_and(|v| v == "write") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept.replace("\r\n", "\n") == drawn,
        "assets/pictures/{name}.svg is not what the program draws now; MMSCOPE_PICTURES=write writes it anew"
    );
}

/// The screen over a simulated bench that really runs, as `mmscope --sim` wires it.
pub(super) struct Desk {
    pub story: Story,
    pub state: State,
    began: tokio::time::Instant,
    library: Arc<Library>,
}

impl Desk {
    pub async fn open() -> Self {
        let mut beginning = Beginning::world("mint");
        beginning.watchful = true;
        let story = beginning.open();
        let began = tokio::time::Instant::now();
        story.until(|k| k.commands.is_some()).await;
        let library = Arc::new(Library::shipped());
        let start = &story.start.draft;
        let draft = Draft {
            to: vec![start.to.clone()],
            text: start.text.clone(),
            ..Draft::default()
        };
        let flags = Flags {
            world: Some("mint".into()),
            recording: Some("session.jsonl".into()),
            utc_offset_minutes: 0,
            ..Flags::default()
        };
        let bench = Bench {
            measure: {
                let of = measure(library.clone(), 5000, None);
                let start = story.start.profile.clone();
                let library = library.clone();
                // Nothing that is mended changes a size: a copy is measured as what it came from.
                let root = move |id: &str| match library.get(id) {
                    Ok(profile) => profile.id.to_string(),
                    Err(_) => start.clone(),
                };
                Arc::new(move |draft, id, sim| of(draft, id.map(&root).as_deref(), sim))
            },
            meaning: mmscope::at::meaning::explain_shaped,
            mend: {
                let library = library.clone();
                Arc::new(move |id, fix| {
                    let copy = library.get(id).ok()?.mended(fix).ok()?;
                    Some(Mend {
                        id: copy.id.to_string(),
                        says: format!("uses {}", copy.id),
                    })
                })
            },
            ..Bench::default()
        };
        let state = State::new(
            profile_rows(&library, None),
            &draft,
            flags,
            Theme::new(Colours::Sixteen, false),
            bench,
        );
        Self {
            story,
            state,
            began,
            library,
        }
    }

    /// Presses keys and carries out what they order.
    pub async fn begin(&mut self, keys: &str) {
        for key in super::keys::keys(keys) {
            for effect in update(&mut self.state, Message::Key(key)) {
                if let Effect::Order(order) = effect {
                    self.story.bench.order(to_bench(order, &self.library)).await;
                }
            }
        }
        self.look();
    }

    /// Waits until something is known, and looks at it.
    pub async fn until(&mut self, known: impl Fn(&Known) -> bool) {
        self.story.until(known).await;
        self.look();
    }

    /// Lets time pass.
    pub async fn wait(&mut self, ms: u64) {
        tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
        self.look();
    }

    /// Presses keys, carries out what they order, and waits until a send that they began is over.
    async fn press(&mut self, keys: &str) {
        for key in super::keys::keys(keys) {
            for effect in update(&mut self.state, Message::Key(key)) {
                let Effect::Order(order) = effect else {
                    continue;
                };
                let is_send = matches!(order, Order::Send(_));
                let sends = self.story.journal.known().sends.len();
                self.story.bench.order(to_bench(order, &self.library)).await;
                if is_send {
                    self.story
                        .until(|k| k.sends.len() > sends && k.running().is_none())
                        .await;
                }
            }
            self.look();
        }
    }

    pub fn look(&mut self) {
        let events = self.story.journal.since(self.state.seen);
        self.state.seen = events.last().map_or(self.state.seen, |e| e.id);
        update(&mut self.state, Message::Known(self.story.journal.known()));
        update(&mut self.state, Message::Traffic(events));
    }

    /// Sets the screen's clock to that of the bench.
    pub fn tick(&mut self) {
        let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap();
        update(&mut self.state, Message::Tick(ms));
    }
}

fn to_bench(order: Order, library: &Library) -> bench::Order {
    match order {
        Order::Send(draft) => bench::Order::Send(Box::new(bench::Message {
            draft: read_draft(&draft).unwrap(),
            ..Default::default()
        })),
        Order::UseProfile(id) => bench::Order::UseProfile(id),
        Order::Mend { profile, fix } => {
            let copy = library.get(&profile).unwrap().mended(&fix).unwrap();
            bench::Order::UseCopy(Box::new(copy))
        }
        Order::Probe {
            profile,
            exhaustive,
            witnesses,
        } => bench::Order::Probe(Box::new(bench::Probe {
            profile,
            depth: Depth::Quick,
            exhaustive,
            witnesses,
            ..bench::Probe::default()
        })),
        other => panic!("no picture orders {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn the_pictures_are_what_the_program_draws() {
    let mut desk = Desk::open().await;
    desk.look();
    screen(&mut desk.state, 120, 36);
    desk.press("<ctrl-s>").await;
    let title = "A send that fails at connect: what that proves, and what not";
    picture("failed", title, &mut desk.state, (120, 36));
    desk.press("d").await;
    desk.story
        .until(|k| k.probes.back().is_some_and(|p| p.verdict.is_some()))
        .await;
    desk.story.until(|k| !k.settings_open()).await;
    desk.look();
    let title = "Find out why not: the verdict, its evidence, and what to do";
    picture("verdict", title, &mut desk.state, (150, 42));
    desk.press("<esc>").await;
    screen(&mut desk.state, 100, 30);
    desk.press("p").await;
    let title = "The profile switcher: what is dialled, and what is wrong with it";
    picture("profiles", title, &mut desk.state, (100, 30));
    desk.press("<esc>").await;
    screen(&mut desk.state, 200, 50);
    desk.press("8").await;
    for _ in 0..desk.state.profiles.len() {
        if desk.state.profiles[desk.state.chosen].id != "us/mint" {
            desk.press("<down>").await;
        }
    }
    assert_eq!(desk.state.profiles[desk.state.chosen].id, "us/mint");
    desk.press("<enter>").await;
    desk.story
        .until(|k| k.profile.as_ref().is_some_and(|p| p.id == "us/mint"))
        .await;
    desk.press("<ctrl-s>").await;
    desk.story.until(|k| !k.bubbles.is_empty()).await;
    desk.look();
    let title = "The same message through another profile: M-Send.conf Ok, one bubble";
    picture("sent", title, &mut desk.state, (200, 50));
}

#[test]
fn a_picture_is_well_formed_and_holds_the_words_of_the_frame() {
    let mut state = story::console(
        &mmscope::console::Draft {
            text: "a < b & c > d \"é漢\"".into(),
            ..story::draft()
        },
        Default::default(),
    );
    let drawn = svg(&screen(&mut state, 80, 24), "a < b & c");
    assert!(drawn.contains("<title>a &lt; b &amp; c</title>"));
    assert!(drawn.contains("a &lt; b &amp; c &gt; d"));
    assert_eq!(
        drawn.matches("<text ").count(),
        drawn.matches("</text>").count()
    );
    let bare = drawn
        .replace("&lt;", "")
        .replace("&gt;", "")
        .replace("&amp;", "");
    assert!(!bare.contains('&'), "every & is escaped");
}
