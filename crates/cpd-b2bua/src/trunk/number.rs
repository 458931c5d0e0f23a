//! Telephone numbers and their rewriting.

use std::fmt;

/// A telephone number, or another user part. `Debug` and `Display` hide all but its ends.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Number(Vec<u8>);

impl Number {
    /// A number as it stands in a URI.
    pub fn new(text: impl Into<Vec<u8>>) -> Number {
        Number(text.into())
    }

    /// All of it, for the wire and for records.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// All of it as text.
    pub fn reveal(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// Whether it begins so; a `+` in front of it is not looked at if the beginning has none.
    pub fn begins(&self, prefix: &str) -> bool {
        let digits = self.0.strip_prefix(b"+").unwrap_or(&self.0);
        self.0.starts_with(prefix.as_bytes()) || (!prefix.is_empty() && digits.starts_with(prefix.as_bytes()))
    }

    /// The number after the first rule that fits.
    pub fn rewritten(&self, rules: &[Rewrite]) -> Number {
        let rule = rules
            .iter()
            .find(|rule| self.0.starts_with(rule.prefix.as_bytes()));
        match rule {
            Some(rule) => {
                let rest = self.0.get(rule.strip..).unwrap_or_default();
                Number([rule.add.as_bytes(), rest].concat())
            }
            None => self.clone(),
        }
    }
}

/// Three digits of a short number at most are shown, of a long one the first two and the last two.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.0.len() >= 9 { 2 } else { 0 };
        for (place, byte) in self.0.iter().enumerate() {
            let plain = place < shown + usize::from(self.0[0] == b'+') || place + shown >= self.0.len();
            f.write_str(if plain && byte.is_ascii_graphic() {
                std::str::from_utf8(std::slice::from_ref(byte)).unwrap_or("*")
            } else {
                "*"
            })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One rule: numbers with this beginning lose so many characters and get others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// The beginning that it is for; empty: any.
    pub prefix: String,
    /// Characters taken away at the beginning.
    pub strip: usize,
    /// Characters put there.
    pub add: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_rewrites() {
        let rule = |prefix: &str, strip, add: &str| Rewrite {
            prefix: prefix.into(),
            strip,
            add: add.into(),
        };
        let rules = [rule("8", 1, "+7"), rule("810", 3, "+"), rule("", 0, "99")];
        let check = |number: &str, expected: &str| {
            assert_eq!(Number::new(number).rewritten(&rules).reveal(), expected);
        };
        check("89161234567", "+79161234567");
        check("79161234567", "9979161234567");
        check("", "99");
        assert_eq!(Number::new("1").rewritten(&[rule("1", 5, "2")]).reveal(), "2");
    }

    #[test]
    fn beginnings_are_found_with_and_without_plus() {
        assert!(Number::new("+7916").begins("7"));
        assert!(Number::new("+7916").begins("+79"));
        assert!(Number::new("112").begins("112"));
        assert!(!Number::new("7916").begins("+7"));
        assert!(Number::new("7916").begins(""));
    }

    #[test]
    fn logs_show_no_number() {
        assert_eq!(Number::new("+79161234567").to_string(), "+79*******67");
        assert_eq!(format!("{:?}", Number::new("1234567")), "*******");
        assert_eq!(Number::new("a\u{411}\n45678901").to_string(), "a*********01");
    }
}
