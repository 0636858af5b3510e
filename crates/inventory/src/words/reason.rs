//! Reasons in words: what a control comes to, whether it applies, when it is due, how it binds.

use dualtrack_catalogue::{EvidenceKind, Fact, HighRiskSense, Language, Stage};

use super::reason_about_evidence;
use crate::Reason;

impl Reason {
    /// The reason as a sentence without full stop.
    pub fn text(&self, language: Language) -> String {
        let pick = |en: &str, zh: &str| language.pick((en, zh)).to_owned();
        match self {
            Self::EveryKindShown => {
                pick("every kind of evidence it needs is there", "所需的每類證據均已具備")
            }
            Self::SomethingMissing => pick("evidence it needs is not there", "欠缺所需證據"),
            Self::Contradicted => pick("evidence shows that it does not hold", "證據顯示並不符合"),
            Self::OutOfDate => pick("the evidence has expired", "證據已過期"),
            Self::Undecided => pick("what is known does not decide it", "現有資料不足以評定"),
            Self::NotAsked => pick("it is not asked of this use now", "現時對此用例不作要求"),
            Self::GoneWithout => pick("gone without for a time, by two people", "經兩人同意，在限期內豁免"),
            Self::DutyOfAnother { holder } => language.pick((
                format!("it is the duty of {}; shown, not judged", holder.label(language)),
                format!("屬{}的責任，只予展示，不作評定", holder.label(language)),
            )),
            Self::OtherKindOfInstitution { entity, addressed } => {
                let kinds: Vec<_> = addressed.iter().map(|kind| kind.label(language)).collect();
                language.pick((
                    format!("it addresses others than `{entity}`: {}", kinds.join(", ")),
                    format!("適用對象不包括「{entity}」，只適用於：{}", kinds.join("、")),
                ))
            }
            Self::NotDeclared { guideline } => language.pick((
                format!("it binds only a use that declares the voluntary mechanism `{guideline}`"),
                format!("只約束已聲明採用自願機制「{guideline}」的用例"),
            )),
            Self::NotInSupervisorySandbox => {
                pick("the use takes part in no sandbox of the authorities", "用例並無參與監管機構的沙盒")
            }
            Self::FactDiffers { fact, sense, stage } => fact_differs(*fact, *sense, *stage, language),
            Self::FactUnknown { fact, sense } => language.pick((
                format!("tell us {}{}", fact.question(language), in_sense(*sense, language)),
                format!("請說明：{}{}", fact.question(language), in_sense(*sense, language)),
            )),
            Self::FactsHold { facts } if facts.is_empty() => {
                pick("it applies to every use", "適用於所有用例")
            }
            Self::FactsHold { facts } => {
                let labels: Vec<_> = facts.iter().map(|fact| fact.label(language)).collect();
                language.pick((
                    format!("it applies by: {}", labels.join(", ")),
                    format!("因以下事實而適用：{}", labels.join("、")),
                ))
            }
            Self::NothingHappened { kind } => language.pick((
                format!("no {} is on record", kind.label(language)),
                format!("沒有{}紀錄", kind.label(language)),
            )),
            Self::NothingMaterialChanged => {
                pick("nothing material changed since an approval", "自獲批准以來並無重大變更")
            }
            Self::MaterialChange { approved } => language.pick((
                format!("something material changed since the approval of {approved}"),
                format!("自 {approved} 獲批准後已有重大變更"),
            )),
            Self::Happened { kind, on, what } => language.pick((
                format!("{} on {on}: {}", kind.label(language), what.in_language(language)),
                format!("{on} {}：{}", kind.label(language), what.in_language(language)),
            )),
            Self::DueBeforeGate { timing } => {
                let labels: Vec<_> = timing.iter().map(|timing| timing.label(language)).collect();
                language
                    .pick((format!("due {}", labels.join(", ")), format!("到期時間：{}", labels.join("、"))))
            }
            Self::NotDueYet { until } => language.pick((
                format!("running evidence is not due yet, until {until}"),
                format!("運作證據尚未到期，於 {until} 到期"),
            )),
            Self::NotDueBeforeItRuns { stage, from } => language.pick((
                format!(
                    "running evidence is not due in stage {}; it falls due after entry into {}",
                    stage.label(language),
                    from.label(language)
                ),
                format!(
                    "運作證據在「{}」階段尚未到期，進入「{}」階段後方開始計算",
                    stage.label(language),
                    from.label(language)
                ),
            )),
            Self::RunningEvidenceDue { since } => language.pick((
                format!("running evidence has been due since {since}"),
                format!("運作證據自 {since} 起已到期"),
            )),
            Self::MeansSetUp { kind, monitor, every_days, since } => {
                let every = if *every_days == 1 { "day".to_owned() } else { format!("{every_days} days") };
                language.pick((
                    format!(
                        "{}: monitor `{monitor}` supplies it every {every}, since {since}",
                        kind.label(language)
                    ),
                    format!(
                        "{}：監察項目「{monitor}」自 {since} 起每 {every_days} 日提供",
                        kind.label(language)
                    ),
                ))
            }
            Self::MeansNotSetUp { kind } => means_not_set_up(*kind, language),
            Self::OnlyReported => pick(
                "its reading is only reported; it shuts no gate until a compliance officer adopts it",
                "其解讀僅屬據報，在合規主任採納之前不會關閉任何關卡",
            ),
            Self::Adopted { adoption, by, on, statement } => language.pick((
                format!("adopted by `{by}` on {on} (`{adoption}`): {}", statement.in_language(language)),
                format!("由「{by}」於 {on} 採納（{adoption}）：{}", statement.in_language(language)),
            )),
            Self::Reading { adoption, reading } => language.pick((
                format!("the institution reads it so (`{adoption}`): {}", reading.in_language(language)),
                format!("機構的解讀（{adoption}）：{}", reading.in_language(language)),
            )),
            Self::AdoptionNotCounted { adoption, person } => language.pick((
                format!("adoption `{adoption}` does not count: `{person}` is no compliance officer"),
                format!("採納紀錄「{adoption}」不獲計算：「{person}」並非合規主任"),
            )),
            Self::NotInForce { status } => language.pick((
                format!("the guideline is {}, so it shuts no gate", status.label(language)),
                format!("該指引屬「{}」，不會關閉任何關卡", status.label(language)),
            )),
            Self::Source { guideline, version, control, paragraph, strength, confidence } => {
                let paragraph = paragraph.as_deref().unwrap_or("–");
                language.pick((
                    format!(
                        "source: {guideline} version {version}, {paragraph} (`{}`; {}, {})",
                        control.key(),
                        strength.label(language),
                        confidence.label(language)
                    ),
                    format!(
                        "出處：{guideline} 第 {version} 版，{paragraph}（{}；{}，{}）",
                        control.key(),
                        strength.label(language),
                        confidence.label(language)
                    ),
                ))
            }
            about_evidence => reason_about_evidence::text(about_evidence, language),
        }
    }
}

fn fact_differs(
    fact: Fact,
    sense: Option<HighRiskSense>,
    stage: Option<Stage>,
    language: Language,
) -> String {
    if let Some(stage) = stage {
        return language.pick((
            format!("it applies in stage {} only", stage.label(language)),
            format!("只在「{}」階段適用", stage.label(language)),
        ));
    }
    language.pick((
        format!(
            "it depends on this, which is otherwise here: {}{}",
            fact.label(language),
            in_sense(sense, language)
        ),
        format!("此用例不符合其適用條件：{}{}", fact.label(language), in_sense(sense, language)),
    ))
}

/// In whose sense of high risk, in brackets; nothing where the fact is another.
pub(super) fn in_sense(sense: Option<HighRiskSense>, language: Language) -> String {
    sense.map_or_else(String::new, |sense| {
        language.pick((format!(" ({})", sense.label(language)), format!("（{}）", sense.label(language))))
    })
}

fn means_not_set_up(kind: EvidenceKind, language: Language) -> String {
    language.pick((
        format!("{}: nothing is set up that supplies it", kind.label(language)),
        format!("{}：尚未設置提供此類證據的安排", kind.label(language)),
    ))
}
