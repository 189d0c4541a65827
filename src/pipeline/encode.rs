//! The message becomes octets, and the profile's MMSC something that can be dialled.
use super::Job;
use crate::compose::{Severity, send_req};
use crate::modem::Trouble;
use crate::profile::Endpoint;

/// What encoding made.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The M-Send.req.
    pub octets: Vec<u8>,
    /// Its parts, SMIL included.
    pub parts: usize,
    /// Where it goes.
    pub endpoint: Endpoint,
}

/// Encodes the message. Nothing is sent that a lint of level error speaks against.
///
/// # Errors
/// No recipient, nothing to send, too big, an MMSC that cannot be dialled.
pub fn encode(job: &Job) -> Result<Encoded, Trouble> {
    let endpoint = job.profile.endpoint().map_err(|e| {
        let advice = format!("Correct mmsc in the profile {}", job.profile.id);
        Trouble::new(
            format!("the MMSC of profile {} cannot be dialled", job.profile.id),
            job.profile.mms.mmsc.escape_default().to_string(),
            e.to_string(),
            advice,
        )
    })?;
    let pdu = send_req(
        &job.draft,
        &job.profile,
        &job.transaction_id,
        job.date,
        job.version,
    );
    // Before the encoder's own refusal, since a lint says what a person can do about it.
    let lints = job
        .draft
        .check(&job.profile, crate::mms::encoded_size(&pdu), usize::MAX);
    if let Some(lint) = lints.into_iter().find(|l| l.severity == Severity::Error) {
        return Err(Trouble::new(
            format!("{}: {}", lint.id, lint.says),
            "",
            "the message was not encoded and nothing was sent",
            lint.fix,
        ));
    }
    let octets = pdu.encode().map_err(|e| {
        Trouble::new(
            "the message cannot be encoded",
            "",
            e.to_string(),
            "Correct the message",
        )
    })?;
    Ok(Encoded {
        parts: pdu.pdu().parts().len(),
        octets,
        endpoint,
    })
}
