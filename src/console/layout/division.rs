//! How each screen is divided, size by size. In: the room between strip and footer, and the pane with the keys. Out: panes with their places,
//! and those that are one key away. Pure.
use super::{BEHIND, Pane, Screen, bottom, left, others, top};
use ratatui::layout::Rect;

/// Diagnosis: the verdict on top, what it rests on beside the very lines of the traffic; the rest where there is room, else one key away.
pub(super) fn diagnosis(
    body: Rect,
    width: u16,
    height: u16,
    focus: Pane,
) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    if width >= 180 && height >= 45 {
        let (upper, lower) = top(body, body.height * 56 / 100);
        let (verdict, rest) = left(upper, body.width * 36 / 100);
        let (hypotheses, experiments) = left(rest, rest.width * 45 / 100);
        let (first, traffic) = left(lower, body.width * 50 / 100);
        let (evidence, attempts) = top(first, first.height / 2);
        let panes = vec![
            (Pane::Verdict, verdict),
            (Pane::Hypotheses, hypotheses),
            (Pane::Experiments, experiments),
            (Pane::Evidence, evidence),
            (Pane::Attempts, attempts),
            (Pane::Traffic, traffic),
        ];
        return (panes, Vec::new());
    }
    if width >= 110 && height >= 32 {
        let (first, second) = left(body, body.width * 54 / 100);
        let (verdict, rest) = top(first, body.height * 45 / 100);
        let (evidence, traffic) = top(rest, rest.height * 48 / 100);
        let (hypotheses, rest) = top(second, body.height * 36 / 100);
        let (experiments, attempts) = top(rest, rest.height / 2);
        let panes = vec![
            (Pane::Verdict, verdict),
            (Pane::Evidence, evidence),
            (Pane::Traffic, traffic),
            (Pane::Hypotheses, hypotheses),
            (Pane::Experiments, experiments),
            (Pane::Attempts, attempts),
        ];
        return (panes, Vec::new());
    }
    if height >= 48 {
        return diagnosis_tall(body, focus);
    }
    let under = match focus {
        Pane::Hypotheses | Pane::Experiments | Pane::Attempts => focus,
        _ => Pane::Evidence,
    };
    if height >= 22 {
        let (verdict, rest) = top(body, body.height * 46 / 100);
        let (slot, traffic) = top(rest, rest.height / 2);
        let panes = vec![
            (Pane::Verdict, verdict),
            (under, slot),
            (Pane::Traffic, traffic),
        ];
        let behind = others(Screen::Diagnosis, &[Pane::Verdict, under, Pane::Traffic]);
        return (panes, behind);
    }
    let under = if focus == Pane::Traffic { focus } else { under };
    let (verdict, slot) = top(body, body.height / 2);
    let behind = others(Screen::Diagnosis, &[Pane::Verdict, under]);
    (vec![(Pane::Verdict, verdict), (under, slot)], behind)
}

/// Tall and narrow: all of it one under the other, the attempts in the experiments' place.
fn diagnosis_tall(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let (verdict, rest) = top(body, body.height * 30 / 100);
    let (evidence, rest) = top(rest, body.height * 15 / 100);
    let (hypotheses, rest) = top(rest, body.height * 14 / 100);
    let (slot, traffic) = top(rest, body.height * 15 / 100);
    let tried = match focus {
        Pane::Attempts => Pane::Attempts,
        _ => Pane::Experiments,
    };
    let panes = vec![
        (Pane::Verdict, verdict),
        (Pane::Evidence, evidence),
        (Pane::Hypotheses, hypotheses),
        (tried, slot),
        (Pane::Traffic, traffic),
    ];
    let shown: Vec<Pane> = panes.iter().map(|(p, _)| *p).collect();
    (panes, others(Screen::Diagnosis, &shown))
}

/// One list over the traffic, or either of them where there is little room.
pub(super) fn list(
    screen: Screen,
    body: Rect,
    height: u16,
    focus: Pane,
) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let first = screen.panes()[0];
    if height >= 32 {
        let (table, traffic) = top(body, body.height * 70 / 100);
        let panes = vec![(first, table), (Pane::Traffic, traffic)];
        return (panes, Vec::new());
    }
    let shown = if focus == Pane::Traffic {
        Pane::Traffic
    } else {
        first
    };
    (vec![(shown, body)], others(screen, &[shown]))
}

