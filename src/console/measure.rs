//! What the composer and the switcher show of other rooms: sizes while a person types, and a row for each profile.
//!
//! In: a draft, the profiles, what is known of the SIM. Out: plain values for the screen. Pure.
use super::editor::Draft;
use super::state::{Measure, Measured, ProfileRow, SmsCoding, SmsSize};
use crate::compose::{self, Budget, Recipient, RecipientError, SmsEncoding};
use crate::profile::{Fit, Library, Origin, Profile, SimFacts, compare};
use std::sync::Arc;

/// The draft with its recipients read.
///
/// # Errors
/// The first recipient that is none, with the reason.
pub fn read_draft(draft: &Draft) -> Result<compose::Draft, RecipientError> {
    let to = draft
        .to
        .iter()
        .map(|n| Recipient::parse(n))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(compose::Draft {
        to,
        subject: draft.subject.clone(),
        text: draft.text.clone(),
        ..compose::Draft::default()
    })
}

/// Measures a draft while it is typed.
#[must_use]
pub fn measure(library: Arc<Library>, text_limit: usize) -> Measure {
    Arc::new(move |draft, profile| {
        let parsed = read_draft(draft);
        let known = profile.and_then(|id| library.get(id).ok());
        // Without a profile there is no limit, but a size all the same: profiles differ by a few octets.
        let Some(used) = known.or(library.all().first()) else {
            return Measured::default();
        };
        let whole = parsed
            .as_ref()
            .ok()
            .cloned()
            .unwrap_or_else(|| compose::Draft {
                text: draft.text.clone(),
                ..compose::Draft::default()
            });
        let budget = compose::budget(&whole, used, text_limit);
        Measured {
            pdu: parsed
                .map(|_| usize::try_from(budget.pdu_size).unwrap_or(usize::MAX))
                .map_err(|e| e.to_string()),
            limit: known.and_then(|p| usize::try_from(p.mms.max_bytes).ok()),
            warn_at: text_limit,
            sms: sms(&budget),
        }
    })
}

fn sms(budget: &Budget) -> SmsSize {
    let sms = &budget.sms;
    SmsSize {
        parts: sms.parts,
        coding: match sms.encoding {
            SmsEncoding::Gsm7 => SmsCoding::Gsm7,
            SmsEncoding::Ucs2 => SmsCoding::Ucs2,
        },
        left: sms.left,
        forcing: sms.beyond_gsm7.clone(),
        parts_without: sms.parts_if_plain,
    }
}

/// A profile as the switcher shows it.
#[must_use]
pub fn profile_row(profile: &Profile, sim: Option<&SimFacts>) -> ProfileRow {
    let used = profile.in_use();
    ProfileRow {
        id: used.id,
        name: used.name,
        apn: used.apn,
        pdp_type: used.pdp_type.to_string(),
        mmsc: used.mmsc,
        dials: used.dials,
        fits: sim.and_then(|sim| match profile.fit(sim) {
            Fit::No => Some(false),
            Fit::Perhaps => None,
            Fit::Yes => Some(true),
        }),
        lints: used.lints,
        beside: None,
    }
}

/// The profiles as the switcher shows them, those for this SIM first.
#[must_use]
pub fn profile_rows(library: &Library, sim: Option<&SimFacts>) -> Vec<ProfileRow> {
    let all = library.all().iter();
    let mut rows: Vec<ProfileRow> = all
        .map(|p| ProfileRow {
            beside: beside(library, p),
            ..profile_row(p, sim)
        })
        .collect();
    // Those for this SIM come first.
    rows.sort_by_key(|r| match r.fits {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    });
    rows
}

/// How many fields of a difference are said.
const MOST_FIELDS: usize = 4;

/// In what a profile of the person's own differs from the shipped one for the same carrier.
fn beside(library: &Library, own: &Profile) -> Option<String> {
    if !matches!(own.origin, Origin::User(_)) {
        return None;
    }
    let shipped = library.listed(own)?;
    let table = compare::side_by_side(&[shipped, own]);
    let about_itself = |field: &str| matches!(field, "id" | "name" | "status" | "source");
    let differing: Vec<String> = table
        .differing()
        .filter(|row| !about_itself(&row.field))
        .map(|row| {
            let value = |n: usize| {
                let value = row.values.get(n).cloned().flatten().unwrap_or_default();
                if value.is_empty() {
                    "nothing".to_owned()
                } else {
                    value
                }
            };
            format!("{}: shipped {}, yours {}", row.field, value(0), value(1))
        })
        .collect();
    Some(match differing.len() {
        0 => format!("yours; it says the same as the shipped {}", shipped.id),
        n => {
            let more = match n.saturating_sub(MOST_FIELDS) {
                0 => String::new(),
                more => format!("; {more} more (mmscope profiles show {})", own.id),
            };
            let shown = &differing[..n.min(MOST_FIELDS)];
            format!(
                "yours; beside the shipped {}: {}{more}",
                shipped.id,
                shown.join("; ")
            )
        }
    })
}
