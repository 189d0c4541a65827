//! The terminal: taken whole, given back always.
//!
//! In: frames to draw. Out: the terminal as it was, after the end, an error, a panic, a signal and while suspended. Never here: what is
//! drawn. The hook for panics does not rely on unwinding: it restores before the program aborts.
use super::picker::Picker;
use super::run::Canvas;
use super::state::State;
use super::view::{picker, view};
use ratatui::Frame;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::clipboard::CopyToClipboard;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{execute, queue};
use ratatui::layout::Rect;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the terminal is ours now. The panic hook must know, and has no other way to.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours; dropping it gives it back.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    mouse: bool,
}

impl Screen {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, mouse.
    ///
    /// # Errors
    /// Where standard output or input is no terminal, or refuses.
    pub fn take() -> io::Result<Self> {
        if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(io::Error::other(
                "the console needs a terminal for its input and output; for pipes and scripts there is `mmscope send --json`",
            ));
        }
        restore_on_panic();
        enter(true)?;
        let out = BufWriter::with_capacity(64 * 1024, io::stdout());
        let terminal = Terminal::new(CrosstermBackend::new(out)).inspect_err(|_| leave())?;
        Ok(Self {
            terminal,
            mouse: true,
        })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    execute!(out, EnterAlternateScreen, EnableBracketedPaste).inspect_err(|_| leave())?;
    if mouse {
        execute!(out, EnableMouseCapture).inspect_err(|_| leave())?;
    }
    Ok(())
}

/// Gives the terminal back, once; what cannot be written any more (a closed terminal) is let go.
fn leave() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = execute!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
}

fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            leave();
            before(info);
        }));
    });
}

impl Screen {
    /// Draws one frame, whole or not at all.
    fn show(&mut self, frame: impl FnOnce(&mut Frame)) -> io::Result<()> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Err(io::Error::other(
                "the program failed inside and gave the terminal back; what it said stands above",
            ));
        }
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(frame)?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        io::Write::flush(self.terminal.backend_mut())
    }
}

impl Canvas for Screen {
    fn draw(&mut self, state: &State) -> io::Result<()> {
        self.show(|frame| view(state, frame))
    }

    fn draw_picker(&mut self, chosen: &Picker) -> io::Result<()> {
        self.show(|frame| picker::draw(chosen, frame))
    }

    fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    fn redraw(&mut self) -> io::Result<()> {
        if !TAKEN.load(Ordering::SeqCst) {
            enter(self.mouse)?;
        }
        // `Terminal::clear` would ask the terminal for its cursor and wait for an answer; a resize to the same size forgets as well.
        let size = self.terminal.size()?;
        self.terminal
            .resize(Rect::new(0, 0, size.width, size.height))
    }

    fn mouse(&mut self, captured: bool) -> io::Result<()> {
        self.mouse = captured;
        let mut out = io::stdout();
        if captured {
            execute!(out, EnableMouseCapture)
        } else {
            execute!(out, DisableMouseCapture)
        }
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        queue!(out, CopyToClipboard::to_clipboard_from(text))?;
        out.flush()
    }

    /// Stops the whole process group, as the shell's Ctrl-Z does: a program that started us stops with us, and the shell takes over.
    fn suspend(&mut self) -> io::Result<()> {
        leave();
        #[cfg(unix)]
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
        Ok(())
    }
}
