//! The GSM 7 bit default alphabet (3GPP TS 23.038 section 6.2.1), and what can stand for characters that it lacks.

/// How many septets a character takes: 1, 2 for one of the extension table, `None` for one that the alphabet does not have.
pub fn septets(character: char) -> Option<usize> {
    match character {
        '^' | '{' | '}' | '\\' | '[' | ']' | '~' | '|' | '€' | '\u{0C}' => Some(2),
        '`' => None,
        ' '..='~' | '\n' | '\r' => Some(1),
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Æ' | 'æ' | 'ß'
        | 'É' | '¤' | '¡' | '§' | '¿' => Some(1),
        'Ä' | 'Ö' | 'Ñ' | 'Ü' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => Some(1),
        'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' => Some(1),
        _ => None,
    }
}

/// What a common typographic character can be replaced with so that a text stays in the GSM 7 bit alphabet; `None` where nothing says the same.
pub fn ascii_replacement(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{00B4}' | '`' => "'",
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{2033}' | '\u{00AB}'
        | '\u{00BB}' => "\"",
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2014}' | '\u{2015}'
        | '\u{2212}' => "-",
        '\u{2026}' => "...",
        '\u{2022}' | '\u{00B7}' => "*",
        '\u{00A0}' | '\u{2002}' | '\u{2003}' | '\u{2009}' | '\u{200A}' | '\u{202F}' | '\t' => " ",
        '\u{200B}' | '\u{FEFF}' | '\u{00AD}' => "",
        '\u{00D7}' => "x",
        '\u{2122}' => "(TM)",
        '\u{00A9}' => "(C)",
        '\u{00AE}' => "(R)",
        _ => return None,
    })
}

/// The text with every character that has an [`ascii_replacement`] replaced; others stay.
pub fn replace_for_gsm7(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match (septets(character), ascii_replacement(character)) {
            (None, Some(replacement)) => out.push_str(replacement),
            _ => out.push(character),
        }
    }
    out
}
