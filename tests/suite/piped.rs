//! The console where there is no terminal.
use crate::process::{Home, text};

/// In a pipe there is no screen to open: how the bench stands is told once, and where to go on.
#[test]
fn without_a_terminal_the_console_tells_once_how_the_bench_stands() {
    let home = Home::new();
    let told = home.run(&["--world", "open"]);
    let out = text(&told.stdout);
    assert_eq!(told.status.code(), Some(0), "{out} {}", text(&told.stderr));
    for part in [
        "world open  SIM7600G-H",
        "SIM ready",
        "\nSignal\n  RSRP",
        "\nPDP contexts\n",
        "profile example/open",
        "Nothing was sent, no setting was changed. `mmscope send`",
    ] {
        assert!(out.contains(part), "{part} in {out}");
    }
    assert!(
        !out.contains('\x1b') && !out.contains("001010123456789"),
        "{out}"
    );
    let none = home.run(&[]);
    assert_eq!(none.status.code(), Some(2), "no modem is named");
    let says = text(&none.stderr);
    assert!(
        says.contains("needs a terminal") && says.contains("mmscope send"),
        "{says}"
    );
    let mute = home.run(&["--world", "mute", "--sim-speed", "100"]);
    assert_eq!(mute.status.code(), Some(11), "{}", text(&mute.stdout));
    let out = text(&mute.stdout);
    assert!(out.contains("modem ?"), "{out}");
    for why in ["no answer to `AT`", "`AT` was not sent"] {
        let told = out.matches(why).count();
        assert_eq!(told, 1, "once, however often it happened: {out}");
    }
}
