//! A bare relay to measure: opens calls between loopback addresses, writes the ports file that load generators read, and
//! carries until it is killed.
//!
//!     relay -n CALLS [-o ports.txt] [--base 10000] [--peers 6000] [--share 64] [--threads 1] [--listen]
//!
//! A line of the ports file is one call: `peerA relayA peerB relayB`; packets from peerA to relayA come out at peerB.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use cpd_b2bua::media::{
    ForkId, ListenPlan, MediaCommand, MediaConfig, MediaPool, Network, News, OpenPlan, Purpose, Remote,
    SessionId, Side, Transport,
};
use cpd_detect::{Library, Plans, Profile, SampleRate, Shared};
use cpd_media::latch::Mode;
use cpd_media::sdp::Format;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut calls, mut out, mut base, mut peers) =
        (100_u64, String::from("ports.txt"), 10_000_u16, 6_000_u16);
    let (mut share, mut threads, mut listen) = (64, 1, false);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{argument} wants a value"))
        };
        match argument.as_str() {
            "-n" => calls = value()?.parse()?,
            "-o" => out = value()?,
            "--base" => base = value()?.parse()?,
            "--peers" => peers = value()?.parse()?,
            "--share" => share = value()?.parse()?,
            "--threads" => threads = value()?.parse()?,
            "--listen" => listen = true,
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    let (pool, mut news) = MediaPool::start(MediaConfig {
        networks: vec![Network::at(Ipv4Addr::LOCALHOST.into())],
        ports: base..=u16::try_from(u64::from(base) + 4 * calls)?,
        threads,
        rtp_timeout: Duration::ZERO,
        ..MediaConfig::default()
    })?;
    let shared = Shared::new(
        SampleRate::NARROWBAND,
        Arc::new(Plans::built_in()),
        Arc::new(Library::empty()),
    );
    let plan = listen.then(|| ListenPlan {
        shared,
        profile: Profile::default(),
        purpose: Purpose::Act,
        record: None,
    });
    let mut ports = BufWriter::new(File::create(&out)?);
    for call in 0..calls {
        let session = SessionId(call);
        let opened = pool.open(
            session,
            OpenPlan {
                caller_network: 0,
                callee_network: 0,
                listen: plan.clone(),
            },
        )?;
        // Many calls share a peer's socket, so that the generator has few of them.
        let caller = peers + u16::try_from(call / share * 4)?;
        let fork = ForkId(0);
        for (side, port) in [(Side::Caller, caller), (Side::Callee, caller + 2)] {
            let remote = Remote {
                rtp: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
                rtcp: None,
                rtcp_mux: false,
                believe: Mode::Negotiated,
                formats: vec![Format::pcma()],
                transport: Transport::Rtp,
                secure: None,
            };
            pool.send(session, MediaCommand::Describe { side, fork, remote });
        }
        pool.send(session, MediaCommand::Answered { fork });
        writeln!(
            ports,
            "127.0.0.1:{caller} {} 127.0.0.1:{} {}",
            opened.caller.rtp,
            caller + 2,
            opened.callee.rtp
        )?;
    }
    ports.flush()?;
    println!("ready");
    let mut heard = 0_u64;
    let mut deafened = 0_u64;
    while let Some((_, news)) = news.blocking_recv() {
        match news {
            News::Heard { .. } => heard += 1,
            News::Deafened { .. } => deafened += 1,
            News::Silent { .. } | News::Digit { .. } | News::Closed { .. } => continue,
        }
        if deafened > 0 && deafened.is_power_of_two() {
            println!("{deafened} calls are no longer listened to, after {heard} events");
        }
    }
    Ok(())
}
