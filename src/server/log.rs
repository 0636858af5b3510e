//! The log behind the record, as the pages of a server read it: how it stands, an entry with its receipt, and whether
//! all of it holds. It is read from its files, as anybody else would read them; nothing is written.

use std::sync::{Arc, Mutex, PoisonError};

use dualtrack_catalogue::Bilingual;
use dualtrack_ledger::Reader;
use dualtrack_report::LedgerStanding;
use dualtrack_web::{Entered, Log, Verification};

use crate::commands::ledger::reading::receipt;
use crate::commands::ledger::status;
use crate::failure::Failure;
use crate::ledger::Found;
use crate::verify::{Line, Place, Refusal, Trust, log_watched};

/// What pages need of a log that was found.
pub(super) fn log(found: Found) -> Log {
    let kept = Arc::new(Kept { found, reader: Mutex::default() });
    let (standing, entry, verify) = (Arc::clone(&kept), Arc::clone(&kept), kept);
    Log {
        standing: Box::new(move || standing.standing().map_err(|failure| in_words(&failure))),
        entry: Box::new(move |index| entry.entry(index).map_err(|failure| in_words(&failure))),
        verify: Box::new(move |going| verify.verify(going)),
    }
}

/// A log, with the reader that was opened last: it keeps the hashes that proofs are made of.
struct Kept {
    found: Found,
    reader: Mutex<Option<Arc<Reader>>>,
}

impl Kept {
    fn standing(&self) -> Result<LedgerStanding, Failure> {
        status::standing(&self.found, crate::now())
    }

    /// A reader that reaches as far as the last checkpoint.
    fn reader(&self) -> Result<(Arc<Reader>, u64), Failure> {
        let (_, size) = self.found.checkpoint()?;
        let mut kept = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = kept.as_ref().filter(|reader| reader.size() >= size) {
            Ok((Arc::clone(reader), size))
        } else {
            let reader = Arc::new(self.found.reader()?);
            *kept = Some(Arc::clone(&reader));
            Ok((reader, size))
        }
    }

    fn entry(&self, index: u64) -> Result<Option<Entered>, Failure> {
        let (reader, size) = self.reader()?;
        if index >= size {
            return Ok(None);
        }
        let (bytes, receipt) = receipt(&self.found, &reader, index)?;
        let keys = self.found.settings.signing.iter().map(|signing| signing.verifier.clone());
        Ok(Some(Entered {
            log: self.found.settings.origin.clone(),
            bytes,
            receipt: receipt.to_string(),
            size,
            keys: keys.collect(),
        }))
    }

    fn verify(&self, going: &dyn Fn(u64, u64) -> bool) -> Verification {
        let verified = self.found.known().map_err(Refusal::Unknown).and_then(|keys| {
            let place = Place::Segments(self.found.root.clone());
            log_watched(&place, &Trust::of(keys), &mut |done, of| {
                if going(done, of) { Ok(()) } else { Err(Failure::Interrupted) }
            })
        });
        let both = |lines: Vec<Line>| {
            lines.into_iter().map(|(en, zh_hant)| Bilingual { en, zh_hant }).collect::<Vec<_>>()
        };
        match verified {
            Ok(verified) => Verification {
                holds: Some(true),
                checked: both(verified.checked),
                noticed: both(verified.noticed),
                left: both(verified.left),
            },
            Err(Refusal::Refused(en, zh_hant)) => Verification {
                holds: Some(false),
                noticed: vec![Bilingual { en, zh_hant }],
                ..Verification::default()
            },
            Err(Refusal::Unknown(failure)) => {
                let line = in_words(&failure);
                Verification {
                    holds: None,
                    noticed: vec![Bilingual { en: line.clone(), zh_hant: line }],
                    ..Verification::default()
                }
            }
        }
    }
}

fn in_words(failure: &Failure) -> String {
    match failure {
        Failure::Input(lines) => lines.join("; "),
        Failure::Interrupted => "it was stopped before its end".to_owned(),
    }
}
