//! JSON in one form only (RFC 8785), restricted to text, whole numbers, lists and maps.
//!
//! Fractions, truth values and null are refused: an entry holds nothing of which two programs could differ.

use serde_json::Value;

/// A value that an entry may not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A number with a fraction, or beyond what every JSON reader holds exactly.
    #[error("a number must be whole and at most 9007199254740991")]
    Number,
    /// True, false or null.
    #[error("only text, whole numbers, lists and maps are entered")]
    Kind,
    /// Lists in lists in lists.
    #[error("lists and maps may lie at most {DEEPEST} deep in each other")]
    Depth,
}

/// Appends the one form of a value.
pub(crate) fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    write_at(value, 0, out)
}

/// The one form of a value.
pub fn canonical(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::new();
    write(value, &mut out)?;
    Ok(out)
}

fn write_at(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    if depth > DEEPEST {
        return Err(CanonicalError::Depth);
    }
    match value {
        Value::String(text) => write_text(text, out),
        Value::Number(number) => {
            let small = number.as_i64().is_some_and(|number| number.unsigned_abs() <= GREATEST);
            if !small {
                return Err(CanonicalError::Number);
            }
            out.extend_from_slice(number.to_string().as_bytes());
        }
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_at(item, depth + 1, out)?;
            }
            out.push(b']');
        }
        Value::Object(map) => {
            let mut fields: Vec<(&String, &Value)> = map.iter().collect();
            fields.sort_by(|(left, _), (right, _)| order(left, right));
            out.push(b'{');
            for (at, (name, value)) in fields.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_text(name, out);
                out.push(b':');
                write_at(value, depth + 1, out)?;
            }
            out.push(b'}');
        }
        Value::Bool(_) | Value::Null => return Err(CanonicalError::Kind),
    }
    Ok(())
}

/// The order of names: by their UTF-16 code units.
pub(crate) fn order(left: &str, right: &str) -> std::cmp::Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    for letter in text.chars() {
        match letter {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\r' => out.extend_from_slice(b"\\r"),
            letter if letter < ' ' => {
                out.extend_from_slice(format!("\\u{:04x}", u32::from(letter)).as_bytes());
            }
            letter => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

/// 2⁵³ − 1, the greatest whole number that every JSON reader holds exactly (RFC 7493).
const GREATEST: u64 = 9_007_199_254_740_991;
const DEEPEST: usize = 8;
