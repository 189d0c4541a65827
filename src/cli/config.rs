//! `mmscope config`
use super::{Refusal, folders, output};
use crate::config::{Config, TEMPLATE};
use std::path::Path;

/// Prints the template, or checks a file.
pub fn run(template: bool, check: Option<&Path>) -> Result<u8, Refusal> {
    match check {
        Some(path) => {
            let text = folders::read(path)
                .map_err(|e| Refusal::usage(format!("{}: cannot be read: {e}", path.display())))?;
            Config::parse(path, &text).map_err(|e| Refusal::usage(e.to_string()))?;
            output::line(&format!("{}: good", path.display()));
            Ok(0)
        }
        None if template => {
            output::text(TEMPLATE);
            Ok(0)
        }
        None => Err(Refusal::usage("config wants --template or --check FILE")),
    }
}
