//! What a profile's limit makes of the files that go along: asked of the edge when it can have changed, kept while it holds.
//!
//! In: the state, and what the edge made. Out: whether to ask anew, and the files as they would be sent. Pure; pictures are decoded at the
//! edge, never here.
use super::editor::Draft;
use super::state::State;
use super::update::Effect;
use crate::compose::Attachment;
use std::sync::Arc;

/// The files of a draft as a profile would have them sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fitted {
    /// All of them, in order.
    pub attachments: Vec<Attachment>,
    /// What was done: the file's place, from 0, and the words.
    pub changes: Vec<(usize, String)>,
}

/// Fits a draft's files for the profile with this id. Takes seconds for a photograph.
pub type Fitter = Arc<dyn Fn(&Draft, Option<&str>) -> Fitted + Send + Sync>;

/// What was made last, and for what.
#[derive(Clone, Debug)]
struct Made {
    revision: u64,
    profile: Option<String>,
    fitted: Fitted,
    /// Octets of the message without its files, when it was made.
    others: usize,
}

/// How far fitting is.
#[derive(Clone, Debug, Default)]
pub struct Fitting {
    made: Option<Made>,
    running: bool,
}

impl Fitting {
    /// Whether pictures are being worked on.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// What holds for these files and this profile, if anything does.
    fn holding(&self, revision: u64, profile: Option<&str>) -> Option<&Made> {
        let made = self.made.as_ref()?;
        (made.revision == revision && made.profile.as_deref() == profile).then_some(made)
    }
}

fn profile_of(state: &State) -> Option<&str> {
    state.known.profile.as_ref().map(|p| p.id.as_str())
}

fn is_picture(file: &Attachment) -> bool {
    ["image/jpeg", "image/png", "image/gif"].contains(&file.content_type.as_str())
}

/// The draft's octets beside its files.
fn others(state: &State, files: &[Attachment]) -> usize {
    let of_files: usize = files.iter().map(|f| f.data.len()).sum();
    let whole = state.measured.pdu.as_ref().copied().unwrap_or(0);
    whole.saturating_sub(of_files)
}

/// What was made of the files, where it holds still.
#[must_use]
pub fn fitted(state: &State) -> Option<&Fitted> {
    let revision = state.compose.form.revision();
    let made = state.fitting.holding(revision, profile_of(state))?;
    Some(&made.fitted)
}

/// The draft with its files as they would be sent, as far as that is known.
#[must_use]
pub fn as_sent(state: &State) -> Draft {
    let mut draft = state.compose.draft();
    if let Some(fitted) = fitted(state) {
        draft.attachments.clone_from(&fitted.attachments);
    }
    draft
}

/// Asks the edge for a fit, where there is a picture and what is held does not hold any more.
pub fn wanted(state: &mut State) -> Option<Effect> {
    let form = &state.compose.form;
    if state.fitting.running || !form.files().iter().any(is_picture) {
        return None;
    }
    let revision = form.revision();
    let profile = profile_of(state).map(str::to_owned);
    if let Some(made) = state.fitting.holding(revision, profile.as_deref()) {
        let limit = state.measured.limit.unwrap_or(usize::MAX);
        let over = state.measured.pdu.as_ref().is_ok_and(|size| *size > limit);
        if !over || others(state, &made.fitted.attachments) == made.others {
            return None;
        }
    }
    state.fitting.running = true;
    Some(Effect::Fit {
        draft: state.compose.draft(),
        profile,
        revision,
    })
}

/// Takes in what the edge made.
pub fn take(state: &mut State, revision: u64, profile: Option<String>, fitted: Fitted) {
    state.fitting = Fitting {
        made: Some(Made {
            revision,
            profile,
            fitted: fitted.clone(),
            others: 0,
        }),
        running: false,
    };
    state.measure();
    let others = others(state, &fitted.attachments);
    if let Some(made) = &mut state.fitting.made {
        made.others = others;
    }
}
