//! The message being written: recipients, subject, text, and what it will cost as MMS and as SMS.
use super::brush;
use super::ink::Ink;
use super::options;
use crate::console::action::Action;
use crate::console::editor::{Entry, Field};
use crate::console::layout::Pane;
use crate::console::state::{Measured, SmsCoding, State};
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::Way;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use tui_textarea::TextArea;

const LABEL: u16 = 9;

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let ink = Ink::new(state);
    let sizes = sizes(state, &ink, usize::from(area.width));
    let sizes_height = u16::try_from(sizes.len()).unwrap_or(0);
    entry(state, frame, row(area, 0), Field::To, &state.compose.to);
    entry(
        state,
        frame,
        row(area, 1),
        Field::Subject,
        &state.compose.subject,
    );
    let (body, shown) = places(area, sizes_height);
    let (above, below) = text_field(state, frame, body);
    let (up, down) = (ink.theme.glyphs.up, ink.theme.glyphs.down);
    let upper = match (above, below) {
        (0, 0) => String::new(),
        // Without a rule below the text this one tells of both.
        (0, n) if shown == 0 => format!(" {n} more {down} "),
        (0, _) => String::new(),
        (n, m) if shown == 0 && m > 0 => format!(" {n} {up} {m} {down} "),
        (n, _) => format!(" {n} more {up} "),
    };
    rule(state, frame, row(area, 2), &upper);
    if shown > 0 {
        let lower = match below {
            0 => String::new(),
            n => format!(" {n} more {down} "),
        };
        rule(state, frame, row(area, area.height - shown - 1), &lower);
        let place = Rect {
            y: area.y + area.height - shown,
            height: shown,
            ..area
        };
        let lines: Vec<Line> = sizes.into_iter().take(usize::from(shown)).collect();
        brush::rows(frame, &lines, place);
    }
}

/// Where the text stands, and how many rows the sizes under it have. The text keeps at least two rows; the sizes give way before it.
fn places(area: Rect, sizes: u16) -> (Rect, u16) {
    let shown = sizes.min(area.height.saturating_sub(6));
    let body = Rect {
        y: area.y + 3.min(area.height),
        height: area.height.saturating_sub(3 + shown + u16::from(shown > 0)),
        ..area
    };
    (body, shown)
}

/// Where a click in the message leads: the field, and the place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// The recipients, so many columns from the start of what is typed there.
    To(usize),
    /// The subject, the same.
    Subject(usize),
    /// The text: line and character.
    Text(usize, usize),
}

/// What of the message stands at this position of the screen.
pub(super) fn spot(state: &State, area: Rect, column: u16, row: u16) -> Option<Spot> {
    let (x, y) = (column.checked_sub(area.x)?, row.checked_sub(area.y)?);
    if x >= area.width || y >= area.height {
        return None;
    }
    let in_line = |field, entry: &Entry| {
        let typed = has_keys(state, field);
        let (_, cursor) = window(entry, usize::from(area.width.saturating_sub(LABEL)), typed);
        let hidden = text::width(entry.split().0).saturating_sub(cursor);
        hidden + usize::from(x.saturating_sub(LABEL))
    };
    match y {
        0 => return Some(Spot::To(in_line(Field::To, &state.compose.to))),
        1 => {
            let subject = &state.compose.subject;
            return Some(Spot::Subject(in_line(Field::Subject, subject)));
        }
        _ => {}
    }
    let sizes = sizes(state, &Ink::new(state), usize::from(area.width)).len();
    let (body, _) = places(area, u16::try_from(sizes).unwrap_or(0));
    let below = usize::from(row.checked_sub(body.y).filter(|n| *n < body.height)?);
    let text = &state.compose.body;
    let at = top(state, body.height) + below;
    let rows = rows(state);
    if at >= rows {
        let last = text.lines().len().saturating_sub(1);
        return Some(Spot::Text(last, usize::MAX));
    }
    let hidden = swallowed(text, at);
    let place = text.screen_to_data(at, usize::from(x) + hidden);
    Some(Spot::Text(place.0, place.1))
}

