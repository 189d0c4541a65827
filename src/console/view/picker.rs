//! The picker: ports and worlds in one list, and under it what is known of the chosen row. Any size from 0×0 up has a frame.
use super::ink::Ink;
use crate::console::picker::{Act, Asked, Item, KEYS, Picker, PortRow};
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

/// Rows of the box that tells about the chosen row, its edges included: on a screen of fewer than [`TALL`] rows, and on others.
const DETAIL: (u16, u16) = (6, 9);
/// From this many rows on there is room for all that is known.
const TALL: u16 = 30;
/// Below this many columns or rows there are no boxes.
const BOXED: (u16, u16) = (46, 16);
/// Below this many rows there are no headings and no footer.
const BARE: u16 = 6;

const NO_PORTS: &str = "None is present. Plug the modem in by USB and give it power: a SIM7600 shows up within some ten seconds \
    as ttyUSB0 to ttyUSB4 (on Windows as COM ports, one of them the \"AT Port\"). It is not listed when the cable carries power only, \
    when the driver is not there (Linux: `sudo modprobe option`; Windows: SIMCom's), or when a container or virtual machine does not \
    pass it on. Or take a simulated world: it needs no modem.";

/// Where things stand.
struct Places {
    list: Rect,
    detail: Option<Rect>,
    footer: Option<Rect>,
    boxed: bool,
}

fn places(area: Rect) -> Places {
    let boxed = area.width >= BOXED.0 && area.height >= BOXED.1;
    if area.height < BARE {
        return Places {
            list: area,
            detail: None,
            footer: None,
            boxed,
        };
    }
    let footer = Rect {
        y: area.y + area.height - 1,
        height: 1,
        ..area
    };
    let detail = match boxed {
        true if area.height < TALL => DETAIL.0,
        true => DETAIL.1,
        false => 0,
    };
    let list = Rect {
        height: area.height - 1 - detail,
        ..area
    };
    Places {
        list,
        detail: boxed.then_some(Rect {
            y: area.y + list.height,
            height: detail,
            ..area
        }),
        footer: Some(footer),
        boxed,
    }
}

fn within(places: &Places) -> Rect {
    if places.boxed {
        super::inner(places.list)
    } else {
        places.list
    }
}

fn area_of(picker: &Picker) -> Rect {
    Rect::new(0, 0, picker.size.0, picker.size.1)
}

/// Rows that the list has.
pub(in crate::console) fn list_height(picker: &Picker) -> u16 {
    within(&places(area_of(picker))).height
}

/// Draws the picker.
pub fn draw(picker: &Picker, frame: &mut Frame) {
    let area = frame.area();
    if area.width == 0 || area.height == 0 {
        return;
    }
    let places = places(area);
    let ink = Ink {
        theme: &picker.theme,
    };
    let room = within(&places);
    let rows = rows(picker, &ink, room.width, area.height >= BARE);
    let offset = offset(picker, &rows, room.height);
    let below = rows.len().saturating_sub(offset + usize::from(room.height));
    if places.boxed {
        frame.render_widget(edge(picker, &ink, offset, below), places.list);
    }
    let shown: Vec<Line> = rows
        .into_iter()
        .skip(offset)
        .take(usize::from(room.height))
        .map(|(line, _)| line)
        .collect();
    frame.render_widget(Paragraph::new(shown), room);
    if let Some(place) = places.detail {
        let block = Block::bordered()
            .border_set(picker.theme.glyphs.edges[0])
            .border_style(picker.theme.style(Tone::Edge));
        let room = super::inner(place);
        let lines = detail(picker, &ink, usize::from(room.width));
        frame.render_widget(block, place);
        frame.render_widget(Paragraph::new(lines), room);
    }
    if let Some(place) = places.footer {
        footer(picker, &ink, frame, place);
    }
}

