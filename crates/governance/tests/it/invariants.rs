//! The invariants about duties and approvals, read from the record after a history, apart from the product's own rules
//! for allowing.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::Stage;
use dualtrack_governance::AsOf;
use dualtrack_inventory::{
    ChangeClass, Document, Evidence, Inventory, Key, Kind, Line, PersonId, Role, Subject, Use, UseId,
    VerdictState, approvals, barred_now, hong_kong_day, snapshot,
};
use dualtrack_ledger::{Checkpoint, Note, Receipt, inclusion, leaf_hash};

use crate::bank::Bank;
use crate::held::before;

/// Invariant 5, of those who challenge: who has a part in a use validates nothing of it.
pub(crate) async fn validators_stood_apart(bank: &Bank, founding: u64) {
    for kind in [Kind::Opinion, Kind::Finding] {
        for stored in bank.desk.documents(kind, "", usize::MAX).await.unwrap() {
            let first = bank.desk.history(&stored.key).await.unwrap().swap_remove(0);
            if first.from_entry < founding {
                continue;
            }
            let (use_id, by) = match first.document.unwrap() {
                Document::Opinion(opinion) => {
                    let inventory = before(bank, first.from_entry, &opinion.use_id).await;
                    let of = &inventory.uses()[&opinion.use_id];
                    assert_eq!(opinion.snapshot, snapshot(&inventory, of).digest, "{}", stored.key);
                    (opinion.use_id, opinion.by)
                }
                Document::Finding(finding) => (finding.use_id, finding.by),
                _ => unreachable!(),
            };
            may_validate(bank, first.from_entry, &use_id, &by).await;
        }
    }
    for entry in bank.desk.trail(None, u64::MAX, usize::MAX).await.unwrap() {
        if !matches!(entry.action.as_str(), "confirm-change" | "close-finding") {
            continue;
        }
        // Who was erased is known to nobody any more.
        let Some(actor) = entry.actor else { continue };
        let by = PersonId::parse(&actor).unwrap();
        for of in uses_of(bank, &entry.documents).await {
            let can_be_held_against = before(bank, entry.place, &of).await;
            let roles = can_be_held_against.people().get(&by).map(|person| person.roles.clone());
            let is_compliance = roles.is_some_and(|roles| roles.contains(&Role::ComplianceOfficer));
            if entry.action == "confirm-change" {
                let of = &can_be_held_against.uses()[&of];
                let last = of.changes.last().unwrap();
                assert_ne!(last.by, by, "entry {}: somebody confirmed their own change", entry.place);
                let barred = barred_now(&can_be_held_against, of, &by, hong_kong_day(bank.now()));
                assert!(barred.from_validating.is_empty(), "entry {}: {barred:?}", entry.place);
                let part = has_a_part(bank, entry.place, &of.id, &by, &[of.stage]).await;
                assert_eq!(part, None, "entry {}: `{by}` confirmed a change of `{}`", entry.place, of.id);
            }
            if !is_compliance {
                may_validate(bank, entry.place, &of, &by).await;
            }
        }
    }
}

/// The uses that the documents of an entry are or are about.
async fn uses_of(bank: &Bank, documents: &[String]) -> BTreeSet<UseId> {
    let mut uses = BTreeSet::new();
    for name in documents {
        let key = name.split('@').next().unwrap().parse().unwrap();
        match bank.desk.document(&key, AsOf::Now).await.unwrap().document {
            Some(Document::Use(of)) => _ = uses.insert(of.id),
            Some(Document::Finding(finding)) => _ = uses.insert(finding.use_id),
            _ => {}
        }
    }
    uses
}

/// That somebody might validate a use, by what was on record just before an entry.
async fn may_validate(bank: &Bank, entry: u64, use_id: &UseId, by: &PersonId) {
    let inventory = before(bank, entry, use_id).await;
    // Of whoever was erased since, nobody can tell any more which offices they held.
    let Some(person) = inventory.people().get(by) else { return };
    assert!(person.roles.contains(&Role::Validator), "entry {entry}: `{by}` is no validator");
    assert!(!person.roles.contains(&Role::Administrator), "entry {entry}: an administrator validated");
    let of = &inventory.uses()[use_id];
    let bars = barred_now(&inventory, of, by, hong_kong_day(bank.now())).from_validating;
    assert!(bars.is_empty(), "entry {entry}: `{by}` validated `{use_id}` although {bars:?}");
    let part = has_a_part(bank, entry, use_id, by, &[of.stage]).await;
    assert_eq!(part, None, "entry {entry}: `{by}` validated `{use_id}`");
}

