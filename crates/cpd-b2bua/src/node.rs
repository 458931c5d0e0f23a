//! One node: transport, switchboard and media threads, started and ended together.

use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use std::{fmt, io};

use cpd_call::Cause;
use cpd_sip::admission::AddressList;
use cpd_sip::endpoint::{Counters, Counts};
use cpd_sip::locate::Target;
use cpd_sip::transport::Protocol;
use cpd_sip::{Endpoint, Fact};
use rustls::pki_types::ServerName;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::media::{MediaConfig, MediaPool, MediaStats, News, SessionId, StartError as MediaError};
use crate::script::{Act, Change, Fault, Scripts, VerdictFacts};
use crate::switchboard::{Figures, Notice, Question, Start, Switchboard, VerdictTicket};
use crate::transport::{self, BindError, ConnectionError, Gone, Handle, ListenError, TransportConfig, User};
use crate::trunk::Settings;

/// How a node is begun.
pub struct NodeConfig {
    /// SIP sockets. The names that certificates of gateways have to show are those of the settings.
    pub transport: TransportConfig,
    /// SIP itself.
    pub endpoint: cpd_sip::Config,
    /// Media ports and threads.
    pub media: MediaConfig,
    /// What calls are measured by.
    pub settings: Arc<Settings>,
    /// Who runs the scripts of trunks.
    pub scripts: Option<Arc<Scripts>>,
    /// 32 bytes that nobody can guess.
    pub seed: [u8; 32],
    /// Seconds since 1970.
    pub epoch_s: u64,
    /// The process's number.
    pub process: u32,
}

/// Why a node was not begun. Reads on from "failed to".
#[derive(Debug)]
pub enum StartError {
    /// A SIP socket.
    Bind(BindError),
    /// Media.
    Media(MediaError),
    /// It ended as soon as it began.
    Gone(Gone),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Bind(error) => error.fmt(f),
            StartError::Media(error) => error.fmt(f),
            StartError::Gone(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

/// A running node.
pub struct Node {
    handle: Handle<Operator>,
    task: JoinHandle<Operator>,
}

/// How a node fares.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// Calls.
    pub calls: Figures,
    /// Transactions and dialogs that stand.
    pub sip: Counts,
    /// Messages that SIP turned away.
    pub turned_away: Counters,
    /// What the transport did not carry.
    pub transport: transport::Counters,
    /// Media.
    pub media: MediaStats,
    /// Gateways: carrier, URI, whether it answers.
    pub gateways: Vec<(String, String, bool)>,
}

/// News that are taken at once before SIP has its turn.
const NEWS_AT_ONCE: usize = 64;

/// Answers of scripts that wait for the switchboard: as many as may be asked at once.
const ANSWERS_MAX: usize = 512;

/// What a script answered.
enum Answer {
    Invite(u64, Result<Option<Change>, Fault>),
    Verdict(VerdictTicket, VerdictFacts, Result<Option<Act>, Fault>),
}

/// The switchboard as the transport's user.
pub struct Operator {
    switchboard: Switchboard<Arc<MediaPool>>,
    pool: Arc<MediaPool>,
    news: mpsc::Receiver<(SessionId, News)>,
    waiting: Option<(SessionId, News)>,
    scripts: Option<Arc<Scripts>>,
    answers: mpsc::Receiver<Answer>,
    answer: mpsc::Sender<Answer>,
    answered: Option<Answer>,
    failures: mpsc::Sender<String>,
}

impl User for Operator {
    fn on_fact(&mut self, now: Instant, endpoint: &mut Endpoint, fact: Fact) {
        self.switchboard.on_fact(now, endpoint, fact);
        self.ask_scripts(now, endpoint);
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.switchboard.poll_timeout()
    }

