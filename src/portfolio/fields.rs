//! The fields of a use that a list may hold, and the headings under which lists usually hold them.

use dualtrack_catalogue::{Fact, Language};

use crate::sheet::alike;

/// A field of a use that a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// Names the use.
    Id,
    /// What it is called.
    Name(Language),
    /// What it is for, in words.
    Purpose(Language),
    /// What it is for, in tags.
    Purposes,
    /// What it decides.
    Decides(Language),
    /// Whom it affects.
    Affects(Language),
    /// Who answers for it.
    Owner,
    /// The legal entity.
    Entity,
    /// Its stage.
    Stage,
    /// Whether it runs.
    Live,
    /// Since when it is in its stage.
    Since,
    /// The models it stands on.
    Models,
    /// The providers it depends on.
    Providers,
    /// Whether it is likely to have a significant impact on a person.
    SignificantImpact,
    /// A fact that decides which controls apply.
    Fact(Fact),
    /// A step to catch up.
    CatchUp(u8),
    /// By when.
    Due(u8),
}

impl Field {
    /// Every field, with as many steps to catch up as a list may have.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Id];
        for of in [Self::Name, Self::Purpose, Self::Decides, Self::Affects] {
            all.extend(Language::ALL.map(of));
        }
        all.extend([Self::Purposes, Self::Owner, Self::Entity, Self::Stage, Self::Live, Self::Since]);
        all.extend([Self::Models, Self::Providers, Self::SignificantImpact]);
        all.extend(Fact::ALL.into_iter().filter(|fact| !fact.is_derived()).map(Self::Fact));
        all.extend((1..=STEPS).flat_map(|step| [Self::CatchUp(step), Self::Due(step)]));
        all
    }

    /// The word for it in a mapping file.
    pub(crate) fn word(self) -> String {
        let in_language = |word: &str, language| match language {
            Language::En => word.to_owned(),
            Language::ZhHant => format!("{word}_zh_hant"),
        };
        match self {
            Self::Name(language) => in_language("name", language),
            Self::Purpose(language) => in_language("purpose", language),
            Self::Decides(language) => in_language("decides", language),
            Self::Affects(language) => in_language("affects", language),
            Self::Id => "id".to_owned(),
            Self::Purposes => "purposes".to_owned(),
            Self::Owner => "owner".to_owned(),
            Self::Entity => "entity".to_owned(),
            Self::Stage => "stage".to_owned(),
            Self::Live => "live".to_owned(),
            Self::Since => "since".to_owned(),
            Self::Models => "models".to_owned(),
            Self::Providers => "providers".to_owned(),
            Self::SignificantImpact => "significant_impact".to_owned(),
            Self::Fact(fact) => fact.as_str().to_owned(),
            Self::CatchUp(step) => format!("catch_up_{step}"),
            Self::Due(step) => format!("due_{step}"),
        }
    }

    /// The field that a mapping file means by a word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::all().into_iter().find(|field| field.word() == word)
    }

    /// The field that a heading usually means.
    pub(crate) fn of_heading(heading: &str) -> Option<Self> {
        let key = alike(heading);
        if let Some((field, _)) = USUAL.iter().find(|(_, names)| names.iter().any(|name| alike(name) == key))
        {
            return Some(*field);
        }
        let fact = |fact: &Fact| {
            alike(fact.as_str()) == key || Language::ALL.iter().any(|one| alike(fact.label(*one)) == key)
        };
        if let Some(fact) = Fact::ALL.into_iter().filter(|fact| !fact.is_derived()).find(fact) {
            return Some(Self::Fact(fact));
        }
        let base = key.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let number = key.strip_prefix(base).unwrap_or_default();
        let step = if number.is_empty() { 1 } else { number.parse().ok()? };
        if !(1..=STEPS).contains(&step) {
            return None;
        }
        let among = |names: &[&str]| names.iter().any(|name| alike(name) == base);
        if among(&["catch up", "catch up step", "remediation", "補齊步驟", "補救步驟", "補救措施"])
        {
            Some(Self::CatchUp(step))
        } else if among(&[
            "due",
            "due date",
            "catch up due",
            "remediation due",
            "期限",
            "補齊期限",
            "補救期限",
        ]) {
            Some(Self::Due(step))
        } else {
            None
        }
    }
}

