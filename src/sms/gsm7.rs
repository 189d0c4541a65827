//! The GSM 7 bit default alphabet as septets, and septets packed into octets (3GPP TS 23.038 sections 6.1.2 and 6.2.1).

/// The alphabet by septet; 1B is the escape to the extension table.
const ALPHABET: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', 'Δ', '_',
    'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1B}', 'Æ', 'æ', 'ß', 'É', ' ', '!', '"', '#',
    '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6',
    '7', '8', '9', ':', ';', '<', '=', '>', '?', '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I',
    'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö',
    'Ñ', 'Ü', '§', '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];
/// The extension table: what the septet behind an escape means.
const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{0C}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];
const ESCAPE: u8 = 0x1B;

/// The septets of a text; `None` where a character is in neither table.
#[must_use]
pub fn to_septets(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars() {
        if let Some((septet, _)) = EXTENSION.iter().find(|(_, known)| *known == character) {
            out.extend([ESCAPE, *septet]);
        } else if character == '\u{1B}' {
            return None;
        } else {
            let septet = ALPHABET.iter().position(|known| *known == character)?;
            out.push(u8::try_from(septet).ok()?);
        }
    }
    Some(out)
}

/// The text of septets. An escape before a septet that the extension table lacks gives the character of the default alphabet, as the specification wants
/// it; a second escape, or one at the end, gives a space.
#[must_use]
pub fn from_septets(septets: &[u8]) -> String {
    let mut out = String::with_capacity(septets.len());
    let mut septets = septets.iter();
    while let Some(&septet) = septets.next() {
        if septet != ESCAPE {
            out.push(ALPHABET[usize::from(septet & 0x7F)]);
            continue;
        }
        match septets.next() {
            None | Some(&ESCAPE) => out.push(' '),
            Some(&second) => {
                let known = EXTENSION.iter().find(|(septet, _)| *septet == second);
                out.push(known.map_or(ALPHABET[usize::from(second & 0x7F)], |(_, c)| *c));
            }
        }
    }
    out
}

/// Septets packed into octets, the first bits left free for `fill` bits (0..=6) so that the text begins on a septet boundary behind a header.
#[must_use]
pub fn pack(septets: &[u8], fill: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(septets.len() * 7 / 8 + 2);
    let (mut bits, mut held) = (0u32, u32::from(fill % 7));
    for septet in septets {
        bits |= u32::from(septet & 0x7F) << held;
        held += 7;
        while held >= 8 {
            out.push((bits & 0xFF) as u8);
            bits >>= 8;
            held -= 8;
        }
    }
    if held > 0 && !septets.is_empty() {
        out.push((bits & 0xFF) as u8);
    }
    out
}

/// So many septets out of packed octets, or as many as there are; the inverse of [`pack`].
#[must_use]
pub fn unpack(octets: &[u8], count: usize, fill: u8) -> Vec<u8> {
    let fill = usize::from(fill % 7);
    let there = (octets.len() * 8).saturating_sub(fill) / 7;
    (0..count.min(there))
        .map(|index| {
            let bit = fill + index * 7;
            let low = u16::from(octets[bit / 8]);
            let high = u16::from(octets.get(bit / 8 + 1).copied().unwrap_or(0));
            ((low | high << 8) >> (bit % 8) & 0x7F) as u8
        })
        .collect()
}
