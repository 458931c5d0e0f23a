//! The CPU time of a call through endpoint and transport beside rsipstack's, over UDP on loopback: INVITE, 100, 180, 200,
//! ACK, BYE, 200, both sides of it.
//!
//! Each turn is a process of its own, so that what lingers of one stack is not charged to the other; the stacks take
//! turns, so that a busy machine disturbs both. CPU is user and system time of the process. Prints medians and ratios.

use cpd_b2bua::transport::{self, Listener, TransportConfig, User};
use cpd_bench_peers::{SDP, Stack, serve};
use cpd_sip::admission::{AddressList, Admission, AdmissionConfig, Treatment};
use cpd_sip::endpoint::InviteOptions;
use cpd_sip::message::Name;
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Config, Endpoint, Fact, Message, Method};
use rsipstack::dialog::dialog::{Dialog, DialogState};
use rsipstack::sip::{Header, Transport};
use rsipstack::transaction::endpoint::EndpointOption;
use std::env;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

/// Calls of one turn: some seconds of CPU, of which a tick of the process's clock (10 ms) is nothing.
const CALLS: usize = 5000;

/// Calls at once: a node that is not idle, and whose buffers still hold all that is on the way.
const AT_ONCE: usize = 50;

/// Turns of each stack.
const TURNS: usize = 5;

fn main() {
    // Cargo passes `--bench`.
    match env::args()
        .find(|arg| arg == "ours" || arg == "theirs")
        .as_deref()
    {
        Some("ours") => turn(ours()),
        Some(_) => turn(theirs()),
        None => compare(),
    }
}

/// Makes the calls and prints what they cost.
fn turn(calls: impl Future<Output = ()>) {
    let threads = env::args().any(|arg| arg == "threads");
    let mut builder = match threads {
        true => tokio::runtime::Builder::new_multi_thread(),
        false => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = builder.enable_all().build().expect("a runtime");
    let before = cpu_us();
    runtime.block_on(calls);
    println!("{}", (cpu_us() - before) as f64 / CALLS as f64);
    runtime.shutdown_background();
}

/// User and system time of this process: fields 14 and 15 of `/proc/self/stat`, in ticks of 10 ms.
fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("the process's times");
    let (_, fields) = stat.rsplit_once(") ").expect("a name in brackets");
    let ticks = |index: usize| fields.split(' ').nth(index).expect("a field").parse::<u64>();
    (ticks(11).expect("a number") + ticks(12).expect("a number")) * 10_000
}

fn compare() {
    println!(
        "{:<34} {:>10} {:>12} {:>7}",
        "CPU of a call, both sides (median)", "cpd-sip", "rsipstack", "ratio"
    );
    for (name, runtime) in [("one thread", "single"), ("a thread for each core", "threads")] {
        let mut cost = [Vec::new(), Vec::new()];
        for _ in 0..TURNS {
            for (costs, stack) in cost.iter_mut().zip(["ours", "theirs"]) {
                costs.push(child(stack, runtime));
            }
        }
        let [ours, theirs] = cost.map(|mut costs| {
            costs.sort_by(f64::total_cmp);
            costs[costs.len() / 2]
        });
        println!(
            "{name:<34} {ours:>7.0} µs {theirs:>9.0} µs {:>6.2}x",
            ours / theirs
        );
    }
}

