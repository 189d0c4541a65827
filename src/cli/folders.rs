//! Where things live on this system: configuration, the person's profiles, recordings, kept settings.
use super::Refusal;
use crate::config::Config;
use crate::console::at_line::AT_HISTORY;
use crate::profile::{self, Library, Profile};
use etcetera::BaseStrategy;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Files of a profile folder that are read at the most.
const MOST_PROFILES: usize = 500;
/// The largest profile or configuration that is read, in octets.
const LARGEST: u64 = 1 << 20;

/// The folders.
#[derive(Clone, Debug)]
pub struct Folders {
    config: PathBuf,
    state: PathBuf,
}

impl Folders {
    /// As this system has them (XDG on Linux).
    ///
    /// # Errors
    /// Where the person's home cannot be found.
    pub fn find() -> Result<Self, Refusal> {
        let base = etcetera::choose_base_strategy().map_err(|e| {
            Refusal::usage(format!("your home folder cannot be found: {e}; set HOME"))
        })?;
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Ok(Self {
            config: base.config_dir().join("mmscope"),
            state: state.join("mmscope"),
        })
    }

    /// The person's own profiles.
    #[must_use]
    pub fn profiles(&self) -> PathBuf {
        self.config.join("profiles")
    }

    /// Writes a profile into the person's folder, where it is found again at the next start. It may hold a password, so only its owner can
    /// read it. One that is there already stays.
    ///
    /// # Errors
    /// Why not.
    pub fn keep_profile(&self, profile: &Profile) -> io::Result<PathBuf> {
        let path = self.profiles().join(format!("{}.toml", profile.id));
        if path.exists() {
            return Err(io::Error::other(format!(
                "{} is there already",
                path.display()
            )));
        }
        let text = profile.to_file().map_err(io::Error::other)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = crate::bench::private(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(path)
    }

    /// Recordings.
    #[must_use]
    pub fn recordings(&self) -> PathBuf {
        self.state.join("recordings")
    }

    /// Settings that are to be put back.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.state.join("settings")
    }

    /// Messages that must not be lost.
    #[must_use]
    pub fn outbox(&self) -> PathBuf {
        self.state.join("outbox.redb")
    }

    /// Received messages.
    #[must_use]
    pub fn inbox(&self) -> PathBuf {
        self.state.join("inbox")
    }

    /// The person's themes.
    #[must_use]
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// Names of the hints that the person knows, one a line.
    #[must_use]
    pub fn learned(&self) -> PathBuf {
        self.state.join("learned")
    }

    /// Commands of the AT line of earlier sessions, one a line, oldest first. Its owner alone can read it.
    fn history(&self) -> PathBuf {
        self.state.join("at-history")
    }

    /// The commands of earlier sessions, oldest first; none where there is no history. One that has grown is written anew with the newest.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        let path = self.history();
        let text = read(&path).unwrap_or_default();
        let all: Vec<String> = text.lines().map(str::to_owned).collect();
        let kept = all.len().saturating_sub(AT_HISTORY);
        if kept > AT_HISTORY {
            let newest = all[kept..].join("\n") + "\n";
            // The old one does for this session, too.
            let _ = crate::bench::private(&path).and_then(|mut f| f.write_all(newest.as_bytes()));
        }
        all[kept..].to_vec()
    }

    /// Keeps a command for later sessions. It must hold no secret.
    ///
    /// # Errors
    /// Why not.
    pub fn keep_command(&self, command: &str) -> io::Result<()> {
        fs::create_dir_all(&self.state)?;
        let mut options = fs::OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        writeln!(options.open(self.history())?, "{command}")
    }

    /// The text of the configuration, empty where there is none, and which file it is.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn config_text(&self, named: Option<&Path>) -> Result<(PathBuf, String), Refusal> {
        let usual = self.config.join("config.toml");
        let path = named.unwrap_or(&usual);
        match read(path) {
            Ok(text) => Ok((path.to_owned(), text)),
            Err(e) if e.kind() == io::ErrorKind::NotFound && named.is_none() => {
                Ok((path.to_owned(), String::new()))
            }
            Err(e) => Err(Refusal::usage(format!(
                "{}: cannot be read: {e}",
                path.display()
            ))),
        }
    }

    /// The configuration: the file that was named, else the usual one if it is there.
    ///
    /// # Errors
    /// The file cannot be read, or is no configuration.
    pub fn config(&self, named: Option<&Path>) -> Result<Config, Refusal> {
        let (path, text) = self.config_text(named)?;
        Config::parse(path, &text).map_err(|e| Refusal::usage(e.to_string()))
    }

    /// All profiles: the shipped ones and the person's, and what is wrong with those of his that could not be taken.
    #[must_use]
    pub fn library(&self) -> (Library, Vec<String>) {
        let mut complaints = Vec::new();
        let mut texts = Vec::new();
        for path in toml_files(&self.profiles()) {
            match read(&path) {
                Ok(text) => texts.push((path, text)),
                Err(e) => complaints.push(format!("{}: cannot be read: {e}", path.display())),
            }
        }
        let (library, errors) = Library::of(texts, read_shipped());
        complaints.extend(errors.iter().map(ToString::to_string));
        (library, complaints)
    }
}

/// Reads the profiles that come with the program, on two cores where there are two: nothing else at the start takes as long.
fn read_shipped() -> Vec<profile::Read> {
    let beside = std::thread::Builder::new().spawn(|| profile::shipped_part(1, 2));
    let mut all = profile::shipped_part(0, 2);
    let rest = beside.ok().and_then(|thread| thread.join().ok());
    // Where no thread can be had, they are read here.
    all.extend(rest.unwrap_or_else(|| profile::shipped_part(1, 2)));
    all
}

/// Opens a file that a person named. Only a regular one: a pipe would be waited for without end, and a device has none.
///
/// # Errors
/// Why not.
pub fn open(path: &Path) -> io::Result<fs::File> {
    if !fs::metadata(path)?.is_file() {
        let says = "it is no regular file; write what a pipe or a device gives into one first";
        return Err(io::Error::other(says));
    }
    fs::File::open(path)
}

/// Reads a regular file whole, or not at all where it holds more than `most` octets.
///
/// # Errors
/// Why not; [`io::ErrorKind::FileTooLarge`] where it holds more.
pub fn octets(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    open(path)?.take(most + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > most {
        let says = format!("it is larger than any file of this kind ({most} octets)");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, says));
    }
    Ok(octets)
}

/// Reads a text of bounded size: a configuration, a world, a profile.
///
/// # Errors
/// Why not.
pub fn read(path: &Path) -> io::Result<String> {
    text(path, LARGEST)
}

/// Reads a text of at most so many octets.
///
/// # Errors
/// Why not.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(octets(path, most)?)
        .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, format!("it is no UTF-8: {e}")))
}

/// The TOML files in a folder and in its folders (`us/mint.toml`), by name.
fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder)
            .map(|d| d.flatten().map(|e| e.path()).collect())
            .unwrap_or_default()
    };
    let (folders, files): (Vec<_>, Vec<_>) = list(folder).into_iter().partition(|p| p.is_dir());
    let mut found: Vec<PathBuf> = folders
        .iter()
        .flat_map(|f| list(f))
        .chain(files)
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    found.sort();
    found.truncate(MOST_PROFILES);
    found
}
