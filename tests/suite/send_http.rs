//! The edge cases of HTTP told apart: what a server may answer to a POST, and what the person reads of it.
use mmscope::net::{HttpError, PostLimits, Request, post};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn request(body: usize) -> Request {
    Request {
        method: mmscope::net::Method::Post,
        target: "/mms/wapenc".to_owned(),
        headers: vec![
            ("Host".to_owned(), "mmsc.example".to_owned()),
            ("Content-Length".to_owned(), body.to_string()),
        ],
        body: vec![b'x'; body].into(),
    }
}

const LIMITS: PostLimits = PostLimits {
    silence: Duration::from_secs(60),
    total: Duration::from_secs(300),
    body: 64 * 1024,
};

/// A server that reads the whole request, answers with these octets, and closes or waits.
async fn answered(octets: &'static [u8], closes: bool) -> String {
    let (line, mut server) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move {
        let mut seen = Vec::new();
        while !seen.ends_with(b"xxx") {
            let mut some = [0; 512];
            let count = server.read(&mut some).await.unwrap_or(0);
            seen.extend_from_slice(&some[..count]);
        }
        let _ = server.write_all(octets).await;
        if !closes {
            std::future::pending::<()>().await;
        }
    });
    match post(line, &request(30), LIMITS).await {
        Ok(answer) => format!("{} {}", answer.status, mmscope::event::escape(&answer.body)),
        Err(e) => {
            let kind = match &e {
                HttpError::Unwritable { .. } => "unwritable",
                HttpError::Closed { .. } => "closed",
                HttpError::NotHttp { .. } => "not http",
                HttpError::Truncated { .. } => "truncated",
                HttpError::Endless { .. } => "endless",
                HttpError::Timeout { .. } => "timeout",
            };
            let unknown = if e.may_have_been_accepted() {
                "may have been accepted"
            } else {
                "was not accepted"
            };
            assert!(!e.may_be_repeated(), "the request had gone out whole: {e}");
            format!("{kind}, {unknown}")
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_answer_is_told_from_every_other() {
    let rows: &[(&str, &'static [u8], bool, &str)] = &[
        ("200", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", false, "200 hi"),
        ("until the close", b"HTTP/1.0 200 OK\r\n\r\nhi", true, "200 hi"),
        (
            "chunked",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
            false,
            "200 hi",
        ),
        (
            "chunked with a trailer",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n0\r\nA: b\r\n\r\n",
            false,
            "200 hi",
        ),
        ("a 1xx before it", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", false, "200 hi"),
        ("a 1xx alone", b"HTTP/1.1 100 Continue\r\n\r\n", true, "closed, may have been accepted"),
        ("a 1xx, then silence", b"HTTP/1.1 102 Processing\r\n\r\n", false, "timeout, may have been accepted"),
        ("204", b"HTTP/1.1 204 No Content\r\n\r\n", false, "204 "),
        ("302", b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", false, "302 "),
        ("404", b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", false, "404 no"),
        ("503", b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", false, "503 "),
        ("bare line feeds", b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", false, "200 hi"),
        ("nothing, closed", b"", true, "closed, may have been accepted"),
        ("nothing, open", b"", false, "timeout, may have been accepted"),
        ("half a head", b"HTTP/1.1 200 OK\r\nConte", true, "closed, may have been accepted"),
        ("half a body", b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi", true, "truncated, may have been accepted"),
        ("half a body, then silence", b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi", false, "timeout, may have been accepted"),
        ("half a chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nhi", true, "truncated, may have been accepted"),
        ("a broken chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n", true, "truncated, may have been accepted"),
        ("half an error page", b"HTTP/1.1 500 Oops\r\nContent-Length: 20\r\n\r\nhi", true, "truncated, was not accepted"),
        ("ssh", b"SSH-2.0-OpenSSH_9.2\r\n", false, "not http, was not accepted"),
        ("tls", b"\x15\x03\x01\x00\x02\x02\x50\r\n\r\n", true, "not http, was not accepted"),
        ("http/2", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00", true, "not http, was not accepted"),
        ("a length that is none", b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhi", true, "not http, was not accepted"),
    ];
    let mut faults = Vec::new();
    for (name, octets, closes, expected) in rows {
        let came = answered(octets, *closes).await;
        if came != *expected {
            faults.push(format!("{name}: {came}, expected {expected}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_body_without_end_is_given_up_at_its_bound() {
    let (line, mut server) = tokio::io::duplex(1 << 12);
    tokio::spawn(async move {
        let _ = server.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while server.write_all(&[b'.'; 1000]).await.is_ok() {}
    });
    let error = post(line, &request(30), LIMITS).await.unwrap_err();
    assert!(
        matches!(error, HttpError::Endless { limit: 65536, .. }),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn crumbs_for_ever_end_at_the_limit_of_the_whole() {
    let (line, mut server) = tokio::io::duplex(1 << 12);
    tokio::spawn(async move {
        let _ = server.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while server.write_all(b".").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
    });
    let began = tokio::time::Instant::now();
    let error = post(line, &request(30), LIMITS).await.unwrap_err();
    assert!(matches!(error, HttpError::Timeout { .. }), "{error}");
    assert_eq!(began.elapsed(), LIMITS.total);
}

/// Takes all octets and never says what became of them.
struct Swallows(tokio::io::DuplexStream);

impl tokio::io::AsyncRead for Swallows {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl tokio::io::AsyncWrite for Swallows {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        octets: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::task::Poll::Ready(Ok(octets.len()))
    }
    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Pending
    }
    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn handed_over_is_not_said_to_have_gone_out() {
    use mmscope::net::Sent;
    let (near, _far) = tokio::io::duplex(64);
    let error = post(Swallows(near), &request(30), LIMITS)
        .await
        .unwrap_err();
    assert_eq!(error.sent(), Sent::Handed, "{error}");
    assert!(error.may_have_been_accepted() && !error.may_be_repeated());

    let (near, far) = tokio::io::duplex(1 << 14);
    let error = post(near, &request(30), LIMITS).await.unwrap_err();
    assert_eq!(error.sent(), Sent::Whole, "{error}");
    drop(far);
}
