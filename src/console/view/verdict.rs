//! The verdict: what is the matter, how sure that is, what to do now; what would change it, and what was not run.
use super::Room;
use super::ink::Ink;
use crate::console::action::Action;
use crate::console::asked::Witnesses;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{Code, Confidence, ExperimentState, Standing, Verdict};
use crate::known::Probe;
use ratatui::text::{Line, Span};

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let mut lines = match state.known.probes.back() {
        None => before(state, &ink, room.width),
        Some(probe) => match state.verdict() {
            None => examining(state, &ink, probe, room.width),
            Some(verdict) => {
                let mut lines = then(state, &ink, verdict, room.width);
                lines.extend(found(state, &ink, verdict, room.width));
                lines
            }
        },
    };
    lines.push(Line::default());
    lines.extend(witnesses(state, &ink, room.width));
    lines
}

/// The first key of an action, valid here or not.
fn key(state: &State, action: Action) -> String {
    let here = state.keymap.key(action, |b| state.binding_is_valid(b));
    let any = here.or_else(|| state.keymap.key(action, |_| true));
    any.map_or_else(String::new, |chord| chord.shown())
}

fn before(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    if state.flags.read_only {
        let says = format!("Nothing was probed yet. {}", state.why_off());
        return ink.empty(&says, width);
    }
    let says = format!(
        "Nothing was probed yet. {} finds out why a send does not work: the probe tries the profile's endpoints and controls beside them, \
         sends nothing to anybody, and leaves the modem as it found it. A quick run takes about half a minute.",
        key(state, Action::Probe)
    );
    ink.empty(&says, width)
}

fn examining(state: &State, ink: &Ink, probe: &Probe, width: usize) -> Vec<Line<'static>> {
    let elapsed = state.clock_ms().saturating_sub(probe.began_ms);
    let lead = format!("{} ", ink.theme.glyphs.run);
    let says = format!(
        "probing {}, {}; {} stops it",
        probe.began.profile,
        text::duration(elapsed),
        key(state, Action::Stop)
    );
    let mut lines = ink.sentence(Tone::Running, &lead, &says, width);
    let count = |wanted: fn(&ExperimentState) -> bool| {
        let all = probe.experiments.iter();
        all.filter(|e| wanted(&e.state)).count()
    };
    let done = count(|s| matches!(s, ExperimentState::Done { .. }));
    let running = count(|s| *s == ExperimentState::Running);
    let waiting = count(|s| *s == ExperimentState::Planned);
    let says = format!("experiments: {done} done, {running} running, {waiting} waiting");
    lines.extend(ink.sentence(Tone::Plain, "", &says, width));
    let stands = |standing| {
        let all = probe.hypotheses.iter();
        all.filter(|h| h.standing == standing).count()
    };
    let says = format!(
        "hypotheses: {} open, {} weakened, {} excluded",
        stands(Standing::Open),
        stands(Standing::Weakened),
        stands(Standing::Excluded)
    );
    lines.extend(ink.sentence(Tone::Plain, "", &says, width));
    lines
}

/// In a recording: that this is today's verdict, and what was said then.
fn then(state: &State, ink: &Ink, now: &Verdict, width: usize) -> Vec<Line<'static>> {
    let Some(then) = state.said_then().filter(|_| state.is_replaying()) else {
        return Vec::new();
    };
    let said = |v: &Verdict| format!("{}, {} confidence", v.verdict, v.confidence);
    if (then.verdict, then.confidence, &then.headline)
        == (now.verdict, now.confidence, &now.headline)
    {
        let says = "Computed anew from the recorded facts; the same was said then.";
        return ink.sentence(Tone::Quiet, "", says, width);
    }
    let says = format!(
        "Computed anew from the recorded facts. Said then: {}: {}",
        said(then),
        then.headline
    );
    let lead = format!("{} ", ink.theme.glyphs.differs);
    ink.sentence(Tone::Warn, &lead, &says, width)
}

fn found(state: &State, ink: &Ink, verdict: &Verdict, width: usize) -> Vec<Line<'static>> {
    let (sign, tone) = match (verdict.verdict, verdict.confidence) {
        (Code::Works, _) => (ink.theme.glyphs.tick, Tone::Good),
        (Code::Inconclusive, _) => (ink.theme.glyphs.warn, Tone::Warn),
        (_, Confidence::High) => (ink.theme.glyphs.cross, Tone::Alarm),
        _ => (ink.theme.glyphs.cross, Tone::Bad),
    };
    if is_stopped(verdict) {
        return stopped(state, ink, verdict, width);
    }
    let sure = format!(
        "  {} confidence, {}",
        verdict.confidence,
        text::clean(&verdict.profile)
    );
    let name = format!("{sign} {} ", verdict.verdict);
    let left = width.saturating_sub(text::width(&name));
    let sure = text::cut(&sure, left, ink.theme.glyphs.cut);
    let mut lines = vec![Line::from(vec![
        ink.own(tone, name),
        ink.own(Tone::Strong, sure),
    ])];
    if verdict.cancelled {
        lines.extend(ink.sentence(Tone::Warn, "", "stopped before its end", width));
    }
    lines.extend(ink.sentence(Tone::Strong, "", &verdict.headline, width));
    lines.extend(cost(ink, verdict, width));
    lines.extend(next(state, ink, verdict, width));
    lines.extend(open_ends(state, ink, verdict, width));
    lines
}

/// Whether a probe was stopped before it had found anything.
pub(in crate::console) fn is_stopped(verdict: &Verdict) -> bool {
    verdict.cancelled && verdict.verdict == Code::Inconclusive
}

