//! Base64 (RFC 4648), as far as a search for identities needs it.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn value(c: u8) -> Option<u32> {
    let c = match c {
        b'-' => b'+',
        b'_' => b'/',
        c => c,
    };
    ALPHABET
        .iter()
        .position(|a| *a == c)
        .and_then(|v| u32::try_from(v).ok())
}

/// Whether a character may stand in base64, in either of its alphabets.
pub(super) fn is_letter(c: char) -> bool {
    u8::try_from(c).is_ok_and(|c| value(c).is_some())
}

/// The octets of a run of letters, beginning with its letter number `skip` (0–3), since a run may begin in the middle of a group.
pub(super) fn decode(letters: &str, skip: usize) -> Vec<u8> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for v in letters.bytes().skip(skip).filter_map(value) {
        bits = (bits << 6 | v) & 0xFF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xFF) as u8);
        }
    }
    out
}
