//! A telephone made of rsipstack, to call ours and be called: see `tests/`. Speed beside it: see `benches/`.

use rsipstack::EndpointBuilder;
use rsipstack::dialog::authenticate::{Credential, verify_digest};
use rsipstack::dialog::dialog::{Dialog, DialogState, DialogStateSender};
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::dialog::invitation::InviteOption;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::*;
use rsipstack::sip::typed::Authorization;
use rsipstack::sip::{Header, Method, Param, Scheme, StatusCode, Transport, Uri};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::endpoint::EndpointOption;
use rsipstack::transaction::key::TransactionRole;
use rsipstack::transport::tcp_listener::TcpListenerConnection;
use rsipstack::transport::tls::{TlsConfig, TlsListenerConnection};
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipAddr, TransportLayer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_util::sync::CancellationToken;

/// The session description in offers and answers.
pub const SDP: &[u8] =
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4002 RTP/AVP 8\r\n";

/// The longest that anything may take in a test; a hang is a failure, and says what it waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// An endpoint of rsipstack that serves one socket.
pub struct Stack {
    /// Where calls are made.
    pub layer: Arc<DialogLayer>,
    /// Where it listens.
    pub address: SocketAddr,
    /// What comes.
    pub incoming: TransactionReceiver,
    transport: Transport,
    token: CancellationToken,
}

/// Ends the stack's tasks.
impl Drop for Stack {
    fn drop(&mut self) {
        self.token.cancel();
    }
}

impl Stack {
    /// On loopback. `tls` is needed where the transport is TLS.
    pub async fn new(transport: Transport, option: EndpointOption, tls: Option<TlsConfig>) -> Stack {
        let token = CancellationToken::new();
        let transports = TransportLayer::new(token.clone());
        let address = match transport {
            Transport::Udp => {
                let any = "127.0.0.1:0".parse().expect("an address");
                let udp = UdpConnection::create_connection(any, None, Some(token.child_token())).await;
                let udp = udp.expect("a socket");
                let address = udp.get_addr().get_socketaddr().expect("an address");
                transports.add_transport(udp.into());
                address
            }
            // It tells no port that the system chose: one is looked for that was free just now.
            Transport::Tcp => {
                let address = free_port();
                let listener = TcpListenerConnection::new(address, None)
                    .await
                    .expect("a listener");
                transports.add_transport(listener.into());
                address
            }
            Transport::Tls => {
                let address = free_port();
                let tls = tls.expect("certificates");
                transports.set_tls_config(tls.clone());
                let listener = TlsListenerConnection::new(address, None, tls).await;
                transports.add_transport(listener.expect("a listener").into());
                address
            }
            _ => panic!("only UDP, TCP and TLS are tried"),
        };
        let endpoint = EndpointBuilder::new()
            .with_transport_layer(transports)
            .with_cancel_token(token.clone())
            .with_option(option)
            .build();
        let incoming = endpoint.incoming_transactions().expect("not taken before");
        let layer = Arc::new(DialogLayer::new(endpoint.inner.clone()));
        tokio::spawn(async move { endpoint.serve().await });
        Stack {
            layer,
            address,
            incoming,
            transport,
            token,
        }
    }

    /// How a peer is called over this stack's transport.
    pub fn uri(&self, user: &str, address: SocketAddr) -> Uri {
        uri(self.transport, user, address)
    }

    /// A call to `callee`.
    pub fn invite(&self, callee: SocketAddr) -> InviteOption {
        InviteOption {
            caller: self.uri("caller", self.address),
            callee: self.uri("callee", callee),
            contact: self.uri("caller", self.address),
            destination: Some(SipAddr {
                r#type: Some(self.transport),
                addr: callee.into(),
            }),
            content_type: Some("application/sdp".into()),
            offer: Some(SDP.to_vec()),
            ..InviteOption::default()
        }
    }
}

