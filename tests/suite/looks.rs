//! What a configuration says of the console, through the program itself: checked, printed, and read again while it runs.
use mmscope::console::action::TABLE;
use std::process::{Command, Output};
use tempfile::TempDir;

struct Home(TempDir);

impl Home {
    /// A home with these files in mmscope's configuration folder.
    fn with(files: &[(&str, &str)]) -> Self {
        let home = Self(TempDir::new().unwrap());
        for (name, text) in files {
            home.write(name, text);
        }
        home
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join("config/mmscope").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(words)
            .current_dir(self.0.path().join("config/mmscope"))
            .env("HOME", self.0.path())
            .env("LC_ALL", "C.UTF-8")
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("XDG_CONFIG_HOME", self.0.path().join("config"))
            .output()
            .unwrap()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_check_covers_keys_layout_and_theme_and_names_every_fault() {
    let faulty = "[screen]\ntheme = \"mine\"\nlayout = \"wires\"\n[keys]\nsned = []\nsend = [\"s\"]\n\
         [traffic]\ncolumns = [\"text\", \"tyme\"]\n";
    let home = Home::with(&[
        ("faulty.toml", faulty),
        ("themes/mine.toml", "[tones]\nbad = \"gren\"\n"),
        (
            "good.toml",
            "[screen]\ntheme = \"own.toml\"\n[keys]\nhttp = [\"p\"]\n",
        ),
        ("own.toml", "base = \"light\"\n"),
        ("gone.toml", "[screen]\ntheme = \"gone\"\n"),
    ]);
    let checked = home.run(&["config", "--check", "faulty.toml"]);
    assert_eq!(checked.status.code(), Some(2));
    let said = err(&checked);
    for part in [
        "faulty.toml:2:9: ",
        "mine.toml:2:7: `gren` is no colour and no modifier",
        "faulty.toml:3:10: `wires` is no layout; did you mean `wire`?",
        "faulty.toml:5:1: `sned` is no action; did you mean `send`?",
        "faulty.toml:6:9: `s` is a plain character, and `send` changes",
        "faulty.toml:8:20: `tyme` is no column of the traffic; did you mean `time`?",
    ] {
        assert!(said.contains(part), "{said}\n  lacks {part}");
    }
    let good = home.run(&["config", "--check", "good.toml"]);
    assert_eq!(good.status.code(), Some(0), "{}", err(&good));
    assert_eq!(
        out(&good),
        "good.toml: note: p is now http, and no longer profiles (which keeps 8, ^O, F2, Alt-8)\ngood.toml: good\n"
    );
    let gone = home.run(&["config", "--check", "gone.toml"]);
    assert!(
        err(&gone)
            .contains("`gone` is no built-in theme (sixteen, dark, light, colour-blind, mono)"),
        "{}",
        err(&gone)
    );
}

#[test]
fn the_printed_template_is_good_as_it_stands_and_with_all_its_lines() {
    let home = Home::with(&[]);
    home.write("x", "");
    let template = out(&home.run(&["config", "--template"]));
    home.write("as-it-stands.toml", &template);
    let is_setting = |line: &&str| {
        line.starts_with("#[")
            || line
                .split_once(" = ")
                .is_some_and(|(key, _)| key.starts_with('#') && !key.contains(' '))
    };
    let all: String = template
        .lines()
        .filter(is_setting)
        .map(|line| format!("{}\n", &line[1..]))
        .collect();
    assert!(
        TABLE
            .iter()
            .all(|r| all.contains(&format!("\n{} = [", r.name)))
    );
    home.write("all.toml", &all);
    for file in ["as-it-stands.toml", "all.toml"] {
        let checked = home.run(&["config", "--check", file]);
        assert_eq!(
            out(&checked),
            format!("{file}: good\n"),
            "{}",
            err(&checked)
        );
    }
}

#[test]
fn every_action_is_printed_with_its_keys_and_where_they_are_valid() {
    let home = Home::with(&[("config.toml", "[keys]\nsend = [\"f10\"]\nfreeze = []\n")]);
    let printed = out(&home.run(&["config", "--keys"]));
    for row in TABLE {
        let line = printed.lines().find(|l| {
            l.get(2..)
                .is_some_and(|l| l.starts_with(&format!("{} ", row.name)))
        });
        let line = line.unwrap_or_else(|| panic!("{} is not printed", row.name));
        assert_eq!(line.starts_with("! "), row.changes_world, "{line}");
        assert!(line.contains(row.help), "{line}");
    }
    assert!(
        printed.contains("\"f10\"            everywhere"),
        "{printed}"
    );
    assert!(!printed.contains("\"ctrl-s\""), "its old key is gone");
    assert!(
        printed.contains("\"leader t\"       everywhere"),
        "{printed}"
    );
}

#[cfg(unix)]
mod running {
    use super::Home;
    use crate::terminal::Terminal;
    use portable_pty::CommandBuilder;

    fn open(home: &Home, words: &[&str]) -> Terminal {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mmscope"));
        command.args(words);
        command.env("HOME", home.0.path());
        command.env("LC_ALL", "C.UTF-8");
        command.env("XDG_STATE_HOME", home.0.path().join("state"));
        command.env("XDG_CONFIG_HOME", home.0.path().join("config"));
        Terminal::start(command, (100, 30))
    }

    /// The ground of the cell in the upper left corner.
    fn ground(terminal: &Terminal) -> vt100::Color {
        let seen = terminal.seen.lock().unwrap();
        seen.screen().cell(0, 0).unwrap().bgcolor()
    }

    #[test]
    fn theme_keys_and_profiles_are_read_again_without_a_restart() {
        let home = Home::with(&[("config.toml", "")]);
        let mut terminal = open(&home, &["--sim", "--theme", "light"]);
        terminal.until("the profile", |s| {
            s.contents().contains("mint-as-configured")
        });
        assert_eq!(ground(&terminal), vt100::Color::Idx(231));
        terminal.press("q");
        terminal.ended();

        let mut terminal = open(&home, &["--sim"]);
        terminal.until("the profile", |s| {
            s.contents().contains("mint-as-configured")
        });
        assert_eq!(ground(&terminal), vt100::Color::Default);
        home.write(
            "config.toml",
            "[screen]\ntheme = \"dark\"\n[keys]\nzoom = [\"x\"]\n",
        );
        let shipped = std::fs::read_to_string("profiles/us/mint.toml").unwrap();
        let own = shipped.replacen("us/mint", "us/aaa-mine", 1);
        home.write("profiles/us/aaa-mine.toml", &own);
        terminal.press("\x0br");
        terminal.until("a word of it", |s| s.contents().contains("were read again"));
        assert_eq!(ground(&terminal), vt100::Color::Idx(234));
        terminal.press("px");
        terminal.until("the new profile", |s| s.contents().contains("us/aaa-mine"));
        home.write("config.toml", "[keys]\nzoom = [\"x x x\"]\n");
        terminal.press("\x0br");
        terminal.until("the place of the fault", |s| {
            s.contents().contains("config.toml:2:9: `x x x` is no key")
        });
        assert_eq!(
            ground(&terminal),
            vt100::Color::Idx(234),
            "and what was worn is kept"
        );
        terminal.press("q");
        terminal.ended();
    }

    /// The columns of a configuration are those of the screen, at the start and when it is read again.
    #[test]
    fn the_traffic_has_the_columns_that_are_wanted() {
        let wanted = |columns: &str| format!("[traffic]\ncolumns = [{columns}]\n");
        let home = Home::with(&[("config.toml", &wanted("\"direction\", \"text\""))]);
        let mut terminal = open(&home, &["--sim"]);
        terminal.until("a line without its time", |s| {
            s.contents().contains("│▶ AT+")
        });
        home.write("config.toml", &wanted("\"text\", \"direction\""));
        terminal.press("\x0br");
        terminal.until("the line first", |s| s.contents().contains("│AT+"));
        terminal.press("q");
        terminal.ended();
    }

    #[test]
    fn a_hint_that_was_followed_does_not_come_again() {
        let home = Home::with(&[("config.toml", "")]);
        let mut terminal = open(&home, &["--sim", "--sim-speed", "20"]);
        let tip = "sends this letter: simulated, broken on purpose";
        terminal.until("the hint", |s| s.contents().contains(tip));
        terminal.press("\x13");
        terminal.until("its end", |s| s.contents().contains("did not connect:"));
        terminal.until("the next hint", |s| {
            s.contents()
                .contains("finds out why; broken on purpose, `--world open` works")
        });
        terminal.press("q");
        terminal.ended();
        let learned = home.0.path().join("state/mmscope/learned");
        assert_eq!(std::fs::read_to_string(learned).unwrap(), "send\n");
        let mut terminal = open(&home, &["--sim", "--sim-speed", "20"]);
        terminal.until("another hint", |s| s.contents().contains("Tip: "));
        let seen = terminal.seen.lock().unwrap().screen().contents();
        assert!(!seen.contains(tip), "{seen}");
        terminal.press("q");
        terminal.ended();
    }

    #[test]
    fn keys_that_clash_are_told_before_anything_is_opened() {
        let home = Home::with(&[("config.toml", "[keys]\nsend = [\"s\"]\n")]);
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mmscope"));
        command.args(["--sim"]);
        command.env("HOME", home.0.path());
        command.env("LC_ALL", "C.UTF-8");
        command.env("XDG_STATE_HOME", home.0.path().join("state"));
        command.env("XDG_CONFIG_HOME", home.0.path().join("config"));
        let size = portable_pty::PtySize {
            rows: 24,
            cols: 200,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = portable_pty::native_pty_system().openpty(size).unwrap();
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut said = Vec::new();
        // A terminal whose last user went away ends with an error on Linux.
        let _ = std::io::Read::read_to_end(&mut pair.master.try_clone_reader().unwrap(), &mut said);
        assert_eq!(child.wait().unwrap().exit_code(), 2);
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(
            said.contains("config.toml:2:9: `s` is a plain character"),
            "{said}"
        );
        assert!(!home.0.path().join("state/mmscope/recordings").exists());
    }
}
