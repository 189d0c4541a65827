//! The person's configuration: a typing error must be named, never silently ignored.
use mmscope::config::{Ascii, Color, Config, TEMPLATE};
use mmscope::event::Stage;
use proptest::prelude::*;
use std::time::Duration;

fn read(text: &str) -> Result<Config, String> {
    Config::parse("config.toml", text).map_err(|error| error.to_string())
}

#[test]
fn the_template_as_it_stands_is_the_default() {
    assert_eq!(read(TEMPLATE).unwrap(), Config::default());
    assert_eq!(read("").unwrap(), Config::default());
}

/// Every commented key of the template is a real one, and where it claims to show a default it does.
#[test]
fn the_template_with_all_its_lines_is_accepted() {
    let is_setting = |line: &&str| {
        line.starts_with("#[")
            || line
                .split_once(" = ")
                .is_some_and(|(key, _)| key.starts_with('#') && !key.contains(' '))
    };
    let all: Vec<&str> = TEMPLATE
        .lines()
        .filter(is_setting)
        .map(|line| &line[1..])
        .collect();
    assert!(all.len() > 15, "{all:?}");
    let full = read(&all.join("\n")).unwrap();
    let default = Config::default();
    assert_eq!(full.baud, default.baud);
    assert_eq!(full.text_limit, default.text_limit);
    assert_eq!(full.poll_seconds, default.poll_seconds);
    assert_eq!(full.pace_seconds, default.pace_seconds);
    assert_eq!(
        (full.screen.color, full.screen.ascii),
        (default.screen.color, default.screen.ascii)
    );
    let layout =
        mmscope::console::Layout::of("", full.screen.layout.as_ref(), &full.screen.panes).unwrap();
    assert_eq!((layout.name(), layout.own.len()), ("all", 2));
    let columns = mmscope::console::columns::Columns::of("", &full.traffic).unwrap();
    assert_eq!(columns, mmscope::console::columns::Columns::default());
    let theme = full.screen.theme.unwrap().text;
    assert_eq!(theme, mmscope::console::Theme::default().name);
    assert_eq!(full.profile.unwrap().as_str(), "us/mint");
    for stage in Stage::ALL {
        assert_eq!(
            full.limits.of(stage).is_some(),
            !matches!(stage, Stage::Encode | Stage::Confirm),
            "{stage}"
        );
    }
}

