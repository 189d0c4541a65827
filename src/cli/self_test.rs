//! `mmscope send --to self --verify --preset lengths`: texts of several lengths to the line itself, and a table of what came back.
use super::args::Global;
use super::drawer::Drawer;
use super::send::leave;
use super::session::{self, Interrupts, Session, Wants};
use super::{Refusal, Style, matrix, output};
use crate::bench::{LENGTHS, Order};
use crate::event::{Level, SelfTest, SelfTestRow, What};
use serde::Serialize;

/// The last line with `--json`.
#[derive(Serialize)]
struct Summary {
    event: &'static str,
    ok: bool,
    #[serde(flatten)]
    test: SelfTest,
}

/// Exit code where not all came back whole.
const NOT_WHOLE: u8 = 21;

/// How the outcome is printed where it is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What happens while it happens, and a table.
    Text,
    /// The table alone, in Markdown.
    Markdown,
    /// The table alone, as comma-separated values.
    Csv,
}

/// Sends each of the lengths so many times. Exit code 0 where all came back whole.
pub async fn run(
    global: &Global,
    times: usize,
    unrecorded: bool,
    form: Form,
) -> Result<u8, Refusal> {
    let mut interrupts = Interrupts::listen();
    let drawer = Drawer::open(global, unrecorded)?;
    let wants = Wants {
        speed: 20.0,
        watchful: false,
        json: true,
        many: true,
        listens: true,
    };
    let session = session::open_on(global, wants, drawer).await?;
    let style = session::style(global, &session.config);
    let quiet = global.json || form != Form::Text;
    let (outcome, gave_up) = follow(&session, times, style, quiet, &mut interrupts).await;
    let recording = leave(session, gave_up, &mut interrupts).await;
    let test = outcome?;
    let ok = test.of > 0 && test.passed == test.of;
    if global.json {
        let event = "result";
        output::json(&Summary { event, ok, test });
        return Ok(if ok { 0 } else { NOT_WHOLE });
    }
    match (form, recording) {
        (Form::Markdown, _) => drop(output::text(&matrix::markdown(&table(&test)))),
        (Form::Csv, _) => drop(output::octets(matrix::csv(&table(&test)).as_bytes())),
        (Form::Text, Some(path)) => {
            output::line(&format!("recorded in {}", path.display()));
        }
        (Form::Text, None) => {}
    }
    Ok(if ok { 0 } else { NOT_WHOLE })
}

async fn follow(
    session: &Session,
    times: usize,
    style: Style,
    quiet: bool,
    interrupts: &mut Interrupts,
) -> (Result<SelfTest, Refusal>, bool) {
    let mut changes = session.journal.changes();
    let lengths = LENGTHS.to_vec();
    let order = Order::SelfTest { lengths, times };
    session.bench.order(order).await;
    let (mut seen, mut stopping) = (0, false);
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            if !quiet {
                output::styled(&style.lines(&event));
            }
            match &event.what {
                What::SelfTest(_) if stopping => {
                    return (Err(Refusal::with(130, "stopped")), false);
                }
                What::SelfTest(test) => return (Ok(test.clone()), false),
                What::Notice(n) if n.level == Level::Warning && stands_in_the_way(&n.text) => {
                    return (Err(Refusal::usage(n.text.clone())), false);
                }
                _ => {}
            }
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() {
                return (Err(Refusal::with(11, "the bench ended")), false);
            },
            () = interrupts.next() => {
                if stopping {
                    return (Err(Refusal::with(130, "given up")), true);
                }
                stopping = true;
                output::tell("stopping; the modem's settings are put back first (Ctrl-C again to give up)");
                session.bench.order(Order::Cancel).await;
            }
        }
    }
}

/// The bench does not begin at all.
fn stands_in_the_way(text: &str) -> bool {
    text.starts_with("read-only") || text.starts_with("the self-test needs")
}

/// The outcome as the probe's tables have it: a column for each length.
fn table(test: &SelfTest) -> matrix::Table {
    let row = |name: &str, value: &dyn Fn(&SelfTestRow) -> String| {
        (name.to_owned(), test.rows.iter().map(value).collect())
    };
    let seconds = |row: &SelfTestRow| {
        let all: Vec<String> = row.seconds.iter().map(|s| format!("{s:.1}")).collect();
        all.join(" ")
    };
    matrix::Table {
        columns: test
            .rows
            .iter()
            .map(|r| format!("{} characters", r.characters))
            .collect(),
        rows: vec![
            row("sent", &|r| r.of.to_string()),
            row("came back whole", &|r| r.passed.to_string()),
            row("seconds from send to having it", &seconds),
        ],
    }
}
