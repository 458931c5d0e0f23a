//! Answers `/metrics`, `/healthz` and `/readyz`: a GET each, one request a connection.
//!
//! This is all of HTTP that monitoring needs; the API brings its own server.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Metrics,
    Health,
    Ready,
}

/// The answer: status and text.
pub(crate) type Reply = (u16, String);

/// A question, and where its answer goes.
pub(crate) type Asked = (Page, oneshot::Sender<Reply>);

/// The largest request head: clients of monitoring send some hundred bytes.
const HEAD_BYTES_MAX: usize = 8_192;

/// How long a client may take for its request, and we for the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections at once; more wait in the kernel.
const CONNECTIONS_MAX: usize = 32;

/// Binds and serves until `asked` has no reader any more. Tells the address that was bound.
pub(crate) async fn serve(at: SocketAddr, asked: mpsc::Sender<Asked>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(at).await?;
    let bound = listener.local_addr()?;
    tokio::spawn(async move {
        let room = std::sync::Arc::new(tokio::sync::Semaphore::new(CONNECTIONS_MAX));
        while let Ok(place) = room.clone().acquire_owned().await {
            let Ok((stream, _)) = listener.accept().await else {
                // Files have run out: those that are open are closed within the patience.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let asked = asked.clone();
            tokio::spawn(async move {
                // A client that went away is not missed.
                let _ = tokio::time::timeout(PATIENCE, answer(stream, asked)).await;
                drop(place);
            });
        }
    });
    Ok(bound)
}

async fn answer(mut stream: TcpStream, asked: mpsc::Sender<Asked>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > HEAD_BYTES_MAX || stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let (status, text) = match page(&head) {
        Ok(page) => {
            let (reply, replied) = oneshot::channel();
            let gone = (503, "ending\n".to_owned());
            match asked.send((page, reply)).await {
                Ok(()) => replied.await.unwrap_or(gone),
                Err(_) => gone,
            }
        }
        Err(reply) => reply,
    };
    stream.write_all(response(status, &text).as_bytes()).await?;
    stream.shutdown().await
}

/// The page that a request head asks for.
fn page(head: &[u8]) -> Result<Page, Reply> {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut words = line.split(|byte| *byte == b' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !matches!(method, b"GET" | b"HEAD") {
        return Err((405, "only GET\n".to_owned()));
    }
    match target.split(|byte| *byte == b'?').next().unwrap_or_default() {
        b"/metrics" => Ok(Page::Metrics),
        b"/healthz" => Ok(Page::Health),
        b"/readyz" => Ok(Page::Ready),
        _ => Err((404, "here are /metrics, /healthz and /readyz\n".to_owned())),
    }
}

fn response(status: u16, text: &str) -> String {
    let reason = match status {
        200 => "OK",
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Service Unavailable",
    };
    format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{text}",
        text.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_known_by_their_paths() {
        let check = |line: &str, expected: Result<Page, u16>| {
            let found = page(format!("{line}\r\nHost: x\r\n\r\n").as_bytes());
            assert_eq!(found.map_err(|(status, _)| status), expected, "{line}");
        };
        check("GET /metrics HTTP/1.1", Ok(Page::Metrics));
        check("GET /readyz?verbose HTTP/1.0", Ok(Page::Ready));
        check("HEAD /healthz HTTP/1.1", Ok(Page::Health));
        check("GET / HTTP/1.1", Err(404));
        check("POST /metrics HTTP/1.1", Err(405));
        check("", Err(405));
    }
}
