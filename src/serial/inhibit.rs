//! ModemManager asked to let a modem go, for as long as mmscope runs.
//!
//! In: a device. Out: a process `mmcli --inhibit-device` that holds the request; ModemManager takes the modem back as soon as that
//! process ends, however it ends. Never here: stopping services.
use super::devices::Device;
use super::open::SerialError;
use super::source::Wanted;
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
    /// Asks ModemManager to let a device go, and waits until it has. `program` is mmcli, `place` ModemManager's name for the device:
    /// its folder in /sys ([`place`]).
    ///
    /// # Errors
    /// mmcli is not there, or ModemManager refuses; in mmcli's words.
    pub async fn begin(program: &str, place: &str) -> Result<Self, SerialError> {
        let refused = |why: String| SerialError::Inhibit { why };
        let mut child = Command::new(program)
            .arg(format!("--inhibit-device={place}"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| {
                refused(format!(
                    "{program} cannot be started: {e}; it comes with ModemManager"
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

/// ModemManager's name for a device: its folder in /sys.
///
/// # Errors
/// It is not on USB, so that the name is not known.
pub fn place(wanted: &Wanted) -> Result<String, SerialError> {
    let devices = wanted.finder.devices();
    let same = |d: &&Device| wanted.id.is_some() && d.id() == wanted.id.as_ref();
    let usb = devices.iter().find(same).and_then(|d| d.usb.as_ref());
    let place = usb.and_then(|u| u.place.as_ref());
    place.map(|p| p.display().to_string()).ok_or_else(|| SerialError::Inhibit {
        why: format!(
            "{} is no USB device of this machine, so ModemManager's name for it is not known; `mmcli -L` and `mmcli --inhibit-device=…` do it by hand",
            wanted.name
        ),
    })
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
