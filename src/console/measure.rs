//! What the composer and the switcher show of other rooms: sizes while a person types, and a row for each profile.
//!
//! In: a draft, the profiles, what is known of the SIM. Out: plain values for the screen. Pure.
use super::editor::Draft;
use super::state::{Measure, Measured, ProfileRow, SmsCoding, SmsSize};
use crate::compose::{self, Budget, Recipient, RecipientError, SmsEncoding};
use crate::event::Way;
use crate::profile::{Fit, Library, Profile, SimFacts};
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
    measure_by(library, text_limit, |_| Way::Mms)
}

/// The same with a rule for the way.
#[must_use]
pub fn measure_by(
    library: Arc<Library>,
    text_limit: usize,
    by_rule: impl Fn(&compose::Draft) -> Way + Send + Sync + 'static,
) -> Measure {
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
            unlinked: compose::unlinked_parts(&compose::sms_text(&whole)),
            no_sms: compose::can_be_sms(&whole).err().map(|e| e.to_string()),
            by_rule: by_rule(&whole),
            costs: known.and_then(|p| costs(p, &budget, whole.recipients().count())),
        }
    })
}

/// What it costs as MMS and as SMS, where the profile names prices.
fn costs(profile: &Profile, budget: &Budget, recipients: usize) -> Option<(String, String)> {
    let prices = profile.prices.as_ref()?;
    let (mms, sms) = budget.costs(prices, recipients.max(1));
    let shown = |cost: f64| format!("{} {cost:.4}", prices.currency);
    Some((shown(mms), shown(sms)))
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
    }
}

/// The profiles as the switcher shows them, those for this SIM first.
#[must_use]
pub fn profile_rows(library: &Library, sim: Option<&SimFacts>) -> Vec<ProfileRow> {
    let all = library.all().iter();
    let mut rows: Vec<ProfileRow> = all.map(|p| profile_row(p, sim)).collect();
    // Those for this SIM come first.
    rows.sort_by_key(|r| match r.fits {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    });
    rows
}
