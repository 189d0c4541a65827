//! ModemManager asked to let a modem go, for as long as mmscope runs.
//!
//! In: a device. Out: a process `mmcli --inhibit-device` that holds the request; ModemManager takes the modem back as soon as that
//! process ends, however it ends. Never here: stopping services.
use super::Refusal;
use crate::serial::Wanted;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long mmcli may take to say that it is done.
const LIMIT: Duration = Duration::from_secs(10);
/// Octets of its words that are read.
const WORDS: u64 = 4096;

/// A modem that ModemManager leaves alone. It takes it back when this is dropped.
pub struct Inhibition(Child);

impl Inhibition {
    /// Asks ModemManager to let the device go, and waits until it has.
    ///
    /// # Errors
    /// It is not on USB, so that ModemManager's name for it is not known; mmcli is not there; ModemManager refuses.
    pub async fn begin(wanted: &Wanted) -> Result<Self, Refusal> {
        let refused = |why: String| Refusal::with(11, format!("--inhibit: {why}"));
        let place = place(wanted).ok_or_else(|| {
            refused(format!(
                "{} is no USB device of this machine, so ModemManager's name for it is not known; `mmcli -L` and `mmcli --inhibit-device=…` do it by hand",
                wanted.name
            ))
        })?;
        let mut child = Command::new("mmcli")
            .arg(format!("--inhibit-device={place}"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| {
                refused(format!(
                    "mmcli cannot be started: {e}; it comes with ModemManager"
                ))
            })?;
        let said = first_line(&mut child);
        let mut this = Self(child);
        match tokio::time::timeout(LIMIT, said).await {
            // It says so once it has, and then waits.
            Ok(Ok(line)) if line.contains("inhibited") => Ok(this),
            _ => Err(refused(this.why())),
        }
    }

    /// What mmcli said instead.
    fn why(&mut self) -> String {
        let _ = self.0.kill(); // it may have ended by itself
        let mut words = String::new();
        if let Some(err) = self.0.stderr.take() {
            let _ = err.take(WORDS).read_to_string(&mut words); // what cannot be read is not told
        }
        match words.trim() {
            "" => "mmcli did not say that ModemManager let the modem go".to_owned(),
            words => format!("mmcli says: {words}"),
        }
    }
}

impl Drop for Inhibition {
    fn drop(&mut self) {
        // ModemManager sees that the one who asked is gone, and has the modem back.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The device's folder in /sys, by which ModemManager knows it.
fn place(wanted: &Wanted) -> Option<String> {
    let id = wanted.id.as_ref()?;
    let devices = wanted.finder.devices();
    let usb = devices
        .iter()
        .filter(|d| d.id() == Some(id))
        .find_map(|d| d.usb.as_ref())?;
    Some(usb.place.as_ref()?.display().to_string())
}

/// The first line that a process says.
fn first_line(child: &mut Child) -> oneshot::Receiver<String> {
    let (tell, told) = oneshot::channel();
    if let Some(out) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut line = String::new();
            let mut out = BufReader::new(out.take(WORDS));
            while out.read_line(&mut line).is_ok_and(|n| n > 0) && line.trim().is_empty() {}
            let _ = tell.send(line); // nobody may wait any more
            // Its pipe stays open as long as it runs, so that what it says later does not end it.
            let _ = std::io::copy(&mut out, &mut std::io::sink());
        });
    }
    told
}
