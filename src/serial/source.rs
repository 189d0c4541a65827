//! Where a line comes from: opened the first time, found again by identity each time after.
//!
//! In: what is wanted (a name, or `auto`), and a [`Finder`] that knows which devices there are. Out: an open line with the name that the
//! device has now. Never here: how often it is tried; that is the bench's.
use super::devices::{Device, Places, devices};
use super::holder::{Holding, holding};
use super::identity::UsbId;
use super::open::{Opened, SerialError, open_in};
use super::probe::{Answering, probe};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Who knows which devices there are, and who holds them.
pub trait Finder: Send + Sync {
    /// The devices that are present, the likeliest first.
    fn devices(&self) -> Vec<Device>;
    /// Who else has one open.
    fn holding(&self, name: &str) -> Holding;
}

/// This machine.
#[derive(Clone, Debug, Default)]
pub struct System;

impl Finder for System {
    fn devices(&self) -> Vec<Device> {
        devices()
    }
    fn holding(&self, name: &str) -> Holding {
        holding(name, &Places::default())
    }
}

/// A future that opens a line.
pub type Opening<'a> = Pin<Box<dyn Future<Output = Result<Opened, SerialError>> + Send + 'a>>;

/// Opens a line that was lost, wherever its device is now.
pub trait Source: Send + Sync {
    /// One attempt; it does not wait for the device to come.
    fn open(&self) -> Opening<'_>;
}

/// A device as it was when it was opened: by this it is found again.
#[derive(Clone)]
pub struct Wanted {
    /// The name by which it was opened last.
    pub name: String,
    /// Its identity; without one only the name is left.
    pub id: Option<UsbId>,
    /// Speed in baud.
    pub baud: u32,
    /// Who knows the devices.
    pub finder: Arc<dyn Finder>,
}

impl Wanted {
    /// The device behind a name: its identity is looked up, through links as well.
    #[must_use]
    pub fn of(name: &str, baud: u32, finder: Arc<dyn Finder>) -> Self {
        let real = std::fs::canonicalize(name).ok();
        let same = |d: &Device| {
            d.name == name || (real.is_some() && std::fs::canonicalize(&d.name).ok() == real)
        };
        let id = finder
            .devices()
            .iter()
            .find(|d| same(d))
            .and_then(|d| d.id().cloned());
        Self {
            name: name.to_owned(),
            id,
            baud,
            finder,
        }
    }

    /// What stays the same when the name does not: the identity, else the name.
    #[must_use]
    pub fn key(&self) -> String {
        self.id
            .as_ref()
            .map_or_else(|| self.name.clone(), ToString::to_string)
    }

    /// The name that the device has now. Of several with one identity the one under the old name; where that is not among them,
    /// the choice would be a guess, and none is taken.
    ///
    /// # Errors
    /// It is not there, or it cannot be told from its twins.
    pub fn now(&self) -> Result<String, SerialError> {
        let Some(id) = &self.id else {
            return Ok(self.name.clone());
        };
        let names: Vec<String> = self
            .finder
            .devices()
            .into_iter()
            .filter(|d| d.id() == Some(id))
            .map(|d| d.name)
            .collect();
        match &names[..] {
            [] => Err(SerialError::Absent {
                name: self.name.clone(),
                remedy: format!("No device {id} is present"),
            }),
            [one] => Ok(one.clone()),
            several if several.contains(&self.name) => Ok(self.name.clone()),
            several => Err(SerialError::Absent {
                name: self.name.clone(),
                remedy: format!(
                    "Several devices say that they are {id}: {}. Start again with --port and the one you mean",
                    several.join(", ")
                ),
            }),
        }
    }
}

impl Source for Wanted {
    fn open(&self) -> Opening<'_> {
        Box::pin(async move { open_in(&self.now()?, self.baud, &*self.finder).await })
    }
}

/// The device that `auto` came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// What it said.
    pub says: Answering,
    /// Others on which a modem answered as well.
    pub others: Vec<String>,
}

/// `--port auto`: asks every device that may be a modem, and takes the one that answers. Where several do: an interface that is known
/// to be the AT one before a second AT one before an unknown one, then the order of the list (USB first, the newest first).
/// Interfaces known to be something else are not asked: a question there can disturb.
///
/// # Errors
/// None answered; it says what each one did.
pub async fn choose(finder: &dyn Finder, baud: u32) -> Result<Chosen, SerialError> {
    let mut asked: Vec<Device> = finder.devices();
    asked.retain(|d| d.role().may_answer() && !d.bare);
    asked.sort_by_key(Device::role);
    let mut answers = Vec::new();
    let mut silent = Vec::new();
    for device in &asked {
        match ask(&device.name, baud, finder).await {
            Ok(says) => answers.push((device.name.clone(), says)),
            Err(why) => silent.push(format!("{}: {why}", device.name)),
        }
    }
    let mut answers = answers.into_iter();
    match answers.next() {
        Some((name, says)) => Ok(Chosen {
            name,
            says,
            others: answers.map(|(name, _)| name).collect(),
        }),
        None => Err(SerialError::NoneAnswers {
            why: if silent.is_empty() {
                "No device that may be a modem is present: is it plugged in and powered?".to_owned()
            } else {
                format!("None of these is one: {}", silent.join("; "))
            },
        }),
    }
}

async fn ask(name: &str, baud: u32, finder: &dyn Finder) -> Result<Answering, String> {
    let mut opened = open_in(name, baud, finder)
        .await
        .map_err(|e| e.reason(name))?;
    probe(&mut opened.line).await
}
