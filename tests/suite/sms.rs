//! What a text costs as SMS: the table of lengths, and the characters that make it dear.

use mmscope::sms::*;
use proptest::prelude::*;

#[test]
fn the_table_of_lengths() {
    for (length, gsm7, ucs2) in [
        (0, 1, 1),
        (70, 1, 1),
        (71, 1, 2),
        (160, 1, 3),
        (161, 2, 3),
        (306, 2, 5),
        (307, 3, 5),
        (827, 6, 13),
    ] {
        let text = "a".repeat(length);
        let segments = Segments::of(&text);
        assert_eq!(
            (segments.encoding, segments.parts),
            (Encoding::Gsm7, gsm7),
            "{length}"
        );
        assert_eq!(Segments::as_ucs2(&text).parts, ucs2, "{length} as UCS-2");
    }
    let long = Segments::of(&"a".repeat(827));
    assert_eq!((long.units, long.units_left), (827, 918 - 827));
    assert_eq!(Segments::of("a").units_left, 159);
}

#[test]
fn one_curly_quote_doubles_the_price_and_is_named() {
    let text = format!("{}\u{2019}\u{2019}\u{2014}", "a".repeat(824));
    let segments = Segments::of(&text);
    assert_eq!(
        (segments.encoding, segments.parts, segments.units),
        (Encoding::Ucs2, 13, 827)
    );
    assert_eq!(segments.forcing, ['\u{2019}', '\u{2014}']);
    assert_eq!(ascii_replacement('\u{2019}'), Some("'"));
    let plain = replace_for_gsm7(&text);
    assert!(plain.ends_with("''-"));
    assert_eq!(
        (Segments::of(&plain).encoding, Segments::of(&plain).parts),
        (Encoding::Gsm7, 6)
    );
    assert_eq!(
        replace_for_gsm7("\u{201C}a\u{2026}\u{A0}b\u{201D} 漢"),
        "\"a... b\" 漢"
    );
}

#[test]
fn two_units_are_never_cut_in_half() {
    // 152 septets and a euro sign: it does not fit into the last septet of the first message.
    let euro = Segments::of(&format!("{}€{}", "a".repeat(152), "b".repeat(152)));
    assert_eq!((euro.units, euro.parts), (306, 3));
    // The same with the euro sign one earlier fits twice 153.
    assert_eq!(
        Segments::of(&format!("{}€{}", "a".repeat(151), "b".repeat(153))).parts,
        2
    );
    // A surrogate pair at the end of the first message.
    let emoji = Segments::of(&format!("{}🌞{}", "a".repeat(66), "b".repeat(66)));
    assert_eq!(
        (emoji.units, emoji.parts, emoji.encoding),
        (134, 3, Encoding::Ucs2)
    );
    assert_eq!(
        Segments::of(&format!("{}🌞{}", "a".repeat(65), "b".repeat(67))).parts,
        2
    );
}

#[test]
fn the_alphabet() {
    let one = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    assert_eq!(one.chars().count(), 127, "all of the table but the escape");
    assert!(one.chars().all(|character| septets(character) == Some(1)));
    assert!(
        "^{}\\[~]|€\u{0C}"
            .chars()
            .all(|character| septets(character) == Some(2))
    );
    for character in ['`', 'ç', 'á', '\t', '\u{7F}', '’', '漢', '🌞', '\0'] {
        assert_eq!(septets(character), None, "{character:?}");
    }
    assert_eq!(Segments::of("\r\n").units, 2);
}

proptest! {
    /// The parts hold the text: never fewer units of room than the text has, never a whole part too many.
    #[test]
    fn room_and_units_agree(text in "[a-z€🌞é]{0,500}") {
        for segments in [Segments::of(&text), Segments::as_ucs2(&text)] {
            let each = if segments.parts == 1 { segments.encoding.alone() } else { segments.encoding.joined() };
            prop_assert!(segments.parts * each >= segments.units + segments.units_left);
            // Each part but the last may lose one unit.
            prop_assert!((segments.parts - 1) * (each - 1) < segments.units.max(1));
        }
    }

    /// What has a replacement for everything ends in GSM-7, and a text of GSM-7 is left alone.
    #[test]
    fn replacement_keeps_what_is_good(text in "\\PC{0,80}") {
        let replaced = replace_for_gsm7(&text);
        for character in Segments::of(&replaced).forcing {
            prop_assert_eq!(ascii_replacement(character), None);
        }
        if Segments::of(&text).encoding == Encoding::Gsm7 {
            prop_assert_eq!(replaced, text);
        }
    }
}
