//! The registry as a page of documentation.

use std::fmt::Write as _;

use super::{Definition, Family, definitions};

/// The text of `docs/definitions.md`; a test keeps the file equal to it.
pub fn page() -> String {
    let mut text = String::from(INTRODUCTION);
    for family in [Family::Performance, Family::Calibration, Family::Fairness, Family::Drift, Family::Quality]
    {
        section(&mut text, family);
    }
    text
}

fn section(text: &mut String, family: Family) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n## {} {}\n", family.english(), family.chinese());
    text.push_str(
        "| id | name | formula | conventions | unit | interval | source |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for definition in definitions().iter().filter(|definition| definition.family == family) {
        let Definition { id, english, chinese, formula, unit, source, uncertainty, .. } = definition;
        let formula = escaped(formula);
        let conventions = escaped(&conventions(definition));
        let _ = writeln!(
            text,
            "| `{id}` | {english}<br>{chinese} | {formula} | {conventions} | {} | {}<br>{} | {source} |",
            unit.english(),
            uncertainty.english(),
            uncertainty.chinese(),
        );
    }
}

fn conventions(definition: &Definition) -> String {
    let mut parts = Vec::new();
    if definition.orientation != super::Orientation::Neither {
        parts.push(definition.orientation.english());
    }
    parts.extend(definition.bin_rule);
    parts.push(definition.zero_rule);
    parts.join("; ")
}

/// A bar would end the cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

const INTRODUCTION: &str = "# Definitions

Every number Dualtrack measures carries the id of its definition. Libraries disagree about what a name means; an id
means one formula, one orientation, one bin rule and one zero rule. This page is generated from the registry in
`crates/assurance/src/definition`; a test fails when the two differ.

Conventions that hold throughout:

* 0/0 is undefined: neither zero nor one. A value that rests on fewer rows than asked for is reported as too few rows.
* A missing value of an attribute is a group of its own unless declared otherwise.
* *Event* orientation: positive is the declared event, predicted positive the decision that goes with it. *Favourable*
  orientation: positive is what is good for the person.
* Quantiles are of type 7 (Hyndman and Fan 1996). Intervals are two-sided, at 95% unless chosen otherwise: Wilson for
  a rate, Newcombe for a difference of rates, Koopman's score interval for a ratio, DeLong for an AUC, Wald for means
  and fitted coefficients, and a multinomial bootstrap over cells or bins for the rest. The method is named beside each
  interval.
* The bootstrap joins scores into at most 1,024 cells of neighbouring scores, a column into at most 40 cells beside the
  edges of its bins, and moves the interval by what joining did to the value. Bins of calibration and drift stay where
  the data put them. Drift resamples both samples, each from its own bins.
* A distance, an error or a spread cannot fall below zero, and resampling adds noise of its own: its percentile interval
  lies too high when the truth is near zero, and may lie above the value. It errs on the side of caution for an upper
  bound; the interval is left as the percentiles have it.
* Without an interval: counts and facts about these rows; tests, which have a p-value; the Kolmogorov–Smirnov and
  Wasserstein distances by exact row pass; the same over many periods and of scores within groups, and KS, average
  precision, gain and lift by period, where they would cost more than they tell (a check of one of these distances does
  get its interval); Cramér's V of label and category with more than 256 categories.
* With weights, values are weighted and intervals use Kish's effective size; they are labelled approximate.
";

#[cfg(test)]
mod tests {
    use super::*;

    /// Rewrites the page when `UPDATE_DEFINITIONS` is set.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test is asked to rewrite the page by the environment")]
    fn the_page_in_docs_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/definitions.md");
        if std::env::var("UPDATE_DEFINITIONS").is_ok() {
            std::fs::write(path, page()).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == page(),
            "docs/definitions.md is out of date: run this test with UPDATE_DEFINITIONS=1"
        );
    }
}