/// The way to all that has no field here.
pub(super) fn more(state: &State) -> Line<'static> {
    let ink = Ink::new(state);
    let mut spans = vec![Span::raw(" ")];
    for (_, key, label) in offered(state) {
        spans.push(ink.own(Tone::Key, key));
        spans.push(ink.in_edge(Tone::Plain, format!(" {label} ")));
    }
    Line::from(spans)
}

/// The keys that stand in the lower edge, with their words.
fn offered(state: &State) -> Vec<(Action, String, &'static str)> {
    let key = |action: Action| {
        let key = state.keymap.key(action, |b| state.binding_is_valid(b))?;
        Some((action, key.shown(), action.row()?.label))
    };
    [Action::Options, Action::Attach]
        .into_iter()
        .filter_map(key)
        .collect()
}

/// The action whose key and words stand so many columns left of the corner.
pub(super) fn offered_at(state: &State, before_corner: usize) -> Option<Action> {
    let mut from = 0;
    let mut all = offered(state);
    all.reverse();
    all.into_iter().find_map(|(action, key, label)| {
        from += text::width(&key) + text::width(label) + 2;
        (before_corner < from).then_some(action)
    })
}

fn row(area: Rect, n: u16) -> Rect {
    Rect {
        y: area.y + n.min(area.height),
        height: u16::from(n < area.height),
        ..area
    }
}

/// A rule, with a word at its right end.
fn rule(state: &State, frame: &mut Frame, place: Rect, word: &str) {
    let ink = Ink::new(state);
    let horizontal = state.theme.glyphs.edges[0].horizontal_top;
    let width = usize::from(place.width);
    let word = text::cut(word, width, "");
    let left = width - text::width(&word);
    let line = horizontal.repeat(left);
    let spans = vec![ink.own(Tone::Edge, line), ink.own(Tone::Warn, word)];
    frame.render_widget(Line::from(spans), place);
}

fn has_keys(state: &State, field: Field) -> bool {
    state.typing
        && state.overlay.is_none()
        && state.focus == Pane::Compose
        && state.compose.field == field
}

fn entry(state: &State, frame: &mut Frame, place: Rect, field: Field, entry: &Entry) {
    if place.height == 0 || place.width <= LABEL {
        return;
    }
    let ink = Ink::new(state);
    let (label, empty) = match field {
        Field::To => ("To", "+12025550123, a short code or an e-mail"),
        Field::Subject => ("Subject", "none"),
        Field::Text => ("", ""),
    };
    let typed = has_keys(state, field);
    let label_tone = if typed { Tone::Key } else { Tone::Quiet };
    let label = ink.own(label_tone, text::column(label, usize::from(LABEL), ""));
    let room = usize::from(place.width - LABEL);
    let (shown, cursor) = window(entry, room, typed);
    let words = if entry.text().is_empty() {
        ink.own(Tone::Quiet, text::cut(empty, room, ink.theme.glyphs.cut))
    } else if field == Field::To {
        ink.own(Tone::Strong, shown)
    } else {
        ink.own(Tone::Plain, shown)
    };
    frame.render_widget(Line::from(vec![label, words]), place);
    if typed {
        let column = u16::try_from(cursor)
            .unwrap_or(0)
            .min(place.width - LABEL - 1);
        frame.set_cursor_position(Position::new(place.x + LABEL + column, place.y));
    }
}

/// What of an entry is seen, and the cursor's column in it: its end or the cursor's surroundings when it is longer than its room.
pub(super) fn window(entry: &Entry, room: usize, typed: bool) -> (String, usize) {
    use unicode_segmentation::UnicodeSegmentation;
    let (before, after) = entry.split();
    if !typed || text::width(before) < room {
        let whole = text::cut(entry.text(), room, "");
        return (whole, text::width(before).min(room));
    }
    let mut kept = String::new();
    let mut used = 0;
    for g in before.graphemes(true).rev() {
        let w = text::width(g);
        if used + w + 1 > room {
            break;
        }
        used += w;
        kept.insert_str(0, g);
    }
    let rest = text::cut(after, room.saturating_sub(used), "");
    (format!("{kept}{rest}"), used)
}

