//! Signed notes (C2SP `signed-note`): a text, an empty line, and lines of signatures.
//!
//! A note that is read says nothing yet; only what [`Note::verify`] hands out was signed by a key that the reader named.

use std::fmt;

use base64::Engine as _;

use crate::encoding::BASE64;
use crate::key::{Signature, VerifierKey, is_name};

/// Why a note says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not written as a note is.
    #[error("this is not a signed note: a text, an empty line, and lines of signatures")]
    Malformed,
    /// A known key's signature does not fit the text.
    #[error("the signature of `{0}` does not fit the text")]
    Forged(String),
    /// No known key has signed it.
    #[error("no key that you trust has signed this")]
    Unsigned,
}

/// A note as read: nothing in it is to be believed before [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Line>,
}

/// One line of signature.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: String,
    key: [u8; 4],
    signature: Vec<u8>,
}

impl Note {
    /// Reads a note; its text ends with a line feed.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > LONGEST || note.chars().any(|letter| letter < ' ' && letter != '\n') {
            return Err(NoteError::Malformed);
        }
        let end = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, rest) = note.split_at_checked(end + 1).ok_or(NoteError::Malformed)?;
        let lines = rest.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
        let lines: Vec<&str> = lines.ok_or(NoteError::Malformed)?.split('\n').collect();
        if lines.len() > MOST_SIGNATURES {
            return Err(NoteError::Malformed);
        }
        let signatures: Option<Vec<Line>> = lines.into_iter().map(Line::parse).collect();
        Ok(Self { text: text.to_owned(), signatures: signatures.ok_or(NoteError::Malformed)? })
    }

    /// This note with further lines of signature, each ended by a line feed, such as the cosignatures of witnesses.
    ///
    /// They are added as they are, and one that does not fit makes the note worthless to whoever knows its key: first
    /// verify what strangers send. Of several lines of one key the first counts.
    pub fn with(&self, lines: &str) -> Result<Self, NoteError> {
        let longer = Self::parse(&format!("{self}{lines}"))?;
        // An empty line among them would make the lines above it part of the text.
        let proper = longer.text == self.text && longer.signatures.len() > self.signatures.len();
        if proper { Ok(longer) } else { Err(NoteError::Malformed) }
    }

    /// The text, and the signatures of those known keys that made one over it.
    ///
    /// Signatures of unknown keys are passed over. A known key's signature that does not fit refuses the whole note, and
    /// so does a cosignature of a text that is no checkpoint.
    pub fn verify<'k>(&self, known: &'k [VerifierKey]) -> Result<(&str, Vec<Signature<'k>>), NoteError> {
        let mut signatures: Vec<Signature<'k>> = Vec::new();
        for line in &self.signatures {
            let key = known.iter().find(|key| key.is_named(&line.name, line.key));
            let first = |key: &&VerifierKey| signatures.iter().all(|signature| signature.key != *key);
            let Some(key) = key.filter(first) else { continue };
            let signature = key.check(&self.text, &line.signature);
            signatures.push(signature.ok_or_else(|| NoteError::Forged(line.name.clone()))?);
        }
        if signatures.is_empty() { Err(NoteError::Unsigned) } else { Ok((&self.text, signatures)) }
    }

    /// The text that the note claims, signed by nobody yet as far as the reader knows: not to be believed.
    ///
    /// It serves to find out which keys to ask for, such as by the origin of a checkpoint.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names on the lines of signatures, believed or not.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(|line| line.name.as_str())
    }
}

impl fmt::Display for Note {
    /// The note as it was read.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| {
            let bytes = [line.key.as_slice(), line.signature.as_slice()].concat();
            writeln!(formatter, "— {} {}", line.name, BASE64.encode(bytes))
        })
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = BASE64.decode(encoded).ok()?;
        let (key, signature) = bytes.split_first_chunk::<4>()?;
        let proper = is_name(name) && !signature.is_empty();
        proper.then(|| Self { name: name.to_owned(), key: *key, signature: signature.to_vec() })
    }
}

/// A note is short; whatever is longer was not made by a log.
const LONGEST: usize = 1_000_000;
const MOST_SIGNATURES: usize = 100;
