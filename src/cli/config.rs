//! `mmscope config`
use super::folders::{self, Folders};
use super::{Global, Refusal, looks, output};
use crate::config::{TEMPLATE, schema};
use crate::console::action::TABLE;
use crate::console::keymap::{self, Keymap, Stroke};
use std::path::Path;

/// What to do with the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Print the template.
    pub template: bool,
    /// Print every action with its keys.
    pub keys: bool,
    /// Print its JSON Schema.
    pub schema: bool,
    /// Check this file.
    pub check: Option<&'a Path>,
}

/// Prints the template or the keys, or checks a file with its keys, its layout and its theme.
pub fn run(global: &Global, wish: Wish<'_>) -> Result<u8, Refusal> {
    let folders = Folders::find()?;
    match wish.check {
        Some(path) => {
            let text = folders::read(path)
                .map_err(|e| Refusal::usage(format!("{}: cannot be read: {e}", path.display())))?;
            let read = looks::check(&folders, path, &text)?;
            for remark in read.remarks {
                output::line(&format!("{}: note: {remark}", path.display()));
            }
            output::line(&format!("{}: good", path.display()));
            Ok(0)
        }
        None if wish.template => {
            output::text(TEMPLATE);
            output::text(&keymap::template());
            Ok(0)
        }
        None if wish.keys => {
            output::text(&keys(&looks::read(global, &folders)?.looks.keymap));
            Ok(0)
        }
        None if wish.schema => {
            let actions = TABLE.iter().map(|row| (row.name, row.help));
            let schema = schema(actions, &keymap::preset_names());
            output::text(&format!("{schema:#}\n"));
            Ok(0)
        }
        None => Err(Refusal::usage(
            "config wants --template, --keys, --schema or --check FILE",
        )),
    }
}

/// Every action: its name, its keys as a configuration writes them, where they are valid, and what it does.
fn keys(keymap: &Keymap) -> String {
    let longest = TABLE.iter().map(|r| r.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for row in TABLE {
        let mark = if row.changes_world { "!" } else { " " };
        out.push_str(&format!("{mark} {:longest$}  {}\n", row.name, row.help));
        for stroke in keymap.keys(row.action) {
            let bound = keymap.bindings().iter();
            let here = bound.filter(|b| b.action == row.action && b.stroke() == stroke);
            let places: Vec<String> = here.map(|b| b.place.words()).collect();
            let key = Stroke::written(&stroke, keymap.leader());
            let (key, places) = (format!("{key:?}"), places.join(", "));
            out.push_str(&format!("  {:longest$}    {key:<16} {places}\n", ""));
        }
    }
    out.push_str(
        "\n! changes the modem or what is sent: such an action takes no plain character\n",
    );
    out
}
