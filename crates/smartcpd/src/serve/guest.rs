//! Trunks of a test call: a dialer and a carrier on this machine, which stand beside the configured ones until the call is over.
//!
//! The API's threads ask ([`Lending`]); the service's loop puts the trunks beside the others, says so, and goes on. They are known
//! by an address of loopback that no configured trunk has for itself, reach nothing but the pretended carrier, and go when the asker
//! does, or when their time is up.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cpd_b2bua::dialect::{Dialect, Dialects};
use cpd_b2bua::media::Network as MediaNetwork;
use cpd_b2bua::trunk::{Carrier, Dialer, Recording};
use cpd_sip::admission::Network;
use cpd_sip::transport::Protocol;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::config::owned::{OWNER_END, Trunks};
use super::hearing::Base;

/// What its trunks are called behind their customer's name. The space is in no name that a customer can give.
pub(crate) const NAME: &str = "test call";
/// How long its trunks stand at most: a voicemail's greeting and beep take half a minute, and the last word as long again.
pub(crate) const STANDS_MAX: Duration = Duration::from_secs(120);
/// The longest recording: all of a test call.
const RECORDED: Duration = Duration::from_secs(90);

/// Who wants to call through the node for a moment.
pub(crate) struct Guest {
    /// Whose call it is.
    pub(crate) trunks: Arc<Trunks>,
    /// Where it calls from, and from nowhere else.
    pub(crate) from: Ipv4Addr,
    /// The only number that it can call.
    pub(crate) number: String,
    /// Where the pretended carrier is, as a SIP URI.
    pub(crate) carrier: String,
}

impl Guest {
    /// How its trunks are called in records.
    pub(crate) fn id(owner: &str) -> String {
        format!("{owner}{OWNER_END}{NAME}")
    }

    /// Its trunk: every verdict is told and nothing is acted on, so that the call is heard to its end.
    fn dialer(&self, base: &Base, recordings: Option<PathBuf>) -> Dialer {
        let id = Guest::id(&self.trunks.owner);
        let carrier = Carrier::at(id.clone(), self.carrier.clone());
        let mut dialer = Dialer::at(id, self.network().into_iter().collect(), carrier);
        for route in &mut dialer.routes {
            route.prefix.clone_from(&self.number);
        }
        Dialer {
            dialects: Dialects::new(Dialect::named("smartcpd")).unwrap_or_default(),
            calls_max: 1,
            record: Recording {
                max: recordings.as_ref().map_or(Duration::ZERO, |_| RECORDED),
                folder: recordings.unwrap_or_default().join(&self.trunks.owner),
                classes: Vec::new(),
            },
            hearing: self.trunks.hearing(base),
            ..dialer
        }
    }

    fn network(&self) -> Option<Network> {
        Network::new(IpAddr::V4(self.from), 32)
    }
}

/// A wish for trunks.
pub(crate) struct Order {
    pub(crate) guest: Guest,
    /// Answered when new calls go by them, or with why they do not.
    pub(crate) lent: oneshot::Sender<Result<(), &'static str>>,
    /// They go when its sender does.
    pub(crate) back: oneshot::Receiver<()>,
}

/// The way to a node that lends trunks.
#[derive(Clone)]
pub(crate) struct Lending {
    pub(crate) orders: mpsc::Sender<Order>,
    /// Where the node takes calls.
    pub(crate) locals: Vec<(Protocol, SocketAddr)>,
    /// Where it hears.
    pub(crate) media: Vec<MediaNetwork>,
}

impl Lending {
    /// Where a call from this machine comes in: by UDP, or else by TCP, over IPv4.
    ///
    /// # Errors
    ///
    /// Words on what is missing.
    pub(crate) fn door(&self) -> Result<(Protocol, SocketAddr), String> {
        let over = |protocol| {
            let mut found = self.locals.iter();
            found.find(|(own, at)| *own == protocol && at.is_ipv4()).copied()
        };
        let (protocol, at) = over(Protocol::Udp).or_else(|| over(Protocol::Tcp)).ok_or_else(|| {
            let listens: Vec<_> = self.locals.iter().map(|(protocol, at)| format!("{}:{at}", super::service::word(*protocol))).collect();
            format!(
                "a test call comes by UDP or TCP over IPv4, and [sip] listens at {} alone; add \"udp:127.0.0.1:5060\"",
                listens.join(", ")
            )
        })?;
        Ok((protocol, here(at)))
    }

