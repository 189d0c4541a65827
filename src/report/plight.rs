//! What a letter to the carrier is about, and whether there is anything to write about at all.
use super::Options;
use super::examination::Examination;
use super::facts::Facts;
use crate::event::{Class, Code, Failure, Stage, TargetRole, Way};
use crate::known::Send;

/// What the letter is about: a send that failed, a probe that found out why, or both.
pub struct Plight<'a> {
    /// Where a send ends, or would.
    pub stage: Stage,
    /// The send that failed, its place among the sends, and why.
    pub send: Option<(usize, &'a Send, &'a Failure)>,
    /// What a probe found.
    pub found: Option<&'a Examination>,
}

/// What there is to write about; none where the carrier could see nothing, or a later send answers the question.
pub fn plight<'a>(facts: &'a Facts, options: &Options<'a>) -> Option<Plight<'a>> {
    // An SMS says nothing about the MMSC, and one that went in an MMS's place does not mend it.
    let is_mms = |s: &Send| s.message.way == Way::Mms;
    let sends = facts.known.sends.iter().enumerate();
    let sends = sends.filter(|(_, s)| is_mms(s));
    let mut failed =
        sends.filter_map(|(at, s)| s.failure().map(|(stage, why)| (at, s, stage, why)));
    let newest = options.examinations.last();
    let Some((at, send, stage, failure)) = failed.next_back() else {
        let found = newest?;
        let stage = stage_of(found)?;
        return Some(Plight {
            stage,
            send: None,
            found: Some(found),
        });
    };
    let later = facts.known.sends.iter().skip(at);
    // Nothing that the carrier could see, or a later send that went well and answers the question.
    let own = matches!(
        stage,
        Stage::Encode | Stage::Port | Stage::Sim | Stage::Stack
    );
    if own
        || later
            .into_iter()
            .any(|s| s.result.as_ref().is_some_and(|r| r.ok && r.way == Way::Mms))
    {
        return None;
    }
    let same = |e: &&Examination| e.began.profile == send.message.profile;
    Some(Plight {
        stage,
        send: Some((at, send, failure)),
        found: options.examinations.iter().rev().find(same),
    })
}

/// Where a send would end by what a probe found; none where the carrier has nothing to look at.
fn stage_of(found: &Examination) -> Option<Stage> {
    let answered = found.verdict.cells.iter().any(|c| c.http.is_some());
    match found.verdict.verdict {
        Code::RegistrationDenied => Some(Stage::Register),
        Code::PdpRefused | Code::ApnNotApplied | Code::NoData => Some(Stage::Bearer),
        Code::NameWrong => Some(Stage::Resolve),
        Code::Subscription if answered => Some(Stage::Post),
        Code::NetworkBlock | Code::Subscription => Some(Stage::Connect),
        Code::Portal | Code::HttpReject | Code::MmscFault => Some(Stage::Post),
        Code::PduReject => Some(Stage::Confirm),
        Code::Inconclusive => {
            let tried = found.cells(TargetRole::is_mmsc);
            let none_opened = tried.iter().all(|c| c.class != Class::Open);
            (!tried.is_empty() && none_opened).then_some(Stage::Connect)
        }
        _ => None,
    }
}
