//! The outputs of a serial device, driven while it is read and written.
//!
//! In: what is asked of an output. Out: the device's control lines as they are then told. Never here: who may ask, and when.
use crate::event::ControlLines;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_serial::{SerialPort, SerialStream};

/// An output of a serial line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Data terminal ready (ITU-T V.24 circuit 108/2).
    Dtr,
    /// Request to send (circuit 105).
    Rts,
    /// The data line itself (circuit 103): on holds it in the start condition.
    Break,
}

/// The outputs of a line.
pub trait Outputs: Send {
    /// Sets one.
    ///
    /// # Errors
    /// The device's: it has no such output, or it is gone.
    fn set(&mut self, output: Output, on: bool) -> io::Result<()>;
    /// The inputs as they are now, and the outputs as they were last asked for.
    fn control_lines(&mut self) -> ControlLines;
}

/// A serial device that one reads and writes and another drives. None of them waits in it: each only begins what the system goes on with.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<SerialStream>>);

impl Shared {
    pub(super) fn of(stream: SerialStream) -> Self {
        Self(Arc::new(Mutex::new(stream)))
    }

    fn stream(&self) -> MutexGuard<'_, SerialStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Shared {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_read(context, octets)
    }
}

impl AsyncWrite for Shared {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream()).poll_write(context, octets)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_shutdown(context)
    }
}

/// The outputs of a device, with what was asked of them.
pub(super) struct Driven {
    device: Shared,
    told: ControlLines,
}

impl Driven {
    /// `told` is what is known after opening.
    pub(super) fn of(device: Shared, told: ControlLines) -> Self {
        Self { device, told }
    }
}

impl Outputs for Driven {
    fn set(&mut self, output: Output, on: bool) -> io::Result<()> {
        let mut stream = self.device.stream();
        match output {
            Output::Dtr => stream.write_data_terminal_ready(on)?,
            Output::Rts => stream.write_request_to_send(on)?,
            Output::Break if on => stream.set_break()?,
            Output::Break => stream.clear_break()?,
        }
        match output {
            Output::Dtr => self.told.dtr = Some(on),
            Output::Rts => self.told.rts = Some(on),
            Output::Break => {}
        }
        Ok(())
    }

    fn control_lines(&mut self) -> ControlLines {
        let mut stream = self.device.stream();
        inputs(&mut stream, &mut self.told);
        self.told.clone()
    }
}

/// Reads the inputs anew.
pub(super) fn inputs(stream: &mut SerialStream, told: &mut ControlLines) {
    told.cts = stream.read_clear_to_send().ok();
    told.dsr = stream.read_data_set_ready().ok();
    told.dcd = stream.read_carrier_detect().ok();
    told.ri = stream.read_ring_indicator().ok();
}
