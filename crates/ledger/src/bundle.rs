//! Bundles: all entries of a range, with what shows that they are all and that a checkpoint covers them.
//!
//! The entries between two sizes follow from the peaks of the tree at the first; the tree at the second is proved to be
//! the beginning of the signed one. Nothing is left out without the root changing. A text, an entry a line:
//!
//! ```text
//! dualtrack-bundle@v1
//! from 100
//! to 102
//! <the peaks of the tree of 100 entries, in base64, a line each>
//!
//! <entry 100>
//! <entry 101>
//!
//! <the proof that the tree of the checkpoint continues that of 102 entries>
//!
//! <the signed checkpoint>
//!
//! sha256 <of everything before this line>
//! ```

use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

use sha2::{Digest as _, Sha256};

use crate::checkpoint::Checkpoint;
use crate::encoding::decimal;
use crate::error::LedgerError;
use crate::frontier::Frontier;
use crate::hash::{Hash, leaf_hash};
use crate::key::VerifierKey;
use crate::note::{Note, NoteError};
use crate::proof::consistency;
use crate::reader::Reader;

/// Why a bundle shows nothing.
#[derive(Debug, thiserror::Error)]
pub enum BundleFault {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is not written as a bundle is.
    #[error("line {0}: this is not what stands there in a bundle")]
    Malformed(usize),
    /// It was changed or cut short after it was written.
    #[error("its sum does not fit: it was changed or cut short")]
    Sum,
    /// The checkpoint cannot be relied on.
    #[error("the checkpoint: {0}")]
    Note(#[from] NoteError),
    /// The text that was signed is no checkpoint.
    #[error("what was signed is not a checkpoint")]
    Checkpoint,
    /// The entries are not those that were signed for.
    #[error("the entries are not those of the signed log: some were changed, added or taken away")]
    Entries,
}

/// What a bundle showed.
#[derive(Clone, Debug)]
pub struct BundleChecked {
    /// The index of the first entry.
    pub from: u64,
    /// The index after the last.
    pub to: u64,
    /// The root of the log before the first entry.
    pub root_before: Hash,
    /// The root of the log with the last entry.
    pub root_after: Hash,
    /// The signed note; its signatures were checked by the keys that the reader named.
    pub note: String,
    /// What it says.
    pub checkpoint: Checkpoint,
}

/// Writes a bundle of the entries `from..to` of a log whose checkpoint is this note, over `size` entries.
pub fn write_bundle(
    reader: &Reader,
    from: u64,
    to: u64,
    (note, size): (&str, u64),
    out: &mut impl Write,
) -> Result<(), LedgerError> {
    let mut out = Summed { inner: out, sum: Sha256::new() };
    let failed = |error| LedgerError::File { what: "write", path: "the bundle".into(), error };
    let mut head = format!("{MAGIC}\nfrom {from}\nto {to}\n");
    for peak in reader.frontier_at(from)?.peaks() {
        let _ = writeln!(head, "{peak}");
    }
    writeln!(out, "{head}").map_err(failed)?;
    reader.entries(from..to, |_, entry| {
        out.write_all(entry).and_then(|()| out.write_all(b"\n")).map_err(failed)
    })?;
    let mut tail = "\n".to_owned();
    if to > 0 {
        for hash in reader.prove_consistency(to, size)? {
            let _ = writeln!(tail, "{hash}");
        }
    }
    write!(out, "{tail}\n{note}\n").map_err(failed)?;
    let sum = hexadecimal(&out.sum);
    writeln!(out, "sha256 {sum}").and_then(|()| out.flush()).map_err(failed)
}

/// Checks a bundle by keys that the reader trusts. Each entry is handed to `seen` with its index, and the tree with it;
/// nothing of it is to be believed before this returns well.
pub fn check_bundle(
    bundle: impl BufRead,
    keys: &[VerifierKey],
    mut seen: impl FnMut(u64, &[u8], &Frontier),
) -> Result<BundleChecked, BundleFault> {
    let mut lines = Lines { inner: bundle, sum: Sha256::new(), number: 0, line: Vec::new() };
    if lines.next(true)? != MAGIC {
        return Err(BundleFault::Malformed(1));
    }
    let from = lines.number("from ")?;
    let to = lines.number("to ")?;
    let peaks = lines.hashes(64)?;
    let mut tree = Frontier::new(from, peaks).ok_or(BundleFault::Malformed(3))?;
    let root_before = tree.root();
    if to < from {
        return Err(BundleFault::Malformed(3));
    }
    while tree.size() < to {
        let index = tree.size();
        let entry = lines.next(true)?.to_owned();
        if entry.is_empty() {
            return Err(BundleFault::Malformed(lines.number));
        }
        tree.push(leaf_hash(entry.as_bytes()), |_, _, _| ());
        seen(index, entry.as_bytes(), &tree);
    }
    if !lines.next(true)?.is_empty() {
        return Err(BundleFault::Malformed(lines.number));
    }
    let proof = lines.hashes(64)?;
    let mut note = String::new();
    while note.len() < LONGEST_NOTE {
        let line = lines.next(true)?.to_owned();
        // The note has one empty line of its own, before its signatures.
        if line.is_empty() && note.contains("\n\n") {
            break;
        }
        let _ = writeln!(note, "{line}");
    }
    let sum = hexadecimal(&lines.sum);
    let last = lines.next(false)?;
    if last != format!("sha256 {sum}") || !lines.inner.fill_buf()?.is_empty() {
        return Err(BundleFault::Sum);
    }
    let parsed = Note::parse(&note)?;
    let (text, _) = parsed.verify(keys)?;
    let checkpoint = Checkpoint::parse(text).map_err(|_| BundleFault::Checkpoint)?;
    let (second, root_after) = ((checkpoint.size, checkpoint.root), tree.root());
    let proved =
        if to == 0 { proof.is_empty() } else { consistency((to, root_after), second, &proof).is_ok() };
    if !proved {
        return Err(BundleFault::Entries);
    }
    Ok(BundleChecked { from, to, root_before, root_after, note, checkpoint })
}

/// Whether a file that begins like this is a bundle.
pub fn is_bundle(start: &[u8]) -> bool {
    start.starts_with(MAGIC.as_bytes())
}

/// Counts what is written through it.
struct Summed<'a, W> {
    inner: &'a mut W,
    sum: Sha256,
}

