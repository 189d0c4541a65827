//! `mmscope completions` and `mmscope man`: the words of the command line, for shells and for man.
use super::args::Cli;
use super::{Refusal, output};
use clap::CommandFactory;
use clap_complete::Shell;
use std::io;
use std::path::Path;

/// Prints completions for a shell.
pub fn completions(shell: Shell) -> Result<u8, Refusal> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "mmscope", &mut script);
    print(&script);
    Ok(0)
}

/// Prints the man page, or writes the pages of all commands into a folder, which is made.
///
/// # Errors
/// The folder cannot be made or written.
pub fn man(folder: Option<&Path>) -> Result<u8, Refusal> {
    let Some(folder) = folder else {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
        rendered.map_err(|e| Refusal::usage(format!("the page cannot be made: {e}")))?;
        print(&page);
        return Ok(0);
    };
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
    written.map_err(|e: io::Error| Refusal::usage(format!("{}: {e}", folder.display())))?;
    output::line(&format!("the pages are in {}", folder.display()));
    Ok(0)
}

fn print(octets: &[u8]) {
    output::text(&String::from_utf8_lossy(octets));
}
