//! TOML texts as values of ours: what is read is what the crate `toml` reads, and what is wrong is told with its place.
use mmscope::document::{self, Document, Step, Word};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    #[serde(default)]
    count: u16,
    #[serde(default)]
    big: u64,
    #[serde(default)]
    signed: i32,
    #[serde(default)]
    share: f64,
    #[serde(default)]
    on: bool,
    #[serde(default)]
    colour: Option<Colour>,
    #[serde(default)]
    either: Option<Either>,
    #[serde(default)]
    list: Vec<(u8, String)>,
    #[serde(default)]
    table: BTreeMap<String, Vec<i64>>,
    #[serde(default)]
    inner: Option<Box<Sample>>,
    #[serde(default)]
    more: Vec<Shape>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Colour {
    Red,
    LightBlue,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Either {
    Number(u8),
    Text(String),
    Many(Vec<f64>),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shape {
    Point,
    Line(u8),
    Box { wide: u8, high: u8 },
}

/// Parts of texts: most are right, some are not, each goes wrong in its own way.
const PARTS: &[&str] = &[
    "name = \"a\"",
    "name = 'b \u{e9}\u{1f600}'",
    "name = 7",
    "count = 65_535",
    "count = 65536",
    "count = -1",
    "count = 0x10",
    "big = 9223372036854775807",
    "signed = -2147483648",
    "signed = 2147483648",
    "share = 0.5",
    "share = 3",
    "share = -inf",
    "share = 1e400",
    "on = true",
    "on = \"true\"",
    "on = 1",
    "colour = \"light-blue\"",
    "colour = \"LightBlue\"",
    "colour = {}",
    "either = 7",
    "either = \"seven\"",
    "either = [1.0, 2]",
    "either = 700",
    "either = true",
    "list = [[1, \"x\"], [2, \"y\"]]",
    "list = [[1]]",
    "list = [[1, \"x\", 3]]",
    "list = 1",
    "table.a = [1, 2]",
    "table.b = []",
    "table.b = \"no\"",
    "inner = { name = \"c\" }",
    "inner = { }",
    "inner = { name = \"c\", more = [\"point\", { line = 4 }] }",
    "more = [\"point\", { line = 4 }, { box = { wide = 1, high = 2 } }]",
    "more = [{ line = 4, point = 1 }]",
    "more = [\"line\"]",
    "more = [{ box = { wide = 1 } }]",
    "more = [\"circle\"]",
    "date = 2026-11-22",
    "name = 2026-11-22",
    "nmae = \"a\"",
    "name = ",
    "[inner]",
    "[[more]]",
    "[table]",
    "# only words",
    "",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever a person writes, the answer is the one of the crate's own reader: the same value, or a refusal by both.
    #[test]
    fn what_is_read_is_what_the_crate_reads(parts in prop::collection::vec(prop::sample::select(PARTS), 0..7)) {
        let text = format!("name = \"n\"\n{}", parts.join("\n")).replacen("name = \"n\"\n", if parts.iter().any(|p| p.starts_with("name")) { "" } else { "name = \"n\"\n" }, 1);
        let theirs = toml::from_str::<Sample>(&text);
        let ours = document::read::<Sample>(&text);
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (Err(ours), Err(theirs)) => {
                // Both name a first fault; where there are several, not always the same one.
                prop_assert!(!ours.says.is_empty() && !theirs.message().is_empty());
                prop_assert!(ours.span.is_some_and(|s| s.start <= s.end && s.end <= text.len()), "{}", text);
            }
            (ours, theirs) => prop_assert!(false, "{text}\nours: {ours:?}\ntheirs: {theirs:?}"),
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(?s).{0,80}") {
        let _ = document::read::<Sample>(&text);
    }
}

#[test]
fn what_is_wrong_is_told_where_it_stands() {
    for (text, place, says) in [
        (
            "name = \"a\"\ncount = \"7\"",
            "\"7\"",
            "invalid type: string \"7\", expected u16",
        ),
        (
            "name = \"a\"\ncount = 65536",
            "65536",
            "invalid value: integer `65536`, expected u16",
        ),
        ("name = \"a\"\nnmae = 1", "nmae", "unknown field `nmae`"),
        (
            "name = \"a\"\ninner = { count = 1 }",
            "{ count = 1 }",
            "missing field `name`",
        ),
        (
            "name = \"a\"\nlist = [[1, \"x\"], [300, \"y\"]]",
            "300",
            "expected u8",
        ),
        (
            "name = \"a\"\nmore = [\"circle\"]",
            "\"circle\"",
            "unknown variant `circle`",
        ),
        (
            "name = \"a\"\nbig = 99999999999999999999",
            "99999999999999999999",
            "larger than any",
        ),
        (
            "name = \"a\"\non = 2026-11-22",
            "2026-11-22",
            "date or time",
        ),
    ] {
        let wrong = document::read::<Sample>(text).unwrap_err();
        assert!(wrong.says.contains(says), "{text}: {}", wrong.says);
        assert_eq!(&text[wrong.span.unwrap()], place, "{text}");
    }
}

#[test]
fn a_word_knows_its_place_as_key_and_as_value() {
    let text = "[tones]\n# a remark\n\"warm\" = \"bold red\"\ncold = \"blue\"\n";
    let tones = Document::parse(text).unwrap();
    assert_eq!(
        tones.place(&[Step::Key("tones"), Step::Key("cold")]),
        Some(text.len() - 7..text.len() - 1)
    );
    #[derive(Debug, Deserialize)]
    struct File {
        tones: BTreeMap<String, Word>,
    }
    let file: File = tones.read().unwrap();
    let warm = &file.tones["warm"];
    assert_eq!(
        (warm.text.as_str(), &text[warm.span.clone()]),
        ("bold red", "\"bold red\"")
    );
    assert!(
        document::read::<File>("[tones]\nwarm = 1")
            .unwrap_err()
            .says
            .contains("expected a string")
    );
}

/// A world that is like another one: what the person wrote wins, and a fault is shown in the person's text, never in the one beneath.
#[test]
fn one_document_over_another() {
    let beneath = "name = \"under\"\ncount = 7\nlist = [[1, \"x\"]]\n[table]\na = [1]\nb = [2]\n[inner]\nname = \"deep\"\ncount = 1\n";
    let over = |text: &str| {
        Document::parse(text)
            .unwrap()
            .laid_over(Document::parse(beneath).unwrap())
    };
    let whole: Sample = over("count = 8\nlist = []\n[table]\nb = [3]\n[inner]\ncount = 2\n")
        .read()
        .unwrap();
    assert_eq!(
        (whole.name.as_str(), whole.count, whole.list.len()),
        ("under", 8, 0)
    );
    assert_eq!(
        whole.table,
        BTreeMap::from([("a".to_owned(), vec![1]), ("b".to_owned(), vec![3])])
    );
    let inner = whole.inner.unwrap();
    assert_eq!((inner.name.as_str(), inner.count), ("deep", 2));

    let text = "[inner]\ncount = 2\ncuont = 3\n";
    let wrong = over(text).read::<Sample>().unwrap_err();
    assert_eq!(&text[wrong.span.unwrap()], "cuont");
    let misfit = Document::parse("name = 1").unwrap();
    let wrong = Document::parse("count = 1")
        .unwrap()
        .laid_over(misfit)
        .read::<Sample>()
        .unwrap_err();
    assert!(wrong.says.contains("expected a string"), "{}", wrong.says);
    let whole = wrong.span.unwrap();
    assert_eq!(
        whole.start, 0,
        "the text as a whole, for nothing in it is to blame"
    );
}
