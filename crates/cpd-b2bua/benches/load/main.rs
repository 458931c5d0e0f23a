//! What a call and a packet cost: SIPp calls through `examples/bridge`, packets go through `examples/relay`.
//!
//! `make bench-calls` builds both and runs this. Each row is a fresh process; its CPU time is what the kernel counted for
//! it, so that a busy machine moves it less than it moves any clock. SIPp has the other core where there is one.

mod floor;

use std::error::Error;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Calls that wait while memory is measured.
const PARKED: u64 = 2_000;
/// Calls through the relay: 20,000 packets a second both ways.
const RELAYED: usize = 200;
const RELAY_TIME: Duration = Duration::from_secs(4);
/// Above the ports that Linux gives to clients: nobody else's.
const RELAY_PORTS: &str = "61000";
/// Of so many rounds the median is told.
const RELAY_ROUNDS: usize = 3;
/// The core of what is measured.
const CORE: &str = "0";

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, calls, ports] = &arguments[..]
        && mode == "floor"
    {
        return floor::run(calls.parse()?, Path::new(ports));
    }
    // `cargo test --benches` only asks whether it starts.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    println!("signalling with media ports: INVITE, 183, 200 after 100 ms, ACK, BYE after 200 ms");
    println!("                          calls/s   done  failed   sent again   CPU/call  of a core");
    for deaf in [true, false] {
        let name = if deaf {
            "nobody listens"
        } else {
            "each call has a detector"
        };
        for rate in [200, 600, 1_000] {
            let row = calls(rate, 4, deaf)?;
            println!(
                "{name:<25} {rate:>7} {:>6} {:>7} {:>12} {:>7.2} ms {:>8.0} %",
                row.done,
                row.failed,
                row.again,
                row.cpu.as_secs_f64() * 1e3 / row.done.max(1) as f64,
                row.cpu.as_secs_f64() / row.wall.as_secs_f64() * 100.0,
            );
        }
    }
    println!("\nmemory, {PARKED} answered calls that wait");
    for deaf in [true, false] {
        let name = if deaf {
            "nobody listens"
        } else {
            "each call has a detector"
        };
        println!("{name:<25} {:>7.1} kB a call", parked(deaf)?);
    }
    println!(
        "\nrelay, {RELAYED} calls, {} packets a second both ways",
        RELAYED * 100
    );
    let mut rows = [Relay::Floor, Relay::Deaf, Relay::Hears].map(|what| (what, Vec::new()));
    // In turn, so that what else the machine does falls on all of them.
    for _ in 0..RELAY_ROUNDS {
        for (what, costs) in &mut rows {
            costs.push(relay(*what)?);
        }
    }
    let mut floor = None;
    for (what, mut costs) in rows {
        costs.sort_by(f64::total_cmp);
        let cost = costs[costs.len() / 2];
        let floor = *floor.get_or_insert(cost);
        println!(
            "{:<25} {cost:>7.2} µs a packet, {:.2} ×",
            what.words(),
            cost / floor
        );
    }
    Ok(())
}

/// A child that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended is not killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// CPU time so far, in the kernel's steps of 10 ms.
    fn cpu(&self) -> Outcome<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .map_or("", |(_, rest)| rest)
            .split_whitespace()
            .collect();
        let ticks = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        Ok(Duration::from_millis(ticks * 10))
    }

    fn resident_kb(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        Ok(line
            .and_then(|line| line.split_whitespace().nth(1))
            .ok_or("no VmRSS")?
            .parse()?)
    }
}

/// A program beside this one in cargo's folder.
fn example(name: &str) -> Outcome<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.ancestors().nth(2).ok_or("no target folder")?;
    let path = folder.join("examples").join(name);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("failed to find {}: make bench-calls builds it", path.display()).into())
    }
}

