//! The attachments of a draft made fit for the carrier, and what was done to them.
use super::{Attachment, Draft, pdu_size, picture, size_text};
use crate::profile::Profile;
use std::fmt;

/// What happened to one attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place among the attachments, from 1.
    pub number: usize,
    /// Octets before.
    pub before: usize,
    /// Octets after.
    pub after: usize,
    /// What was done.
    pub what: Treatment,
}

/// What was done to a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Treatment {
    /// Fewer pixels; width and height before and after.
    Scaled {
        /// Before, as the picture is to be seen.
        from: (u32, u32),
        /// After.
        to: (u32, u32),
    },
    /// Set upright, as its Exif orientation asks.
    Turned,
    /// Exif, XMP and IPTC taken out; every pixel as before.
    Stripped,
    /// Nothing: it would have to be smaller, and this is why it is not.
    Left {
        /// Why.
        why: String,
    },
}

/// Shows `picture 1: 3.9 MiB 4000×3000, scaled to 871.2 KiB 2400×1800`. Names of files are not in it, since it is recorded.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = (size_text(self.before as u64), size_text(self.after as u64));
        write!(f, "attachment {}: {before}", self.number)?;
        match &self.what {
            Treatment::Scaled { from, to } => write!(
                f,
                " {}×{}, scaled to {after} {}×{}",
                from.0, from.1, to.0, to.1
            ),
            Treatment::Turned => write!(f, ", set upright: {after}"),
            Treatment::Stripped => write!(f, ", place and camera data taken out: {after}"),
            Treatment::Left { why } => write!(f, ", left as it is: {why}"),
        }
    }
}

/// Makes the draft's pictures fit: upright, without the place where they were taken, and, where the encoded message would be larger than the profile
/// takes, smaller. A picture without such data in a message that fits keeps every octet. Takes seconds for a large photograph: not for the thread that
/// reads the serial line.
pub fn fit(draft: &mut Draft, profile: &Profile) -> Vec<Change> {
    let most = usize::try_from(profile.mms.max_bytes).unwrap_or(usize::MAX);
    fit_into(draft, most, |draft| pdu_size(draft, profile))
}

/// The same with a limit in octets and a measure of one's own.
pub fn fit_into(draft: &mut Draft, most: usize, measure: impl Fn(&Draft) -> usize) -> Vec<Change> {
    let mut changes: Vec<Change> = draft
        .attachments
        .iter_mut()
        .enumerate()
        .filter_map(|(index, attachment)| tidy(index + 1, attachment))
        .collect();
    let size = measure(draft);
    if size <= most {
        return changes;
    }
    let mut pictures: Vec<usize> = (0..draft.attachments.len())
        .filter(|&index| picture::format(&draft.attachments[index].content_type).is_some())
        .collect();
    pictures.sort_by_key(|&index| draft.attachments[index].data.len());
    let of_pictures: usize = pictures
        .iter()
        .map(|&index| draft.attachments[index].data.len())
        .sum();
    // The lengths in front of a part take more octets the longer it is; never fewer than now.
    let mut room = most.saturating_sub(size - of_pictures);
    let mut left = pictures.len();
    for index in pictures {
        let attachment = &mut draft.attachments[index];
        let share = room / left;
        if attachment.data.len() > share {
            let change = shrink(index + 1, attachment, share);
            changes.retain(|earlier| {
                earlier.number != change.number || matches!(change.what, Treatment::Left { .. })
            });
            changes.push(change);
        }
        room = room.saturating_sub(attachment.data.len());
        left -= 1;
    }
    changes.sort_by_key(|change| change.number);
    changes
}

/// Upright and without a word about the place.
fn tidy(number: usize, attachment: &mut Attachment) -> Option<Change> {
    let format = picture::format(&attachment.content_type)?;
    let before = attachment.data.len();
    let what = match picture::upright(&attachment.data, format) {
        Ok(Some(made)) => {
            attachment.data = made.data;
            Treatment::Turned
        }
        // A picture that we cannot decode may still be one that the phone can.
        Ok(None) | Err(_) => {
            attachment.data = picture::without_metadata(&attachment.data, format)?;
            Treatment::Stripped
        }
    };
    Some(Change {
        number,
        before,
        after: attachment.data.len(),
        what,
    })
}

fn shrink(number: usize, attachment: &mut Attachment, most: usize) -> Change {
    let before = attachment.data.len();
    let format = picture::format(&attachment.content_type);
    let made = format
        .ok_or_else(|| "no picture".to_owned())
        .and_then(|format| picture::shrink(&attachment.data, format, most));
    let what = match made {
        Ok(made) => {
            attachment.data = made.data;
            if attachment.content_type != made.content_type {
                attachment.content_type = made.content_type.to_owned();
                let stem = attachment
                    .name
                    .rsplit_once('.')
                    .map_or(attachment.name.as_str(), |(stem, _)| stem);
                attachment.name = format!("{stem}.jpg");
            }
            Treatment::Scaled {
                from: made.from,
                to: made.to,
            }
        }
        Err(why) => Treatment::Left { why },
    };
    Change {
        number,
        before,
        after: attachment.data.len(),
        what,
    }
}
