//! One stream to a peer: bytes in, messages and keep-alives cut out of them; messages from a queue out.

use super::core::Input;
use cpd_sip::stream::{Frame, Framer, PONG};
use cpd_sip::transport::Flow;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

/// What waits to be written: 256 messages, some 256 kB. A peer that lets more pile up does not read any more.
pub(super) const QUEUE_MAX: usize = 256;

/// How long opening may take, and a handshake: a third of the 32 s after which a transaction gives up.
pub(super) const OPEN_LIMIT: Duration = Duration::from_secs(10);

/// How long one write may block. Nothing is read meanwhile, so two ends that both block come free by this.
const WRITE_LIMIT: Duration = Duration::from_secs(5);

/// How long the rest of a message that has begun may take: against peers that keep many open by a byte now and then.
const MESSAGE_LIMIT: Duration = Duration::from_secs(10);

/// One read; most messages fit.
const READ_BYTES: usize = 4096;

pub(super) struct Connection<S> {
    pub(super) flow: Flow,
    pub(super) stream: S,
    pub(super) queue: mpsc::Receiver<Arc<[u8]>>,
    pub(super) inputs: mpsc::Sender<Input>,
    pub(super) idle_limit: Duration,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Serves the connection until the peer, the idle limit or the core ends it.
    pub(super) async fn run(mut self) -> io::Result<()> {
        let served = match self.serve().await {
            Ok(()) if !self.queue.is_empty() => Err(io::ErrorKind::ConnectionAborted.into()),
            served => served,
        };
        // A peer that is gone need not hear of it.
        let _ = timeout(WRITE_LIMIT, self.stream.shutdown()).await;
        served
    }

    async fn serve(&mut self) -> io::Result<()> {
        let mut framer = Framer::new();
        let mut buffer = vec![0; READ_BYTES];
        let mut idle_end = Instant::now() + self.idle_limit;
        let mut message_end = None;
        loop {
            let end = message_end.map_or(idle_end, |end: Instant| end.min(idle_end));
            tokio::select! {
                read = self.stream.read(&mut buffer) => {
                    let count = read?;
                    if count == 0 {
                        return Ok(());
                    }
                    framer.push(&buffer[..count]);
                    if !self.on_bytes(&mut framer).await? {
                        return self.write_rest().await;
                    }
                    if framer.held_bytes() == 0 {
                        message_end = None;
                    } else if message_end.is_none() {
                        message_end = Some(Instant::now() + MESSAGE_LIMIT);
                    }
                }
                next = self.queue.recv() => match next {
                    Some(bytes) => self.write(&bytes).await?,
                    None => return Ok(()),
                },
                () = sleep_until(end) => return Ok(()),
            }
            idle_end = Instant::now() + self.idle_limit;
        }
    }

    /// Passes on what the bytes hold; false if nothing more can be found in the stream.
    async fn on_bytes(&mut self, framer: &mut Framer) -> io::Result<bool> {
        loop {
            let input = match framer.poll() {
                Ok(Some(Frame::Message(bytes))) => Input::Message {
                    flow: self.flow,
                    bytes,
                },
                Ok(Some(Frame::Ping)) => {
                    self.write(PONG).await?;
                    continue;
                }
                Ok(Some(Frame::Pong)) => continue,
                Ok(None) => return Ok(true),
                Err(broken) => {
                    let (flow, head) = (self.flow, broken.head);
                    let told = self.inputs.send(Input::Broken { flow, head }).await;
                    return told.map(|()| false).map_err(|_| io::ErrorKind::BrokenPipe.into());
                }
            };
            if self.inputs.send(input).await.is_err() {
                return Ok(false);
            }
        }
    }

    /// The core has heard that nothing more is read; what it still answers goes out, until it drops the queue.
    async fn write_rest(&mut self) -> io::Result<()> {
        while let Some(bytes) = self.queue.recv().await {
            self.write(&bytes).await?;
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let stream = &mut self.stream;
        let written = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        timeout(WRITE_LIMIT, written).await.map_err(io::Error::from)?
    }
}
