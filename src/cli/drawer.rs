//! What a session keeps messages in: the outbox's file and the inbox's folder, opened before its modem.
//!
//! In: the command line. Out: both of them, or ones in memory that say why. Never here: what is done with them.
use super::Refusal;
use super::args::Global;
use super::folders::Folders;
use super::session::{chance, configuration};
use crate::inbox::Inbox;
use crate::lock::A_MOMENT;
use crate::outbox::{Disk, Outbox, StoreError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The outbox of a session, opened before its modem.
pub struct Drawer {
    /// The outbox.
    pub outbox: Arc<Outbox>,
    /// A person has agreed to send although it keeps nothing.
    pub unrecorded: bool,
    /// Nothing that comes in is wanted: the inbox may be another process's meanwhile.
    pub looks_on: bool,
}

impl Drawer {
    /// For a session that is to send: one that keeps what goes out, or that a person does without.
    ///
    /// # Errors
    /// The outbox cannot be used, and nobody said `--unrecorded`: exit code 2.
    pub fn open(global: &Global, unrecorded: bool) -> Result<Self, Refusal> {
        let drawer = Self {
            unrecorded,
            ..Self::patient(global)?
        };
        match drawer.outbox.why_unkept() {
            Some(why) if !unrecorded => Err(Refusal::usage(format!(
                "{why}. Nothing was sent: what cannot be written down is not sent, since nobody would know after a crash whether it went out; --unrecorded sends all the same"
            ))),
            _ => Ok(drawer),
        }
    }

    /// For a session that may send: another command that is about to end is waited for a moment. What cannot be used is told by the bench.
    ///
    /// # Errors
    /// The configuration cannot be read.
    pub fn patient(global: &Global) -> Result<Self, Refusal> {
        let (folders, _) = configuration(global)?;
        Ok(Self {
            outbox: Arc::new(kept(global, &folders, A_MOMENT)),
            unrecorded: false,
            looks_on: false,
        })
    }

    /// For a session that sends nothing and wants nothing of what comes in, such as a probe.
    pub(super) fn looks_on(global: &Global, folders: &Folders) -> Self {
        Self {
            outbox: Arc::new(kept(global, folders, Duration::ZERO)),
            unrecorded: false,
            looks_on: true,
        }
    }
}

/// The outbox of a session: the file that is named, else the person's own, or for a simulated bench one in memory. Where the file cannot be used, one in
/// memory that says why.
fn kept(global: &Global, folders: &Folders, patience: Duration) -> Outbox {
    let simulated = global.sim || global.world.is_some();
    if simulated && global.outbox.is_none() {
        return Outbox::in_memory();
    }
    outbox_file(global, folders, patience).unwrap_or_else(Outbox::unkept)
}

/// The inbox of a session: the folder that is named, else the person's own, or for a simulated bench one in memory. Where the folder cannot be used,
/// one in memory that says why. Without a patience it is looked at only, until something must be kept in it.
pub(super) fn received(
    global: &Global,
    folders: &Folders,
    simulated: bool,
    patience: Option<Duration>,
) -> Inbox {
    if simulated && global.inbox.is_none() {
        return Inbox::in_memory();
    }
    let folder = inbox_folder(global, folders);
    let opened = match patience {
        Some(patience) => Inbox::in_folder_within(folder, patience),
        None => Inbox::lazily(folder),
    };
    opened.unwrap_or_else(|e| Inbox::unkept(e.to_string()))
}

/// The inbox's folder: the one that is named, else the person's own.
pub fn inbox_folder(global: &Global, folders: &Folders) -> PathBuf {
    global.inbox.clone().unwrap_or_else(|| folders.inbox())
}

/// Opens the outbox's file: the one that is named, else the person's own. Another command that has it is waited for so long at the most.
///
/// # Errors
/// In use, broken, newer, or not to be written.
pub fn outbox_file(
    global: &Global,
    folders: &Folders,
    patience: Duration,
) -> Result<Outbox, StoreError> {
    let file = global.outbox.clone().unwrap_or_else(|| folders.outbox());
    Outbox::open(Disk::open_within(file, patience)?, chance().0)
}

/// What stands in the outbox's file while another process has it open; none where it cannot be read.
pub fn outbox_in_use(global: &Global, folders: &Folders) -> Option<Outbox> {
    let file = global.outbox.clone().unwrap_or_else(|| folders.outbox());
    Outbox::as_is(Disk::look(&file).ok()?).ok()
}