/// Draws the text. Returns how many rows of it have no room above and below.
fn text_field(state: &State, frame: &mut Frame, body: Rect) -> (usize, usize) {
    let area = &state.compose.body;
    if body.height == 0 || body.width == 0 {
        return (0, state.compose.characters().min(area.lines().len()));
    }
    let wrapped = Rect {
        width: body.width - u16::from(body.width >= HANGS_FROM),
        ..body
    };
    frame.render_widget(area, wrapped);
    let (top, all) = (top(state, body.height), rows(state));
    // One row further than is seen: what that one begins with may hang behind the last one that is.
    let seen = all.saturating_sub(top).min(usize::from(body.height) + 1);
    for (row, n) in (top..top + seen).zip(0..) {
        let place = self::row(wrapped, n);
        if let Some(mark) = hanging(area, row).filter(|_| n > 0) {
            let column = u16::try_from(end(area, row - 1)).unwrap_or(u16::MAX);
            let place = (body.x + column.min(body.width - 1), body.y + n - 1);
            frame.buffer_mut()[place]
                .set_char(mark)
                .set_style(area.style());
        }
        if n == body.height {
            break;
        }
        // The editor never scrolls back by itself, and takes a character apart where the cursor stands: what it drew is drawn over.
        if !area.is_empty() {
            let shown = text::column(&fragment(area, row).0, usize::from(wrapped.width), "");
            frame.render_widget(Span::styled(shown, area.style()), place);
        }
        let swallowed = u16::try_from(swallowed(area, row)).unwrap_or(u16::MAX);
        shift(frame.buffer_mut(), place, swallowed);
    }
    if has_keys(state, Field::Text) {
        let (row, column) = cursor(area, top, usize::from(body.width));
        let below = u16::try_from(row.saturating_sub(top)).unwrap_or(u16::MAX);
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        frame.set_cursor_position(Position::new(
            body.x + column.min(body.width - 1),
            body.y + below.min(body.height - 1),
        ));
    }
    let seen = top + usize::from(body.height);
    (top, all.saturating_sub(seen))
}

/// The first row of the text that is seen: never so far down that rows stay free while text is hidden above.
fn top(state: &State, height: u16) -> usize {
    let drawn = usize::from(state.compose.body.scroll_offset().0);
    drawn.min(rows(state).saturating_sub(usize::from(height)))
}

/// How many rows the text takes, as it was wrapped when it was last drawn.
fn rows(state: &State) -> usize {
    let area = &state.compose.body;
    let last = area.screen_to_data(usize::MAX, 0);
    // Each row but that of an empty line holds a character.
    let (mut from, mut until) = (0, state.compose.characters());
    while from < until {
        let middle = from.midpoint(until);
        match area.screen_to_data(middle, 0) == last {
            true => until = middle,
            false => from = middle + 1,
        }
    }
    from + 1
}

/// What of the text stands in a row of the screen, and whether its line has begun before it.
fn fragment(area: &TextArea, row: usize) -> (String, bool) {
    let (from, until) = (area.screen_to_data(row, 0), area.screen_to_data(row + 1, 0));
    let line = area.lines().get(from.0).map_or("", String::as_str);
    let rest = line.chars().skip(from.1);
    let shown = match until.0 == from.0 && until.1 > from.1 {
        true => rest.take(until.1 - from.1).collect(),
        false => rest.collect(),
    };
    (shown, from.1 > 0)
}

/// From so many columns on the last one is left to what hangs behind a row.
const HANGS_FROM: u16 = 12;

/// The mark that ends a word and has no room in the word's own row: the editor begins the next row with it, but it is drawn behind the word, in the
/// column that is left for that.
fn hanging(area: &TextArea, row: usize) -> Option<char> {
    let (shown, goes_on) = fragment(area, row);
    let mut chars = shown.chars();
    let mark = chars.next().filter(|c| goes_on && ",.;:!?…".contains(*c))?;
    let alone = chars.next().is_none_or(|c| c == ' ');
    let ends_word = || !fragment(area, row - 1).0.ends_with(' ');
    (alone && row > 0 && ends_word()).then_some(mark)
}

/// The column behind what is drawn of a row.
fn end(area: &TextArea, row: usize) -> usize {
    let (shown, _) = fragment(area, row);
    text::width(&shown).saturating_sub(swallowed(area, row))
}

