//! The person's configuration: a typing error must be named, never silently ignored.
use mmscope::config::{Color, Config, TEMPLATE};
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
    let error = toml::from_str::<Config>(&text).unwrap_err().to_string();
    let (_, known) = error.split_once("expected ").unwrap();
    let quoted = known.split('`').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

/// Nothing can be set that the template does not explain, and what it shows as built in is what is built in.
#[test]
fn the_template_names_every_key_with_its_built_in_value() {
    let tables = ["screen", "sending", "limits", "reference"];
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
        (Color::Never, true)
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
