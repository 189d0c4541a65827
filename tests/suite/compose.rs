//! The message being written: a wrong number must be caught before anything is dialled, and a backspace must take what is seen.
use mmscope::compose::{
    Budget, Draft, Recipient, Severity, SmsCount, grapheme_len_before, size_text,
};
use mmscope::profile::{Library, Prices, Profile};
use proptest::prelude::*;

fn mint() -> Profile {
    Library::shipped().get("us/mint").unwrap().clone()
}

fn to(number: &str) -> Recipient {
    Recipient::parse(number).unwrap()
}

#[test]
fn numbers_are_taken_as_people_type_and_paste_them() {
    let table = [
        ("+12025550123", "+12025550123"),
        ("  +1 202 555 0123 ", "+12025550123"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("+1.202.555.0123", "+12025550123"),
        ("tel:+1-202-555-0123", "+12025550123"),
        ("TEL:+12025550123", "+12025550123"),
        ("+1\u{a0}202\u{2011}555\u{2013}0123", "+12025550123"),
        ("\u{202a}+1 202 555 0123\u{202c}", "+12025550123"),
        ("+44 7700 900123", "+447700900123"),
        ("12345", "12345"),
        ("611", "611"),
        (
            "someone.else@mail.example.com",
            "someone.else@mail.example.com",
        ),
    ];
    for (typed, plain) in table {
        assert_eq!(to(typed).plain(), plain, "{typed}");
    }
    assert!(matches!(to("12345"), Recipient::ShortCode(_)));
    assert!(matches!(to("+12025550123"), Recipient::Number(_)));
    assert!(matches!(to("a@example.com"), Recipient::Email(_)));
}

#[test]
fn a_wrong_number_says_which_character_why_and_what_to_write() {
    // typed, offending characters, reason, remedy
    let table = [
        ("", "", "no recipient", "+12025550123"),
        ("   ", "", "no recipient", "+12025550123"),
        (
            "12025550123",
            "12025550123",
            "country code is missing",
            "+12025550123",
        ),
        (
            "202 555 0123",
            "202 555 0123",
            "country code is missing",
            "+12025550123",
        ),
        (
            "0012025550123",
            "0012025550123",
            "country code is missing",
            "+12025550123",
        ),
        (
            "0171 5550123",
            "0171 5550123",
            "country code is missing",
            "country code in front",
        ),
        ("+1 202 555 012x", "x", "character 15", "digits"),
        ("+1202555O123", "O", "character 9", "digits"),
        (
            "+1202+5550123",
            "+",
            "character 6 a plus",
            "one recipient at a time",
        ),
        (
            "+1 202 555 012",
            "+1 202 555 012",
            "has ten digits after it, this one has 9",
            "area code",
        ),
        (
            "+1 102 555 0123",
            "+1 102 555 0123",
            "begins with 0 or 1",
            "check",
        ),
        (
            "+0049 171 5550123",
            "+0049 171 5550123",
            "begins with 0",
            "without the 00",
        ),
        (
            "+4417",
            "+4417",
            "7 to 15 digits, this one has 4",
            "country code",
        ),
        (
            "+4912345678901234",
            "+4912345678901234",
            "7 to 15 digits, this one has 16",
            "country code",
        ),
        ("+", "+", "this one has 0", "country code"),
        ("12", "12", "too few", "country code"),
        ("+١٢٠٢٥٥٥", "١", "digit of another script", "0 to 9"),
        ("Ann", "A", "character 1", "digits"),
        ("tel:", "tel:", "no digit", "country code"),
        ("a b@example.com", " ", "character 2", "someone@example.com"),
        (
            "a@b@example.com",
            "a@b@example.com",
            "no e-mail",
            "someone@example.com",
        ),
        ("a@example", "a@example", "no e-mail", "someone@example.com"),
        ("+12025550123/TYPE=PLMN", "/", "character 13", "digits"),
    ];
    for (typed, offending, reason, remedy) in table {
        let error = Recipient::parse(typed).unwrap_err();
        let lint = error.lint();
        assert_eq!(
            (lint.id.as_str(), lint.severity),
            ("P13", Severity::Error),
            "{typed}"
        );
        assert_eq!(lint.offending, offending, "{typed}");
        assert_eq!(&typed[lint.range.clone()], offending, "{typed}");
        assert!(lint.says.contains(reason), "{typed}: {}", lint.says);
        assert!(lint.fix.contains(remedy), "{typed}: {}", lint.fix);
    }
}

#[test]
fn several_recipients_and_each_wrong_one_in_its_place() {
    let good = Recipient::parse_list("+12025550123, +1 202 555 0145;\n12345,").unwrap();
    let plain: Vec<&str> = good.iter().map(Recipient::plain).collect();
    assert_eq!(plain, ["+12025550123", "+12025550145", "12345"]);
    let typed = "+12025550123, 2025550145, +1202555014x";
    let wrong = Recipient::parse_list(typed).unwrap_err();
    let places: Vec<&str> = wrong
        .iter()
        .map(|error| &typed[error.lint().range.clone()])
        .collect();
    assert_eq!(places, ["2025550145", "x"]);
}

#[test]
fn numbers_and_words_stay_out_of_debug_prints_and_recordings() {
    let draft = Draft {
        to: vec![to("+12025550123")],
        text: "the secret text".into(),
        subject: "hush".into(),
        ..Draft::default()
    };
    let error = Recipient::parse("2025550123").unwrap_err();
    let lints = draft.check(&mint(), 0, 3);
    for shown in [
        format!("{draft:?}"),
        serde_json::to_string(&draft.to).unwrap(),
        format!("{error:?}"),
        format!("{lints:?}"),
    ] {
        for private in ["2025550123", "555", "secret", "hush"] {
            assert!(!shown.contains(private), "{shown}");
        }
    }
    assert_eq!(draft.to[0].masked().as_str(), "+1 *** *** **23");
}

#[test]
fn a_draft_is_checked_before_anything_is_touched() {
    let profile = mint();
    let full = profile.mms.max_bytes as usize;
    let draft = |to_whom: &[&str], text: &str| Draft {
        to: to_whom.iter().map(|number| to(number)).collect(),
        text: text.to_owned(),
        ..Draft::default()
    };
    let one = ["+12025550123"];
    // draft, PDU size, rules with their severity
    type Rules = &'static [(&'static str, Severity)];
    let table: [(Draft, usize, Rules); 9] = [
        (draft(&one, "hello"), 200, &[]),
        (draft(&[], "hello"), 200, &[("C01", Severity::Error)]),
        (draft(&one, " \n"), 200, &[("C02", Severity::Error)]),
        (
            draft(&[], ""),
            100,
            &[("C01", Severity::Error), ("C02", Severity::Error)],
        ),
        (draft(&one, &"a".repeat(5000)), 5200, &[]),
        (
            draft(&one, &"ä".repeat(5001)),
            10_200,
            &[("C03", Severity::Warning)],
        ),
        (draft(&one, "x"), full, &[("P15", Severity::Warning)]),
        (
            draft(&one, &"a".repeat(5001)),
            full + 1,
            &[("P15", Severity::Error), ("C03", Severity::Warning)],
        ),
        (
            draft(&["+12025550123", "+1 202 555 0123"], "x"),
            200,
            &[("C04", Severity::Warning)],
        ),
    ];
    for (draft, size, rules) in table {
        let found = draft.check(&profile, size, 5000);
        let found: Vec<(&str, Severity)> = found
            .iter()
            .map(|lint| (lint.id.as_str(), lint.severity))
            .collect();
        assert_eq!(found, rules, "{draft:?} of {size}");
    }
    let subject_only = Draft {
        subject: "hello".into(),
        ..draft(&one, "")
    };
    assert_eq!(subject_only.check(&profile, 200, 5000), []);
    let att = Library::shipped().get("us/att").unwrap().clone();
    let many: Vec<String> = (10..21).map(|n| format!("+120255501{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(draft(&many[..10], "x").check(&att, 200, 5000), []);
    assert_eq!(draft(&many, "x").check(&att, 200, 5000)[0].id, "P16");
}

/// The first user's 827 characters, as counted in the table of SMS segments: 6 parts in GSM-7, 13 in UCS-2.
#[test]
fn the_budget_says_what_the_recipient_will_see() {
    let budget = Budget {
        pdu_size: 1004,
        max_bytes: 1_048_576,
        characters: 827,
        text_limit: 5000,
        sms: SmsCount::of(&"a".repeat(827)),
    };
    assert_eq!(budget.mms_line(), "1 bubble, 1 004 B of 1.0 MiB");
    assert_eq!(
        budget.sms_line(),
        "6 parts, linked: 1 bubble on most phones"
    );
    assert_eq!(
        budget.unlinked_line().unwrap(),
        "6 parts, unlinked: 6 bubbles, in any order"
    );
    assert_eq!(
        budget.sms_detail(),
        "GSM-7, 91 left; one “ or emoji would make it UCS-2: 13 parts"
    );
    assert_eq!((budget.percent(), budget.severity()), (1, None));
    let prices = Prices {
        currency: "USD".into(),
        sms_part: 0.0083,
        mms: 0.022,
    };
    let (mms, sms) = budget.costs(&prices, 1);
    assert_eq!(
        (format!("{mms:.4}"), format!("{sms:.4}")),
        ("0.0220".into(), "0.0498".into())
    );

    let with_sms = |text: &str| Budget {
        sms: SmsCount::of(text),
        ..budget.clone()
    };
    // text, its lines
    let quoted = format!("“{}”", "a".repeat(825));
    let table = [
        ("", "no text yet", ""),
        ("hello", "1 part: 1 bubble", "GSM-7, 155 left"),
        (
            quoted.as_str(),
            "13 parts, linked: 1 bubble on most phones",
            "UCS-2, 44 left, because of “ ”; with plain ones: 6 parts",
        ),
        ("👍", "1 part: 1 bubble", "UCS-2, 68 left, because of 👍"),
        (
            "“abcde’ – … “",
            "1 part: 1 bubble",
            "UCS-2, 57 left, because of “ ’ – …; with plain ones: 1 part",
        ),
        (
            "абвгд",
            "1 part: 1 bubble",
            "UCS-2, 65 left, because of а б в г …",
        ),
        (
            "a\u{200b}\u{1}",
            "1 part: 1 bubble",
            "UCS-2, 67 left, because of U+200B U+0001",
        ),
    ];
    for (text, line, detail) in table {
        let budget = with_sms(text);
        assert_eq!(
            (budget.sms_line().as_str(), budget.sms_detail().as_str()),
            (line, detail),
            "{text}"
        );
    }
    assert_eq!(with_sms("hello").unlinked_line(), None);
    let huge = Budget {
        pdu_size: 1_048_576 + 512,
        ..budget.clone()
    };
    assert_eq!(
        huge.mms_line(),
        "does not fit: 1.0 MiB of 1.0 MiB, 512 B too much"
    );
    assert_eq!(
        (huge.percent(), huge.severity()),
        (101, Some(Severity::Error))
    );
    let long = Budget {
        characters: 5001,
        ..budget
    };
    assert_eq!(long.severity(), Some(Severity::Warning));
}

#[test]
fn sizes_for_the_eye() {
    for (octets, text) in [
        (0, "0 B"),
        (999, "999 B"),
        (1023, "1 023 B"),
        (1301, "1 301 B"),
        (10_239, "10 239 B"),
        (10_240, "10 KiB"),
        (12_900, "12.5 KiB"),
        (307_200, "300 KiB"),
        (1_048_575, "1023.9 KiB"),
        (1_048_576, "1.0 MiB"),
        (u64::MAX, "17592186044415.9 MiB"),
    ] {
        assert_eq!(size_text(octets), text);
    }
}

#[test]
fn backspace_takes_what_a_person_sees_as_one_character() {
    // line, column in chars, chars taken
    let table = [
        ("", 0, 0),
        ("abc", 0, 0),
        ("abc", 3, 1),
        ("abc", 99, 1),
        ("ab👨‍👩‍👧‍👦", 9, 7),      // a family: four people, three joiners
        ("🇩🇪", 2, 2),        // a flag
        ("🇩🇪🇫🇷", 4, 2),      // the second of two flags only
        ("👍🏽", 2, 2),        // a skin tone
        ("e\u{301}x", 2, 2), // a combining accent
        ("e\u{301}x", 3, 1),
        ("❤\u{fe0f}", 2, 2), // a variation selector
        ("각", 1, 1),
    ];
    for (line, column, taken) in table {
        assert_eq!(
            grapheme_len_before(line, column),
            taken,
            "{line:?} at {column}"
        );
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_recipient_panic(typed in any::<String>()) {
        let ranges = |text: &str, error: &mmscope::compose::RecipientError| text.get(error.lint().range.clone()).map(str::to_owned);
        if let Err(error) = Recipient::parse(&typed) {
            prop_assert_eq!(ranges(&typed, &error), Some(error.lint().offending.clone()));
        }
        if let Err(errors) = Recipient::parse_list(&typed) {
            for error in &errors {
                prop_assert_eq!(ranges(&typed, error), Some(error.lint().offending.clone()));
            }
        }
    }

    /// Whatever was typed, a number that passes is digits with at most one plus in front: it goes into a PDU and into AT commands.
    #[test]
    fn what_passes_is_clean(typed in "(tel:)?\\+?[-0-9 .()]{0,22}") {
        if let Ok(recipient) = Recipient::parse(&typed) {
            let plain = recipient.plain();
            prop_assert!(plain.strip_prefix('+').unwrap_or(plain).bytes().all(|b| b.is_ascii_digit()));
            prop_assert_eq!(&Recipient::parse(plain).unwrap(), &recipient);
        }
    }

    #[test]
    fn backspace_never_takes_more_than_there_is(line in any::<String>(), column in 0usize..60) {
        let there = line.chars().count().min(column);
        let taken = grapheme_len_before(&line, column);
        prop_assert!(taken <= there);
        prop_assert_eq!(taken == 0, there == 0);
    }
}

/// Thousands of SMS from one message: each recipient is billed, each part is written down twice, and a carrier stops the line before half of them are out.
#[test]
fn an_sms_to_more_than_a_carrier_takes_in_a_day_is_refused_with_the_number() {
    use mmscope::compose::{MOST_SMS, NoSms, can_be_sms, sms_parts, way_by_length};
    use mmscope::event::Way;
    let letter = |recipients: usize, text: &str| Draft {
        to: (0..recipients)
            .map(|n| to(&format!("+1202555{n:04}")))
            .collect(),
        text: text.to_owned(),
        ..Draft::default()
    };
    let long = "a".repeat(153 * 2);
    // Recipients, the text, SMS in all; none where it is too many.
    let table = [
        (MOST_SMS, "hello", Some(MOST_SMS)),
        (MOST_SMS + 1, "hello", None),
        (3_000, "hello", None),
        (MOST_SMS / 2, long.as_str(), Some(MOST_SMS)),
        (MOST_SMS / 2 + 1, long.as_str(), None),
    ];
    for (recipients, text, all) in table {
        for way in [Way::Sms, Way::SmsUnlinked] {
            let parts = sms_parts(&letter(recipients, text), way, 7, false);
            let count = parts.as_ref().map(Vec::len).ok();
            assert_eq!(count, all, "{recipients} {way:?}");
            let Err(why) = parts else { continue };
            assert!(matches!(why, NoSms::TooMany { .. }), "{why}");
            let says = why.to_string();
            for part in [recipients.to_string(), MOST_SMS.to_string()] {
                assert!(says.contains(&part), "{part} in {says}");
            }
        }
    }
    let many = letter(3_000, "hello");
    assert!(can_be_sms(&many).is_err(), "no fallback is offered");
    assert_eq!(way_by_length(&many, 4), Way::Mms);
}
