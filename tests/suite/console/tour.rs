//! The moving picture of the README: the main job from the letter to its bubble, as it happens on the simulated bench.
//!
//! One SVG without a script. What stands in several frames is drawn once, and shown while one of them is (CSS keyframes). Where nothing moves
//! (a viewer without animations, a person who wants none) it is the verdict that is seen.
use super::picture::{CELL, Desk, GROUND, INK, escaped, kept, row};
use super::story::screen;
use mmscope::console::Pane;
use mmscope::event::{ExperimentState, Stage};
use mmscope::known::Known;
use ratatui::buffer::Buffer;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The screen's columns and rows.
const SIZE: (u16, u16) = (100, 30);
/// Octets of the picture at the most.
const LARGEST: usize = 600_000;
/// A frame that only shows that something goes on is seen so long, in milliseconds; one that is read, longer.
const GLANCE: u64 = 1_500;

/// A frame: what is on the screen, what is said of it, and how many milliseconds it stays.
struct Shot {
    frame: Buffer,
    says: &'static str,
    ms: u64,
}

/// Which of the frames something is seen in: a bit for each.
type Seen = u32;

/// What is drawn, each once, with the frames in which it is seen.
fn drawn_once(shots: &[Shot]) -> BTreeMap<Seen, Vec<String>> {
    let mut seen: Vec<(String, Seen)> = Vec::new();
    for (n, shot) in shots.iter().enumerate() {
        for piece in pieces(shot, n, shots.len()) {
            match seen.iter_mut().find(|(known, _)| *known == piece) {
                Some((_, frames)) => *frames |= 1 << n,
                None => seen.push((piece, 1 << n)),
            }
        }
    }
    let mut groups: BTreeMap<Seen, Vec<String>> = BTreeMap::new();
    for (piece, frames) in seen {
        groups.entry(frames).or_default().push(piece);
    }
    groups
}

/// Rows of the screen, and the line under it.
fn pieces(shot: &Shot, n: usize, of: usize) -> Vec<String> {
    let (columns, rows) = SIZE;
    let lines = (0..rows).map(|y| row(&shot.frame, y));
    let mut pieces: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    let (left, right) = (8.0, f64::from(columns) * CELL.0 + 8.0);
    let base = f64::from(rows) * CELL.1 + 8.0 + 24.0;
    pieces.push(format!(
        "<text x=\"{left:.1}\" y=\"{base:.1}\" font-weight=\"bold\" fill=\"#ffffff\">{}</text>\n",
        escaped(shot.says)
    ));
    pieces.push(format!(
        "<text x=\"{right:.1}\" y=\"{base:.1}\" text-anchor=\"end\" fill=\"{INK}\">{} / {of}</text>\n",
        n + 1
    ));
    pieces
}

/// When a group is seen and when not, as keyframes of the whole round.
fn keyframes(name: &str, seen: Seen, shots: &[Shot]) -> String {
    let round: u64 = shots.iter().map(|shot| shot.ms).sum();
    let mut out = format!("@keyframes {name} {{");
    let (mut at, mut before) = (0, None);
    for (n, shot) in shots.iter().enumerate() {
        let now = seen & (1 << n) != 0;
        if before != Some(now) {
            let word = if now { "visible" } else { "hidden" };
            let percent = at as f64 * 100.0 / round as f64;
            let _ = write!(out, " {percent:.3}% {{ visibility: {word} }}");
        }
        before = Some(now);
        at += shot.ms;
    }
    out.push_str(" }\n");
    out
}