fn uri(transport: Transport, user: &str, address: SocketAddr) -> Uri {
    let params = match transport {
        Transport::Udp => vec![],
        other => vec![Param::Transport(other)],
    };
    Uri {
        scheme: Some(Scheme::Sip),
        auth: Some(rsipstack::sip::Auth {
            user: user.into(),
            password: None,
        }),
        host_with_port: address.into(),
        params,
        ..Uri::default()
    }
}

fn free_port() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

/// Hands each request to its dialog, INVITEs without one to a new dialog.
pub async fn serve(
    layer: Arc<DialogLayer>,
    mut incoming: TransactionReceiver,
    contact: Uri,
    states: DialogStateSender,
    doubts: bool,
) {
    while let Some(mut transaction) = incoming.recv().await {
        if doubts && transaction.original.method == Method::Invite && !is_proven(&transaction.original) {
            let challenge = format!("Digest realm=\"peer\", nonce=\"{NONCE}\", algorithm=MD5");
            let headers = vec![Header::WwwAuthenticate(challenge.into())];
            // Served apart, for it lives until the ACK.
            tokio::spawn(async move {
                let sent = transaction
                    .reply_with(StatusCode::Unauthorized, headers, None)
                    .await;
                sent.expect("the challenge is sent");
                while transaction.receive().await.is_some() {}
            });
            continue;
        }
        let to = transaction.original.to_header().expect("To").tag();
        let dialog = if to.expect("To").is_some() {
            layer.match_dialog(&transaction)
        } else if transaction.original.method == Method::Invite {
            let contact = Some(contact.clone());
            let dialog = layer.get_or_create_server_invite(&transaction, states.clone(), None, contact);
            Some(Dialog::Invite(dialog.expect("a dialog")))
        } else {
            None
        };
        if let Some(mut dialog) = dialog {
            // What becomes of it is told as a state.
            tokio::spawn(async move { dialog.handle(&mut transaction).await });
        }
    }
}

const NONCE: &str = "5ca1ab1e";

/// By rsipstack's own reckoning.
fn is_proven(request: &rsipstack::sip::Request) -> bool {
    let Some(Header::Authorization(header)) = request
        .headers()
        .iter()
        .find(|header| matches!(header, Header::Authorization(_)))
    else {
        return false;
    };
    Authorization::parse(header.value()).is_ok_and(|proof| {
        proof.username == "alice"
            && proof.nonce == NONCE
            && verify_digest(&proof, "s3cret", &request.method, header.value())
    })
}

/// What a callee does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// 180, 183 with SDP, 200.
    Answer,
    /// The same, and BYE when the ACK has come.
    HangUp,
    /// 180 and nothing more.
    Ring,
    /// 486.
    Busy,
    /// 401 until the caller proves to be `alice` with `s3cret` (RFC 2617, MD5), then as [`Manner::Answer`].
    Doubt,
}

/// A telephone: answers calls in its manner, makes calls, tells what happened.
pub struct Peer {
    /// Where it listens.
    pub address: SocketAddr,
    stack: Stack,
    states: DialogStateSender,
    told: UnboundedReceiver<String>,
    heard: Vec<String>,
}

impl Peer {
    /// T1 is 20 ms, as of the peer in these tests.
    pub async fn new(transport: Transport, tls: Option<TlsConfig>, manner: Manner) -> Peer {
        let option = EndpointOption {
            t1: Duration::from_millis(20),
            t4: Duration::from_millis(200),
            t1x64: Duration::from_millis(64 * 20),
            ..EndpointOption::default()
        };
        let mut stack = Stack::new(transport, option, tls).await;
        let (states, mut changes) = stack.layer.new_dialog_state_channel();
        let contact = stack.uri("callee", stack.address);
        let (_, nothing) = unbounded_channel();
        let incoming = std::mem::replace(&mut stack.incoming, nothing);
        tokio::spawn(serve(
            stack.layer.clone(),
            incoming,
            contact,
            states.clone(),
            manner == Manner::Doubt,
        ));
        let (tell, told) = unbounded_channel();
        let layer = stack.layer.clone();
        tokio::spawn(async move {
            while let Some(state) = changes.recv().await {
                if let DialogState::Calling(id) = &state
                    && let Some(Dialog::Invite(dialog)) = layer.get_dialog(id)
                {
                    // Calls of our own reach this state too.
                    if dialog.role() == TransactionRole::Server {
                        answer(&dialog, manner);
                    }
                }
                if let DialogState::Confirmed(id, _) = &state
                    && manner == Manner::HangUp
                    && let Some(Dialog::Invite(dialog)) = layer.get_dialog(id)
                {
                    dialog.bye().await.expect("BYE is sent");
                }
                // Who listens may have left.
                let _ = tell.send(name(&state));
            }
        });
        Peer {
            address: stack.address,
            stack,
            states,
            told,
            heard: Vec::new(),
        }
    }

