//! Receipts (C2SP `tlog-proof`): an index, the hashes that lead from its entry to the root, and the signed checkpoint.

use std::fmt;

use base64::Engine as _;

use crate::encoding::{BASE64, decimal};
use crate::hash::Hash;

/// A text that is not a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a receipt in the form `c2sp.org/tlog-proof@v1`")]
pub struct ReceiptError;

/// What shows a stranger that an entry is in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Anything the log wishes to add; not signed by anybody.
    pub extra: Option<Vec<u8>>,
    /// Where the entry stands.
    pub index: u64,
    /// The hashes from the leaf's sibling up.
    pub proof: Vec<Hash>,
    /// The checkpoint, a signed note, to be checked like any other.
    pub checkpoint: String,
}

impl Receipt {
    /// Reads a receipt.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ReceiptError)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) || checkpoint.is_empty() {
            return Err(ReceiptError);
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.and_then(|line| line.strip_prefix("extra "));
        let extra = extra.map(|text| BASE64.decode(text)).transpose().map_err(|_| ReceiptError)?;
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let proof: Option<Vec<Hash>> = lines.map(Hash::parse).collect();
        let proof = proof.filter(|proof| proof.len() <= LONGEST).ok_or(ReceiptError)?;
        Ok(Self { extra, index: index.ok_or(ReceiptError)?, proof, checkpoint: checkpoint.to_owned() })
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(formatter, "extra {}", BASE64.encode(extra))?;
        }
        writeln!(formatter, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(formatter, "{hash}"))?;
        write!(formatter, "\n{}", self.checkpoint)
    }
}

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 2⁶⁴ leaves is no higher.
const LONGEST: usize = 64;
