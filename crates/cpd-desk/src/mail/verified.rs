//! Whether a mail is from who it says: what our own server found, and nobody else's word.
//!
//! Servers write what they found into `Authentication-Results` (RFC 8601). Anybody can write such a field into a mail, so only the
//! topmost that has our server's name counts: a server writes above all that was there before. A server that writes several fields
//! has to be told to write one, or its verdict on the whole (`dmarc`) last, as OpenDMARC does.

use super::read::Mail;

/// Whether a mail is from who it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is; how that is known.
    Verified(Why),
    /// Nobody vouches for it; why not.
    Unverified(Why),
}

/// Why, or why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// `dmarc=pass` for the author's domain.
    Dmarc,
    /// A signature of the author's domain.
    Dkim,
    /// It came by a server of the author's domain, with a return path to it.
    Spf,
    /// It has no author, or several.
    Author,
    /// Our server wrote nothing.
    NoResults,
    /// The author's domain says how its mail is known, and this is not.
    DmarcFails,
    /// What was found is about other domains than the author's, or nothing.
    NotAligned,
}

/// Whether a mail is from who it says. `server`: the name that our own server writes its results under (its authserv-id).
#[must_use]
pub fn verified(mail: &Mail, server: &str) -> Verdict {
    let Some(from) = mail.from.as_ref().filter(|_| mail.one_author) else {
        return Verdict::Unverified(Why::Author);
    };
    let domain = from.address.domain();
    let ours = mail
        .fields
        .all("authentication-results")
        .find_map(|value| results(value, server));
    let Some(results) = ours else {
        return Verdict::Unverified(Why::NoResults);
    };
    let passes = |method: &'static str| {
        let wanted = move |one: &&Finding| one.method == method && one.result == "pass";
        results.iter().filter(wanted)
    };
    if results
        .iter()
        .any(|one| one.method == "dmarc" && one.result == "fail")
    {
        return Verdict::Unverified(Why::DmarcFails);
    }
    if passes("dmarc").any(|one| one.value("header.from").is_some_and(|of| same(of, domain))) {
        return Verdict::Verified(Why::Dmarc);
    }
    let signer = |one: &Finding| {
        one.value("header.d")
            .or_else(|| one.value("header.i"))
            .is_some_and(|of| aligned(of, domain))
    };
    if passes("dkim").any(signer) {
        return Verdict::Verified(Why::Dkim);
    }
    if passes("spf").any(|one| one.value("smtp.mailfrom").is_some_and(|of| aligned(of, domain))) {
        return Verdict::Verified(Why::Spf);
    }
    Verdict::Unverified(Why::NotAligned)
}

/// One method's result.
struct Finding {
    method: String,
    result: String,
    properties: Vec<(String, String)>,
}

impl Finding {
    fn value(&self, name: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|(of, _)| of == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The results in a field, if our server wrote it.
fn results(value: &str, server: &str) -> Option<Vec<Finding>> {
    let pieces = pieces(value);
    let (first, rest) = pieces.split_first()?;
    let id = first
        .split_whitespace()
        .next()?
        .trim_matches('"')
        .trim_end_matches('.');
    if server.is_empty() || !id.eq_ignore_ascii_case(server.trim_end_matches('.')) {
        return None;
    }
    let finding = |piece: &String| {
        let piece = piece.replace(" =", "=").replace("= ", "=");
        let mut words = piece.split_whitespace().filter_map(|word| word.split_once('='));
        let (method, result) = words.next()?;
        let method = method.split('/').next().unwrap_or_default();
        Some(Finding {
            method: method.to_ascii_lowercase(),
            result: result.to_ascii_lowercase(),
            properties: words
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim_matches('"').to_lowercase()))
                .collect(),
        })
    };
    Some(rest.iter().filter_map(finding).collect())
}

/// A field's pieces between semicolons, without comments. Within quotes, semicolons and spaces are letters of a value, and none of a
/// value that matters here: they are left out, so that a quoted text cannot look like another result.
fn pieces(value: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut comments, mut quoted, mut escaped) = (0_usize, false, false);
    for letter in value.chars() {
        let literal = std::mem::replace(&mut escaped, false);
        match letter {
            _ if literal => (),
            '\\' if quoted || comments > 0 => {
                escaped = true;
                continue;
            }
            '"' if comments == 0 => quoted = !quoted,
            '(' if !quoted => comments += 1,
            ')' if !quoted && comments > 0 => {
                comments -= 1;
                continue;
            }
            ';' if !quoted && comments == 0 => {
                pieces.push(String::new());
                continue;
            }
            _ => (),
        }
        let kept = comments == 0 && !(quoted && (letter.is_whitespace() || "=;".contains(letter)));
        if let Some(piece) = pieces.last_mut().filter(|_| kept) {
            piece.push(letter);
        }
    }
    pieces
}

