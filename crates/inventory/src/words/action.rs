//! What to do to open a gate, and who may do it, in words.

use std::collections::BTreeSet;

use dualtrack_catalogue::Language;

use super::check_key;
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
            Self::SettleFinding { finding } => language.pick((
                format!("put right what finding `{finding}` says, and have a validator close it"),
                format!("處理發現「{finding}」所指的問題，並由驗證人員結束該發現"),
            )),
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
                    "set up a monitor that supplies: {}, naming the controls it serves",
                    kind.label(language)
                ),
                format!("設置監察項目以提供{}，並指明所涉管控", kind.label(language)),
            )),
            Self::Renew { kind } => language.pick((
                format!("renew what has expired: {}", kind.label(language)),
                format!("更新已過期的{}", kind.label(language)),
            )),
            Self::RunCheck { kind, examples } => {
                let code: Vec<_> = examples
                    .iter()
                    .map(|check| language.pick((format!("`{check}`"), format!("「{check}」"))))
                    .collect();
                language.pick((
                    format!(
                        "declare and run a check ({}), for example {}",
                        kind.label(language),
                        code.join(", ")
                    ),
                    format!("申報並執行一項檢查（{}），例如{}", kind.label(language), code.join("、")),
                ))
            }
            Self::HaveAnotherPerson { kind, person } => language.pick((
                format!("have somebody other than `{person}` give: {}", kind.label(language)),
                format!("由「{person}」以外的人提供{}", kind.label(language)),
            )),
            Self::BringMoreData { checks } => {
                let checks = check_key::checks(checks, language);
                language.pick((format!("bring more data for {checks}"), format!("為{checks}提供更多數據")))
            }
            Self::MakeMeasurable { checks } => {
                let checks = check_key::checks(checks, language);
                language.pick((
                    format!("supply what it takes to measure {checks}"),
                    format!("提供量度{checks}所需的資料"),
                ))
            }
            Self::Mend { found_by } => {
                let found_by = check_key::checks(found_by, language);
                language.pick((
                    format!("mend what {found_by} found, or have two people waive it for a time"),
                    format!("修正{found_by}發現的問題，或由兩人批出有限期的豁免"),
                ))
            }
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
                let offices = Offices { roles, including, more: *more }.text(language);
                let (snapshot, tier) = (snapshot.short(), tier.label(language));
                let people =
                    if *more == 1 { "1 more person".to_owned() } else { format!("{more} more people") };
                language.pick((
                    format!("have {people} approve snapshot `{snapshot}` (tier {tier}): {offices}"),
                    format!("由另外 {more} 人批准快照「{snapshot}」（風險級別：{tier}）：{offices}"),
                ))
            }
        }
    }
}

/// In which offices people may approve.
struct Offices<'a> {
    roles: &'a BTreeSet<Role>,
    including: &'a BTreeSet<Role>,
    more: usize,
}

impl Offices<'_> {
    /// Each office once: those that must be there, then those of whom any will do.
    fn text(&self, language: Language) -> String {
        let others: Vec<_> = self.roles.difference(self.including).collect();
        let any = listed(others, ("or", "或"), language);
        let must = listed(self.including, ("and", "及"), language);
        let free = self.more.saturating_sub(self.including.len());
        match (self.including.is_empty(), free) {
            (true, _) => any,
            (false, 0) => must,
            (false, free) if any.is_empty() => language.pick((
                format!("{must}, and {free} more in any of these offices"),
                format!("須包括{must}，其餘 {free} 人亦須擔任上述任何職位"),
            )),
            (false, free) => language.pick((
                format!("{must}, and {free} more, who may also be {any}"),
                format!("須包括{must}，其餘 {free} 人亦可為{any}"),
            )),
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

/// Offices as one phrase: "a, b and c".
fn listed<'a>(roles: impl IntoIterator<Item = &'a Role>, joint: (&str, &str), language: Language) -> String {
    let labels: Vec<_> = roles.into_iter().map(|role| role.label(language)).collect();
    match labels.split_last() {
        Some((last, before)) if !before.is_empty() => language.pick((
            format!("{} {} {last}", before.join(", "), joint.0),
            format!("{}{}{last}", before.join("、"), joint.1),
        )),
        _ => labels.concat(),
    }
}
