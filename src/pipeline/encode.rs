//! The message becomes octets, and the profile's MMSC something that can be dialled.
use super::Job;
use crate::compose::{Change, Lint, Severity, fit, send_req};
use crate::mms;
use crate::modem::Trouble;
use crate::profile::{Endpoint, Profile};
use bytes::Bytes;

/// What encoding made.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The M-Send.req.
    pub octets: Vec<u8>,
    /// Its parts, SMIL included.
    pub parts: usize,
    /// Where it goes.
    pub endpoint: Endpoint,
    /// What was done to the pictures.
    pub changes: Vec<Change>,
    /// What speaks against the message and does not stop it.
    pub warnings: Vec<Lint>,
    /// What a recipient may not see as it was meant.
    pub doubts: Vec<mms::Lint>,
    /// Whether these are the very octets of an earlier message.
    pub again: bool,
}

impl Encoded {
    /// What was fixed earlier, for the endpoint that the profile names now.
    ///
    /// # Errors
    /// The profile's MMSC cannot be dialled.
    pub fn fixed(octets: Vec<u8>, profile: &Profile) -> Result<Self, Trouble> {
        let decoded = mms::Pdu::decode(&octets);
        let parts = decoded.pdu.parts().len();
        Ok(Self {
            endpoint: endpoint(profile)?,
            doubts: doubts(&octets),
            changes: Vec::new(),
            warnings: Vec::new(),
            again: false,
            parts,
            octets,
        })
    }
}

fn endpoint(profile: &Profile) -> Result<Endpoint, Trouble> {
    profile.endpoint().map_err(|e| {
        let advice = format!("Correct mmsc in the profile {}", profile.id);
        Trouble::new(
            format!("the MMSC of profile {} cannot be dialled", profile.id),
            profile.mms.mmsc.escape_default().to_string(),
            e.to_string(),
            advice,
        )
    })
}

/// What a recipient may not see as it was meant.
fn doubts(octets: &[u8]) -> Vec<mms::Lint> {
    mms::Pdu::decode(octets)
        .examine(octets.len())
        .into_iter()
        .filter(|lint| lint.severity >= mms::Severity::Warning)
        .collect()
}

/// Encodes the message, its pictures made to fit the profile. Nothing is sent that a lint of level error speaks against. With a large photograph it takes
/// seconds: not for the thread that reads the serial line.
///
/// # Errors
/// No recipient, nothing to send, too big, an MMSC that cannot be dialled.
pub fn encode(job: &Job) -> Result<Encoded, Trouble> {
    let endpoint = endpoint(&job.profile)?;
    if let Some(octets) = &job.octets {
        return again(job, octets, endpoint);
    }
    let mut draft = job.draft.clone();
    let changes = fit(&mut draft, &job.profile);
    let pdu = send_req(
        &draft,
        &job.profile,
        &job.transaction_id,
        job.date,
        job.version,
    );
    // Before the encoder's own refusal, since a lint says what a person can do about it.
    let lints = draft.check(&job.profile, crate::mms::encoded_size(&pdu), usize::MAX);
    if let Some(lint) = lints.iter().find(|l| l.severity == Severity::Error) {
        return Err(Trouble::new(
            format!("{}: {}", lint.id, lint.says),
            "",
            std::iter::once("the message was not encoded and nothing was sent".to_owned())
                .chain(changes.iter().map(Change::to_string))
                .collect::<Vec<_>>()
                .join("; "),
            lint.fix.clone(),
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
        changes,
        warnings: lints,
        doubts: doubts(&octets),
        again: false,
        parts: pdu.pdu().parts().len(),
        octets,
        endpoint,
    })
}

/// The very octets of an earlier message. Only a size that the profile does not take speaks against them.
fn again(job: &Job, octets: &Bytes, endpoint: Endpoint) -> Result<Encoded, Trouble> {
    let (size, most) = (octets.len() as u64, job.profile.mms.max_bytes);
    if size > most {
        return Err(Trouble::new(
            format!(
                "P15: these {size} octets are more than the {most} that {} takes",
                job.profile.id
            ),
            "",
            "nothing was sent",
            "Send them through the profile that they were made for, or edit the message as a draft again",
        ));
    }
    let read = mms::Pdu::decode(octets);
    Ok(Encoded {
        octets: octets.to_vec(),
        parts: read.pdu.parts().len(),
        endpoint,
        changes: Vec::new(),
        warnings: Vec::new(),
        doubts: doubts(octets),
        again: true,
    })
}
