//! CBOR as authenticators write it (CTAP2 canonical form, a part of RFC 8949): read strictly, or not at all.
//!
//! Only what a passkey needs is known: whole numbers, bytes, texts, lists and maps, each of a definite length and written
//! in the shortest way. Nothing is copied, nothing is allocated by what a length claims, and depth is bounded.

/// Something that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item<'bytes> {
    /// A whole number.
    Number(i64),
    /// Bytes.
    Bytes(&'bytes [u8]),
    /// A text.
    Text(&'bytes str),
    /// A list.
    List(Vec<Item<'bytes>>),
    /// A map; no key stands in it twice.
    Map(Vec<(Item<'bytes>, Item<'bytes>)>),
    /// `false`, `true` or `null`.
    Simple(u8),
}

impl<'bytes> Item<'bytes> {
    /// What a map holds under a name.
    pub(super) fn named(&self, name: &str) -> Option<&Item<'bytes>> {
        self.under(&Item::Text(name))
    }

    /// What a map holds under a number.
    pub(super) fn numbered(&self, number: i64) -> Option<&Item<'bytes>> {
        self.under(&Item::Number(number))
    }

    fn under(&self, key: &Item<'_>) -> Option<&Item<'bytes>> {
        match self {
            Self::Map(pairs) => pairs.iter().find(|(found, _)| found == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Its bytes, if it is bytes.
    pub(super) fn bytes(&self) -> Option<&'bytes [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// Reads one item, and answers with what stands behind it.
pub(super) fn read(bytes: &[u8]) -> Option<(Item<'_>, &[u8])> {
    item(bytes, DEEPEST)
}

/// Reads one item with nothing behind it.
pub(super) fn read_whole(bytes: &[u8]) -> Option<Item<'_>> {
    read(bytes).filter(|(_, rest)| rest.is_empty()).map(|(item, _)| item)
}

fn item(bytes: &[u8], deeper: u8) -> Option<(Item<'_>, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (major, short) = (first >> 5, first & 0x1f);
    if major == 7 {
        return (20..=22).contains(&short).then_some((Item::Simple(short), rest));
    }
    let (length, rest) = argument(short, rest)?;
    let number = || i64::try_from(length).ok();
    match major {
        0 => Some((Item::Number(number()?), rest)),
        1 => Some((Item::Number(-1 - number()?), rest)),
        2 => rest.split_at_checked(usize::try_from(length).ok()?).map(|(own, rest)| (Item::Bytes(own), rest)),
        3 => {
            let (own, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            Some((Item::Text(std::str::from_utf8(own).ok()?), rest))
        }
        4 => list(length, rest, deeper.checked_sub(1)?),
        5 => map(length, rest, deeper.checked_sub(1)?),
        _ => None,
    }
}

/// The number or length that an item begins with, refused where it could have been written shorter.
fn argument(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let (size, least) = match short {
        0..=23 => return Some((u64::from(short), rest)),
        24 => (1, 24),
        25 => (2, 1 << 8),
        26 => (4, 1 << 16),
        27 => (8, 1 << 32),
        _ => return None,
    };
    let (own, rest) = rest.split_at_checked(size)?;
    let value = own.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    (value >= least).then_some((value, rest))
}

fn list(length: u64, mut rest: &[u8], deeper: u8) -> Option<(Item<'_>, &[u8])> {
    let mut items = Vec::new();
    for _ in 0..length {
        let (read, behind) = item(rest, deeper)?;
        items.push(read);
        rest = behind;
    }
    Some((Item::List(items), rest))
}

fn map(length: u64, mut rest: &[u8], deeper: u8) -> Option<(Item<'_>, &[u8])> {
    // Looking for a key that stands twice takes the square of their number.
    if length > MOST_KEYS {
        return None;
    }
    let mut pairs: Vec<(Item<'_>, Item<'_>)> = Vec::new();
    for _ in 0..length {
        let (key, behind) = item(rest, deeper)?;
        let (value, behind) = item(behind, deeper)?;
        if !matches!(key, Item::Number(_) | Item::Text(_)) || pairs.iter().any(|(found, _)| *found == key) {
            return None;
        }
        pairs.push((key, value));
        rest = behind;
    }
    Some((Item::Map(pairs), rest))
}

/// As deep as CTAP2 lets authenticators nest.
const DEEPEST: u8 = 4;
const MOST_KEYS: u64 = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_authenticators_write_is_read() {
        // {"fmt": "none", 1: -7, "bytes": h'0102', "list": [true]}
        let bytes = b"\xa4\x63fmt\x64none\x01\x26\x65bytes\x42\x01\x02\x64list\x81\xf5";
        let read = read_whole(bytes).unwrap();
        assert_eq!(read.named("fmt"), Some(&Item::Text("none")));
        assert_eq!(read.numbered(1), Some(&Item::Number(-7)));
        assert_eq!(read.named("bytes").and_then(Item::bytes), Some(&[1, 2][..]));
        assert_eq!(read.named("list"), Some(&Item::List(vec![Item::Simple(21)])));
        assert_eq!((read.named("other"), Item::Number(1).named("fmt")), (None, None));
    }

    #[test]
    fn numbers_and_lengths_are_written_in_the_shortest_way() {
        assert_eq!(read_whole(b"\x18\x18"), Some(Item::Number(24)));
        assert_eq!(read_whole(b"\x1b\x7f\xff\xff\xff\xff\xff\xff\xff"), Some(Item::Number(i64::MAX)));
        assert_eq!(read_whole(b"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff"), Some(Item::Number(i64::MIN)));
        for longer in
            [&b"\x18\x17"[..], b"\x19\x00\x18", b"\x58\x01\x00", b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff"]
        {
            assert_eq!(read_whole(longer), None, "{longer:?}");
        }
    }

    #[test]
    fn what_is_cut_off_repeated_endless_or_too_deep_is_refused() {
        let all: [&[u8]; 12] = [
            b"",
            b"\x42\x01",
            b"\x62\xff\xfe",
            b"\x9f\xff",
            b"\xbf\xff",
            b"\x5f\xff",
            b"\xa2\x01\x02\x01\x03",
            b"\xa1\x80\x01",
            b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
            b"\x81\x81\x81\x81\x81\x01",
            b"\xc0\x01",
            b"\xfb\x00\x00\x00\x00\x00\x00\x00\x00",
        ];
        for bytes in all {
            assert_eq!(read_whole(bytes), None, "{bytes:?}");
        }
        assert_eq!(read(b"\x01\x02"), Some((Item::Number(1), &b"\x02"[..])));
        assert_eq!(read_whole(b"\x01\x02"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Some((_, rest)) = read(&bytes) {
                prop_assert!(rest.len() < bytes.len());
            }
        }
    }
}
