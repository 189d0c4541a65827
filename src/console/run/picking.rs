//! The picker's loop, at the edge: keys, and the ports of this machine as they come and go.
//!
//! In: the terminal's events, what [`Ports`] says. Out: a choice. A port is asked only where the person pressed the key for it.
use super::{CTRL_C, Canvas, Signal, Signals};
use crate::console::picker::{Choice, Effect, Message, Picker, PortRow, update};
use crate::console::terminal::Screen;
use futures_util::{Stream, StreamExt};
use ratatui::crossterm::event::{Event as Input, EventStream};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Instant;

/// The ports are looked at so often.
pub const LOOK: Duration = Duration::from_secs(1);

/// Who knows the serial ports of this machine.
pub trait Ports {
    /// Those that are there now, the likeliest first, and how many UARTs with nothing behind them there are besides.
    fn look(&self) -> impl Future<Output = (Vec<PortRow>, usize)>;
    /// Opens one and asks whether a modem answers: what it says about itself, or why there is no answer. Safe to drop at any time.
    fn ask(&self, name: &str) -> impl Future<Output = Result<String, String>>;
}

/// Runs the picker on the terminal until something is chosen or the person leaves (`None`); the terminal is given back before this
/// returns. The picker comes back as it was left.
///
/// # Errors
/// Where there is no terminal, or it fails.
pub async fn pick<P: Ports>(picker: Picker, ports: &P) -> io::Result<(Picker, Option<Choice>)> {
    let mut screen = Screen::take()?;
    pick_on(&mut screen, EventStream::new(), picker, ports).await
}

/// The same on any canvas and any input.
///
/// # Errors
/// The canvas' and the input's.
pub async fn pick_on<C, S, P>(
    canvas: &mut C,
    mut input: S,
    mut picker: Picker,
    ports: &P,
) -> io::Result<(Picker, Option<Choice>)>
where
    C: Canvas,
    S: Stream<Item = io::Result<Input>> + Unpin,
    P: Ports,
{
    let mut signals = Signals::new()?;
    let (width, height) = canvas.size()?;
    update(&mut picker, Message::Resize(width, height));
    // What is chosen first depends on the ports, so they are known before the first key counts.
    look(&mut picker, ports).await;
    canvas.draw_picker(&picker)?;
    let mut looked = Instant::now();
    let mut asking: Option<Pin<Box<dyn Future<Output = Message> + '_>>> = None;
    loop {
        let message = tokio::select! {
            event = input.next() => match event {
                None => return Ok((picker, None)),
                Some(event) => match message_of(event?) {
                    Some(message) => message,
                    None => continue,
                },
            },
            message = answer(&mut asking) => {
                asking = None;
                message
            }
            () = tokio::time::sleep_until(looked + LOOK) => {
                looked = Instant::now();
                if !look(&mut picker, ports).await {
                    continue;
                }
                canvas.draw_picker(&picker)?;
                continue;
            }
            signal = signals.next() => match signal {
                Signal::End => return Ok((picker, None)),
                Signal::Interrupt => Message::Key(CTRL_C),
                Signal::Suspend => {
                    suspend(canvas, &mut picker, &mut signals).await?;
                    canvas.draw_picker(&picker)?;
                    continue;
                }
                Signal::Continued => {
                    canvas.redraw()?;
                    canvas.draw_picker(&picker)?;
                    continue;
                }
            },
        };
        for effect in update(&mut picker, message) {
            match effect {
                Effect::Open(choice) => return Ok((picker, Some(choice))),
                Effect::Leave => return Ok((picker, None)),
                Effect::Ask(name) => {
                    asking = Some(Box::pin(async move {
                        let answer = ports.ask(&name).await;
                        Message::Answered(name, answer)
                    }));
                }
                Effect::Look => {
                    look(&mut picker, ports).await;
                    looked = Instant::now();
                }
                Effect::Redraw => canvas.redraw()?,
                Effect::Suspend => suspend(canvas, &mut picker, &mut signals).await?,
            }
        }
        canvas.draw_picker(&picker)?;
    }
}

/// Takes in the ports as they are now; whether anything is different.
async fn look<P: Ports>(picker: &mut Picker, ports: &P) -> bool {
    let (rows, folded) = ports.look().await;
    let same = picker.ports.as_ref() == Some(&rows) && picker.folded == folded;
    if !same {
        update(picker, Message::Ports(rows, folded));
    }
    !same
}

async fn answer(asking: &mut Option<Pin<Box<dyn Future<Output = Message> + '_>>>) -> Message {
    match asking {
        Some(asking) => asking.await,
        None => std::future::pending().await,
    }
}

fn message_of(event: Input) -> Option<Message> {
    Some(match event {
        Input::Key(key) => Message::Key(key),
        Input::Paste(text) => Message::Paste(text),
        Input::Resize(width, height) => Message::Resize(width, height),
        Input::Mouse(mouse) => Message::Mouse(mouse),
        _ => return None,
    })
}

async fn suspend<C: Canvas>(
    canvas: &mut C,
    picker: &mut Picker,
    signals: &mut Signals,
) -> io::Result<()> {
    if !cfg!(unix) {
        let says = "This system cannot suspend a program.";
        update(picker, Message::Hint(says.to_owned()));
        return Ok(());
    }
    signals.forget_continued();
    canvas.suspend()?;
    // The stop may reach this thread later than the others.
    let _ = tokio::time::timeout(super::STOPPING, signals.continued()).await;
    canvas.redraw()?;
    let (width, height) = canvas.size()?;
    update(picker, Message::Resize(width, height));
    Ok(())
}
