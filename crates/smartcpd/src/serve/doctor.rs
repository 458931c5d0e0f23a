//! `smartcpd doctor`: looks at everything that `serve` will need, and says what mends it.

use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cpd_sip::locate::Target;
use cpd_sip::transport::Protocol;
use cpd_store::Store;
use cpd_store::secrets::{KEY_BYTES, Sealer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

use super::config::{self, Config, Homer};
use super::hep::{self, Captured};
use super::locate::Locator;
use super::service::{means, word};
use super::{admin, hearing, tls};
use crate::cli::Doctor;
use crate::fault::{Fault, FaultClass, Faults, system_words};

/// How a thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    grade: Grade,
    what: String,
}

impl Finding {
    fn ok(what: impl Into<String>) -> Finding {
        Finding {
            grade: Grade::Ok,
            what: what.into(),
        }
    }

    fn warn(what: impl Into<String>) -> Finding {
        Finding {
            grade: Grade::Warn,
            what: what.into(),
        }
    }

    fn fail(what: impl Into<String>) -> Finding {
        Finding {
            grade: Grade::Fail,
            what: what.into(),
        }
    }

    /// A fault's words.
    fn fault(fault: &Fault) -> Finding {
        Finding::fail(fault.to_string())
    }
}

/// Files beside those of calls: libraries, logs, listeners, DNS.
const FILES_BESIDE: u64 = 256;

/// Files of a call: two sides with RTP and RTCP each.
const FILES_PER_CALL: u64 = 4;

/// A certificate that ends earlier is worth a warning.
const EXPIRY_WARNING_S: u64 = 14 * 86_400;

/// 2025-01-01: no clock that is right shows an earlier time.
const CLOCK_LEAST_S: u64 = 1_735_689_600;

/// How long a gateway has for its answer to OPTIONS; over UDP it is asked three times meanwhile.
const GATEWAY_PATIENCE: Duration = Duration::from_secs(3);

/// Looks, and prints what was found.
pub(crate) fn run(command: &Doctor, faults: &mut Faults) {
    let file = config::find(command.config.as_deref());
    let config = match config::load(file.as_deref()) {
        Ok(config) => config,
        Err(list) => {
            list.iter().for_each(|fault| print(&Finding::fault(fault)));
            return list.iter().for_each(|fault| faults.count(fault.class));
        }
    };
    let name = file
        .as_deref()
        .map_or(config::TEMPLATE_NAME.into(), Path::to_string_lossy);
    let mut findings = vec![Finding::ok(format!("configuration: {name} is valid"))];
    findings.extend(heard(&config));
    findings.extend(sockets(&config));
    findings.push(ports(&config));
    findings.push(file_limit(&config, &read("/proc/self/limits")));
    findings.push(clock(SystemTime::now()));
    findings.push(receive_buffer(&config, &read("/proc/sys/net/core/rmem_max")));
    findings.extend(certificates(&config));
    findings.extend(folders(&config));
    findings.iter().for_each(print);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let gateways = match runtime {
        Ok(runtime) => runtime.block_on(async {
            let mut found = kept(&config).await;
            found.extend(gateways(&config).await);
            found
        }),
        Err(why) => vec![Finding::fail(format!("runtime: {why}"))],
    };
    gateways.iter().for_each(print);
    if findings
        .iter()
        .chain(&gateways)
        .any(|finding| finding.grade == Grade::Fail)
    {
        faults.count(FaultClass::Unfit);
    }
}

fn print(finding: &Finding) {
    let grade = match finding.grade {
        Grade::Ok => "ok  ",
        Grade::Warn => "warn",
        Grade::Fail => "fail",
    };
    println!("{grade} {}", finding.what);
}

/// The folder, the key, the database, the console's socket.
async fn kept(config: &Config) -> Vec<Finding> {
    let Some(plan) = &config.store else {
        return vec![Finding::warn(
            "store: off: no console, no API, no record of calls in a database",
        )];
    };
    let mut findings = Vec::new();
    let open = config
        .console
        .filter(|at| !at.ip().is_loopback() && !config.https);
    if let Some(at) = open {
        findings.push(Finding::warn(format!(
                "console {at}: passwords cross the network in clear: put a proxy with HTTPS in front and set console.https"
            )));
    }
    let folder = &plan.folder;
    if !folder.exists() {
        let database = if plan.url.is_some() {
            "the schema"
        } else {
            "SQLite's file"
        };
        findings.push(Finding::ok(format!(
            "store: {} and {database} are made at the first start",
            folder.display()
        )));
        if plan.url.is_none() {
            return findings;
        }
    }
    let key_file = plan.key_file.clone().unwrap_or_else(|| folder.join("secret.key"));
    let sealer = match admin::read_key(&key_file) {
        Ok(key) => Sealer::new(&key),
        Err(_) if plan.key_file.is_none() && !key_file.exists() => Sealer::new(&[0; KEY_BYTES]),
        Err(fault) => {
            findings.push(Finding::fault(&fault));
            return findings;
        }
    };
    let url = match &plan.url {
        Some(url) => url.clone(),
        None => format!("sqlite:{}", folder.join("smartcpd.db").display()),
    };
    findings.push(match database(&url, sealer).await {
        Ok(finding) => finding,
        Err(why) => Finding::fail(format!("store: {why}: correct store.url, or start the database")),
    });
    findings
}

