//! What a request is called: a serial and a check digit, the same for every door, never changed and never used again.
//!
//! Digits alone, for they are said over a telephone. The check digit is Damm's (H. M. Damm, *Total anti-symmetrische
//! Quasigruppen*, 2004): one wrong digit and two neighbours changed are always noticed.

use std::fmt;
use std::str::FromStr;

/// A request's number, as `10042-7`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Number(u64);

/// The first serial: five digits from the beginning, so that a number looks like one.
pub const SERIAL_FIRST: u64 = 10_001;
/// The last serial; a desk that registers a request each second takes 300 years to it.
pub const SERIAL_LAST: u64 = 9_999_999_999;

/// The totally anti-symmetric quasigroup of order ten from Damm's dissertation; a row is the digit so far.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

impl Number {
    /// The number of a serial; none outside [`SERIAL_FIRST`] to [`SERIAL_LAST`].
    #[must_use]
    pub fn new(serial: u64) -> Option<Number> {
        (SERIAL_FIRST..=SERIAL_LAST)
            .contains(&serial)
            .then_some(Number(serial))
    }

    /// Its serial.
    #[must_use]
    pub fn serial(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let serial = self.0.to_string();
        write!(
            f,
            "{serial}-{}",
            check_digit(serial.bytes().map(|byte| byte - b'0'))
        )
    }
}

fn check_digit(digits: impl Iterator<Item = u8>) -> u8 {
    digits.fold(0, |so_far, digit| DAMM[usize::from(so_far)][usize::from(digit)])
}

/// Why words are no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoNumber {
    /// There is something but digits, or too few or too many of them.
    NotDigits,
    /// The check digit does not fit: a digit was misheard.
    Misheard,
}

impl fmt::Display for NoNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoNumber::NotDigits => "a request's number is 6 to 11 digits, as 10042-7",
            NoNumber::Misheard => "the last digit does not fit the others: one was misheard or mistyped",
        })
    }
}

impl std::error::Error for NoNumber {}

impl FromStr for Number {
    type Err = NoNumber;

    /// Reads what people write: `10042-7`, `100427`, `№ 10042-7`, `#100 427`.
    fn from_str(text: &str) -> Result<Number, NoNumber> {
        let text = text.trim().trim_start_matches(['№', '#']);
        let mut digits = Vec::with_capacity(11);
        for letter in text.chars() {
            match letter {
                '0'..='9' if digits.len() < 11 => digits.push(letter as u8 - b'0'),
                ' ' | '-' | '\u{a0}' | '\u{2011}' | '\u{2013}' => (),
                _ => return Err(NoNumber::NotDigits),
            }
        }
        let serial = digits.split_last().map_or(0, |(_, serial)| {
            serial.iter().fold(0, |sum, digit| sum * 10 + u64::from(*digit))
        });
        if digits.first() == Some(&0) {
            return Err(NoNumber::NotDigits);
        }
        let number = Number::new(serial).ok_or(NoNumber::NotDigits)?;
        match check_digit(digits.into_iter()) {
            0 => Ok(number),
            _ => Err(NoNumber::Misheard),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Damm's own example: 572 has the check digit 4.
    #[test]
    fn the_published_example() {
        assert_eq!(check_digit([5, 7, 2].into_iter()), 4);
    }

    #[test]
    fn is_read_as_people_write_it() {
        let number = Number::new(10_042).unwrap();
        let text = number.to_string();
        let digits = text.replace('-', "");
        for written in [
            text.clone(),
            digits.clone(),
            format!("№ {text}"),
            format!("#{digits}"),
            format!(" {} {} ", &digits[..3], &digits[3..]),
        ] {
            assert_eq!(written.parse(), Ok(number), "{written}");
        }
        for wrong in [
            "",
            "№",
            "12",
            "10042-x",
            "0010042",
            "123456789012345",
            "10042\u{0}7",
        ] {
            assert_eq!(wrong.parse::<Number>(), Err(NoNumber::NotDigits), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn a_misheard_digit_is_noticed(serial in SERIAL_FIRST..=SERIAL_LAST, at in 0_usize..11, other in 0_u8..10) {
            let right = Number::new(serial).unwrap().to_string().replace('-', "");
            let mut digits = right.clone().into_bytes();
            let at = at % digits.len();
            digits[at] = b'0' + other;
            let heard = String::from_utf8(digits).unwrap();
            prop_assert_eq!(heard.parse::<Number>().is_ok(), heard == right);
        }

        #[test]
        fn neighbours_that_changed_places_are_noticed(serial in SERIAL_FIRST..=SERIAL_LAST, at in 0_usize..10) {
            let right = Number::new(serial).unwrap().to_string().replace('-', "");
            let mut digits = right.clone().into_bytes();
            let at = at % (digits.len() - 1);
            digits.swap(at, at + 1);
            let heard = String::from_utf8(digits).unwrap();
            prop_assert_eq!(heard.parse::<Number>().is_ok(), heard == right);
        }
    }
}
