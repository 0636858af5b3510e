//! The one base64 of the formats: the standard alphabet, padded, and canonical, so that one value has one text.

use std::fmt::Write as _;

use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, PAD};

/// Refuses missing padding and trailing bits that are not zero.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, PAD);

/// A whole number as the formats write it: digits without sign and leading zeroes.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