    /// Where sound has to go that the node may tell another address of; `None`: where it says.
    ///
    /// # Errors
    ///
    /// Words on what is missing.
    pub(crate) fn ear(&self) -> Result<Option<IpAddr>, String> {
        let network = self.media.iter().find(|network| network.bind.is_ipv4());
        let network = network.ok_or("a test call's sound goes over IPv4, and [media] has no IPv4 network")?;
        let at = here(SocketAddr::new(network.bind, 0)).ip();
        Ok((network.public != at).then_some(at))
    }
}

/// What listens everywhere is met on loopback.
fn here(at: SocketAddr) -> SocketAddr {
    match at.ip().is_unspecified() {
        true => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), at.port()),
        false => at,
    }
}

/// Trunks that stand.
pub(crate) struct Lent {
    pub(crate) dialer: Arc<Dialer>,
    /// The address that is let in.
    pub(crate) from: IpAddr,
    back: oneshot::Receiver<()>,
    until: Instant,
}

impl Lent {
    pub(crate) fn new(
        guest: &Guest,
        back: oneshot::Receiver<()>,
        base: &Base,
        recordings: Option<PathBuf>,
    ) -> Lent {
        Lent {
            dialer: Arc::new(guest.dialer(base, recordings)),
            from: IpAddr::V4(guest.from),
            back,
            until: Instant::now() + STANDS_MAX,
        }
    }

    /// Ends when the trunks have to go.
    pub(crate) async fn ends(lent: &mut Option<Lent>) {
        match lent {
            // A sender that is gone is an answer too.
            Some(lent) => drop(tokio::time::timeout_at(lent.until, &mut lent.back).await),
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lending(locals: &[(Protocol, &str)], bind: &str, public: &str) -> Lending {
        let locals = locals
            .iter()
            .map(|(protocol, at)| (*protocol, at.parse().unwrap()));
        Lending {
            orders: mpsc::channel(1).0,
            locals: locals.collect(),
            media: vec![MediaNetwork {
                bind: bind.parse().unwrap(),
                public: public.parse().unwrap(),
            }],
        }
    }

    #[test]
    fn a_test_call_comes_in_where_a_dialer_on_this_machine_would() {
        let all = [
            (Protocol::Tls, "10.0.0.5:5061"),
            (Protocol::Tcp, "10.0.0.5:5060"),
            (Protocol::Udp, "0.0.0.0:5060"),
        ];
        let everywhere = lending(&all, "0.0.0.0", "203.0.113.5");
        assert_eq!(
            everywhere.door(),
            Ok((Protocol::Udp, "127.0.0.1:5060".parse().unwrap()))
        );
        // Nobody here reaches the address of the world.
        assert_eq!(everywhere.ear(), Ok(Some("127.0.0.1".parse().unwrap())));
        let one = lending(&all[..2], "10.0.0.5", "10.0.0.5");
        assert_eq!(one.door(), Ok((Protocol::Tcp, "10.0.0.5:5060".parse().unwrap())));
        assert_eq!(one.ear(), Ok(None));
    }

    #[test]
    fn where_none_can_come_in_it_is_said_what_is_missing() {
        let tls = lending(
            &[(Protocol::Tls, "10.0.0.5:5061"), (Protocol::Udp, "[::1]:5060")],
            "::1",
            "::1",
        );
        let why = tls.door().expect_err("no way in");
        assert!(why.contains("tls:10.0.0.5:5061, udp:[::1]:5060 alone"), "{why}");
        assert!(tls.ear().is_err());
    }

    #[test]
    fn its_trunk_takes_one_call_to_one_number_from_one_address() {
        let bare = cpd_detect::Shared::new(
            crate::hearing::RATE,
            Arc::new(cpd_detect::Plans::built_in()),
            Arc::new(cpd_detect::Library::empty()),
        );
        let base = Base { bare, file: None };
        let guest = Guest {
            trunks: Arc::new(Trunks {
                owner: "acme".to_owned(),
                ..Trunks::default()
            }),
            from: Ipv4Addr::new(127, 100, 1, 2),
            number: "70000000010".to_owned(),
            carrier: "sip:127.100.1.2:7060".to_owned(),
        };
        let dialer = guest.dialer(&base, None);
        assert_eq!((dialer.id.as_str(), dialer.calls_max), ("acme/test call", 1));
        assert_eq!(dialer.networks, ["127.100.1.2".parse().unwrap()]);
        let reached: Vec<_> = dialer.routes.iter().map(|route| route.prefix.as_str()).collect();
        assert_eq!(reached, ["70000000010"]);
        assert!(dialer.record.max.is_zero(), "there is no folder for recordings");
    }
}
