//! The key of a declared check in words: what it measures, of whom and on what.

use dualtrack_catalogue::Language;

/// A key such as `fairness.x[dataset=cards,group=sex]` as "`fairness.x` by sex on cards"; another text as it is.
pub(super) fn check(key: &str, language: Language) -> String {
    let code = |text: &str| language.pick((format!("`{text}`"), format!("「{text}」")));
    let Some((id, details)) = key.strip_suffix(']').and_then(|key| key.split_once('[')) else {
        return code(key);
    };
    let mut said: Vec<_> = details.split(',').filter_map(|detail| said(detail, language)).collect();
    if said.len() != details.split(',').count() {
        // A value holds a comma or an unknown name: better the key than a guess.
        return code(key);
    }
    said.sort();
    let said: Vec<_> = said.into_iter().map(|(_, words)| words).collect();
    language
        .pick((format!("{} {}", code(id), said.join(" ")), format!("{}（{}）", code(id), said.join("，"))))
}

/// Every key in words, joined.
pub(super) fn checks<'a>(keys: impl IntoIterator<Item = &'a String>, language: Language) -> String {
    let said: Vec<_> = keys.into_iter().map(|key| check(key, language)).collect();
    match (language, said.as_slice()) {
        (Language::En, [one, last]) => format!("{one} and {last}"),
        _ => said.join(language.pick(("; ", "；"))),
    }
}

/// One detail of a key and its place in the phrase.
fn said(detail: &str, language: Language) -> Option<(u8, String)> {
    let (name, value) = detail.split_once('=')?;
    let together = value.replace('+', language.pick((" and ", " 及 ")));
    let (place, words) = match name {
        "column" => (0, (format!("of {value}"), format!("欄位 {value}"))),
        "group" => (1, (format!("by {value}"), format!("按 {value} 分組"))),
        "intersection" => (1, (format!("by {together} together"), format!("按 {together} 交叉分組"))),
        "reference" => (2, (format!("compared with {value}"), format!("以 {value} 為對照"))),
        "dataset" => (3, (format!("on {value}"), format!("數據集 {value}"))),
        "period" => (4, (format!("in {value}"), format!("時段 {value}"))),
        "reference_dataset" => (5, (format!("against {value}"), format!("對照數據集 {value}"))),
        "reference_period" => (6, (format!("against {value}"), format!("對照時段 {value}"))),
        "rule" => (7, (format!("with {value}"), format!("規則 {value}"))),
        _ => return None,
    };
    Some((place, language.pick(words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_what_is_measured_of_whom_on_what() {
        let key = "fairness.demographic_parity_ratio[dataset=ccd-held-out,group=age_band]";
        assert_eq!(
            check(key, Language::En),
            "`fairness.demographic_parity_ratio` by age_band on ccd-held-out"
        );
        assert_eq!(
            check(key, Language::ZhHant),
            "「fairness.demographic_parity_ratio」（按 age_band 分組，數據集 ccd-held-out）"
        );
        let key = "fairness.x[intersection=sex+age_band]";
        assert_eq!(check(key, Language::En), "`fairness.x` by sex and age_band together");
    }

    #[test]
    fn a_key_that_cannot_be_told_apart_is_shown_whole() {
        for key in ["performance.auc", "fairness.x[group=a,b]", "fairness.x[shade=a]"] {
            assert_eq!(check(key, Language::En), format!("`{key}`"));
        }
    }
}
