//! Who may know whom: the arrows of the house, kept by reading every path in the source.
//!
//! A small reader of Rust's tokens finds the paths, in `use` trees, in expressions and inside macros alike; comments, strings and links
//! in documentation are no paths. A forbidden one is named with file and line.
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// What a room does with the world outside.
#[derive(Clone, Copy, PartialEq)]
enum World {
    /// Values in, values out: no I/O, no tasks, no clock, no chance.
    Pure,
    /// Tasks and time, but time of tokio's only, so that a test can hold it still.
    Paused,
    /// Whatever it needs.
    Open,
}
use World::{Open, Paused, Pure};

/// A room, the rooms that it may know, and its world.
type Row = (&'static str, &'static [&'static str], World);

const ACTING: &[&str] = &[
    "event",
    "at",
    "sms",
    "mms",
    "profile",
    "known",
    "compose",
    "config",
    "journal",
    "serial",
    "engine",
    "modem",
    "net",
    "pipeline",
    "diagnosis",
    "probe",
    "outbox",
    "inbox",
];
const EVERYTHING: &[&str] = &[
    "event",
    "document",
    "at",
    "sms",
    "mms",
    "profile",
    "known",
    "compose",
    "config",
    "journal",
    "serial",
    "engine",
    "modem",
    "net",
    "pipeline",
    "diagnosis",
    "probe",
    "report",
    "replay",
    "outbox",
    "inbox",
    "lock",
    "bench",
    "simulator",
    "console",
    "console edge",
    "cli",
    "log",
];

/// The table. `console` is everything in that folder but `run`, `terminal` and `files`, which are `console edge`.
const HOUSE: &[Row] = &[
    ("event", &[], Pure),
    // A file, and nothing about what it guards.
    ("lock", &[], Open),
    ("at", &["event"], Pure),
    ("sms", &["event"], Pure),
    ("mms", &["event", "sms"], Pure),
    // Texts with places, for whoever reads a file that a person wrote.
    ("document", &[], Pure),
    ("profile", &["event", "document"], Pure),
    ("known", &["event", "at", "mms", "sms", "profile"], Pure),
    ("compose", &["event", "at", "mms", "sms", "profile"], Pure),
    (
        "report",
        &["event", "known", "at", "mms", "sms", "profile"],
        Pure,
    ),
    ("config", &["event", "document", "profile", "compose"], Pure),
    ("journal", &["event", "known"], Open),
    ("serial", &["event", "at", "sms"], Open),
    ("engine", &["event", "at", "sms", "serial"], Paused),
    ("modem", &["event", "at", "sms", "serial", "engine"], Paused),
    (
        "net",
        &["event", "at", "sms", "serial", "engine", "modem"],
        Paused,
    ),
    (
        "pipeline",
        &["event", "mms", "sms", "profile", "compose", "modem", "net"],
        Paused,
    ),
    ("diagnosis", &["event", "at", "mms", "sms", "profile"], Pure),
    (
        "probe",
        &[
            "event",
            "mms",
            "sms",
            "profile",
            "compose",
            "diagnosis",
            "modem",
            "net",
            "pipeline",
        ],
        Paused,
    ),
    ("replay", &["event", "known", "diagnosis"], Pure),
    // Its states are pure; what it stands on is a file.
    ("outbox", &["event", "mms", "sms", "lock"], Open),
    // Its items are plain; what it stands on are files.
    ("inbox", &["event", "mms", "lock"], Open),
    ("bench", ACTING, Open),
    ("simulator", &["event", "document", "mms", "sms"], Open),
    (
        "console",
        &[
            "event",
            "document",
            "at",
            "mms",
            "profile",
            "known",
            "compose",
            "config",
            "diagnosis",
            "replay",
            // What a report may reveal; its words stand in the list that asks.
            "report",
        ],
        Pure,
    ),
    ("log", &["event"], Open),
    ("console edge", EVERYTHING, Open),
    ("cli", EVERYTHING, Open),
    ("main", &["cli"], Open),
    ("lib", &[], Open),
];

/// What no pure room may touch, as beginnings of paths.
const IMPURE: &[&str] = &[
    "tokio",
    "tokio_serial",
    "hyper",
    "hyper_util",
    "futures_util",
    "fastrand",
    "etcetera",
    "rustix",
    "std::fs",
    "std::io",
    "std::env",
    "std::process",
    "std::thread",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::net::UdpSocket",
    "std::net::ToSocketAddrs",
];
/// A reader over octets in memory is no I/O, wherever it is kept.
const PURE_ALL_THE_SAME: &[&str] = &["std::io::Cursor", "std::io::Cursor::new"];
/// Clocks that no test can hold still.
const CLOCKS: &[&str] = &["std::time::Instant", "std::time::SystemTime"];
/// Types whose `now` reads a clock.
const CLOCK_TYPES: &[&str] = &["Instant", "SystemTime", "Timestamp", "Zoned"];

/// A forbidden arrow.
#[derive(Debug, PartialEq)]
struct Breach {
    file: String,
    line: usize,
    says: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.says)
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    /// `::`
    Colons,
    Mark(char),
}

/// The tokens of a source text with their lines; comments, strings, characters and lifetimes are left out.
fn tokens(source: &str) -> Vec<(Token, usize)> {
    let text: Vec<char> = source.chars().collect();
    let at = |i: usize| text.get(i).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut found, mut i, mut line) = (Vec::new(), 0, 1);
    while i < text.len() {
        let start = i;
        match at(i) {
            '/' if at(i + 1) == '/' => {
                i = (i..text.len())
                    .find(|&j| at(j) == '\n')
                    .unwrap_or(text.len())
            }
            '/' if at(i + 1) == '*' => i = after_comment(&text, i),
            '"' => i = after_string(&text, i),
            '\'' if at(i + 1) == '\\' => {
                i = 1
                    + (i + 3..text.len())
                        .find(|&j| at(j) == '\'')
                        .unwrap_or(text.len())
            }
            '\'' if at(i + 2) == '\'' => i += 3,
            '\'' => i += 1 + (i + 1..text.len()).take_while(|&j| is_word(at(j))).count(),
            c if is_word(c) => {
                i += (i..text.len()).take_while(|&j| is_word(at(j))).count();
                let word: String = text[start..i].iter().collect();
                let hashes = (i..text.len()).take_while(|&j| at(j) == '#').count();
                match word.as_str() {
                    // Raw strings, and identifiers that are written raw.
                    "r" | "br" | "cr" if at(i + hashes) == '"' => {
                        i = after_raw_string(&text, i + hashes + 1, hashes)
                    }
                    "r" if hashes == 1 && is_word(at(i + 1)) => i += 1,
                    _ => found.push((Token::Word(word), line)),
                }
            }
            ':' if at(i + 1) == ':' => {
                found.push((Token::Colons, line));
                i += 2;
            }
            c => {
                if !c.is_whitespace() {
                    found.push((Token::Mark(c), line));
                }
                i += 1;
            }
        }
        i = i.min(text.len());
        line += text[start..i].iter().filter(|c| **c == '\n').count();
    }
    found
}

