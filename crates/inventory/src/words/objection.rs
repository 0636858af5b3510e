//! Why an approval does not count, in words.

use dualtrack_catalogue::Language;

use super::reason_about_evidence::all;
use crate::Objection;

impl Objection {
    /// The objection as a sentence without full stop.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Barred { bars } => language.pick((
                format!("does not count: the person {}", all(bars, language)),
                format!("不獲計算：該人士{}", all(bars, language)),
            )),
            Self::NotInOffice { role } => language.pick((
                format!("the person does not hold the office of {}", role.label(language)),
                format!("該人士並非{}", role.label(language)),
            )),
            Self::OfficeNotAsked { role } => language.pick((
                format!("this gate does not ask for a {}", role.label(language)),
                format!("此關卡不要求{}批准", role.label(language)),
            )),
            Self::Expired { on } => {
                language.pick((format!("it counted until {on}"), format!("有效期至 {on}，已過期")))
            }
            Self::Changed { parts } if parts.is_empty() => language
                .pick((
                    "the use has changed since, and the record does not say in what",
                    "用例其後已有變更，而紀錄未有說明變更內容",
                ))
                .to_owned(),
            Self::Changed { parts } => {
                let parts: Vec<_> = parts.iter().map(|part| part.label(language)).collect();
                language.pick((
                    format!("changed materially since: {}", parts.join(", ")),
                    format!("其後已有重大變更：{}", parts.join("、")),
                ))
            }
            Self::NotConfirmed { part } => language.pick((
                format!("a minor change of the {} waits for a second person", part.label(language)),
                format!("{}的輕微變更有待第二人確認", part.label(language)),
            )),
            Self::TooManyMinor { changes, cap } => language.pick((
                format!("{changes} minor changes have added up; one approval carries {cap}"),
                format!("輕微變更已累積 {changes} 次，超出每次批准所容許的 {cap} 次"),
            )),
            Self::OutsidePlan { part } => language.pick((
                format!("a change of the {} is outside its plan or lacks its tests", part.label(language)),
                format!("{}的變更超出計劃範圍，或未完成計劃內的測試", part.label(language)),
            )),
            Self::SamePerson => {
                language.pick(("the same person has approved already", "同一人已作出批准")).to_owned()
            }
        }
    }
}
