//! What changed between two versions of a guideline, on a changed copy of a researched one.

use dualtrack_catalogue::{
    ChangeClass, EvidenceKind, Fact, FactValue, Guideline, Passage, Strength, Version, difference,
};

use crate::repository::{catalogue, control, guideline};

/// The HKMA guidance on operational resilience and a later copy of it, changed by `amend`.
fn amended(amend: impl FnOnce(&mut Guideline)) -> (Guideline, Guideline) {
    let earlier = catalogue().edition(&guideline("hkma-or2-2022"), Version(1)).unwrap().guideline().clone();
    let mut later = earlier.clone();
    later.version = Version(2);
    amend(&mut later);
    (earlier, later)
}

fn class_of(amend: impl FnOnce(&mut Guideline)) -> ChangeClass {
    let (earlier, later) = amended(amend);
    let difference = difference(&earlier, &later);
    assert_eq!(difference.changed.len(), 1, "{difference:?}");
    difference.class()
}

#[test]
fn the_same_text_under_a_new_version_is_no_difference() {
    let (earlier, later) = amended(|_| {});
    assert!(difference(&earlier, &later).is_empty());
}

#[test]
fn controls_are_added_removed_and_renamed() {
    let (earlier, later) = amended(|later| {
        let last = later.controls.pop().unwrap();
        let mut new = last.clone();
        new.id = control("hkma-or2-2022.brand-new");
        later.controls.push(new);
        let first = &mut later.controls[0];
        first.aliases = vec![first.id.clone()];
        first.id = control("hkma-or2-2022.mapping");
    });
    let difference = difference(&earlier, &later);
    assert_eq!(difference.added, [control("hkma-or2-2022.brand-new")]);
    assert_eq!(difference.removed, [control("hkma-or2-2022.scenario-tests")]);
    let renamed = difference.changed.first().unwrap();
    assert!(renamed.is_renamed() && renamed.fields.is_empty());
    assert_eq!(renamed.class, ChangeClass::Editorial);
    assert_eq!(difference.class(), ChangeClass::Material);
}

#[test]
fn asking_for_more_is_material_and_for_less_relaxed() {
    let more = class_of(|later| later.controls[0].evidence.push(EvidenceKind::FallbackDrill));
    assert_eq!(more, ChangeClass::Material);
    let less = class_of(|later| later.controls[0].evidence.truncate(1));
    assert_eq!(less, ChangeClass::Relaxed);
    let stronger = class_of(|later| later.controls[0].strength = Strength::Must);
    assert_eq!(stronger, ChangeClass::Material);
    let weaker = class_of(|later| later.controls[0].strength = Strength::Advise);
    assert_eq!(weaker, ChangeClass::Relaxed);
    let fewer_uses = class_of(|later| {
        later.controls[0].applies_when.insert(Fact::Credit, FactValue::Bool(true));
    });
    assert_eq!(fewer_uses, ChangeClass::Relaxed);
    let more_uses = class_of(|later| later.controls[1].applies_when.clear());
    assert_eq!(more_uses, ChangeClass::Material);
    let moved = class_of(|later| later.controls[0].source_ref = Some("para 99".to_owned()));
    assert_eq!(moved, ChangeClass::Editorial);
}

#[test]
fn a_statement_is_compared_word_by_word() {
    let (mut earlier, mut later) = amended(|_| {});
    "Tolerance for disruption is set.".clone_into(&mut earlier.controls[0].statement);
    "Tolerance for any disruption must be set.".clone_into(&mut later.controls[0].statement);
    let difference = difference(&earlier, &later);
    let expected = [
        Passage::Kept("Tolerance for".to_owned()),
        Passage::Added("any".to_owned()),
        Passage::Kept("disruption".to_owned()),
        Passage::Removed("is".to_owned()),
        Passage::Added("must be".to_owned()),
        Passage::Kept("set.".to_owned()),
    ];
    let change = difference.changed.first().unwrap();
    assert_eq!((change.fields.as_slice(), change.statement.as_slice()), (&["statement"][..], &expected[..]));
    assert_eq!(change.class, ChangeClass::Material);
}

#[test]
fn other_punctuation_is_editorial() {
    let class = class_of(|later| later.controls[0].statement.push('.'));
    assert_eq!(class, ChangeClass::Editorial);
}

#[test]
fn a_new_status_touches_everyone() {
    let (earlier, later) = amended(|later| later.status = dualtrack_catalogue::Status::Published);
    let difference = difference(&earlier, &later);
    assert_eq!(difference.document, ["status"]);
    assert_eq!(difference.class(), ChangeClass::Material);
}
