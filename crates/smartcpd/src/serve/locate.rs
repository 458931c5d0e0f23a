//! Looks gateways up in the DNS: NAPTR, SRV, A and AAAA, as RFC 3263 has it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cpd_sip::Uri;
use cpd_sip::locate::{Answer, Means, Naptr, Query, Search, Srv, Target};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::proto::rr::{RData, RecordType};

/// A resolver of this machine's configuration, or of name servers of its own.
pub(crate) struct Locator {
    resolver: Arc<TokioResolver>,
    means: Means,
    drawn: AtomicU64,
}

/// Asked over UDP, and over TCP where an answer is too long for a datagram.
fn name_server(at: SocketAddr) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(at.ip());
    for connection in &mut server.connections {
        connection.port = at.port();
    }
    server
}

/// Rounds of questions of one search: NAPTR, SRV, addresses.
const ROUNDS_MAX: usize = 4;

impl Locator {
    /// Asks these servers, or, if there are none, those of `/etc/resolv.conf`; the error says why that is not possible.
    pub(crate) fn new(means: Means, servers: &[SocketAddr], seed: u64) -> Result<Locator, String> {
        let builder = match servers {
            [] => TokioResolver::builder_tokio(),
            servers => {
                let servers = servers.iter().copied().map(name_server).collect();
                let config = ResolverConfig::from_name_servers(servers);
                Ok(TokioResolver::builder_with_config(config, Default::default()))
            }
        };
        let built = builder.and_then(|builder| builder.build());
        let resolver = built.map_err(|why| format!("failed to read the DNS configuration: {why}"))?;
        Ok(Locator {
            resolver: Arc::new(resolver),
            means,
            drawn: AtomicU64::new(seed),
        })
    }

    /// The places that a URI leads to, in the order to try them; the error says why there are none.
    pub(crate) async fn locate(&self, uri: &str) -> Result<Vec<Target>, String> {
        let parsed =
            Uri::parse(uri.as_bytes()).map_err(|_| format!("failed to locate {uri}: it is no SIP URI"))?;
        let mut search =
            Search::new(&parsed, self.means.clone()).map_err(|why| format!("failed to {why}"))?;
        for _ in 0..ROUNDS_MAX {
            let queries = search.queries().to_vec();
            for (place, query) in queries.iter().enumerate() {
                let answer = self.ask(query).await;
                search.answer(place, answer, &mut |bound| self.draw(bound));
            }
        }
        match search.finish() {
            targets if targets.is_empty() => {
                Err(format!("failed to locate {uri}: the DNS has no address for it"))
            }
            targets => Ok(targets),
        }
    }

    /// What was found; a look-up that failed has found nothing, and the next one is in a minute.
    async fn ask(&self, query: &Query) -> Answer {
        match query {
            Query::Naptr(name) => Answer::Naptr(
                self.records(name, RecordType::NAPTR, |data| match data {
                    RData::NAPTR(found) => Some(Naptr {
                        order: found.order,
                        preference: found.preference,
                        flags: String::from_utf8_lossy(&found.flags).into_owned(),
                        service: String::from_utf8_lossy(&found.services).into_owned(),
                        replacement: found.replacement.to_utf8(),
                    }),
                    _ => None,
                })
                .await,
            ),
            Query::Srv(name) => Answer::Srv(
                self.records(name, RecordType::SRV, |data| match data {
                    RData::SRV(found) => Some(Srv {
                        priority: found.priority,
                        weight: found.weight,
                        port: found.port,
                        target: found.target.to_utf8(),
                    }),
                    _ => None,
                })
                .await,
            ),
            Query::Addresses(name) => {
                let found = self.resolver.lookup_ip(name.as_str()).await;
                Answer::Addresses(found.map(|found| found.iter().collect()).unwrap_or_default())
            }
        }
    }

    async fn records<T>(&self, name: &str, kind: RecordType, read: impl Fn(&RData) -> Option<T>) -> Vec<T> {
        // With a dot at its end: services are not looked for in the machine's own domain.
        match self.resolver.lookup(format!("{name}."), kind).await {
            Ok(found) => found
                .answers()
                .iter()
                .filter_map(|record| read(&record.data))
                .collect(),
            Err(_) => Vec::new(),
        }
    }

    /// For weights of SRV records; nobody gains by guessing it (SplitMix64).
    fn draw(&self, bound: u32) -> u32 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.drawn.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((((z ^ (z >> 31)) >> 32) * u64::from(bound)) >> 32) as u32
    }
}
