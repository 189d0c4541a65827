//! One HTTP request of a probe: what a send would send, with a PDU that reaches nobody.
use super::Lab;
use crate::diagnosis::{OWN_NUMBER, Post};
use crate::event::{AnswerKind, HttpOutcome, HttpProbe, On, ProbePdu, Target, TargetRole, escape};
use crate::mms::{Field, Header, MessageType, Part, Pdu, SendConf, SendReq, Value, Version};
use crate::modem::{SimCard, Trouble};
use crate::net::{Answer, HttpError, PostLimits, Request, Sent};
use bytes::Bytes;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// The longest silence of a server, in the world's time.
const SILENCE: Duration = Duration::from_secs(45);
/// The same for a body that is made larger on purpose: small ones were answered by then.
const STALLED: Duration = Duration::from_secs(20);
/// The largest body of an answer.
const LARGEST: usize = 64 * 1024;
/// Sends it over the stream and says what came of it.
pub async fn post<S>(
    lab: &Lab<'_>,
    on: &On,
    target: &Target,
    card: &SimCard,
    post: &Post,
    stream: S,
) -> HttpProbe
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let began = lab.gear.sink.now_ms();
    let outcome = match request(lab, target, card, post) {
        Ok(request) => {
            let silence = match post.pdu {
                ProbePdu::Padded(_) => STALLED,
                _ => SILENCE,
            };
            let limits = PostLimits {
                silence: lab.real(silence),
                total: lab.real(SILENCE * 4),
                body: LARGEST,
            };
            match crate::net::post(stream, &request, limits).await {
                Ok(answer) => read(&answer),
                Err(error) => failed(&error),
            }
        }
        Err(trouble) => HttpOutcome::Closed {
            whole: false,
            why: trouble.failure.what,
        },
    };
    HttpProbe {
        on: on.clone(),
        target: target.clone(),
        pdu: post.pdu,
        variant: post.variant.to_owned(),
        path: post.path.clone(),
        outcome,
        ms: lab.gear.sink.now_ms().saturating_sub(began),
    }
}

fn request(
    lab: &Lab<'_>,
    target: &Target,
    card: &SimCard,
    post: &Post,
) -> Result<Request, Trouble> {
    let profile = &lab.job.profile;
    let endpoint = profile.endpoint().map_err(|e| {
        Trouble::new(
            "the MMSC cannot be dialled",
            "",
            e.to_string(),
            "Correct the profile",
        )
    })?;
    let body = pdu(post.pdu, lab.gear.sink.now_ms());
    let mut request = crate::pipeline::request(lab.gear, profile, &endpoint, card, body)?;
    request.target.clone_from(&post.path);
    if target.role == TargetRole::Alternate
        && let Some(name) = &target.name
    {
        set(&mut request, "Host", name);
    }
    match post.header {
        Some((OWN_NUMBER, _)) => {
            let own = lab.gear.own_number.as_ref().map(|n| n.reveal().to_owned());
            let own = own.or_else(|| card.number.as_ref().map(|n| n.reveal().to_owned()));
            if let Some(own) = own {
                let digits = own.trim_start_matches('+');
                for name in ["X-MDN", "X-VzW-MDN", "x-up-calling-line-id"] {
                    set(&mut request, name, digits);
                }
            }
        }
        Some((name, value)) => set(&mut request, name, value),
        None => {}
    }
    Ok(request)
}

fn set(request: &mut Request, name: &str, value: &str) {
    match request
        .headers
        .iter_mut()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
    {
        Some((_, old)) => value.clone_into(old),
        None => request.headers.push((name.to_owned(), value.to_owned())),
    }
}

/// A PDU that reaches nobody. An encoder that refuses it (it lacks a recipient on purpose) leaves the headers alone.
fn pdu(kind: ProbePdu, now: u64) -> Bytes {
    let id = format!("probe{now}");
    let octets = match kind {
        ProbePdu::NoRecipient | ProbePdu::Padded(_) => {
            let mut message = SendReq::new(id);
            let text = match kind {
                ProbePdu::Padded(octets) => ".".repeat(octets as usize),
                _ => "probe".to_owned(),
            };
            message.parts.push(Part::plain_text(text));
            message.pdu().encode()
        }
        ProbePdu::NotifyResp => {
            let header = |field, value| Header::new(field, value);
            let version = Version::V1_2.octet();
            Pdu {
                headers: vec![
                    header(
                        Field::MessageType,
                        Value::Token(MessageType::NOTIFY_RESP_IND.0),
                    ),
                    header(
                        Field::TransactionId,
                        Value::Text(crate::mms::Text::new(&id)),
                    ),
                    header(Field::MmsVersion, Value::Token(version)),
                    header(Field::Status, Value::Token(DEFERRED)),
                ],
                ..Pdu::default()
            }
            .encode()
        }
    };
    octets.map(Bytes::from).unwrap_or_default()
}

/// X-Mms-Status Deferred (OMA-TS-MMS_ENC section 7.3.54).
const DEFERRED: u8 = 0x83;

fn read(answer: &Answer) -> HttpOutcome {
    let content_type = answer.header("content-type").unwrap_or_default();
    let conf = SendConf::read(&Pdu::decode(&answer.body).pdu).ok();
    let kind = AnswerKind::of(answer.status, content_type, &answer.body, conf.is_some());
    let conf = conf.filter(|_| kind == AnswerKind::Mmsc);
    let response = conf.as_ref().map_or_else(String::new, |c| {
        let text = c
            .response_text
            .as_deref()
            .map(|t| format!(" “{}”", t.escape_default()))
            .unwrap_or_default();
        crate::event::redact(&format!("{}{text}", c.response_status.name()))
    });
    HttpOutcome::Answer {
        status: answer.status,
        kind,
        content_type: content_type.chars().take(120).collect(),
        server: answer
            .header("server")
            .unwrap_or_default()
            .chars()
            .take(120)
            .collect(),
        location: crate::event::redact(
            &answer
                .header("location")
                .unwrap_or_default()
                .chars()
                .take(200)
                .collect::<String>(),
        ),
        response_status: conf.map(|c| c.response_status.octet()),
        response,
    }
}

fn failed(error: &HttpError) -> HttpOutcome {
    let begins = error.begins();
    match error {
        HttpError::NotHttp { .. } => HttpOutcome::NotHttp {
            begins: crate::event::redact(&escape(&begins[..begins.len().min(200)])),
        },
        HttpError::Timeout { sent, .. } => HttpOutcome::Silence {
            whole: *sent == Sent::Whole,
        },
        other => HttpOutcome::Closed {
            whole: other.may_have_been_accepted(),
            why: other.to_string(),
        },
    }
}
