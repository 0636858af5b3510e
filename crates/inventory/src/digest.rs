//! Digests of values, taken over canonical JSON.
//!
//! Canonical JSON here is: object keys sorted by code point, no white space, numbers as `serde_json` prints them.

use dualtrack_catalogue::Digest;
use serde_json::Value;

/// The digest of a value's canonical JSON.
pub(crate) fn digest_of(value: &Value) -> Digest {
    let mut text = String::new();
    write_canonical(value, &mut text);
    Digest::of(text.as_bytes())
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(key, _)| key.as_str());
            out.push('{');
            for (position, (key, field)) in sorted.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(field, out);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_does_not_change_a_digest() {
        let one = serde_json::json!({"a": 1, "b": [true, null]});
        let other = serde_json::json!({"b": [true, null], "a": 1});
        assert_eq!(digest_of(&one), digest_of(&other));
    }
}