/// The most steps to catch up of a use.
pub(super) const STEPS: u8 = 9;

const USUAL: &[(Field, &[&str])] = &[
    (Field::Id, &["id", "use id", "system id", "編號", "識別碼", "系統編號"]),
    (
        Field::Name(Language::En),
        &[
            "name",
            "name (en)",
            "english name",
            "use",
            "use case",
            "system",
            "system name",
            "model name",
            "AI system",
            "英文名稱",
        ],
    ),
    (
        Field::Name(Language::ZhHant),
        &[
            "name (zh-Hant)",
            "name (zh)",
            "chinese name",
            "中文名稱",
            "名稱",
            "用例",
            "用例名稱",
            "系統名稱",
            "系統",
        ],
    ),
    (
        Field::Purpose(Language::En),
        &["purpose", "purpose (en)", "description", "business purpose", "英文用途"],
    ),
    (
        Field::Purpose(Language::ZhHant),
        &["purpose (zh-Hant)", "purpose (zh)", "用途", "中文用途", "目的", "描述", "說明"],
    ),
    (Field::Purposes, &["purposes", "purpose tags", "tags", "category", "用途類別", "類別"]),
    (Field::Decides(Language::En), &["decides", "decision", "what it decides"]),
    (Field::Decides(Language::ZhHant), &["decides (zh-Hant)", "所作決定", "決定"]),
    (Field::Affects(Language::En), &["affects", "affected people", "whom it affects", "users affected"]),
    (Field::Affects(Language::ZhHant), &["affects (zh-Hant)", "影響對象", "受影響人士"]),
    (
        Field::Owner,
        &[
            "owner",
            "business owner",
            "system owner",
            "owner email",
            "負責人",
            "業務負責人",
            "系統負責人",
            "擁有人",
        ],
    ),
    (
        Field::Entity,
        &["entity", "legal entity", "company", "business entity", "法律實體", "實體", "公司", "所屬公司"],
    ),
    (Field::Stage, &["stage", "status", "lifecycle stage", "階段", "狀態", "狀況"]),
    (Field::Live, &["live", "in use", "in production", "running", "是否運作", "運作中", "已上線", "使用中"]),
    (
        Field::Since,
        &[
            "since",
            "live since",
            "go-live date",
            "go live",
            "stage since",
            "start date",
            "上線日期",
            "開始日期",
            "啟用日期",
        ],
    ),
    (Field::Models, &["models", "model", "模型"]),
    (Field::Providers, &["providers", "provider", "vendor", "supplier", "供應商", "服務供應商", "提供者"]),
    (Field::SignificantImpact, &["significant impact", "重大影響"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_headings_are_understood_however_they_are_written() {
        for (heading, field) in [
            ("Business Owner*", Field::Owner),
            ("go-live  date", Field::Since),
            ("業務負責人", Field::Owner),
            ("Personal data?", Field::Fact(Fact::PersonalData)),
            ("個人資料", Field::Fact(Fact::PersonalData)),
            ("Catch-up 2", Field::CatchUp(2)),
            ("補齊期限 2", Field::Due(2)),
            ("catch up", Field::CatchUp(1)),
        ] {
            assert_eq!(Field::of_heading(heading), Some(field), "{heading}");
        }
        for heading in ["Remarks", "catch up 10", "catch up 0", "due 99999999999", "high risk", ""] {
            assert_eq!(Field::of_heading(heading), None, "{heading}");
        }
    }

    #[test]
    fn no_heading_means_two_fields_and_every_word_is_read_back() {
        let mut seen = std::collections::BTreeSet::new();
        for name in USUAL.iter().flat_map(|(_, names)| names.iter()) {
            assert!(seen.insert(alike(name)), "{name}");
        }
        for field in Field::all() {
            assert_eq!(Field::of_word(&field.word()), Some(field));
        }
    }
}