/// The moving picture. `still` is the frame that is seen where nothing moves.
fn moving(shots: &[Shot], still: usize, title: &str) -> String {
    let (w, h) = (
        f64::from(SIZE.0) * CELL.0 + 16.0,
        f64::from(SIZE.1) * CELL.1 + 16.0 + 24.0,
    );
    let groups = drawn_once(shots);
    let always = (1 << shots.len()) - 1;
    let round: u64 = shots.iter().map(|shot| shot.ms).sum();
    let mut style = String::new();
    let mut body = String::new();
    for (n, (seen, pieces)) in groups.iter().enumerate() {
        if *seen == always {
            let _ = write!(body, "<g>\n{}</g>\n", pieces.concat());
            continue;
        }
        style += &keyframes(&format!("m{n}"), *seen, shots);
        let _ = writeln!(
            style,
            ".m{n} {{ animation: m{n} {round}ms step-end infinite }}"
        );
        let hidden = match seen & (1 << still) {
            0 => " visibility=\"hidden\"",
            _ => "",
        };
        let _ = write!(
            body,
            "<g class=\"m{n}\"{hidden}>\n{}</g>\n",
            pieces.concat()
        );
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.1} {h:.1}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, \
         Consolas, monospace\" font-size=\"14\">\n<title>{}</title>\n<style>\n{style}@media (prefers-reduced-motion: reduce) {{ g {{ animation: none \
         !important }} }}\n</style>\n<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{GROUND}\"/>\n{body}</svg>\n",
        escaped(title)
    )
}

/// What a picture shows at a moment, read out of its own keyframes: its pieces, as `<rect …>` and `<text …>` lines.
fn shown_at(drawn: &str, ms: u64) -> Vec<&str> {
    let style = drawn.split("<style>").nth(1).unwrap();
    let word_at = |name: &str| {
        let rule = format!(".{name} {{ animation: {name} ");
        let round = style.split(&rule).nth(1).unwrap();
        let round: u64 = round.split("ms").next().unwrap().parse().unwrap();
        let here = (ms % round) as f64 * 100.0 / round as f64;
        let frames = style.split(&format!("@keyframes {name} {{")).nth(1);
        let frames = frames.unwrap().lines().next().unwrap();
        let steps = frames.split('}').filter_map(|step| {
            let (percent, word) = step.split_once("% { visibility: ")?;
            Some((percent.trim().parse::<f64>().unwrap(), word.trim()))
        });
        let last = steps.take_while(|(at, _)| *at <= here + 0.001).last();
        last.unwrap().1 == "visible"
    };
    let mut shown = Vec::new();
    let mut on = true;
    for line in drawn.lines() {
        match line.strip_prefix("<g") {
            Some(group) => {
                let class = group.split("class=\"").nth(1);
                let class = class.map(|c| c.split('"').next().unwrap());
                on = class.is_none_or(word_at);
            }
            None if line == "</g>" => on = true,
            None if on && (line.starts_with("<text") || line.contains("height=\"18\"")) => {
                shown.push(line);
            }
            None => {}
        }
    }
    shown.sort_unstable();
    shown
}

fn runs(known: &Known, stage: Stage) -> bool {
    let rungs = known.sends.back().map(|send| &send.rungs);
    rungs.is_some_and(|rungs| {
        let this = rungs.iter().find(|rung| rung.stage == stage);
        this.is_some_and(|rung| rung.began_ms.is_some())
    })
}

fn experimented(known: &Known, count: usize) -> bool {
    let probe = known.probes.back();
    probe.is_some_and(|probe| {
        let done = |state: &ExperimentState| matches!(state, ExperimentState::Done { .. });
        let ended = probe.experiments.iter().filter(|e| done(&e.state));
        ended.count() >= count || probe.verdict.is_some()
    })
}

