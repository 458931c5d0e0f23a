//! Packets protected and not, forged, repeated, out of order.

use super::senders::SENDERS_MAX;
use super::*;
use proptest::prelude::*;

fn key(suite: Suite) -> Key {
    let secret: Vec<u8> = (0..suite.secret_len() as u8).collect();
    Key::new(suite, &secret).unwrap()
}

fn rtp(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let packet = crate::Packet {
        marker: false,
        payload_type: 8,
        sequence,
        timestamp: 160,
        ssrc,
        extension: None,
        payload,
    };
    let mut bytes = Vec::new();
    packet.write(&mut bytes);
    bytes
}

fn protected(srtp: &mut Srtp, packet: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    srtp.protect_rtp(packet, &mut out).unwrap();
    out
}

fn unprotected(srtp: &mut Srtp, packet: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let mut out = Vec::new();
    srtp.unprotect_rtp(packet, &mut out).map(|()| out)
}

/// The packet that libsrtp's own test of AES_CM_128_HMAC_SHA1_80 expects (test/srtp_driver.c).
#[test]
fn as_another_implementation_protects() {
    let secret = [
        0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41, 0x39, 0x0e,
        0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6,
    ];
    let key = Key::new(Suite::AesCm128Sha1_80, &secret).unwrap();
    let mut packet = vec![
        0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe,
    ];
    packet.extend([0xab; 16]);
    let mut expected = packet[..12].to_vec();
    expected.extend([
        0x4e, 0x55, 0xdc, 0x4c, 0xe7, 0x99, 0x78, 0xd8, 0x8c, 0xa4, 0xd2, 0x15, 0x94, 0x9d, 0x24, 0x02, 0xb7,
        0x8d, 0x6a, 0xcc, 0x99, 0xea, 0x17, 0x9b, 0x8d, 0xbb,
    ]);
    assert_eq!(protected(&mut Srtp::new(&key), &packet), expected);
    assert_eq!(unprotected(&mut Srtp::new(&key), &expected), Ok(packet));
}

#[test]
fn every_suite_hides_and_proves() {
    for suite in Suite::ALL {
        for mki in [
            None,
            Some(Mki {
                value: 0x0102,
                len: 2,
            }),
        ] {
            let key = mki.into_iter().fold(key(suite), Key::with_mki);
            let (mut ours, mut theirs) = (Srtp::new(&key), Srtp::new(&key));
            let plain = rtp(7, 1, b"a word or two that nobody else should read");
            let secret = protected(&mut ours, &plain);
            let added = suite.rtp_tag_len() + mki.map_or(0, |mki| usize::from(mki.len));
            assert_eq!(secret.len(), plain.len() + added);
            assert_ne!(secret[12..plain.len()], plain[12..]);
            // One bit changed anywhere, and nothing passes.
            for at in 0..secret.len() {
                let mut forged = secret.clone();
                forged[at] ^= 0x10;
                assert!(unprotected(&mut theirs, &forged).is_err(), "{suite:?} {at}");
            }
            assert_eq!(unprotected(&mut theirs, &secret), Ok(plain));
            assert_eq!(unprotected(&mut theirs, &secret), Err(SrtpError::Replayed));
        }
    }
}