/// Invariant 4: an approval counts while the use is as it was approved, or differs by what somebody else settled. Says
/// how many there were that a change made count no more.
pub(crate) async fn approvals_stop_counting(bank: &Bank, use_id: &str) -> usize {
    let whole = bank.desk.whole(use_id, AsOf::Now, bank.now()).await.unwrap();
    let (inventory, of) = (&whole.inventory, &whole.of);
    let mut stopped = 0;
    for approval in inventory.approvals().values().filter(|approval| approval.use_id == of.id) {
        let readings = approvals(inventory, of, approval.stage, None, whole.day);
        let Some(reading) = readings.iter().find(|reading| reading.approval == approval.id) else { continue };
        if !covers(inventory, of, approval.snapshot, &approval.parts, approval.on) {
            stopped += 1;
            assert!(!reading.objections.is_empty(), "`{}` counts although `{use_id}` changed", approval.id);
        }
    }
    // What counts for nothing opens no gate.
    for deployment in bank.desk.permits(&whole).await.unwrap() {
        let (deployment, permit) = deployment;
        let runs_what_was_approved = inventory.approvals().values().any(|approval| {
            approval.use_id == of.id && differing(inventory, &approval.parts, &deployment.parts).is_empty()
        });
        assert!(runs_what_was_approved || !permit.is_open(), "`{}` may run unapproved", deployment.id);
    }
    stopped
}

type Parts = BTreeMap<dualtrack_inventory::Part, dualtrack_inventory::Digest>;

/// The parts that differ and whose change voids an approval.
fn differing(inventory: &Inventory, one: &Parts, two: &Parts) -> BTreeSet<dualtrack_inventory::Part> {
    let parts = one.keys().chain(two.keys()).filter(|part| one.get(part) != two.get(part));
    parts.filter(|part| class(inventory, **part) == ChangeClass::Material).copied().collect()
}

fn class(inventory: &Inventory, part: dualtrack_inventory::Part) -> ChangeClass {
    inventory.gates().changes.get(&part).map_or(ChangeClass::Material, |rule| rule.class)
}

/// Whether a use is as it was approved but for what two people settled: the least that has to hold.
fn covers(
    inventory: &Inventory,
    of: &Use,
    approved: dualtrack_inventory::Digest,
    parts: &Parts,
    on: jiff::civil::Date,
) -> bool {
    let state = snapshot(inventory, of);
    if state.digest == approved {
        return true;
    }
    let now: Parts = state.parts.iter().map(|(part, digest)| (*part, *digest)).collect();
    let changed = now.iter().filter(|(part, digest)| parts.get(*part) != Some(*digest));
    changed.into_iter().all(|(part, _)| {
        let mut changes = of.changes.iter().filter(|change| change.on >= on && change.parts.contains(part));
        let is_settled = match class(inventory, *part) {
            ChangeClass::Material => return false,
            ChangeClass::Minor => {
                changes.any(|change| change.confirmed_by.as_ref().is_some_and(|by| *by != change.by))
            }
            ChangeClass::Planned => changes.any(|change| change.plan.is_some()),
        };
        is_settled && !parts.is_empty()
    })
}

/// Invariant 2: a guideline stands in one version a day, and no switch was taken away or changed.
pub(crate) async fn switches_only_append(bank: &Bank, at_first: &[String]) {
    let stored = bank.desk.documents(Kind::Activation, "", usize::MAX).await.unwrap();
    let there: BTreeSet<&str> = stored.iter().map(|stored| stored.key.id.as_str()).collect();
    assert!(at_first.iter().all(|id| there.contains(id.as_str())), "a switch is gone: {there:?}");
    let mut digests = BTreeMap::new();
    for stored in &stored {
        let versions = bank.desk.history(&stored.key).await.unwrap();
        assert_eq!(versions.len(), 1, "{} was changed", stored.key);
        let Some(Document::Activation(activation)) = &stored.document else { unreachable!() };
        assert!(activation.effective >= activation.on, "{} changes what was judged before", stored.key);
        let version = (activation.guideline.clone(), activation.version);
        let digest = *digests.entry(version).or_insert(activation.digest);
        assert_eq!(digest, activation.digest, "{} is another text under the same version", stored.key);
    }
    let board = bank.desk.board(bank.now()).await.unwrap();
    let mut versions = BTreeMap::new();
    let mut controls = BTreeSet::new();
    for column in board.columns.iter() {
        let version = *versions.entry(&column.guideline).or_insert(column.version);
        assert_eq!(version, column.version, "{} stands twice", column.guideline);
        assert!(controls.insert(&column.control), "{} stands twice", column.control);
    }
}

/// Invariant 9: whatever was erased since, what was handed out still proves that the entries are there.
pub(crate) fn proofs_hold(bank: &Bank, receipts: &BTreeMap<u64, String>) {
    let reader = bank.reader();
    for (place, receipt) in receipts {
        let receipt = Receipt::parse(receipt).unwrap();
        let note = Note::parse(&receipt.checkpoint).unwrap();
        let checkpoint = Checkpoint::parse(note.verify(&[Bank::verifier()]).unwrap().0).unwrap();
        assert_eq!(receipt.index, *place);
        let leaf = leaf_hash(&reader.entry(*place).unwrap());
        let proven = inclusion(*place, checkpoint.size, leaf, &receipt.proof, checkpoint.root);
        assert_eq!(proven, Ok(()), "entry {place}");
    }
}

