//! The plain services of a world's network: a web server that says 200 to everything, a name server that only accepts, and a
//! host that does nothing at all with what it accepts.
//! Comes in: the octets of one connection. Goes out: the answer. Never here: the MMSC, which has a file of its own.
use super::pace::Pace;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// Longest request head that the web server reads.
const HEAD_LIMIT: usize = 16 << 10;

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nServer: example\r\nContent-Type: text/html\r\nContent-Length: 34\r\nConnection: close\r\n\r\n<html><body>It works</body></html>";

/// Reads a request head, answers with a page, and closes.
pub(super) async fn web_server(mut io: DuplexStream) {
    let mut head = Vec::new();
    let mut octets = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < HEAD_LIMIT {
        match io.read(&mut octets).await {
            Ok(count @ 1..) => head.extend_from_slice(&octets[..count]),
            _ => return,
        }
    }
    // A client that has gone needs no page.
    let _ = io.write_all(PAGE).await;
    let _ = io.shutdown().await;
}

/// Accepts and reads until the other side closes: enough to be a control that TCP 53 opens.
pub(super) async fn name_server(mut io: DuplexStream) {
    let mut octets = [0; 512];
    while let Ok(1..) = io.read(&mut octets).await {}
}

/// Holds the connection for a day of the world and does nothing with it.
pub(super) async fn stalled(io: DuplexStream, pace: Pace) {
    pace.wait(24 * 60 * 60 * 1000).await;
    drop(io);
}
