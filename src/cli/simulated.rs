//! The simulated modem as a serial line: it can be opened again, and its outputs can be driven.
use crate::event::ControlLines;
use crate::serial::{self, Opening, Output, Outputs, Source};
use crate::simulator::{self, Circuit};
use std::io;

/// A simulated modem inside this process, whose line can be opened again.
pub struct Simulated {
    modem: simulator::Modem,
    name: String,
}

impl Simulated {
    /// This modem's line, under this name.
    pub fn of(modem: simulator::Modem, name: &str) -> Self {
        let name = name.to_owned();
        Self { modem, name }
    }

    /// The line with this end of it.
    pub fn opened(&self, line: tokio::io::DuplexStream) -> serial::Opened {
        serial::Opened {
            line: Box::new(line),
            name: self.name.clone(),
            control_lines: None,
            outputs: Some(Box::new(Circuits {
                modem: self.modem.clone(),
                told: ControlLines::default(),
            })),
            notes: Vec::new(),
        }
    }
}

impl Source for Simulated {
    fn open(&self) -> Opening<'_> {
        Box::pin(async move {
            let opened = self.opened(self.modem.open_line());
            // What was asked for before is no longer so.
            let control_lines = Some(ControlLines {
                name: self.name.clone(),
                dtr: Some(true),
                ..ControlLines::default()
            });
            Ok(serial::Opened {
                control_lines,
                ..opened
            })
        })
    }
}

/// The outputs of a simulated line. Its inputs are not told.
struct Circuits {
    modem: simulator::Modem,
    told: ControlLines,
}

impl Outputs for Circuits {
    fn set(&mut self, output: Output, on: bool) -> io::Result<()> {
        let circuit = match output {
            Output::Dtr => {
                self.told.dtr = Some(on);
                Circuit::Dtr
            }
            Output::Rts => {
                self.told.rts = Some(on);
                Circuit::Rts
            }
            Output::Break => Circuit::Break,
        };
        self.modem.drive(circuit, on);
        Ok(())
    }

    fn control_lines(&mut self) -> ControlLines {
        self.told.clone()
    }
}