    /// Calls and hangs up when answered, or tells the status of the refusal.
    pub async fn call(&self, callee: SocketAddr, credential: Option<Credential>) -> u16 {
        let option = InviteOption {
            credential,
            ..self.stack.invite(callee)
        };
        let called = self.stack.layer.do_invite(option, self.states.clone()).await;
        let (dialog, response) = called.expect("the call is made");
        let status = response.map_or(0, |response| response.status_code.code());
        if status == 200 {
            dialog.bye().await.expect("BYE is sent");
        }
        status
    }

    /// Calls and waits for the other side to hang up; gives the status.
    pub async fn call_and_stay(&mut self, callee: SocketAddr) -> u16 {
        let option = self.stack.invite(callee);
        let called = self.stack.layer.do_invite(option, self.states.clone()).await;
        let (_dialog, response) = called.expect("the call is made");
        self.wait("terminated UasBye").await;
        response.map_or(0, |response| response.status_code.code())
    }

    /// Calls, and gives up once it rings.
    pub async fn call_and_give_up(&mut self, callee: SocketAddr) {
        let option = self.stack.invite(callee);
        let (dialog, ended) = self
            .stack
            .layer
            .do_invite_async(option, self.states.clone())
            .expect("the call is made");
        self.wait("early 180").await;
        dialog.cancel().await.expect("CANCEL is sent");
        let ended = tokio::time::timeout(PATIENCE, ended)
            .await
            .expect("the call ends");
        // How it ended is told as a state.
        drop(ended);
    }

    /// Waits until this is told.
    pub async fn wait(&mut self, what: &str) {
        while !self.heard.iter().any(|told| told == what) {
            let next = tokio::time::timeout(PATIENCE, self.told.recv()).await;
            let Ok(Some(told)) = next else {
                panic!("waited for {what:?}; told: {:?}", self.heard);
            };
            self.heard.push(told);
        }
        self.heard.clear();
    }
}

fn answer(dialog: &InviteDialog, manner: Manner) {
    let sdp = || Some(vec![Header::ContentType("application/sdp".into())]);
    let stands = "the call stands";
    match manner {
        Manner::Answer | Manner::HangUp | Manner::Doubt => {
            dialog.ringing(None, None).expect(stands);
            // With a body it is 183.
            dialog.ringing(sdp(), Some(SDP.to_vec())).expect(stands);
            dialog.accept(sdp(), Some(SDP.to_vec())).expect(stands);
        }
        Manner::Ring => dialog.ringing(None, None).expect(stands),
        Manner::Busy => dialog.reject(Some(StatusCode::BusyHere), None).expect(stands),
    }
}

fn name(state: &DialogState) -> String {
    match state {
        DialogState::Early(_, response) => {
            let sdp = if response.body().is_empty() {
                ""
            } else {
                " with SDP"
            };
            format!("early {}{sdp}", response.status_code.code())
        }
        DialogState::Confirmed(..) => "confirmed".into(),
        DialogState::Terminated(_, reason) => format!("terminated {reason:?}"),
        DialogState::Info(..) => "info".into(),
        DialogState::Updated(..) => "updated".into(),
        _ => "other".into(),
    }
}