/// The keys of a table, as the reader names them where it meets one that it does not know.
fn keys_of(table: &str) -> Vec<String> {
    let text = format!("{table}no_such_key_at_all = 1\n");
    let error = mmscope::document::read::<Config>(&text).unwrap_err().says;
    let (_, known) = error.split_once("expected ").unwrap();
    let quoted = known.split('`').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

/// Nothing can be set that the template does not explain, and what it shows as built in is what is built in.
#[test]
fn the_template_names_every_key_with_its_built_in_value() {
    let tables = ["screen", "traffic", "sending", "limits", "reference"];
    // The keys stand behind the template: `config --template` makes that table from the actions themselves.
    for key in keys_of("").into_iter().filter(|k| k != "keys") {
        let shown = if tables.contains(&key.as_str()) {
            format!("\n#[{key}]\n")
        } else {
            format!("\n#{key} = ")
        };
        assert!(TEMPLATE.contains(&shown), "`{key}` is not in the template");
    }
    for table in tables {
        let (_, part) = TEMPLATE.split_once(&format!("\n#[{table}]\n")).unwrap();
        let part = part.split("\n#[").next().unwrap();
        let keys = keys_of(&format!("[{table}]\n"));
        assert!(keys.len() >= 2, "{keys:?}");
        for key in keys {
            let before = format!("\n{part}");
            let (above, _) = before
                .split_once(&format!("\n#{key} = "))
                .unwrap_or_else(|| panic!("`{key}` of [{table}] is not in the template"));
            // A comment may be for two keys that belong together.
            let mut above = above.lines().rev().take(2);
            let explained = table == "limits" || above.any(|l| l.starts_with("# "));
            assert!(explained, "`{key}` of [{table}] has no word of explanation");
        }
    }
    let limits = mmscope::pipeline::Limits::with(|_| None);
    let (_, part) = TEMPLATE.split_once("\n#[limits]\n").unwrap();
    for line in part.lines().take_while(|l| !l.is_empty()) {
        let (key, seconds) = line[1..].split_once(" = ").unwrap();
        let stage = Stage::ALL.into_iter().find(|s| s.name() == key).unwrap();
        assert_eq!(limits.of(stage).as_secs().to_string(), seconds, "{key}");
    }
}

/// A reader of the part of JSON Schema that ours uses: what it refuses, and why.
fn refused(schema: &serde_json::Value, value: &serde_json::Value) -> Result<(), String> {
    let no = |why: &str| Err(format!("{value} is {why}"));
    if let (Some(_), Some(words)) = (schema["type"].as_array(), schema["enum"].as_array()) {
        return match words.contains(value) {
            true => Ok(()),
            false => no("none of these values"),
        };
    }
    match schema["type"].as_str().expect("each value has a type") {
        "object" => {
            assert_eq!(schema["additionalProperties"], false);
            for (key, value) in value.as_object().ok_or("no object")? {
                let known = schema["properties"].get(key);
                refused(known.ok_or(format!("`{key}` is unknown"))?, value)?;
            }
        }
        "array" => {
            let items = value.as_array().ok_or("no array")?;
            let most = schema["maxItems"].as_u64();
            if most.is_some_and(|most| items.len() as u64 > most) {
                return no("too long");
            }
            for item in items {
                refused(&schema["items"], item)?;
            }
        }
        "integer" => {
            let number = value.as_i64().ok_or("no integer")?;
            let below = schema["minimum"]
                .as_i64()
                .is_some_and(|least| number < least);
            let above = schema["maximum"].as_i64().is_some_and(|most| number > most);
            if below || above {
                return no("out of range");
            }
        }
        "string" => {
            let text = value.as_str().ok_or("no string")?;
            let words = schema["enum"].as_array();
            if words.is_some_and(|words| !words.iter().any(|w| w == text)) {
                return no("none of the words");
            }
            let pattern = schema["pattern"].as_str();
            let pattern = pattern.map(|p| regex_lite::Regex::new(p).unwrap());
            if pattern.is_some_and(|p| !p.is_match(text)) {
                return no("not like that");
            }
        }
        other => panic!("{other} is no type that ours has"),
    }
    Ok(())
}

fn schema() -> serde_json::Value {
    use mmscope::console::{action::TABLE, keymap};
    let actions = TABLE.iter().map(|row| (row.name, row.help));
    mmscope::config::schema(actions, &keymap::preset_names())
}

/// An editor that goes by the schema offers every key that there is, and none that is refused.
#[test]
fn the_schema_knows_the_keys_that_the_reader_knows() {
    let schema = schema();
    let names = |schema: &serde_json::Value| {
        let mut names: Vec<String> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        names.sort();
        names
    };
    let sorted = |mut keys: Vec<String>| {
        keys.sort();
        keys
    };
    assert_eq!(names(&schema), sorted(keys_of("")));
    for table in ["screen", "traffic", "sending", "limits", "reference"] {
        let known = sorted(keys_of(&format!("[{table}]\n")));
        assert_eq!(names(&schema["properties"][table]), known, "[{table}]");
    }
    for table in schema["properties"].as_object().unwrap().values() {
        assert!(table["description"].as_str().is_some_and(|d| d.len() > 10));
    }
    let keys = &schema["properties"]["keys"]["properties"];
    for row in mmscope::console::action::TABLE {
        assert!(keys.get(row.name).is_some(), "{}", row.name);
    }
}

/// The template with all its lines passes, the keys behind it too.
#[test]
fn the_schema_accepts_the_template() {
    let all = format!("{TEMPLATE}{}", mmscope::console::keymap::template());
    let settings: Vec<&str> = all
        .lines()
        .filter(|line| {
            let key = line.split_once(" = ").map(|(key, _)| key);
            line.starts_with("#[")
                || line.starts_with('[')
                || key.is_some_and(|key| key.starts_with('#') && !key.contains(' '))
        })
        .map(|line| line.trim_start_matches('#'))
        .collect();
    let table: toml::Table = toml::from_str(&settings.join("\n")).unwrap();
    let value = serde_json::to_value(&table).unwrap();
    assert!(value.as_object().unwrap().len() > 10, "{value}");
    refused(&schema(), &value).unwrap();
}

/// A setting, and whether it can be had: by the schema as by the reader.
#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let table = [
        ("baud = 299", false),
        ("baud = 300", true),
        ("baud = 4000000", true),
        ("baud = 4000001", false),
        ("poll_seconds = 1", false),
        ("poll_seconds = 2", true),
        ("poll_seconds = 3600", true),
        ("poll_seconds = 3601", false),
        ("pace_seconds = 0", true),
        ("pace_seconds = 3601", false),
        ("text_limit = 0", true),
        ("text_limit = -1", false),
        ("text_limit = 99999", true),
        ("profile = \"us/mint\"", true),
        ("profile = \"Mint\"", false),
        ("receive = \"fetch\"", true),
        ("receive = \"always\"", false),
        ("port = 3", false),
        ("[sending]\nway = \"sms-unlinked\"", true),
        ("[sending]\nway = \"letter\"", false),
        ("[sending]\nmms_from_parts = 0", false),
        ("[sending]\nmms_from_parts = 255", true),
        ("[sending]\nmms_from_parts = 256", false),
        ("[sending]\nfallback = \"never\"", true),
        ("[sending]\nattempts = 20", true),
        ("[sending]\nattempts = 21", false),
        ("[screen]\ncolor = \"sometimes\"", false),
        ("[screen]\nascii = true", true),
        ("[screen]\nascii = false", true),
        ("[screen]\nascii = \"auto\"", true),
        ("[screen]\nascii = \"yes\"", false),
        ("[screen]\nascii = 1", false),
        ("[limits]\nconnect = 0", false),
        ("[limits]\nconnect = 3600", true),
        ("[limits]\nencode = 1", false),
        ("[reference]\nopen = [\"example.com:80\"]", true),
        ("[reference]\nopen = [\"example.com\"]", false),
        ("[reference]\nclosed = \"203.0.113.10:81\"", true),
        ("[reference]\nresolver = \"2001:db8::53\"", true),
        ("[reference]\nresolver = \"dns.example\"", false),
        ("[reference]\nblack_hole = \"192.0.2.1\"", true),
        ("[reference]\nblack_hole = \"2001:db8::1\"", false),
        ("no_such_key = 1", false),
    ];
    let schema = schema();
    for (text, good) in table {
        let value: toml::Table = toml::from_str(text).unwrap();
        let value = serde_json::to_value(&value).unwrap();
        assert_eq!(read(text).is_ok(), good, "the reader: {text}");
        assert_eq!(refused(&schema, &value).is_ok(), good, "the schema: {text}");
    }
}