async fn database(url: &str, sealer: Sealer) -> Result<Finding, cpd_store::Error> {
    let store = Store::open(url, sealer).await?;
    let kind = if store.is_postgres() {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    let pending = match store.pending().await? {
        0 => "its schema is up to date".to_owned(),
        steps => format!("its schema takes {steps} steps at the next start"),
    };
    Ok(match store.is_walled().await? {
        true => Finding::ok(format!("store: {kind} answers, {pending}")),
        false => Finding::warn(
            "store: the role is a superuser or bypasses row-level security, the second wall between customers: log in as one that does not",
        ),
    })
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn heard(config: &Config) -> Vec<Finding> {
    let loaded = match hearing::load(&config.hearing) {
        Ok(loaded) => loaded,
        Err(fault) => return vec![Finding::fault(&fault)],
    };
    let mut findings: Vec<_> = loaded
        .faults
        .iter()
        .map(|fault| Finding::warn(fault.to_string()))
        .collect();
    findings.push(match (&loaded.base.file, &config.hearing.prompts) {
        (None, _) => {
            Finding::fail("announcements: calls would pass unheard; correct hearing.prompts, or leave it out")
        }
        (Some(_), None) => {
            Finding::warn("announcements: hearing.prompts names no library, so they are not told apart")
        }
        (Some(_), Some(_)) => Finding::ok(format!("announcements: {} are known", loaded.prompts)),
    });
    findings
}

fn sockets(config: &Config) -> Vec<Finding> {
    let mut wanted: Vec<_> = config
        .sip
        .listeners
        .iter()
        .map(|listener| ("sip", word(listener.protocol), listener.bind))
        .collect();
    wanted.extend(config.http.map(|at| ("http", "tcp", at)));
    let console = config.console.filter(|_| config.store.is_some());
    wanted.extend(console.map(|at| ("console", "tcp", at)));
    wanted.extend(config.doors.audiosocket.map(|at| ("audiosocket", "tcp", at)));
    wanted
        .into_iter()
        .map(|(name, protocol, at)| {
            let bound = match protocol {
                "udp" => UdpSocket::bind(at).map(drop),
                _ => TcpListener::bind(at).map(drop),
            };
            match bound {
                Ok(()) => Finding::ok(format!("{name} socket {protocol}:{at} is free")),
                Err(why) => Finding::fail(format!("{name} socket {protocol}:{at}: {}", mend_bind(&why, at))),
            }
        })
        .collect()
}

fn mend_bind(why: &std::io::Error, at: SocketAddr) -> String {
    use std::io::ErrorKind;
    let words = system_words(why);
    match why.kind() {
        ErrorKind::AddrInUse => {
            format!(
                "{words}; `ss -lnp 'sport = :{}'` shows who has it; stop that, or choose another port",
                at.port()
            )
        }
        ErrorKind::AddrNotAvailable => {
            format!(
                "{words}; this machine has no {}; `ip address` shows which it has",
                at.ip()
            )
        }
        ErrorKind::PermissionDenied => {
            format!(
                "{words}; choose a port above 1023, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit"
            )
        }
        _ => words,
    }
}

/// Media ports that nobody holds, in the network that has the fewest.
fn ports(config: &Config) -> Finding {
    let range = &config.media.ports;
    let (first, last) = (range.start() + range.start() % 2, *range.end());
    let free = |address: IpAddr| {
        let pairs = (first..last).step_by(2);
        let free = pairs.clone().filter(|port| {
            let bind = |port| UdpSocket::bind((address, port)).is_ok();
            bind(*port) && bind(port + 1)
        });
        (free.count(), pairs.count())
    };
    let worst = config
        .media
        .networks
        .iter()
        .map(|network| (free(network.bind), network.bind))
        .min();
    let Some(((free, all), address)) = worst else {
        return Finding::fail("media ports: media.networks names no address; write [\"10.0.0.5\"]");
    };
    let found = format!("media ports {first}-{last} at {address}: {free} of {all} pairs are free");
    // A call takes two pairs; where both sides use one network, both of it.
    let needed = config.limits.calls_max * 2;
    if free == 0 {
        Finding::fail(format!(
            "{found}; is the address one of this machine? `ip address` shows them"
        ))
    } else if free < needed {
        Finding::warn(format!(
            "{found}, {} calls take {needed}; widen media.ports or lower limits.calls_max to {}",
            config.limits.calls_max,
            free / 2
        ))
    } else {
        Finding::ok(found)
    }
}

fn file_limit(config: &Config, limits: &str) -> Finding {
    let needed =
        config.limits.calls_max as u64 * FILES_PER_CALL + config.sip.connections_max as u64 + FILES_BESIDE;
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().nth(3));
    match soft.map(|soft| (soft, soft.parse::<u64>())) {
        Some(("unlimited", _)) => Finding::ok("open files: unlimited"),
        Some((_, Ok(soft))) if soft >= needed => {
            Finding::ok(format!("open files: {soft} are allowed, {needed} are enough"))
        }
        Some((_, Ok(soft))) => Finding::fail(format!(
            "open files: {soft} are allowed, {} calls take up to {needed}; LimitNOFILE={needed} in the unit, `ulimit -n \
             {needed}` in a shell, or lower limits.calls_max",
            config.limits.calls_max
        )),
        _ => Finding::warn("open files: /proc/self/limits does not tell the limit"),
    }
}

fn clock(now: SystemTime) -> Finding {
    let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let shown = super::log::time(now);
    if seconds < CLOCK_LEAST_S {
        return Finding::fail(format!(
            "clock: it shows {shown}; certificates and records need the right time: `timedatectl set-ntp true`"
        ));
    }
    Finding::ok(format!("clock: it shows {shown}"))
}

fn receive_buffer(config: &Config, rmem_max: &str) -> Finding {
    let wanted = config.media.receive_buffer;
    match rmem_max.trim().parse::<usize>() {
        Ok(most) if most >= wanted => Finding::ok(format!("kernel buffers: net.core.rmem_max is {most}")),
        Ok(most) => Finding::warn(format!(
            "kernel buffers: net.core.rmem_max is {most}, media.receive_buffer wants {wanted}; `sysctl -w \
             net.core.rmem_max={wanted}`, and in /etc/sysctl.d for good"
        )),
        Err(_) => Finding::warn("kernel buffers: /proc/sys/net/core/rmem_max cannot be read"),
    }
}

fn certificates(config: &Config) -> Vec<Finding> {
    let Some(files) = &config.sip.tls else {
        return Vec::new();
    };
    if let Err(fault) = tls::load(files) {
        return vec![Finding::fault(&fault)];
    }
    let own = tls::certificates(&files.certificate).ok();
    let expires = own.and_then(|chain| tls::expires_s(chain.first()?));
    let path = files.certificate.display();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    vec![match expires {
        None => Finding::warn(format!("certificate {path}: its end cannot be read")),
        Some(end) => {
            let shown = super::log::time(UNIX_EPOCH + Duration::from_secs(end));
            match end.checked_sub(now) {
                None => Finding::fail(format!("certificate {path} ended at {shown}; renew it")),
                Some(left) if left < EXPIRY_WARNING_S => Finding::warn(format!(
                    "certificate {path} ends at {shown}, in {} days; renew it",
                    left / 86_400
                )),
                Some(_) => Finding::ok(format!("certificate {path} fits its key and holds until {shown}")),
            }
        }
    }]
}

fn folders(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(folder) = &config.media.recordings {
        let probe = folder.join(format!(".doctor-{}", std::process::id()));
        findings.push(match std::fs::write(&probe, b"") {
            Ok(()) => {
                // Only ours, and empty.
                let _ = std::fs::remove_file(&probe);
                Finding::ok(format!("recordings: {} can be written to", folder.display()))
            }
            Err(why) => Finding::fail(format!(
                "recordings: {}: {}; make the folder, owned by the user of the service",
                folder.display(),
                system_words(&why)
            )),
        });
    }
    if let Some(file) = config
        .records
        .file
        .as_ref()
        .filter(|file| *file != Path::new("-"))
    {
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        findings.push(match folder.is_dir() {
            true => Finding::ok(format!("records: {} has its folder", file.display())),
            false => Finding::fail(format!(
                "records: the folder {} is missing; make it",
                folder.display()
            )),
        });
    }
    findings
}

async fn gateways(config: &Config) -> Vec<Finding> {
    let locator = Locator::new(means(config), &config.sip.dns, u64::from(std::process::id()));
    let locator = match locator {
        Ok(locator) => std::sync::Arc::new(locator),
        Err(why) => return vec![Finding::fail(why)],
    };
    let mut asked = JoinSet::new();
    for carrier in &config.carriers {
        for gateway in &carrier.gateways {
            let (locator, uri, carrier) = (locator.clone(), gateway.uri.clone(), carrier.id.clone());
            let (homer, own) = (config.homer.clone(), source(config));
            asked.spawn(async move {
                let name = format!("gateway {uri} of {carrier}");
                match tokio::time::timeout(GATEWAY_PATIENCE, locator.locate(&uri)).await {
                    Err(_) => Finding::fail(format!(
                        "{name}: the DNS does not answer; see sip.dns or /etc/resolv.conf"
                    )),
                    Ok(Err(why)) => Finding::fail(format!("{name}: {why}; correct its uri, or the DNS")),
                    // The first is where calls go first.
                    Ok(Ok(targets)) => ask(&name, &uri, &targets[0], own, homer.as_ref()).await,
                }
            });
        }
    }
    let mut findings = asked.join_all().await;
    findings.sort_by(|a, b| a.what.cmp(&b.what));
    findings
}

/// The addresses that questions go out from: those of the SIP sockets.
fn source(config: &Config) -> Vec<IpAddr> {
    config
        .sip
        .listeners
        .iter()
        .map(|listener| listener.bind.ip())
        .collect()
}

/// Asks a gateway by OPTIONS. Any answer is one: it lives.
async fn ask(name: &str, uri: &str, target: &Target, own: Vec<IpAddr>, homer: Option<&Homer>) -> Finding {
    let at = target.address;
    let from = own.into_iter().find(|own| own.is_ipv4() == at.is_ipv4());
    let Some(from) = from else {
        return Finding::fail(format!(
            "{name}: no sip socket has the IP version of {at}; add one to sip.listen"
        ));
    };
    let answered = tokio::time::timeout(GATEWAY_PATIENCE, async {
        match target.protocol {
            Protocol::Udp => options_by_udp(uri, from, at, homer).await,
            Protocol::Tcp => options_by_tcp(uri, at).await,
            // A handshake would want the same trouble as a call; that the port is open is something.
            Protocol::Tls | Protocol::Ws | Protocol::Wss => tokio::net::TcpStream::connect(at)
                .await
                .map(|_| "its port is open".to_owned()),
        }
    });
    let what = format!("{name} at {}:{at}", word(target.protocol));
    match answered.await {
        Ok(Ok(answer)) => Finding::ok(format!("{what}: {answer}")),
        Ok(Err(why)) => Finding::fail(format!(
            "{what}: {}; is it up, and does a firewall let us out from {from}?",
            system_words(&why)
        )),
        Err(_) => Finding::fail(format!(
            "{what}: no answer to OPTIONS within {} s; is it up, does it know {from}, does a firewall let us out?",
            GATEWAY_PATIENCE.as_secs()
        )),
    }
}

async fn options_by_udp(
    uri: &str,
    from: IpAddr,
    to: SocketAddr,
    homer: Option<&Homer>,
) -> std::io::Result<String> {
    let socket = tokio::net::UdpSocket::bind((from, 0)).await?;
    socket.connect(to).await?;
    let own = socket.local_addr()?;
    let message = options(uri, "UDP", own);
    let mut buffer = vec![0; 65_536];
    // Timer E of RFC 3261: again after 0.5 s, then after another second.
    for wait_ms in [500, 1_000, 10_000] {
        socket.send(message.as_bytes()).await?;
        copy(homer, own, to, message.as_bytes()).await;
        let answer = tokio::time::timeout(Duration::from_millis(wait_ms), socket.recv(&mut buffer)).await;
        if let Ok(length) = answer {
            let answer = &buffer[..length?];
            copy(homer, to, own, answer).await;
            return Ok(first_line(answer));
        }
    }
    Err(std::io::ErrorKind::TimedOut.into())
}

async fn options_by_tcp(uri: &str, to: SocketAddr) -> std::io::Result<String> {
    let mut stream = tokio::net::TcpStream::connect(to).await?;
    let message = options(uri, "TCP", stream.local_addr()?);
    stream.write_all(message.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.windows(2).any(|end| end == b"\r\n") && answer.len() < 65_536 {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(first_line(&answer))
}

/// Copies to Homer what passes; that it gets there cannot be known.
async fn copy(homer: Option<&Homer>, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
    let Some(homer) = homer else {
        return;
    };
    let captured = Captured {
        at: SystemTime::now(),
        protocol: Protocol::Udp,
        from,
        to,
        bytes,
    };
    let packet = hep::packet(&captured, homer.capture_id, homer.password.as_deref());
    let any: SocketAddr = if homer.address.is_ipv4() {
        ([0; 4], 0).into()
    } else {
        ([0_u16; 8], 0).into()
    };
    if let Ok(socket) = tokio::net::UdpSocket::bind(any).await {
        let _ = socket.send_to(&packet, homer.address).await;
    }
}

fn options(uri: &str, protocol: &str, own: SocketAddr) -> String {
    let unique = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    format!(
        "OPTIONS {uri} SIP/2.0\r\nVia: SIP/2.0/{protocol} {own};branch=z9hG4bK-doctor-{unique};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:smartcpd@{own}>;tag=doctor{unique}\r\nTo: <{uri}>\r\n\
         Call-ID: doctor-{unique}@{own}\r\nCSeq: 1 OPTIONS\r\nContact: <sip:smartcpd@{own}>\r\n\
         User-Agent: SmartCPD/{} doctor\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n",
        env!("CARGO_PKG_VERSION")
    )
}

fn first_line(answer: &[u8]) -> String {
    let line = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
    String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        config::parse(Path::new("x.toml"), text, None).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    #[test]
    fn too_few_files_are_told_with_the_number_that_is_wanted() {
        let config = config("[limits]\ncalls_max = 1000\n[sip]\nconnections_max = 100\n");
        let line = |soft: &str| {
            format!("Limit  Soft Limit  Hard Limit  Units\nMax open files   {soft}   1048576   files\n")
        };
        assert_eq!(file_limit(&config, &line("4356")).grade, Grade::Ok);
        let finding = file_limit(&config, &line("1024"));
        assert_eq!(finding.grade, Grade::Fail);
        assert!(finding.what.contains("LimitNOFILE=4356"), "{}", finding.what);
        assert_eq!(file_limit(&config, &line("unlimited")).grade, Grade::Ok);
        assert_eq!(file_limit(&config, "").grade, Grade::Warn);
    }

    #[test]
    fn a_clock_of_the_last_century_and_small_buffers_are_found() {
        assert_eq!(clock(UNIX_EPOCH).grade, Grade::Fail);
        assert_eq!(
            clock(UNIX_EPOCH + Duration::from_secs(1_766_000_000)).grade,
            Grade::Ok
        );
        let config = config("[media]\nreceive_buffer = 300000\n");
        assert!(
            receive_buffer(&config, "212992\n")
                .what
                .contains("net.core.rmem_max=300000")
        );
        assert_eq!(receive_buffer(&config, "425984\n").grade, Grade::Ok);
    }

    #[test]
    fn a_socket_that_is_taken_is_told_with_who_has_it() {
        let taken = UdpSocket::bind("127.0.0.1:0").expect("bound");
        let at = taken.local_addr().expect("address");
        let config = config(&format!(
            "[sip]\nlisten = [\"udp:{at}\"]\n[http]\nlisten = \"off\"\n[store]\nurl = \"off\"\n"
        ));
        let findings = sockets(&config);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].grade, Grade::Fail);
        assert!(
            findings[0].what.contains(&format!("sport = :{}", at.port())),
            "{}",
            findings[0].what
        );
    }

    #[test]
    fn a_gateway_that_answers_lives_and_homer_sees_both_messages() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("runtime");
        runtime.block_on(async {
            let gateway = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("bound");
            let homer = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("bound");
            let (at, copies) = (
                gateway.local_addr().expect("address"),
                homer.local_addr().expect("address"),
            );
            tokio::spawn(async move {
                let mut buffer = [0; 4_096];
                let (_, from) = gateway.recv_from(&mut buffer).await.expect("OPTIONS");
                gateway
                    .send_to(b"SIP/2.0 404 Not Found\r\n\r\n", from)
                    .await
                    .expect("sent");
            });
            let config = config(&format!(
                "[[carrier]]\nid = \"a\"\ngateways = [\"sip:{at}\"]\n[homer]\naddress = \"{copies}\"\n"
            ));
            let findings = gateways(&config).await;
            let expected = format!("gateway sip:{at} of a at udp:{at}: SIP/2.0 404 Not Found");
            assert_eq!(findings, [Finding::ok(expected)]);
            let mut copy = [0; 4_096];
            for word in [&b"OPTIONS"[..], b"SIP/2.0 404"] {
                let length = homer.recv(&mut copy).await.expect("a copy");
                assert!(copy[..4] == *b"HEP3" && copy[..length].windows(word.len()).any(|own| own == word));
            }
        });
    }
}
