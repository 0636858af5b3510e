//! Checks of the people of a use: an owner is named, duties are kept apart, competence is in date.

use std::collections::BTreeSet;

use dualtrack_catalogue::{EvidenceKind, Language};

use super::{Answer, Ground};
use crate::barred::barred_now;
use crate::{Bar, PersonId};

/// The use names an owner who is on record.
pub(super) fn owner_named(ground: Ground<'_>) -> Answer {
    let owners: Vec<_> = ground.of.people.owners.iter().map(PersonId::as_str).collect();
    Answer::pass(format!("owned by {}", owners.join(", ")), format!("負責人：{}", owners.join("、")))
}

/// Nobody barred validates or approves.
pub(super) fn segregation_of_duties(ground: Ground<'_>) -> Answer {
    let Ground { inventory, of, day } = ground;
    let bars = |person: &PersonId| barred_now(inventory, of, person, day);
    let reports = inventory.evidence_about(of).filter(|evidence| {
        evidence.kind == EvidenceKind::ValidationReport && evidence.check.is_none() && evidence.on <= day
    });
    let validators: BTreeSet<_> =
        of.people.validators.iter().chain(reports.map(|evidence| &evidence.by)).collect();
    let approvals = inventory.approvals().values();
    let gave_approval = approvals
        .filter(|approval| approval.use_id == of.id && approval.on <= day)
        .map(|approval| &approval.by);
    let approvers: BTreeSet<_> = of.people.approvers.iter().chain(gave_approval).collect();
    if validators.is_empty() && approvers.is_empty() {
        return Answer::nothing("nobody is named to validate or approve", "沒有指定驗證或批准的人");
    }
    let mut clashes: Vec<(&PersonId, bool, BTreeSet<Bar>)> = Vec::new();
    clashes.extend(validators.into_iter().map(|person| (person, true, bars(person).from_validating)));
    clashes.extend(approvers.into_iter().map(|person| (person, false, bars(person).from_approving)));
    clashes.retain(|(_, _, bars)| !bars.is_empty());
    if clashes.is_empty() {
        return Answer::pass(
            "those who validate and approve neither own, build nor request the use",
            "驗證及批准的人均不是用例的負責人、建構者或申請人",
        );
    }
    let told = |language: Language| {
        let texts = clashes.iter().map(|(person, validates, bars)| {
            let does = if *validates { ("validates", "負責驗證") } else { ("approves", "負責批准") };
            let bars: Vec<_> = bars.iter().map(|bar| bar.text(language)).collect();
            language.pick((
                format!("`{person}` {} but {}", does.0, bars.join(" and ")),
                format!("「{person}」{}，但{}", does.1, bars.join("，並")),
            ))
        });
        texts.collect::<Vec<_>>().join(language.pick(("; ", "；")))
    };
    Answer::fail(told(Language::En), told(Language::ZhHant))
}

/// Everyone with a role in the use has a record of competence that has not expired.
pub(super) fn competence_in_date(ground: Ground<'_>) -> Answer {
    let Ground { inventory, of, day } = ground;
    let people = &of.people;
    let groups =
        [&people.owners, &people.builders, &people.requesters, &people.validators, &people.approvers];
    let everyone: BTreeSet<_> = groups.into_iter().flatten().collect();
    let lacking: Vec<_> = everyone
        .iter()
        .filter(|id| {
            let person = inventory.people().get(id);
            let competences = person.into_iter().flat_map(|person| &person.competences);
            !competences.into_iter().any(|competence| competence.on <= day && day <= competence.expires)
        })
        .map(|id| id.as_str())
        .collect();
    if lacking.is_empty() {
        let count = everyone.len();
        Answer::pass(
            format!("all {count} people have a competence in date"),
            format!("{count} 名人員的勝任紀錄均在有效期內"),
        )
    } else {
        Answer::fail(
            format!("no competence in date: {}", lacking.join(", ")),
            format!("沒有有效的勝任紀錄：{}", lacking.join("、")),
        )
    }
}
