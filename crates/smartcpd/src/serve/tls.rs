//! Certificates and keys from files.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use cpd_b2bua::transport::Tls;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::fault::{Fault, FaultClass, system_words};
use crate::serve::config::TlsFiles;

/// The certificates of a PEM file, the machine's own first.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let fault = |why: String| Fault::reading(FaultClass::Network, path, why);
    let text = std::fs::read(path).map_err(|why| fault(system_words(&why)))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match found {
        Ok(found) if found.is_empty() => Err(fault("it holds no certificate in PEM".to_owned())),
        Ok(found) => Ok(found),
        Err(why) => Err(fault(format!("not PEM: {why}"))),
    }
}

/// What TLS listeners and connections go by.
pub(crate) fn load(files: &TlsFiles) -> Result<Tls, Fault> {
    let chain = certificates(&files.certificate)?;
    let fault = |path: &Path, why: String| Fault::reading(FaultClass::Network, path, why);
    let text = std::fs::read(&files.key).map_err(|why| fault(&files.key, system_words(&why)))?;
    let key = PrivateKeyDer::from_pem_slice(&text)
        .map_err(|why| fault(&files.key, format!("no private key in PEM: {why}")))?;
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates(&files.roots)?);
    if added == 0 {
        return Err(fault(
            &files.roots,
            "it holds no certificate that can be trusted".to_owned(),
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let unusable =
        |why: rustls::Error| fault(&files.certificate, format!("cannot be used with its key: {why}"));
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(unusable)?;
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Tls {
        server: Arc::new(server),
        client: Arc::new(client),
        // Gateways by address; those by name are known when the DNS has them.
        names: HashMap::new(),
    })
}

/// The last second, since 1970, at which a certificate holds: `notAfter` (RFC 5280, 4.1.2.5), read straight from DER.
pub(crate) fn expires_s(certificate: &[u8]) -> Option<u64> {
    let (certificate, _) = element(certificate)?;
    let (mut body, _) = element(certificate)?;
    // The version is optional and the only element with this tag.
    if body.first() == Some(&0xa0) {
        body = element(body)?.1;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        body = element(body)?.1;
    }
    let (validity, _) = element(body)?;
    let (_, after) = element(validity)?;
    let (text, _) = element(after)?;
    let utc = after.first() == Some(&0x17);
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<u64>().ok();
    let (year, rest) = if utc {
        text.split_at_checked(2)?
    } else {
        text.split_at_checked(4)?
    };
    let year = match (number(year)?, utc) {
        (year, true) if year < 50 => 2_000 + year,
        (year, true) => 1_900 + year,
        (year, false) => year,
    };
    let part = |at: usize| number(rest.get(at..at + 2)?);
    let (month, day, hour, minute, second) = (part(0)?, part(2)?, part(4)?, part(6)?, part(8)?);
    // Days since 1970 (Howard Hinnant: days_from_civil); March begins the year.
    let y = if month <= 2 { year.checked_sub(1)? } else { year };
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let doe =
        (y % 400) * 365 + (y % 400) / 4 - (y % 400) / 100 + (153 * shifted + 2) / 5 + day.checked_sub(1)?;
    let days = ((y / 400) * 146_097 + doe).checked_sub(719_468)?;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// The content of the first DER element, and what follows it.
fn element(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, mut rest) = der.get(1..)?.split_first()?;
    let mut length = usize::from(length);
    if length >= 0x80 {
        let (bytes, after) = rest
            .split_at_checked(length & 0x7f)
            .filter(|(bytes, _)| bytes.len() <= 4)?;
        length = bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        rest = after;
    }
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tag, length, content.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x81, content.len() as u8], content].concat()
    }

    fn certificate(after: &[u8]) -> Vec<u8> {
        let validity = [der(0x17, b"200101000000Z"), after.to_vec()].concat();
        let body = [
            der(0xa0, &der(2, &[2])),
            der(2, &[1]),
            der(0x30, b"x"),
            der(0x30, b"issuer"),
            der(0x30, &validity),
        ]
        .concat();
        der(0x30, &der(0x30, &body))
    }

    #[test]
    fn the_end_of_a_certificate_is_read_in_both_forms() {
        assert_eq!(
            expires_s(&certificate(&der(0x17, b"251217193320Z"))),
            Some(1_766_000_000)
        );
        assert_eq!(
            expires_s(&certificate(&der(0x18, b"20500228000001Z"))),
            Some(2_529_619_201)
        );
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        let whole = certificate(&der(0x17, b"251217193320Z"));
        for end in 0..whole.len() {
            assert_eq!(expires_s(&whole[..end]), None);
        }
    }
}
