//! What blocks the next gate, what later gates will ask for, and the approvals on record.

use super::parts::{Badge, badge, with_code};
use crate::assessment::{Blocker, GateAssessment};
use crate::locale::Words;
use crate::text::who_may;

pub(crate) struct BlockerView {
    pub(crate) action: String,
    pub(crate) who: String,
    pub(crate) controls: Vec<BlockedView>,
}

pub(crate) struct BlockedView {
    pub(crate) badge: Badge,
    pub(crate) title: String,
    pub(crate) anchor: String,
    pub(crate) paragraph: String,
}

pub(crate) struct ApprovalView {
    pub(crate) by: String,
    pub(crate) office: String,
    pub(crate) on: String,
    pub(crate) conditions: Vec<String>,
    pub(crate) objections: Vec<String>,
}

pub(crate) fn blockers(gate: Option<&GateAssessment>, words: Words) -> Vec<BlockerView> {
    gate.map_or_else(Vec::new, |gate| {
        gate.blockers.iter().map(|blocker| blocker_view(blocker, "", words)).collect()
    })
}

pub(crate) fn preparation(gate: Option<&GateAssessment>, words: Words) -> Vec<BlockerView> {
    gate.map_or_else(Vec::new, |gate| {
        let views = gate.preparation.iter().map(|preparation| {
            let when = words.say_with("for-gate", &[("to", preparation.to.label(words.language))]);
            blocker_view(&preparation.work, &when, words)
        });
        views.collect()
    })
}

pub(crate) fn approvals(gate: Option<&GateAssessment>, words: Words) -> Vec<ApprovalView> {
    gate.map_or_else(Vec::new, |gate| {
        let views = gate.approvals.iter().map(|approval| ApprovalView {
            by: words.pick(&approval.by).to_owned(),
            office: words.pick(&approval.office).to_owned(),
            on: words.date(approval.on),
            conditions: approval.conditions.iter().map(|text| words.pick(text).to_owned()).collect(),
            objections: approval.objections.iter().map(|text| words.sentence(text)).collect(),
        });
        views.collect()
    })
}

fn blocker_view(blocker: &Blocker, when: &str, words: Words) -> BlockerView {
    BlockerView {
        action: with_code(&if when.is_empty() {
            words.sentence(&blocker.action)
        } else {
            format!("{when}{}", words.pick(&blocker.action))
        }),
        who: if blocker.who.is_empty() { String::new() } else { who_may(blocker, words) },
        controls: blocker
            .controls
            .iter()
            .map(|control| BlockedView {
                badge: badge(Some(control.state), true, words),
                title: words.pick(&control.title).to_owned(),
                anchor: control.control.to_string(),
                paragraph: control.paragraph.clone().unwrap_or_default(),
            })
            .collect(),
    }
}
