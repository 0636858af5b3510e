//! Entries: an envelope that the log understands around clear fields that it does not.
//!
//! The exact bytes hashed are the bytes stored. Nothing personal stands in an entry: that is what [`Sealed`] is for.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::canonical::{self, CanonicalError, canonical};
use crate::seal::Sealed;

/// Why something cannot be entered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The kind is no dotted name.
    #[error("kind `{0}` is not lower-case words joined by dots, such as `evidence.added`")]
    Kind(String),
    /// A clear field takes a name of the envelope, or has none.
    #[error("a clear field cannot be named `{0}`")]
    Name(String),
    /// A clear field holds what an entry may not.
    #[error("field `{0}`: {1}")]
    Value(String, CanonicalError),
    /// It is too long.
    #[error("the entry has {0} bytes; at most {LONGEST} are entered")]
    Length(usize),
    /// Bytes that are not an entry.
    #[error("this is not an entry: {0}")]
    Malformed(&'static str),
}

/// Who says it: one running program, and how many entries it has made since it started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The installation, by a random name.
    pub instance: String,
    /// Its start, in milliseconds since 1970; a later start has a greater number.
    pub epoch: u64,
    /// The number of the entry since that start, from 1. A number that never comes is a gap that anyone sees.
    pub sequence: u64,
}

/// An entry before the log has given it a time and a place.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The time at its source.
    pub(crate) time: u64,
    /// The bytes before and after the time.
    head: Vec<u8>,
    tail: Vec<u8>,
    /// What is kept beside the log, and named in the entry.
    pub(crate) payloads: Vec<Sealed>,
    /// The keys that it destroys, if it is an erasure.
    pub(crate) erases: Vec<Uuid>,
}

/// What an entry says in clear.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    /// Its name at the source; version 7, so that names grow with time.
    pub id: Uuid,
    /// What happened, such as `evidence.added`.
    pub kind: &'a str,
    /// When, in milliseconds since 1970.
    pub time: u64,
    /// Who says it.
    pub source: Source,
    /// Indices of earlier entries that it speaks of.
    pub links: Vec<u64>,
    /// Further fields, of which the log knows nothing: text, whole numbers, lists and maps. Never personal.
    pub clear: BTreeMap<String, Value>,
}

impl Draft {
    /// Makes an entry of a statement and of what is sealed beside it.
    pub fn new(statement: Statement<'_>, payloads: Vec<Sealed>) -> Result<Self, EntryError> {
        let Statement { id, kind, time, source, links, clear } = statement;
        if !is_kind(kind) {
            return Err(EntryError::Kind(kind.to_owned()));
        }
        let erases = if kind == ERASURE { targets(clear.get(TARGETS)) } else { Vec::new() };
        let text = |text: &str| {
            let mut out = Vec::with_capacity(text.len() + 2);
            canonical::write_text(text, &mut out);
            out
        };
        let number = |number: u64| number.to_string().into_bytes();
        let Source { instance, epoch, sequence } = source;
        let mut from = b"{\"epoch\":".to_vec();
        from.extend(number(epoch));
        from.extend_from_slice(b",\"instance\":");
        canonical::write_text(&instance, &mut from);
        from.extend_from_slice(b",\"seq\":");
        from.extend(number(sequence));
        from.push(b'}');
        let mut fields: Vec<(&str, Vec<u8>)> = vec![
            ("v", number(VERSION)),
            ("id", text(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()))),
            ("kind", text(kind)),
            ("src", from),
        ];
        if !links.is_empty() {
            fields.push(("links", listed(&links, |link, out| out.extend_from_slice(&number(*link)))));
        }
        let mut digests: Vec<&String> = payloads.iter().flat_map(|sealed| &sealed.digests).collect();
        digests.sort();
        if !digests.is_empty() {
            fields.push(("sd", listed(&digests, |digest, out| canonical::write_text(digest, out))));
        }
        if !payloads.is_empty() {
            fields.push(("pl", listed(&payloads, Sealed::write_named)));
        }
        for (name, value) in &clear {
            if name.is_empty() || ENVELOPE.contains(&name.as_str()) {
                return Err(EntryError::Name(name.clone()));
            }
            fields.push((name, canonical(value).map_err(|error| EntryError::Value(name.clone(), error))?));
        }
        fields.sort_by(|(left, _), (right, _)| canonical::order(left, right));
        let mut draft = Self { time, head: vec![b'{'], tail: Vec::new(), erases, payloads: Vec::new() };
        for (name, value) in fields {
            let early = canonical::order(name, TIME).is_lt();
            let out = if early { &mut draft.head } else { &mut draft.tail };
            if !early {
                out.push(b',');
            }
            canonical::write_text(name, out);
            out.push(b':');
            out.extend_from_slice(&value);
            if early {
                out.push(b',');
            }
        }
        draft.tail.push(b'}');
        draft.payloads = payloads;
        let length = draft.head.len() + draft.tail.len() + LONGEST_TIME;
        if length > LONGEST { Err(EntryError::Length(length)) } else { Ok(draft) }
    }

    /// About how many bytes it and what is sealed beside it take.
    pub(crate) fn weight(&self) -> usize {
        let sealed: usize = self.payloads.iter().map(|payload| payload.bytes.len()).sum();
        self.head.len() + self.tail.len() + LONGEST_TIME + sealed
    }

    /// The bytes of the entry at this time.
    pub(crate) fn at(&self, time: u64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.head.len() + self.tail.len() + LONGEST_TIME);
        bytes.extend_from_slice(&self.head);
        bytes.extend_from_slice(b"\"t\":");
        bytes.extend_from_slice(time.to_string().as_bytes());
        bytes.extend_from_slice(&self.tail);
        bytes
    }
}