fn child(stack: &str, runtime: &str) -> f64 {
    let program = env::current_exe().expect("our own path");
    let output = Command::new(program)
        .args([stack, runtime])
        .output()
        .expect("a child");
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.trim().parse().unwrap_or_else(|_| {
        panic!(
            "{stack} failed: {printed}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    })
}

struct Caller {
    flow: Option<Flow>,
    draft: Message,
    begun: usize,
    ended: usize,
    done: Option<oneshot::Sender<()>>,
}

impl Caller {
    fn begin(&mut self, now: Instant, endpoint: &mut Endpoint) {
        let Some(flow) = self.flow.filter(|_| self.begun < CALLS) else {
            return;
        };
        self.begun += 1;
        endpoint
            .invite(now, flow, &self.draft, InviteOptions::default())
            .expect("the call is made");
    }
}

impl User for Caller {
    fn on_fact(&mut self, now: Instant, endpoint: &mut Endpoint, fact: Fact) {
        match fact {
            Fact::Answered { dialog, .. } => endpoint.bye(now, dialog, None).expect("the call stands"),
            Fact::Ended { .. } => {
                self.ended += 1;
                if self.ended == CALLS {
                    let done = self.done.take().expect("not told before");
                    done.send(()).expect("it is waited for");
                }
                self.begin(now, endpoint);
            }
            Fact::Failed { failure, .. } => panic!("a call failed: {failure:?}"),
            _ => {}
        }
    }
}

struct Callee;

impl User for Callee {
    fn on_fact(&mut self, now: Instant, endpoint: &mut Endpoint, fact: Fact) {
        if let Fact::Invited { dialog, .. } = fact {
            let ringing = Message::response(180, "");
            endpoint.answer(now, dialog, &ringing).expect("the call stands");
            let mut answer = Message::response(200, "");
            answer.set_body("application/sdp", SDP);
            endpoint.answer(now, dialog, &answer).expect("the call stands");
        }
    }
}

fn transport_config() -> TransportConfig {
    TransportConfig {
        listeners: vec![Listener {
            protocol: Protocol::Udp,
            bind: "127.0.0.1:0".parse().expect("an address"),
            public: None,
        }],
        admission: Admission::new(AdmissionConfig::default(), AddressList::new(Treatment::Trusted)),
        ..TransportConfig::default()
    }
}

async fn ours() {
    let endpoint = |seed| Endpoint::new(Config::default(), [seed; 32]);
    let (callee, _serving) = transport::start(transport_config(), endpoint(1), Callee)
        .await
        .expect("a socket");
    let (done, ended) = oneshot::channel();
    let caller = Caller {
        flow: None,
        draft: Message::request(Method::Invite, b"sip:callee@127.0.0.1"),
        begun: 0,
        ended: 0,
        done: Some(done),
    };
    let (caller, _serving) = transport::start(transport_config(), endpoint(2), caller)
        .await
        .expect("a socket");
    let flow = caller.flow(Protocol::Udp, callee.locals()[0].1).expect("a way");
    let uri = format!("sip:callee@{}", flow.remote);
    let mut draft = Message::request(Method::Invite, uri.as_bytes());
    draft.push_fmt(Name::FROM, format_args!("<sip:caller@{}>", flow.local));
    draft.push_fmt(Name::TO, format_args!("<{uri}>"));
    draft.set_body("application/sdp", SDP);
    let begun = caller.ask(move |now, endpoint, caller| {
        caller.flow = Some(flow);
        caller.draft = draft;
        for _ in 0..AT_ONCE {
            caller.begin(now, endpoint);
        }
    });
    begun.await.expect("it runs");
    ended.await.expect("the calls end");
}

async fn theirs() {
    let mut callee = Stack::new(Transport::Udp, EndpointOption::default(), None).await;
    let (states, mut changes) = callee.layer.new_dialog_state_channel();
    let (_, nothing) = mpsc::unbounded_channel();
    let incoming = std::mem::replace(&mut callee.incoming, nothing);
    let contact = callee.uri("callee", callee.address);
    tokio::spawn(serve(callee.layer.clone(), incoming, contact, states, false));
    let layer = callee.layer.clone();
    tokio::spawn(async move {
        while let Some(state) = changes.recv().await {
            match state {
                DialogState::Calling(id) => {
                    if let Some(Dialog::Invite(dialog)) = layer.get_dialog(&id) {
                        let sdp = vec![Header::ContentType("application/sdp".into())];
                        dialog.ringing(None, None).expect("the call stands");
                        dialog
                            .accept(Some(sdp), Some(SDP.to_vec()))
                            .expect("the call stands");
                    }
                }
                DialogState::Terminated(id, _) => layer.remove_dialog(&id),
                _ => {}
            }
        }
    });
    let caller = Arc::new(Stack::new(Transport::Udp, EndpointOption::default(), None).await);
    let calls: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (caller, callee) = (caller.clone(), callee.address);
            tokio::spawn(async move {
                for _ in 0..CALLS / AT_ONCE {
                    let (states, _changes) = caller.layer.new_dialog_state_channel();
                    let called = caller.layer.do_invite(caller.invite(callee), states).await;
                    let (dialog, answer) = called.expect("the call is made");
                    assert_eq!(answer.expect("an answer").status_code.code(), 200);
                    dialog.bye().await.expect("BYE is answered");
                    caller.layer.remove_dialog(&dialog.id());
                }
            })
        })
        .collect();
    for call in calls {
        call.await.expect("the calls end");
    }
}
