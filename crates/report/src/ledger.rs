//! The page of a ledger: how it grew, what was signed last, by whom it is signed and witnessed.

use askama::Template;
use dualtrack_catalogue::Language;
use jiff::Timestamp;

use crate::chart::{Chart, growth_chart};
use crate::html::HtmlError;
use crate::html::parts::{Frame, Link, other_language};
use crate::locale::Words;

/// How a ledger stands.
#[derive(Clone, Debug)]
pub struct LedgerStanding {
    /// The name of the log.
    pub log: String,
    /// The program, with its version.
    pub program: String,
    /// When this was looked at.
    pub instant: Timestamp,
    /// The last signed checkpoint, a note.
    pub checkpoint: String,
    /// How many entries it covers.
    pub size: u64,
    /// Their root.
    pub root: String,
    /// The keys that sign, as verifier keys.
    pub keys: Vec<String>,
    /// The keys that signed before.
    pub retired: Vec<String>,
    /// Who cosigned which size, and when.
    pub witnesses: Vec<(String, u64, Timestamp)>,
    /// How it grew: every batch of the last segment, and the last of each before.
    pub batches: Vec<LedgerBatch>,
}

/// A batch of a ledger.
#[derive(Clone, Copy, Debug)]
pub struct LedgerBatch {
    /// Its number, from 0.
    pub number: u64,
    /// The time of its last entry.
    pub instant: Timestamp,
    /// How many entries it has.
    pub entries: u64,
    /// The size of the log with it.
    pub size: u64,
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerView {
    frame: Frame,
    words: Words,
    name: String,
    lead: String,
    growth: Option<Chart>,
    checkpoint: String,
    keys: Vec<String>,
    retired: Vec<String>,
    witnesses: Vec<String>,
}

/// The page in one language.
pub fn ledger_html(standing: &LedgerStanding, language: Language) -> Result<String, HtmlError> {
    let words = Words::of(language);
    let made = words.say_with(
        "ledger-made",
        &[("instant", &words.instant(standing.instant)), ("program", &standing.program)],
    );
    let frame = Frame {
        language: words.language.tag(),
        title: standing.log.clone(),
        other: Link { target: String::new(), text: String::new() },
        other_language: other_language(words.language).tag(),
        home: None,
        style: crate::html::print::style(&made, words),
        made,
        as_of: None,
        guidelines: Vec::new(),
    };
    let last = standing.batches.last();
    let lead = words.say_with(
        "ledger-lead",
        &[
            ("entries", &words.whole(standing.size)),
            ("last", &last.map_or_else(String::new, |batch| words.instant(batch.instant))),
        ],
    );
    let witnesses = standing.witnesses.iter().map(|(name, size, instant)| {
        words.say_with(
            "ledger-witnessed",
            &[("name", name), ("size", &words.whole(*size)), ("instant", &words.instant(*instant))],
        )
    });
    let view = LedgerView {
        frame,
        words,
        name: standing.log.clone(),
        lead,
        growth: (!standing.batches.is_empty()).then(|| growth_chart(&standing.batches, words)),
        checkpoint: standing.checkpoint.clone(),
        keys: standing.keys.clone(),
        retired: standing.retired.clone(),
        witnesses: witnesses.collect(),
    };
    view.render().map_err(|source| HtmlError::new("ledger", source))
}