/// An entry as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name at the source.
    pub id: Uuid,
    /// What happened.
    pub kind: String,
    /// When, in milliseconds since 1970; never before the entry before it.
    pub time: u64,
    /// Who says it.
    pub source: Source,
    /// Indices of earlier entries that it speaks of.
    pub links: Vec<u64>,
    /// The digests of fields that may be disclosed one by one.
    pub digests: Vec<String>,
    /// What is kept sealed beside the log.
    pub payloads: Vec<Named>,
    /// Further fields.
    pub clear: Map<String, Value>,
}

/// A sealed payload as its entry names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// A random name, used once.
    pub reference: String,
    /// SHA-256 of the sealed bytes, in hexadecimal digits.
    pub digest: String,
    /// How long it is to be kept, as the product names it.
    pub class: String,
}

impl Entry {
    /// Reads the bytes of an entry, which must be in their one form.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        use EntryError::Malformed;
        if bytes.len() > LONGEST {
            return Err(EntryError::Length(bytes.len()));
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|_| Malformed("it is not JSON"))?;
        if canonical(&value).ok().as_deref() != Some(bytes) {
            return Err(Malformed(
                "it is not in the form of RFC 8785, or holds more than text and whole numbers",
            ));
        }
        let Value::Object(mut map) = value else { return Err(Malformed("it is not a map")) };
        let mut take = |name| map.shift_remove(name);
        if take("v") != Some(json!(VERSION)) {
            return Err(Malformed("`v` is not a version that is known here"));
        }
        let id = take("id").as_ref().and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
        let kind =
            take("kind").as_ref().and_then(Value::as_str).filter(|kind| is_kind(kind)).map(str::to_owned);
        let source = take("src").and_then(|source| {
            Some(Source {
                instance: source.get("instance")?.as_str()?.to_owned(),
                epoch: source.get("epoch")?.as_u64()?,
                sequence: source.get("seq")?.as_u64()?,
            })
        });
        let links = list(take("links"), Value::as_u64);
        let digests = list(take("sd"), |digest| digest.as_str().map(str::to_owned));
        let payloads = list(take("pl"), Named::parse);
        let time = take(TIME).as_ref().and_then(Value::as_u64);
        Ok(Self {
            id: id.ok_or(Malformed("`id` is not a UUID"))?,
            kind: kind.ok_or(Malformed("`kind` is not a dotted name"))?,
            time: time.ok_or(Malformed("`t` is not a time in milliseconds"))?,
            source: source.ok_or(Malformed("`src` does not name instance, epoch and seq"))?,
            links: links.ok_or(Malformed("`links` are not indices"))?,
            digests: digests.ok_or(Malformed("`sd` are not digests"))?,
            payloads: payloads.ok_or(Malformed("`pl` does not name payloads"))?,
            clear: map,
        })
    }

    /// The ids of the keys that it destroys; none unless it is an erasure.
    pub fn erases(&self) -> Vec<Uuid> {
        if self.kind == ERASURE { targets(self.clear.get(TARGETS)) } else { Vec::new() }
    }
}

