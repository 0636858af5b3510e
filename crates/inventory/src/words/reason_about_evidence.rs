//! Reasons about evidence and waivers in words.

use std::collections::BTreeSet;

use dualtrack_catalogue::{Extent, Language};

use super::check_key;
use crate::{Bar, Reason};

/// The words for a reason about evidence or a waiver; nothing for any other.
pub(super) fn text(reason: &Reason, language: Language) -> String {
    match reason {
        Reason::KindShown { kind } => language
            .pick((format!("{}: there", kind.label(language)), format!("{}：已具備", kind.label(language)))),
        Reason::KindNotShown { kind } => language.pick((
            format!("{}: nothing on file counts", kind.label(language)),
            format!("{}：並無可計算的紀錄", kind.label(language)),
        )),
        Reason::KindFails { kind } => language.pick((
            format!("{}: speaks against it", kind.label(language)),
            format!("{}：顯示不符合", kind.label(language)),
        )),
        Reason::KindUndecided { kind } => language.pick((
            format!("{}: does not decide", kind.label(language)),
            format!("{}：未能評定", kind.label(language)),
        )),
        Reason::EvidenceCounts { evidence, on, expires, by, statement } => language.pick((
            format!(
                "`{evidence}` of {on} by `{by}`, good until {expires}: {}",
                statement.in_language(language)
            ),
            format!(
                "「{evidence}」（{on}，由「{by}」提供，有效至 {expires}）：{}",
                statement.in_language(language)
            ),
        )),
        Reason::EvidenceAgainst { evidence, outcome, on, by, statement } => {
            let (outcome, statement) = (outcome.label(language), statement.in_language(language));
            language.pick((
                format!("`{evidence}` of {on} by `{by}`, {outcome}: {statement}"),
                format!("「{evidence}」（{on}，由「{by}」提供，{outcome}）：{statement}"),
            ))
        }
        Reason::RecordedCheck { evidence, key, extent, outcome, on, statement, measured, .. } => {
            let (outcome, found) =
                (outcome.label(language), found(statement.in_language(language), measured.as_ref()));
            let (part, check) = (part(*extent, language), check_key::check(key, language));
            language.pick((
                format!("recorded check {check} of {on} {outcome}{part} (`{evidence}`): {found}"),
                format!("已記錄的檢查{check}（{on}）{outcome}{part}（{evidence}）：{found}"),
            ))
        }
        Reason::CheckRan { key, extent, outcome, statement, measured, .. } => {
            let (outcome, found) =
                (outcome.label(language), found(statement.in_language(language), measured.as_ref()));
            let (part, check) = (part(*extent, language), check_key::check(key, language));
            language.pick((
                format!("check {check} {outcome}{part}: {found}"),
                format!("檢查{check}{outcome}{part}：{found}"),
            ))
        }
        Reason::EvidenceExpired { evidence, on } => language.pick((
            format!("`{evidence}` counted until {on}"),
            format!("「{evidence}」有效期至 {on}，已過期"),
        )),
        Reason::EvidenceByBarred { evidence, name, bars, .. } => {
            let (name, bars) = (name.in_language(language), all(bars, language));
            language.pick((
                format!("`{evidence}` does not count: {name} {bars}"),
                format!("「{evidence}」不獲計算：{name}{bars}"),
            ))
        }
        Reason::RecordOfUndeclaredCheck { evidence, key } => {
            let check = check_key::check(key, language);
            language.pick((
                format!("`{evidence}` does not count: the use declares no check {check}"),
                format!("「{evidence}」不獲計算：用例沒有申報檢查{check}"),
            ))
        }
        Reason::EvidenceForOtherSnapshot { evidence, snapshot } => language.pick((
            format!("`{evidence}` belongs to another state of the use ({})", snapshot.short()),
            format!("「{evidence}」屬於用例的另一狀態（{}）", snapshot.short()),
        )),
        Reason::EvidenceForOtherStage { evidence, stage } => language.pick((
            format!("`{evidence}` was supplied for {} only", stage.label(language)),
            format!("「{evidence}」只為{}階段提供", stage.label(language)),
        )),
        Reason::EvidenceTooOld { evidence, on, since } => language.pick((
            format!("`{evidence}` of {on} is older than what made this due ({since})"),
            format!("「{evidence}」（{on}）早於令此項到期的事件（{since}）"),
        )),
        Reason::EvidenceSilent { evidence } => language.pick((
            format!("`{evidence}` is of this kind but does not name this control"),
            format!("「{evidence}」屬此類證據，但沒有指明此項管控"),
        )),
        Reason::WaiverCounts { waiver, by, second, expires, statement } => {
            let statement = statement.in_language(language);
            language.pick((
                format!("waiver `{waiver}` by `{by}` and `{second}` until {expires}: {statement}"),
                format!("豁免「{waiver}」由「{by}」及「{second}」批出，至 {expires} 止：{statement}"),
            ))
        }
        Reason::WaiverExpired { waiver, on } => language.pick((
            format!("waiver `{waiver}` counted until {on}"),
            format!("豁免「{waiver}」有效期至 {on}，已過期"),
        )),
        Reason::WaiverNeedsSecondPerson { waiver, person } => language.pick((
            format!("waiver `{waiver}` does not count: `{person}` stands for both people"),
            format!("豁免「{waiver}」不獲計算：兩人均為「{person}」"),
        )),
        Reason::WaiverByBarred { waiver, name, bars, .. } => {
            let (name, bars) = (name.in_language(language), all(bars, language));
            language.pick((
                format!("waiver `{waiver}` does not count: {name} {bars}"),
                format!("豁免「{waiver}」不獲計算：{name}{bars}"),
            ))
        }
        Reason::WaiverWithoutOffice { waiver, name, .. } => {
            let name = name.in_language(language);
            language.pick((
                format!("waiver `{waiver}` does not count: {name} holds no office that approves"),
                format!("豁免「{waiver}」不獲計算：{name}並無擔任有權批准的職位"),
            ))
        }
        _ => String::new(),
    }
}

/// What bars a person, as one phrase: what the person is for the use, or else what the person supplied.
pub(super) fn all(bars: &BTreeSet<Bar>, language: Language) -> String {
    let (supplied, is): (Vec<_>, Vec<_>) =
        bars.iter().partition(|bar| matches!(bar, Bar::FirstLineEvidence { .. }));
    let told = if is.is_empty() { supplied.into_iter().take(1).collect() } else { is };
    let texts: Vec<_> = told.into_iter().map(|bar| bar.text(language)).collect();
    texts.join(language.pick((" and ", "，並")))
}

fn part(extent: Extent, language: Language) -> &'static str {
    match extent {
        Extent::Whole => "",
        Extent::Part => language.pick((", which is part of what is needed", "（只屬所需的一部分）")),
    }
}

fn found(statement: &str, measured: Option<&String>) -> String {
    match measured {
        Some(measured) => format!("{statement} ({measured})"),
        None => statement.to_owned(),
    }
}
