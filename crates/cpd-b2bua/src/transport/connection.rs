//! One stream to a peer: bytes in, messages and keep-alives cut out of them; messages from a queue out.

use super::core::Input;
use cpd_sip::stream::{Beat, Frame, Framer, KeepAlive, PING, PONG};
use cpd_sip::transport::Flow;
use std::hash::{BuildHasher, Hasher, RandomState};
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
    /// How often to ping, if we opened it.
    pub(super) keep_alive: Option<Duration>,
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
        let mut alive = self
            .keep_alive
            .map(|interval| KeepAlive::new(Instant::now().into_std(), interval, draw()));
        let mut idle_end = Instant::now() + self.idle_limit;
        let mut message_end = None;
        loop {
            let beat = alive.as_ref().map(|alive| alive.deadline().into());
            let end = [message_end, beat]
                .into_iter()
                .flatten()
                .fold(idle_end, Instant::min);
            tokio::select! {
                read = self.stream.read(&mut buffer) => {
                    let count = read?;
                    if count == 0 {
                        return Ok(());
                    }
                    framer.push(&buffer[..count]);
                    if !self.on_bytes(&mut framer, alive.as_mut()).await? {
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
                () = sleep_until(end) => {
                    if [Some(idle_end), message_end].contains(&Some(end)) {
                        return Ok(());
                    }
                    match alive.as_mut().and_then(|alive| alive.handle_timeout(end.into_std(), draw())) {
                        Some(Beat::Ping) => {
                            framer.expect_pong();
                            self.write(PING).await?;
                        }
                        Some(Beat::Failed) => {
                            let why = "no answer to a keep-alive";
                            return Err(io::Error::new(io::ErrorKind::TimedOut, why));
                        }
                        None => {}
                    }
                    // What only we say keeps nothing open.
                    continue;
                }
            }
            idle_end = Instant::now() + self.idle_limit;
        }
    }

    /// Passes on what the bytes hold; false if nothing more can be found in the stream.
    async fn on_bytes(&mut self, framer: &mut Framer, mut alive: Option<&mut KeepAlive>) -> io::Result<bool> {
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
                Ok(Some(Frame::Pong)) => {
                    if let Some(alive) = &mut alive {
                        alive.on_pong(Instant::now().into_std(), draw());
                    }
                    continue;
                }
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

/// What a ping is sent early by, so that connections that were opened together do not ping together.
fn draw() -> u32 {
    // Any number will do; each of these is made from another key.
    (RandomState::new().build_hasher().finish() % 2001) as u32
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use cpd_sip::transport::Protocol;
    use tokio::io::DuplexStream;
    use tokio::task::JoinHandle;

    type Ended = JoinHandle<io::Result<()>>;

    const PINGED: Duration = Duration::from_secs(100);

    /// A connection that we opened, on simulated time: its peer's end, and how it ended.
    fn opened() -> (DuplexStream, mpsc::Sender<Arc<[u8]>>, Ended) {
        let (peer, stream) = tokio::io::duplex(4096);
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        let (inputs, mut told) = mpsc::channel(16);
        let connection = Connection {
            flow: Flow {
                protocol: Protocol::Tcp,
                local: "192.0.2.1:5060".parse().unwrap(),
                remote: "192.0.2.9:5060".parse().unwrap(),
            },
            stream,
            queue,
            inputs,
            idle_limit: Duration::from_secs(600),
            keep_alive: Some(PINGED),
        };
        tokio::spawn(async move { while told.recv().await.is_some() {} });
        (peer, sender, tokio::spawn(connection.run()))
    }

    async fn expect_ping(peer: &mut DuplexStream) {
        let mut ping = [0; 4];
        peer.read_exact(&mut ping).await.unwrap();
        assert_eq!(ping, PING);
    }

    #[tokio::test(start_paused = true)]
    async fn rfc5626_4_4_1_a_peer_that_stops_answering_pings_is_gone() {
        let (mut peer, _queue, ended) = opened();
        for _ in 0..100 {
            let asked = Instant::now();
            expect_ping(&mut peer).await;
            let waited = asked.elapsed();
            assert!(
                (PINGED * 4 / 5..=PINGED + Duration::from_secs(1)).contains(&waited),
                "{waited:?}"
            );
            peer.write_all(PONG).await.unwrap();
        }
        expect_ping(&mut peer).await;
        let silent = Instant::now();
        let error = ended.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(
            silent.elapsed() <= Duration::from_secs(11),
            "{:?}",
            silent.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_knows_no_pings_keeps_its_connection_until_it_is_idle() {
        let (mut peer, queue, ended) = opened();
        let begin = Instant::now();
        tokio::time::sleep(Duration::from_secs(500)).await;
        queue.send(Arc::from(&b"BYE"[..])).await.unwrap();
        ended.await.unwrap().unwrap();
        assert_eq!(begin.elapsed().as_secs(), 500 + 600);
        let mut heard = Vec::new();
        peer.read_to_end(&mut heard).await.unwrap();
        assert!(heard.len() > 8 * PING.len(), "{} bytes", heard.len());
    }
}
