//! What a cell says: yes or no, a day, a stage, a list. A cell that cannot be understood is never guessed at.

use dualtrack_catalogue::{Bilingual, Language, Stage};
use jiff::civil::Date;

use crate::sheet::alike;

/// Yes, no, or not known. The error says how to write it.
pub(super) fn yes_or_no(text: &str) -> Result<Option<bool>, Bilingual> {
    let among = |words: &[&str]| words.contains(&text.trim().to_lowercase().as_str());
    if among(&["yes", "y", "true", "1", "✓", "是", "有", "對"]) {
        Ok(Some(true))
    } else if among(&["no", "n", "false", "0", "✗", "否", "沒有", "無", "不是"]) {
        Ok(Some(false))
    } else if among(&["", "?", "unknown", "not known", "n/a", "tbc", "未知", "不詳", "待定"]) {
        Ok(None)
    } else {
        let text = short(text);
        Err(Bilingual::new(
            format!("`{text}` is neither yes nor no; write `yes` or `no`, or leave it empty if not known"),
            format!("「{text}」既非是亦非否；請填寫「是」或「否」，如未知請留空"),
        ))
    }
}

/// A day, by year, month and day. Other orders mean one day here and another there, so they are refused.
pub(crate) fn day(text: &str) -> Result<Date, Bilingual> {
    let wrong = || {
        let text = short(text);
        Bilingual::new(
            format!("`{text}` is no date; write year-month-day, such as 2027-03-31"),
            format!("「{text}」並非日期；請按年-月-日填寫，例如 2027-03-31"),
        )
    };
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    let mut parts = date.split(['-', '/', '.']);
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    if year.len() != 4 {
        return Err(wrong());
    }
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else {
        return Err(wrong());
    };
    Date::new(year, month, day).map_err(|_| wrong())
}

/// A stage, by the words of the product or by those that lists use.
pub(super) fn stage(text: &str) -> Result<Stage, Bilingual> {
    let key = alike(text);
    let named = Stage::ALL.into_iter().find(|stage| {
        alike(stage.as_str()) == key || Language::ALL.iter().any(|one| alike(stage.label(*one)) == key)
    });
    let usual = || USUAL.iter().find(|(_, words)| words.iter().any(|word| alike(word) == key));
    named.or_else(|| usual().map(|(stage, _)| *stage)).ok_or_else(|| {
        let text = short(text);
        Bilingual::new(
            format!("`{text}` is no stage; write `idea`, `sandbox`, `pilot` or `production`"),
            format!("「{text}」並非階段；請填寫 `idea`、`sandbox`、`pilot` 或 `production`"),
        )
    })
}

/// The parts of a cell that holds a list.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', ',', '\n', '；', '，', '、']).map(str::trim).filter(|part| !part.is_empty())
}

/// An id made from a name; nothing if the name has no letter that an id may have.
pub(crate) fn slug(name: &str) -> Option<String> {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= LONGEST_ID {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    slug.contains(|letter: char| letter.is_ascii_lowercase()).then(|| slug.to_owned())
}

/// A text as an error repeats it.
pub(super) fn short(text: &str) -> String {
    if text.chars().count() > 60 {
        text.chars().take(59).collect::<String>() + "…"
    } else {
        text.to_owned()
    }
}

const LONGEST_ID: usize = 60;

const USUAL: &[(Stage, &[&str])] = &[
    (
        Stage::Idea,
        &["proposed", "planned", "under development", "in development", "design", "計劃中", "開發中"],
    ),
    (Stage::Sandbox, &["test", "testing", "proof of concept", "poc", "測試", "測試中", "概念驗證"]),
    (Stage::Pilot, &["trial", "limited rollout", "試點", "試行中", "試用"]),
    (
        Stage::Production,
        &[
            "live",
            "in production",
            "in use",
            "active",
            "deployed",
            "running",
            "運作中",
            "生產",
            "已上線",
            "使用中",
        ],
    ),
    (Stage::Retired, &["decommissioned", "discontinued", "退役", "停用", "已退役"]),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_day_has_one_order_only() {
        let expected = Date::constant(2027, 3, 1);
        for text in ["2027-03-01", "2027/3/1", "2027.03.01", "2027-03-01T00:00:00", "2027-03-01 09:30"] {
            assert_eq!(day(text), Ok(expected), "{text}");
        }
        for text in ["01/03/2027", "3-1-2027", "2027-13-01", "2027-02-30", "soon", "", "27-03-01", "46082"] {
            assert!(day(text).unwrap_err().en.contains("year-month-day"), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_stays_unknown_and_what_is_not_understood_is_refused() {
        assert_eq!(yes_or_no(" Yes "), Ok(Some(true)));
        assert_eq!(yes_or_no("否"), Ok(Some(false)));
        assert_eq!(yes_or_no("TBC"), Ok(None));
        assert!(yes_or_no("partly").is_err());
        assert_eq!(stage("Live"), Ok(Stage::Production));
        assert_eq!(stage("試行"), Ok(Stage::Pilot));
        assert!(stage("phase 2").is_err());
    }

    #[test]
    fn an_id_is_made_from_a_name() {
        assert_eq!(slug("  Fraud model (v2.1) ").as_deref(), Some("fraud-model-v2-1"));
        assert_eq!(slug("反詐騙"), None);
        assert_eq!(slug("2027"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_cell_panic(text in any::<String>()) {
            let _ = (day(&text), stage(&text), yes_or_no(&text), list(&text).count());
            if let Some(id) = slug(&text) {
                prop_assert!(dualtrack_inventory::UseId::parse(&id).is_ok());
            }
        }
    }
}
