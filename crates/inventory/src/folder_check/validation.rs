//! Checks of the path of a use: no stage skipped, validated before approval, validated again after a change.

use dualtrack_catalogue::{EvidenceKind, Stage};
use jiff::civil::Date;

use super::{Answer, Ground};
use crate::barred::barred_now;
use crate::{CheckOutcome, approval, snapshot};

/// A passed validation of this very state, by a person not barred, stands before every approval of it.
pub(super) fn validation_before_approval(ground: Ground<'_>) -> Answer {
    let Ground { inventory, of, day } = ground;
    let state = snapshot(inventory, of).digest;
    let first_approval = inventory
        .approvals()
        .values()
        .filter(|approval| approval.use_id == of.id && approval.snapshot == state && approval.on <= day)
        .filter(|approval| matches!(approval.stage, Stage::Pilot | Stage::Production))
        .map(|approval| approval.on)
        .min();
    match (first_validation(ground), first_approval) {
        (Some(validated), Some(approved)) if approved < validated => Answer::fail(
            format!("approved on {approved}, before the validation of {validated}"),
            format!("於 {approved} 獲批准，早於 {validated} 的驗證"),
        ),
        (Some(validated), _) => Answer::pass(
            format!("this state was validated on {validated}, before any approval of it"),
            format!("此狀態已於 {validated} 通過驗證，早於任何批准"),
        ),
        (None, Some(approved)) => Answer::fail(
            format!("approved on {approved} without a passed validation of this state"),
            format!("於 {approved} 獲批准，但此狀態並無通過驗證的紀錄"),
        ),
        (None, None) => Answer::nothing(
            "no passed validation of this state by a person not barred is on record",
            "此狀態並無由不受限制的人作出並通過的驗證紀錄",
        ),
    }
}

/// Since the last material change the use as it is now has passed a validation.
pub(super) fn change_revalidated(ground: Ground<'_>) -> Answer {
    let Some(approved) = approval::material_change(ground.inventory, ground.of, ground.day) else {
        return Answer::pass("nothing material changed since an approval", "自獲批准以來並無重大變更");
    };
    match first_validation(ground) {
        Some(validated) => Answer::pass(
            format!("the changed state was validated on {validated}"),
            format!("變更後的狀態已於 {validated} 通過驗證"),
        ),
        None => Answer::fail(
            format!("changed since the approval of {approved} and not validated again"),
            format!("自 {approved} 獲批准後已有變更，但未再驗證"),
        ),
    }
}

/// Every stage up to the present one was passed through, each entry dated and none skipped.
pub(super) fn stage_path(ground: Ground<'_>) -> Answer {
    let of = ground.of;
    let mut path: Vec<_> = of.history.iter().map(|past| (past.stage, past.since)).collect();
    path.push((of.stage, of.stage_since));
    let starts_as_idea = path.first().is_some_and(|(stage, _)| *stage == Stage::Idea);
    let skips = path
        .iter()
        .zip(path.iter().skip(1))
        .find(|((from, _), (to, _))| *to > *from && *to != Stage::Retired && rank(*to) != rank(*from) + 1);
    let goes_back_in_time = path.iter().zip(path.iter().skip(1)).any(|((_, one), (_, next))| next < one);
    if !starts_as_idea {
        return Answer::fail("`history` does not begin with an idea", "`history` 並非由「構思」開始");
    }
    if let Some(((from, _), (to, _))) = skips {
        let (from, to) = (from.as_str(), to.as_str());
        return Answer::fail(
            format!("a stage was skipped between {from} and {to}"),
            format!("由 {from} 至 {to} 之間略過了階段"),
        );
    }
    if ground.day < of.stage_since {
        return Answer::fail(
            format!("`stage_since` ({}) lies in the future", of.stage_since),
            format!("`stage_since`（{}）在將來", of.stage_since),
        );
    }
    if goes_back_in_time {
        return Answer::fail("`history` is not in the order of its dates", "`history` 並非按日期排列");
    }
    Answer::pass("no stage was skipped and each entry is dated", "沒有略過任何階段，且每次進入均有日期")
}

/// When the state as it is now first passed a validation by a person not barred.
fn first_validation(ground: Ground<'_>) -> Option<Date> {
    let Ground { inventory, of, day } = ground;
    let state = snapshot(inventory, of).digest;
    inventory
        .evidence_about(of)
        .filter(|evidence| evidence.kind == EvidenceKind::ValidationReport && evidence.check.is_none())
        .filter(|evidence| evidence.outcome == CheckOutcome::Pass && evidence.snapshot == Some(state))
        .filter(|evidence| evidence.on <= day && day <= evidence.expires)
        .filter(|evidence| barred_now(inventory, of, &evidence.by, day).from_validating.is_empty())
        .map(|evidence| evidence.on)
        .min()
}

fn rank(stage: Stage) -> u8 {
    match stage {
        Stage::Idea => 0,
        Stage::Sandbox => 1,
        Stage::Pilot => 2,
        Stage::Production => 3,
        Stage::Retired => 4,
    }
}