/// The PDU: its fields beside its octets; under them what is wrong with it, or the list.
pub(super) fn pdu(
    body: Rect,
    width: u16,
    height: u16,
    focus: Pane,
) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    if width >= 110 && height >= 32 {
        let octets_width = if width >= 150 { 84 } else { 74 };
        let (first, second) = left(body, body.width - octets_width);
        let (fields, pdus) = top(first, body.height - 9);
        let (octets, remarks) = top(second, body.height - 9);
        let panes = vec![
            (Pane::Fields, fields),
            (Pane::Octets, octets),
            (Pane::Remarks, remarks),
            (Pane::Pdus, pdus),
        ];
        return (panes, Vec::new());
    }
    let slot = match focus {
        Pane::Pdus => focus,
        _ => Pane::Remarks,
    };
    if width >= 78 {
        let under = if height >= 20 { 6 } else { 4 };
        let (upper, lower) = top(body, body.height - under);
        let (fields, octets) = left(upper, body.width - 42);
        let panes = vec![
            (Pane::Fields, fields),
            (Pane::Octets, octets),
            (slot, lower),
        ];
        let behind = others(Screen::Pdu, &[Pane::Fields, Pane::Octets, slot]);
        return (panes, behind);
    }
    let other = match focus {
        Pane::Fields => Pane::Octets,
        focus => focus,
    };
    let (fields, under) = top(body, body.height / 2);
    let behind = others(Screen::Pdu, &[Pane::Fields, other]);
    (vec![(Pane::Fields, fields), (other, under)], behind)
}

fn slot(focus: Pane) -> Pane {
    if BEHIND.contains(&focus) {
        focus
    } else {
        Pane::Traffic
    }
}

pub(super) fn widest(body: Rect) -> Vec<(Pane, Rect)> {
    let (upper, lower) = top(body, body.height / 2);
    let (first, rest) = left(upper, body.width * 30 / 100);
    let (second, third) = left(rest, body.width * 42 / 100);
    let (signal, contexts) = top(third, upper.height * 2 / 5);
    let (traffic, right) = left(lower, body.width * 52 / 100);
    let (profiles, under) = top(right, lower.height * 3 / 5);
    let (dns, tcp) = left(under, under.width / 2);
    vec![
        (Pane::Compose, first),
        (Pane::Send, second),
        (Pane::Signal, signal),
        (Pane::Contexts, contexts),
        (Pane::Traffic, traffic),
        (Pane::Profiles, profiles),
        (Pane::Dns, dns),
        (Pane::Tcp, tcp),
    ]
}

pub(super) fn wide(body: Rect, focus: Pane) -> Vec<(Pane, Rect)> {
    let (upper, lower) = top(body, body.height / 2);
    let (compose, send) = left(upper, body.width * 40 / 100);
    let (traffic, right) = left(lower, body.width * 58 / 100);
    let (signal, rest) = top(right, right.height * 24 / 100);
    let (contexts, rest) = top(rest, right.height * 30 / 100);
    let (dns, tcp) = top(rest, rest.height / 2);
    let under = if focus == Pane::Profiles {
        Pane::Profiles
    } else {
        Pane::Traffic
    };
    vec![
        (Pane::Compose, compose),
        (Pane::Send, send),
        (under, traffic),
        (Pane::Signal, signal),
        (Pane::Contexts, contexts),
        (Pane::Dns, dns),
        (Pane::Tcp, tcp),
    ]
}

pub(super) fn standard(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let (upper, lower) = top(body, (body.height * 69 / 100).max(14));
    let (compose, send) = left(upper, body.width * 43 / 100);
    let under = slot(focus);
    let panes = vec![(Pane::Compose, compose), (Pane::Send, send), (under, lower)];
    (
        panes,
        others(Screen::Bench, &[Pane::Compose, Pane::Send, under]),
    )
}

pub(super) fn portrait(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let tall = body.height >= 54 && body.width >= 48;
    let (compose, send) = if tall { (30, 34) } else { (32, 40) };
    let (compose, rest) = top(body, body.height * compose / 100);
    let (send, lower) = top(rest, body.height * send / 100);
    let mut panes = vec![(Pane::Compose, compose), (Pane::Send, send)];
    let mut lower = lower;
    let mut under = Vec::new();
    if tall {
        let (upper, links) = bottom(lower, 6);
        let (upper, contexts) = bottom(upper, 6);
        let (dns, tcp) = left(links, links.width / 2);
        lower = upper;
        under = vec![
            (Pane::Contexts, contexts),
            (Pane::Dns, dns),
            (Pane::Tcp, tcp),
        ];
    }
    let shown = match under.iter().any(|(p, _)| *p == focus) {
        true => Pane::Traffic,
        false => slot(focus),
    };
    panes.push((shown, lower));
    panes.extend(under);
    let all: Vec<Pane> = panes.iter().map(|(p, _)| *p).collect();
    (panes, others(Screen::Bench, &all))
}

pub(super) fn small(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let other = if focus == Pane::Send {
        Pane::Traffic
    } else {
        focus
    };
    let (send, under) = top(body, body.height / 2);
    let panes = vec![(Pane::Send, send), (other, under)];
    (panes, others(Screen::Bench, &[Pane::Send, other]))
}
