//! Identities hidden on the screen itself, for who shows it to others: over the finished frame, so that no pane can be forgotten.
use ratatui::buffer::Buffer;

/// Puts an asterisk over each character of a number, an IMSI, an IMEI, an ICCID or an e-mail address, as recordings have it. What is
/// broken over two rows is judged in each of them alone.
pub(super) fn draw(buffer: &mut Buffer) {
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
