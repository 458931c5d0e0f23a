//! Where a request came from: the other end of the connection, or, where that is a proxy of ours, whom it names in
//! `X-Forwarded-For`. Limits on logins and the audit log go by it, so nobody else is believed about it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use cpd_sip::admission::Network;

use super::app::{App, Peer};

/// The header, in which each proxy writes whom it had the request from behind what stood there.
const HEADER: &str = "x-forwarded-for";

/// Puts the address beside a request.
pub(super) async fn find(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let mut peer = connected.map_or(SocketAddr::from(([0, 0, 0, 0], 0)), |ConnectInfo(peer)| *peer);
    peer.set_ip(behind(peer.ip(), request.headers(), &app.proxies));
    request.extensions_mut().insert(Peer(peer));
    next.run(request).await
}

/// Goes back through proxies of ours, from the last one on; what stands before a stranger's address is the stranger's word.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let lines = headers.get_all(HEADER).iter().rev();
    let mut named = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut found = peer;
    while proxies.iter().any(|proxy| proxy.contains(found)) {
        match named.next().map(|name| name.trim().parse()) {
            Some(Ok(before)) => found = before,
            Some(Err(_)) | None => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[track_caller]
    fn check(peer: &str, lines: &[&'static str], expected: &str) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HEADER, HeaderValue::from_static(line));
        }
        let proxies = ["127.0.0.1", "10.0.0.0/8"].map(|text| text.parse().expect("a network"));
        let found = behind(peer.parse().expect("an address"), &headers, &proxies);
        assert_eq!(found.to_string(), expected);
    }

    #[test]
    fn only_proxies_of_ours_are_believed_about_others() {
        check("198.51.100.7", &["203.0.113.9"], "198.51.100.7");
        check("127.0.0.1", &["203.0.113.9"], "203.0.113.9");
        check("127.0.0.1", &["192.0.2.66, 203.0.113.9"], "203.0.113.9");
        check(
            "127.0.0.1",
            &["192.0.2.66", "203.0.113.9, 10.1.2.3"],
            "203.0.113.9",
        );
        check("127.0.0.1", &["unknown"], "127.0.0.1");
        check("127.0.0.1", &[], "127.0.0.1");
    }
}
