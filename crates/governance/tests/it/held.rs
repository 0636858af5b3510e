//! What a record holds to after any history: nothing that was done is taken back unseen, and nobody is made up.

use std::collections::BTreeMap;

use dualtrack_catalogue::{InstitutionKind, Stage};
use dualtrack_inventory::{
    Candidate, Containment, Contract, Coverage, Delegation, Document, Incident, Inventory, Kind, Measure,
    PersonId, Role, Tier, Use, UseId, hong_kong_day, tier,
};
use dualtrack_store::{Moment, Stored};

use crate::bank::Bank;

/// The versions of every document of a kind, each with its entry, oldest first.
async fn histories<T>(bank: &Bank, kind: Kind, of: fn(Document) -> Option<T>) -> Vec<Vec<(u64, T)>> {
    let mut all = Vec::new();
    for stored in bank.desk.documents(kind, "", usize::MAX).await.unwrap() {
        let versions = bank.desk.history(&stored.key).await.unwrap();
        let read = |Stored { from_entry, document, .. }: Stored| Some((from_entry, of(document?)?));
        all.push(versions.into_iter().filter_map(read).collect());
    }
    all
}

/// The action of each entry.
async fn actions(bank: &Bank) -> BTreeMap<u64, String> {
    let trail = bank.desk.trail(None, u64::MAX, usize::MAX).await.unwrap();
    trail.into_iter().map(|entry| (entry.place, entry.action)).collect()
}

/// A use and what it stands on, as they were on record just before an entry.
pub(crate) async fn before(bank: &Bank, entry: u64, of: &UseId) -> Inventory {
    let moment = Moment::After(entry - 1);
    let day = hong_kong_day(bank.now());
    let mut connection = bank.desk.store().read().await.unwrap();
    let common = bank.desk.common_at(&mut connection.reading(), moment, day).await.unwrap();
    let scope = connection.reading().scope(of.as_str(), moment).await.unwrap();
    common.inventory.unwrap().with(scope.into_iter().filter_map(|stored| stored.document))
}

async fn is_high(bank: &Bank, entry: u64, incident: &Incident) -> bool {
    for id in &incident.uses {
        let inventory = before(bank, entry, id).await;
        let day = hong_kong_day(bank.now());
        if tier(&inventory, &inventory.uses()[id], day, inventory.tiers()).tier == Tier::High {
            return true;
        }
    }
    false
}

/// Everything that holds after any history.
pub(crate) async fn what_is_held(bank: &Bank) {
    incidents(bank).await;
    delegations(bank).await;
    lists(bank).await;
    let candidate = |document| match document {
        Document::Candidate(it) => Some(*it),
        _ => None,
    };
    for versions in histories::<Candidate>(bank, Kind::Candidate, candidate).await {
        for pair in versions.windows(2) {
            let [(_, one), (_, two)] = pair else { unreachable!() };
            assert!(
                one.disposed.is_none() || two.disposed.is_some(),
                "what was said of `{}` is gone",
                one.id
            );
        }
    }
    let contract = |document| match document {
        Document::Contract(it) => Some(*it),
        _ => None,
    };
    let actions = actions(bank).await;
    for versions in histories::<Contract>(bank, Kind::Contract, contract).await {
        for pair in versions.windows(2) {
            let [(_, one), (entry, two)] = pair else { unreachable!() };
            if actions[entry] == "try-exit" {
                let (plan, tried) = (one.exit_plan.as_ref().unwrap(), two.exit_plan.as_ref().unwrap());
                assert_eq!((&plan.plan, &plan.alternatives), (&tried.plan, &tried.alternatives));
                assert!(tried.tried_on.is_some());
                assert_eq!(
                    Contract { exit_plan: None, ..one.clone() },
                    Contract { exit_plan: None, ..two.clone() }
                );
            }
        }
    }
}

