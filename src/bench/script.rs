//! The person's script: AT commands one after the other, until one fails.
//!
//! In: commands, the engine. Out: exchanges in the stream, and a word on how it ended. An exchange that has begun is never broken off:
//! a script that is stopped stops before its next command.
use super::Typed;
use crate::at::Command;
use crate::engine::{Engine, EngineError};
use crate::event::{Act, Level, Notice, Sink, What};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A script that runs; dropping it stops it.
pub(super) struct Script {
    stopped: Arc<AtomicBool>,
}

impl Drop for Script {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

impl Script {
    /// Starts it on the current runtime.
    pub fn start(engine: Engine, sink: Sink, commands: Vec<Typed>) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let of = commands.len();
        let stop = stopped.clone();
        tokio::spawn(async move {
            for (n, typed) in commands.into_iter().enumerate() {
                if stop.load(Ordering::Relaxed) {
                    let text = format!("the script was stopped before command {} of {of}", n + 1);
                    return say(&sink, Level::Info, text);
                }
                if let Err(why) = run(&engine, &sink, &typed).await {
                    let text = match of {
                        1 => why,
                        of => format!("the script ended at command {} of {of}: {why}", n + 1),
                    };
                    return say(&sink, Level::Warning, text);
                }
            }
            if of > 1 {
                say(
                    &sink,
                    Level::Info,
                    format!("the script has run: {of} commands, all OK"),
                );
            }
        });
        Self { stopped }
    }
}

/// One command; an answer that is no OK is a failure.
async fn run(engine: &Engine, sink: &Sink, typed: &Typed) -> Result<(), String> {
    let text = &typed.command;
    let command = match &typed.payload {
        Some(octets) => Command::typed_with(text, octets),
        None => Command::typed(text),
    };
    let command = command.map_err(|e| e.to_string())?;
    sink.record(What::Act(Act::At {
        command: text.clone(),
    }));
    let answer = engine.run(command, "person").await;
    let answer = answer.map_err(|e: EngineError| e.to_string())?;
    match answer.result.is_ok() {
        true => Ok(()),
        false => Err(format!(
            "`{text}` was answered with {}",
            answer.result.words()
        )),
    }
}

fn say(sink: &Sink, level: Level, text: String) {
    sink.record(What::Notice(Notice {
        level,
        text,
        because: None,
    }));
}
