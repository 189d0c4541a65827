//! What is done to the finished frame, so that no pane can be forgotten: identities hidden for who shows the screen to others, signs in ASCII.
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Puts an asterisk over each character of a number, an IMSI, an IMEI, an ICCID or an e-mail address, as recordings have it. What is
/// broken over two rows is judged in each of them alone.
pub(super) fn hide(buffer: &mut Buffer) {
    let area = buffer.area;
    for y in area.top()..area.bottom() {
        let cells = (area.left()..area.right()).flat_map(|x| {
            let symbol = buffer[(x, y)].symbol();
            symbol.chars().map(move |c| (x, c)).collect::<Vec<_>>()
        });
        let (places, row): (Vec<u16>, String) = cells.unzip();
        let hidden = crate::event::redact(&row);
        if hidden == row {
            continue;
        }
        for ((x, before), after) in places.into_iter().zip(row.chars()).zip(hidden.chars()) {
            if before != after {
                buffer[(x, y)].set_symbol("*");
            }
        }
    }
}

/// Writes signs and quotes that came with a text in ASCII. What a person writes in the message stays: there it matters which character it is.
pub(super) fn plain_signs(buffer: &mut Buffer, written: Option<Rect>) {
    let area = buffer.area;
    for position in area.positions() {
        if written.is_some_and(|r| r.contains(position)) {
            continue;
        }
        let plain = match buffer[position].symbol() {
            "→" | "⤷" | "▸" | "≥" => ">",
            "←" | "≤" => "<",
            "“" | "”" | "„" => "\"",
            "‘" | "’" => "'",
            "–" | "—" | "−" => "-",
            "…" | "·" => ".",
            "×" => "x",
            "µ" => "u",
            _ => continue,
        };
        buffer[position].set_symbol(plain);
    }
}