fn after_comment(text: &[char], mut i: usize) -> usize {
    let mut depth = 0;
    while i < text.len() {
        match (text[i], text.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) if depth == 1 => return i + 2,
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    i
}

fn after_string(text: &[char], mut i: usize) -> usize {
    i += 1;
    while i < text.len() && text[i] != '"' {
        i += if text[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

fn after_raw_string(text: &[char], mut i: usize, hashes: usize) -> usize {
    while i < text.len() {
        let closed = text[i] == '"' && (1..=hashes).all(|n| text.get(i + n) == Some(&'#'));
        i += 1;
        if closed {
            return i + hashes;
        }
    }
    i
}

/// A path as it stands in the source, its line, and how many inline modules it stands in.
struct Found {
    path: Vec<String>,
    line: usize,
    inside: usize,
}

/// All paths of more than one step, trees in braces spread out.
fn paths(tokens: &[(Token, usize)]) -> Vec<Found> {
    let mut found = Vec::new();
    let (mut depth, mut modules) = (0usize, Vec::new());
    let mut i = 0;
    while i < tokens.len() {
        match &tokens[i].0 {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => {
                depth = depth.saturating_sub(1);
                modules.retain(|opened| *opened <= depth);
            }
            Token::Word(word)
                if word == "mod" && matches!(tokens.get(i + 2), Some((Token::Mark('{'), _))) =>
            {
                modules.push(depth + 1)
            }
            Token::Word(word)
                if !BEFORE_A_PATH.contains(&word.as_str()) && starts_path(tokens, i) =>
            {
                let mut out = Vec::new();
                let line = tokens[i].1;
                if matches!(tokens.get(i + 1), Some((Token::Word(alias), _)) if alias == "as")
                    && follows_use(tokens, i)
                {
                    out.push((vec![word.clone()], line));
                } else if tokens
                    .get(i + 1)
                    .is_some_and(|(token, _)| *token == Token::Colons)
                {
                    i = spread(tokens, i + 1, vec![word.clone()], line, &mut out) - 1;
                }
                let inside = modules.len();
                found.extend(
                    out.into_iter()
                        .map(|(path, line)| Found { path, line, inside }),
                );
            }
            _ => {}
        }
        i += 1;
    }
    found
}

fn follows_use(tokens: &[(Token, usize)], i: usize) -> bool {
    i > 0 && matches!(&tokens[i - 1].0, Token::Word(word) if word == "use" || word == "crate")
}

/// Words after which a path may begin with `::`.
const BEFORE_A_PATH: &[&str] = &[
    "use", "as", "in", "dyn", "impl", "mut", "return", "else", "match", "if", "while", "for",
    "where", "await", "move", "break", "const",
];

/// Whether the word at `i` begins a path rather than continues one; `::std` begins one too.
fn starts_path(tokens: &[(Token, usize)], i: usize) -> bool {
    let before = |n: usize| {
        i.checked_sub(n)
            .and_then(|j| tokens.get(j))
            .map(|(token, _)| token)
    };
    match before(1) {
        Some(Token::Mark('.')) => false,
        Some(Token::Colons) => match before(2) {
            Some(Token::Word(word)) => BEFORE_A_PATH.contains(&word.as_str()),
            Some(Token::Mark(mark)) => *mark != '>',
            _ => true,
        },
        _ => true,
    }
}

/// Follows `::` from `i` on and returns where the path ends.
fn spread(
    tokens: &[(Token, usize)],
    mut i: usize,
    mut path: Vec<String>,
    line: usize,
    out: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    while tokens
        .get(i)
        .is_some_and(|(token, _)| *token == Token::Colons)
    {
        match tokens.get(i + 1) {
            Some((Token::Word(word), _)) => {
                path.push(word.clone());
                i += 2;
            }
            Some((Token::Mark('*'), _)) => {
                path.push("*".to_owned());
                i += 2;
            }
            Some((Token::Mark('{'), _)) => return spread_braces(tokens, i + 2, &path, out),
            _ => break,
        }
    }
    out.push((path, line));
    i
}

fn spread_braces(
    tokens: &[(Token, usize)],
    mut i: usize,
    path: &[String],
    out: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    while let Some((token, line)) = tokens.get(i) {
        let with = |step: &str| {
            path.iter()
                .cloned()
                .chain([step.to_owned()])
                .collect::<Vec<_>>()
        };
        match token {
            Token::Mark('}') => return i + 1,
            Token::Word(word) if word == "as" => i += 2,
            Token::Word(word) if word == "self" => {
                out.push((path.to_vec(), *line));
                i += 1;
            }
            Token::Word(word) => i = spread(tokens, i + 1, with(word), *line, out),
            Token::Mark('*') => {
                out.push((with("*"), *line));
                i += 1;
            }
            Token::Mark(_) | Token::Colons => i += 1,
        }
    }
    i
}

/// The module path of a file under `src`, `["console", "view", "bench"]`.
fn module_of(file: &str) -> Vec<String> {
    let file = file
        .trim_start_matches("src/")
        .trim_end_matches(".rs")
        .trim_end_matches("/mod");
    file.split('/').map(str::to_owned).collect()
}

/// The room that a module path lies in.
fn room_of(module: &[String]) -> String {
    match module {
        [console, edge, ..]
            if console == "console" && ["run", "terminal", "files"].contains(&edge.as_str()) =>
        {
            "console edge".to_owned()
        }
        [room, ..] => room.clone(),
        [] => String::new(),
    }
}

/// All forbidden arrows of one file.
fn breaches(file: &str, source: &str) -> Vec<Breach> {
    let module = module_of(file);
    let room = room_of(&module);
    let breach = |line: usize, says: String| Breach {
        file: file.to_owned(),
        line,
        says,
    };
    let Some((_, allowed, world)) = HOUSE.iter().find(|(name, _, _)| *name == room) else {
        return vec![breach(
            1,
            format!("the room `{room}` stands in no table of arrows"),
        )];
    };
    let mut found = Vec::new();
    for Found { path, line, inside } in paths(&tokens(source)) {
        let shown = path.join("::");
        match target(&module, inside, &path) {
            Target::Room(other) if other == room || allowed.contains(&other.as_str()) => {}
            Target::Room(other) => found.push(breach(
                line,
                format!("`{room}` must not know `{other}` ({shown})"),
            )),
            Target::WholeCrate => found.push(breach(
                line,
                format!("`{shown}` hides which rooms are meant"),
            )),
            Target::Outside => {
                if let Some(why) = forbidden_outside(*world, &path) {
                    found.push(breach(
                        line,
                        format!("`{room}` must not use {shown}: {why}"),
                    ));
                }
            }
        }
    }
    found
}

enum Target {
    Room(String),
    WholeCrate,
    Outside,
}

/// What a path leads to, seen from a module and so many inline modules inside it.
fn target(module: &[String], inside: usize, path: &[String]) -> Target {
    let up = path.iter().take_while(|step| *step == "super").count();
    let absolute: Vec<String> = match path[0].as_str() {
        "crate" | "mmscope" => path[1..].to_vec(),
        _ if up > inside => {
            let stays = module.len().saturating_sub(up - inside);
            module[..stays].iter().chain(&path[up..]).cloned().collect()
        }
        _ => return Target::Outside,
    };
    match absolute.first().map(String::as_str) {
        None | Some("*" | "self") => Target::WholeCrate,
        Some(_) => Target::Room(room_of(&absolute)),
    }
}

/// Why a path out of the crate is forbidden in such a room.
fn forbidden_outside(world: World, path: &[String]) -> Option<&'static str> {
    let steps: Vec<&str> = path
        .iter()
        .map(|step| {
            if step == "core" || step == "alloc" {
                "std"
            } else {
                step
            }
        })
        .filter(|step| *step != "*")
        .collect();
    // A module that is imported whole brings the forbidden with it.
    let touches = |list: &[&str]| {
        list.iter().any(|entry| {
            let entry: Vec<&str> = entry.split("::").collect();
            let common = entry.len().min(steps.len());
            entry[..common] == steps[..common]
        })
    };
    if world == Pure && PURE_ALL_THE_SAME.contains(&path.join("::").as_str()) {
        return None;
    }
    let reads_clock = matches!(steps.as_slice(), [.., kind, "now"] if CLOCK_TYPES.contains(kind));
    match world {
        Pure if touches(IMPURE) => Some("a pure room does no I/O, has no tasks and throws no dice"),
        Pure if touches(CLOCKS) || reads_clock => {
            Some("a pure room knows no clock; times come in as values")
        }
        Paused if touches(CLOCKS) => Some("its waits must stand still with tokio's paused clock"),
        _ => None,
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn nobody_knows_whom_he_must_not_know() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    assert!(files.len() > 20, "only {} files were found", files.len());
    let mut found: Vec<Breach> = Vec::new();
    for file in &files {
        let name = file
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        found.extend(breaches(&name, &std::fs::read_to_string(file).unwrap()));
    }
    let shown: Vec<String> = found.iter().map(Breach::to_string).collect();
    assert!(found.is_empty(), "forbidden arrows:\n{}", shown.join("\n"));
}

/// The table itself has no circle, so that "downward" means something.
#[test]
fn the_arrows_lead_downward() {
    let order: HashMap<&str, usize> = HOUSE
        .iter()
        .enumerate()
        .map(|(place, (room, _, _))| (*room, place))
        .collect();
    for (room, allowed, _) in HOUSE {
        for other in *allowed {
            let edge = ["console edge", "cli"].contains(room);
            assert!(
                edge || *room == "main" || order[other] < order[room],
                "{room} knows {other}, which stands above it"
            );
        }
    }
}

#[test]
fn planted_breaches_are_found_with_their_lines() {
    // file, source, line of the breach, what it must name
    let table = [
        ("src/at/framer.rs", "use crate::modem::Link;", 1, "`modem`"),
        (
            "src/at/framer.rs",
            "\n\nfn f() { crate::net::http::get() }",
            3,
            "`net`",
        ),
        (
            "src/mms/pdu.rs",
            "use crate::{event::Event,\n sms::{self, Segment},\n pipeline::{Stage as S}};",
            3,
            "`pipeline`",
        ),
        (
            "src/mms/pdu.rs",
            "pub(crate) use ::mmscope::bench::Bench;",
            1,
            "`bench`",
        ),
        (
            "src/simulator/modem.rs",
            "use super::super::at::Framer;",
            1,
            "`at`",
        ),
        (
            "src/simulator/modem/link.rs",
            "mod tests { use super::super::super::super::engine::X; }",
            1,
            "`engine`",
        ),
        ("src/simulator/mod.rs", "use super::at::Framer;", 1, "`at`"),
        (
            "src/simulator/mod.rs",
            "/* /* */ */ const A: &str = r#\"\"#; use crate::at::X;",
            1,
            "`at`",
        ),
        (
            "src/bench/mod.rs",
            "use crate::console::State;",
            1,
            "`console`",
        ),
        (
            "src/bench/mod.rs",
            "use crate::simulator::World;",
            1,
            "`simulator`",
        ),
        (
            "src/console/view/bench.rs",
            "use crate::console::run::Loop;",
            1,
            "`console edge`",
        ),
        (
            "src/console/view/bench.rs",
            "use crate::modem::Modem;",
            1,
            "`modem`",
        ),
        (
            "src/journal/mod.rs",
            "fn f() -> crate::modem::Modem { todo() }",
            1,
            "`modem`",
        ),
        (
            "src/pipeline/mod.rs",
            "vec![crate::simulator::World::open()]",
            1,
            "`simulator`",
        ),
        ("src/known.rs", "use crate as house;", 1, "hides"),
        ("src/known.rs", "use crate::{self as house};", 1, "hides"),
        ("src/known.rs", "use crate::*;", 1, "hides"),
        (
            "src/known.rs",
            "macro_rules! m { () => { $crate::modem::X } }",
            1,
            "`modem`",
        ),
        ("src/known.rs", "use tokio::sync::mpsc;", 1, "tokio"),
        (
            "src/known.rs",
            "use std::{fmt,\ntime::{Duration, Instant}};",
            2,
            "std::time::Instant",
        ),
        ("src/known.rs", "use std::time;", 1, "std::time"),
        ("src/known.rs", "use std::time::*;", 1, "std::time"),
        (
            "src/known.rs",
            "let now = jiff::Timestamp::now();",
            1,
            "clock",
        ),
        ("src/known.rs", "let now = Zoned::now();", 1, "clock"),
        (
            "src/profile/library.rs",
            "let t = std::fs::read_to_string(p);",
            1,
            "std::fs",
        ),
        (
            "src/profile/library.rs",
            "let t = ::std::fs::read(p);",
            1,
            "std::fs",
        ),
        (
            "src/mms/pdu.rs",
            "let s = std::net::TcpStream::connect(a);",
            1,
            "TcpStream",
        ),
        (
            "src/mms/pdu.rs",
            "let id = fastrand::u64(..);",
            1,
            "fastrand",
        ),
        (
            "src/engine/actor.rs",
            "let t = std::time::Instant::now();",
            1,
            "paused clock",
        ),
        ("src/gadget.rs", "", 1, "no table"),
        (
            "src/main.rs",
            "fn main() { mmscope::bench::run() }",
            1,
            "`bench`",
        ),
        (
            "src/known.rs",
            "let c = '\"'; use crate::net::X; let d = '\"';",
            1,
            "`net`",
        ),
        (
            "src/known.rs",
            "fn f<'a>(x: &'a crate::net::X) {}",
            1,
            "`net`",
        ),
    ];
    for (file, source, line, names) in table {
        let found = breaches(file, source);
        assert_eq!(found.len(), 1, "{file}: {source}\n{found:?}");
        assert_eq!(found[0].line, line, "{source}");
        assert!(found[0].says.contains(names), "{source}\n{}", found[0]);
    }
}

#[test]
fn what_is_no_arrow_is_left_alone() {
    let table = [
        (
            "src/at/framer.rs",
            "use crate::event::{self, Stage};\nuse std::time::Duration;\nuse std::net::{IpAddr, Ipv4Addr};",
        ),
        (
            "src/at/framer.rs",
            "//! See [`crate::modem::Link`] and `tokio::time`.\n/* use crate::net::X; /* std::fs::read */ */",
        ),
        (
            "src/at/framer.rs",
            "const A: &str = \"use crate::net::X; \\\" std::fs\"; const B: &str = r#\"crate::net::\"X\"#;",
        ),
        (
            "src/at/framer.rs",
            "#[doc = \"crate::net::X\"] const C: char = '\\''; const D: &[u8] = br\"std::fs::x\";",
        ),
        (
            "src/at/framer.rs",
            "mod tests { use super::super::command::X; use super::*; }",
        ),
        (
            "src/at/framer.rs",
            "use super::command::X; use super::super::event::Stage; fn f() { Self::now(); }",
        ),
        (
            "src/engine/actor.rs",
            "use tokio::time::Instant; let t = Instant::now(); let d = std::time::Duration::ZERO;",
        ),
        (
            "src/cli/send.rs",
            "use crate::{bench::Bench, simulator::World, console}; let t = std::time::Instant::now();",
        ),
        (
            "src/console/run.rs",
            "use crate::bench::Bench; use super::state::State;",
        ),
        (
            "src/console/view/mod.rs",
            "use super::state::State; use super::super::known::Known; use ratatui::Frame;",
        ),
        (
            "src/main.rs",
            "fn main() -> std::process::ExitCode { mmscope::cli::main() }",
        ),
    ];
    for (file, source) in table {
        assert_eq!(breaches(file, source), [], "{file}: {source}");
    }
}