/// A probe that was stopped has no verdict.
fn stopped(state: &State, ink: &Ink, verdict: &Verdict, width: usize) -> Vec<Line<'static>> {
    let name = format!("{} stopped, no verdict  ", ink.theme.glyphs.skip);
    let left = width.saturating_sub(text::width(&name));
    let profile = text::clean(&verdict.profile);
    let mut lines = vec![Line::from(vec![
        ink.own(Tone::Warn, name),
        ink.own(
            Tone::Strong,
            text::cut(&profile, left, ink.theme.glyphs.cut),
        ),
    ])];
    let says = format!(
        "The probe was stopped before it could tell anything. {} probes again.",
        key(state, Action::Probe)
    );
    lines.extend(ink.sentence(Tone::Plain, "", &says, width));
    lines.extend(cost(ink, verdict, width));
    lines.extend(open_ends(state, ink, verdict, width));
    lines
}

/// Words that name an option of the command line, with the key that does the same here.
pub(super) fn keyed(state: &State, says: &str) -> String {
    let table = [
        (
            "--witness phone=sends|fails",
            Action::PhoneWitness,
            "says what you saw",
        ),
        (
            "--witness inbound=yes|no",
            Action::InboundWitness,
            "says what you saw",
        ),
        ("--sizes", Action::ProbeOptions, "chooses it"),
        ("--full", Action::FullProbe, "runs it, asks first"),
    ];
    let mut says = says.to_owned();
    for (flag, action, does) in table {
        if says.contains(flag) {
            says = says.replace(flag, &format!("{} {does}", key(state, action)));
        }
    }
    says
}

/// What would change the verdict, and what was not run.
fn open_ends(state: &State, ink: &Ink, verdict: &Verdict, width: usize) -> Vec<Line<'static>> {
    let listed = |title: &str, all: &[String]| {
        let mut lines = Vec::new();
        if !all.is_empty() {
            lines.push(Line::default());
            lines.push(Line::from(ink.own(Tone::Quiet, title.to_owned())));
        }
        let lead = format!("{} ", ink.theme.glyphs.middot);
        for says in all {
            lines.extend(ink.sentence(Tone::Plain, &lead, says, width));
        }
        lines
    };
    let mut lines = listed("What would change this verdict", &verdict.would_change);
    let not_run: Vec<String> = verdict
        .not_run
        .iter()
        .map(|n| {
            format!(
                "{} {}: would tell {} ({})",
                n.experiment,
                n.title,
                n.would_tell,
                keyed(state, &n.why)
            )
        })
        .collect();
    lines.extend(listed("Not run", &not_run));
    lines
}

/// What to do now, with the key that does it where the program can.
fn next(state: &State, ink: &Ink, verdict: &Verdict, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (n, step) in verdict.next.iter().enumerate() {
        let lead = format!("{}. ", n + 1);
        let says = keyed(state, &step.says);
        lines.extend(ink.sentence(Tone::Plain, &lead, &says, width));
    }
    let Some((_, mend)) = &state.mend else {
        return lines;
    };
    if state.is_mended() {
        let says = format!(
            "{} is in use. {} sends the message again.",
            mend.id,
            key(state, Action::Send)
        );
        let lead = format!("{} ", ink.theme.glyphs.tick);
        lines.extend(ink.sentence(Tone::Good, &lead, &says, width));
        if state.unkept().is_some() {
            let lead = format!("{} ", key(state, Action::Keep));
            let says = "keeps it as a profile of your own; without that it ends with this session";
            lines.extend(ink.sentence(Tone::Key, &lead, says, width));
        }
    } else {
        let lead = format!("{} ", key(state, Action::Apply));
        lines.extend(ink.sentence(
            Tone::Key,
            &lead,
            &format!("applies it: {}", mend.says),
            width,
        ));
    }
    lines
}

/// What only a person can say, asked in plain words.
fn witnesses(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let asked = [
        (
            Action::PhoneWitness,
            "The same SIM in a phone, Wi-Fi off: does it send a picture?",
            state.witnesses.phone,
        ),
        (
            Action::InboundWitness,
            "An MMS to this line from another phone: is it announced here?",
            state.witnesses.inbound,
        ),
    ];
    let mut lines = vec![Line::from(ink.own(
        Tone::Quiet,
        text::cut(
            "What only you can tell (goes into the next probe)",
            width,
            ink.theme.glyphs.cut,
        ),
    ))];
    for (action, question, answer) in asked {
        let lead = format!("{} ", key(state, action));
        let mut rows = ink.sentence(Tone::Plain, &lead, question, width);
        let tone = match answer {
            None => Tone::Quiet,
            Some(_) => Tone::Strong,
        };
        let answer = Witnesses::in_words(action, answer);
        match rows.last_mut() {
            Some(last) if last.width() + 1 + text::width(answer) <= width => {
                last.push_span(Span::raw(" "));
                last.push_span(ink.own(tone, answer));
            }
            _ => rows.push(Line::from(ink.own(tone, format!("  {answer}")))),
        }
        lines.extend(rows);
    }
    lines
}

fn cost(ink: &Ink, verdict: &Verdict, width: usize) -> Vec<Line<'static>> {
    let says = format!(
        "{}, {} AT exchanges; nothing was sent to anybody",
        text::duration(verdict.duration_ms),
        text::count(verdict.exchanges)
    );
    ink.sentence(Tone::Quiet, "", &says, width)
}