/// The job, frame by frame; and which frame is the verdict's.
async fn job() -> (Vec<Shot>, usize) {
    let mut desk = Desk::open().await;
    let mut shots: Vec<Shot> = Vec::new();
    macro_rules! shoot {
        ($ms:expr, $says:expr) => {{
            desk.tick();
            shots.push(Shot {
                frame: screen(&mut desk.state, SIZE.0, SIZE.1),
                says: $says,
                ms: $ms,
            });
        }};
    }
    desk.until(|k| k.signal.len() > 1).await;
    screen(&mut desk.state, SIZE.0, SIZE.1);
    shoot!(
        4_000,
        "A letter of 827 characters, to arrive as one bubble."
    );
    desk.begin("<ctrl-s>").await;
    desk.until(|k| runs(k, Stage::Bearer)).await;
    shoot!(GLANCE, "Ctrl-S sends it: every stage in plain sight.");
    desk.until(|k| runs(k, Stage::Resolve)).await;
    shoot!(GLANCE, "Ctrl-S sends it: every stage in plain sight.");
    desk.until(|k| runs(k, Stage::Connect)).await;
    desk.wait(1_300).await;
    shoot!(GLANCE, "The stage that runs has a clock beside its limit.");
    desk.until(|k| k.sends.back().is_some_and(|s| s.result.is_some()))
        .await;
    desk.state.focus = Pane::Send;
    shoot!(
        5_000,
        "It fails at connect. What that proves, and what it does not."
    );
    desk.begin("<f8>").await;
    desk.until(|k| experimented(k, 2)).await;
    shoot!(
        GLANCE,
        "F8 asks why not: experiments that send nothing to anybody."
    );
    desk.until(|k| experimented(k, 6)).await;
    shoot!(
        GLANCE,
        "F8 asks why not: experiments that send nothing to anybody."
    );
    desk.until(|k| experimented(k, 10)).await;
    shoot!(GLANCE, "Each one tells some of the causes apart.");
    desk.until(|k| k.probes.back().is_some_and(|p| p.verdict.is_some()))
        .await;
    desk.until(|k| !k.settings_open()).await;
    let verdict = shots.len();
    shoot!(
        6_500,
        "The verdict, how sure it is, on what evidence, and what to do."
    );
    desk.begin("1<enter>").await;
    desk.until(|k| {
        k.profile
            .as_ref()
            .is_some_and(|p| !p.lints.iter().any(|l| l.severity == "error"))
    })
    .await;
    shoot!(
        3_500,
        "Enter applies the fix: a copy of the profile, held for this session."
    );
    let sends = desk.story.journal.known().sends.len();
    desk.begin("<ctrl-s>").await;
    desk.until(|k| k.sends.len() > sends && runs(k, Stage::Connect))
        .await;
    shoot!(GLANCE, "Ctrl-S again.");
    desk.until(|k| runs(k, Stage::Post)).await;
    desk.wait(400).await;
    shoot!(GLANCE, "The MMSC answers: the letter is on its way.");
    desk.until(|k| !k.bubbles.is_empty() && k.running().is_none())
        .await;
    shoot!(6_000, "M-Send.conf Ok, and one bubble on the phone.");
    (shots, verdict)
}

#[tokio::test(start_paused = true)]
async fn the_moving_pictures_are_what_the_program_draws() {
    let (shots, verdict) = job().await;
    assert!((10..=14).contains(&shots.len()), "{} frames", shots.len());
    let title = "From the letter to its bubble: it fails, mmscope says why, applies the fix, and it arrives";
    let drawn = moving(&shots, verdict, title);
    assert!(drawn.len() <= LARGEST, "{} octets", drawn.len());
    // At each moment exactly one frame is seen, whole; after the last one it begins again.
    let round: u64 = shots.iter().map(|shot| shot.ms).sum();
    let mut from = 0;
    for (n, shot) in shots.iter().enumerate() {
        let whole = pieces(shot, n, shots.len()).concat();
        let mut whole: Vec<&str> = whole.lines().collect();
        whole.sort_unstable();
        for moment in [
            from,
            from + shot.ms / 2,
            from + shot.ms - 20,
            from + round + 20,
        ] {
            assert_eq!(
                shown_at(&drawn, moment),
                whole,
                "frame {} at {moment} ms",
                n + 1
            );
        }
        assert!(shot.ms >= GLANCE);
        from += shot.ms;
    }
    // Each frame shows another moment of the job.
    for pair in shots.windows(2) {
        assert_ne!(pair[0].frame, pair[1].frame, "{}", pair[1].says);
    }
    let says = |shot: &Shot| super::story::rows(&shot.frame).contains("WRONG-PORT");
    assert!(says(&shots[verdict]), "the still is the verdict");
    kept("tour", &drawn);
    // It is the first picture that a reader meets, and says in words what it shows.
    let readme = std::fs::read_to_string("README.md").unwrap();
    let first = readme.lines().find(|l| l.starts_with("![")).unwrap();
    assert!(first.ends_with("](assets/pictures/tour.svg)"), "{first}");
    assert!(first.len() > 100, "{first}");
}