impl<W: Write> Write for Summed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write_all(bytes)?;
        self.sum.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Lines of a bounded length.
struct Lines<R> {
    inner: R,
    sum: Sha256,
    number: usize,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self, counted: bool) -> Result<&str, BundleFault> {
        self.line.clear();
        self.number += 1;
        let read = io::Read::take(&mut self.inner, LONGEST_LINE).read_until(b'\n', &mut self.line)?;
        if counted {
            self.sum.update(&self.line);
        }
        let whole = self.line.strip_suffix(b"\n").filter(|_| read > 0);
        whole.and_then(|line| std::str::from_utf8(line).ok()).ok_or(BundleFault::Malformed(self.number))
    }

    fn number(&mut self, name: &str) -> Result<u64, BundleFault> {
        let line = self.next(true)?;
        let number = line.strip_prefix(name).and_then(decimal);
        number.ok_or(BundleFault::Malformed(self.number))
    }

    /// Hashes, up to an empty line.
    fn hashes(&mut self, most: usize) -> Result<Vec<Hash>, BundleFault> {
        let mut hashes = Vec::new();
        loop {
            let line = self.next(true)?;
            if line.is_empty() {
                return Ok(hashes);
            }
            let hash = Hash::parse(line).filter(|_| hashes.len() < most);
            hashes.push(hash.ok_or(BundleFault::Malformed(self.number))?);
        }
    }
}

fn hexadecimal(sum: &Sha256) -> String {
    crate::encoding::hexadecimal(&sum.clone().finalize())
}

const MAGIC: &str = "dualtrack-bundle@v1";
const LONGEST_LINE: u64 = 70_000;
const LONGEST_NOTE: usize = 100_000;
