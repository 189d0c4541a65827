//! The words of the command line as shells and man have them.
use std::process::{Command, Output};

fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(words)
        .output()
        .unwrap()
}

fn printed(words: &[&str]) -> String {
    let output = run(words);
    assert_eq!(output.status.code(), Some(0), "{words:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands and long options that `--help` names.
fn named_by(help: &str) -> (Vec<String>, Vec<String>) {
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let commands = rest
        .lines()
        .take_while(|l| l.starts_with("  "))
        .filter(|l| !l.starts_with("   "))
        .map(|l| l.split_whitespace().next().unwrap().to_owned())
        .collect();
    let options = help
        .lines()
        .filter_map(|l| {
            l.trim_start()
                .strip_prefix("--")
                .or(l.split_once(", --").map(|p| p.1))
        })
        .map(|l| l.split([' ', '=', '[']).next().unwrap().to_owned())
        .collect();
    (commands, options)
}

#[test]
fn the_man_page_is_what_it_was() {
    let page = printed(&["man"]).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(page);
}

#[test]
fn the_completions_are_what_they_were() {
    // Fish has a line for each word, so that a difference can be read.
    insta::assert_snapshot!(printed(&["completions", "fish"]));
}

#[test]
fn every_shell_and_the_man_page_know_every_command_and_option() {
    let (commands, options) = named_by(&printed(&["--help"]));
    for wanted in ["send", "probe", "pdu", "doctor", "completions", "man"] {
        assert!(commands.iter().any(|c| c == wanted), "{commands:?}");
    }
    assert!(options.iter().any(|o| o == "read-only"), "{options:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(&["completions", shell]);
        for word in commands.iter().chain(&options) {
            assert!(script.contains(word.as_str()), "{shell} lacks {word}");
        }
    }
    let page = printed(&["man"]).replace("\\-", "-");
    for word in &options {
        assert!(page.contains(&format!("--{word}")), "man lacks --{word}");
    }
    assert!(page.contains("22 the request went out"), "exit codes");
    let shell = run(&["completions", "tcsh"]);
    assert_eq!(
        shell.status.code(),
        Some(2),
        "a shell that it does not know"
    );
}

#[cfg(unix)]
#[test]
fn bash_reads_its_completions_without_a_fault() {
    let script = printed(&["completions", "bash"]);
    let checked = Command::new("bash").args(["-n", "-c", &script]).output();
    // Where there is no bash there is nobody to complain.
    if let Ok(output) = checked {
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn the_pages_of_all_commands_go_into_a_folder() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("man1");
    printed(&["man", "--output", path.to_str().unwrap()]);
    for name in ["mmscope.1", "mmscope-send.1", "mmscope-pdu-decode.1"] {
        let page = std::fs::read_to_string(path.join(name)).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
    }
}