fn edge(picker: &Picker, ink: &Ink, above: usize, below: usize) -> Block<'static> {
    let mut title = vec![
        ink.own(Tone::EdgeFocused, " mmscope "),
        ink.own(Tone::Strong, "Which modem? "),
    ];
    if let Some(running) = &picker.running {
        let says = format!("{} goes on until you choose ", text::clean(running));
        let room = usize::from(picker.size.0).saturating_sub(26);
        let says = text::cut(&says, room, picker.theme.glyphs.cut);
        title.push(ink.own(Tone::Quiet, says));
    }
    let mut block = Block::bordered()
        .border_set(picker.theme.glyphs.edges[1])
        .border_style(picker.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(title));
    if above + below > 0 {
        let glyphs = &picker.theme.glyphs;
        let more = format!(" {above} {} {below} {} ", glyphs.up, glyphs.down);
        block = block.title_bottom(Line::from(ink.own(Tone::Warn, more)).right_aligned());
    }
    block
}

/// The list, each row with the place of its item among the items.
fn rows(
    picker: &Picker,
    ink: &Ink,
    width: u16,
    headings: bool,
) -> Vec<(Line<'static>, Option<usize>)> {
    let width = usize::from(width);
    let items = picker.items();
    let chosen = picker.chosen();
    let names = items.iter().map(|i| match i {
        Item::Port(p) => text::width(&text::clean(short(p))),
        Item::World(w) => text::width(&text::clean(&w.name)),
    });
    let column = names.max().unwrap_or(0).min((width / 3).max(8));
    let mut rows = Vec::new();
    if headings {
        heading_of_ports(picker, ink, width, &mut rows);
    }
    let mut in_worlds = false;
    for (place, item) in items.iter().enumerate() {
        if headings && matches!(item, Item::World(_)) && !in_worlds {
            in_worlds = true;
            rows.push((Line::default(), None));
            let says = "Simulated worlds: a modem, a carrier and a phone inside this program; nothing leaves this machine";
            let says = text::cut(says, width, picker.theme.glyphs.cut);
            rows.push((Line::from(ink.own(Tone::Strong, says)), None));
        }
        let line = row(picker, ink, item, column, width, place == chosen);
        rows.push((line, Some(place)));
    }
    if items.is_empty() && picker.filter.is_some() {
        let says = "Nothing has these letters. Esc shows all again.";
        rows.extend(ink.empty(says, width).into_iter().map(|l| (l, None)));
    }
    rows
}

fn heading_of_ports(
    picker: &Picker,
    ink: &Ink,
    width: usize,
    rows: &mut Vec<(Line<'static>, Option<usize>)>,
) {
    let folded = match picker.folded {
        0 => String::new(),
        n => format!("  ({n} UARTs with nothing behind them are left out)"),
    };
    let mut title = vec![ink.own(Tone::Strong, "Serial ports")];
    let room = width.saturating_sub(12);
    title.push(ink.own(
        Tone::Quiet,
        text::cut(&folded, room, picker.theme.glyphs.cut),
    ));
    rows.push((Line::from(title), None));
    let says = match picker.ports.as_deref() {
        None => "looking ...",
        Some([]) => NO_PORTS,
        Some(_) => return,
    };
    rows.extend(
        ink.sentence(Tone::Quiet, "  ", says, width)
            .into_iter()
            .map(|l| (l, None)),
    );
}

fn row(
    picker: &Picker,
    ink: &Ink,
    item: &Item<'_>,
    column: usize,
    width: usize,
    chosen: bool,
) -> Line<'static> {
    let glyphs = &picker.theme.glyphs;
    let mark = if chosen { glyphs.run } else { " " };
    let tone = if chosen { Tone::Chosen } else { Tone::Strong };
    let name = match item {
        Item::Port(p) => short(p),
        Item::World(w) => &w.name,
    };
    let mut spans = vec![
        ink.own(Tone::Running, text::column(mark, 2, "")),
        ink.cell(tone, name, column),
        Span::raw("  "),
    ];
    let room = width.saturating_sub(column + 4);
    match item {
        Item::World(world) => spans.push(ink.cell(Tone::Plain, &world.about, room)),
        Item::Port(port) => spans.extend(port_cells(picker, ink, port, room)),
    }
    Line::from(spans)
}

/// A port's name without its folder, which is the same for all.
fn short(port: &PortRow) -> &str {
    port.name.rsplit('/').next().unwrap_or(&port.name)
}

