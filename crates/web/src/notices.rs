//! What people are told of, in a few words: never more than a stranger may read in a mailbox.

use dualtrack_catalogue::Bilingual;

/// Whether people with a part in it are told that an action was done.
pub fn is_told(action: &str) -> bool {
    words(action).is_some()
}

/// What happened to something or falls due for it, in a few words. `due` is the day, where something falls due.
pub fn title(action: &str, about: &str, due: &str) -> Bilingual {
    if let Some((_, en, zh)) = DUE.iter().find(|(known, ..)| *known == action) {
        return Bilingual { en: format!("{about}: {en} {due}"), zh_hant: format!("{about}：{zh}{due}") };
    }
    let (en, zh) = words(action).unwrap_or((action, action));
    Bilingual { en: format!("{about}: {en}"), zh_hant: format!("{about}：{zh}") }
}

/// What an action is called where people are told of it.
fn words(action: &str) -> Option<(&'static str, &'static str)> {
    if action.starts_with("propose-") {
        return Some(("waits for a second person, who may be you", "待第二人確認，可由你確認"));
    }
    TOLD.iter().find(|(told, ..)| *told == action).map(|(_, en, zh)| (*en, *zh))
}

/// The actions of which people are told, and what each is called.
const TOLD: [(&str, &str, &str); 16] = [
    ("suspend", "suspended", "已暫停"),
    ("resume", "may go on", "已恢復"),
    ("retire", "retired", "已退役"),
    ("approve", "approved", "已批准"),
    ("advance", "passed a gate", "已通過關卡"),
    ("step-back", "stepped back", "已退回較早階段"),
    ("find", "a finding was raised", "有新的發現"),
    ("answer-finding", "a finding was answered", "發現已獲回應"),
    ("close-finding", "a finding was closed", "發現已結束"),
    ("give-opinion", "an opinion was given", "已給予驗證意見"),
    ("open-incident", "an incident was opened", "已開立事件"),
    ("contain", "an incident was contained", "事件已採取遏制措施"),
    ("give-task", "a task was given", "有新的待辦事項"),
    ("confirm-proposal", "what was proposed was confirmed", "提議已獲確認"),
    ("reject-proposal", "what was proposed was turned down", "提議不獲接納"),
    ("leave", "work was handed over", "工作已移交"),
];
/// What falls due, and what that is called: never what it is about, which stands behind the sign-in.
const DUE: [(&str, &str, &str); 12] = [
    ("review-due", "periodic review due on", "定期檢討，限期："),
    ("catch-up-due", "to be caught up by", "補辦事項，限期："),
    ("competence-lapses", "competence lapses after", "勝任資格有效至："),
    ("contract-ends", "contract ends on", "合約期滿日："),
    ("exit-trial-due", "exit plan to be tried by", "測試退出計劃，限期："),
    ("authority-due", "decide whether an authority is told by", "決定是否通知監管機構，限期："),
    (
        "authority-without-delay",
        "decide without delay whether an authority is told; found out on",
        "立即決定是否通知監管機構；發現日期：",
    ),
    ("task-due", "task due on", "待辦事項，限期："),
    ("finding-due", "finding to be put right by", "發現事項，糾正限期："),
    ("waiver-lapses", "waiver lapses after", "豁免有效至："),
    ("approval-lapses", "approval lapses after", "批准有效至："),
    ("delegation-ends", "delegation ends after", "委託有效至："),
];

#[cfg(test)]
mod tests {
    use dualtrack_governance::Due;

    use super::*;

    #[test]
    fn every_clock_has_a_title_in_both_languages() {
        let text = || ("one".to_owned(), "一".to_owned());
        let all = [
            Due::Review,
            Due::CatchUp { en: text().0, zh_hant: text().1 },
            Due::Competence { en: text().0, zh_hant: text().1 },
            Due::ContractEnds,
            Due::ExitTrial,
            Due::Authority { name: "hkma".into(), without_delay: false },
            Due::Authority { name: "hkma".into(), without_delay: true },
            Due::Task,
            Due::Finding,
            Due::Waiver,
            Due::Approval,
            Due::Delegation,
        ];
        for due in all {
            let title = title(due.name(), "use/assistant", "2026-12-01");
            assert!(
                title.en.ends_with(" 2026-12-01") && title.zh_hant.ends_with("：2026-12-01"),
                "{title:?}"
            );
            assert!(!title.en.contains("hkma"), "{title:?}");
        }
    }

    #[test]
    fn what_nobody_named_is_called_by_its_name() {
        assert!(is_told("propose-waive") && is_told("suspend") && !is_told("comment"));
        assert_eq!(title("suspend", "use/a", "").en, "use/a: suspended");
        assert_eq!(title("comment", "use/a", "").zh_hant, "use/a：comment");
    }
}
