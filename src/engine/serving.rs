//! The actor's loop: the only place that touches the line.
use super::desk::{Desk, Order};
use std::io::{self, ErrorKind};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

const READ_CHUNK: usize = 4096;

enum Step {
    Read(io::Result<usize>),
    Wrote(io::Result<usize>),
    Order(Option<Order>),
    Due,
}

/// Serves orders until the line is lost or closed. Reading, writing and limits go on side by side, so that a modem that echoes
/// while we write cannot block us, and a storm cannot keep a limit from passing.
pub(super) async fn serve<T>(line: T, mut desk: Desk, mut orders: mpsc::Receiver<Order>)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let (mut reader, mut writer) = tokio::io::split(line);
    let mut chunk = vec![0; READ_CHUNK];
    let mut open = true;
    loop {
        let now = Instant::now();
        desk.advance(now);
        if desk.done(now) {
            break;
        }
        let step = tokio::select! {
            read = reader.read(&mut chunk) => Step::Read(read),
            wrote = writer.write(&desk.out), if !desk.out.is_empty() => Step::Wrote(wrote),
            order = orders.recv(), if open && desk.has_room() => Step::Order(order),
            () = due(desk.deadline()) => Step::Due,
        };
        let now = Instant::now();
        match step {
            Step::Read(Ok(0)) => desk.line_lost("the device is gone (end of data)"),
            Step::Read(Ok(n)) => desk.received(&chunk[..n], now),
            Step::Wrote(Ok(n)) if n > 0 => desk.wrote(n, now),
            Step::Wrote(Ok(_)) => desk.line_lost("it takes no octets any more"),
            Step::Read(Err(e)) | Step::Wrote(Err(e)) if e.kind() == ErrorKind::Interrupted => {}
            Step::Read(Err(e)) => desk.line_lost(&format!("reading failed: {e}")),
            Step::Wrote(Err(e)) => desk.line_lost(&format!("writing failed: {e}")),
            Step::Order(order) => {
                open = order.is_some();
                desk.order(order, now);
            }
            Step::Due => {}
        }
    }
    desk.end_break();
    drop((reader, writer));
    desk.acknowledge();
}

async fn due(deadline: Option<Instant>) {
    match deadline {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