/// Nobody who was erased is on record, whatever versions of her there were; those who were.
pub(crate) async fn the_erased_are_gone(bank: &Bank) -> BTreeSet<PersonId> {
    let mut gone = BTreeSet::new();
    for stored in bank.desk.documents(Kind::Person, "", usize::MAX).await.unwrap() {
        let versions = bank.desk.history(&stored.key).await.unwrap();
        if versions.iter().any(|version| version.erased_by.is_some()) {
            assert!(
                versions.iter().all(|version| version.document.is_none()),
                "{} is there still",
                stored.key
            );
            gone.insert(PersonId::parse(&stored.key.id).unwrap());
        }
    }
    gone
}

/// Why somebody may not judge a use, by what was on record before an entry: written once more here, from the documents and
/// their histories alone.
pub(crate) async fn has_a_part(
    bank: &Bank,
    entry: u64,
    use_id: &UseId,
    person: &PersonId,
    stages: &[Stage],
) -> Option<String> {
    let key = Key::new(Kind::Use, use_id);
    for version in bank.desk.history(&key).await.unwrap() {
        let Some(Document::Use(of)) = version.document.filter(|_| version.from_entry < entry) else {
            continue;
        };
        let people = &of.people;
        for group in [&people.owners, &people.builders, &people.requesters, &people.formerly] {
            if group.contains(person) {
                return Some(format!("had a part in version {}", version.version));
            }
        }
    }
    let inventory = before(bank, entry, use_id).await;
    let of = &inventory.uses()[use_id];
    if let Some(model) = inventory
        .models()
        .values()
        .find(|model| of.models.contains(&model.id) && model.builders.contains(person))
    {
        return Some(format!("built model `{}`", model.id));
    }
    let of_the_first_line = |evidence: &&Evidence| {
        evidence.by == *person
            && evidence.line == Some(Line::First)
            && matches!(&evidence.about, Subject::Use(about) if about == use_id)
            && evidence.for_stage.is_none_or(|stage| stages.contains(&stage))
    };
    let supplied = inventory.evidence().values().find(of_the_first_line);
    supplied.map(|evidence| format!("supplied `{}` for the first line", evidence.id))
}

/// Why somebody is among those who validate a use, before an entry.
pub(crate) async fn validates(bank: &Bank, entry: u64, use_id: &UseId, person: &PersonId) -> Option<String> {
    let inventory = before(bank, entry, use_id).await;
    if inventory.uses()[use_id].people.validators.contains(person) {
        return Some("is named".to_owned());
    }
    let opinion = inventory.opinions().values().find(|one| one.use_id == *use_id && one.by == *person);
    let finding = inventory.findings().values().find(|one| one.use_id == *use_id && one.by == *person);
    opinion
        .map(|one| format!("gave opinion `{}`", one.id))
        .or(finding.map(|one| format!("raised `{}`", one.id)))
}

/// Invariant 7: a verdict is waived only by somebody's reason, with a second person, for a time; and both were free to.
pub(crate) async fn nothing_typed_overrides(bank: &Bank, founding: u64) {
    let mut counting = BTreeSet::new();
    let day = hong_kong_day(bank.now());
    let trail = bank.desk.trail(None, u64::MAX, usize::MAX).await.unwrap();
    let actions: BTreeMap<u64, String> = trail.into_iter().map(|entry| (entry.place, entry.action)).collect();
    for stored in bank.desk.documents(Kind::Waiver, "", usize::MAX).await.unwrap() {
        let Some(Document::Waiver(waiver)) = stored.document else { continue };
        assert!(!waiver.because.en.trim().is_empty(), "`{}` gives no reason", waiver.id);
        assert_ne!(waiver.by, waiver.second, "`{}` has one person", waiver.id);
        assert!(waiver.expires > waiver.on, "`{}` never counted", waiver.id);
        if waiver.on <= day && day <= waiver.expires {
            counting.insert((waiver.use_id.clone(), waiver.control.clone()));
        }
        if stored.from_entry < founding {
            continue;
        }
        assert_eq!(actions[&stored.from_entry], "confirm-proposal", "`{}` takes two", waiver.id);
        for person in [&waiver.by, &waiver.second] {
            let part = has_a_part(bank, stored.from_entry, &waiver.use_id, person, &[]).await;
            assert_eq!(part, None, "`{person}` waived `{}`", waiver.id);
        }
    }
    let board = bank.desk.board(bank.now()).await.unwrap();
    for line in board.lines.values() {
        for (column, state) in board.columns.iter().zip(&line.states) {
            let backed = counting.contains(&(line.id.clone(), column.control.clone()));
            assert!(
                *state != VerdictState::Waived || backed,
                "{} of `{}` is waived by nothing",
                column.control,
                line.id
            );
        }
    }
}
