//! The connection to the MMSC is gone after any octet of request and answer: what the person is told is true for each of them.
use crate::story::{Beginning, Story, draft};
use mmscope::compose::Attachment;
use mmscope::event::{EntryState, SendResult, Stage};
use mmscope::net::{HttpError, Method, PostLimits, Request, post};
use mmscope::simulator::World;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PHONE: &str = "+12025550123";
const LIMITS: PostLimits = PostLimits {
    silence: Duration::from_secs(60),
    total: Duration::from_secs(300),
    body: 64 * 1024,
};

fn request() -> Request {
    let body = vec![b'x'; 300];
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Request {
        method: Method::Post,
        target: "/mms/wapenc".to_owned(),
        headers: vec![
            header("Host", "mmsc.example"),
            header("Content-Type", "application/vnd.wap.mms-message"),
            header("Content-Length", "300"),
        ],
        body: body.into(),
    }
}

/// A server at the end of a line that holds one octet: it reads so many octets, writes these, and is gone. Returns what the client makes of it, and how
/// much was read.
async fn gone_after(reads: usize, writes: &'static [u8]) -> (Result<Vec<u8>, HttpError>, usize) {
    let (line, mut server) = tokio::io::duplex(1);
    let serving = tokio::spawn(async move {
        let mut read = 0;
        while read < reads {
            match tokio::time::timeout(Duration::from_secs(5), server.read_u8()).await {
                Ok(Ok(_)) => read += 1,
                _ => break,
            }
        }
        let _ = server.write_all(writes).await;
        read
    });
    let answer = post(line, &request(), LIMITS).await;
    (answer.map(|a| a.body.to_vec()), serving.await.unwrap())
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.wap.mms-message\r\nContent-Length: 40\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\n\r\n\x8C\x81\x98T1234567890\0\x8D\x92\x92\x80\x8Bm1@mmsc.example\0....";

#[tokio::test(start_paused = true)]
async fn every_octet_of_a_request_and_of_its_answer() {
    let (_, whole) = gone_after(usize::MAX, b"").await;
    assert!((300..600).contains(&whole), "{whole} octets");
    for at in 0..=whole {
        let (answer, read) = gone_after(at, b"").await;
        assert_eq!(read, at);
        let error = answer.unwrap_err();
        assert_eq!(
            error.may_have_been_accepted(),
            at == whole,
            "octet {at} of {whole}: {error}"
        );
    }
    for at in 0..ANSWER.len() {
        let (answer, _) = gone_after(whole, &ANSWER[..at]).await;
        let error = answer.unwrap_err();
        assert!(
            error.may_have_been_accepted() && !error.may_be_repeated(),
            "octet {at} of the answer: {error}"
        );
    }
    let (answer, _) = gone_after(whole, ANSWER).await;
    assert_eq!(answer.unwrap().len(), 40, "read whole");
}

struct Ended {
    result: SendResult,
    state: EntryState,
    bubbles: usize,
    story: Story,
}

async fn ended(change: impl FnOnce(&mut World)) -> Ended {
    let mut world = World::named("open").unwrap();
    change(&mut world);
    let story = Beginning::of(world).open();
    let result = story.send(draft(&[PHONE], "Octet by octet")).await;
    // What the MMSC has taken reaches the phone a moment later.
    tokio::time::sleep(Duration::from_secs(60)).await;
    Ended {
        state: story.journal.known().outbox[&1].state,
        bubbles: story.modem.phones().bubbles(PHONE).len(),
        result,
        story,
    }
}

/// Every octet with MMSCOPE_LONG set; else some of them, each time the same.
fn stride(usual: usize) -> usize {
    match std::env::var_os("MMSCOPE_LONG") {
        Some(_) => 1,
        None => usual,
    }
}

/// The same through the modem and the whole bench. The module counts octets that the MMSC never sees, so such a request
/// may be called unknown, but never accepted; what is called failed is on no phone, and what is called accepted is there once.
#[tokio::test(start_paused = true)]
async fn through_the_modem_each_octet_has_its_stage_and_state() {
    let plain = ended(|_| {}).await;
    assert!(plain.result.ok && plain.bubbles == 1);
    let request = plain.story.modem.sent_octets(0).unwrap().len();
    assert!((400..1500).contains(&request), "one AT+CIPSEND: {request}");
    let mut states: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let octets = (1..request).step_by(stride(31));
    for at in octets.chain([request - 1]) {
        let ended = ended(|w| w.mmsc.wire.reset_after = Some(at as u64)).await;
        let says = format!("octet {at} of {request}: {:#?}", ended.result);
        assert!(!ended.result.ok, "{says}");
        assert_eq!(ended.result.stage, Some(Stage::Post), "{says}");
        assert_eq!(ended.bubbles, 0, "half a request is no message: {says}");
        let state = match ended.result.unknown {
            true => EntryState::Unknown,
            false => EntryState::Failed,
        };
        assert_eq!(ended.state, state, "{says}");
        assert!(ended.result.error.is_some(), "{says}");
        assert_eq!(ended.story.modem.settings(), ended.story.before, "{says}");
        *states.entry(("request", state.words())).or_default() += 1;
    }
    // How long the answer is shows in where the first accepted one is; from there on all of them are.
    let mut accepted_from = None;
    let mut at = 0;
    while accepted_from.is_none_or(|from| at < from + 3) {
        at += match accepted_from {
            None => stride(13),
            Some(_) => 1,
        };
        assert!(at < 2000, "no answer is as long as that");
        let ended = ended(|w| w.mmsc.wire.truncate_after = Some(at as u64)).await;
        let says = format!("octet {at} of the answer: {:#?}", ended.result);
        assert_eq!(ended.bubbles, 1, "the MMSC has it: {says}");
        let taken = matches!(ended.state, EntryState::Accepted | EntryState::Delivered);
        assert_eq!(taken, ended.result.ok, "{says}");
        if ended.result.ok {
            accepted_from.get_or_insert(at);
            assert!(ended.result.message_id.is_some(), "{says}");
        } else {
            assert_eq!(accepted_from, None, "{says}");
            assert!(ended.result.unknown, "{says}");
            assert_eq!(ended.state, EntryState::Unknown, "{says}");
            assert_eq!(ended.result.stage, Some(Stage::Post), "{says}");
        }
        *states.entry(("answer", ended.state.words())).or_default() += 1;
    }
    println!("{request} octets of request, {accepted_from:?} of answer: {states:?}");
    let unknown = states.get(&("answer", EntryState::Unknown.words()));
    assert!(unknown.is_some_and(|count| *count > 5), "{states:?}");
}

/// Where the connection goes while most of a long request is still to come, none of it can have been accepted: it has failed, and may be sent again.
#[tokio::test(start_paused = true)]
async fn a_long_request_that_is_cut_early_has_failed() {
    for at in [1, 1499, 1500, 1501, 4000] {
        let mut world = World::named("open").unwrap();
        world.mmsc.wire.reset_after = Some(at);
        let story = Beginning::of(world).open();
        let mut long = draft(&[PHONE], "with a file");
        let octets: Vec<u8> = (0..40_000_u32).map(|n| (n * 7 % 251) as u8).collect();
        long.attachments.push(Attachment::new("noise.bin", octets));
        let result = story.send(long).await;
        let says = format!("octet {at}: {result:#?}");
        assert!(!result.ok && !result.unknown, "{says}");
        assert_eq!(result.stage, Some(Stage::Post), "{says}");
        let known = story.journal.known();
        assert_eq!(known.outbox[&1].state, EntryState::Failed, "{says}");
        assert!(story.modem.phones().bubbles(PHONE).is_empty(), "{says}");
        assert_eq!(story.modem.settings(), story.before, "{says}");
    }
}
