//! NetBorder's dialect: `;cpd=on` in the Request-URI, results in headers.

use cpd_call::Telling;
use cpd_sip::headers::{Address, Params};
use cpd_sip::{Message, Method, Name, Uri};

use super::names::Names;
use super::values::{Faults, Private, switch};
use super::{Context, Header, Overrides};

/// The URI parameter that asks for detection.
const PARAM: &str = "cpd";
const REFERENCE: &str = "X-Netborder-Cpa-Reference-ID";
const CAMPAIGN: &str = "X-Netborder-Cpa-Campaign-Name";
/// How all headers of this dialect begin.
const PREFIX: &[u8] = b"X-Netborder-";

/// Which release's words a dialer knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Release {
    /// A person is `Voice`.
    V1,
    /// A person is `Human`.
    #[default]
    V2,
}

/// A call's identifier in NetBorder's form: the second at which it began (since 1970), the process, the call's number and
/// which try at the callee it is.
pub fn call_id(epoch_s: u64, process: u32, call: u64, attempt: u32) -> String {
    format!("{epoch_s}-{process}-{call}-{attempt}")
}

/// What was asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    release: Release,
    cpd: Option<bool>,
    reference: Option<Private>,
    campaign: Option<Private>,
}

impl Asked {
    pub(super) fn read(release: Release, invite: &Message, faults: &mut Faults) -> Asked {
        let of_uri = |raw: &[u8]| {
            let uri = Uri::parse(raw).ok()?;
            let value = uri.params.get(PARAM).or_else(|| uri.user_params().get(PARAM))?;
            Some(value.to_vec())
        };
        // Some stacks move the parameter into the To they derive from it.
        let asked = of_uri(invite.uri()).or_else(|| of_uri(invite.to().ok()?.uri));
        let cpd = asked
            .and_then(|value| faults.or_note(switch(&value), "cpd of the Request-URI", "neither on nor off"));
        let mut id = |name: &'static str| {
            let value = invite.header(name)?;
            faults.or_note(Private::of(value), name, "empty or longer than 256 bytes")
        };
        Asked {
            release,
            cpd,
            reference: id(REFERENCE),
            campaign: id(CAMPAIGN),
        }
    }

    pub(super) fn reference(&self) -> Option<&[u8]> {
        self.reference.as_ref().map(Private::as_bytes)
    }

    pub(super) fn campaign(&self) -> Option<&[u8]> {
        self.campaign.as_ref().map(Private::as_bytes)
    }

    /// Who says nothing gets what the trunk's policy has.
    pub(super) fn overrides(&self) -> Overrides {
        Overrides {
            pre: self.cpd,
            post: self.cpd,
            ..Overrides::default()
        }
    }

    pub(super) fn headers(&self, telling: &Telling, context: &Context<'_>, headers: &mut Vec<Header>) {
        let Some(result) = Names::told(&telling.told).and_then(|names| names.cpd_result) else {
            return;
        };
        let result = match (self.release, result) {
            (Release::V1, "Human") => "Voice",
            (Release::V1 | Release::V2, result) => result,
        };
        headers.push(("CPD-Result", result.into()));
        headers.push(("X-Netborder-Detailed-CPD-Result-v2-0", result.into()));
        headers.push(("X-Netborder-Call-ID", context.netborder_call_id.into()));
        for (name, value) in [(REFERENCE, &self.reference), (CAMPAIGN, &self.campaign)] {
            if let Some(value) = value {
                headers.push((name, value.as_bytes().to_vec()));
            }
        }
    }
}

pub(super) fn strip(invite: &mut Message) {
    super::bodies::remove_prefixed(invite, PREFIX);
    if let Some(uri) = without_param(invite.uri()) {
        let method = invite.method().cloned().unwrap_or(Method::Invite);
        invite.set_request_line(method, &uri);
    }
    if let Some(to) = invite.header(Name::TO).and_then(stripped_to) {
        invite.set(Name::TO, &to);
    }
}

/// A To value without the parameter in its URI; `None` where there is nothing to do.
fn stripped_to(value: &[u8]) -> Option<Vec<u8>> {
    let address = Address::parse(value).ok()?;
    let uri = without_param(address.uri)?;
    // The parsed URI is a part of the value.
    let start = address.uri.as_ptr() as usize - value.as_ptr() as usize;
    let behind = &value[start + address.uri.len()..];
    Some([&value[..start], &uri, behind].concat())
}

/// A URI without the parameter, wherever it stands; `None` where it does not.
fn without_param(raw: &[u8]) -> Option<Vec<u8>> {
    let uri = Uri::parse(raw).ok()?;
    let user_params = uri.user_params();
    if !uri.params.has(PARAM) && !user_params.has(PARAM) {
        return None;
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    for params in [user_params, uri.params] {
        let text = params.raw();
        // Of a tel URI both are one.
        let at = text.as_ptr() as usize;
        let from = rest.as_ptr() as usize;
        if text.is_empty() || at < from {
            continue;
        }
        out.extend_from_slice(&rest[..at - from]);
        rest = &rest[at - from + text.len()..];
        push_others(&mut out, params);
    }
    out.extend_from_slice(rest);
    Some(out)
}

fn push_others(out: &mut Vec<u8>, params: Params<'_>) {
    for (name, value) in params {
        if !name.eq_ignore_ascii_case(PARAM.as_bytes()) {
            out.push(b';');
            out.extend_from_slice(name);
            if !value.is_empty() {
                out.push(b'=');
                out.extend_from_slice(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_leaves_a_uri_and_nothing_else_does() {
        for (before, after) in [
            ("sip:7916@h;cpd=on", "sip:7916@h"),
            (
                "sip:7916@h:5080;transport=tcp;CPD=On;lr?a=b",
                "sip:7916@h:5080;transport=tcp;lr?a=b",
            ),
            ("sip:7916;cpd=on;npdi@h;user=phone", "sip:7916;npdi@h;user=phone"),
            (
                "sip:7916;cpd=on@[2001:db8::1];cpd=off;x",
                "sip:7916@[2001:db8::1];x",
            ),
            ("tel:+7916;cpd=on;npdi", "tel:+7916;npdi"),
        ] {
            let stripped = without_param(before.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(stripped).unwrap(), after);
        }
        assert_eq!(without_param(b"sip:7916@h;cpdx=on"), None);
        assert_eq!(
            stripped_to(b"\"A <b\\\"\" <sip:7916@h;cpd=on>;x=1").unwrap(),
            b"\"A <b\\\"\" <sip:7916@h>;x=1"
        );
    }

    #[test]
    fn an_identifier_has_four_parts() {
        assert_eq!(call_id(1_766_000_000, 412, 7, 1), "1766000000-412-7-1");
    }
}
