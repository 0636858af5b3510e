//! API tokens: `dtk_`, 43 letters of 32 random bytes, and 6 of a checksum in base 62, so that scanners find one that
//! leaked, and a mistyped one is told from a revoked one before anything is looked up.
//!
//! Only the digest is kept. Every token expires, after 366 days at most.

use dualtrack_catalogue::Bilingual;
use dualtrack_store::operations::TokenRow;

use super::secret::{LETTERS, NoRandom, Secret, is_random};

/// Why a text is no token, or a token cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It does not look like one.
    #[error("this is no token of Dualtrack; one begins with `dtk_` and has 53 characters")]
    Form,
    /// Its checksum is wrong.
    #[error("the token is mistyped or cut off; copy it again")]
    Checksum,
    /// It would last too long, or not at all.
    #[error("a token is good for 1 to 366 days")]
    Days,
}

impl TokenError {
    /// The same in both languages.
    pub fn words(self) -> Bilingual {
        let zh = match self {
            Self::Form => "這不是 Dualtrack 的權杖；權杖以 `dtk_` 開首，共53個字元",
            Self::Checksum => "權杖有誤或不完整；請重新複製",
            Self::Days => "權杖的有效期為1至366日",
        };
        Bilingual::new(self.to_string(), zh)
    }
}

/// Whether a token still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Good,
    /// It was revoked.
    Revoked,
    /// Its time is over.
    Expired,
    /// It was made later than the clock shows: the clock was ahead then, or is behind now.
    Early,
}

/// Makes a new token.
pub fn make() -> Result<Secret, NoRandom> {
    let body = Secret::random()?;
    Ok(Secret::new(format!("{PREFIX}{}{}", body.reveal(), checksum(body.reveal()))))
}

/// Reads a token as it was presented.
pub fn parse(text: &str) -> Result<Secret, TokenError> {
    let (body, found) = text
        .strip_prefix(PREFIX)
        .filter(|rest| rest.len() == LETTERS + CHECKSUM)
        .and_then(|rest| rest.split_at_checked(LETTERS))
        .filter(|(body, found)| is_random(body) && found.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .ok_or(TokenError::Form)?;
    if checksum(body) == found { Ok(Secret::new(text)) } else { Err(TokenError::Checksum) }
}

/// After which a token made now for so many days is good for nothing. Times are in milliseconds.
pub fn expires(made: i64, days: u16) -> Result<i64, TokenError> {
    let days = i64::from(days);
    if (1..=MOST_DAYS).contains(&days) { Ok(made.saturating_add(days * DAY)) } else { Err(TokenError::Days) }
}

/// Whether a token counts at an instant.
///
/// None lasts longer than 366 days, whatever its row says and wherever the clock stood when it was made.
pub fn standing(token: &TokenRow, now: i64) -> Standing {
    if token.revoked.is_some() {
        Standing::Revoked
    } else if now >= token.expires.min(token.made.saturating_add(MOST_DAYS * DAY)) {
        Standing::Expired
    } else if token.made.saturating_sub(LAG) > now {
        Standing::Early
    } else {
        Standing::Good
    }
}

/// CRC-32 (ISO-HDLC) of the body in base 62, most significant digit first: it finds mistakes, and proves nothing.
fn checksum(body: &str) -> String {
    let mut left = crc32(body.as_bytes());
    let mut digits = Vec::with_capacity(CHECKSUM);
    for _ in 0..CHECKSUM {
        let digit = u8::try_from(left % 62).unwrap_or(0);
        digits.push(char::from(match digit {
            0..=9 => b'0' + digit,
            10..=35 => b'A' + (digit - 10),
            _ => b'a' + (digit - 36),
        }));
        left /= 62;
    }
    digits.iter().rev().collect()
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

const PREFIX: &str = "dtk_";
/// 62^6 is more than 2^32.
const CHECKSUM: usize = 6;
const MOST_DAYS: i64 = 366;
const DAY: i64 = 86_400_000;
/// How far the clock may lag behind that by which a token was made.
const LAG: i64 = 60_000;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn row(made: i64, expires: i64, revoked: Option<i64>) -> TokenRow {
        TokenRow {
            hash: "digest".into(),
            id: "digest".into(),
            name: "nightly".into(),
            person: "mok".into(),
            scopes: BTreeSet::new(),
            made,
            expires,
            last_used: None,
            revoked,
        }
    }

    #[test]
    fn a_token_reads_back_and_never_prints() {
        let token = make().unwrap();
        let read = parse(token.reveal()).unwrap();
        assert_eq!(read, token);
        assert_eq!(format!("{token:?} {:?}", parse(read.reveal())), "[secret] Ok([secret])");
        assert_eq!(token.reveal().len(), 53);
    }

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        // 3,421,780,262 in base 62 is 3, 45, 35, 27, 22, 14.
        assert_eq!(checksum("123456789"), "3jZRME");
        assert_eq!(checksum(""), "000000");
    }

    #[test]
    fn a_token_expires_and_can_be_revoked() {
        let expires = expires(1_000, 30).unwrap();
        assert_eq!(standing(&row(1_000, expires, None), expires - 1), Standing::Good);
        assert_eq!(standing(&row(1_000, expires, None), expires), Standing::Expired);
        assert_eq!(standing(&row(1_000, expires, Some(2_000)), 2_000), Standing::Revoked);
    }

    #[test]
    fn a_row_with_a_wrong_end_does_not_make_a_token_last() {
        assert_eq!(standing(&row(0, i64::MAX, None), 366 * DAY), Standing::Expired);
    }

    #[test]
    fn a_token_of_a_clock_that_was_ahead_counts_once_its_time_has_come() {
        let made = 400 * DAY;
        let token = row(made, expires(made, 366).unwrap(), None);
        assert_eq!(standing(&token, 0), Standing::Early);
        assert_eq!(standing(&token, made - LAG - 1), Standing::Early);
        assert_eq!(standing(&token, made - LAG), Standing::Good);
        assert_eq!(standing(&token, made + 366 * DAY), Standing::Expired);
    }

    #[test]
    fn a_token_lasts_for_one_day_to_366() {
        assert_eq!((expires(0, 0), expires(0, 367)), (Err(TokenError::Days), Err(TokenError::Days)));
        assert_eq!(expires(0, 366), Ok(366 * DAY));
    }

    proptest! {
        #[test]
        fn one_mistyped_letter_is_found(place in 4_usize..53, letter in "[A-Za-z0-9]") {
            let token = make().unwrap();
            let mut mistyped = token.reveal().to_owned();
            mistyped.replace_range(place..=place, &letter);
            let same = mistyped == token.reveal();
            prop_assert_eq!(parse(&mistyped).err(), (!same).then_some(TokenError::Checksum));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}", body in "[A-Za-z0-9é_-]{45,51}") {
            prop_assert!(parse(&text).is_err());
            let _ = parse(&format!("dtk_{text}"));
            let _ = parse(&format!("dtk_{body}"));
        }

        #[test]
        fn no_instant_is_too_odd(made: i64, expires: i64, now: i64) {
            let _ = standing(&row(made, expires, None), now);
        }
    }
}