/// Blanks at which a line was broken, and the mark that hangs behind the row before: the editor counts them to the row that follows, but they are
/// not drawn there.
fn swallowed(area: &TextArea, row: usize) -> usize {
    let (shown, goes_on) = fragment(area, row);
    let hangs = usize::from(hanging(area, row).is_some());
    let rest = || shown.chars().skip(hangs);
    let blanks = rest().take_while(|c| *c == ' ').count();
    match (goes_on, rest().count() == blanks) {
        (false, _) => 0,
        // Blanks that are being typed at the end: they are seen by the cursor.
        (true, true) => hangs + blanks.min(1),
        (true, false) => hangs + blanks,
    }
}

/// Draws a row of the screen so many columns further left.
fn shift(buffer: &mut Buffer, place: Rect, columns: u16) {
    let columns = columns.min(place.width);
    if columns == 0 || place.height == 0 {
        return;
    }
    for x in place.left()..place.right() {
        let from = x.saturating_add(columns);
        let cell = match from < place.right() {
            true => buffer[(from, place.y)].clone(),
            false => {
                let mut blank = buffer[(x, place.y)].clone();
                blank.set_symbol(" ");
                blank
            }
        };
        buffer[(x, place.y)] = cell;
    }
}

/// Row and column of the cursor. Before a blank that is not drawn it stands behind the word before it.
fn cursor(area: &TextArea, top: usize, width: usize) -> (usize, usize) {
    let cursor = area.screen_cursor();
    let hidden = swallowed(area, cursor.row);
    if cursor.col >= hidden || cursor.row <= top {
        return (cursor.row, cursor.col.saturating_sub(hidden));
    }
    let end = end(area, cursor.row - 1);
    (cursor.row - 1, (end + cursor.col).min(width - 1))
}

fn sizes(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let nothing = state.compose.characters() == 0 && state.compose.form.summary().is_empty();
    if nothing && state.measured.pdu.is_err() {
        return vec![Line::from(ink.own(
            Tone::Quiet,
            text::cut(
                "Sizes show here while you write.",
                width,
                ink.theme.glyphs.cut,
            ),
        ))];
    }
    let mut lines = mms(state, ink, width);
    lines.extend(beyond(state, ink, width));
    lines.extend(sms(&state.measured, ink, width));
    lines.extend(way(state, ink, width));
    lines
}

/// The way that was chosen, where it is not simply MMS, and what it costs where the profile names prices.
fn way(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let (measured, way) = (&state.measured, state.effective_way());
    let chosen = match (way, measured.unlinked) {
        (Way::Mms, _) if state.way.is_none() => None,
        (Way::Mms, _) => Some("goes as MMS".to_owned()),
        (Way::Sms, _) => Some("goes as linked SMS".to_owned()),
        (Way::SmsUnlinked, 0 | 1) => Some("goes as SMS".to_owned()),
        (Way::SmsUnlinked, n) => Some(format!("goes as unlinked SMS: {n} bubbles, in any order")),
    };
    let barred = measured.no_sms.as_ref().filter(|_| way != Way::Mms);
    let mut lines = Vec::new();
    if let Some(chosen) = chosen {
        let mark = format!("{} ", ink.theme.glyphs.run);
        let (tone, says) = match barred {
            Some(why) => (Tone::Warn, format!("{chosen}, but {why}")),
            None => (Tone::Strong, chosen),
        };
        lines.extend(ink.sentence(tone, &mark, &says, width));
    }
    if let Some((mms, sms)) = &measured.costs {
        let says = format!("    MMS {mms}, SMS {sms}");
        lines.push(Line::from(
            ink.own(Tone::Quiet, text::cut(&says, width, ink.theme.glyphs.cut)),
        ));
    }
    lines
}

