//! What goes out: requests with their Via, responses by their Via, and the life of transactions.

use super::{ClientEntry, Endpoint, Owner, Purpose, ServerEntry};
use crate::message::{Message, Method, Name};
use crate::random::hex;
use crate::slab::Key;
use crate::transaction::{Client, Server, merge_key};
use crate::transport::{Flow, Transmit};
use std::hash::{DefaultHasher, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

impl Endpoint {
    /// Sends a request in a transaction of its own.
    pub(super) fn start_client(
        &mut self,
        now: Instant,
        flow: Flow,
        mut request: Message,
        purpose: Purpose,
    ) -> Key {
        self.authorize(purpose, &mut request);
        let key = self.clients.next_key();
        let branch = self.random.token();
        self.push_via(&mut request, flow, key.index, &branch);
        let invite = request.method() == Some(&Method::Invite);
        let bytes = self.pack(&mut request);
        self.transmits.push_back(Transmit {
            flow,
            bytes: bytes.clone(),
        });
        let machine = Client::new(now, &self.config.timers, invite, flow.protocol.is_reliable());
        let limit = match purpose {
            Purpose::Within { .. } if invite => Some(now + self.config.ring_limit),
            Purpose::Call(_) | Purpose::Within { .. } | Purpose::Free { .. } => None,
        };
        let key = self.clients.insert(ClientEntry {
            machine,
            flow,
            packet: bytes,
            branch,
            purpose,
            tries: 0,
            again: false,
            limit,
            cancel: None,
            refusal_ack: None,
            acks: Vec::new(),
            queued: None,
        });
        self.settle_client(now, key);
        key
    }

    /// An ACK to a 2xx: a transaction of its own that nothing answers.
    pub(super) fn ack_packet(&mut self, flow: Flow, mut ack: Message) -> Transmit {
        let branch = self.random.token();
        self.push_via(&mut ack, flow, u32::MAX, &branch);
        let bytes = self.pack(&mut ack);
        Transmit { flow, bytes }
    }

    fn push_via(&self, request: &mut Message, flow: Flow, index: u32, branch: &[u8; 16]) {
        let index = hex(u64::from(index));
        let mut via = Vec::with_capacity(96);
        via.extend_from_slice(b"SIP/2.0/");
        via.extend_from_slice(flow.protocol.via().as_bytes());
        via.push(b' ');
        push_address(&mut via, flow.local);
        via.extend_from_slice(b";rport;branch=z9hG4bK");
        via.extend_from_slice(&index[8..]);
        via.extend_from_slice(branch);
        request.prepend(Name::VIA, &via);
    }

    /// The transaction whose request carries this branch.
    pub(super) fn client_by_branch(&self, branch: &[u8]) -> Option<Key> {
        let own = branch.get(7..31).filter(|_| branch.len() == 31)?;
        let index = u32::from_str_radix(std::str::from_utf8(&own[..8]).ok()?, 16).ok()?;
        let key = self.clients.at(index)?;
        let entry = self.clients.get(key)?;
        entry.branch.eq_ignore_ascii_case(&own[8..]).then_some(key)
    }

    fn pack(&mut self, message: &mut Message) -> Arc<[u8]> {
        message.set_content_length();
        self.packet.clear();
        message.write_to(&mut self.packet);
        Arc::from(&self.packet[..])
    }

    /// Keeps the timer of a client transaction, or buries it.
    pub(super) fn settle_client(&mut self, now: Instant, key: Key) {
        let Some(entry) = self.clients.get_mut(key) else {
            return;
        };
        let cancel_over = entry.cancel.as_ref().is_none_or(|(cancel, _)| cancel.is_over());
        if entry.machine.is_over() && cancel_over {
            if let Some(entry) = self.clients.remove(key) {
                self.on_client_gone(now, key, entry.purpose);
            }
            return;
        }
        let cancel = entry.cancel.as_ref().and_then(|(cancel, _)| cancel.next());
        let limit = entry.limit.filter(|_| entry.machine.is_pending());
        let next = [entry.machine.next(), cancel, limit].into_iter().flatten().min();
        self.timers.want(Owner::Client(key), next, &mut entry.queued);
    }

    fn on_client_gone(&mut self, now: Instant, key: Key, purpose: Purpose) {
        match purpose {
            Purpose::Call(call) => self.on_call_transaction_gone(now, call, key),
            Purpose::Within { dialog, .. } => self.settle_dialog(now, dialog),
            Purpose::Free { .. } => {}
        }
    }

    /// Begins a server transaction. `key` is `self.key`.
    pub(super) fn start_server(&mut self, now: Instant, flow: Flow, request: &Message) -> Key {
        let method = request.method().cloned().unwrap_or(Method::Options);
        let invite = method == Method::Invite;
        let flow = reply_flow(request, flow);
        let machine = Server::new(now, invite, flow.protocol.is_reliable(), self.config.answer_limit);
        let merge = merge_key(request, self.secret);
        let key: Box<[u8]> = self.key.as_slice().into();
        let server = self.servers.insert(ServerEntry {
            machine,
            key: key.clone(),
            merge,
            flow,
            method,
            request: None,
            last: None,
            dialog: None,
            queued: None,
        });
        self.server_keys.insert(key, server);
        if let Some(merge) = merge {
            self.merged.insert(merge, server);
        }
        self.settle_server(server);
        server
    }

    /// Sends a response in its transaction; false if it comes too late.
    pub(super) fn send_response(
        &mut self,
        now: Instant,
        server: Key,
        mut response: Message,
    ) -> Option<Transmit> {
        let entry = self.servers.get_mut(server)?;
        let status = response.status();
        if !entry.machine.on_respond(now, &self.config.timers, status) {
            return None;
        }
        let flow = entry.flow;
        if status >= 200 {
            entry.request = None;
        }
        let bytes = self.pack(&mut response);
        let transmit = Transmit { flow, bytes };
        if let Some(entry) = self.servers.get_mut(server) {
            entry.last = Some(transmit.bytes.clone());
        }
        self.transmits.push_back(transmit.clone());
        self.settle_server(server);
        Some(transmit)
    }

    /// Answers in a transaction with nothing but a status, and a tag if the request has none.
    pub(super) fn answer_plainly(&mut self, now: Instant, server: Key, request: &Message, status: u16) {
        let reply = self.plain_reply(request, status, "");
        self.send_response(now, server, reply);
    }

    pub(super) fn plain_reply(&self, request: &Message, status: u16, reason: &str) -> Message {
        let mut reply = Message::reply(request, status, reason);
        if status > 100 {
            self.tag_to(&mut reply, request);
        }
        if let Some(product) = &self.config.product {
            reply.push("Server", product.as_bytes());
        }
        reply
    }

    /// Gives To a tag if it has none: the same for the same request, as a stateless element must (RFC 3261, 8.2.7).
    fn tag_to(&self, reply: &mut Message, request: &Message) {
        let Ok(to) = request.to() else { return };
        if to.tag().is_some() {
            return;
        }
        let mut hash = DefaultHasher::new();
        hash.write_u64(self.secret);
        for name in [Name::CALL_ID, Name::FROM, Name::CSEQ, Name::VIA] {
            hash.write(request.header(name).unwrap_or_default());
        }
        let tagged = with_tag(request.header(Name::TO).unwrap_or_default(), &hex(hash.finish()));
        reply.set(Name::TO, &tagged);
    }

    /// Refuses a request that was not admitted, without making a transaction: `reply` as
    /// [`admission::reject`](crate::admission::reject) makes it, which gets a To tag here. The request's Via was stamped.
    pub fn refuse(&mut self, flow: Flow, request: &Message, mut reply: Message) {
        self.tag_to(&mut reply, request);
        self.answer_stateless(flow, request, reply);
    }

    /// Answers without making a transaction.
    pub(super) fn answer_stateless(&mut self, flow: Flow, request: &Message, mut reply: Message) {
        let flow = reply_flow(request, flow);
        let bytes = self.pack(&mut reply);
        self.transmits.push_back(Transmit { flow, bytes });
    }

    /// Keeps the timer of a server transaction, or buries it.
    pub(super) fn settle_server(&mut self, key: Key) {
        let Some(entry) = self.servers.get_mut(key) else {
            return;
        };
        if !entry.machine.is_over() {
            let next = entry.machine.next();
            self.timers.want(Owner::Server(key), next, &mut entry.queued);
            return;
        }
        if let Some(entry) = self.servers.remove(key) {
            self.server_keys.remove(&entry.key);
            if let Some(merge) = entry.merge.filter(|merge| self.merged.get(merge) == Some(&key)) {
                self.merged.remove(&merge);
            }
        }
    }
}

/// A From or To value with a tag behind it.
pub(super) fn with_tag(value: &[u8], tag: &[u8]) -> Vec<u8> {
    // A parser that lets a trailing semicolon pass must not double it.
    let value = value.trim_ascii_end();
    [value.strip_suffix(b";").unwrap_or(value), b";tag=", tag].concat()
}

/// `host:port`, an IPv6 host in brackets.
pub(super) fn push_address(out: &mut Vec<u8>, address: SocketAddr) {
    use std::io::Write;
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{address}");
}

/// Where the response to a request goes (RFC 3261, 18.2.2; RFC 3581, 4): along a connection back; a datagram to the
/// address it came from, whatever its Via says, and to the port that the Via names unless `rport` asks for the one it came from.
fn reply_flow(request: &Message, flow: Flow) -> Flow {
    let mut back = flow;
    if flow.protocol.is_reliable() {
        return back;
    }
    if let Some(via) = request.top_via().ok().filter(|via| via.rport().is_none()) {
        back.remote
            .set_port(via.port.unwrap_or(flow.protocol.default_port()));
    }
    back
}
