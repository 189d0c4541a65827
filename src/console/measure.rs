//! What the composer and the switcher show of other rooms: sizes and doubts while a person types, and a row for each profile.
//!
//! In: a draft, the profiles, what is known of the SIM. Out: plain values for the screen. Pure.
use super::editor::Draft;
use super::fitting::{Fitted, Fitter};
use super::options::Asked;
use super::state::{Doubt, Encode, Measure, Measured, ProfileRow, SmsCoding, SmsSize};
use crate::compose::{self, Budget, Recipient, Severity, SmsEncoding};
use crate::event::{Octets, Sim, Way};
use crate::mms::{self, From, MessageClass, Options, Pdu, Time, Version};
use crate::profile::{Fit, Identity, Library, LintContext, Origin, Profile, SimFacts, compare};
use std::str::FromStr;
use std::sync::Arc;

/// The draft with its recipients and options read.
///
/// # Errors
/// The first field that cannot be read, with its name and the reason.
pub fn read_draft(draft: &Draft) -> Result<compose::Draft, String> {
    let list = |name: &str, typed: &[String]| {
        let each = typed.iter().map(|n| recipient(name, n));
        each.collect::<Result<Vec<_>, _>>()
    };
    let from = Some(draft.asked.from.as_str()).filter(|from| !from.is_empty());
    let from = from.map(|from| recipient("From", from)).transpose()?;
    Ok(compose::Draft {
        to: list("", &draft.to)?,
        cc: list("Cc", &draft.cc)?,
        bcc: list("Bcc", &draft.bcc)?,
        subject: draft.subject.clone(),
        text: draft.text.clone(),
        attachments: draft.attachments.clone(),
        options: options(&draft.asked)?,
        from: from.map(|r| r.plain().to_owned()),
    })
}

fn recipient(name: &str, typed: &str) -> Result<Recipient, String> {
    Recipient::parse(typed).map_err(|e| match name {
        "" => e.to_string(),
        name => format!("{name}: {e}"),
    })
}

fn options(asked: &Asked) -> Result<Options, String> {
    fn read<T: FromStr<Err = String>>(name: &str, typed: &str) -> Result<Option<T>, String> {
        let said = Some(typed).filter(|typed| !typed.is_empty());
        let said = said.map(|typed| typed.parse().map_err(|e| format!("{name}: {e}")));
        said.transpose()
    }
    Ok(Options {
        class: read::<MessageClass>("Class", &asked.class)?,
        expiry: read::<Time>("Expiry", &asked.expiry)?,
        delivery_time: read::<Time>("Deliver from", &asked.delivery_time)?,
        priority: asked.priority,
        visibility: asked.visibility,
        delivery_report: asked.delivery_report,
        read_report: asked.read_report,
    })
}

/// The draft that an M-Send.req would be again, as the composer holds it.
///
/// # Errors
/// A recipient that no draft takes.
pub fn draft_of(octets: &[u8]) -> Result<Draft, String> {
    let pdu = Pdu::decode(octets).pdu;
    let read = compose::draft_of(&pdu).map_err(|e| e.to_string())?;
    let typed = |list: &[Recipient]| list.iter().map(|r| r.plain().to_owned()).collect();
    let time = |time: Option<Time>| time.map_or_else(String::new, |t| t.to_string());
    let said = matches!(pdu.from(), Some(From::Address(_)));
    Ok(Draft {
        to: typed(&read.to),
        cc: typed(&read.cc),
        bcc: typed(&read.bcc),
        subject: read.subject,
        text: read.text,
        attachments: read.attachments,
        way: None,
        asked: Asked {
            from: read.from.filter(|_| said).unwrap_or_default(),
            class: read.options.class.map(String::from).unwrap_or_default(),
            expiry: time(read.options.expiry),
            delivery_time: time(read.options.delivery_time),
            priority: read.options.priority,
            delivery_report: read.options.delivery_report,
            read_report: read.options.read_report,
            visibility: read.options.visibility,
            version: pdu.version().filter(|v| *v != Version::V1_2),
        },
    })
}

/// Measures a draft while it is typed. `own` is the line's own number, where the person has set it.
#[must_use]
pub fn measure(library: Arc<Library>, text_limit: usize, own: Option<String>) -> Measure {
    measure_by(library, text_limit, own, |_| Way::Mms)
}

/// The same with a rule for the way.
#[must_use]
pub fn measure_by(
    library: Arc<Library>,
    text_limit: usize,
    own: Option<String>,
    by_rule: impl Fn(&compose::Draft) -> Way + Send + Sync + 'static,
) -> Measure {
    Arc::new(move |draft, profile, sim| {
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
            .unwrap_or_else(|| lenient(draft));
        let budget = compose::budget(&whole, used, text_limit);
        let size = usize::try_from(budget.pdu_size).unwrap_or(usize::MAX);
        let doubts = match (&parsed, known, draft.is_empty()) {
            (Ok(message), Some(profile), false) => {
                let mut doubts = on_message(message, profile, size, text_limit);
                doubts.extend(on_line(message, profile, own.as_deref(), sim));
                let version = draft.asked.version.unwrap_or(Version::V1_2);
                doubts.extend(on_octets(message, profile, version));
                doubts.sort_by_key(|d| d.severity);
                doubts
            }
            _ => Vec::new(),
        };
        Measured {
            pdu: parsed.map(|_| size),
            limit: known.and_then(|p| usize::try_from(p.mms.max_bytes).ok()),
            warn_at: text_limit,
            sms: sms(&budget),
            doubts,
            unlinked: compose::unlinked_parts(&compose::sms_text(&whole)),
            no_sms: compose::can_be_sms(&whole).err().map(|e| e.to_string()),
            by_rule: by_rule(&whole),
            costs: known.and_then(|p| costs(p, &budget, whole.recipients().count())),
        }
    })
}