fn mms(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let measured = &state.measured;
    let label = ink.own(Tone::Quiet, "MMS ");
    let size = match &measured.pdu {
        Err(why) => {
            let first = text::wrap(&text::clean(why), width.saturating_sub(4).max(8));
            return first
                .into_iter()
                .enumerate()
                .map(|(n, says)| {
                    let lead = if n == 0 {
                        label.clone()
                    } else {
                        Span::raw("    ")
                    };
                    Line::from(vec![lead, ink.own(Tone::Warn, says)])
                })
                .collect();
        }
        Ok(size) => *size as u64,
    };
    let over = measured.limit.is_some_and(|l| size > l as u64);
    let tone = if over { Tone::Alarm } else { Tone::Strong };
    let verdict = if over {
        ink.own(Tone::Alarm, "too big: ")
    } else {
        ink.own(Tone::Good, "1 bubble ")
    };
    let mut spans = vec![label, verdict, ink.own(tone, text::octets(size))];
    if let Some(limit) = measured.limit {
        let of = format!(" of {}", text::octets(limit as u64));
        spans.push(ink.own(Tone::Quiet, of));
    }
    let characters = state.compose.characters();
    let long = characters > measured.warn_at;
    let says = format!("  {} characters", text::count(characters as u64));
    let used: usize = spans.iter().map(|s| text::width(&s.content)).sum();
    if (width >= 48 || long) && used + text::width(&says) <= width {
        let tone = if long { Tone::Warn } else { Tone::Quiet };
        spans.push(ink.own(tone, says));
    }
    vec![Line::from(spans)]
}

/// What goes along or is asked for, and the worst that speaks against it; all of it stands in the panel of the options.
fn beyond(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let cut = ink.theme.glyphs.cut;
    let mut lines = Vec::new();
    let summary = state.compose.form.summary();
    if !summary.is_empty() {
        let says = text::cut(&text::clean(&format!("    {summary}")), width, cut);
        lines.push(Line::from(ink.own(Tone::Plain, says)));
    }
    if state.fitting.is_running() {
        let says = text::cut("    pictures are being made to fit", width, cut);
        lines.push(Line::from(ink.own(Tone::Running, says)));
        return lines;
    }
    let written = state.compose.characters() > 0 || !summary.is_empty();
    let doubts = &state.measured.doubts;
    if let Some(worst) = doubts.first().filter(|_| written) {
        let mut rows = options::doubt(ink, worst, width);
        if rows.len() > 2 {
            rows.truncate(1);
            let whole = format!("  {}", options_key(state));
            rows.push(Line::from(
                ink.own(Tone::Warn, text::cut(&whole, width, cut)),
            ));
        }
        lines.extend(rows);
        if doubts.len() > 1 {
            let says = format!("  and {} more", doubts.len() - 1);
            lines.push(Line::from(ink.own(Tone::Warn, says)));
        }
    }
    lines
}

/// Where the whole of a remark stands that is cut here.
fn options_key(state: &State) -> String {
    format!("{}: the whole of it", state.key_of(Action::Options))
}

fn sms(measured: &Measured, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let sms = &measured.sms;
    let coding = match sms.coding {
        SmsCoding::Gsm7 => "GSM-7",
        SmsCoding::Ucs2 => "UCS-2",
    };
    let parts = match sms.parts {
        0 => return Vec::new(),
        1 => "1 part".to_owned(),
        n => format!("{n} parts"),
    };
    let tone = if sms.parts > 1 {
        Tone::Warn
    } else {
        Tone::Plain
    };
    let note = match (sms.parts, width >= 56) {
        (1, _) => String::new(),
        (n, true) => format!(", 1 bubble if the phone joins them, else {n}"),
        (n, false) => format!(", 1 bubble or {n}"),
    };
    let mut lines = vec![Line::from(vec![
        ink.own(Tone::Quiet, "SMS "),
        ink.own(tone, parts),
        ink.own(Tone::Quiet, note),
    ])];
    let mut detail = format!("    {coding}, {} left in the last", sms.left);
    if !sms.forcing.is_empty() {
        let shown: String = sms
            .forcing
            .iter()
            .take(8)
            .map(|c| format!(" {c}"))
            .collect();
        let more = if sms.forcing.len() > 8 {
            ink.theme.glyphs.cut
        } else {
            ""
        };
        detail = format!("    UCS-2 because of{}{more}", text::clean(&shown));
        if let Some(without) = sms.parts_without {
            detail.push_str(&format!("; {without} without"));
        }
    }
    lines.push(Line::from(
        ink.own(Tone::Quiet, text::cut(&detail, width, ink.theme.glyphs.cut)),
    ));
    lines
}
