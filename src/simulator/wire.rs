//! How the connections of a simulated MMSC misbehave below HTTP: reset, cut short, in crumbs, without end, no HTTP at all.
//!
//! Comes in: the octets of a client and those of the HTTP server behind. Goes out: the same, spoilt as [`WireSpec`] says. Never
//! here: what a request or an answer means.
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::time::sleep;

/// Octets between the wire and the server.
pub(super) const BUFFER: usize = 16 << 10;

/// How connections misbehave. The default is not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WireSpec {
    /// The connection is dropped once so many octets of the request have come.
    pub reset_after: Option<u64>,
    /// The connection is closed after so many octets of the answer, its head included.
    pub truncate_after: Option<u64>,
    /// The answer comes in pieces of so many octets; 0: as it is.
    pub piece_octets: usize,
    /// Pause before each piece, ms of the world.
    pub piece_gap_ms: u64,
    /// The answer has a head, no length, and a body without end.
    pub endless: bool,
    /// These octets (escaped as in `\r\n \xNN`) are answered in place of HTTP, and the connection is closed.
    pub raw: Option<String>,
}

impl WireSpec {
    /// Whether nothing is to be spoilt.
    pub(super) fn is_plain(&self) -> bool {
        *self == WireSpec::default()
    }

    /// What stands in the place of the server's answer.
    fn instead(&self) -> Option<Vec<u8>> {
        if self.endless {
            return Some(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.wap.mms-message\r\n\r\n"
                    .to_vec(),
            );
        }
        self.raw
            .as_deref()
            .map(|text| crate::event::unescape(text).unwrap_or_else(|_| text.into()))
    }
}

/// Carries both directions until either ends.
pub(super) async fn carry<T>(spec: &WireSpec, speed: f64, client: T, server: DuplexStream)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let (from_client, to_client) = tokio::io::split(client);
    let (from_server, to_server) = tokio::io::split(server);
    tokio::select! {
        () = request(spec, from_client, to_server) => {}
        () = answer(spec, speed, from_server, to_client) => {}
    }
}

/// Ends when the connection is to be dropped; a client that only stops sending still waits for its answer.
async fn request(
    spec: &WireSpec,
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) {
    let mut left = spec.reset_after.unwrap_or(u64::MAX);
    let mut octets = [0; 1024];
    while let Ok(count @ 1..) = from.read(&mut octets).await {
        let passed = usize::try_from(left).unwrap_or(count).min(count);
        if to.write_all(&octets[..passed]).await.is_err() {
            return;
        }
        left -= passed as u64;
        if left == 0 {
            return;
        }
    }
    let _ = to.shutdown().await; // the server may have gone first
    std::future::pending().await
}

async fn answer(
    spec: &WireSpec,
    speed: f64,
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) {
    let mut left = spec.truncate_after.unwrap_or(u64::MAX);
    let mut octets = [0; 1024];
    let instead = spec.instead();
    while let Ok(count @ 1..) = from.read(&mut octets).await {
        let what = instead.as_deref().unwrap_or(&octets[..count]);
        let size = match spec.piece_octets {
            0 => what.len(),
            size => size,
        };
        for piece in what.chunks(size.max(1)) {
            sleep(Duration::from_millis(spec.piece_gap_ms).div_f64(speed)).await;
            let passed = usize::try_from(left)
                .unwrap_or(piece.len())
                .min(piece.len());
            left -= passed as u64;
            if to.write_all(&piece[..passed]).await.is_err() || left == 0 {
                return;
            }
        }
        if spec.endless {
            while to.write_all(&[b'.'; 1024]).await.is_ok() {}
            return;
        }
        if instead.is_some() {
            return;
        }
    }
}
