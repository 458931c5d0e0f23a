//! Certificates made here. (SIPp as Debian ships it speaks no TLS.)

use cpd_b2bua::transport::Tls;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use std::collections::HashMap;
use std::sync::Arc;

/// A party that shows `own` and believes `trusted`.
pub fn tls(own: &rcgen::CertifiedKey<rcgen::KeyPair>, trusted: &CertificateDer<'static>) -> Tls {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
    let server = rustls::ServerConfig::builder_with_provider(ring.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.into())
        .unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let client = rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Tls {
        server: Arc::new(server),
        client: Arc::new(client),
        names: HashMap::new(),
    }
}

/// A certificate for these names.
pub fn certificate(names: &[&str]) -> rcgen::CertifiedKey<rcgen::KeyPair> {
    let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
    rcgen::generate_simple_self_signed(names).unwrap()
}