/// What can be measured of a draft that cannot be sent as it stands.
fn lenient(draft: &Draft) -> compose::Draft {
    compose::Draft {
        text: draft.text.clone(),
        attachments: draft.attachments.clone(),
        ..compose::Draft::default()
    }
}

fn doubt(lint: compose::Lint) -> Doubt {
    Doubt {
        severity: lint.severity,
        says: format!("{} {}; {}", lint.id, lint.says, lint.fix),
    }
}

/// The rules on a message. P14 is asked where the line is known.
fn on_message(
    message: &compose::Draft,
    profile: &Profile,
    size: usize,
    text_limit: usize,
) -> Vec<Doubt> {
    let lints = message.check(profile, size, text_limit).into_iter();
    lints.filter(|l| l.id != "P14").map(doubt).collect()
}

/// The rules on the sender (P14) and on headers that need what nobody knows (P17).
fn on_line(
    message: &compose::Draft,
    profile: &Profile,
    own: Option<&str>,
    sim: Option<&Sim>,
) -> Vec<Doubt> {
    let named = own.map(|own| Identity {
        msisdn: Some(own.to_owned()),
        ..Identity::default()
    });
    // What the SIM tells is masked here, and P17 asks only whether it tells something: any number stands for it.
    let tells = sim.map(|sim| Identity {
        msisdn: own
            .or(sim.number.as_ref().map(|_| "+12025550100"))
            .map(str::to_owned),
        imsi: sim.imsi.as_ref().map(|_| "001010123456789".to_owned()),
        nai: None,
    });
    let found = |id: &str, identity: Option<&Identity>| {
        let context = LintContext {
            from: message.from.as_deref(),
            identity,
            ..LintContext::default()
        };
        let mut lints = profile.lints_in(&context);
        lints.retain(|lint| lint.id == id);
        lints
    };
    let mut lints = found("P14", named.as_ref());
    lints.extend(found("P17", tells.as_ref()));
    lints.into_iter().map(doubt).collect()
}

/// What a recipient would not see as it was meant, told from the very octets.
fn on_octets(message: &compose::Draft, profile: &Profile, version: Version) -> Vec<Doubt> {
    let request = compose::send_req(message, profile, "T", None, version);
    let octets = match request.encode() {
        Ok(octets) => octets,
        // Nobody to send to is said by its own rule.
        Err(_) if message.recipients().next().is_none() => return Vec::new(),
        Err(e) => {
            return vec![Doubt {
                severity: Severity::Error,
                says: format!("the message cannot be encoded: {e}"),
            }];
        }
    };
    let remarks = Pdu::decode(&octets).examine(octets.len()).into_iter();
    remarks
        .filter_map(|lint| {
            let severity = match lint.severity {
                mms::Severity::Note => return None,
                mms::Severity::Warning => Severity::Warning,
                mms::Severity::Error => Severity::Error,
            };
            Some(Doubt {
                severity,
                says: lint.what,
            })
        })
        .collect()
}

/// Makes the M-Send.req of a draft, to be looked at before it is sent. Its Transaction-Id is a placeholder of the right length.
#[must_use]
pub fn encoder(library: Arc<Library>) -> Encode {
    Arc::new(move |draft, profile, date| {
        let message = read_draft(draft).ok()?;
        let used = profile.and_then(|id| library.get(id).ok());
        let used = used.or(library.all().first())?;
        let version = draft.asked.version.unwrap_or(Version::V1_2);
        let id = format!("T{}", "0".repeat(27));
        let request = compose::send_req(&message, used, &id, date, version);
        request.encode().ok().map(|octets| Octets(octets.into()))
    })
}

/// Fits the files of a draft for a profile: pictures are decoded, which takes time.
#[must_use]
pub fn fitter(library: Arc<Library>) -> Fitter {
    Arc::new(move |draft, profile| {
        let mut message = read_draft(draft).unwrap_or_else(|_| lenient(draft));
        let changes = match profile.and_then(|id| library.get(id).ok()) {
            Some(profile) => compose::fit(&mut message, profile),
            // No carrier, no limit; the place of a picture is nobody's business all the same.
            None => compose::fit_into(&mut message, usize::MAX, |_| 0),
        };
        let words = |change: &compose::Change| {
            let all = change.to_string();
            // The file's name stands before them on the screen.
            all.split_once(": ")
                .map_or(all.clone(), |(_, says)| says.to_owned())
        };
        Fitted {
            changes: changes
                .iter()
                .map(|change| (change.number.saturating_sub(1), words(change)))
                .collect(),
            attachments: message.attachments,
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