impl Named {
    fn parse(value: &Value) -> Option<Self> {
        let text = |name| Some(value.get(name)?.as_str()?.to_owned());
        Some(Self { reference: text("ref")?, digest: text("sha256")?, class: text("class")? })
    }
}

/// The keys that an erasure names.
fn targets(value: Option<&Value>) -> Vec<Uuid> {
    let ids = value.and_then(Value::as_array).into_iter().flatten();
    ids.filter_map(|id| Uuid::try_parse(id.as_str()?).ok()).collect()
}

/// A new name of an entry made at this time, in milliseconds since 1970: a UUID of version 7.
pub fn id_at(time: u64) -> Uuid {
    let mut chance = [0; 10];
    // Without chance the name is of its time alone; entries are told apart by their index.
    let _ = getrandom::fill(&mut chance);
    uuid::Builder::from_unix_timestamp_millis(time, &chance).into_uuid()
}

/// A list, in the one form.
fn listed<T>(items: &[T], mut write: impl FnMut(&T, &mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![b'['];
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(item, &mut out);
    }
    out.push(b']');
    out
}

/// A list of values that may be absent; none if one of them is not what it should be.
fn list<T>(value: Option<Value>, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.map_or(Some(Vec::new()), |value| value.as_array()?.iter().map(read).collect())
}

fn is_kind(kind: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
    };
    kind.len() <= 64 && kind.split('.').all(word)
}

/// The kind of an entry that destroys keys, and the field that names them.
pub const ERASURE: &str = "erasure";
const TARGETS: &str = "targets";
/// The version of the envelope.
const VERSION: u64 = 1;
const TIME: &str = "t";
const ENVELOPE: [&str; 8] = ["v", "id", "kind", TIME, "src", "links", "sd", "pl"];
/// The greatest number of bytes of an entry. The format would allow 65,535.
pub(crate) const LONGEST: usize = 16_384;
/// `"t":` and the digits of a time.
const LONGEST_TIME: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(clear: &[(&str, Value)]) -> Statement<'static> {
        Statement {
            id: Uuid::from_u128(7),
            kind: "evidence.added",
            time: 5,
            source: Source { instance: "one".into(), epoch: 1, sequence: 1 },
            links: vec![3],
            clear: clear.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        }
    }

    #[test]
    fn an_entry_is_written_in_one_form_with_the_time_the_log_gave() {
        let clear =
            [("use", json!("assistant")), ("stage", json!("pilot")), ("\u{e9}", json!({"b": 1, "a": "\n"}))];
        let bytes = Draft::new(statement(&clear), Vec::new()).unwrap().at(9);
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            r#"{"id":"00000000-0000-0000-0000-000000000007","kind":"evidence.added","links":[3],"src":{"epoch":1,"instance":"one","seq":1},"stage":"pilot","t":9,"use":"assistant","v":1,"é":{"a":"\n","b":1}}"#
        );
        let entry = Entry::parse(&bytes).unwrap();
        assert_eq!((entry.time, entry.links.as_slice(), entry.clear.len()), (9, [3].as_slice(), 3));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_not_entered() {
        let refused = |name: &str, value: Value| {
            Draft::new(statement(&[(name, value)]), Vec::new()).unwrap_err().to_string()
        };
        assert_eq!(refused("t", json!(1)), "a clear field cannot be named `t`");
        assert_eq!(
            refused("x", json!(0.5)),
            "field `x`: a number must be whole and at most 9007199254740991"
        );
        assert_eq!(
            refused("x", json!([null])),
            "field `x`: only text, whole numbers, lists and maps are entered"
        );
        let long = refused("x", json!("a".repeat(LONGEST)));
        assert!(long.ends_with("at most 16384 are entered"), "{long}");
    }

    #[test]
    fn bytes_in_another_form_are_no_entry() {
        let bytes = Draft::new(statement(&[]), Vec::new()).unwrap().at(9);
        let text = String::from_utf8(bytes).unwrap();
        for other in
            [text.replace("\"t\":9", "\"t\": 9"), text.replace("\"v\":1", "\"v\":1,\"v\":1"), text + "\n"]
        {
            assert!(Entry::parse(other.as_bytes()).is_err(), "{other}");
        }
    }
}