async fn incidents(bank: &Bank) {
    let actions = actions(bank).await;
    let incident = |document| match document {
        Document::Incident(it) => Some(*it),
        _ => None,
    };
    let open = |one: &Containment| Containment { lifted: None, ..one.clone() };
    for versions in histories::<Incident>(bank, Kind::Incident, incident).await {
        for pair in versions.windows(2) {
            let [(_, one), (entry, two)] = pair else { unreachable!() };
            let id = &one.id;
            assert!(one.closed.is_none(), "`{id}` was closed and went on");
            assert!(two.time_line.starts_with(&one.time_line), "the time line of `{id}` was rewritten");
            for (then, now) in one.containments.iter().zip(&two.containments) {
                assert_eq!(open(then), open(now), "a containment of `{id}` was rewritten");
                assert!(then.lifted.is_none() || then.lifted == now.lifted);
                let lifted = then.lifted.is_none() && now.lifted.is_some();
                if lifted && is_high(bank, *entry, one).await {
                    assert_eq!(actions[entry], "confirm-proposal", "one person lifted it");
                }
            }
            assert!(two.containments.len() >= one.containments.len());
            for made in &two.containments[one.containments.len()..] {
                // A pause bites at once, and says of nobody that they agreed.
                let takes_two = made.measure == Measure::RollBack && is_high(bank, *entry, one).await;
                assert_eq!(made.second.is_some(), takes_two, "{made:?}");
                assert_ne!(made.second.as_ref(), Some(&made.by));
            }
            for (then, now) in one.notifications.iter().zip(&two.notifications) {
                assert!(then.decision.is_none() || then.decision == now.decision, "`{id}` was decided twice");
            }
        }
        let Some((entry, first)) = versions.first() else { continue };
        for id in &first.uses {
            let inventory = before(bank, *entry, id).await;
            let kinds = &inventory.entity(&inventory.uses()[id]).unwrap().kinds;
            for (kind, authority) in [
                (InstitutionKind::AuthorizedInstitution, "hkma"),
                (InstitutionKind::LicensedCorporation, "sfc"),
            ] {
                let has_clock = |name: &str| first.notifications.iter().any(|one| one.authority == name);
                assert!(!kinds.contains(&kind) || has_clock(authority), "`{}` forgot {authority}", first.id);
                assert!(has_clock("pcpd"), "`{}` forgot the privacy commissioner", first.id);
            }
        }
        let Some((_, last)) = versions.last() else { continue };
        if last.closed.is_some() {
            assert!(last.notifications.iter().all(|one| one.decision.is_some()));
            assert!(last.containments.iter().all(|one| one.lifted.is_some()));
        }
    }
}

async fn delegations(bank: &Bank) {
    let delegation = |document| match document {
        Document::Delegation(it) => Some(*it),
        _ => None,
    };
    for versions in histories::<Delegation>(bank, Kind::Delegation, delegation).await {
        for pair in versions.windows(2) {
            let [(_, one), (_, two)] = pair else { unreachable!() };
            assert!(one.revoked.is_none(), "`{}` was taken back twice", one.id);
            assert_eq!(Delegation { revoked: None, ..two.clone() }, *one);
        }
        let Some((entry, given)) = versions.first() else { continue };
        let inventory = before(bank, *entry, &UseId::parse("client-assistant").unwrap()).await;
        assert_ne!(given.from, given.to);
        assert!(!given.roles.contains(&Role::Administrator));
        // Of whoever was erased since, nobody can tell any more.
        let Some(from) = inventory.people().get(&given.from) else { continue };
        assert!(given.roles.is_subset(&from.roles), "{given:?}");
    }
}

/// What came in from lists, and what went back.
async fn lists(bank: &Bank) {
    let actions = actions(bank).await;
    let of_use = |document| match document {
        Document::Use(it) => Some(*it),
        _ => None,
    };
    let all = histories::<Use>(bank, Kind::Use, of_use).await;
    let from = |of: &Use| of.inherited.as_ref().map(|inherited| inherited.from.clone());
    for versions in &all {
        let (entry, first) = &versions[0];
        if actions[entry] != "import-portfolio" {
            continue;
        }
        let inherited = first.inherited.as_ref().unwrap();
        assert!(
            first.stage == Stage::Idea || !inherited.catch_up.is_empty(),
            "`{}` runs without a plan",
            first.id
        );
        assert_eq!((first.coverage, first.suspended.is_some()), (Coverage::Attested, false));
        assert!(first.changes.is_empty());
        let scope =
            bank.desk.whole(first.id.as_str(), dualtrack_governance::AsOf::Now, bank.now()).await.unwrap();
        assert!(scope.inventory.approvals().values().all(|approval| approval.use_id != first.id));
    }
    for (entry, _) in actions.iter().filter(|(_, action)| *action == "undo-import") {
        let undone = all.iter().flatten().find(|(place, _)| place == entry).unwrap();
        let list = from(&undone.1);
        for versions in all.iter().filter(|versions| versions[0].0 < *entry && from(&versions[0].1) == list) {
            let (_, then) = versions.iter().rfind(|(place, _)| place <= entry).unwrap();
            assert_eq!(then.stage, Stage::Retired, "`{}` stayed when {list:?} was taken back", then.id);
        }
    }
}

/// Nothing waits for somebody who left, nobody stands in for them, and they answer for nothing.
pub(crate) async fn left_nothing_behind(bank: &Bank, person: &PersonId) {
    for kind in [Kind::Person, Kind::Use, Kind::Task, Kind::Delegation, Kind::Contract] {
        for stored in bank.desk.documents(kind, "", usize::MAX).await.unwrap() {
            let key = stored.key;
            // Somebody may have been erased.
            let Some(document) = stored.document else { continue };
            let left = match document {
                Document::Person(one) => one.id != *person || one.roles.is_empty(),
                Document::Use(of) => {
                    let people = &of.people;
                    let groups = [&people.owners, &people.requesters, &people.validators, &people.approvers];
                    groups.iter().all(|group| !group.contains(person))
                }
                Document::Task(task) => task.done.is_some() || task.assignee != *person,
                Document::Delegation(one) => {
                    one.revoked.is_some() || (one.from != *person && one.to != *person)
                }
                Document::Contract(contract) => contract.owner != *person,
                _ => unreachable!(),
            };
            assert!(left, "{person} left and {key} still names them");
        }
    }
}
