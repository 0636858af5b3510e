//! `guidelines checks`: which checks exist, what they can show, and how many controls have one.

use std::fmt::Write as _;

use dualtrack_catalogue::{Catalogue, Language};

use crate::terminal::Terminal;

/// Every check with what it can show.
pub(super) fn checks(catalogue: &Catalogue, terminal: Terminal) -> String {
    let mut text = String::new();
    let coverage = catalogue.coverage_of_checks();
    for (degree, counts) in &coverage.by_degree {
        let line = match terminal.language {
            Language::En => format!(
                "{}: {} controls; {} have an executable check for some of the evidence they ask for, {} for every kind, \
                 and {} are shown by checks alone.",
                degree.label(terminal.language),
                counts.controls,
                counts.some_kind,
                counts.every_kind,
                counts.wholly
            ),
            Language::ZhHant => format!(
                "{}：{} 項管控；其中 {} 項所需的部分證據有可執行的檢查，{} 項的每類證據均有，{} 項單憑檢查即可證明。",
                degree.label(terminal.language),
                counts.controls,
                counts.some_kind,
                counts.every_kind,
                counts.wholly
            ),
        };
        let _ = writeln!(text, "{}", terminal.wrap(&line, 0));
    }
    text.push('\n');
    for set in catalogue.checks().into_iter().flat_map(|checks| &checks.checks) {
        let ids: Vec<_> = set.ids.iter().map(dualtrack_catalogue::CheckId::as_str).collect();
        let _ = writeln!(text, "{}", terminal.bold(&terminal.wrap(&ids.join(", "), 0)));
        let passes = format!(
            "{} → {}",
            set.passes_when.in_language(terminal.language),
            set.evidence.label(terminal.language)
        );
        let _ = writeln!(text, "{}", terminal.wrap(&passes, 2));
        for (control, showing) in &set.controls {
            let line = format!("{control}: {}", showing.because.in_language(terminal.language));
            let _ = writeln!(text, "{}", terminal.wrap(&line, 4));
        }
        text.push('\n');
    }
    text
}