/// Identity, purpose, name and state of a port. What stands last matters most and gives way last.
fn port_cells(picker: &Picker, ink: &Ink, port: &PortRow, room: usize) -> Vec<Span<'static>> {
    let (tone, state) = state(picker, port);
    let state_columns = text::width(&text::clean(&state)).min(room);
    let mut left = room.saturating_sub(state_columns + 1);
    let interface = port.interface.map(|n| format!(" if {n}"));
    let usb = match &port.usb {
        Some(usb) => format!("{usb}{}", interface.unwrap_or_default()),
        None => "not on USB".to_owned(),
    };
    let mut cells = Vec::new();
    for (words, columns, tone) in [
        (port.role, 21, Tone::Plain),
        (usb.as_str(), 15, Tone::Quiet),
        (port.product.as_str(), left, Tone::Quiet),
    ] {
        let columns = columns.min(left);
        if columns < 3 {
            break;
        }
        cells.push(ink.cell(tone, words, columns - 1));
        cells.push(Span::raw(" "));
        left -= columns;
    }
    cells.push(ink.own(Tone::Plain, " ".repeat(left)));
    cells.push(ink.cell(tone, &state, state_columns));
    cells
}

/// How a port stands, in a few words.
fn state(picker: &Picker, port: &PortRow) -> (Tone, String) {
    match (picker.said(&port.name), &port.held_by) {
        (Some(Asked::Waiting), _) => (Tone::Running, "asked ...".to_owned()),
        (_, Some(holders)) => (Tone::Warn, format!("in use: {holders}")),
        (Some(Asked::Answers(says)), _) => (Tone::Good, format!("answers: {says}")),
        (Some(Asked::Fails(why)), _) => {
            let short = why.split(':').next().unwrap_or(why);
            (Tone::Quiet, short.to_owned())
        }
        (None, None) if port.modem_manager => (Tone::Warn, "ModemManager?".to_owned()),
        (None, None) => (Tone::Quiet, String::new()),
    }
}

/// The first row that is shown: the beginning as long as the chosen row and a few after it are in sight.
fn offset(picker: &Picker, rows: &[(Line<'static>, Option<usize>)], height: u16) -> usize {
    let height = usize::from(height);
    let chosen = picker.chosen();
    let at = rows.iter().position(|(_, place)| *place == Some(chosen));
    let most = rows.len().saturating_sub(height);
    let ahead = (height / 2).min(3);
    (at.unwrap_or(0) + ahead + 1)
        .saturating_sub(height)
        .min(most)
}

/// What is known of the chosen row, and what may be done with it.
fn detail(picker: &Picker, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(why) = &picker.refused {
        lines.extend(ink.sentence(Tone::Bad, "", &format!("Not opened: {why}"), width));
    }
    match picker.item() {
        Some(Item::World(world)) => {
            lines.extend(ink.sentence(
                Tone::Plain,
                "",
                &format!("World {}: {}.", world.name, world.about),
                width,
            ));
            lines.extend(ink.sentence(
                Tone::Quiet,
                "",
                "A simulated bench: nothing is sent and nothing is billed. Enter opens it.",
                width,
            ));
        }
        Some(Item::Port(port)) => lines.extend(port_detail(picker, ink, port, width)),
        None => {}
    }
    lines
}

fn port_detail(picker: &Picker, ink: &Ink, port: &PortRow, width: usize) -> Vec<Line<'static>> {
    let mut about = port.name.clone();
    if let Some(usb) = &port.usb {
        about += &format!(": USB {usb}");
    }
    if let Some(n) = port.interface {
        about += &format!(", interface {n}");
    }
    if !port.role.is_empty() {
        about += &format!(" ({})", port.role);
    }
    if !port.product.is_empty() {
        about += &format!(", {}", port.product);
    }
    if let Some(number) = &port.serial_number {
        about += &format!(", serial number {number}");
    }
    let mut lines = ink.sentence(Tone::Plain, "", &about, width);
    let mut say = |tone, says: &str| lines.extend(ink.sentence(tone, "", says, width));
    match picker.said(&port.name) {
        Some(Asked::Answers(says)) => say(Tone::Good, &format!("A modem answers: {says}")),
        Some(Asked::Fails(why)) => say(Tone::Warn, &format!("No modem answered: {why}")),
        Some(Asked::Waiting) => say(Tone::Running, "Asked AT and ATI; waiting for an answer."),
        None if !port.may_answer => say(
            Tone::Quiet,
            "This interface is known to answer no AT; another one of the same device does.",
        ),
        None if port.held_by.is_none() => say(
            Tone::Quiet,
            "Not asked yet: a asks AT and ATI, which change nothing.",
        ),
        None => {}
    }
    if port.modem_manager {
        let says = "ModemManager has it, or may: i asks it to let this modem go and then opens it (mmcli --inhibit-device); \
                    it has the modem back when mmscope ends.";
        say(Tone::Warn, says);
    } else if port.held_by.is_some() {
        say(Tone::Warn, &port.remedy);
    }
    lines
}

/// A key in the footer, and its columns.
struct Word {
    act: Act,
    key: String,
    label: String,
    from: u16,
    until: u16,
}

fn words(picker: &Picker, width: u16) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let wide = |key: &str, label: &str| (text::width(key) + 1 + text::width(label)) as u16;
    let named = |k: &&crate::console::picker::Key| !k.label.is_empty() && picker.is_valid(k.act);
    let mut at = 1;
    let mut end = width.saturating_sub(1);
    let mut take = |k: &crate::console::picker::Key| {
        let chord = crate::console::keymap::Chord::parse(k.keys.first()?)?.shown();
        let label = match (k.act, picker.item()) {
            (Act::Open, Some(Item::World(_))) => "open (simulated)",
            (Act::Leave, _) if picker.running.is_some() => "back",
            _ => k.label,
        };
        let columns = wide(&chord, label);
        let from = if k.act == Act::Leave {
            end = end.checked_sub(columns).filter(|e| *e > 0)?;
            end
        } else {
            if at + columns + 1 > end {
                return None;
            }
            let from = at;
            at += columns + 2;
            from
        };
        Some(Word {
            act: k.act,
            key: chord,
            label: label.to_owned(),
            from,
            until: from + columns,
        })
    };
    // Leaving keeps its place on the right in every width.
    let leave = KEYS.iter().find(|k| k.act == Act::Leave);
    out.extend(leave.and_then(&mut take));
    for key in KEYS.iter().filter(named).filter(|k| k.act != Act::Leave) {
        match take(key) {
            Some(word) => out.push(word),
            None => break,
        }
    }
    out
}

