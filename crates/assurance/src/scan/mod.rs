//! The scan: one pass over the data that leaves the tables of all metrics behind.
//!
//! Batches stream through as many threads as the machine has; memory grows with the tables, not the
//! rows. The result does not depend on the threads, the order of the rows or their split into parts.
//! No thread outlives the call, and nothing is read but the declared columns of the parts handed in.

mod cells;
mod coder;
mod features;
mod finish;
mod numbers;
mod plan;
mod segments;
mod slots;
mod table;
mod time;
mod worker;

#[cfg(test)]
mod tests;

use crate::error::ScanError;
use crate::profile::ProfileLimits;
use crate::read::{Opened, Part, guarded};
use crate::roles::Roles;
use crate::tables::Tables;
use plan::Plan;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use worker::Worker;

pub(crate) use coder::Coder;
pub(crate) use finish::{check, cube};
pub(crate) use numbers::Numbers;

/// How a scan is done. The defaults suit a laptop and a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanOptions {
    /// Threads; as many as the machine offers when left out.
    pub threads: Option<NonZero<usize>>,
    /// The greatest number of bins of the scores of all rows.
    pub score_bins: usize,
    /// The greatest number of bins of the scores of a group.
    pub group_score_bins: usize,
    /// How fine column profiles are.
    pub profile: ProfileLimits,
    /// The greatest number of distinct values of an attribute, label, decision or period.
    pub values_limit: usize,
    /// The greatest number of cells of the cube.
    pub cells_limit: usize,
    /// Whether this is a part of a data set whose tables are merged later: then no rows, one label
    /// and values that never occur are not errors.
    pub partial: bool,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            threads: None,
            score_bins: 65_536,
            group_score_bins: 4_096,
            profile: ProfileLimits::default(),
            values_limit: 1_000,
            cells_limit: 1_000_000,
            partial: false,
        }
    }
}

/// How far a scan has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows read.
    pub rows: u64,
    /// Rows there are, if the files say so.
    pub total: Option<u64>,
}

/// Reads a data set once and returns its tables.
///
/// `progress` is called from several threads, after every few thousand rows; setting `stop` ends the
/// scan soon with [`ScanError::Interrupted`]. Of several errors the one of the earliest piece of the
/// data is returned, so that the same data always gives the same error.
pub fn scan(
    parts: &[Part],
    roles: &Roles,
    options: &ScanOptions,
    progress: &(dyn Fn(Progress) + Sync),
    stop: &AtomicBool,
) -> Result<Tables, ScanError> {
    let names = || parts.iter().map(|part| format!("`{}`", part.name)).collect::<Vec<_>>().join(", ");
    if parts.is_empty() {
        return Err(ScanError::Empty("the data set: it has no files".into()));
    }
    let (plan, opened) = guarded(&names(), || Plan::new(parts, roles, options))?;
    let pieces: Vec<(&Opened, usize)> =
        opened.iter().flat_map(|part| (0..part.pieces).map(move |piece| (part, piece))).collect();
    let work = Work {
        plan: &plan,
        pieces: &pieces,
        next: AtomicUsize::new(0),
        failed: AtomicUsize::new(usize::MAX),
        rows: AtomicU64::new(0),
        total: opened.iter().map(|part| part.rows).sum(),
        progress,
        stop,
    };
    let offered = options.threads.or_else(|| std::thread::available_parallelism().ok());
    let threads = offered.map_or(1, NonZero::get).min(pieces.len()).max(1);
    let shares: Vec<Result<Tables, Failure>> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| work.share())).collect();
        let mut shares = vec![work.share()];
        shares.extend(others.into_iter().map(|other| other.join().unwrap_or_else(|_| Err(died()))));
        shares
    });
    let tables = merged(shares)?;
    if stop.load(Ordering::Relaxed) {
        return Err(ScanError::Interrupted);
    }
    check(&tables, options, &names())?;
    Ok(tables)
}

/// What the threads share.
struct Work<'a> {
    plan: &'a Plan<'a>,
    pieces: &'a [(&'a Opened, usize)],
    next: AtomicUsize,
    /// The earliest piece that failed: later ones need not be read.
    failed: AtomicUsize,
    rows: AtomicU64,
    total: Option<u64>,
    progress: &'a (dyn Fn(Progress) + Sync),
    stop: &'a AtomicBool,
}

/// An error and the piece it happened in.
type Failure = (usize, ScanError);

impl Work<'_> {
    /// Takes pieces until there are none left.
    fn share(&self) -> Result<Tables, Failure> {
        let mut worker = Worker::new(self.plan);
        loop {
            let piece = self.next.fetch_add(1, Ordering::Relaxed);
            let Some((part, number)) = self.pieces.get(piece) else { break };
            if piece > self.failed.load(Ordering::Relaxed) {
                break;
            }
            let read = guarded(&part.name, || {
                part.read(*number, &mut |batch| {
                    if self.stop.load(Ordering::Relaxed) {
                        return Err(ScanError::Interrupted);
                    }
                    worker.take(batch)?;
                    let more = batch.rows as u64;
                    let rows = self.rows.fetch_add(more, Ordering::Relaxed) + more;
                    (self.progress)(Progress { rows, total: self.total });
                    Ok(())
                })
            });
            if let Err(error) = read {
                self.failed.fetch_min(piece, Ordering::Relaxed);
                return Err((piece, error));
            }
        }
        Ok(finish::tables(worker))
    }
}

fn merged(shares: Vec<Result<Tables, Failure>>) -> Result<Tables, ScanError> {
    let mut sum: Option<Tables> = None;
    let mut failure: Option<Failure> = None;
    for share in shares {
        match share {
            Ok(tables) => {
                let total = match sum.take() {
                    Some(sum) => sum.merge(&tables).map_err(ScanError::Unfit)?,
                    None => tables,
                };
                sum = Some(total);
            }
            Err(error) if failure.as_ref().is_none_or(|(piece, _)| error.0 < *piece) => failure = Some(error),
            Err(_) => {}
        }
    }
    match (failure, sum) {
        (Some((_, error)), _) => Err(error),
        (None, Some(tables)) => Ok(tables),
        (None, None) => Err(died().1),
    }
}

fn died() -> Failure {
    (usize::MAX, ScanError::Unreadable { part: "the data".into(), because: "a reading thread failed".into() })
}
