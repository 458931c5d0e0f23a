//! Many calls leave nothing behind: no files, no ports, no sessions. Alone in its program, for it counts the files of it.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use cpd_b2bua::media::{
    Close, ForkId, MediaCommand, MediaConfig, MediaPool, Network, News, OpenPlan, Remote, SessionId, Side,
};
use cpd_media::latch::Mode;

const BOUND: Duration = Duration::from_secs(20);
const CALLS: u64 = 200;

fn files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn many_calls_leave_no_files_ports_or_sessions() {
    let before = files();
    let (pool, mut news) = MediaPool::start(MediaConfig {
        networks: vec![Network::at(Ipv4Addr::LOCALHOST.into())],
        ports: 28_000..=30_999,
        threads: 2,
        ..MediaConfig::default()
    })
    .unwrap();
    let mut after_round = Vec::new();
    for round in 0..3 {
        for call in 0..CALLS {
            let session = SessionId(round * CALLS + call);
            let plan = OpenPlan {
                caller_network: 0,
                callee_network: 0,
                listen: None,
            };
            pool.open(session, plan).unwrap();
            let (side, fork) = (Side::Caller, ForkId(0));
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
            let remote = Remote::fax(Some(address), Mode::Negotiated);
            pool.send(session, MediaCommand::Describe { side, fork, remote });
            pool.send(session, MediaCommand::Close(Close::default()));
        }
        for _ in 0..CALLS {
            assert!(matches!(news.blocking_recv(), Some((_, News::Closed { .. }))));
        }
        // The ports rest for a second, and then they are free again.
        let closed = Instant::now();
        while pool.stats().idle < 2 * CALLS {
            assert!(closed.elapsed() < BOUND, "{:?}", pool.stats());
            std::thread::yield_now();
        }
        after_round.push(files());
        assert_eq!(pool.stats().idle, 2 * CALLS);
    }
    assert_eq!(after_round[0], after_round[2]);
    let stats = pool.stats();
    assert_eq!((stats.sessions, stats.listening), (0, 0));
    drop(pool);
    assert_eq!(files(), before);
}