/// The domain of `example.com`, `anna@example.com`, `@example.com`.
fn domain_of(value: &str) -> String {
    let domain = value.rsplit('@').next().unwrap_or_default().trim_end_matches('.');
    idna::domain_to_ascii(domain).unwrap_or_default()
}

fn same(value: &str, domain: &str) -> bool {
    domain_of(value) == domain
}

/// The author's domain, or one above it that is not a top one: who has that vouches for what is below. One below it does not, for
/// there are domains under which anybody can have one; where the owner wants it, his DMARC says so.
fn aligned(value: &str, domain: &str) -> bool {
    let of = domain_of(value);
    of == domain || of.contains('.') && domain.strip_suffix(&of).is_some_and(|below| below.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::read;

    const ANNA: &str = "From: Anna <anna@mail.example.com>";

    #[track_caller]
    fn check(head: &str, want: Verdict) {
        let mail = read(format!("{head}\n\nx").as_bytes()).unwrap();
        assert_eq!(verified(&mail, "mx.desk.example"), want, "{head}");
    }

    fn results(value: &str) -> String {
        format!("Authentication-Results: mx.desk.example; {value}\n{ANNA}")
    }

    #[test]
    fn what_vouches_for_an_author() {
        for (value, why) in [
            (
                "dmarc=pass (p=reject dis=none) header.from=mail.example.com",
                Why::Dmarc,
            ),
            (
                "dkim=pass header.i=@mail.example.com header.s=s1; dmarc=none header.from=mail.example.com",
                Why::Dkim,
            ),
            (
                "dkim=pass header.d=other.example; dkim=pass header.d=Example.COM",
                Why::Dkim,
            ),
            ("spf=pass smtp.mailfrom=anna@mail.example.com", Why::Spf),
            ("dkim/1 = pass reason=\"good\" header.d=example.com", Why::Dkim),
        ] {
            check(&results(value), Verdict::Verified(why));
        }
    }

    #[test]
    fn what_does_not() {
        for (value, why) in [
            ("none", Why::NotAligned),
            (
                "dmarc=fail header.from=mail.example.com; dkim=pass header.d=example.com",
                Why::DmarcFails,
            ),
            ("dmarc=pass header.from=evil.example", Why::NotAligned),
            ("dkim=pass header.d=evil.mail.example.com", Why::NotAligned),
            ("dkim=pass header.d=com", Why::NotAligned),
            ("dkim=pass header.d=ample.com", Why::NotAligned),
            ("dkim=fail header.d=example.com", Why::NotAligned),
            ("spf=pass smtp.mailfrom=x@evil.example", Why::NotAligned),
            ("dkim=fail (; dkim=pass header.d=example.com)", Why::NotAligned),
            (
                "dkim=fail reason=\"x; dkim=pass header.d=example.com\"",
                Why::NotAligned,
            ),
            (
                "spf=pass smtp.mailfrom=\"x header.d=mail.example.com\"@evil.example",
                Why::NotAligned,
            ),
        ] {
            check(&results(value), Verdict::Unverified(why));
        }
    }

    #[test]
    fn others_results_do_not_count() {
        let forged =
            format!("Authentication-Results: evil.example; dmarc=pass header.from=mail.example.com\n{ANNA}");
        check(&forged, Verdict::Unverified(Why::NoResults));
        let below = format!(
            "Authentication-Results: mx.desk.example; dmarc=none\n{}",
            results("dmarc=pass header.from=mail.example.com")
        );
        check(&below, Verdict::Unverified(Why::NotAligned));
        let above = format!(
            "Authentication-Results: evil.example; none\n{}",
            results("dmarc=pass header.from=mail.example.com")
        );
        check(&above, Verdict::Verified(Why::Dmarc));
    }

    #[test]
    fn one_author_is_needed() {
        let two = results("dmarc=pass header.from=mail.example.com");
        check(
            &format!("{two}\nFrom: boss@other.example"),
            Verdict::Unverified(Why::Author),
        );
        check(
            &two.replace("Anna <", "boss@other.example, Anna <"),
            Verdict::Unverified(Why::Author),
        );
        check("Subject: x", Verdict::Unverified(Why::Author));
    }
}
