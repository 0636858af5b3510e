//! A measurement in one line, as check results and evidence quote it.

use dualtrack_assurance::Measurement;
use dualtrack_catalogue::Language;

use crate::locale::Words;
use crate::names::Names;

/// The slice, the value and its interval: `sex female against male: 1.045 [1.021, 1.069]`.
pub fn reading(measurement: &Measurement, language: Language) -> String {
    let words = Words::of(language);
    let slice = Names { words, groups: &[] }.slice(measurement);
    let value = format!("{} {}", words.estimate(measurement), words.interval(measurement));
    if slice.is_empty() { value.trim().to_owned() } else { format!("{slice}: {}", value.trim()) }
}