    fn on_timeout(&mut self, now: Instant, endpoint: &mut Endpoint) {
        self.switchboard.on_timeout(now, endpoint);
        self.ask_scripts(now, endpoint);
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.waiting.is_some() || self.answered.is_some() {
            return Poll::Ready(());
        }
        if let Poll::Ready(Some(answer)) = self.answers.poll_recv(cx) {
            self.answered = Some(answer);
            return Poll::Ready(());
        }
        match self.news.poll_recv(cx) {
            Poll::Ready(Some(news)) => {
                self.waiting = Some(news);
                Poll::Ready(())
            }
            // The media threads have ended, and calls go on without sound until they end too.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    fn on_ready(&mut self, now: Instant, endpoint: &mut Endpoint) {
        for _ in 0..NEWS_AT_ONCE {
            let answer = self.answered.take().or_else(|| self.answers.try_recv().ok());
            let news = self.waiting.take().or_else(|| self.news.try_recv().ok());
            if answer.is_none() && news.is_none() {
                break;
            }
            match answer {
                Some(Answer::Invite(ticket, answer)) => {
                    self.switchboard.on_invite_answer(now, endpoint, ticket, answer);
                }
                Some(Answer::Verdict(ticket, verdict, answer)) => {
                    self.switchboard
                        .on_verdict_answer(now, endpoint, ticket, &verdict, answer);
                }
                None => {}
            }
            if let Some((session, news)) = news {
                self.switchboard.on_news(now, endpoint, session, news);
            }
        }
        self.ask_scripts(now, endpoint);
    }

    fn on_connection_failed(&mut self, error: &ConnectionError) {
        // Whoever logs may be behind; the counters have it.
        let _ = self.failures.try_send(error.to_string());
    }

    fn on_listener_failed(&mut self, error: &ListenError) {
        let _ = self.failures.try_send(error.to_string());
    }
}

impl Operator {
    /// Has scripts run elsewhere; where nobody runs them the tables decide at once.
    fn ask_scripts(&mut self, now: Instant, endpoint: &mut Endpoint) {
        while let Some(question) = self.switchboard.poll_question() {
            let Some(scripts) = self.scripts.clone() else {
                match question {
                    Question::Invite { ticket, .. } => {
                        self.switchboard.on_invite_answer(now, endpoint, ticket, Ok(None));
                    }
                    Question::Verdict { ticket, verdict, .. } => {
                        self.switchboard
                            .on_verdict_answer(now, endpoint, ticket, &verdict, Ok(None));
                    }
                }
                continue;
            };
            let answers = self.answer.clone();
            tokio::spawn(async move {
                let answer = match question {
                    Question::Invite { ticket, script, call } => {
                        Answer::Invite(ticket, scripts.on_invite(&script, call).await)
                    }
                    Question::Verdict {
                        ticket,
                        script,
                        call,
                        verdict,
                    } => {
                        let answer = scripts.on_verdict(&script, call, verdict.clone()).await;
                        Answer::Verdict(ticket, verdict, answer)
                    }
                };
                // A node that has ended needs no answer.
                let _ = answers.send(answer).await;
            });
        }
    }
}

impl Node {
    /// Binds everything and takes calls. Notices have to be read: what finds no room is counted and lost. So are the
    /// texts of connections that failed.
    pub async fn start(
        now: Instant,
        config: NodeConfig,
        notices: mpsc::Sender<Notice>,
        failures: mpsc::Sender<String>,
    ) -> Result<Node, StartError> {
        let mut transport = config.transport;
        if let Some(tls) = &mut transport.tls {
            tls.names = config.settings.certificate_names();
        }
        let (pool, news) = MediaPool::start(config.media).map_err(StartError::Media)?;
        let pool = Arc::new(pool);
        let endpoint = Endpoint::new(config.endpoint, config.seed);
        let start = Start {
            settings: config.settings,
            locals: Vec::new(),
            // Not the endpoint's own.
            seed: config.seed.map(|byte| byte ^ 0xa5),
            epoch_s: config.epoch_s,
            process: config.process,
        };
        let (answer, answers) = mpsc::channel(ANSWERS_MAX);
        let operator = Operator {
            scripts: config.scripts,
            answers,
            answer,
            answered: None,
            switchboard: Switchboard::new(now, start, Arc::clone(&pool), notices),
            pool,
            news,
            waiting: None,
            failures,
        };
        let (handle, task) = transport::start(transport, endpoint, operator)
            .await
            .map_err(StartError::Bind)?;
        let locals = handle.locals().to_vec();
        handle
            .ask(move |now, _, operator| operator.switchboard.set_locals(now, locals))
            .await
            .map_err(StartError::Gone)?;
        Ok(Node { handle, task })
    }

    /// Our own addresses, in the order of the listeners.
    pub fn locals(&self) -> &[(Protocol, SocketAddr)] {
        self.handle.locals()
    }

    /// Replaces what new calls are measured by, and what certificates of gateways have to show.
    pub async fn set_settings(&self, settings: Arc<Settings>) -> Result<(), Gone> {
        self.handle.set_names(settings.certificate_names()).await?;
        let work = |now, endpoint: &mut Endpoint, operator: &mut Operator| {
            operator.switchboard.set_settings(now, endpoint, settings);
        };
        self.handle.ask(work).await
    }

    /// Where a gateway by name is. Over TLS it has to show the name that it was looked up by (RFC 5922, 4).
    pub async fn set_addresses(&self, uri: String, targets: Vec<Target>) -> Result<(), Gone> {
        let secured = targets.iter().filter(|target| target.protocol == Protocol::Tls);
        let names = secured.filter_map(|target| {
            let name = ServerName::try_from(target.name.clone()).ok()?;
            Some((target.address, name))
        });
        self.handle.set_looked_up(names.collect()).await?;
        let work = move |_, _: &mut Endpoint, operator: &mut Operator| {
            operator.switchboard.set_addresses(&uri, targets);
        };
        self.handle.ask(work).await
    }

    /// Replaces the list of addresses that are trusted, limited or denied.
    pub async fn set_address_list(&self, list: AddressList) -> Result<(), Gone> {
        self.handle.set_addresses(list).await
    }

    /// Takes no new calls, or does again. Calls that stand go on.
    pub async fn set_draining(&self, draining: bool) -> Result<(), Gone> {
        let work = move |_, _: &mut Endpoint, operator: &mut Operator| {
            operator.switchboard.set_draining(draining);
        };
        self.handle.ask(work).await
    }

    /// Ends every call with this cause.
    pub async fn end_all(&self, cause: Cause) -> Result<(), Gone> {
        let work = move |now, endpoint: &mut Endpoint, operator: &mut Operator| {
            operator.switchboard.end_all(now, endpoint, &cause);
        };
        self.handle.ask(work).await
    }

    /// How the node fares.
    pub async fn status(&self) -> Result<Status, Gone> {
        let work = |_, endpoint: &mut Endpoint, operator: &mut Operator| Status {
            calls: operator.switchboard.figures(),
            sip: endpoint.counts(),
            turned_away: endpoint.counters(),
            transport: transport::Counters::default(),
            media: operator.pool.stats(),
            gateways: operator.switchboard.gateway_states(),
        };
        let mut status = self.handle.ask(work).await?;
        status.transport = self.handle.counters().await?;
        Ok(status)
    }

    /// Ends: waits for calls up to the transport's own limit, then for `rest` until the last messages are out.
    pub async fn stop(self, rest: Duration) -> Result<(), io::Error> {
        self.handle.shutdown().await;
        match tokio::time::timeout(rest, self.task).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(panicked)) => Err(io::Error::other(panicked)),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
