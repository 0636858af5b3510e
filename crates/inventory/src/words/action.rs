//! What to do to open a gate, and who may do it, in words.

use dualtrack_catalogue::Language;

use super::reason::in_sense;
use crate::{Action, Actor, Gate, Role};

impl Action {
    /// What to do, as a sentence without full stop.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::LiftSuspension { since } => language.pick((
                format!(
                    "lift the suspension of {since}; until then the use may do nothing, but it can be retired"
                ),
                format!("解除自 {since} 起的暫停；在此之前用例不得運作，但可隨時停用"),
            )),
            Self::PassEarlierGate { gate } => language.pick((
                format!("pass the earlier gate first: {}", gate.label(language)),
                format!("先通過較早的關卡：{}", gate.label(language)),
            )),
            Self::Retired => language
                .pick(("register a new use; this one has ended", "此用例已停用，請登記新用例"))
                .to_owned(),
            Self::StopUnacceptablePractice => language
                .pick((
                    "stop the practice that the DPO's guideline calls unacceptable",
                    "停止數字政策辦公室指引列為不可接受的做法",
                ))
                .to_owned(),
            Self::StateFact { fact, sense } => language.pick((
                format!("tell us {}{}", fact.question(language), in_sense(*sense, language)),
                format!("請說明：{}{}", fact.question(language), in_sense(*sense, language)),
            )),
            Self::Attest { kind } => language.pick((
                format!("put on file: {}, naming the controls it speaks for", kind.label(language)),
                format!("存檔：{}，並指明所涉管控", kind.label(language)),
            )),
            Self::SetUpMeans { kind } => language.pick((
                format!(
                    "set up a monitor that makes: {}, naming the controls it serves",
                    kind.label(language)
                ),
                format!("設置監察項目以產生{}，並指明所涉管控", kind.label(language)),
            )),
            Self::Renew { kind } => language.pick((
                format!("renew what has expired: {}", kind.label(language)),
                format!("更新已過期的{}", kind.label(language)),
            )),
            Self::RunCheck { kind, checks } => {
                let some: Vec<_> = checks.iter().take(MOST_CHECKS).map(ToString::to_string).collect();
                let more = if checks.len() > MOST_CHECKS { language.pick((", …", "等")) } else { "" };
                language.pick((
                    format!(
                        "declare and run a check ({}), such as {}{more}",
                        kind.label(language),
                        some.join(", ")
                    ),
                    format!("申報並執行一項檢查（{}），例如{}{more}", kind.label(language), some.join("、")),
                ))
            }
            Self::HaveAnotherPerson { kind, person } => language.pick((
                format!("have somebody other than `{person}` give: {}", kind.label(language)),
                format!("由「{person}」以外的人提供{}", kind.label(language)),
            )),
            Self::BringMoreData { check } => language
                .pick((format!("bring more data for `{check}`"), format!("為「{check}」提供更多數據"))),
            Self::MakeMeasurable { check } => language.pick((
                format!("supply what `{check}` needs to be measured"),
                format!("提供「{check}」所需資料，使其可以量度"),
            )),
            Self::Mend { found_by } => language.pick((
                format!("mend what `{found_by}` found, or have two people waive it for a time"),
                format!("修正「{found_by}」發現的問題，或由兩人批出有限期的豁免"),
            )),
            Self::SettleChange { part, class } => language.pick((
                format!(
                    "settle the {} change of the {}: a second person or the tests of its plan",
                    class.label(language),
                    part.label(language)
                ),
                format!(
                    "處理{}的{}變更：由第二人確認，或完成計劃內的測試",
                    part.label(language),
                    class.label(language)
                ),
            )),
            Self::Approve { more, roles, including, tier, snapshot } => {
                let all_needed = roles == including;
                let (roles, including) = (listed(roles.iter(), language), listed(including.iter(), language));
                let must = language.pick((
                    if including.is_empty() || all_needed {
                        String::new()
                    } else {
                        format!(", among them: {including}")
                    },
                    if including.is_empty() {
                        String::new()
                    } else {
                        format!("，當中須包括{including}")
                    },
                ));
                let snapshot = snapshot.short();
                language.pick((
                    format!(
                        "approve snapshot {snapshot}: {more} more (tier {}), by: {roles}{must}",
                        tier.label(language)
                    ),
                    format!(
                        "批准快照 {snapshot}：尚欠 {more} 人（風險級別：{}），可由{roles}批准{must}",
                        tier.label(language)
                    ),
                ))
            }
        }
    }
}

impl Actor {
    /// Who may do it, in words. A person is named by id.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Person(person) => person.to_string(),
            Self::Holder(role) => role.label(language).to_owned(),
            Self::IndependentPerson => {
                language.pick(("somebody who is not barred", "不受職責分隔所限的人")).to_owned()
            }
        }
    }
}

impl Gate {
    /// The gate, in words.
    pub fn label(self, language: Language) -> String {
        format!("{} → {}", self.from.label(language), self.to.label(language))
    }
}

fn listed<'a>(roles: impl Iterator<Item = &'a Role>, language: Language) -> String {
    let labels: Vec<_> = roles.map(|role| role.label(language)).collect();
    labels.join(language.pick((", ", "、")))
}

/// How many checks are named as examples.
const MOST_CHECKS: usize = 3;
