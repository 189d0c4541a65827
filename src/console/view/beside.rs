//! Two sends side by side: a row for each stage, then what was learned; what differs by sign and colour.
use super::Room;
use super::ink::Ink;
use crate::console::action::Action;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::replay::{Beside, Cell, Difference, Mark, Row};
use ratatui::text::{Line, Span};

/// Columns of the sign, the name, a side's mark and a side's time.
const SIGN: usize = 2;
const NAME: usize = 16;
const TIME: usize = 9;
/// Narrower sides stand one under the other.
const NARROWEST: usize = 24;

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let Some(laid) = &state.laid else {
        let says = format!(
            "Nothing lies beside this session. {} shows the recordings, {} lays one beside it, stage by stage; {} the profile's last good one.",
            state.key_of(Action::Recordings),
            state.key_of(Action::LayBeside),
            state.key_of(Action::BesideGood)
        );
        return ink.empty(&says, room.width);
    };
    let table = &laid.table;
    let tone = match table.parts_at() {
        Some(_) => Tone::Strong,
        None => Tone::Good,
    };
    let mut lines = ink.sentence(tone, "", &table.headline(), room.width);
    lines.push(Line::default());
    let each = room.width.saturating_sub(SIGN + NAME) / 2;
    match each < NARROWEST {
        true => {
            lines.extend(names(&ink, table, room.width));
            for row in &table.rows {
                lines.extend(stacked(&ink, row, room.width));
            }
        }
        false => {
            lines.push(head(&ink, table, each));
            for (n, row) in table.rows.iter().enumerate() {
                if n > 0 && !row.stage && table.rows[n - 1].stage {
                    lines.push(Line::default());
                }
                lines.extend(grid(&ink, row, each));
            }
        }
    }
    lines
}

fn names(ink: &Ink, table: &Beside, width: usize) -> Vec<Line<'static>> {
    let named = table.names.iter().zip(["1 ", "2 "]);
    named
        .flat_map(|(name, number)| ink.sentence(Tone::Strong, number, name, width))
        .collect()
}

fn head(ink: &Ink, table: &Beside, each: usize) -> Line<'static> {
    let cut = ink.theme.glyphs.cut;
    let mut spans = vec![Span::raw(" ".repeat(SIGN + NAME))];
    for name in &table.names {
        let fitted = text::cut(&text::clean(name), each - 1, cut);
        spans.push(ink.own(Tone::Strong, text::column(&fitted, each, "")));
    }
    Line::from(spans)
}

/// The sign of a difference, and its tone.
fn sign(ink: &Ink, difference: Difference) -> (&'static str, Tone) {
    let glyphs = &ink.theme.glyphs;
    match difference {
        Difference::Same => ("", Tone::Plain),
        Difference::Differs => (glyphs.differs, Tone::Alarm),
        Difference::OneSided => ("?", Tone::Quiet),
        Difference::Slower => (glyphs.up, Tone::Warn),
        Difference::Faster => (glyphs.down, Tone::Good),
    }
}

fn grid(ink: &Ink, row: &Row, each: usize) -> Vec<Line<'static>> {
    let (mark, tone) = sign(ink, row.difference);
    let name = match row.difference {
        Difference::Differs => Tone::Strong,
        _ => Tone::Quiet,
    };
    let sides: Vec<Vec<Span>> = [&row.left, &row.right]
        .into_iter()
        .map(|cell| side(ink, cell, row, each))
        .collect();
    let mut spans = vec![
        ink.own(tone, mark),
        Span::raw(" ".repeat(SIGN.saturating_sub(text::width(mark)))),
        ink.own(name, text::column(&row.name, NAME, "")),
    ];
    spans.extend(sides.into_iter().flatten());
    vec![Line::from(spans)]
}

/// One side of a row, in exactly so many columns.
fn side(ink: &Ink, cell: &Cell, row: &Row, each: usize) -> Vec<Span<'static>> {
    let (mark, tone) = mark(ink, cell.mark);
    let took = cell.took_ms.map_or_else(String::new, text::duration);
    let timed = row.stage || cell.took_ms.is_some();
    let lead = match timed {
        true => format!(
            "{} {} ",
            text::column(mark, 1, ""),
            text::right(&took, TIME)
        ),
        false if cell.mark == Mark::Nothing => format!("{mark} "),
        false => String::new(),
    };
    let room = each.saturating_sub(text::width(&lead) + 1);
    let says = match row.difference {
        Difference::Differs => Tone::Strong,
        _ => Tone::Plain,
    };
    let fitted = text::cut(&text::clean(&cell.says), room, ink.theme.glyphs.cut);
    vec![
        ink.own(tone, lead),
        ink.own(says, text::column(&fitted, room, "")),
        Span::raw(" "),
    ]
}

fn mark(ink: &Ink, mark: Mark) -> (&'static str, Tone) {
    let glyphs = &ink.theme.glyphs;
    match mark {
        Mark::Good => (glyphs.tick, Tone::Good),
        Mark::Bad => (glyphs.cross, Tone::Bad),
        Mark::Skipped => (glyphs.skip, Tone::Quiet),
        Mark::Open => (glyphs.run, Tone::Running),
        Mark::Nothing => (glyphs.dot, Tone::Quiet),
        Mark::Value => ("", Tone::Plain),
    }
}

fn stacked(ink: &Ink, row: &Row, width: usize) -> Vec<Line<'static>> {
    let (different, tone) = sign(ink, row.difference);
    let mut lines = vec![Line::from(vec![
        ink.own(tone, text::column(different, SIGN, "")),
        ink.own(Tone::Strong, row.name.clone()),
    ])];
    for (cell, number) in [&row.left, &row.right].into_iter().zip(["1", "2"]) {
        let (sign, tone) = mark(ink, cell.mark);
        let took = cell.took_ms.map_or_else(String::new, text::duration);
        let says = format!("{took} {}", cell.says);
        let lead = format!("  {number} {} ", text::column(sign, 1, ""));
        let tone = if cell.mark == Mark::Value {
            Tone::Plain
        } else {
            tone
        };
        lines.extend(ink.sentence(tone, &lead, says.trim(), width));
    }
    lines
}