fn free_port() -> Outcome<u16> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// On a core of its own, where the machine has two.
fn pinned(program: &Path, core: &str) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores < 2 {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

/// A bridge to a carrier, and both of their ports.
struct Bench {
    bridge: Running,
    carrier: Running,
    target: String,
}

fn bench(deaf: bool) -> Outcome<Bench> {
    let (port, carrier_port) = (free_port()?, free_port()?);
    let target = format!("127.0.0.1:{port}");
    let mut bridge = pinned(&example("bridge")?, CORE);
    bridge.arg(&target).arg(format!("127.0.0.1:{carrier_port}"));
    if deaf {
        bridge.arg("--deaf");
    }
    let bridge = bridge.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let carrier = sipp("carrier", carrier_port)?.spawn()?;
    let bench = Bench {
        bridge: Running(bridge),
        carrier: Running(carrier),
        target,
    };
    for port in [port, carrier_port] {
        wait_bound(port)?;
    }
    Ok(bench)
}

/// Waits until a socket is there, by the kernel's table.
fn wait_bound(port: u16) -> Outcome<()> {
    let address = format!("0100007F:{port:04X} 00000000:0000");
    for _ in 0..1_000 {
        if std::fs::read_to_string("/proc/net/udp")?.contains(&address) {
            return Ok(());
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    Err(format!("failed to start on port {port}").into())
}

fn sipp(scenario: &str, port: u16) -> Outcome<Command> {
    let file = format!("{}/benches/load/{scenario}.xml", env!("CARGO_MANIFEST_DIR"));
    let scratch = scratch()?;
    let mut command = pinned(Path::new("sipp"), "1");
    command
        .args([
            "-sf",
            &file,
            "-i",
            "127.0.0.1",
            "-p",
            &port.to_string(),
            "-nostdin",
        ])
        .args(["-buff_size", "4000000", "-trace_stat", "-fd", "1", "-stf"])
        .arg(scratch.join(format!("{scenario}-{port}.csv")))
        .current_dir(scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Ok(command)
}

fn scratch() -> Outcome<PathBuf> {
    let scratch = std::env::temp_dir().join(format!("smartcpd-load-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)?;
    Ok(scratch)
}

#[derive(Default)]
struct Calls {
    done: u64,
    failed: u64,
    again: u64,
    cpu: Duration,
    wall: Duration,
}

fn calls(rate: u64, seconds: u64, deaf: bool) -> Outcome<Calls> {
    let bench = bench(deaf)?;
    let port = free_port()?;
    // The first calls open ports and warm the caches: they are not counted.
    let mut warm = sipp("dialer", free_port()?)?;
    warm.args(["-r", "100", "-m", "200", "-d", "200", &bench.target])
        .status()?;
    let before = bench.bridge.cpu()?;
    let began = Instant::now();
    let total = (rate * seconds).to_string();
    let mut dialer = sipp("dialer", port)?;
    dialer
        .args([
            "-r",
            &rate.to_string(),
            "-m",
            &total,
            "-l",
            "20000",
            "-d",
            "200",
            "-timeout",
            "30",
            &bench.target,
        ])
        .status()?;
    let wall = began.elapsed();
    let cpu = bench.bridge.cpu()? - before;
    let last = statistics(&format!("dialer-{port}.csv"))?;
    let number = |name: &str| last(name).and_then(|value| value.parse().ok()).unwrap_or(0);
    drop(bench.carrier);
    Ok(Calls {
        done: number("SuccessfulCall(C)"),
        failed: number("FailedCall(C)"),
        again: number("Retransmissions(C)"),
        cpu,
        wall,
    })
}

/// SIPp's last line of figures, by name.
fn statistics(file: &str) -> Outcome<impl Fn(&str) -> Option<String> + use<>> {
    let text = std::fs::read_to_string(scratch()?.join(file))?;
    let mut lines = text.lines();
    let names: Vec<String> = lines
        .next()
        .unwrap_or_default()
        .split(';')
        .map(String::from)
        .collect();
    let values: Vec<String> = lines
        .last()
        .unwrap_or_default()
        .split(';')
        .map(String::from)
        .collect();
    Ok(move |name: &str| values.get(names.iter().position(|own| own == name)?).cloned())
}

/// Resident memory that an answered call adds, kB.
fn parked(deaf: bool) -> Outcome<f64> {
    let bench = bench(deaf)?;
    // What the first call makes is not a call's own.
    let mut warm = sipp("dialer", free_port()?)?;
    warm.args(["-r", "10", "-m", "10", "-d", "100", &bench.target])
        .status()?;
    let before = bench.bridge.resident_kb()?;
    let port = free_port()?;
    let count = PARKED.to_string();
    let mut dialer = sipp("dialer", port)?;
    dialer.args([
        "-r",
        "250",
        "-m",
        &count,
        "-l",
        &count,
        "-d",
        "3600000",
        &bench.target,
    ]);
    let _dialer = Running(dialer.spawn()?);
    let mut standing = 0;
    for _ in 0..150 {
        std::thread::park_timeout(Duration::from_millis(100));
        let file = format!("dialer-{port}.csv");
        let current = statistics(&file)
            .ok()
            .and_then(|last| last("CurrentCall")?.parse::<u64>().ok());
        standing = current.unwrap_or(0);
        if standing == PARKED {
            break;
        }
    }
    // The last ones are answered 100 ms after they began; transactions that linger are a call's, too.
    std::thread::park_timeout(Duration::from_secs(1));
    let after = bench.bridge.resident_kb()?;
    if standing < PARKED {
        return Err(format!("failed to park {PARKED} calls: {standing} stand").into());
    }
    Ok(after.saturating_sub(before) as f64 / PARKED as f64)
}

/// What carries packets.
#[derive(Clone, Copy)]
enum Relay {
    /// Two sockets a call and nothing else.
    Floor,
    Deaf,
    Hears,
}

impl Relay {
    fn words(self) -> &'static str {
        match self {
            Relay::Floor => "the least a relay can do",
            Relay::Deaf => "relayed alone",
            Relay::Hears => "relayed and heard",
        }
    }
}

/// Paced G.711 both ways through a bare relay: its CPU time, µs a packet.
fn relay(what: Relay) -> Outcome<f64> {
    let ports = scratch()?.join("ports.txt");
    let calls = RELAYED.to_string();
    let mut relay = match what {
        Relay::Floor => pinned(&std::env::current_exe()?, CORE),
        Relay::Deaf | Relay::Hears => pinned(&example("relay")?, CORE),
    };
    match what {
        Relay::Floor => relay.args(["floor", &calls]).arg(&ports),
        Relay::Deaf | Relay::Hears => {
            let peers = floor::PEERS.to_string();
            relay
                .args(["-n", &calls, "--base", RELAY_PORTS, "--peers", &peers, "-o"])
                .arg(&ports)
        }
    };
    if matches!(what, Relay::Hears) {
        relay.arg("--listen");
    }
    let _ = std::fs::remove_file(&ports);
    let relay = Running(relay.stdout(Stdio::null()).spawn()?);
    let mut text = String::new();
    for _ in 0..200 {
        std::thread::park_timeout(Duration::from_millis(50));
        text = std::fs::read_to_string(&ports).unwrap_or_default();
        if text.lines().count() == RELAYED {
            break;
        }
    }
    let mut sockets: Vec<UdpSocket> = Vec::new();
    let mut ways = Vec::new();
    for line in text.lines() {
        let places: Vec<SocketAddr> = line
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        for (own, relay) in [(places[0], places[1]), (places[2], places[3])] {
            let bound = |socket: &UdpSocket| socket.local_addr().is_ok_and(|local| local == own);
            let socket = match sockets.iter().position(bound) {
                Some(socket) => socket,
                None => {
                    let socket = UdpSocket::bind(own)?;
                    socket.set_nonblocking(true)?;
                    sockets.push(socket);
                    sockets.len() - 1
                }
            };
            ways.push((socket, relay));
        }
    }
    let before = relay.cpu()?;
    let began = Instant::now();
    let (mut sent, mut came) = (0, 0);
    let mut packet = [0x55; 172];
    packet[..2].copy_from_slice(&[0x80, 8]);
    let mut buffer = [0; 2_000];
    for number in 0_u16.. {
        if began.elapsed() > RELAY_TIME {
            break;
        }
        packet[2..4].copy_from_slice(&number.to_be_bytes());
        packet[4..8].copy_from_slice(&(u32::from(number) * 160).to_be_bytes());
        for (at, (socket, place)) in ways.iter().enumerate() {
            packet[8..12].copy_from_slice(&(at as u32).to_be_bytes());
            // Not quiet: a detector that has nothing to hear does less.
            for (byte, place) in packet[12..].iter_mut().zip(0_u8..) {
                *byte = place.wrapping_mul(number as u8 | 1) ^ 0x55;
            }
            sent += u64::from(sockets[*socket].send_to(&packet, place).is_ok());
            // Spread over the 20 ms, as calls are.
            if at % 16 == 15 {
                for socket in &sockets {
                    while socket.recv_from(&mut buffer).is_ok() {
                        came += 1;
                    }
                }
                let due = began
                    + Duration::from_millis(20) * u32::from(number)
                    + Duration::from_millis(20) * at as u32 / ways.len() as u32;
                std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
            }
        }
    }
    std::thread::park_timeout(Duration::from_millis(100));
    for socket in &sockets {
        while socket.recv_from(&mut buffer).is_ok() {
            came += 1;
        }
    }
    if came < sent - sent / 1_000 {
        return Err(format!("failed to relay {sent} packets: {came} came through").into());
    }
    let cpu = relay.cpu()? - before;
    Ok(cpu.as_secs_f64() * 1e6 / sent as f64)
}