fn footer(picker: &Picker, ink: &Ink, frame: &mut Frame, area: Rect) {
    let says = match (&picker.filter, &picker.hint) {
        (Some(filter), _) => Some((
            Tone::Strong,
            format!("/{filter}_   Enter opens, Esc shows all again"),
        )),
        (None, Some(hint)) => Some((Tone::Warn, hint.clone())),
        (None, None) => None,
    };
    if let Some((tone, says)) = says {
        let room = usize::from(area.width).saturating_sub(2);
        let fitted = text::cut(&text::clean(&says), room, picker.theme.glyphs.cut);
        let line = Line::from(vec![Span::raw(" "), ink.own(tone, fitted)]);
        frame.render_widget(line, area);
        return;
    }
    for word in words(picker, area.width) {
        let line = Line::from(vec![
            ink.own(Tone::Key, word.key),
            ink.own(Tone::Plain, format!(" {}", word.label)),
        ]);
        let place = Rect {
            x: area.x + word.from,
            width: word.until - word.from,
            ..area
        };
        frame.render_widget(line, place);
    }
}

/// The action whose word in the footer stands there.
pub(in crate::console) fn key_at(picker: &Picker, column: u16, row: u16) -> Option<Act> {
    let footer = places(area_of(picker)).footer?;
    if row != footer.y || picker.hint.is_some() || picker.filter.is_some() {
        return None;
    }
    let words = words(picker, footer.width);
    let hit = |w: &&Word| (w.from..w.until).contains(&column);
    words.iter().find(hit).map(|w| w.act)
}

/// The item whose row stands there.
pub(in crate::console) fn item_at(picker: &Picker, column: u16, row: u16) -> Option<usize> {
    let area = area_of(picker);
    let room = within(&places(area));
    if !room.contains(ratatui::layout::Position::new(column, row)) {
        return None;
    }
    let ink = Ink {
        theme: &picker.theme,
    };
    let rows = rows(picker, &ink, room.width, area.height >= BARE);
    let at = offset(picker, &rows, room.height) + usize::from(row - room.y);
    rows.get(at).and_then(|(_, place)| *place)
}
