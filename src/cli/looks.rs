//! What the configuration says of the console: theme, keys, layout; read at the start and again on a key.
//!
//! In: the configuration's text and the folder of themes. Out: looks, and remarks; or every fault with file, line and column.
use super::folders::{self, Folders};
use super::{Global, Refusal, session};
use crate::config::{Config, ConfigError, Word};
use crate::console::columns::Columns;
use crate::console::{Colours, Keymap, Layout, Looks, Theme, theme};
use crate::profile::Fault;
use std::path::{Path, PathBuf};

/// A configuration that was looked through as a whole.
pub struct Read {
    /// The configuration.
    pub config: Config,
    /// What it makes of the console.
    pub looks: Looks,
    /// What is no fault and good to know.
    pub remarks: Vec<String>,
}

/// Reads what the console needs of the configuration that counts.
///
/// # Errors
/// The file cannot be read, or something in it or in its theme is wrong.
pub fn read(global: &Global, folders: &Folders) -> Result<Read, Refusal> {
    let (path, text) = folders.config_text(global.config.as_deref())?;
    let mut read = check(folders, &path, &text)?;
    let style = session::style(global, &read.config);
    let colours = match style.color {
        true => Colours::Sixteen,
        false => Colours::Mono,
    };
    let worn = &read.looks.theme;
    let (name, styles) = match &global.theme {
        None => (worn.name.clone(), worn.styles),
        Some(name) => {
            let says = |e: String| Refusal::usage(format!("--theme {name}: {e}"));
            let styles = styles(folders, Path::new(""), name).map_err(says)?;
            (name.clone(), styles)
        }
    };
    read.looks.theme = Theme::of(&name, styles, colours, style.ascii);
    Ok(read)
}

/// Looks a configuration through as a whole: its own words, its keys, its layout, and the theme that it names.
///
/// # Errors
/// Every fault that was found, one a line.
pub fn check(folders: &Folders, path: &Path, text: &str) -> Result<Read, Refusal> {
    let config = Config::parse(path, text).map_err(|e| Refusal::usage(e.to_string()))?;
    let mut faults = Vec::new();
    let (keymap, remarks) = Keymap::of(text, &config.keys).unwrap_or_else(|found| {
        faults.extend(found);
        Default::default()
    });
    let screen = &config.screen;
    let layout = Layout::of(text, screen.layout.as_ref(), &screen.panes);
    let layout = layout.unwrap_or_else(|fault| {
        faults.push(fault);
        Layout::default()
    });
    let columns = Columns::of(text, &config.traffic).unwrap_or_else(|found| {
        faults.extend(found);
        Columns::default()
    });
    let theme = named(folders, path, text, screen.theme.as_ref());
    let theme = theme.unwrap_or_else(|fault| {
        faults.push(fault);
        Theme::default()
    });
    if faults.is_empty() {
        let looks = Looks {
            theme,
            keymap,
            layout,
            columns,
        };
        return Ok(Read {
            config,
            looks,
            remarks,
        });
    }
    faults.sort_by_key(|f| (f.line, f.column));
    let says = faults.into_iter().map(|fault| {
        let file = path.to_owned();
        ConfigError { file, fault }.to_string()
    });
    Err(Refusal::usage(says.collect::<Vec<_>>().join("\n")))
}

/// The theme that a configuration names; a path counts from the configuration's folder.
fn named(folders: &Folders, path: &Path, text: &str, word: Option<&Word>) -> Result<Theme, Fault> {
    let Some(word) = word else {
        return Ok(Theme::default());
    };
    let base = path.parent().unwrap_or(Path::new(""));
    let styles = styles(folders, base, &word.text).map_err(|says| {
        let remedy = "`mmscope config --template` says how a theme is named and written";
        Fault::at(text, word.span.clone(), says, remedy)
    })?;
    Ok(Theme::of(&word.text, styles, Colours::Sixteen, false))
}

/// The styles of a theme: a built-in one, a file, or one of the person's folder of themes.
fn styles(folders: &Folders, base: &Path, name: &str) -> Result<theme::Styles, String> {
    if let Some(styles) = theme::built_in(name) {
        return Ok(styles);
    }
    let is_file = name.ends_with(".toml") || name.contains(std::path::MAIN_SEPARATOR);
    let path: PathBuf = match is_file {
        true => base.join(name),
        false => folders.themes().join(format!("{name}.toml")),
    };
    let text = folders::read(&path).map_err(|e| {
        let known: Vec<&str> = theme::BUILT_IN.iter().map(|(name, _)| *name).collect();
        format!(
            "`{name}` is no built-in theme ({}), and {} cannot be read: {e}",
            known.join(", "),
            path.display()
        )
    })?;
    Theme::read(&text).map_err(|fault| format!("{}:{fault}", path.display()))
}
