//! API tokens: `dtk_`, 43 letters of 32 random bytes, and 8 digits of a checksum, so that scanners find one that leaked
//! and a mistyped one is told from a revoked one.

use super::secret::{NoRandom, Secret};

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It does not look like one.
    #[error("this is no token of Dualtrack; one begins with `dtk_` and has 55 characters")]
    Form,
    /// Its checksum is wrong.
    #[error("the token is mistyped or cut off; copy it again")]
    Checksum,
}

/// Makes a new token.
pub fn make() -> Result<Secret, NoRandom> {
    let body = Secret::random()?;
    Ok(Secret::new(format!("{PREFIX}{}{}", body.reveal(), checksum(body.reveal()))))
}

/// Reads a token as it was presented.
pub fn parse(text: &str) -> Result<Secret, TokenError> {
    let rest = text.strip_prefix(PREFIX).ok_or(TokenError::Form)?;
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if rest.len() != BODY + CHECKSUM || !rest.bytes().all(is_letter) {
        return Err(TokenError::Form);
    }
    let (body, found) = rest.split_at(BODY);
    if checksum(body) == found { Ok(Secret::new(text)) } else { Err(TokenError::Checksum) }
}

/// CRC-32 (ISO-HDLC) of the body: it finds mistakes, and proves nothing.
fn checksum(body: &str) -> String {
    let mut crc = u32::MAX;
    for byte in body.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    format!("{:08x}", !crc)
}

const PREFIX: &str = "dtk_";
const BODY: usize = 43;
const CHECKSUM: usize = 8;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_reads_back_and_a_mistyped_one_is_told() {
        let token = make().unwrap();
        assert_eq!(parse(token.reveal()).unwrap(), token);
        let mut mistyped = token.reveal().to_owned();
        let last = if mistyped.ends_with('0') { '1' } else { '0' };
        mistyped.pop();
        mistyped.push(last);
        assert_eq!(parse(&mistyped), Err(TokenError::Checksum));
        assert_eq!(checksum("123456789"), "cbf43926");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
            let _ = parse(&text);
            let _ = parse(&format!("dtk_{text}"));
        }
    }
}