#[test]
fn contributors_and_extension_stay_legible() {
    let mut packet = rtp(7, 1, b"");
    packet[0] = 0x80 | 0x10 | 1;
    packet.extend([1, 2, 3, 4, 0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
    packet.extend([0x55; 40]);
    let key = key(Suite::AesCm128Sha1_80);
    let secret = protected(&mut Srtp::new(&key), &packet);
    assert_eq!(secret[..24], packet[..24]);
    assert_eq!(unprotected(&mut Srtp::new(&key), &secret), Ok(packet));
}

#[test]
fn numbers_go_round_many_times() {
    let key = key(Suite::AesCm128Sha1_32);
    let (mut ours, mut theirs) = (Srtp::new(&key), Srtp::new(&key));
    for step in 0..40_u32 {
        let plain = rtp(7, (60_000 + step * 10_000) as u16, &step.to_be_bytes());
        let secret = protected(&mut ours, &plain);
        assert_eq!(unprotected(&mut theirs, &secret), Ok(plain), "{step}");
    }
    // The receiver has to know the round: one that begins here takes it for another.
    let late = protected(&mut ours, &rtp(7, 450_001_u32 as u16, b"late"));
    assert_eq!(
        unprotected(&mut Srtp::new(&key), &late),
        Err(SrtpError::NotAuthentic)
    );
}

#[test]
fn what_is_older_than_the_window_is_refused() {
    let key = key(Suite::AesCm128Sha1_80);
    let (mut ours, mut theirs) = (Srtp::new(&key), Srtp::new(&key));
    let secrets: Vec<_> = (0..200).map(|n| protected(&mut ours, &rtp(7, n, b"x"))).collect();
    assert!(unprotected(&mut theirs, &secrets[199]).is_ok());
    assert!(unprotected(&mut theirs, &secrets[72]).is_ok());
    assert_eq!(unprotected(&mut theirs, &secrets[72]), Err(SrtpError::Replayed));
    assert_eq!(unprotected(&mut theirs, &secrets[71]), Err(SrtpError::Replayed));
    // No key stream twice.
    let mut out = Vec::new();
    assert_eq!(
        ours.protect_rtp(&rtp(7, 199, b"y"), &mut out),
        Err(SrtpError::Replayed)
    );
    assert!(out.is_empty());
}

#[test]
fn senders_are_bounded() {
    let mut ours = Srtp::new(&key(Suite::AesCm128Sha1_80));
    for ssrc in 0..SENDERS_MAX as u32 {
        protected(&mut ours, &rtp(ssrc, 1, b"x"));
    }
    let mut out = Vec::new();
    assert_eq!(
        ours.protect_rtp(&rtp(99, 1, b"x"), &mut out),
        Err(SrtpError::TooManySenders)
    );
    protected(&mut ours, &rtp(0, 2, b"x"));
}

#[test]
fn reports_are_protected_too() {
    for suite in Suite::ALL {
        let key = key(suite);
        let (mut ours, mut theirs) = (Srtp::new(&key), Srtp::new(&key));
        let mut report = vec![0x80, 201, 0, 1, 0, 0, 0, 7];
        report.extend(b"\x81\xca\x00\x02\x00\x00\x00\x07\x01\x03abc\x00");
        let mut secret = Vec::new();
        ours.protect_rtcp(&report, &mut secret).unwrap();
        assert_eq!(secret.len(), report.len() + 14);
        assert_eq!(secret[..8], report[..8]);
        let mut out = Vec::new();
        for at in 0..secret.len() {
            let mut forged = secret.clone();
            forged[at] ^= 1;
            assert!(theirs.unprotect_rtcp(&forged, &mut out).is_err());
        }
        theirs.unprotect_rtcp(&secret, &mut out).unwrap();
        assert_eq!(out, report);
        assert_eq!(theirs.unprotect_rtcp(&secret, &mut out), Err(SrtpError::Replayed));
        // Each has a number of its own.
        let mut second = Vec::new();
        ours.protect_rtcp(&report, &mut second).unwrap();
        assert_ne!(second, secret);
        theirs.unprotect_rtcp(&second, &mut out).unwrap();
    }
}

proptest! {
    #[test]
    fn no_datagram_panics(mut bytes: Vec<u8>, version: bool) {
        if let (Some(first), true) = (bytes.first_mut(), version) {
            *first = 0x80 | *first & 0x3f;
        }
        let key = key(Suite::AesCm128Sha1_80).with_mki(Mki { value: 1, len: 1 });
        let (mut ours, mut theirs) = (Srtp::new(&key), Srtp::new(&key));
        let mut out = Vec::new();
        prop_assert!(theirs.unprotect_rtp(&bytes, &mut out).is_err());
        prop_assert!(theirs.unprotect_rtcp(&bytes, &mut out).is_err());
        prop_assert!(out.is_empty());
        if ours.protect_rtp(&bytes, &mut out).is_ok() {
            let mut back = Vec::new();
            theirs.unprotect_rtp(&out, &mut back).unwrap();
            prop_assert_eq!(&back, &bytes);
        }
        out.clear();
        if ours.protect_rtcp(&bytes, &mut out).is_ok() {
            let mut back = Vec::new();
            theirs.unprotect_rtcp(&out, &mut back).unwrap();
            prop_assert_eq!(&back, &bytes);
        }
    }

    /// However the network changes the order within the window, each packet passes once.
    #[test]
    fn order_does_not_matter(lates in prop::collection::vec(0_u64..60, 1..120), first: u16) {
        let key = key(Suite::AesCm128Sha1_80);
        let (mut ours, mut theirs) = (Srtp::new(&key), Srtp::new(&key));
        let mut order: Vec<(u64, Vec<u8>)> = lates.iter().enumerate().map(|(index, late)| {
            let sequence = (first % 60_000).wrapping_add(index as u16).max(1);
            (index as u64 + if index == 0 { 0 } else { *late }, protected(&mut ours, &rtp(7, sequence, &[index as u8])))
        }).collect();
        order.sort();
        for (_, secret) in &order {
            prop_assert!(unprotected(&mut theirs, secret).is_ok());
            prop_assert!(unprotected(&mut theirs, secret).is_err());
        }
    }
}