#[test]
fn what_is_set_is_what_is_got() {
    let config = read(
        "port = \"COM24\"\nbaud = 9600\nprofile = \"us/mint\"\nown_number = \"+1 202-555-0123\"\ntext_limit = 300\npoll_seconds = 30\npace_seconds = 0\n[screen]\ncolor = \"never\"\nascii = true\n[limits]\nconnect = 15\n",
    )
    .unwrap();
    assert_eq!(config.port.as_deref(), Some("COM24"));
    assert_eq!(config.baud.get(), 9600);
    assert_eq!(
        config.own_number.as_ref().unwrap().recipient().plain(),
        "+12025550123"
    );
    assert_eq!(config.text_limit, 300);
    assert_eq!(
        (config.poll(), config.pace()),
        (Duration::from_secs(30), Duration::ZERO)
    );
    assert_eq!(
        (config.screen.color, config.screen.ascii),
        (Color::Never, Ascii::Always)
    );
    assert_eq!(
        config.limits.of(Stage::Connect),
        Some(Duration::from_secs(15))
    );
    assert_eq!(config.limits.of(Stage::Post), None);
    assert!(!format!("{config:?}").contains("2025550123"));
}

#[test]
fn a_wrong_line_is_named_with_its_place_and_remedy() {
    let table = [
        (
            "bauds = 9600",
            "config.toml:1:1: `bauds` is no key",
            "did you mean `baud`?",
        ),
        ("\nbaud = 12", "config.toml:2:8: 12 is no speed", "115200"),
        ("baud = \"fast\"", "config.toml:1:8: invalid type", "quotes"),
        (
            "poll_seconds = 0",
            "config.toml:1:16: 0 is out of range",
            "2 to 3600",
        ),
        (
            "pace_seconds = -1",
            "config.toml:1:16: -1 is out of range",
            "0 to 3600",
        ),
        ("text_limit = -1", "config.toml:1:14:", ""),
        (
            "profile = \"mint\"",
            "config.toml:1:11: `mint` is no profile id",
            "us/mint",
        ),
        (
            "own_number = \"2025550123\"",
            "config.toml:1:14: the country code is missing",
            "+12025550123",
        ),
        (
            "own_number = \"12345\"",
            "config.toml:1:14: this is no telephone number",
            "country code",
        ),
        (
            "[screen]\ncolor = \"sometimes\"",
            "config.toml:2:9: `sometimes` is no value",
            "auto",
        ),
        (
            "[limits]\nconect = 3",
            "config.toml:2:1: `conect` is no key",
            "did you mean `connect`?",
        ),
        (
            "[limits]\nconnect = 100000",
            "config.toml:2:11: 100000 is out of range",
            "1 to 3600",
        ),
        ("[limits\n", "config.toml:1:", "brackets"),
    ];
    for (text, says, remedy) in table {
        let error = read(text).unwrap_err();
        assert!(error.contains(says), "{error}\n  lacks {says}");
        assert!(error.contains(remedy), "{error}\n  lacks {remedy}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = read(&text);
    }
}
